/* The schema, version by version: what leads from one to the next, and the copy that is kept of the
 * one before.
 *
 * Versions only add tables and columns: an older program can go on reading a newer file. */
#include "lab/progress/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const steps[STORE_VERSION] = {
    /* 1: alone */
    "CREATE TABLE attempt(lesson TEXT NOT NULL, started INTEGER NOT NULL, step INTEGER NOT NULL,"
    " seed INTEGER NOT NULL, meeting INTEGER NOT NULL, lines TEXT NOT NULL, changed INTEGER NOT "
    "NULL,"
    " PRIMARY KEY(lesson, started)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE done(lesson TEXT NOT NULL, started INTEGER NOT NULL, done INTEGER NOT NULL,"
    " changed INTEGER NOT NULL, PRIMARY KEY(lesson, started)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE guess(lesson TEXT NOT NULL, started INTEGER NOT NULL, question TEXT NOT NULL,"
    " round INTEGER NOT NULL, person INTEGER NOT NULL, name TEXT NOT NULL, words TEXT NOT NULL,"
    " number INTEGER NOT NULL, seed INTEGER NOT NULL, changed INTEGER NOT NULL,"
    " PRIMARY KEY(lesson, started, question, round, person)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE counted(lesson TEXT NOT NULL, started INTEGER NOT NULL, question TEXT NOT NULL,"
    " asked TEXT NOT NULL, unit TEXT NOT NULL, choice INTEGER NOT NULL, number INTEGER NOT NULL,"
    " changed INTEGER NOT NULL, PRIMARY KEY(lesson, started, question)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE review(lesson TEXT NOT NULL, answered INTEGER NOT NULL, remembered INTEGER NOT "
    "NULL,"
    " changed INTEGER NOT NULL, PRIMARY KEY(lesson, answered)) STRICT, WITHOUT ROWID;",
    /* 2: meetings */
    "CREATE TABLE meeting(started INTEGER NOT NULL PRIMARY KEY, ended INTEGER NOT NULL,"
    " changed INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE sentence(lesson TEXT NOT NULL, started INTEGER NOT NULL, question TEXT NOT NULL,"
    " person INTEGER NOT NULL, name TEXT NOT NULL, words TEXT NOT NULL, changed INTEGER NOT NULL,"
    " PRIMARY KEY(lesson, started, question, person)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE note(meeting INTEGER NOT NULL, lesson TEXT NOT NULL, kind INTEGER NOT NULL,"
    " words TEXT NOT NULL, taken INTEGER NOT NULL, changed INTEGER NOT NULL,"
    " PRIMARY KEY(meeting, lesson, kind, words)) STRICT, WITHOUT ROWID;",
    /* 3: what a meeting is about to do, when nobody was there, the runs that were watched */
    "CREATE TABLE agenda(meeting INTEGER NOT NULL PRIMARY KEY, language TEXT NOT NULL,"
    " people TEXT NOT NULL, lessons TEXT NOT NULL, at INTEGER NOT NULL, changed INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE pause(meeting INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL,"
    " changed INTEGER NOT NULL, PRIMARY KEY(meeting, began)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE run(lesson TEXT NOT NULL, started INTEGER NOT NULL, words TEXT NOT NULL,"
    " changed INTEGER NOT NULL, PRIMARY KEY(lesson, started)) STRICT, WITHOUT ROWID;",
    /* 4: how this person's lab is set; of this file, no record that is exported */
    ("CREATE TABLE setting(name TEXT NOT NULL PRIMARY KEY, words TEXT NOT NULL)"
     " STRICT, WITHOUT ROWID;"),
};

const char *version_step(int from)
{
    return steps[from];
}

bool version_free_name(char *to, size_t bytes, const char *path, const char *suffix)
{
    struct stat about;
    for (int i = 1; i < 1000; i++) {
        int used = i == 1 ? snprintf(to, bytes, "%s%s", path, suffix)
                          : snprintf(to, bytes, "%s%s-%d", path, suffix, i);
        if (used < 0 || (size_t)used >= bytes)
            return false;
        if (lstat(to, &about) != 0)
            return errno == ENOENT;
    }
    return false;
}

/* On the disk before the file itself is changed. */
static bool copy_settle(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool settled = file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    return settled;
}

static bool copy_keep(struct progress *progress, int version, char *why, size_t bytes)
{
    char part[STORE_PATH_BYTES + 32], copy[STORE_PATH_BYTES + 32], suffix[32];
    snprintf(part, sizeof part, "%s.copying", progress->path);
    snprintf(suffix, sizeof suffix, ".version-%d", version);
    unlink(part); /* of one who was killed */
    char *sql = sqlite3_mprintf("VACUUM INTO %Q", part);
    bool copied = sql && sqlite3_exec(progress->db, sql, NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_free(sql);
    if (!copied)
        snprintf(why, bytes, "%s", sqlite3_errmsg(progress->db));
    else if (copy_settle(part) && version_free_name(copy, sizeof copy, progress->path, suffix) &&
             rename(part, copy) == 0)
        return true;
    else
        snprintf(why, bytes, "%s", strerror(errno));
    unlink(part);
    return false;
}

bool version_migrate(struct progress *progress, int from, char *why, size_t bytes)
{
    char number[160];
    sqlite3 *db = progress->db;
    if (from > 0 && !copy_keep(progress, from, why, bytes))
        return false;
    bool done = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;
    for (int i = from; done && i < STORE_VERSION; i++)
        done = sqlite3_exec(db, version_step(i), NULL, NULL, NULL) == SQLITE_OK;
    snprintf(number, sizeof number, "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT",
             STORE_APPLICATION, STORE_VERSION);
    done = done && sqlite3_exec(db, number, NULL, NULL, NULL) == SQLITE_OK;
    if (!done)
        snprintf(why, bytes, "%s", sqlite3_errmsg(db));
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return done;
}
