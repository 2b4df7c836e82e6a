/*
 * The kind `balancer`: its process, and what reaches it.
 *
 * Its counters are the lab's and outlive its process; what it knows of its servers does not.
 */
#include "sim/balance/balancer_state.h"

#include "sim/net/process.h"

#define BACKLOG                                                                                    \
    4096u /* HAProxy listens with the frontend's maxconn, the kernel cuts it to somaxconn */

static struct row_links front_links(const struct world *world, const struct balancer *b)
{
    return ROW_LINKS(struct front, noted, front_at(world, b, 1));
}

void front_note(struct world *world, uint32_t id, uint32_t front)
{
    struct balancer *b = balancer_of(world, id);
    struct front *f = front_at(world, b, front);
    if ((f->flags & FRONT_NOTED) != 0)
        return;
    f->flags = (uint16_t)(f->flags | FRONT_NOTED);
    row_queue_push(front_links(world, b), &b->noted_fronts, front);
}

static struct row_links back_links(const struct world *world, const struct balancer *b)
{
    return ROW_LINKS(struct back, noted, back_at(world, b, 1));
}

void back_note(struct world *world, uint32_t id, uint32_t back)
{
    struct balancer *b = balancer_of(world, id);
    struct back *k = back_at(world, b, back);
    if ((k->flags & BACK_NOTED) != 0)
        return;
    k->flags = (uint16_t)(k->flags | BACK_NOTED);
    row_queue_push(back_links(world, b), &b->noted_backs, back);
}

static bool settle_front(struct world *world, uint32_t id)
{
    struct balancer *b = balancer_of(world, id);
    uint32_t front = row_queue_pop(front_links(world, b), &b->noted_fronts);
    if (front == 0)
        return false;
    struct front *f = front_at(world, b, front);
    f->flags = (uint16_t)(f->flags & ~FRONT_NOTED);
    front_settle(world, id, front);
    return true;
}

static bool settle_back(struct world *world, uint32_t id)
{
    struct balancer *b = balancer_of(world, id);
    uint32_t back = row_queue_pop(back_links(world, b), &b->noted_backs);
    if (back == 0)
        return false;
    struct back *k = back_at(world, b, back);
    k->flags = (uint16_t)(k->flags & ~BACK_NOTED);
    back_settle(world, id, back);
    return true;
}

void balancer_settle(struct world *world, uint32_t id)
{
    struct balancer *b = balancer_of(world, id);
    const struct component *component = component_at(world, id);
    if (!component->up || component->paused || b->settling != 0)
        return;
    b->settling = 1;
    while (!world->region.full &&
           (settle_back(world, id) || settle_front(world, id) || front_accept(world, id)))
        ;
    b->settling = 0;
}

static bool balancer_check(struct world *world, uint32_t id, const uint64_t *values,
                           struct error *error)
{
    return backends_check(world, values, error) && standby_check(world, id, values, error);
}

static void balancer_start(struct world *world, uint32_t id)
{
    backends_read(world, id);
    tcp_listen(world, id, BACKLOG);
    health_begin(world, id);
    standby_begin(world, id);
}

/* The process is gone, in whatever way. */
static void balancer_gone(struct world *world, uint32_t id)
{
    struct balancer *b = balancer_of(world, id);
    for (uint32_t i = 1; i <= b->fronts.used; i++)
        if (front_at(world, b, i)->timer != 0)
            world_cancel(world, front_at(world, b, i)->timer);
    health_end(world, id);
    standby_end(world, id);
    cpu_cancel_all(world, id);
    rows_clear(&world->region, &b->fronts, sizeof(struct front));
    rows_clear(&world->region, &b->backs, sizeof(struct back));
    b->noted_fronts = b->noted_backs = (struct row_list){0, 0};
    b->connections = b->position = b->picks = 0;
    for (uint32_t i = 0; i < b->backend_count; i++)
        b->backends[i] = (struct backend){0};
    b->backend_count = 0;
    memory_give_all(world, id);
}

/* Timers that fired while it was paused. */
static void balancer_thaw(struct world *world, uint32_t id)
{
    struct balancer *b = balancer_of(world, id);
    for (uint32_t i = 0; i < b->backend_count; i++)
        if (b->backends[i].checked != 0)
            health_due(world, id, i);
    for (uint32_t i = 1; i <= b->fronts.used; i++)
        if ((front_at(world, b, i)->flags & FRONT_FIRED) != 0)
            front_timer(world, id, i);
    standby_thaw(world, id);
}

static void balancer_signal(struct world *world, uint32_t id, enum signal signal)
{
    static const struct process process = {
        .start = balancer_start, .gone = balancer_gone, .thaw = balancer_thaw};
    process_signal(world, id, signal, &process);
    balancer_settle(world, id);
}

static void balancer_event(struct world *world, uint32_t id, const struct event *event)
{
    uint32_t row = event->payload.u32[0];
    switch ((enum balancer_event)event_what(event)) {
    case BALANCER_EVENT_CHECK:
        health_due(world, id, row);
        break;
    case BALANCER_EVENT_FRONT:
        front_timer(world, id, row);
        break;
    case BALANCER_EVENT_COST:
        front_costed(world, id, row);
        break;
    default:
        standby_event(world, id, event);
        break;
    }
    balancer_settle(world, id);
}

static void balancer_socket(struct world *world, uint32_t id, uint32_t connection,
                            enum socket_event what)
{
    uint64_t cookie = connection != 0 ? tcp_cookie(world, connection, id) : 0;
    uint32_t row = (uint32_t)cookie;
    switch ((enum balancer_socket)(cookie >> 32)) {
    case SOCKET_FRONT:
        front_socket(world, id, row, connection, what);
        break;
    case SOCKET_BACK:
        back_socket(world, id, row, connection, what);
        break;
    case SOCKET_CHECK:
        health_socket(world, id, row, connection, what);
        break;
    default:
        break;
    }
    balancer_settle(world, id);
}

static void balancer_changed(struct world *world, uint32_t id, unsigned parameter)
{
    struct balancer *b = balancer_of(world, id);
    if (parameter == BALANCER_STANDBY)
        standby_changed(world, id);
    if (!component_at(world, id)->up)
        return;
    if (parameter == BALANCER_TO || parameter == BALANCER_WEIGHTS)
        backends_read(world, id);
    if (parameter == BALANCER_CHECK)
        for (uint32_t i = 0; i < b->backend_count; i++)
            health_arm(world, id, i);
    balancer_settle(world, id);
}

static void balancer_removed(struct world *world, uint32_t id)
{
    balancer_gone(world, id);
    standby_removed(world, id);
}

/* The tables' rows are balancer_rows.c. */
const struct kind balancer_kind = {
    .name = "balancer",
    .en = "a load balancer: one address, health checks, retries, and servers behind it",
    .ko = "로드 밸런서입니다. 주소 하나 뒤에 서버 여럿을 두고 헬스 체크와 재시도를 합니다",
    .state_bytes = sizeof(struct balancer),
    .process = true,
    .buildable = true,
    .port = 80,
    .parameter_count = BALANCER_PARAMETERS,
    .metric_count = BALANCER_METRICS,
    .parameters = balancer_parameters,
    .metrics = balancer_metrics,
    .check = balancer_check,
    .signal = balancer_signal,
    .event = balancer_event,
    .socket = balancer_socket,
    .changed = balancer_changed,
    .tell = balancer_tell,
    .removed = balancer_removed,
};
