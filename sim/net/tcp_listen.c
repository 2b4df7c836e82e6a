/*
 * TCP: who listens, the accept queue, and what a listener does with a handshake (Linux
 * tcp_conn_request, inet_csk_accept).
 */
#include "sim/net/tcp_inside.h"

#include "sim/machine/machine.h"
#include "sim/net/way.h"

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

/* --- addresses that move ------------------------------------------------------------------- */

void tcp_address_take(struct world *world, uint32_t component, uint32_t holder)
{
    struct socket_owner *owner =
        holder != 0 ? tcp_owner_need(world, component) : tcp_owner_find(world, component);
    if (owner != NULL)
        owner->holder = holder;
}

uint32_t tcp_address_holder(const struct world *world, uint32_t component)
{
    const struct socket_owner *owner = tcp_owner_find(world, component);
    return owner == NULL ? 0 : owner->holder;
}

static bool is_cut(const struct world *world, uint32_t from, uint32_t to)
{
    uint32_t way = way_find(world, from, to);
    return way != 0 && way_at(world, way)->cut != 0;
}

uint32_t tcp_address_found(const struct world *world, uint32_t component, uint32_t machine)
{
    uint32_t holder = tcp_address_holder(world, component);
    const struct component *own = component_at(world, component);
    bool claims = own->up && !own->paused && component_at(world, own->machine)->up;
    bool heard = !is_cut(world, machine, own->machine) && !is_cut(world, own->machine, machine);
    return holder == 0 || (claims && heard) ? component : holder;
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
static bool accept_queue_full(const struct world *world, uint32_t component)
{
    return tcp_accept_queue(world, component) > tcp_backlog(world, component);
}

static bool accept_push(struct world *world, uint32_t index, unsigned e)
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
    struct tcp_end *end = &tcp_at(world, index)->ends[1];
    end_clear(end, END_QUEUED);
    end_set(end, END_OWNED);
    if (end->pending != 0)
        tcp_tell_soon(world, index, 1);
    tcp_window_read(world, index, 1);
    return index;
}

/* --- handshakes ------------------------------------------------------------------------- */

/* The client's port was used before: who closed first here holds it in TIME_WAIT, and a new SYN
 * ends that (RFC 6191; TRUTH net.timewait.exhaustion). */
static void end_predecessor(struct world *world, uint32_t index)
{
    struct connection *connection = tcp_at(world, index);
    uint32_t before = connection->replaces;
    connection->replaces = 0;
    if (before == 0)
        return;
    const struct connection *old = tcp_at(world, before);
    if (old->ends[1].state != TCP_TIME_WAIT || old->ends[0].state != TCP_CLOSED ||
        old->ends[0].port != connection->ends[0].port || old->ways[0] != connection->ways[0] ||
        old->ends[1].component != connection->ends[1].component)
        return; /* it is gone, and the place is another's */
    tcp_end_gone(world, before, 1);
    tcp_release(world, before);
}

static void dropped_for_queue(const struct world *world, uint32_t index)
{
    tcp_add(world, index, 1, TCP_LISTEN_OVERFLOWS);
    tcp_add(world, index, 1, TCP_LISTEN_DROPS);
}

/* A way keeps the order, so no SYN comes after the ACK that established the connection: there are
 * no old ones. */
void tcp_passive_open(struct world *world, const struct segment *segment)
{
    uint32_t index = segment->connection;
    struct tcp_end *end = &tcp_at(world, index)->ends[segment->to];
    bool plain_syn = (segment->flags & (SEGMENT_SYN | SEGMENT_ACK)) == SEGMENT_SYN;
    if (!plain_syn || segment->to != 1 || !tcp_listening(world, end->component)) {
        tcp_answer_reset(world, segment);
        return;
    }
    if (accept_queue_full(world, end->component)) {
        dropped_for_queue(world, index);
        return; /* silence, whatever tcp_abort_on_overflow is */
    }
    end_predecessor(world, index);
    end->port = component_kind(world, end->component)->port;
    if (tcp_owner_find(world, end->component)->handshakes >= tcp_backlog(world, end->component)) {
        end_set(end, END_COOKIE); /* Linux tcp_syn_flood_action */
        tcp_answer_cookie(world, segment);
        return;
    }
    struct tcp_flight *flight = tcp_flight_need(world, end);
    if (flight == NULL)
        return;
    tcp_state_set(world, index, 1, TCP_SYN_RECEIVED);
    end->snd_end = end->rcv_nxt = end->rcv_read = 1;
    end->backoff = 0;
    tcp_send_syn(world, index, 1, false);
    flight->transmit_for = TIMER_RTO;
    flight->transmit_at_ns = world->now_ns + tcp_rto(end);
    tcp_timer_arm(world, index, 1);
}

bool tcp_cookie_returns(struct world *world, const struct segment *segment)
{
    struct tcp_end *end = &tcp_at(world, segment->connection)->ends[segment->to];
    bool plain_ack = (segment->flags & (SEGMENT_SYN | SEGMENT_ACK | SEGMENT_RST)) == SEGMENT_ACK;
    if (!end_is(end, END_COOKIE) || !plain_ack || segment->ack != 1 ||
        !tcp_listening(world, end->component) || tcp_flight_need(world, end) == NULL)
        return false;
    tcp_state_set(world, segment->connection, segment->to, TCP_SYN_RECEIVED);
    end->snd_end = end->snd_nxt = end->rcv_nxt = end->rcv_read = end->rcv_acked = 1;
    return true;
}

/* A full accept queue ignores the last ACK, or resets (Linux tcp_v4_syn_recv_sock, tcp_check_req);
 * of a cookie nothing is left. */
static void established_in_vain(struct world *world, const struct segment *segment)
{
    uint32_t index = segment->connection;
    struct tcp_end *end = &tcp_at(world, index)->ends[segment->to];
    uint32_t machine = end_machine(world, index, segment->to);
    dropped_for_queue(world, index);
    if (end_is(end, END_COOKIE)) {
        tcp_end_gone(world, index, segment->to);
    } else if (parameter_get(world, machine, MACHINE_TCP_ABORT_ON_OVERFLOW) != 0) {
        tcp_answer_reset(world, segment);
        tcp_end_gone(world, index, segment->to);
    }
}

bool tcp_passive_established(struct world *world, const struct segment *segment, bool *acceptable)
{
    uint32_t index = segment->connection;
    struct tcp_end *end = &tcp_at(world, index)->ends[segment->to];
    if (accept_queue_full(world, end->component)) {
        established_in_vain(world, segment);
        return false;
    }
    *acceptable = tcp_accept_queue(world, end->component) == 0;
    if (!accept_push(world, index, segment->to))
        return false;
    end_clear(end, END_COOKIE);
    tcp_established_now(world, index, segment->to);
    end->snd_wnd = segment->window;
    tcp_add(world, index, segment->to, TCP_PASSIVE_OPENS);
    return true;
}
