/* How a record goes into the file: one statement for each kind, made from its columns. */
#include "lab/progress/store.h"

#include <string.h>

#define SQL_BYTES 2048

sqlite3_stmt *store_prepare(struct progress *progress, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (!progress || !progress->db ||
        sqlite3_prepare_v2(progress->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return NULL;
    return statement;
}

static void add_columns(struct text *sql, const struct record_kind *kind, bool keys, bool others,
                        const char *before)
{
    bool first = true;
    for (unsigned i = 0; i < kind->count; i++) {
        if (kind->columns[i].key ? !keys : !others)
            continue;
        text_add(sql, first ? "" : ", ");
        text_add(sql, before);
        text_add(sql, kind->columns[i].name);
        first = false;
    }
}

static void add_assignments(struct text *sql, const struct record_kind *kind, enum put put)
{
    bool first = true;
    for (unsigned i = 0; i < kind->count; i++) {
        const char *name = kind->columns[i].name;
        if (kind->columns[i].key)
            continue;
        text_add(sql, first ? "" : ", ");
        text_add(sql, name);
        text_add(sql, "=");
        first = false;
        if (put == PUT_NOW &&
            i + 1 == kind->count) /* a clock that went back hides no later change */
            text_add(sql, "max(excluded.changed, ");
        else
            text_add(sql, "excluded.");
        text_add(sql, put == PUT_NOW && i + 1 == kind->count ? kind->name : name);
        if (put == PUT_NOW && i + 1 == kind->count)
            text_add(sql, ".changed + 1)");
    }
}

/* Of two copies the later is kept; of two at one instant the one that sorts later: so that it does
 * not matter in which order texts are taken in. */
static void put_sql(struct text *sql, const struct record_kind *kind, enum put put)
{
    char table[64];
    struct text prefix = TEXT(table);
    text_clear(&prefix);
    text_add(&prefix, kind->name);
    text_add(&prefix, ".");
    text_clear(sql);
    text_add(sql, "INSERT INTO ");
    text_add(sql, kind->name);
    text_add(sql, "(");
    add_columns(sql, kind, true, true, "");
    text_add(sql, ") VALUES(?");
    for (unsigned i = 1; i < kind->count; i++)
        text_add(sql, ", ?");
    text_add(sql, ") ON CONFLICT(");
    add_columns(sql, kind, true, false, "");
    text_add(sql, ") DO UPDATE SET ");
    add_assignments(sql, kind, put);
    if (put == PUT_NOW)
        return;
    text_add(sql, " WHERE (excluded.changed, ");
    add_columns(sql, kind, false, true, "excluded.");
    text_add(sql, ") > (");
    text_add(sql, table);
    text_add(sql, "changed, ");
    add_columns(sql, kind, false, true, table);
    text_add(sql, ")");
}

bool store_put(struct progress *progress, enum record_id id, const struct column_value *cells,
               enum put put)
{
    const struct record_kind *kind = &record_kinds[id];
    char words[SQL_BYTES];
    struct text sql = TEXT(words);
    put_sql(&sql, kind, put);
    sqlite3_stmt *statement = store_prepare(progress, words);
    if (!statement) {
        store_failed(progress, sqlite3_extended_errcode(progress->db));
        return false;
    }
    for (unsigned i = 0; i < kind->count; i++) {
        if (kind->columns[i].type == COLUMN_TEXT)
            sqlite3_bind_text64(statement, (int)i + 1, cells[i].text, cells[i].bytes, SQLITE_STATIC,
                                SQLITE_UTF8);
        else
            sqlite3_bind_int64(statement, (int)i + 1, cells[i].number);
    }
    int code = sqlite3_step(statement);
    if (code != SQLITE_DONE)
        store_failed(progress, code);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE;
}

/* The file was deleted, or another lab set it aside: what is written must go into the one that is
 * there now. */
static void follow(struct progress *progress)
{
    int moved = 0;
    if (sqlite3_file_control(progress->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK &&
        moved) {
        progress->make = true;
        store_close(progress);
        store_open(progress);
    }
}

bool store_begin(struct progress *progress)
{
    if (progress && progress->db && progress->writable)
        follow(progress);
    if (!progress || !progress->db || !progress->writable)
        return false;
    int code = sqlite3_exec(progress->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        store_failed(progress, code);
    return code == SQLITE_OK;
}

bool store_end(struct progress *progress, bool keep)
{
    int code = keep ? sqlite3_exec(progress->db, "COMMIT", NULL, NULL, NULL) : SQLITE_OK;
    if (code != SQLITE_OK)
        store_failed(progress, code);
    else if (keep && (progress->trouble == TROUBLE_BUSY || progress->trouble == TROUBLE_FULL))
        progress->trouble = progress->told = TROUBLE_NONE;
    if (!sqlite3_get_autocommit(progress->db))
        sqlite3_exec(progress->db, "ROLLBACK", NULL, NULL, NULL);
    return keep && code == SQLITE_OK;
}
