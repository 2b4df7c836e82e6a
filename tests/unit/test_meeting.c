/* A meeting: who and what, its clock, notes, sentences, presenting. */
#include "tests/unit/meeting_fixture.h"

#include "lab/app/flow.h"

/* --- before it -------------------------------------------------------------------------------- */

static void people_are_named_once_and_questions_chosen_by_number(void **state)
{
    (void)state;
    struct where place = place_make();
    struct lab *lab = meeting_start(&place, LANGUAGE_EN);
    type_hangul(lab, "ㅎ", 'g');
    assert_int_equal(lab->model.screen, PLACE_MEETING);
    type(lab, "-");
    assert_int_equal(lab->model.meeting.choosing.people, 2);
    type(lab, "-");
    assert_int_equal(lab->model.meeting.choosing.people, 2);
    type(lab, "+++");
    assert_int_equal(lab->model.meeting.choosing.people, PEOPLE_MAX);
    for (int i = 0; i < 20; i++)
        press(lab, KEY_CODE_UP);
    press(lab, KEY_CODE_ENTER);
    type_words(lab, "김민수입니다"); /* beside a bar there are eight cells */
    press(lab, KEY_CODE_ENTER);
    press(lab, KEY_CODE_ESCAPE);
    assert_string_equal(lab->model.meeting.choosing.names[0], "김민수입");
    type(lab, "2");
    assert_int_equal(lab->model.meeting.choosing.lesson_count, 2);
    type(lab, "2");
    assert_int_equal(lab->model.meeting.choosing.lessons[2], 1); /* the last one now */
    type(lab, "123");
    press(lab, KEY_CODE_END);
    for (int i = 0; i < 20; i++)
        press(lab, KEY_CODE_DOWN);
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "Choose a question first");
    type(lab, "3");
    press(lab, KEY_CODE_ENTER);
    assert_string_equal(lab->model.flow.lesson->id, "03-log");
    assert_int_equal(lab->model.flow.people, PEOPLE_MAX);
    meeting_stop(lab);
    lab = meeting_start(&place, LANGUAGE_EN);
    type(lab, "g");
    assert_shows(lab, "김민수입"); /* next time it is there already */
    meeting_stop(lab);
    place_remove(&place);
}

/* Of the list only its front matter was read. */
static void lose_text(struct lab *lab, uint32_t at)
{
    struct lesson *lesson = lab->model.home.lessons[at];
    assert_false(lesson->whole);
    free(lesson->world_path);
    lesson->world_path = strdup("/nowhere/00-lost/world.lab");
}

static void a_lesson_that_cannot_be_read_is_passed_over(void **state)
{
    (void)state;
    struct where place = place_make();
    struct lab *lab = meeting_start(&place, LANGUAGE_EN);
    struct choosing *choosing = &lab->model.meeting.choosing;
    type(lab, "g");
    choosing->lesson_count = 2;
    choosing->lessons[0] = 0;
    choosing->lessons[1] = 2;
    lose_text(lab, 0);
    meeting_begin(&lab->model);
    assert_ptr_equal(lab->model.flow.lesson, lab->model.home.lessons[2]);
    assert_int_equal(lab->model.meeting.at, 1);
    assert_shows(lab, "/nowhere/00-lost/world.lab");
    meeting_leave(&lab->model);
    model_home(&lab->model);
    choosing->lessons[1] = 1;
    lose_text(lab, 1);
    meeting_begin(&lab->model); /* none is left */
    assert_false(flow_active(&lab->model));
    assert_int_equal(lab->model.screen, PLACE_CLOSED);
    meeting_stop(lab);
    place_remove(&place);
}

/* --- the clock -------------------------------------------------------------------------------- */

static void the_clock_says_how_late_it_is_and_what_to_leave_out(void **state)
{
    (void)state;
    static const struct {
        uint32_t question, begun_s, now_s; /* since the meeting's beginning */
        enum lesson_step step;
        unsigned late_s;
        const char *leaves;
    } rows[] = {
        {0, 0, 59, STEP_TRY, 0, ""},
        {0, 0, 75, STEP_TRY, 15, ""}, /* a little late is no reason to change anything */
        {0, 0, 100, STEP_TRY, 40, "s"},
        {0, 0, 150, STEP_TRY, 90, "se"},
        {0, 0, 180, STEP_PREDICT, 60, "s"},
        {0, 0, 299, STEP_WATCH, 0, ""},
        {0, 0, 400, STEP_WATCH, 100, "e"},
        {0, 0, 500, STEP_EXPLAIN, 80, "e"},
        {0, 0, 900, STEP_EXPLAIN, 480, "eq"}, /* 15:00, two more: 31 minutes */
        {1, 800, 900, STEP_TRY, 40, "s"},
        {1, 900, 1000, STEP_TRY, 40, "sq"},
        {2, 1200, 1300, STEP_TRY, 40, "s"},
        {2, 3000, 3100, STEP_TRY, 40, "s"}, /* the last one is not left out */
    };
    struct lab *lab = open_lab(LANGUAGE_EN);
    lab->model.meeting =
        (struct meeting){.on = true, .started_ms = NOW, .people = 3, .lesson_count = 3};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct meeting_clock clock;
        char leaves[4] = "";
        lab->model.meeting.at = rows[i].question;
        lab->model.meeting.now_ms = NOW + rows[i].now_s * UINT64_C(1000);
        lab->model.flow.attempt.started_ms = NOW + rows[i].begun_s * UINT64_C(1000);
        lab->model.flow.step = rows[i].step;
        meeting_clock(&lab->model, &clock);
        strcat(leaves, clock.leave_second ? "s" : "");
        strcat(leaves, clock.leave_explain ? "e" : "");
        strcat(leaves, clock.leave_question ? "q" : "");
        if (clock.late_ms != rows[i].late_s * UINT64_C(1000) || strcmp(leaves, rows[i].leaves) != 0)
            fail_msg("row %d: late %d s, leaves %s", (int)i, (int)(clock.late_ms / 1000), leaves);
    }
    close_lab(lab);
}

static void the_phases_are_eight_minutes_and_three_questions_fit(void **state)
{
    (void)state;
    unsigned minutes = 0;
    for (int i = 0; i < PHASE_COUNT; i++)
        minutes += meeting_minutes[i];
    assert_int_equal(minutes, QUESTION_MINUTES);
    assert_true(MEETING_LESSONS * QUESTION_MINUTES <= MEETING_MINUTES);
}

static void a_second_that_goes_by_is_seen_and_cuts_nothing_off(void **state)
{
    (void)state;
    struct where place = place_make();
    struct lab *lab = meeting_begun(&place);
    lab->model.redraw = false;
    meeting_tick(&lab->model);
    assert_false(lab->model.redraw);
    meeting_clock_ms += 1000;
    meeting_tick(&lab->model);
    assert_true(lab->model.redraw);
    assert_shows(lab, "situation 0:01/1:00");
    meeting_clock_ms += 50 * MINUTE_MS;
    meeting_tick(&lab->model);
    assert_shows(lab, "49:01 late");
    assert_int_equal(lab->model.flow.step, STEP_BRIEF);
    guess_of_three(lab, "0", "0", "0");
    assert_int_equal(lab->model.flow.step, STEP_WATCH);
    meeting_stop(lab);
    place_remove(&place);
}

/* All of it, however late it is. */
static void what_to_leave_out_has_its_room(void **state)
{
    (void)state;
    for (int language = 0; language < 2; language++) {
        struct where place = place_make();
        struct lab *lab = meeting_begun(&place);
        model_set_language(&lab->model, (enum language)language);
        meeting_clock_ms += 22 * MINUTE_MS + 30000;
        meeting_tick(&lab->model);
        assert_shows(lab, language == LANGUAGE_KO ? "21:30 늦음  뺄 것: 두 번째 예측, 설명, 질문 3"
                                                  : "21:30 late  leave out: second guess, "
                                                    "explanation, question 3");
        meeting_stop(lab);
        place_remove(&place);
    }
}

static void who_comes_back_soon_finds_the_clock_gone_on_and_another_day_not(void **state)
{
    (void)state;
    static const struct {
        uint64_t away_ms;
        const char *clock;
        uint32_t pauses;
    } rows[] = {{3 * MINUTE_MS, "situation 4:00/1:00", 0}, {DAY, "situation 1:00/1:00", 1}};
    for (int i = 0; i < 2; i++) {
        struct where place = place_make();
        struct lab *lab = meeting_begun(&place);
        struct kept_pause pause;
        meeting_clock_ms += MINUTE_MS;
        enter(lab); /* the last that was kept */
        meeting_stop(lab);
        meeting_clock_ms += rows[i].away_ms;
        lab = meeting_start(&place, LANGUAGE_EN);
        assert_shows(lab, "left half done: go on");
        press(lab, KEY_CODE_ENTER);
        press(lab, KEY_CODE_ENTER);
        assert_shows(lab, rows[i].clock);
        assert_int_equal(progress_pauses(lab->model.progress, NOW, &pause, 1), rows[i].pauses);
        meeting_stop(lab);
        lab = meeting_start(&place, LANGUAGE_EN); /* once more: it is one pause */
        press(lab, KEY_CODE_ENTER);
        press(lab, KEY_CODE_ENTER);
        assert_shows(lab, rows[i].clock);
        meeting_stop(lab);
        place_remove(&place);
    }
}

/* --- notes ------------------------------------------------------------------------------------ */

static uint32_t notes_in(struct lab *lab, struct kept_note *notes)
{
    return progress_notes(lab->model.progress, NOW, "01-plug", notes, 4);
}

static void a_note_takes_the_numbers_and_gives_nothing_away(void **state)
{
    (void)state;
    struct where place = place_make();
    struct lab *lab = meeting_begun(&place);
    struct kept_note notes[4];
    type(lab, "9");
    assert_true(model_command(&lab->model, "run 20s"));
    pass_all(lab);
    type_hangul(lab, "ㅜ", 'n');
    assert_shows(lab, "a line of your own >");
    type_words(lab, "before");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "Noted.");
    assert_int_equal(notes_in(lab, notes), 1);
    assert_string_equal(notes[0].words,
                        "before (00:20.0; got OK 20,016 orders; orders.acked 20,016;"
                        " orders.throughput 1,010/s; run 20s)");
    type(lab, "n");
    type_words(lab, "before");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(notes_in(lab, notes), 1); /* twice is one note */
    type(lab, "n");
    press(lab, KEY_CODE_ESCAPE);
    assert_int_equal(notes_in(lab, notes), 1);
    guess_of_three(lab, "0", "0", "0");
    enter(lab);
    press(lab, KEY_CODE_ENTER);
    meeting_clock_ms += 1000;
    type(lab, "n");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(notes_in(lab, notes), 2);
    assert_non_null(strstr(notes[1].words, "cache.at_risk_power 0"));
    meeting_stop(lab);
    lab = meeting_start(&place, LANGUAGE_EN);
    assert_int_equal(notes_in(lab, notes), 2);
    meeting_stop(lab);
    place_remove(&place);
}

static void a_note_of_the_sandbox_belongs_to_the_meeting_too(void **state)
{
    (void)state;
    struct where place = place_make();
    struct lab *lab = meeting_begun(&place);
    struct kept_note notes[4];
    type(lab, "q");
    open_sandbox(lab);
    type(lab, "n");
    type_words(lab, "aside");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(progress_notes(lab->model.progress, NOW, "", notes, 4), 1);
    assert_non_null(strstr(notes[0].words, "aside (00:00.0; Gone if it stops now 0"));
    meeting_stop(lab);
    place_remove(&place);
}

static void a_note_can_be_taken_while_a_sentence_is_written(void **state)
{
    (void)state;
    struct where place = place_make();
    struct lab *lab = meeting_begun(&place);
    struct kept_note notes[4];
    const struct key note = {.code = KEY_CODE_CONTROL, .letter = 'n', .control = true};
    guess_of_three(lab, "0", "0", "0");
    enter(lab);
    type_words(lab, "앱은 아무");
    update_key(&lab->model, &note);
    assert_shows(lab, "a line of your own >");
    type_words(lab, "timeouts");
    press(lab, KEY_CODE_ENTER);
    type_words(lab, " 말도");
    assert_shows(lab, "A > 앱은 아무 말도");
    update_key(&lab->model, &note);
    press(lab, KEY_CODE_ESCAPE);
    assert_shows(lab, "A > 앱은 아무 말도");
    assert_int_equal(notes_in(lab, notes), 1);
    assert_non_null(strstr(notes[0].words, "timeouts (00:44.3; Got OK, then lost 42,274 orders;"));
    meeting_stop(lab);
    place_remove(&place);
}

static void without_a_meeting_nothing_is_offered_that_needs_one(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    press(lab, KEY_CODE_ENTER);
    type(lab, " n");
    assert_int_equal(lab->model.asking, FIELD_NONE);
    type(lab, "?");
    assert_hides(lab, "note it");
    assert_shows(lab, "present");
    close_lab(lab);
}

/* --- sentences -------------------------------------------------------------------------------- */

static void everybody_says_one_sentence_and_can_say_it_better(void **state)
{
    (void)state;
    struct where place = place_make();
    struct lab *lab = meeting_begun(&place);
    struct kept_sentence kept[4];
    guess_of_three(lab, "0", "0", "0");
    enter(lab);
    assert_shows(lab, "A >");
    type_words(lab, "silence");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "B >");
    press(lab, KEY_CODE_ENTER); /* said aloud only */
    assert_int_equal(lab->model.flow.step, STEP_EXPLAIN);
    type(lab, "]");
    assert_int_equal(lab->model.screen, PLACE_SENTENCE);
    assert_shows(lab, "silence");
    type_words(lab, "memory");
    press(lab, KEY_CODE_ENTER);
    type_words(lab, "no file");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "Next: 2 The save point");
    press(lab, KEY_CODE_TAB);
    type_words(lab, " for 1 s");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(progress_sentences(lab->model.progress, "01-plug", NOW, kept, 4), 3);
    assert_string_equal(kept[0].words, "silence for 1 s");
    assert_string_equal(kept[1].words, "memory");
    assert_string_equal(kept[2].words, "no file");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "question 2/3");
    assert_string_equal(lab->model.meeting.sentences[0], "");
    meeting_stop(lab);
    place_remove(&place);
}

/* What was left for afterwards is done alone, with what the group guessed. */
static void the_homework_goes_on_from_the_meeting(void **state)
{
    (void)state;
    struct where place = place_make();
    struct lab *lab = meeting_start(&place, LANGUAGE_EN);
    struct kept_sentence kept[4];
    meeting_clock_ms = NOW;
    type(lab, "g23");
    press(lab, KEY_CODE_ENTER);
    type(lab, " ");
    guess_of_three(lab, "0", "0", "0");
    enter(lab);
    type_words(lab, "silence");
    press(lab, KEY_CODE_ENTER);
    for (int i = 0; i < 5 && lab->model.screen != PLACE_SENTENCE; i++)
        press(lab, KEY_CODE_ENTER);
    for (int i = 0; i < 5 && lab->model.screen != PLACE_CLOSED; i++)
        press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "outage retro meeting-1.md");
    press(lab, KEY_CODE_ENTER);
    assert_hides(lab, "left half done");
    meeting_stop(lab);
    lab = meeting_start(&place, LANGUAGE_EN);
    assert_shows(lab, "Go on");
    press(lab, KEY_CODE_ENTER);
    assert_false(lab->model.meeting.on);
    assert_int_equal(lab->model.flow.people, 3);
    pass_all(lab);
    while (lab->model.flow.step < STEP_WORK)
        enter(lab);
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "done");
    assert_int_equal(progress_sentences(lab->model.progress, "01-plug", NOW, kept, 4), 1);
    assert_string_equal(kept[0].words, "silence");
    meeting_stop(lab);
    place_remove(&place);
}

/* --- presenting ------------------------------------------------------------------------------- */

static int digit_rows(struct lab *lab)
{
    int rows = 0;
    char row[1024];
    view_render(&lab->model, &lab->canvas);
    for (int i = 0; i < lab->canvas.rows; i++) {
        canvas_row(&lab->canvas, i, row, sizeof row);
        rows +=
            strstr(row, "▀▀") != NULL || strstr(row, "█ █") != NULL || strstr(row, "█▀") != NULL;
    }
    return rows;
}

static void presenting_leaves_the_question_the_map_the_number_and_the_actions(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    press(lab, KEY_CODE_ENTER);
    type(lab, " ");
    type_hangul(lab, "ㅖ", 'P');
    assert_true(lab->model.present);
    for (int i = 0; i < 12 && lab->model.screen != PLACE_HOME; i++) {
        enum lesson_step step = lab->model.flow.step;
        assert_shows(lab, step == STEP_VARY ? "at most 2,000" : "how many will be there?");
        assert_hides(lab, "An order app writes");
        assert_hides(lab, "got OK 4");
        assert_hides(lab, "counted");
        if (step == STEP_WORK)
            assert_shows(lab, "redis-cli CONFIG GET save");
        else
            assert_shows(lab, "redis-1, on");
        if (step != STEP_WORK)
            assert_int_equal(digit_rows(lab), 3);
        if (step == STEP_TRY || step == STEP_WATCH || step == STEP_VARY)
            assert_shows(lab, "start over");
        if (lab->model.asking == FIELD_GUESS)
            type(lab, "40000");
        enter(lab);
    }
    assert_int_equal(lab->model.screen, PLACE_HOME);
    close_lab(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_named_once_and_questions_chosen_by_number),
        cmocka_unit_test(a_lesson_that_cannot_be_read_is_passed_over),
        cmocka_unit_test(the_clock_says_how_late_it_is_and_what_to_leave_out),
        cmocka_unit_test(the_phases_are_eight_minutes_and_three_questions_fit),
        cmocka_unit_test(a_second_that_goes_by_is_seen_and_cuts_nothing_off),
        cmocka_unit_test(what_to_leave_out_has_its_room),
        cmocka_unit_test(who_comes_back_soon_finds_the_clock_gone_on_and_another_day_not),
        cmocka_unit_test(a_note_takes_the_numbers_and_gives_nothing_away),
        cmocka_unit_test(a_note_of_the_sandbox_belongs_to_the_meeting_too),
        cmocka_unit_test(a_note_can_be_taken_while_a_sentence_is_written),
        cmocka_unit_test(without_a_meeting_nothing_is_offered_that_needs_one),
        cmocka_unit_test(everybody_says_one_sentence_and_can_say_it_better),
        cmocka_unit_test(the_homework_goes_on_from_the_meeting),
        cmocka_unit_test(presenting_leaves_the_question_the_map_the_number_and_the_actions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
