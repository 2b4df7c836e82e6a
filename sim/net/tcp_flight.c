/*
 * TCP: the record of what is under way at an end; the segments that are not acknowledged, and what
 * came beyond a hole.
 */
#include "sim/net/tcp_inside.h"

#include "sim/net/deliveries.h"

#define FIRST_SENT  4u
#define RANGES_MOST 1024u /* beyond that a receiver drops what does not fit */

/* --- the record ------------------------------------------------------------------------- */

struct tcp_flight *tcp_flight_need(struct world *world, struct tcp_end *end)
{
    if (end->flight != 0)
        return tcp_flight(world, end);
    end->flight = arena_take(&world->region, sizeof(struct tcp_flight));
    struct tcp_flight *flight = tcp_flight(world, end);
    if (flight == NULL)
        return NULL;
    flight->rtt_seq = flight->usage_seq = flight->round_seq = end->snd_una;
    flight->small_seq = flight->high_seq = end->snd_una;
    flight->rtt_least_us = flight->rack_rtt_us = end->srtt >> 3;
    return flight;
}

static void sent_give(struct world *world, struct tcp_flight *flight)
{
    if (flight->sent != 0)
        arena_give(&world->region, flight->sent,
                   (uint64_t)flight->sent_limit * sizeof(struct tcp_sent));
    flight->sent = 0;
    flight->sent_first = flight->sent_count = flight->sent_limit = 0;
}

void tcp_flight_give(struct world *world, struct tcp_end *end)
{
    struct tcp_flight *flight = tcp_flight(world, end);
    if (flight == NULL)
        return;
    while (flight->first != 0) {
        uint32_t next = tcp_message_at(world, flight->first)->next;
        deliveries_lost(world, &tcp_message_at(world, flight->first)->message);
        slab_give(&world->region, SLAB_MESSAGE, flight->first);
        flight->first = next;
    }
    sent_give(world, flight);
    vector_clear(&world->region, &flight->ranges);
    arena_give(&world->region, end->flight, sizeof *flight);
    end->flight = 0;
}

void tcp_flight_clear(struct world *world, struct tcp_end *end)
{
    struct tcp_flight *flight = tcp_flight(world, end);
    if (flight == NULL)
        return;
    sent_give(world, flight);
    vector_clear(&world->region, &flight->ranges);
    flight->sacked = flight->lost = flight->again = 0;
    flight->transmit_at_ns = flight->ack_at_ns = 0;
    flight->transmit_for = TIMER_NONE;
    tcp_flight_settle(world, end);
}

void tcp_flight_settle(struct world *world, struct tcp_end *end)
{
    const struct tcp_flight *flight = tcp_flight(world, end);
    if (flight == NULL || flight->sent_count > 0 || flight->ranges.count > 0 ||
        flight->first != 0 || flight->transmit_at_ns != 0 || flight->ack_at_ns != 0)
        return;
    if (flight->dsack_from != flight->dsack_to || flight->recovery > RECOVERY_DISORDER)
        return;
    tcp_flight_give(world, end);
}

/* --- what was sent ---------------------------------------------------------------------- */

struct tcp_sent *tcp_sent_push(struct world *world, struct tcp_flight *flight)
{
    if (flight->sent_count == flight->sent_limit) {
        uint32_t limit = flight->sent_limit == 0 ? FIRST_SENT : flight->sent_limit * 2;
        ref larger = arena_take(&world->region, (uint64_t)limit * sizeof(struct tcp_sent));
        if (larger == 0)
            return NULL;
        struct tcp_sent *to = arena_at(&world->region, larger);
        uint32_t count = flight->sent_count;
        for (uint32_t i = 0; i < count; i++)
            to[i] = *tcp_sent_at(world, flight, i);
        sent_give(world, flight);
        flight->sent = larger;
        flight->sent_limit = limit;
        flight->sent_count = count;
    }
    struct tcp_sent *sent = tcp_sent_at(world, flight, flight->sent_count++);
    *sent = (struct tcp_sent){0};
    return sent;
}

void tcp_sent_pop(struct world *world, struct tcp_flight *flight)
{
    struct tcp_sent *sent = tcp_sent_at(world, flight, 0);
    flight->sacked -= (sent->flags & SENT_SACKED) != 0;
    flight->lost -= (sent->flags & SENT_LOST) != 0;
    flight->again -= (sent->flags & SENT_AGAIN) != 0;
    *sent = (struct tcp_sent){0};
    flight->sent_first = (flight->sent_first + 1) & (flight->sent_limit - 1);
    if (--flight->sent_count == 0)
        sent_give(world, flight);
}

/* --- what came beyond a hole ------------------------------------------------------------ */

static struct tcp_range *range_at(const struct world *world, const struct tcp_flight *flight,
                                  uint32_t i)
{
    return vector_at(&world->region, &flight->ranges, i);
}

static void range_remove(const struct world *world, struct tcp_flight *flight, uint32_t i)
{
    for (; i + 1 < flight->ranges.count; i++)
        *range_at(world, flight, i) = *range_at(world, flight, i + 1);
    *range_at(world, flight, --flight->ranges.count) = (struct tcp_range){0, 0};
}

/* The range that grew last stands first: RFC 2018 4 wants it in the first block. */
bool tcp_range_add(struct world *world, struct tcp_flight *flight, uint32_t from, uint32_t to)
{
    struct tcp_range all = {from, to};
    for (uint32_t i = 0; i < flight->ranges.count;) {
        struct tcp_range range = *range_at(world, flight, i);
        if (seq_before(range.to, all.from) || seq_before(all.to, range.from)) {
            i++;
            continue;
        }
        if (!seq_before(from, range.from) && !seq_before(range.to, to))
            return false;
        if (seq_before(range.from, all.from))
            all.from = range.from;
        if (seq_before(all.to, range.to))
            all.to = range.to;
        range_remove(world, flight, i);
    }
    if (flight->ranges.count >= RANGES_MOST ||
        vector_push(&world->region, &flight->ranges, sizeof all) == NULL)
        return false;
    for (uint32_t i = flight->ranges.count - 1; i > 0; i--)
        *range_at(world, flight, i) = *range_at(world, flight, i - 1);
    *range_at(world, flight, 0) = all;
    return true;
}

uint32_t tcp_range_join(struct world *world, struct tcp_flight *flight, uint32_t next)
{
    for (uint32_t i = 0; i < flight->ranges.count;) {
        struct tcp_range range = *range_at(world, flight, i);
        if (seq_before(next, range.from)) {
            i++;
            continue;
        }
        if (seq_before(next, range.to))
            next = range.to;
        range_remove(world, flight, i);
        i = 0;
    }
    if (flight->ranges.count == 0)
        vector_clear(&world->region, &flight->ranges);
    return next;
}
