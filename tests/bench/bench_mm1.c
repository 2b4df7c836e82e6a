/*
 * M/M/1, a million customers at a load of 0.9, with the time of each in the system: the engine's
 * queue, draws and histogram beside a bare heap with handlers, its draws and a sum.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/engine/histogram.h"
#include "sim/engine/queue.h"
#include "sim/engine/random.h"
#include "tests/bench/bench_common.h"
#include "tests/bench/reference_draw.h"
#include "tests/bench/reference_queue.h"

#define SERVICE_NS 900000u /* mean; */
#define BETWEEN_NS 1000000u
#define LINE       (1u << 20) /* who waits: a ring, far longer than it gets */

struct line {
    uint64_t *arrived_ns;
    uint32_t head, tail;
};

static void line_come(struct line *line, uint64_t now_ns)
{
    line->arrived_ns[line->tail++ % LINE] = now_ns;
}

static uint64_t line_go(struct line *line, uint64_t now_ns)
{
    return now_ns - line->arrived_ns[line->head++ % LINE];
}

/* ---- the engine's side ---- */

enum { ARRIVES, LEAVES };

struct engine {
    struct header {
        struct region region;
        struct queue queue;
    } * header;
    struct stream stream;
    struct histogram stay;
    struct line line;
};

static void engine_init(struct engine *engine)
{
    struct slab_spec specs[SLAB_COUNT] = {{0, 0}};
    size_t bytes = (size_t)8 << 20;
    specs[SLAB_EVENT] = (struct slab_spec){EVENT_NODE_BYTES, 64};
    engine->header = map_memory(bytes);
    engine->stream = stream_of(1, "bench", "customer");
    engine->line.arrived_ns = malloc(LINE * sizeof(uint64_t));
    if (engine->line.arrived_ns == NULL ||
        !region_init(&engine->header->region, bytes, sizeof *engine->header, specs)) {
        exit(1);
    }
}

static void engine_after(struct engine *engine, uint64_t now_ns, uint16_t what, uint64_t mean_ns)
{
    static const struct payload nothing;
    uint64_t delay_ns = stream_exponential(&engine->stream, mean_ns);
    if (queue_push(&engine->header->region, &engine->header->queue, now_ns + delay_ns, what, 1,
                   &nothing) == 0) {
        exit(1);
    }
}

static void engine_arrives(struct engine *engine, uint64_t now_ns)
{
    line_come(&engine->line, now_ns);
    if (engine->line.tail - engine->line.head == 1) {
        engine_after(engine, now_ns, LEAVES, SERVICE_NS);
    }
    engine_after(engine, now_ns, ARRIVES, BETWEEN_NS);
}

static void engine_leaves(struct engine *engine, uint64_t now_ns)
{
    histogram_record(&engine->header->region, &engine->stay, line_go(&engine->line, now_ns));
    if (engine->line.tail != engine->line.head) {
        engine_after(engine, now_ns, LEAVES, SERVICE_NS);
    }
}

static void engine_run(void *state, long customers)
{
    static void (*const handlers[])(struct engine *, uint64_t) = {engine_arrives, engine_leaves};
    struct engine *engine = state;
    uint64_t until = engine->stay.count + (uint64_t)customers;
    struct event event;
    while (engine->stay.count < until) {
        queue_pop(&engine->header->region, &engine->header->queue, &event);
        handlers[event.kind](engine, event.time_ns);
    }
}

/* ---- the reference's side ---- */

struct bare {
    struct draw draw;
    struct reference_heap heap;
    struct line line;
    uint64_t left;
    double stay_ns;
};

static void bare_arrives(void *owner, uint64_t now_ns, void *argument);

static void bare_leaves(void *owner, uint64_t now_ns, void *argument)
{
    struct bare *bare = owner;
    bare->stay_ns += (double)line_go(&bare->line, now_ns);
    bare->left++;
    if (bare->line.tail != bare->line.head) {
        heap_reference_push(&bare->heap, now_ns + draw_delay_ns(&bare->draw, SERVICE_NS),
                            bare_leaves, argument);
    }
}

static void bare_arrives(void *owner, uint64_t now_ns, void *argument)
{
    struct bare *bare = owner;
    line_come(&bare->line, now_ns);
    if (bare->line.tail - bare->line.head == 1) {
        heap_reference_push(&bare->heap, now_ns + draw_delay_ns(&bare->draw, SERVICE_NS),
                            bare_leaves, argument);
    }
    heap_reference_push(&bare->heap, now_ns + draw_delay_ns(&bare->draw, BETWEEN_NS), bare_arrives,
                        argument);
}

static void bare_run(void *state, long customers)
{
    struct bare *bare = state;
    uint64_t until = bare->left + (uint64_t)customers;
    while (bare->left < until) {
        heap_reference_step(&bare->heap, bare);
    }
}

int main(void)
{
    static struct engine engine;
    static struct bare bare;
    engine_init(&engine);
    engine_after(&engine, 0, ARRIVES, BETWEEN_NS);
    draw_init(&bare.draw, 42);
    heap_reference_init(&bare.heap, 64);
    bare.line.arrived_ns = malloc(LINE * sizeof(uint64_t));
    if (bare.line.arrived_ns == NULL) {
        return 1;
    }
    heap_reference_push(&bare.heap, 1, bare_arrives, NULL);
    print_head();
    compare_sides("M/M/1, customers", "bare event style", 0.6, &(struct side){engine_run, &engine},
                  &(struct side){bare_run, &bare}, 1000000);
    /* Theory: 1 / (1/0.9 - 1) ms = 9 ms in the mean. */
    printf("in the system: %.2f ms here, %.2f ms there; 9 in theory\n",
           (double)histogram_mean(&engine.stay) / 1e6, bare.stay_ns / (double)bare.left / 1e6);
    return 0;
}
