/*
 * Pings: each WebSocket gets one an interval, counted from its own upgrade, so that they spread as
 * the connections came; who has said nothing for some intervals is closed.
 *
 * It is looked at when the next ping is due: a peer that vanishes is found after between
 * ping_timeout and ping_timeout + 1 intervals (TRUTH ws.deadpeer).  The interval is the same for
 * all, so they stand in the order of their next ping.
 */
#include "sim/server/server_state.h"

void ping_begin(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    struct channel *s = channel_at(world, v, channel);
    s->since_ns = world->now_ns;
    row_list_put_last(channel_links(world, v), &v->pinged, channel);
}

void ping_leave(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    row_list_take_out(channel_links(world, v), &v->pinged, channel);
}

uint64_t ping_due(const struct world *world, uint32_t id)
{
    const struct server *v = server_of(world, id);
    uint64_t interval_ns = parameter_get(world, id, SERVER_PING);
    if (interval_ns == 0 || v->pinged.first == 0)
        return TIME_NEVER;
    return channel_at(world, v, v->pinged.first)->since_ns + interval_ns;
}

static void ping_one(struct world *world, uint32_t id, uint32_t channel, uint64_t patience_ns)
{
    struct server *v = server_of(world, id);
    const struct channel *s = channel_at(world, v, channel);
    if (world->now_ns - s->heard_ns > patience_ns) {
        trace(world, id, TRACE_PEER_DEAD, socket_peer(world, s->socket, id), s->member);
        channel_close(world, id, channel);
        return;
    }
    ping_leave(world, id, channel);
    ping_begin(world, id, channel);
    const struct payload payload = {.u32 = {channel, s->socket}};
    uint64_t cost_ns = parameter_get(world, id, SERVER_DELIVERY_COST);
    if (cost_ns != 0)
        cpu_run(world, id, cost_ns, SERVER_EVENT_PING, &payload);
    else
        ping_send(world, id, channel, s->socket);
}

void ping_time_out(struct world *world, uint32_t id)
{
    uint64_t interval_ns = parameter_get(world, id, SERVER_PING);
    uint64_t patience_ns = interval_ns / FACTOR_ONE * parameter_get(world, id, SERVER_PING_TIMEOUT);
    while (ping_due(world, id) <= world->now_ns)
        ping_one(world, id, server_of(world, id)->pinged.first, patience_ns);
}

void ping_send(struct world *world, uint32_t id, uint32_t channel, uint32_t socket)
{
    const struct server *v = server_of(world, id);
    const struct message ping = {.bytes = WS_PING_BYTES, .type = WS_PING};
    const struct channel *s = channel > v->channels.used ? NULL : channel_at(world, v, channel);
    if (s != NULL && s->socket == socket && (s->flags & CHANNEL_FULL) == 0)
        tcp_send(world, socket, id, &ping);
}
