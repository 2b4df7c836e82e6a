/*
 * Silence: SYNs without an answer, peers that vanished, partitions (TRUTH net.syn.*, net.dead.*).
 */
#include "sim/machine/machine.h"

#include "tests/unit/truth_fixture.h"

/* When each packet of the client left, in hundreds of microseconds after rung `from`. */
static void expect_times(const uint32_t *measured, unsigned count, unsigned from)
{
    unsigned found = 0;
    for (unsigned i = from; i < rung_count && found < count; i++)
        if (rungs[i].opener)
            expect_time(tenths(rungs[i].time_ns - rungs[from].time_ns), measured[found++], 50);
    assert_int_equal(found, count);
}

/* --- SYNs ------------------------------------------------------------------------------- */

static void syn_classic(void **state)
{
    (void)state;
    static const uint32_t seen[] = {0, 10300, 30400, 71400, 153300, 314600};
    link_set_cut(world, left, right, true);
    connect_now();
    net_run(world, 36 * SECOND_NS);
    assert_int_equal(rung_count, 6);
    expect_times(seen, 6, 0);
}

static void syn_blackhole(void **state)
{
    (void)state;
    static const uint32_t seen[] = {0,     10276,  20517,  30756,  40996, 51236,
                                    71396, 112997, 194917, 356197, 694117};
    parameter_put(world, left, MACHINE_TCP_SYN_LINEAR_TIMEOUTS, 4);
    link_set_cut(world, left, right, true);
    connect_now();
    net_run(world, 200 * SECOND_NS);
    assert_int_equal(rung_count, 11);
    expect_times(seen, 11, 0);
    assert_int_equal(peers[client].failure, TCP_TIMED_OUT);
    expect_time(tenths(peers[client].at_ns[SOCKET_FAILED]), 1349500, 0);
}

static void syn_drop(void **state)
{
    (void)state;
    static const uint32_t lost[] = {1, 2, 5, 6}, seen[] = {11094, 21387, 51971, 72223};
    parameter_put(world, left, MACHINE_TCP_SYN_LINEAR_TIMEOUTS, 4);
    for (unsigned i = 0; i < 4; i++) {
        link_drop_next(world, left, right, PACKET_SYN, lost[i]);
        uint64_t start_ns = world->now_ns;
        connect_now();
        net_run(world, start_ns + 20 * SECOND_NS);
        expect_time(tenths(peers[client].at_ns[SOCKET_CONNECTED] - start_ns), seen[i], 0);
    }
}

static void synack_drop(void **state)
{
    (void)state;
    static const struct rung seen[] = {
        {0, "cS", 0, 0},      {502, "sSA!", 0, 1}, {10232, "cS", 0, 0}, {10552, "sSA", 0, 1},
        {10733, "sSA", 0, 1}, {11053, "cA", 1, 1}, {11234, "cA", 1, 1},
    };
    link_drop_next(world, right, left, PACKET_SYNACK, 1);
    connect_now();
    net_run(world, 3 * SECOND_NS);
    expect_ladder(seen);
    expect_time(tenths(peers[client].at_ns[SOCKET_CONNECTED]), 11058, 0);
}

/* --- a peer that vanishes --------------------------------------------------------------- */

static void vanish(void)
{
    link_set_cut(world, left, right, true);
    link_set_cut(world, right, left, true);
}

static void dead_idle(void **state)
{
    (void)state;
    connect_now();
    net_run(world, SECOND_NS);
    vanish();
    rung_count = 0;
    net_run(world, 100000 * SECOND_NS);
    assert_int_equal(rung_count, 0);
    assert_int_equal(tcp_established(world, left), 1);
}

static void keepalive_5_2_3(void)
{
    struct tcp_options options = {.keepalive = true,
                                  .keepidle_ns = 5 * SECOND_NS,
                                  .keepintvl_ns = 2 * SECOND_NS,
                                  .keepcnt = 3};
    connection = tcp_connect(world, client, server, &options);
    net_run(world, 150 * MS_NS);
}

static void dead_keepalive(void **state)
{
    (void)state;
    static const struct rung seen[] = {
        {0, "cS", 0, 0},      {501, "sSA", 0, 1},   {1003, "cA", 1, 1},     {51249, "cA!", 0, 1},
        {71409, "cA!", 0, 1}, {91569, "cA!", 0, 1}, {111729, "cAR!", 1, 1},
    };
    keepalive_5_2_3();
    vanish();
    net_run(world, 60 * SECOND_NS);
    expect_ladder(seen);
    assert_int_equal(peers[client].failure, TCP_TIMED_OUT);
    expect_time(tenths(peers[client].at_ns[SOCKET_RESET]) - 1000, 110715, 0);
    assert_int_equal(tcp_established(world, left), 0);
}

static void keepalive_alive(void **state)
{
    (void)state;
    static const uint32_t seen[] = {0, 1000, 52300, 103500, 154700, 206000, 257200, 308300, 359500};
    keepalive_5_2_3();
    net_run(world, 37 * SECOND_NS);
    expect_times(seen, 9, 0);
    for (unsigned i = 3; i < rung_count; i++)
        assert_string_equal(rung_word(&rungs[i], true), rungs[i].opener ? "cA" : "sA");
    assert_int_equal(rung_count, 3 + 2 * 7);
    assert_int_equal(tcp_established(world, left), 1);
}

static unsigned pending(void)
{
    connect_first();
    vanish();
    unsigned from = rung_count;
    ask(100);
    return from;
}

static void dead_pending(void **state)
{
    (void)state;
    static const uint32_t seen[] = {0,     3237,   6396,   12796,  25276,
                                    49916, 101116, 200956, 408316, 817917};
    unsigned from = pending();
    uint64_t start_ns = world->now_ns;
    net_run(world, start_ns + 110 * SECOND_NS);
    assert_int_equal(rung_count - from, 10);
    for (unsigned i = 0; i < 10; i++) /* within 5 %, and never late */
        assert_in_range(tenths(rungs[from + i].time_ns - rungs[from].time_ns),
                        seen[i] - seen[i] * 8 / 100, seen[i]);
    assert_int_equal(tcp_established(world, left), 1);
    net_run(world, start_ns + 2000 * SECOND_NS);
    assert_int_equal(peers[client].failure, TCP_TIMED_OUT);
}

static void dead_user_timeout(void **state)
{
    (void)state;
    connect_first();
    tcp_set_option(world, connection, client, TCP_OPTION_USER_TIMEOUT, 5 * SECOND_NS);
    vanish();
    unsigned from = rung_count;
    ask(100);
    uint64_t start_ns = world->now_ns;
    net_run(world, start_ns + 60 * SECOND_NS);
    static const uint32_t seen[] = {0, 3100, 6300, 12700, 25100, 52000};
    assert_int_equal(rung_count - from, 6);
    for (unsigned i = 0; i < 6; i++)
        assert_in_range(tenths(rungs[from + i].time_ns - start_ns), seen[i] - seen[i] * 10 / 100,
                        seen[i]);
    assert_int_equal(peers[client].failure, TCP_TIMED_OUT);
    expect_time(tenths(peers[client].at_ns[SOCKET_RESET] - start_ns), 56505, 0);
}

/* Healing sends nothing: the data waits for the next step of the backoff. */
static void partition_heal(void **state)
{
    (void)state;
    static const uint32_t seen[] = {0, 3300, 6500, 12900, 25400, 50100, 101300, 201100};
    unsigned from = pending();
    uint64_t start_ns = world->now_ns;
    net_run(world, start_ns + 11 * SECOND_NS);
    link_heal_all(world);
    net_run(world, start_ns + 30 * SECOND_NS);
    for (unsigned i = 0; i < 8; i++)
        assert_in_range(tenths(rungs[from + i].time_ns - start_ns), seen[i] - seen[i] * 10 / 100,
                        seen[i]);
    assert_int_equal(rung_count - from, 9);
    assert_int_equal(peers[server].received, 1);
    expect_near(peers[server].received_ns, rungs[from + 7].time_ns + T);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRUTH_TEST("net.syn.classic", syn_classic),
        TRUTH_TEST("net.syn.blackhole", syn_blackhole),
        TRUTH_TEST("net.syn.drop", syn_drop),
        TRUTH_TEST("net.synack.drop", synack_drop),
        TRUTH_TEST("net.dead.idle", dead_idle),
        TRUTH_TEST("net.dead.keepalive", dead_keepalive),
        TRUTH_TEST("net.dead.keepalive.alive", keepalive_alive),
        TRUTH_TEST("net.dead.pending", dead_pending),
        TRUTH_TEST("net.dead.user_timeout", dead_user_timeout),
        TRUTH_TEST("net.partition.heal", partition_heal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
