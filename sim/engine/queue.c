/*
 * The event queue: a near sorted run and 4-ary heap of 16-byte keys before a far wheel.
 *
 * Events up to the horizon have a key in the run or the heap, all later ones in the wheel: level l,
 * slot s is digit s at place l of the time in base 64, where l is the highest place at which the
 * time and the horizon differ.  When run and heap are empty the first slot is opened: few keys
 * become the run and the horizon moves to the slot's last nanosecond; many are spread one level
 * down.  The wheel holds keys and not the events, because the events of a large world are not in
 * the cache: opening reads keys in a row and asks for the events ahead of their turn.
 */
#include "sim/engine/queue.h"

#include <string.h>

#define SLOT_BITS    24
#define SLOT_MASK    (((uint64_t)1 << SLOT_BITS) - 1)
#define SEQUENCE_MAX (((uint64_t)1 << (64 - SLOT_BITS)) - 1)
#define DIGIT_BITS   6
#define OPEN_MAX     48   /* a slot with more is spread: measured, flat between 8 and 256 */
#define INSERT_MAX   48   /* a longer run takes no late keys: they go to the heap */
#define KEYS_FIRST   253  /* 4 KiB with the padding; a heap this full pulls the horizon in */
#define DEAD_FREE    1024 /* cancelled keys that are never swept */
#define AHEAD        8    /* events asked for before their turn */
#define KEY_BYTES    16
#define KEYS_IN_LINE 4
#define CHUNK_KEYS   15

/* Kept out of the hot paths, whose registers it would take. */
#define COLD __attribute__((noinline))

/* An event as it waits.  The slab's free list runs through the first bytes; the id is 0 in a free
 * slot.  The slot's generation is the low half of the sequence: it tells cancelled keys without
 * touching the event. */
struct node {
    struct payload payload;
    uint64_t time_ns;
    event_id id;
    uint32_t who;
    uint16_t kind;
    uint16_t unused[5];
};
_Static_assert(sizeof(struct node) == EVENT_NODE_BYTES, "an event fills one cache line");

struct key {
    uint64_t time_ns;
    event_id id;
};
_Static_assert(sizeof(struct key) == KEY_BYTES, "four keys fill one cache line");

struct chunk {
    ref next;
    uint32_t count;
    uint64_t unused;
    struct key keys[CHUNK_KEYS];
};
_Static_assert(sizeof(struct chunk) == 256, "a chunk fills its class of the arena");

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

static inline struct node *node_at(const struct region *region, event_id id)
{
    return (struct node *)(void *)((char *)(uintptr_t)region + region->slabs[SLAB_EVENT].offset +
                                   (id & SLOT_MASK) * EVENT_NODE_BYTES);
}

static inline bool key_is_live(const struct region *region, struct key key)
{
    return *slab_generation(region, SLAB_EVENT, slot_of(key.id)) == (uint32_t)(key.id >> SLOT_BITS);
}

/* ---- arrays of keys ---- */

/* Key 0 is the last of its cache line, so that the four children of any heap key share one. */
static inline struct key *keys_at(const struct region *region, const struct queue_keys *keys)
{
    return (struct key *)arena_at(region, keys->at) + (KEYS_IN_LINE - 1);
}

static inline uint32_t keys_waiting(const struct queue_keys *keys)
{
    return keys->count - keys->first;
}

COLD static bool keys_reserve(struct region *region, struct queue_keys *keys, uint64_t count)
{
    uint64_t pad = KEYS_IN_LINE - 1;
    uint64_t limit = keys->limit == 0 ? KEYS_FIRST : keys->limit;
    while (limit < count) {
        limit = 2 * (limit + pad) - pad;
    }
    if (limit == keys->limit) {
        return true;
    }
    ref at =
        arena_grow(region, keys->at, (keys->limit + pad) * KEY_BYTES, (limit + pad) * KEY_BYTES);
    if (at == 0) {
        return false;
    }
    keys->at = at;
    keys->limit = (uint32_t)limit;
    return true;
}

static void heap_sift_up(struct key *keys, uint32_t at, struct key key)
{
    while (at > 0 && key_before(key, keys[(at - 1) / 4])) {
        keys[at] = keys[(at - 1) / 4];
        at = (at - 1) / 4;
    }
    keys[at] = key;
}

static uint32_t least_child(const struct key *keys, uint32_t child, uint32_t count)
{
    uint32_t least = child;
    for (uint32_t i = child + 1; i < count && i < child + 4; i++) {
        least = key_before(keys[i], keys[least]) ? i : least;
    }
    return least;
}

/* Takes the root off: the hole sinks to a leaf without asking, the last key rises from there. */
static void heap_drop(struct key *keys, uint32_t count)
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
        uint32_t least = least_child(keys, child, count);
        keys[at] = keys[least];
        at = least;
    }
    heap_sift_up(keys, at, keys[count]);
}

/* Makes a heap of any keys: sinks every inner key, from the last one. */
static void heap_order(struct key *keys, uint32_t count)
{
    for (uint32_t root = (count + 2) / 4; root-- > 0;) {
        struct key key = keys[root];
        uint32_t at = root;
        for (uint32_t child = 4 * at + 1; child < count; child = 4 * at + 1) {
            uint32_t least = least_child(keys, child, count);
            if (!key_before(keys[least], key)) {
                break;
            }
            keys[at] = keys[least];
            at = least;
        }
        keys[at] = key;
    }
}

/* Puts a key into a sorted array behind all that are before it; there is room. */
static inline void run_insert(struct key *keys, uint32_t first, uint32_t at, struct key key)
{
    while (at > first && key_before(key, keys[at - 1])) {
        keys[at] = keys[at - 1];
        at--;
    }
    keys[at] = key;
}

/* ---- the wheel ---- */

/* The last nanosecond of the slot of this level in which the time lies. */
static inline uint64_t slot_last_ns(uint64_t time_ns, unsigned level)
{
    return time_ns | (((uint64_t)1 << (level * DIGIT_BITS)) - 1);
}

/* Adds an empty chunk to a slot's list. */
COLD static bool wheel_extend(struct region *region, struct queue *queue, unsigned level,
                              unsigned digit)
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

/* Puts a key where it stands as seen from base_ns; false when the arena is full. */
static inline bool wheel_put(struct region *region, struct queue *queue, uint64_t base_ns,
                             struct key key)
{
    uint64_t differ = (key.time_ns ^ base_ns) | 1;
    unsigned level = (63u - (unsigned)__builtin_clzll(differ)) / DIGIT_BITS;
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
static ref wheel_detach(struct queue *queue, unsigned level, unsigned digit)
{
    ref first = queue->wheel[level][digit].first;
    queue->wheel[level][digit] = (struct wheel_slot){0, 0};
    queue->wheel_bits[level] &= ~((uint64_t)1 << digit);
    if (queue->wheel_bits[level] == 0) {
        queue->levels &= ~(1u << level);
    }
    return first;
}

/* Puts the keys of a list to their places as seen from base_ns; with `sweep` only live ones.  Each
 * chunk is given back before its keys are put, so that the arena is hardly ever asked for more. */
static bool wheel_spread(struct region *region, struct queue *queue, ref list, uint64_t base_ns,
                         bool sweep)
{
    while (list != 0) {
        struct chunk chunk;
        memcpy(&chunk, arena_at(region, list), sizeof chunk);
        arena_give(region, list, sizeof chunk);
        for (uint32_t i = 0; i < chunk.count; i++) {
            if (sweep && !key_is_live(region, chunk.keys[i])) {
                queue->dead--;
            } else if (!wheel_put(region, queue, base_ns, chunk.keys[i])) {
                return false;
            }
        }
        list = chunk.next;
    }
    return true;
}

/* Keys in a slot; stops counting past `most`. */
static uint64_t wheel_count(const struct region *region, const struct wheel_slot *slot,
                            uint64_t most)
{
    uint64_t count = 0;
    for (ref at = slot->first; at != 0 && count <= most;) {
        const struct chunk *chunk = arena_at(region, at);
        count += chunk->count;
        at = chunk->next;
    }
    return count;
}

/* Asks for the event of a key that will be popped soon. */
static inline void prefetch(const struct region *region, struct key key)
{
    __builtin_prefetch(node_at(region, key.id), 1);
}

/* Sorts at most OPEN_MAX keys: each goes to the place that is the number of keys before it.  No
 * branch depends on the keys, which are in random order. */
static void keys_sort(struct key *keys, uint32_t count)
{
    struct key copy[OPEN_MAX];
    memcpy(copy, keys, count * sizeof *keys);
    for (uint32_t i = 0; i < count; i++) {
        struct key key = copy[i];
        uint32_t place = 0;
        for (uint32_t j = 0; j < count; j++) {
            place += key_before(copy[j], key);
        }
        keys[place] = key;
    }
}

/* Sorts what an opened slot put into the run.  A long one (events of one nanosecond, which stand in
 * order unless a pulled-in horizon mixed them) becomes the heap instead. */
static void run_sort(const struct region *region, struct queue *queue)
{
    struct key *keys = keys_at(region, &queue->run);
    uint32_t count = queue->run.count;
    for (uint32_t i = 0; i < count && i < AHEAD; i++) {
        prefetch(region, keys[i]);
    }
    if (count <= OPEN_MAX) {
        keys_sort(keys, count);
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        if (key_before(keys[i], keys[i - 1])) {
            struct queue_keys empty = queue->heap;
            queue->heap = queue->run;
            queue->run = empty;
            heap_order(keys, count);
            return;
        }
    }
}

/* Makes the keys of a slot the run; run and heap are empty.  False when the arena is full. */
static bool run_load(struct region *region, struct queue *queue, unsigned level, unsigned digit,
                     uint64_t count)
{
    queue->run.first = queue->run.count = queue->heap.count = 0;
    if (!keys_reserve(region, &queue->run, count)) {
        return false;
    }
    struct key *to = keys_at(region, &queue->run);
    for (ref at = wheel_detach(queue, level, digit); at != 0;) {
        const struct chunk *chunk = arena_at(region, at);
        ref next = chunk->next;
        memcpy(to, chunk->keys, chunk->count * sizeof *to);
        to += chunk->count;
        arena_give(region, at, sizeof *chunk);
        at = next;
    }
    queue->run.count = (uint32_t)count;
    run_sort(region, queue);
    return true;
}

/* Opens the first slot of the wheel until keys stand in the run; false when the arena is full. */
static bool wheel_open(struct region *region, struct queue *queue)
{
    for (;;) {
        unsigned level = (unsigned)__builtin_ctz(queue->levels);
        unsigned digit = (unsigned)__builtin_ctzll(queue->wheel_bits[level]);
        const struct wheel_slot *slot = &queue->wheel[level][digit];
        const struct chunk *chunk = arena_at(region, slot->first);
        uint64_t last_ns = slot_last_ns(chunk->keys[0].time_ns, level);
        uint64_t count = wheel_count(region, slot, level == 0 ? UINT64_MAX : OPEN_MAX);
        if (level == 0 || count <= OPEN_MAX) {
            if (!run_load(region, queue, level, digit, count)) {
                return false;
            }
            queue->horizon_ns = last_ns;
            queue->open_level = level;
            return true;
        }
        uint64_t first_ns = last_ns ^ slot_last_ns(0, level);
        if (!wheel_spread(region, queue, wheel_detach(queue, level, digit), first_ns, false)) {
            return false;
        }
    }
}

/* ---- before the horizon ---- */

/* Drops cancelled keys and moves to the wheel what lies past the horizon. */
static bool keys_filter(struct region *region, struct queue *queue, struct queue_keys *from)
{
    struct key *keys = keys_at(region, from);
    uint32_t kept = 0;
    bool room = true;
    for (uint32_t i = from->first; i < from->count && room; i++) {
        if (!key_is_live(region, keys[i])) {
            queue->dead--;
        } else if (keys[i].time_ns <= queue->horizon_ns) {
            keys[kept++] = keys[i];
        } else {
            room = wheel_put(region, queue, queue->horizon_ns, keys[i]);
        }
    }
    from->first = 0;
    from->count = kept;
    return room;
}

static bool near_filter(struct region *region, struct queue *queue)
{
    bool room = keys_filter(region, queue, &queue->run);
    room = keys_filter(region, queue, &queue->heap) && room;
    heap_order(keys_at(region, &queue->heap), queue->heap.count);
    return room;
}

static inline bool heap_is_next(const struct region *region, const struct queue *queue)
{
    return queue->heap.count > 0 && (keys_waiting(&queue->run) == 0 ||
                                     key_before(*keys_at(region, &queue->heap),
                                                keys_at(region, &queue->run)[queue->run.first]));
}

/* Makes room for a key when a burst filled the heap inside a slot that was long because few waited
 * in it: pulls the horizon in by a level; where that is not enough the heap grows. */
COLD static bool near_make_room(struct region *region, struct queue *queue)
{
    if (queue->run.limit == 0) {
        return keys_reserve(region, &queue->run, 1);
    }
    if (queue->open_level > 0 && queue->heap.count > 0) {
        const struct key *next = heap_is_next(region, queue)
                                     ? keys_at(region, &queue->heap)
                                     : keys_at(region, &queue->run) + queue->run.first;
        queue->open_level--;
        queue->horizon_ns = slot_last_ns(next->time_ns, queue->open_level);
    }
    if (!near_filter(region, queue)) {
        return false;
    }
    if (queue->heap.limit > 0 && queue->heap.count <= queue->heap.limit / 2) {
        return true;
    }
    return keys_reserve(region, &queue->heap, (uint64_t)queue->heap.limit + 1);
}

static inline bool run_takes(const struct queue *queue)
{
    return queue->run.limit > 0 && keys_waiting(&queue->run) < INSERT_MAX;
}

static void near_put(const struct region *region, struct queue *queue, struct key key)
{
    struct queue_keys *run = &queue->run;
    if (!run_takes(queue)) {
        heap_sift_up(keys_at(region, &queue->heap), queue->heap.count++, key);
        return;
    }
    struct key *keys = keys_at(region, run);
    if (run->count == run->limit) {
        memmove(keys, keys + run->first, keys_waiting(run) * sizeof *keys);
        run->count -= run->first;
        run->first = 0;
    }
    run_insert(keys, run->first, run->count++, key);
}

static bool queue_put(struct region *region, struct queue *queue, struct key key)
{
    if (key.time_ns <= queue->horizon_ns && !run_takes(queue) &&
        queue->heap.count == queue->heap.limit && !near_make_room(region, queue)) {
        return false;
    }
    if (key.time_ns > queue->horizon_ns) {
        return wheel_put(region, queue, queue->horizon_ns, key);
    }
    near_put(region, queue, key);
    return true;
}

/* Drops every key of a cancelled event. */
COLD static void queue_sweep(struct region *region, struct queue *queue)
{
    near_filter(region, queue);
    for (unsigned level = 0; level < WHEEL_LEVELS; level++) {
        for (uint64_t bits = queue->wheel_bits[level]; bits != 0; bits &= bits - 1) {
            unsigned digit = (unsigned)__builtin_ctzll(bits);
            ref list = wheel_detach(queue, level, digit);
            wheel_spread(region, queue, list, queue->horizon_ns, true);
        }
    }
}

/* ---- the four verbs ---- */

event_id queue_push(struct region *region, struct queue *queue, uint64_t time_ns, uint16_t kind,
                    uint32_t who, const struct payload *payload)
{
    uint32_t slot =
        queue->sequence == SEQUENCE_MAX ? 0 : slab_take_sized(region, SLAB_EVENT, EVENT_NODE_BYTES);
    if (slot == 0 || slot > EVENT_SLOTS_MAX) {
        region->full = 1;
        return 0;
    }
    event_id id = (queue->sequence + 1) << SLOT_BITS | slot;
    *slab_generation(region, SLAB_EVENT, slot) = (uint32_t)(queue->sequence + 1);
    if (!queue_put(region, queue, (struct key){time_ns, id})) {
        slab_give_sized(region, SLAB_EVENT, slot, EVENT_NODE_BYTES);
        return 0;
    }
    struct node *node = node_at(region, id);
    node->payload = *payload;
    node->time_ns = time_ns;
    node->id = id;
    node->who = who;
    node->kind = kind;
    queue->sequence++;
    queue->pending++;
    return id;
}

bool queue_cancel(struct region *region, struct queue *queue, event_id id)
{
    uint32_t slot = slot_of(id);
    if (slot == 0 || slot >= region->slabs[SLAB_EVENT].used ||
        !key_is_live(region, (struct key){0, id}) ||
        (queue->sequence > UINT32_MAX && node_at(region, id)->id != id)) {
        return false;
    }
    slab_give_sized(region, SLAB_EVENT, slot, EVENT_NODE_BYTES);
    queue->pending--;
    queue->dead++;
    if (queue->dead > queue->pending + DEAD_FREE) {
        queue_sweep(region, queue);
    }
    return true;
}

static void drop_next(const struct region *region, struct queue *queue, bool from_heap)
{
    if (from_heap) {
        heap_drop(keys_at(region, &queue->heap), --queue->heap.count);
    } else if (++queue->run.first == queue->run.count) {
        queue->run.first = queue->run.count = 0;
    }
}

/* The next key that will fire, and where it stands; false when none waits. */
static bool queue_settle(struct region *region, struct queue *queue, struct key *next,
                         bool *from_heap)
{
    for (;;) {
        if (keys_waiting(&queue->run) + queue->heap.count == 0 &&
            (queue->levels == 0 || !wheel_open(region, queue))) {
            return false;
        }
        *from_heap = heap_is_next(region, queue);
        *next = *from_heap ? *keys_at(region, &queue->heap)
                           : keys_at(region, &queue->run)[queue->run.first];
        if (node_at(region, next->id)->id == next->id) {
            return true;
        }
        queue->dead--;
        drop_next(region, queue, *from_heap);
    }
}

uint64_t queue_next(struct region *region, struct queue *queue)
{
    struct key next;
    bool from_heap;
    return queue_settle(region, queue, &next, &from_heap) ? next.time_ns : TIME_NEVER;
}

bool queue_pop(struct region *region, struct queue *queue, struct event *event)
{
    struct key next;
    bool from_heap;
    if (!queue_settle(region, queue, &next, &from_heap)) {
        return false;
    }
    if (queue->run.first + AHEAD < queue->run.count) {
        prefetch(region, keys_at(region, &queue->run)[queue->run.first + AHEAD]);
    }
    const struct node *node = node_at(region, next.id);
    event->time_ns = next.time_ns;
    event->kind = node->kind;
    event->who = node->who;
    event->payload = node->payload;
    slab_give_sized(region, SLAB_EVENT, slot_of(next.id), EVENT_NODE_BYTES);
    drop_next(region, queue, from_heap);
    queue->pending--;
    return true;
}
