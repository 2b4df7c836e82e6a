/*
 * The trace as a text file: one line a record, the same in all languages; what a rewind took back
 * is cut.
 */
#ifndef LAB_EXPORT_TRACE_FILE_H
#define LAB_EXPORT_TRACE_FILE_H

#include <stdio.h>

#include "lab/language/session.h"

struct trace_file {
    FILE *base; /* the file itself: the only world, or what came before the fork */
    uint64_t base_records;
    FILE *variants[VARIANTS_MAX];  /* temporary: appended at the end, each line with its variant's
                                      name */
    uint64_t before[VARIANTS_MAX]; /* records of the world when its own file begins */
    bool failed;                   /* a temporary file could not be made */
};

bool trace_file_open(struct trace_file *trace, const char *path);
void trace_file_record(struct trace_file *trace, int variant, struct world *world,
                       const struct record *record);
void trace_file_rewound(struct trace_file *trace, int variant, const struct world *world);
void trace_file_closed(struct trace_file *trace, int variant); /* those behind it move up */
/* Joins the variants' parts; false (errno) when it could not be written. */
bool trace_file_close(struct trace_file *trace, struct session *session);

#endif
