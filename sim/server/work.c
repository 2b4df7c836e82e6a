/*
 * Threads and event loops: a request waits for one, works, calls something outside, answers.
 *
 * model=blocking: a request holds a thread from its start until its answer is with the kernel.
 * model=eventloop: a connection belongs to a loop; a turn of it is the CPU time of a request.  What
 * waits outside (external, then calls.c) does not hold the loop, unless external_blocks; when it is
 * back it needs a turn to write its answer.
 */
#include "sim/server/server_state.h"

/* --- queues --------------------------------------------------------------------------------- */

static struct row_links job_links(const struct world *world, const struct server *v)
{
    return ROW_LINKS(struct job, next, job_at(world, v, 1));
}

void job_push(struct world *world, struct server *v, struct job_queue *queue, uint32_t job)
{
    row_queue_push(job_links(world, v), &queue->jobs, job);
    queue->count++;
}

uint32_t job_pop(struct world *world, struct server *v, struct job_queue *queue)
{
    uint32_t job = row_queue_pop(job_links(world, v), &queue->jobs);
    queue->count -= job != 0;
    return job;
}

static bool is_eventloop(const struct server *v)
{
    return v->loop_count != 0;
}

static struct loop *loop_of(const struct world *world, const struct server *v,
                            const struct channel *s)
{
    return (struct loop *)arena_at(&world->region, v->loops) + s->loop;
}

static struct channel *channel_of(const struct world *world, const struct server *v, uint32_t job)
{
    return channel_at(world, v, job_at(world, v, job)->channel);
}

/* --- begin and end -------------------------------------------------------------------------- */

void work_begin(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    if (parameter_get(world, id, SERVER_MODEL) != SERVER_EVENTLOOP)
        return;
    uint32_t count = (uint32_t)parameter_get(world, id, SERVER_LOOPS);
    v->loops = arena_take(&world->region, count * sizeof(struct loop));
    if (v->loops != 0)
        v->loop_count = count;
}

bool work_idle(const struct world *world, uint32_t id)
{
    const struct server *v = server_of(world, id);
    for (uint32_t job = 1; job <= v->jobs.used; job++)
        if (job_at(world, v, job)->state != 0)
            return false;
    return true;
}

void work_end(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    fanout_end(world, id);
    for (uint32_t job = 1; job <= v->jobs.used; job++)
        if (job_at(world, v, job)->state != 0 && job_at(world, v, job)->event != 0)
            world_cancel(world, job_at(world, v, job)->event);
    rows_clear(&world->region, &v->jobs, sizeof(struct job));
    if (v->loops != 0)
        arena_give(&world->region, v->loops, v->loop_count * sizeof(struct loop));
    v->loops = 0;
    v->loop_count = v->loop_next = 0;
    v->waiting = v->back = (struct job_queue){0};
    v->threads_busy = v->queued = 0;
}

/* --- a thread, or a turn of a loop ------------------------------------------------------------ */

static void thread_take(struct world *world, struct server *v, uint32_t job)
{
    job_at(world, v, job)->thread = 1;
    v->threads_busy++;
    if (v->threads_made < v->threads_busy)
        v->threads_made = v->threads_busy;
    if (is_eventloop(v))
        loop_of(world, v, channel_of(world, v, job))->busy = job;
}

static void thread_give(struct world *world, struct server *v, uint32_t job)
{
    if (job_at(world, v, job)->thread == 0)
        return;
    job_at(world, v, job)->thread = 0;
    v->threads_busy--;
    if (is_eventloop(v))
        loop_of(world, v, channel_of(world, v, job))->busy = 0;
}

/* A time that takes this long, always or on average. */
static uint64_t time_drawn(struct world *world, uint32_t id, enum server_parameter parameter)
{
    uint64_t mean_ns = parameter_get(world, id, parameter);
    if (parameter_get(world, id, SERVER_SERVICE_DISTRIBUTION) == SERVER_CONSTANT)
        return mean_ns;
    return stream_exponential(&server_of(world, id)->services, mean_ns);
}

static uint64_t job_cost(struct world *world, uint32_t id, uint32_t job)
{
    switch (job_at(world, server_of(world, id), job)->type) {
    case WS_TEXT:
        return fanout_slice(world, id, job);
    case WS_PONG:
        return parameter_get(world, id, SERVER_MESSAGE_COST);
    case WS_POSITION: /* as a message to one */
        return parameter_get(world, id, SERVER_MESSAGE_COST) +
               parameter_get(world, id, SERVER_DELIVERY_COST);
    default:
        return time_drawn(world, id, SERVER_SERVICE);
    }
}

/* All that it needed is there, or its call came to nothing. */
static void job_finish(struct world *world, uint32_t id, uint32_t job, uint32_t status)
{
    uint32_t type = job_at(world, server_of(world, id), job)->type;
    bool upgrades = parameter_get(world, id, SERVER_WEBSOCKET) != 0;
    if (type == WS_TEXT && status == 200)
        fanout_write(world, id, job);
    else if (type == WS_TEXT)
        fanout_fail(world, id, job);
    else if (type == WS_UPGRADE && status == 200)
        answer_begin(world, id, job, upgrades ? 101 : 400);
    else if (status != 200 || !position_parks(world, id, job))
        answer_begin(world, id, job, status);
}

static void job_start(struct world *world, uint32_t id, uint32_t job)
{
    struct server *v = server_of(world, id);
    struct job *j = job_at(world, v, job);
    thread_take(world, v, job);
    if (j->state == JOB_BACK) {
        job_finish(world, id, job, j->status);
        return;
    }
    v->queued--;
    j->state = JOB_WORKS;
    j->heap_bytes = j->type == WS_PONG ? 0 : heap_work(world, id);
    if (v->heap.lacking != 0)
        return; /* an OutOfMemoryError follows */
    uint64_t cost_ns = job_cost(world, id, job);
    struct payload payload = {.u32 = {job}};
    if (cost_ns == 0)
        work_worked(world, id, job);
    else
        cpu_run(world, id, cost_ns, SERVER_EVENT_WORKED, &payload);
}

/* With a thread a connection each request finds its own. */
static uint64_t threads_most(const struct world *world, uint32_t id)
{
    return parameter_get(world, id, SERVER_CONNECTION_THREADS) != 0
               ? UINT64_MAX
               : parameter_get(world, id, SERVER_MAX_THREADS);
}

static bool settle_loops(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    bool started = false;
    for (uint32_t i = 0; i < v->loop_count; i++) {
        struct loop *loop = (struct loop *)arena_at(&world->region, v->loops) + i;
        if (loop->busy != 0 || loop->waiting.jobs.first == 0)
            continue;
        job_start(world, id, job_pop(world, v, &loop->waiting));
        started = true;
    }
    return started;
}

bool work_settle(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    if (is_eventloop(v))
        return settle_loops(world, id);
    if (v->waiting.jobs.first == 0 || v->threads_busy >= threads_most(world, id))
        return false;
    job_start(world, id, job_pop(world, v, &v->waiting));
    return true;
}

/* --- a request's way ------------------------------------------------------------------------ */

/* Nothing is free for it, and as many wait as may. */
static bool queue_is_full(const struct world *world, uint32_t id, const struct channel *s)
{
    const struct server *v = server_of(world, id);
    if (v->queued < parameter_get(world, id, SERVER_QUEUE))
        return false;
    if (is_eventloop(v)) {
        const struct loop *loop = loop_of(world, v, s);
        return loop->busy != 0 || loop->waiting.jobs.first != 0;
    }
    return v->queued > 0 || v->threads_busy >= threads_most(world, id);
}

static void request_got(struct world *world, uint32_t id, struct job *j, struct channel *s,
                        const struct message *request)
{
    if (request->type >= WS_UPGRADE) { /* of a connection, not one of many */
        j->number = ws_who_of(request->d).number;
        j->every_ns = request->a;
        j->body = request->b;
        j->sent_ns = request->c;
    }
    s->requests++;
    server_of(world, id)->requests++;
    trace(world, id, TRACE_REQUEST_GOT, j->number, socket_peer(world, s->socket, id));
}

static void frame_got(struct world *world, uint32_t id, struct job *j,
                      const struct message *message)
{
    if (message->type != WS_TEXT)
        return;
    j->room = ws_room_of(message->b);
    j->sent_ns = message->c;
    j->body = ws_data_bytes(message->bytes, true);
    server_of(world, id)->messages_in++;
    trace(world, id, TRACE_MESSAGE_GOT, message->a,
          ws_client_of(world, ws_who_of(message->d).client));
}

void work_request(struct world *world, uint32_t id, uint32_t channel, const struct message *request)
{
    struct server *v = server_of(world, id);
    uint32_t job = rows_take(&world->region, &v->jobs, sizeof(struct job));
    if (job == 0)
        return; /* the region is full: the world stops */
    struct channel *s = channel_at(world, v, channel);
    struct job *j = job_at(world, v, job);
    j->channel = channel;
    j->flags = request->flags;
    j->type = request->type;
    j->number = request->a;
    j->own = request->d;
    j->since_ns = world->now_ns;
    channel_busy(world, id, channel);
    s->jobs++;
    bool frame = (s->flags & CHANNEL_WS) != 0;
    if (frame)
        frame_got(world, id, j, request);
    else
        request_got(world, id, j, s, request);
    if (!frame && queue_is_full(world, id, s)) {
        v->refused++;
        answer_begin(world, id, job, 503);
        return;
    }
    j->state = JOB_WAITING;
    v->queued++;
    job_push(world, v, is_eventloop(v) ? &loop_of(world, v, s)->waiting : &v->waiting, job);
    if (!work_settle(world, id) && !frame)
        trace(world, id, TRACE_REQUEST_WAITS, j->number, v->queued - 1);
}

/* It waits for something outside: that holds a thread, and a loop only when it is told to. */
static void job_away(struct world *world, uint32_t id, uint32_t job)
{
    struct server *v = server_of(world, id);
    if (is_eventloop(v) && parameter_get(world, id, SERVER_EXTERNAL_BLOCKS) == 0)
        thread_give(world, v, job);
}

/* What it needs from outside, one after the other: external, then its call. */
static void job_call(struct world *world, uint32_t id, uint32_t job)
{
    if (!calls_wanted(world, id)) {
        work_back(world, id, job, 200);
        return;
    }
    calls_begin(world, id, job);
    job_away(world, id, job);
}

void work_worked(struct world *world, uint32_t id, uint32_t job)
{
    struct job *j = job_at(world, server_of(world, id), job);
    if (j->type == WS_PONG) {
        work_over(world, id, job);
        return;
    }
    if (j->type == WS_POSITION) {
        position_write(world, id, job);
        return;
    }
    if (j->type == WS_TEXT && j->at != 0) { /* it has been outside before its first slice */
        fanout_write(world, id, job);
        return;
    }
    uint64_t external_ns = time_drawn(world, id, SERVER_EXTERNAL);
    struct payload payload = {.u32 = {job}};
    if (external_ns == 0) {
        job_call(world, id, job);
        return;
    }
    j->state = JOB_AWAY;
    j->event = world_after(world, external_ns, id, SERVER_EVENT_EXTERNAL, &payload);
    job_away(world, id, job);
}

void work_back(struct world *world, uint32_t id, uint32_t job, uint32_t status)
{
    struct server *v = server_of(world, id);
    struct job *j = job_at(world, v, job);
    if (j->thread != 0) {
        job_finish(world, id, job, status);
        return;
    }
    j->state = JOB_BACK;
    j->status = (uint16_t)status;
    job_push(world, v,
             is_eventloop(v) ? &loop_of(world, v, channel_of(world, v, job))->waiting : &v->waiting,
             job);
}

void work_external(struct world *world, uint32_t id, uint32_t job)
{
    struct server *v = server_of(world, id);
    job_at(world, v, job)->event = 0;
    if (server_stands(world, id))
        job_push(world, v, &v->back, job);
    else
        job_call(world, id, job);
}

void work_thaw(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    while (v->back.jobs.first != 0 && !server_stands(world, id))
        job_call(world, id, job_pop(world, v, &v->back));
    if (v->late == 0 || server_stands(world, id))
        return;
    v->late = 0;
    for (uint32_t job = 1; job <= v->jobs.used; job++) {
        const struct job *j = job_at(world, v, job);
        if (j->state == JOB_CALLS && j->event == 0)
            calls_time_out(world, id, job);
        else if (j->state == JOB_BLOCKED && j->event == 0)
            fanout_stuck(world, id, job);
        else if (j->state == JOB_PARKED && j->event == 0)
            position_moved(world, id, job);
    }
}

void work_park(struct world *world, uint32_t id, uint32_t job)
{
    thread_give(world, server_of(world, id), job);
}

void work_over(struct world *world, uint32_t id, uint32_t job)
{
    struct server *v = server_of(world, id);
    uint32_t channel = job_at(world, v, job)->channel;
    thread_give(world, v, job);
    heap_worked(world, id, job_at(world, v, job)->heap_bytes);
    rows_give(&world->region, &v->jobs, sizeof(struct job), job);
    channel_job_over(world, id, channel);
}

void work_answered(struct world *world, uint32_t id, uint32_t job)
{
    struct server *v = server_of(world, id);
    const struct job *j = job_at(world, v, job);
    if (j->left == 0) {
        v->responses++;
        histogram_record(&world->region, &v->latency, world->now_ns - j->since_ns);
        trace(world, id, TRACE_REQUEST_ANSWERED, j->number, j->status);
    }
    work_over(world, id, job);
}
