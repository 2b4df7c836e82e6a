/* Files of a lesson that are saved while it is open: shown where one is, or why not. */
#include "tests/unit/flow_steps.h"

#include "lab/app/reload.h"
#include "lab/app/review.h"

static void saved(struct lab *lab, const struct folder *folder, const char *name)
{
    char path[200];
    folder_path(folder, name, path);
    reload_file(&lab->model, path);
}

static void a_saved_text_is_shown_where_one_is(void **state)
{
    (void)state;
    struct folder folder = folder_open();
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_first(lab);
    to_step(lab, STEP_EXPLAIN);
    folder_change(&folder, "en.md", "OK meant", "For {orders.sent} requests OK meant");
    saved(lab, &folder, "en.md");
    assert_int_equal(lab->model.flow.step, STEP_EXPLAIN);
    assert_shows(lab, "en.md: read anew");
    assert_hides(lab, "{orders.sent}");
    char words[60];
    snprintf(words, sizeof words, "requests OK meant");
    while (!shows(lab, words) && lab->model.scroll < view_scroll_most(&lab->model))
        press(lab, KEY_CODE_DOWN);
    assert_shows(lab, words);
    assert_true(lab->model.flow.guesses[0][0].locked);
    close_lab(lab);
    folder_close(&folder);
}

static void a_review_goes_on_when_its_lesson_is_saved(void **state)
{
    (void)state;
    struct folder folder = folder_open();
    struct lab *lab = open_lab(LANGUAGE_EN);
    assert_true(review_open(&lab->model, 0));
    folder_change(&folder, "en.md", "OK meant", "For requests OK meant");
    saved(lab, &folder, "en.md");
    assert_int_equal(lab->model.screen, PLACE_REVIEW);
    assert_ptr_equal(lab->model.review.lesson, lab->model.home.lessons[0]);
    assert_int_equal(lab->model.asking, FIELD_REVIEW);
    lab->model.review.locked = true; /* what was answered is not asked twice */
    saved(lab, &folder, "en.md");
    assert_int_equal(lab->model.screen, PLACE_HOME);
    assert_null(lab->model.review.lesson);
    close_lab(lab);
    folder_close(&folder);
}

static void a_wrong_file_says_where_and_the_old_one_stays(void **state)
{
    (void)state;
    struct folder folder = folder_open();
    struct lab *lab = open_lab(LANGUAGE_KO);
    open_first(lab);
    enter(lab);
    folder_change(&folder, "ko.md", "predict lost number", "predict lost numbr");
    saved(lab, &folder, "ko.md");
    assert_shows(lab, "01-skeleton/ko.md:36:14:");
    press(lab, KEY_CODE_RIGHT); /* no key takes it away */
    assert_shows(lab, "01-skeleton/ko.md:36:14:");
    assert_int_equal(lab->model.flow.step, STEP_TRY);
    assert_shows(lab, "부숴 보세요");
    folder_change(&folder, "ko.md", "predict lost numbr", "predict lost number");
    saved(lab, &folder, "ko.md");
    assert_hides(lab, "01-skeleton/ko.md");
    folder_change(&folder, "world.lab", "machine app-1", "machin app-1");
    saved(lab, &folder, "world.lab");
    assert_shows(lab, "01-skeleton/world.lab:6:1:");
    assert_shows(lab, "app-1, 켜짐");
    close_lab(lab);
    folder_close(&folder);
}

static void a_saved_world_is_opened_and_hides_what_is_asked(void **state)
{
    (void)state;
    struct folder folder = folder_open();
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_first(lab);
    enter(lab);
    assert_true(model_command(&lab->model, "run 3s"));
    pass_all(lab);
    folder_change(&folder, "world.lab", "rate=500/s", "rate=700/s");
    saved(lab, &folder, "world.lab");
    assert_int_equal(lab->model.flow.step, STEP_TRY);
    assert_int_equal(now_ns(lab), 0);
    assert_shows(lab, "700/s");
    assert_shows(lab, "shown after your guess");
    assert_true(session_hidden(lab->model.session, "cache.keys"));
    close_lab(lab);
    folder_close(&folder);
}

static void other_questions_begin_at_the_beginning(void **state)
{
    (void)state;
    struct folder folder = folder_open();
    struct lab *lab = open_lab(LANGUAGE_EN);
    open_first(lab);
    to_step(lab, STEP_WATCH);
    folder_change_both(&folder, "predict hears choice", "predict listens choice");
    folder_change_both(&folder, "answer hears", "answer listens");
    folder_change_both(&folder, "miss hears", "miss listens");
    saved(lab, &folder, "ko.md");
    assert_int_equal(lab->model.flow.step, STEP_BRIEF);
    assert_false(lab->model.flow.locked[0]);
    close_lab(lab);
    folder_close(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_saved_text_is_shown_where_one_is),
        cmocka_unit_test(a_review_goes_on_when_its_lesson_is_saved),
        cmocka_unit_test(a_wrong_file_says_where_and_the_old_one_stays),
        cmocka_unit_test(a_saved_world_is_opened_and_hides_what_is_asked),
        cmocka_unit_test(other_questions_begin_at_the_beginning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
