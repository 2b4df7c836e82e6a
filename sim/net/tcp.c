/*
 * TCP for components: opening, writing, reading, closing; and how long a connection lives.
 */
#include "sim/net/tcp_inside.h"

#include "sim/machine/machine.h"
#include "sim/net/way.h"

/* --- small things ----------------------------------------------------------------------- */

uint32_t end_machine(const struct world *world, uint32_t index, unsigned e)
{
    return way_at(world, tcp_at(world, index)->ways[e])->from;
}

bool end_has_power(const struct world *world, uint32_t index, unsigned e)
{
    const struct component *machine = component_at(world, end_machine(world, index, e));
    return machine->kind == KIND_MACHINE && machine->up;
}

void tcp_add(const struct world *world, uint32_t index, unsigned e, enum tcp_counter counter)
{
    tcp_machine(world, end_machine(world, index, e))->counters[counter]++;
}

/* What the kernel counts as established (CurrEstab). */
static bool is_established(const struct tcp_end *end)
{
    return end->state == TCP_ESTABLISHED || end->state == TCP_CLOSE_WAIT;
}

/* --- life ------------------------------------------------------------------------------- */

/* Handshakes that have come half way count against the backlog. */
static void handshakes_add(struct world *world, const struct tcp_end *end, uint32_t one)
{
    struct socket_owner *owner = tcp_owner_find(world, end->component);
    if (owner != NULL && end->state == TCP_SYN_RECEIVED)
        owner->handshakes += one;
}

void tcp_state_set(struct world *world, uint32_t index, unsigned e, enum tcp_state state)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_machine *machine = tcp_machine(world, end_machine(world, index, e));
    machine->established -= is_established(end);
    machine->time_wait -= end->state == TCP_TIME_WAIT;
    handshakes_add(world, end, UINT32_MAX);
    tcp_memory_state(world, index, e, (uint8_t)state);
    machine->established += is_established(end);
    machine->time_wait += end->state == TCP_TIME_WAIT;
    handshakes_add(world, end, 1);
}

void tcp_end_gone(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    if (e == 0 && end->state != TCP_CLOSED)
        tcp_port_free(world, index);
    tcp_state_set(world, index, e, TCP_CLOSED);
    world_cancel(world, end->timer);
    end->timer = 0;
    tcp_flight_clear(world, end);
}

static bool end_holds(const struct tcp_end *end)
{
    return end_is(end, END_OWNED) || end_is(end, END_QUEUED) || end->state != TCP_CLOSED;
}

void tcp_release(struct world *world, uint32_t index)
{
    struct connection *connection = tcp_at(world, index);
    if (connection->in_flight > 0 || connection->ends[0].component == 0 ||
        end_holds(&connection->ends[0]) || end_holds(&connection->ends[1]))
        return;
    tcp_port_forget(world, index);
    for (unsigned e = 0; e < 2; e++) {
        struct tcp_end *end = &connection->ends[e];
        world_cancel(world, end->timer);
        tcp_flight_give(world, end);
        tcp_cubic_give(world, end);
        if (end->options != 0)
            arena_give(&world->region, end->options, sizeof(struct tcp_keepalive));
    }
    slab_give(&world->region, SLAB_CONNECTION, index);
}

/* Gone by a reset, as EstabResets counts them. */
static void end_reset(struct world *world, uint32_t index, unsigned e)
{
    const struct tcp_end *end = &tcp_at(world, index)->ends[e];
    if (is_established(end))
        tcp_add(world, index, e, TCP_ESTAB_RESETS);
    if (end->state == TCP_SYN_SENT || end->state == TCP_SYN_RECEIVED)
        tcp_add(world, index, e, TCP_ATTEMPT_FAILS);
    tcp_end_gone(world, index, e);
}

void tcp_end_fail(struct world *world, uint32_t index, unsigned e, enum socket_event what,
                  enum tcp_failure failure)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    end_reset(world, index, e);
    end->failure = (uint8_t)failure;
    tcp_tell(world, index, e, 1u << what);
}

uint32_t tcp_unread(const struct world *world, uint32_t index, unsigned e)
{
    const struct tcp_flight *writer = tcp_flight(world, &tcp_at(world, index)->ends[1 - e]);
    return writer == NULL ? 0 : writer->whole;
}

/* Bytes that came and that the owner did not read: the FIN is none. */
static bool bytes_wait(const struct tcp_end *end)
{
    bool fin_came =
        end->state == TCP_CLOSE_WAIT || end->state == TCP_LAST_ACK || end->state == TCP_CLOSING;
    return seq_before(end->rcv_read, end->rcv_nxt - fin_came);
}

/* Resets where something is unread, what was never accepted, and with SO_LINGER 0. */
void tcp_end_close(struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    bool unread = tcp_unread(world, index, e) > 0 || bytes_wait(end) || end_is(end, END_QUEUED) ||
                  end_is(end, END_LINGER0);
    end_clear(end, END_OWNED);
    end_clear(end, END_QUEUED);
    end->pending = 0;
    if (end->state == TCP_SYN_SENT || end->state == TCP_SYN_RECEIVED) {
        tcp_end_gone(world, index, e);
    } else if (unread && end->state != TCP_CLOSED && end->state != TCP_TIME_WAIT) {
        tcp_send_reset(world, index, e);
        end_reset(world, index, e);
    } else if (is_established(end)) {
        tcp_send_fin(world, index, e);
    } else if (end->state == TCP_FIN_WAIT_2) {
        tcp_end_lingers(world, index, e, TCP_FIN_TIMEOUT_NS);
    }
}

/* --- for components --------------------------------------------------------------------- */

/* Which end is the component's own; 2 when it holds none (any more). */
static unsigned end_of(const struct world *world, uint32_t index, uint32_t component)
{
    const struct connection *connection = tcp_at(world, index);
    for (unsigned e = 0; e < 2; e++)
        if (connection->ends[e].component == component && end_is(&connection->ends[e], END_OWNED))
            return e;
    return 2;
}

/* No port is free: told soon, as the caller knows nothing of the connection yet. */
static void connect_without_port(struct world *world, uint32_t index)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[0];
    end->failure = TCP_NO_PORT;
    end->pending = 1u << SOCKET_FAILED;
    tcp_add(world, index, 0, TCP_ATTEMPT_FAILS);
    tcp_tell_soon(world, index, 0);
}

uint32_t tcp_connect(struct world *world, uint32_t from, uint32_t to,
                     const struct tcp_options *options)
{
    uint32_t index = slab_take(&world->region, SLAB_CONNECTION);
    if (index == 0)
        return 0;
    struct connection *connection = tcp_at(world, index);
    struct tcp_end *end = &connection->ends[0];
    uint32_t here = component_at(world, from)->machine;
    to = tcp_address_found(world, to, here);
    uint32_t there = component_at(world, to)->machine;
    connection->ways[0] = way_need(world, here, there);
    connection->ways[1] = way_need(world, there, here);
    if (connection->ways[0] == 0 || connection->ways[1] == 0) {
        slab_give(&world->region, SLAB_CONNECTION, index);
        return 0;
    }
    end->component = from;
    connection->ends[1].component = to;
    end_set(end, END_OWNED);
    if (options != NULL)
        tcp_set_options(world, index, options);
    end->port = tcp_port_take(world, index);
    struct tcp_flight *flight = tcp_flight_need(world, end);
    if (end->port == 0 || flight == NULL) {
        connect_without_port(world, index);
        return index;
    }
    end->snd_end = 1;
    tcp_state_set(world, index, 0, TCP_SYN_SENT);
    tcp_add(world, index, 0, TCP_ACTIVE_OPENS);
    tcp_send_syn(world, index, 0, false);
    flight->transmit_for = TIMER_RTO;
    flight->transmit_at_ns = world->now_ns + tcp_rto(end);
    tcp_timer_arm(world, index, 0);
    return index;
}

/* What they take of tcp_wmem: the kernel counts its own records, too.  4.00 of 4.19 MB is what it
 * swallowed of messages of 1 KB (TRUTH ws.slow.kernel-buffers). */
static uint64_t wmem_taken(const struct tcp_end *end)
{
    return tcp_end_unacked(end) + tcp_end_unacked(end) / 20;
}

static bool has_room(const struct world *world, uint32_t index, unsigned e)
{
    return wmem_taken(&tcp_at(world, index)->ends[e]) <
           parameter_get(world, end_machine(world, index, e), MACHINE_TCP_WMEM);
}

unsigned tcp_writable_again(const struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    if (!end_is(end, END_WANTS_WRITE))
        return 0;
    uint64_t wmem = parameter_get(world, end_machine(world, index, e), MACHINE_TCP_WMEM);
    if (wmem_taken(end) > wmem - wmem / 3)
        return 0;
    end_clear(end, END_WANTS_WRITE);
    return 1u << SOCKET_WRITABLE;
}

/* May it write now?  Where only room is missing, it will hear of it. */
static bool may_write(const struct world *world, uint32_t index, unsigned e)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    if (end->state != TCP_SYN_SENT && !is_established(end))
        return false;
    if (has_room(world, index, e))
        return true;
    end_set(end, END_WANTS_WRITE);
    return false;
}

bool tcp_writable(struct world *world, uint32_t index, uint32_t component)
{
    unsigned e = end_of(world, index, component);
    return e != 2 && may_write(world, index, e);
}

uint64_t tcp_unacked(const struct world *world, uint32_t index, uint32_t component)
{
    unsigned e = end_of(world, index, component);
    return e == 2 ? 0 : tcp_end_unacked(&tcp_at(world, index)->ends[e]);
}

/* Puts a message behind what was written. */
static bool message_write(struct world *world, uint32_t at, unsigned e,
                          const struct message *message)
{
    struct tcp_end *end = &tcp_at(world, at)->ends[e];
    if (!may_write(world, at, e))
        return false;
    struct tcp_flight *flight = tcp_flight_need(world, end);
    uint32_t index = flight == NULL ? 0 : slab_take(&world->region, SLAB_MESSAGE);
    if (index == 0)
        return false;
    if (end->snd_una == end->snd_end)
        tcp_idle_restart(world, at, e);
    struct tcp_message *item = tcp_message_at(world, index);
    item->message = *message;
    uint64_t held = tcp_memory_held(end);
    end->snd_end += message->bytes;
    tcp_memory_note(world, at, e, held);
    item->end_seq = end->snd_end;
    if (flight->first == 0)
        flight->first = index;
    else
        tcp_message_at(world, flight->last)->next = index;
    flight->last = index;
    if (flight->fresh == 0)
        flight->fresh = index;
    return true;
}

bool tcp_send_more(struct world *world, uint32_t index, uint32_t component,
                   const struct message *message)
{
    unsigned e = end_of(world, index, component);
    return e != 2 && message_write(world, index, e, message);
}

bool tcp_send(struct world *world, uint32_t index, uint32_t component,
              const struct message *message)
{
    if (!tcp_send_more(world, index, component, message))
        return false;
    tcp_output(world, index, end_of(world, index, component));
    return true;
}

bool tcp_send_last(struct world *world, uint32_t index, uint32_t component,
                   const struct message *message)
{
    unsigned e = end_of(world, index, component);
    if (e == 2 || !message_write(world, index, e, message))
        return false;
    if (tcp_unread(world, index, e) > 0)
        tcp_output(world, index, e); /* written before the reset that closing will be */
    tcp_close(world, index, component);
    return true;
}

bool tcp_receive(struct world *world, uint32_t index, uint32_t component, struct message *message)
{
    unsigned e = end_of(world, index, component);
    if (e == 2)
        return false;
    struct connection *connection = tcp_at(world, index);
    struct tcp_flight *writer = tcp_flight(world, &connection->ends[1 - e]);
    if (writer == NULL || writer->whole == 0)
        return false;
    uint32_t first = writer->first;
    const struct tcp_message *item = tcp_message_at(world, first);
    *message = item->message;
    uint64_t held = tcp_memory_held(&connection->ends[e]);
    if (seq_before(connection->ends[e].rcv_read, item->end_seq))
        connection->ends[e].rcv_read = item->end_seq;
    tcp_memory_note(world, index, e, held);
    writer->first = item->next;
    writer->whole--;
    if (writer->first == 0)
        writer->last = 0;
    slab_give(&world->region, SLAB_MESSAGE, first);
    tcp_flight_settle(world, &connection->ends[1 - e]);
    tcp_window_read(world, index, e);
    return true;
}

uint32_t tcp_waiting(const struct world *world, uint32_t index, uint32_t component)
{
    unsigned e = end_of(world, index, component);
    return e == 2 ? 0 : tcp_unread(world, index, e);
}

void tcp_close(struct world *world, uint32_t index, uint32_t component)
{
    unsigned e = end_of(world, index, component);
    if (e == 2)
        return;
    tcp_end_close(world, index, e);
    tcp_release(world, index);
}

void tcp_shutdown(struct world *world, uint32_t index, uint32_t component)
{
    unsigned e = end_of(world, index, component);
    if (e != 2 && is_established(&tcp_at(world, index)->ends[e]))
        tcp_send_fin(world, index, e);
}

void tcp_abort(struct world *world, uint32_t index, uint32_t component)
{
    unsigned e = end_of(world, index, component);
    if (e == 2)
        return;
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    end_clear(end, END_OWNED);
    end->pending = 0;
    if (end->state != TCP_SYN_SENT && end->state != TCP_CLOSED && end->state != TCP_TIME_WAIT)
        tcp_send_reset(world, index, e);
    end_reset(world, index, e);
    tcp_release(world, index);
}

void tcp_set_cookie(struct world *world, uint32_t index, uint32_t component, uint64_t cookie)
{
    unsigned e = end_of(world, index, component);
    if (e != 2)
        tcp_at(world, index)->ends[e].cookie = cookie;
}

uint64_t tcp_cookie(const struct world *world, uint32_t index, uint32_t component)
{
    unsigned e = end_of(world, index, component);
    return e == 2 ? 0 : tcp_at(world, index)->ends[e].cookie;
}

uint32_t tcp_peer(const struct world *world, uint32_t index, uint32_t component)
{
    const struct connection *connection = tcp_at(world, index);
    return connection->ends[connection->ends[0].component == component ? 1 : 0].component;
}

enum tcp_failure tcp_failure(const struct world *world, uint32_t index)
{
    const struct connection *connection = tcp_at(world, index);
    for (unsigned e = 0; e < 2; e++)
        if (end_is(&connection->ends[e], END_TELLING))
            return (enum tcp_failure)connection->ends[e].failure;
    return TCP_FINE;
}

void tcp_set_reading(struct world *world, uint32_t index, uint32_t component, bool reading)
{
    unsigned e = end_of(world, index, component);
    if (e == 2)
        return;
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    if (reading == !end_is(end, END_IDLE_READER))
        return;
    if (!reading) {
        end_set(end, END_IDLE_READER);
        return;
    }
    end_clear(end, END_IDLE_READER);
    tcp_window_read(world, index, e);
    if (tcp_unread(world, index, e) > 0)
        end->pending = (uint8_t)(end->pending | 1u << SOCKET_READABLE);
    if (end->pending != 0)
        tcp_tell_soon(world, index, e);
}

/* --- for machines ----------------------------------------------------------------------- */

uint64_t tcp_count(const struct world *world, uint32_t machine, enum tcp_counter counter)
{
    return tcp_machine(world, machine)->counters[counter];
}

uint64_t tcp_established(const struct world *world, uint32_t machine)
{
    return tcp_machine(world, machine)->established;
}

uint64_t tcp_time_wait(const struct world *world, uint32_t machine)
{
    return tcp_machine(world, machine)->time_wait;
}
