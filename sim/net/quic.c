/*
 * QUIC for components: opening, writing, reading, closing; and how long a connection lives.
 */
#include "sim/net/quic_state.h"

#include <string.h>

#include "sim/net/tls.h"
#include "sim/net/way.h"

/* --- life ----------------------------------------------------------------------------------- */

static bool quic_need(struct world *world)
{
    if (world->quic == 0)
        world->quic = arena_take(&world->region, sizeof(struct quic));
    return world->quic != 0;
}

struct quic_owner *quic_owner_of(struct world *world, uint32_t component)
{
    if (!quic_need(world))
        return NULL;
    struct quic *q = quic_of(world);
    while (q->owners.count <= component)
        if (vector_push(&world->region, &q->owners, sizeof(struct quic_owner)) == NULL)
            return NULL;
    return vector_at(&world->region, &q->owners, component);
}

void quic_tell(struct world *world, uint32_t connection, unsigned e, enum socket_event what)
{
    struct quic_connection *c = quic_connection_at(world, connection);
    const struct quic_end *end = &c->ends[e];
    const struct kind *kind = component_kind(world, end->component);
    if ((end->flags & QUIC_OWNED) == 0 || kind->socket == NULL)
        return;
    uint32_t told = what == SOCKET_ACCEPTABLE ? QUIC_ID : connection | QUIC_ID;
    c->held++;
    kind->socket(world, end->component, told, what);
    quic_connection_at(world, connection)->held--;
}

static void frames_give(struct world *world, struct row_list *frames)
{
    for (uint32_t row; (row = row_queue_pop(quic_frame_links(world), frames)) != 0;)
        quic_frame_give(world, row);
}

/* What the end had to send is nobody's any more. */
static void end_forget(struct world *world, uint32_t connection, unsigned e)
{
    struct quic_end *end = quic_end_at(world, connection, e);
    if (end->timer != 0)
        world_cancel(world, end->timer);
    end->timer = 0;
    end->state = QUIC_GONE;
    frames_give(world, &end->again);
    for (uint32_t row; (row = row_queue_pop(quic_packet_links(world), &end->sent)) != 0;) {
        struct quic_packet *packet = quic_packet_at(world, row);
        frames_give(world, &packet->frames);
        rows_give(&world->region, &quic_of(world)->packets, sizeof *packet, row);
    }
    for (uint32_t row; (row = row_queue_pop(quic_message_links(world), &end->writing)) != 0;) {
        quic_message_at(world, row)->unsent = 0;
        quic_message_at(world, row)->taken = 1;
        quic_message_done(world, row);
    }
}

/* Nobody will read what came. */
static void end_unread(struct world *world, uint32_t connection, unsigned e)
{
    struct quic_end *end = quic_end_at(world, connection, e);
    for (uint32_t row; (row = row_queue_pop(quic_message_links(world), &end->complete)) != 0;) {
        quic_message_at(world, row)->taken = 1;
        quic_message_done(world, row);
    }
}

static void end_gone(struct world *world, uint32_t connection, unsigned e)
{
    struct quic_end *end = quic_end_at(world, connection, e);
    end_forget(world, connection, e);
    end_unread(world, connection, e);
    end->flags = (uint16_t)(end->flags & ~QUIC_OWNED);
}

void quic_release(struct world *world, uint32_t connection)
{
    const struct quic_connection *c = quic_connection_at(world, connection);
    if (c->held > 0)
        return;
    for (unsigned e = 0; e < 2; e++)
        if ((c->ends[e].flags & QUIC_OWNED) != 0 ||
            (c->ends[e].state != QUIC_GONE && c->ends[e].state != QUIC_NONE))
            return;
    rows_give(&world->region, &quic_of(world)->connections, sizeof *c, connection);
}

void quic_end_fail(struct world *world, uint32_t connection, unsigned e, enum socket_event what)
{
    quic_connection_at(world, connection)->held++;
    end_forget(world, connection, e);
    quic_tell(world, connection, e, what);
    end_gone(world, connection, e);
    quic_connection_at(world, connection)->held--;
    quic_release(world, connection);
}

/* --- for components ------------------------------------------------------------------------- */

/* Which end is the component's own; 2 when it holds none. */
static unsigned end_of(const struct world *world, uint32_t id, uint32_t component)
{
    const struct quic_connection *c = quic_connection_at(world, id & ~QUIC_ID);
    for (unsigned e = 0; e < 2; e++)
        if (c->ends[e].component == component && (c->ends[e].flags & QUIC_OWNED) != 0)
            return e;
    return 2;
}

void quic_listen(struct world *world, uint32_t component, bool listens)
{
    if (!listens && world->quic == 0)
        return;
    struct quic_owner *owner = quic_owner_of(world, component);
    if (owner != NULL)
        owner->listening = listens;
}

uint32_t quic_accept(struct world *world, uint32_t component)
{
    if (world->quic == 0)
        return 0;
    struct quic_owner *owner = quic_owner_of(world, component);
    if (owner == NULL || owner->waiting.count == 0)
        return 0;
    uint32_t *all = vector_at(&world->region, &owner->waiting, 0), connection = all[0];
    owner->waiting.count--;
    memmove(all, all + 1, owner->waiting.count * sizeof *all);
    return connection | QUIC_ID;
}

uint32_t quic_connect(struct world *world, uint32_t from, uint32_t to, uint64_t session, bool early)
{
    uint32_t here = component_at(world, from)->machine, there = component_at(world, to)->machine;
    if (!quic_need(world))
        return 0;
    uint32_t connection =
        rows_take(&world->region, &quic_of(world)->connections, sizeof(struct quic_connection));
    if (connection == 0)
        return 0;
    struct quic_connection *c = quic_connection_at(world, connection);
    c->ways[0] = way_need(world, here, there);
    c->ways[1] = way_need(world, there, here);
    for (unsigned e = 0; e < 2; e++) {
        c->ends[e].component = e == 0 ? from : to;
        c->ends[e].window = QUIC_WINDOW_FIRST;
        c->ends[e].threshold = UINT32_MAX;
    }
    struct quic_end *end = &c->ends[0];
    end->state = QUIC_HANDSHAKING;
    end->session = session;
    end->flags = (uint16_t)(QUIC_OWNED | (early && session != 0 ? QUIC_EARLY : 0));
    end->idle_at_ns = world->now_ns + QUIC_IDLE_NS;
    quic_hello(world, connection, early && session != 0);
    return connection | QUIC_ID;
}

bool quic_is_early(const struct world *world, uint32_t id, uint32_t component)
{
    unsigned e = end_of(world, id, component);
    return e != 2 && (quic_end_at(world, id & ~QUIC_ID, e)->flags & QUIC_EARLY) != 0;
}

uint64_t quic_session(const struct world *world, uint32_t id, uint32_t component)
{
    unsigned e = end_of(world, id, component);
    return e == 2 ? 0 : quic_end_at(world, id & ~QUIC_ID, e)->session;
}

/* Once for all that is handed over in this instant. */
static void quic_output_soon(struct world *world, uint32_t connection, unsigned e)
{
    struct quic_end *end = quic_end_at(world, connection, e);
    struct payload payload = {.u32 = {connection, e}};
    if ((end->flags & QUIC_SOON) != 0 ||
        world_after(world, 0, world->network, QUIC_EVENT_OUTPUT, &payload) == 0)
        return;
    end->flags = (uint16_t)(end->flags | QUIC_SOON);
    quic_connection_at(world, connection)->held++;
}

static void output_due(struct world *world, uint32_t connection, unsigned e)
{
    struct quic_end *end = quic_end_at(world, connection, e);
    end->flags = (uint16_t)(end->flags & ~QUIC_SOON);
    if (end->state == QUIC_HANDSHAKING || end->state == QUIC_OPEN)
        quic_output(world, connection, e);
    quic_connection_at(world, connection)->held--;
    quic_release(world, connection);
}

bool quic_send(struct world *world, uint32_t id, uint32_t component, const struct message *message)
{
    unsigned e = end_of(world, id, component);
    if (e == 2 || quic_end_at(world, id & ~QUIC_ID, e)->state == QUIC_GONE)
        return false;
    uint32_t row =
        rows_take(&world->region, &quic_of(world)->messages, sizeof(struct quic_message));
    if (row == 0)
        return false;
    struct quic_message *item = quic_message_at(world, row);
    struct quic_end *end = quic_end_at(world, id & ~QUIC_ID, e);
    item->message = *message;
    item->unsent = item->uncame = message->bytes;
    row_queue_push(quic_message_links(world), &end->writing, row);
    quic_output_soon(world, id & ~QUIC_ID, e);
    return true;
}

bool quic_receive(struct world *world, uint32_t id, uint32_t component, struct message *message)
{
    unsigned e = end_of(world, id, component);
    if (e == 2)
        return false;
    struct quic_end *end = quic_end_at(world, id & ~QUIC_ID, e);
    uint32_t row = row_queue_pop(quic_message_links(world), &end->complete);
    if (row == 0)
        return false;
    struct quic_message *item = quic_message_at(world, row);
    *message = item->message;
    item->taken = 1;
    quic_message_done(world, row);
    return true;
}

void quic_close(struct world *world, uint32_t id, uint32_t component)
{
    unsigned e = end_of(world, id, component);
    uint32_t connection = id & ~QUIC_ID;
    if (e == 2)
        return;
    struct quic_end *end = quic_end_at(world, connection, e);
    end_unread(world, connection, e);
    end->flags = (uint16_t)((end->flags & ~QUIC_OWNED) | QUIC_CLOSING);
    if (end->state == QUIC_HANDSHAKING)
        end_forget(world, connection, e);
    if (end->state == QUIC_OPEN)
        quic_output(world, connection, e);
    quic_release(world, connection);
}

void quic_set_cookie(struct world *world, uint32_t id, uint32_t component, uint64_t cookie)
{
    unsigned e = end_of(world, id, component);
    if (e != 2)
        quic_end_at(world, id & ~QUIC_ID, e)->cookie = cookie;
}

uint64_t quic_cookie(const struct world *world, uint32_t id, uint32_t component)
{
    unsigned e = end_of(world, id, component);
    return e == 2 ? 0 : quic_end_at(world, id & ~QUIC_ID, e)->cookie;
}

uint32_t quic_peer(const struct world *world, uint32_t id, uint32_t component)
{
    const struct quic_connection *c = quic_connection_at(world, id & ~QUIC_ID);
    return c->ends[c->ends[0].component == component ? 1 : 0].component;
}

/* --- processes ------------------------------------------------------------------------------ */

/* Deaths are rare: all connections are looked at. */
void quic_process_ended(struct world *world, uint32_t component)
{
    if (world->quic == 0)
        return;
    for (uint32_t i = 1; i <= quic_of(world)->connections.used; i++)
        for (unsigned e = 0; e < 2; e++) {
            const struct quic_end *end = quic_end_at(world, i, e);
            bool live = end->state == QUIC_HANDSHAKING || end->state == QUIC_OPEN;
            if (end->component != component || (!live && (end->flags & QUIC_OWNED) == 0))
                continue;
            end_gone(world, i, e);
            quic_release(world, i);
            break;
        }
    struct quic_owner *owner = quic_owner_of(world, component);
    if (owner == NULL)
        return;
    for (uint32_t i = 0; i < owner->held.count; i++) {
        struct quic_datagram datagram;
        memcpy(&datagram, vector_at(&world->region, &owner->held, i), sizeof datagram);
        quic_connection_at(world, datagram.connection)->held--;
        quic_release(world, datagram.connection);
    }
    owner = quic_owner_of(world, component);
    owner->listening = 0;
    vector_clear(&world->region, &owner->waiting);
    vector_clear(&world->region, &owner->held);
}

void quic_process_resumed(struct world *world, uint32_t component)
{
    if (world->quic == 0)
        return;
    struct quic_owner *owner = quic_owner_of(world, component);
    if (owner == NULL)
        return;
    struct vector held = owner->held;
    memset(&owner->held, 0, sizeof owner->held);
    for (uint32_t i = 0; i < held.count; i++) {
        struct quic_datagram datagram;
        memcpy(&datagram, vector_at(&world->region, &held, i), sizeof datagram);
        quic_datagram_came(world, &datagram);
        quic_connection_at(world, datagram.connection)->held--;
        quic_release(world, datagram.connection);
    }
    vector_clear(&world->region, &held);
    for (uint32_t i = 1; i <= quic_of(world)->connections.used; i++)
        for (unsigned e = 0; e < 2; e++)
            if (quic_end_at(world, i, e)->component == component)
                quic_arm(world, i, e);
}

/* --- the clock ------------------------------------------------------------------------------ */

/* A datagram for a stopped process waits in the socket's buffer. */
static bool datagram_held(struct world *world, const struct quic_datagram *datagram)
{
    uint32_t component = quic_end_at(world, datagram->connection, datagram->to)->component;
    if (!component_at(world, component)->up || component_at(world, component)->paused == 0)
        return false;
    struct quic_owner *owner = quic_owner_of(world, component);
    if (owner == NULL || owner->held.count >= QUIC_BUFFERED)
        return true;
    struct quic_datagram *row = vector_push(&world->region, &owner->held, sizeof *row);
    if (row == NULL)
        return true;
    *row = *datagram;
    quic_connection_at(world, datagram->connection)->held++;
    return true;
}

void quic_event(struct world *world, const struct event *event)
{
    if (event_what(event) == QUIC_EVENT_TIMER) {
        quic_timer(world, event->payload.u32[0], event->payload.u32[1]);
        return;
    }
    if (event_what(event) == QUIC_EVENT_OUTPUT) {
        output_due(world, event->payload.u32[0], event->payload.u32[1]);
        return;
    }
    struct quic_datagram datagram;
    memcpy(&datagram, &event->payload, sizeof datagram);
    struct quic_connection *c = quic_connection_at(world, datagram.connection);
    uint32_t there = component_at(world, c->ends[datagram.to].component)->machine;
    if (way_arrives(world, c->ways[1 - datagram.to], datagram.bytes, datagram.epoch) &&
        component_at(world, there)->up && !datagram_held(world, &datagram))
        quic_datagram_came(world, &datagram);
    quic_connection_at(world, datagram.connection)->held--;
    quic_release(world, datagram.connection);
}
