/*
 * The file of progress as SQLite sees it: how it is opened, which version it is, how a record goes
 * in.
 */
#ifndef LAB_PROGRESS_STORE_H
#define LAB_PROGRESS_STORE_H

#include <sqlite3.h>

#include "lab/progress/progress.h"
#include "lab/progress/records.h"

#define STORE_PATH_BYTES 4096

enum trouble {
    TROUBLE_NONE,
#define TROUBLE(id, en, ko) TROUBLE_##id,
#include "lab/progress/troubles.def"
#undef TROUBLE
    TROUBLE_COUNT
};

struct progress {
    char path[STORE_PATH_BYTES]; /* "": nothing is kept, and nobody is told */
    sqlite3 *db;                 /* NULL: none */
    bool writable;
    bool make; /* where there is no file, one is made */
    uint64_t now_ms;
    enum trouble trouble, told; /* told: what a person knows already */
    char arguments[2][STORE_PATH_BYTES];
};

void store_open(struct progress *progress);
void store_close(struct progress *progress);
void store_trouble(struct progress *progress, enum trouble trouble, const char *a, const char *b);
/* The trouble that a failed statement means. */
void store_failed(struct progress *progress, int code);

/* NULL where there is nothing to read: no file, or a kind that an older file does not have. */
sqlite3_stmt *store_prepare(struct progress *progress, const char *sql);

bool store_begin(
    struct progress *progress); /* a transaction of its own; reopens a file that was replaced */
bool store_end(struct progress *progress, bool keep);

/* A value for each column of the kind. */
struct column_value {
    int64_t number;
    const char *text;
    size_t bytes;
};

/* PUT_NOW: as it is now, whatever the clock said before.  PUT_MERGE: the later of the two. */
enum put { PUT_NOW, PUT_MERGE };
bool store_put(struct progress *progress, enum record_id id, const struct column_value *cells,
               enum put put);

/* --- versions (versions.c) -------------------------------------------------------------------- */

#define STORE_VERSION     4
#define STORE_APPLICATION 0x6f757467 /* "outg" */

/* The statement that leads from version `from` to the next. */
const char *version_step(int from);
/* In one transaction, with a copy of a file that had records.  False with the reason: the file is
 * as it was. */
bool version_migrate(struct progress *progress, int from, char *why, size_t bytes);
/* `path` followed by `suffix`, and -2, -3 ... where that is there already. */
bool version_free_name(char *to, size_t bytes, const char *path, const char *suffix);

#endif
