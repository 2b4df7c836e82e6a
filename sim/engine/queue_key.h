/*
 * The keys of waiting events: 16 bytes that order them, arrays and heaps of them in the arena.
 *
 * Inside of the event queue; queue.h is what the rest of the world sees.
 */
#ifndef SIM_ENGINE_QUEUE_KEY_H
#define SIM_ENGINE_QUEUE_KEY_H

#include "sim/engine/queue.h"

#define SLOT_BITS    24
#define SLOT_MASK    (((uint64_t)1 << SLOT_BITS) - 1)
#define KEY_BYTES    16
#define KEYS_IN_LINE 4
#define SORT_MAX     48  /* keys that keys_sort takes */
#define KEYS_FIRST   253 /* of a new array: 4 KiB with the padding */

/* Kept out of the hot paths, whose registers it would take. */
#define COLD __attribute__((noinline))
#define HOT  static inline __attribute__((always_inline))

struct key {
    uint64_t time_ns;
    event_id id;
};
_Static_assert(sizeof(struct key) == KEY_BYTES, "four keys fill one cache line");

__extension__ typedef unsigned __int128 wide;

static inline bool key_before(struct key a, struct key b)
{
    /* One number of 128 bits compares without a branch. */
    return ((wide)a.time_ns << 64 | a.id) < ((wide)b.time_ns << 64 | b.id);
}

static inline uint32_t slot_of(event_id id)
{
    return (uint32_t)(id & SLOT_MASK);
}

/* Tells the keys of cancelled events without touching the events. */
static inline bool key_is_live(const struct region *region, struct key key)
{
    return *event_mark(region, slot_of(key.id)) == key.id;
}

/* Key 0 is the last of its cache line, so that the four children of any heap key share one. */
static inline struct key *keys_at(const struct region *region, const struct queue_keys *keys)
{
    return (struct key *)arena_at(region, keys->at) + (KEYS_IN_LINE - 1);
}

static inline uint32_t keys_waiting(const struct queue_keys *keys)
{
    return keys->count - keys->first;
}

/* Makes room for `count` keys; false when the arena is full. */
bool keys_reserve(struct region *region, struct queue_keys *keys, uint64_t count);

/* Sorts at most SORT_MAX keys. */
void keys_sort(struct key *keys, uint32_t count);

/* Makes a heap of any keys. */
void heap_order(struct key *keys, uint32_t count);

/* Puts a key into a heap of `at` keys. */
void heap_add(struct key *keys, uint32_t at, struct key key);

/* Takes the root off a heap that has `count` keys afterwards. */
void heap_drop(struct key *keys, uint32_t count);

#endif
