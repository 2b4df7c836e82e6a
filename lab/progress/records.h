/*
 * The kinds of records that progress is made of, as data: the file, the text and the merge read one
 * table.
 *
 * Each record has a key that no second lab makes again (a lesson and the instant at which it was
 * begun), and ends with the instant of its last change: two copies of it become one, the later.
 */
#ifndef LAB_PROGRESS_RECORDS_H
#define LAB_PROGRESS_RECORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/engine/text.h"

enum column_type {
    COLUMN_TEXT,
    COLUMN_NUMBER,
    COLUMN_TIME /* milliseconds since 1970, UTC; 0 none */
};

#define COLUMNS_MAX 12
#define TIME_MAX_MS UINT64_C(253402300799999) /* the end of the year 9999 */

struct column {
    const char *name;
    enum column_type type;
    bool key;
};

struct record_kind {
    const char *name; /* of the table too */
    struct column columns[COLUMNS_MAX];
    unsigned count;
};

/* In the order of the text. */
enum record_id {
    RECORD_ATTEMPT,
    RECORD_DONE,
    RECORD_GUESS,
    RECORD_COUNTED,
    RECORD_REVIEW,
    RECORD_MEETING,
    RECORD_SENTENCE,
    RECORD_NOTE,
    RECORD_AGENDA,
    RECORD_PAUSE,
    RECORD_RUN,
    RECORD_COUNT
};
extern const struct record_kind record_kinds[RECORD_COUNT];

/* The index in record_kinds, RECORD_COUNT none. */
unsigned record_find(const char *name, size_t bytes);

/* 2026-02-03T04:05:06.789Z, or - for none. */
void record_time_add(struct text *text, uint64_t time_ms);
bool record_time_read(const char *words, size_t bytes, uint64_t *time_ms);

#endif
