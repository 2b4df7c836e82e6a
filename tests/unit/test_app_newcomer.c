/* What a person does who sees the lab for the first time: a change after the run, an Enter too
 * many, a fault that comes while something else is tried, digits at home. */
#include "tests/unit/lab_fixture.h"

#include "lab/app/home.h"

static struct lab *open_lesson(const char *number)
{
    struct lab *lab = open_lab(LANGUAGE_EN);
    press(lab, KEY_CODE_ENTER);
    press(lab, KEY_CODE_ESCAPE);
    lab->model.screen = PLACE_HOME;
    type(lab, number);
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.screen, PLACE_BRIEF);
    return lab;
}

static void to_vary(struct lab *lab)
{
    while (lab->model.flow.step < STEP_VARY) {
        if (lab->model.asking == FIELD_GUESS)
            type(lab, "40000");
        press(lab, KEY_CODE_ENTER);
        pass_all(lab);
    }
}

static void run(struct lab *lab)
{
    type(lab, " ");
    pass_all(lab);
    assert_true(lab->model.flow.tried);
}

static void a_change_after_the_run_is_tried_from_the_beginning(void **state)
{
    (void)state;
    struct lab *lab = open_lesson("1");
    type(lab, " ");
    to_vary(lab);
    run(lab);
    assert_false(lab->model.flow.passed);
    assert_shows(lab, "Change more (0 undoes all), then Space.");
    type(lab, "1");
    assert_int_equal(lab->model.flow.change_count, 1);
    assert_int_equal(now_ns(lab), 0);
    run(lab);
    assert_true(lab->model.flow.passed);
    close_lab(lab);
}

static void a_question_after_the_run_is_no_change(void **state)
{
    (void)state;
    struct lab *lab = open_lesson("1");
    type(lab, " ");
    to_vary(lab);
    run(lab);
    uint64_t end_ns = now_ns(lab);
    type(lab, ":tell cache CONFIG GET save");
    press(lab, KEY_CODE_ENTER);
    type(lab, ":print cache.keys");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.flow.change_count, 0);
    assert_int_equal(now_ns(lab), end_ns);
    run(lab); /* Space does not go on behind the end */
    assert_int_equal(now_ns(lab), end_ns);
    close_lab(lab);
}

static void an_enter_too_many_does_not_jump_over_vary(void **state)
{
    (void)state;
    struct lab *lab = open_lesson("1");
    type(lab, " ");
    to_vary(lab);
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.flow.step, STEP_VARY);
    assert_shows(lab, "Nothing was run here yet.");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.flow.step, STEP_WORK);
    close_lab(lab);
}

static void what_was_tried_is_not_told_of_the_run_that_is_watched(void **state)
{
    (void)state;
    struct lab *lab = open_lesson("1");
    press(lab, KEY_CODE_ENTER);
    type(lab, "9");
    type(lab, "3");
    assert_shows(lab, "stopped by SIGSTOP");
    press(lab, KEY_CODE_ENTER);
    type(lab, "40k");
    press(lab, KEY_CODE_ENTER);
    pass_all(lab);
    assert_int_equal(lab->model.screen, PLACE_WATCH);
    assert_hides(lab, "stopped by SIGSTOP");
    close_lab(lab);
}

static void the_lessons_fault_is_said_before_it_takes_the_screen(void **state)
{
    (void)state;
    struct lab *lab = open_lesson("12");
    press(lab, KEY_CODE_TAB); /* the map says that it shows the rest */
    assert_string_not_equal(lab->model.selected, "users-1");
    press(lab, KEY_CODE_ENTER);
    assert_true(model_command(&lab->model, "run 2min"));
    pass_all(lab);
    assert_int_equal(lab->model.screen, PLACE_TRY);
    assert_shows(lab, "Here the lesson's own fault comes.");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.screen, PLACE_PREDICT);
    close_lab(lab);
}

static void what_is_no_guess_is_said(void **state)
{
    (void)state;
    struct lab *lab = open_lesson("2");
    press(lab, KEY_CODE_ENTER);
    type(lab, "t"); /* no number is asked for when it is not told */
    assert_int_equal(lab->model.asking, FIELD_NONE);
    assert_non_null(strstr(lab->model.message, "guess"));
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "In a group all guess at once");
    type(lab, "40000");
    press(lab, KEY_CODE_ENTER);
    type(lab, "za");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "That is no guess yet:");
    close_lab(lab);
}

static uint32_t at_cursor(const struct lab *lab)
{
    return home_lesson(&lab->model)->number;
}

static void digits_and_arrows_find_any_lesson_at_home(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    lab->model.screen = PLACE_HOME;
    assert_shows(lab, "New here? Enter opens lesson 1.");
    assert_shows(lab, "Sixty thousand or two thousand");
    type(lab, "12");
    assert_int_equal(at_cursor(lab), 12);
    type(lab, "1"); /* there is no lesson 121 */
    assert_int_equal(at_cursor(lab), 1);
    press(lab, KEY_CODE_RIGHT);
    assert_int_equal(at_cursor(lab), 7);
    press(lab, KEY_CODE_DOWN);
    press(lab, KEY_CODE_LEFT);
    assert_int_equal(at_cursor(lab), 2);
    press(lab, KEY_CODE_LEFT);
    assert_int_equal(at_cursor(lab), 2);
    close_lab(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_after_the_run_is_tried_from_the_beginning),
        cmocka_unit_test(a_question_after_the_run_is_no_change),
        cmocka_unit_test(an_enter_too_many_does_not_jump_over_vary),
        cmocka_unit_test(what_was_tried_is_not_told_of_the_run_that_is_watched),
        cmocka_unit_test(the_lessons_fault_is_said_before_it_takes_the_screen),
        cmocka_unit_test(what_is_no_guess_is_said),
        cmocka_unit_test(digits_and_arrows_find_any_lesson_at_home),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
