/*
 * TCP: what an ACK says: what has come, in order or not (SACK), and how large the peer's window is.
 * Linux tcp_ack, tcp_sacktag_write_queue, tcp_clean_rtx_queue.
 */
#include "sim/net/tcp_inside.h"

/* --- SACK ------------------------------------------------------------------------------- */

static void segment_sacked(const struct world *world, struct tcp_flight *flight,
                           struct tcp_sent *sent, struct tcp_news *news)
{
    flight->lost -= (sent->flags & SENT_LOST) != 0;
    flight->again -= (sent->flags & SENT_AGAIN) != 0;
    sent->flags &= ~(uint32_t)(SENT_LOST | SENT_AGAIN);
    sent->flags |= SENT_SACKED;
    flight->sacked++;
    news->acked++;
    news->sacked = true;
    tcp_rack_delivered(world, flight, sent);
}

static void take_block(const struct world *world, struct tcp_flight *flight, struct tcp_range block,
                       struct tcp_news *news)
{
    for (uint32_t i = 0; i < flight->sent_count; i++) {
        struct tcp_sent *sent = tcp_sent_at(world, flight, i);
        if (!seq_before(sent->seq, block.to))
            break;
        if ((sent->flags & SENT_SACKED) == 0 && !seq_before(sent->seq, block.from) &&
            !seq_before(block.to, sent->end))
            segment_sacked(world, flight, sent, news);
    }
}

/* The first block may say that something came twice: it lies below the ACK, or in the second. */
static void take_sacks(struct world *world, const struct segment *segment,
                       struct tcp_flight *flight, struct tcp_news *news)
{
    const struct tcp_sacks *sacks = arena_at(&world->region, segment->sacks);
    uint32_t first = 0;
    struct tcp_range block = sacks->blocks[0];
    bool inside = sacks->count > 1 && !seq_before(block.from, sacks->blocks[1].from) &&
                  !seq_before(sacks->blocks[1].to, block.to);
    if (!seq_before(segment->ack, block.to) || inside) {
        news->duplicate = true;
        first = 1;
    }
    for (uint32_t i = first; i < sacks->count; i++)
        take_block(world, flight, sacks->blocks[i], news);
}

/* --- what is acknowledged --------------------------------------------------------------- */

/* Takes what is wholly acknowledged off the queue.  A round trip is measured on the oldest, and
 * never on what was sent twice (RFC 6298 3, Karn). */
static void take_acknowledged(struct world *world, struct tcp_end *end, struct tcp_news *news)
{
    struct tcp_flight *flight = tcp_flight(world, end);
    uint64_t oldest_ns = 0;
    while (flight->sent_count > 0) {
        struct tcp_sent *sent = tcp_sent_at(world, flight, 0);
        if (seq_before(end->snd_una, sent->end)) {
            if (seq_before(sent->seq, end->snd_una))
                sent->seq = end->snd_una; /* a part of it: it was put together */
            break;
        }
        if ((sent->flags & SENT_EVER_AGAIN) != 0)
            news->again_acked = true;
        if ((sent->flags & SENT_SACKED) == 0) {
            news->acked++;
            tcp_rack_delivered(world, flight, sent);
            if (oldest_ns == 0 && (sent->flags & SENT_EVER_AGAIN) == 0)
                oldest_ns = sent->time_ns + 1;
        }
        tcp_sent_pop(world, flight);
    }
    if (oldest_ns == 0 || news->again_acked)
        return;
    uint64_t rtt_ns = world->now_ns + 1 - oldest_ns;
    tcp_rtt_sample(end, flight, rtt_ns);
    tcp_hystart(world, end, flight, (uint32_t)(rtt_ns / US_NS));
}

/* The FIN was acknowledged. */
static void fin_acked(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    if (end->state == TCP_FIN_WAIT_1) {
        tcp_state_set(world, index, e, TCP_FIN_WAIT_2);
        if (!end_is(end, END_OWNED))
            tcp_end_lingers(world, index, e, TCP_FIN_TIMEOUT_NS);
    } else if (end->state == TCP_CLOSING) {
        tcp_state_set(world, index, e, TCP_TIME_WAIT);
        tcp_end_lingers(world, index, e, TCP_TIME_WAIT_NS);
    } else if (end->state == TCP_LAST_ACK) {
        tcp_end_gone(world, index, e);
    }
}

/* A window that was closed and opens: what waits may go (Linux tcp_ack_probe). */
static void take_window(const struct world *world, uint32_t index, unsigned e, uint32_t window)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    end->snd_wnd = window;
    end->probes = 0;
    if (flight == NULL || flight->transmit_for != TIMER_WINDOW_PROBE)
        return;
    if (tcp_output_fits(world, index, e)) {
        end->backoff = 0;
        flight->transmit_for = TIMER_NONE;
        flight->transmit_at_ns = 0;
    } else {
        flight->transmit_at_ns = world->now_ns + tcp_rto(end);
    }
}

/* RFC 8985 7.4: the tail loss probe is answered. */
static void probe_answered(struct world *world, uint32_t index, unsigned e, uint32_t ack,
                           const struct tcp_news *news)
{
    struct tcp_flight *flight = tcp_flight(world, &tcp_at(world, index)->ends[e]);
    if (flight->probe_seq == 0 || seq_before(ack, flight->probe_seq))
        return;
    if (!flight->probe_again || news->duplicate || !news->advanced) {
        flight->probe_seq = 0; /* all of it came: nothing was lost */
    } else if (seq_before(flight->probe_seq, ack)) {
        flight->probe_seq = 0;
        tcp_probe_mended(world, index, e);
    }
}

void tcp_take_ack(struct world *world, const struct segment *segment)
{
    uint32_t index = segment->connection;
    unsigned e = segment->to;
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    struct tcp_news news = {0};
    uint32_t ack = segment->ack;
    if (seq_before(end->snd_nxt, ack))
        return; /* of what was never sent */
    bool old = seq_before(ack, end->snd_una);
    news.advanced = seq_before(end->snd_una, ack);
    uint64_t held = tcp_memory_held(end);
    end->snd_una = old ? end->snd_una : ack;
    tcp_memory_note(world, index, e, held);
    if (!old)
        take_window(world, index, e, segment->window);
    if (flight == NULL)
        return;
    if (flight->sent_count > 0) {
        if (segment->sacks != 0)
            take_sacks(world, segment, flight, &news);
        if (news.advanced) {
            end->backoff = 0;
            flight->retrans_ns = 0;
            take_acknowledged(world, end, &news);
        }
        probe_answered(world, index, e, ack, &news);
        tcp_recover(world, index, e, &news);
    }
    if (news.advanced && end_is(end, END_FIN) && ack == end->snd_end)
        fin_acked(world, index, e);
}
