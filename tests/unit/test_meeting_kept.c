/* A meeting that is killed at any moment, on a full disk, in two labs at once: nothing is lost. */
#include "tests/unit/meeting_fixture.h"
#include "tests/unit/progress_disk.h"

#include "lab/app/flow.h"

/* A meeting with one question, as keys; each line is a moment at which it may end. */
static const char *const lines[] = {
    "key g",     "key 2",      "key 3",        "key Enter",   "key Space", "key Enter",
    "key Enter", "type 40000", "key Enter",    "type 0",      "key Enter", "type 500",
    "key Enter", "key Enter",  "type 7",       "key Enter",   "key Enter", "key Enter",
    "key Enter", "wait What",  "type silence", "key Enter",   "key Enter", "key n",
    "type gone", "key Enter",  "key Enter",    "type memory", "key Enter", "type no file",
    "key Enter"};
#define LINES ((int)(sizeof lines / sizeof *lines))

static void play_lines(struct lab *lab, int count)
{
    for (int i = 0; i < count; i++) {
        play_line(lab, lines[i], NULL);
        if (lab->model.flow.step > STEP_TRY)
            pass_all(lab);
    }
}

/* What a meeting has said so far, as it must be found again. */
struct said {
    bool begun;
    uint32_t guesses, sentences, notes;
};

static struct said said_in(struct progress *progress)
{
    struct kept_meeting meeting;
    struct said said = {.begun = progress_meeting_open(progress, &meeting)};
    said.guesses = progress_guesses(progress, LESSON, NOW, NULL, 0);
    said.sentences = progress_sentences(progress, LESSON, NOW, NULL, 0);
    said.notes = progress_notes(progress, NOW, LESSON, NULL, 0);
    return said;
}

/* Whatever is asked is answered until the meeting is over. */
static void to_the_end(struct lab *lab)
{
    for (int i = 0; i < 60 && lab->model.screen != PLACE_CLOSED; i++) {
        if (lab->model.drive.playing)
            type(lab, " ");
        if (lab->model.asking == FIELD_GUESS && !lab->model.flow.second[0])
            type(lab, "900");
        press(lab, lab->model.asking == FIELD_DIFFER ? KEY_CODE_ESCAPE : KEY_CODE_ENTER);
        pass_all(lab);
    }
    assert_int_equal(lab->model.screen, PLACE_CLOSED);
}

/* The next start of the program: it goes on with all that was said; `whole`: to its end. */
static void goes_on(const struct where *place, struct said before, bool whole)
{
    struct lab *lab = meeting_start(place, LANGUAGE_EN);
    struct said found = said_in(lab->model.progress);
    assert_string_equal(lab->model.message, "");
    assert_true(found.guesses >= before.guesses && found.guesses <= before.guesses + 1);
    assert_true(found.sentences >= before.sentences && found.sentences <= before.sentences + 1);
    assert_true(found.notes >= before.notes && found.notes <= before.notes + 1);
    if (found.begun) {
        assert_shows(lab, "left half done: go on");
        press(lab, KEY_CODE_ENTER);
        press(lab, KEY_CODE_ENTER);
        assert_true(lab->model.meeting.on);
        assert_int_equal(lab->model.flow.people, 3);
        for (uint32_t i = 0; i < 3; i++)
            assert_int_equal(lab->model.flow.guesses[0][i].locked ||
                                 lab->model.flow.first[0][i].locked,
                             found.guesses > i);
    }
    if (found.begun && whole) {
        to_the_end(lab);
        found = said_in(lab->model.progress);
        assert_true(!found.begun && found.guesses >= 3 && found.notes >= before.notes);
    }
    meeting_stop(lab);
}

static void a_meeting_left_at_every_second_key_goes_on(void **state)
{
    (void)state;
    for (int count = 4; count <= LINES; count += 2) {
        struct where place = place_make();
        meeting_clock_ms = NOW;
        struct lab *lab = meeting_start(&place, LANGUAGE_EN);
        play_lines(lab, count);
        struct said said = said_in(lab->model.progress);
        assert_true(said.begun);
        meeting_stop(lab);
        goes_on(&place, said, count % 5 == 0);
        place_remove(&place);
    }
}

/* A child that plays the meeting on a disk that fails at its n-th change, and says after each line
 * what it believes is kept. */
static int child_on_failing_disk(const struct where *place, int change, bool with_a_kill,
                                 struct said *last)
{
    int ends[2];
    struct said said;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        meeting_clock_ms = NOW;
        struct lab *lab = meeting_start(place, LANGUAGE_EN);
        bool told = false;
        disk_fails_at(change, with_a_kill);
        for (int i = 0; i < LINES; i++) {
            play_line(lab, lines[i], NULL);
            told = told || strstr(lab->model.message, "could not be written");
            if (lab->model.flow.step > STEP_TRY)
                pass_all(lab);
            said = said_in(lab->model.progress);
            if (!is_full && write(ends[1], &said, sizeof said) != sizeof said)
                _exit(9);
        }
        bool at_its_end = lab->model.screen == PLACE_SENTENCE && lab->model.meeting.on;
        _exit(!at_its_end ? 8 : !is_full ? 0 : told ? 1 : 7);
    }
    close(ends[1]);
    while (read(ends[0], &said, sizeof said) == sizeof said)
        *last = said;
    close(ends[0]);
    return wait_for(child);
}

static void a_meeting_killed_at_any_change_of_its_file_goes_on(void **state)
{
    (void)state;
    int status = 1, killed = 0;
    for (int change = 1; status != 0; change += 23) {
        struct where place = place_make();
        struct said said = {0};
        progress_close(open_good(&place));
        status = child_on_failing_disk(&place, change, true, &said);
        assert_true(status == 0 || status == 128 + SIGKILL);
        killed += status != 0;
        goes_on(&place, said, change % 5 == 0);
        place_remove(&place);
    }
    assert_true(killed > 7);
}

static void on_a_full_disk_it_says_so_and_the_meeting_goes_on(void **state)
{
    (void)state;
    int status = 1, told = 0;
    for (int change = 1; status != 0; change += 61) {
        struct where place = place_make();
        struct said said = {0};
        progress_close(open_good(&place));
        status = child_on_failing_disk(&place, change, false, &said);
        if (status != 0 && status != 1)
            fail_msg("change %d: %d", change, status);
        told += status == 1;
        struct progress *progress = open_good(&place); /* sound, with what was kept before */
        struct said found = said_in(progress);
        assert_true(found.guesses >= said.guesses && found.notes >= said.notes);
        progress_close(progress);
        place_remove(&place);
    }
    assert_true(told > 2);
}

static void two_labs_hold_one_meeting(void **state)
{
    (void)state;
    struct where place = place_make();
    meeting_clock_ms = NOW;
    struct lab *one = meeting_start(&place, LANGUAGE_EN);
    play_lines(one, 9); /* the first guess is locked */
    struct lab *other = meeting_start(&place, LANGUAGE_EN);
    assert_shows(other, "left half done: go on");
    press(other, KEY_CODE_ENTER);
    press(other, KEY_CODE_ENTER);
    assert_shows(other, "A  locked");
    for (int i = 9; i < LINES; i++) {
        play_line(one, lines[i], NULL);
        if (one->model.flow.step > STEP_TRY)
            pass_all(one);
    }
    struct said said = said_in(one->model.progress);
    to_the_end(other);
    assert_string_equal(other->model.message, "");
    assert_string_equal(one->model.message, "");
    struct said found = said_in(other->model.progress);
    assert_true(!found.begun && found.guesses == said.guesses && found.notes == said.notes &&
                found.sentences == said.sentences);
    meeting_stop(one);
    meeting_stop(other);
    place_remove(&place);
}

static void one_lab_ends_it_and_the_other_does_not_open_it_again(void **state)
{
    (void)state;
    struct where place = place_make();
    meeting_clock_ms = NOW;
    struct lab *one = meeting_start(&place, LANGUAGE_EN);
    play_lines(one, LINES);
    struct lab *other = meeting_start(&place, LANGUAGE_EN);
    press(other, KEY_CODE_ENTER);
    press(other, KEY_CODE_ENTER);
    to_the_end(one);
    play_line(other, "key Enter", NULL);
    type(other, "q");
    assert_false(said_in(other->model.progress).begun);
    meeting_stop(other);
    other = meeting_start(&place, LANGUAGE_EN);
    assert_hides(other, "left half done");
    meeting_stop(other);
    meeting_stop(one);
    place_remove(&place);
}

/* Whatever is pressed, the screen can be drawn, and what is kept can be gone on with. */
static void a_meeting_under_any_keys(void **state)
{
    (void)state;
    static const char keys[] = "0123456789gnPqbth +-.:?Lsvi[]";
    static const enum key_code codes[] = {KEY_CODE_ENTER, KEY_CODE_ENTER, KEY_CODE_ENTER,
                                          KEY_CODE_TAB,   KEY_CODE_UP,    KEY_CODE_ESCAPE,
                                          KEY_CODE_DOWN,  KEY_CODE_LEFT,  KEY_CODE_BACKSPACE};
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct where place = place_make();
        uint64_t random = seed * UINT64_C(0x9e3779b97f4a7c15);
        meeting_clock_ms = NOW;
        struct lab *lab = meeting_start(&place, LANGUAGE_EN);
        play_lines(lab, 4);
        for (int i = 0; i < 500; i++) {
            uint64_t what = draw(&random);
            if (what % 3 == 0)
                press(lab, codes[draw(&random) % (sizeof codes / sizeof *codes)]);
            else
                type(lab, (const char[]){keys[draw(&random) % (sizeof keys - 1)], 0});
            if (what % 7 == 0)
                pass(lab, FRAME_NS);
            meeting_clock_ms += what % 4000;
            lab->model.quit = false;
            view_render(&lab->model, &lab->canvas);
            assert_true(lab->model.flow.people <= PEOPLE_MAX);
        }
        meeting_stop(lab);
        lab = meeting_start(&place, LANGUAGE_KO);
        if (meeting_is_half_done(&lab->model)) {
            press(lab, KEY_CODE_ENTER);
            press(lab, KEY_CODE_ENTER);
            to_the_end(lab);
        }
        meeting_stop(lab);
        place_remove(&place);
    }
}

static void without_a_file_a_meeting_is_held_and_says_that_there_is_no_page(void **state)
{
    (void)state;
    struct lab *lab = open_lab(LANGUAGE_EN);
    type(lab, "g23");
    press(lab, KEY_CODE_ENTER);
    to_the_end(lab);
    assert_shows(lab, "It was not kept");
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.screen, PLACE_HOME);
    close_lab(lab);
}

/* A file of a newer outage is read: people and a half-done meeting are seen, and nothing is
 * written. */
static void a_newer_file_is_said_and_the_meeting_is_not_kept(void **state)
{
    (void)state;
    struct where place = place_make();
    sqlite3 *db;
    progress_close(open_good(&place));
    assert_int_equal(sqlite3_open(place.file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version=99", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    struct lab *lab = meeting_start(&place, LANGUAGE_EN);
    assert_shows(lab, "newer outage");
    type(lab, "g23");
    press(lab, KEY_CODE_ENTER);
    to_the_end(lab);
    assert_shows(lab, "It was not kept");
    meeting_stop(lab);
    place_remove(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_meeting_left_at_every_second_key_goes_on),
        cmocka_unit_test(a_meeting_killed_at_any_change_of_its_file_goes_on),
        cmocka_unit_test(on_a_full_disk_it_says_so_and_the_meeting_goes_on),
        cmocka_unit_test(two_labs_hold_one_meeting),
        cmocka_unit_test(one_lab_ends_it_and_the_other_does_not_open_it_again),
        cmocka_unit_test(a_meeting_under_any_keys),
        cmocka_unit_test(without_a_file_a_meeting_is_held_and_says_that_there_is_no_page),
        cmocka_unit_test(a_newer_file_is_said_and_the_meeting_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
