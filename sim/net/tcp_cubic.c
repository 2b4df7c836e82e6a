/*
 * TCP: how cwnd grows and shrinks.  Slow start with HyStart, cubic (RFC 9438, Linux tcp_cubic.c, in
 * its integers), and what silence does (RFC 2861).
 *
 * Times are milliseconds, as with HZ=1000.
 */
#include "sim/net/tcp_inside.h"

#include "sim/machine/machine.h"

#define BETA            717u /* of 1024: what is left after a loss */
#define SCALE           410u /* C = 0.4, times 1024 */
#define BETA_SCALE      (8 * (1024 + BETA) / 3 / (1024 - BETA))
#define TRAIN_GAP_NS    (2 * MS_NS)
#define HYSTART_WINDOW  16u
#define HYSTART_SAMPLES 8u

/* Since the last loss. */
struct tcp_cubic {
    uint32_t last_max; /* cwnd at the last loss */
    uint32_t epoch_ms; /* when growth began; 0: not yet */
    uint32_t origin;   /* where the curve is flat */
    uint32_t k;        /* when, in 1024ths of a second */
    uint32_t acked;    /* since then, for the friendliness to Reno */
    uint32_t reno;     /* what Reno would have */
    uint32_t last_cwnd, last_ms;
    uint32_t per_packet; /* ACKs until cwnd grows by one */
    uint32_t credit;     /* ACKs that count towards it */
    uint32_t unused[2];
};

/* --- cubic ------------------------------------------------------------------------------ */

static struct tcp_cubic *cubic_at(const struct world *world, const struct tcp_end *end)
{
    return end->cubic == 0 ? NULL : arena_at(&world->region, end->cubic);
}

static struct tcp_cubic *cubic_need(struct world *world, struct tcp_end *end)
{
    if (end->cubic == 0)
        end->cubic = arena_take(&world->region, sizeof(struct tcp_cubic));
    return cubic_at(world, end);
}

/* The largest integer whose cube is not above a. */
static uint32_t cube_root(uint64_t a)
{
    uint64_t root = 0;
    for (int bit = 20; bit >= 0; bit--) {
        uint64_t next = root | 1ull << bit;
        if (next * next * next <= a)
            root = next;
    }
    return (uint32_t)root;
}

static void epoch_begin(struct tcp_cubic *cubic, uint32_t cwnd, uint32_t acked, uint32_t now_ms)
{
    cubic->epoch_ms = now_ms == 0 ? 1 : now_ms;
    cubic->acked = acked;
    cubic->reno = cwnd;
    cubic->k = 0;
    cubic->origin = cwnd;
    if (cubic->last_max > cwnd) {
        cubic->k = cube_root((1ull << 40) / SCALE * (cubic->last_max - cwnd));
        cubic->origin = cubic->last_max;
    }
}

/* cwnd as the curve has it one round trip from now. */
static uint32_t curve(const struct tcp_cubic *cubic, uint32_t now_ms, uint32_t rtt_us)
{
    uint64_t t = ((uint64_t)(now_ms - cubic->epoch_ms) + rtt_us / 1000) * 1024 / 1000;
    uint64_t away = t < cubic->k ? cubic->k - t : t - cubic->k;
    if (away > 1u << 17)
        away = 1u << 17; /* two minutes: far beyond any window */
    uint64_t delta = SCALE * away * away * away >> 40;
    if (t >= cubic->k)
        return delta < UINT32_MAX / 2 - cubic->origin ? cubic->origin + (uint32_t)delta
                                                      : UINT32_MAX / 2;
    return delta < cubic->origin ? cubic->origin - (uint32_t)delta : 0;
}

/* Linux bictcp_update: how many ACKs a packet more takes. */
static void rate_of_growth(const struct world *world, struct tcp_cubic *cubic, uint32_t cwnd,
                           uint32_t acked, uint32_t rtt_us)
{
    uint32_t now_ms = time_ms(world);
    cubic->acked += acked;
    if (cubic->last_cwnd == cwnd && now_ms - cubic->last_ms <= 31)
        return;
    if (cubic->epoch_ms == 0 || now_ms != cubic->last_ms) {
        cubic->last_cwnd = cwnd;
        cubic->last_ms = now_ms;
        if (cubic->epoch_ms == 0)
            epoch_begin(cubic, cwnd, acked, now_ms);
        uint32_t target = curve(cubic, now_ms, rtt_us);
        cubic->per_packet = target > cwnd ? cwnd / (target - cwnd) : 100 * cwnd;
        if (cubic->last_max == 0 && cubic->per_packet > 20)
            cubic->per_packet = 20;
    }
    uint32_t step = cwnd * BETA_SCALE >> 3;
    for (; step != 0 && cubic->acked > step; cubic->acked -= step)
        cubic->reno++;
    if (cubic->reno > cwnd && cubic->per_packet > cwnd / (cubic->reno - cwnd))
        cubic->per_packet = cwnd / (cubic->reno - cwnd);
    if (cubic->per_packet < 2)
        cubic->per_packet = 2;
}

/* Linux tcp_cong_avoid_ai. */
static void grow_by(struct tcp_end *end, struct tcp_cubic *cubic, uint32_t acked)
{
    if (cubic->credit >= cubic->per_packet) {
        cubic->credit = 0;
        end->cwnd++;
    }
    cubic->credit += acked;
    end->cwnd += cubic->credit / cubic->per_packet;
    cubic->credit %= cubic->per_packet;
}

/* Linux tcp_is_cwnd_limited: a window that is not used does not grow. */
static bool window_is_used(const struct tcp_end *end, const struct tcp_flight *flight)
{
    return flight->cwnd_limited ||
           (end->cwnd < end->ssthresh && end->cwnd < 2 * flight->packets_most);
}

void tcp_cubic_acked(struct world *world, struct tcp_end *end, uint32_t packets)
{
    const struct tcp_flight *flight = tcp_flight(world, end);
    if (!window_is_used(end, flight))
        return;
    if (end->cwnd < end->ssthresh) { /* slow start: Linux tcp_slow_start */
        uint32_t cwnd = end->cwnd + packets < end->ssthresh ? end->cwnd + packets : end->ssthresh;
        packets -= cwnd - end->cwnd;
        end->cwnd = cwnd;
    }
    if (packets == 0)
        return;
    struct tcp_cubic *cubic = cubic_need(world, end);
    if (cubic == NULL)
        return;
    rate_of_growth(world, cubic, end->cwnd, packets, flight->rtt_least_us);
    grow_by(end, cubic, packets);
}

uint32_t tcp_cubic_ssthresh(struct world *world, struct tcp_end *end)
{
    struct tcp_cubic *cubic = cubic_need(world, end);
    if (cubic != NULL) {
        cubic->epoch_ms = 0;
        cubic->last_max =
            end->cwnd < cubic->last_max ? end->cwnd * (1024 + BETA) / 2048 : end->cwnd;
    }
    uint32_t ssthresh = end->cwnd * BETA / 1024;
    return ssthresh > 2 ? ssthresh : 2;
}

void tcp_cubic_reset(struct world *world, struct tcp_end *end)
{
    struct tcp_cubic *cubic = cubic_at(world, end);
    if (cubic != NULL)
        *cubic = (struct tcp_cubic){0};
}

void tcp_cubic_give(struct world *world, struct tcp_end *end)
{
    if (end->cubic != 0)
        arena_give(&world->region, end->cubic, sizeof(struct tcp_cubic));
    end->cubic = 0;
}

/* --- HyStart ---------------------------------------------------------------------------- */

/* A queue begins to stand somewhere: the ACKs of a round come one after the other for half a round
 * trip, or its first ones come late by an eighth. */
static bool queue_grows(const struct world *world, struct tcp_flight *flight, uint32_t rtt_us)
{
    uint64_t now_ns = world->now_ns;
    uint64_t least_ns = (uint64_t)flight->rtt_least_us * US_NS;
    if (now_ns - flight->train_ns <= TRAIN_GAP_NS) {
        flight->train_ns = now_ns;
        if (now_ns - flight->round_ns > least_ns / 2 + MS_NS / 2)
            return true;
    }
    if (flight->round_samples == 0 || rtt_us < flight->round_rtt_us)
        flight->round_rtt_us = rtt_us;
    if (flight->round_samples < HYSTART_SAMPLES) {
        flight->round_samples++;
        return false;
    }
    uint32_t eighth_us = flight->rtt_least_us / 8;
    eighth_us = eighth_us < 4000 ? 4000 : eighth_us > 16000 ? 16000 : eighth_us;
    return flight->round_rtt_us > flight->rtt_least_us + eighth_us;
}

void tcp_hystart(const struct world *world, struct tcp_end *end, struct tcp_flight *flight,
                 uint32_t rtt_us)
{
    if (end->cwnd >= end->ssthresh)
        return;
    if (seq_before(flight->round_seq, end->snd_una)) {
        flight->round_seq = end->snd_nxt;
        flight->round_ns = flight->train_ns = world->now_ns;
        flight->round_samples = 0;
    }
    if (end->cwnd >= HYSTART_WINDOW && queue_grows(world, flight, rtt_us))
        end->ssthresh = end->cwnd;
}

/* --- silence ---------------------------------------------------------------------------- */

/* cwnd is halved for each RTO of silence and never falls below the initial window; what it was is
 * remembered as ssthresh (Linux tcp_cwnd_restart; TRUTH net.slowstart.after_idle). */
void tcp_idle_restart(const struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    uint64_t rto_ns = tcp_rto_base(end), idle_ns = since_ns(world, end->sent_ms);
    if (end->sent_ms == 0 || end->snd_una != end->snd_nxt || idle_ns <= rto_ns ||
        parameter_get(world, end_machine(world, index, e), MACHINE_TCP_SLOW_START_AFTER_IDLE) == 0)
        return;
    uint32_t kept = (end->cwnd >> 1) + (end->cwnd >> 2);
    if (end->ssthresh < kept)
        end->ssthresh = kept;
    uint32_t least = end->cwnd < TCP_INITIAL_WINDOW ? end->cwnd : TCP_INITIAL_WINDOW;
    for (idle_ns -= rto_ns; end->cwnd > least; idle_ns -= rto_ns) {
        end->cwnd >>= 1;
        if (idle_ns <= rto_ns)
            break;
    }
    if (end->cwnd < least)
        end->cwnd = least;
    struct tcp_cubic *cubic = cubic_at(world, end);
    if (cubic != NULL && cubic->epoch_ms != 0) /* Linux cubictcp_cwnd_event: the curve waits */
        cubic->epoch_ms += time_ms(world) - end->sent_ms;
}
