/* The file of progress when things go wrong: kills, a full disk, several labs, other versions,
 * damage. */
#include "tests/unit/progress_fixture.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/resource.h>

/* --- a disk that fails at its n-th change
 * ------------------------------------------------------------ */

static int changes_left; /* 0: it does not fail */
static bool
    kills; /* the process ends there, half way of a write; else the disk is full from then on */
static bool is_full;

static bool fails(void)
{
    if (changes_left > 0 && --changes_left == 0)
        is_full = true;
    return is_full;
}

static void die(void)
{
    kill(getpid(), SIGKILL);
}

static ssize_t failing_pwrite(int file, const void *from, size_t bytes, off_t at)
{
    if (!fails())
        return pwrite(file, from, bytes, at);
    if (kills && pwrite(file, from, bytes / 2, at) >= 0)
        die();
    errno = ENOSPC;
    return -1;
}

static ssize_t failing_write(int file, const void *from, size_t bytes)
{
    if (!fails())
        return write(file, from, bytes);
    if (kills && write(file, from, bytes / 2) >= 0)
        die();
    errno = ENOSPC;
    return -1;
}

static int failing_truncate(int file, off_t bytes)
{
    if (fails() && kills)
        die();
    return ftruncate(file, bytes);
}

static int failing_unlink(const char *path)
{
    if (fails() && kills)
        die();
    return unlink(path);
}

static void disk_fails_at(int change, bool with_a_kill)
{
    static const struct {
        const char *name;
        sqlite3_syscall_ptr call;
    } calls[] = {{"pwrite", (sqlite3_syscall_ptr)failing_pwrite},
                 {"pwrite64", (sqlite3_syscall_ptr)failing_pwrite},
                 {"write", (sqlite3_syscall_ptr)failing_write},
                 {"ftruncate", (sqlite3_syscall_ptr)failing_truncate},
                 {"unlink", (sqlite3_syscall_ptr)failing_unlink}};
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    changes_left = change;
    kills = with_a_kill;
    is_full = false;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (vfs->xGetSystemCall(vfs, calls[i].name))
            vfs->xSetSystemCall(vfs, calls[i].name, change ? calls[i].call : NULL);
}

/* A child's status; 128 + n when a signal ended it. */
static int wait_for(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static uint32_t guesses_in(const struct where *place)
{
    struct progress *progress = open_good(place);
    uint32_t count = progress_guesses(progress, LESSON, NOW, NULL, 0);
    progress_close(progress);
    return count;
}

/* --- kills
 * -------------------------------------------------------------------------------------------- */

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

/* --- a full disk
 * ---------------------------------------------------------------------------------------- */

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

/* --- several labs
 * ---------------------------------------------------------------------------------------- */

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

/* --- versions
 * --------------------------------------------------------------------------------------------- */

static void sql(const struct where *place, const char *words)
{
    sqlite3 *db;
    char *why = NULL;
    assert_int_equal(sqlite3_open(place->file, &db), SQLITE_OK);
    if (sqlite3_exec(db, words, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s", why);
    sqlite3_close(db);
}

/* A file of version 1 with a guess in it. */
static void make_old(const struct where *place)
{
    char words[300];
    sql(place, version_step(0));
    sql(place,
        "INSERT INTO guess VALUES('" LESSON "', 1770120000000, 'kept', 1, 0, '', '4만', 40000,"
        " 7, 1770120000000)");
    snprintf(words, sizeof words, "PRAGMA application_id=%d; PRAGMA user_version=1",
             STORE_APPLICATION);
    sql(place, words);
}

static void an_older_file_is_migrated_and_its_copy_kept(void **state)
{
    (void)state;
    struct where place = place_make();
    make_old(&place);
    struct progress *progress = open_good(&place);
    struct kept_note note = {.meeting_ms = NOW, .kind = NOTE_FIGURE};
    assert_int_equal(progress_guesses(progress, LESSON, NOW, NULL, 0), 1);
    assert_true(progress_note(progress, &note, NOW)); /* a table of version 2 */
    progress_close(progress);
    assert_int_equal(place_files(&place, "progress.db.version-1", false), 1);
    snprintf(place.file, sizeof place.file, "%s/progress.db.version-1", place.folder);
    progress = progress_open(place.file, NOW); /* the copy is an older file itself */
    assert_int_equal(progress_guesses(progress, LESSON, NOW, NULL, 0), 1);
    progress_close(progress);
    place_remove(&place);
}

static void a_migration_that_ends_at_any_change_loses_nothing(void **state)
{
    (void)state;
    for (int with_a_kill = 0; with_a_kill < 2; with_a_kill++) {
        int status = 1;
        for (int change = 1; status != 0; change++) {
            struct where place = place_make();
            make_old(&place);
            pid_t child = fork();
            if (child == 0) {
                disk_fails_at(change, with_a_kill);
                struct progress *progress = progress_open(place.file, NOW);
                bool told = words_of(progress, LANGUAGE_KO)[0] != 0;
                _exit(told ? 1 : is_full ? 3 : 0);
            }
            status = wait_for(child);
            assert_true(status == 0 || status == (with_a_kill ? 128 + SIGKILL : 1) ||
                        (!with_a_kill && status == 3)); /* full once all was there */
            if (status == 3)
                status = 0;
            assert_int_equal(guesses_in(&place), 1);
            assert_true(place_files(&place, "progress.db.version-1", false) >= 1);
            assert_int_equal(place_files(&place, "progress.db.damaged", false), 0);
            place_remove(&place);
        }
    }
}

static void a_newer_file_is_read_and_never_written(void **state)
{
    (void)state;
    struct where place = place_make();
    struct progress *progress = open_good(&place);
    struct kept_guess guess = guess_of(0, 40000);
    assert_true(progress_guess(progress, &guess));
    progress_close(progress);
    sql(&place,
        "ALTER TABLE guess ADD COLUMN later TEXT; CREATE TABLE more(x); PRAGMA user_version=99");
    progress = progress_open(place.file, NOW);
    assert_false(progress_takes(progress));
    assert_non_null(strstr(words_of(progress, LANGUAGE_EN), "newer outage (version 99)"));
    assert_int_equal(progress_guesses(progress, LESSON, NOW, NULL, 0), 1);
    assert_false(progress_guess(progress, &guess));
    char *text = text_of(progress);
    assert_non_null(strstr(text, "\nguess "));
    free(text);
    progress_close(progress);
    assert_int_equal(place_files(&place, "", false), 1);
    place_remove(&place);
}

/* --- damage
 * --------------------------------------------------------------------------------------------------
 */

static void damage(const struct where *place, long at, size_t bytes, int with)
{
    FILE *file = fopen(place->file, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    for (size_t i = 0; i < bytes; i++)
        putc(with, file);
    fclose(file);
}

static void a_damaged_file_is_set_aside(void **state)
{
    (void)state;
    static const struct {
        long at;
        size_t bytes;
    } holes[] = {{0, 16}, {0, 4096}, {4096, 4096}, {100, 40}};
    for (size_t i = 0; i < sizeof holes / sizeof *holes; i++) {
        struct where place = place_make();
        struct progress *progress = open_good(&place);
        struct kept_guess guess = guess_of(0, 1);
        assert_true(progress_guess(progress, &guess));
        progress_close(progress);
        damage(&place, holes[i].at, holes[i].bytes, 0x5a);
        progress = progress_open(place.file, NOW);
        assert_true(progress_takes(progress));
        assert_non_null(strstr(words_of(progress, LANGUAGE_EN), ".damaged-20260203T120000Z"));
        assert_true(progress_guess(progress, &guess));
        progress_close(progress);
        assert_int_equal(guesses_in(&place), 1);
        assert_int_equal(place_files(&place, "progress.db.damaged-20260203T120000Z", false), 1);
        damage(&place, 0, 50, 0); /* again at the same instant: under a third name */
        progress_close(progress_open(place.file, NOW));
        assert_int_equal(place_files(&place, "progress.db.damaged-20260203T120000Z", false), 2);
        place_remove(&place);
    }
}

static void a_damaged_file_is_set_aside_once_by_several_labs(void **state)
{
    (void)state;
    struct where place = place_make();
    pid_t labs[4];
    FILE *file = fopen(place.file, "w");
    fputs("this was a file of progress once, and then a text was written over it\n", file);
    fclose(file);
    for (uint32_t i = 0; i < 4; i++) {
        labs[i] = fork();
        if (labs[i] != 0)
            continue;
        struct progress *progress = progress_open(place.file, NOW);
        struct kept_guess guess = guess_of(i, i);
        _exit(!progress_guess(progress, &guess));
    }
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(wait_for(labs[i]), 0);
    assert_int_equal(guesses_in(&place), 4);
    assert_int_equal(place_files(&place, "progress.db.damaged", false), 1);
    place_remove(&place);
}

/* --- places where it cannot be
 * -------------------------------------------------------------------------------- */

static void assert_unusable(const char *path, const char *says)
{
    struct kept_guess guess = guess_of(0, 1);
    struct standing standing;
    struct progress *progress = progress_open(path, NOW);
    assert_non_null(progress);
    assert_false(progress_takes(progress));
    const char *words = words_of(progress, LANGUAGE_EN);
    if (!strstr(words, says))
        fail_msg("%s: %s", path, words);
    assert_false(progress_guess(progress, &guess));
    assert_false(progress_standing(progress, LESSON, &standing));
    progress_close(progress);
}

static void a_folder_or_a_pipe_in_its_place(void **state)
{
    (void)state;
    struct where place = place_make();
    char below[PATH_OF + 64];
    assert_int_equal(mkdir(place.file, 0700), 0);
    assert_unusable(place.file, "is no file");
    assert_int_equal(rmdir(place.file), 0);
    assert_int_equal(mkfifo(place.file, 0600), 0);
    assert_unusable(place.file, "is no file");
    snprintf(below, sizeof below, "%s/below/progress.db", place.file);
    assert_unusable(below, "cannot be made: Not a directory");
    place_remove(&place);
}

/* Nobody: for root no folder is read-only. */
static void become_nobody(void)
{
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setresgid(65534, 65534, 65534) != 0 ||
                           setresuid(65534, 65534, 65534) != 0))
        _exit(9);
}

static int as_nobody(const struct where *place, const char *says, bool is_there)
{
    pid_t child = fork();
    if (child == 0) {
        become_nobody();
        struct progress *progress = progress_open(place->file, NOW);
        struct kept_guess guess = guess_of(1, 1);
        bool told = strstr(words_of(progress, LANGUAGE_EN), says) != NULL;
        bool refused = !progress_takes(progress) && !progress_guess(progress, &guess);
        bool read = (progress_guesses(progress, LESSON, NOW, NULL, 0) == 1) == is_there;
        _exit(!told * 4 + !refused * 2 + !read);
    }
    return wait_for(child);
}

static void a_folder_that_is_only_read(void **state)
{
    (void)state;
    struct where place = place_make();
    assert_int_equal(chmod(place.folder, 0555), 0);
    assert_int_equal(as_nobody(&place, "cannot be made", false), 0);
    assert_int_equal(chmod(place.folder, 0755), 0);
    struct progress *progress = open_good(&place);
    struct kept_guess guess = guess_of(0, 1);
    assert_true(progress_guess(progress, &guess));
    progress_close(progress);
    assert_int_equal(chmod(place.file, 0444), 0);
    assert_int_equal(chmod(place.folder, 0555), 0);
    assert_int_equal(as_nobody(&place, "cannot be written", true), 0);
    assert_int_equal(chmod(place.file, 0666), 0);
    assert_int_equal(as_nobody(&place, "cannot be written", true), 0);
    assert_int_equal(chmod(place.folder, 0755), 0);
    assert_int_equal(chmod(place.file, 0000), 0);
    assert_int_equal(as_nobody(&place, "cannot be read", false), 0);
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
        cmocka_unit_test(an_older_file_is_migrated_and_its_copy_kept),
        cmocka_unit_test(a_migration_that_ends_at_any_change_loses_nothing),
        cmocka_unit_test(a_newer_file_is_read_and_never_written),
        cmocka_unit_test(a_damaged_file_is_set_aside),
        cmocka_unit_test(a_damaged_file_is_set_aside_once_by_several_labs),
        cmocka_unit_test(a_folder_or_a_pipe_in_its_place),
        cmocka_unit_test(a_folder_that_is_only_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
