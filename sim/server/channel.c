/*
 * Connections that are open: what they read, how long they may idle, how they end.
 *
 * HTTP/1.x takes one request at a time of a connection; what a client sent behind it waits in the
 * kernel.  h2 takes all.  keepalive_timeout is the same for all, so those that idle stand in the
 * order in which they began to, and one timer waits for the first.
 */
#include "sim/server/server_state.h"

/* nginx client_header_timeout: without keep-alive only who has not asked yet can idle. */
#define FIRST_REQUEST_NS (60 * SECOND_NS)

/* --- the idle ------------------------------------------------------------------------------- */

void channel_busy(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    struct channel *s = channel_at(world, v, channel);
    if ((s->flags & CHANNEL_IDLE) == 0)
        return;
    row_list_take_out(channel_links(world, v), &v->idle, channel);
    s->flags = (uint16_t)(s->flags & ~CHANNEL_IDLE);
}

void channel_idle(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    channel_busy(world, id, channel);
    struct channel *s = channel_at(world, v, channel);
    s->since_ns = world->now_ns;
    s->flags = (uint16_t)(s->flags | CHANNEL_IDLE);
    row_list_put_last(channel_links(world, v), &v->idle, channel);
}

static uint64_t idle_limit(const struct world *world, uint32_t id)
{
    uint64_t limit_ns = parameter_get(world, id, SERVER_KEEPALIVE_TIMEOUT);
    return limit_ns != 0 ? limit_ns : FIRST_REQUEST_NS;
}

void idle_arm(struct world *world, uint32_t id)
{
    static const struct payload nothing;
    struct server *v = server_of(world, id);
    uint64_t due_ns = ping_due(world, id);
    if (v->idle.first != 0) {
        uint64_t idle_ns = channel_at(world, v, v->idle.first)->since_ns + idle_limit(world, id);
        due_ns = idle_ns < due_ns ? idle_ns : due_ns;
    }
    if (due_ns == TIME_NEVER)
        return; /* a timer that still waits finds nothing to do */
    if (due_ns < world->now_ns)
        due_ns = world->now_ns; /* the limit became shorter, or the process was paused */
    if (v->timer != 0 && v->timer_ns <= due_ns)
        return;
    if (v->timer != 0)
        world_cancel(world, v->timer);
    v->timer_ns = due_ns;
    v->timer = world_at(world, due_ns, id, SERVER_EVENT_IDLE, &nothing);
}

/* --- ends ----------------------------------------------------------------------------------- */

/* Answers that wait for room in the socket have nobody to go to. */
static void drop_answers(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    for (;;) {
        uint32_t job = job_pop(world, v, &channel_at(world, v, channel)->writing);
        if (job == 0)
            return;
        work_answered(world, id, job);
    }
}

void channel_drop(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    struct channel *s = channel_at(world, v, channel);
    if (s->socket == 0)
        return;
    channel_busy(world, id, channel);
    s->socket = 0;
    s->jobs++; /* the row stays while its answers are dropped */
    v->connections--;
    if ((s->flags & CHANNEL_WS) != 0) {
        ping_leave(world, id, channel);
        position_leave(world, id, channel);
        room_leave(world, id, channel);
        fanout_forget(world, id, channel);
    }
    heap_give(&v->heap, s->heap_bytes, s->heap_taken);
    s->heap_bytes = 0;
    drop_answers(world, id, channel);
    channel_job_over(world, id, channel);
}

void channel_close(struct world *world, uint32_t id, uint32_t channel)
{
    struct channel *s = channel_at(world, server_of(world, id), channel);
    uint32_t socket = s->socket;
    bool secure = s->tls != TLS_NO && s->state == CHANNEL_OPEN;
    if (secure && (s->flags & CHANNEL_ENDED) == 0) {
        struct message notify = {.bytes =
                                     tls_bytes(TLS_CLOSE_NOTIFY, (enum tls_version)s->tls, false),
                                 .type = TLS_CLOSE_NOTIFY,
                                 .flags = s->tls};
        if (!tcp_send_last(world, socket, id, &notify))
            tcp_close(world, socket, id);
    } else {
        socket_close(world, socket, id);
    }
    channel_drop(world, id, channel);
}

void channel_job_over(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    struct channel *s = channel_at(world, v, channel);
    s->jobs--;
    if (s->jobs > 0)
        return;
    if (s->socket != 0) {
        if ((s->flags & CHANNEL_WS) == 0)
            channel_idle(world, id, channel);
        channel_note(world, id, channel);
    } else if ((s->flags & CHANNEL_NOTED) != 0) {
        s->state = CHANNEL_FREE; /* given back when it is looked at */
    } else {
        rows_give(&world->region, &v->channels, sizeof *s, channel);
    }
}

void idle_time_out(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    uint64_t limit_ns = idle_limit(world, id);
    while (v->idle.first != 0) {
        struct channel *s = channel_at(world, v, v->idle.first);
        if (s->since_ns + limit_ns > world->now_ns)
            return;
        trace(world, id, TRACE_IDLE_CLOSED, socket_peer(world, s->socket, id), 0);
        channel_close(world, id, v->idle.first);
    }
}

/* --- what comes ----------------------------------------------------------------------------- */

/* Not what is spoken here: an error page, and the end. */
static void channel_bad(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    struct channel *s = channel_at(world, v, channel);
    uint64_t body = http_error_body_bytes(400);
    struct message page = {.bytes = (uint32_t)http_response_bytes(HTTP_1_1, 400, body, false),
                           .type = HTTP_RESPONSE,
                           .flags = HTTP_FLAG_CLOSE | HTTP_FLAG_LAST,
                           .b = body,
                           .c = 400};
    v->errors++;
    if (!tcp_send_last(world, s->socket, id, &page))
        tcp_close(world, s->socket, id);
    channel_drop(world, id, channel);
}

static void channel_preface(struct world *world, uint32_t id, uint32_t channel)
{
    struct channel *s = channel_at(world, server_of(world, id), channel);
    struct message settings = {
        .bytes = (uint32_t)tls_record_bytes((enum tls_version)s->tls, H2_SETTINGS_BYTES),
        .type = HTTP_PREFACE,
        .flags = HTTP_2};
    s->flags = (uint16_t)(s->flags | CHANNEL_STREAMS);
    tcp_send(world, s->socket, id, &settings);
}

void channel_upgrade(struct world *world, uint32_t id, uint32_t channel, uint32_t job)
{
    const struct job *j = job_at(world, server_of(world, id), job);
    struct ws_who who = ws_who_of(j->own);
    struct channel *s = channel_at(world, server_of(world, id), channel);
    s->flags |= CHANNEL_WS;
    s->heard_ns = world->now_ns;
    room_join(world, id, channel, who);
    ping_begin(world, id, channel);
    if (j->every_ns != 0)
        position_follow(world, id, channel, j);
    trace(world, id, TRACE_WS_OPENED, ws_client_of(world, who.client), who.number);
}

/* The other side says goodbye: RFC 6455 5.5.1, and the server closes TCP first (7.1.1). */
static void channel_goodbye(struct world *world, uint32_t id, uint32_t channel)
{
    const struct channel *s = channel_at(world, server_of(world, id), channel);
    const struct message close = {.bytes = WS_CLOSE_BYTES, .type = WS_CLOSE};
    tcp_send(world, s->socket, id, &close);
    channel_close(world, id, channel);
}

static void channel_frame(struct world *world, uint32_t id, uint32_t channel,
                          const struct message *frame)
{
    channel_at(world, server_of(world, id), channel)->heard_ns = world->now_ns;
    if (frame->type == WS_TEXT || frame->type == WS_PONG)
        work_request(world, id, channel, frame);
    else
        channel_goodbye(world, id, channel);
}

static void channel_message(struct world *world, uint32_t id, uint32_t channel,
                            const struct message *message)
{
    struct channel *s = channel_at(world, server_of(world, id), channel);
    if (secure_message(world, id, channel, message))
        return;
    if ((s->flags & CHANNEL_WS) != 0) {
        channel_frame(world, id, channel, message);
        return;
    }
    bool asks = message->type == HTTP_REQUEST || message->type == WS_UPGRADE ||
                message->type == POSITION_ASK || message->type == POSITION_AWAIT;
    bool knows_h2 = http_has_streams((enum http_version)parameter_get(world, id, SERVER_HTTP));
    if (s->state == CHANNEL_OPEN && asks)
        work_request(world, id, channel, message);
    else if (s->state == CHANNEL_OPEN && message->type == HTTP_PREFACE && knows_h2)
        channel_preface(world, id, channel);
    else if (message->type != HTTP_SETTINGS_ACK)
        channel_bad(world, id, channel);
}

static bool channel_reads(const struct channel *s)
{
    return s->socket != 0 && (s->flags & CHANNEL_LAST) == 0 &&
           (s->jobs == 0 || (s->flags & CHANNEL_STREAMS) != 0);
}

void channel_settle(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    if (channel_at(world, v, channel)->state == CHANNEL_FREE) {
        rows_give(&world->region, &v->channels, sizeof(struct channel), channel);
        return;
    }
    if (channel_at(world, v, channel)->state == CHANNEL_ACCEPTING)
        return;
    if ((channel_at(world, v, channel)->flags & CHANNEL_WS) != 0)
        fanout_writable(world, id, channel);
    else
        answer_continue(world, id, channel);
    struct message message;
    while (channel_reads(channel_at(world, v, channel)) &&
           socket_receive(world, channel_at(world, v, channel)->socket, id, &message))
        channel_message(world, id, channel, &message);
    const struct channel *s = channel_at(world, v, channel);
    if (channel_reads(s) && s->jobs == 0 && (s->flags & CHANNEL_ENDED) != 0)
        channel_close(world, id, channel);
}

void channel_socket(struct world *world, uint32_t id, uint32_t connection, enum socket_event what)
{
    struct server *v = server_of(world, id);
    if (what == SOCKET_ACCEPTABLE)
        return; /* server_settle accepts */
    uint32_t channel = (uint32_t)socket_cookie(world, connection, id);
    if (channel == 0 || channel > v->channels.used)
        return;
    struct channel *s = channel_at(world, v, channel);
    if (s->socket != connection)
        return;
    switch (what) {
    case SOCKET_READABLE:
        channel_note(world, id, channel);
        break;
    case SOCKET_WRITABLE:
        s->flags = (uint16_t)(s->flags & ~CHANNEL_FULL);
        channel_note(world, id, channel);
        break;
    case SOCKET_CLOSED:
        if (quic_is(connection)) { /* both ways at once */
            channel_drop(world, id, channel);
            break;
        }
        s->flags = (uint16_t)(s->flags | CHANNEL_ENDED);
        channel_note(world, id, channel);
        break;
    case SOCKET_FAILED:
    case SOCKET_RESET:
        channel_drop(world, id, channel);
        break;
    default:
        break;
    }
}
