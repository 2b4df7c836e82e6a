/*
 * The memory of checkpoints: blocks that many of them share, within one budget.
 *
 * A checkpoint is a table of blocks of 16 KiB.  What a world did not touch since the checkpoint
 * before is found by comparing bytes, which costs what copying costs and needs no mark at any write
 * (ENGINE.md, 1); its block is held by both.  So a large store that is mostly cold takes little.
 */
#ifndef LAB_HISTORY_POOL_H
#define LAB_HISTORY_POOL_H

#include "lab/history/history.h"

#define BLOCK_BYTES 16384

struct block {
    uint32_t refs; /* checkpoints that hold it */
    uint32_t unused;
    struct block *next; /* of the free ones */
    unsigned char bytes[BLOCK_BYTES];
};

struct checkpoint {
    uint32_t refs; /* histories that list it */
    uint32_t block_count;
    struct region_span spans[REGION_SPANS];
    uint32_t first[REGION_SPANS]; /* block of each span */
    struct block **blocks;
    uint64_t time_ns, events;
    uint64_t writes;  /* numbered so far */
    uint32_t actions; /* of the log, carried out before it */
    uint64_t missed;  /* while thinning: events that a replay without it takes more */
};

void pool_join(struct history_pool *pool, struct history *history);
void pool_leave(struct history_pool *pool, struct history *history);
struct history *pool_history(const struct history_pool *pool, uint32_t i); /* NULL at the end */

/* Takes a checkpoint, sharing with `like` (NULL: nothing).  Others are thinned before, so that the
 * budget holds while it is taken.  NULL when there is no room; `beginning`: there is always. */
struct checkpoint *pool_take(struct history_pool *pool, struct world *world,
                             struct checkpoint *like, bool beginning);
void pool_drop(struct history_pool *pool, struct checkpoint *checkpoint); /* one history less */

/* Makes a world (opened with the same limits, or zeroed memory of the same size) what it was. */
void pool_restore(const struct checkpoint *checkpoint, struct world *world);

#endif
