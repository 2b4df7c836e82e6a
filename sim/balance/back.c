/*
 * Connections to the servers: made when none waits, kept for the next request, closed when the
 * server closes.
 */
#include "sim/balance/balancer_state.h"

static uint32_t idle_take(struct world *world, struct balancer *b, uint32_t server)
{
    struct backend *backend = &b->backends[server - 1];
    uint32_t back = backend->idle;
    if (back == 0)
        return 0;
    backend->idle = back_at(world, b, back)->idle;
    back_at(world, b, back)->idle = 0;
    return back;
}

/* Takes one out of the middle of those that wait: its server closed it. */
static void idle_forget(struct world *world, struct balancer *b, uint32_t back)
{
    struct backend *backend = &b->backends[back_at(world, b, back)->server - 1];
    uint32_t *at = &backend->idle;
    while (*at != 0 && *at != back)
        at = &back_at(world, b, *at)->idle;
    if (*at == back)
        *at = back_at(world, b, back)->idle;
}

uint32_t back_take(struct world *world, uint32_t id, uint32_t front)
{
    struct balancer *b = balancer_of(world, id);
    struct front *f = front_at(world, b, front);
    uint32_t server = f->server;
    struct tcp_options options = {.nodelay = true};
    uint32_t back = balancer_is_tcp(world, id) ? 0 : idle_take(world, b, server);
    if (back != 0) {
        struct back *k = back_at(world, b, back);
        k->front = front;
        k->state = BACK_BUSY;
        b->backends[server - 1].current++;
        f->back = back;
        front_connected(world, id, front);
        return back;
    }
    back = rows_take(&world->region, &b->backs, sizeof(struct back));
    if (back == 0)
        return 0; /* the region is full: the world stops */
    struct back *k = back_at(world, b, back);
    *k = (struct back){.front = front, .server = server, .state = BACK_CONNECTS};
    k->socket = tcp_connect(world, id, b->backends[server - 1].component, &options);
    if (k->socket == 0)
        return back;
    tcp_set_cookie(world, k->socket, id, (uint64_t)SOCKET_BACK << 32 | back);
    b->backends[server - 1].current++;
    front_timer_start(world, id, front, parameter_get(world, id, BALANCER_TIMEOUT_CONNECT));
    return back;
}

void back_drop(struct world *world, uint32_t id, uint32_t back, bool abort)
{
    struct balancer *b = balancer_of(world, id);
    struct back *k = back_at(world, b, back);
    if (k->state == BACK_IDLE)
        idle_forget(world, b, back);
    else
        b->backends[k->server - 1].current--;
    if (k->socket != 0 && abort)
        tcp_abort(world, k->socket, id);
    else if (k->socket != 0)
        tcp_close(world, k->socket, id);
    k->socket = 0;
    k->front = 0;
    if ((k->flags & BACK_NOTED) != 0)
        k->state = BACK_FREE; /* given back when it is looked at */
    else
        rows_give(&world->region, &b->backs, sizeof *k, back);
}

void back_rest(struct world *world, uint32_t id, uint32_t back)
{
    struct balancer *b = balancer_of(world, id);
    struct back *k = back_at(world, b, back);
    if ((k->flags & BACK_ENDED) != 0) {
        back_drop(world, id, back, false);
        return;
    }
    struct backend *backend = &b->backends[k->server - 1];
    backend->current--;
    k->front = 0;
    k->state = BACK_IDLE;
    k->idle = backend->idle;
    backend->idle = back;
}

/* The socket is gone, without its client's answer. */
static void back_lost(struct world *world, uint32_t id, uint32_t back, bool connecting)
{
    struct balancer *b = balancer_of(world, id);
    struct back *k = back_at(world, b, back);
    uint32_t front = k->front;
    k->socket = 0;
    back_drop(world, id, back, false);
    if (front == 0)
        return;
    struct front *f = front_at(world, b, front);
    f->back = 0;
    if (connecting)
        front_refused(world, id, front, false);
    else
        front_fail(world, id, front, 502);
}

void back_settle(struct world *world, uint32_t id, uint32_t back)
{
    struct balancer *b = balancer_of(world, id);
    struct back *k = back_at(world, b, back);
    if (k->state == BACK_FREE) {
        rows_give(&world->region, &b->backs, sizeof *k, back);
        return;
    }
    if (k->state == BACK_IDLE && (k->flags & BACK_ENDED) != 0) {
        back_drop(world, id, back, false);
        return;
    }
    if (k->state != BACK_BUSY)
        return;
    if (front_at(world, b, k->front)->state == FRONT_TUNNEL)
        front_note(world, id, k->front);
    else
        relay_answer(world, id, back);
}

void back_socket(struct world *world, uint32_t id, uint32_t back, uint32_t connection,
                 enum socket_event what)
{
    struct balancer *b = balancer_of(world, id);
    if (back == 0 || back > b->backs.used || back_at(world, b, back)->socket != connection)
        return;
    struct back *k = back_at(world, b, back);
    switch (what) {
    case SOCKET_CONNECTED:
        k->state = BACK_BUSY;
        front_connected(world, id, k->front);
        break;
    case SOCKET_FAILED:
        back_lost(world, id, back, true);
        break;
    case SOCKET_RESET:
        back_lost(world, id, back, false);
        break;
    case SOCKET_CLOSED:
        k->flags = (uint16_t)(k->flags | BACK_ENDED);
        back_note(world, id, back);
        break;
    default:
        back_note(world, id, back);
        break;
    }
}
