/*
 * A message goes to its room: one piece of CPU work for a slice of the room, then a write for each
 * that is there.
 *
 * What the kernel does not take is the server's choice (slow_consumer): the write waits, and the
 * thread or the loop with it, as Tomcat's getBasicRemote does; or the frame is kept in the process
 * up to the high-water mark, past which it is dropped or the reader is closed, as with Netty's
 * isWritable; or it is kept whatever it comes to, as ws does under Node (TRUTH ws.slow.*).
 */
#include "sim/server/server_state.h"

/* Written at once, then the CPU works on: a larger room's frames are not all at one moment on the
 * wire. */
#define SLICE 64u

uint64_t fanout_slice(const struct world *world, uint32_t id, uint32_t job)
{
    const struct server *v = server_of(world, id);
    struct job *j = job_at(world, v, job);
    uint32_t audience = channel_at(world, v, j->channel)->audience, there = 0;
    j->until = j->room.count - j->at > SLICE ? j->at + SLICE : j->room.count;
    for (uint32_t i = j->at; i < j->until; i++)
        there += room_channel(world, v, audience, j->room.first + i) != 0;
    uint64_t cost_ns = there * parameter_get(world, id, SERVER_DELIVERY_COST);
    return j->at == 0 ? cost_ns + parameter_get(world, id, SERVER_MESSAGE_COST) : cost_ns;
}

/* --- what is kept --------------------------------------------------------------------------- */

static struct kept *kept_at(const struct world *world, const struct server *v, uint32_t kept)
{
    return (struct kept *)rows_at(&world->region, &v->kept, sizeof(struct kept), kept);
}

static void kept_count(struct server *v, struct channel *s, uint64_t bytes, bool more)
{
    s->kept_bytes += more ? bytes : -bytes;
    v->kept_bytes += more ? bytes : -bytes;
    v->kept_count += more ? 1 : UINT32_MAX;
}

static struct row_links kept_links(const struct world *world, const struct server *v)
{
    return ROW_LINKS(struct kept, next, kept_at(world, v, 1));
}

static void keep(struct world *world, uint32_t id, uint32_t channel, const struct message *frame)
{
    struct server *v = server_of(world, id);
    uint32_t kept = rows_take(&world->region, &v->kept, sizeof(struct kept));
    if (kept == 0)
        return;
    struct channel *s = channel_at(world, v, channel);
    *kept_at(world, v, kept) = (struct kept){
        .bytes = frame->bytes, .number = frame->a, .sent_ns = frame->c, .who = frame->d};
    row_queue_push(kept_links(world, v), &s->kept, kept);
    kept_count(v, s, frame->bytes, true);
    kept_at(world, v, kept)->heap_taken = heap_take(world, id, frame->bytes + KEPT_BYTES);
}

static void kept_pop(struct world *world, struct server *v, struct channel *s)
{
    uint32_t kept = row_queue_pop(kept_links(world, v), &s->kept);
    const struct kept *row = kept_at(world, v, kept);
    heap_give(&v->heap, row->bytes + KEPT_BYTES, row->heap_taken);
    kept_count(v, s, row->bytes, false);
    rows_give(&world->region, &v->kept, sizeof(struct kept), kept);
}

/* --- one frame ------------------------------------------------------------------------------ */

static bool frame_send(struct world *world, uint32_t id, uint32_t channel,
                       const struct message *frame)
{
    struct server *v = server_of(world, id);
    struct channel *s = channel_at(world, v, channel);
    if (!tcp_send(world, s->socket, id, frame)) {
        s->flags |= CHANNEL_FULL;
        return false;
    }
    v->deliveries++;
    return true;
}

static void close_slow(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    struct channel *s = channel_at(world, v, channel);
    s->flags |= CHANNEL_SLOW;
    v->closed_slow++;
    trace(world, id, TRACE_SLOW_CLOSED, socket_peer(world, s->socket, id), s->member);
    channel_close(world, id, channel);
}

/* The kernel takes no more, and the server does not wait. */
static void frame_waits(struct world *world, uint32_t id, uint32_t channel,
                        const struct message *frame, enum server_slow slow)
{
    struct channel *s = channel_at(world, server_of(world, id), channel);
    uint32_t client = ws_who_of(frame->d).client;
    if (slow == SERVER_SLOW_DROP && (s->flags & CHANNEL_CHOKED) != 0) {
        deliveries_missed(world, client, MISSED_DROPPED, 1);
        trace(world, id, TRACE_MESSAGE_DROPPED, frame->a, s->member);
        return;
    }
    keep(world, id, channel, frame);
    if (s->kept_bytes <= parameter_get(world, id, SERVER_SEND_BUFFER))
        return;
    s->flags |= CHANNEL_CHOKED;
    if (slow == SERVER_SLOW_CLOSE)
        close_slow(world, id, channel);
}

/* The write waits, and its thread with it. */
static void job_blocks(struct world *world, uint32_t id, uint32_t job, uint32_t channel)
{
    struct server *v = server_of(world, id);
    struct job *j = job_at(world, v, job);
    struct channel *s = channel_at(world, v, channel);
    const struct payload payload = {.u32 = {job}};
    j->state = JOB_BLOCKED;
    j->blocks = channel;
    j->event = world_after(world, parameter_get(world, id, SERVER_SEND_TIMEOUT), id,
                           SERVER_EVENT_STUCK, &payload);
    job_push(world, v, &s->writing, job);
    trace(world, id, TRACE_MESSAGE_BLOCKED, j->number, s->member);
}

static struct message frame_of(const struct job *j, const struct channel *s)
{
    struct ws_who who = {ws_who_of(j->own).client, s->member};
    return (struct message){.bytes = (uint32_t)ws_frame_bytes(j->body, false),
                            .type = WS_DELIVERY,
                            .a = j->number,
                            .c = j->sent_ns,
                            .d = ws_who_pack(who)};
}

/* To one of the room; false: the job waits for it. */
static bool write_to(struct world *world, uint32_t id, uint32_t job, uint32_t channel)
{
    struct server *v = server_of(world, id);
    const struct channel *s = channel_at(world, v, channel);
    const struct message frame = frame_of(job_at(world, v, job), s);
    bool waits = (s->flags & CHANNEL_FULL) != 0 || s->kept.first != 0 || s->writing.jobs.first != 0;
    if (!waits && frame_send(world, id, channel, &frame))
        return true;
    enum server_slow slow = (enum server_slow)parameter_get(world, id, SERVER_SLOW_CONSUMER);
    if (slow == SERVER_SLOW_BLOCK && s->kept.first == 0) {
        job_blocks(world, id, job, channel);
        return false;
    }
    frame_waits(world, id, channel, &frame, slow);
    return true;
}

/* --- the room ------------------------------------------------------------------------------- */

static void fanout_over(struct world *world, uint32_t id, uint32_t job)
{
    struct server *v = server_of(world, id);
    const struct job *j = job_at(world, v, job);
    histogram_record(&world->region, &v->latency, world->now_ns - j->since_ns);
    work_over(world, id, job);
}

static void next_slice(struct world *world, uint32_t id, uint32_t job)
{
    struct payload payload = {.u32 = {job}};
    job_at(world, server_of(world, id), job)->state = JOB_WORKS;
    uint64_t cost_ns = fanout_slice(world, id, job);
    if (cost_ns != 0)
        cpu_run(world, id, cost_ns, SERVER_EVENT_WORKED, &payload);
    else
        fanout_write(world, id, job);
}

void fanout_write(struct world *world, uint32_t id, uint32_t job)
{
    struct server *v = server_of(world, id);
    struct job *j = job_at(world, v, job);
    uint32_t audience = channel_at(world, v, j->channel)->audience, away = 0;
    j->state = JOB_WRITES;
    for (; j->at < j->until; j->at++) {
        uint32_t channel = room_channel(world, v, audience, j->room.first + j->at);
        if (channel == 0)
            away++;
        else if (!write_to(world, id, job, channel))
            break;
    }
    if (away != 0)
        deliveries_missed(world, ws_who_of(j->own).client, MISSED_AWAY, away);
    if (j->at < j->until)
        return; /* it waits for a reader */
    if (j->at < j->room.count)
        next_slice(world, id, job);
    else
        fanout_over(world, id, job);
}

void fanout_fail(struct world *world, uint32_t id, uint32_t job)
{
    const struct job *j = job_at(world, server_of(world, id), job);
    deliveries_missed(world, ws_who_of(j->own).client, MISSED_FAILED, j->room.count);
    work_over(world, id, job);
}

/* --- who waited ----------------------------------------------------------------------------- */

static void job_unblocks(struct world *world, struct server *v, uint32_t channel)
{
    struct job *j = job_at(world, v, job_pop(world, v, &channel_at(world, v, channel)->writing));
    if (j->event != 0)
        world_cancel(world, j->event);
    j->event = 0;
    j->blocks = 0;
    j->at++;
}

static void kept_leave(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    struct channel *s = channel_at(world, v, channel);
    while (s->kept.first != 0) {
        const struct kept *kept = kept_at(world, v, s->kept.first);
        const struct message frame = {.bytes = kept->bytes,
                                      .type = WS_DELIVERY,
                                      .a = kept->number,
                                      .c = kept->sent_ns,
                                      .d = kept->who};
        if (!frame_send(world, id, channel, &frame))
            break;
        kept_pop(world, v, s);
    }
    if (s->kept_bytes <= parameter_get(world, id, SERVER_SEND_BUFFER) / 2)
        s->flags &= (uint16_t)~CHANNEL_CHOKED; /* Netty's low-water mark */
}

void fanout_writable(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    if ((channel_at(world, v, channel)->flags & CHANNEL_FULL) == 0)
        kept_leave(world, id, channel);
    for (;;) {
        const struct channel *s = channel_at(world, v, channel);
        uint32_t job = s->writing.jobs.first;
        if (s->socket == 0 || job == 0 || (s->flags & CHANNEL_FULL) != 0)
            return;
        const struct message frame = frame_of(job_at(world, v, job), s);
        if (!frame_send(world, id, channel, &frame))
            return;
        job_unblocks(world, v, channel);
        fanout_write(world, id, job);
    }
}

void fanout_stuck(struct world *world, uint32_t id, uint32_t job)
{
    struct job *j = job_at(world, server_of(world, id), job);
    j->event = 0;
    if (server_stands(world, id))
        server_of(world, id)->late++;
    else
        close_slow(world, id, j->blocks);
}

void fanout_forget(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    struct channel *s = channel_at(world, v, channel);
    enum missed why = (s->flags & CHANNEL_SLOW) != 0 ? MISSED_CLOSED : MISSED_LOST;
    while (s->kept.first != 0) {
        deliveries_missed(world, ws_who_of(kept_at(world, v, s->kept.first)->who).client, why, 1);
        kept_pop(world, v, s);
    }
    while (channel_at(world, v, channel)->writing.jobs.first != 0) {
        uint32_t job = channel_at(world, v, channel)->writing.jobs.first;
        deliveries_missed(world, ws_who_of(job_at(world, v, job)->own).client, why, 1);
        job_unblocks(world, v, channel);
        fanout_write(world, id, job);
    }
}

/* --- the process is gone -------------------------------------------------------------------- */

void fanout_end(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    for (uint32_t i = 1; i <= v->jobs.used; i++) {
        const struct job *j = job_at(world, v, i);
        if (j->state == 0 || j->type != WS_TEXT)
            continue;
        deliveries_missed(world, ws_who_of(j->own).client, MISSED_SERVER, j->room.count - j->at);
    }
    for (uint32_t i = 1; i <= v->channels.used; i++)
        for (uint32_t at = channel_at(world, v, i)->kept.first; at != 0;
             at = kept_at(world, v, at)->next)
            deliveries_missed(world, ws_who_of(kept_at(world, v, at)->who).client, MISSED_SERVER,
                              1);
    rows_clear(&world->region, &v->kept, sizeof(struct kept));
    v->kept_bytes = 0;
    v->kept_count = 0;
}

uint64_t server_deliveries(const struct world *world, uint32_t id, uint32_t client)
{
    const struct server *v = server_of(world, id);
    uint64_t count = 0;
    for (uint32_t i = 1; i <= v->jobs.used; i++) {
        const struct job *j = job_at(world, v, i);
        if (j->state != 0 && j->type == WS_TEXT &&
            ws_client_of(world, ws_who_of(j->own).client) == client)
            count += j->room.count - j->at;
    }
    for (uint32_t i = 1; i <= v->channels.used; i++)
        for (uint32_t at = channel_at(world, v, i)->kept.first; at != 0;
             at = kept_at(world, v, at)->next)
            count += ws_client_of(world, ws_who_of(kept_at(world, v, at)->who).client) == client;
    return count;
}
