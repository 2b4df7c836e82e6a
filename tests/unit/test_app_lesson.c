/* Lesson 1 step by step: what is hidden, locked, counted and met. */
#include "tests/unit/lab_fixture.h"

#include <unistd.h>

/* --- lesson 1 --------------------------------------------------------------------------------- */

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
    select_part(lab, "cache");
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
    assert_shows(lab, "예측이 다릅니다.");
    press(lab, KEY_CODE_ESCAPE); /* nobody wants to argue */
    pass_all(lab);
    assert_int_equal(lab->model.flow.step, STEP_WATCH);
    while (lab->model.flow.step < STEP_VARY) {
        press(lab, KEY_CODE_ENTER);
        pass_all(lab);
    }
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
    assert_shows(lab, "of 42,274 that got OK");
    assert_shows(lab, "only the last seconds are gone");
    assert_shows(lab, "<- the client believes");
    assert_shows(lab, "gone: it was not on the disk when the power went");
    assert_shows(lab, "42,274 orders got their OK.");
    assert_hides(lab, "owns the page cache");
    for (int i = 0; i < 30; i++)
        press(lab, KEY_CODE_DOWN);
    assert_shows(lab, "owns the page cache");
    type(lab, "L");
    assert_shows(lab, "페이지 캐시를 가진 커널은");
    close_lab(lab);
}

static void a_belief_of_two_is_said_once(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    to_step(lab, STEP_PREDICT);
    type(lab, "39000");
    press(lab, KEY_CODE_TAB);
    type(lab, "40000");
    press(lab, KEY_CODE_ENTER);
    press(lab, KEY_CODE_ENTER);
    pass_all(lab);
    press(lab, KEY_CODE_ENTER);
    pass_all(lab);
    press(lab, KEY_CODE_ENTER);
    unsigned times = 0;
    char row[1024];
    view_render(&lab->model, &lab->canvas);
    for (int i = 0; i < lab->canvas.rows; i++) {
        canvas_row(&lab->canvas, i, row, sizeof row);
        times += strstr(row, "only the last seconds are gone") != NULL;
    }
    assert_int_equal(times, 1);
    close_lab(lab);
}

static void a_loss_is_no_news_while_the_guess_is_open(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    to_step(lab, STEP_TRY);
    assert_true(model_command(&lab->model, "run 3s"));
    pass_all(lab);
    type(lab, "1");
    assert_true(model_command(&lab->model, "start cache"));
    assert_true(model_command(&lab->model, "run 1s"));
    pass_all(lab);
    assert_shows(lab, "cache  ready to answer");
    assert_hides(lab, "writes lost");
    assert_hides(lab, "lost 3,");
    close_lab(lab);
}

static void the_fault_is_guarded_when_it_is_only_scheduled(void **state)
{
    (void)state;
    static const char *const lines[] = {"after 1s power-cut redis-1", "at 30s power-cut redis-1",
                                        "every 5s  power-cut  redis-1",
                                        "after 1s at 9s power-cut redis-1"};
    struct lab *lab = open_lab(LANGUAGE_EN);
    to_step(lab, STEP_TRY);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        assert_false(model_command(&lab->model, lines[i]));
        assert_int_equal(lab->model.asking, FIELD_GUESS);
        press(lab, KEY_CODE_ESCAPE);
    }
    assert_true(model_command(&lab->model, "after 1s kill cache"));
    close_lab(lab);
}

static void goals_say_since_when_they_fail(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    to_step(lab, STEP_VARY);
    assert_hides(lab, "since");
    type(lab, " ");
    pass_all(lab);
    assert_shows(lab, "not since 00:44.3");
    close_lab(lab);
}

static void watch_says_in_three_rows_what_is_not_on_a_disk(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    to_step(lab, STEP_WATCH);
    assert_shows(lab, "Gone if it stops now");
    type(lab, " ");
    pass(lab, 1500 * MS_NS);
    assert_shows(lab, "Got OK, not on the disk");
    press(lab, KEY_CODE_ENTER);
    pass_all(lab);
    assert_shows(lab, "Got OK, then lost");
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
    assert_shows(lab, "not since");
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

/* What is at risk now, as screens, commands and files write it. */
static void answer_of(struct lab *lab, char grouped[40], char plain[40])
{
    struct metric_ref metric;
    struct error error;
    struct value value = {0};
    struct world *world = model_world(&lab->model);
    struct text with = {grouped, 40, 0, false}, without = {plain, 40, 0, false};
    assert_true(world_metric(world, "cache.at_risk_power", &metric, &error));
    assert_true(world_read(world, metric, &value));
    assert_true(value.number > 1000);
    text_clear(&with);
    text_add_grouped(&with, (uint64_t)value.number);
    text_clear(&without);
    text_add_u64(&without, (uint64_t)value.number);
}

static void assert_not_given_away(struct lab *lab, const char *way)
{
    char grouped[40], plain[40];
    answer_of(lab, grouped, plain);
    bool shown = shows(lab, grouped) || shows(lab, plain) || strstr(lab->model.answer, grouped) ||
                 strstr(lab->model.answer, plain) || strstr(lab->model.message, grouped) ||
                 strstr(lab->model.message, plain);
    if (shown)
        fail_msg("given away by: %s", way);
}

static const char *const ways[] = {"print cache.at_risk_power",
                                   "print cache.at_risk_power.peak",
                                   "print cache.at_risk_kill",
                                   "print cache.rdb_changes_since_last_save",
                                   "show cache",
                                   "show orders",
                                   "show redis-1",
                                   "tell cache INFO",
                                   "tell cache INFO persistence",
                                   "tell cache DBSIZE",
                                   "report ledger",
                                   "report machines",
                                   "trace-write 69000",
                                   "expect cache.at_risk_power == 0",
                                   "expect cache.at_risk_power > 0",
                                   "run until cache.at_risk_power > 1 max 1s",
                                   "run until orders.acked_lost == 0 max 1s",
                                   "watch cache.at_risk_power",
                                   "scheduled",
                                   "help at_risk_power",
                                   "mark here",
                                   "rewind here",
                                   "rewind -5s"};

static void no_way_gives_the_second_lessons_answer_away(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_KO);
    type(lab, "2");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.flow.lesson->number, 2);
    type(lab, " ");
    press(lab, KEY_CODE_ENTER);
    assert_true(model_command(&lab->model, "run 70s"));
    pass_all(lab);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        model_command(&lab->model, ways[i]);
        pass_all(lab);
        assert_not_given_away(lab, ways[i]);
        lab->model.overlay = OVERLAY_NONE;
        assert_not_given_away(lab, ways[i]);
    }
    for (uint32_t i = 0; i < lab->model.look.part_count; i++) {
        press(lab, KEY_CODE_TAB);
        type(lab, "i");
        for (int page = 0; page < 5; page++) {
            assert_not_given_away(lab, lab->model.selected);
            press(lab, KEY_CODE_PAGE_DOWN);
        }
        press(lab, KEY_CODE_ESCAPE);
    }
    type(lab, "t");
    assert_not_given_away(lab, "t");
    press(lab, KEY_CODE_ESCAPE);
    for (const char *key = "b?L.<>0hv"; *key; key++) {
        char one[2] = {*key, 0};
        type(lab, one);
        assert_not_given_away(lab, one);
        lab->model.overlay = OVERLAY_NONE;
    }
    /* The same eyes see it once it is open. */
    char grouped[40], plain[40];
    session_hide(lab->model.session, NULL);
    assert_true(model_command(&lab->model, "print cache.at_risk_power"));
    answer_of(lab, grouped, plain);
    assert_shows(lab, grouped);
    close_lab(lab);
}

static void a_shared_run_holds_no_answer(void **state)
{
    (void)state;
    char path[] = "/tmp/outage-share-XXXXXX", line[300], grouped[40], plain[40], text[8192];
    struct lab *lab = open_lab(LANGUAGE_EN);
    int file = mkstemp(path);
    assert_true(file >= 0);
    type(lab, "2");
    press(lab, KEY_CODE_ENTER);
    type(lab, " ");
    press(lab, KEY_CODE_ENTER);
    assert_true(model_command(&lab->model, "run 70s"));
    pass_all(lab);
    answer_of(lab, grouped, plain);
    snprintf(line, sizeof line, "share %s", path);
    assert_true(model_command(&lab->model, line));
    ssize_t bytes = read(file, text, sizeof text - 1);
    assert_true(bytes > 0);
    text[bytes] = 0;
    assert_null(strstr(text, grouped));
    assert_null(strstr(text, plain));
    close(file);
    unlink(path);
    close_lab(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_prediction_is_not_given_away),
        cmocka_unit_test(the_guess_is_made_with_the_hand_on_the_plug),
        cmocka_unit_test(a_number_field_takes_numbers_and_leaves_hint_and_situation),
        cmocka_unit_test(the_clock_halts_before_the_fault_of_an_open_question),
        cmocka_unit_test(guesses_of_three_lock_one_by_one),
        cmocka_unit_test(watch_starts_a_second_before_the_fault_and_asks_what_was_seen),
        cmocka_unit_test(explain_counts_what_the_run_did),
        cmocka_unit_test(a_belief_of_two_is_said_once),
        cmocka_unit_test(a_loss_is_no_news_while_the_guess_is_open),
        cmocka_unit_test(the_fault_is_guarded_when_it_is_only_scheduled),
        cmocka_unit_test(no_way_gives_the_second_lessons_answer_away),
        cmocka_unit_test(a_shared_run_holds_no_answer),
        cmocka_unit_test(goals_say_since_when_they_fail),
        cmocka_unit_test(watch_says_in_three_rows_what_is_not_on_a_disk),
        cmocka_unit_test(vary_passes_with_the_reveal_and_not_without),
        cmocka_unit_test(what_was_changed_stands_when_it_begins_again),
        cmocka_unit_test(back_and_forth_through_the_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
