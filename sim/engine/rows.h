/*
 * Rows of one size in the arena, told by index + 1; the free ones hang together by their first
 * word.
 */
#ifndef SIM_ENGINE_ROWS_H
#define SIM_ENGINE_ROWS_H

#include "sim/engine/region.h"

struct rows {
    ref at;
    uint32_t limit, free;
    uint32_t used; /* rows 1..used were taken at least once since the last rows_clear */
};

/* A zeroed row; 0 when the arena is full.  Rows may move: an address holds until the next take. */
uint32_t rows_take(struct region *region, struct rows *rows, uint32_t bytes);
void rows_give(struct region *region, struct rows *rows, uint32_t bytes, uint32_t row);
void rows_clear(struct region *region, struct rows *rows, uint32_t bytes);

static inline void *rows_at(const struct region *region, const struct rows *rows, uint32_t bytes,
                            uint32_t row)
{
    return (char *)arena_at(region, rows->at) + (uint64_t)(row - 1) * bytes;
}

#endif
