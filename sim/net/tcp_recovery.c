/*
 * TCP: losses are found and mended.  RACK (RFC 8985) says what is lost, proportional rate reduction
 * (RFC 6937) how much may leave meanwhile.  Linux tcp_recovery.c, tcp_fastretrans_alert.
 */
#include "sim/net/tcp_inside.h"

#define REORDERING 3u /* sacked segments behind a hole that make it a loss */

/* --- RACK ------------------------------------------------------------------------------- */

static bool sent_after(uint64_t a_ns, uint32_t a_seq, uint64_t b_ns, uint32_t b_seq)
{
    return a_ns > b_ns || (a_ns == b_ns && seq_before(b_seq, a_seq));
}

void tcp_rack_delivered(const struct world *world, struct tcp_flight *flight,
                        const struct tcp_sent *sent)
{
    uint32_t rtt_us = (uint32_t)((world->now_ns - sent->time_ns) / US_NS);
    if ((sent->flags & SENT_EVER_AGAIN) != 0 && rtt_us < flight->rtt_least_us)
        return; /* it was the first that came */
    flight->rack_advanced = 1;
    flight->rack_rtt_us = rtt_us;
    if (!sent_after(sent->time_ns, sent->end, flight->rack_ns, flight->rack_seq))
        return;
    flight->rack_ns = sent->time_ns;
    flight->rack_seq = sent->end;
}

/* How long a segment may be overtaken: not at all once three are, else a quarter of a round trip.
 */
static uint64_t reorder_window_ns(const struct tcp_end *end, const struct tcp_flight *flight)
{
    if (flight->recovery >= RECOVERY_FAST || flight->sacked >= REORDERING)
        return 0;
    uint32_t quarter_us = flight->rtt_least_us / 4, most_us = end->srtt >> 3;
    return (quarter_us < most_us ? quarter_us : most_us) * US_NS;
}

/* When a segment counts as lost that is not acknowledged. */
static uint64_t lost_at(const struct tcp_end *end, const struct tcp_flight *flight,
                        const struct tcp_sent *sent)
{
    return sent->time_ns + flight->rack_rtt_us * US_NS + reorder_window_ns(end, flight);
}

static void mark_lost(struct tcp_flight *flight, struct tcp_sent *sent)
{
    if ((sent->flags & SENT_LOST) == 0)
        flight->lost++;
    if ((sent->flags & SENT_AGAIN) != 0)
        flight->again--; /* it is lost again */
    sent->flags |= SENT_LOST;
    sent->flags &= ~(uint32_t)SENT_AGAIN;
}

uint64_t tcp_rack_detect(struct world *world, const struct tcp_end *end, struct tcp_flight *flight)
{
    uint64_t wait_ns = 0;
    if (!flight->rack_advanced)
        return 0;
    flight->rack_advanced = 0;
    for (uint32_t i = 0; i < flight->sent_count; i++) {
        struct tcp_sent *sent = tcp_sent_at(world, flight, i);
        bool overtaken = sent_after(flight->rack_ns, flight->rack_seq, sent->time_ns, sent->end);
        if (!overtaken && (sent->flags & SENT_EVER_AGAIN) == 0 &&
            flight->sacked + flight->lost + flight->again == 0)
            break; /* the rest was sent later */
        if (!overtaken || (sent->flags & SENT_SACKED) != 0 ||
            (sent->flags & (SENT_LOST | SENT_AGAIN)) == SENT_LOST)
            continue;
        uint64_t due_ns = lost_at(end, flight, sent);
        if (due_ns <= world->now_ns)
            mark_lost(flight, sent);
        else if (due_ns - world->now_ns > wait_ns)
            wait_ns = due_ns - world->now_ns;
    }
    return wait_ns;
}

/* Linux tcp_rack_mark_lost: where it is too early to tell, a timer waits. */
static void find_losses(struct world *world, struct tcp_end *end, struct tcp_news *news)
{
    struct tcp_flight *flight = tcp_flight(world, end);
    uint32_t before = flight->lost;
    uint64_t wait_ns = tcp_rack_detect(world, end, flight);
    news->lost = flight->lost > before ? flight->lost - before : 0;
    if (wait_ns == 0)
        return;
    flight->transmit_for = TIMER_REORDER;
    flight->transmit_at_ns = world->now_ns + wait_ns + TCP_TIMEOUT_LEAST_NS;
}

/* --- cwnd while losses are mended ------------------------------------------------------- */

static void reduction_begin(struct world *world, struct tcp_end *end, struct tcp_flight *flight)
{
    flight->high_seq = end->snd_nxt;
    flight->probe_seq = 0;
    flight->prior_cwnd = end->cwnd;
    flight->delivered = flight->out = 0;
    end->ssthresh = tcp_cubic_ssthresh(world, end);
}

/* Linux tcp_cwnd_reduction. */
static void reduce(struct tcp_end *end, struct tcp_flight *flight, const struct tcp_news *news)
{
    uint32_t pipe = tcp_in_flight(flight), may = 0;
    if (news->acked == 0 || flight->prior_cwnd == 0)
        return;
    flight->delivered += news->acked;
    if (end->ssthresh < pipe) {
        uint64_t share = (uint64_t)end->ssthresh * flight->delivered + flight->prior_cwnd - 1;
        share /= flight->prior_cwnd;
        may = share > flight->out ? (uint32_t)share - flight->out : 0;
    } else {
        may = flight->delivered > flight->out ? flight->delivered - flight->out : 0;
        may = may > news->acked ? may : news->acked;
        if (news->advanced && news->lost == 0)
            may++;
        may = may < end->ssthresh - pipe ? may : end->ssthresh - pipe;
    }
    if (may == 0 && flight->out == 0)
        may = 1; /* the first of the retransmissions goes at once */
    end->cwnd = pipe + may;
}

/* Linux tcp_xmit_retransmit_queue: what is lost and was not sent since, as cwnd allows. */
static void send_lost(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    for (uint32_t i = 0; i < flight->sent_count && flight->lost > flight->again; i++) {
        struct tcp_sent *sent = tcp_sent_at(world, flight, i);
        if ((sent->flags & (SENT_LOST | SENT_AGAIN | SENT_SACKED)) != SENT_LOST)
            continue;
        if (tcp_in_flight(flight) >= end->cwnd)
            return;
        sent->flags |= SENT_AGAIN;
        flight->again++;
        tcp_send_again(world, index, e, i);
        if (flight->recovery == RECOVERY_FAST)
            flight->out++;
        if (i == 0)
            tcp_rto_rearm(world, end);
    }
}

/* --- states ----------------------------------------------------------------------------- */

static void recovery_end(struct tcp_end *end, struct tcp_flight *flight)
{
    if (flight->recovery == RECOVERY_FAST)
        end->cwnd = end->ssthresh;
    flight->recovery = RECOVERY_OPEN;
}

static void recovery_begin(struct world *world, struct tcp_end *end, struct tcp_flight *flight)
{
    if (flight->recovery != RECOVERY_LOSS) {
        reduction_begin(world, end, flight);
        flight->recovery = RECOVERY_FAST;
    }
}

void tcp_recover(struct world *world, uint32_t index, unsigned e, struct tcp_news *news)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    bool mending = flight->recovery >= RECOVERY_FAST;
    if (flight->transmit_for == TIMER_REORDER) /* it is set again where it is still right */
        tcp_rto_rearm(world, end);
    if (mending && !seq_before(end->snd_una, flight->high_seq))
        recovery_end(end, flight);
    find_losses(world, end, news);
    if (flight->recovery < RECOVERY_FAST) {
        if (flight->lost > 0)
            recovery_begin(world, end, flight);
        else
            flight->recovery = flight->sacked > 0 ? RECOVERY_DISORDER : RECOVERY_OPEN;
    }
    if (news->advanced && flight->transmit_for != TIMER_REORDER)
        tcp_transmit_rearm(world, index, e, true);
    if (flight->recovery == RECOVERY_FAST)
        reduce(end, flight, news);
    else if (news->advanced)
        tcp_cubic_acked(world, end, news->acked);
    if (flight->recovery >= RECOVERY_FAST)
        send_lost(world, index, e);
}

/* Linux tcp_enter_loss: all that has not come is lost, but for what left within the last round
 * trip. */
void tcp_enter_loss(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    if (flight->recovery <= RECOVERY_DISORDER ||
        (flight->recovery == RECOVERY_LOSS && end->backoff == 0)) {
        end->ssthresh = tcp_cubic_ssthresh(world, end);
        tcp_cubic_reset(world, end);
    }
    for (uint32_t i = 0; i < flight->sent_count; i++) {
        struct tcp_sent *sent = tcp_sent_at(world, flight, i);
        bool recent = i > 0 && lost_at(end, flight, sent) > world->now_ns;
        if ((sent->flags & SENT_SACKED) == 0 && !recent)
            mark_lost(flight, sent);
    }
    end->cwnd = tcp_in_flight(flight) + 1;
    flight->recovery = RECOVERY_LOSS;
    flight->high_seq = end->snd_nxt;
    flight->probe_seq = 0;
}

/* Linux tcp_rack_reo_timeout. */
void tcp_reorder_due(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    struct tcp_news news = {0};
    flight->rack_advanced = 1;
    find_losses(world, end, &news);
    if (flight->lost > 0) {
        if (flight->recovery < RECOVERY_FAST) {
            news.acked = 1;
            recovery_begin(world, end, flight);
            reduce(end, flight, &news);
        }
        send_lost(world, index, e);
    }
    if (flight->transmit_for == TIMER_NONE)
        tcp_rto_rearm(world, end);
    tcp_output(world, index, e);
}

void tcp_probe_mended(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    reduction_begin(world, end, flight);
    end->cwnd = end->ssthresh;
}
