/*
 * Health checks: each server is asked every `inter`; `fall` failures in a row take it out, `rise`
 * successes bring it back.
 *
 * A server is asked GET / (HAProxy's httpchk), a store only has to accept (a check of layer 4).
 * `inter` is the check's patience, too; the next one comes `inter` after the end of the one before.
 * So a refused server is out after (fall-1) * inter and what was left of the interval, one that is
 * silent after fall * inter more (TRUTH net.lb.failover.*).
 */
#include "sim/balance/balancer_state.h"

static void event_set(struct world *world, uint32_t id, uint32_t place, uint64_t delay_ns)
{
    struct backend *backend = &balancer_of(world, id)->backends[place];
    struct payload payload = {.u32 = {place}};
    if (backend->event != 0)
        world_cancel(world, backend->event);
    backend->event = world_after(world, delay_ns, id, BALANCER_EVENT_CHECK, &payload);
}

static bool checks(const struct world *world, uint32_t id)
{
    return parameter_get(world, id, BALANCER_CHECK) != 0;
}

/* The first checks of all servers are spread over one interval, so that not all are asked at once.
 */
void health_arm(struct world *world, uint32_t id, uint32_t place)
{
    struct balancer *b = balancer_of(world, id);
    uint64_t inter_ns = parameter_get(world, id, BALANCER_INTER);
    if (!component_at(world, id)->up || !checks(world, id) || b->backends[place].component == 0 ||
        b->backends[place].event != 0)
        return;
    event_set(world, id, place, inter_ns * place / (b->backend_count != 0 ? b->backend_count : 1));
}

static void check_close(struct world *world, uint32_t id, struct backend *backend)
{
    if (backend->check != 0)
        tcp_abort(world, backend->check, id);
    backend->check = 0;
}

static void stand_still(struct world *world, uint32_t id, struct backend *backend)
{
    if (backend->event != 0)
        world_cancel(world, backend->event);
    backend->event = 0;
    backend->checked = 0;
    if (component_at(world, id)->up)
        check_close(world, id, backend);
    backend->check = 0;
}

void health_begin(struct world *world, uint32_t id)
{
    struct balancer *b = balancer_of(world, id);
    for (uint32_t i = 0; i < b->backend_count; i++) {
        b->backends[i].up = 1;
        b->backends[i].in_a_row = 0;
        b->backends[i].changed_ns = world->now_ns;
        health_arm(world, id, i);
    }
}

void health_end(struct world *world, uint32_t id)
{
    struct balancer *b = balancer_of(world, id);
    for (uint32_t i = 0; i < b->backend_count; i++)
        stand_still(world, id, &b->backends[i]);
}

void health_drop(struct world *world, uint32_t id, uint32_t place)
{
    struct backend *backend = &balancer_of(world, id)->backends[place];
    stand_still(world, id, backend);
    backend->component = 0;
}

/* --- what a check says ---------------------------------------------------------------------- */

/* HAProxy's on-marked-down: who hangs on a server that is silent would wait for TCP to give up. */
static void shut_sessions(struct world *world, uint32_t id, uint32_t server)
{
    struct balancer *b = balancer_of(world, id);
    for (uint32_t i = 1; i <= b->fronts.used; i++) {
        const struct front *f = front_at(world, b, i);
        if (f->state == FRONT_TUNNEL && f->server == server)
            front_fail(world, id, i, 503);
    }
}

static void turn(struct world *world, uint32_t id, struct backend *backend, bool up)
{
    struct balancer *b = balancer_of(world, id);
    uint64_t lasted_ns = world->now_ns - backend->changed_ns;
    backend->up = up;
    backend->in_a_row = 0;
    backend->downs += !up;
    backend->down_ns += up ? lasted_ns : 0;
    backend->changed_ns = world->now_ns;
    if (up)
        backend_join(b, backend);
    else if (parameter_get(world, id, BALANCER_ON_MARKED_DOWN) == BALANCER_SHUTS_SESSIONS)
        shut_sessions(world, id, (uint32_t)(backend - b->backends) + 1);
    trace(world, id, up ? TRACE_BACKEND_UP : TRACE_BACKEND_DOWN, backend->component,
          backends_up(b));
    for (uint32_t i = 1; i <= b->fronts.used; i++) /* who waits for it may go elsewhere */
        if (front_at(world, b, i)->state == FRONT_WAITS)
            front_note(world, id, i);
}

static void result(struct world *world, uint32_t id, uint32_t place, bool passed)
{
    struct balancer *b = balancer_of(world, id);
    struct backend *backend = &b->backends[place];
    uint64_t needed = parameter_get(world, id, backend->up ? BALANCER_FALL : BALANCER_RISE);
    check_close(world, id, backend);
    b->checks_failed += !passed;
    backend->failures += !passed;
    event_set(world, id, place, parameter_get(world, id, BALANCER_INTER));
    if (passed == (backend->up != 0))
        backend->in_a_row = 0;
    else if (++backend->in_a_row >= needed)
        turn(world, id, backend, passed);
}

static void begin(struct world *world, uint32_t id, uint32_t place)
{
    struct backend *backend = &balancer_of(world, id)->backends[place];
    if (!checks(world, id) || backend->component == 0)
        return;
    backend->check = tcp_connect(world, id, backend->component, NULL);
    if (backend->check == 0)
        return; /* the region is full: the world stops */
    tcp_set_cookie(world, backend->check, id, (uint64_t)SOCKET_CHECK << 32 | place);
    event_set(world, id, place, parameter_get(world, id, BALANCER_INTER));
}

void health_due(struct world *world, uint32_t id, uint32_t place)
{
    struct backend *backend = &balancer_of(world, id)->backends[place];
    backend->event = 0;
    if (component_at(world, id)->paused) {
        backend->checked = 1;
        return;
    }
    backend->checked = 0;
    if (backend->check != 0)
        result(world, id, place, false); /* its patience is over */
    else
        begin(world, id, place);
}

static bool answered_well(struct world *world, uint32_t id, uint32_t connection)
{
    struct message message;
    while (tcp_receive(world, connection, id, &message))
        if (message.type == HTTP_RESPONSE)
            return message.c < 400;
    return false;
}

void health_socket(struct world *world, uint32_t id, uint32_t place, uint32_t connection,
                   enum socket_event what)
{
    struct backend *backend = &balancer_of(world, id)->backends[place];
    struct message ask = {.bytes = http_request_bytes(HTTP_1_1, HTTP_CLOSE, true),
                          .type = HTTP_REQUEST,
                          .flags = HTTP_FLAG_CLOSE};
    if (backend->check != connection)
        return;
    switch (what) {
    case SOCKET_CONNECTED:
        if (component_at(world, backend->component)->kind == KIND_SERVER)
            tcp_send(world, connection, id, &ask);
        else
            result(world, id, place, true);
        break;
    case SOCKET_READABLE:
        result(world, id, place, answered_well(world, id, connection));
        break;
    case SOCKET_FAILED:
    case SOCKET_RESET:
        backend->check = 0;
        result(world, id, place, false);
        break;
    case SOCKET_CLOSED:
        result(world, id, place, false);
        break;
    default:
        break;
    }
}
