/*
 * Bare event queues to measure the engine's against: a 4-ary heap, a calendar and a ladder, the
 * last two tuned to the work by hand.  No cancel, no limits, no copies of the state.
 */
#ifndef TESTS_BENCH_REFERENCE_QUEUE_H
#define TESTS_BENCH_REFERENCE_QUEUE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef void reference_handler(void *owner, uint64_t time_ns, void *argument);

__extension__ typedef unsigned __int128 reference_wide;

/* ---- 4-ary heap: 16-byte keys (time, sequence | slot), four children in a line, what an event
 * carries in a slab; the handler's first push goes into the root that the running event left ----
 */

struct heap_key {
    uint64_t time_ns, id;
};

struct heap_item {
    reference_handler *handler;
    void *argument;
};

struct reference_heap {
    struct heap_key *keys;
    struct heap_item *items;
    uint32_t *free;
    long count, free_count;
    uint64_t sequence;
    int hole;
};

static inline void heap_reference_init(struct reference_heap *heap, long limit)
{
    size_t slots = (size_t)limit + 8;
    *heap = (struct reference_heap){0};
    heap->keys = (struct heap_key *)aligned_alloc(64, (slots + 3) / 4 * 64 + 64) + 3;
    heap->items = malloc(slots * sizeof *heap->items);
    heap->free = malloc(slots * sizeof *heap->free);
    for (long i = limit; i >= 0; i--) {
        heap->free[heap->free_count++] = (uint32_t)i;
    }
}

static inline void heap_reference_release(struct reference_heap *heap)
{
    free(heap->keys - 3);
    free(heap->items);
    free(heap->free);
}

static inline int heap_key_before(struct heap_key a, struct heap_key b)
{
    return ((reference_wide)a.time_ns << 64 | a.id) < ((reference_wide)b.time_ns << 64 | b.id);
}

static inline void heap_up(struct heap_key *keys, long at, struct heap_key key)
{
    while (at > 0 && heap_key_before(key, keys[(at - 1) >> 2])) {
        keys[at] = keys[(at - 1) >> 2];
        at = (at - 1) >> 2;
    }
    keys[at] = key;
}

static inline void heap_down(struct heap_key *keys, long count, struct heap_key key)
{
    long at = 0;
    long child = 1;
    while (child + 3 < count) {
        struct heap_key *k = keys + child;
        long a = heap_key_before(k[1], k[0]);
        long b = 2 + heap_key_before(k[3], k[2]);
        long least = heap_key_before(k[b], k[a]) ? b : a;
        keys[at] = k[least];
        at = child + least;
        child = 4 * at + 1;
    }
    if (child < count) {
        long least = child;
        for (long i = child + 1; i < count; i++) {
            least = heap_key_before(keys[i], keys[least]) ? i : least;
        }
        keys[at] = keys[least];
        at = least;
    }
    heap_up(keys, at, key);
}

static inline void heap_reference_push(struct reference_heap *heap, uint64_t time_ns,
                                       reference_handler *handler, void *argument)
{
    uint32_t slot = heap->free[--heap->free_count];
    heap->items[slot] = (struct heap_item){handler, argument};
    struct heap_key key = {time_ns, heap->sequence++ << 24 | slot};
    if (heap->hole) {
        heap->hole = 0;
        heap_down(heap->keys, heap->count, key);
    } else {
        heap_up(heap->keys, heap->count++, key);
    }
}

/* Runs the next event. */
static inline void heap_reference_step(struct reference_heap *heap, void *owner)
{
    struct heap_key top = heap->keys[0];
    uint32_t slot = (uint32_t)(top.id & 0xffffff);
    struct heap_item item = heap->items[slot];
    heap->free[heap->free_count++] = slot;
    heap->hole = 1;
    item.handler(owner, top.time_ns, item.argument);
    if (heap->hole) {
        heap->hole = 0;
        struct heap_key last = heap->keys[--heap->count];
        if (heap->count > 0) {
            heap_down(heap->keys, heap->count, last);
        }
    }
}

/* ---- an event of the two others ---- */

struct list_event {
    uint64_t time_ns, sequence;
    reference_handler *handler;
    void *argument;
};

static inline int list_event_before(const struct list_event *a, const struct list_event *b)
{
    return a->time_ns < b->time_ns || (a->time_ns == b->time_ns && a->sequence < b->sequence);
}

/* ---- calendar: sorted lists, one event a day on average, days of a power of two ---- */

struct calendar_node {
    struct list_event event;
    struct calendar_node *next;
};

struct reference_calendar {
    struct calendar_node **days, *nodes, *free;
    uint64_t mask, today, sequence;
    int width_bits;
};

static inline int floor_log2(uint64_t value)
{
    return 63 - __builtin_clzll(value);
}

static inline void calendar_init(struct reference_calendar *calendar, long count, uint64_t mean_ns)
{
    *calendar = (struct reference_calendar){0};
    calendar->width_bits = floor_log2(mean_ns / (uint64_t)count);
    calendar->mask = ((uint64_t)4 << floor_log2((uint64_t)count)) - 1;
    calendar->days = calloc(calendar->mask + 1, sizeof *calendar->days);
    calendar->nodes = malloc(((size_t)count + 1) * sizeof *calendar->nodes);
    for (long i = count; i >= 0; i--) {
        calendar->nodes[i].next = calendar->free;
        calendar->free = &calendar->nodes[i];
    }
}

static inline void calendar_release(struct reference_calendar *calendar)
{
    free(calendar->days);
    free(calendar->nodes);
}

static inline void calendar_push(struct reference_calendar *calendar, uint64_t time_ns,
                                 reference_handler *handler, void *argument)
{
    struct calendar_node *node = calendar->free;
    calendar->free = node->next;
    node->event = (struct list_event){time_ns, calendar->sequence++, handler, argument};
    struct calendar_node **link = &calendar->days[time_ns >> calendar->width_bits & calendar->mask];
    while (*link != NULL && list_event_before(&(*link)->event, &node->event)) {
        link = &(*link)->next;
    }
    node->next = *link;
    *link = node;
}

static inline void calendar_step(struct reference_calendar *calendar, void *owner)
{
    for (;; calendar->today++) {
        struct calendar_node **day = &calendar->days[calendar->today & calendar->mask];
        struct calendar_node *node = *day;
        if (node != NULL && node->event.time_ns >> calendar->width_bits == calendar->today) {
            struct list_event event = node->event;
            *day = node->next;
            node->next = calendar->free;
            calendar->free = node;
            event.handler(owner, event.time_ns, event.argument);
            return;
        }
    }
}

/* ---- ladder of two rungs: unsorted buckets, the bottom sorted as it is reached, a far list ----
 */

struct bucket {
    struct list_event *events;
    int count, limit;
};

struct reference_ladder {
    struct bucket *buckets, far, bottom;
    uint64_t bucket_count, base_ns, current, sequence;
    int width_bits, bottom_first;
};

static inline void bucket_add(struct bucket *bucket, const struct list_event *event)
{
    if (bucket->count == bucket->limit) {
        bucket->limit = bucket->limit ? bucket->limit * 2 : 8;
        bucket->events = realloc(bucket->events, (size_t)bucket->limit * sizeof *event);
    }
    bucket->events[bucket->count++] = *event;
}

static inline void ladder_init(struct reference_ladder *ladder, long count, uint64_t mean_ns)
{
    *ladder = (struct reference_ladder){0};
    /* About two to four events a bucket, and four means a rung. */
    ladder->width_bits = floor_log2(mean_ns * 4 / (uint64_t)count);
    ladder->bucket_count = (mean_ns * 4 >> ladder->width_bits) + 1;
    ladder->buckets = calloc(ladder->bucket_count, sizeof *ladder->buckets);
}

static inline void ladder_release(struct reference_ladder *ladder)
{
    for (uint64_t i = 0; i < ladder->bucket_count; i++) {
        free(ladder->buckets[i].events);
    }
    free(ladder->buckets);
    free(ladder->far.events);
    free(ladder->bottom.events);
}

static inline void ladder_sort_in(struct reference_ladder *ladder, const struct list_event *event)
{
    struct bucket *bottom = &ladder->bottom;
    bucket_add(bottom, event);
    int at = bottom->count - 1;
    while (at > ladder->bottom_first && list_event_before(event, &bottom->events[at - 1])) {
        bottom->events[at] = bottom->events[at - 1];
        at--;
    }
    bottom->events[at] = *event;
}

/* `current` is the first bucket that was not moved to the bottom. */
static inline void ladder_put(struct reference_ladder *ladder, const struct list_event *event)
{
    uint64_t bucket = (event->time_ns - ladder->base_ns) >> ladder->width_bits;
    if (event->time_ns < ladder->base_ns || bucket < ladder->current) {
        ladder_sort_in(ladder, event);
    } else if (bucket < ladder->bucket_count) {
        bucket_add(&ladder->buckets[bucket], event);
    } else {
        bucket_add(&ladder->far, event);
    }
}

static inline void ladder_push(struct reference_ladder *ladder, uint64_t time_ns,
                               reference_handler *handler, void *argument)
{
    struct list_event event = {time_ns, ladder->sequence++, handler, argument};
    ladder_put(ladder, &event);
}

static inline void ladder_next_rung(struct reference_ladder *ladder)
{
    struct bucket far = ladder->far;
    ladder->far = (struct bucket){0};
    ladder->base_ns += ladder->bucket_count << ladder->width_bits;
    ladder->current = 0;
    for (int i = 0; i < far.count; i++) {
        ladder_put(ladder, &far.events[i]);
    }
    free(far.events);
}

static inline void ladder_step(struct reference_ladder *ladder, void *owner)
{
    while (ladder->bottom_first == ladder->bottom.count) {
        ladder->bottom_first = ladder->bottom.count = 0;
        if (ladder->current == ladder->bucket_count) {
            ladder_next_rung(ladder);
            continue;
        }
        struct bucket *bucket = &ladder->buckets[ladder->current++];
        for (int i = 0; i < bucket->count; i++) {
            ladder_sort_in(ladder, &bucket->events[i]);
        }
        bucket->count = 0;
    }
    struct list_event event = ladder->bottom.events[ladder->bottom_first++];
    event.handler(owner, event.time_ns, event.argument);
}

#endif
