/*
 * The kind `server`: its process, and what reaches it.
 *
 * Its counters are the lab's and outlive its process.  On SIGTERM it ends at once, as nginx does:
 * its sockets are closed by the kernel, requests under way get no answer.
 */
#include "sim/net/process.h"
#include "sim/server/server_state.h"

static struct row_links noted_links(const struct world *world, const struct server *v)
{
    return ROW_LINKS(struct channel, noted, channel_at(world, v, 1));
}

void channel_note(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    struct channel *s = channel_at(world, v, channel);
    if ((s->flags & CHANNEL_NOTED) != 0)
        return;
    s->flags = (uint16_t)(s->flags | CHANNEL_NOTED);
    row_queue_push(noted_links(world, v), &v->noted, channel);
}

static uint32_t noted_pop(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    uint32_t channel = row_queue_pop(noted_links(world, v), &v->noted);
    if (channel == 0)
        return 0;
    struct channel *s = channel_at(world, v, channel);
    s->flags = (uint16_t)(s->flags & ~CHANNEL_NOTED);
    return channel;
}

static bool settle_noted(struct world *world, uint32_t id)
{
    uint32_t channel = noted_pop(world, id);
    if (channel != 0)
        channel_settle(world, id, channel);
    return channel != 0;
}

/* What came after an OutOfMemoryError stays in the kernel: the thread that wanted to read it died.
 */
static void forget_noted(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    bool tried = false;
    while (v->noted.first != 0) {
        uint32_t channel = noted_pop(world, id);
        const struct channel *s = channel_at(world, v, channel);
        tried = tried || (s->socket != 0 && (s->flags & CHANNEL_ENDED) == 0);
        if (s->state == CHANNEL_FREE)
            rows_give(&world->region, &v->channels, sizeof(struct channel), channel);
    }
    if (tried)
        heap_tried(world, id);
}

/* A collection stopped the world: it hears of nothing until that is over. */
static bool server_collects(const struct world *world, uint32_t id)
{
    return server_of(world, id)->heap.threads != 0;
}

void server_settle(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    const struct component *component = component_at(world, id);
    if (!component->up || component->paused || v->settling != 0)
        return;
    v->settling = 1;
    while (!world->region.full && !heap_settle(world, id) &&
           (settle_noted(world, id) || work_settle(world, id) || calls_settle(world, id) ||
            accept_settle(world, id)))
        ;
    if (v->heap.out != 0)
        forget_noted(world, id);
    else if (!server_collects(world, id))
        idle_arm(world, id);
    v->settling = 0;
    walls_settle(world, id);
    resident_settle(world, id);
}

/* Threads and loops are made when the process starts. */
static bool server_values(struct world *world, uint32_t id, const uint64_t *values,
                          struct error *error)
{
    static const uint16_t rows[] = {SERVER_MODEL, SERVER_LOOPS};
    const struct server *v = server_of(world, id);
    if (!calls_check(world, id, values, error))
        return false;
    if (!component_at(world, id)->up || (v->connections == 0 && work_idle(world, id)))
        return true;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (values[rows[i]] != parameter_get(world, id, rows[i]))
            return error_set(error, ERROR_NOT_WHILE_RUNNING, rows[i],
                             server_parameters[rows[i]].name, NULL, NULL, NULL);
    return true;
}

static void server_init(struct world *world, uint32_t id)
{
    const char *name = component_at(world, id)->name;
    server_of(world, id)->services = stream_of(world->seed, name, "services");
    server_of(world, id)->keys = stream_of(world->seed, name, "keys");
}

static void server_start(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    v->accepted_before = v->accepted;
    v->requests_before = v->requests;
    heap_start(world, id);
    work_begin(world, id);
    tcp_listen(world, id, (uint32_t)parameter_get(world, id, SERVER_ACCEPT_COUNT));
    quic_listen(world, id, parameter_get(world, id, SERVER_HTTP) == HTTP_3);
}

/* The process is gone, in whatever way. */
static void server_gone(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    if (v->timer != 0)
        world_cancel(world, v->timer);
    v->timer = 0;
    v->timer_ns = 0;
    cpu_cancel_all(world, id);
    calls_end(world, id);
    work_end(world, id);
    rows_clear(&world->region, &v->channels, sizeof(struct channel));
    rooms_clear(world, id);
    positions_clear(world, id);
    v->noted = v->idle = v->pinged = (struct row_list){0, 0};
    v->accepting = 0;
    v->connections = 0;
    v->files_full = 0;
    v->late = 0;
    v->resident = v->threads_made = 0;
    heap_stop(world, id);
    quic_process_ended(world, id);
    memory_give_all(world, id);
}

static void server_thaw(struct world *world, uint32_t id)
{
    heap_resumed(world, id);
    quic_process_resumed(world, id);
    work_thaw(world, id);
}

static void server_signal(struct world *world, uint32_t id, enum signal signal)
{
    static const struct process process = {.start = server_start,
                                           .gone = server_gone,
                                           .thaw = server_thaw,
                                           .is_deaf = server_collects};
    if (signal == SIGNAL_KILL)
        walls_killed(world, id);
    process_signal(world, id, signal, &process);
    server_settle(world, id);
}

static void server_event(struct world *world, uint32_t id, const struct event *event)
{
    switch ((enum server_event)event_what(event)) {
    case SERVER_EVENT_ACCEPTED:
        accept_done(world, id);
        break;
    case SERVER_EVENT_WORKED:
        work_worked(world, id, event->payload.u32[0]);
        break;
    case SERVER_EVENT_EXTERNAL:
        work_external(world, id, event->payload.u32[0]);
        break;
    case SERVER_EVENT_CALL:
        calls_time_out(world, id, event->payload.u32[0]);
        break;
    case SERVER_EVENT_IDLE:
        server_of(world, id)->timer = 0;
        if (!server_stands(world, id)) {
            idle_time_out(world, id);
            ping_time_out(world, id);
        }
        break;
    case SERVER_EVENT_PING:
        ping_send(world, id, event->payload.u32[0], event->payload.u32[1]);
        break;
    case SERVER_EVENT_MOVED:
        position_moved(world, id, event->payload.u32[0]);
        break;
    case SERVER_EVENT_PUSH:
        position_push(world, id, event->payload.u32[0]);
        break;
    case SERVER_EVENT_STUCK:
        fanout_stuck(world, id, event->payload.u32[0]);
        break;
    case SERVER_EVENT_COLLECTED:
        heap_collected(world, id);
        break;
    }
    server_settle(world, id);
}

static void server_socket(struct world *world, uint32_t id, uint32_t connection,
                          enum socket_event what)
{
    uint64_t cookie = what != SOCKET_ACCEPTABLE ? socket_cookie(world, connection, id) : 0;
    bool line = cookie >> 32 == SERVER_SOCKET_LINE;
    if (line && server_of(world, id)->heap.out == 0)
        calls_socket(world, id, (uint32_t)cookie, connection, what);
    if (!line)
        channel_socket(world, id, connection, what);
    server_settle(world, id);
}

static void server_changed(struct world *world, uint32_t id, unsigned parameter)
{
    if (parameter == SERVER_ACCEPT_COUNT && component_at(world, id)->up)
        tcp_listen(world, id, (uint32_t)parameter_get(world, id, SERVER_ACCEPT_COUNT));
    if (parameter == SERVER_HTTP && component_at(world, id)->up)
        quic_listen(world, id, parameter_get(world, id, SERVER_HTTP) == HTTP_3);
    if (parameter == SERVER_CALLS || parameter == SERVER_VIA)
        calls_changed(world, id);
    if ((parameter == SERVER_MODEL || parameter == SERVER_LOOPS) && work_idle(world, id)) {
        work_end(world, id);
        work_begin(world, id);
    }
    if (parameter == SERVER_BASE_HEAP || parameter == SERVER_HEAP || parameter == SERVER_GC)
        heap_changed(world, id);
    server_settle(world, id);
}

static void server_removed(struct world *world, uint32_t id)
{
    server_gone(world, id);
    histogram_release(&world->region, &server_of(world, id)->latency);
}

/* The tables' rows are server_rows.c. */
const struct kind server_kind = {
    .name = "server",
    .en = "an HTTP server as a process: threads or event loops, a queue, keep-alive",
    .ko = "HTTP 서버 프로세스입니다. 스레드나 이벤트 루프, 대기 줄, keep-alive를 봅니다",
    .state_bytes = sizeof(struct server),
    .process = true,
    .buildable = true,
    .port = 80,
    .parameter_count = SERVER_PARAMETERS,
    .metric_count = SERVER_METRICS,
    .parameters = server_parameters,
    .metrics = server_metrics,
    .presets = server_presets,
    .check = server_values,
    .init = server_init,
    .signal = server_signal,
    .event = server_event,
    .socket = server_socket,
    .changed = server_changed,
    .tell = server_tell,
    .removed = server_removed,
    .leads_to = calls_lead_to,
};
