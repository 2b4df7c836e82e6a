/*
 * Clients of a balancer: their connections, their requests, who they are sent to, and what happens
 * when nobody takes them.
 *
 * A server that cannot be reached is tried again: redispatch=yes at another one, at once;
 * redispatch=no at the same one, for as long as it is not taken out: a second after a refusal, at
 * once after a silence, which took its time already (HAProxy, TRUTH net.lb.failover.*).  Past
 * `retries` the answer is 503.
 */
#include "sim/balance/balancer_state.h"

#define RETRY_WAIT_NS SECOND_NS /* at most; HAProxy: min(timeout connect, 1 s) */

/* --- timers --------------------------------------------------------------------------------- */

void front_timer_stop(struct world *world, struct front *f)
{
    if (f->timer != 0)
        world_cancel(world, f->timer);
    f->timer = 0;
    f->flags = (uint16_t)(f->flags & ~FRONT_FIRED);
}

void front_timer_start(struct world *world, uint32_t id, uint32_t front, uint64_t delay_ns)
{
    struct front *f = front_at(world, balancer_of(world, id), front);
    struct payload payload = {.u32 = {front}};
    front_timer_stop(world, f);
    f->timer = world_after(world, delay_ns, id, BALANCER_EVENT_FRONT, &payload);
}

/* --- they come and go ----------------------------------------------------------------------- */

bool front_accept(struct world *world, uint32_t id)
{
    struct balancer *b = balancer_of(world, id);
    if (b->connections >= parameter_get(world, id, BALANCER_MAXCONN))
        return false;
    uint32_t socket = tcp_accept(world, id);
    if (socket == 0)
        return false;
    uint32_t front = rows_take(&world->region, &b->fronts, sizeof(struct front));
    if (front == 0)
        return false; /* the region is full: the world stops */
    struct front *f = front_at(world, b, front);
    uint32_t client = component_at(world, tcp_peer(world, socket, id))->machine;
    *f = (struct front){
        .socket = socket, .state = FRONT_IDLE, .address = tcp_address(world, client)};
    tcp_set_cookie(world, socket, id, (uint64_t)SOCKET_FRONT << 32 | front);
    tcp_set_option(world, socket, id, TCP_OPTION_NODELAY, 1);
    b->connections++;
    if (balancer_is_tcp(world, id))
        front_note(world, id, front);
    return true;
}

/* Lets the server go: it has nothing to do with this client any more. */
static void let_go(struct world *world, uint32_t id, struct front *f)
{
    uint32_t back = f->back;
    f->back = 0;
    front_timer_stop(world, f);
    if (back != 0)
        back_drop(world, id, back, true);
}

void front_drop(struct world *world, uint32_t id, uint32_t front)
{
    struct balancer *b = balancer_of(world, id);
    struct front *f = front_at(world, b, front);
    let_go(world, id, f);
    b->connections--;
    f->socket = 0;
    if ((f->flags & FRONT_NOTED) != 0 || f->state == FRONT_COSTS)
        f->state = FRONT_FREE; /* given back when it is looked at */
    else
        rows_give(&world->region, &b->fronts, sizeof *f, front);
}

static void front_close(struct world *world, uint32_t id, uint32_t front)
{
    tcp_close(world, front_at(world, balancer_of(world, id), front)->socket, id);
    front_drop(world, id, front);
}

void front_fail(struct world *world, uint32_t id, uint32_t front, uint32_t status)
{
    struct balancer *b = balancer_of(world, id);
    struct front *f = front_at(world, b, front);
    b->errors++;
    if (f->server != 0)
        b->backends[f->server - 1].errors++;
    trace(world, id, TRACE_BALANCER_ANSWERED, f->request.a, status);
    if (balancer_is_tcp(world, id) || (f->flags & FRONT_BEGUN) != 0) {
        tcp_abort(world, f->socket, id);
        front_drop(world, id, front);
        return;
    }
    uint64_t body = http_error_body_bytes(status);
    struct message page = {.bytes = (uint32_t)http_response_bytes(HTTP_1_1, status, body, false),
                           .type = HTTP_RESPONSE,
                           .flags = HTTP_FLAG_CLOSE | HTTP_FLAG_LAST,
                           .a = f->request.a,
                           .b = body,
                           .c = status,
                           .d = f->request.d};
    if (!tcp_send_last(world, f->socket, id, &page)) /* HAProxy closes behind its own answers */
        tcp_close(world, f->socket, id);
    front_drop(world, id, front);
}

/* --- who takes it --------------------------------------------------------------------------- */

static void front_choose(struct world *world, uint32_t id, uint32_t front, uint32_t but)
{
    struct balancer *b = balancer_of(world, id);
    struct front *f = front_at(world, b, front);
    f->server = backend_pick(world, id, f, but);
    if (f->server == 0) {
        front_fail(world, id, front, 503);
        return;
    }
    f->state = FRONT_CONNECTS;
    f->back = back_take(world, id, front);
}

void front_connected(struct world *world, uint32_t id, uint32_t front)
{
    struct front *f = front_at(world, balancer_of(world, id), front);
    uint64_t patience_ns = parameter_get(world, id, BALANCER_TIMEOUT_SERVER);
    const struct back *back = back_at(world, balancer_of(world, id), f->back);
    front_timer_stop(world, f);
    if (balancer_is_tcp(world, id)) {
        f->state = FRONT_TUNNEL;
        front_note(world, id, front);
        return;
    }
    f->state = FRONT_ASKED;
    tcp_send(world, back->socket, id, &f->request);
    if (patience_ns != 0)
        front_timer_start(world, id, front, patience_ns);
}

static void same_again(struct world *world, uint32_t id, uint32_t front, bool silent)
{
    struct front *f = front_at(world, balancer_of(world, id), front);
    uint64_t wait_ns = parameter_get(world, id, BALANCER_TIMEOUT_CONNECT);
    if (wait_ns > RETRY_WAIT_NS)
        wait_ns = RETRY_WAIT_NS;
    f->state = FRONT_WAITS;
    front_timer_start(world, id, front, silent ? 0 : wait_ns);
}

/* The same server again, or another one at once. */
void front_refused(struct world *world, uint32_t id, uint32_t front, bool silent)
{
    struct balancer *b = balancer_of(world, id);
    struct front *f = front_at(world, b, front);
    uint32_t refused = f->server;
    front_timer_stop(world, f);
    f->back = 0;
    if (f->tries == 0) {
        front_fail(world, id, front, 503);
        return;
    }
    f->tries--;
    b->retries++;
    if (parameter_get(world, id, BALANCER_REDISPATCH) == 0) {
        same_again(world, id, front, silent);
        return;
    }
    front_choose(world, id, front, refused);
    /* A connection that failed at once dropped this one already when nobody else was there. */
    f = front_at(world, b, front);
    b->redispatched += f->state != FRONT_FREE && f->server != 0 && f->server != refused;
}

/* The second is over, or the server was taken out meanwhile. */
static void front_again(struct world *world, uint32_t id, uint32_t front)
{
    struct balancer *b = balancer_of(world, id);
    struct front *f = front_at(world, b, front);
    bool there = backend_usable(&b->backends[f->server - 1]);
    if (there && f->timer != 0)
        return;
    front_timer_stop(world, f);
    if (!there) {
        b->redispatched++;
        front_choose(world, id, front, f->server);
        return;
    }
    f->state = FRONT_CONNECTS;
    f->back = back_take(world, id, front);
}

void front_timer(struct world *world, uint32_t id, uint32_t front)
{
    struct front *f = front_at(world, balancer_of(world, id), front);
    f->timer = 0;
    if (component_at(world, id)->paused) {
        f->flags = (uint16_t)(f->flags | FRONT_FIRED);
        return;
    }
    f->flags = (uint16_t)(f->flags & ~FRONT_FIRED);
    if (f->state == FRONT_WAITS) {
        front_note(world, id, front);
    } else if (f->state == FRONT_CONNECTS) {
        uint32_t back = f->back;
        f->back = 0;
        back_drop(world, id, back, true);
        front_refused(world, id, front, true);
    } else if (f->state == FRONT_ASKED) {
        front_fail(world, id, front, 504);
    } else if (f->state == FRONT_TUNNEL) {
        relay_end(world, id, front);
    }
}

/* --- requests ------------------------------------------------------------------------------- */

static void front_begin(struct world *world, uint32_t id, uint32_t front)
{
    struct balancer *b = balancer_of(world, id);
    struct front *f = front_at(world, b, front);
    uint64_t cost_ns = parameter_get(world, id, BALANCER_COST);
    struct payload payload = {.u32 = {front}};
    b->requests++;
    f->tries = (uint32_t)parameter_get(world, id, BALANCER_RETRIES);
    f->server = 0;
    f->flags = (uint16_t)(f->flags & ~FRONT_BEGUN);
    f->state = FRONT_COSTS;
    if (cost_ns == 0)
        front_costed(world, id, front);
    else
        cpu_run(world, id, cost_ns, BALANCER_EVENT_COST, &payload);
}

void front_costed(struct world *world, uint32_t id, uint32_t front)
{
    struct front *f = front_at(world, balancer_of(world, id), front);
    if (f->state == FRONT_FREE) { /* the client went meanwhile */
        front_note(world, id, front);
        return;
    }
    f->state = FRONT_CHOOSES;
    front_choose(world, id, front, 0);
}

/* It speaks HTTP/1.x; h2 and TLS end at the server that a client asks directly. */
static void front_message(struct world *world, uint32_t id, uint32_t front,
                          const struct message *message)
{
    struct front *f = front_at(world, balancer_of(world, id), front);
    bool asks = message->type == HTTP_REQUEST || message->type == WS_UPGRADE ||
                message->type == POSITION_ASK || message->type == POSITION_AWAIT;
    f->request = *message;
    if (!asks || http_version_of(message) == HTTP_2) {
        front_fail(world, id, front, 400);
        return;
    }
    if (!http_persists(message))
        f->flags = (uint16_t)(f->flags | FRONT_LAST);
    front_begin(world, id, front);
}

void front_settle(struct world *world, uint32_t id, uint32_t front)
{
    struct balancer *b = balancer_of(world, id);
    struct front *f = front_at(world, b, front);
    struct message message;
    switch ((enum front_state)f->state) {
    case FRONT_FREE:
        rows_give(&world->region, &b->fronts, sizeof *f, front);
        return;
    case FRONT_IDLE:
        if (balancer_is_tcp(world, id))
            front_begin(world, id, front);
        else if (tcp_receive(world, f->socket, id, &message))
            front_message(world, id, front, &message);
        else if ((f->flags & FRONT_ENDED) != 0)
            front_close(world, id, front);
        return;
    case FRONT_WAITS:
        front_again(world, id, front);
        return;
    case FRONT_ASKED:
        if (f->back != 0)
            back_note(world, id, f->back);
        return;
    case FRONT_TUNNEL:
        relay_tunnel(world, id, front);
        return;
    default:
        return;
    }
}

void front_socket(struct world *world, uint32_t id, uint32_t front, uint32_t connection,
                  enum socket_event what)
{
    struct balancer *b = balancer_of(world, id);
    if (front == 0 || front > b->fronts.used || front_at(world, b, front)->socket != connection)
        return;
    struct front *f = front_at(world, b, front);
    if (what == SOCKET_FAILED || what == SOCKET_RESET) {
        front_drop(world, id, front);
        return;
    }
    if (what == SOCKET_CLOSED)
        f->flags = (uint16_t)(f->flags | FRONT_ENDED);
    front_note(world, id, front);
}
