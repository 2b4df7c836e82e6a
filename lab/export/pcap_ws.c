/*
 * What WebSockets look like on the wire: the upgrade and its 101, the head of a frame with its mask
 * (RFC 6455 5.2), and HTTP about positions.
 */
#include <string.h>

#include "lab/export/pcap.h"
#include "sim/net/ws.h"

#define HEAD_BYTES 512
#define MASKED     0x80u

/* The key of RFC 6455 1.3, and what answers it. */
static const char upgrade_end[] = "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                  "Sec-WebSocket-Version: 13\r\n\r\n";
static const char switched[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                               "Connection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

/* The begin, as many letters as it takes to have so many bytes, and the end. */
static void between(struct text *text, const char *begin, const char *end, uint64_t bytes)
{
    text_add(text, begin);
    while (text->used + strlen(end) < bytes && !text->cut)
        text_add_char(text, 'x');
    text_add(text, end);
}

static void head_words(struct text *text, const struct message *message)
{
    switch (message->type) {
    case WS_UPGRADE:
        between(text, "GET /chat HTTP/1.1\r\nHost: ", upgrade_end, message->bytes);
        break;
    case WS_SWITCHED:
        text_add(text, switched);
        if (message->bytes > WS_SWITCHED_BYTES)
            between(text, "Date: ", "\r\n\r\n", message->bytes);
        else
            text_add(text, "\r\n");
        break;
    case POSITION_ASK:
        between(text, "GET /position HTTP/1.1\r\nHost: x\r\nCookie: ", "\r\n\r\n", message->bytes);
        break;
    case POSITION_AWAIT:
        between(text, "GET /position?wait HTTP/1.1\r\nHost: x\r\nCookie: ", "\r\n\r\n",
                message->bytes);
        break;
    default:
        between(text,
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 88\r\n"
                "Server: outage/",
                "\r\n\r\n", POSITION_HEAD_BYTES);
        break;
    }
}

/* What is said by a client is masked; a close is by its length one or the other's. */
static bool is_masked(const struct message *message)
{
    return message->type == WS_TEXT || message->type == WS_PONG ||
           (message->type == WS_CLOSE && message->bytes > WS_CLOSE_BYTES);
}

static uint8_t opcode(unsigned type)
{
    return type == WS_PING ? 9 : type == WS_PONG ? 10 : type == WS_CLOSE ? 8 : 1;
}

/* The head of a frame; its bytes. */
static uint32_t frame_head(uint8_t head[14], const struct message *message, const uint8_t mask[4])
{
    bool masked = is_masked(message);
    uint64_t data = ws_data_bytes(message->bytes, masked);
    uint32_t used = 2, more = data <= 125 ? 0 : data <= 65535 ? 2 : 8;
    head[0] = (uint8_t)(0x80u | opcode(message->type)); /* FIN */
    head[1] = (uint8_t)((masked ? MASKED : 0) | (more == 0 ? data : more == 2 ? 126 : 127));
    for (uint32_t i = more; i-- > 0;)
        head[used++] = (uint8_t)(data >> (8 * i));
    for (uint32_t i = 0; masked && i < 4; i++)
        head[used++] = mask[i];
    return used;
}

/* Of the data: text is letters, a close begins with its code 1000. */
static uint8_t data_byte(const struct message *message, uint32_t at)
{
    if (message->type != WS_CLOSE)
        return 'x';
    return at == 0 ? 1000 >> 8 : 1000 & 0xff;
}

static void frame_fill(uint8_t *to, const struct pcap_piece *piece)
{
    const struct message *message = &piece->message;
    uint32_t key = (uint32_t)(message->a + 1) * 0x9E3779B1u;
    const uint8_t mask[4] = {(uint8_t)(key >> 24), (uint8_t)(key >> 16), (uint8_t)(key >> 8),
                             (uint8_t)key};
    uint8_t head[14];
    uint32_t used = frame_head(head, message, mask);
    for (uint32_t i = 0; i < piece->bytes; i++) {
        uint32_t at = piece->offset + i;
        uint8_t cover = is_masked(message) && at >= used ? mask[(at - used) % 4] : 0;
        to[i] = at < used ? head[at] : (uint8_t)(data_byte(message, at - used) ^ cover);
    }
}

void pcap_ws(uint8_t *to, const struct pcap_piece *piece)
{
    unsigned type = piece->message.type;
    char words[HEAD_BYTES];
    struct text text = TEXT(words);
    if ((type >= WS_TEXT && type <= WS_CLOSE) || type == WS_POSITION) {
        frame_fill(to, piece);
        return;
    }
    text_clear(&text);
    head_words(&text, &piece->message);
    for (uint32_t i = 0; i < piece->bytes; i++) {
        uint32_t at = piece->offset + i;
        to[i] = at < text.used ? (uint8_t)words[at] : 'x';
    }
}
