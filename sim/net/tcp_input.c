/*
 * TCP: segments come.  RFC 9293 3.10.7 in its order; ACKs as Linux __tcp_ack_snd_check decides
 * them.
 */
#include "sim/net/tcp_inside.h"

/* --- opening ---------------------------------------------------------------------------- */

void tcp_established_now(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    end->snd_una = end->snd_nxt = 1;
    if (end->snd_end == 0)
        end->snd_end = 1;
    if (flight != NULL) {
        if (flight->transmit_for != TIMER_NONE) /* else there was no SYN-ACK but a cookie */
            tcp_rtt_sample(end, flight, world->now_ns - flight->rack_ns);
        flight->transmit_for = TIMER_NONE;
        flight->transmit_at_ns = 0;
        flight->rack_ns = 0;
        flight->rtt_seq = flight->usage_seq = flight->round_seq = 1;
        flight->small_seq = flight->high_seq = 1;
        flight->rack_rtt_us = end->srtt >> 3;
    }
    /* Linux tcp_init_transfer: who had to send it again more than once begins with one segment;
     * when a SYN-ACK is lost, the peer's SYN and the timer are two (TRUTH
     * net.slowstart.after_syn_loss). */
    end->cwnd = end->probes > 1 ? 1 : TCP_INITIAL_WINDOW;
    end->ssthresh = TCP_SSTHRESH_INFINITE;
    end->backoff = end->probes = 0;
    end->receive_mss = TCP_FIRST_RECEIVE_MSS;
    end->sent_ms = end->heard_ms = time_ms(world);
    tcp_state_set(world, index, e, TCP_ESTABLISHED);
}

static void in_syn_sent(struct world *world, const struct segment *segment)
{
    uint32_t index = segment->connection;
    unsigned e = segment->to;
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    if ((segment->flags & SEGMENT_ACK) == 0 || segment->ack != 1)
        return;
    if ((segment->flags & SEGMENT_RST) != 0) {
        tcp_end_fail(world, index, e, SOCKET_FAILED, TCP_REFUSED);
        return;
    }
    if ((segment->flags & SEGMENT_SYN) == 0)
        return;
    tcp_established_now(world, index, e);
    end->snd_wnd = segment->window;
    end->rcv_nxt = end->rcv_read = 1;
    tcp_send_ack(world, index, e);
    tcp_output(world, index, e);
    tcp_tell(world, index, e, 1u << SOCKET_CONNECTED);
}

/* --- data that comes -------------------------------------------------------------------- */

/* Linux tcp_incr_quickack: half of what the window holds, at most 16. */
static void quick_acks(struct tcp_end *end)
{
    uint32_t quick = end->rcv_wnd / (2u * end->receive_mss);
    quick = quick < 2 ? 2 : quick > TCP_QUICK_ACKS ? TCP_QUICK_ACKS : quick;
    if (quick > end->quick_acks)
        end->quick_acks = (uint8_t)quick;
}

/* Linux tcp_event_data_recv: the first data, and data after a long silence, is acknowledged
 * quickly. */
static void note_data(const struct world *world, struct tcp_end *end, uint32_t length)
{
    if (!end_is(end, END_DATA) || since_ns(world, end->received_ms) > tcp_rto(end))
        quick_acks(end);
    end_set(end, END_DATA);
    end->received_ms = time_ms(world);
    if (length > end->receive_mss)
        end->receive_mss =
            (uint16_t)(length < TCP_MSS_LOOPBACK_BYTES ? length : TCP_MSS_LOOPBACK_BYTES);
}

/* Linux tcp_fin. */
static void take_fin(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    end_set(end, END_INTERACTIVE);
    if (end->state == TCP_ESTABLISHED)
        tcp_state_set(world, index, e, TCP_CLOSE_WAIT);
    else if (end->state == TCP_FIN_WAIT_1)
        tcp_state_set(world, index, e, TCP_CLOSING);
    else if (end->state == TCP_FIN_WAIT_2)
        tcp_state_set(world, index, e, TCP_TIME_WAIT);
}

/* Which messages of the other end are whole by now; how many more. */
static uint32_t messages_become_whole(const struct world *world, struct tcp_flight *writer,
                                      uint32_t rcv_nxt)
{
    uint32_t before = writer->whole;
    while (writer->fresh != 0) {
        const struct tcp_message *message = tcp_message_at(world, writer->fresh);
        if (seq_before(rcv_nxt, message->end_seq))
            break;
        writer->whole++;
        writer->fresh = message->next;
    }
    return writer->whole - before;
}

/* At once: in quick mode, after more than one full segment, and where nothing can carry it. */
static bool ack_is_due(const struct tcp_end *end)
{
    if (end_is(end, END_ACK_NOW) || (end->quick_acks > 0 && !end_is(end, END_INTERACTIVE)))
        return true;
    if (end->state == TCP_CLOSING || end->state == TCP_TIME_WAIT)
        return true;
    return end->rcv_nxt - end->rcv_acked > end->receive_mss;
}

/* An old segment, or one that the window does not hold: says at once where we are (Linux
 * tcp_send_dupack). */
static void ack_old(struct world *world, const struct segment *segment, uint32_t to)
{
    struct tcp_end *end = &tcp_at(world, segment->connection)->ends[segment->to];
    if (seq_before(segment->seq, to) && !seq_before(end->rcv_nxt, to)) {
        struct tcp_flight *flight = tcp_flight_need(world, end);
        quick_acks(end);
        end_clear(end, END_INTERACTIVE);
        if (flight != NULL) {
            flight->dsack_from = segment->seq;
            flight->dsack_to = to;
        }
    }
    tcp_send_ack(world, segment->connection, segment->to);
}

/* Beyond a hole: kept, and said at once (RFC 5681 4.2). */
static void keep_beyond_hole(struct world *world, const struct segment *segment, uint32_t to)
{
    struct tcp_end *end = &tcp_at(world, segment->connection)->ends[segment->to];
    struct tcp_flight *flight = tcp_flight_need(world, end);
    if (flight == NULL)
        return;
    if (!tcp_range_add(world, flight, segment->seq, to)) {
        flight->dsack_from = segment->seq;
        flight->dsack_to = to;
    }
    tcp_send_ack(world, segment->connection, segment->to);
}

/* The bytes are in order up to `to`, and further where a hole was closed.  What to tell. */
static unsigned take_in_order(struct world *world, const struct segment *segment, uint32_t to)
{
    struct connection *connection = tcp_at(world, segment->connection);
    struct tcp_end *end = &connection->ends[segment->to];
    const struct tcp_end *writer = &connection->ends[1 - segment->to];
    struct tcp_flight *flight = tcp_flight(world, end);
    unsigned events = 0;
    if (flight != NULL && flight->ranges.count > 0) {
        end_set(end, END_ACK_NOW);
        to = tcp_range_join(world, flight, to);
    }
    uint64_t held = tcp_memory_held(end);
    end->rcv_nxt = to;
    tcp_memory_note(world, segment->connection, segment->to, held);
    end_set(end, END_ACK);
    if (segment->length > 0)
        note_data(world, end, segment->length);
    struct tcp_flight *written = tcp_flight(world, writer);
    if (written != NULL && messages_become_whole(world, written, to) > 0)
        events |= 1u << SOCKET_READABLE;
    if (end_is(writer, END_FIN) && to == writer->snd_end) {
        take_fin(world, segment->connection, segment->to);
        events |= 1u << SOCKET_CLOSED;
    }
    tcp_window_read(world, segment->connection, segment->to);
    return events;
}

/* Takes what is new of the segment.  What to tell: a bit (1 << enum socket_event) each. */
static unsigned take_data(struct world *world, const struct segment *segment)
{
    struct tcp_end *end = &tcp_at(world, segment->connection)->ends[segment->to];
    uint32_t to = segment->seq + segment->length + ((segment->flags & SEGMENT_FIN) != 0);
    if (to == segment->seq) {
        if (seq_before(segment->seq, end->rcv_nxt)) /* a probe: it has to be answered */
            tcp_send_ack(world, segment->connection, segment->to);
        return 0;
    }
    if (!seq_before(end->rcv_nxt, to) || !tcp_window_takes(end, segment->seq)) {
        ack_old(world, segment, to);
        return 0;
    }
    if (seq_before(end->rcv_nxt, segment->seq)) {
        keep_beyond_hole(world, segment, to);
        return 0;
    }
    return take_in_order(world, segment, to);
}

/* Where no data ever came the delay is none, which a timer of ticks makes the next tick (Linux
 * tcp_send_delayed_ack with ato 0): a program that answers a FIN sooner saves the ACK. */
static uint64_t ack_at(const struct world *world, const struct tcp_end *end)
{
    if (end_is(end, END_DATA))
        return world->now_ns + TCP_DELAYED_ACK_NS;
    return world->now_ns - world->now_ns % TCP_TICK_NS + TCP_TICK_NS;
}

static void ack_or_delay(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    if (!end_is(end, END_ACK))
        return;
    if (ack_is_due(end)) {
        tcp_send_ack(world, index, e);
        return;
    }
    struct tcp_flight *flight = tcp_flight_need(world, end);
    if (flight != NULL && flight->ack_at_ns == 0)
        flight->ack_at_ns = ack_at(world, end);
}

/* --- all segments ----------------------------------------------------------------------- */

/* Where the peer's FIN has come, a reset may stand just before it: Linux tcp_reset_check. */
static bool reset_counts(const struct tcp_end *end, uint32_t seq)
{
    bool fin_came =
        end->state == TCP_CLOSE_WAIT || end->state == TCP_LAST_ACK || end->state == TCP_CLOSING;
    return !seq_before(seq, fin_came ? end->rcv_nxt - 1 : end->rcv_nxt);
}

/* TIME_WAIT answers a FIN that comes again, and waits anew. */
static void in_time_wait(struct world *world, const struct segment *segment)
{
    if ((segment->flags & SEGMENT_RST) != 0) {
        tcp_end_gone(world, segment->connection, segment->to);
        return;
    }
    if (segment->length == 0 && (segment->flags & SEGMENT_FIN) == 0)
        return;
    tcp_send_ack(world, segment->connection, segment->to);
    tcp_end_lingers(world, segment->connection, segment->to, TCP_TIME_WAIT_NS);
}

/* True when the segment goes on to be looked at for its ACK and its data. */
static bool synchronized(struct world *world, const struct segment *segment)
{
    struct tcp_end *end = &tcp_at(world, segment->connection)->ends[segment->to];
    if (end->state == TCP_TIME_WAIT) {
        in_time_wait(world, segment);
        return false;
    }
    if ((segment->flags & SEGMENT_RST) != 0) {
        if (reset_counts(end, segment->seq))
            tcp_end_fail(world, segment->connection, segment->to, SOCKET_RESET, TCP_RESET_BY_PEER);
        return false;
    }
    if ((segment->flags & SEGMENT_SYN) != 0) {
        if (end->state == TCP_SYN_RECEIVED)
            tcp_send_syn(world, segment->connection, segment->to, true);
        else
            tcp_send_ack(world, segment->connection, segment->to);
        return false;
    }
    /* Nobody is left to read it: Linux tcp_rcv_state_process. */
    if (segment->length > 0 && !end_is(end, END_OWNED) && !end_is(end, END_QUEUED) &&
        end->state != TCP_SYN_RECEIVED &&
        seq_before(end->rcv_nxt, segment->seq + segment->length)) {
        tcp_answer_reset(world, segment);
        tcp_end_gone(world, segment->connection, segment->to);
        return false;
    }
    return true;
}

static void take_segment(struct world *world, const struct segment *segment)
{
    uint32_t index = segment->connection;
    unsigned e = segment->to, events = 0;
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    bool acceptable = false;
    if (end->state == TCP_SYN_RECEIVED && !tcp_passive_established(world, segment, &acceptable))
        return;
    end->heard_ms = time_ms(world);
    if (tcp_flight(world, end) == NULL ||
        tcp_flight(world, end)->transmit_for != TIMER_WINDOW_PROBE)
        end->probes = 0;
    tcp_take_ack(world, segment);
    if (end->state == TCP_CLOSED)
        return;
    events |= take_data(world, segment);
    ack_or_delay(world, index, e);
    if (end->state == TCP_TIME_WAIT && end_is(end, END_FIN) && (events & 1u << SOCKET_CLOSED) != 0)
        tcp_end_lingers(world, index, e, TCP_TIME_WAIT_NS);
    tcp_output(world, index, e);
    tcp_timer_arm(world, index, e);
    events |= tcp_writable_again(world, index, e);
    if (events != 0)
        tcp_tell(world, index, e, events);
    if (acceptable)
        tcp_tell_acceptable(world, end->component);
}

void tcp_segment(struct world *world, const struct segment *segment)
{
    uint32_t index = segment->connection;
    struct tcp_end *end = &tcp_at(world, index)->ends[segment->to];
    if (!end_has_power(world, index, segment->to))
        return;
    tcp_add(world, index, segment->to, TCP_IN_SEGS);
    if (end->state == TCP_CLOSED && !tcp_cookie_returns(world, segment))
        tcp_passive_open(world, segment);
    else if (end->state == TCP_SYN_SENT)
        in_syn_sent(world, segment);
    else if (synchronized(world, segment))
        take_segment(world, segment);
    tcp_flight_settle(world, end);
}
