/*
 * A world with one machine and bare names on it, for the tests of the machine.
 *
 * Stands in the place of machine_answer (sim/machine/answer.c), so that what the machine would hand
 * to a component is kept in a list.
 */
#ifndef TESTS_UNIT_MACHINE_FIXTURE_H
#define TESTS_UNIT_MACHINE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/machine/inside.h"
#include "sim/sim.h"

#define ANSWERS_MAX 65536
#define MB          1000000ull

struct answer {
    uint64_t time_ns;
    uint32_t component;
    uint32_t what;
    struct payload payload;
};

struct fixture {
    struct world *world;
    uint32_t machine;
    struct outside outside;
    uint32_t answers;
    uint32_t traces[TRACE_COUNT];
    struct answer answer[ANSWERS_MAX];
    /* Called for each answer; may put more work in. */
    void (*then)(struct fixture *fixture, const struct answer *answer);
    uint64_t number; /* for `then` */
};

static struct fixture fixture;

static void fixture_answer(uint32_t component, uint32_t what, const struct payload *payload)
{
    struct answer *answer = &fixture.answer[fixture.answers];

    assert_in_range(fixture.answers, 0, ANSWERS_MAX - 1);
    fixture.answers++;
    *answer = (struct answer){fixture.world->now_ns, component, what, *payload};
    if (fixture.then != NULL)
        fixture.then(&fixture, answer);
}

void machine_answer(struct world *world, uint32_t component, uint8_t what,
                    const struct payload *payload)
{
    assert_ptr_equal(world, fixture.world);
    fixture_answer(component, what, payload);
}

static void fixture_trace(void *user, struct world *world, const struct record *record)
{
    (void)world;
    ((struct fixture *)user)->traces[record->what]++;
}

/* Carries out a command of up to five words. */
static void act(const char *a, const char *b, const char *c, const char *d, const char *e)
{
    struct command command;
    struct error error = {0};
    char words[200];
    struct text answer = TEXT(words);

    command_of(&command, a, b, c, d, e, (const char *)NULL);
    if (!world_command(fixture.world, &command, &answer, &error)) {
        text_clear(&answer);
        error_add(&answer, &error, LANGUAGE_EN);
        fail_msg("%s", words);
    }
}

/* A machine named m with up to three parameters. */
static void fixture_open(const char *a, const char *b, const char *c)
{
    const struct world_limits limits = {1024, 16, 65536, 8192};
    const size_t bytes = world_bytes(&limits);
    struct error error;

    fixture = (struct fixture){.outside = {.listener = fixture_trace, .user = &fixture}};
    fixture.world = world_open(calloc(1, bytes), bytes, &limits, &fixture.outside, &error);
    assert_non_null(fixture.world);
    act("machine", "m", a, b, c);
    fixture.machine = component_find(fixture.world, "m");
    assert_int_not_equal(fixture.machine, 0);
}

static int fixture_close(void **state)
{
    (void)state;
    free(fixture.world);
    fixture.world = NULL;
    return 0;
}

/* A component of a kind without a process: a name that the machine may work for. */
static uint32_t tenant(const char *name)
{
    const uint32_t id = component_new(fixture.world, KIND_LINK, name, fixture.machine);

    assert_int_not_equal(id, 0);
    component_at(fixture.world, id)->up = 1;
    return id;
}

/* Fires the next event if it is not after until_ns. */
static bool step(uint64_t until_ns)
{
    struct world *world = fixture.world;
    struct event event;

    if (queue_next(&world->region, &world->queue) > until_ns)
        return false;
    assert_true(queue_pop(&world->region, &world->queue, &event));
    world->now_ns = event.time_ns;
    world->events++;
    if (event.kind >> 8 == KIND_MACHINE)
        machine_kind.event(world, event.who, &event);
    else
        fixture_answer(event.who, event_what(&event), &event.payload);
    return true;
}

static void run_until(uint64_t until_ns)
{
    while (step(until_ns))
        continue;
    fixture.world->now_ns = until_ns;
}

static inline uint32_t live(enum slab_id slab)
{
    return fixture.world->region.slabs[slab].live;
}

static inline int64_t metric(const char *name)
{
    struct value value = {0};
    const int row = metric_find(&machine_kind, name);

    assert_true(row >= 0);
    assert_true(metric_read(fixture.world, fixture.machine, (unsigned)row, &value));
    return value.number;
}

static inline struct machine_state *machine(void)
{
    return machine_at(fixture.world, fixture.machine);
}

/* --- files ---------------------------------------------------------------------------------- */

static inline uint32_t append(uint32_t file, uint64_t bytes)
{
    uint64_t written;

    assert_int_equal(file_append(fixture.world, file, bytes, &written), FILE_OK);
    assert_int_equal(written, bytes);
    return file;
}

static inline uint32_t file_of(uint32_t component, const char *name, uint64_t bytes)
{
    const uint32_t file = file_create(fixture.world, component, name);

    assert_int_not_equal(file, 0);
    return append(file, bytes);
}

static inline void lengths(uint32_t file, uint64_t length, uint64_t durable)
{
    assert_int_equal(file_at(fixture.world, file)->length, length);
    assert_int_equal(file_at(fixture.world, file)->durable, durable);
}

#endif
