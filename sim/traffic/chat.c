/*
 * op=ws: each connection sends a message to its room at an even rate, and hears those of the room.
 *
 * The first message comes at a random moment of the interval, so that a crowd does not speak with
 * one voice.  When the rate changes, what is left of each interval is left of it at the new rate.
 */
#include "sim/traffic/crowd.h"

/* ns between two messages of a connection; a rate above 0. */
static uint64_t interval_of(uint64_t rate)
{
    return RATE_PERIOD / rate;
}

/* value * left / 2^32 */
static uint64_t share_of(uint64_t value, uint32_t left)
{
    return (value >> 32) * left + (((value & UINT32_MAX) * left) >> 32);
}

void chat_connected(struct world *world, uint32_t id, uint32_t number)
{
    const struct member *m = member_at(world, client_of(world, id), number);
    const struct message upgrade = {.bytes = WS_UPGRADE_BYTES,
                                    .type = WS_UPGRADE,
                                    .d = ws_who_pack(member_who(world, id, number))};
    tcp_send(world, m->socket, id, &upgrade);
}

static void wait_for_next(struct world *world, uint32_t id, uint32_t number)
{
    struct client *c = client_of(world, id);
    if (c->crowd.send_rate != 0)
        member_wait(world, id, number,
                    share_of(interval_of(c->crowd.send_rate), member_at(world, c, number)->left));
}

void chat_opened(struct world *world, uint32_t id, uint32_t number)
{
    struct client *c = client_of(world, id);
    member_at(world, c, number)->left = (uint32_t)(stream_next(&c->arrivals) >> 32);
    wait_for_next(world, id, number);
}

/* So many consecutive connections; the last room may be smaller. */
static struct ws_room room_of(const struct world *world, uint32_t id, uint32_t number)
{
    uint32_t size = (uint32_t)parameter_get(world, id, CLIENT_ROOM);
    uint32_t all = (uint32_t)parameter_get(world, id, CLIENT_CONNECTIONS);
    uint32_t first = number - (number - 1) % size;
    if (all < number)
        all = number;
    return (struct ws_room){first, all - first + 1 < size ? all - first + 1 : size};
}

void chat_due(struct world *world, uint32_t id, uint32_t number)
{
    struct client *c = client_of(world, id);
    const struct member *m = member_at(world, c, number);
    struct ws_room room = room_of(world, id, number);
    struct ws_who who = member_who(world, id, number);
    struct message text = {
        .bytes = (uint32_t)ws_frame_bytes(parameter_get(world, id, CLIENT_VALUE), true),
        .type = WS_TEXT,
        .a = ++c->crowd.messages,
        .b = ws_room_pack(room),
        .c = world->now_ns,
        .d = ws_who_pack(who)};
    deliveries_sent(world, id, room.count);
    trace(world, id, TRACE_MESSAGE_SENT, text.a, number);
    if (!tcp_send(world, m->socket, id, &text))
        deliveries_missed(world, who.client, MISSED_DROPPED, room.count);
    if (c->crowd.send_rate != 0)
        member_wait(world, id, number, interval_of(c->crowd.send_rate));
}

/* --- what comes ----------------------------------------------------------------------------- */

static void delivered(struct world *world, uint32_t id, uint32_t number,
                      const struct message *message)
{
    struct client *c = client_of(world, id);
    uint64_t latency_ns = world->now_ns - message->c;
    deliveries_made(world, id);
    histogram_record(&world->region, &c->latency, latency_ns);
    recent_add(world, &c->recent, latency_ns);
    trace(world, id, TRACE_MESSAGE_DELIVERED, message->a, number);
}

void chat_heard(struct world *world, uint32_t id, uint32_t number, const struct message *message)
{
    static const struct message pong = {.bytes = WS_PONG_BYTES, .type = WS_PONG};
    const struct member *m = member_at(world, client_of(world, id), number);
    switch (message->type) {
    case WS_DELIVERY:
        delivered(world, id, number, message);
        break;
    case WS_PING:
        tcp_send(world, m->socket, id, &pong);
        break;
    case WS_SWITCHED:
        member_opened(world, id, number);
        break;
    default: /* an error page in place of the 101, or goodbye */
        member_lost(world, id, number);
        break;
    }
}

void chat_leave(struct world *world, uint32_t id, uint32_t number)
{
    const struct message close = {.bytes = (uint32_t)ws_frame_bytes(2, true), .type = WS_CLOSE};
    const struct member *m = member_at(world, client_of(world, id), number);
    member_cancel(world, id, number);
    tcp_send(world, m->socket, id, &close);
}

/* --- the rate -------------------------------------------------------------------------------- */

/* 2^32 * part / whole, part below whole. */
static uint32_t left_of(uint64_t part, uint64_t whole)
{
    while (whole >> 32 != 0) {
        whole >>= 1;
        part >>= 1;
    }
    return part >= whole ? UINT32_MAX : (uint32_t)((part << 32) / whole);
}

void chat_rate_changed(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint64_t rate = parameter_get(world, id, CLIENT_SEND), old = c->crowd.send_rate;
    c->crowd.send_rate = rate;
    for (uint32_t number = 1; number <= c->crowd.limit; number++) {
        struct member *m = member_at(world, c, number);
        if (m->state != MEMBER_OPEN)
            continue;
        if (old != 0 && m->event != 0) {
            m->left = left_of(m->due_ns - world->now_ns, interval_of(old));
            member_cancel(world, id, number);
        }
        wait_for_next(world, id, number);
    }
}
