/* The lab without a terminal: keys go into the model, cells come out of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lab/app/actions.h"
#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/update.h"
#include "lab/view/view.h"

#define FRAME_NS (33 * MS_NS)

struct lab {
    struct model model;
    struct canvas canvas;
};

static struct lab *open_lab(enum language language)
{
    struct lab *lab = calloc(1, sizeof *lab);
    assert_non_null(lab);
    model_init(&lab->model, language);
    assert_true(canvas_init(&lab->canvas, 24, 80));
    return lab;
}

static void close_lab(struct lab *lab)
{
    canvas_release(&lab->canvas);
    model_release(&lab->model);
    free(lab);
}

static void press(struct lab *lab, enum key_code code)
{
    update_key(&lab->model, &(struct key){.code = code});
}

/* Latin letters, digits and signs, one key each. */
static void type(struct lab *lab, const char *text)
{
    for (; *text; text++) {
        struct key key = {.code = KEY_CODE_TEXT, .letter = (unsigned char)*text};
        key.utf8[0] = *text;
        update_key(&lab->model, &key);
    }
}

static void type_hangul(struct lab *lab, const char *utf8, char letter)
{
    struct key key = {
        .code = KEY_CODE_TEXT, .letter = (unsigned char)letter, .hangul_letter = letter != 0};
    key.syllable = letter == 0;
    snprintf(key.utf8, sizeof key.utf8, "%s", utf8);
    update_key(&lab->model, &key);
}

/* So much of the wall's time, in frames. */
static void pass(struct lab *lab, uint64_t wall_ns)
{
    for (uint64_t at = 0; at < wall_ns && drive_moving(&lab->model.drive); at += FRAME_NS) {
        drive_time(&lab->model, FRAME_NS);
        while (drive_work(&lab->model))
            ;
    }
}

static void pass_all(struct lab *lab)
{
    pass(lab, TIME_NEVER / 2);
}

static bool shows(struct lab *lab, const char *words)
{
    char row[1024];
    view_render(&lab->model, &lab->canvas);
    for (int i = 0; i < lab->canvas.rows; i++) {
        canvas_row(&lab->canvas, i, row, sizeof row);
        if (strstr(row, words))
            return true;
    }
    return false;
}

static void assert_shows(struct lab *lab, const char *words)
{
    char row[1024];
    if (shows(lab, words))
        return;
    for (int i = 0; i < lab->canvas.rows; i++) {
        canvas_row(&lab->canvas, i, row, sizeof row);
        print_message("|%s\n", row);
    }
    fail_msg("not on the screen: %s", words);
}

static void assert_hides(struct lab *lab, const char *words)
{
    if (shows(lab, words))
        fail_msg("on the screen: %s", words);
}

static void open_sandbox(struct lab *lab)
{
    type(lab, "s");
    assert_int_equal(lab->model.screen, PLACE_WORLD);
}

static uint64_t now_ns(const struct lab *lab)
{
    return session_now(lab->model.session);
}

/* --- home and languages ------------------------------------------------------------------------
 */

static void home_lists_the_lessons_in_the_language_and_switches_it_live(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_KO);
    assert_shows(lab, "전원을 뽑으면");
    assert_shows(lab, "마음대로 부수기");
    type(lab, "L");
    assert_shows(lab, "The plug");
    assert_shows(lab, "break what you like");
    type_hangul(lab, "ㅣ", 'l');
    assert_shows(lab, "전원을 뽑으면");
    close_lab(lab);
}

static void an_open_lesson_changes_its_language_too(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_KO);
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "1/7 상황");
    type(lab, "L");
    assert_shows(lab, "1/7 brief");
    assert_shows(lab, "An order app writes");
    close_lab(lab);
}

static void a_syllable_does_nothing_but_say_so(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_KO);
    open_sandbox(lab);
    type_hangul(lab, "한", 0);
    assert_shows(lab, "한글 입력 상태입니다. 한/영을 눌러 주세요.");
    assert_int_equal(lab->model.screen, PLACE_WORLD);
    type_hangul(lab, "ㅂ", 'q');
    assert_int_equal(lab->model.screen, PLACE_HOME);
    close_lab(lab);
}

static void a_number_and_enter_open_the_lesson(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    type(lab, "99");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "there is no lesson of that number");
    type(lab, "1");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "1 The plug");
    close_lab(lab);
}

static void a_word_is_looked_up_in_tables_errors_and_lessons(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    type(lab, "/appendonly");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "lesson 1: The plug");
    assert_shows(lab, "store appendonly: ");
    type(lab, "x/qqqq");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "nothing speaks of it");
    close_lab(lab);
}

static void a_small_terminal_says_what_it_needs_and_goes_on(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_KO);
    assert_true(canvas_resize(&lab->canvas, 20, 72));
    update_size(&lab->model, 20, 72);
    assert_shows(lab, "72x20");
    assert_shows(lab, "80x24");
    type(lab, "s");
    assert_null(lab->model.session);
    assert_true(canvas_resize(&lab->canvas, 50, 200));
    update_size(&lab->model, 50, 200);
    assert_shows(lab, "전원을 뽑으면");
    close_lab(lab);
}

/* --- the table of actions ------------------------------------------------------------------------
 */

static bool same_key(const struct action *a, const struct action *b)
{
    return a->code == b->code && a->shift == b->shift && a->letter == b->letter;
}

static void no_two_rows_take_the_same_key_at_one_place(void **state)
{
    (void)state;
    for (unsigned i = 0; i < action_count; i++)
        for (unsigned j = i + 1; j < action_count; j++)
            if ((actions[i].where & actions[j].where) && same_key(&actions[i], &actions[j]))
                fail_msg("%s and %s", actions[i].name, actions[j].name);
}

static void help_lists_every_key_of_the_screen(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    type(lab, "?");
    for (unsigned i = 0; i < action_count; i++)
        if (action_is_for(&actions[i], PLACE_WORLD))
            assert_shows(lab, action_words(&lab->model, &actions[i]));
    type(lab, "x");
    assert_int_equal(lab->model.overlay, OVERLAY_NONE);
    close_lab(lab);
}

/* --- the clock
 * ------------------------------------------------------------------------------------ */

static void space_runs_and_pauses_and_the_speed_counts(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    assert_int_equal(now_ns(lab), 0);
    type(lab, " ");
    pass(lab, SECOND_NS);
    uint64_t once = now_ns(lab);
    assert_true(once >= SECOND_NS && once < SECOND_NS + 2 * FRAME_NS);
    type(lab, "+++");
    pass(lab, SECOND_NS);
    assert_in_range(now_ns(lab) - once, 10 * SECOND_NS, 10 * SECOND_NS + 20 * FRAME_NS);
    type(lab, " ");
    assert_false(drive_moving(&lab->model.drive));
    press(lab, KEY_CODE_LEFT);
    assert_int_equal(now_ns(lab),
                     once + 10 * SECOND_NS + (31 * FRAME_NS - SECOND_NS) * 10 - 5 * SECOND_NS);
    type(lab, "9");
    assert_int_equal(now_ns(lab), 0);
    close_lab(lab);
}

static void numbers_are_redrawn_at_most_four_times_a_second(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    unsigned drawn = 0;
    open_sandbox(lab);
    type(lab, " ");
    lab->model.redraw = false;
    for (int frame = 0; frame < 60; frame++) {
        drive_time(&lab->model, SECOND_NS / 30);
        while (drive_work(&lab->model))
            ;
        drawn += lab->model.redraw;
        lab->model.redraw = false;
    }
    assert_in_range(drawn, 4, 8);
    close_lab(lab);
}

static void a_running_number_has_three_digits_and_a_paused_one_all(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    type(lab, " ");
    pass(lab, 5 * SECOND_NS);
    const struct part *orders = look_part(&lab->model.look, "orders");
    int64_t acked = look_number(&lab->model.look, orders, "acked");
    assert_true(acked > 4000);
    char words[40];
    int64_t rounded = (acked + 5) / 10 * 10;
    assert_true(rounded != acked);
    snprintf(words, sizeof words, "got OK %d,%03d   ", (int)(rounded / 1000),
             (int)(rounded % 1000));
    assert_shows(lab, words);
    type(lab, " ");
    acked = look_number(&lab->model.look, look_part(&lab->model.look, "orders"), "acked");
    snprintf(words, sizeof words, "got OK %d,%03d   ", (int)(acked / 1000), (int)(acked % 1000));
    assert_shows(lab, words);
    close_lab(lab);
}

static void a_slice_of_work_is_bounded(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    uint64_t before = model_world(&lab->model)->events;
    assert_true(model_command(&lab->model, "run 1h"));
    drive_time(&lab->model, FRAME_NS);
    assert_true(drive_work(&lab->model));
    assert_in_range(model_world(&lab->model)->events - before, 1, 4000);
    type(lab, " ");
    assert_false(drive_moving(&lab->model.drive));
    close_lab(lab);
}

static void right_goes_to_the_next_thing_that_matters(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    assert_true(model_command(&lab->model, "at 3s kill cache"));
    press(lab, KEY_CODE_RIGHT);
    pass_all(lab);
    assert_int_equal(now_ns(lab), 3 * SECOND_NS);
    assert_shows(lab, "cache  killed");
    assert_shows(lab, "not running");
    close_lab(lab);
}

/* --- parts and the prompt
 * --------------------------------------------------------------------------- */

static void the_panel_breaks_the_selected_part_and_shows_the_command(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    while (strcmp(lab->model.selected, "cache") != 0)
        press(lab, KEY_CODE_TAB);
    assert_shows(lab, "1 kill the process");
    assert_shows(lab, "power-cut redis-1");
    type(lab, "1");
    assert_shows(lab, "last command   kill cache");
    assert_shows(lab, "not running");
    assert_shows(lab, "1 start");
    type(lab, "1");
    assert_hides(lab, "not running");
    close_lab(lab);
}

static void a_part_opens_and_one_key_changes_a_parameter(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    while (strcmp(lab->model.selected, "cache") != 0)
        press(lab, KEY_CODE_TAB);
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.screen, PLACE_PART);
    assert_shows(lab, "60 1000");
    const struct kind *kind = catalog[KIND_STORE];
    for (int i = parameter_find(kind, "appendonly"); i > 0; i--)
        press(lab, KEY_CODE_DOWN);
    press(lab, KEY_CODE_ENTER);
    assert_string_equal(lab->model.field.text, "set cache.appendonly=no");
    press(lab, KEY_CODE_BACKSPACE);
    press(lab, KEY_CODE_BACKSPACE);
    type(lab, "yes");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "set cache.appendonly=yes");
    assert_int_equal(lab->model.asking, FIELD_NONE);
    press(lab, KEY_CODE_ESCAPE);
    assert_int_equal(lab->model.screen, PLACE_WORLD);
    close_lab(lab);
}

static void the_prompt_completes_remembers_and_places_errors(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    type(lab, ":set cache.appendfsnyc=no");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "appendfsync");
    assert_int_equal(lab->model.asking, FIELD_COMMAND);
    press(lab, KEY_CODE_ESCAPE);
    type(lab, ":print orders.sent");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "0");
    type(lab, ":");
    press(lab, KEY_CODE_UP);
    assert_string_equal(lab->model.field.text, "print orders.sent");
    press(lab, KEY_CODE_UP);
    assert_string_equal(lab->model.field.text, "set cache.appendfsnyc=no");
    press(lab, KEY_CODE_DOWN);
    press(lab, KEY_CODE_DOWN);
    type(lab, "power-c");
    press(lab, KEY_CODE_TAB);
    assert_string_equal(lab->model.field.text, "power-cut ");
    close_lab(lab);
}

/* --- lesson 1
 * ------------------------------------------------------------------------------------------ */

static void to_step(struct lab *lab, enum lesson_step step)
{
    press(lab, KEY_CODE_ENTER);
    type(lab, " ");
    while (lab->model.flow.step < step) {
        if (lab->model.asking == FIELD_GUESS)
            type(lab, "40000");
        press(lab, KEY_CODE_ENTER);
        pass_all(lab);
    }
}

static void a_prediction_is_not_given_away(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    to_step(lab, STEP_TRY);
    assert_shows(lab, "shown after your guess");
    type(lab, ":print cache.keys");
    press(lab, KEY_CODE_ENTER);
    assert_non_null(strstr(lab->model.message, "guess"));
    press(lab, KEY_CODE_ESCAPE);
    type(lab, ":tell cache INFO");
    press(lab, KEY_CODE_ENTER);
    assert_string_equal(lab->model.answer, "");
    press(lab, KEY_CODE_ESCAPE);
    while (strcmp(lab->model.selected, "cache") != 0)
        press(lab, KEY_CODE_TAB);
    type(lab, "i");
    assert_int_equal(lab->model.screen, PLACE_PART);
    assert_shows(lab, "shown after your guess");
    press(lab, KEY_CODE_ESCAPE);
    type(lab, "9");
    assert_true(session_hidden(lab->model.session, "cache.keys"));
    close_lab(lab);
}

static void the_guess_is_made_with_the_hand_on_the_plug(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    to_step(lab, STEP_TRY);
    type(lab, " ");
    pass(lab, SECOND_NS);
    type(lab, "2");
    assert_int_equal(lab->model.asking, FIELD_GUESS);
    assert_shows(lab, "One thing first.");
    assert_shows(lab, "redis-1, on");
    press(lab, KEY_CODE_ESCAPE);
    assert_int_equal(lab->model.asking, FIELD_NONE);
    type(lab, ":power-cut redis-1");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.asking, FIELD_GUESS);
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "40,000, 40k");
    type(lab, "40k");
    assert_shows(lab, "= 40,000 orders");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.flow.step, STEP_WATCH);
    close_lab(lab);
}

static void a_number_field_takes_numbers_and_leaves_hint_and_situation(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_KO);
    to_step(lab, STEP_PREDICT);
    type(lab, "4x0k");
    type_hangul(lab, "만", 0);
    assert_string_equal(lab->model.flow.guesses[0][0].field.text, "40k만");
    type(lab, "h");
    assert_shows(lab, "파일에 적히나요?");
    type_hangul(lab, "ㅠ", 'b');
    assert_int_equal(lab->model.overlay, OVERLAY_SITUATION);
    type(lab, "x");
    assert_int_equal(lab->model.asking, FIELD_GUESS);
    close_lab(lab);
}

static void the_clock_halts_before_the_fault_of_an_open_question(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    to_step(lab, STEP_TRY);
    assert_true(model_command(&lab->model, "run 2min"));
    pass_all(lab);
    assert_int_equal(now_ns(lab), 42300 * MS_NS - 1);
    assert_int_equal(lab->model.asking, FIELD_GUESS);
    close_lab(lab);
}

static void guesses_of_three_lock_one_by_one(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_KO);
    to_step(lab, STEP_PREDICT);
    type(lab, "40000");
    press(lab, KEY_CODE_TAB);
    type(lab, "7");
    press(lab, KEY_CODE_TAB);
    type(lab, "0");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "다  잠갔습니다");
    press(lab, KEY_CODE_ENTER);
    press(lab, KEY_CODE_ENTER);
    pass_all(lab);
    assert_int_equal(lab->model.flow.step, STEP_WATCH);
    for (int i = 0; i < 3; i++) {
        press(lab, KEY_CODE_ENTER);
        pass_all(lab);
    }
    assert_int_equal(lab->model.flow.step, STEP_VARY);
    type(lab, "[");
    assert_shows(lab, "실제");
    assert_shows(lab, "가장 가까운 예측: 다 님");
    close_lab(lab);
}

static void watch_starts_a_second_before_the_fault_and_asks_what_was_seen(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    to_step(lab, STEP_WATCH);
    assert_int_equal(now_ns(lab), 41300 * MS_NS);
    assert_false(drive_moving(&lab->model.drive));
    assert_shows(lab, "Space runs it");
    type(lab, " ");
    pass(lab, 500 * MS_NS);
    assert_shows(lab, "redis-1, on");
    pass(lab, SECOND_NS);
    assert_shows(lab, "redis-1, no power");
    assert_shows(lab, "lost power");
    press(lab, KEY_CODE_LEFT);
    assert_int_equal(now_ns(lab), 41300 * MS_NS);
    press(lab, KEY_CODE_ENTER);
    pass_all(lab);
    assert_int_equal(lab->model.asking, FIELD_SAW);
    assert_shows(lab, "What did you see?");
    type(lab, "silence 9");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.flow.step, STEP_EXPLAIN);
    assert_string_equal(lab->model.flow.saw, "silence 9");
    close_lab(lab);
}

static void explain_counts_what_the_run_did(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    to_step(lab, STEP_EXPLAIN);
    assert_true(lab->model.flow.counted_known[0]);
    assert_int_equal(lab->model.flow.counted[0].number, 0);
    assert_shows(lab, "counted");
    assert_shows(lab, "only the last seconds are gone");
    assert_hides(lab, "= acked, then lost");
    for (int i = 0; i < 30 && !shows(lab, "= acked, then lost"); i++)
        press(lab, KEY_CODE_DOWN);
    assert_shows(lab, "= acked, then lost");
    close_lab(lab);
}

static void vary_passes_with_the_reveal_and_not_without(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    to_step(lab, STEP_VARY);
    assert_int_equal(now_ns(lab), 0);
    type(lab, " ");
    pass_all(lab);
    assert_true(lab->model.flow.tried);
    assert_false(lab->model.flow.passed);
    assert_shows(lab, "not yet");
    type(lab, "v");
    assert_shows(lab, "set cache appendonly=yes");
    type(lab, " ");
    pass_all(lab);
    assert_true(lab->model.flow.passed);
    assert_shows(lab, "Passed.");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "redis-cli CONFIG GET save");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.screen, PLACE_HOME);
    assert_shows(lab, "done");
    close_lab(lab);
}

static void what_was_changed_stands_when_it_begins_again(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    to_step(lab, STEP_VARY);
    type(lab, "1");
    assert_int_equal(lab->model.flow.change_count, 1);
    type(lab, " ");
    pass_all(lab);
    type(lab, "9");
    assert_int_equal(now_ns(lab), 0);
    type(lab, " ");
    pass_all(lab);
    assert_true(lab->model.flow.passed);
    type(lab, "0");
    assert_int_equal(lab->model.flow.change_count, 0);
    type(lab, " ");
    pass_all(lab);
    assert_false(lab->model.flow.passed);
    close_lab(lab);
}

static void back_and_forth_through_the_steps(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    to_step(lab, STEP_EXPLAIN);
    type(lab, "[");
    pass_all(lab);
    assert_int_equal(lab->model.flow.step, STEP_WATCH);
    type(lab, "[");
    assert_int_equal(lab->model.flow.step, STEP_PREDICT);
    assert_shows(lab, "locked");
    assert_int_equal(lab->model.asking, FIELD_NONE);
    press(lab, KEY_CODE_BACKSPACE);
    assert_int_equal(lab->model.flow.step, STEP_TRY);
    close_lab(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(home_lists_the_lessons_in_the_language_and_switches_it_live),
        cmocka_unit_test(an_open_lesson_changes_its_language_too),
        cmocka_unit_test(a_syllable_does_nothing_but_say_so),
        cmocka_unit_test(a_number_and_enter_open_the_lesson),
        cmocka_unit_test(a_word_is_looked_up_in_tables_errors_and_lessons),
        cmocka_unit_test(a_small_terminal_says_what_it_needs_and_goes_on),
        cmocka_unit_test(no_two_rows_take_the_same_key_at_one_place),
        cmocka_unit_test(help_lists_every_key_of_the_screen),
        cmocka_unit_test(space_runs_and_pauses_and_the_speed_counts),
        cmocka_unit_test(numbers_are_redrawn_at_most_four_times_a_second),
        cmocka_unit_test(a_running_number_has_three_digits_and_a_paused_one_all),
        cmocka_unit_test(a_slice_of_work_is_bounded),
        cmocka_unit_test(right_goes_to_the_next_thing_that_matters),
        cmocka_unit_test(the_panel_breaks_the_selected_part_and_shows_the_command),
        cmocka_unit_test(a_part_opens_and_one_key_changes_a_parameter),
        cmocka_unit_test(the_prompt_completes_remembers_and_places_errors),
        cmocka_unit_test(a_prediction_is_not_given_away),
        cmocka_unit_test(the_guess_is_made_with_the_hand_on_the_plug),
        cmocka_unit_test(a_number_field_takes_numbers_and_leaves_hint_and_situation),
        cmocka_unit_test(the_clock_halts_before_the_fault_of_an_open_question),
        cmocka_unit_test(guesses_of_three_lock_one_by_one),
        cmocka_unit_test(watch_starts_a_second_before_the_fault_and_asks_what_was_seen),
        cmocka_unit_test(explain_counts_what_the_run_did),
        cmocka_unit_test(vary_passes_with_the_reveal_and_not_without),
        cmocka_unit_test(what_was_changed_stands_when_it_begins_again),
        cmocka_unit_test(back_and_forth_through_the_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
