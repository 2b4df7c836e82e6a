/*
 * HTTP 1.0, 1.1, 2 and 3: bytes of requests and responses, persistence, the words for a screen.
 */
#include "sim/net/http.h"

#define REQUEST_BYTES       32u  /* GET /small HTTP/1.1, Host: x: TRUTH net.keepalive.100seq */
#define CLOSE_HEADER_BYTES  19u  /* Connection: close */
#define KEEP_HEADER_BYTES   24u  /* Connection: keep-alive */
#define RESPONSE_HEAD_BYTES 225u /* nginx's, without Connection and the digits of the length */
#define H2_REQUEST_BYTES    45u  /* HEADERS: ladder "h2c prior knowledge" */
#define H2_AGAIN_BYTES      20u  /* all of it is in the header table, the path may be new */
#define H2_HEAD_BYTES       125u /* nginx keeps no table of its own: as large each time */
#define H2_FRAME_HEAD_BYTES 9u
#define H3_HEAD_BYTES       93u /* HEADERS by QPACK's static table, the head of DATA */

static uint32_t digits(uint64_t number)
{
    uint32_t count = 1;
    for (; number >= 10; number /= 10)
        count++;
    return count;
}

/* How far one has come: 1.0 before 1.1 before 2 before 3. */
static unsigned http_rank(enum http_version version)
{
    return version == HTTP_1_0 ? 0 : version == HTTP_1_1 ? 1 : (unsigned)version;
}

enum http_version http_common(enum http_version client, enum http_version server)
{
    return http_rank(client) < http_rank(server) ? client : server;
}

bool http_persists(const struct message *request)
{
    switch (http_version_of(request)) {
    case HTTP_1_0:
        return (request->flags & HTTP_FLAG_KEEP) != 0;
    case HTTP_1_1:
        return (request->flags & HTTP_FLAG_CLOSE) == 0;
    default:
        return true;
    }
}

uint32_t http_request_bytes(enum http_version version, enum http_connection header, bool first)
{
    if (http_has_streams(version))
        return first ? H2_REQUEST_BYTES : H2_AGAIN_BYTES;
    return REQUEST_BYTES + (header == HTTP_CLOSE        ? CLOSE_HEADER_BYTES
                            : header == HTTP_KEEP_ALIVE ? KEEP_HEADER_BYTES
                                                        : 0);
}

/* "OK" and the longer words of the status line. */
static uint32_t reason_bytes(uint32_t status)
{
    switch (status) {
    case 400:
        return 11; /* Bad Request */
    case 502:
        return 11; /* Bad Gateway */
    case 503:
        return 31; /* Service Temporarily Unavailable */
    case 504:
        return 16; /* Gateway Time-out */
    default:
        return 2;
    }
}

uint64_t http_response_bytes(enum http_version version, uint32_t status, uint64_t body_bytes,
                             bool persists)
{
    if (version == HTTP_3)
        return H3_HEAD_BYTES + body_bytes;
    if (version == HTTP_2) {
        uint64_t frames = (body_bytes + H2_FRAME_BYTES - 1) / H2_FRAME_BYTES;
        return H2_HEAD_BYTES + body_bytes + frames * H2_FRAME_HEAD_BYTES;
    }
    return RESPONSE_HEAD_BYTES + reason_bytes(status) - reason_bytes(200) + digits(body_bytes) +
           (persists ? KEEP_HEADER_BYTES : CLOSE_HEADER_BYTES) + body_bytes;
}

/* <html> ... <center><h1>503 Service Temporarily Unavailable</h1></center> ... nginx/1.22.1 */
uint64_t http_error_body_bytes(uint32_t status)
{
    return 135 + 2 * (uint64_t)reason_bytes(status);
}

bool http_message_words(const struct message *message, struct text *text)
{
    switch (message->type) {
    case HTTP_REQUEST:
        text_add(text, "GET /");
        return true;
    case HTTP_RESPONSE:
        text_add_u64(text, message->c);
        text_add(text, " ");
        text_add_grouped(text, message->bytes);
        text_add(text, " B");
        return true;
    case HTTP_BODY:
        text_add_grouped(text, message->bytes);
        text_add(text, " B");
        return true;
    case HTTP_PREFACE:
        text_add(text, "SETTINGS");
        return true;
    case HTTP_SETTINGS_ACK:
        text_add(text, "SETTINGS ACK");
        return true;
    default:
        return false;
    }
}
