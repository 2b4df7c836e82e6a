/* Progress as text: one line a record, in the order of the keys, the same bytes for the same
 * records. */
#include <stdlib.h>

#include "lab/progress/exchange.h"
#include "lab/progress/store.h"

#define CELL_BYTES 64 /* a column's name and a number, or the quotes */

static void text_quoted(struct text *line, const unsigned char *text, int bytes)
{
    text_add_char(line, '"');
    for (int i = 0; i < bytes; i++) {
        if (text[i] == '\n' || text[i] == '\t') {
            text_add(line, text[i] == '\n' ? "\\n" : "\\t");
        } else if (text[i] < 0x20 || text[i] == 0x7f) {
            text_add(line, "\\x");
            text_add_hex(line, text[i], 2);
        } else {
            if (text[i] == '"' || text[i] == '\\')
                text_add_char(line, '\\');
            text_add_char(line, (char)text[i]);
        }
    }
    text_add_char(line, '"');
}

static void cell_add(struct text *line, const struct column *column, sqlite3_stmt *row, int at)
{
    text_add_char(line, ' ');
    text_add(line, column->name);
    text_add_char(line, '=');
    if (column->type == COLUMN_TEXT)
        text_quoted(line, sqlite3_column_text(row, at), sqlite3_column_bytes(row, at));
    else if (column->type == COLUMN_NUMBER)
        text_add_i64(line, sqlite3_column_int64(row, at));
    else
        record_time_add(line, (uint64_t)sqlite3_column_int64(row, at));
}

static bool row_export(const struct record_kind *kind, sqlite3_stmt *row, progress_sink *sink,
                       void *user)
{
    size_t room = 64;
    for (unsigned i = 0; i < kind->count; i++)
        room += CELL_BYTES + (kind->columns[i].type == COLUMN_TEXT
                                  ? 4 * (size_t)sqlite3_column_bytes(row, (int)i)
                                  : 0);
    char *words = malloc(room);
    struct text line = {.at = words, .bytes = room};
    if (!words)
        return false;
    text_clear(&line);
    text_add(&line, kind->name);
    for (unsigned i = 0; i < kind->count; i++)
        cell_add(&line, &kind->columns[i], row, (int)i);
    bool taken = !line.cut && sink(user, words);
    free(words);
    return taken;
}

static bool kind_export(struct progress *progress, const struct record_kind *kind,
                        progress_sink *sink, void *user)
{
    char words[1024];
    struct text sql = TEXT(words);
    text_clear(&sql);
    text_add(&sql, "SELECT ");
    for (unsigned i = 0; i < kind->count; i++) {
        text_add(&sql, i ? ", " : "");
        text_add(&sql, kind->columns[i].name);
    }
    text_add(&sql, " FROM ");
    text_add(&sql, kind->name);
    text_add(&sql, " ORDER BY ");
    for (unsigned i = 0; i < kind->count && kind->columns[i].key; i++) {
        text_add(&sql, i ? ", " : "");
        text_add(&sql, kind->columns[i].name);
    }
    sqlite3_stmt *rows = store_prepare(progress, words);
    bool taken = true;
    int code = SQLITE_DONE;
    while (rows && taken && (code = sqlite3_step(rows)) == SQLITE_ROW)
        taken = row_export(kind, rows, sink, user);
    sqlite3_finalize(rows);
    if (taken && code != SQLITE_DONE)
        store_failed(progress, code);
    return taken && code == SQLITE_DONE;
}

bool progress_export(struct progress *progress, progress_sink *sink, void *user)
{
    if (!sink(user, EXCHANGE_HEADER))
        return false;
    if (!progress || !progress->db)
        return true;
    bool taken = sqlite3_exec(progress->db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK;
    for (unsigned i = 0; taken && i < RECORD_COUNT; i++)
        taken = kind_export(progress, &record_kinds[i], sink, user);
    sqlite3_exec(progress->db, "COMMIT", NULL, NULL, NULL);
    return taken;
}
