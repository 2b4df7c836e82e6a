/*
 * A sentinel's connections: to masters and replicas one for commands and one for pub/sub, to other
 * sentinels one; and what comes over them, and from those who ask.
 *
 * sentinelReconnectInstance, the reply callbacks, sentinelCommand of Redis 7.0 (sentinel.c).
 */
#include "sim/store/sentinel_state.h"

#define SLAVE_PRIORITY 100u

struct instance instance_of(const struct world *world, uint32_t component, uint32_t flags)
{
    uint64_t now = mstime(world);
    /* act_ping stands from the beginning: who cannot be reached at all is found, too. */
    return (struct instance){.component = component,
                             .machine = component_at(world, component)->machine,
                             .flags = flags,
                             .disconnected = 1,
                             .last_avail = now,
                             .act_ping = now,
                             .last_pong = now,
                             .last_pub = now,
                             .last_hello = now,
                             .last_down_reply = now,
                             .role_time = now,
                             .conf_change = now,
                             .priority = SLAVE_PRIORITY,
                             .role = flags & (SRI_MASTER | SRI_SLAVE)};
}

/* --- opening and closing ---------------------------------------------------------------------- */

static void connection_close(struct world *world, uint32_t id, uint32_t *connection)
{
    if (*connection != 0)
        tcp_close(world, *connection, id);
    *connection = 0;
}

void instance_close(struct world *world, uint32_t id, struct instance *instance)
{
    connection_close(world, id, &instance->cc);
    connection_close(world, id, &instance->pc);
    instance->disconnected = 1;
}

bool instance_say(struct world *world, uint32_t id, struct instance *instance,
                  const struct message *message)
{
    if (instance->cc == 0 || !tcp_send(world, instance->cc, id, message))
        return false;
    instance->pending++;
    return true;
}

void instance_ping(struct world *world, uint32_t id, struct instance *instance)
{
    const struct message ping = {.bytes = resp_request_bytes(RESP_PING, 0, 0), .type = RESP_PING};
    if (!instance_say(world, id, instance, &ping))
        return;
    instance->last_ping = mstime(world);
    if (instance->act_ping == 0)
        instance->act_ping = instance->last_ping;
}

/* Who stands at its address: 0, nobody any more. */
static uint32_t who_is_there(const struct world *world, const struct instance *instance)
{
    uint16_t kind = (instance->flags & SRI_SENTINEL) != 0 ? KIND_SENTINEL : KIND_STORE;
    const struct component *component = component_at(world, instance->component);
    return component->kind == kind && component->machine == instance->machine ? instance->component
                                                                              : 0;
}

static uint32_t connection_open(struct world *world, uint32_t id, const struct instance *instance)
{
    uint32_t to = who_is_there(world, instance);
    const struct tcp_options options = {.nodelay = true};
    return to == 0 ? 0 : tcp_connect(world, id, to, &options);
}

void instance_reconnect(struct world *world, uint32_t id, struct instance *instance)
{
    uint64_t now = mstime(world);
    bool pubsub = (instance->flags & SRI_SENTINEL) == 0;
    if (instance->disconnected == 0 || now - instance->last_reconn < PING_PERIOD)
        return;
    instance->last_reconn = now;
    if (instance->cc == 0) {
        instance->cc = connection_open(world, id, instance);
        instance->pending = 0;
        instance->cc_conn = now;
        instance_ping(world, id, instance);
    }
    if (pubsub && instance->pc == 0) {
        const struct message subscribe = {.bytes = 45, .type = RESP_SUBSCRIBE};
        instance->pc = connection_open(world, id, instance);
        instance->pc_conn = instance->pc_activity = now;
        if (instance->pc != 0)
            tcp_send(world, instance->pc, id, &subscribe);
    }
    if (instance->cc != 0 && (!pubsub || instance->pc != 0))
        instance->disconnected = 0;
}

/* --- whose it is ------------------------------------------------------------------------------ */

static struct instance *found_in(const struct world *world, const struct vector *rows,
                                 uint32_t connection)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        struct instance *instance = instance_at(world, rows, i);
        if (instance->cc == connection || instance->pc == connection)
            return instance;
    }
    return NULL;
}

static struct instance *instance_behind(const struct world *world, uint32_t id, uint32_t connection)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    if (sentinel->master.cc == connection || sentinel->master.pc == connection)
        return &sentinel->master;
    struct instance *slave = found_in(world, &sentinel->slaves, connection);
    return slave != NULL ? slave : found_in(world, &sentinel->sentinels, connection);
}

/* --- answers ---------------------------------------------------------------------------------- */

static void pong(struct world *world, struct instance *instance, enum resp_type type)
{
    if (type == RESP_OK || type == RESP_LOADING || type == RESP_MASTERDOWN) {
        instance->last_avail = mstime(world);
        instance->act_ping = 0;
    }
    instance->last_pong = mstime(world);
}

static void answer_heard(struct world *world, uint32_t id, uint32_t connection,
                         const struct message *message)
{
    struct instance *instance = instance_behind(world, id, connection);
    if (instance == NULL)
        return;
    instance->pending -= instance->pending > 0 && instance->cc == connection &&
                         message->type != RESP_INFO_HEAD && message->type != RESP_INFO_SLAVE;
    switch ((enum resp_type)message->type) {
    case RESP_OK:
    case RESP_LOADING:
    case RESP_MASTERDOWN:
    case RESP_MISCONF:
        pong(world, instance, (enum resp_type)message->type);
        break;
    case RESP_INFO_HEAD:
    case RESP_INFO_SLAVE:
    case RESP_INFO_END:
        watch_info(world, id, connection, message);
        break;
    case RESP_HELLO:
        instance->pc_activity = mstime(world);
        watch_hello(world, id, message);
        break;
    case RESP_VOTE:
        vote_heard(world, instance, message);
        break;
    default:
        break;
    }
}

/* --- who asks --------------------------------------------------------------------------------- */

static void caller_heard(struct world *world, uint32_t id, uint32_t connection,
                         const struct message *request)
{
    struct message answer = {.bytes = 7, .type = RESP_OK, .d = request->d};
    switch ((enum resp_type)request->type) {
    case RESP_PING:
        break;
    case RESP_PUBLISH:
        watch_hello(world, id, request);
        answer.type = RESP_COUNT;
        break;
    case RESP_IS_DOWN:
        answer = vote_answer(world, id, request);
        break;
    case RESP_GET_MASTER:
        answer.bytes = 33;
        answer.type = RESP_ADDRESS;
        answer.a = sentinel_master(world, id);
        break;
    default:
        answer.type = RESP_ERROR;
        break;
    }
    tcp_send(world, connection, id, &answer);
}

static void caller_gone(struct world *world, uint32_t id, uint32_t connection)
{
    struct vector *callers = &sentinel_at(world, id)->callers;
    for (uint32_t i = 0; i < callers->count; i++) {
        uint32_t *row = vector_at(&world->region, callers, i);
        if (*row != connection)
            continue;
        uint32_t *last = vector_at(&world->region, callers, callers->count - 1);
        *row = *last;
        *last = 0;
        callers->count--;
        return;
    }
}

/* --- sockets ---------------------------------------------------------------------------------- */

static void all_accept(struct world *world, uint32_t id)
{
    uint32_t connection;
    while ((connection = tcp_accept(world, id)) != 0) {
        uint32_t *row =
            vector_push(&world->region, &sentinel_at(world, id)->callers, sizeof(uint32_t));
        if (row != NULL)
            *row = connection;
        tcp_set_option(world, connection, id, TCP_OPTION_NODELAY, 1);
    }
}

static void all_read(struct world *world, uint32_t id, uint32_t connection)
{
    struct message message;
    while (tcp_receive(world, connection, id, &message)) {
        if (instance_behind(world, id, connection) != NULL)
            answer_heard(world, id, connection, &message);
        else
            caller_heard(world, id, connection, &message);
    }
}

/* A connection of an instance is gone: the other one is opened anew with it. */
static void lost(struct world *world, uint32_t id, uint32_t connection, bool close)
{
    struct instance *instance = instance_behind(world, id, connection);
    if (close)
        tcp_close(world, connection, id);
    if (instance == NULL) {
        caller_gone(world, id, connection);
        return;
    }
    if (instance->cc == connection)
        instance->cc = 0;
    else
        instance->pc = 0;
    instance->disconnected = 1;
}

void sentinel_socket(struct world *world, uint32_t id, uint32_t connection, enum socket_event what)
{
    switch (what) {
    case SOCKET_ACCEPTABLE:
        all_accept(world, id);
        break;
    case SOCKET_READABLE:
        all_read(world, id, connection);
        break;
    case SOCKET_CLOSED:
        all_read(world, id, connection);
        lost(world, id, connection, true);
        break;
    case SOCKET_FAILED:
    case SOCKET_RESET:
        lost(world, id, connection, false);
        break;
    case SOCKET_CONNECTED:
    case SOCKET_WRITABLE:
        break;
    }
}
