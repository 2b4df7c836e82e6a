/* What is kept of meetings, and the page of a meeting. */
#include "tests/unit/progress_fixture.h"

#include <time.h>

#include "lab/progress/retro.h"

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
        cmocka_unit_test(a_meeting_becomes_a_page),
        cmocka_unit_test(a_half_done_meeting_is_found_with_its_agenda),
        cmocka_unit_test(what_a_meeting_kept_last_is_known),
        cmocka_unit_test(a_watched_run_is_kept_whole),
        cmocka_unit_test(marks_on_a_map_have_their_names_on_the_page),
        cmocka_unit_test(every_word_of_the_page_is_there_in_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
