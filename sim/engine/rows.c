/* Rows of one size in the arena, with a list of free ones. */
#include "sim/engine/rows.h"

#define ROWS_FIRST 16u

static bool rows_grow(struct region *region, struct rows *rows, uint32_t bytes)
{
    uint32_t limit = rows->limit == 0 ? ROWS_FIRST : rows->limit * 2;
    ref at = rows->at == 0 ? arena_take(region, (uint64_t)limit * bytes)
                           : arena_grow(region, rows->at, (uint64_t)rows->limit * bytes,
                                        (uint64_t)limit * bytes);
    if (at == 0)
        return false;
    rows->at = at;
    rows->limit = limit;
    return true;
}

uint32_t rows_take(struct region *region, struct rows *rows, uint32_t bytes)
{
    uint32_t row = rows->free;
    if (row != 0) {
        void *item = rows_at(region, rows, bytes, row);
        memcpy(&rows->free, item, sizeof rows->free);
        memset(item, 0, sizeof rows->free);
        return row;
    }
    if (rows->used == rows->limit && !rows_grow(region, rows, bytes))
        return 0;
    return ++rows->used;
}

void rows_give(struct region *region, struct rows *rows, uint32_t bytes, uint32_t row)
{
    void *item = rows_at(region, rows, bytes, row);
    memset(item, 0, bytes);
    memcpy(item, &rows->free, sizeof rows->free);
    rows->free = row;
}

void rows_clear(struct region *region, struct rows *rows, uint32_t bytes)
{
    if (rows->at != 0)
        arena_give(region, rows->at, (uint64_t)rows->limit * bytes);
    *rows = (struct rows){0, 0, 0, 0};
}
