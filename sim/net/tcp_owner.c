/*
 * TCP and the processes that own sockets: who is told, who listens, what a death or a lost machine
 * leaves.
 */
#include "sim/net/tcp_inside.h"

#include <string.h>

#include "sim/net/way.h"
#include "sim/net/wire_inside.h"

/* --- telling ---------------------------------------------------------------------------- */

#define ENDED (1u << SOCKET_FAILED | 1u << SOCKET_RESET)

static void tell_now(struct world *world, uint32_t index, unsigned e, unsigned events)
{
    static const enum socket_event order[] = {SOCKET_CONNECTED, SOCKET_WRITABLE, SOCKET_READABLE,
                                              SOCKET_CLOSED,    SOCKET_FAILED,   SOCKET_RESET};
    struct connection *connection = tcp_at(world, index);
    struct tcp_end *end = &connection->ends[e];
    const struct kind *kind = component_kind(world, end->component);
    connection->in_flight++; /* it stays while we look at it */
    if ((events & ENDED) != 0)
        end_set(end, END_TELLING);
    for (unsigned i = 0; i < sizeof order / sizeof order[0]; i++)
        if ((events & 1u << order[i]) != 0 && end_is(end, END_OWNED) && kind->socket != NULL)
            kind->socket(world, end->component, index, order[i]);
    if ((events & ENDED) != 0) {
        end_clear(end, END_TELLING);
        end_clear(end, END_OWNED);
    }
    connection->in_flight--;
}

static void keep_for_later(struct world *world, struct socket_owner *owner, uint32_t index,
                           unsigned e, unsigned events)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    if (end->pending == 0) {
        struct waiting_end *waiting =
            vector_push(&world->region, &owner->waiting, sizeof(struct waiting_end));
        if (waiting == NULL)
            return;
        *waiting = (struct waiting_end){index, e};
    }
    end->pending = (uint8_t)(end->pending | events);
}

/* What it hears only while it reads. */
#define READING (1u << SOCKET_READABLE | 1u << SOCKET_CLOSED)

static void pend(struct tcp_end *end, unsigned events)
{
    end->pending = (uint8_t)(end->pending | events);
}

void tcp_tell(struct world *world, uint32_t index, unsigned e, unsigned events)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    if (end_is(end, END_QUEUED) || end_is(end, END_TOLD_SOON)) {
        pend(end, events);
        return;
    }
    if (!end_is(end, END_OWNED))
        return;
    struct socket_owner *owner = tcp_owner_find(world, end->component);
    if (owner != NULL && owner->paused != 0) {
        keep_for_later(world, owner, index, e, events);
        return;
    }
    if (end_is(end, END_IDLE_READER)) {
        pend(end, events & READING);
        events &= ~READING;
    }
    if (events != 0)
        tell_now(world, index, e, events);
}

void tcp_tell_soon(struct world *world, uint32_t index, unsigned e)
{
    struct connection *connection = tcp_at(world, index);
    struct payload payload = {.u32 = {index, e}};
    if (end_is(&connection->ends[e], END_TOLD_SOON) ||
        world_at(world, world->now_ns, world->network, TCP_EVENT_TELL, &payload) == 0)
        return;
    end_set(&connection->ends[e], END_TOLD_SOON);
    connection->in_flight++; /* the event looks at it */
}

static void tell_pending(struct world *world, uint32_t index, unsigned e)
{
    struct connection *connection = tcp_at(world, index);
    struct tcp_end *end = &connection->ends[e];
    unsigned events = end->pending;
    end->pending = 0;
    end_clear(end, END_TOLD_SOON);
    tcp_tell(world, index, e, events);
    connection->in_flight--;
    tcp_release(world, index);
}

void tcp_tell_acceptable(struct world *world, uint32_t component)
{
    struct socket_owner *owner = tcp_owner_find(world, component);
    const struct kind *kind = component_kind(world, component);
    if (owner->paused != 0)
        owner->pending = 1;
    else if (kind->socket != NULL)
        kind->socket(world, component, 0, SOCKET_ACCEPTABLE);
}

void tcp_process_paused(struct world *world, uint32_t component)
{
    struct socket_owner *owner = tcp_owner_need(world, component);
    if (owner != NULL)
        owner->paused = 1;
}

void tcp_process_resumed(struct world *world, uint32_t component)
{
    struct socket_owner *owner = tcp_owner_find(world, component);
    if (owner == NULL || owner->paused == 0)
        return;
    struct vector waiting = owner->waiting;
    owner->paused = 0;
    memset(&owner->waiting, 0, sizeof owner->waiting);
    if (owner->pending != 0) {
        owner->pending = 0;
        tcp_tell_acceptable(world, component);
    }
    for (uint32_t i = 0; i < waiting.count; i++) {
        struct waiting_end at;
        memcpy(&at, vector_at(&world->region, &waiting, i), sizeof at);
        struct tcp_end *end = &tcp_at(world, at.connection)->ends[at.end];
        unsigned events = end->pending;
        if (end->component != component || events == 0)
            continue; /* closed meanwhile */
        end->pending = 0;
        tcp_window_read(world, at.connection, at.end);
        tcp_tell(world, at.connection, at.end, events);
        tcp_release(world, at.connection);
    }
    vector_clear(&world->region, &waiting);
}

/* --- deaths ----------------------------------------------------------------------------- */

static void owner_forget(struct world *world, uint32_t component)
{
    struct socket_owner *owner = tcp_owner_find(world, component);
    if (owner == NULL)
        return;
    owner->listening = 0;
    owner->paused = 0;
    owner->pending = 0;
    owner->accept_first = 0;
    vector_clear(&world->region, &owner->accept);
    vector_clear(&world->region, &owner->waiting);
}

/* The machine is gone from under the end: nothing is sent. */
static void end_lost(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    end_clear(end, END_OWNED);
    end_clear(end, END_QUEUED);
    end->pending = 0;
    tcp_end_gone(world, index, e);
}

/* Free slots have no component.  Deaths are rare: all connections are looked at. */
static uint32_t connections_end(const struct world *world)
{
    return world->region.slabs[SLAB_CONNECTION].used;
}

void tcp_process_ended(struct world *world, uint32_t component)
{
    const struct component *machine = component_at(world, component_at(world, component)->machine);
    for (uint32_t i = 1; i < connections_end(world); i++) {
        struct connection *connection = tcp_at(world, i);
        bool touched = false;
        for (unsigned e = 0; e < 2; e++) {
            struct tcp_end *end = &connection->ends[e];
            if (end->component != component ||
                (!end_is(end, END_OWNED) && !end_is(end, END_QUEUED) &&
                 end->state != TCP_SYN_RECEIVED))
                continue;
            touched = true;
            if (machine->up)
                tcp_end_close(world, i, e);
            else
                end_lost(world, i, e);
        }
        if (touched)
            tcp_release(world, i);
    }
    owner_forget(world, component);
}

void tcp_machine_lost(struct world *world, uint32_t machine)
{
    for (uint32_t i = 1; i < connections_end(world); i++) {
        struct connection *connection = tcp_at(world, i);
        if (connection->ends[0].component == 0)
            continue;
        for (unsigned e = 0; e < 2; e++)
            if (end_machine(world, i, e) == machine)
                end_lost(world, i, e);
        tcp_release(world, i);
    }
    for (uint32_t i = 1; i < world->listeners.count; i++)
        if (component_at(world, i)->machine == machine)
            owner_forget(world, i);
}

/* --- the clock -------------------------------------------------------------------------- */

void tcp_event(struct world *world, const struct event *event)
{
    if (event_what(event) == TCP_EVENT_TIMER) {
        tcp_timer(world, event->payload.u32[0], event->payload.u32[1]);
        return;
    }
    if (event_what(event) == TCP_EVENT_TELL) {
        tell_pending(world, event->payload.u32[0], event->payload.u32[1]);
        return;
    }
    struct segment segment;
    memcpy(&segment, &event->payload, sizeof segment);
    struct connection *connection = tcp_at(world, segment.connection);
    bool whole = way_arrives(world, connection->ways[1 - segment.to],
                             segment_bytes(world, &segment), segment.epoch);
    if (whole)
        tcp_segment(world, &segment);
    if (wire_is_heard(world))
        wire_came(world, &segment, whole);
    if (segment.sacks != 0)
        arena_give(&world->region, segment.sacks, sizeof(struct tcp_sacks));
    connection->in_flight--;
    tcp_release(world, segment.connection);
}
