/*
 * The far wheel of the event queue: chunks, slots that are spread, and the sweep.
 */
#include "sim/engine/queue_wheel.h"

#include <string.h>

bool wheel_extend(struct region *region, struct queue *queue, unsigned level, unsigned digit)
{
    struct wheel_slot *slot = &queue->wheel[level][digit];
    ref at = arena_take(region, sizeof(struct chunk));
    if (at == 0) {
        return false;
    }
    if (slot->first == 0) {
        slot->first = at;
        queue->wheel_bits[level] |= (uint64_t)1 << digit;
        queue->levels |= 1u << level;
    } else {
        ((struct chunk *)arena_at(region, slot->last))->next = at;
    }
    slot->last = at;
    return true;
}

ref wheel_detach(struct queue *queue, unsigned level, unsigned digit)
{
    ref first = queue->wheel[level][digit].first;
    queue->wheel[level][digit] = (struct wheel_slot){0, 0};
    queue->wheel_bits[level] &= ~((uint64_t)1 << digit);
    if (queue->wheel_bits[level] == 0) {
        queue->levels &= ~(1u << level);
    }
    return first;
}

uint64_t wheel_count(const struct region *region, const struct wheel_slot *slot, uint64_t most)
{
    uint64_t count = 0;
    for (ref at = slot->first; at != 0 && count <= most;) {
        const struct chunk *chunk = arena_at(region, at);
        count += chunk->count;
        at = chunk->next;
    }
    return count;
}

struct key *wheel_unload(struct region *region, struct queue *queue, unsigned level, unsigned digit,
                         struct key *to)
{
    for (ref at = wheel_detach(queue, level, digit); at != 0;) {
        const struct chunk *chunk = arena_at(region, at);
        ref next = chunk->next;
        chunk_prefetch(region, next);
        memcpy(to, chunk->keys, chunk->count * sizeof *to);
        to += chunk->count;
        arena_give(region, at, sizeof *chunk);
        at = next;
    }
    return to;
}

/* Puts the keys of a slot anew, as seen from another base. */
static bool slot_move(struct region *region, struct queue *queue, unsigned level, unsigned digit,
                      uint64_t base_ns)
{
    for (ref list = wheel_detach(queue, level, digit); list != 0;) {
        /* Given back before its keys are put, so that the arena is hardly ever asked for more. */
        struct chunk chunk;
        memcpy(&chunk, arena_at(region, list), sizeof chunk);
        chunk_prefetch(region, chunk.next);
        arena_give(region, list, sizeof chunk);
        for (uint32_t i = 0; i < chunk.count; i++) {
            if (!wheel_put(region, queue, base_ns, chunk.keys[i])) {
                return false;
            }
        }
        list = chunk.next;
    }
    return true;
}

bool wheel_spread(struct region *region, struct queue *queue, unsigned level, unsigned digit)
{
    const struct chunk *head = arena_at(region, queue->wheel[level][digit].first);
    uint64_t first_ns = slot_last_ns(head->keys[0].time_ns, level) ^ slot_last_ns(0, level);
    return slot_move(region, queue, level, digit, first_ns);
}

bool wheel_rise(struct region *region, struct queue *queue, uint64_t from_ns, uint64_t to_ns)
{
    unsigned common = wheel_level(from_ns, to_ns);
    for (unsigned level = 0; level < common; level++) {
        while (queue->wheel_bits[level] != 0) {
            unsigned digit = (unsigned)__builtin_ctzll(queue->wheel_bits[level]);
            if (!slot_move(region, queue, level, digit, to_ns)) {
                return false;
            }
        }
    }
    return true;
}

static void chunks_give(struct region *region, ref list)
{
    while (list != 0) {
        ref next = ((const struct chunk *)arena_at(region, list))->next;
        arena_give(region, list, sizeof(struct chunk));
        list = next;
    }
}

/* Moves the live keys of a slot together, in their order, without a branch on which they are. */
static void slot_sweep(struct region *region, struct queue *queue, unsigned level, unsigned digit)
{
    struct wheel_slot *slot = &queue->wheel[level][digit];
    ref last = slot->first;
    struct chunk *to = arena_at(region, last);
    uint32_t kept = 0;
    for (ref at = slot->first; at != 0;) {
        const struct chunk *from = arena_at(region, at);
        uint32_t count = from->count; /* `to` may be `from` */
        chunk_prefetch(region, from->next);
        for (uint32_t i = 0; i < count; i++) {
            struct key key = from->keys[i];
            bool live = key_is_live(region, key);
            queue->dead -= !live;
            if (kept == CHUNK_KEYS) {
                if (!live) {
                    continue;
                }
                to->count = kept;
                last = to->next;
                to = arena_at(region, last);
                kept = 0;
            }
            to->keys[kept] = key;
            kept += live;
        }
        at = from->next;
    }
    to->count = kept;
    chunks_give(region, to->next);
    to->next = 0;
    slot->last = last;
    if (kept == 0) {
        chunks_give(region, wheel_detach(queue, level, digit));
    }
}

void wheel_sweep(struct region *region, struct queue *queue)
{
    for (unsigned level = 0; level < WHEEL_LEVELS; level++) {
        for (uint64_t bits = queue->wheel_bits[level]; bits != 0; bits &= bits - 1) {
            slot_sweep(region, queue, level, (unsigned)__builtin_ctzll(bits));
        }
    }
}
