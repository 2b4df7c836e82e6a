/*
 * TCP between two dummy peers: round trips, packets, and the ladders of closing.
 *
 * The ladders and times are those that Linux showed on a 100 ms path (TRUTH net.*).
 */
#include "tests/unit/tcp_fixture.h"

/* --- round trips ------------------------------------------------------------------------ */

static void test_round_trips(void **state)
{
    (void)state;
    peers[server].answer_bytes = 452;
    connect_now();
    ask(82); /* kept until the handshake is done */
    net_run(world, SECOND_NS);
    expect_near(peers[client].at_ns[SOCKET_CONNECTED], RTT);
    expect_near(peers[server].at_ns[SOCKET_ACCEPTABLE], RTT + T);
    expect_near(peers[client].received_ns, 2 * RTT);
    ask(82);
    net_run(world, 2 * SECOND_NS);
    expect_near(peers[client].received_ns, SECOND_NS + RTT);
    assert_int_equal(peers[client].received, 2);
    assert_int_equal(tcp_established(world, left), 1);
    assert_int_equal(tcp_established(world, right), 1);
    assert_int_equal(tcp_count(world, left, TCP_ACTIVE_OPENS), 1);
    assert_int_equal(tcp_count(world, right, TCP_PASSIVE_OPENS), 1);
}

static void next_of_hundred(struct world *w, uint32_t id, uint32_t c, enum socket_event what)
{
    struct message message;
    if (what == SOCKET_CONNECTED)
        ask(32);
    while (what == SOCKET_READABLE && tcp_receive(w, c, id, &message)) {
        if (++peers[id].received < 100)
            ask(32);
        else
            tcp_close(w, c, id);
    }
}

/* TRUTH net.keepalive.100seq: 208 packets, 59,232 bytes, 101 round trips. */
static void test_hundred_requests(void **state)
{
    (void)state;
    peers[client].hears = next_of_hundred;
    peers[server].answer_bytes = 452;
    peers[server].close_on_close = true;
    connect_now();
    net_run(world, 60 * SECOND_NS);
    assert_int_equal(peers[client].received, 100);
    const struct way *there = way_at(world, way_find(world, left, right));
    const struct way *back = way_at(world, way_find(world, right, left));
    assert_int_equal(there->packets, 105);
    assert_int_equal(back->packets, 103);
    assert_int_equal(there->bytes, 8668);
    assert_int_equal(back->bytes, 50564);
    expect_near(ladder[ladder_count - 1].time_ns, 102 * RTT + T);
    assert_int_equal(tcp_count(world, left, TCP_OUT_SEGS), 105);
    assert_int_equal(tcp_count(world, left, TCP_IN_SEGS), 103);
    assert_int_equal(tcp_count(world, left, TCP_RETRANS_SEGS), 0);
    net_expect_empty(world);
}

/* The peers on one machine talk over its loopback, whatever the network is like. */
static void test_loopback(void **state)
{
    (void)state;
    uint32_t neighbour = net_peer(world, "neighbour", left);
    tcp_listen(world, neighbour, 511);
    connection = tcp_connect(world, client, neighbour, NULL);
    peers[neighbour].answer_bytes = 60000; /* a window that is not scaled yet takes 65,483 */
    ask(60000);
    net_run(world, SECOND_NS);
    assert_int_equal(peers[client].received_ns, 80 * US_NS);
    assert_int_equal(peers[client].at_ns[SOCKET_CONNECTED], 40 * US_NS);
}

/* --- ladders of closing ----------------------------------------------------------------- */

static void read_and_close(struct world *w, uint32_t id, uint32_t c, enum socket_event what)
{
    struct message message;
    if (what == SOCKET_CONNECTED)
        ask(82);
    if (what != SOCKET_READABLE)
        return;
    assert_true(tcp_receive(w, c, id, &message));
    peers[id].received++;
    tcp_close(w, c, id);
}

static void test_client_closes_first(void **state)
{
    (void)state;
    peers[client].hears = read_and_close;
    peers[server].answer_bytes = 452;
    peers[server].close_on_close = true;
    connect_now();
    net_run(world, 10 * SECOND_NS);
    assert_string_equal(ladder_words(), "cS sSA cA cA82 sA sA452 cA cAF sAF cA");
    net_expect_empty(world);
}

static void test_server_closes_first(void **state)
{
    (void)state;
    peers[client].hears = read_and_close;
    peers[server].answer_bytes = 447;
    peers[server].close_after_answer = true;
    connect_now();
    net_run(world, 10 * SECOND_NS);
    assert_string_equal(ladder_words(), "cS sSA cA cA82 sA sAF447 cAF sA");
    net_expect_empty(world);
}

/* Without earlier data the ACK of the FIN goes at once: four segments. */
static void test_idle_close(void **state)
{
    (void)state;
    connect_first();
    peers[server].close_on_close = true;
    tcp_close(world, connection, client);
    net_run(world, 20 * SECOND_NS);
    assert_string_equal(ladder_words(), "cAF sAF cA"); /* the program is faster than the tick */
    expect_near(peers[server].at_ns[SOCKET_CLOSED], 10 * SECOND_NS + T);
    net_expect_empty(world);
}

static void test_half_close(void **state)
{
    (void)state;
    connect_first();
    tcp_shutdown(world, connection, client);
    net_run(world, 11 * SECOND_NS);
    assert_string_equal(ladder_words(), "cAF sA");
    struct message late = {.bytes = 40};
    assert_false(tcp_send(world, connection, client, &late));
    assert_true(tcp_send(world, connection, server, &late));
    tcp_close(world, connection, server);
    net_run(world, 12 * SECOND_NS);
    assert_string_equal(ladder_words(), "cAF sA sA40 sAF cA cA");
    assert_int_equal(peers[client].received, 1);
    assert_int_equal(peers[client].heard[SOCKET_CLOSED], 1);
    tcp_close(world, connection, client);
    net_run(world, 20 * SECOND_NS);
    net_expect_empty(world);
}

static void test_simultaneous_close(void **state)
{
    (void)state;
    connect_first();
    tcp_close(world, connection, client);
    tcp_close(world, connection, server);
    net_run(world, 20 * SECOND_NS);
    assert_int_equal(ladder_count, 4);
    assert_string_equal(ladder_words(), "cAF sAF sA cA");
    net_expect_empty(world);
}

/* Closing with unread data is a reset; so is an abort. */
static void test_reset_by_close(void **state)
{
    (void)state;
    connect_first();
    peers[server].leave_unread = true;
    ask(100);
    net_run(world, 11 * SECOND_NS);
    assert_int_equal(tcp_waiting(world, connection, server), 1);
    tcp_close(world, connection, server);
    net_run(world, 12 * SECOND_NS);
    assert_string_equal(ladder_words(), "cA100 sA sAR");
    assert_int_equal(peers[client].heard[SOCKET_RESET], 1);
    assert_int_equal(peers[client].failure, TCP_RESET_BY_PEER);
    assert_int_equal(peers[client].heard[SOCKET_CLOSED], 0);
    assert_int_equal(tcp_count(world, left, TCP_ESTAB_RESETS), 1);
    net_expect_empty(world);
    connect_now();
    net_run(world, 13 * SECOND_NS);
    tcp_abort(world, connection, client);
    net_run(world, 20 * SECOND_NS);
    assert_int_equal(peers[server].heard[SOCKET_RESET], 1);
    net_expect_empty(world);
}

/* The peer never closes: the one who closed gives up after 60 s, the other holds for ever. */
static void test_orphan(void **state)
{
    (void)state;
    connect_first();
    tcp_close(world, connection, client);
    net_run(world, 69 * SECOND_NS);
    assert_int_equal(tcp_at(world, connection)->ends[0].state, TCP_FIN_WAIT_2);
    net_run(world, 71 * SECOND_NS);
    assert_int_equal(tcp_at(world, connection)->ends[0].state, TCP_CLOSED);
    net_run(world, 1000 * SECOND_NS);
    assert_int_equal(tcp_at(world, connection)->ends[1].state, TCP_CLOSE_WAIT);
    struct message late = {.bytes = 10};
    assert_true(tcp_send(world, connection, server, &late));
    net_run(world, 1001 * SECOND_NS);
    assert_int_equal(peers[server].heard[SOCKET_RESET], 1);
    net_expect_empty(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TCP_TEST(test_round_trips),
        TCP_TEST(test_hundred_requests),
        TCP_TEST(test_loopback),
        TCP_TEST(test_client_closes_first),
        TCP_TEST(test_server_closes_first),
        TCP_TEST(test_idle_close),
        TCP_TEST(test_half_close),
        TCP_TEST(test_simultaneous_close),
        TCP_TEST(test_reset_by_close),
        TCP_TEST(test_orphan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
