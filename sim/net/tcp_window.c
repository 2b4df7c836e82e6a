/*
 * TCP: what the receiver has room for, and what the sender does when there is none.
 *
 * A program that reads leaves the whole of tcp_rmem free; one that does not fills the buffer that
 * a socket begins with, since Linux makes it larger only as the program reads.  Linux
 * __tcp_select_window, tcp_probe_timer.
 */
#include "sim/net/tcp_inside.h"

#include "sim/machine/machine.h"

/* --- receiving -------------------------------------------------------------------------- */

/* Does the process take bytes as they come? */
static bool end_reads(const struct world *world, const struct tcp_end *end)
{
    const struct socket_owner *owner = tcp_owner_find(world, end->component);
    return end_is(end, END_OWNED) && !end_is(end, END_IDLE_READER) &&
           (owner == NULL || owner->paused == 0);
}

/* The buffer grows past what a socket begins with only as the program reads: to twice what comes in
 * a round trip and 16 segments (Linux tcp_rcv_space_adjust).  What comes is what the peer has on
 * its way, so that a bulk transfer never waits for it, and a chat leaves it small (TRUTH
 * ws.slow.kernel-buffers). */
static uint32_t receive_room(const struct world *world, uint32_t index, unsigned e)
{
    const struct connection *connection = tcp_at(world, index);
    const struct tcp_end *end = &connection->ends[e];
    uint64_t most = parameter_get(world, end_machine(world, index, e), MACHINE_TCP_RMEM);
    uint64_t room = TCP_UNREAD_MOST;
    uint64_t grown = (2 * (uint64_t)connection->ends[1 - e].cwnd + 16) * end->receive_mss;
    if (end_reads(world, end) && grown > room)
        room = grown;
    return (uint32_t)(room < most ? room : most);
}

uint32_t tcp_window_select(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    uint32_t room = receive_room(world, index, e);
    uint32_t unread = end->rcv_nxt - end->rcv_read;
    uint32_t window = unread < room ? room - unread : 0;
    if (window < end->receive_mss || window < room / 16)
        window = 0; /* no silly window: RFC 9293 3.8.6.2.2 */
    uint32_t offered = end->rcv_acked + end->rcv_wnd - end->rcv_nxt;
    if ((int32_t)offered > 0 && window < offered)
        window = offered;
    return window;
}

bool tcp_window_takes(const struct tcp_end *end, uint32_t seq)
{
    return seq_before(seq, end->rcv_acked + end->rcv_wnd) || seq == end->rcv_nxt;
}

/* Linux tcp_cleanup_rbuf: an update goes when at least twice as much is free as was offered last.
 */
void tcp_window_read(struct world *world, uint32_t index, unsigned e)
{
    struct connection *connection = tcp_at(world, index);
    struct tcp_end *end = &connection->ends[e];
    if (!end_reads(world, end) || tcp_unread(world, index, e) > 0 || end->rcv_read == end->rcv_nxt)
        return;
    uint64_t held = tcp_memory_held(end);
    end->rcv_read = end->rcv_nxt;
    tcp_memory_note(world, index, e, held);
    bool takes = end->state == TCP_ESTABLISHED || end->state == TCP_FIN_WAIT_1 ||
                 end->state == TCP_FIN_WAIT_2;
    uint32_t offered = end->rcv_acked + end->rcv_wnd - end->rcv_nxt;
    if ((int32_t)offered < 0)
        offered = 0;
    uint32_t window = takes ? tcp_window_select(world, index, e) : 0;
    if (window != 0 && window / 2 >= offered)
        tcp_send_ack(world, index, e);
}

/* --- sending ---------------------------------------------------------------------------- */

void tcp_window_probe_arm(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    if (flight == NULL || flight->sent_count > 0 || flight->transmit_for != TIMER_NONE ||
        end->snd_nxt == end->snd_end)
        return;
    flight->transmit_for = TIMER_WINDOW_PROBE;
    flight->transmit_at_ns = world->now_ns + tcp_rto(end);
}

/* As long as the peer answers, for ever; else as often as tcp_retries2 says. */
void tcp_window_probe(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    uint64_t most = TCP_ORPHAN_RETRIES;
    if (end_is(end, END_OWNED) || end_is(end, END_QUEUED))
        most = parameter_get(world, end_machine(world, index, e), MACHINE_TCP_RETRIES2);
    if (end->probes >= most) {
        tcp_end_fail(world, index, e, SOCKET_RESET, TCP_TIMED_OUT);
        return;
    }
    if (tcp_output_rest(world, index, e))
        return; /* Linux tcp_write_wakeup: the window was not quite closed */
    tcp_send_stale(world, index, e);
    end->probes++;
    if (end->backoff < UINT8_MAX && end->backoff < most)
        end->backoff++;
    flight->transmit_for = TIMER_WINDOW_PROBE;
    flight->transmit_at_ns = world->now_ns + tcp_rto(end);
}
