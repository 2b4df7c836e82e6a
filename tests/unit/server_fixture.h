/*
 * A server and a place for clients, 50 ms apart, nothing of either costs CPU time.
 */
#ifndef TESTS_UNIT_SERVER_FIXTURE_H
#define TESTS_UNIT_SERVER_FIXTURE_H

#include "tests/unit/client_fixture.h"

#include "sim/server/server.h"

#define RTT_MS 100

/* `server` and `client` are words behind those of every test; an empty client adds none. */
static inline struct world *web_world(const char *server, const char *client)
{
    char line[400];
    struct world *world = plain_open();
    plain_say(world, "network latency=50ms bandwidth=100Gbit");
    plain_say(world, "machine web-1 cores=4");
    plain_say(world, "machine app-1");
    snprintf(line, sizeof line, "add server web on web-1 service=0ms accept_cost=0ms %s", server);
    plain_say(world, line);
    snprintf(line, sizeof line, "add client c on app-1 to=web op=http timeout=1h %s", client);
    if (client[0] != 0)
        plain_say(world, line);
    return world;
}

#endif
