/*
 * Handshakes, closing and deaths, packet by packet as Linux did them at RTT 100 (net-ladders).
 */
#include "tests/unit/truth_fixture.h"

/* --- requests --------------------------------------------------------------------------- */

static void closes_when_answered(struct world *w, uint32_t id, uint32_t c, enum socket_event what)
{
    struct message message;
    while (what == SOCKET_READABLE && tcp_receive(w, c, id, &message)) {
        peers[id].received++;
        peers[id].received_ns = w->now_ns;
        if (peers[id].received == peers[id].last_a)
            tcp_close(w, c, id);
        else
            ask(82);
    }
    if (what == SOCKET_CONNECTED)
        ask(82);
}

static void client_asks(unsigned requests)
{
    peers[client].hears = closes_when_answered;
    peers[client].last_a = requests;
    peers[server].answer_bytes = 452;
    peers[server].close_on_close = true;
    connect_now();
    net_run(world, 2 * SECOND_NS);
}

/* The client closes first: ten packets. */
static void one_request(void **state)
{
    (void)state;
    static const struct rung seen[] = {
        {0, "cS", 0, 0},       {503, "sSA", 0, 1},     {1004, "cA", 1, 1},
        {1006, "cAP82", 1, 1}, {1507, "sA", 1, 83},    {1510, "sAP452", 1, 83},
        {2011, "cA", 83, 453}, {2013, "cAF", 83, 453}, {2516, "sAF", 453, 84},
        {3018, "cA", 84, 454},
    };
    client_asks(1);
    expect_ladder(seen);
    assert_int_equal(rungs[0].options.mss, 1460);
    assert_int_equal(rungs[0].window, 64240);
    assert_int_equal(rungs[1].window, 65160);
    assert_int_equal(way_at(world, way_find(world, left, right))->bytes, 402);
    assert_int_equal(way_at(world, way_find(world, right, left))->bytes, 668);
}

static void two_requests(void **state)
{
    (void)state;
    static const struct rung seen[] = {
        {0, "cS", 0, 0},         {502, "sSA", 0, 1},       {1004, "cA", 1, 1},
        {1006, "cAP82", 1, 1},   {1507, "sA", 1, 83},      {1509, "sAP452", 1, 83},
        {2010, "cA", 83, 453},   {2013, "cAP82", 83, 453}, {2516, "sAP452", 453, 165},
        {3020, "cAF", 165, 905}, {3523, "sAF", 905, 166},  {4025, "cA", 166, 906},
    };
    client_asks(2);
    expect_ladder(seen);
}

/* The FIN rides on the answer: eight packets. */
static void server_closes_first(void **state)
{
    (void)state;
    static const struct rung seen[] = {
        {0, "cS", 0, 0},        {502, "sSA", 0, 1},    {1004, "cA", 1, 1},
        {1006, "cAP82", 1, 1},  {1506, "sA", 1, 83},   {1509, "sAPF447", 1, 83},
        {2012, "cAF", 83, 449}, {2514, "sA", 449, 84},
    };
    peers[server].answer_bytes = 447;
    peers[server].close_after_answer = true;
    peers[client].close_on_close = true;
    connect_now();
    ask(82);
    net_run(world, 2 * SECOND_NS);
    expect_ladder(seen);
    assert_int_equal(tcp_time_wait(world, right), 1);
    assert_int_equal(tcp_time_wait(world, left), 0);
}

/* --- closing ---------------------------------------------------------------------------- */

#define HANDSHAKE                                                                                  \
    {0, "cS", 0, 0}, {501, "sSA", 0, 1},                                                           \
    {                                                                                              \
        1002, "cA", 1, 1                                                                           \
    }

static void open_until(uint64_t ms)
{
    connect_now();
    net_run(world, ms * MS_NS);
}

static void half_close(void **state)
{
    (void)state;
    static const struct rung seen[] = {
        HANDSHAKE,
        {3505, "cAF", 1, 1},
        {4041, "sA", 1, 2},
        {9008, "sAP40", 1, 2},
        {9009, "sAF", 41, 2},
        {9509, "cA", 2, 41},
        {9510, "cA", 2, 42},
    };
    open_until(350);
    tcp_shutdown(world, connection, client);
    net_run(world, 900 * MS_NS);
    struct message late = {.bytes = 40};
    assert_true(tcp_send(world, connection, server, &late));
    tcp_close(world, connection, server);
    net_run(world, 2 * SECOND_NS);
    expect_ladder_within(seen, 9, 0, 45);
    assert_int_equal(peers[client].received, 1);
}

static void client_first(void **state)
{
    (void)state;
    static const struct rung seen[] = {
        HANDSHAKE, {3506, "cAF", 1, 1}, {4017, "sA", 1, 2}, {4018, "sAF", 1, 2}, {4518, "cA", 2, 2},
    };
    /* Its ACK waits for the kernel's next tick, here as there a millisecond after the FIN; the
     * program reads the FIN only then. */
    net_run(world, 2900 * US_NS);
    open_until(353);
    tcp_close(world, connection, client);
    net_run(world, 404100 * US_NS);
    tcp_close(world, connection, server);
    net_run(world, 2 * SECOND_NS);
    expect_ladder(seen);
}

/* Where the program closes before that tick: three segments (the rerun). */
static void client_first_at_once(void **state)
{
    (void)state;
    static const struct rung seen[] = {
        HANDSHAKE,
        {3506, "cAF", 1, 1},
        {4017, "sAF", 1, 2},
        {4518, "cA", 2, 2},
    };
    peers[server].close_on_close = true;
    open_until(350);
    tcp_close(world, connection, client);
    net_run(world, 2 * SECOND_NS);
    expect_ladder(seen);
}

static void simultaneous(void **state)
{
    (void)state;
    static const struct rung seen[] = {
        HANDSHAKE, {3507, "cAF", 1, 1}, {3507, "sAF", 1, 1}, {4007, "cA", 2, 2}, {4008, "sA", 2, 2},
    };
    open_until(350);
    tcp_close(world, connection, client);
    tcp_close(world, connection, server);
    net_run(world, 2 * SECOND_NS);
    /* Both answers leave at one time: which is first is chance. */
    if (!rungs[5].opener) {
        struct wire_segment other = rungs[5];
        rungs[5] = rungs[6];
        rungs[6] = other;
    }
    expect_ladder(seen);
    assert_int_equal(tcp_time_wait(world, left), 1);
    assert_int_equal(tcp_time_wait(world, right), 1);
}

static void linger_0(void **state)
{
    (void)state;
    static const struct rung seen[] = {HANDSHAKE, {3547, "cAR", 1, 1}};
    open_until(350);
    tcp_set_option(world, connection, client, TCP_OPTION_LINGER0, 1);
    tcp_close(world, connection, client);
    net_run(world, 2 * SECOND_NS);
    expect_ladder_within(seen, 4, 0, 60);
    assert_int_equal(peers[server].failure, TCP_RESET_BY_PEER);
    expect_near(peers[server].at_ns[SOCKET_RESET], 350 * MS_NS + T);
    assert_int_equal(tcp_time_wait(world, left), 0);
    net_expect_empty(world);
}

static void close_unread(void **state)
{
    (void)state;
    static const struct rung seen[] = {
        HANDSHAKE,
        {1505, "sAP100", 1, 1},
        {2006, "cA", 1, 101},
        {4508, "cAR", 1, 101},
    };
    peers[client].leave_unread = true;
    open_until(150);
    net_run(world, 150050 * US_NS);
    struct message message = {.bytes = 100};
    assert_true(tcp_send(world, connection, server, &message));
    net_run(world, 450 * MS_NS);
    tcp_close(world, connection, client);
    net_run(world, 2 * SECOND_NS);
    expect_ladder(seen);
    assert_int_equal(peers[server].failure, TCP_RESET_BY_PEER);
}

/* --- deaths ----------------------------------------------------------------------------- */

static void server_dies(void)
{
    component_signal(world, server, SIGNAL_KILL);
    tcp_process_ended(world, server);
}

static void kill_idle(void **state)
{
    (void)state;
    static const struct rung seen[] = {
        HANDSHAKE,
        {4014, "sAF", 1, 1},
        {4516, "cAP10", 1, 2},
        {5016, "sR", 2, 0},
    };
    open_until(401);
    server_dies();
    net_run(world, 451 * MS_NS);
    expect_near(peers[client].at_ns[SOCKET_CLOSED], 451 * MS_NS);
    ask(10); /* the first write after it is taken */
    net_run(world, 2 * SECOND_NS);
    expect_ladder(seen);
    assert_int_equal(peers[client].failure, TCP_RESET_BY_PEER);
}

static void kill_unread(void **state)
{
    (void)state;
    static const struct rung seen[] = {
        HANDSHAKE,
        {3004, "cAP100", 1, 1},
        {3505, "sA", 1, 101},
        {6057, "sAR", 1, 101},
    };
    peers[server].leave_unread = true;
    open_until(300);
    ask(100);
    net_run(world, 605 * MS_NS);
    server_dies();
    net_run(world, 2 * SECOND_NS);
    expect_ladder(seen);
    assert_int_equal(peers[client].failure, TCP_RESET_BY_PEER);
}

static void closed_port(void **state)
{
    (void)state;
    static const struct rung seen[] = {{0, "cS", 0, 0}, {501, "sAR", 0, 1}};
    server_dies();
    connect_now();
    net_run(world, 2 * SECOND_NS);
    expect_ladder(seen);
    assert_int_equal(peers[client].failure, TCP_REFUSED);
    expect_near(peers[client].at_ns[SOCKET_FAILED], RTT);
}

/* The machine comes back and knows nothing (there a reset was held back; here the power was cut).
 */
static void reboot(void **state)
{
    (void)state;
    static const struct rung seen[] = {HANDSHAKE, {7378, "cAP10", 1, 1}, {7879, "sR", 1, 0}};
    open_until(410);
    component_signal(world, server, SIGNAL_POWER);
    tcp_machine_lost(world, right);
    component_at(world, right)->up = 0;
    net_run(world, 737 * MS_NS);
    component_at(world, right)->up = 1;
    ask(10);
    net_run(world, 2 * SECOND_NS);
    expect_ladder(seen);
    assert_int_equal(peers[client].failure, TCP_RESET_BY_PEER);
    expect_near(peers[client].at_ns[SOCKET_RESET], 737 * MS_NS + RTT);
}

static void write_after_peer_close(void **state)
{
    (void)state;
    static const struct rung seen[] = {
        HANDSHAKE,          {3506, "sAF", 1, 1}, {4040, "cA", 1, 2}, {6508, "cAP10", 1, 2},
        {7009, "sR", 2, 0},
    };
    open_until(350);
    tcp_close(world, connection, server);
    net_run(world, 650 * MS_NS);
    ask(10);
    net_run(world, 2 * SECOND_NS);
    expect_ladder_within(seen, 7, 0, 45);
}

/* --- FINs that wait --------------------------------------------------------------------- */

static void fin_lost(void **state)
{
    (void)state;
    static const struct rung seen[] = {
        HANDSHAKE,           {1003, "cAP1", 1, 1}, {1504, "sA", 1, 2}, {6010, "cAF!", 2, 1},
        {9265, "cAF", 2, 1},
    };
    open_until(100);
    net_run(world, 100100 * US_NS);
    ask(1);
    net_run(world, 600 * MS_NS);
    link_drop_next(world, left, right, PACKET_FIN, 1);
    tcp_close(world, connection, client);
    net_run(world, 960 * MS_NS);
    expect_ladder_within(seen, 7, 0, 30);
    net_run(world, 2 * SECOND_NS);
    assert_string_equal(rung_word(&rungs[7], true), "sA"); /* delayed: data had come before */
    assert_int_equal(rung_count, 8);
    expect_time(tenths(rungs[7].time_ns), 10185, 30);
}

/* The client's FIN_WAIT2 is gone after a minute, the server's CLOSE_WAIT never. */
static void finwait2_orphan(void **state)
{
    (void)state;
    open_until(400);
    tcp_close(world, connection, client);
    net_run(world, 60 * SECOND_NS);
    assert_int_equal(tcp_at(world, connection)->ends[0].state, TCP_FIN_WAIT_2);
    net_run(world, 62 * SECOND_NS);
    assert_int_equal(tcp_at(world, connection)->ends[0].state, TCP_CLOSED);
    net_run(world, 100000 * SECOND_NS);
    assert_int_equal(tcp_at(world, connection)->ends[1].state, TCP_CLOSE_WAIT);
}

/* Only who closed first waits, for 60 s. */
static void timewait_duration(void **state)
{
    (void)state;
    peers[server].close_on_close = true;
    open_until(400);
    tcp_close(world, connection, client);
    net_run(world, SECOND_NS);
    uint64_t entered_ns = 400 * MS_NS + RTT;
    assert_int_equal(tcp_time_wait(world, left), 1);
    assert_int_equal(tcp_time_wait(world, right), 0);
    net_run(world, entered_ns + 60 * SECOND_NS - MS_NS);
    assert_int_equal(tcp_time_wait(world, left), 1);
    net_run(world, entered_ns + 60 * SECOND_NS + 2 * MS_NS);
    assert_int_equal(tcp_time_wait(world, left), 0);
    net_expect_empty(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRUTH_TEST("net.handshake.1", one_request),
        TRUTH_TEST("net.handshake.1 twice", two_requests),
        TRUTH_TEST("net.close.server_first.http10", server_closes_first),
        TRUTH_TEST("net.close.variants", half_close),
        TRUTH_TEST("net.close.variants client first", client_first),
        TRUTH_TEST("net.close.variants client first, at once", client_first_at_once),
        TRUTH_TEST("net.close.variants simultaneous", simultaneous),
        TRUTH_TEST("net.close.variants SO_LINGER", linger_0),
        TRUTH_TEST("net.close.variants unread", close_unread),
        TRUTH_TEST("net.death.process_vs_host", kill_idle),
        TRUTH_TEST("net.death.process_vs_host unread", kill_unread),
        TRUTH_TEST("net.death.process_vs_host closed port", closed_port),
        TRUTH_TEST("net.death.process_vs_host reboot", reboot),
        TRUTH_TEST("net.death.process_vs_host write after close", write_after_peer_close),
        TRUTH_TEST("net.fin.lost", fin_lost),
        TRUTH_TEST("net.finwait2.orphan", finwait2_orphan),
        TRUTH_TEST("net.timewait.duration", timewait_duration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
