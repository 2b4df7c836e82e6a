/*
 * The event queue: a near sorted run and 4-ary heap before a far hierarchical wheel, with cancel.
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

/* Keys (time, id) of 16 bytes in the arena. */
struct queue_keys {
    ref at;
    uint32_t first, count; /* keys first..count-1 wait */
    uint32_t limit;
};

/* A list of chunks of keys in the arena. */
struct wheel_slot {
    ref first, last;
};

struct queue {
    uint64_t sequence;      /* of the last event put in */
    uint64_t horizon_ns;    /* up to and with it: run and heap; after it: wheel */
    uint64_t pending;       /* events that will fire */
    uint64_t dead;          /* keys of cancelled events; bounded by pending and a constant */
    struct queue_keys run;  /* sorted: an opened slot */
    struct queue_keys heap; /* a flood before the horizon */
    uint64_t wheel_bits[WHEEL_LEVELS]; /* a bit for each slot that is not empty */
    struct wheel_slot wheel[WHEEL_LEVELS][WHEEL_SLOTS];
    uint32_t levels;     /* a bit for each wheel level that is not empty */
    uint32_t open_level; /* the level of the slot that ends at the horizon */
};

/* Puts an event in.  time_ns must not be before the last popped one.  0 when the slab
 * or the arena is full or the sequence numbers are used up (region->full is set). */
event_id queue_push(struct region *region, struct queue *queue, uint64_t time_ns, uint16_t kind,
                    uint32_t who, const struct payload *payload);

/* Takes an event out again and gives its slot back at once; false when it has fired or was
 * cancelled. The 16-byte key stays behind until it is met or until a sweep, which comes when such
 * keys are the majority. */
bool queue_cancel(struct region *region, struct queue *queue, event_id id);

/* The time of the next event, TIME_NEVER when none waits.  May reorder inside, never what fires. */
uint64_t queue_next(struct region *region, struct queue *queue);

/* Takes the next event; false when none waits. */
bool queue_pop(struct region *region, struct queue *queue, struct event *event);

#endif
