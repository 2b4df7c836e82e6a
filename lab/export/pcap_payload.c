/*
 * What messages look like on the wire: RESP and HTTP/1 to the byte, the head of a TLS record.
 */
#include <string.h>

#include "lab/export/pcap.h"
#include "sim/net/http.h"
#include "sim/net/tls.h"
#include "sim/net/ws.h"
#include "sim/store/protocol.h"

#define HEAD_BYTES 1024

/* The words of a message's beginning and of its end; between them its value, or blanks. */
struct wording {
    struct text head;
    const char *tail;
    char fill;
};

static void bulk_add(struct text *text, const char *words)
{
    text_add_char(text, '$');
    text_add_u64(text, strlen(words));
    text_add(text, "\r\n");
    text_add(text, words);
    text_add(text, "\r\n");
}

static void key_add(struct text *text, uint64_t key)
{
    char name[32];
    struct text words = TEXT(name);
    text_clear(&words);
    text_add(&words, "k:");
    text_add_u64(&words, key);
    bulk_add(text, name);
}

static void request_words(struct wording *to, const struct message *message)
{
    struct text *head = &to->head;
    switch (message->type) {
    case RESP_SET:
        text_add(head, "*3\r\n");
        bulk_add(head, "SET");
        key_add(head, message->a);
        text_add_char(head, '$');
        text_add_u64(head, message->c);
        text_add(head, "\r\n");
        break;
    case RESP_WAIT: {
        char count[24];
        struct text words = TEXT(count);
        text_clear(&words);
        text_add_u64(&words, message->a);
        text_add(head, "*3\r\n");
        bulk_add(head, "WAIT");
        bulk_add(head, count);
        bulk_add(head, "0");
        break;
    }
    default:
        text_add(head, "*2\r\n");
        bulk_add(head, message->type == RESP_GET   ? "GET"
                       : message->type == RESP_DEL ? "DEL"
                                                   : "INCR");
        key_add(head, message->a);
    }
    to->tail = "\r\n";
    to->fill = 'v';
}

/* "$100\r\n" before so many bytes of a value that all take `bytes`. */
static void value_words(struct wording *to, uint32_t bytes)
{
    uint32_t value = bytes;
    while (value && resp_answer_bytes(RESP_OK, value) > bytes)
        value--;
    text_add_char(&to->head, '$');
    text_add_u64(&to->head, value);
    text_add(&to->head, "\r\n");
    to->fill = 'v';
}

static void answer_words(struct wording *to, const struct message *message)
{
    static const char *const words[] = {
        [RESP_NIL] = "$-1",
        [RESP_MISCONF] = "-MISCONF Redis is configured to save RDB snapshots, but it's currently "
                         "unable to persist to disk.",
        [RESP_OOM] = "-OOM command not allowed when used memory > 'maxmemory'.",
        [RESP_READONLY] = "-READONLY You can't write against a read only replica.",
        [RESP_LOADING] = "-LOADING Redis is loading the dataset in memory",
        [RESP_ERROR] = "-ERR value is not an integer or out of range",
    };
    to->tail = "\r\n";
    to->fill = ' ';
    if (message->type != RESP_OK)
        text_add(&to->head, words[message->type]);
    else if (message->bytes == resp_answer_bytes(RESP_OK, 0))
        text_add(&to->head, "+OK");
    else
        value_words(to, message->bytes);
}

/* --- HTTP/1 ----------------------------------------------------------------------------------- */

static const char *connection_words(const struct message *message)
{
    return message->flags & HTTP_FLAG_CLOSE  ? "Connection: close\r\n"
           : message->flags & HTTP_FLAG_KEEP ? "Connection: keep-alive\r\n"
                                             : "";
}

/* A larger request has a longer path. */
static void http_request_words(struct wording *to, const struct message *message)
{
    struct text *head = &to->head;
    const char *version = http_version_of(message) == HTTP_1_0 ? "1.0" : "1.1";
    const char *connection = connection_words(message);
    size_t least = strlen("GET /small HTTP/1.1\r\nHost: x\r\n\r\n") + strlen(connection);
    text_add(head, "GET /small");
    for (size_t i = least; i < message->bytes && !head->cut; i++)
        text_add_char(head, 'l');
    text_add(head, " HTTP/");
    text_add(head, version);
    text_add(head, "\r\nHost: x\r\n");
    text_add(head, connection);
    text_add(head, "\r\n");
}

static const char *reason_words(uint64_t status)
{
    switch (status) {
    case 400:
        return "Bad Request";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Temporarily Unavailable";
    case 504:
        return "Gateway Time-out";
    default:
        return "OK";
    }
}

/* As many bytes as the server's head has: its last header is as long as need be. */
static void http_response_words(struct wording *to, const struct message *message)
{
    struct text *head = &to->head;
    bool closes = (message->flags & HTTP_FLAG_CLOSE) != 0;
    uint64_t whole =
        http_response_bytes(http_version_of(message), (uint32_t)message->c, message->b, !closes);
    uint64_t bytes = whole - message->b;
    text_add(head, http_version_of(message) == HTTP_1_0 ? "HTTP/1.0 " : "HTTP/1.1 ");
    text_add_u64(head, message->c);
    text_add_char(head, ' ');
    text_add(head, reason_words(message->c));
    text_add(head, "\r\nContent-Type: text/plain\r\nContent-Length: ");
    text_add_u64(head, message->b);
    text_add(head, closes ? "\r\nConnection: close" : "\r\nConnection: keep-alive");
    text_add(head, "\r\nServer: outage/");
    while (head->used + 4 < bytes && !head->cut)
        text_add_char(head, '0');
    text_add(head, "\r\n\r\n");
    to->fill = 'x';
}

/* --- all -------------------------------------------------------------------------------------- */

static void message_words(struct wording *to, const struct message *message)
{
    bool text = http_version_of(message) != HTTP_2;
    if (message->type >= RESP_SET && message->type <= RESP_WAIT)
        request_words(to, message);
    else if (message->type >= RESP_OK && message->type <= RESP_ERROR)
        answer_words(to, message);
    else if (message->type == HTTP_REQUEST && text)
        http_request_words(to, message);
    else if (message->type == HTTP_RESPONSE && text)
        http_response_words(to, message);
    else
        to->fill = message->type == HTTP_BODY && text ? 'x' : '.';
}

/* A record's head and what nobody can read: RFC 8446 5.1. */
static void secret_fill(uint8_t *to, const struct pcap_piece *piece)
{
    uint32_t type = piece->message.type, length = piece->message.bytes - 5;
    bool shakes = type >= TLS_CLIENT_HELLO && type <= TLS_SERVER_FINISHED;
    const uint8_t head[5] = {shakes ? 22 : 23, 3, 3, (uint8_t)(length >> 8), (uint8_t)length};
    for (uint32_t i = 0; i < piece->bytes; i++) {
        uint32_t at = piece->offset + i;
        to[i] = at < sizeof head ? head[at] : (uint8_t)((at + type) * 0x9E3779B1u >> 24);
    }
}

void pcap_payload(uint8_t *to, const struct pcap_piece *piece)
{
    char head[HEAD_BYTES];
    struct wording wording = {.head = TEXT(head), .tail = "", .fill = '.'};
    uint32_t whole = piece->message.bytes;
    if (!piece->secret && piece->message.type >= WS_UPGRADE) {
        pcap_ws(to, piece);
        return;
    }
    if (piece->secret || piece->message.type >= TLS_CLIENT_HELLO) {
        secret_fill(to, piece);
        return;
    }
    text_clear(&wording.head);
    message_words(&wording, &piece->message);
    uint32_t tail = (uint32_t)strlen(wording.tail), used = (uint32_t)wording.head.used;
    for (uint32_t i = 0; i < piece->bytes; i++) {
        uint32_t at = piece->offset + i;
        if (at + tail >= whole)
            to[i] = (uint8_t)wording.tail[at + tail - whole];
        else
            to[i] = (uint8_t)(at < used ? head[at] : wording.fill);
    }
}
