/* The two rounds of guesses: when there is a second, what is kept of both, who changed. */
#include "tests/unit/meeting_fixture.h"

#include "lab/app/flow.h"

static void a_second_round_comes_where_the_guesses_differ(void **state)
{
    (void)state;
    static const struct {
        const char *words[3];
        bool differ;
    } rows[] = {
        {{"40000", "40k", "4만"}, false},
        {{"40000", "38000", "39000"}, false}, /* 5 % of the largest */
        {{"40000", "37999", "39000"}, true},
        {{"0", "0", "1"}, true},
        {{"0", "0", "0"}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lab *lab = open_lab(LANGUAGE_EN);
        type(lab, "g");
        press(lab, KEY_CODE_ENTER);
        type(lab, " ");
        guess_of_three(lab, rows[i].words[0], rows[i].words[1], rows[i].words[2]);
        if ((lab->model.asking == FIELD_DIFFER) != rows[i].differ)
            fail_msg("%s %s %s", rows[i].words[0], rows[i].words[1], rows[i].words[2]);
        assert_int_equal(flow_open_question(&lab->model), rows[i].differ);
        close_lab(lab);
    }
}

static void whoever_is_alone_is_asked_once(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    press(lab, KEY_CODE_ENTER);
    type(lab, " ");
    while (lab->model.flow.step < STEP_PREDICT)
        enter(lab);
    type(lab, "7");
    enter(lab);
    assert_int_equal(lab->model.flow.step, STEP_WATCH);
    close_lab(lab);
}

static void both_rounds_are_kept_and_what_was_hidden_stays_so_until_the_second(void **state)
{
    (void)state;
    struct where place = place_make();
    struct lab *lab = meeting_begun(&place);
    struct kept_guess kept[8];
    guess_of_three(lab, "40000", "30000", "0");
    assert_shows(lab, "The guesses differ.");
    assert_true(session_hidden(lab->model.session, "cache.keys"));
    press(lab, KEY_CODE_ENTER);
    type(lab, "100");
    press(lab, KEY_CODE_ENTER);
    assert_true(session_hidden(lab->model.session, "cache.keys"));
    press(lab, KEY_CODE_TAB); /* C first: who says nothing keeps the first one */
    press(lab, KEY_CODE_ENTER);
    type(lab, "35000");
    enter(lab);
    assert_false(session_hidden(lab->model.session, "cache.keys"));
    assert_int_equal(progress_guesses(lab->model.progress, "01-plug", NOW, kept, 8), 6);
    static const int64_t numbers[] = {40000, 30000, 0, 100, 35000, 0};
    for (int i = 0; i < 6; i++) {
        assert_int_equal(kept[i].round, i < 3 ? 1 : 2);
        assert_int_equal(kept[i].person, i % 3);
        assert_int_equal(kept[i].number, numbers[i]);
    }
    enter(lab);
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "A 40,000 orders -> 100 orders (toward the count)");
    assert_shows(lab, "orders -> 35,000 orders, C as before");
    assert_true(flow_toward(&lab->model, 0, 0));
    assert_false(flow_toward(&lab->model, 0, 1));
    assert_false(flow_toward(&lab->model, 0, 2));
    meeting_stop(lab);
    place_remove(&place);
}

static void a_second_round_that_was_left_half_way_goes_on_there(void **state)
{
    (void)state;
    struct where place = place_make();
    struct lab *lab = meeting_begun(&place);
    guess_of_three(lab, "40000", "30000", "0");
    meeting_stop(lab);
    lab = meeting_start(&place, LANGUAGE_EN);
    press(lab, KEY_CODE_ENTER);
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "The guesses differ.");
    assert_shows(lab, "B  30,000 orders");
    press(lab, KEY_CODE_ENTER);
    type(lab, "100");
    press(lab, KEY_CODE_ENTER);
    meeting_stop(lab);
    lab = meeting_start(&place, LANGUAGE_EN);
    press(lab, KEY_CODE_ENTER);
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "A  locked");
    assert_shows(lab, "First guess");
    assert_shows(lab, "B  30,000 orders");
    press(lab, KEY_CODE_ENTER);
    enter(lab);
    assert_int_equal(lab->model.flow.step, STEP_WATCH);
    assert_int_equal(lab->model.flow.guesses[0][1].number, 30000);
    meeting_stop(lab);
    lab = meeting_start(&place, LANGUAGE_EN); /* and is not offered once more */
    press(lab, KEY_CODE_ENTER);
    press(lab, KEY_CODE_ENTER);
    pass_all(lab);
    assert_int_equal(lab->model.flow.step, STEP_WATCH);
    assert_int_equal(lab->model.flow.first[0][0].number, 40000);
    meeting_stop(lab);
    place_remove(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_round_comes_where_the_guesses_differ),
        cmocka_unit_test(whoever_is_alone_is_asked_once),
        cmocka_unit_test(both_rounds_are_kept_and_what_was_hidden_stays_so_until_the_second),
        cmocka_unit_test(a_second_round_that_was_left_half_way_goes_on_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
