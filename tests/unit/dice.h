/* What random tests draw by: the same from the same seed, and nothing of the simulation's. */
#ifndef TESTS_UNIT_DICE_H
#define TESTS_UNIT_DICE_H

#include <stdint.h>

struct dice {
    uint64_t state;
};

static inline uint32_t draw(struct dice *dice, uint32_t bound)
{
    dice->state = dice->state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)((dice->state >> 33) % bound);
}

#endif
