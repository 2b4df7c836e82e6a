/*
 * What QUIC keeps of a connection, and what its files (quic*.c) call of each other.
 *
 * A datagram finds what it carries by the sender's record of it, which stays until the datagram is
 * acknowledged or taken for lost.  A piece of a message is a frame; it moves from record to record
 * when it is sent again, and counts once at the other end.
 */
#ifndef SIM_NET_QUIC_STATE_H
#define SIM_NET_QUIC_STATE_H

#include <assert.h>

#include "sim/engine/row_list.h"
#include "sim/engine/rows.h"
#include "sim/net/quic.h"

#define QUIC_DATAGRAM_BYTES  1472u /* IP 20, UDP 8, QUIC 1444: TRUTH net.h3.basic */
#define QUIC_PAYLOAD_BYTES   1400u /* of it frames */
#define QUIC_OVERHEAD_BYTES  72u   /* IP, UDP, header, packet number, tag, a frame's head */
#define QUIC_FRAME_HEAD      8u
#define QUIC_HANDSHAKE_BYTES 1228u /* a flight of the handshake fills 1200 bytes: RFC 9000 14.1 */
#define QUIC_ACK_BYTES       73u
#define QUIC_WINDOW_FIRST    (10 * QUIC_DATAGRAM_BYTES) /* RFC 9002 7.2 */
#define QUIC_WINDOW_LEAST    (2 * QUIC_DATAGRAM_BYTES)
#define QUIC_THRESHOLD       3 /* packets: RFC 9002 6.1.1 */
#define QUIC_ACK_DELAY_NS    (25 * MS_NS)
#define QUIC_FIRST_PTO_NS    SECOND_NS /* three times the first RTT of 333 ms */
#define QUIC_IDLE_NS         (30 * SECOND_NS)
#define QUIC_BUFFERED        150u /* datagrams that wait for a stopped process: rmem_default */

enum quic_end_state { QUIC_NONE, QUIC_HANDSHAKING, QUIC_OPEN, QUIC_GONE };
#define QUIC_OWNED   1u
#define QUIC_CLOSING 2u  /* closed by its owner: says so when all is acknowledged */
#define QUIC_EARLY   4u  /* may send, or takes, data before the handshake is done */
#define QUIC_TOLD    8u  /* a listener knows of it: it stood in its accept queue */
#define QUIC_SOON    16u /* what was handed over goes out later in this instant */

struct quic_end {
    uint64_t cookie, session;
    uint64_t hello_ns; /* when the first Initial was sent; 0 once it was sent again */
    event_id timer;
    uint64_t timer_at_ns;                      /* never after the nearest deadline */
    uint64_t ack_at_ns, loss_at_ns, pto_at_ns; /* 0 none */
    uint64_t idle_at_ns;
    uint64_t srtt_ns, rttvar_ns;
    uint64_t came_bits;                    /* of the 64 numbers up to came_last: which came */
    uint32_t came_last, came_floor;        /* all up to the floor came */
    uint32_t came_unsaid;                  /* datagrams since the last ACK */
    uint32_t next;                         /* the last packet number that was used */
    uint32_t acked;                        /* the largest */
    uint32_t recovery;                     /* losses up to this number are of one event */
    uint32_t window, threshold, in_flight; /* bytes */
    struct row_list sent;                  /* records, by number */
    struct row_list again;                 /* frames to be sent again */
    struct row_list writing;               /* messages with bytes that never went out */
    struct row_list complete;              /* messages of the other end that wait to be read */
    uint32_t component;
    uint16_t state; /* enum quic_end_state */
    uint16_t flags;
    uint32_t ptos; /* in a row */
    uint32_t unused;
};

struct quic_connection {
    uint32_t free; /* the free list's */
    uint32_t held; /* datagrams on the way, and calls that still look at it */
    uint32_t ways[2];
    struct quic_end ends[2]; /* [0] opened it */
};

/* A message, at the sender until the reader took it and no frame of it is left. */
struct quic_message {
    uint32_t next; /* in the list that it stands in */
    uint32_t frames;
    uint32_t unsent, uncame; /* bytes */
    uint32_t taken;          /* 1: read */
    uint32_t unused;
    struct message message;
};

struct quic_frame {
    uint32_t next;
    uint32_t message;
    uint32_t bytes;
    uint32_t came; /* 1: the other end has it */
};

/* The record of a datagram with data. */
struct quic_packet {
    uint32_t next;
    uint32_t number;
    struct row_list frames;
    uint64_t sent_ns;
    uint32_t bytes;
    uint32_t owner; /* quic_owner_word of its connection and end */
};

/* What is known of a component. */
struct quic_owner {
    uint32_t listening;
    uint32_t unused;
    struct vector waiting; /* u32: connections to be accepted */
    struct vector held;    /* struct quic_datagram: came while it was stopped */
};

/* All of it: world->quic. */
struct quic {
    struct rows connections, messages, frames, packets;
    struct vector owners; /* struct quic_owner by component */
};

/* A record's place may be another's by the time the datagram comes. */
static inline uint32_t quic_owner_word(uint32_t connection, unsigned e)
{
    return connection << 1 | e;
}

enum quic_type {
    QUIC_INITIAL,   /* number: 1 with early data; bits: the session */
    QUIC_HANDSHAKE, /* bits: the session that is given; floor: 1 early data was taken */
    QUIC_DATA,      /* bits: the place of its record */
    QUIC_ACK,
    QUIC_CLOSED,
    QUIC_UNKNOWN /* a stateless reset, or nobody's port (ICMP) */
};

/* The payload of a datagram's event. */
struct quic_datagram {
    uint32_t connection;
    uint8_t to, type;
    uint16_t unused;
    uint32_t epoch, bytes;
    uint32_t number, floor; /* of an ACK: the largest, and all up to the floor */
    uint64_t bits;          /* of an ACK: those that came of the 64 up to the largest */
};
static_assert(sizeof(struct quic_datagram) == sizeof(struct payload), "rides in its event");

enum quic_event_what {
    QUIC_EVENT_DATAGRAM = QUIC_EVENT_FIRST,
    QUIC_EVENT_TIMER,
    QUIC_EVENT_OUTPUT
};

#define QUIC_AT(name, type, table)                                                                 \
    static inline struct type *name(const struct world *world, uint32_t row)                       \
    {                                                                                              \
        const struct quic *q = (const struct quic *)arena_at(&world->region, world->quic);         \
        return (struct type *)rows_at(&world->region, &q->table, sizeof(struct type), row);        \
    }
QUIC_AT(quic_connection_at, quic_connection, connections)
QUIC_AT(quic_message_at, quic_message, messages)
QUIC_AT(quic_frame_at, quic_frame, frames)
QUIC_AT(quic_packet_at, quic_packet, packets)
#undef QUIC_AT

/* By which each kind of row stands in its list. */
static inline struct row_links quic_message_links(const struct world *world)
{
    return ROW_LINKS(struct quic_message, next, quic_message_at(world, 1));
}
static inline struct row_links quic_frame_links(const struct world *world)
{
    return ROW_LINKS(struct quic_frame, next, quic_frame_at(world, 1));
}
static inline struct row_links quic_packet_links(const struct world *world)
{
    return ROW_LINKS(struct quic_packet, next, quic_packet_at(world, 1));
}

static inline struct quic *quic_of(const struct world *world)
{
    return (struct quic *)arena_at(&world->region, world->quic);
}
static inline struct quic_end *quic_end_at(const struct world *world, uint32_t connection,
                                           unsigned e)
{
    return &quic_connection_at(world, connection)->ends[e];
}

/* --- quic.c: the life of a connection ------------------------------------------------------- */
struct quic_owner *quic_owner_of(struct world *world, uint32_t component); /* NULL: region full */
void quic_tell(struct world *world, uint32_t connection, unsigned e, enum socket_event what);
/* The end is gone without a word; its owner hears `what` when it still is one. */
void quic_end_fail(struct world *world, uint32_t connection, unsigned e, enum socket_event what);
void quic_release(struct world *world, uint32_t connection);

/* --- quic_send.c: datagrams leave ----------------------------------------------------------- */
void quic_put(struct world *world, uint32_t connection, unsigned e, struct quic_datagram datagram);
void quic_output(struct world *world, uint32_t connection, unsigned e); /* all that may go now */
void quic_say_ack(struct world *world, uint32_t connection, unsigned e);
void quic_hello(struct world *world, uint32_t connection, bool early); /* the client's Initial */
void quic_arm(struct world *world, uint32_t connection, unsigned e);   /* the timer */
void quic_timer(struct world *world, uint32_t connection, unsigned e);

/* --- quic_loss.c: what became of them ------------------------------------------------------- */
void quic_take_ack(struct world *world, uint32_t connection, unsigned e,
                   const struct quic_datagram *ack);
void quic_find_losses(struct world *world, uint32_t connection, unsigned e);
void quic_probe(struct world *world, uint32_t connection, unsigned e); /* the oldest goes again */
void quic_lose_all(struct world *world, uint32_t connection, unsigned e);
void quic_frame_give(struct world *world, uint32_t frame);
void quic_message_done(struct world *world,
                       uint32_t message); /* gives it back if nobody needs it */
uint64_t quic_pto(const struct quic_end *end);
void quic_rtt_sample(struct quic_end *end, uint64_t rtt_ns);

/* --- quic_receive.c: datagrams come --------------------------------------------------------- */
void quic_datagram_came(struct world *world, const struct quic_datagram *datagram);

#endif
