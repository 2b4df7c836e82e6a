/* What is kept of lessons, guesses and reviews. */
#include "tests/unit/progress_fixture.h"

#include "lab/progress/review.h"

/* --- lessons ---------------------------------------------------------------------------------- */

static void a_lesson_is_new_then_under_way_then_done(void **state)
{
    (void)state;
    struct where place = place_make();
    struct progress *progress = open_good(&place);
    struct standing standing;
    struct kept_attempt attempt = attempt_of(LESSON, NOW);
    assert_false(progress_standing(progress, LESSON, &standing));
    snprintf(attempt.lines, sizeof attempt.lines, "set cache appendonly=yes\nkill cache");
    assert_true(progress_save(progress, &attempt, NOW + 5));
    attempt.step = 5;
    assert_true(progress_save(progress, &attempt, NOW + 9));
    progress_close(progress);

    progress = open_good(&place);
    assert_true(progress_standing(progress, LESSON, &standing));
    assert_true(standing.under_way && standing.done_ms == 0 && standing.review_due_ms == 0);
    assert_int_equal(standing.attempt.step, 5);
    assert_int_equal(standing.attempt.seed, 7);
    assert_int_equal(standing.attempt.started_ms, NOW);
    assert_int_equal(standing.touched_ms, NOW + 9);
    assert_string_equal(standing.attempt.lines, attempt.lines);
    assert_true(progress_done(progress, &attempt, NOW + 100));
    assert_true(progress_standing(progress, LESSON, &standing));
    assert_true(!standing.under_way && standing.done_ms == NOW + 100);

    attempt.started_ms = NOW + 2 * DAY; /* again, from its beginning */
    attempt.step = 1;
    assert_true(progress_save(progress, &attempt, NOW + 2 * DAY));
    assert_true(progress_standing(progress, LESSON, &standing));
    assert_true(standing.under_way && standing.done_ms == NOW + 100);
    assert_int_equal(standing.attempt.step, 1);
    assert_false(progress_standing(progress, "02-save-point", &standing));
    progress_close(progress);
    place_remove(&place);
}

static void a_clock_that_went_back_hides_no_later_step(void **state)
{
    (void)state;
    struct where place = place_make();
    struct progress *progress = open_good(&place);
    struct standing standing;
    struct kept_attempt attempt = attempt_of(LESSON, NOW);
    assert_true(progress_save(progress, &attempt, NOW + DAY));
    attempt.step = 4;
    assert_true(progress_save(progress, &attempt, NOW));
    assert_true(progress_standing(progress, LESSON, &standing));
    assert_int_equal(standing.attempt.step, 4);
    progress_close(progress);
    place_remove(&place);
}

static void without_progress_nothing_is_kept_and_nothing_fails(void **state)
{
    (void)state;
    struct standing standing;
    struct kept_attempt attempt = attempt_of(LESSON, NOW);
    struct kept_guess guess = guess_of(0, 1);
    struct kept_meeting meeting = {.started_ms = NOW};
    char words[200];
    struct text text = TEXT(words);
    setenv("OUTAGE_PROGRESS", "", 1);
    struct progress *none[] = {NULL, progress_open(NULL, NOW)};
    unsetenv("OUTAGE_PROGRESS");
    for (int i = 0; i < 2; i++) {
        assert_false(progress_takes(none[i]));
        assert_false(progress_words(none[i], LANGUAGE_EN, &text));
        assert_false(progress_save(none[i], &attempt, NOW));
        assert_false(progress_guess(none[i], &guess));
        assert_false(progress_meeting(none[i], &meeting, NOW));
        assert_false(progress_standing(none[i], LESSON, &standing));
        assert_false(progress_meeting_find(none[i], 0, &meeting));
        assert_int_equal(progress_guesses(none[i], LESSON, NOW, &guess, 1), 0);
        progress_close(none[i]);
    }
}

static void progress_is_where_the_system_keeps_data(void **state)
{
    (void)state;
    struct where place = place_make();
    char expected[PATH_OF + 64];
    unsetenv("OUTAGE_PROGRESS");
    setenv("XDG_DATA_HOME", place.folder, 1);
    struct progress *progress = progress_open_existing(NULL, NOW);
    assert_false(progress_takes(progress)); /* looking makes nothing */
    progress_close(progress);
    assert_int_equal(place_files(&place, "", false), 0);
    progress = progress_open(NULL, NOW);
    snprintf(expected, sizeof expected, "%s/outage/progress.db", place.folder);
    assert_true(progress_takes(progress));
    assert_string_equal(progress_path(progress), expected);
    progress_close(progress);
    assert_int_equal(unlink(expected), 0);
    *strrchr(expected, '/') = 0;
    assert_int_equal(rmdir(expected), 0);
    setenv("XDG_DATA_HOME", "relative", 1);
    setenv("HOME", place.folder, 1);
    progress = progress_open_existing(NULL, NOW);
    snprintf(expected, sizeof expected, "%s/.local/share/outage/progress.db", place.folder);
    assert_string_equal(progress_path(progress), expected);
    progress_close(progress);
    setenv("HOME", "", 1);
    progress = progress_open(NULL, NOW);
    assert_non_null(strstr(words_of(progress, LANGUAGE_EN), "no home folder"));
    progress_close(progress);
    place_remove(&place);
}

static void every_trouble_has_its_words_in_both_languages(void **state)
{
    (void)state;
    struct progress *progress = calloc(1, sizeof *progress);
    assert_non_null(progress);
    for (int i = 1; i < TROUBLE_COUNT; i++) {
        char english[9000];
        store_trouble(progress, (enum trouble)i, "A", "B");
        snprintf(english, sizeof english, "%s", words_of(progress, LANGUAGE_EN));
        assert_true(strlen(english) > 10);
        progress->told = TROUBLE_NONE;
        const char *korean = words_of(progress, LANGUAGE_KO);
        assert_true(strlen(korean) > 10);
        assert_string_not_equal(english, korean);
        assert_int_equal(strchr(english, 'A') != NULL, strchr(korean, 'A') != NULL);
    }
    free(progress);
}

/* --- guesses ---------------------------------------------------------------------------------- */

static void guesses_come_back_as_they_were_typed(void **state)
{
    (void)state;
    struct where place = place_make();
    struct progress *progress = open_good(&place);
    struct kept_guess guess = guess_of(1, 40000), back[4];
    struct kept_counted counted = {.started_ms = NOW, .number = INT64_MIN, .choice = true}, count;
    snprintf(guess.words, sizeof guess.words, "4만 '\"; DROP TABLE guess");
    snprintf(guess.name, sizeof guess.name, "민수");
    assert_true(progress_guess(progress, &guess));
    guess.round = 2;
    guess.number = -3;
    guess.seed = UINT64_MAX;
    assert_true(progress_guess(progress, &guess));
    memset(back, 0xff, sizeof back);
    assert_int_equal(progress_guesses(progress, LESSON, NOW, back, 1), 2);
    assert_int_equal(progress_guesses(progress, LESSON, NOW, back, 4), 2);
    assert_int_equal(progress_guesses(progress, LESSON, NOW + 1, back, 4), 0);
    assert_string_equal(back[0].words, guess.words);
    assert_string_equal(back[0].name, "민수");
    assert_string_equal(back[0].question, "kept");
    assert_true(back[0].number == 40000 && back[0].round == 1 && back[0].person == 1);
    assert_true(back[1].number == -3 && back[1].seed == UINT64_MAX && back[1].round == 2);
    assert_int_equal(back[0].locked_ms, guess.locked_ms);
    snprintf(counted.lesson, sizeof counted.lesson, LESSON);
    snprintf(counted.question, sizeof counted.question, "kept");
    snprintf(counted.asked, sizeof counted.asked, "몇 건?");
    assert_true(progress_counted(progress, &counted, NOW));
    assert_int_equal(progress_counts(progress, LESSON, NOW, &count, 1), 1);
    assert_true(count.number == INT64_MIN && count.choice);
    assert_string_equal(count.asked, "몇 건?");
    progress_close(progress);
    place_remove(&place);
}

static void what_is_too_long_is_cut_between_characters(void **state)
{
    (void)state;
    struct where place = place_make();
    struct progress *progress = open_good(&place);
    char text[2000] = "outage-progress 1\nguess lesson=\"" LESSON
                      "\" started=2026-02-03T12:00:00.000Z question=\"q\" round=1 person=0 number=1"
                      " seed=1 changed=- words=\"\" name=\"",
         why[300];
    struct text reason = TEXT(why);
    struct kept_guess guess;
    uint32_t added;
    for (int i = 0; i < 100; i++)
        strcat(text, "가");
    strcat(text, "\"\n");
    if (!progress_import(progress, text, strlen(text), &added, LANGUAGE_EN, &reason))
        fail_msg("%s", why);
    assert_int_equal(progress_guesses(progress, LESSON, NOW, &guess, 1), 1);
    assert_int_equal(strlen(guess.name), (KEPT_NAME_BYTES - 1) / 3 * 3);
    progress_close(progress);
    place_remove(&place);
}

/* --- reviews ---------------------------------------------------------------------------------- */

static void a_lesson_comes_back_after_1_3_7_and_21_days(void **state)
{
    (void)state;
    static const uint64_t days[] = {1, 3, 7, 21};
    struct where place = place_make();
    struct progress *progress = open_good(&place);
    struct kept_attempt attempt = attempt_of(LESSON, NOW);
    struct standing standing;
    uint64_t at = NOW;
    assert_true(progress_done(progress, &attempt, at));
    for (uint32_t i = 0; i < 4; i++) {
        progress_standing(progress, LESSON, &standing);
        assert_int_equal(standing.reviews, i);
        assert_true(standing.review_due_ms > at + (days[i] - 1) * DAY);
        assert_true(standing.review_due_ms <= at + days[i] * DAY);
        at += days[i] * DAY;
        assert_true(progress_review(progress, LESSON, true, at));
    }
    progress_standing(progress, LESSON, &standing);
    assert_int_equal(standing.review_due_ms, 0);
    assert_int_equal(standing.reviews, 4);
    assert_true(progress_review(progress, LESSON, false, at + DAY));
    progress_standing(progress, LESSON, &standing);
    assert_int_equal(standing.reviews, 0);
    assert_true(standing.review_due_ms > at + DAY && standing.review_due_ms <= at + 2 * DAY);
    progress_close(progress);
    place_remove(&place);
}

static void who_forgets_begins_again_and_who_is_early_gains_nothing(void **state)
{
    (void)state;
    struct review review = review_begin(NOW);
    uint64_t due_ms = review.due_ms;
    review_answer(&review, NOW + 1000, true); /* the same evening */
    assert_true(review.due_ms == due_ms && review.remembered == 0);
    review_answer(&review, NOW + DAY, true);
    review_answer(&review, NOW + 4 * DAY, true);
    assert_int_equal(review.remembered, 2);
    review_answer(&review, NOW + 5 * DAY, false);
    assert_int_equal(review.remembered, 0);
    assert_true(review.due_ms <= NOW + 6 * DAY);
    review = review_begin(0);
    review_answer(&review, NOW, false); /* never learnt */
    assert_true(review.due_ms == 0 && review.remembered == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lesson_is_new_then_under_way_then_done),
        cmocka_unit_test(a_clock_that_went_back_hides_no_later_step),
        cmocka_unit_test(without_progress_nothing_is_kept_and_nothing_fails),
        cmocka_unit_test(progress_is_where_the_system_keeps_data),
        cmocka_unit_test(every_trouble_has_its_words_in_both_languages),
        cmocka_unit_test(guesses_come_back_as_they_were_typed),
        cmocka_unit_test(what_is_too_long_is_cut_between_characters),
        cmocka_unit_test(a_lesson_comes_back_after_1_3_7_and_21_days),
        cmocka_unit_test(who_forgets_begins_again_and_who_is_early_gains_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
