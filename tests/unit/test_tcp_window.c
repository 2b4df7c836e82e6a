/*
 * TCP: who does not read, who writes too much, who accepts late.
 */
#include "sim/machine/machine.h"

#include "tests/unit/tcp_fixture.h"

/* The sender stops after 128 KiB, probes the closed window, and goes on when it opens. */
static void test_not_reading(void **state)
{
    (void)state;
    connect_first();
    tcp_set_reading(world, connection, server, false);
    for (unsigned i = 0; i < 100; i++)
        ask(10000);
    net_run(world, 20 * SECOND_NS);
    const struct tcp_end *end = &tcp_at(world, connection)->ends[1];
    /* What was offered in the handshake is kept: RFC 9293 wants no window to shrink. */
    assert_in_range(end->rcv_nxt - end->rcv_read, TCP_UNREAD_MOST - 2 * TCP_MSS_BYTES,
                    TCP_UNREAD_MOST);
    assert_int_equal(peers[server].heard[SOCKET_READABLE], 0);
    assert_int_equal(tcp_at(world, connection)->ends[0].snd_wnd, 0);
    ladder_count = 0;
    net_run(world, 60 * SECOND_NS);
    assert_in_range(ladder_count, 4, 40); /* probes and their answers, further and further apart */
    for (unsigned i = 0; i < ladder_count; i++)
        assert_int_equal(ladder[i].segment.length, 0);
    tcp_set_reading(world, connection, server, true);
    net_run(world, 70 * SECOND_NS);
    assert_int_equal(peers[server].received, 100);
    assert_int_equal(tcp_unacked(world, connection, client), 0);
    assert_int_equal(tcp_count(world, left, TCP_RETRANS_SEGS), 0);
}

/* A paused process does not read either; a peer that is gone meanwhile is given up. */
static void test_probes_give_up(void **state)
{
    (void)state;
    connect_first();
    tcp_process_paused(world, server);
    for (unsigned i = 0; i < 100; i++)
        ask(10000);
    net_run(world, 20 * SECOND_NS);
    link_set_cut(world, left, right, true);
    net_run(world, 5000 * SECOND_NS);
    assert_int_equal(peers[client].failure, TCP_TIMED_OUT);
}

static unsigned written;

static void writes_more(struct world *w, uint32_t id, uint32_t c, enum socket_event what)
{
    struct message message = {.bytes = 1000};
    if (what != SOCKET_CONNECTED && what != SOCKET_WRITABLE)
        return;
    if (what == SOCKET_WRITABLE) /* a third is free */
        assert_true(tcp_unacked(w, c, id) <= 20000);
    while (written < 200 && tcp_send(w, c, id, &message))
        written++;
    assert_true(tcp_unacked(w, c, id) < 31000); /* the last message is taken whole */
}

static void test_send_buffer(void **state)
{
    (void)state;
    parameter_put(world, left, MACHINE_TCP_WMEM, 30000);
    peers[client].hears = writes_more;
    written = 0;
    connect_now();
    net_run(world, SECOND_NS * 60);
    assert_int_equal(written, 200);
    assert_int_equal(peers[server].received, 200);
    assert_true(peers[client].heard[SOCKET_WRITABLE] >= 6);
}

/* What came before accept() is told after it. */
static void test_accept_late(void **state)
{
    (void)state;
    peers[server].never_accepts = true;
    connect_now();
    ask(100);
    net_run(world, SECOND_NS);
    tcp_shutdown(world, connection, client);
    net_run(world, 2 * SECOND_NS);
    assert_int_equal(peers[server].heard[SOCKET_ACCEPTABLE], 1);
    assert_int_equal(peers[server].received, 0);
    assert_int_equal(tcp_accept(world, server), connection);
    assert_int_equal(tcp_accept(world, server), 0);
    assert_int_equal(peers[server].received, 0);
    net_run(world, 2 * SECOND_NS);
    assert_int_equal(peers[server].received, 1);
    assert_int_equal(peers[server].heard[SOCKET_CLOSED], 1);
    assert_int_equal(tcp_port(world, connection, server), 80);
    assert_int_equal(tcp_port(world, connection, client), 32768);
    assert_int_equal(tcp_address(world, right), 10 << 24 | 2);
}

/* Something came out of order: nothing of it is asked for again, and it is not lost. */
static void test_out_of_order(void **state)
{
    (void)state;
    connect_first();
    for (unsigned hole = 0; hole < 8; hole++) {
        uint64_t again = tcp_count(world, left, TCP_RETRANS_SEGS);
        for (unsigned i = 0; i < 8; i++) {
            if (i == hole)
                link_drop_next(world, left, right, PACKET_DATA, 1);
            ask(TCP_MSS_BYTES);
        }
        net_run(world, world->now_ns + 5 * SECOND_NS);
        assert_int_equal(peers[server].received, 8 * (hole + 1));
        assert_int_equal(tcp_count(world, left, TCP_RETRANS_SEGS), again + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TCP_TEST(test_not_reading), TCP_TEST(test_probes_give_up), TCP_TEST(test_send_buffer),
        TCP_TEST(test_accept_late), TCP_TEST(test_out_of_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
