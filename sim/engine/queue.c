/*
 * The event queue: a near 4-ary heap of 16-byte keys before a far wheel of linked lists.
 *
 * Events up to the horizon have a key in the heap, all later ones hang in the wheel: level l, slot
 * s is digit s at place l of the time in base 64, where l is the highest place at which the time
 * and the horizon differ.  When the heap is empty the first slot is opened: few events go into the
 * heap and the horizon moves to the slot's last nanosecond; many are spread one level down.
 */
#include "sim/engine/queue.h"

#include <string.h>

#define SLOT_BITS      24
#define SLOT_MASK      (((uint64_t)1 << SLOT_BITS) - 1)
#define SEQUENCE_MAX   (((uint64_t)1 << (64 - SLOT_BITS)) - 1)
#define DIGIT_BITS     6
#define OPEN_MAX       48   /* a slot with more is spread: measured, flat between 8 and 256 */
#define HEAP_MIN_BYTES 4096 /* also bounds what collects before the horizon is pulled in */
#define KEY_BYTES      16
#define KEYS_IN_LINE   4

enum { PLACE_HEAP, PLACE_WHEEL }; /* PLACE_WHEEL + level * WHEEL_SLOTS + slot */

/* An event as it waits.  The slab's free list runs through the first bytes, so the id must not
 * stand there: it is 0 in a free slot. */
struct node {
    struct payload payload;
    uint64_t time_ns;
    event_id id;
    uint32_t who;
    uint32_t next, previous; /* in the wheel's list */
    uint16_t kind;
    uint16_t place;
};
_Static_assert(sizeof(struct node) == EVENT_NODE_BYTES, "an event fills one cache line");

/* A heap entry.  When the event was cancelled its slot holds another id, or none: a tombstone. */
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

static inline struct node *node_at(const struct region *region, uint64_t slot)
{
    return (struct node *)(void *)((char *)(uintptr_t)region + region->slabs[SLAB_EVENT].offset +
                                   slot * EVENT_NODE_BYTES);
}

/* Key 0 is the last of its cache line, so that the four children of any key share one. */
static inline struct key *heap_keys(const struct region *region, ref heap)
{
    return (struct key *)arena_at(region, heap) + (KEYS_IN_LINE - 1 - heap % KEYS_IN_LINE);
}

/* Puts a key into the free place at the root: down to a leaf without asking, then up. */
static void heap_sift_down(struct key *keys, uint32_t count, struct key key)
{
    uint32_t at = 0;
    uint32_t child = 1;
    while (child + 3 < count) {
        const struct key *k = keys + child;
        uint32_t a = key_before(k[1], k[0]);
        uint32_t b = 2 + (uint32_t)key_before(k[3], k[2]);
        uint32_t least = key_before(k[b], k[a]) ? b : a;
        keys[at] = k[least];
        at = child + least;
        child = 4 * at + 1;
    }
    if (child < count) {
        uint32_t least = child;
        for (uint32_t i = child + 1; i < count; i++) {
            least = key_before(keys[i], keys[least]) ? i : least;
        }
        keys[at] = keys[least];
        at = least;
    }
    while (at > 0 && key_before(key, keys[(at - 1) / 4])) {
        keys[at] = keys[(at - 1) / 4];
        at = (at - 1) / 4;
    }
    keys[at] = key;
}

static void heap_sift_up(struct key *keys, uint32_t at, struct key key)
{
    while (at > 0 && key_before(key, keys[(at - 1) / 4])) {
        keys[at] = keys[(at - 1) / 4];
        at = (at - 1) / 4;
    }
    keys[at] = key;
}

/* Makes a heap of any keys: sinks every inner key, from the last one. */
static void heap_order(struct key *keys, uint32_t count)
{
    for (uint32_t root = (count + 2) / 4; root-- > 0;) {
        struct key key = keys[root];
        uint32_t at = root;
        for (uint32_t child = 4 * at + 1; child < count; child = 4 * at + 1) {
            uint32_t least = child;
            for (uint32_t i = child + 1; i < count && i < child + 4; i++) {
                least = key_before(keys[i], keys[least]) ? i : least;
            }
            if (!key_before(keys[least], key)) {
                break;
            }
            keys[at] = keys[least];
            at = least;
        }
        keys[at] = key;
    }
}

/* Fills the root that a pop left free with the last key. */
static void heap_fill(const struct region *region, struct queue *queue)
{
    struct key *keys = heap_keys(region, queue->heap);
    uint32_t count = --queue->heap_count;
    queue->hole = 0;
    if (count > 0) {
        heap_sift_down(keys, count, keys[count]);
    }
}

/* Doubles the heap.  Not arena_grow: a block at another place of its line shifts the keys. */
static bool heap_grow(struct region *region, struct queue *queue)
{
    uint64_t old_bytes = ((uint64_t)queue->heap_limit + KEYS_IN_LINE - 1) * KEY_BYTES;
    uint64_t bytes = queue->heap == 0 ? HEAP_MIN_BYTES : 2 * old_bytes;
    ref heap = arena_take(region, bytes);
    if (heap == 0) {
        return false;
    }
    if (queue->heap != 0) {
        memcpy(heap_keys(region, heap), heap_keys(region, queue->heap),
               (uint64_t)queue->heap_count * KEY_BYTES);
        arena_give(region, queue->heap, old_bytes);
    }
    queue->heap = heap;
    queue->heap_limit = (uint32_t)(bytes / KEY_BYTES) - (KEYS_IN_LINE - 1);
    return true;
}

static void wheel_link(const struct region *region, struct queue *queue, uint64_t base_ns,
                       struct node *node, uint32_t slot)
{
    uint64_t differ = (node->time_ns ^ base_ns) | 1;
    unsigned level = (63u - (unsigned)__builtin_clzll(differ)) / DIGIT_BITS;
    unsigned digit = (unsigned)(node->time_ns >> (level * DIGIT_BITS)) % WHEEL_SLOTS;
    uint32_t *head = &queue->wheel[level][digit];
    node->next = *head;
    node->previous = 0;
    node->place = (uint16_t)(PLACE_WHEEL + level * WHEEL_SLOTS + digit);
    if (*head != 0) {
        node_at(region, *head)->previous = slot;
    }
    *head = slot;
    queue->wheel_bits[level] |= (uint64_t)1 << digit;
    queue->levels = (uint16_t)(queue->levels | 1u << level);
}

static void wheel_mark_empty(struct queue *queue, unsigned level, unsigned digit)
{
    queue->wheel_bits[level] &= ~((uint64_t)1 << digit);
    if (queue->wheel_bits[level] == 0) {
        queue->levels = (uint16_t)(queue->levels & ~(1u << level));
    }
}

static void wheel_unlink(const struct region *region, struct queue *queue, struct node *node)
{
    if (node->next != 0) {
        node_at(region, node->next)->previous = node->previous;
    }
    if (node->previous != 0) {
        node_at(region, node->previous)->next = node->next;
        return;
    }
    unsigned level = (unsigned)(node->place - PLACE_WHEEL) / WHEEL_SLOTS;
    unsigned digit = (unsigned)(node->place - PLACE_WHEEL) % WHEEL_SLOTS;
    queue->wheel[level][digit] = node->next;
    if (node->next == 0) {
        wheel_mark_empty(queue, level, digit);
    }
}

/* The last nanosecond of the slot of this level in which the time lies. */
static uint64_t slot_last_ns(uint64_t time_ns, unsigned level)
{
    return time_ns | (((uint64_t)1 << (level * DIGIT_BITS)) - 1);
}

/* Moves a list into the empty heap; false with an empty heap when it is longer than `most`, or when
 * the heap cannot grow. */
static bool heap_load(struct region *region, struct queue *queue, uint32_t head, uint32_t most)
{
    uint32_t count = 0;
    for (uint32_t slot = head; slot != 0; count++) {
        if (count == most) {
            return false;
        }
        if (count == queue->heap_limit) {
            queue->heap_count = count; /* what growing must keep */
            bool grown = heap_grow(region, queue);
            queue->heap_count = 0;
            if (!grown) {
                return false;
            }
        }
        struct node *node = node_at(region, slot);
        heap_keys(region, queue->heap)[count] = (struct key){node->time_ns, node->id};
        node->place = PLACE_HEAP;
        slot = node->next;
    }
    heap_order(heap_keys(region, queue->heap), count);
    queue->heap_count = count;
    return true;
}

/* Hangs the nodes of a list at their places as seen from base_ns. */
static void wheel_spread(const struct region *region, struct queue *queue, uint32_t head,
                         uint64_t base_ns)
{
    for (uint32_t slot = head; slot != 0;) {
        struct node *node = node_at(region, slot);
        uint32_t next = node->next;
        wheel_link(region, queue, base_ns, node, slot);
        slot = next;
    }
}

/* Opens the first slot of the wheel until events stand in the empty heap; false when the arena is
 * full. */
static bool wheel_open(struct region *region, struct queue *queue)
{
    if (queue->heap == 0 && !heap_grow(region, queue)) {
        return false;
    }
    for (;;) {
        unsigned level = (unsigned)__builtin_ctz(queue->levels);
        unsigned digit = (unsigned)__builtin_ctzll(queue->wheel_bits[level]);
        uint32_t head = queue->wheel[level][digit];
        uint64_t last_ns = slot_last_ns(node_at(region, head)->time_ns, level);
        bool loaded = heap_load(region, queue, head, level == 0 ? UINT32_MAX : OPEN_MAX);
        queue->wheel[level][digit] = 0;
        wheel_mark_empty(queue, level, digit);
        if (loaded) {
            queue->horizon_ns = last_ns;
            queue->open_level = (uint8_t)level;
            return true;
        }
        wheel_spread(region, queue, head, last_ns ^ slot_last_ns(0, level));
        if (level == 0) {
            return false; /* the events of one nanosecond do not fit; they stay where they were */
        }
    }
}

/* Pulls the horizon in by one level and moves what then lies behind it to the wheel; drops the
 * tombstones.  The heap stays small when a burst begins inside a long slot that was opened for few.
 */
static void heap_spill(const struct region *region, struct queue *queue)
{
    if (queue->hole != 0) {
        heap_fill(region, queue);
    }
    if (queue->heap_count == 0) {
        return;
    }
    struct key *keys = heap_keys(region, queue->heap);
    if (queue->open_level > 0) {
        queue->open_level--;
        queue->horizon_ns = slot_last_ns(keys[0].time_ns, queue->open_level);
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < queue->heap_count; i++) {
        uint32_t slot = (uint32_t)(keys[i].id & SLOT_MASK);
        struct node *node = node_at(region, slot);
        if (node->id != keys[i].id) {
            continue;
        }
        if (keys[i].time_ns <= queue->horizon_ns) {
            keys[kept++] = keys[i];
        } else {
            wheel_link(region, queue, queue->horizon_ns, node, slot);
        }
    }
    queue->heap_count = kept;
    heap_order(keys, kept);
}

/* Makes room for one key.  May pull the horizon in. */
static bool heap_make_room(struct region *region, struct queue *queue)
{
    heap_spill(region, queue);
    if (queue->heap_limit > 0 && queue->heap_count <= queue->heap_limit / 2) {
        return true;
    }
    return heap_grow(region, queue);
}

static void heap_push(const struct region *region, struct queue *queue, struct key key)
{
    struct key *keys = heap_keys(region, queue->heap);
    if (queue->hole != 0) {
        queue->hole = 0;
        heap_sift_down(keys, queue->heap_count, key);
    } else {
        heap_sift_up(keys, queue->heap_count++, key);
    }
}

event_id queue_push(struct region *region, struct queue *queue, uint64_t time_ns, uint16_t kind,
                    uint32_t who, const struct payload *payload)
{
    if (queue->sequence == SEQUENCE_MAX) {
        region->full = 1;
        return 0;
    }
    if (time_ns <= queue->horizon_ns && queue->heap_count - queue->hole == queue->heap_limit &&
        !heap_make_room(region, queue)) {
        return 0;
    }
    uint32_t slot = slab_take(region, SLAB_EVENT);
    if (slot == 0 || slot > EVENT_SLOTS_MAX) {
        region->full = 1;
        return 0;
    }
    struct node *node = node_at(region, slot);
    event_id id = ++queue->sequence << SLOT_BITS | slot;
    node->payload = *payload;
    node->time_ns = time_ns;
    node->id = id;
    node->who = who;
    node->kind = kind;
    if (time_ns <= queue->horizon_ns) {
        heap_push(region, queue, (struct key){time_ns, id});
    } else {
        wheel_link(region, queue, queue->horizon_ns, node, slot);
    }
    queue->pending++;
    return id;
}

bool queue_cancel(struct region *region, struct queue *queue, event_id id)
{
    uint32_t slot = (uint32_t)(id & SLOT_MASK);
    if (slot == 0 || slot >= region->slabs[SLAB_EVENT].used) {
        return false;
    }
    struct node *node = node_at(region, slot);
    if (node->id != id) {
        return false;
    }
    if (node->place != PLACE_HEAP) {
        wheel_unlink(region, queue, node);
    }
    slab_give(region, SLAB_EVENT, slot);
    queue->pending--;
    return true;
}

/* Brings the next event that will fire to the heap's root. */
static bool queue_settle(struct region *region, struct queue *queue)
{
    for (;;) {
        if (queue->hole != 0) {
            heap_fill(region, queue);
        }
        if (queue->heap_count == 0 && (queue->levels == 0 || !wheel_open(region, queue))) {
            return false;
        }
        event_id id = heap_keys(region, queue->heap)->id;
        if (node_at(region, id & SLOT_MASK)->id == id) {
            return true;
        }
        queue->hole = 1;
    }
}

uint64_t queue_next(struct region *region, struct queue *queue)
{
    if (!queue_settle(region, queue)) {
        return TIME_NEVER;
    }
    return heap_keys(region, queue->heap)->time_ns;
}

bool queue_pop(struct region *region, struct queue *queue, struct event *event)
{
    if (!queue_settle(region, queue)) {
        return false;
    }
    uint32_t slot = (uint32_t)(heap_keys(region, queue->heap)->id & SLOT_MASK);
    const struct node *node = node_at(region, slot);
    event->time_ns = node->time_ns;
    event->kind = node->kind;
    event->who = node->who;
    event->payload = node->payload;
    slab_give(region, SLAB_EVENT, slot);
    queue->hole = 1;
    queue->pending--;
    return true;
}
