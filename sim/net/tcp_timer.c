/*
 * TCP: round trip estimate, time-outs, tail loss probes, delayed ACKs, keepalive; one timer an end.
 *
 * A busy end moves its deadlines with each segment and leaves its timer where it is: it fires
 * early, finds nothing due and is set again.  RFC 6298, Linux tcp_input.c (tcp_rtt_estimator),
 * tcp_timer.c.
 */
#include "sim/net/tcp_inside.h"

#include "sim/machine/machine.h"

#define DOUBLINGS_MOST 10 /* 200 ms doubled ten times is past the largest RTO */
#define RTO_LEAST_US   (uint32_t)(TCP_RTO_LEAST_NS / US_NS)

/* --- the estimate ----------------------------------------------------------------------- */

/* Jacobson's, with Linux's two changes: the variance is never below 200 ms, rises at once and sinks
 * by a quarter once a round trip. */
void tcp_rtt_sample(struct tcp_end *end, struct tcp_flight *flight, uint64_t rtt_ns)
{
    uint64_t most_us = UINT32_MAX / 16;
    uint64_t rtt_us = rtt_ns / US_NS;
    uint32_t r = (uint32_t)(rtt_us == 0 ? 1 : rtt_us < most_us ? rtt_us : most_us);
    if (flight->rtt_least_us == 0 || r < flight->rtt_least_us)
        flight->rtt_least_us = r;
    if (end->srtt == 0) {
        end->srtt = r << 3;
        end->mdev = r << 1;
        end->rttvar = end->mdev_max = end->mdev > RTO_LEAST_US ? end->mdev : RTO_LEAST_US;
        flight->rtt_seq = end->snd_nxt;
        return;
    }
    int32_t error = (int32_t)r - (int32_t)(end->srtt >> 3);
    end->srtt = (uint32_t)((int32_t)end->srtt + error);
    int32_t change = (error < 0 ? -error : error) - (int32_t)(end->mdev >> 2);
    if (error < 0 && change > 0)
        change >>= 3; /* a shorter round trip is no reason to wait longer */
    end->mdev = (uint32_t)((int32_t)end->mdev + change);
    if (end->mdev > end->mdev_max) {
        end->mdev_max = end->mdev;
        if (end->mdev_max > end->rttvar)
            end->rttvar = end->mdev_max;
    }
    if (!seq_before(flight->rtt_seq, end->snd_una))
        return;
    if (end->mdev_max < end->rttvar)
        end->rttvar -= (end->rttvar - end->mdev_max) >> 2;
    flight->rtt_seq = end->snd_nxt;
    end->mdev_max = RTO_LEAST_US;
}

uint64_t tcp_rto_base(const struct tcp_end *end)
{
    if (end->srtt == 0)
        return TCP_RTO_FIRST_NS;
    uint64_t rto = ((uint64_t)(end->srtt >> 3) + end->rttvar) * US_NS;
    return rto < TCP_RTO_MOST_NS ? rto : TCP_RTO_MOST_NS;
}

uint64_t tcp_rto(const struct tcp_end *end)
{
    uint64_t rto = tcp_rto_base(end)
                   << (end->backoff < DOUBLINGS_MOST ? end->backoff : DOUBLINGS_MOST);
    return rto < TCP_RTO_MOST_NS ? rto : TCP_RTO_MOST_NS;
}

/* --- the transmit timer ----------------------------------------------------------------- */

static void transmit_set(struct tcp_flight *flight, enum tcp_timer_use use, uint64_t at_ns)
{
    flight->transmit_for = (uint8_t)use;
    flight->transmit_at_ns = at_ns;
}

/* When the oldest segment has waited for an RTO; not before now (Linux tcp_rto_delta_us). */
static uint64_t oldest_due(const struct world *world, const struct tcp_end *end,
                           const struct tcp_flight *flight)
{
    uint64_t due = tcp_sent_at(world, flight, 0)->time_ns + tcp_rto(end);
    return due > world->now_ns ? due : world->now_ns + 1;
}

void tcp_rto_rearm(struct world *world, struct tcp_end *end)
{
    struct tcp_flight *flight = tcp_flight(world, end);
    if (flight->sent_count == 0) {
        transmit_set(flight, TIMER_NONE, 0);
        return;
    }
    uint64_t at_ns = world->now_ns + tcp_rto(end);
    if (flight->transmit_for == TIMER_LOSS_PROBE || flight->transmit_for == TIMER_REORDER)
        at_ns = oldest_due(world, end, flight);
    transmit_set(flight, TIMER_RTO, at_ns);
}

/* RFC 8985 7.2 as Linux tcp_schedule_loss_probe: two round trips, never after the time-out; a
 * single segment may wait for a delayed ACK.  False: none is right. */
static bool loss_probe_arm(struct world *world, struct tcp_end *end, bool advancing)
{
    struct tcp_flight *flight = tcp_flight(world, end);
    if (flight->sent_count == 0 || flight->recovery != RECOVERY_OPEN || end->backoff != 0)
        return false;
    uint64_t wait_ns = TCP_RTO_FIRST_NS;
    if (end->srtt != 0)
        wait_ns = 2 * (uint64_t)(end->srtt >> 3) * US_NS +
                  (flight->sent_count == 1 ? TCP_RTO_LEAST_NS : TCP_TIMEOUT_LEAST_NS);
    uint64_t latest_ns = advancing ? world->now_ns + tcp_rto(end) : oldest_due(world, end, flight);
    uint64_t at_ns = world->now_ns + wait_ns;
    transmit_set(flight, TIMER_LOSS_PROBE, at_ns < latest_ns ? at_ns : latest_ns);
    return true;
}

void tcp_transmit_rearm(struct world *world, uint32_t index, unsigned e, bool advancing)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    if (!loss_probe_arm(world, end, advancing) && advancing)
        tcp_rto_rearm(world, end);
}

/* --- giving up -------------------------------------------------------------------------- */

/* Linux tcp_model_timeout: how long after the first retransmission `retries` of them have had their
 * time, counted with the smallest RTO: 15 are 924.6 s. */
static uint64_t give_up_after(uint64_t retries)
{
    uint64_t total_ns = 0, rto_ns = TCP_RTO_LEAST_NS;
    for (uint64_t i = 0; i <= retries; i++) {
        total_ns += rto_ns;
        rto_ns = rto_ns * 2 < TCP_RTO_MOST_NS ? rto_ns * 2 : TCP_RTO_MOST_NS;
    }
    return total_ns;
}

static uint64_t patience_ns(const struct world *world, uint32_t index, unsigned e)
{
    const struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_keepalive options = tcp_keepalive_of(world, end);
    if (options.user_timeout_ms != 0)
        return options.user_timeout_ms * MS_NS;
    uint64_t retries = TCP_ORPHAN_RETRIES;
    if (end_is(end, END_OWNED) || end_is(end, END_QUEUED))
        retries = parameter_get(world, end_machine(world, index, e), MACHINE_TCP_RETRIES2);
    return give_up_after(retries);
}

bool tcp_gave_up(const struct world *world, uint32_t index, unsigned e)
{
    const struct tcp_flight *flight = tcp_flight(world, &tcp_at(world, index)->ends[e]);
    return flight->retrans_ns != 0 &&
           world->now_ns - flight->retrans_ns >= patience_ns(world, index, e);
}

/* --- time-outs -------------------------------------------------------------------------- */

static void note_again(struct world *world, uint32_t index, unsigned e, uint32_t tries)
{
    trace(world, tcp_at(world, index)->ends[e].component, TRACE_RETRANSMIT, tries,
          end_machine(world, index, 1 - e));
}

/* Kernels since 6.5 send the first ones a second apart: tcp_syn_linear_timeouts. */
static uint64_t syn_wait(const struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end end = tcp_at(world, index)->ends[e];
    uint64_t linear = 0;
    if (e == 0)
        linear =
            parameter_get(world, end_machine(world, index, e), MACHINE_TCP_SYN_LINEAR_TIMEOUTS);
    end.backoff = (uint8_t)(end.backoff > linear ? end.backoff - linear : 0);
    return tcp_rto(&end);
}

/* A handshake that gets no answer.  The one who listens gives up in silence. */
static void syn_timeout(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    uint64_t retries = TCP_SYNACK_RETRIES;
    if (end->state == TCP_SYN_SENT) {
        uint32_t machine = end_machine(world, index, e);
        retries = parameter_get(world, machine, MACHINE_TCP_SYN_RETRIES) +
                  parameter_get(world, machine, MACHINE_TCP_SYN_LINEAR_TIMEOUTS);
    }
    if (end->backoff >= retries) {
        tcp_end_fail(world, index, e, SOCKET_FAILED, TCP_TIMED_OUT);
        return;
    }
    end->backoff++;
    tcp_add(world, index, e, TCP_TIMEOUTS);
    note_again(world, index, e, end->backoff);
    tcp_send_syn(world, index, e, true);
    transmit_set(flight, TIMER_RTO, world->now_ns + syn_wait(world, index, e));
}

/* Linux tcp_clamp_rto_to_user_timeout. */
static uint64_t rto_within_patience(const struct world *world, uint32_t index, unsigned e)
{
    const struct tcp_end *end = &tcp_at(world, index)->ends[e];
    uint64_t rto_ns = tcp_rto(end);
    if (tcp_keepalive_of(world, end).user_timeout_ms == 0)
        return rto_ns;
    uint64_t end_ns = tcp_flight(world, end)->retrans_ns + patience_ns(world, index, e);
    uint64_t left_ns = end_ns > world->now_ns ? end_ns - world->now_ns : 1;
    return rto_ns < left_ns ? rto_ns : left_ns;
}

static void data_timeout(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    if (flight->sent_count == 0)
        return;
    if (end->backoff != 0 && tcp_gave_up(world, index, e)) {
        tcp_end_fail(world, index, e, SOCKET_RESET, TCP_TIMED_OUT);
        return;
    }
    tcp_add(world, index, e, TCP_TIMEOUTS);
    tcp_enter_loss(world, index, e);
    if (flight->retrans_ns == 0)
        flight->retrans_ns = world->now_ns;
    if (end->backoff < UINT8_MAX)
        end->backoff++;
    struct tcp_sent *oldest = tcp_sent_at(world, flight, 0);
    if ((oldest->flags & SENT_AGAIN) == 0)
        flight->again++;
    oldest->flags |= SENT_AGAIN;
    note_again(world, index, e, oldest->tries + 1);
    tcp_send_again(world, index, e, 0);
    transmit_set(flight, TIMER_RTO, world->now_ns + rto_within_patience(world, index, e));
}

/* Linux tcp_send_loss_probe: new data where there is some, else the last segment again. */
static void loss_probe(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    if (flight->sent_count > 0 && flight->probe_seq == 0) {
        flight->probe_again = !tcp_output_probe(world, index, e);
        if (flight->probe_again) {
            uint32_t last = flight->sent_count - 1;
            note_again(world, index, e, tcp_sent_at(world, flight, last)->tries + 1);
            tcp_send_again(world, index, e, last);
        }
        flight->probe_seq = end->snd_nxt;
    }
    flight->transmit_for = TIMER_NONE;
    tcp_rto_rearm(world, end);
}

static void transmit_due(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    unsigned use = flight->transmit_for;
    transmit_set(flight, TIMER_NONE, 0);
    if (end->state == TCP_SYN_SENT || end->state == TCP_SYN_RECEIVED)
        syn_timeout(world, index, e);
    else if (use == TIMER_LOSS_PROBE)
        loss_probe(world, index, e);
    else if (use == TIMER_REORDER)
        tcp_reorder_due(world, index, e);
    else if (use == TIMER_WINDOW_PROBE)
        tcp_window_probe(world, index, e);
    else
        data_timeout(world, index, e);
}

/* --- keepalive -------------------------------------------------------------------------- */

/* Only while nothing is under way that the peer has to answer. */
static bool keeps_alive(const struct world *world, const struct tcp_end *end)
{
    const struct tcp_flight *flight = tcp_flight(world, end);
    return end_is(end, END_KEEPALIVE) && end->snd_nxt == end->snd_end &&
           (flight == NULL || flight->sent_count == 0) &&
           (end->state == TCP_ESTABLISHED || end->state == TCP_CLOSE_WAIT);
}

/* Linux tcp_keepalive_timer: counted from the last segment that came. */
static uint64_t keepalive_due(const struct world *world, const struct tcp_end *end)
{
    struct tcp_keepalive options = tcp_keepalive_of(world, end);
    uint64_t wait_ns = options.idle_s + (uint64_t)options.interval_s * end->probes;
    return world->now_ns - since_ns(world, end->heard_ms) + wait_ns * SECOND_NS;
}

static void keepalive(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    if (!keeps_alive(world, end) || keepalive_due(world, end) > world->now_ns)
        return;
    if (end->probes >= tcp_keepalive_of(world, end).count) {
        tcp_send_reset(world, index, e);
        tcp_end_fail(world, index, e, SOCKET_RESET, TCP_TIMED_OUT);
        return;
    }
    end->probes++;
    tcp_send_stale(world, index, e);
}

/* --- the timer -------------------------------------------------------------------------- */

static void earlier(uint64_t *due, uint64_t at_ns)
{
    if (at_ns != 0 && (*due == 0 || at_ns < *due))
        *due = at_ns;
}

static void timer_set(struct world *world, uint32_t index, unsigned e, uint64_t at_ns)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct payload payload = {.u32 = {index, e}};
    world_cancel(world, end->timer);
    end->timer = world_at(world, at_ns, world->network, TCP_EVENT_TIMER, &payload);
    end->timer_at_ns = at_ns;
}

static bool is_lingering(const struct tcp_end *end)
{
    return end->state == TCP_TIME_WAIT || (end->state == TCP_FIN_WAIT_2 && !end_is(end, END_OWNED));
}

void tcp_end_lingers(struct world *world, uint32_t index, unsigned e, uint64_t delay_ns)
{
    tcp_flight_clear(world, &tcp_at(world, index)->ends[e]);
    timer_set(world, index, e, world->now_ns + delay_ns);
}

void tcp_timer_arm(struct world *world, uint32_t index, unsigned e)
{
    const struct tcp_end *end = &tcp_at(world, index)->ends[e];
    const struct tcp_flight *flight = tcp_flight(world, end);
    uint64_t due = 0;
    if (is_lingering(end))
        return;
    if (flight != NULL) {
        earlier(&due, flight->transmit_at_ns);
        earlier(&due, flight->ack_at_ns);
    }
    if (keeps_alive(world, end))
        earlier(&due, keepalive_due(world, end));
    if (due != 0 && (end->timer == 0 || end->timer_at_ns > due))
        timer_set(world, index, e, due);
}

static void deadlines(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_flight *flight = tcp_flight(world, end);
    if (flight != NULL && flight->ack_at_ns != 0 && flight->ack_at_ns <= world->now_ns) {
        end_clear(end, END_INTERACTIVE); /* the answer takes longer */
        tcp_send_ack(world, index, e);
    }
    if (flight != NULL && flight->transmit_at_ns != 0 && flight->transmit_at_ns <= world->now_ns)
        transmit_due(world, index, e);
    tcp_flight_settle(world, end);
    keepalive(world, index, e);
}

void tcp_timer(struct world *world, uint32_t index, unsigned e)
{
    struct connection *connection = tcp_at(world, index);
    struct tcp_end *end = &connection->ends[e];
    end->timer = 0;
    connection->in_flight++;
    if (!end_has_power(world, index, e) || is_lingering(end))
        tcp_end_gone(world, index, e);
    else
        deadlines(world, index, e);
    tcp_timer_arm(world, index, e);
    connection->in_flight--;
    tcp_release(world, index);
}
