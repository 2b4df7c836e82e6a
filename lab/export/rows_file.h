/*
 * The rows of --csv as they come: what a rewind took back is cut.
 */
#ifndef LAB_EXPORT_ROWS_FILE_H
#define LAB_EXPORT_ROWS_FILE_H

#include <stdio.h>

#include "lab/language/session.h"

/* Where the rows of one sample begin. */
struct rows_place {
    uint64_t time_ns;
    long at;
};

struct rows_file {
    FILE *to;   /* NULL: closed */
    FILE *held; /* temporary, of a script that may go back; NULL: the rows go out at once */
    struct rows_place *places;
    uint32_t count, limit;
    bool failed;
};

/* Writes the head line.  `goes_back`: rows may have to be cut. */
void rows_file_open(struct rows_file *rows, FILE *to, bool goes_back);
void rows_file_sample(struct rows_file *rows, struct session *session);
void rows_file_rewound(struct rows_file *rows, uint64_t time_ns); /* samples after it never were */
bool rows_file_close(struct rows_file *rows); /* false (errno): no temporary file */

#endif
