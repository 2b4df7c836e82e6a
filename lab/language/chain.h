/*
 * The chain behind a client, as the world's settings say: whom it asks, whom they ask.  Who stands
 * beside whom is one stage: one of it is enough.
 */
#ifndef LAB_LANGUAGE_CHAIN_H
#define LAB_LANGUAGE_CHAIN_H

#include "sim/engine/world.h"

#define STAGES_MAX 8
#define STAGE_MOST 16

struct stage {
    uint32_t parts[STAGE_MOST];
    uint32_t count;
};
struct chain {
    struct stage stages[STAGES_MAX];
    uint32_t count;
};

void chain_find(const struct world *world, uint32_t client, struct chain *chain);

/* A text parameter of a component; "" when its kind has none of that name. */
const char *chain_setting(const struct world *world, uint32_t id, const char *key);

#endif
