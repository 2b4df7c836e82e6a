/*
 * Rows of one size in the arena, with a list of free ones; and queues of jobs.
 */
#include <string.h>

#include "sim/server/server_state.h"

#define ROWS_FIRST 16u

static bool rows_grow(struct world *world, struct rows *rows, uint32_t bytes)
{
    uint32_t limit = rows->limit == 0 ? ROWS_FIRST : rows->limit * 2;
    ref at = rows->at == 0 ? arena_take(&world->region, (uint64_t)limit * bytes)
                           : arena_grow(&world->region, rows->at, (uint64_t)rows->limit * bytes,
                                        (uint64_t)limit * bytes);
    if (at == 0)
        return false;
    rows->at = at;
    rows->limit = limit;
    return true;
}

uint32_t rows_take(struct world *world, struct rows *rows, uint32_t bytes)
{
    uint32_t row = rows->free;
    if (row != 0) {
        void *item = rows_at(world, rows, bytes, row);
        memcpy(&rows->free, item, sizeof rows->free);
        memset(item, 0, sizeof rows->free);
        return row;
    }
    if (rows->used == rows->limit && !rows_grow(world, rows, bytes))
        return 0;
    return ++rows->used;
}

void rows_give(struct world *world, struct rows *rows, uint32_t bytes, uint32_t row)
{
    void *item = rows_at(world, rows, bytes, row);
    memset(item, 0, bytes);
    memcpy(item, &rows->free, sizeof rows->free);
    rows->free = row;
}

void rows_clear(struct world *world, struct rows *rows, uint32_t bytes)
{
    if (rows->at != 0)
        arena_give(&world->region, rows->at, (uint64_t)rows->limit * bytes);
    *rows = (struct rows){0, 0, 0, 0};
}

void job_push(struct world *world, struct server *v, struct job_queue *queue, uint32_t job)
{
    job_at(world, v, job)->next = 0;
    if (queue->last != 0)
        job_at(world, v, queue->last)->next = job;
    else
        queue->first = job;
    queue->last = job;
    queue->count++;
}

uint32_t job_pop(struct world *world, struct server *v, struct job_queue *queue)
{
    uint32_t job = queue->first;
    if (job == 0)
        return 0;
    queue->first = job_at(world, v, job)->next;
    if (queue->first == 0)
        queue->last = 0;
    job_at(world, v, job)->next = 0;
    queue->count--;
    return job;
}
