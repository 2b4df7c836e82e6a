/*
 * HTTP 1.0, 1.1, 2 and 3 as messages: what the words of a message mean (sim/net/tcp.h), how many
 * bytes they take on the wire, and which connections persist.
 *
 * Bytes are those of nginx 1.22 and of a client that writes no more than it must (TRUTH net.*).
 */
#ifndef SIM_NET_HTTP_H
#define SIM_NET_HTTP_H

#include "sim/engine/text.h"
#include "sim/net/tcp.h"

/* The choices of `http=`, in the order of the rows: a later one understands the earlier ones. */
enum http_version { HTTP_1_1, HTTP_1_0, HTTP_2, HTTP_3, HTTP_VERSIONS };
#define HTTP_VERSION_WORDS "1.1|1.0|2|3"

/* The choices of `connection-header=`. */
enum http_connection { HTTP_NO_HEADER, HTTP_KEEP_ALIVE, HTTP_CLOSE };

/* Types of messages.  Those of the store begin at 1 (sim/store/protocol.h). */
enum http_type {
    HTTP_REQUEST = 256, /* a = number of the client's request, d = the client's own, comes back */
    HTTP_RESPONSE,      /* head and first piece; a, d as asked, b = bytes of the body, c = status */
    HTTP_BODY,          /* a further piece of it: a, d as asked */
    HTTP_PREFACE,       /* h2: the client's preface and SETTINGS; the server's SETTINGS */
    HTTP_SETTINGS_ACK,
    HTTP_TYPES_END
};

/* Flags of a message: a version (enum http_version) in the lowest bits, and */
#define HTTP_VERSION_BITS 3u
#define HTTP_FLAG_CLOSE   4u  /* Connection: close */
#define HTTP_FLAG_KEEP    8u  /* Connection: keep-alive */
#define HTTP_FLAG_LAST    16u /* the response ends with this piece */

/* Cookie: SRV=...: which of a balancer's servers answered first, 1 to 255; 0 none.  In a request
 * the client's, in a response the Set-Cookie. */
#define HTTP_COOKIE_SHIFT 8u
static inline uint32_t http_cookie(const struct message *message)
{
    return (uint32_t)message->flags >> HTTP_COOKIE_SHIFT;
}
static inline void http_set_cookie(struct message *message, uint32_t cookie)
{
    message->flags = (uint16_t)((message->flags & ((1u << HTTP_COOKIE_SHIFT) - 1)) |
                                cookie << HTTP_COOKIE_SHIFT);
}

static inline enum http_version http_version_of(const struct message *message)
{
    return (enum http_version)(message->flags & HTTP_VERSION_BITS);
}

/* What two that understand these versions speak with each other: the lower one. */
enum http_version http_common(enum http_version client, enum http_version server);

/* Many requests at a time on one connection, each a stream of its own. */
static inline bool http_has_streams(enum http_version version)
{
    return version == HTTP_2 || version == HTTP_3;
}

/* Does the connection stay open after this request, as far as the request says?  RFC 9112 9.3: 1.1
 * persists unless `close` is said, 1.0 closes unless `keep-alive` is said; h2 and h3 always
 * persist. */
bool http_persists(const struct message *request);

/* Bytes of a request; `first` on its connection (h2: the header table is empty). */
uint32_t http_request_bytes(enum http_version version, enum http_connection header, bool first);

/* Bytes of a response's head, and of the whole response (h2: with its frames). */
uint64_t http_response_bytes(enum http_version version, uint32_t status, uint64_t body_bytes,
                             bool persists);

/* A response is handed to the kernel in pieces of this many bytes at most, 45 whole segments;
 * frames of h2 (nginx http2_chunk_size) are smaller, so that streams take turns. */
#define HTTP_PIECE_BYTES 65160u
#define H2_FRAME_BYTES   8192u

#define H2_PREFACE_BYTES      64u
#define H2_SETTINGS_BYTES     49u
#define H2_SETTINGS_ACK_BYTES 9u
#define H2_STREAMS            128u /* nginx http2_max_concurrent_streams */

/* Body of an error's page: nginx's own, with its three digits and words. */
uint64_t http_error_body_bytes(uint32_t status);

/* "GET /", "200 452 B": what a person calls the message; false when it is none of HTTP's. */
bool http_message_words(const struct message *message, struct text *text);

#endif
