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

#endif
