/*
 * TCP: segments leave.  tcp_output is the one place that decides what may be sent: cwnd, the peer's
 * window, Nagle (Linux tcp_write_xmit).
 */
#include "sim/net/tcp_inside.h"

#include <string.h>

#include "sim/net/wire_inside.h"

/* --- onto the wire ---------------------------------------------------------------------- */

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
    tcp_add(world, segment->connection, from, again ? TCP_RETRANS_SEGS : TCP_OUT_SEGS);
    bool leaves = way_send(world, connection->ways[from], segment_bytes(world, segment),
                           packet_kinds(segment), &trip);
    segment->epoch = trip.epoch;
    if (wire_is_heard(world))
        wire_sent(world, segment, &trip, again);
    struct payload payload;
    memcpy(&payload, segment, sizeof payload);
    if (leaves &&
        world_at(world, trip.arrival_ns, world->network, TCP_EVENT_SEGMENT, &payload) != 0)
        connection->in_flight++;
    else if (segment->sacks != 0)
        arena_give(&world->region, segment->sacks, sizeof(struct tcp_sacks));
}

/* The blocks of what came beyond a hole, before them what came twice (RFC 2018, RFC 2883). */
static ref sacks_take(struct world *world, struct tcp_flight *flight)
{
    if (flight == NULL || (flight->ranges.count == 0 && flight->dsack_from == flight->dsack_to))
        return 0;
    ref at = arena_take(&world->region, sizeof(struct tcp_sacks));
    if (at == 0)
        return 0;
    struct tcp_sacks *sacks = arena_at(&world->region, at);
    if (flight->dsack_from != flight->dsack_to)
        sacks->blocks[sacks->count++] = (struct tcp_range){flight->dsack_from, flight->dsack_to};
    flight->dsack_from = flight->dsack_to = 0;
    for (uint32_t i = 0; i < flight->ranges.count && sacks->count < TCP_SACKS; i++)
        sacks->blocks[sacks->count++] =
            *(const struct tcp_range *)vector_at(&world->region, &flight->ranges, i);
    return at;
}

static uint32_t mss_of(const struct world *world, uint32_t index, unsigned e)
{
    const struct way *way = way_at(world, tcp_at(world, index)->ways[e]);
    return way->from == way->to ? TCP_MSS_LOOPBACK_BYTES : TCP_MSS_BYTES;
}

/* A window that is not scaled yet: as many segments as fit in 64 KiB. */
static uint32_t syn_window(const struct world *world, uint32_t index, unsigned e, unsigned flags)
{
    if (mss_of(world, index, e) == TCP_MSS_LOOPBACK_BYTES)
        return TCP_MSS_LOOPBACK_BYTES;
    return (flags & SEGMENT_ACK) != 0 ? TCP_SYNACK_WINDOW : TCP_SYN_WINDOW;
}

/* Every segment of a live end but a SYN carries an ACK: what was owed is paid. */
static void send_segment(struct world *world, uint32_t index, unsigned e, unsigned flags,
                         uint32_t seq, uint32_t length, bool again)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    struct segment segment = {.connection = index,
                              .seq = seq,
                              .length = length,
                              .flags = (uint16_t)flags,
                              .to = (uint16_t)(1u - e)};
    if ((flags & SEGMENT_SYN) != 0) {
        end->rcv_wnd = segment.window = syn_window(world, index, e, flags);
    } else if ((flags & SEGMENT_RST) == 0) {
        end->rcv_wnd = segment.window = tcp_window_select(world, index, e);
        segment.sacks = sacks_take(world, flight);
    }
    if ((flags & SEGMENT_ACK) != 0) {
        segment.ack = end->rcv_nxt;
        end->rcv_acked = end->rcv_nxt;
        end_clear(end, END_ACK);
        end_clear(end, END_ACK_NOW);
        if (flight != NULL)
            flight->ack_at_ns = 0;
        if (end->quick_acks > 0)
            end->quick_acks--;
    }
    wire_put(world, &segment, again);
}

/* --- segments without data -------------------------------------------------------------- */

void tcp_send_syn(struct world *world, uint32_t index, unsigned e, bool again)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    end->snd_nxt = 1;
    end->probes = (uint8_t)(end->probes + again);
    flight->rack_ns = world->now_ns; /* when it left: the first round trip */
    send_segment(world, index, e, e == 0 ? SEGMENT_SYN : SEGMENT_SYN | SEGMENT_ACK, 0, 0, again);
}

void tcp_send_ack(struct world *world, uint32_t index, unsigned e)
{
    send_segment(world, index, e, SEGMENT_ACK, tcp_at(world, index)->ends[e].snd_nxt, 0, false);
}

/* Linux tcp_xmit_probe_skb. */
void tcp_send_stale(struct world *world, uint32_t index, unsigned e)
{
    send_segment(world, index, e, SEGMENT_ACK, tcp_at(world, index)->ends[e].snd_una - 1, 0, false);
}

void tcp_send_reset(struct world *world, uint32_t index, unsigned e)
{
    send_segment(world, index, e, SEGMENT_RST | SEGMENT_ACK, tcp_at(world, index)->ends[e].snd_nxt,
                 0, false);
}

/* RFC 9293 3.10.7.1: what was acknowledged is where the reset stands; else it acknowledges. */
void tcp_answer_reset(struct world *world, const struct segment *to)
{
    struct segment segment = {
        .connection = to->connection, .flags = SEGMENT_RST, .to = (uint16_t)(1u - to->to)};
    if ((to->flags & SEGMENT_ACK) != 0) {
        segment.seq = to->ack;
    } else {
        segment.flags |= SEGMENT_ACK;
        segment.ack = to->seq + to->length + ((to->flags & SEGMENT_SYN) != 0);
    }
    if ((to->flags & SEGMENT_RST) == 0)
        wire_put(world, &segment, false);
}

void tcp_answer_cookie(struct world *world, const struct segment *to)
{
    struct segment segment = {
        .connection = to->connection,
        .ack = to->seq + 1,
        .flags = SEGMENT_SYN | SEGMENT_ACK,
        .window = syn_window(world, to->connection, to->to, SEGMENT_SYN | SEGMENT_ACK),
        .to = (uint16_t)(1u - to->to)};
    wire_put(world, &segment, false);
}

/* --- data ------------------------------------------------------------------------------- */

/* Linux tcp_event_data_sent: data within 40 ms after data is an answer that carries the ACKs. */
static void note_answer(const struct world *world, struct tcp_end *end)
{
    if (end_is(end, END_DATA) && since_ns(world, end->received_ms) < TCP_DELAYED_ACK_NS)
        end_set(end, END_INTERACTIVE);
    end->sent_ms = time_ms(world);
}

static bool may_send_in(unsigned state)
{
    return state == TCP_ESTABLISHED || state == TCP_CLOSE_WAIT || state == TCP_FIN_WAIT_1 ||
           state == TCP_CLOSING || state == TCP_LAST_ACK;
}

/* The next segment of new data: bytes, and whether the FIN rides on it. */
static uint32_t next_length(const struct tcp_end *end, uint32_t mss, bool *fin)
{
    uint32_t left = end->snd_end - end->snd_nxt - end_is(end, END_FIN);
    *fin = end_is(end, END_FIN) && left <= mss;
    return left < mss ? left : mss;
}

static bool window_allows(const struct tcp_end *end, uint32_t length)
{
    return length == 0 || !seq_before(end->snd_una + end->snd_wnd, end->snd_nxt + length);
}

/* Linux tcp_nagle_check with Minshall's change: one small segment at a time is on its way. */
static bool nagle_holds(const struct tcp_end *end, const struct tcp_flight *flight, uint32_t length,
                        uint32_t mss, bool fin)
{
    return length < mss && !fin && !end_is(end, END_NODELAY) && flight->sent_count > 0 &&
           seq_before(end->snd_una, flight->small_seq);
}

/* The FIN rides on the last data.  False: the region is full. */
static bool send_new(struct world *world, uint32_t index, unsigned e, uint32_t length, bool fin,
                     uint32_t mss)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    struct tcp_sent *sent = tcp_sent_push(world, flight);
    if (sent == NULL)
        return false;
    uint32_t seq = end->snd_nxt;
    end->snd_nxt += length + fin;
    *sent = (struct tcp_sent){
        .time_ns = world->now_ns, .seq = seq, .end = end->snd_nxt, .flags = fin ? SENT_FIN : 0};
    if (length > 0)
        note_answer(world, end);
    if (length > 0 && length < mss)
        flight->small_seq = end->snd_nxt;
    if (flight->recovery == RECOVERY_FAST)
        flight->out++;
    if (flight->sent_count == 1 || flight->transmit_for == TIMER_LOSS_PROBE)
        tcp_rto_rearm(world, end);
    send_segment(world, index, e, fin ? SEGMENT_ACK | SEGMENT_FIN : SEGMENT_ACK, seq, length,
                 false);
    return true;
}

/* Linux tcp_cwnd_validate: how full cwnd was in this round trip. */
static void note_usage(const struct tcp_end *end, struct tcp_flight *flight)
{
    bool limited = tcp_in_flight(flight) >= end->cwnd;
    if (seq_before(end->snd_una, flight->usage_seq) && !limited &&
        (flight->cwnd_limited || flight->sent_count <= flight->packets_most))
        return;
    flight->cwnd_limited = limited;
    flight->packets_most = flight->sent_count;
    flight->usage_seq = end->snd_nxt;
}

void tcp_output(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    if (flight == NULL)
        return;
    uint32_t mss = mss_of(world, index, e);
    bool any = false, fin;
    while (may_send_in(end->state) && end->snd_nxt != end->snd_end) {
        uint32_t length = next_length(end, mss, &fin);
        bool last_word = length == 0; /* cwnd is not held against a FIN alone */
        if ((tcp_in_flight(flight) >= end->cwnd && !last_word) || !window_allows(end, length) ||
            nagle_holds(end, flight, length, mss, fin) ||
            !send_new(world, index, e, length, fin, mss))
            break;
        any = true;
    }
    if (flight->sent_count > 0 && (any || tcp_in_flight(flight) >= end->cwnd))
        note_usage(end, flight);
    if (any)
        tcp_transmit_rearm(world, index, e, false);
    if (may_send_in(end->state))
        tcp_window_probe_arm(world, index, e);
    tcp_timer_arm(world, index, e);
}

bool tcp_output_fits(const struct world *world, uint32_t index, unsigned e)
{
    const struct tcp_end *end = &tcp_at(world, index)->ends[e];
    bool fin;
    return window_allows(end, next_length(end, mss_of(world, index, e), &fin));
}

bool tcp_output_rest(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    uint32_t mss = mss_of(world, index, e);
    uint32_t room = end->snd_una + end->snd_wnd - end->snd_nxt;
    bool fin;
    if (!may_send_in(end->state) || (int32_t)room <= 0 || next_length(end, mss, &fin) <= room)
        return false;
    return send_new(world, index, e, room, false, mss);
}

bool tcp_output_probe(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    uint32_t mss = mss_of(world, index, e);
    bool fin;
    if (!may_send_in(end->state) || end->snd_nxt == end->snd_end)
        return false;
    uint32_t length = next_length(end, mss, &fin);
    return window_allows(end, length) && send_new(world, index, e, length, fin, mss);
}

void tcp_send_fin(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    if (tcp_flight_need(world, end) == NULL)
        return;
    end_set(end, END_FIN);
    end->snd_end++;
    tcp_state_set(world, index, e, end->state == TCP_CLOSE_WAIT ? TCP_LAST_ACK : TCP_FIN_WAIT_1);
    tcp_output(world, index, e);
}

/* --- again ------------------------------------------------------------------------------ */

/* Linux tcp_retrans_try_collapse: small segments at the head go together. */
static void collapse(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_flight *flight = tcp_flight(world, &tcp_at(world, index)->ends[e]);
    uint32_t mss = mss_of(world, index, e);
    while (flight->sent_count > 1) {
        struct tcp_sent head = *tcp_sent_at(world, flight, 0);
        struct tcp_sent *next = tcp_sent_at(world, flight, 1);
        if (((head.flags | next->flags) & (SENT_SACKED | SENT_FIN)) != 0 ||
            next->end - head.seq > mss)
            return;
        flight->again -= (next->flags & SENT_AGAIN) != 0;
        flight->lost -= (next->flags & SENT_LOST) != 0;
        head.end = next->end;
        *next = head;
        /* The head's own counts went over to the next. */
        flight->lost += (head.flags & SENT_LOST) != 0;
        flight->again += (head.flags & SENT_AGAIN) != 0;
        tcp_sent_pop(world, flight);
    }
}

void tcp_send_again(struct world *world, uint32_t index, unsigned e, uint32_t i)
{
    struct tcp_flight *flight = tcp_flight(world, &tcp_at(world, index)->ends[e]);
    if (i == 0)
        collapse(world, index, e);
    struct tcp_sent *sent = tcp_sent_at(world, flight, i);
    uint32_t fin = (sent->flags & SENT_FIN) != 0;
    sent->time_ns = world->now_ns;
    sent->flags |= SENT_EVER_AGAIN;
    sent->tries++;
    send_segment(world, index, e, fin != 0 ? SEGMENT_ACK | SEGMENT_FIN : SEGMENT_ACK, sent->seq,
                 sent->end - sent->seq - fin, true);
}
