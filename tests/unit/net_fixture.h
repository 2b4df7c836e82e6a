/*
 * A small world for the tests of the net: machines, links and dummy peers that write down what they
 * hear.
 *
 * It brings its own catalog, so that links and TCP are tested without the rest of the program.
 */
#ifndef TESTS_UNIT_NET_FIXTURE_H
#define TESTS_UNIT_NET_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/machine.h"
#include "sim/net/tcp_state.h"
#include "sim/net/way.h"

#define COMPONENTS   32
#define LADDER       4096
#define REGION_BYTES (64u << 20)

/* What a peer heard, and how it behaves. */
struct peer {
    unsigned heard[SOCKET_RESET + 1];
    uint64_t at_ns[SOCKET_RESET + 1]; /* the last time */
    uint32_t connection;              /* of the last event */
    uint64_t received;                /* messages */
    uint64_t received_ns;             /* the last */
    uint64_t last_a;
    enum tcp_failure failure;
    uint32_t answer_bytes; /* 0: does not answer */
    uint64_t accepted;
    uint32_t last_accepted;
    bool close_after_answer, close_on_close, leave_unread, never_accepts;
    void (*hears)(struct world *world, uint32_t id, uint32_t connection, enum socket_event what);
};

static struct peer peers[COMPONENTS];
static struct outside outside;

/* The segments that arrived, in order. */
static struct {
    uint64_t time_ns;
    struct segment segment;
} ladder[LADDER];
static unsigned ladder_count;
static uint64_t arrived_dark; /* at a machine without power */

static inline void take_all(struct world *world, uint32_t id, uint32_t connection)
{
    struct peer *peer = &peers[id];
    struct message message;
    while (!peer->leave_unread && tcp_receive(world, connection, id, &message)) {
        peer->received++;
        peer->received_ns = world->now_ns;
        peer->last_a = message.a;
        if (peer->answer_bytes == 0)
            continue;
        struct message answer = {.bytes = peer->answer_bytes, .a = message.a};
        if (peer->close_after_answer)
            assert_true(tcp_send_last(world, connection, id, &answer));
        else
            assert_true(tcp_send(world, connection, id, &answer));
    }
}

static inline void peer_socket(struct world *world, uint32_t id, uint32_t connection,
                               enum socket_event what)
{
    struct peer *peer = &peers[id];
    peer->heard[what]++;
    peer->at_ns[what] = world->now_ns;
    peer->connection = connection;
    if (what == SOCKET_ACCEPTABLE && !peer->never_accepts && peer->hears == NULL)
        while ((peer->connection = tcp_accept(world, id)) != 0) {
            peer->accepted++;
            peer->last_accepted = peer->connection;
        }
    if (what == SOCKET_ACCEPTABLE)
        peer->connection = peer->last_accepted;
    if (what == SOCKET_FAILED || what == SOCKET_RESET)
        peer->failure = tcp_failure(world, connection);
    if (peer->hears != NULL) {
        peer->hears(world, id, connection, what);
        return;
    }
    if (what == SOCKET_READABLE)
        take_all(world, id, connection);
    if (what == SOCKET_CLOSED && peer->close_on_close)
        tcp_close(world, connection, id);
}

#define ROW(word, kind, value)                                                                     \
    {                                                                                              \
        .name = word, .unit = kind, .maximum = UINT64_MAX, .initial = value, .en = "", .ko = ""    \
    }
#define COUNT_ROW(word, value) ROW(word, UNIT_COUNT, value)
static const struct parameter machine_rows[MACHINE_PARAMETERS] = {
    COUNT_ROW("a", "0"),
    COUNT_ROW("b", "0"),
    COUNT_ROW("c", "0"),
    COUNT_ROW("d", "0"),
    COUNT_ROW("e", "0"),
    COUNT_ROW("f", "0"),
    COUNT_ROW("g", "0"),
    COUNT_ROW("h", "0"),
    COUNT_ROW("i", "0"),
    COUNT_ROW("j", "0"),
    [MACHINE_TCP_SYN_RETRIES] = COUNT_ROW("k", "6"),
    [MACHINE_TCP_RETRIES2] = COUNT_ROW("l", "15"),
    [MACHINE_TCP_SYN_LINEAR_TIMEOUTS] = COUNT_ROW("m", "0"),
    [MACHINE_TCP_ABORT_ON_OVERFLOW] = COUNT_ROW("n", "0"),
    [MACHINE_TCP_SLOW_START_AFTER_IDLE] = COUNT_ROW("o", "1"),
    [MACHINE_TCP_TW_REUSE] = COUNT_ROW("p", "2"),
    [MACHINE_IP_LOCAL_PORT_RANGE] = ROW("q", UNIT_TEXT, "32768 60999"),
    [MACHINE_SOMAXCONN] = COUNT_ROW("r", "4096"),
    [MACHINE_TCP_RMEM] = COUNT_ROW("s", "8388608"),
    [MACHINE_TCP_WMEM] = COUNT_ROW("t", "4194304"),
};
static_assert(MACHINE_TCP_SYN_RETRIES == 10, "the rows' order");
static const struct kind test_machine_kind = {.name = "machine",
                                              .state_bytes = sizeof(struct machine_state),
                                              .parameter_count = MACHINE_PARAMETERS,
                                              .parameters = machine_rows};
static const struct kind peer_kind = {
    .name = "peer", .process = true, .port = 80, .socket = peer_socket};
const struct kind *const catalog[KIND_COUNT] = {
    [KIND_NETWORK] = &network_kind, [KIND_MACHINE] = &test_machine_kind, [KIND_LINK] = &link_kind,
    [KIND_CLIENT] = &peer_kind,     [KIND_STORE] = &peer_kind,
};

/* A world with nothing but the network's defaults. */
static inline struct world *net_open(uint64_t seed)
{
    static const struct slab_spec specs[SLAB_COUNT] = {
        [SLAB_EVENT] = {64, 65536},
        [SLAB_CONNECTION] = {sizeof(struct connection), 4096},
        [SLAB_MESSAGE] = {sizeof(struct tcp_message), 65536},
        [SLAB_REQUEST] = {64, 8},
        [SLAB_WORK] = {64, 8},
        [SLAB_FILE] = {64, 8},
        [SLAB_COMPONENT] = {sizeof(struct component), COMPONENTS},
    };
    struct world *world = calloc(1, REGION_BYTES);
    assert_non_null(world);
    assert_true(region_init(&world->region, REGION_BYTES, sizeof *world, specs));
    memset(peers, 0, sizeof peers);
    ladder_count = 0;
    arrived_dark = 0;
    world->outside = &outside;
    world->seed = seed;
    world->network = component_new(world, KIND_NETWORK, "network", 0);
    assert_int_not_equal(world->network, 0);
    return world;
}

static inline uint32_t net_machine(struct world *world, const char *name)
{
    uint32_t id = component_new(world, KIND_MACHINE, name, 0);
    assert_int_not_equal(id, 0);
    component_at(world, id)->up = 1;
    return id;
}

static inline uint32_t net_peer(struct world *world, const char *name, uint32_t machine)
{
    uint32_t id = component_new(world, KIND_CLIENT, name, machine);
    assert_int_not_equal(id, 0);
    component_at(world, id)->up = 1;
    return id;
}

static inline uint64_t in_segments(const struct world *world)
{
    uint64_t sum = 0;
    for (uint32_t m = component_next(world, 0, KIND_MACHINE); m != 0;
         m = component_next(world, m, KIND_MACHINE))
        sum += tcp_count(world, m, TCP_IN_SEGS);
    return sum;
}

static inline uint64_t dropped_packets(const struct world *world)
{
    uint64_t sum = 0;
    for (uint32_t i = 1; i < world->links.count; i++)
        sum += way_at(world, i)->dropped;
    return sum;
}

/* Fires all events up to and with a time. */
static inline void net_run(struct world *world, uint64_t until_ns)
{
    struct event event;
    while (queue_next(&world->region, &world->queue) <= until_ns) {
        assert_true(queue_pop(&world->region, &world->queue, &event));
        assert_true(event.time_ns >= world->now_ns);
        world->now_ns = event.time_ns;
        bool segment = event_what(&event) == TCP_EVENT_SEGMENT;
        uint64_t before = in_segments(world) + dropped_packets(world);
        if (segment && ladder_count < LADDER) {
            ladder[ladder_count].time_ns = event.time_ns;
            memcpy(&ladder[ladder_count++].segment, &event.payload, sizeof(struct segment));
        }
        catalog[event.kind >> 8]->event(world, event.who, &event);
        if (segment && in_segments(world) + dropped_packets(world) == before)
            arrived_dark++;
    }
    world->now_ns = until_ns;
    assert_int_equal(world->region.full, 0);
}

static inline uint64_t time_waits(const struct world *world)
{
    uint64_t sum = 0;
    for (uint32_t m = component_next(world, 0, KIND_MACHINE); m != 0;
         m = component_next(world, m, KIND_MACHINE))
        sum += tcp_time_wait(world, m);
    return sum;
}

/* Nothing is left that a closed connection held, once TIME_WAIT is over. */
static inline void net_expect_empty(struct world *world)
{
    if (time_waits(world) > 0)
        net_run(world, world->now_ns + 61 * SECOND_NS);
    assert_int_equal(world->region.slabs[SLAB_CONNECTION].live, 0);
    assert_int_equal(world->region.slabs[SLAB_MESSAGE].live, 0);
    assert_int_equal(world->queue.pending, 0);
    for (uint32_t m = component_next(world, 0, KIND_MACHINE); m != 0;
         m = component_next(world, m, KIND_MACHINE))
        assert_int_equal(tcp_established(world, m), 0);
}

#endif
