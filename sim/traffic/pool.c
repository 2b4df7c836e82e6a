/*
 * A client's connections: opened when a request finds none free, given back after each answer,
 * closed after a time-out or a failure.
 *
 * The one that was used last is used first, as connection pools do.  A connection that could not be
 * made refuses the request that has waited longest for one.  When `timeout` passes before it is
 * made, it is given up; a time-out on a connection takes with it what was asked behind it: nobody
 * knows.
 */
#include "sim/traffic/places.h"

#include "sim/net/socket.h"
#include "sim/store/sentinel.h"

uint32_t pool_limit(const struct world *world, uint32_t id)
{
    return (uint32_t)parameter_get(world, id, CLIENT_CONNECTIONS);
}

/* --- where to: `to`, or what a sentinel of `via` says ----------------------------------------- */

/* The sentinel whose turn it is: the one that answered last stays the first. */
static uint32_t via_asked(const struct world *world, uint32_t id)
{
    return sentinel_turn(world, parameter_text(world, id, CLIENT_VIA), client_of(world, id)->ask);
}

/* Where there is nobody, a connection is like one to an address without a machine: silence until
 * it is given up. */
static void place_connect(struct world *world, uint32_t id, uint32_t place, uint32_t to)
{
    struct client *c = client_of(world, id);
    if (!component_is_process(world, to)) /* a sentinel may name a store that was removed */
        to = 0;
    struct place *p = place_at(world, c, place);
    p->to = to;
    p->socket = to != 0 ? speak_connect(world, id, to) : 0;
    if (p->socket != 0)
        socket_set_cookie(world, p->socket, id, place);
}

static void pool_connected(struct world *world, uint32_t id, uint32_t place);

void pool_open(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint32_t place = place_take(world, c);
    if (place == 0)
        return;
    struct place *p = place_at(world, c, place);
    const char *to = parameter_text(world, id, CLIENT_TO);
    p->state = PLACE_CONNECTING;
    p->since_ns = world->now_ns;
    if (to[0] == 0)
        p->flags |= PLACE_ASKS;
    place_connect(world, id, place, to[0] == 0 ? via_asked(world, id) : component_find(world, to));
    c->place_count++;
    c->connecting_count++;
    place_put_last(world, c, &c->connecting, place);
    if (quic_is(p->socket) && quic_is_early(world, p->socket, id))
        pool_connected(world, id, place);
}

/* --- requests on connections ----------------------------------------------------------------- */

static void place_make_roomy(struct world *world, struct client *c, uint32_t place)
{
    struct place *p = place_at(world, c, place);
    if (!p->roomy)
        place_put_first(world, c, &c->roomy, place);
    p->roomy = 1;
}

static void place_make_full(struct world *world, struct client *c, uint32_t place)
{
    struct place *p = place_at(world, c, place);
    if (p->roomy)
        place_take_out(world, c, &c->roomy, place);
    p->roomy = 0;
}

/* The closed loop asks as redis-benchmark -P does: the next ones go out together when all answers
 * to the last have come.  Streams of h2 do not wait for each other. */
static bool place_has_room(const struct world *world, uint32_t id, const struct place *p)
{
    if (p->state != PLACE_OPEN)
        return false;
    uint32_t room = speak_room(world, id, p);
    if (client_closed_loop(world, id) && !http_has_streams((enum http_version)p->http))
        return p->outstanding == 0 && room > 0;
    return p->outstanding < room;
}

/* GOAWAY names the last stream that was looked at: what was asked behind it goes out again, on
 * another connection, and nobody counts that as a try (RFC 9113 6.8). */
static void pool_ask_again(struct world *world, struct client *c, struct place *p)
{
    for (uint32_t i = p->asked.first; i != 0; i = request_at(world, i)->next) {
        request_at(world, i)->state = REQUEST_WAITING;
        c->waiting_count++;
    }
    if (p->asked.last == 0)
        return;
    request_at(world, p->asked.last)->next = c->waiting.first;
    c->waiting.first = p->asked.first;
    if (c->waiting.last == 0)
        c->waiting.last = p->asked.last;
    p->asked = (struct row_list){0, 0};
}

/* The connection is gone: what was asked on it came to nothing. */
static void pool_drop(struct world *world, uint32_t id, uint32_t place, enum request_outcome how)
{
    struct client *c = client_of(world, id);
    struct row_list asked = place_at(world, c, place)->asked;
    uint32_t users = place_at(world, c, place)->answered;
    place_clear(world, c, place);
    for (uint32_t i = request_pop(world, &asked); i != 0; i = request_pop(world, &asked))
        users += request_fail(world, id, i, how);
    arrival_users_done(world, id, users);
}

void pool_close(struct world *world, uint32_t id, uint32_t place, enum request_outcome how)
{
    speak_close(world, id, place_at(world, client_of(world, id), place));
    pool_drop(world, id, place, how);
}

static void pool_ask(struct world *world, uint32_t id, uint32_t place, uint32_t request)
{
    struct client *c = client_of(world, id);
    struct place *p = place_at(world, c, place);
    struct request *r = request_at(world, request);
    r->state = REQUEST_ASKED;
    r->place = place;
    request_push(world, &p->asked, request);
    p->outstanding++;
    if (p->outstanding >= speak_room(world, id, p))
        place_make_full(world, c, place);
    bool batch = client_closed_loop(world, id) || http_has_streams((enum http_version)p->http);
    bool more = batch && p->roomy && c->waiting.first != 0;
    if (!speak_ask(world, id, p, request, more))
        pool_close(world, id, place, REQUEST_BROKEN);
}

/* Where the send buffer is full, nothing is asked until SOCKET_WRITABLE. */
static bool pool_writable(struct world *world, uint32_t id, uint32_t place)
{
    struct client *c = client_of(world, id);
    uint32_t socket = place_at(world, c, place)->socket;
    if (quic_is(socket) || tcp_writable(world, socket, id) || tcp_unacked(world, socket, id) == 0)
        return true;
    place_make_full(world, c, place);
    return false;
}

/* Hands out what waits; true when some of it found no connection that has room. */
static bool pool_ask_all(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    while (c->waiting.first != 0 && c->roomy.first != 0) {
        if (!pool_writable(world, id, c->roomy.first))
            continue;
        c->waiting_count--;
        pool_ask(world, id, c->roomy.first, request_pop(world, &c->waiting));
    }
    /* A pipeline that is not full is under way all the same. */
    if (c->roomy.first != 0 && !place_has_room(world, id, place_at(world, c, c->roomy.first)))
        place_make_full(world, c, c->roomy.first);
    return c->waiting.first != 0;
}

void pool_settle(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    if (c->state != CLIENT_RUNNING)
        return;
    /* One connection with streams will do for many. */
    bool streams = http_has_streams((enum http_version)parameter_get(world, id, CLIENT_HTTP));
    uint64_t each = streams ? H2_STREAMS : 1;
    while (pool_ask_all(world, id) && c->connecting_count * each < c->waiting_count &&
           c->place_count < pool_limit(world, id) && !world->region.full)
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

/* connect_timeout, or `timeout`, whichever is shorter. */
static uint64_t pool_patience(const struct world *world, uint32_t id)
{
    uint64_t timeout_ns = parameter_get(world, id, CLIENT_TIMEOUT);
    uint64_t connect_ns = parameter_get(world, id, CLIENT_CONNECT_TIMEOUT);
    return connect_ns != 0 && connect_ns < timeout_ns ? connect_ns : timeout_ns;
}

uint64_t pool_deadline(const struct world *world, uint32_t id)
{
    const struct client *c = client_of(world, id);
    return c->connecting.first != 0
               ? place_at(world, c, c->connecting.first)->since_ns + pool_patience(world, id)
               : TIME_NEVER;
}

/* A connection could not be made: who has waited longest for one gets none. */
static void pool_failed(struct world *world, uint32_t id, uint32_t place, enum request_outcome how)
{
    struct client *c = client_of(world, id);
    c->connect_failures++;
    trace(world, id, TRACE_CONNECT_FAILED, place_at(world, c, place)->to, 0);
    pool_close(world, id, place, how);
    uint32_t request = request_pop(world, &c->waiting);
    if (request == 0)
        return;
    c->waiting_count--;
    arrival_users_done(world, id, request_fail(world, id, request, how));
}

/* By `timeout` who waits has timed out by itself; by connect_timeout it is told so. */
void pool_time_out(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint64_t patience_ns = pool_patience(world, id);
    bool told = patience_ns < parameter_get(world, id, CLIENT_TIMEOUT);
    for (uint32_t i = c->connecting.first; i != 0; i = c->connecting.first) {
        const struct place *p = place_at(world, c, i);
        if (p->since_ns + patience_ns > world->now_ns)
            break;
        c->ask += (p->flags & PLACE_ASKS) != 0; /* a silent one is not asked first again */
        if (told) {
            pool_failed(world, id, i, REQUEST_TIMED_OUT);
            continue;
        }
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
    c->roomy = c->connecting = c->free = (struct row_list){0, 0};
}

/* --- what sockets tell ------------------------------------------------------------------- */

/* Requests may go out on it. */
static void pool_opened(struct world *world, uint32_t id, uint32_t place)
{
    struct client *c = client_of(world, id);
    struct place *p = place_at(world, c, place);
    place_take_out(world, c, &c->connecting, place);
    c->connecting_count--;
    p->state = PLACE_OPEN;
    if (c->place_count > pool_limit(world, id))
        pool_close(world, id, place, REQUEST_BROKEN);
    else
        place_make_roomy(world, c, place);
}

/* The sentinel says where the master is: the place goes on to it. */
static void pool_told(struct world *world, uint32_t id, uint32_t place,
                      const struct message *answer)
{
    struct client *c = client_of(world, id);
    struct place *p = place_at(world, c, place);
    tcp_close(world, p->socket, id);
    p->socket = 0;
    p->flags &= (uint16_t)~PLACE_ASKS;
    c->told = (uint32_t)answer->a;
    place_connect(world, id, place, c->told);
}

static void pool_connected(struct world *world, uint32_t id, uint32_t place)
{
    struct client *c = client_of(world, id);
    struct place *p = place_at(world, c, place);
    if ((p->flags & PLACE_ASKS) != 0) {
        sentinel_question(world, p->socket, id);
        return;
    }
    if (p->state != PLACE_CONNECTING) {
        speak_connected(world, id, p); /* early data is under way on it */
        return;
    }
    c->connected++;
    c->connects++;
    p->state = PLACE_SECURING;
    trace(world, id, TRACE_CONNECTED, p->to, 0);
    if (speak_connected(world, id, p))
        pool_opened(world, id, place);
}

/* The last answer on a connection: it is closed now, or the server does it. */
static void pool_leave(struct world *world, uint32_t id, uint32_t place, bool server_closes)
{
    struct client *c = client_of(world, id);
    place_make_full(world, c, place);
    place_at(world, c, place)->state = PLACE_LEAVING;
    if (!server_closes)
        pool_close(world, id, place, REQUEST_BROKEN);
}

/* QUIC needs no FIN of the other side to be done. */
static bool server_closes(const struct world *world, uint32_t id, const struct place *p,
                          const struct message *answer)
{
    if (quic_is(p->socket))
        return p->outstanding > 0;
    return (answer->flags & HTTP_FLAG_CLOSE) != 0 ||
           parameter_get(world, id, CLIENT_CLOSE) == SERVER_CLOSES;
}

static void pool_answered(struct world *world, uint32_t id, uint32_t place,
                          const struct message *answer)
{
    struct client *c = client_of(world, id);
    struct place *p = place_at(world, c, place);
    uint32_t request = speak_answered(world, p, answer);
    if (request == 0)
        return;
    enum request_outcome how = speak_outcome(request_at(world, request), answer);
    p->outstanding--;
    p->answered += how == REQUEST_ACKED ? request_ack(world, id, request, p->to, answer->c)
                                        : request_fail(world, id, request, how);
    bool last = speak_was_last(world, id, answer);
    if (p->outstanding > 0 && !last && !place_has_room(world, id, p))
        return;
    uint32_t users = p->answered;
    p->answered = 0;
    if (last)
        pool_leave(world, id, place, server_closes(world, id, p, answer));
    else if (c->place_count > pool_limit(world, id) && p->outstanding == 0)
        pool_close(world, id, place, REQUEST_BROKEN);
    else
        place_make_roomy(world, c, place);
    arrival_users_done(world, id, users);
}

static void pool_heard(struct world *world, uint32_t id, uint32_t place,
                       const struct message *message)
{
    switch (speak_hear(world, id, place_at(world, client_of(world, id), place), message)) {
    case HEARD_NOTHING:
        break;
    case HEARD_SECURE:
        pool_opened(world, id, place);
        break;
    case HEARD_BAD:
        pool_failed(world, id, place, REQUEST_STATUS);
        break;
    case HEARD_ANSWER:
        pool_answered(world, id, place, message);
        break;
    }
}

static void pool_readable(struct world *world, uint32_t id, uint32_t place, uint32_t socket)
{
    struct client *c = client_of(world, id);
    struct message message;
    while (place_at(world, c, place)->socket == socket &&
           socket_receive(world, socket, id, &message)) {
        if ((place_at(world, c, place)->flags & PLACE_ASKS) != 0)
            pool_told(world, id, place, &message);
        else
            pool_heard(world, id, place, &message);
    }
}

/* No connection, or no answer, from a sentinel: the next one is asked; when all were, it failed. */
static void pool_ask_next(struct world *world, uint32_t id, uint32_t place)
{
    struct client *c = client_of(world, id);
    struct place *p = place_at(world, c, place);
    p->socket = 0;
    c->ask++;
    if (++p->tried < sentinel_count(parameter_text(world, id, CLIENT_VIA))) {
        place_connect(world, id, place, via_asked(world, id));
        return;
    }
    pool_failed(world, id, place, REQUEST_NOT_CONNECTED);
}

/* The other side ended it: in good order, or not. */
static void pool_ended(struct world *world, uint32_t id, uint32_t place)
{
    struct place *p = place_at(world, client_of(world, id), place);
    p->flags |= PLACE_ENDED;
    if (p->state == PLACE_SECURING) {
        pool_failed(world, id, place, REQUEST_BROKEN);
        return;
    }
    if (p->state != PLACE_LEAVING)
        trace(world, id, TRACE_CONNECTION_LOST, p->to, 0);
    else if (http_has_streams((enum http_version)p->http))
        pool_ask_again(world, client_of(world, id), p);
    pool_close(world, id, place, REQUEST_BROKEN);
}

void pool_socket(struct world *world, uint32_t id, uint32_t connection, enum socket_event what)
{
    struct client *c = client_of(world, id);
    uint32_t place = (uint32_t)socket_cookie(world, connection, id);
    if (place == 0 || place > c->place_limit || place_at(world, c, place)->socket != connection)
        return;
    switch (what) {
    case SOCKET_CONNECTED:
        pool_connected(world, id, place);
        break;
    case SOCKET_FAILED:
        if ((place_at(world, c, place)->flags & PLACE_ASKS) != 0)
            pool_ask_next(world, id, place);
        else if (place_at(world, c, place)->state == PLACE_CONNECTING)
            pool_failed(world, id, place, REQUEST_NOT_CONNECTED);
        else
            pool_ended(world, id, place);
        break;
    case SOCKET_READABLE:
        pool_readable(world, id, place, connection);
        break;
    case SOCKET_CLOSED:
    case SOCKET_RESET:
        if ((place_at(world, c, place)->flags & PLACE_ASKS) == 0) {
            pool_ended(world, id, place);
            break;
        }
        if (what == SOCKET_CLOSED)
            tcp_close(world, connection, id);
        pool_ask_next(world, id, place);
        break;
    case SOCKET_WRITABLE:
        if (place_has_room(world, id, place_at(world, c, place)))
            place_make_roomy(world, c, place);
        break;
    case SOCKET_ACCEPTABLE:
        break;
    }
}

void pool_stall(struct world *world, uint32_t id, uint32_t count)
{
    const struct client *c = client_of(world, id);
    for (uint32_t i = 1; i <= c->place_limit; i++) {
        const struct place *p = place_at(world, c, i);
        if (p->state != PLACE_OPEN || quic_is(p->socket))
            continue;
        tcp_set_reading(world, p->socket, id, count == 0);
        count -= count != 0;
    }
}
