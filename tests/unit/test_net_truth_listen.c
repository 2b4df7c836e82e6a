/*
 * Backlogs that are full and ports that run out (TRUTH net.backlog.*, net.timewait.exhaustion).
 */
#include "sim/machine/machine.h"

#include "tests/unit/truth_fixture.h"

/* --- the accept queue ------------------------------------------------------------------- */

static uint32_t attempts[8];

static void connect_one(unsigned i, uint64_t at_ns)
{
    net_run(world, at_ns);
    attempts[i] = tcp_connect(world, client, server, NULL);
    assert_int_not_equal(attempts[i], 0);
}

static unsigned state_of(unsigned i, unsigned e)
{
    return tcp_at(world, attempts[i])->ends[e].state;
}

/* When the SYNs of one connection left, tenths of a millisecond after its first. */
static unsigned syns_of(unsigned i, uint32_t times[16])
{
    unsigned count = 0;
    uint64_t first_ns = 0;
    for (unsigned r = 0; r < rung_count && count < 16; r++) {
        if (rungs[r].index != attempts[i] || rungs[r].flags != WIRE_SYN)
            continue;
        if (count == 0)
            first_ns = rungs[r].time_ns;
        times[count++] = (uint32_t)tenths(rungs[r].time_ns - first_ns);
    }
    return count;
}

/* Backlog 2: three connect; the others' SYNs meet silence until three are taken at 11.2 s. */
static void backlog_full(void **state)
{
    (void)state;
    static const uint32_t seen[3][8] = {
        {0, 10040, 20280, 30520, 40760, 51000, 71160, 112120},
        {0, 10235, 20475, 30715, 40955, 51196, 71356, 111675},
        {0, 10111, 20351, 30591, 40831, 51071, 71231, 113791},
    };
    uint32_t times[16];
    parameter_put(world, left, MACHINE_TCP_SYN_LINEAR_TIMEOUTS, 4);
    peers[server].never_accepts = true;
    tcp_listen(world, server, 2);
    for (unsigned i = 0; i < 6; i++)
        connect_one(i, i * 300 * MS_NS);
    net_run(world, 11200 * MS_NS);
    assert_int_equal(peers[client].heard[SOCKET_CONNECTED], 3);
    assert_int_equal(tcp_established(world, right), 3);
    assert_true(tcp_count(world, right, TCP_LISTEN_OVERFLOWS) >= 21);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(tcp_accept(world, server), attempts[i]);
    net_run(world, 20 * SECOND_NS);
    assert_int_equal(peers[client].heard[SOCKET_CONNECTED], 6);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(syns_of(3 + i, times), 8);
        for (unsigned n = 0; n < 8; n++)
            expect_time(times[n], seen[i][n], 50);
    }
}

static void send_three(unsigned i)
{
    struct message message = {.bytes = 3};
    assert_true(tcp_send(world, attempts[i], client, &message));
}

/* Two are queued, two come at once: the queue fills between the SYN and the ACK of the second. */
static void two_at_once(void)
{
    peers[server].never_accepts = true;
    tcp_listen(world, server, 2);
    connect_one(0, 0);
    connect_one(1, 200 * MS_NS);
    connect_one(2, 1000 * MS_NS);
    connect_one(3, 1000 * MS_NS + 100 * US_NS);
    net_run(world, 1101 * MS_NS);
    assert_int_equal(peers[client].heard[SOCKET_CONNECTED], 4); /* the last believes it too */
    send_three(2);
    send_three(3);
}

static const char *words_of(unsigned i)
{
    static char buffer[512];
    struct text text = TEXT(buffer);
    text_clear(&text);
    for (unsigned r = 0; r < rung_count; r++)
        if (rungs[r].index == attempts[i]) {
            text_add(&text, buffer[0] != '\0' ? " " : "");
            text_add(&text, rung_word(&rungs[r], true));
        }
    return buffer;
}

static void ack_overflow_abort0(void **state)
{
    (void)state;
    two_at_once();
    net_run(world, 1000 * MS_NS + 4100 * MS_NS);
    assert_int_equal(state_of(3, 0), TCP_ESTABLISHED);
    assert_int_equal(state_of(3, 1), TCP_SYN_RECEIVED);
    assert_string_equal(words_of(2), "cS sSA cA cAP3 sA");
    assert_string_equal(words_of(3), "cS sSA cA cAP3 cAP3 cAP3 sSA cA cAP3 cAP3 sSA cA");
    static const uint32_t seen[] = {0,     501,   1003,  1005,  4221,  7421,
                                    10661, 11162, 13821, 26301, 30781, 31282};
    unsigned n = 0;
    uint64_t start_ns = 0;
    for (unsigned r = 0; r < rung_count; r++) {
        if (rungs[r].index != attempts[3])
            continue;
        start_ns = n == 0 ? rungs[r].time_ns : start_ns;
        assert_in_range(tenths(rungs[r].time_ns - start_ns), seen[n] - seen[n] * 6 / 100,
                        seen[n] + 20);
        n++;
    }
    /* A place in the queue: the next segment that comes makes it real. */
    assert_int_equal(tcp_accept(world, server), attempts[0]);
    net_run(world, 30 * SECOND_NS);
    assert_int_equal(state_of(3, 1), TCP_ESTABLISHED);
    assert_int_equal(tcp_unacked(world, attempts[3], client), 0);
}

static void ack_overflow_abort1(void **state)
{
    (void)state;
    parameter_put(world, right, MACHINE_TCP_ABORT_ON_OVERFLOW, 1);
    two_at_once();
    net_run(world, 3 * SECOND_NS);
    assert_string_equal(words_of(2), "cS sSA cA cAP3 sA");
    assert_string_equal(words_of(3), "cS sSA cA cAP3 sR sR");
    assert_int_equal(peers[client].failure, TCP_RESET_BY_PEER);
    expect_near(peers[client].at_ns[SOCKET_RESET], 1000 * MS_NS + 2 * RTT);
    assert_int_equal(tcp_established(world, right), 3);
}

/* Four at once to a backlog of 0: all believe that they are connected, one is. */
static void burst_abort0(void **state)
{
    (void)state;
    peers[server].never_accepts = true;
    tcp_listen(world, server, 0);
    for (unsigned i = 0; i < 4; i++)
        connect_one(i, i * 100 * US_NS);
    net_run(world, 102 * MS_NS);
    assert_int_equal(peers[client].heard[SOCKET_CONNECTED], 4);
    for (unsigned i = 0; i < 4; i++)
        send_three(i);
    net_run(world, 6 * SECOND_NS);
    assert_string_equal(words_of(0), "cS sSA cA cAP3 sA");
    for (unsigned i = 1; i < 4; i++) {
        assert_string_equal(words_of(i), "cS sSA cA cAP3 cAP3 cAP3 cAP3 cAP3 cAP3");
        assert_int_equal(state_of(i, 0), TCP_ESTABLISHED);
        assert_int_equal(tcp_unacked(world, attempts[i], client), 3);
    }
    assert_int_equal(tcp_established(world, right), 1);
}

/* --- ports ------------------------------------------------------------------------------ */

static void one_visit(struct world *w, uint32_t id, uint32_t c, enum socket_event what)
{
    (void)id;
    if (what == SOCKET_CONNECTED)
        tcp_close(w, c, client);
}

/* Connects and closes until it fails: how many did not. */
static unsigned visit_until_it_fails(uint32_t to, unsigned most)
{
    unsigned good = 0;
    while (good < most) {
        peers[client].heard[SOCKET_CONNECTED] = peers[client].heard[SOCKET_FAILED] = 0;
        assert_int_not_equal(tcp_connect(world, client, to, NULL), 0);
        net_run(world, world->now_ns + MS_NS);
        if (peers[client].heard[SOCKET_FAILED] > 0) {
            assert_int_equal(peers[client].failure, TCP_NO_PORT);
            break;
        }
        assert_int_equal(peers[client].heard[SOCKET_CONNECTED], 1);
        good++;
    }
    return good;
}

static void range_of_100(void)
{
    ref range = string_take(world, "40000 40099");
    parameter_put(world, left, MACHINE_IP_LOCAL_PORT_RANGE, range);
    set_rtt(200 * US_NS);
    peers[client].hears = one_visit;
    peers[server].close_on_close = true;
}

static void timewait_exhaustion(void **state)
{
    (void)state;
    uint32_t second = net_peer(world, "second", right);
    tcp_listen(world, second, 511);
    range_of_100();
    peers[second].close_on_close = true;
    uint64_t start_ns = world->now_ns;
    assert_int_equal(visit_until_it_fails(server, 500), 100);
    assert_int_equal(visit_until_it_fails(second, 500), 100);
    assert_int_equal(tcp_time_wait(world, left), 200);
    assert_int_equal(tcp_time_wait(world, right), 0);
    net_run(world, start_ns + 59 * SECOND_NS);
    assert_int_equal(visit_until_it_fails(server, 500), 0);
    while (visit_until_it_fails(server, 1) == 0)
        net_run(world, world->now_ns + 10 * MS_NS);
    assert_in_range(world->now_ns - start_ns, 60 * SECOND_NS, 61 * SECOND_NS);
    net_run(world, start_ns + 61 * SECOND_NS);
    assert_int_equal(visit_until_it_fails(server, 500), 99);
    parameter_put(world, left, MACHINE_TCP_TW_REUSE, 1);
    net_run(world, world->now_ns + 1200 * MS_NS);
    assert_int_equal(visit_until_it_fails(server, 500), 100);
    assert_int_equal(visit_until_it_fails(server, 500), 0); /* none is a second old */
    net_run(world, world->now_ns + 1200 * MS_NS);
    assert_int_equal(visit_until_it_fails(server, 500), 100);
    net_run(world, world->now_ns + 100 * SECOND_NS);
    net_expect_empty(world);
}

/* The server closes first: it holds TIME_WAIT, and a new SYN from the port ends it. */
static void accepts_and_closes(struct world *w, uint32_t id, uint32_t c, enum socket_event what)
{
    (void)c;
    if (what == SOCKET_ACCEPTABLE)
        for (uint32_t one = tcp_accept(w, id); one != 0; one = tcp_accept(w, id))
            tcp_close(w, one, id);
}

static void server_closes_first(void **state)
{
    (void)state;
    range_of_100();
    peers[client].hears = NULL;
    peers[client].close_on_close = true;
    peers[server].hears = accepts_and_closes;
    assert_int_equal(visit_until_it_fails(server, 300), 300);
    assert_int_equal(tcp_time_wait(world, left), 0);
    assert_int_equal(tcp_time_wait(world, right), 50); /* connect(2) prefers the even ports */
    net_run(world, world->now_ns + 61 * SECOND_NS);
    net_expect_empty(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRUTH_TEST("net.backlog.full", backlog_full),
        TRUTH_TEST("net.backlog.ack_overflow.abort0", ack_overflow_abort0),
        TRUTH_TEST("net.backlog.ack_overflow.abort1", ack_overflow_abort1),
        TRUTH_TEST("net.backlog.burst.abort0", burst_abort0),
        TRUTH_TEST("net.timewait.exhaustion", timewait_exhaustion),
        TRUTH_TEST("net.timewait.exhaustion server first", server_closes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
