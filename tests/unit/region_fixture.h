/*
 * A region with a queue in its header, in plain memory: what the tests of the engine's floor use.
 */
#ifndef TESTS_UNIT_REGION_FIXTURE_H
#define TESTS_UNIT_REGION_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sim/engine/queue.h"
#include "sim/engine/random.h"
#include "sim/engine/region.h"

#define FIXTURE_BYTES ((size_t)4 << 20)

struct fixture {
    struct region region;
    struct queue queue;
};

static inline struct fixture *fixture_open(uint32_t events, uint32_t messages)
{
    struct slab_spec specs[SLAB_COUNT] = {{0, 0}};
    specs[SLAB_EVENT] = (struct slab_spec){EVENT_NODE_BYTES, events};
    specs[SLAB_MESSAGE] = (struct slab_spec){24, messages};
    struct fixture *fixture = calloc(1, FIXTURE_BYTES);
    assert_non_null(fixture);
    assert_true(region_init(&fixture->region, FIXTURE_BYTES, sizeof *fixture, specs));
    return fixture;
}

static inline void assert_same_bytes(const struct fixture *a, const struct fixture *b)
{
    assert_memory_equal(a, b, FIXTURE_BYTES);
}

#endif
