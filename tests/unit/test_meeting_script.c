/* A whole meeting of thirty minutes from its script: every screen in both languages, what is kept,
 * its page, and the runs that stand beside the page. */
#include "tests/unit/meeting_fixture.h"

#include "lab/progress/retro.h"

/* The three lessons of the script: screens and page stay the same when others are added. */
static char folder[] = "/tmp/outage-lessons-XXXXXX";
static const char *const lessons[] = {"01-plug", "02-save-point", "03-log"};

static int make_lessons(void **state)
{
    (void)state;
    char from[600], to[100];
    if (!mkdtemp(folder))
        return -1;
    for (int i = 0; i < 3; i++) {
        snprintf(from, sizeof from, "%s/lessons/%s", getenv("OUTAGE_SOURCE"), lessons[i]);
        snprintf(to, sizeof to, "%s/%s", folder, lessons[i]);
        if (symlink(from, to) != 0)
            return -1;
    }
    return setenv("OUTAGE_LESSONS", folder, 1);
}

static int remove_lessons(void **state)
{
    (void)state;
    char path[100];
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, lessons[i]);
        unlink(path);
    }
    return rmdir(folder);
}

static void take_shot(struct lab *lab, const char *name, const char *language)
{
    char file[120], screen[24 * 400] = "", row[1024];
    struct text text = TEXT(screen);
    view_render(&lab->model, &lab->canvas);
    text_clear(&text);
    for (int i = 0; i < lab->canvas.rows; i++) {
        canvas_row(&lab->canvas, i, row, sizeof row);
        assert_true(canvas_width(row) <= lab->canvas.columns);
        text_add(&text, row);
        text_add_char(&text, '\n');
    }
    snprintf(file, sizeof file, "%s.%s.txt", name, language);
    assert_golden(file, screen);
}

/* The language changes everything at once; what was said stays in the language it was said in. */
static void take_both(struct lab *lab, const char *name)
{
    char message[LINE_BYTES];
    memcpy(message, lab->model.message, sizeof message);
    take_shot(lab, name, "ko");
    model_set_language(&lab->model, LANGUAGE_EN);
    memcpy(lab->model.message, message, sizeof message);
    take_shot(lab, name, "en");
    model_set_language(&lab->model, LANGUAGE_KO);
    memcpy(lab->model.message, message, sizeof message);
}

static struct lab *play(const struct where *place, shot_taken *shot)
{
    char *script = meeting_script();
    meeting_clock_ms = NOW;
    struct lab *lab = meeting_start(place, LANGUAGE_KO);
    for (const char *line = script; *line; line += strcspn(line, "\n"), line += *line == '\n')
        play_line(lab, line, shot);
    free(script);
    return lab;
}

static void every_screen_of_thirty_minutes(void **state)
{
    (void)state;
    struct where place = place_make();
    meeting_stop(play(&place, take_both));
    place_remove(&place);
}

static void its_page_can_be_published_and_its_runs_replayed(void **state)
{
    (void)state;
    char said[8192], path[PATH_OF + 64], words[120];
    struct where place = place_make();
    meeting_stop(play(&place, NULL));
    /* In the meeting's language, whatever the locale's is. */
    if (place_outage(&place, "retro page.md", said, sizeof said) != 0)
        fail_msg("%s", said);
    snprintf(path, sizeof path, "%s/page.md", place.folder);
    char *page = read_whole(path);
    assert_golden("meeting-retro.ko.md", page);
    free(page);
    assert_int_equal(place_files(&place, "page-", false), 3);
    for (int i = 0; i < 3; i++) {
        snprintf(words, sizeof words, "run page-%s.lab --quiet", lessons[i]);
        if (place_outage(&place, words, said, sizeof said) != 0)
            fail_msg("%s: %s", words, said);
    }
    assert_int_equal(place_outage(&place, "retro other.md --lang en", said, sizeof said), 0);
    snprintf(path, sizeof path, "%s/other.md", place.folder);
    page = read_whole(path);
    assert_golden("meeting-retro.en.md", page);
    free(page);
    /* Nothing is written over, and nothing is left half written. */
    snprintf(words, sizeof words, "rm page.md; $OUTAGE_PROGRAM retro page.md");
    snprintf(path, sizeof path, "--version; %s", words);
    assert_int_equal(place_outage(&place, path, said, sizeof said), 2);
    assert_non_null(strstr(said, "page-01-plug.lab"));
    assert_int_equal(place_files(&place, "page.md", false), 0);
    place_remove(&place);
}

/* The same meeting on another machine, as text. */
static void it_goes_to_another_machine_as_text(void **state)
{
    (void)state;
    struct where from = place_make(), to = place_make();
    uint32_t added;
    char why[600];
    struct text reason = TEXT(why);
    struct lab *lab = play(&from, NULL);
    char *text = text_of(lab->model.progress);
    struct progress *other = open_good(&to);
    if (!progress_import(other, text, strlen(text), &added, LANGUAGE_KO, &reason))
        fail_msg("%s", why);
    char *again = text_of(other);
    assert_string_equal(text, again);
    assert_non_null(strstr(text, "\nagenda "));
    assert_non_null(strstr(text, "\nnote "));
    assert_non_null(strstr(text, "\nrun "));
    assert_non_null(strstr(text, "people=\"민수\\n지영\\n하준\\n\""));
    free(text);
    free(again);
    progress_close(other);
    meeting_stop(lab);
    place_remove(&from);
    place_remove(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_screen_of_thirty_minutes),
        cmocka_unit_test(its_page_can_be_published_and_its_runs_replayed),
        cmocka_unit_test(it_goes_to_another_machine_as_text),
    };
    return cmocka_run_group_tests(tests, make_lessons, remove_lessons);
}
