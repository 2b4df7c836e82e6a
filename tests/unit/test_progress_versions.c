/* A file of progress that is older, newer, damaged, or stands where none can be. */
#include "tests/unit/progress_disk.h"

#include <grp.h>

/* --- versions --------------------------------------------------------------------------------- */

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

/* --- damage ----------------------------------------------------------------------------------- */

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

/* --- places where it cannot be ---------------------------------------------------------------- */

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
