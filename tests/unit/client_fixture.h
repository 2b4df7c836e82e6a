/*
 * A store, a place for clients, and what their metrics should be.
 */
#ifndef TESTS_UNIT_CLIENT_FIXTURE_H
#define TESTS_UNIT_CLIENT_FIXTURE_H

#include "tests/unit/plain_world.h"

#include "sim/traffic/client.h"

/* A store and a place for clients, 1 ms apart; nothing of the store is ever written to a disk. */
static inline struct world *two_machines(void)
{
    struct world *world = plain_open();
    plain_say(world, "network latency=1ms");
    plain_say(world, "machine redis-1");
    plain_say(world, "machine app-1");
    plain_say(world, "add store cache on redis-1 save= appendonly=no");
    plain_run_ms(world, 100);
    return world;
}

static inline void same(struct world *world, const char *metric, int64_t expected)
{
    int64_t found = plain_metric(world, metric);
    if (found != expected)
        fail_msg("%s is %lld, not %lld", metric, (long long)found, (long long)expected);
}

static inline void between(struct world *world, const char *metric, int64_t low, int64_t high)
{
    int64_t found = plain_metric(world, metric);
    if (found < low || found > high)
        fail_msg("%s is %lld, not from %lld to %lld", metric, (long long)found, (long long)low,
                 (long long)high);
}

#endif
