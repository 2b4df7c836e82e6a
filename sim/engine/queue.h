/*
 * The event queue: a near 4-ary heap before a far hierarchical wheel, with real cancel.
 *
 * Order is exactly (time, sequence): events of one time fire in the order in which they were put
 * in. Nothing to tune; no collapse on skewed times or mass ties.  All of it lives in the region.
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

/* The item size of SLAB_EVENT; its limit is at most EVENT_SLOTS_MAX. */
#define EVENT_NODE_BYTES 64
#define EVENT_SLOTS_MAX  ((1u << 24) - 1)

#define WHEEL_LEVELS 11
#define WHEEL_SLOTS  64

struct queue {
    uint64_t sequence;                         /* of the last event put in */
    uint64_t horizon_ns;                       /* up to and with it: heap; after it: wheel */
    uint64_t pending;                          /* events that will fire */
    uint64_t wheel_bits[WHEEL_LEVELS];         /* a bit for each slot that is not empty */
    uint32_t wheel[WHEEL_LEVELS][WHEEL_SLOTS]; /* heads of lists through the event slab */
    ref heap;                                  /* 16-byte keys (time, id) */
    uint32_t heap_count;                       /* with cancelled ones */
    uint32_t heap_limit;
    uint16_t levels;    /* a bit for each wheel level that is not empty */
    uint8_t hole;       /* 1: the heap's root was popped, its place is free */
    uint8_t open_level; /* the level of the slot that ends at the horizon */
};

/* Puts an event in.  time_ns must not be before the last popped one.  0 when the slab
 * or the arena is full or the sequence numbers are used up (region->full is set). */
event_id queue_push(struct region *region, struct queue *queue, uint64_t time_ns, uint16_t kind,
                    uint32_t who, const struct payload *payload);

/* Takes an event out again; false when it has fired or was cancelled. */
bool queue_cancel(struct region *region, struct queue *queue, event_id id);

/* The time of the next event, TIME_NEVER when none waits.  May reorder inside, never what fires. */
uint64_t queue_next(struct region *region, struct queue *queue);

/* Takes the next event; false when none waits. */
bool queue_pop(struct region *region, struct queue *queue, struct event *event);

#endif
