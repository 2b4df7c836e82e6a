/*
 * What the public face keeps to itself: sizes of the slabs' items, peaks, and checks over all
 * parts.
 */
#ifndef SIM_PARTS_H
#define SIM_PARTS_H

#include "sim/sim.h"

/* Item sizes of the slabs; the limits are the caller's (sim/catalog.c). */
extern const struct slab_spec slab_specs[SLAB_COUNT];

/* The largest value of a gauge since it is watched, or since the last mark. */
struct peak {
    uint32_t component;
    uint16_t metric;
    uint16_t known;
    int64_t most;
};

/* Every client's requests are accounted for: sent = acked + refused + timed out + in flight; every
 * server's totals are its sums. */
bool parts_check(struct world *world, struct text *why);

/* The verbs that build and change (sim/build.c, sim/set.c); their rows stand in sim/build.def. */
#define VERB(name, usage, en, ko, function)                                                        \
    bool function(struct world *world, const struct command *command, struct text *answer,         \
                  struct error *error);
#include "sim/build.def"
#undef VERB

/* The kind `world` (sim/world_kind.c). */
extern const struct kind world_kind;

#endif
