/*
 * A client and a server on two machines that are 100 ms apart, for the tests of TCP.
 */
#ifndef TESTS_UNIT_TCP_FIXTURE_H
#define TESTS_UNIT_TCP_FIXTURE_H

#include "tests/unit/net_fixture.h"

#define T   (50 * MS_NS) /* one way */
#define RTT (2 * T)

static struct world *world;
static uint32_t left, right;    /* machines */
static uint32_t client, server; /* peers */
static uint32_t connection;

/* Two machines 100 ms apart; the wire itself takes next to no time. */
static inline int open_two(void **state)
{
    (void)state;
    world = net_open(7);
    left = net_machine(world, "left");
    right = net_machine(world, "right");
    client = net_peer(world, "client", left);
    server = net_peer(world, "server", right);
    link_set(world, left, right, LINK_LATENCY, T, true);
    link_set(world, left, right, LINK_BANDWIDTH, 1000 * SECOND_NS, true);
    tcp_listen(world, server, 511);
    return 0;
}

static inline int close_world(void **state)
{
    (void)state;
    free(world);
    return 0;
}

static inline void connect_now(void)
{
    connection = tcp_connect(world, client, server, NULL);
    assert_int_not_equal(connection, 0);
}

/* A connection that has been idle for a while. */
static inline void connect_first(void)
{
    connect_now();
    net_run(world, 10 * SECOND_NS);
    assert_int_equal(peers[client].heard[SOCKET_CONNECTED], 1);
    assert_int_equal(peers[server].accepted, 1);
    ladder_count = 0;
}

static inline void ask(uint32_t bytes)
{
    struct message message = {.bytes = bytes};
    assert_true(tcp_send(world, connection, client, &message));
}

/* Times are equal but for the microseconds on the wire. */
static inline void expect_near(uint64_t time_ns, uint64_t expected_ns)
{
    assert_in_range(time_ns, expected_ns, expected_ns + MS_NS);
}

/* The segments that arrived since the ladder was emptied, in one line: who sent each (c, s), its
 * flags, its bytes. */
static inline const char *ladder_words(void)
{
    static char buffer[2048];
    struct text text = TEXT(buffer);
    text_clear(&text);
    for (unsigned i = 0; i < ladder_count; i++) {
        const struct segment *segment = &ladder[i].segment;
        if (i > 0)
            text_add_char(&text, ' ');
        text_add(&text, segment->to == 1 ? "c" : "s");
        text_add(&text, segment->flags & SEGMENT_SYN ? "S" : "");
        text_add(&text, segment->flags & SEGMENT_ACK ? "A" : "");
        text_add(&text, segment->flags & SEGMENT_RST ? "R" : "");
        text_add(&text, segment->flags & SEGMENT_FIN ? "F" : "");
        if (segment->length > 0)
            text_add_u64(&text, segment->length);
    }
    return buffer;
}

#define TCP_TEST(name) cmocka_unit_test_setup_teardown(name, open_two, close_world)

#endif
