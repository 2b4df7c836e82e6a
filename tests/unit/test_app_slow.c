/* Slow motion through a fault. */
#include "tests/unit/lab_fixture.h"

#include "lab/app/slow.h"

/* A power cut at 10 s in the sandbox, and five seconds after it. */
static struct lab *after_a_cut(enum language language)
{
    struct lab *lab = open_lab(language);
    open_sandbox(lab);
    assert_true(model_command(&lab->model, "run 10s"));
    pass_all(lab);
    assert_true(model_command(&lab->model, "power-cut redis-1"));
    assert_true(model_command(&lab->model, "run 5s"));
    pass_all(lab);
    assert_int_equal(now_ns(lab), 15 * SECOND_NS);
    return lab;
}

static void without_a_fault_it_says_what_to_do(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    assert_true(model_command(&lab->model, "run 2s"));
    pass_all(lab);
    type(lab, ",");
    assert_int_equal(now_ns(lab), 2 * SECOND_NS);
    assert_shows(lab, "nothing has failed yet");
    close_lab(lab);
}

static void from_one_second_before_to_a_hundredth_and_back(void **state)
{
    (void)state;
    struct lab *lab = after_a_cut(LANGUAGE_EN);
    uint64_t digest = session_variant(lab->model.session, 0)->world->events, wall_ns = 0;
    type(lab, ",");
    assert_int_equal(now_ns(lab), 9 * SECOND_NS);
    assert_string_equal(lab->model.last_command, "rewind 00:09.000");
    assert_shows(lab, "x0.2  fault -1.000 s");
    int slowest = lab->model.drive.speed;
    while (slow_is_on(&lab->model.drive, now_ns(lab))) {
        pass(lab, FRAME_NS);
        wall_ns += FRAME_NS;
        uint64_t now = now_ns(lab);
        uint64_t away_ns = now < 10 * SECOND_NS ? 10 * SECOND_NS - now : now - 10 * SECOND_NS;
        if (lab->model.drive.speed < slowest)
            slowest = lab->model.drive.speed;
        if (away_ns < 9 * MS_NS)
            assert_int_equal(drive_speed(&lab->model.drive), 10);
        if (away_ns > 200 * MS_NS)
            assert_true(drive_speed(&lab->model.drive) >= 200);
    }
    assert_int_equal(slowest, SPEED_SLOWEST);
    assert_true(wall_ns > 10 * SECOND_NS && wall_ns < 25 * SECOND_NS);
    assert_int_equal(lab->model.drive.speed, SPEED_ONE);
    assert_true(lab->model.drive.playing);
    assert_true(model_command(&lab->model, "run 3s"));
    pass_all(lab);
    while (now_ns(lab) < 15 * SECOND_NS) {
        type(lab, " ");
        pass(lab, FRAME_NS);
        type(lab, " ");
    }
    drive_rewind(&lab->model, 15 * SECOND_NS);
    assert_int_equal(session_variant(lab->model.session, 0)->world->events, digest);
    close_lab(lab);
}

static void a_speed_by_hand_ends_it(void **state)
{
    (void)state;
    struct lab *lab = after_a_cut(LANGUAGE_KO);
    type(lab, ",");
    assert_shows(lab, "장애 -1.000초");
    type(lab, "+");
    assert_hides(lab, "장애 -1.000초");
    assert_false(slow_is_on(&lab->model.drive, now_ns(lab)));
    pass(lab, 4 * SECOND_NS);
    assert_true(now_ns(lab) > 10 * SECOND_NS);
    close_lab(lab);
}

/* News at x0.5 are seen at that speed, or at one that is chosen meanwhile, for a second of theirs.
 */
static void slow_by_hand_comes_back_a_second_after_the_news(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_sandbox(lab);
    assert_true(model_command(&lab->model, "run 2s"));
    pass_all(lab);
    type(lab, "-");
    assert_int_equal(drive_speed(&lab->model.drive), 500);
    assert_true(model_command(&lab->model, "kill cache"));
    assert_hides(lab, "fault +");
    type(lab, " ");
    pass(lab, SECOND_NS);
    assert_int_equal(drive_speed(&lab->model.drive), 500);
    type(lab, "-");
    pass(lab, SECOND_NS);
    assert_int_equal(drive_speed(&lab->model.drive), 200);
    assert_true(now_ns(lab) < 3 * SECOND_NS);
    while (now_ns(lab) < 3 * SECOND_NS)
        pass(lab, FRAME_NS);
    assert_int_equal(lab->model.drive.speed, SPEED_ONE);
    close_lab(lab);
}

static void a_watched_fault_is_seen_slowly_again_and_again(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    press(lab, KEY_CODE_ENTER);
    while (lab->model.flow.step < STEP_WATCH) {
        if (lab->model.asking == FIELD_GUESS)
            type(lab, "40000");
        press(lab, KEY_CODE_ENTER);
        pass_all(lab);
    }
    uint64_t fault_ns = lab->model.flow.script.fault_ns;
    for (int i = 0; i < 2; i++) {
        type(lab, ",");
        pass(lab, FRAME_NS);
        assert_true(now_ns(lab) < fault_ns);
        pass(lab, 10 * SECOND_NS);
        assert_true(now_ns(lab) > fault_ns);
        assert_true(now_ns(lab) < fault_ns + SECOND_NS);
        assert_int_equal(lab->model.flow.step, STEP_WATCH);
        assert_shows(lab, "fault +");
    }
    close_lab(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_fault_it_says_what_to_do),
        cmocka_unit_test(from_one_second_before_to_a_hundredth_and_back),
        cmocka_unit_test(a_speed_by_hand_ends_it),
        cmocka_unit_test(slow_by_hand_comes_back_a_second_after_the_news),
        cmocka_unit_test(a_watched_fault_is_seen_slowly_again_and_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
