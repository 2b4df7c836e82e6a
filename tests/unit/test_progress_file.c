/* The file of progress when things go wrong: kills, a full disk, several labs at once. */
#include "tests/unit/progress_disk.h"

#include <sys/resource.h>

/* --- kills ------------------------------------------------------------------------------------ */

/* Writes guesses and says each number when it is kept. */
static void write_for_ever(const struct where *place, int tell)
{
    struct progress *progress = progress_open(place->file, NOW);
    for (uint32_t i = 0;; i++) {
        struct kept_guess guess = guess_of(i, i);
        if (!progress_guess(progress, &guess) || write(tell, &i, sizeof i) != sizeof i)
            _exit(1);
    }
}

static void what_was_kept_survives_a_kill_at_any_moment(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252u;
    for (int round = 0; round < 25; round++) {
        struct where place = place_make();
        int ends[2];
        uint32_t told, last = 0, wanted = (uint32_t)(draw(&random) % 12);
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0)
            write_for_ever(&place, ends[1]);
        close(ends[1]);
        while (read(ends[0], &told, sizeof told) == sizeof told && (last = told) < wanted)
            ;
        for (volatile uint64_t spin = draw(&random) % 300000; spin; spin--)
            ; /* somewhere in a later write */
        kill(child, SIGKILL);
        assert_int_equal(wait_for(child), 128 + SIGKILL);
        while (read(ends[0], &told, sizeof told) == sizeof told)
            last = told;
        close(ends[0]);
        assert_in_range(guesses_in(&place), last + 1, last + 2); /* one may be kept and not told */
        place_remove(&place);
    }
}

/* In a child: three are kept, then the disk fails at a change of what comes; 0 when it came to its
 * end. */
static int child_at(const struct where *place, int change, bool with_a_kill,
                    void (*act)(struct progress *progress))
{
    pid_t child = fork();
    if (child == 0) {
        struct progress *progress = progress_open(place->file, NOW);
        for (uint32_t i = 0; i < 3; i++) {
            struct kept_guess guess = guess_of(i, i);
            if (!progress_guess(progress, &guess))
                _exit(2);
        }
        disk_fails_at(change, with_a_kill);
        act(progress);
        _exit(is_full);
    }
    return wait_for(child);
}

static void write_large(struct progress *progress)
{
    struct kept_attempt attempt = attempt_of(LESSON, NOW);
    memset(attempt.lines, 'x', sizeof attempt.lines - 1);
    progress_save(progress, &attempt, NOW);
}

static void a_kill_at_every_change_of_the_file(void **state)
{
    (void)state;
    int change = 1, status = 1;
    for (; status != 0; change++) {
        struct where place = place_make();
        struct standing standing;
        status = child_at(&place, change, true, write_large);
        assert_true(status == 0 || status == 128 + SIGKILL);
        struct progress *progress = open_good(&place);
        assert_int_equal(progress_guesses(progress, LESSON, NOW, NULL, 0), 3);
        if (progress_standing(progress, LESSON, &standing)) /* whole, or not there */
            assert_int_equal(strlen(standing.attempt.lines), KEPT_LINES_BYTES - 1);
        else
            assert_int_not_equal(status, 0);
        progress_close(progress);
        place_remove(&place);
    }
    assert_true(change > 6);
}

/* --- a full disk ------------------------------------------------------------------------------ */

static void write_and_be_told(struct progress *progress)
{
    struct kept_attempt attempt = attempt_of(LESSON, NOW);
    memset(attempt.lines, 'x', sizeof attempt.lines - 1);
    bool kept = progress_save(progress, &attempt, NOW);
    const char *words = words_of(progress, LANGUAGE_EN);
    if (kept != (words[0] == 0) || (!kept && !strstr(words, "No space left")) ||
        words_of(progress, LANGUAGE_EN)[0]) /* told once */
        _exit(3);
    struct kept_guess guess = guess_of(0, 1);
    disk_fails_at(0, false); /* room again */
    bool full = is_full;
    if (!kept && !progress_guess(progress, &guess))
        _exit(4);
    is_full = full || !kept;
}

static void a_full_disk_is_a_sentence_and_loses_nothing(void **state)
{
    (void)state;
    int change = 1, status = 1;
    unsigned refused = 0;
    for (; change < 60 && (status != 0 || change < 3); change++) {
        struct where place = place_make();
        status = child_at(&place, change, false, write_and_be_told);
        assert_true(status == 0 || status == 1);
        refused += status == 1;
        assert_int_equal(guesses_in(&place), 3);
        place_remove(&place);
    }
    assert_int_equal(status, 0);
    assert_true(refused > 3);
}

static void a_limit_of_the_system_is_a_sentence(void **state)
{
    (void)state;
    struct where place = place_make();
    pid_t child = fork();
    if (child == 0) {
        struct progress *progress = progress_open(place.file, NOW);
        struct stat about;
        signal(SIGXFSZ, SIG_IGN);
        if (stat(place.file, &about) != 0)
            _exit(2);
        rlim_t size = (rlim_t)about.st_size;
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){size, size});
        write_large(progress);
        write_large(progress);
        _exit(strstr(words_of(progress, LANGUAGE_EN), "could not be written") ? 0 : 3);
    }
    assert_int_equal(wait_for(child), 0);
    assert_int_equal(guesses_in(&place), 0);
    place_remove(&place);
}

/* --- several labs ----------------------------------------------------------------------------- */

static void several_labs_write_at_once(void **state)
{
    (void)state;
    struct where place = place_make();
    enum { LABS = 3, EACH = 30 };
    pid_t labs[LABS];
    for (uint32_t lab = 0; lab < LABS; lab++) {
        labs[lab] = fork();
        if (labs[lab] != 0)
            continue;
        struct progress *progress = progress_open(place.file, NOW); /* one of them makes it */
        bool kept = true;
        for (uint32_t i = 0; i < EACH; i++) {
            struct kept_guess guess = guess_of(lab * EACH + i, i);
            while (!progress_guess(progress, &guess) && progress->trouble == TROUBLE_BUSY)
                ; /* said so, and nothing else went wrong */
            kept = kept && progress->trouble == TROUBLE_NONE;
        }
        _exit(!kept);
    }
    for (uint32_t lab = 0; lab < LABS; lab++)
        assert_int_equal(wait_for(labs[lab]), 0);
    assert_int_equal(guesses_in(&place), LABS * EACH);
    place_remove(&place);
}

static void another_lab_that_holds_the_file_is_a_sentence(void **state)
{
    (void)state;
    struct where place = place_make();
    struct progress *one = open_good(&place), *other = open_good(&place);
    struct kept_guess guess = guess_of(0, 1);
    assert_true(store_begin(one));
    sqlite3_busy_timeout(other->db, 0);
    assert_false(progress_guess(other, &guess));
    assert_non_null(strstr(words_of(other, LANGUAGE_EN), "another lab"));
    store_end(one, false);
    assert_true(progress_guess(other, &guess));
    assert_string_equal(words_of(other, LANGUAGE_EN), "");
    progress_close(one);
    progress_close(other);
    place_remove(&place);
}

static void a_file_that_was_deleted_is_made_again(void **state)
{
    (void)state;
    struct where place = place_make();
    struct progress *progress = open_good(&place);
    struct kept_guess guess = guess_of(0, 1);
    assert_true(progress_guess(progress, &guess));
    assert_int_equal(unlink(place.file), 0);
    guess.person = 1;
    assert_true(progress_guess(progress, &guess));
    assert_int_equal(guesses_in(&place), 1);
    progress_close(progress);
    place_remove(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_kept_survives_a_kill_at_any_moment),
        cmocka_unit_test(a_kill_at_every_change_of_the_file),
        cmocka_unit_test(a_full_disk_is_a_sentence_and_loses_nothing),
        cmocka_unit_test(a_limit_of_the_system_is_a_sentence),
        cmocka_unit_test(several_labs_write_at_once),
        cmocka_unit_test(another_lab_that_holds_the_file_is_a_sentence),
        cmocka_unit_test(a_file_that_was_deleted_is_made_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
