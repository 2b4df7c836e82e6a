/*
 * TCP: addresses and ephemeral ports.
 *
 * A port is taken towards one server (its machine and port), so another server gives another
 * 28,232 of them (TRUTH net.timewait.exhaustion).  connect(2) takes the ports that are as even or
 * odd as the first of the range before the others (Linux __inet_hash_connect).
 */
#include "sim/net/tcp_inside.h"

#include <string.h>

#include "sim/machine/machine.h"
#include "sim/net/way.h"

#define CHUNKS      256u
#define CHUNK_PORTS 256u
#define CHUNK_BYTES (CHUNK_PORTS * sizeof(uint32_t))
#define TW_REUSE_NS SECOND_NS /* Linux tcp_tw_reuse_delay */

/* The ports of a machine towards one server: a list hangs on the way to it. */
struct port_set {
    ref next;
    uint32_t server;
    uint32_t last;                  /* the one that was given last */
    uint32_t first_port, last_port; /* the range that `full` speaks of */
    uint32_t unused;
    uint64_t full[2][CHUNKS / 64]; /* a search found no port of this parity, and none of the chunk
                                    * was freed since */
    uint64_t reuse_ns;             /* before it no TIME_WAIT is old enough to give its port */
    uint16_t used[CHUNKS];         /* entries of a chunk that are not 0 */
    ref chunks[CHUNKS]; /* u32[CHUNK_PORTS]: the port's connection, as long as it is there */
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

static uint32_t *port_entry(const struct world *world, const struct port_set *set, uint32_t port)
{
    ref chunk = set->chunks[port / CHUNK_PORTS];
    return chunk == 0 ? NULL : (uint32_t *)arena_at(&world->region, chunk) + port % CHUNK_PORTS;
}

/* The connection that has the port, 0 none. */
static uint32_t port_connection(const struct world *world, const struct port_set *set,
                                uint32_t port)
{
    const uint32_t *entry = port_entry(world, set, port);
    return entry == NULL ? 0 : *entry;
}

static void port_note(struct world *world, struct port_set *set, uint32_t port, uint32_t index)
{
    ref *chunk = &set->chunks[port / CHUNK_PORTS];
    if (*chunk == 0 && index != 0)
        *chunk = arena_take(&world->region, CHUNK_BYTES);
    if (*chunk == 0)
        return;
    uint32_t *entry = port_entry(world, set, port);
    uint16_t *used = &set->used[port / CHUNK_PORTS];
    *used = (uint16_t)(*used + (*entry == 0 && index != 0) - (*entry != 0 && index == 0));
    *entry = index;
    if (*used == 0) {
        arena_give(&world->region, *chunk, CHUNK_BYTES);
        *chunk = 0;
    }
}

/* May a connection take the port?  One in TIME_WAIT for a second, where tcp_tw_reuse allows it. */
static bool port_may_be_had(const struct world *world, const struct port_set *set, uint32_t port,
                            bool reuse)
{
    uint32_t holder = port_connection(world, set, port);
    if (holder == 0)
        return true;
    const struct tcp_end *end = &tcp_at(world, holder)->ends[0];
    if (end->state == TCP_CLOSED)
        return true;
    return reuse && end->state == TCP_TIME_WAIT &&
           end->timer_at_ns + TW_REUSE_NS <= world->now_ns + TCP_TIME_WAIT_NS;
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

/* The next port of one parity after the last that was given, 0 when none may be had.  Chunks that
 * are known to be full are passed over (full NULL: nothing is known). */
static uint32_t port_of_parity(const struct world *world, const struct port_set *set,
                               uint32_t first, uint32_t last, const uint64_t *full)
{
    if (first > last)
        return 0;
    uint32_t steps = (last - first) / 2 + 1;
    uint32_t start = set->last >= first && set->last <= last ? (set->last - first) / 2 + 1 : 0;
    for (uint32_t i = 0; i < steps;) {
        uint32_t port = first + (start + i) % steps * 2, chunk = port / CHUNK_PORTS;
        if (full == NULL || (full[chunk / 64] >> chunk % 64 & 1) == 0) {
            if (port_may_be_had(world, set, port, full == NULL))
                return port;
            i++;
            continue;
        }
        uint32_t of_chunk = (CHUNK_PORTS - 1 - port % CHUNK_PORTS) / 2 + 1;
        uint32_t of_round = steps - (start + i) % steps;
        i += of_chunk < of_round ? of_chunk : of_round;
    }
    return 0;
}

/* As long as no port was freed since, a search that found none needs not be repeated. */
static uint32_t port_unless_full(const struct world *world, struct port_set *set, unsigned parity)
{
    uint64_t *full = set->full[parity], all = UINT64_MAX;
    for (unsigned i = 0; i < CHUNKS / 64; i++)
        all &= full[i];
    if (all == UINT64_MAX)
        return 0;
    uint32_t port = port_of_parity(world, set, set->first_port + parity, set->last_port, full);
    if (port == 0)
        memset(full, 0xff, sizeof set->full[parity]);
    return port;
}

/* When the first TIME_WAIT will be old enough: one of those that are there, or one that begins now.
 */
static uint64_t reuse_begins(const struct world *world, const struct port_set *set)
{
    uint64_t soonest_ns = world->now_ns + TW_REUSE_NS;
    for (uint32_t port = set->first_port; port <= set->last_port; port++) {
        uint32_t holder = port_connection(world, set, port);
        const struct tcp_end *end = &tcp_at(world, holder)->ends[0];
        if (holder == 0 || end->state != TCP_TIME_WAIT)
            continue;
        uint64_t from_ns = end->timer_at_ns + TW_REUSE_NS - TCP_TIME_WAIT_NS;
        soonest_ns = from_ns < soonest_ns ? from_ns : soonest_ns;
    }
    return soonest_ns;
}

/* A port that a connection in TIME_WAIT has; a search that found none is not repeated in vain. */
static uint32_t port_reused(const struct world *world, struct port_set *set)
{
    if (world->now_ns < set->reuse_ns)
        return 0;
    uint32_t port = port_of_parity(world, set, set->first_port, set->last_port, NULL);
    if (port == 0)
        port = port_of_parity(world, set, set->first_port + 1, set->last_port, NULL);
    if (port == 0)
        set->reuse_ns = reuse_begins(world, set);
    return port;
}

static uint32_t port_find(const struct world *world, struct port_set *set, uint32_t way)
{
    uint32_t range[2], machine = way_at(world, way)->from;
    uint64_t reuse = parameter_get(world, machine, MACHINE_TCP_TW_REUSE);
    bool loopback = machine == way_at(world, way)->to;
    bool may_reuse = reuse == 1 || (reuse == 2 && loopback);
    range_read(world, machine, range);
    if (range[0] != set->first_port || range[1] != set->last_port) {
        memset(set->full, 0, sizeof set->full);
        set->reuse_ns = 0;
    }
    set->first_port = range[0];
    set->last_port = range[1];
    uint32_t port = port_unless_full(world, set, 0);
    if (port == 0)
        port = port_unless_full(world, set, 1);
    return port == 0 && may_reuse ? port_reused(world, set) : port;
}

uint16_t tcp_port_take(struct world *world, uint32_t index)
{
    struct connection *connection = tcp_at(world, index);
    uint32_t way = connection->ways[0];
    struct port_set *set = set_need(world, way, connection->ends[1].component);
    uint32_t port = set == NULL ? 0 : port_find(world, set, way);
    if (port == 0)
        return 0;
    uint32_t before = port_connection(world, set, port);
    if (before != 0 && tcp_at(world, before)->ends[0].state == TCP_TIME_WAIT) {
        tcp_end_gone(world, before, 0);
        tcp_release(world, before);
        before = port_connection(world, set, port);
    }
    connection->replaces = before;
    port_note(world, set, port, index);
    set->last = port;
    return (uint16_t)port;
}

static struct port_set *set_of(const struct world *world, uint32_t index)
{
    const struct connection *connection = tcp_at(world, index);
    return connection->ends[0].port == 0
               ? NULL
               : set_find(world, connection->ways[0], connection->ends[1].component);
}

void tcp_port_free(struct world *world, uint32_t index)
{
    struct port_set *set = set_of(world, index);
    uint32_t port = tcp_at(world, index)->ends[0].port, chunk = port / CHUNK_PORTS;
    if (set != NULL) /* the others are as full as they were */
        set->full[(port - set->first_port) & 1][chunk / 64] &= ~((uint64_t)1 << chunk % 64);
}

void tcp_port_forget(struct world *world, uint32_t index)
{
    struct port_set *set = set_of(world, index);
    uint32_t port = tcp_at(world, index)->ends[0].port;
    if (set != NULL && port_connection(world, set, port) == index)
        port_note(world, set, port, 0);
}
