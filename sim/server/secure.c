/*
 * TLS at the server: which flight answers which.  A session is taken up again when this very
 * process gave it: its ticket keys are its own, as nginx's are without ssl_session_ticket_key.
 */
#include "sim/server/server_state.h"

static void secure_send(struct world *world, uint32_t id, const struct channel *s,
                        enum tls_type type, uint64_t a, uint64_t b)
{
    enum tls_version version = (enum tls_version)s->tls;
    struct message message = {.bytes = tls_bytes(type, version, s->resumed != 0),
                              .type = (uint16_t)type,
                              .flags = s->tls,
                              .a = a,
                              .b = b};
    tcp_send(world, s->socket, id, &message);
}

static uint64_t own_session(const struct world *world, uint32_t id)
{
    return tls_session(id, component_at(world, id)->life);
}

/* b of the answer: what both speak (ALPN). */
static void take_hello(struct world *world, uint32_t id, struct channel *s,
                       const struct message *hello)
{
    enum tls_version offered = (enum tls_version)hello->flags;
    s->tls = (uint16_t)tls_common(offered, (enum tls_version)s->tls);
    s->resumed = hello->a == own_session(world, id);
    enum http_version spoken = http_common(
        (enum http_version)hello->b, (enum http_version)parameter_get(world, id, SERVER_HTTP));
    secure_send(world, id, s, TLS_SERVER_HELLO, s->resumed, (uint64_t)spoken);
    /* Early data comes before the client's Finished; RFC 8446 2.3. */
    if (s->tls == TLS_1_3 && s->resumed)
        s->state = CHANNEL_OPEN;
}

static void take_finished(struct world *world, uint32_t id, struct channel *s)
{
    if (s->tls == TLS_1_3)
        for (unsigned i = 0; i < TLS_TICKETS; i++)
            secure_send(world, id, s, TLS_TICKET, own_session(world, id), 0);
    else if (!s->resumed)
        secure_send(world, id, s, TLS_SERVER_FINISHED, own_session(world, id), 0);
    s->state = CHANNEL_OPEN;
}

bool secure_message(struct world *world, uint32_t id, uint32_t channel,
                    const struct message *message)
{
    struct channel *s = channel_at(world, server_of(world, id), channel);
    if (message->type == TLS_CLOSE_NOTIFY)
        return true; /* the FIN is behind it */
    if (s->state == CHANNEL_SECURING && message->type == TLS_CLIENT_HELLO)
        take_hello(world, id, s, message);
    else if (s->tls != TLS_NO && message->type == TLS_CLIENT_FINISHED)
        take_finished(world, id, s);
    else
        return false;
    return true;
}
