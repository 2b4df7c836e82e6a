/*
 * 100,000 idle connections: bytes of state each, and simulated seconds a second; alone, and with
 * the store's keepalive that asks each after 300 s.
 */
#include <string.h>

#include "bench_common.h"
#include "sim/net/tcp.h"
#include "sim/sim.h"

enum { CONNECTIONS = 100000, MACHINES = 4, AT_ONCE = 200 };

static void carry_out(struct world *world, const struct command *command)
{
    char buffer[256];
    struct text answer = TEXT(buffer);
    struct error error = {.id = ERROR_NONE};
    if (!world_command(world, command, &answer, &error)) {
        fputs("a command was not understood\n", stderr);
        exit(1);
    }
}

#define SAY(world, ...)                                                                            \
    do {                                                                                           \
        struct command command;                                                                    \
        command_of(&command, __VA_ARGS__, (const char *)NULL);                                     \
        carry_out(world, &command);                                                                \
    } while (0)

static const char *const machines[MACHINES] = {"app-1", "app-2", "app-3", "app-4"};
static const char *const clients[MACHINES] = {"c1", "c2", "c3", "c4"};

static struct world *open_world(size_t *bytes)
{
    static struct outside outside;
    struct world_limits limits = {
        .components = 64, .connections = CONNECTIONS + 64, .events = 400000, .requests = 64};
    struct error error;
    *bytes = world_bytes(&limits);
    struct world *world = world_open(map_memory(*bytes), *bytes, &limits, &outside, &error);
    if (world == NULL) {
        fputs("the world could not be opened\n", stderr);
        exit(1);
    }
    SAY(world, "network", "latency=5ms");
    SAY(world, "machine", "redis-1", "ram=64GiB");
    SAY(world, "add", "store", "cache", "on", "redis-1", "save=");
    for (unsigned i = 0; i < MACHINES; i++) {
        SAY(world, "machine", machines[i]);
        SAY(world, "add", "client", clients[i], "on", machines[i], "to=cache", "rate=0/s");
    }
    return world;
}

static void connect_all(struct world *world)
{
    uint32_t store = component_find(world, "cache");
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        tcp_connect(world, component_find(world, clients[i % MACHINES]), store, NULL);
        if (i % AT_ONCE == 0)
            world_run(world, world->now_ns + 20 * MS_NS, 0);
    }
    world_run(world, world->now_ns + 5 * SECOND_NS, 0);
}

int main(void)
{
    size_t bytes;
    struct world *world = open_world(&bytes);
    uint64_t before = region_used(&world->region);
    double start = clock_seconds();
    connect_all(world);
    double opened = clock_seconds() - start;
    uint64_t used = region_used(&world->region) - before;
    uint64_t established = tcp_established(world, component_find(world, "redis-1"));
    printf("%u connections opened in %.2f s, %u stand\n", CONNECTIONS, opened,
           (unsigned)established);
    printf("bytes of state each: %.0f in all; %u in its slab\n", (double)used / CONNECTIONS,
           world->region.slabs[SLAB_CONNECTION].item_bytes);
    keep_goal("100,000 idle connections: state of each", (double)used / CONNECTIONS, "B", AT_MOST,
              256);
    uint64_t events = world->events;
    start = clock_seconds();
    world_run(world, world->now_ns + 200 * SECOND_NS, 0);
    double idle = clock_seconds() - start;
    printf("idle: %.0f simulated s a second (%llu events in 200 s)\n", 200 / idle,
           (unsigned long long)(world->events - events));
    keep_goal("100,000 idle connections: simulated s a second", 200 / idle, "", AT_LEAST, 100);
    events = world->events;
    start = clock_seconds();
    world_run(world, world->now_ns + 600 * SECOND_NS, 0);
    idle = clock_seconds() - start;
    printf("with two keepalive probes each: %.0f simulated s a second (%llu events in 600 s)\n",
           600 / idle, (unsigned long long)(world->events - events));
    munmap(world, bytes);
    return established == CONNECTIONS ? 0 : 1;
}
