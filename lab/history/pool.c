/*
 * The memory of checkpoints: taking, sharing blocks, thinning by age within the budget, restoring.
 */
#include "lab/history/pool.h"

#include <stdlib.h>
#include <string.h>

#include "lab/history/timeline.h"

#define OTHER_TOLERANCE 5 /* of a history that is not the present one */

struct history_pool {
    uint64_t budget_bytes, bytes, peak_bytes;
    struct block *free;
    uint64_t free_count;
    struct block *zeros; /* held by all checkpoints where the world holds nothing */
    struct history **histories;
    uint32_t history_count, history_limit;
};

struct history_pool *history_pool_open(uint64_t budget_bytes)
{
    struct history_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    pool->budget_bytes = budget_bytes;
    pool->zeros = calloc(1, sizeof *pool->zeros);
    if (!pool->zeros) {
        free(pool);
        return NULL;
    }
    pool->zeros->refs = 1;
    return pool;
}

void history_pool_close(struct history_pool *pool)
{
    if (!pool)
        return;
    while (pool->free) {
        struct block *block = pool->free;
        pool->free = block->next;
        free(block);
    }
    free(pool->zeros);
    free(pool->histories);
    free(pool);
}

uint64_t history_pool_bytes(const struct history_pool *pool)
{
    return pool->bytes - pool->free_count * sizeof(struct block);
}

uint64_t history_pool_peak(const struct history_pool *pool)
{
    return pool->peak_bytes;
}

void pool_join(struct history_pool *pool, struct history *history)
{
    void *array = timeline_grow(pool->histories, pool->history_count, &pool->history_limit,
                                sizeof *pool->histories);
    if (!array)
        abort(); /* a few pointers */
    pool->histories = array;
    pool->histories[pool->history_count++] = history;
}

void pool_leave(struct history_pool *pool, struct history *history)
{
    uint32_t i = 0;
    while (i < pool->history_count && pool->histories[i] != history)
        i++;
    if (i < pool->history_count)
        pool->histories[i] = pool->histories[--pool->history_count];
}

struct history *pool_history(const struct history_pool *pool, uint32_t i)
{
    return i < pool->history_count ? pool->histories[i] : NULL;
}

/* --- memory ----------------------------------------------------------------------------------- */

static void count(struct history_pool *pool, uint64_t bytes)
{
    pool->bytes += bytes;
    if (pool->bytes > pool->peak_bytes)
        pool->peak_bytes = pool->bytes;
}

static void block_give(struct history_pool *pool, struct block *block)
{
    if (!block || --block->refs > 0)
        return;
    block->next = pool->free;
    pool->free = block;
    pool->free_count++;
}

static struct block *block_take(struct history_pool *pool)
{
    struct block *block = pool->free;
    if (block) {
        pool->free = block->next;
        pool->free_count--;
    } else if ((block = malloc(sizeof *block)) != NULL) {
        count(pool, sizeof *block);
    }
    if (block)
        block->refs = 1;
    return block;
}

static uint64_t table_bytes(uint32_t blocks)
{
    return sizeof(struct checkpoint) + blocks * sizeof(struct block *);
}

/* The last holder of a checkpoint is gone. */
static void checkpoint_free(struct history_pool *pool, struct checkpoint *checkpoint)
{
    for (uint32_t i = 0; i < checkpoint->block_count; i++)
        block_give(pool, checkpoint->blocks[i]);
    pool->bytes -= table_bytes(checkpoint->block_count);
    free(checkpoint->blocks);
    free(checkpoint);
}

void pool_drop(struct history_pool *pool, struct checkpoint *checkpoint)
{
    if (--checkpoint->refs == 0)
        checkpoint_free(pool, checkpoint);
}

/* --- thinning --------------------------------------------------------------------------------- */

/* How much closer together checkpoints of this age may stand: ENGINE.md, 1. */
static uint64_t tolerance(uint64_t age_ns)
{
    if (age_ns <= 600 * SECOND_NS)
        return 1;
    return age_ns <= 3600 * SECOND_NS ? 5 : 1000;
}

/* How much each checkpoint of a history would be missed; one that several have counts where it is
 * missed most.  The first is no candidate. */
static void judge(const struct history *history)
{
    struct place tip = history->tip;
    for (uint32_t i = 1; i < history->checkpoint_count; i++) {
        struct checkpoint *c = history->checkpoints[i];
        bool newest = i + 1 == history->checkpoint_count;
        uint64_t next = newest ? tip.events : history->checkpoints[i + 1]->events;
        uint64_t age_ns = tip.time_ns > c->time_ns ? tip.time_ns - c->time_ns : 0;
        uint64_t gap = (next - history->checkpoints[i - 1]->events) / tolerance(age_ns);
        if (history->away)
            gap /= OTHER_TOLERANCE;
        if (gap > c->missed)
            c->missed = gap;
    }
}

static void checkpoint_forget(struct history_pool *pool, struct checkpoint *checkpoint)
{
    checkpoint->refs++; /* it is seen until all have let go */
    for (uint32_t h = 0; h < pool->history_count; h++) {
        struct history *history = pool->histories[h];
        for (uint32_t i = 1; i < history->checkpoint_count; i++) {
            if (history->checkpoints[i] != checkpoint)
                continue;
            memmove(history->checkpoints + i, history->checkpoints + i + 1,
                    (history->checkpoint_count - i - 1) * sizeof *history->checkpoints);
            history->checkpoint_count--;
            pool_drop(pool, checkpoint);
            break;
        }
    }
    pool_drop(pool, checkpoint);
}

/* The checkpoint that is missed least; NULL when there are only beginnings. */
static struct checkpoint *least_missed(struct history_pool *pool)
{
    struct checkpoint *least = NULL;
    for (uint32_t h = 0; h < pool->history_count; h++)
        for (uint32_t i = 0; i < pool->histories[h]->checkpoint_count; i++)
            pool->histories[h]->checkpoints[i]->missed = i == 0 ? UINT64_MAX : 0;
    for (uint32_t h = 0; h < pool->history_count; h++)
        judge(pool->histories[h]);
    for (uint32_t h = 0; h < pool->history_count; h++)
        for (uint32_t i = 0; i < pool->histories[h]->checkpoint_count; i++) {
            struct checkpoint *c = pool->histories[h]->checkpoints[i];
            if (c->missed != UINT64_MAX && (!least || c->missed < least->missed))
                least = c;
        }
    return least;
}

static uint64_t bytes_with(const struct history_pool *pool, uint64_t blocks, uint64_t table)
{
    uint64_t more = blocks > pool->free_count ? blocks - pool->free_count : 0;
    return pool->bytes + table + more * sizeof(struct block);
}

/* Room for so many blocks more, or for a table. */
static bool room_make(struct history_pool *pool, uint64_t blocks, uint64_t table)
{
    while (bytes_with(pool, blocks, table) > pool->budget_bytes) {
        struct checkpoint *least = least_missed(pool);
        if (!least)
            return false;
        checkpoint_forget(pool, least);
    }
    return true;
}

/* --- taking and restoring --------------------------------------------------------------------- */

static uint64_t length_of(const struct checkpoint *checkpoint, int span, uint32_t block)
{
    uint64_t at = (uint64_t)block * BLOCK_BYTES, bytes = checkpoint->spans[span].bytes;
    return bytes - at < BLOCK_BYTES ? bytes - at : BLOCK_BYTES;
}

static uint32_t blocks_of(const struct region_span *span)
{
    return (uint32_t)((span->bytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
}

static unsigned char *block_in(const struct world *world, const struct checkpoint *checkpoint,
                               int span, uint32_t block)
{
    return (unsigned char *)(uintptr_t)world + checkpoint->spans[span].offset +
           (uint64_t)block * BLOCK_BYTES;
}

/* An empty table for a world; the budget is thinned for it first. */
static struct checkpoint *checkpoint_new(struct history_pool *pool, const struct world *world,
                                         bool beginning)
{
    struct checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
    if (!checkpoint)
        return NULL;
    for (int s = 0; s < REGION_SPANS; s++) {
        checkpoint->spans[s] = region_span(&world->region, s);
        checkpoint->first[s] = checkpoint->block_count;
        checkpoint->block_count += blocks_of(&checkpoint->spans[s]);
    }
    uint64_t bytes = table_bytes(checkpoint->block_count);
    if (room_make(pool, 0, bytes) || beginning)
        checkpoint->blocks = calloc(checkpoint->block_count, sizeof(struct block *));
    if (!checkpoint->blocks) {
        free(checkpoint);
        return NULL;
    }
    checkpoint->refs = 1;
    count(pool, bytes);
    return checkpoint;
}

/* The upper half of what grows by doubling, and what was given back: a fifth of a large world. */
static bool is_zeros(const unsigned char *bytes, uint64_t count)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, count - 1) == 0;
}

/* Holds the blocks of `like` that the world did not change; how many are missing. */
static uint64_t blocks_share(struct history_pool *pool, struct checkpoint *checkpoint,
                             const struct world *world, const struct checkpoint *like)
{
    uint64_t missing = 0;
    for (int s = 0; s < REGION_SPANS; s++) {
        uint32_t blocks = blocks_of(&checkpoint->spans[s]);
        uint32_t had = like && like->spans[s].offset == checkpoint->spans[s].offset
                           ? blocks_of(&like->spans[s])
                           : 0;
        for (uint32_t b = 0; b < blocks; b++) {
            uint64_t bytes = length_of(checkpoint, s, b);
            const unsigned char *now = block_in(world, checkpoint, s, b);
            struct block *block = b < had ? like->blocks[like->first[s] + b] : NULL;
            if (!block || length_of(like, s, b) != bytes || memcmp(block->bytes, now, bytes) != 0)
                block = is_zeros(now, bytes) ? pool->zeros : NULL;
            checkpoint->blocks[checkpoint->first[s] + b] = block;
            if (block)
                block->refs++;
            else
                missing++;
        }
    }
    return missing;
}

static bool blocks_copy(struct history_pool *pool, struct checkpoint *checkpoint,
                        const struct world *world)
{
    for (int s = 0; s < REGION_SPANS; s++)
        for (uint32_t b = 0; b < blocks_of(&checkpoint->spans[s]); b++) {
            struct block **block = &checkpoint->blocks[checkpoint->first[s] + b];
            if (*block)
                continue;
            *block = block_take(pool);
            if (!*block)
                return false;
            memcpy((*block)->bytes, block_in(world, checkpoint, s, b), length_of(checkpoint, s, b));
        }
    return true;
}

struct checkpoint *pool_take(struct history_pool *pool, struct world *world,
                             struct checkpoint *like, bool beginning)
{
    world_next(world); /* fills the heap's hole, so that equal histories give equal bytes */
    if (like)
        like->refs++; /* it stays while others are thinned */
    struct checkpoint *checkpoint = checkpoint_new(pool, world, beginning);
    bool taken = false;
    if (checkpoint) {
        uint64_t missing = blocks_share(pool, checkpoint, world, like);
        taken = (room_make(pool, missing, 0) || beginning) && blocks_copy(pool, checkpoint, world);
        checkpoint->time_ns = world->now_ns;
        checkpoint->events = world->events;
        checkpoint->writes = world->writes;
    }
    if (like)
        pool_drop(pool, like);
    if (taken)
        return checkpoint;
    if (checkpoint)
        checkpoint_free(pool, checkpoint);
    return NULL;
}

void pool_restore(const struct checkpoint *checkpoint, struct world *world)
{
    struct outside *outside = world->outside;
    region_clear_beyond(&world->region, checkpoint->spans);
    for (int s = 0; s < REGION_SPANS; s++)
        for (uint32_t b = 0; b < blocks_of(&checkpoint->spans[s]); b++)
            memcpy(block_in(world, checkpoint, s, b),
                   checkpoint->blocks[checkpoint->first[s] + b]->bytes,
                   length_of(checkpoint, s, b));
    world->outside = outside;
}
