/*
 * QUIC: what became of the datagrams that were sent.  RFC 9002: a packet is lost when one that was
 * sent three later came, or when 9/8 of a round trip went by since a later one came; a probe
 * follows when nothing is heard.
 */
#include "sim/net/quic_state.h"

uint64_t quic_pto(const struct quic_end *end)
{
    uint64_t pto_ns = end->srtt_ns == 0 ? QUIC_FIRST_PTO_NS
                                        : end->srtt_ns + 4 * end->rttvar_ns + QUIC_ACK_DELAY_NS;
    return pto_ns << (end->ptos < 6 ? end->ptos : 6);
}

void quic_message_done(struct world *world, uint32_t message)
{
    const struct quic_message *m = quic_message_at(world, message);
    if (m->taken && m->frames == 0 && m->unsent == 0)
        rows_give(&world->region, &quic_of(world)->messages, sizeof *m, message);
}

void quic_frame_give(struct world *world, uint32_t frame)
{
    uint32_t message = quic_frame_at(world, frame)->message;
    bool came = quic_frame_at(world, frame)->came != 0;
    struct quic_message *m = quic_message_at(world, message);
    rows_give(&world->region, &quic_of(world)->frames, sizeof(struct quic_frame), frame);
    m->frames--;
    if (!came)
        m->taken = 1; /* given up: it will never be whole */
    quic_message_done(world, message);
}

/* --- congestion: RFC 9002 appendix B, with CUBIC's factor ------------------------------------- */

static void window_grow(struct quic_end *end, const struct quic_packet *packet)
{
    if (packet->number <= end->recovery)
        return;
    if (end->window < end->threshold)
        end->window += packet->bytes;
    else
        end->window += (uint32_t)((uint64_t)QUIC_DATAGRAM_BYTES * packet->bytes / end->window);
}

static void window_shrink(struct quic_end *end, uint32_t number)
{
    if (number <= end->recovery)
        return;
    end->recovery = end->next;
    end->window = end->window / 10 * 7;
    if (end->window < QUIC_WINDOW_LEAST)
        end->window = QUIC_WINDOW_LEAST;
    end->threshold = end->window;
}

/* --- acknowledged or lost ------------------------------------------------------------------- */

static bool ack_names(const struct quic_datagram *ack, uint32_t number)
{
    if (number <= ack->floor)
        return true;
    return number <= ack->number && ack->number - number < 64 &&
           (ack->bits >> (ack->number - number) & 1) != 0;
}

void quic_rtt_sample(struct quic_end *end, uint64_t rtt_ns)
{
    if (end->srtt_ns == 0) {
        end->srtt_ns = rtt_ns;
        end->rttvar_ns = rtt_ns / 2;
        return;
    }
    uint64_t off = end->srtt_ns > rtt_ns ? end->srtt_ns - rtt_ns : rtt_ns - end->srtt_ns;
    end->rttvar_ns = (3 * end->rttvar_ns + off) / 4;
    end->srtt_ns = (7 * end->srtt_ns + rtt_ns) / 8;
}

static void packet_give(struct world *world, uint32_t row)
{
    rows_give(&world->region, &quic_of(world)->packets, sizeof(struct quic_packet), row);
}

static void packet_acked(struct world *world, struct quic_end *end, uint32_t row)
{
    struct quic_packet *packet = quic_packet_at(world, row);
    if (packet->number > end->acked) {
        end->acked = packet->number;
        quic_rtt_sample(end, world->now_ns - packet->sent_ns);
    }
    end->in_flight -= packet->bytes;
    window_grow(end, packet);
    for (uint32_t frame = packet->frames.first, next; frame != 0; frame = next) {
        next = quic_frame_at(world, frame)->next;
        quic_frame_give(world, frame);
    }
    packet_give(world, row);
}

/* Its frames go again, before all else. */
static void packet_lost(struct world *world, struct quic_end *end, uint32_t row)
{
    struct quic_packet *packet = quic_packet_at(world, row);
    end->in_flight -= packet->bytes;
    if (end->again.last != 0)
        quic_frame_at(world, end->again.last)->next = packet->frames.first;
    else
        end->again.first = packet->frames.first;
    end->again.last = packet->frames.last;
    packet_give(world, row);
}

/* Goes through the records in order, up to a number; `judge` says of each whether it is done with,
 * and does it. */
static void sent_judge(struct world *world, struct quic_end *end, uint32_t up_to,
                       bool (*judge)(struct world *world, struct quic_end *end, uint32_t row,
                                     const void *by),
                       const void *by)
{
    uint32_t before = 0;
    for (uint32_t row = end->sent.first, next; row != 0; row = next) {
        if (quic_packet_at(world, row)->number > up_to)
            return;
        next = quic_packet_at(world, row)->next;
        if (!judge(world, end, row, by)) {
            before = row;
            continue;
        }
        if (before != 0)
            quic_packet_at(world, before)->next = next;
        else
            end->sent.first = next;
        if (next == 0)
            end->sent.last = before;
    }
}

static bool judge_acked(struct world *world, struct quic_end *end, uint32_t row, const void *by)
{
    if (!ack_names(by, quic_packet_at(world, row)->number))
        return false;
    packet_acked(world, end, row);
    return true;
}

static bool judge_lost(struct world *world, struct quic_end *end, uint32_t row, const void *by)
{
    const struct quic_packet *packet = quic_packet_at(world, row);
    (void)by;
    if (packet->number > end->acked)
        return false;
    uint64_t late_ns = packet->sent_ns + end->srtt_ns * 9 / 8;
    if (packet->number + QUIC_THRESHOLD > end->acked && late_ns > world->now_ns) {
        if (end->loss_at_ns == 0 || late_ns < end->loss_at_ns)
            end->loss_at_ns = late_ns;
        return false;
    }
    window_shrink(end, packet->number);
    packet_lost(world, end, row);
    return true;
}

static bool judge_all(struct world *world, struct quic_end *end, uint32_t row, const void *by)
{
    (void)by;
    packet_lost(world, end, row);
    return true;
}

void quic_find_losses(struct world *world, uint32_t connection, unsigned e)
{
    struct quic_end *end = quic_end_at(world, connection, e);
    end->loss_at_ns = 0;
    sent_judge(world, end, end->acked, judge_lost, NULL);
}

void quic_take_ack(struct world *world, uint32_t connection, unsigned e,
                   const struct quic_datagram *ack)
{
    struct quic_end *end = quic_end_at(world, connection, e);
    sent_judge(world, end, ack->number, judge_acked, ack);
    end->ptos = 0;
    quic_find_losses(world, connection, e);
    end->pto_at_ns = end->sent.first != 0 ? world->now_ns + quic_pto(end) : 0;
}

void quic_lose_all(struct world *world, uint32_t connection, unsigned e)
{
    sent_judge(world, quic_end_at(world, connection, e), UINT32_MAX, judge_all, NULL);
}

/* Nothing was heard: the oldest goes out again whatever the window says (RFC 9002 6.2.4). */
void quic_probe(struct world *world, uint32_t connection, unsigned e)
{
    struct quic_end *end = quic_end_at(world, connection, e);
    uint32_t row = row_queue_pop(quic_packet_links(world), &end->sent);
    if (row == 0)
        return;
    packet_lost(world, end, row);
    if (end->in_flight + QUIC_DATAGRAM_BYTES > end->window)
        end->window = end->in_flight + QUIC_DATAGRAM_BYTES;
}
