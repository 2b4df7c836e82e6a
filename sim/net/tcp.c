/*
 * TCP for components: opening, writing, reading, closing; and how long a connection lives.
 */
#include "sim/net/tcp_state.h"

#include "sim/machine/machine.h"
#include "sim/net/way.h"

/* --- life ------------------------------------------------------------------------------- */

/* What the kernel counts as established (CurrEstab). */
static bool is_established(const struct tcp_end *end)
{
    return end->state == TCP_ESTABLISHED || end->state == TCP_CLOSE_WAIT;
}

void tcp_state_set(struct world *world, struct tcp_end *end, enum tcp_state state)
{
    struct tcp_machine *machine = tcp_machine(world, end_machine(world, end));
    machine->established -= is_established(end);
    machine->time_wait -= end->state == TCP_TIME_WAIT;
    end->state = (uint8_t)state;
    machine->established += is_established(end);
    machine->time_wait += end->state == TCP_TIME_WAIT;
}

void tcp_end_gone(struct world *world, struct tcp_end *end)
{
    tcp_state_set(world, end, TCP_CLOSED);
    world_cancel(world, end->timer);
    end->timer = 0;
    end->rto_at_ns = 0;
    end->delayed_ack_at_ns = 0;
}

static bool end_holds(const struct tcp_end *end)
{
    return end_is(end, END_OWNED) || end_is(end, END_QUEUED) ||
           (end->state != TCP_CLOSED && end->state != TCP_TIME_WAIT);
}

void tcp_release(struct world *world, uint32_t index)
{
    struct connection *connection = tcp_at(world, index);
    if (connection->in_flight > 0 || end_holds(&connection->ends[0]) ||
        end_holds(&connection->ends[1]))
        return;
    for (unsigned e = 0; e < 2; e++) {
        struct tcp_end *end = &connection->ends[e];
        world_cancel(world, end->timer);
        if (e == 0)
            tcp_port_give(world, index);
        while (end->first != 0) {
            uint32_t next = tcp_message_at(world, end->first)->next;
            slab_give(&world->region, SLAB_MESSAGE, end->first);
            end->first = next;
        }
    }
    slab_give(&world->region, SLAB_CONNECTION, index);
}

/* Gone by a reset, as EstabResets counts them. */
static void end_reset(struct world *world, struct tcp_end *end)
{
    if (is_established(end))
        tcp_add(world, end, TCP_ESTAB_RESETS);
    if (end->state == TCP_SYN_SENT || end->state == TCP_SYN_RECEIVED)
        tcp_add(world, end, TCP_ATTEMPT_FAILS);
    tcp_end_gone(world, end);
}

void tcp_end_fail(struct world *world, uint32_t index, unsigned e, enum socket_event what,
                  enum tcp_failure failure)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    end_reset(world, end);
    end->failure = (uint8_t)failure;
    tcp_tell(world, index, e, 1u << what);
}

void tcp_end_close(struct world *world, uint32_t index, unsigned e)
{
    struct connection *connection = tcp_at(world, index);
    struct tcp_end *end = &connection->ends[e];
    /* Resets: where messages are unread, one that was never accepted, and with SO_LINGER 0. */
    bool unread =
        connection->ends[1 - e].whole > 0 || end_is(end, END_QUEUED) || end_is(end, END_LINGER0);
    end_clear(end, END_OWNED);
    end_clear(end, END_QUEUED);
    end->pending = 0;
    if (end->state == TCP_SYN_SENT || end->state == TCP_SYN_RECEIVED) {
        tcp_end_gone(world, end);
    } else if (unread && end->state != TCP_CLOSED && end->state != TCP_TIME_WAIT) {
        tcp_send_reset(world, index, e);
        end_reset(world, end);
    } else if (is_established(end)) {
        tcp_send_fin(world, index, e);
    } else if (end->state == TCP_FIN_WAIT_2) {
        end->rto_at_ns = world->now_ns + TCP_FIN_TIMEOUT_NS;
        tcp_timer_arm(world, index, e);
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
    tcp_add(world, end, TCP_ATTEMPT_FAILS);
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
    uint32_t here = component_at(world, from)->machine, there = component_at(world, to)->machine;
    connection->ways[0] = way_need(world, here, there);
    connection->ways[1] = way_need(world, there, here);
    end->component = from;
    connection->ends[1].component = to;
    end_set(end, END_OWNED);
    if (options != NULL)
        tcp_set_options(world, index, options);
    end->port = tcp_port_take(world, index);
    if (end->port == 0) {
        connect_without_port(world, index);
        return index;
    }
    end->snd_end = 1;
    tcp_state_set(world, end, TCP_SYN_SENT);
    tcp_add(world, end, TCP_ACTIVE_OPENS);
    tcp_send_syn(world, index, 0, false);
    end->rto_at_ns = world->now_ns + tcp_rto(end);
    tcp_timer_arm(world, index, 0);
    return index;
}

/* Bytes that the application handed over and no ACK covers: without SYN and FIN. */
static uint64_t unacked(const struct tcp_end *end)
{
    uint32_t una = end->snd_una == 0 && end->snd_end != 0 ? 1 : end->snd_una;
    return end->snd_end - una - (end_is(end, END_FIN) && una != end->snd_end);
}

static bool has_room(const struct world *world, const struct tcp_end *end)
{
    return unacked(end) < parameter_get(world, end_machine(world, end), MACHINE_TCP_WMEM);
}

unsigned tcp_writable_again(const struct world *world, struct tcp_end *end)
{
    if (!end_is(end, END_WANTS_WRITE))
        return 0;
    uint64_t wmem = parameter_get(world, end_machine(world, end), MACHINE_TCP_WMEM);
    if (unacked(end) > wmem - wmem / 3)
        return 0;
    end_clear(end, END_WANTS_WRITE);
    return 1u << SOCKET_WRITABLE;
}

/* May it write now?  Where only room is missing, it will hear of it. */
static bool may_write(const struct world *world, struct tcp_end *end)
{
    if (end->state != TCP_SYN_SENT && !is_established(end))
        return false;
    if (has_room(world, end))
        return true;
    end_set(end, END_WANTS_WRITE);
    return false;
}

bool tcp_writable(struct world *world, uint32_t index, uint32_t component)
{
    unsigned e = end_of(world, index, component);
    return e != 2 && may_write(world, &tcp_at(world, index)->ends[e]);
}

uint64_t tcp_unacked(const struct world *world, uint32_t index, uint32_t component)
{
    unsigned e = end_of(world, index, component);
    return e == 2 ? 0 : unacked(&tcp_at(world, index)->ends[e]);
}

/* Puts a message behind what was written. */
static bool message_write(struct world *world, struct tcp_end *end, const struct message *message)
{
    if (!may_write(world, end))
        return false;
    uint32_t index = slab_take(&world->region, SLAB_MESSAGE);
    if (index == 0)
        return false;
    struct tcp_message *item = tcp_message_at(world, index);
    item->message = *message;
    end->snd_end += message->bytes;
    item->end_seq = end->snd_end;
    if (end->first == 0)
        end->first = index;
    else
        tcp_message_at(world, end->last)->next = index;
    end->last = index;
    if (end->fresh == 0)
        end->fresh = index;
    return true;
}

bool tcp_send_more(struct world *world, uint32_t index, uint32_t component,
                   const struct message *message)
{
    unsigned e = end_of(world, index, component);
    return e != 2 && message_write(world, &tcp_at(world, index)->ends[e], message);
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
    if (e == 2 || !message_write(world, &tcp_at(world, index)->ends[e], message))
        return false;
    if (tcp_at(world, index)->ends[1 - e].whole > 0)
        tcp_output(world, index, e); /* written before the reset that closing will be */
    tcp_close(world, index, component);
    return true;
}

bool tcp_receive(struct world *world, uint32_t index, uint32_t component, struct message *message)
{
    unsigned e = end_of(world, index, component);
    if (e == 2)
        return false;
    struct tcp_end *writer = &tcp_at(world, index)->ends[1 - e];
    if (writer->whole == 0)
        return false;
    uint32_t first = writer->first;
    const struct tcp_message *item = tcp_message_at(world, first);
    *message = item->message;
    writer->first = item->next;
    writer->whole--;
    if (writer->first == 0)
        writer->last = 0;
    slab_give(&world->region, SLAB_MESSAGE, first);
    return true;
}

uint32_t tcp_waiting(const struct world *world, uint32_t index, uint32_t component)
{
    unsigned e = end_of(world, index, component);
    return e == 2 ? 0 : tcp_at(world, index)->ends[1 - e].whole;
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
    end_reset(world, end);
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
    struct connection *connection = tcp_at(world, index);
    struct tcp_end *end = &connection->ends[e];
    if (reading == !end_is(end, END_IDLE_READER))
        return;
    if (!reading) {
        end_set(end, END_IDLE_READER);
        return;
    }
    end_clear(end, END_IDLE_READER);
    if (connection->ends[1 - e].whole > 0)
        end->pending = (uint8_t)(end->pending | 1u << SOCKET_READABLE);
    if (end->pending != 0)
        tcp_tell_soon(world, index, e);
}

/* --- options ---------------------------------------------------------------------------- */

static void flag_option(struct tcp_end *end, enum end_flag flag, uint64_t value)
{
    if (value != 0)
        end_set(end, flag);
    else
        end_clear(end, flag);
}

static void set_option(struct world *world, uint32_t index, unsigned e, enum tcp_option option,
                       uint64_t value)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    switch (option) {
    case TCP_OPTION_NODELAY:
        flag_option(end, END_NODELAY, value);
        break;
    case TCP_OPTION_KEEPALIVE:
        flag_option(end, END_KEEPALIVE, value);
        break;
    case TCP_OPTION_LINGER0:
        flag_option(end, END_LINGER0, value);
        break;
    case TCP_OPTION_KEEPIDLE:
    case TCP_OPTION_KEEPINTVL:
    case TCP_OPTION_KEEPCNT:
    case TCP_OPTION_USER_TIMEOUT:
        break;
    }
}

void tcp_set_option(struct world *world, uint32_t index, uint32_t component, enum tcp_option option,
                    uint64_t value)
{
    unsigned e = end_of(world, index, component);
    if (e != 2)
        set_option(world, index, e, option, value);
}

void tcp_set_options(struct world *world, uint32_t index, const struct tcp_options *options)
{
    set_option(world, index, 0, TCP_OPTION_NODELAY, options->nodelay);
    set_option(world, index, 0, TCP_OPTION_LINGER0, options->linger0);
    set_option(world, index, 0, TCP_OPTION_KEEPIDLE, options->keepidle_ns);
    set_option(world, index, 0, TCP_OPTION_KEEPINTVL, options->keepintvl_ns);
    set_option(world, index, 0, TCP_OPTION_KEEPCNT, options->keepcnt);
    set_option(world, index, 0, TCP_OPTION_USER_TIMEOUT, options->user_timeout_ns);
    set_option(world, index, 0, TCP_OPTION_KEEPALIVE, options->keepalive);
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
