/*
 * Windows: slow start, silence, a narrow wire, a small receiver, Nagle (TRUTH net.slowstart.*,
 * net.bandwidth, net.window_limit, net.nagle.delack).
 */
#include "sim/machine/machine.h"

#include "tests/unit/truth_fixture.h"

#define MSS 1448u

/* The server's segments since rung `from`, counted by the round trip in which they left. */
static unsigned bursts_since(unsigned from, uint64_t start_ns, uint32_t bursts[32])
{
    unsigned rounds = 0;
    memset(bursts, 0, 32 * sizeof bursts[0]);
    for (unsigned i = from; i < rung_count; i++) {
        if (rungs[i].opener || rungs[i].length == 0)
            continue;
        uint64_t round = (rungs[i].time_ns - start_ns) / RTT;
        assert_true(round < 32);
        bursts[round]++;
        rounds = (unsigned)round + 1;
    }
    return rounds;
}

/* The client asks for `bytes`; what came of it in round trips, counted from the request. */
static unsigned fetch(uint32_t bytes, uint32_t bursts[32])
{
    unsigned from = rung_count;
    uint64_t start_ns = world->now_ns, received = peers[client].received;
    peers[server].answer_bytes = bytes;
    ask(8);
    while (peers[client].received == received)
        net_run(world, world->now_ns + MS_NS);
    unsigned rounds = bursts_since(from, start_ns, bursts);
    assert_in_range(peers[client].received_ns - start_ns, rounds * RTT, rounds * RTT + 8 * MS_NS);
    return rounds;
}

static void connected(void)
{
    connect_now();
    net_run(world, 200 * MS_NS);
    rung_count = 0;
}

/* --- slow start ------------------------------------------------------------------------- */

static void expect_bursts(const uint32_t *found, const uint32_t *expected, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(found[i], expected[i]);
}

/* 10, 20, 40, ... segments a round trip, at each edge; warm, all goes at once. */
static void cwnd_only(void **state)
{
    static const struct {
        uint32_t bytes, rounds, last;
    } seen[] = {
        {14480, 1, 10},  {14481, 2, 1},    {43440, 2, 20},   {43441, 3, 1},
        {101360, 3, 40}, {101361, 4, 1},   {131072, 4, 21},  {217200, 4, 80},
        {217201, 5, 1},  {262144, 5, 32},  {448880, 5, 160}, {448881, 6, 1},
        {524288, 6, 53}, {912240, 6, 320}, {912241, 7, 1},   {1048576, 7, 95},
    };
    uint32_t bursts[32];
    for (unsigned i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        close_truth(state);
        open_truth(state);
        connected();
        assert_int_equal(fetch(seen[i].bytes, bursts), seen[i].rounds);
        for (unsigned round = 0; round + 1 < seen[i].rounds; round++)
            assert_int_equal(bursts[round], 10u << round);
        assert_int_equal(bursts[seen[i].rounds - 1], seen[i].last);
        assert_int_equal(fetch(seen[i].bytes, bursts), 1);
    }
}

static void after_idle(void **state)
{
    static const struct {
        uint64_t idle_ms;
        uint32_t first;
    } seen[] = {{0, 725},   {100, 725}, {250, 367}, {350, 367}, {700, 183},
                {1000, 91}, {1500, 22}, {2500, 10}, {4000, 10}};
    uint32_t bursts[32];
    for (unsigned i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        close_truth(state);
        open_truth(state);
        connected();
        fetch(1048576, bursts);
        net_run(world, peers[client].received_ns + seen[i].idle_ms * MS_NS);
        fetch(1048576, bursts);
        assert_int_equal(bursts[0], seen[i].first);
    }
}

static void after_syn_loss(void **state)
{
    static const uint32_t slow[] = {1, 2, 4, 8, 16, 32, 37}, fast[] = {10, 20, 40, 30};
    uint32_t bursts[32];
    for (unsigned lost = 0; lost < 5; lost++) {
        close_truth(state);
        open_truth(state);
        if (lost == 1 || lost == 2)
            link_drop_next(world, right, left, PACKET_SYNACK, lost == 1 ? 1 : 3);
        if (lost > 2)
            link_drop_next(world, left, right, PACKET_SYN, lost - 2);
        connect_now();
        net_run(world, 10 * SECOND_NS);
        if (lost == 1 || lost == 2) {
            assert_int_equal(fetch(100 * MSS, bursts), 7);
            expect_bursts(bursts, slow, 7);
        } else {
            assert_int_equal(fetch(100 * MSS, bursts), 4);
            expect_bursts(bursts, fast, 4);
        }
    }
}

/* --- what is narrow --------------------------------------------------------------------- */

static void bandwidth(void **state)
{
    static const struct {
        uint64_t rtt_ms, mbit;
        uint32_t bytes, queue, ms;
    } seen[] = {{0, 10, 1000000, 1000, 830},    {20, 10, 1000000, 1000, 859},
                {100, 10, 1000000, 1000, 1155}, {100, 10, 100000, 1000, 350},
                {100, 1, 100000, 1000, 930},    {100, 10, 4000000, 1000, 3644},
                {100, 10, 4000000, 83, 3643}};
    for (unsigned i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        close_truth(state);
        open_truth(state);
        set_rtt(seen[i].rtt_ms * MS_NS);
        link_set(world, right, left, LINK_BANDWIDTH, seen[i].mbit * 1000000, false);
        link_set(world, right, left, LINK_QUEUE, seen[i].queue, false);
        connect_now();
        net_run(world, 250 * MS_NS);
        uint64_t start_ns = world->now_ns;
        peers[server].answer_bytes = seen[i].bytes;
        ask(8);
        net_run(world, start_ns + 60 * SECOND_NS);
        assert_int_equal(peers[client].received, 1);
        uint64_t found_us = (peers[client].received_ns - start_ns) / US_NS;
        assert_in_range(found_us, seen[i].ms * 950, seen[i].ms * 1050);
    }
}

/* One window a round trip. */
static void window_limit(void **state)
{
    static const struct {
        uint32_t window, ms;
    } seen[] = {{8688, 23210}, {39096, 5220}, {163040, 1310}};
    for (unsigned i = 0; i < 3; i++) {
        close_truth(state);
        open_truth(state);
        parameter_put(world, left, MACHINE_TCP_RMEM, seen[i].window);
        connect_now();
        net_run(world, 250 * MS_NS);
        peers[server].answer_bytes = 200000; /* slow start is over */
        ask(8);
        while (peers[client].received == 0)
            net_run(world, world->now_ns + MS_NS);
        uint64_t start_ns = world->now_ns;
        peers[server].answer_bytes = 2000000;
        ask(8);
        net_run(world, start_ns + 60 * SECOND_NS);
        uint64_t found_ms = (peers[client].received_ns - start_ns) / MS_NS;
        assert_in_range(found_ms, seen[i].ms * 90 / 100, seen[i].ms * 110 / 100);
    }
}

/* --- two small writes ------------------------------------------------------------------- */

static void answers_second(struct world *w, uint32_t id, uint32_t c, enum socket_event what)
{
    struct message message, answer = {.bytes = 2};
    while (what == SOCKET_ACCEPTABLE && tcp_accept(w, id) != 0)
        continue;
    while (what == SOCKET_READABLE && tcp_receive(w, c, id, &message))
        if (++peers[id].received % 2 == 0)
            assert_true(tcp_send(w, c, id, &answer));
}

/* Nagle holds the second until the first is acknowledged, which a delayed ACK does: RTT + 40 ms
 * more. */
static void nagle_delack(void **state)
{
    static const uint64_t rtt_ms[] = {0, 20, 100};
    static const uint32_t seen[2][3] = {{419, 819, 2420}, {3, 206, 1004}};
    static const uint32_t first[2][3] = {{2, 405, 2005}, {1, 203, 1003}};
    for (unsigned i = 0; i < 6; i++) {
        close_truth(state);
        open_truth(state);
        unsigned nodelay = i / 3;
        set_rtt(rtt_ms[i % 3] * MS_NS);
        peers[server].hears = answers_second;
        connect_now();
        net_run(world, 250 * MS_NS);
        tcp_set_option(world, connection, client, TCP_OPTION_NODELAY, nodelay);
        for (unsigned turn = 0; turn < 30; turn++) {
            uint64_t start_ns = world->now_ns, received = peers[client].received;
            ask(10);
            ask(10);
            while (peers[client].received == received)
                net_run(world, world->now_ns + 100 * US_NS);
            uint64_t took = tenths(peers[client].received_ns - start_ns);
            uint32_t expected = turn == 0 ? first[nodelay][i % 3] : seen[nodelay][i % 3];
            if (turn == 0 || turn > 15)
                assert_in_range(took + 20, expected * 95 / 100, expected * 105 / 100 + 20);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRUTH_TEST("net.slowstart.cwnd_only", cwnd_only),
        TRUTH_TEST("net.slowstart.after_idle", after_idle),
        TRUTH_TEST("net.slowstart.after_syn_loss", after_syn_loss),
        TRUTH_TEST("net.bandwidth", bandwidth),
        TRUTH_TEST("net.window_limit", window_limit),
        TRUTH_TEST("net.nagle.delack", nagle_delack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
