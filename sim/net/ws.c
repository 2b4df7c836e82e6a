/*
 * WebSocket: bytes of frames, who is who, the words for a screen.
 */
#include "sim/net/ws.h"

#define SHORT_MOST  125u
#define MIDDLE_MOST 65535u
#define MASK_BYTES  4u

static uint64_t head_bytes(uint64_t data_bytes)
{
    return data_bytes <= SHORT_MOST ? 2 : data_bytes <= MIDDLE_MOST ? 4 : 10;
}

uint64_t ws_frame_bytes(uint64_t data_bytes, bool masked)
{
    return head_bytes(data_bytes) + (masked ? MASK_BYTES : 0) + data_bytes;
}

uint64_t ws_data_bytes(uint64_t frame_bytes, bool masked)
{
    uint64_t rest = frame_bytes - (masked ? MASK_BYTES : 0);
    return rest <= SHORT_MOST + 2 ? rest - 2 : rest <= MIDDLE_MOST + 4 ? rest - 4 : rest - 10;
}

/* --- who ------------------------------------------------------------------------------------ */

#define COMPONENT_BITS 20
#define COMPONENT_MASK ((1u << COMPONENT_BITS) - 1)

uint32_t ws_client_key(const struct world *world, uint32_t component)
{
    return component_at(world, component)->order << COMPONENT_BITS | component;
}

uint32_t ws_client_of(const struct world *world, uint32_t key)
{
    uint32_t component = key & COMPONENT_MASK;
    bool same = component_at(world, component)->kind == KIND_CLIENT &&
                ws_client_key(world, component) == key;
    return same ? component : 0;
}

/* --- words ---------------------------------------------------------------------------------- */

bool ws_message_words(const struct message *message, struct text *text)
{
    static const char *const words[] = {[WS_UPGRADE - WS_UPGRADE] = "GET /chat Upgrade",
                                        [WS_SWITCHED - WS_UPGRADE] = "101 Switching Protocols",
                                        [WS_TEXT - WS_UPGRADE] = "text",
                                        [WS_DELIVERY - WS_UPGRADE] = "text",
                                        [WS_PING - WS_UPGRADE] = "ping",
                                        [WS_PONG - WS_UPGRADE] = "pong",
                                        [WS_CLOSE - WS_UPGRADE] = "close",
                                        [POSITION_ASK - WS_UPGRADE] = "GET /position",
                                        [POSITION_AWAIT - WS_UPGRADE] = "GET /position?wait",
                                        [POSITION - WS_UPGRADE] = "200 position",
                                        [WS_POSITION - WS_UPGRADE] = "position"};
    if (message->type < WS_UPGRADE || message->type >= WS_TYPES_END)
        return false;
    text_add(text, words[message->type - WS_UPGRADE]);
    if (message->type == WS_TEXT || message->type == WS_DELIVERY) {
        text_add(text, " #");
        text_add_u64(text, message->a);
    }
    return true;
}
