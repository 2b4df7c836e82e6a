/* The lab keeps what is done in a lesson, and goes on with it at its next start. */
#include "tests/unit/lab_fixture.h"
#include "tests/unit/progress_fixture.h"

#include "lab/app/home.h"
#include "lab/app/kept.h"

static uint64_t clock_ms = NOW;

static uint64_t wall_ms(void)
{
    return clock_ms += 1000;
}

/* The program's next start: the same file, another model. */
static struct lab *start(const struct where *place, enum language language)
{
    struct lab *lab = open_lab(language);
    kept_open(&lab->model, progress_open(place->file, clock_ms), wall_ms);
    return lab;
}

static void end(struct lab *lab)
{
    progress_close(lab->model.progress);
    close_lab(lab);
}

static void to_step(struct lab *lab, enum lesson_step step)
{
    while (lab->model.flow.step < step) {
        if (lab->model.asking == FIELD_GUESS)
            type(lab, "40000");
        press(lab, KEY_CODE_ENTER);
        pass_all(lab);
    }
}

static void open_first(struct lab *lab)
{
    press(lab, KEY_CODE_ENTER);
    assert_true(flow_active(&lab->model));
    if (lab->model.drive.playing)
        type(lab, " ");
}

static void the_language_that_was_chosen_is_known_at_the_next_start(void **state)
{
    (void)state;
    struct where place = place_make();
    enum language language;
    struct lab *lab = start(&place, LANGUAGE_EN);
    assert_false(progress_language(lab->model.progress, &language));
    lab->model.screen = PLACE_LANGUAGE;
    press(lab, KEY_CODE_UP);
    press(lab, KEY_CODE_ENTER);
    end(lab);
    lab = start(&place, LANGUAGE_KO);
    assert_true(progress_language(lab->model.progress, &language));
    assert_int_equal(language, LANGUAGE_KO);
    lab->model.screen = PLACE_HOME;
    type(lab, "L");
    end(lab);
    lab = start(&place, LANGUAGE_EN);
    assert_true(progress_language(lab->model.progress, &language));
    assert_int_equal(language, LANGUAGE_EN);
    end(lab);
    place_remove(&place);
}

static void a_lesson_goes_on_where_it_was_left(void **state)
{
    (void)state;
    static const struct {
        enum lesson_step left, comes;
        const char *home;
    } rows[] = {{STEP_TRY, STEP_TRY, "tried; the guess is next"},
                {STEP_PREDICT, STEP_PREDICT, "the guess is next"},
                {STEP_WATCH, STEP_WATCH, "the guess is locked"},
                {STEP_EXPLAIN, STEP_WATCH, "the explanation is next"},
                {STEP_VARY, STEP_VARY, "now change it"},
                {STEP_WORK, STEP_WORK, "the lines for work"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct where place = place_make();
        struct lab *lab = start(&place, LANGUAGE_EN);
        assert_hides(lab, "Go on");
        open_first(lab);
        to_step(lab, rows[i].left);
        end(lab);
        lab = start(&place, LANGUAGE_EN);
        assert_shows(lab, "Go on");
        assert_shows(lab, rows[i].home);
        open_first(lab);
        assert_int_equal(lab->model.flow.step, rows[i].comes);
        assert_int_equal(flow_open_question(&lab->model), rows[i].comes < STEP_WATCH);
        to_step(lab, STEP_WORK); /* and it can be gone through to its end */
        press(lab, KEY_CODE_ENTER);
        assert_hides(lab, "Go on");
        assert_shows(lab, "done");
        end(lab);
        lab = start(&place, LANGUAGE_EN);
        assert_hides(lab, "Go on");
        assert_shows(lab, "done");
        end(lab);
        place_remove(&place);
    }
}

static void the_guess_stays_locked_and_is_explained(void **state)
{
    (void)state;
    struct where place = place_make();
    struct lab *lab = start(&place, LANGUAGE_EN);
    struct kept_guess guess;
    struct kept_counted counted;
    open_first(lab);
    to_step(lab, STEP_WATCH);
    uint64_t started_ms = lab->model.flow.attempt.started_ms;
    end(lab);
    lab = start(&place, LANGUAGE_EN);
    open_first(lab);
    assert_int_equal(lab->model.flow.attempt.started_ms, started_ms);
    to_step(lab, STEP_EXPLAIN);
    assert_shows(lab, "40,000");
    const char *lesson = lab->model.flow.lesson->id;
    assert_int_equal(progress_guesses(lab->model.progress, lesson, started_ms, &guess, 1), 1);
    assert_true(guess.number == 40000 && guess.person == 0 && guess.round == 1);
    assert_string_equal(guess.words, "40000");
    assert_int_equal(guess.seed, lab->model.look.seed);
    assert_int_equal(progress_counts(lab->model.progress, lesson, started_ms, &counted, 1), 1);
    assert_int_equal(counted.number, lab->model.flow.counted[0].number);
    end(lab);
    place_remove(&place);
}

static void what_was_changed_is_changed_again(void **state)
{
    (void)state;
    struct where place = place_make();
    struct lab *lab = start(&place, LANGUAGE_EN);
    open_first(lab);
    to_step(lab, STEP_VARY);
    type(lab, ":set cache appendonly=yes");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.flow.change_count, 1);
    uint64_t fault_ns = lab->model.flow.fault_ns;
    end(lab);
    lab = start(&place, LANGUAGE_EN);
    open_first(lab);
    assert_int_equal(lab->model.flow.step, STEP_VARY);
    assert_int_equal(lab->model.flow.change_count, 1);
    assert_int_equal(lab->model.flow.fault_ns, fault_ns);
    type(lab, " ");
    pass_all(lab);
    assert_true(lab->model.flow.passed);
    end(lab);
    place_remove(&place);
}

/* Lesson 1 is done; its first question comes back as the lesson's own `### kill`. */
static struct lab *start_when_due(const struct where *place, enum language language)
{
    struct lab *lab = start(place, language);
    open_first(lab);
    to_step(lab, STEP_WORK);
    press(lab, KEY_CODE_ENTER);
    assert_hides(lab, model_say(&lab->model, WORD_REVIEW_DUE));
    end(lab);
    clock_ms += 3 * DAY;
    lab = start(place, language);
    assert_int_equal(lab->model.home.cursor, HOME_REVIEW);
    return lab;
}

static void what_was_learnt_comes_back_as_one_question(void **state)
{
    (void)state;
    struct where place = place_make();
    struct lab *lab = start_when_due(&place, LANGUAGE_KO);
    assert_shows(lab, "배운 지 3일. 숫자만 바꿔 한 문제");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.screen, PLACE_REVIEW);
    assert_shows(lab, "아니라 프로세스를 죽이고 다시 켭니다");
    assert_hides(lab, "{orders");
    assert_hides(lab, "`");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "예: 40000"); /* nothing typed is no guess */
    type(lab, "0x");                /* a number takes no letters */
    assert_shows(lab, "= 0건");
    press(lab, KEY_CODE_ENTER);
    assert_true(lab->model.review.known && lab->model.review.right);
    assert_shows(lab, "실제");
    assert_shows(lab, "0건이었습니다. 죽은 것은 프로세스이고");
    assert_shows(lab, "3일 뒤에 다시 묻습니다.");
    type(lab, "L");
    assert_shows(lab, "It comes back in 3 days.");
    assert_shows(lab, "What died was the process");
    type(lab, "L");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.screen, PLACE_HOME);
    assert_hides(lab, "복습");
    end(lab);
    clock_ms += 3 * DAY;
    lab = start(&place, LANGUAGE_KO); /* and the next one is another question */
    assert_shows(lab, "배운 지 6일");
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "이번에는 SIGTERM으로");
    end(lab);
    place_remove(&place);
}

static void what_was_forgotten_comes_back_the_next_day(void **state)
{
    (void)state;
    struct where place = place_make();
    struct lab *lab = start_when_due(&place, LANGUAGE_EN);
    press(lab, KEY_CODE_ENTER);
    uint64_t seed = lab->model.review.seed;
    type(lab, "300");
    press(lab, KEY_CODE_ENTER);
    assert_false(lab->model.review.right);
    assert_shows(lab, "what was written to the file goes with the process");
    assert_shows(lab, "It comes back in 1 d.");
    type(lab, "o"); /* the lesson itself */
    assert_true(flow_active(&lab->model));
    type(lab, "q");
    assert_hides(lab, "Review");
    end(lab);
    clock_ms += DAY;
    lab = start(&place, LANGUAGE_EN);
    assert_shows(lab, "Review");
    lab->model.home.cursor = HOME_REVIEW;
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "the process is killed, and started"); /* the same, with other numbers */
    assert_true(lab->model.review.seed != seed);
    press(lab, KEY_CODE_ESCAPE); /* later: nothing is kept */
    assert_shows(lab, "Review");
    end(lab);
    place_remove(&place);
}

static void a_lesson_that_is_gone_through_again_counts_as_remembered(void **state)
{
    (void)state;
    struct where place = place_make();
    struct lab *lab = start_when_due(&place, LANGUAGE_EN);
    lab->model.home.cursor = 0;
    open_first(lab);
    assert_int_equal(lab->model.flow.step, STEP_PREDICT); /* done is not under way */
    to_step(lab, STEP_WORK);
    press(lab, KEY_CODE_ENTER);
    assert_hides(lab, "Review");
    end(lab);
    place_remove(&place);
}

static void a_file_that_cannot_be_kept_is_said_and_the_lesson_goes_on(void **state)
{
    (void)state;
    struct where place = place_make();
    assert_int_equal(mkdir(place.file, 0700), 0);
    struct lab *lab = start(&place, LANGUAGE_EN);
    assert_shows(lab, "is no file");
    open_first(lab);
    to_step(lab, STEP_WORK);
    press(lab, KEY_CODE_ENTER);
    assert_shows(lab, "done");
    end(lab);
    assert_int_equal(rmdir(place.file), 0);
    place_remove(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_language_that_was_chosen_is_known_at_the_next_start),
        cmocka_unit_test(a_lesson_goes_on_where_it_was_left),
        cmocka_unit_test(the_guess_stays_locked_and_is_explained),
        cmocka_unit_test(what_was_changed_is_changed_again),
        cmocka_unit_test(what_was_learnt_comes_back_as_one_question),
        cmocka_unit_test(what_was_forgotten_comes_back_the_next_day),
        cmocka_unit_test(a_lesson_that_is_gone_through_again_counts_as_remembered),
        cmocka_unit_test(a_file_that_cannot_be_kept_is_said_and_the_lesson_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
