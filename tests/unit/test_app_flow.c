/* A lesson's flow beyond its first way: acts, marks on the map, what is known already, the moment
 * at which a goal failed, the cheaper way. */
#include "tests/unit/flow_steps.h"

#include "lab/lesson/run.h"

/* --- what is known already -------------------------------------------------------------------- */

static void guess(struct lab *lab, const char *first, const char *second)
{
    type(lab, "3"); /* straight to the guess */
    assert_int_equal(lab->model.flow.step, STEP_PREDICT);
    type(lab, first);
    enter(lab);
    type(lab, second);
    enter(lab);
    assert_int_equal(lab->model.flow.step, STEP_WATCH);
}

static void a_right_guess_of_one_who_knows_may_skip_to_vary(void **state)
{
    (void)state;
    struct folder folder = folder_open();
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_first(lab);
    guess(lab, "5000", "b");
    assert_int_equal(lab->model.asking, FIELD_SKIP);
    assert_shows(lab, "Skip to vary?");
    type(lab, "v");
    assert_int_equal(lab->model.flow.step, STEP_VARY);
    type(lab, " ");
    pass_all(lab);
    assert_true(lab->model.flow.tried);
    assert_false(lab->model.flow.passed);
    type(lab, "[");
    assert_int_equal(lab->model.flow.step, STEP_WATCH); /* it was not watched yet */
    close_lab(lab);
    folder_close(&folder);
}

static void another_guess_is_watched(void **state)
{
    (void)state;
    static const char *const guesses[][2] = {{"0", "b"}, {"5000", "a"}, {"3000", "b"}};
    struct folder folder = folder_open();
    for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++) {
        struct lab *lab = open_lab(LANGUAGE_KO);
        open_first(lab);
        guess(lab, guesses[i][0], guesses[i][1]);
        assert_int_equal(lab->model.asking, FIELD_NONE);
        close_lab(lab);
    }
    struct lab *lab = open_lab(LANGUAGE_EN); /* who came through try is asked nothing */
    open_first(lab);
    enter(lab);
    enter(lab);
    type(lab, "5000");
    enter(lab);
    type(lab, "b");
    enter(lab);
    assert_int_equal(lab->model.flow.step, STEP_WATCH);
    assert_int_equal(lab->model.asking, FIELD_NONE);
    close_lab(lab);
    folder_close(&folder);
}

static void a_lesson_that_is_done_begins_with_its_question(void **state)
{
    (void)state;
    struct folder folder = folder_open();
    struct lab *lab = open_lab(LANGUAGE_EN);
    lab->model.home.done[0] = true;
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.flow.step, STEP_PREDICT);
    assert_int_equal(lab->model.asking, FIELD_GUESS);
    close_lab(lab);
    folder_close(&folder);
}

/* --- nobody waits twice ----------------------------------------------------------------------- */

static void what_was_not_touched_is_not_run_again(void **state)
{
    (void)state;
    struct folder folder = folder_open();
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_first(lab);
    to_step(lab, STEP_WATCH);
    pass_all(lab);
    assert_int_equal(now_ns(lab), 9 * SECOND_NS);
    uint64_t digest = session_digest(lab->model.session);
    type(lab, "[[");
    assert_int_equal(lab->model.flow.step, STEP_TRY);
    type(lab, "]]");
    assert_int_equal(lab->model.flow.step, STEP_WATCH);
    assert_false(drive_moving(&lab->model.drive)); /* it stands there already */
    assert_int_equal(now_ns(lab), 9 * SECOND_NS);
    /* What was tried is taken back to before it, and the run is the file's own again. */
    type(lab, "[[");
    assert_true(model_command(&lab->model, "rewind 6s"));
    assert_true(model_command(&lab->model, "kill cache"));
    assert_true(model_command(&lab->model, "run 1s"));
    pass_all(lab);
    type(lab, "]]");
    assert_int_equal(lab->model.flow.step, STEP_WATCH);
    assert_true(now_ns(lab) == 6 * SECOND_NS);
    pass_all(lab);
    assert_int_equal(now_ns(lab), 9 * SECOND_NS);
    assert_true(session_digest(lab->model.session) == digest);
    close_lab(lab);
    folder_close(&folder);
}

/* --- vary ------------------------------------------------------------------------------------- */

static void enter_goes_to_the_moment_at_which_a_goal_failed(void **state)
{
    (void)state;
    struct folder folder = folder_open();
    folder_change_both(&folder, "orders.acked_lost <= 1000", "cache.at_risk_power <= 1000");
    folder_change(&folder, "en.md", "At most 1,000 orders lost", "At most 1,000 at risk");
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_first(lab);
    to_step(lab, STEP_VARY);
    type(lab, " ");
    pass_all(lab);
    lab->model.flow.goals[0].met = false; /* it recovered when all was lost */
    assert_true(lab->model.flow.tried);
    close_lab(lab);

    folder_change_both(&folder, "cache.at_risk_power <= 1000", "cache.at_risk_power.peak <= 1000");
    lab = open_lab(LANGUAGE_EN);
    open_first(lab);
    to_step(lab, STEP_VARY);
    type(lab, " ");
    pass_all(lab);
    assert_shows(lab, "Enter shows that moment.");
    assert_shows(lab, "(<= 1000)");
    press(lab, KEY_CODE_ENTER);
    assert_true(lab->model.flow.looking);
    assert_shows(lab, "Here it failed first.");
    assert_shows(lab, "now 1,00");
    assert_shows(lab, "redis-1, on");
    bool held = true;
    struct value found;
    struct error error;
    const char *condition = "cache.at_risk_power.peak <= 1000";
    assert_true(session_holds(lab->model.session, condition, &held, &found, &error));
    assert_false(held);
    assert_true(found.number < 1010); /* within a millisecond of 500 a second */
    press(lab, KEY_CODE_ENTER);
    assert_false(lab->model.flow.looking);
    assert_int_equal(now_ns(lab), 0);
    type(lab, "]");
    assert_int_equal(lab->model.flow.step, STEP_WORK);
    close_lab(lab);
    folder_close(&folder);
}

static void a_cheaper_way_is_offered_only_after_passing(void **state)
{
    (void)state;
    struct folder folder = folder_open();
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_first(lab);
    to_step(lab, STEP_VARY);
    assert_hides(lab, "There is a way with");
    assert_true(model_command(&lab->model, "set cache appendonly=yes save=\"1 1\""));
    flow_changed(&lab->model, "set cache appendonly=yes save=\"1 1\"");
    type(lab, " ");
    pass_all(lab);
    assert_true(lab->model.flow.passed);
    assert_shows(lab, "There is a way with disk");
    type(lab, "v");
    assert_hides(lab, "There is a way with");
    assert_shows(lab, "set cache appendonly=yes");
    type(lab, " ");
    pass_all(lab);
    assert_true(lab->model.flow.passed);
    assert_hides(lab, "There is a way with"); /* it is the cheapest that is known */
    close_lab(lab);
    folder_close(&folder);
}

/* --- acts ------------------------------------------------------------------------------------- */

#define SECOND_ACT                                                                                 \
    "```\n\n### second\n\n```lab world\nset orders rate=200/s\nat 4s kill cache\n"                 \
    "at 5s start cache\nrun 6s\n```\n\n```lab\n"                                                   \
    "predict gone number unit=orders hides=cache.keys at=\"kill cache\" \"How many now?\"\n"       \
    "answer gone = orders.acked_lost within 20%\n```\n\n## watch"

static void two_acts(const struct folder *folder)
{
    folder_change_both(folder, "```\n\n## watch", SECOND_ACT);
    folder_change_both(folder, "## vary",
                       "### second\n\nThe second lost {orders.acked_lost}.\n\n## vary");
}

static void a_lesson_of_two_acts_asks_and_explains_twice(void **state)
{
    (void)state;
    struct folder folder = folder_open();
    two_acts(&folder);
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_first(lab);
    enter(lab);
    assert_int_equal(lab->model.flow.step, STEP_TRY);
    type(lab, "1"); /* kill cache is the fault of the second act */
    assert_shows(lab, "comes later in this lesson");
    assert_shows(lab, "redis-1, on");
    to_step(lab, STEP_EXPLAIN);
    assert_hides(lab, "The second lost");
    int64_t first = lab->model.flow.counted[0].number;
    while (lab->model.flow.step == STEP_EXPLAIN)
        enter(lab);
    assert_int_equal(lab->model.flow.step, STEP_PREDICT);
    assert_int_equal(lab->model.flow.act, 1);
    assert_shows(lab, "How many now?");
    assert_true(session_hidden(lab->model.session, "cache.keys"));
    type(lab, "7");
    to_step(lab, STEP_WATCH);
    pass_all(lab);
    assert_int_equal(now_ns(lab), 3 * SECOND_NS);
    to_step(lab, STEP_EXPLAIN);
    int64_t second = lab->model.flow.counted[2].number;
    assert_true(second > 600 && second < 1000);
    assert_true(first > 4000 && lab->model.flow.counted[0].number == first);
    assert_shows(lab, "The second lost");
    assert_shows(lab, "orders");
    assert_hides(lab, "{orders");
    to_step(lab, STEP_VARY);
    assert_int_equal(lab->model.flow.scene, STEP_BRIEF); /* world.lab again */
    close_lab(lab);
    folder_close(&folder);
}

static void vary_may_have_a_world_of_its_own(void **state)
{
    (void)state;
    struct folder folder = folder_open();
    folder_change_both(&folder, "## vary\n",
                       "## vary\n\n```lab world\nset orders rate=100/s\nat 12s power-cut redis-1\n"
                       "at 13s power-on redis-1\nrun 20s\n```\n");
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_first(lab);
    to_step(lab, STEP_VARY);
    assert_int_equal(lab->model.flow.scene, STEP_VARY);
    type(lab, " ");
    pass_all(lab);
    assert_true(lab->model.flow.tried);
    assert_int_equal(now_ns(lab), 20 * SECOND_NS);
    assert_false(lab->model.flow.goals[0].met);
    type(lab, "v ");
    pass_all(lab);
    assert_true(lab->model.flow.goals[0].met);
    type(lab, "[");
    assert_int_equal(lab->model.flow.step, STEP_WATCH);
    pass_all(lab);
    assert_int_equal(now_ns(lab), 9 * SECOND_NS);
    close_lab(lab);
    folder_close(&folder);
}

/* --- the map ---------------------------------------------------------------------------------- */

static void ask_a_map(const struct folder *folder, const char *parts)
{
    char line[200];
    snprintf(line, sizeof line, "predict lost map parts=%s", parts);
    folder_change_both(folder, "predict lost number unit=orders", line);
    folder_change_both(folder, "lost = orders.acked_lost within 10%", "lost = cache");
    folder_change_both(folder, "miss lost 0..0", "miss lost app-1");
    folder_change_both(folder, "miss lost 1..4000", "miss lost -cache");
}

static void parts_are_marked_on_the_map(void **state)
{
    (void)state;
    struct folder folder = folder_open();
    ask_a_map(&folder, "cache,redis-1,app-1");
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_first(lab);
    type(lab, "3");
    assert_int_equal(model_place(&lab->model), FIELD_MARKS);
    assert_shows(lab, "1 cache");
    assert_shows(lab, "3 app-1");
    assert_shows(lab, "redis-1, on");
    enter(lab); /* no mark is no guess */
    assert_int_equal(lab->model.flow.question, 0);
    type(lab, "3x1");
    assert_shows(lab, "cache,app-1");
    press(lab, KEY_CODE_UP);
    press(lab, KEY_CODE_DOWN);
    press(lab, KEY_CODE_DOWN);
    type(lab, " "); /* app-1 again: taken away */
    press(lab, KEY_CODE_UP);
    type(lab, " ");
    assert_string_equal(lab->model.flow.guesses[0][0].field.text, "cache,redis-1");
    press(lab, KEY_CODE_TAB);
    type(lab, "3");
    enter(lab);
    enter(lab);
    if (lab->model.asking == FIELD_DIFFER) /* a second round is offered: they stay */
        flow_stay(&lab->model);
    assert_true(lab->model.flow.locked[0]);
    assert_int_equal(lab->model.flow.guesses[0][0].number, 3);
    assert_int_equal(lab->model.flow.guesses[0][1].number, 4);
    type(lab, "b");
    enter(lab);
    type(lab, "b");
    enter(lab);
    to_step(lab, STEP_EXPLAIN);
    assert_int_equal(lab->model.flow.counted[0].number, 1);
    assert_int_equal(flow_nearest(&lab->model, 0), 0);
    assert_shows(lab, "cache            yes         found       missed");
    assert_shows(lab, "redis-1          not one     marked      -");
    assert_shows(lab, "app-1            not one     -           marked");
    assert_shows(lab, "it got an OK, so it was stored"); /* who marked app-1 */
    close_lab(lab);
    folder_close(&folder);
}

static void marks_are_words_and_bits(void **state)
{
    (void)state;
    const char *names[] = {"lb", "cache", "chat-1"};
    int64_t bits;
    char words[80];
    struct text text = TEXT(words);
    assert_true(lesson_marks_read("cache, lb", names, 3, &bits));
    assert_int_equal(bits, 3);
    assert_true(lesson_marks_read("3 1", names, 3, &bits));
    assert_int_equal(bits, 5);
    assert_false(lesson_marks_read("cache,db", names, 3, &bits));
    assert_int_equal(lesson_marks_among("app-1~db,cache", names, 3), 2);
    text_clear(&text);
    lesson_marks_add(&text, names, 3, 6);
    assert_string_equal(words, "cache,chat-1");
}

/* Power that the fault took is there at the beginning: what gives it back is no change. */
static void a_change_that_is_none_at_the_beginning_is_said_and_not_kept(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    type(lab, "4");
    open_first(lab);
    to_step(lab, STEP_VARY);
    type(lab, " ");
    pass_all(lab);
    assert_true(lab->model.flow.tried);
    type(lab, ":power-on redis-1");
    enter(lab);
    assert_shows(lab, "Not possible at 0 s: redis-1 is on");
    assert_int_equal(lab->model.flow.change_count, 0);
    assert_int_equal(now_ns(lab), 0);
    type(lab, ":set cache maxmemory=2GiB");
    enter(lab);
    assert_string_equal(lab->model.flow.changes[0], "set cache maxmemory=2GiB");
    for (int i = 0; i < CHANGES_MAX; i++) {
        assert_hides(lab, "No more than 16 changes");
        type(lab, ":set cache maxmemory=1GiB");
        enter(lab);
    }
    assert_shows(lab, "No more than 16 changes");
    assert_int_equal(lab->model.flow.change_count, CHANGES_MAX);
    close_lab(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_that_is_none_at_the_beginning_is_said_and_not_kept),
        cmocka_unit_test(a_right_guess_of_one_who_knows_may_skip_to_vary),
        cmocka_unit_test(another_guess_is_watched),
        cmocka_unit_test(a_lesson_that_is_done_begins_with_its_question),
        cmocka_unit_test(what_was_not_touched_is_not_run_again),
        cmocka_unit_test(enter_goes_to_the_moment_at_which_a_goal_failed),
        cmocka_unit_test(a_cheaper_way_is_offered_only_after_passing),
        cmocka_unit_test(a_lesson_of_two_acts_asks_and_explains_twice),
        cmocka_unit_test(vary_may_have_a_world_of_its_own),
        cmocka_unit_test(parts_are_marked_on_the_map),
        cmocka_unit_test(marks_are_words_and_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
