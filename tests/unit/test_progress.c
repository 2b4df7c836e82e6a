/* What is kept of lessons, guesses, reviews and meetings, and the page of a meeting. */
#include "tests/unit/progress_fixture.h"

#include <time.h>

#include "lab/progress/retro.h"
#include "lab/progress/review.h"

/* --- lessons
 * ------------------------------------------------------------------------------------------ */

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

/* --- guesses
 * --------------------------------------------------------------------------------------------- */

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

/* --- reviews
 * ------------------------------------------------------------------------------------------------
 */

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

/* --- meetings
 * -----------------------------------------------------------------------------------------------
 */

static struct question the_question = {.name = "kept", .form = QUESTION_NUMBER, .unit = "orders"};
static struct question the_choice = {.name = "who", .form = QUESTION_CHOICE};

static void keep_meeting(struct progress *progress, uint64_t started_ms)
{
    struct kept_meeting meeting = {.started_ms = started_ms, .ended_ms = started_ms + 31 * 60000};
    struct kept_attempt attempt = attempt_of(LESSON, NOW);
    struct kept_counted counted = {.started_ms = NOW, .number = 39443};
    struct kept_sentence sentence = {.started_ms = NOW, .person = 1};
    struct kept_note note = {.meeting_ms = started_ms, .kind = NOTE_FILE};
    attempt.meeting_ms = started_ms;
    assert_true(progress_meeting(progress, &meeting, NOW));
    assert_true(progress_save(progress, &attempt, NOW));
    for (uint32_t person = 0; person < 3; person++) {
        struct kept_guess guess = guess_of(person, person * 20000 + 1000);
        assert_true(progress_guess(progress, &guess));
        guess.round = 2;
        guess.number = 40000 + person;
        snprintf(guess.words, sizeof guess.words, "4만 | <b>");
        assert_true(person == 2 || progress_guess(progress, &guess));
        snprintf(guess.question, sizeof guess.question, "who");
        guess.round = 1;
        guess.number = person % 2;
        assert_true(progress_guess(progress, &guess));
    }
    snprintf(counted.lesson, sizeof counted.lesson, LESSON);
    snprintf(counted.question, sizeof counted.question, "kept");
    assert_true(progress_counted(progress, &counted, NOW));
    snprintf(sentence.lesson, sizeof sentence.lesson, LESSON);
    snprintf(sentence.words, sizeof sentence.words, "OK was *not* \x1b[31m safe\n# and more");
    assert_true(progress_sentence(progress, &sentence, NOW));
    snprintf(note.lesson, sizeof note.lesson, LESSON);
    snprintf(note.words, sizeof note.words, "ours it's.lab");
    assert_true(progress_note(progress, &note, NOW));
    assert_true(progress_note(progress, &note, NOW + 1)); /* twice `n` is one note */
    note.kind = NOTE_FIGURE;
    snprintf(note.words, sizeof note.words, "received OK: 42,298");
    assert_true(progress_note(progress, &note, NOW));
}

static char *page_of(struct progress *progress, uint32_t number, enum language language)
{
    static char *work = "redis-cli CONFIG GET save\n";
    struct block blocks[] = {{.kind = BLOCK_CODE, .words = work}};
    struct question questions[] = {the_choice, the_question};
    struct lesson lesson = {.id = LESSON};
    struct lesson *lessons[] = {&lesson};
    struct kept_meeting meeting;
    char *page = NULL;
    size_t bytes = 0;
    the_choice.words = questions[0].words = "Which?";
    questions[0].choices[0] = "snapshot";
    questions[0].choices[1] = "log";
    questions[1].words = "How many?";
    for (int i = 0; i < 2; i++) {
        lesson.text[i].title = i == LANGUAGE_KO ? "전원을 뽑으면" : "The plug";
        lesson.text[i].questions = questions;
        lesson.text[i].question_count = 2;
        lesson.text[i].blocks[STEP_WORK] = blocks;
        lesson.text[i].block_count[STEP_WORK] = 1;
    }
    struct retro retro = {.file = open_memstream(&page, &bytes),
                          .language = language,
                          .progress = progress,
                          .lessons = lessons,
                          .lesson_count = 1};
    assert_non_null(retro.file);
    assert_true(progress_meeting_find(progress, number, &meeting));
    retro_write(&retro, &meeting);
    fclose(retro.file);
    return page;
}

static const char english_page[] = "# Meeting 2, 2026-02-03\n"
                                   "\n"
                                   "- When: 2026-02-03 12:00-12:31\n"
                                   "- People: 3\n"
                                   "- Questions: 2\n"
                                   "\n"
                                   "## The plug\n"
                                   "\n"
                                   "> Which?\n"
                                   "\n"
                                   "| who | first guess |\n"
                                   "| --- | ---: |\n"
                                   "| A | a snapshot |\n"
                                   "| B | b log |\n"
                                   "| C | a snapshot |\n"
                                   "\n"
                                   "Not counted: the run was not watched to its end.\n"
                                   "\n"
                                   "> How many?\n"
                                   "\n"
                                   "| who | first guess | second guess |\n"
                                   "| --- | ---: | ---: |\n"
                                   "| A | 1,000 orders | 40,000 orders (4만 \\| \\<b\\>) |\n"
                                   "| B | 21,000 orders | 40,001 orders (4만 \\| \\<b\\>) |\n"
                                   "| C | 41,000 orders |  |\n"
                                   "\n"
                                   "Counted: **39,443 orders**\n"
                                   "\n"
                                   "Nearest guess: A (557 orders apart)\n"
                                   "\n"
                                   "Changed toward the count: A, B\n"
                                   "\n"
                                   "### One sentence each\n"
                                   "\n"
                                   "- B: OK was \\*not\\*  \\[31m safe \\# and more\n"
                                   "\n"
                                   "### On the screen\n"
                                   "\n"
                                   "- received OK: 42,298\n"
                                   "\n"
                                   "### To type at work\n"
                                   "\n"
                                   "```sh\n"
                                   "redis-cli CONFIG GET save\n"
                                   "```\n"
                                   "\n"
                                   "### Replay\n"
                                   "\n"
                                   "Open this file and the same outage happens again:\n"
                                   "\n"
                                   "```sh\n"
                                   "outage 'ours it'\\''s.lab'\n"
                                   "```\n"
                                   "\n";

static void a_meeting_becomes_a_page(void **state)
{
    (void)state;
    struct where place = place_make();
    struct progress *progress = open_good(&place);
    struct kept_meeting earlier = {.started_ms = NOW - 7 * DAY}, meeting;
    setenv("TZ", "UTC", 1);
    tzset();
    assert_false(progress_meeting_find(progress, 0, &meeting));
    assert_true(progress_meeting(progress, &earlier, NOW - 7 * DAY));
    keep_meeting(progress, NOW);
    assert_int_equal(progress_meetings(progress), 2);
    assert_false(progress_meeting_find(progress, 3, &meeting));
    char *page = page_of(progress, 0, LANGUAGE_EN);
    assert_string_equal(page, english_page);
    free(page);
    page = page_of(progress, 2, LANGUAGE_KO);
    static const char *const korean[] = {"# 모임 회고 2, 2026-02-03\n",
                                         "- 사람: 3명\n",
                                         "## 전원을 뽑으면\n",
                                         "| 나 | 21,000건 | 40,001건 (4만 ",
                                         "실제: **39,443건**",
                                         "가장 가까운 예측: 가 님 (557건 차이)",
                                         "- 나: OK was",
                                         "같은 장애가 다시 납니다.\n\n```sh\noutage 'ours it"};
    for (size_t i = 0; i < sizeof korean / sizeof *korean; i++)
        if (!strstr(page, korean[i]))
            fail_msg("not there: %s\n%s", korean[i], page);
    free(page);
    page = page_of(progress, 1, LANGUAGE_EN); /* a meeting at which nothing was asked */
    assert_string_equal(page, "# Meeting 1, 2026-01-27\n\n- When: 2026-01-27 12:00 (not ended)\n- "
                              "People: 0\n- Questions: 0\n\n");
    free(page);
    progress_close(progress);
    place_remove(&place);
}

static void a_half_done_meeting_is_found_with_its_agenda(void **state)
{
    (void)state;
    struct where place = place_make();
    struct progress *progress = open_good(&place);
    struct kept_meeting meeting = {.started_ms = NOW}, found;
    struct kept_agenda agenda = {.meeting_ms = NOW,
                                 .language = LANGUAGE_KO,
                                 .people = 3,
                                 .lesson_count = 2,
                                 .names = {"민수", "", "a\nb"},
                                 .lessons = {LESSON, "03-log"},
                                 .at = 1},
                       back;
    assert_true(progress_meeting(progress, &meeting, NOW));
    assert_false(progress_meeting_open(progress, &found)); /* an older outage kept no agenda */
    assert_true(progress_agenda(progress, &agenda, NOW + 1));
    progress_close(progress);
    progress = open_good(&place);
    assert_true(progress_meeting_open(progress, &found));
    assert_true(found.started_ms == NOW && found.number == 1);
    assert_true(progress_agenda_find(progress, NOW, &back));
    assert_true(back.people == 3 && back.lesson_count == 2 && back.at == 1);
    assert_string_equal(back.names[0], "민수");
    assert_string_equal(back.names[1], "");
    assert_string_equal(back.names[2], "a b");
    assert_string_equal(back.lessons[1], "03-log");
    assert_int_equal(back.language, LANGUAGE_KO);
    meeting.ended_ms = NOW + 60000;
    assert_true(progress_meeting(progress, &meeting, NOW + 60000));
    assert_false(progress_meeting_open(progress, &found));
    progress_close(progress);
    place_remove(&place);
}

static void what_a_meeting_kept_last_is_known(void **state)
{
    (void)state;
    struct where place = place_make();
    struct progress *progress = open_good(&place);
    struct kept_meeting meeting = {.started_ms = NOW};
    struct kept_attempt attempt = attempt_of(LESSON, NOW + 5);
    struct kept_guess guess = guess_of(0, 1);
    struct kept_pause pause = {NOW, NOW + 900, NOW + DAY}, back[2];
    assert_int_equal(progress_meeting_touched(progress, NOW), 0);
    attempt.meeting_ms = NOW;
    assert_true(progress_meeting(progress, &meeting, NOW));
    assert_int_equal(progress_meeting_touched(progress, NOW), NOW);
    assert_true(progress_save(progress, &attempt, NOW + 5));
    guess.started_ms = NOW + 5;
    guess.locked_ms = NOW + 700;
    assert_true(progress_guess(progress, &guess));
    assert_int_equal(progress_meeting_touched(progress, NOW), NOW + 700);
    guess.started_ms = NOW + 6; /* of no lesson of this meeting */
    guess.locked_ms = NOW + 800;
    assert_true(progress_guess(progress, &guess));
    assert_int_equal(progress_meeting_touched(progress, NOW), NOW + 700);
    assert_true(progress_pause(progress, &pause, NOW + DAY));
    assert_int_equal(progress_pauses(progress, NOW, back, 2), 1);
    assert_true(back[0].began_ms == NOW + 900 && back[0].ended_ms == NOW + DAY);
    progress_close(progress);
    place_remove(&place);
}

static void a_watched_run_is_kept_whole(void **state)
{
    (void)state;
    struct where place = place_make();
    struct progress *progress = open_good(&place);
    struct kept_attempt attempt = attempt_of(LESSON, NOW);
    char *words = malloc(100001);
    assert_null(progress_run_find(progress, &attempt));
    memset(words, 'x', 100000);
    words[100000] = 0;
    assert_true(progress_run(progress, &attempt, words, NOW));
    char *back = progress_run_find(progress, &attempt);
    assert_string_equal(back, words);
    free(back);
    free(words);
    progress_close(progress);
    place_remove(&place);
}

static void marks_on_a_map_have_their_names_on_the_page(void **state)
{
    (void)state;
    static char world[] = "seed 1\nmachine a\nadd store db on a\nadd client app on a to=db\n",
                path[] = "w";
    struct lesson lesson = {.id = LESSON, .world = world, .world_path = path};
    struct question question = {.name = "weak", .form = QUESTION_MAP};
    char marks[100];
    struct text text = TEXT(marks);
    question.marks[0] = "db";
    question.marks[1] = "app";
    assert_true(retro_marks_add(&lesson, &question, 1, &text));
    assert_string_equal(marks, "db");
    assert_true(retro_marks_add(&lesson, &question, 3, &text));
    assert_string_equal(marks, "db,app");
    world[0] = '!';
    assert_false(retro_marks_add(&lesson, &question, 3, &text));
    assert_string_equal(marks, "");
}

static void every_word_of_the_page_is_there_in_both_languages(void **state)
{
    (void)state;
    for (unsigned i = 0; i < RETRO_COUNT; i++) {
        const char *english = retro_say(LANGUAGE_EN, (enum retro_word)i);
        const char *korean = retro_say(LANGUAGE_KO, (enum retro_word)i);
        assert_true(english && english[0] && korean && korean[0]);
        assert_string_not_equal(english, korean);
    }
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
        cmocka_unit_test(a_meeting_becomes_a_page),
        cmocka_unit_test(a_half_done_meeting_is_found_with_its_agenda),
        cmocka_unit_test(what_a_meeting_kept_last_is_known),
        cmocka_unit_test(a_watched_run_is_kept_whole),
        cmocka_unit_test(marks_on_a_map_have_their_names_on_the_page),
        cmocka_unit_test(every_word_of_the_page_is_there_in_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
