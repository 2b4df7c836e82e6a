/*
 * A client's connections: opened when a request finds none free, given back after each answer,
 * closed after a time-out or a failure.
 *
 * The one that was used last is used first, as connection pools do.  A connection that could not be
 * made refuses the request that has waited longest for one.  When `timeout` passes before it is
 * made, it is given up; a time-out on a connection takes with it what was asked behind it: nobody
 * knows.
 */
#include "sim/traffic/client.h"

#include "sim/net/tcp.h"
#include "sim/store/protocol.h"

#define PLACES_FIRST 4u

static struct place *place_at(const struct world *world, const struct client *c, uint32_t place)
{
    return (struct place *)arena_at(&world->region, c->places) + (place - 1);
}

static void list_put_first(struct world *world, struct client *c, struct place_list *list,
                           uint32_t place)
{
    struct place *p = place_at(world, c, place);
    p->before = 0;
    p->after = list->first;
    if (list->first != 0)
        place_at(world, c, list->first)->before = place;
    else
        list->last = place;
    list->first = place;
}

static void list_put_last(struct world *world, struct client *c, struct place_list *list,
                          uint32_t place)
{
    struct place *p = place_at(world, c, place);
    p->after = 0;
    p->before = list->last;
    if (list->last != 0)
        place_at(world, c, list->last)->after = place;
    else
        list->first = place;
    list->last = place;
}

static void list_take(struct world *world, struct client *c, struct place_list *list,
                      uint32_t place)
{
    struct place *p = place_at(world, c, place);
    if (p->before != 0)
        place_at(world, c, p->before)->after = p->after;
    else
        list->first = p->after;
    if (p->after != 0)
        place_at(world, c, p->after)->before = p->before;
    else
        list->last = p->before;
    p->before = p->after = 0;
}

uint32_t pool_limit(const struct world *world, uint32_t id)
{
    return (uint32_t)parameter_get(world, id, CLIENT_CONNECTIONS);
}

/* An unused place; the array doubles when there is none. */
static uint32_t place_take(struct world *world, struct client *c)
{
    if (c->free.first == 0) {
        uint32_t limit = c->place_limit == 0 ? PLACES_FIRST : c->place_limit * 2;
        uint64_t old_bytes = (uint64_t)c->place_limit * sizeof(struct place);
        uint64_t bytes = (uint64_t)limit * sizeof(struct place);
        ref places = c->places == 0 ? arena_take(&world->region, bytes)
                                    : arena_grow(&world->region, c->places, old_bytes, bytes);
        if (places == 0)
            return 0;
        c->places = places;
        for (uint32_t i = c->place_limit + 1; i <= limit; i++)
            list_put_last(world, c, &c->free, i);
        c->place_limit = limit;
    }
    uint32_t place = c->free.first;
    list_take(world, c, &c->free, place);
    return place;
}

/* Takes the place out of its list and makes it unused; its socket is the caller's to close. */
static void place_clear(struct world *world, struct client *c, uint32_t place)
{
    struct place *p = place_at(world, c, place);
    if (p->state == PLACE_CONNECTING) {
        list_take(world, c, &c->connecting, place);
        c->connecting_count--;
    } else if (p->roomy) {
        list_take(world, c, &c->roomy, place);
    }
    if (p->state == PLACE_OPEN)
        c->connected--;
    c->place_count--;
    *p = (struct place){.state = PLACE_UNUSED};
    list_put_first(world, c, &c->free, place);
}

/* Where there is nobody of the name in `to`, a connection is like one to an address without a
 * machine: silence until it is given up. */
void pool_open(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint32_t place = place_take(world, c);
    if (place == 0)
        return;
    uint32_t to = component_find(world, parameter_text(world, id, CLIENT_TO));
    if (to != 0 && !component_kind(world, to)->process)
        to = 0;
    struct tcp_options options = {.nodelay = true}; /* as the libraries of Redis do */
    struct place *p = place_at(world, c, place);
    p->state = PLACE_CONNECTING;
    p->since_ns = world->now_ns;
    p->to = to;
    p->socket = to != 0 ? tcp_connect(world, id, to, &options) : 0;
    if (p->socket != 0)
        tcp_set_cookie(world, p->socket, id, place);
    c->place_count++;
    c->connecting_count++;
    list_put_last(world, c, &c->connecting, place);
}

/* --- requests on connections ----------------------------------------------------------------- */

static void place_make_roomy(struct world *world, struct client *c, uint32_t place)
{
    struct place *p = place_at(world, c, place);
    if (!p->roomy)
        list_put_first(world, c, &c->roomy, place);
    p->roomy = 1;
}

static void place_make_full(struct world *world, struct client *c, uint32_t place)
{
    struct place *p = place_at(world, c, place);
    if (p->roomy)
        list_take(world, c, &c->roomy, place);
    p->roomy = 0;
}

/* The closed loop asks as redis-benchmark -P does: the next ones go out together when all answers
 * to the last have come. */
static bool place_has_room(const struct world *world, uint32_t id, const struct place *p)
{
    if (client_closed_loop(world, id))
        return p->outstanding == 0;
    return p->outstanding < parameter_get(world, id, CLIENT_PIPELINE);
}

/* The connection is gone: what was asked on it came to nothing. */
static void pool_drop(struct world *world, uint32_t id, uint32_t place, enum request_outcome how)
{
    struct client *c = client_of(world, id);
    struct request_list asked = place_at(world, c, place)->asked;
    uint32_t users = place_at(world, c, place)->answered;
    place_clear(world, c, place);
    for (uint32_t i = request_pop(world, &asked); i != 0; i = request_pop(world, &asked))
        users += request_fail(world, id, i, how);
    arrival_users_done(world, id, users);
}

void pool_close(struct world *world, uint32_t id, uint32_t place, enum request_outcome how)
{
    uint32_t socket = place_at(world, client_of(world, id), place)->socket;
    if (socket != 0)
        tcp_close(world, socket, id);
    pool_drop(world, id, place, how);
}

static void pool_ask(struct world *world, uint32_t id, uint32_t place, uint32_t request)
{
    struct client *c = client_of(world, id);
    struct place *p = place_at(world, c, place);
    struct request *r = request_at(world, request);
    struct message message = {
        .bytes = resp_request_bytes((enum resp_type)r->type, r->key, r->value_bytes),
        .type = r->type,
        .a = r->key,
        .b = r->write,
        .c = r->value_bytes,
        .d = request};
    r->state = REQUEST_ASKED;
    r->place = place;
    request_push(world, &p->asked, request);
    p->outstanding++;
    if (p->outstanding >= parameter_get(world, id, CLIENT_PIPELINE))
        place_make_full(world, c, place);
    bool more = client_closed_loop(world, id) && p->roomy && c->waiting.first != 0;
    bool sent = more ? tcp_send_more(world, p->socket, id, &message)
                     : tcp_send(world, p->socket, id, &message);
    if (!sent)
        pool_close(world, id, place, REQUEST_BROKEN);
}

/* Where the send buffer is full, nothing is asked until SOCKET_WRITABLE. */
static bool pool_writable(struct world *world, uint32_t id, uint32_t place)
{
    struct client *c = client_of(world, id);
    uint32_t socket = place_at(world, c, place)->socket;
    if (tcp_writable(world, socket, id) || tcp_unacked(world, socket, id) == 0)
        return true;
    place_make_full(world, c, place);
    return false;
}

void pool_settle(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    if (c->state != CLIENT_RUNNING)
        return;
    while (c->waiting.first != 0 && c->roomy.first != 0) {
        if (!pool_writable(world, id, c->roomy.first))
            continue;
        c->waiting_count--;
        pool_ask(world, id, c->roomy.first, request_pop(world, &c->waiting));
    }
    /* A pipeline that is not full is under way all the same. */
    if (c->roomy.first != 0 && !place_has_room(world, id, place_at(world, c, c->roomy.first)))
        place_make_full(world, c, c->roomy.first);
    while (c->connecting_count < c->waiting_count && c->place_count < pool_limit(world, id) &&
           !world->region.full)
        pool_open(world, id);
    request_arm(world, id);
}

void pool_trim(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint32_t limit = pool_limit(world, id);
    for (uint32_t i = 1; i <= c->place_limit; i++) {
        struct place *p = place_at(world, c, i);
        if (!client_closed_loop(world, id))
            p->answered = 0; /* they are users no more */
        if (p->state != PLACE_OPEN)
            continue;
        if (c->place_count > limit && p->outstanding == 0)
            pool_close(world, id, i, REQUEST_BROKEN);
        else if (place_has_room(world, id, p))
            place_make_roomy(world, c, i);
        else
            place_make_full(world, c, i);
    }
}

/* --- time -------------------------------------------------------------------------------- */

uint64_t pool_oldest(const struct world *world, uint32_t id)
{
    const struct client *c = client_of(world, id);
    return c->connecting.first != 0 ? place_at(world, c, c->connecting.first)->since_ns
                                    : TIME_NEVER;
}

void pool_time_out(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint64_t timeout_ns = parameter_get(world, id, CLIENT_TIMEOUT);
    for (uint32_t i = c->connecting.first; i != 0; i = c->connecting.first) {
        struct place *p = place_at(world, c, i);
        if (p->since_ns + timeout_ns > world->now_ns)
            break;
        c->connect_failures++;
        trace(world, id, TRACE_CONNECT_FAILED, p->to, 0);
        pool_close(world, id, i, REQUEST_TIMED_OUT);
    }
}

void pool_forget(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    if (c->places != 0)
        arena_give(&world->region, c->places, (uint64_t)c->place_limit * sizeof(struct place));
    c->places = 0;
    c->place_limit = c->place_count = c->connecting_count = 0;
    c->connected = 0;
    c->roomy = c->connecting = c->free = (struct place_list){0, 0};
}

/* --- what sockets tell ------------------------------------------------------------------- */

static void pool_connected(struct world *world, uint32_t id, uint32_t place)
{
    struct client *c = client_of(world, id);
    struct place *p = place_at(world, c, place);
    list_take(world, c, &c->connecting, place);
    c->connecting_count--;
    c->connected++;
    c->connects++;
    p->state = PLACE_OPEN;
    trace(world, id, TRACE_CONNECTED, p->to, 0);
    if (c->place_count > pool_limit(world, id))
        pool_close(world, id, place, REQUEST_BROKEN);
    else
        place_make_roomy(world, c, place);
}

static void pool_failed(struct world *world, uint32_t id, uint32_t place)
{
    struct client *c = client_of(world, id);
    c->connect_failures++;
    trace(world, id, TRACE_CONNECT_FAILED, place_at(world, c, place)->to, 0);
    pool_close(world, id, place, REQUEST_NOT_CONNECTED);
    uint32_t request = request_pop(world, &c->waiting);
    if (request == 0)
        return;
    c->waiting_count--;
    arrival_users_done(world, id, request_fail(world, id, request, REQUEST_NOT_CONNECTED));
}

static enum request_outcome refusal_of(const struct message *answer)
{
    switch (answer->type) {
    case RESP_MISCONF:
        return REQUEST_MISCONF;
    case RESP_OOM:
        return REQUEST_OOM;
    case RESP_READONLY:
        return REQUEST_READONLY;
    case RESP_LOADING:
        return REQUEST_LOADING;
    default:
        return REQUEST_ERROR;
    }
}

/* An answer is always to the oldest that was asked on its connection. */
static void pool_answered(struct world *world, uint32_t id, uint32_t place,
                          const struct message *answer)
{
    struct client *c = client_of(world, id);
    struct place *p = place_at(world, c, place);
    uint32_t request = request_pop(world, &p->asked);
    bool good = answer->type == RESP_OK || answer->type == RESP_NIL;
    p->outstanding--;
    p->answered += good ? request_ack(world, id, request, p->to, answer->c)
                        : request_fail(world, id, request, refusal_of(answer));
    if (p->outstanding > 0 && !place_has_room(world, id, p))
        return;
    uint32_t users = p->answered;
    p->answered = 0;
    if (c->place_count > pool_limit(world, id) && p->outstanding == 0)
        pool_close(world, id, place, REQUEST_BROKEN);
    else
        place_make_roomy(world, c, place);
    arrival_users_done(world, id, users);
}

static void pool_readable(struct world *world, uint32_t id, uint32_t place, uint32_t socket)
{
    struct client *c = client_of(world, id);
    struct message answer;
    while (place_at(world, c, place)->socket == socket && tcp_receive(world, socket, id, &answer))
        if (place_at(world, c, place)->asked.first != 0)
            pool_answered(world, id, place, &answer);
}

void pool_socket(struct world *world, uint32_t id, uint32_t connection, enum socket_event what)
{
    struct client *c = client_of(world, id);
    uint32_t place = (uint32_t)tcp_cookie(world, connection, id);
    if (place == 0 || place > c->place_limit || place_at(world, c, place)->socket != connection)
        return;
    switch (what) {
    case SOCKET_CONNECTED:
        pool_connected(world, id, place);
        break;
    case SOCKET_FAILED:
        pool_failed(world, id, place);
        break;
    case SOCKET_READABLE:
        pool_readable(world, id, place, connection);
        break;
    case SOCKET_CLOSED:
    case SOCKET_RESET:
        trace(world, id, TRACE_CONNECTION_LOST, place_at(world, c, place)->to, 0);
        pool_close(world, id, place, REQUEST_BROKEN);
        break;
    case SOCKET_WRITABLE:
        if (place_has_room(world, id, place_at(world, c, place)))
            place_make_roomy(world, c, place);
        break;
    case SOCKET_ACCEPTABLE:
        break;
    }
}
