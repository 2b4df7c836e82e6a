/*
 * Reading rows: a statement about a lesson or a time, its rows one by one, their columns.
 */
#ifndef LAB_PROGRESS_ROWS_H
#define LAB_PROGRESS_ROWS_H

#include "lab/progress/store.h"

/* Binds `lesson` (when there is one) and then `time_ms`; NULL where there is nothing to read. */
sqlite3_stmt *rows_about(struct progress *progress, const char *sql, const char *lesson,
                         uint64_t time_ms);
/* The next row; the statement is over when there is none. */
bool rows_next(sqlite3_stmt *statement);

/* What is too long is cut between characters. */
void row_text(sqlite3_stmt *row, int column, char *to, size_t bytes);
uint64_t row_time(sqlite3_stmt *row, int column);
uint32_t row_small(sqlite3_stmt *row, int column);

#endif
