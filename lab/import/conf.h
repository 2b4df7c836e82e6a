/*
 * redis.conf's own grammar: a line becomes words as Redis 7.0 reads it (sdssplitargs in sds.c).
 */
#ifndef LAB_IMPORT_CONF_H
#define LAB_IMPORT_CONF_H

#include "sim/sim.h"

/* Splits a line: the name of the directive in lower case, then its arguments.  count is 0 for an
 * empty line and for a comment, which is a line of its own (a # behind a value is a value).
 * False with the error and its column: an open quote, text that touches a closing one, or
 * ERROR_LINE_TOO_LONG, where the words that found room are there. */
bool conf_split(struct command *command, const char *line, size_t bytes, uint32_t line_number,
                struct error *error);

/* Fills ERROR_LINE_TOO_LONG in; false. */
bool conf_too_long(struct error *error);

#endif
