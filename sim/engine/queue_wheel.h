/*
 * The far wheel: 11 levels of 64 slots, each a list of chunks of keys in the arena.
 *
 * Level l, slot s is digit s at place l of the time in base 64, where l is the highest place at
 * which the time and the base (the horizon, or the start of a slot that is spread) differ.  It
 * holds keys and not the events, because the events of a large world are not in the cache.
 * Inside of the event queue; queue.h is what the rest of the world sees.
 */
#ifndef SIM_ENGINE_QUEUE_WHEEL_H
#define SIM_ENGINE_QUEUE_WHEEL_H

#include "sim/engine/queue_key.h"

#define DIGIT_BITS 6
#define CHUNK_KEYS 15

struct chunk {
    ref next;
    uint32_t count;
    uint64_t unused;
    struct key keys[CHUNK_KEYS];
};
_Static_assert(sizeof(struct chunk) == 256, "a chunk fills its class of the arena");

/* Asks for a chunk that will be read next. */
static inline void chunk_prefetch(const struct region *region, ref at)
{
    const char *chunk = arena_at(region, at);
    for (size_t i = 0; i < sizeof(struct chunk); i += 64) {
        __builtin_prefetch(chunk + i, 1);
    }
}

/* The last nanosecond of the slot of this level in which the time lies. */
static inline uint64_t slot_last_ns(uint64_t time_ns, unsigned level)
{
    return time_ns | (((uint64_t)1 << (level * DIGIT_BITS)) - 1);
}

/* Adds an empty chunk to a slot's list; false when the arena is full. */
bool wheel_extend(struct region *region, struct queue *queue, unsigned level, unsigned digit);

/* The highest digit in which two times differ. */
static inline unsigned wheel_level(uint64_t a_ns, uint64_t b_ns)
{
    return (63u - (unsigned)__builtin_clzll((a_ns ^ b_ns) | 1)) / DIGIT_BITS;
}

/* Puts a key where it stands as seen from base_ns; false when the arena is full. */
static inline bool wheel_put(struct region *region, struct queue *queue, uint64_t base_ns,
                             struct key key)
{
    unsigned level = wheel_level(key.time_ns, base_ns);
    unsigned digit = (unsigned)(key.time_ns >> (level * DIGIT_BITS)) % WHEEL_SLOTS;
    const struct wheel_slot *slot = &queue->wheel[level][digit];
    struct chunk *chunk = arena_at(region, slot->last);
    if (slot->last == 0 || chunk->count == CHUNK_KEYS) {
        if (!wheel_extend(region, queue, level, digit)) {
            return false;
        }
        chunk = arena_at(region, slot->last);
    }
    chunk->keys[chunk->count++] = key;
    return true;
}

/* Takes a slot's list out of the wheel; its first chunk. */
ref wheel_detach(struct queue *queue, unsigned level, unsigned digit);

/* Keys in a slot; stops counting past `most`. */
uint64_t wheel_count(const struct region *region, const struct wheel_slot *slot, uint64_t most);

/* Moves the keys of a slot to `to` and empties it; where the next key would go. */
struct key *wheel_unload(struct region *region, struct queue *queue, unsigned level, unsigned digit,
                         struct key *to);

/* Moves the keys of a slot one or more levels down; false when the arena is full. */
bool wheel_spread(struct region *region, struct queue *queue, unsigned level, unsigned digit);

/* The base goes back, perhaps out of the slot in which it lies: keys that stood low as seen from
 * there stand higher from here.  False when the arena is full. */
bool wheel_rise(struct region *region, struct queue *queue, uint64_t from_ns, uint64_t to_ns);

/* Drops the keys of cancelled events. */
void wheel_sweep(struct region *region, struct queue *queue);

#endif
