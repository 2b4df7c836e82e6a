/* Rows of a statement as the records' readers take them. */
#include "lab/progress/rows.h"

#include <string.h>

void row_text(sqlite3_stmt *row, int column, char *to, size_t bytes)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    size_t used = text ? (size_t)sqlite3_column_bytes(row, column) : 0;
    if (used >= bytes) {
        used = bytes - 1;
        while (used && ((unsigned char)text[used] & 0xc0) == 0x80)
            used--;
    }
    if (used)
        memcpy(to, text, used);
    to[used] = 0;
}

uint64_t row_time(sqlite3_stmt *row, int column)
{
    sqlite3_int64 value = sqlite3_column_int64(row, column);
    return value > 0 ? (uint64_t)value : 0;
}

uint32_t row_small(sqlite3_stmt *row, int column)
{
    sqlite3_int64 value = sqlite3_column_int64(row, column);
    return value < 0 ? 0 : value > INT32_MAX ? INT32_MAX : (uint32_t)value;
}

sqlite3_stmt *rows_about(struct progress *progress, const char *sql, const char *lesson,
                         uint64_t time_ms)
{
    sqlite3_stmt *statement = store_prepare(progress, sql);
    if (!statement)
        return NULL;
    if (lesson)
        sqlite3_bind_text(statement, 1, lesson, -1, SQLITE_STATIC);
    if (sqlite3_bind_parameter_count(statement) == (lesson ? 2 : 1))
        sqlite3_bind_int64(statement, lesson ? 2 : 1, (sqlite3_int64)time_ms);
    return statement;
}

bool rows_next(sqlite3_stmt *statement)
{
    if (!statement)
        return false;
    if (sqlite3_step(statement) == SQLITE_ROW)
        return true;
    sqlite3_finalize(statement);
    return false;
}
