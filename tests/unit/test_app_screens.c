/* What every screen must hold: nothing cut that matters, the selected part seen, everything in
 * reach.
 */
#include "tests/unit/lab_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

#define MARGIN_AND_COLON 3

static void open_script(struct lab *lab, const char *script)
{
    assert_true(model_open_script(&lab->model, "test.lab", script, strlen(script)));
    model_show(&lab->model, PLACE_WORLD);
}

static void assert_last_row_whole(struct lab *lab)
{
    char row[1024];
    view_render(&lab->model, &lab->canvas);
    canvas_row(&lab->canvas, lab->canvas.rows - 1, row, sizeof row);
    assert_true(canvas_width(row) < lab->canvas.columns);
    if (lab->model.asking == FIELD_NONE)
        assert_non_null(strstr(row, model_say(&lab->model, WORD_HELP)));
    assert_non_null(strstr(row, "Enter"));
}

/* Every screen of the lesson and every field, in both languages. */
static void the_key_line_is_never_cut(void **state)
{
    (void)state;
    for (int language = 0; language < 2; language++) {
        struct lab *lab = open_lab((enum language)language);
        assert_last_row_whole(lab);
        press(lab, KEY_CODE_ENTER);
        type(lab, " ");
        for (int i = 0; i < 10 && lab->model.screen != PLACE_HOME; i++) {
            assert_last_row_whole(lab);
            if (lab->model.asking == FIELD_GUESS)
                type(lab, "40000");
            press(lab, KEY_CODE_ENTER);
            pass_all(lab);
        }
        type(lab, "s");
        assert_last_row_whole(lab);
        type(lab, "1:");
        assert_last_row_whole(lab);
        press(lab, KEY_CODE_ESCAPE);
        press(lab, KEY_CODE_ENTER);
        assert_last_row_whole(lab);
        close_lab(lab);
    }
}

static void a_long_error_is_said_whole(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    type(lab, ":machine a-name-that-is-longer-than-what-a-name-can-be-in-any-world");
    press(lab, KEY_CODE_ENTER);
    assert_true(canvas_width(lab->model.message) > lab->canvas.columns);
    const char *end = lab->model.message + strlen(lab->model.message) - 12;
    assert_shows(lab, end);
    assert_shows(lab, ": machine a-name");
    close_lab(lab);
}

static void the_wrong_word_stands_out_in_the_prompt(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_KO);
    open_sandbox(lab);
    type(lab, ":  kill nobody");
    press(lab, KEY_CODE_ENTER);
    view_render(&lab->model, &lab->canvas);
    const struct cell *row = lab->canvas.cells + (lab->canvas.rows - 2) * lab->canvas.columns;
    for (int i = 0; i < 20; i++) {
        bool wrong = i >= MARGIN_AND_COLON + 7 && i < MARGIN_AND_COLON + 13;
        assert_int_equal(row[i].style == STYLE_SELECTED, wrong);
    }
    type(lab, "x");
    view_render(&lab->model, &lab->canvas);
    for (int i = 0; i < 20; i++)
        assert_int_not_equal(row[i].style, STYLE_SELECTED);
    close_lab(lab);
}

static void open_many(struct lab *lab)
{
    char script[8192];
    struct text text = TEXT(script);
    text_add(&text, "seed 1\n");
    for (unsigned i = 10; i < 40; i++) {
        char lines[200];
        snprintf(lines, sizeof lines,
                 "machine s-%u\nmachine c-%u\nadd store store-%u on s-%u\n"
                 "add client client-%u on c-%u to=store-%u op=set rate=10/s\n",
                 i, i, i, i, i, i, i);
        text_add(&text, lines);
    }
    open_script(lab, script);
}

static void the_selected_part_is_seen_in_a_world_of_sixty_machines(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_many(lab);
    for (uint32_t i = 0; i < lab->model.look.part_count; i++) {
        char words[80];
        const struct part *part = look_part(&lab->model.look, lab->model.selected);
        snprintf(words, sizeof words, part->kind == KIND_MACHINE ? "> %s, on" : ">%s",
                 lab->model.selected);
        assert_shows(lab, words);
        press(lab, KEY_CODE_TAB);
    }
    close_lab(lab);
}

static void the_selected_store_has_its_bar(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_many(lab);
    assert_true(model_command(&lab->model, "run 1s"));
    pass_all(lab);
    snprintf(lab->model.selected, sizeof lab->model.selected, "store-37");
    assert_shows(lab, " store-37    ░");
    snprintf(lab->model.selected, sizeof lab->model.selected, "client-25");
    assert_shows(lab, " store-25    ░");
    close_lab(lab);
}

static void every_metric_of_a_part_can_be_reached(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    select_part(lab, "cache");
    press(lab, KEY_CODE_ENTER);
    const struct kind *kind = catalog[KIND_STORE];
    const char *last = kind->metrics[kind->metric_count - 1].name;
    assert_hides(lab, last);
    for (int i = 0; i < 6; i++)
        press(lab, KEY_CODE_PAGE_DOWN);
    assert_shows(lab, last);
    assert_int_equal(lab->model.row, 0);
    press(lab, KEY_CODE_PAGE_UP);
    press(lab, KEY_CODE_DOWN);
    assert_int_equal(lab->model.row, 1);
    close_lab(lab);
}

/* A hidden metric's place and its name do not lie over each other. */
static void a_part_says_of_a_hidden_metric_that_it_comes_after_the_guess(void **state)
{
    (void)state;
    static const char *const hidden[] = {"cache.rdb_changes_since_last_save", NULL};
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    session_hide(lab->model.session, hidden);
    select_part(lab, "cache");
    press(lab, KEY_CODE_ENTER);
    model_look(&lab->model);
    assert_shows(lab, " after your guess");
    assert_shows(lab, "rdb_changes_since_");
    close_lab(lab);
}

static void scrolling_ends_where_the_text_does(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    press(lab, KEY_CODE_ENTER);
    for (int i = 0; i < 50; i++)
        press(lab, KEY_CODE_PAGE_DOWN);
    assert_shows(lab, "An order app writes");
    type(lab, "q/");
    type(lab, "e");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.screen, PLACE_FOUND);
    for (int i = 0; i < 500; i++)
        press(lab, KEY_CODE_PAGE_DOWN);
    uint32_t last = lab->model.found.cursor;
    assert_int_equal(last, lab->model.found.count - 1);
    assert_shows(lab, ">error:");
    press(lab, KEY_CODE_UP);
    assert_int_equal(lab->model.found.cursor, last - 1);
    close_lab(lab);
}

static void the_life_that_is_offered_is_of_a_write_that_got_its_ok(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    assert_true(model_command(&lab->model, "run until orders.sent == 30"));
    pass_all(lab);
    type(lab, "t");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "answered OK");
    close_lab(lab);
}

/* A world too busy for its speed says what it comes to. */
static void the_speed_that_is_reached_is_said(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    type(lab, "+++++++++ ");
    for (int i = 0; i < 30; i++) {
        drive_time(&lab->model, FRAME_NS);
        drive_work(&lab->model);
    }
    assert_shows(lab, "x1000 (x");
    type(lab, " ");
    assert_hides(lab, "(x");
    close_lab(lab);
}

static void write_file(const char *path, const char *words)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(words, file);
    fclose(file);
}

static void a_lesson_that_cannot_be_read_says_why(void **state)
{
    (void)state;
    char root[] = "/tmp/outage-lessons-XXXXXX", folder[100], paths[3][140];
    static const char *const names[] = {"ko.md", "en.md", "world.lab"};
    assert_non_null(mkdtemp(root));
    snprintf(folder, sizeof folder, "%s/01-broken", root);
    assert_int_equal(mkdir(folder, 0700), 0);
    for (int i = 0; i < 3; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%s", folder, names[i]);
        write_file(paths[i], "\xff\xfe no lesson");
    }
    setenv("OUTAGE_LESSONS", root, 1);
    struct lab *lab = open_lab(LANGUAGE_EN);
    unsetenv("OUTAGE_LESSONS");
    assert_int_equal(lab->model.home.lesson_count, 0);
    assert_shows(lab, "01-broken/");
    open_sandbox(lab);
    close_lab(lab);
    for (int i = 0; i < 3; i++)
        unlink(paths[i]);
    rmdir(folder);
    rmdir(root);
}

static void a_chart_of_nothing_says_nothing(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_script(lab, "seed 1\nmachine a\nadd store s on a\nwatch s.keys\n");
    assert_true(model_command(&lab->model, "run 2s"));
    pass_all(lab);
    assert_shows(lab, "s.keys  top 0");
    close_lab(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_line_is_never_cut),
        cmocka_unit_test(a_long_error_is_said_whole),
        cmocka_unit_test(the_wrong_word_stands_out_in_the_prompt),
        cmocka_unit_test(the_selected_part_is_seen_in_a_world_of_sixty_machines),
        cmocka_unit_test(the_selected_store_has_its_bar),
        cmocka_unit_test(every_metric_of_a_part_can_be_reached),
        cmocka_unit_test(a_part_says_of_a_hidden_metric_that_it_comes_after_the_guess),
        cmocka_unit_test(scrolling_ends_where_the_text_does),
        cmocka_unit_test(a_lesson_that_cannot_be_read_says_why),
        cmocka_unit_test(a_chart_of_nothing_says_nothing),
        cmocka_unit_test(the_speed_that_is_reached_is_said),
        cmocka_unit_test(the_life_that_is_offered_is_of_a_write_that_got_its_ok),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
