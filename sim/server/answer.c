/*
 * Responses leave: piece by piece, as the kernel takes them.
 *
 * HTTP/1.x: one after the other; the one that ends the connection has the FIN on its last segment.
 * h2: streams take turns, a frame each.  h3: a stream is the kernel's no business, QUIC keeps it.
 */
#include "sim/server/server_state.h"

/* Which of the connection's ends is it?  The request's word, and the server's own limits. */
static bool persists(const struct world *world, uint32_t id, const struct channel *s,
                     const struct job *j, enum http_version version)
{
    struct message request = {.flags =
                                  (uint16_t)((j->flags & ~HTTP_VERSION_BITS) | (unsigned)version)};
    return http_persists(&request) && parameter_get(world, id, SERVER_KEEPALIVE_TIMEOUT) != 0 &&
           s->requests < parameter_get(world, id, SERVER_KEEPALIVE_REQUESTS);
}

static bool is_position(const struct job *j)
{
    return j->status == 200 && (j->type == POSITION_ASK || j->type == POSITION_AWAIT);
}

/* TRUTH ws.handshake.bytes: Tomcat's has a Date. */
static uint64_t switched_bytes(const struct world *world, uint32_t id)
{
    return parameter_get(world, id, SERVER_STACK) == STACK_TOMCAT ? WS_SWITCHED_DATE_BYTES
                                                                  : WS_SWITCHED_BYTES;
}

static uint16_t piece_type(const struct job *j)
{
    if (is_position(j))
        return POSITION;
    return j->status == 101 ? WS_SWITCHED : j->begun ? HTTP_BODY : HTTP_RESPONSE;
}

static uint64_t body_bytes(const struct world *world, uint32_t id, uint32_t status)
{
    return status == 101   ? 0
           : status == 200 ? parameter_get(world, id, SERVER_RESPONSE)
                           : http_error_body_bytes(status);
}

void answer_begin(struct world *world, uint32_t id, uint32_t job, uint32_t status)
{
    struct server *v = server_of(world, id);
    struct job *j = job_at(world, v, job);
    struct channel *s = channel_at(world, v, j->channel);
    enum http_version version =
        http_common((enum http_version)(j->flags & HTTP_VERSION_BITS),
                    (enum http_version)parameter_get(world, id, SERVER_HTTP));
    bool open = status == 101 || persists(world, id, s, j, version);
    j->state = JOB_WRITES;
    j->status = (uint16_t)status;
    j->body = is_position(j) ? position_of(world, j) : body_bytes(world, id, status);
    j->left = is_position(j)  ? POSITION_HEAD_BYTES + POSITION_BYTES
              : status == 101 ? switched_bytes(world, id)
                              : http_response_bytes(version, status, j->body, open);
    if (s->socket == 0) {
        work_answered(world, id, job);
        return;
    }
    if (status >= 400)
        v->errors++;
    if (!open)
        s->flags = (uint16_t)(s->flags | CHANNEL_LAST);
    j->begun = 0;
    job_push(world, v, &s->writing, job);
    answer_continue(world, id, j->channel);
}

/* The last piece of the last answer: the socket is closed behind it. */
static bool send_last(struct world *world, uint32_t id, const struct channel *s,
                      const struct message *piece)
{
    if (quic_is(s->socket)) {
        bool sent = quic_send(world, s->socket, id, piece);
        quic_close(world, s->socket, id);
        return sent;
    }
    if (s->tls == TLS_NO)
        return tcp_send_last(world, s->socket, id, piece);
    struct message notify = {.bytes = tls_bytes(TLS_CLOSE_NOTIFY, (enum tls_version)s->tls, false),
                             .type = TLS_CLOSE_NOTIFY,
                             .flags = s->tls};
    return tcp_send_more(world, s->socket, id, piece) &&
           tcp_send_last(world, s->socket, id, &notify);
}

/* Hands the next piece over; false when the kernel takes no more. */
static bool answer_piece(struct world *world, uint32_t id, uint32_t channel, uint32_t job)
{
    struct server *v = server_of(world, id);
    struct channel *s = channel_at(world, v, channel);
    struct job *j = job_at(world, v, job);
    bool h2 = (s->flags & CHANNEL_STREAMS) != 0;
    uint64_t most = quic_is(s->socket) ? j->left : h2 ? H2_FRAME_BYTES : HTTP_PIECE_BYTES;
    uint64_t bytes = j->left < most ? j->left : most;
    bool ends = bytes == j->left, closes = ends && (s->flags & CHANNEL_LAST) != 0 && s->jobs == 1;
    struct message piece = {.bytes = (uint32_t)tls_record_bytes((enum tls_version)s->tls, bytes),
                            .type = piece_type(j),
                            .flags =
                                (uint16_t)((ends ? HTTP_FLAG_LAST : 0) |
                                           ((s->flags & CHANNEL_LAST) != 0 ? HTTP_FLAG_CLOSE : 0)),
                            .a = j->number,
                            .b = j->body,
                            .c = j->status,
                            .d = j->own};
    bool sent =
        closes ? send_last(world, id, s, &piece) : socket_send(world, s->socket, id, &piece);
    if (!sent)
        return false;
    j->begun = 1;
    j->left -= bytes;
    job_pop(world, v, &s->writing);
    if (!ends) {
        job_push(world, v, &s->writing, job); /* h1 has no other: it goes on with the same */
        return true;
    }
    if (j->status == 101)
        channel_upgrade(world, id, channel, job);
    work_answered(world, id, job);
    if (closes)
        channel_drop(world, id, channel);
    return true;
}

void answer_continue(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    for (;;) {
        struct channel *s = channel_at(world, v, channel);
        if (s->socket == 0 || s->writing.jobs.first == 0 || (s->flags & CHANNEL_FULL) != 0)
            return;
        if (answer_piece(world, id, channel, s->writing.jobs.first))
            continue;
        s->flags = (uint16_t)(s->flags | CHANNEL_FULL);
        return;
    }
}
