/*
 * TCP under faults: handshakes that fail, losses, partitions, deaths of processes and machines.
 *
 * The ladders and times are those that Linux showed on a 100 ms path (TRUTH net.*).
 */
#include "tests/unit/tcp_fixture.h"

/* --- handshakes that fail --------------------------------------------------------------- */

static uint64_t retry_times[16];
static unsigned retry_count;

static void listen_to_retries(void *user, struct world *w, const struct record *record)
{
    (void)user;
    (void)w;
    if (record->what == TRACE_RETRANSMIT && retry_count < 16)
        retry_times[retry_count++] = record->time_ns;
}

/* TRUTH net.syn.classic: 1, 3, 7, 15, 31, 63 s; the end at 127. */
static void test_syn_retries(void **state)
{
    (void)state;
    static const uint64_t seconds[] = {1, 3, 7, 15, 31, 63};
    outside = (struct outside){.listener = listen_to_retries};
    retry_count = 0;
    component_at(world, right)->up = 0; /* no power: silence */
    connect_now();
    net_run(world, 300 * SECOND_NS);
    assert_int_equal(retry_count, 6);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(retry_times[i], seconds[i] * SECOND_NS);
    assert_int_equal(peers[client].at_ns[SOCKET_FAILED], 127 * SECOND_NS);
    assert_int_equal(peers[client].failure, TCP_TIMED_OUT);
    net_expect_empty(world);
    parameter_put(world, left, MACHINE_TCP_SYN_RETRIES, 1);
    connect_now();
    net_run(world, 400 * SECOND_NS);
    assert_int_equal(peers[client].at_ns[SOCKET_FAILED], 303 * SECOND_NS);
    outside = (struct outside){0};
}

static void test_refused(void **state)
{
    (void)state;
    tcp_process_ended(world, server);
    connect_now();
    net_run(world, 10 * SECOND_NS);
    expect_near(peers[client].at_ns[SOCKET_FAILED], RTT);
    assert_int_equal(peers[client].failure, TCP_REFUSED);
    assert_string_equal(ladder_words(), "cS sAR");
    net_expect_empty(world);
}

/* Both ends send again at 1 s: the ladder of TRUTH net.synack.drop. */
static void test_synack_lost(void **state)
{
    (void)state;
    link_drop_next(world, right, left, PACKET_SYNACK, 1);
    connect_now();
    net_run(world, 10 * SECOND_NS);
    expect_near(peers[client].at_ns[SOCKET_CONNECTED], SECOND_NS + RTT);
    assert_string_equal(ladder_words(), "cS cS sSA sSA cA cA");
    assert_int_equal(peers[server].accepted, 1);
}

/* --- losses ----------------------------------------------------------------------------- */

/* TRUTH net.loss.data: the only segment of a request is sent again after RTT + 200 ms. */
static void test_request_lost(void **state)
{
    (void)state;
    peers[server].answer_bytes = 452;
    connect_first();
    for (unsigned i = 0; i < 20; i++) { /* warm: the estimate settles */
        ask(82);
        net_run(world, world->now_ns + SECOND_NS);
    }
    uint64_t start = world->now_ns;
    link_drop_next(world, left, right, PACKET_DATA, 1);
    ask(82);
    net_run(world, start + 10 * SECOND_NS);
    assert_in_range(peers[client].received_ns - start, 2 * RTT + 200 * MS_NS,
                    2 * RTT + 215 * MS_NS);
    assert_int_equal(tcp_count(world, left, TCP_RETRANS_SEGS), 1);
    assert_int_equal(peers[client].received, 21);
}

/* The client sends first again when the answer, which carried its ACK, is lost. */
static void test_answer_lost(void **state)
{
    (void)state;
    peers[server].answer_bytes = 452;
    connect_first();
    for (unsigned i = 0; i < 20; i++) {
        ask(82);
        net_run(world, world->now_ns + 30 * MS_NS + RTT);
    }
    ladder_count = 0;
    link_drop_next(world, right, left, PACKET_DATA, 1);
    ask(82);
    net_run(world, world->now_ns + 5 * SECOND_NS);
    assert_string_equal(ladder_words(), "cA82 cA82 sA sA452 cA");
    assert_int_equal(peers[client].received, 21);
    assert_int_equal(peers[server].received, 21);
}

/* The first of ten segments are lost: what follows the hole is dropped and comes again. */
static void test_hole(void **state)
{
    (void)state;
    connect_first();
    struct message message = {.bytes = 10 * TCP_MSS_BYTES, .a = 5};
    for (unsigned k = 0; k < 3; k++) {
        peers[server].received = 0;
        ask(1);
        link_drop_next(world, left, right, PACKET_DATA, k + 1);
        assert_true(tcp_send(world, connection, client, &message));
        ask(1);
        net_run(world, world->now_ns + 20 * SECOND_NS);
        assert_int_equal(peers[server].received, 3);
    }
    assert_true(tcp_count(world, left, TCP_RETRANS_SEGS) >= 6);
    tcp_close(world, connection, client);
    tcp_close(world, connection, server);
    net_run(world, world->now_ns + 20 * SECOND_NS);
    net_expect_empty(world);
}

/* Only the ACKs are lost: one segment again, and the answer to it covers all. */
static void test_acks_lost(void **state)
{
    (void)state;
    connect_first();
    link_drop_next(world, right, left, PACKET_OTHER, 10);
    ask(10 * TCP_MSS_BYTES);
    net_run(world, 30 * SECOND_NS);
    assert_int_equal(peers[server].received, 1);
    assert_int_equal(tcp_count(world, left, TCP_RETRANS_SEGS), 1);
    assert_int_equal(tcp_count(world, right, TCP_IN_SEGS), 2 + 10 + 1);
}

/* What is on the way when the way is cut vanishes, also when it is healed before the arrival. */
static void test_cut_on_the_way(void **state)
{
    (void)state;
    connect_first();
    uint64_t start = world->now_ns;
    ask(10);
    net_run(world, start + T / 4);
    link_set_cut(world, left, right, true);
    net_run(world, start + T / 2);
    link_set_cut(world, left, right, false);
    net_run(world, start + SECOND_NS);
    expect_near(peers[server].received_ns, start + 3 * RTT + T);
    assert_int_equal(way_at(world, way_find(world, left, right))->dropped, 1);
}

/* A partition: a tail loss probe when the first time-out is due, then doubling time-outs (TRUTH
 * net.dead.pending_data); healing delivers nothing before the next one; the end after
 * 924.6 s from the first retransmission on. */
static void test_partition(void **state)
{
    (void)state;
    outside = (struct outside){.listener = listen_to_retries};
    connect_first();
    retry_count = 0;
    uint64_t start = world->now_ns;
    link_set_cut(world, left, right, true);
    ask(10);
    net_run(world, start + 20 * SECOND_NS);
    assert_int_equal(retry_count, 7);
    uint64_t gap = retry_times[0] - start;
    assert_in_range(gap, 300 * MS_NS, 301 * MS_NS);
    for (unsigned i = 1; i < 7; i++)
        assert_int_equal(retry_times[i] - retry_times[i - 1], gap << (i - 1));
    link_set_cut(world, left, right, false);
    uint64_t next = retry_times[6] + (gap << 6);
    net_run(world, next);
    assert_int_equal(peers[server].received, 0);
    net_run(world, next + T + MS_NS);
    assert_int_equal(peers[server].received, 1);
    link_set_cut(world, left, right, true);
    net_run(world, world->now_ns + SECOND_NS);
    start = world->now_ns;
    ask(10);
    net_run(world, start + 2000 * SECOND_NS);
    assert_int_equal(peers[client].heard[SOCKET_RESET], 1);
    assert_int_equal(peers[client].failure, TCP_TIMED_OUT);
    assert_in_range(peers[client].at_ns[SOCKET_RESET] - start, 924 * SECOND_NS, 1046 * SECOND_NS);
    outside = (struct outside){0};
}

static void test_fin_lost(void **state)
{
    (void)state;
    connect_first();
    peers[server].close_on_close = true;
    link_drop_next(world, left, right, PACKET_FIN, 1);
    tcp_close(world, connection, client);
    net_run(world, 20 * SECOND_NS);
    expect_near(peers[server].at_ns[SOCKET_CLOSED], 10 * SECOND_NS + 3 * RTT + T);
    assert_string_equal(ladder_words(), "cAF sAF cA");
    net_expect_empty(world);
}

/* The answer takes longer than 40 ms: the ACK goes alone, and then each at once again. */
static void test_delayed_ack(void **state)
{
    (void)state;
    peers[server].answer_bytes = 10;
    connect_first();
    for (unsigned i = 0; i < 3; i++) {
        ask(10);
        net_run(world, world->now_ns + RTT + 10 * MS_NS);
    }
    peers[server].answer_bytes = 0;
    ladder_count = 0;
    uint64_t start = world->now_ns;
    ask(10);
    net_run(world, start + SECOND_NS);
    assert_string_equal(ladder_words(), "cA10 sA");
    expect_near(ladder[1].time_ns, start + RTT + 40 * MS_NS);
    start = world->now_ns;
    ask(10);
    net_run(world, start + SECOND_NS);
    expect_near(ladder[3].time_ns, start + RTT);
}

/* --- deaths ----------------------------------------------------------------------------- */

static void test_killed(void **state)
{
    (void)state;
    connect_first();
    component_signal(world, server, SIGNAL_KILL);
    tcp_process_ended(world, server);
    net_run(world, 11 * SECOND_NS);
    expect_near(peers[client].at_ns[SOCKET_CLOSED], 10 * SECOND_NS + T);
    ladder_count = 0;
    ask(10); /* goes out; the kernel over there answers with a reset */
    net_run(world, 12 * SECOND_NS);
    assert_string_equal(ladder_words(), "cA10 sR");
    expect_near(peers[client].at_ns[SOCKET_RESET], 11 * SECOND_NS + RTT);
    net_expect_empty(world);
}

/* The client gives up while the answer is on the way: who answered hears the end, then a reset. */
static void test_close_crosses_answer(void **state)
{
    (void)state;
    connect_first();
    struct message message = {.bytes = 100};
    uint64_t start = world->now_ns;
    assert_true(tcp_send(world, connection, server, &message));
    tcp_close(world, connection, client);
    net_run(world, start + SECOND_NS);
    assert_string_equal(ladder_words(), "cAF sA100 cR sA cR");
    expect_near(peers[server].at_ns[SOCKET_CLOSED], start + T);
    expect_near(peers[server].at_ns[SOCKET_RESET], start + RTT);
    net_expect_empty(world);
}

/* What the killed process had written arrives. */
static void test_killed_after_writing(void **state)
{
    (void)state;
    connect_first();
    struct message message = {.bytes = 5000, .a = 9};
    assert_true(tcp_send(world, connection, server, &message));
    component_signal(world, server, SIGNAL_KILL);
    tcp_process_ended(world, server);
    net_run(world, 20 * SECOND_NS);
    assert_int_equal(peers[client].last_a, 9);
    assert_int_equal(peers[client].heard[SOCKET_CLOSED], 1);
    tcp_close(world, connection, client);
    net_run(world, 30 * SECOND_NS);
    net_expect_empty(world);
}

static void power(bool on)
{
    if (!on) {
        component_signal(world, server, SIGNAL_POWER);
        tcp_machine_lost(world, right);
    } else {
        component_at(world, server)->up = 1;
        tcp_listen(world, server, 511);
    }
    component_at(world, right)->up = on;
}

/* Power: no word; after it is back, the next segment is answered with a reset. */
static void test_power_lost(void **state)
{
    (void)state;
    connect_first();
    struct message message = {.bytes = 100, .a = 3};
    assert_true(tcp_send(world, connection, server, &message));
    power(false);
    net_run(world, 100 * SECOND_NS);
    assert_int_equal(peers[client].last_a, 3); /* it had left */
    assert_int_equal(tcp_established(world, right), 0);
    assert_int_equal(peers[client].heard[SOCKET_CLOSED] + peers[client].heard[SOCKET_RESET], 0);
    power(true);
    ask(10);
    net_run(world, 101 * SECOND_NS);
    expect_near(peers[client].at_ns[SOCKET_RESET], 100 * SECOND_NS + RTT);
    net_expect_empty(world);
    connect_now();
    net_run(world, 102 * SECOND_NS);
    assert_int_equal(peers[server].accepted, 2);
}

/* A paused process: the kernel shakes hands and acknowledges; later all is heard in order. */
static void test_paused(void **state)
{
    (void)state;
    tcp_process_paused(world, server);
    connect_now();
    uint32_t first = connection;
    ask(10);
    net_run(world, SECOND_NS);
    connect_now();
    ask(20);
    ask(20);
    tcp_close(world, connection, client);
    net_run(world, 2 * SECOND_NS);
    assert_int_equal(peers[client].heard[SOCKET_CONNECTED], 1); /* the second was closed before */
    connect_now();
    ask(30);
    net_run(world, 3 * SECOND_NS);
    tcp_close(world, connection, client);
    net_run(world, 4 * SECOND_NS);
    assert_int_equal(tcp_count(world, left, TCP_RETRANS_SEGS), 0);
    assert_int_equal(peers[server].accepted, 0);
    tcp_process_resumed(world, server);
    net_run(world, world->now_ns);
    assert_int_equal(peers[server].accepted, 2);
    assert_int_equal(peers[server].received, 2);
    assert_int_equal(peers[server].heard[SOCKET_CLOSED], 1);
    tcp_close(world, connection, server);
    tcp_close(world, first, client);
    tcp_close(world, first, server);
    net_run(world, 30 * SECOND_NS);
    net_expect_empty(world);
}

static void test_paused_then_killed(void **state)
{
    (void)state;
    tcp_process_paused(world, server);
    connect_now();
    net_run(world, SECOND_NS);
    tcp_process_ended(world, server);
    net_run(world, 2 * SECOND_NS);
    assert_int_equal(peers[client].heard[SOCKET_RESET], 1); /* it was never accepted */
    assert_int_equal(peers[server].accepted, 0);
    net_expect_empty(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TCP_TEST(test_syn_retries),
        TCP_TEST(test_refused),
        TCP_TEST(test_synack_lost),
        TCP_TEST(test_request_lost),
        TCP_TEST(test_answer_lost),
        TCP_TEST(test_hole),
        TCP_TEST(test_partition),
        TCP_TEST(test_acks_lost),
        TCP_TEST(test_cut_on_the_way),
        TCP_TEST(test_close_crosses_answer),
        TCP_TEST(test_fin_lost),
        TCP_TEST(test_delayed_ack),
        TCP_TEST(test_killed),
        TCP_TEST(test_killed_after_writing),
        TCP_TEST(test_power_lost),
        TCP_TEST(test_paused),
        TCP_TEST(test_paused_then_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
