/*
 * WebSocket as messages (RFC 6455): what the words of a message mean (sim/net/tcp.h), how many
 * bytes they take on the wire; and who is reached by what, the address of a room.
 *
 * Bytes are TRUTH ws.handshake.bytes and ws.polling.bytes.
 */
#ifndef SIM_NET_WS_H
#define SIM_NET_WS_H

#include "sim/engine/text.h"
#include "sim/net/tcp.h"

/* Types of messages; those of HTTP and TLS lie below.  d is always whose connection it is
 * (struct ws_who), of a delivery and of a position the reader's. */
enum ws_type {
    WS_UPGRADE = 768, /* GET with Upgrade: websocket; of a vehicle's viewer a, c as POSITION_ASK */
    WS_SWITCHED,      /* 101 */
    WS_TEXT,          /* client to server: a = its number, b = to whom (struct ws_room), c = when */
    WS_DELIVERY,      /* server to client: a, c as sent */
    WS_PING,
    WS_PONG,
    WS_CLOSE,
    POSITION_ASK, /* HTTP: a = time between two moves, b = the move that was seen last (ns, 0 none),
                   * c = when one of its moves is */
    POSITION_AWAIT, /* the same; answered when it has moved */
    POSITION,       /* HTTP's answer: b = the move that it tells of (ns) */
    WS_POSITION,    /* the same as a frame */
    WS_TYPES_END
};

#define WS_UPGRADE_BYTES       164u /* GET /chat, Host, Upgrade, Connection, key, version */
#define WS_SWITCHED_BYTES      129u /* what ws and Netty write */
#define WS_SWITCHED_DATE_BYTES 147u /* Tomcat, with a Date */
#define WS_PING_BYTES          2u
#define WS_PONG_BYTES          6u   /* masked */
#define WS_CLOSE_BYTES         4u   /* with its code */
#define POSITION_ASK_BYTES     439u /* a browser's headers, with a cookie */
#define POSITION_HEAD_BYTES    219u
#define POSITION_BYTES         88u             /* {"id":...,"lat":...,"lng":...,"t":...} */
#define WS_CLOSE_WAIT_NS       (5 * SECOND_NS) /* for the other side's close frame */

/* Bytes of a frame (RFC 6455 5.2): 2, 4 or 10 before the data, a client's mask takes 4 more. */
uint64_t ws_frame_bytes(uint64_t data_bytes, bool masked);
/* The data in a frame of so many bytes. */
uint64_t ws_data_bytes(uint64_t frame_bytes, bool masked);

/* A client's connection: its component with some bits of when that was added, so that one that was
 * removed is not taken for another; and the connection's number within it, from 1. */
struct ws_who {
    uint32_t client; /* ws_client_key */
    uint32_t number;
};
static inline uint64_t ws_who_pack(struct ws_who who)
{
    return (uint64_t)who.client << 32 | who.number;
}
static inline struct ws_who ws_who_of(uint64_t d)
{
    return (struct ws_who){(uint32_t)(d >> 32), (uint32_t)d};
}
uint32_t ws_client_key(const struct world *world, uint32_t component);
/* The component, 0 when it was removed. */
uint32_t ws_client_of(const struct world *world, uint32_t key);

/* A room: so many consecutive connections of one client. */
struct ws_room {
    uint32_t first, count;
};
static inline uint64_t ws_room_pack(struct ws_room room)
{
    return (uint64_t)room.first << 32 | room.count;
}
static inline struct ws_room ws_room_of(uint64_t b)
{
    return (struct ws_room){(uint32_t)(b >> 32), (uint32_t)b};
}

/* Something moves each `every_ns`, one of the times is `at_ns`.  The last move at or before now, 0:
 * none yet; and how many there were. */
static inline uint64_t position_moves(uint64_t now_ns, uint64_t at_ns, uint64_t every_ns)
{
    uint64_t phase_ns = at_ns % every_ns;
    return now_ns < phase_ns ? 0 : (now_ns - phase_ns) / every_ns + 1;
}
static inline uint64_t position_move(uint64_t now_ns, uint64_t at_ns, uint64_t every_ns)
{
    uint64_t moves = position_moves(now_ns, at_ns, every_ns);
    return moves == 0 ? 0 : at_ns % every_ns + (moves - 1) * every_ns;
}

/* "GET /chat", "text #17", "ping": what a person calls the message; false when it is none of these.
 */
bool ws_message_words(const struct message *message, struct text *text);

#endif
