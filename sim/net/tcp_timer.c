/*
 * TCP: round trip estimate, retransmission time-outs and delayed ACKs; one timer an end.
 *
 * A busy end moves its deadlines with each segment and leaves its timer where it is: it fires
 * early, finds nothing due and is set again.  RFC 6298, Linux tcp_timer.c.
 */
#include "sim/net/tcp_state.h"

#include "sim/machine/machine.h"

#define DOUBLINGS_MOST 10 /* 200 ms doubled ten times is past the largest RTO */

void tcp_rtt_sample(struct tcp_end *end, uint64_t rtt_ns)
{
    uint64_t most_us = UINT32_MAX / 8;
    uint64_t rtt_us = rtt_ns / US_NS;
    uint32_t r = (uint32_t)(rtt_us < most_us ? rtt_us : most_us);
    if (r == 0)
        r = 1;
    if (end->srtt_us == 0) {
        end->srtt_us = r;
        end->rttvar_us = r / 2;
        return;
    }
    uint32_t error = end->srtt_us > r ? end->srtt_us - r : r - end->srtt_us;
    end->rttvar_us = (end->rttvar_us * 3 + error) / 4;
    end->srtt_us = (end->srtt_us * 7 + r) / 8;
}

uint64_t tcp_rto(const struct tcp_end *end)
{
    uint64_t rto = TCP_RTO_FIRST_NS;
    if (end->srtt_us != 0) {
        uint64_t spread = 4 * (uint64_t)end->rttvar_us * US_NS;
        rto = end->srtt_us * US_NS + (spread > TCP_RTO_LEAST_NS ? spread : TCP_RTO_LEAST_NS);
    }
    rto <<= end->backoff < DOUBLINGS_MOST ? end->backoff : DOUBLINGS_MOST;
    return rto < TCP_RTO_MOST_NS ? rto : TCP_RTO_MOST_NS;
}

void tcp_timer_arm(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    uint64_t due = end->rto_at_ns;
    if (end->delayed_ack_at_ns != 0 && (due == 0 || end->delayed_ack_at_ns < due))
        due = end->delayed_ack_at_ns;
    if (due == 0 || (end->timer != 0 && end->timer_at_ns <= due))
        return;
    world_cancel(world, end->timer);
    struct payload payload = {.u32 = {index, e}};
    end->timer = world_at(world, due, world->network, TCP_EVENT_TIMER, &payload);
    end->timer_at_ns = due;
}

/* A handshake that gets no answer.  The one who listens gives up in silence. */
static void syn_timeout(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    uint64_t retries = TCP_SYNACK_RETRIES;
    if (end->state == TCP_SYN_SENT)
        retries = parameter_get(world, end_machine(world, end), MACHINE_TCP_SYN_RETRIES);
    if (end->backoff >= retries) {
        tcp_end_fail(world, index, e, SOCKET_FAILED, TCP_TIMED_OUT);
        return;
    }
    end->backoff++;
    trace(world, end->component, TRACE_RETRANSMIT, end->backoff,
          end_machine(world, &tcp_at(world, index)->ends[!e]));
    tcp_send_syn(world, index, e, true);
    end->rto_at_ns = world->now_ns + tcp_rto(end);
}

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

static void data_timeout(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    uint64_t retries = TCP_ORPHAN_RETRIES;
    if (end_is(end, END_OWNED))
        retries = parameter_get(world, end_machine(world, end), MACHINE_TCP_RETRIES2);
    if (end->backoff == 0) {
        end->stamp_ns = world->now_ns;
        end_clear(end, END_TIMED);
    } else if (world->now_ns - end->stamp_ns >= give_up_after(retries)) {
        tcp_end_fail(world, index, e, SOCKET_RESET, TCP_TIMED_OUT);
        return;
    }
    if (end->backoff < UINT8_MAX)
        end->backoff++;
    trace(world, end->component, TRACE_RETRANSMIT, end->backoff,
          end_machine(world, &tcp_at(world, index)->ends[!e]));
    end->snd_nxt = end->snd_una;
    end->rto_at_ns = world->now_ns + tcp_rto(end);
    tcp_output(world, index, e);
}

static void rto_fires(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    end->rto_at_ns = 0;
    if (end->state == TCP_SYN_SENT || end->state == TCP_SYN_RECEIVED)
        syn_timeout(world, index, e);
    else if (end->state == TCP_FIN_WAIT_2)
        tcp_end_gone(world, end);
    else
        data_timeout(world, index, e);
}

void tcp_timer(struct world *world, uint32_t index, unsigned e)
{
    struct connection *connection = tcp_at(world, index);
    struct tcp_end *end = &connection->ends[e];
    end->timer = 0;
    connection->in_flight++;
    if (!component_at(world, end_machine(world, end))->up)
        tcp_end_gone(world, end); /* the machine was removed meanwhile */
    if (end->delayed_ack_at_ns != 0 && end->delayed_ack_at_ns <= world->now_ns) {
        end_clear(end, END_INTERACTIVE); /* the answer takes longer */
        tcp_send_ack(world, index, e);
    }
    if (end->rto_at_ns != 0 && end->rto_at_ns <= world->now_ns)
        rto_fires(world, index, e);
    tcp_timer_arm(world, index, e);
    connection->in_flight--;
    tcp_release(world, index);
}
