/*
 * TLS: bytes of the handshake's messages and of records, the words for a screen.
 */
#include "sim/net/tls.h"

#define RECORD_DATA_BYTES 16384u

/* 1.3: header 5, type 1, tag 16.  1.2: header 5, nonce 8, tag 16. */
static uint32_t record_head_bytes(enum tls_version version)
{
    return version == TLS_1_3 ? 22 : version == TLS_1_2 ? 29 : 0;
}

uint32_t tls_bytes(enum tls_type type, enum tls_version version, bool resumed)
{
    switch (type) {
    case TLS_CLIENT_HELLO:
        return resumed ? 522 : 517;
    case TLS_SERVER_HELLO:
        if (version == TLS_1_3)
            return resumed ? 245 : 777;
        return resumed ? 141 : 649;
    case TLS_CLIENT_FINISHED:
        if (version == TLS_1_3)
            return 80;
        return resumed ? 51 : 93;
    case TLS_SERVER_FINISHED:
        return 51;
    case TLS_TICKET:
        return 295;
    default:
        return record_head_bytes(version) + 2; /* an alert */
    }
}

uint64_t tls_record_bytes(enum tls_version version, uint64_t bytes)
{
    uint64_t records = (bytes + RECORD_DATA_BYTES - 1) / RECORD_DATA_BYTES;
    return bytes + records * record_head_bytes(version);
}

bool tls_message_words(const struct message *message, struct text *text)
{
    static const char *const words[] = {"ClientHello", "ServerHello", "Finished",
                                        "Finished",    "Ticket",      "close_notify"};
    if (message->type < TLS_CLIENT_HELLO || message->type >= TLS_TYPES_END)
        return false;
    text_add(text, words[message->type - TLS_CLIENT_HELLO]);
    return true;
}
