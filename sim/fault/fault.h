/*
 * Faults: each one is a verb, a function and a row of verbs.def.
 *
 * A fault that ends by itself (`for D`, `after D`) schedules the command that ends it, so that it
 * is seen in `scheduled`, copied with the world and replayed.  Such a command carries the word
 * `if-needed`: it does nothing when somebody has been there before.
 */
#ifndef SIM_FAULT_FAULT_H
#define SIM_FAULT_FAULT_H

#include "sim/engine/need.h"
#include "sim/engine/schedule.h"

#define VERB(name, usage, en, ko, function)                                                        \
    bool function(struct world *world, const struct command *command, struct text *answer,         \
                  struct error *error);
#include "sim/fault/verbs.def"
#undef VERB

/* An event of the world's own component: a process that leaks takes its next piece of memory. */
#define FAULT_EVENT_LEAK 2
void fault_leak_due(struct world *world, const struct event *event);

/* The usage of the verb, for errors. */
const char *fault_usage(const struct command *command);

/* True when the last word is `if-needed`. */
bool fault_if_needed(const struct command *command);

/* The duration after the word `key` at `word`: 0 when the command has no such word. */
bool fault_duration(const struct command *command, unsigned word, const char *key,
                    uint64_t *duration_ns, struct error *error);

/* Schedules the command that ends a fault, in place of an earlier one that reads the same: whoever
 * pauses anew has another end in mind.  Duration 0: none is wanted any more. */
bool fault_end_after(struct world *world, uint64_t duration_ns, const struct command *end,
                     struct error *error);

#endif
