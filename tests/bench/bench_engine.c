/*
 * The engine beside bare references in one run: event queue, re-armed timers, copies of the region.
 *
 * HOLD: n events wait; take the earliest, put one in after a drawn delay.  Each row is the median
 * of nine alternating rounds; draws and the call through a pointer are on both sides.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/queue.h"
#include "sim/engine/random.h"
#include "tests/bench/bench_common.h"
#include "tests/bench/reference_draw.h"
#include "tests/bench/reference_queue.h"
#include "tests/bench/reference_wheel.h"

#define SECOND_NS UINT64_C(1000000000)
#define TIMER_NS  (30 * SECOND_NS)
#define PACKET_NS UINT64_C(1000)
#define TIE_NS    UINT64_C(1000000)

enum work { WORK_EXPONENTIAL, WORK_SKEWED, WORK_TIES };

/* ---- the engine's side ---- */

struct header {
    struct region region;
    struct queue queue;
};

struct engine {
    struct header *header;
    size_t bytes;
    struct stream stream;
    struct deadline {
        uint64_t due_ns; /* its event comes then or earlier */
        event_id event;
    } * deadlines;
    uint64_t now_ns, next_ns;
};

typedef void engine_handler(struct engine *engine, const struct event *event);

static void engine_init(struct engine *engine, uint32_t limit)
{
    struct slab_spec specs[SLAB_COUNT] = {{0, 0}};
    specs[SLAB_EVENT] = (struct slab_spec){EVENT_NODE_BYTES, limit};
    engine->bytes = (size_t)limit * (EVENT_NODE_BYTES + 64) + ((size_t)8 << 20);
    engine->header = map_memory(engine->bytes);
    engine->stream = stream_of(1, "bench", "delay");
    engine->now_ns = engine->next_ns = 0;
    if (!region_init(&engine->header->region, engine->bytes, sizeof *engine->header, specs)) {
        exit(1);
    }
}

static void engine_put(struct engine *engine, uint64_t time_ns, uint16_t kind, uint32_t who)
{
    struct payload payload = {{{who}}};
    struct header *header = engine->header;
    if (queue_push(&header->region, &header->queue, time_ns, kind, who, &payload) == 0) {
        exit(1);
    }
}

static void engine_exponential(struct engine *engine, const struct event *event)
{
    uint64_t delay_ns = stream_exponential(&engine->stream, SECOND_NS);
    engine_put(engine, event->time_ns + delay_ns, event->kind, event->who);
}

static void engine_skewed(struct engine *engine, const struct event *event)
{
    uint64_t delay_ns = event->who % 2 ? TIMER_NS : stream_exponential(&engine->stream, PACKET_NS);
    engine_put(engine, event->time_ns + delay_ns, event->kind, event->who);
}

static void engine_ties(struct engine *engine, const struct event *event)
{
    engine_put(engine, event->time_ns + TIE_NS, event->kind, event->who);
}

static engine_handler *const engine_handlers[] = {engine_exponential, engine_skewed, engine_ties};

static void engine_hold(void *state, long operations)
{
    struct engine *engine = state;
    struct header *header = engine->header;
    struct event event;
    for (long i = 0; i < operations; i++) {
        queue_pop(&header->region, &header->queue, &event);
        engine_handlers[event.kind](engine, &event);
    }
}

/* ---- the references' side: one loop for each queue, made of the same text ---- */

struct bare {
    struct draw draw;
    struct reference_heap heap;
    struct reference_calendar calendar;
    struct reference_ladder ladder;
};

#define BARE_SIDE(NAME, PUSH, STEP)                                                                \
    static void NAME##_exponential(void *owner, uint64_t time_ns, void *argument)                  \
    {                                                                                              \
        struct bare *bare = owner;                                                                 \
        PUSH(&bare->NAME, time_ns + draw_delay_ns(&bare->draw, (double)SECOND_NS),                 \
             NAME##_exponential, argument);                                                        \
    }                                                                                              \
    static void NAME##_run(void *state, long operations)                                           \
    {                                                                                              \
        struct bare *bare = state;                                                                 \
        for (long i = 0; i < operations; i++) {                                                    \
            STEP(&bare->NAME, bare);                                                               \
        }                                                                                          \
    }

BARE_SIDE(heap, heap_reference_push, heap_reference_step)
BARE_SIDE(calendar, calendar_push, calendar_step)
BARE_SIDE(ladder, ladder_push, ladder_step)

static void heap_skewed(void *owner, uint64_t time_ns, void *argument)
{
    struct bare *bare = owner;
    uint64_t delay_ns = argument != NULL ? TIMER_NS : draw_delay_ns(&bare->draw, (double)PACKET_NS);
    heap_reference_push(&bare->heap, time_ns + delay_ns, heap_skewed, argument);
}

static void heap_ties(void *owner, uint64_t time_ns, void *argument)
{
    struct bare *bare = owner;
    heap_reference_push(&bare->heap, time_ns + TIE_NS, heap_ties, argument);
}

/* ---- the rows ---- */

static void row_name(char name[64], const char *work, long count)
{
    snprintf(name, 64, "%s n=%ld", work, count);
}

static uint64_t first_delay_ns(enum work work, struct draw *draw, long i, long count)
{
    switch (work) {
    case WORK_EXPONENTIAL:
        return draw_delay_ns(draw, (double)SECOND_NS);
    case WORK_SKEWED:
        return i % 2 ? TIMER_NS / (uint64_t)count * (uint64_t)i
                     : draw_delay_ns(draw, (double)PACKET_NS);
    default:
        return TIE_NS;
    }
}

static void compare_hold(enum work work, const char *reference, long count, double goal)
{
    static const char *const names[] = {"HOLD Exp(1 s)", "HOLD 1 us beside 30 s", "HOLD mass ties"};
    static reference_handler *const heap_handlers[] = {heap_exponential, heap_skewed, heap_ties};
    static struct bare bare;
    static struct engine engine;
    char name[64];
    struct side ours = {engine_hold, &engine};
    struct side other = {heap_run, &bare};
    engine_init(&engine, (uint32_t)count + 1);
    draw_init(&bare.draw, 42);
    heap_reference_init(&bare.heap, count);
    calendar_init(&bare.calendar, count, SECOND_NS);
    ladder_init(&bare.ladder, count, SECOND_NS);
    for (long i = 0; i < count; i++) {
        uint64_t time_ns = first_delay_ns(work, &bare.draw, i, count);
        engine_put(&engine, time_ns, (uint16_t)work, (uint32_t)i);
        if (strcmp(reference, "calendar") == 0) {
            other.run = calendar_run;
            calendar_push(&bare.calendar, time_ns, calendar_exponential, NULL);
        } else if (strcmp(reference, "ladder") == 0) {
            other.run = ladder_run;
            ladder_push(&bare.ladder, time_ns, ladder_exponential, NULL);
        } else {
            heap_reference_push(&bare.heap, time_ns, heap_handlers[work], i % 2 ? &bare : NULL);
        }
    }
    row_name(name, names[work], count);
    compare_sides(name, reference, goal, &ours, &other, count < 100000 ? 1000000 : 500000);
    munmap(engine.header, engine.bytes);
    heap_reference_release(&bare.heap);
    calendar_release(&bare.calendar);
    ladder_release(&bare.ladder);
}

#define TIMERS 100000u

static void engine_rearm(void *state, long operations)
{
    struct engine *engine = state;
    struct header *header = engine->header;
    struct payload payload = {{{0}}};
    for (long i = 0; i < operations; i++) {
        uint32_t timer = (uint32_t)stream_below(&engine->stream, TIMERS);
        queue_cancel(&header->region, &header->queue, engine->deadlines[timer].event);
        engine->now_ns += PACKET_NS;
        engine->deadlines[timer].event = queue_push(
            &header->region, &header->queue,
            engine->now_ns + stream_exponential(&engine->stream, SECOND_NS), 0, timer, &payload);
    }
}

/* An event that comes before its timer's deadline is put in again there; one in time begins anew.
 */
static void engine_fire(struct engine *engine)
{
    struct header *header = engine->header;
    struct payload payload = {{{0}}};
    struct event event;
    while (queue_next(&header->region, &header->queue) <= engine->now_ns) {
        queue_pop(&header->region, &header->queue, &event);
        struct deadline *deadline = &engine->deadlines[event.who];
        if (deadline->due_ns <= engine->now_ns) {
            deadline->due_ns = engine->now_ns + SECOND_NS;
        }
        deadline->event =
            queue_push(&header->region, &header->queue, deadline->due_ns, 0, event.who, &payload);
    }
    engine->next_ns = queue_next(&header->region, &header->queue);
}

/* As the simulation re-arms what each packet puts off: the deadline alone is written down. */
static void engine_put_off(void *state, long operations)
{
    struct engine *engine = state;
    for (long i = 0; i < operations; i++) {
        uint32_t timer = (uint32_t)stream_below(&engine->stream, TIMERS);
        engine->now_ns += PACKET_NS;
        engine->deadlines[timer].due_ns = engine->now_ns + SECOND_NS;
        if (engine->next_ns <= engine->now_ns) {
            engine_fire(engine);
        }
    }
}

struct bare_timers {
    struct draw draw;
    struct reference_wheel wheel;
    uint64_t now_ns;
    bool even; /* always a second from now */
};

static void wheel_rearm(void *state, long operations)
{
    struct bare_timers *bare = state;
    for (long i = 0; i < operations; i++) {
        uint32_t timer = (uint32_t)((reference_wide)draw_next(&bare->draw) * TIMERS >> 64);
        bare_wheel_unlink(&bare->wheel, timer);
        bare->now_ns += PACKET_NS;
        uint64_t delay_ns = bare->even ? SECOND_NS : draw_delay_ns(&bare->draw, (double)SECOND_NS);
        bare_wheel_link(&bare->wheel, timer, bare->now_ns + delay_ns);
    }
}

/* The wheel never fires; one side fires and puts in again, the other one cancels each time. */
static void compare_rearm(const char *work, run_side *run, bool even)
{
    static struct engine engine;
    static struct bare_timers bare;
    struct payload payload = {{{0}}};
    engine_init(&engine, TIMERS);
    engine.deadlines = malloc(TIMERS * sizeof *engine.deadlines);
    draw_init(&bare.draw, 42);
    bare.now_ns = 0;
    bare.even = even;
    bare_wheel_init(&bare.wheel, TIMERS);
    for (uint32_t i = 0; i < TIMERS; i++) {
        uint64_t time_ns = draw_delay_ns(&bare.draw, (double)SECOND_NS) + 1;
        event_id event =
            queue_push(&engine.header->region, &engine.header->queue, time_ns, 0, i, &payload);
        engine.deadlines[i] = (struct deadline){time_ns, event};
        bare_wheel_link(&bare.wheel, i, time_ns);
    }
    compare_sides(work, "wheel", 0.6, &(struct side){run, &engine},
                  &(struct side){wheel_rearm, &bare}, 1000000);
    free(engine.deadlines);
    munmap(engine.header, engine.bytes);
    bare_wheel_release(&bare.wheel);
}

struct copies {
    struct header *from, *to;
    char *packed, *plain_from, *plain_to;
    size_t used;
};

static void run_clone(void *state, long operations)
{
    struct copies *copies = state;
    for (long i = 0; i < operations; i++) {
        region_copy(&copies->to->region, &copies->from->region);
    }
}

static void run_take(void *state, long operations)
{
    struct copies *copies = state;
    for (long i = 0; i < operations; i++) {
        region_pack(copies->packed, &copies->from->region);
    }
}

static void run_restore(void *state, long operations)
{
    struct copies *copies = state;
    for (long i = 0; i < operations; i++) {
        region_unpack(&copies->to->region, copies->packed);
    }
}

static void run_memcpy(void *state, long operations)
{
    struct copies *copies = state;
    for (long i = 0; i < operations; i++) {
        memcpy(copies->plain_to, copies->plain_from, copies->used);
        __asm__ volatile("" : : "r"(copies->plain_to) : "memory");
    }
}

static void compare_copies(size_t mebibytes)
{
    static struct engine engines[2];
    struct copies copies;
    char name[64];
    uint32_t events = (uint32_t)(mebibytes << 20) / EVENT_NODE_BYTES;
    engine_init(&engines[0], events);
    engine_init(&engines[1], events);
    for (uint32_t i = 0; i < events; i++) {
        engine_put(&engines[0], stream_exponential(&engines[0].stream, SECOND_NS), 0, i);
    }
    copies.from = engines[0].header;
    copies.to = engines[1].header;
    copies.used = region_used(&copies.from->region);
    copies.packed = map_memory(copies.used);
    copies.plain_from = map_memory(copies.used);
    copies.plain_to = map_memory(copies.used);
    region_pack(copies.plain_from, &copies.from->region);
    static const struct {
        const char *work;
        run_side *run;
    } rows[] = {{"clone", run_clone}, {"take a checkpoint", run_take}, {"restore", run_restore}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(name, sizeof name, "%s, %zu MB", rows[i].work, mebibytes);
        if (i == 0 || i == 1) {
            rows[i].run(&copies, 1);
        }
        compare_sides(name, "memcpy", 0.8, &(struct side){rows[i].run, &copies},
                      &(struct side){run_memcpy, &copies}, mebibytes > 8 ? 5 : 300);
    }
    munmap(copies.packed, copies.used);
    munmap(copies.plain_from, copies.used);
    munmap(copies.plain_to, copies.used);
    munmap(engines[0].header, engines[0].bytes);
    munmap(engines[1].header, engines[1].bytes);
}

int main(void)
{
    print_head();
    compare_hold(WORK_EXPONENTIAL, "4-ary heap", 10, 0.8);
    compare_hold(WORK_EXPONENTIAL, "4-ary heap", 1000, 1.2);
    compare_hold(WORK_EXPONENTIAL, "ladder", 100000, 0.6);
    compare_hold(WORK_EXPONENTIAL, "calendar", 100000, 0.6);
    compare_hold(WORK_EXPONENTIAL, "ladder", 1000000, 0.6);
    compare_hold(WORK_EXPONENTIAL, "calendar", 1000000, 0.6);
    compare_hold(WORK_SKEWED, "4-ary heap", 1000, 1.0);
    compare_hold(WORK_SKEWED, "4-ary heap", 100000, 1.0);
    compare_hold(WORK_SKEWED, "4-ary heap", 1000000, 1.0);
    compare_hold(WORK_TIES, "4-ary heap", 1000, 1.0);
    compare_hold(WORK_TIES, "4-ary heap", 100000, 1.0);
    compare_hold(WORK_TIES, "4-ary heap", 1000000, 1.0);
    compare_rearm("re-arm one of 100k: put off by 1 s", engine_put_off, true);
    compare_rearm("re-arm one of 100k: cancel + push", engine_rearm, false);
    compare_copies(1);
    compare_copies(32);
    return 0;
}
