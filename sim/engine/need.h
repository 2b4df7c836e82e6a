/*
 * What the verbs need of their words: look-ups that fill the error in with the place and the
 * nearest name.
 */
#ifndef SIM_ENGINE_NEED_H
#define SIM_ENGINE_NEED_H

#include "sim/engine/world.h"

/* The component, machine (a component stands for its machine) or component with a process that the
 * word names; 0 with the error filled in. */
uint32_t need_component(struct world *world, const struct command *command, unsigned word,
                        struct error *error);
uint32_t need_machine(struct world *world, const struct command *command, unsigned word,
                      struct error *error);
uint32_t need_process(struct world *world, const struct command *command, unsigned word,
                      struct error *error);

/* The value that the word writes. */
bool need_value(const struct command *command, unsigned word, enum unit unit, const char *named,
                uint64_t *number, struct error *error);

/* The command has between `least` and `most` words, the verb included. */
bool need_count(const struct command *command, unsigned least, unsigned most, const char *usage,
                struct error *error);

/* Finds the nearest of NULL-terminated words within a few letters, or NULL. */
const char *nearest(const char *word, const char *const *words);

/* Goes on from a word that no name matches: keeps the nearest so far in `best` (start with best=""
 * and *distance=99). */
void nearest_try(const char *word, const char *candidate, const char **best, unsigned *distance);

#endif
