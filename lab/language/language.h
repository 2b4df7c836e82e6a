/*
 * Lines of text become commands: words, quotes, comments, places.  The one grammar of prompt, files
 * and tests.
 */
#ifndef LAB_LANGUAGE_LANGUAGE_H
#define LAB_LANGUAGE_LANGUAGE_H

#include "sim/sim.h"

/* Splits a line into a command's words (comment and quotes taken off).  count is 0 for an empty
 * line.  `set NAME.key=value`, `a -> b`, `A B` stay words: the verbs read them.  On failure (open
 * quote, bad UTF-8, too long) error.column is set. */
bool language_split(struct command *command, const char *line, uint32_t line_number,
                    struct error *error);

/* The command as a line again, quoted where needed. */
void language_join(struct text *text, const struct command *command);

/* "FILE:LINE:COLUMN: what; what would be right" (file NULL: only the column), in a language. */
void language_error(struct text *text, const char *file, const struct command *command,
                    const struct error *error, enum language language);

/* Where the error stands in the command's line, in characters from 1. */
uint32_t language_column(const struct command *command, const struct error *error);

/* "METRIC OP VALUE [within N%|VALUE]": what `expect`, `run until`, `goal` hold. */
enum condition_operator {
    OP_EQUAL,
    OP_NOT_EQUAL,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_GREATER,
    OP_GREATER_EQUAL,
    OP_NEAR
};
struct condition {
    uint16_t operator;
    uint16_t within_percent; /* 1: `within` is thousandths of a percent of the right side */
    int32_t left_variant;    /* -1: each */
    int32_t right_variant;
    uint32_t right_is_metric;
    struct metric_ref left, right;
    int64_t number; /* of the right side in the left's unit */
    int64_t within;
    char words[64]; /* the right side of a text metric */
};

#endif
