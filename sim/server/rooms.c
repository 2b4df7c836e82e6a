/*
 * Rooms: the server knows each WebSocket by its client and its number there, and a room is a range
 * of numbers, so that who shares a room lies together and nothing has to be looked up for a
 * delivery.
 */
#include "sim/server/server_state.h"

#define AUDIENCE_FIRST 16u

static uint32_t audience_find(const struct world *world, const struct server *v, uint32_t client)
{
    for (uint32_t i = 1; i <= v->audiences.used; i++)
        if (audience_at(world, v, i)->client == client)
            return i;
    return 0;
}

static uint32_t audience_need(struct world *world, struct server *v, uint32_t client)
{
    uint32_t audience = audience_find(world, v, client);
    if (audience == 0) {
        audience = rows_take(&world->region, &v->audiences, sizeof(struct audience));
        if (audience != 0)
            audience_at(world, v, audience)->client = client;
    }
    return audience;
}

static uint32_t *seat_at(const struct world *world, const struct audience *audience,
                         uint32_t number)
{
    return (uint32_t *)arena_at(&world->region, audience->channels) + (number - 1);
}

/* Room for this number; false when the region is full. */
static bool audience_reach(struct world *world, struct server *v, uint32_t row, uint32_t number)
{
    struct audience *audience = audience_at(world, v, row);
    uint32_t limit = audience->limit == 0 ? AUDIENCE_FIRST : audience->limit;
    while (limit < number)
        limit *= 2;
    if (limit == audience->limit)
        return true;
    ref at =
        arena_grow(&world->region, audience->channels, (uint64_t)audience->limit * sizeof(uint32_t),
                   (uint64_t)limit * sizeof(uint32_t));
    if (at == 0)
        return false;
    audience->channels = at;
    audience->limit = limit;
    return true;
}

void room_join(struct world *world, uint32_t id, uint32_t channel, struct ws_who who)
{
    struct server *v = server_of(world, id);
    uint32_t audience = audience_need(world, v, who.client);
    if (audience == 0 || !audience_reach(world, v, audience, who.number))
        return;
    struct channel *s = channel_at(world, v, channel);
    s->audience = audience;
    s->member = who.number;
    *seat_at(world, audience_at(world, v, audience), who.number) = channel;
}

/* Another connection may have come in its place meanwhile. */
void room_leave(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    const struct channel *s = channel_at(world, v, channel);
    uint32_t *seat = seat_at(world, audience_at(world, v, s->audience), s->member);
    if (*seat == channel)
        *seat = 0;
}

uint32_t room_channel(const struct world *world, const struct server *v, uint32_t row,
                      uint32_t number)
{
    const struct audience *audience = audience_at(world, v, row);
    return number > audience->limit ? 0 : *seat_at(world, audience, number);
}

void rooms_clear(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    for (uint32_t i = 1; i <= v->audiences.used; i++) {
        const struct audience *audience = audience_at(world, v, i);
        if (audience->channels != 0)
            arena_give(&world->region, audience->channels,
                       (uint64_t)audience->limit * sizeof(uint32_t));
    }
    rows_clear(&world->region, &v->audiences, sizeof(struct audience));
}
