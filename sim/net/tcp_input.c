/*
 * TCP: segments come.  RFC 9293 3.10.7 in its order; ACKs as Linux __tcp_ack_snd_check decides
 * them.
 *
 * A segment after a hole is answered and dropped: the sender's time-out goes on from the hole.
 */
#include "sim/net/tcp_state.h"

#include "sim/machine/machine.h"

/* --- opening ---------------------------------------------------------------------------- */

/* A segment to an end that is not there.  A way keeps the order, so no SYN comes after the ACK that
 * established the connection: there are no old ones. */
static void passive_open(struct world *world, const struct segment *segment)
{
    struct tcp_end *end = &tcp_at(world, segment->connection)->ends[segment->to];
    bool plain_syn = (segment->flags & (SEGMENT_SYN | SEGMENT_ACK)) == SEGMENT_SYN;
    if (!plain_syn || !tcp_listening(world, end->component)) {
        tcp_answer_reset(world, segment);
        return;
    }
    if (tcp_accept_full(world, end->component)) {
        tcp_add(world, end, TCP_LISTEN_OVERFLOWS);
        tcp_add(world, end, TCP_LISTEN_DROPS);
        return; /* silence, whatever tcp_abort_on_overflow is */
    }
    tcp_state_set(world, end, TCP_SYN_RECEIVED);
    end->port = component_kind(world, end->component)->port;
    end->snd_end = 1;
    end->rcv_nxt = 1;
    end->backoff = 0;
    tcp_send_syn(world, segment->connection, segment->to, false);
    end->rto_at_ns = world->now_ns + tcp_rto(end);
    tcp_timer_arm(world, segment->connection, segment->to);
}

/* What both ends do when the handshake is complete for them. */
static void established(struct world *world, struct tcp_end *end)
{
    if (end_is(end, END_TIMED))
        tcp_rtt_sample(end, world->now_ns - end->stamp_ns);
    end_clear(end, END_TIMED);
    end->snd_una = 1;
    end->backoff = 0;
    end->rto_at_ns = 0;
    end->receive_mss = TCP_FIRST_RECEIVE_MSS;
    tcp_state_set(world, end, TCP_ESTABLISHED);
}

/* The last ACK of a handshake: a full accept queue ignores it, or resets (Linux
 * tcp_v4_syn_recv_sock, tcp_check_req).  False: nothing more is done with the segment. */
static bool passive_established(struct world *world, const struct segment *segment,
                                bool *acceptable)
{
    struct tcp_end *end = &tcp_at(world, segment->connection)->ends[segment->to];
    uint32_t machine = end_machine(world, end);
    if (tcp_accept_full(world, end->component)) {
        tcp_add(world, end, TCP_LISTEN_OVERFLOWS);
        tcp_add(world, end, TCP_LISTEN_DROPS);
        if (parameter_get(world, machine, MACHINE_TCP_ABORT_ON_OVERFLOW) != 0) {
            tcp_answer_reset(world, segment);
            tcp_end_gone(world, end);
        }
        return false;
    }
    *acceptable = tcp_accept_queue(world, end->component) == 0;
    if (!tcp_accept_push(world, segment->connection, segment->to))
        return false;
    established(world, end);
    tcp_add(world, end, TCP_PASSIVE_OPENS);
    return true;
}

static void in_syn_sent(struct world *world, const struct segment *segment)
{
    struct tcp_end *end = &tcp_at(world, segment->connection)->ends[segment->to];
    if ((segment->flags & SEGMENT_ACK) == 0 || segment->ack != 1)
        return;
    if ((segment->flags & SEGMENT_RST) != 0) {
        tcp_end_fail(world, segment->connection, segment->to, SOCKET_FAILED, TCP_REFUSED);
        return;
    }
    if ((segment->flags & SEGMENT_SYN) == 0)
        return;
    established(world, end);
    end->rcv_nxt = 1;
    tcp_send_ack(world, segment->connection, segment->to);
    tcp_output(world, segment->connection, segment->to);
    tcp_tell(world, segment->connection, segment->to, 1u << SOCKET_CONNECTED);
}

/* --- ACKs of what was sent -------------------------------------------------------------- */

/* The FIN was acknowledged. */
static void fin_acked(struct world *world, struct tcp_end *end)
{
    if (end->state == TCP_FIN_WAIT_1) {
        tcp_state_set(world, end, TCP_FIN_WAIT_2);
        if (!end_is(end, END_OWNED))
            end->rto_at_ns = world->now_ns + TCP_FIN_TIMEOUT_NS;
    } else if (end->state == TCP_CLOSING) {
        tcp_state_set(world, end, TCP_TIME_WAIT);
    } else if (end->state == TCP_LAST_ACK) {
        tcp_end_gone(world, end);
    }
}

static void take_ack(struct world *world, struct tcp_end *end, uint32_t ack)
{
    if (!seq_before(end->snd_una, ack) || seq_before(end->snd_max, ack))
        return;
    if (end_is(end, END_TIMED) && !seq_before(ack, end->timed_seq)) {
        tcp_rtt_sample(end, world->now_ns - end->stamp_ns);
        end_clear(end, END_TIMED);
    }
    end->snd_una = ack;
    if (seq_before(end->snd_nxt, ack))
        end->snd_nxt = ack;
    end->backoff = 0;
    end->rto_at_ns = ack == end->snd_max ? 0 : world->now_ns + tcp_rto(end);
    if (end_is(end, END_FIN) && ack == end->snd_end)
        fin_acked(world, end);
}

/* --- data that comes -------------------------------------------------------------------- */

/* Linux tcp_event_data_recv: the first data, and data after a long silence, is acknowledged
 * quickly. */
static void note_data(const struct world *world, struct tcp_end *end, uint32_t length)
{
    if (!end_is(end, END_DATA) || world->now_ns - end->received_ns > tcp_rto(end))
        end->quick_acks = TCP_QUICK_ACKS;
    end_set(end, END_DATA);
    end->received_ns = world->now_ns;
    if (length > end->receive_mss)
        end->receive_mss =
            (uint16_t)(length < TCP_MSS_LOOPBACK_BYTES ? length : TCP_MSS_LOOPBACK_BYTES);
}

/* Linux tcp_fin. */
static void take_fin(struct world *world, struct tcp_end *end)
{
    end->rcv_nxt++;
    end_set(end, END_INTERACTIVE);
    if (end->state == TCP_ESTABLISHED) {
        tcp_state_set(world, end, TCP_CLOSE_WAIT);
    } else if (end->state == TCP_FIN_WAIT_1) {
        tcp_state_set(world, end, TCP_CLOSING);
    } else if (end->state == TCP_FIN_WAIT_2) {
        tcp_state_set(world, end, TCP_TIME_WAIT);
        end->rto_at_ns = 0;
    }
}

/* Which messages of the other end are whole by now; how many more. */
static uint32_t messages_become_whole(const struct world *world, struct tcp_end *writer,
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

/* At once: in quick mode, after more than one full segment, and where nothing will carry it. */
static bool ack_is_due(const struct tcp_end *end)
{
    if (end->quick_acks > 0 && !end_is(end, END_INTERACTIVE))
        return true;
    if (end->state == TCP_CLOSING || end->state == TCP_TIME_WAIT || !end_is(end, END_DATA))
        return true;
    return end->rcv_nxt - end->rcv_acked > end->receive_mss;
}

/* An old segment or one after a hole: says at once where we are (Linux tcp_enter_quickack_mode). */
static void ack_out_of_order(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    end->quick_acks = TCP_QUICK_ACKS;
    end_clear(end, END_INTERACTIVE);
    tcp_send_ack(world, index, e);
}

/* Takes what is new of the segment.  What to tell: a bit (1 << enum socket_event) each. */
static unsigned take_data(struct world *world, const struct segment *segment)
{
    struct connection *connection = tcp_at(world, segment->connection);
    struct tcp_end *end = &connection->ends[segment->to];
    uint32_t fin = (segment->flags & SEGMENT_FIN) != 0 ? 1 : 0;
    uint32_t data_end = segment->seq + segment->length;
    if (segment->length + fin == 0)
        return 0;
    if (seq_before(end->rcv_nxt, segment->seq) || !seq_before(end->rcv_nxt, data_end + fin)) {
        ack_out_of_order(world, segment->connection, segment->to);
        return 0;
    }
    end_set(end, END_ACK);
    unsigned events = 0;
    if (seq_before(end->rcv_nxt, data_end)) {
        end->rcv_nxt = data_end;
        note_data(world, end, segment->length);
        if (messages_become_whole(world, &connection->ends[1 - segment->to], data_end) > 0)
            events |= 1u << SOCKET_READABLE;
    }
    if (fin != 0) {
        take_fin(world, end);
        events |= 1u << SOCKET_CLOSED;
    }
    return events;
}

static void ack_or_delay(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    if (!end_is(end, END_ACK))
        return;
    if (ack_is_due(end))
        tcp_send_ack(world, index, e);
    else if (end->delayed_ack_at_ns == 0)
        end->delayed_ack_at_ns = world->now_ns + TCP_DELAYED_ACK_NS;
}

/* --- all segments ----------------------------------------------------------------------- */

/* Where the peer's FIN has come, a reset may stand just before it: Linux tcp_reset_check. */
static bool reset_counts(const struct tcp_end *end, uint32_t seq)
{
    bool fin_came =
        end->state == TCP_CLOSE_WAIT || end->state == TCP_LAST_ACK || end->state == TCP_CLOSING;
    return !seq_before(seq, fin_came ? end->rcv_nxt - 1 : end->rcv_nxt);
}

/* True when the segment goes on to be looked at for its ACK and its data. */
static bool synchronized(struct world *world, const struct segment *segment)
{
    struct tcp_end *end = &tcp_at(world, segment->connection)->ends[segment->to];
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
        tcp_end_gone(world, end);
        return false;
    }
    return true;
}

static void take_segment(struct world *world, const struct segment *segment)
{
    uint32_t index = segment->connection;
    struct tcp_end *end = &tcp_at(world, index)->ends[segment->to];
    unsigned events = 0;
    bool acceptable = false;
    if (end->state == TCP_SYN_RECEIVED && !passive_established(world, segment, &acceptable))
        return;
    take_ack(world, end, segment->ack);
    if (end->state == TCP_CLOSED)
        return;
    events |= take_data(world, segment);
    ack_or_delay(world, index, segment->to);
    tcp_output(world, index, segment->to);
    events |= tcp_writable_again(world, end);
    if (events != 0)
        tcp_tell(world, index, segment->to, events);
    if (acceptable)
        tcp_tell_acceptable(world, end->component);
}

void tcp_segment(struct world *world, const struct segment *segment)
{
    const struct tcp_end *end = &tcp_at(world, segment->connection)->ends[segment->to];
    if (!component_at(world, end_machine(world, end))->up)
        return;
    tcp_add(world, end, TCP_IN_SEGS);
    if (end->state == TCP_CLOSED)
        passive_open(world, segment);
    else if (end->state == TCP_SYN_SENT)
        in_syn_sent(world, segment);
    else if (synchronized(world, segment))
        take_segment(world, segment);
}
