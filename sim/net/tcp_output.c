/*
 * TCP: segments leave.  tcp_output is the one place that decides what may be sent; windows go
 * there.
 */
#include "sim/net/tcp_state.h"

#include <string.h>

#include "sim/net/way.h"
#include "sim/net/wire_inside.h"

/* What kinds of packet a segment is, for `drop-next`: data with a FIN is both. */
static uint32_t packet_kinds(const struct segment *segment)
{
    uint32_t kinds = 0;
    if ((segment->flags & SEGMENT_SYN) != 0)
        return segment->flags & SEGMENT_ACK ? 1u << PACKET_SYNACK : 1u << PACKET_SYN;
    if (segment->length > 0)
        kinds |= 1u << PACKET_DATA;
    if ((segment->flags & SEGMENT_FIN) != 0)
        kinds |= 1u << PACKET_FIN;
    return kinds != 0 ? kinds : 1u << PACKET_OTHER;
}

/* Linux counts a segment that holds nothing new as retransmitted, and not as sent (tcp_output.c).
 */
static void wire_put(struct world *world, struct segment *segment, bool again)
{
    struct connection *connection = tcp_at(world, segment->connection);
    unsigned from = 1u - segment->to;
    struct trip trip;
    tcp_add(world, &connection->ends[from], again ? TCP_RETRANS_SEGS : TCP_OUT_SEGS);
    bool leaves = way_send(world, connection->ways[from], segment_bytes(segment),
                           packet_kinds(segment), &trip);
    segment->epoch = trip.epoch;
    if (wire_is_heard(world))
        wire_sent(world, segment, &trip, again);
    if (!leaves)
        return;
    struct payload payload;
    memcpy(&payload, segment, sizeof payload);
    if (world_at(world, trip.arrival_ns, world->network, TCP_EVENT_SEGMENT, &payload) != 0)
        connection->in_flight++;
}

/* Every segment of a live end but a SYN carries an ACK: what was owed is paid. */
static void send_segment(struct world *world, uint32_t index, unsigned e, unsigned flags,
                         uint32_t seq, uint32_t length, bool again)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct segment segment = {.connection = index,
                              .seq = seq,
                              .length = length,
                              .flags = (uint16_t)flags,
                              .to = (uint16_t)(1u - e)};
    if ((flags & SEGMENT_ACK) != 0) {
        segment.ack = end->rcv_nxt;
        end->rcv_acked = end->rcv_nxt;
        end->delayed_ack_at_ns = 0;
        end_clear(end, END_ACK);
        if (end->quick_acks > 0)
            end->quick_acks--;
    }
    wire_put(world, &segment, again);
}

void tcp_send_syn(struct world *world, uint32_t index, unsigned e, bool again)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    end->snd_nxt = end->snd_max = 1;
    if (again) {
        end_clear(end, END_TIMED);
    } else {
        end_set(end, END_TIMED);
        end->timed_seq = 1;
        end->stamp_ns = world->now_ns;
    }
    send_segment(world, index, e, e == 0 ? SEGMENT_SYN : SEGMENT_SYN | SEGMENT_ACK, 0, 0, again);
}

void tcp_send_ack(struct world *world, uint32_t index, unsigned e)
{
    send_segment(world, index, e, SEGMENT_ACK, tcp_at(world, index)->ends[e].snd_nxt, 0, false);
}

void tcp_send_reset(struct world *world, uint32_t index, unsigned e)
{
    send_segment(world, index, e, SEGMENT_RST | SEGMENT_ACK, tcp_at(world, index)->ends[e].snd_max,
                 0, false);
}

void tcp_answer_reset(struct world *world, const struct segment *to)
{
    struct segment segment = {.connection = to->connection,
                              .seq = (to->flags & SEGMENT_ACK) != 0 ? to->ack : 0,
                              .ack = to->seq + to->length + ((to->flags & SEGMENT_SYN) != 0),
                              .flags = SEGMENT_RST | SEGMENT_ACK,
                              .to = (uint16_t)(1u - to->to)};
    if ((to->flags & SEGMENT_RST) == 0)
        wire_put(world, &segment, false);
}

/* Data of the RTT estimate: one segment at a time, none that was sent twice (RFC 6298 3, Karn). */
static void time_segment(const struct world *world, struct tcp_end *end)
{
    if (end_is(end, END_TIMED) || end->backoff != 0)
        return;
    end_set(end, END_TIMED);
    end->timed_seq = end->snd_nxt;
    end->stamp_ns = world->now_ns;
}

/* Linux tcp_event_data_sent: data within 40 ms after data is an answer that carries the ACKs. */
static void note_answer(const struct world *world, struct tcp_end *end)
{
    if (end_is(end, END_DATA) && world->now_ns - end->received_ns < TCP_DELAYED_ACK_NS)
        end_set(end, END_INTERACTIVE);
}

/* While nothing is heard, one segment goes at each time-out.  The windows' place. */
static bool may_send(const struct tcp_end *end)
{
    if (end->snd_nxt == end->snd_end || (end->backoff != 0 && end->snd_nxt != end->snd_una))
        return false;
    return end->state == TCP_ESTABLISHED || end->state == TCP_CLOSE_WAIT ||
           end->state == TCP_FIN_WAIT_1 || end->state == TCP_CLOSING || end->state == TCP_LAST_ACK;
}

/* The next segment from snd_nxt on; the FIN rides on the last data. */
static void send_next(struct world *world, uint32_t index, unsigned e, uint32_t mss)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    uint32_t fin = end_is(end, END_FIN) ? 1 : 0;
    uint32_t left = end->snd_end - end->snd_nxt - fin;
    uint32_t length = left < mss ? left : mss;
    if (length < left)
        fin = 0;
    uint32_t seq = end->snd_nxt;
    end->snd_nxt += length + fin;
    bool again = seq_before(seq, end->snd_max);
    if (!again)
        time_segment(world, end);
    if (seq_before(end->snd_max, end->snd_nxt))
        end->snd_max = end->snd_nxt;
    if (length > 0)
        note_answer(world, end);
    send_segment(world, index, e, fin != 0 ? SEGMENT_ACK | SEGMENT_FIN : SEGMENT_ACK, seq, length,
                 again);
}

void tcp_output(struct world *world, uint32_t index, unsigned e)
{
    struct connection *connection = tcp_at(world, index);
    struct tcp_end *end = &connection->ends[e];
    if (may_send(end)) {
        const struct way *way = way_at(world, connection->ways[e]);
        uint32_t mss = way->from == way->to ? TCP_MSS_LOOPBACK_BYTES : TCP_MSS_BYTES;
        do
            send_next(world, index, e, mss);
        while (may_send(end));
    }
    if (end->rto_at_ns == 0 && end->snd_una != end->snd_nxt)
        end->rto_at_ns = world->now_ns + tcp_rto(end);
    tcp_timer_arm(world, index, e);
}

void tcp_send_fin(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    end_set(end, END_FIN);
    end->snd_end++;
    tcp_state_set(world, end, end->state == TCP_CLOSE_WAIT ? TCP_LAST_ACK : TCP_FIN_WAIT_1);
    tcp_output(world, index, e);
}
