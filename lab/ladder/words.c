/*
 * What a packet and its messages are called: SYN+ACK, GET /, SET k:17.
 */
#include "lab/ladder/ladder.h"
#include "sim/net/http.h"
#include "sim/net/tls.h"
#include "sim/net/ws.h"
#include "sim/store/protocol.h"

static void key_words(struct text *text, const char *verb, uint64_t key)
{
    text_add(text, verb);
    text_add(text, " k:");
    text_add_u64(text, key);
}

static void resp_words(struct text *text, const struct message *message)
{
    static const char *const answers[] = {
        [RESP_NIL] = "(nil)",          [RESP_MISCONF] = "-MISCONF", [RESP_OOM] = "-OOM",
        [RESP_READONLY] = "-READONLY", [RESP_LOADING] = "-LOADING", [RESP_ERROR] = "-ERR",
    };
    static const char *const asks[] = {
        [RESP_SET] = "SET", [RESP_GET] = "GET", [RESP_INCR] = "INCR", [RESP_DEL] = "DEL"};
    if (message->type < sizeof asks / sizeof asks[0] && asks[message->type]) {
        key_words(text, asks[message->type], message->a);
    } else if (message->type == RESP_WAIT) {
        text_add(text, "WAIT ");
        text_add_u64(text, message->a);
    } else if (message->type == RESP_OK) {
        text_add(text, "OK");
    } else if (message->type < sizeof answers / sizeof answers[0] && answers[message->type]) {
        text_add(text, answers[message->type]);
    }
}

void ladder_message_words(struct text *text, const struct message *message)
{
    size_t before = text->used;
    if (http_message_words(message, text) || tls_message_words(message, text) ||
        ws_message_words(message, text))
        return;
    resp_words(text, message);
    if (text->used != before && message->type < RESP_OK)
        return;
    text_add(text, text->used != before ? "  " : "");
    text_add_grouped(text, message->bytes);
    text_add(text, " B");
}

/* Data that begins no message: the middle or the end of one. */
static void piece_words(struct text *text, const struct wire_segment *wire)
{
    text_add(text, "+");
    text_add_grouped(text, wire->length);
    text_add(text, " B");
}

void ladder_segment_words(struct text *text, const struct ladder_segment *segment, bool news)
{
    const struct wire_segment *wire = &segment->wire;
    unsigned flags = wire->flags;
    if (flags & WIRE_RST)
        text_add(text, "RST");
    else if (flags & WIRE_SYN)
        text_add(text, flags & WIRE_ACK ? "SYN+ACK" : "SYN");
    if (flags & (WIRE_RST | WIRE_SYN))
        return;
    if (wire->length && segment->says[0])
        text_add(text, segment->says);
    else if (wire->length)
        piece_words(text, wire);
    if (flags & WIRE_FIN) {
        text_add(text, wire->length ? " FIN" : news ? "FIN+ACK" : "FIN");
    } else if (!wire->length) {
        text_add(text, "ACK");
        if (wire->options.sacks)
            text_add(text, " SACK");
    }
}
