/*
 * TCP: who listens, the accept queue, and what a listener does with a handshake (Linux
 * tcp_conn_request, inet_csk_accept).
 */
#include "sim/net/tcp_state.h"

#include "sim/machine/machine.h"

/* --- owners ----------------------------------------------------------------------------- */

struct socket_owner *tcp_owner_find(const struct world *world, uint32_t component)
{
    if (component >= world->listeners.count)
        return NULL;
    return vector_at(&world->region, &world->listeners, component);
}

struct socket_owner *tcp_owner_need(struct world *world, uint32_t component)
{
    while (world->listeners.count <= component)
        if (vector_push(&world->region, &world->listeners, sizeof(struct socket_owner)) == NULL)
            return NULL;
    return tcp_owner_find(world, component);
}

void tcp_listen(struct world *world, uint32_t component, uint32_t backlog)
{
    struct socket_owner *owner = tcp_owner_need(world, component);
    if (owner == NULL)
        return;
    owner->listening = 1;
    owner->backlog = backlog;
}

bool tcp_listening(const struct world *world, uint32_t component)
{
    const struct socket_owner *owner = tcp_owner_find(world, component);
    return owner != NULL && owner->listening != 0;
}

/* --- the accept queue ------------------------------------------------------------------- */

uint32_t tcp_backlog(const struct world *world, uint32_t component)
{
    const struct socket_owner *owner = tcp_owner_find(world, component);
    uint64_t most =
        parameter_get(world, component_at(world, component)->machine, MACHINE_SOMAXCONN);
    return owner->backlog < most ? owner->backlog : (uint32_t)most;
}

uint32_t tcp_accept_queue(const struct world *world, uint32_t component)
{
    const struct socket_owner *owner = tcp_owner_find(world, component);
    return owner == NULL ? 0 : owner->accept.count - owner->accept_first;
}

/* Linux sk_acceptq_is_full: one more than the backlog fits. */
bool tcp_accept_full(const struct world *world, uint32_t component)
{
    return tcp_accept_queue(world, component) > tcp_backlog(world, component);
}

bool tcp_accept_push(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct socket_owner *owner = tcp_owner_find(world, end->component);
    uint32_t *row = vector_push(&world->region, &owner->accept, sizeof(uint32_t));
    if (row == NULL)
        return false;
    *row = index;
    end_set(end, END_QUEUED);
    return true;
}

uint32_t tcp_accept(struct world *world, uint32_t component)
{
    struct socket_owner *owner = tcp_owner_find(world, component);
    if (owner == NULL || owner->accept_first == owner->accept.count)
        return 0;
    uint32_t index = *(uint32_t *)vector_at(&world->region, &owner->accept, owner->accept_first++);
    if (owner->accept_first == owner->accept.count) {
        vector_clear(&world->region, &owner->accept);
        owner->accept_first = 0;
    }
    struct connection *connection = tcp_at(world, index);
    unsigned e = 1;
    struct tcp_end *end = &connection->ends[e];
    end_clear(end, END_QUEUED);
    end_set(end, END_OWNED);
    if (end->pending != 0)
        tcp_tell_soon(world, index, e);
    return index;
}
