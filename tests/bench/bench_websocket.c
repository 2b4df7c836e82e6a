/*
 * 60,000 WebSockets in rooms of ten, each with a message in ten seconds: 60,000 deliveries a
 * second.  How fast a simulated minute runs, what a delivery costs, and what a connection takes of
 * memory.
 */
#include <string.h>

#include "bench_common.h"
#include "sim/net/deliveries.h"
#include "sim/sim.h"

enum { CONNECTIONS = 60000, MINUTE_S = 60 };

/* Words are parted by blanks; '~' stands for one within a word. */
static void say(struct world *world, const char *line)
{
    char buffer[256];
    struct text answer = TEXT(buffer);
    struct error error = {.id = ERROR_NONE};
    struct command command = {.count = 0};
    for (const char *word = line; *word != 0; word += strspn(word, " ")) {
        size_t bytes = strcspn(word, " ");
        command.words[command.count++] = (struct command_word){.start = command.used, .column = 1};
        for (size_t i = 0; i < bytes; i++)
            command.bytes[command.used++] = word[i] == '~' ? ' ' : word[i];
        command.used++;
        word += bytes;
    }
    if (!world_command(world, &command, &answer, &error)) {
        fprintf(stderr, "not understood: %s\n", line);
        exit(1);
    }
}

static struct world *open_world(size_t *bytes)
{
    static struct outside outside;
    struct world_limits limits = {
        .components = 64, .connections = CONNECTIONS + 64, .events = 1000000, .requests = 64000};
    struct error error;
    *bytes = world_bytes(&limits) + (256u << 20);
    struct world *world = world_open(map_memory(*bytes), *bytes, &limits, &outside, &error);
    if (world == NULL) {
        fputs("the world could not be opened\n", stderr);
        exit(1);
    }
    say(world, "machine web-1 ram=64GiB");
    say(world, "machine app-1");
    say(world, "set app-1 ip_local_port_range=1024~65535");
    return world;
}

static double run(struct world *world, uint64_t seconds)
{
    double start = clock_seconds();
    world_run(world, world->now_ns + seconds * SECOND_NS, 0);
    return clock_seconds() - start;
}

int main(void)
{
    size_t bytes;
    struct world *world = open_world(&bytes);
    say(world, "add server chat on web-1 websocket=yes model=eventloop service=0.1ms "
               "accept_cost=0.05ms maxConnections=unlimited acceptCount=1024");
    uint64_t before = region_used(&world->region);
    say(world, "add client c on app-1 to=chat op=ws connections=60000 connect_rate=4000/s room=10 "
               "send=0/s timeout=60s");
    uint32_t client = component_find(world, "c");
    double opened = run(world, 20);
    printf("%u WebSockets opened in %.2f s, %.0f bytes of state each, both ends\n", CONNECTIONS,
           opened, (double)(region_used(&world->region) - before) / CONNECTIONS);
    double idle = run(world, MINUTE_S);
    printf("idle: %.0f simulated s a second\n", MINUTE_S / idle);
    say(world, "set c send=0.1/s");
    uint64_t events = world->events, delivered = deliveries_of(world, client).delivered;
    double busy = run(world, MINUTE_S);
    delivered = deliveries_of(world, client).delivered - delivered;
    printf("60,000 deliveries a second: %.1f simulated s a second (ten minutes in %.0f s), "
           "%.0f ns a delivery, %.2f events each\n",
           MINUTE_S / busy, 600 * busy / MINUTE_S, busy * 1e9 / (double)delivered,
           (double)(world->events - events) / (double)delivered);
    keep_goal("60,000 WebSockets in rooms of 10, 0.1 messages/s each: ten minutes",
              600 * busy / MINUTE_S, "s", AT_MOST, 60);
    printf("bytes of state each at that rate: %.0f\n",
           (double)(region_used(&world->region) - before) / CONNECTIONS);
    munmap(world, bytes);
    return delivered > 3500000 ? 0 : 1;
}
