/* Opening the file of progress: what is found there, and what a person is told about it.
 *
 * A rollback journal, not a log beside the file (WAL): a home folder may be on a network disk, the
 * file is one that can be copied, and a read-only one can be read.  Writes are few and small. */
#include "lab/progress/store.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BUSY_MS                                                                                    \
    1000 /* another lab's write takes milliseconds; a key does not wait longer than this */

enum found { FOUND_GOOD, FOUND_OLD, FOUND_NEWER, FOUND_DAMAGED, FOUND_TROUBLE };

void store_trouble(struct progress *progress, enum trouble trouble, const char *a, const char *b)
{
    const char *const words[2] = {a, b};
    progress->trouble = trouble;
    for (int i = 0; i < 2; i++) {
        struct text argument = TEXT(progress->arguments[i]);
        text_clear(&argument);
        text_add(&argument, words[i] ? words[i] : "");
    }
}

static const char *reason(struct progress *progress, int code)
{
    int number = progress->db ? sqlite3_system_errno(progress->db) : 0;
    bool file = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
    if ((code & 0xff) == SQLITE_FULL)
        number = ENOSPC;
    return number && (file || (code & 0xff) == SQLITE_FULL) ? strerror(number)
                                                            : sqlite3_errstr(code);
}

void store_failed(struct progress *progress, int code)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        store_trouble(progress, TROUBLE_BUSY, NULL, NULL);
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        store_trouble(progress, TROUBLE_DAMAGED, NULL, NULL);
        break;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN: /* the journal in a folder that cannot be written */
    case SQLITE_PERM:
        store_trouble(progress, TROUBLE_READ_ONLY, progress->path, NULL);
        break;
    default:
        store_trouble(progress, TROUBLE_FULL, progress->path, reason(progress, code));
        break;
    }
}

void store_close(struct progress *progress)
{
    sqlite3_close(progress->db);
    progress->db = NULL;
    progress->writable = false;
}

/* The first number (or word) that a statement gives; the code of SQLite otherwise. */
static int ask(sqlite3 *db, const char *sql, int *number, char *word, int bytes)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code != SQLITE_OK)
        return code;
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        *number = sqlite3_column_int(statement, 0);
        if (word)
            snprintf(word, (size_t)bytes, "%s", text ? text : "");
    }
    sqlite3_finalize(statement);
    return code == SQLITE_ROW ? SQLITE_OK : code;
}

static enum found found_code(struct progress *progress, int code)
{
    if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB)
        return FOUND_DAMAGED;
    store_trouble(progress, TROUBLE_NOT_READ, progress->path, reason(progress, code));
    return FOUND_TROUBLE;
}

static enum found examine(struct progress *progress, int *version)
{
    int application = 0, tables = 0, unused = 0, code;
    char word[16] = "";
    sqlite3 *db = progress->db;
    if ((code = ask(db, "PRAGMA user_version", version, NULL, 0)) != SQLITE_OK ||
        (code = ask(db, "PRAGMA application_id", &application, NULL, 0)) != SQLITE_OK ||
        (code = ask(db, "SELECT count(*) FROM sqlite_schema", &tables, NULL, 0)) != SQLITE_OK ||
        (code = ask(db, "PRAGMA quick_check(1)", &unused, word, sizeof word)) != SQLITE_OK)
        return found_code(progress, code);
    bool blank = *version == 0 && application == 0 && tables == 0;
    if (strcmp(word, "ok") != 0 || (!blank && application != STORE_APPLICATION) || *version < 0)
        return FOUND_DAMAGED;
    return *version < STORE_VERSION   ? FOUND_OLD
           : *version > STORE_VERSION ? FOUND_NEWER
                                      : FOUND_GOOD;
}

static bool connect(struct progress *progress, int flags)
{
    int code = sqlite3_open_v2(progress->path, &progress->db, flags, NULL);
    if (code == SQLITE_OK) {
        sqlite3_extended_result_codes(progress->db, 1);
        sqlite3_busy_timeout(progress->db, BUSY_MS);
        sqlite3_exec(progress->db, "PRAGMA synchronous=EXTRA", NULL, NULL, NULL);
        return true;
    }
    store_trouble(progress, flags & SQLITE_OPEN_CREATE ? TROUBLE_NOT_MADE : TROUBLE_NOT_READ,
                  progress->path, reason(progress, code));
    store_close(progress);
    return false;
}

/* The journal goes first: one that is left beside a new file would be played into it. */
static bool set_aside(struct progress *progress)
{
    char name[STORE_PATH_BYTES + 64], from[STORE_PATH_BYTES + 16], to[STORE_PATH_BYTES + 96];
    char when[32] = "", suffix[64];
    time_t seconds = (time_t)(progress->now_ms / 1000);
    struct tm day;
    if (gmtime_r(&seconds, &day))
        strftime(when, sizeof when, "%Y%m%dT%H%M%SZ", &day);
    snprintf(suffix, sizeof suffix, ".damaged-%s", when);
    store_close(progress);
    snprintf(from, sizeof from, "%s-journal", progress->path);
    bool named = version_free_name(name, sizeof name, progress->path, suffix);
    snprintf(to, sizeof to, "%s-journal", name);
    if (!named || (rename(from, to) != 0 && errno != ENOENT) || rename(progress->path, name) != 0) {
        store_trouble(progress, TROUBLE_NOT_SET_ASIDE, progress->path, strerror(errno));
        return false;
    }
    store_trouble(progress, TROUBLE_SET_ASIDE, name, NULL);
    return true;
}

static void migrate(struct progress *progress, int version)
{
    char why[256] = "";
    if (sqlite3_db_readonly(progress->db, "main") == 1) {
        store_trouble(progress, TROUBLE_READ_ONLY, progress->path, NULL);
        return;
    }
    progress->writable = version_migrate(progress, version, why, sizeof why);
    if (progress->writable)
        return;
    store_trouble(progress, version ? TROUBLE_NOT_MIGRATED : TROUBLE_NOT_MADE, progress->path, why);
    if (!version)
        store_close(progress);
}

/* What changes the file as a whole is done by one lab at a time; the others look again after it. */
static int folder_lock(const struct progress *progress)
{
    char path[STORE_PATH_BYTES];
    snprintf(path, sizeof path, "%s", progress->path);
    int folder = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (folder >= 0 && flock(folder, LOCK_EX) != 0 && errno == EINTR)
        ;
    return folder;
}

static void change(struct progress *progress)
{
    int version = 0, folder = folder_lock(progress), flags = SQLITE_OPEN_READWRITE;
    store_close(progress); /* another lab may have put another file there meanwhile */
    enum found found = FOUND_TROUBLE;
    if (connect(progress, flags | SQLITE_OPEN_CREATE))
        found = examine(progress, &version);
    if (found == FOUND_DAMAGED && set_aside(progress) &&
        connect(progress, flags | SQLITE_OPEN_CREATE))
        found = examine(progress, &version);
    if (progress->db && found == FOUND_OLD)
        migrate(progress, version);
    else if (progress->db && found == FOUND_GOOD)
        progress->writable = true;
    else
        store_close(progress);
    if (folder >= 0)
        close(folder);
}

static bool folder_make(const char *path)
{
    char folder[STORE_PATH_BYTES];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return false;
        *slash = '/';
    }
    return true;
}

static bool newer(struct progress *progress, int version)
{
    char number[16];
    snprintf(number, sizeof number, "%d", version);
    store_close(progress);
    if (!connect(progress, SQLITE_OPEN_READONLY))
        return false;
    store_trouble(progress, TROUBLE_NEWER, progress->path, number);
    return true;
}

/* A journal needs the folder; the file itself may be one that can be read only. */
static bool can_write(const struct progress *progress)
{
    char path[STORE_PATH_BYTES];
    snprintf(path, sizeof path, "%s", progress->path);
    return sqlite3_db_readonly(progress->db, "main") == 0 &&
           faccessat(AT_FDCWD, dirname(path), W_OK, AT_EACCESS) == 0;
}

void store_open(struct progress *progress)
{
    struct stat about;
    int version = 0;
    bool there = stat(progress->path, &about) == 0;
    if (!progress->path[0] || (!there && errno == ENOENT && !progress->make))
        return;
    if (there && !S_ISREG(about.st_mode)) {
        store_trouble(progress, TROUBLE_FOLDER, progress->path, NULL);
        return;
    }
    if (!there && !folder_make(progress->path)) {
        store_trouble(progress, TROUBLE_NOT_MADE, progress->path, strerror(errno));
        return;
    }
    if (!connect(progress, SQLITE_OPEN_READWRITE | (there ? 0 : SQLITE_OPEN_CREATE)))
        return;
    enum found found = examine(progress, &version);
    if (found == FOUND_OLD || found == FOUND_DAMAGED)
        change(progress);
    else if (found == FOUND_NEWER)
        newer(progress, version);
    else if (found == FOUND_GOOD && can_write(progress))
        progress->writable = true;
    else if (found == FOUND_GOOD)
        store_trouble(progress, TROUBLE_READ_ONLY, progress->path, NULL);
    else
        store_close(progress);
}
