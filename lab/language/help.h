/*
 * Help on a topic, from the tables: commands, kinds, parameters, metrics.
 */
#ifndef LAB_LANGUAGE_HELP_H
#define LAB_LANGUAGE_HELP_H

#include "sim/sim.h"

/* Adds all that has this name, in a language; NULL: the list of commands and kinds.  False with the
 * nearest name. */
bool help_add(struct text *text, const char *topic, enum language language, struct error *error);

/* One kind with its parameters and metrics. */
void help_kind_add(struct text *text, const struct kind *kind, enum language language);

#endif
