/*
 * Three servers behind a balancer, and a place for clients, 10 ms apart.
 */
#ifndef TESTS_UNIT_BALANCER_FIXTURE_H
#define TESTS_UNIT_BALANCER_FIXTURE_H

#include "tests/unit/client_fixture.h"

/* Three servers behind one address; `words` go to the balancer, an empty client adds none. */
static inline struct world *balanced(const char *words, const char *client)
{
    char line[400];
    struct world *world = plain_open();
    plain_say(world, "network latency=10ms");
    plain_say(world, "machine edge-1");
    plain_say(world, "machine users-1");
    for (char c = 'a'; c <= 'c'; c++) {
        snprintf(line, sizeof line, "machine app-%c", c);
        plain_say(world, line);
        snprintf(line, sizeof line, "add server %c on app-%c service=1ms accept_cost=0ms", c, c);
        plain_say(world, line);
    }
    snprintf(line, sizeof line, "add balancer lb on edge-1 to=a,b,c %s", words);
    plain_say(world, line);
    snprintf(line, sizeof line, "add client users on users-1 to=lb op=http %s", client);
    if (client[0] != 0)
        plain_say(world, line);
    return world;
}

#endif
