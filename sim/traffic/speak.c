/*
 * What a client says on its connections, and what it hears: RESP, or HTTP with TLS below it.
 */
#include "sim/traffic/client.h"

#include "sim/net/socket.h"
#include "sim/store/protocol.h"

static bool speaks_http(const struct world *world, uint32_t id)
{
    return parameter_get(world, id, CLIENT_OP) == CLIENT_OP_HTTP;
}

static uint32_t secured(const struct place *place, uint32_t bytes)
{
    return (uint32_t)tls_record_bytes((enum tls_version)place->tls, bytes);
}

struct tcp_options speak_options(const struct world *world, uint32_t id)
{
    return (struct tcp_options){.nodelay = parameter_get(world, id, CLIENT_NODELAY) != 0,
                                .keepalive = parameter_get(world, id, CLIENT_SO_KEEPALIVE) != 0,
                                .keepcnt = (uint32_t)parameter_get(world, id, CLIENT_TCP_KEEPCNT),
                                .keepidle_ns = parameter_get(world, id, CLIENT_TCP_KEEPIDLE),
                                .keepintvl_ns = parameter_get(world, id, CLIENT_TCP_KEEPINTVL),
                                .user_timeout_ns =
                                    parameter_get(world, id, CLIENT_TCP_USER_TIMEOUT)};
}

/* Opens what lies below: TCP, or QUIC for HTTP/3. */
uint32_t speak_connect(struct world *world, uint32_t id, uint32_t to)
{
    const struct client *c = client_of(world, id);
    uint64_t resume = parameter_get(world, id, CLIENT_TLS_RESUME);
    const struct tcp_options options = speak_options(world, id);
    if (!speaks_http(world, id) || parameter_get(world, id, CLIENT_HTTP) != HTTP_3)
        return tcp_connect(world, id, to, &options);
    uint64_t session = resume != CLIENT_NO_RESUME && c->session >> 32 == to ? c->session : 0;
    return quic_connect(world, id, to, session, resume == CLIENT_EARLY_DATA);
}

/* --- requests ------------------------------------------------------------------------------- */

/* What is written, whatever is done; who wants the server to close first has to say so. */
static enum http_connection header_of(const struct world *world, uint32_t id)
{
    enum http_connection header =
        (enum http_connection)parameter_get(world, id, CLIENT_CONNECTION_HEADER);
    if (header == HTTP_NO_HEADER && parameter_get(world, id, CLIENT_KEEPALIVE) == 0 &&
        parameter_get(world, id, CLIENT_CLOSE) == SERVER_CLOSES)
        return HTTP_CLOSE;
    return header;
}

static struct message http_request(const struct world *world, uint32_t id,
                                   const struct place *place, const struct request *r)
{
    static const uint16_t flags[] = {
        [HTTP_NO_HEADER] = 0, [HTTP_KEEP_ALIVE] = HTTP_FLAG_KEEP, [HTTP_CLOSE] = HTTP_FLAG_CLOSE};
    enum http_connection header = header_of(world, id);
    enum http_version version = (enum http_version)place->http;
    bool first = (place->flags & PLACE_SPOKEN) == 0;
    struct message ask = {.bytes = secured(place, http_request_bytes(version, header, first)),
                          .type = HTTP_REQUEST,
                          .flags = (uint16_t)((unsigned)version | flags[header]),
                          .a = r->key};
    http_set_cookie(&ask, place->cookie);
    return ask;
}

static struct message resp_request(const struct request *r)
{
    return (struct message){.bytes =
                                resp_request_bytes((enum resp_type)r->type, r->key, r->value_bytes),
                            .type = r->type,
                            .a = r->key,
                            .b = r->write,
                            .c = r->value_bytes};
}

bool speak_ask(struct world *world, uint32_t id, struct place *place, uint32_t request, bool more)
{
    struct request *r = request_at(world, request);
    r->heard = 0;
    r->wait = r->write != 0 ? (uint32_t)parameter_get(world, id, CLIENT_WAIT) : 0;
    struct message message =
        r->type == HTTP_REQUEST ? http_request(world, id, place, r) : resp_request(r);
    message.d = request;
    place->flags |= PLACE_SPOKEN;
    if (r->type == HTTP_REQUEST)
        trace(world, id, TRACE_REQUEST_ASKED, r->key, place->to);
    if (r->wait != 0) { /* both go out together */
        const struct message wait = {.bytes = resp_request_bytes(RESP_WAIT, r->wait, 0),
                                     .type = RESP_WAIT,
                                     .a = r->wait,
                                     .d = request};
        return tcp_send_more(world, place->socket, id, &message) &&
               tcp_send(world, place->socket, id, &wait);
    }
    return more && !quic_is(place->socket) ? tcp_send_more(world, place->socket, id, &message)
                                           : socket_send(world, place->socket, id, &message);
}

uint32_t speak_room(const struct world *world, uint32_t id, const struct place *place)
{
    if (parameter_get(world, id, CLIENT_KEEPALIVE) == 0)
        return (place->flags & PLACE_SPOKEN) == 0 ? 1 : 0;
    if (http_has_streams((enum http_version)place->http))
        return H2_STREAMS;
    return (uint32_t)parameter_get(world, id, CLIENT_PIPELINE);
}

/* --- the handshake -------------------------------------------------------------------------- */

static void tls_say(struct world *world, uint32_t id, const struct place *place, enum tls_type type,
                    uint64_t session)
{
    enum tls_version version = (enum tls_version)place->tls;
    bool resumed = type == TLS_CLIENT_HELLO ? session != 0 : (place->flags & PLACE_RESUMED) != 0;
    struct message message = {.bytes = tls_bytes(type, version, resumed),
                              .type = (uint16_t)type,
                              .flags = place->tls,
                              .a = session,
                              .b = place->http};
    tcp_send(world, place->socket, id, &message);
}

/* Requests may go out: h2 says its preface first. */
static void speak_open(struct world *world, uint32_t id, const struct place *place)
{
    struct message preface = {
        .bytes = secured(place, H2_PREFACE_BYTES), .type = HTTP_PREFACE, .flags = HTTP_2};
    if (place->http == HTTP_2)
        tcp_send(world, place->socket, id, &preface);
}

bool speak_connected(struct world *world, uint32_t id, struct place *place)
{
    struct client *c = client_of(world, id);
    uint64_t resume = parameter_get(world, id, CLIENT_TLS_RESUME);
    place->http = HTTP_1_1;
    if (!speaks_http(world, id))
        return true;
    if (quic_is(place->socket)) {
        place->http = HTTP_3;
        c->session = quic_session(world, place->socket, id);
        return true;
    }
    place->http = (uint8_t)parameter_get(world, id, CLIENT_HTTP);
    place->tls = (uint8_t)parameter_get(world, id, CLIENT_TLS);
    if (place->tls == TLS_NO) {
        speak_open(world, id, place);
        return true;
    }
    uint64_t session = resume != CLIENT_NO_RESUME && c->session >> 32 == place->to ? c->session : 0;
    tls_say(world, id, place, TLS_CLIENT_HELLO, session);
    if (session == 0 || place->tls != TLS_1_3 || resume != CLIENT_EARLY_DATA)
        return false;
    speak_open(world, id, place);
    return true;
}

/* The server has chosen; 1.2 without a session takes another round trip. */
static enum heard hear_hello(struct world *world, uint32_t id, struct place *place,
                             const struct message *hello)
{
    bool early = place->state == PLACE_OPEN;
    place->tls = (uint8_t)hello->flags;
    if (!early)
        place->http = (uint8_t)hello->b;
    if (hello->a != 0)
        place->flags |= PLACE_RESUMED;
    tls_say(world, id, place, TLS_CLIENT_FINISHED, 0);
    if (early)
        return HEARD_NOTHING;
    if (place->tls != TLS_1_3 && hello->a == 0)
        return HEARD_NOTHING; /* its Finished is awaited */
    speak_open(world, id, place);
    return HEARD_SECURE;
}

static enum heard hear_tls(struct world *world, uint32_t id, struct place *place,
                           const struct message *message)
{
    struct client *c = client_of(world, id);
    switch (message->type) {
    case TLS_SERVER_HELLO:
        return hear_hello(world, id, place, message);
    case TLS_SERVER_FINISHED:
        c->session = message->a;
        speak_open(world, id, place);
        return HEARD_SECURE;
    case TLS_TICKET:
        c->session = message->a;
        return HEARD_NOTHING;
    default:
        return HEARD_NOTHING;
    }
}

enum heard speak_hear(struct world *world, uint32_t id, struct place *place,
                      const struct message *message)
{
    if (message->type >= TLS_CLIENT_HELLO && message->type < TLS_TYPES_END)
        return hear_tls(world, id, place, message);
    if (message->type < HTTP_REQUEST)
        return HEARD_ANSWER;
    if (place->state == PLACE_SECURING)
        return HEARD_BAD;
    if (message->type == HTTP_PREFACE) {
        struct message ack = {.bytes = secured(place, H2_SETTINGS_ACK_BYTES),
                              .type = HTTP_SETTINGS_ACK,
                              .flags = HTTP_2};
        tcp_send(world, place->socket, id, &ack);
        return HEARD_NOTHING;
    }
    return (message->flags & HTTP_FLAG_LAST) != 0 ? HEARD_ANSWER : HEARD_NOTHING;
}

/* --- answers -------------------------------------------------------------------------------- */

/* RESP and HTTP/1.x answer in the order of asking; a stream says which it is. */
uint32_t speak_answered(struct world *world, struct place *place, const struct message *answer)
{
    if (answer->type == HTTP_RESPONSE && http_cookie(answer) != 0)
        place->cookie = http_cookie(answer);
    if (!http_has_streams((enum http_version)place->http)) {
        struct request *first =
            place->asked.first == 0 ? NULL : request_at(world, place->asked.first);
        if (first != NULL && first->wait != 0 && first->heard == 0) {
            first->heard = 1 + (uint32_t)speak_outcome(NULL, answer);
            return 0; /* and WAIT's answer is to come */
        }
        return request_pop(world, &place->asked);
    }
    for (uint32_t i = place->asked.first; i != 0; i = request_at(world, i)->next)
        if (i == answer->d && request_at(world, i)->key == answer->a) {
            request_take(world, &place->asked, i);
            return i;
        }
    return 0;
}

enum request_outcome speak_outcome(const struct request *request, const struct message *answer)
{
    if (request != NULL && request->heard != 0) { /* of the write, then of WAIT */
        enum request_outcome write = (enum request_outcome)(request->heard - 1);
        bool enough = answer->type == RESP_COUNT && answer->c >= request->wait;
        return write != REQUEST_ACKED || enough ? write : REQUEST_ERROR;
    }
    if (answer->type >= HTTP_REQUEST)
        return answer->c < 400 ? REQUEST_ACKED : REQUEST_STATUS;
    return (enum request_outcome)resp_refusal((enum resp_type)answer->type);
}

bool speak_was_last(const struct world *world, uint32_t id, const struct message *answer)
{
    bool closes = answer->type >= HTTP_REQUEST && (answer->flags & HTTP_FLAG_CLOSE) != 0;
    return closes || parameter_get(world, id, CLIENT_KEEPALIVE) == 0;
}

void speak_close(struct world *world, uint32_t id, const struct place *place)
{
    if (place->socket == 0)
        return;
    bool secure = place->tls != TLS_NO && place->state >= PLACE_OPEN;
    if (secure && (place->flags & PLACE_ENDED) == 0)
        tls_say(world, id, place, TLS_CLOSE_NOTIFY, 0);
    socket_close(world, place->socket, id);
}
