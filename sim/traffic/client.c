/*
 * The kind `client`: its process, and what reaches it.
 *
 * A client is a process too.  Killed, its requests under way end as timed out: who could have told
 * is gone, and nobody knows.  Paused, nothing is due; what was answered or fell due meanwhile is
 * handled when it continues.  Its counters are the lab's and outlive its process.
 */
#include "sim/traffic/client.h"

#include <string.h>

#include "sim/machine/machine.h"
#include "sim/net/deliveries.h"
#include "sim/net/process.h"
#include "sim/net/socket.h"
#include "sim/store/sentinel.h"

static bool is_crowd_op(uint64_t op)
{
    return op == CLIENT_OP_WS || op == CLIENT_OP_LOCATION;
}

static bool client_wants_crowd(const struct world *world, uint32_t id)
{
    return is_crowd_op(parameter_get(world, id, CLIENT_OP));
}

/* Number of connections when none was given: 50, in the closed loop 1, of a crowd 1000. */
static void client_resolve_connections(struct world *world, uint32_t id)
{
    const struct component *component = component_at(world, id);
    const uint64_t *file = arena_at(&world->region, component->file);
    if (file[CLIENT_CONNECTIONS] == CLIENT_CONNECTIONS_AUTO)
        parameter_put(world, id, CLIENT_CONNECTIONS,
                      client_wants_crowd(world, id)   ? 1000
                      : client_closed_loop(world, id) ? 1
                                                      : 50);
}

static void client_init(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    const char *name = component_at(world, id)->name;
    c->arrivals = stream_of(world->seed, name, "arrivals");
    c->keys = stream_of(world->seed, name, "keys");
    c->jitter = stream_of(world->seed, name, "jitter");
    struct stream phases = stream_of(world->seed, name, "phases");
    c->crowd.moves = stream_next(&phases);
    c->crowd.polls = stream_next(&phases);
    client_resolve_connections(world, id);
}

/* What speaks HTTP alone is not for a store. */
static bool http_check(const uint64_t *values, struct error *error)
{
    static const struct {
        enum client_parameter parameter;
        uint64_t plain;
    } rows[] = {{CLIENT_HTTP, HTTP_1_1},
                {CLIENT_CONNECTION_HEADER, HTTP_NO_HEADER},
                {CLIENT_TLS, TLS_NO},
                {CLIENT_CLOSE, CLIENT_CLOSES}};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (values[CLIENT_OP] != CLIENT_OP_HTTP && values[rows[i].parameter] != rows[i].plain)
            return error_set(error, ERROR_CLIENT_NO_HTTP, (uint16_t)rows[i].parameter,
                             client_parameters[rows[i].parameter].name, NULL, NULL, NULL);
    return true;
}

/* Looked at when it changes. */
static bool via_check(struct world *world, uint32_t id, const char *via, struct error *error)
{
    return strcmp(via, parameter_text(world, id, CLIENT_VIA)) == 0 ||
           sentinel_check_names(world, via, CLIENT_VIA, error);
}

/* `to` is looked at when it or `op` changes: what it names may be removed later. */
static bool client_check(struct world *world, uint32_t id, const uint64_t *values,
                         struct error *error)
{
    const char *name = string_at(world, (ref)values[CLIENT_TO]);
    const char *via = string_at(world, (ref)values[CLIENT_VIA]);
    bool http = values[CLIENT_OP] == CLIENT_OP_HTTP || is_crowd_op(values[CLIENT_OP]);
    if (name[0] == 0 && via[0] != 0 && !http)
        return via_check(world, id, via, error);
    if (name[0] == 0)
        return error_set(error, ERROR_CLIENT_NOWHERE, CLIENT_TO, NULL, NULL, NULL, NULL);
    bool same = strcmp(name, parameter_text(world, id, CLIENT_TO)) == 0;
    uint32_t to = component_find(world, name);
    if (to == 0 && !same)
        return error_set(error, ERROR_NOTHING_NAMED, CLIENT_TO, name, NULL, NULL, NULL);
    struct text op = TEXT((char[16]){0});
    value_add_exact(&op, values[CLIENT_OP], UNIT_CHOICE, client_parameters[CLIENT_OP].named);
    uint16_t kind = to != 0 ? component_at(world, to)->kind : KIND_NONE;
    if (to != 0 && kind != (http ? KIND_SERVER : KIND_STORE) && kind != KIND_BALANCER)
        return error_set(error, ERROR_CLIENT_NO_STORE, same ? CLIENT_OP : CLIENT_TO, name,
                         component_kind(world, to)->name, op.at, http ? "server" : "store");
    return http_check(values, error);
}

/* Its process begins with what it is told to do, or does something else from now on. */
static void client_begin(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    c->is_crowd = client_wants_crowd(world, id);
    client_resolve_connections(world, id);
    c->state = CLIENT_RUNNING;
    if (c->is_crowd)
        crowd_begin(world, id);
    else
        arrival_begin(world, id);
}

/* The process is gone, in whatever way. */
static void client_gone(struct world *world, uint32_t id)
{
    client_of(world, id)->state = CLIENT_DOWN;
    arrival_end(world, id);
    crowd_end(world, id);
    request_end_all(world, id);
    pool_forget(world, id);
    quic_process_ended(world, id);
    cpu_cancel_all(world, id);
    memory_give_all(world, id);
}

static void client_freeze(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    if (c->is_crowd)
        crowd_freeze(world, id);
    else
        arrival_freeze(world, id);
    c->state = CLIENT_FROZEN;
}

static void client_thaw(struct world *world, uint32_t id)
{
    quic_process_resumed(world, id);
    if (client_of(world, id)->is_crowd) {
        crowd_thaw(world, id);
    } else {
        arrival_thaw(world, id);
        request_thaw(world, id);
    }
}

/* A crowd has no requests that wait for a connection. */
static void client_settle(struct world *world, uint32_t id)
{
    if (!client_of(world, id)->is_crowd)
        pool_settle(world, id);
}

static void client_signal(struct world *world, uint32_t id, enum signal signal)
{
    static const struct process process = {
        .start = client_begin, .gone = client_gone, .thaw = client_thaw};
    if (signal == SIGNAL_STOP)
        client_freeze(world, id);
    if (signal == SIGNAL_CONT)
        client_of(world, id)->state = CLIENT_RUNNING;
    process_signal(world, id, signal, &process);
    client_settle(world, id);
}

static void client_timer(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    c->timer = 0;
    if (c->state != CLIENT_RUNNING)
        return;
    if (c->is_crowd) {
        crowd_timer(world, id);
    } else {
        request_time_out(world, id);
        pool_time_out(world, id);
    }
}

static void client_event(struct world *world, uint32_t id, const struct event *event)
{
    struct client *c = client_of(world, id);
    switch ((enum client_event)event_what(event)) {
    case CLIENT_EVENT_ARRIVAL:
        if (c->is_crowd)
            crowd_arrival(world, id);
        else
            arrival_fired(world, id);
        break;
    case CLIENT_EVENT_TIMER:
        client_timer(world, id);
        break;
    case CLIENT_EVENT_DELAYED:
        request_delay_over(world, id, event->payload.u32[0]);
        break;
    case CLIENT_EVENT_MEMBER:
        crowd_member(world, id, event->payload.u32[0]);
        break;
    }
    client_settle(world, id);
}

static void client_socket(struct world *world, uint32_t id, uint32_t connection,
                          enum socket_event what)
{
    if (client_of(world, id)->is_crowd) {
        crowd_socket(world, id, connection, what);
        return;
    }
    pool_socket(world, id, connection, what);
    pool_settle(world, id);
}

static bool client_turns(const struct world *world, uint32_t id)
{
    const struct client *c = client_of(world, id);
    bool location = parameter_get(world, id, CLIENT_OP) == CLIENT_OP_LOCATION;
    if (c->is_crowd != client_wants_crowd(world, id))
        return true;
    if (!c->is_crowd || !location)
        return c->is_crowd && c->crowd.is_location != location;
    return !c->crowd.is_location || c->crowd.mode != parameter_get(world, id, CLIENT_MODE) ||
           c->crowd.update_ns != parameter_get(world, id, CLIENT_UPDATE);
}

/* From requests to a crowd, or back: what it did ends, as if it had been started anew. */
static void client_turn(struct world *world, uint32_t id)
{
    bool frozen = client_of(world, id)->state == CLIENT_FROZEN;
    tcp_process_ended(world, id);
    client_gone(world, id);
    client_begin(world, id);
    if (frozen)
        client_signal(world, id, SIGNAL_STOP);
    client_settle(world, id);
}

static void client_changed(struct world *world, uint32_t id, unsigned parameter)
{
    struct client *c = client_of(world, id);
    if (c->state != CLIENT_DOWN && client_turns(world, id)) {
        client_turn(world, id);
        return;
    }
    if (c->is_crowd) {
        client_resolve_connections(world, id);
        crowd_changed(world, id, parameter);
        return;
    }
    switch (parameter) {
    case CLIENT_RATE:
        client_resolve_connections(world, id);
        pool_trim(world, id);
        arrival_rate_changed(world, id);
        break;
    case CLIENT_CONNECTIONS:
    case CLIENT_PIPELINE:
        client_resolve_connections(world, id);
        pool_trim(world, id);
        arrival_count_changed(world, id);
        break;
    case CLIENT_REQUESTS:
        arrival_count_changed(world, id);
        break;
    default:
        break; /* read when it is needed; the timer follows below */
    }
    pool_settle(world, id);
}

static uint32_t client_leads_to(const struct world *world, uint32_t id)
{
    const char *to = parameter_text(world, id, CLIENT_TO);
    if (to[0] != 0)
        return component_find(world, to);
    uint32_t told = sentinel_ask(world, parameter_text(world, id, CLIENT_VIA));
    return told != 0 ? told : client_of(world, id)->told;
}

static void client_removed(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    client_gone(world, id);
    histogram_release(&world->region, &c->latency);
    histogram_release(&world->region, &c->crowd.connect_times);
    deliveries_forget(world, id);
    recent_release(world, &c->recent);
}

void client_stall(struct world *world, uint32_t id, uint32_t count)
{
    if (client_of(world, id)->is_crowd)
        crowd_stall(world, id, count);
    else
        pool_stall(world, id, count);
    trace(world, id, TRACE_STALLED, count, 0);
}

bool client_accounts(struct world *world, uint32_t id, struct text *why)
{
    const struct client *c = client_of(world, id);
    if (c->sent == c->acked + c->refused + c->timed_out + c->in_flight)
        return true;
    text_add(why, component_at(world, id)->name);
    text_add(why, ": sent is not acked + refused + timed out + in flight");
    return false;
}

/* The tables' rows are client_rows.c. */
const struct kind client_kind = {
    .name = "client",
    .en = "sends requests at a rate, or one after the other",
    .ko = "정해진 속도로, 또는 답이 올 때마다 요청을 보냅니다",
    .state_bytes = sizeof(struct client),
    .process = true,
    .buildable = true,
    .parameter_count = CLIENT_PARAMETERS,
    .metric_count = CLIENT_METRICS,
    .parameters = client_parameters,
    .metrics = client_metrics,
    .check = client_check,
    .init = client_init,
    .signal = client_signal,
    .event = client_event,
    .socket = client_socket,
    .changed = client_changed,
    .removed = client_removed,
    .leads_to = client_leads_to,
};
