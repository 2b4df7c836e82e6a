/*
 * Inside of reading a lesson: what the files of lab/lesson share.
 */
#ifndef LAB_LESSON_READING_H
#define LAB_LESSON_READING_H

#include "lab/lesson/lesson.h"

/* One file that is being read.  `why` gets "FILE:LINE:COLUMN: ..." once. */
struct reading {
    const char *path;
    const char *source; /* all of the file, NUL-ended */
    enum language language;
    struct lesson *lesson; /* front matter goes there */
    struct lesson_text *to;
    struct text *why;
    bool failed;
    uint32_t part; /* of the present step */
};

/* Writes the place and the sentence of an error once; returns false. */
bool reading_fail(struct reading *reading, uint32_t line, uint32_t column, enum error_id id,
                  const char *a, const char *b);

/* The front matter: where the body begins, NULL with the error (front.c). */
const char *reading_front(struct reading *reading);

/* The Markdown after the front matter, which ends at `body` (reading_markdown.c). */
bool reading_markdown(struct reading *reading, const char *body);

/* One line of a `lab` fence (reading_command.c). */
bool reading_command(struct reading *reading, enum lesson_step step, const char *line,
                     uint32_t line_number);

/* A heading of the third level. */
bool reading_part(struct reading *reading, enum lesson_step step, const char *name, uint32_t line);

/* A block at the end of a step; NULL without memory.  Owns a copy of words. */
struct block *reading_block(struct reading *reading, enum lesson_step step, enum block_kind kind,
                            const char *words, uint32_t line);

/* A file as NUL-ended text; NULL when it cannot be read. */
char *reading_file(const char *path, size_t *bytes);

/* The step a heading names, STEP_COUNT none. */
enum lesson_step reading_step(const char *name);

#endif
