/*
 * TCP: addresses and ephemeral ports.
 *
 * A port is taken towards one server (its machine and port), so another server gives another
 * 28,232 of them (TRUTH net.timewait.exhaustion).  connect(2) takes the ports that are as even or
 * odd as the first of the range before the others (Linux __inet_hash_connect).
 */
#include "sim/net/tcp_state.h"

#include "sim/machine/machine.h"
#include "sim/net/way.h"

#define CHUNKS      64u
#define CHUNK_PORTS 1024u
#define CHUNK_BYTES (CHUNK_PORTS / 8)

/* The ports of a machine that are taken towards one server: a list hangs on the way to it. */
struct port_set {
    ref next;
    uint32_t server;
    uint32_t taken;
    uint32_t last; /* the one that was given last */
    uint16_t live[CHUNKS];
    ref chunks[CHUNKS]; /* a bit for each of CHUNK_PORTS; 0: none of them is taken */
};

uint32_t tcp_address(const struct world *world, uint32_t machine)
{
    uint32_t n = 0;
    for (uint32_t m = component_next(world, 0, KIND_MACHINE); m != 0;
         m = component_next(world, m, KIND_MACHINE)) {
        n++;
        if (m == machine)
            break;
    }
    return 10u << 24 | n;
}

uint16_t tcp_port(const struct world *world, uint32_t index, uint32_t component)
{
    const struct connection *connection = tcp_at(world, index);
    unsigned e = connection->ends[0].component == component ? 0 : 1;
    uint16_t port = connection->ends[e].port;
    return e == 0 || port != 0 ? port : component_kind(world, component)->port;
}

/* --- sets ------------------------------------------------------------------------------- */

static struct port_set *set_find(const struct world *world, uint32_t way, uint32_t server)
{
    ref at = way == 0 ? 0 : way_at(world, way)->ports;
    while (at != 0) {
        struct port_set *set = arena_at(&world->region, at);
        if (set->server == server)
            return set;
        at = set->next;
    }
    return NULL;
}

static struct port_set *set_need(struct world *world, uint32_t way, uint32_t server)
{
    struct port_set *set = set_find(world, way, server);
    if (set != NULL || way == 0)
        return set;
    ref at = arena_take(&world->region, sizeof *set);
    if (at == 0)
        return NULL;
    set = arena_at(&world->region, at);
    set->server = server;
    set->next = way_at(world, way)->ports;
    way_at(world, way)->ports = at;
    return set;
}

static uint64_t *port_word(const struct world *world, const struct port_set *set, uint32_t port)
{
    uint64_t *words = arena_at(&world->region, set->chunks[port / CHUNK_PORTS]);
    return words + port % CHUNK_PORTS / 64;
}

static bool port_taken(const struct world *world, const struct port_set *set, uint32_t port)
{
    return set->chunks[port / CHUNK_PORTS] != 0 &&
           (*port_word(world, set, port) >> port % 64 & 1) != 0;
}

static bool port_mark(struct world *world, struct port_set *set, uint32_t port)
{
    ref *chunk = &set->chunks[port / CHUNK_PORTS];
    if (*chunk == 0)
        *chunk = arena_take(&world->region, CHUNK_BYTES);
    if (*chunk == 0)
        return false;
    *port_word(world, set, port) |= 1ull << port % 64;
    set->live[port / CHUNK_PORTS]++;
    set->taken++;
    set->last = port;
    return true;
}

/* --- taking ----------------------------------------------------------------------------- */

static void range_read(const struct world *world, uint32_t machine, uint32_t range[2])
{
    const char *words = parameter_text(world, machine, MACHINE_IP_LOCAL_PORT_RANGE);
    for (unsigned i = 0; i < 2; i++) {
        range[i] = 0;
        while (*words == ' ' || *words == '\t')
            words++;
        while (*words >= '0' && *words <= '9')
            range[i] = range[i] * 10 + (uint32_t)(*words++ - '0');
    }
}

/* The next free port of one parity after the last that was given, 0 when there is none. */
static uint32_t port_of_parity(const struct world *world, const struct port_set *set,
                               uint32_t first, uint32_t last)
{
    if (first > last)
        return 0;
    uint32_t steps = (last - first) / 2 + 1;
    uint32_t start = set->last >= first && set->last <= last ? (set->last - first) / 2 + 1 : 0;
    for (uint32_t i = 0; i < steps; i++) {
        uint32_t port = first + (start + i) % steps * 2;
        if (!port_taken(world, set, port))
            return port;
    }
    return 0;
}

uint16_t tcp_port_take(struct world *world, uint32_t index)
{
    const struct connection *connection = tcp_at(world, index);
    uint32_t way = connection->ways[0];
    struct port_set *set = set_need(world, way, connection->ends[1].component);
    if (set == NULL)
        return 0;
    uint32_t range[2];
    range_read(world, way_at(world, way)->from, range);
    uint32_t port = 0;
    if (set->taken <= range[1] - range[0])
        port = port_of_parity(world, set, range[0], range[1]);
    if (port == 0 && set->taken <= range[1] - range[0])
        port = port_of_parity(world, set, range[0] + 1, range[1]);
    if (port == 0 || !port_mark(world, set, port))
        return 0;
    return (uint16_t)port;
}

void tcp_port_give(struct world *world, uint32_t index)
{
    const struct connection *connection = tcp_at(world, index);
    uint32_t port = connection->ends[0].port;
    struct port_set *set = set_find(world, connection->ways[0], connection->ends[1].component);
    if (port == 0 || set == NULL || !port_taken(world, set, port))
        return;
    *port_word(world, set, port) &= ~(1ull << port % 64);
    set->taken--;
    if (--set->live[port / CHUNK_PORTS] == 0) {
        arena_give(&world->region, set->chunks[port / CHUNK_PORTS], CHUNK_BYTES);
        set->chunks[port / CHUNK_PORTS] = 0;
    }
}
