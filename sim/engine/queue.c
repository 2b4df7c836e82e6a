/*
 * The event queue: a near sorted run and 4-ary heap of 16-byte keys before a far wheel.
 *
 * Events up to the horizon have a key in the run or the heap, all later ones in the wheel.  When
 * run and heap are empty the first slot of the wheel is opened: few keys become the run and the
 * horizon moves to the slot's last nanosecond; many are spread to lower levels.  When few wait in
 * all, all become the run and there is no horizon.  Late keys go to the run while it is short, else
 * to the heap; a heap that fills up pulls the horizon in again.
 */
#include "sim/engine/queue.h"

#include "sim/engine/queue_key.h"
#include "sim/engine/queue_wheel.h"

#define SEQUENCE_MAX (((uint64_t)1 << (64 - SLOT_BITS)) - 1)
#define OPEN_MAX     SORT_MAX /* a slot with more is spread: measured, flat between 8 and 256 */
#define INSERT_MAX   24       /* a longer run takes no late keys */
#define DEAD_FREE    1024     /* cancelled keys that are never swept */
#define AHEAD        8        /* events asked for before their turn */

/* An event as it waits; its id is in the slot's mark, its time in the key. */
struct node {
    struct payload payload;
    uint32_t who;
    uint16_t kind;
    uint16_t unused[13];
};
_Static_assert(sizeof(struct node) == EVENT_NODE_BYTES, "an event fills one cache line");

static inline struct node *node_at(const struct region *region, event_id id)
{
    return (struct node *)(void *)((char *)(uintptr_t)region + region->slabs[SLAB_EVENT].offset +
                                   (id & SLOT_MASK) * EVENT_NODE_BYTES);
}

/* Puts the newest key into a sorted array; there is room.  It goes behind all of its time, so times
 * alone are compared. */
static inline void run_insert(struct key *keys, uint32_t first, uint32_t at, struct key key)
{
    while (at > first && key.time_ns < keys[at - 1].time_ns) {
        keys[at] = keys[at - 1];
        at--;
    }
    keys[at] = key;
}

/* Asks for the event of a key that will be popped soon. */
static inline void prefetch(const struct region *region, struct key key)
{
    __builtin_prefetch(node_at(region, key.id), 1);
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
static bool open_slot(struct region *region, struct queue *queue, unsigned level, unsigned digit,
                      uint64_t count)
{
    const struct chunk *chunk = arena_at(region, queue->wheel[level][digit].first);
    uint64_t last_ns = slot_last_ns(chunk->keys[0].time_ns, level);
    if (!keys_reserve(region, &queue->run, count)) {
        return false;
    }
    wheel_unload(region, queue, level, digit, keys_at(region, &queue->run));
    queue->run.count = (uint32_t)count;
    queue->horizon_ns = last_ns;
    queue->open_level = level;
    run_sort(region, queue);
    return true;
}

/* Makes all keys of the wheel the run.  False when the arena is full. */
static bool open_all(struct region *region, struct queue *queue)
{
    if (!keys_reserve(region, &queue->run, OPEN_MAX)) {
        return false;
    }
    struct key *keys = keys_at(region, &queue->run);
    struct key *to = keys;
    while (queue->levels != 0) {
        unsigned level = (unsigned)__builtin_ctz(queue->levels);
        to = wheel_unload(region, queue, level, (unsigned)__builtin_ctzll(queue->wheel_bits[level]),
                          to);
    }
    queue->run.count = (uint32_t)(to - keys);
    queue->horizon_ns = UINT64_MAX;
    queue->open_level = WHEEL_LEVELS;
    run_sort(region, queue);
    return true;
}

/* Brings keys from the wheel to the empty run; false when the arena is full. */
COLD static bool queue_open(struct region *region, struct queue *queue)
{
    queue->run.first = queue->run.count = queue->heap.count = 0;
    if (queue->pending + queue->dead <= OPEN_MAX) {
        return open_all(region, queue);
    }
    for (;;) {
        unsigned level = (unsigned)__builtin_ctz(queue->levels);
        unsigned digit = (unsigned)__builtin_ctzll(queue->wheel_bits[level]);
        const struct wheel_slot *slot = &queue->wheel[level][digit];
        uint64_t count = wheel_count(region, slot, level == 0 ? UINT64_MAX : OPEN_MAX);
        if (level == 0 || count <= OPEN_MAX) {
            return open_slot(region, queue, level, digit, count);
        }
        if (!wheel_spread(region, queue, level, digit)) {
            return false;
        }
    }
}

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

/* Pulls the horizon in, to the end of the largest slot around the next event that leaves at most a
 * quarter of the heap before it. */
static void horizon_pull(const struct region *region, struct queue *queue)
{
    const struct key *heap = keys_at(region, &queue->heap);
    uint64_t next_ns = heap_is_next(region, queue)
                           ? heap[0].time_ns
                           : keys_at(region, &queue->run)[queue->run.first].time_ns;
    uint32_t near = queue->heap.count;
    while (queue->open_level > 0 && near > queue->heap.limit / 4) {
        queue->open_level--;
        queue->horizon_ns = slot_last_ns(next_ns, queue->open_level);
        near = 0;
        for (uint32_t i = 0; i < queue->heap.count; i++) {
            near += heap[i].time_ns <= queue->horizon_ns;
        }
    }
}

/* Makes room for a key before the horizon: a burst filled the heap inside a slot that was long
 * because few waited in it.  Where pulling the horizon in is not enough the heap grows. */
COLD static bool near_make_room(struct region *region, struct queue *queue)
{
    if (queue->run.limit == 0) {
        return keys_reserve(region, &queue->run, 1);
    }
    if (queue->heap.count > 0) {
        uint64_t before_ns = queue->horizon_ns;
        horizon_pull(region, queue);
        if (!wheel_rise(region, queue, before_ns, queue->horizon_ns) ||
            !near_filter(region, queue)) {
            return false;
        }
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

static inline void near_put(const struct region *region, struct queue *queue, struct key key)
{
    struct queue_keys *run = &queue->run;
    if (!run_takes(queue)) {
        heap_add(keys_at(region, &queue->heap), queue->heap.count++, key);
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

HOT bool queue_put(struct region *region, struct queue *queue, struct key key)
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

/* Drops the keys of all cancelled events. */
COLD static void queue_sweep(struct region *region, struct queue *queue)
{
    near_filter(region, queue);
    wheel_sweep(region, queue);
}

event_id queue_push(struct region *region, struct queue *queue, uint64_t time_ns, uint16_t kind,
                    uint32_t who, const struct payload *payload)
{
    uint32_t slot = slab_take_sized(region, SLAB_EVENT, EVENT_NODE_BYTES);
    if (slot == 0 || slot > EVENT_SLOTS_MAX) {
        region->full = 1;
        return 0;
    }
    event_id id = (queue->sequence + 1) << SLOT_BITS | slot;
    if (queue->sequence == SEQUENCE_MAX || !queue_put(region, queue, (struct key){time_ns, id})) {
        slab_give_sized(region, SLAB_EVENT, slot, EVENT_NODE_BYTES);
        region->full = 1;
        return 0;
    }
    queue->sequence++;
    *event_mark(region, slot) = id;
    struct node *node = node_at(region, id);
    node->payload = *payload;
    node->who = who;
    node->kind = kind;
    queue->pending++;
    return id;
}

/* Does this id's event wait? */
static inline bool queue_holds(const struct region *region, event_id id)
{
    return slot_of(id) < region->slabs[SLAB_EVENT].used && id != 0 &&
           key_is_live(region, (struct key){0, id});
}

static inline void node_give(struct region *region, event_id id)
{
    *event_mark(region, slot_of(id)) = 0;
    slab_give_sized(region, SLAB_EVENT, slot_of(id), EVENT_NODE_BYTES);
}

bool queue_cancel(struct region *region, struct queue *queue, event_id id)
{
    if (!queue_holds(region, id)) {
        return false;
    }
    node_give(region, id);
    queue->pending--;
    queue->dead++;
    if (queue->dead > queue->pending + DEAD_FREE) {
        queue_sweep(region, queue);
    }
    return true;
}

static inline void drop_next(const struct region *region, struct queue *queue, bool from_heap)
{
    if (from_heap) {
        heap_drop(keys_at(region, &queue->heap), --queue->heap.count);
    } else if (++queue->run.first == queue->run.count) {
        queue->run.first = queue->run.count = 0;
    }
}

/* The next key that will fire, and where it stands; false when none waits. */
HOT bool queue_settle(struct region *region, struct queue *queue, struct key *next, bool *from_heap)
{
    for (;;) {
        if (keys_waiting(&queue->run) + queue->heap.count == 0 &&
            (queue->levels == 0 || !queue_open(region, queue))) {
            return false;
        }
        *from_heap = heap_is_next(region, queue);
        *next = *from_heap ? *keys_at(region, &queue->heap)
                           : keys_at(region, &queue->run)[queue->run.first];
        if (key_is_live(region, *next)) {
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
    node_give(region, next.id);
    drop_next(region, queue, from_heap);
    queue->pending--;
    return true;
}
