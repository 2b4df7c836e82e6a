/*
 * The event queue: a near 4-ary heap before a far hierarchical wheel, with real cancel.
 *
 * Order is exactly (time, sequence): events of one time fire in the order in which they were put in.
 * Nothing to tune; no collapse on skewed times or mass ties.  All of it lives in the region.
 */
#ifndef SIM_ENGINE_QUEUE_H
#define SIM_ENGINE_QUEUE_H

#include "sim/engine/region.h"

#define TIME_NEVER UINT64_MAX

/* sequence << 24 | slot: unique for ever; 0 is none.  Room for 16.7 million pending events and
 * 1.1e12 in all. */
typedef uint64_t event_id;

/* What an event carries: 32 bytes, by value. */
struct payload {
    union {
        uint64_t u64[4];
        uint32_t u32[8];
        uint16_t u16[16];
    };
};

/* An event as its handler gets it. */
struct event {
    uint64_t time_ns;
    uint16_t kind; /* enum kind_id << 8 | the kind's own number */
    uint32_t who;  /* what the kind says: mostly a component's index */
    struct payload payload;
};

#define WHEEL_LEVELS 11
#define WHEEL_SLOTS  64

struct queue {
    uint64_t sequence;                           /* of the last event put in */
    uint64_t horizon_ns;                         /* before it: heap; from it on: wheel */
    uint64_t pending;                            /* events that will fire */
    uint64_t wheel_bits[WHEEL_LEVELS];           /* a bit for each slot that is not empty */
    uint32_t wheel[WHEEL_LEVELS][WHEEL_SLOTS];   /* heads of lists through the event slab */
    ref heap;                                    /* 16-byte keys (time, id) */
    uint32_t heap_count;                         /* with cancelled ones */
    uint32_t heap_limit;
    uint32_t unused;
};

/* Puts an event in.  time_ns must not be before the last popped one.  0 when the slab is full. */
event_id queue_push(struct region *region, struct queue *queue, uint64_t time_ns, uint16_t kind,
                    uint32_t who, const struct payload *payload);

/* Takes an event out again; false when it has fired or was cancelled. */
bool queue_cancel(struct region *region, struct queue *queue, event_id id);

/* The time of the next event, TIME_NEVER when none waits.  May reorder inside, never what fires. */
uint64_t queue_next(struct region *region, struct queue *queue);

/* Takes the next event; false when none waits. */
bool queue_pop(struct region *region, struct queue *queue, struct event *event);

#endif
