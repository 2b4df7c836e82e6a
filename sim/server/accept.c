/*
 * Connections come: one acceptor takes them out of the kernel's queue, each for its CPU time.
 *
 * At maxConnections it does not call accept (Tomcat's countUpOrAwaitConnection): what comes then
 * waits in the kernel's queue of acceptCount, and past that nobody answers the SYN.  Without a free
 * file descriptor accept fails; it is tried again when one is free.
 */
#include "sim/server/server_state.h"

#define FILES_OWN 8u /* standard streams, listener, epoll, log */

static bool may_accept(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    if (v->accepting != 0 || v->connections >= parameter_get(world, id, SERVER_MAX_CONNECTIONS))
        return false;
    if (v->connections + FILES_OWN < parameter_get(world, id, SERVER_NOFILE)) {
        v->files_full = 0;
        return true;
    }
    if (v->files_full == 0)
        component_log(world, id, "accept() failed (24: Too many open files)");
    v->files_full = 1;
    return false;
}

bool accept_settle(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    if (!may_accept(world, id))
        return false;
    uint32_t socket = tcp_accept(world, id);
    if (socket != 0)
        tcp_set_option(world, socket, id, TCP_OPTION_NODELAY, 1); /* as nginx and Tomcat do */
    else if ((socket = quic_accept(world, id)) == 0)
        return false;
    uint32_t channel = rows_take(&world->region, &v->channels, sizeof(struct channel));
    if (channel == 0)
        return false; /* the region is full: the world stops */
    struct channel *s = channel_at(world, v, channel);
    s->socket = socket;
    s->state = CHANNEL_ACCEPTING;
    s->jobs = 1; /* the row stays until the accept is done */
    if (v->loop_count != 0) {
        s->loop = v->loop_next;
        v->loop_next = (v->loop_next + 1) % v->loop_count;
    }
    socket_set_cookie(world, socket, id, channel);
    s->heap_bytes = (uint32_t)parameter_get(world, id, SERVER_CONN_MEMORY);
    s->heap_taken = heap_take(world, id, s->heap_bytes);
    v->accepted++;
    v->connections++;
    v->accepting = channel;
    trace(world, id, TRACE_ACCEPTED, socket_peer(world, socket, id), 0);
    uint64_t cost_ns = parameter_get(world, id, SERVER_ACCEPT_COST);
    if (cost_ns == 0)
        accept_done(world, id);
    else
        cpu_run(world, id, cost_ns, SERVER_EVENT_ACCEPTED, NULL);
    return true;
}

void accept_done(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    uint32_t channel = v->accepting;
    struct channel *s = channel_at(world, v, channel);
    v->accepting = 0;
    if (quic_is(s->socket))
        s->flags = (uint16_t)(s->flags | CHANNEL_STREAMS);
    else
        s->tls = (uint16_t)parameter_get(world, id, SERVER_TLS);
    s->state = s->tls != TLS_NO ? CHANNEL_SECURING : CHANNEL_OPEN;
    channel_job_over(world, id, channel);
}
