/* Home, keys, clock, parts and prompt: the lab without a terminal. */
#include "tests/unit/lab_fixture.h"

/* --- home and languages ----------------------------------------------------------------------- */

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
    type(lab, "6"); /* there is none yet */
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
    assert_shows(lab, "lesson 1 The plug (predict)");
    assert_shows(lab, "store appendonly: ");
    while (lab->model.found.rows[lab->model.found.cursor].kind != FOUND_HELP)
        press(lab, KEY_CODE_DOWN);
    press(lab, KEY_CODE_ENTER); /* its help, then back to what was found */
    assert_int_equal(lab->model.overlay, OVERLAY_ANSWER);
    assert_shows(lab, "store appendonly=no");
    type(lab, "x");
    assert_shows(lab, "lesson 1 The plug");
    type(lab, "/qqqq");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "nothing speaks of it");
    press(lab, KEY_CODE_ESCAPE);
    while (lab->model.found.cursor > 0)
        press(lab, KEY_CODE_UP);
    press(lab, KEY_CODE_ENTER); /* a lesson opens */
    assert_int_equal(lab->model.flow.lesson->number, 1);
    close_lab(lab);
}

/* Words that are not written here are understood. */
static void what_others_say_is_looked_up_too(void **state)
{
    (void)state;
    static const char *const said[][2] = {{"손실", "acked_lost"}, {"정전", "전원"}};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        struct lab *lab = open_lab(LANGUAGE_KO);
        type(lab, "/");
        field_set(&lab->model.field, said[i][0]);
        press(lab, KEY_CODE_ENTER);
        assert_int_equal(lab->model.screen, PLACE_FOUND);
        bool found = false;
        for (uint32_t row = 0; row < lab->model.found.count; row++)
            found = found || strstr(lab->model.found.rows[row].words, said[i][1]);
        assert_true(found);
        press(lab, KEY_CODE_ESCAPE);
        assert_int_equal(lab->model.screen, PLACE_HOME);
        close_lab(lab);
    }
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

/* --- the table of actions --------------------------------------------------------------------- */

static bool same_key(const struct action *a, const struct action *b)
{
    return a->code == b->code && a->shift == b->shift && a->letter == b->letter;
}

static void no_two_rows_take_the_same_key_at_one_place(void **state)
{
    (void)state;
    const uint64_t places = (UINT64_C(1) << PLACE_COUNT) - 1u; /* above stand conditions */
    for (unsigned i = 0; i < action_count; i++)
        for (unsigned j = i + 1; j < action_count; j++)
            if ((actions[i].where & actions[j].where & places) &&
                same_key(&actions[i], &actions[j]))
                fail_msg("%s and %s", actions[i].name, actions[j].name);
}

static void help_lists_every_key_of_the_screen(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    type(lab, "?");
    for (unsigned i = 0; i < action_count; i++)
        if (action_is_here(&lab->model, &actions[i]))
            assert_shows(lab, action_words(&lab->model, &actions[i]));
    type(lab, "x");
    assert_int_equal(lab->model.overlay, OVERLAY_NONE);
    close_lab(lab);
}

/* --- the clock -------------------------------------------------------------------------------- */

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

/* --- parts and the prompt --------------------------------------------------------------------- */

static void the_panel_breaks_the_selected_part_and_shows_the_command(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    select_part(lab, "cache");
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
    select_part(lab, "cache");
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

/* The cursor goes over what was run: the screen is at that instant, and nothing is lost. */
static void the_cursor_of_time_goes_there_and_back(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    model_command(&lab->model, "watch orders.acked");
    model_command(&lab->model, "run 20s");
    pass_all(lab);
    model_command(&lab->model, "kill cache");
    model_command(&lab->model, "run 20s");
    pass_all(lab);
    assert_int_equal(now_ns(lab), 40 * SECOND_NS);
    uint64_t digest = session_digest(lab->model.session);
    type(lab, "c");
    assert_shows(lab, "x fault  m mark  b branch");
    assert_shows(lab, "Esc where I was");
    for (int i = 0; i < 30; i++)
        press(lab, KEY_CODE_LEFT);
    assert_int_equal(now_ns(lab), 40 * SECOND_NS); /* keys are gathered */
    pass_all(lab);
    uint64_t there = now_ns(lab);
    assert_true(there < 40 * SECOND_NS && there > 15 * SECOND_NS);
    assert_shows(lab, "/ 00:40.0");
    assert_shows(lab, "rewind 00:");
    for (int i = 0; i < 20; i++)
        press(lab, KEY_CODE_PAGE_UP);
    pass_all(lab);
    assert_int_equal(now_ns(lab), 0);
    assert_hides(lab, "killed");
    press(lab, KEY_CODE_ESCAPE);
    assert_int_equal(now_ns(lab), 40 * SECOND_NS);
    assert_int_equal(session_digest(lab->model.session), digest);
    assert_shows(lab, "killed");
    assert_shows(lab, "rewind 00:40.000");
    close_lab(lab);
}

static void another_thing_done_there_is_another_branch(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    model_command(&lab->model, "run 10s");
    pass_all(lab);
    model_command(&lab->model, "kill cache");
    model_command(&lab->model, "run 10s");
    pass_all(lab);
    type(lab, "c");
    for (int i = 0; i < 60; i++)
        press(lab, KEY_CODE_LEFT);
    press(lab, KEY_CODE_ENTER);
    assert_true(now_ns(lab) < 10 * SECOND_NS);
    assert_true(session_behind(lab->model.session));
    assert_hides(lab, "since");
    assert_true(model_command(&lab->model, "set orders rate=500/s"));
    assert_shows(lab, "b2, since 00:0");
    assert_true(model_command(&lab->model, "branch-go b1"));
    assert_int_equal(now_ns(lab), 20 * SECOND_NS);
    assert_shows(lab, "b1, since 00:00.0");
    assert_shows(lab, "killed");
    assert_true(model_command(&lab->model, "branch-go b2"));
    assert_hides(lab, "killed");
    close_lab(lab);
}

/* Space from the cursor runs on over what was run, and then further. */
static void space_goes_on_from_the_cursor(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    model_command(&lab->model, "run 3s");
    pass_all(lab);
    type(lab, "c");
    press(lab, KEY_CODE_PAGE_UP);
    press(lab, KEY_CODE_PAGE_UP);
    pass_all(lab);
    assert_true(session_behind(lab->model.session));
    type(lab, " ");
    pass(lab, 6 * SECOND_NS);
    assert_true(now_ns(lab) > 3 * SECOND_NS);
    assert_false(session_behind(lab->model.session));
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
        cmocka_unit_test(what_others_say_is_looked_up_too),
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
        cmocka_unit_test(the_cursor_of_time_goes_there_and_back),
        cmocka_unit_test(another_thing_done_there_is_another_branch),
        cmocka_unit_test(space_goes_on_from_the_cursor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
