/*
 * key=value words of a command: all of them are read and checked before anything changes.
 */
#ifndef SIM_PAIRS_H
#define SIM_PAIRS_H

#include "sim/sim.h"

#define PAIRS_MAX 64

struct pairs {
    uint64_t values[PAIRS_MAX]; /* by the kind's row */
    bool given[PAIRS_MAX];
};

/* Reads the words from `first` on for a kind; on failure nothing is kept. */
bool pairs_read(struct world *world, const struct kind *kind, const struct command *command,
                unsigned first, struct pairs *pairs, struct error *error);
/* Adds what the choices among the pairs set besides (struct preset). */
void pairs_preset(const struct kind *kind, struct pairs *pairs);
/* Reads one pair, which is `words` within the command's word. */
bool pair_read(struct world *world, const struct kind *kind, const struct command *command,
               unsigned word, const char *words, struct pairs *pairs, struct error *error);
/* Gives back the strings of pairs that are not put. */
void pairs_give(struct world *world, const struct kind *kind, struct pairs *pairs);

/* Are the values right together?  `base`: the values that the pairs change; *parameter: which is
 * wrong. */
bool pairs_check(struct world *world, uint32_t id, const struct kind *kind, ref base,
                 const struct pairs *pairs, unsigned *parameter, struct error *error);
/* The place of an error in the word that set this parameter. */
void place_of(const struct kind *kind, const struct command *command, unsigned first,
              unsigned parameter, struct error *error);

/* Puts a value in a block of values; a string that was there is given back. */
void value_put(struct world *world, const struct kind *kind, ref block, unsigned row,
               uint64_t value);
/* A copy of a value for a second block: strings are never shared. */
uint64_t value_again(struct world *world, const struct kind *kind, unsigned row, uint64_t value);

/* Changes a component by pairs that were read; gives them back on failure. */
bool set_component(struct world *world, uint32_t id, const struct command *command, unsigned first,
                   struct pairs *pairs, struct error *error);
/* Changes the link between two machines, or one way of it, by the words from `first` on. */
bool set_link(struct world *world, uint32_t a, uint32_t b, bool both, const struct command *command,
              unsigned first, struct error *error);

#endif
