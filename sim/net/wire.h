/*
 * The wire: who listens to a world hears of each segment when it is sent, and again when it has
 * come or was lost on the way.  What the ladder and a capture are made from.
 *
 * A listener stands outside the region (struct outside): it changes nothing of the world, a copy
 * keeps its own, a replay that does not ask for one is silent.  Nobody listens: one comparison a
 * segment.
 */
#ifndef SIM_NET_WIRE_H
#define SIM_NET_WIRE_H

#include "sim/net/tcp.h"

enum wire_fate {
    WIRE_LEFT,       /* on its way: arrival_ns says until when; it is heard of once more */
    WIRE_ARRIVED,    /* the receiver's kernel has dealt with it: heard of after its answer */
    WIRE_LOST,       /* the link's `loss` took it */
    WIRE_DROPPED,    /* `drop-next` did */
    WIRE_QUEUE_FULL, /* too many waited for the wire */
    WIRE_CUT,        /* the way is cut, or was while it was under way */
    WIRE_NO_POWER    /* it came to a machine without power */
};

/* As the TCP header has them; all that is on the wire. */
enum wire_flag { WIRE_FIN = 1, WIRE_SYN = 2, WIRE_RST = 4, WIRE_PSH = 8, WIRE_ACK = 16 };

#define WIRE_SACKS 4 /* blocks that have room in the options */

/* Options of the TCP header; 0 where an option is not there. */
struct wire_options {
    uint16_t mss;           /* of a SYN: bytes without options */
    uint8_t sack_permitted; /* of a SYN */
    uint8_t timestamps;     /* 1: value and echo are there */
    uint8_t scaled;         /* 1: of a SYN, window_shift is there */
    uint8_t window_shift;   /* of the sender, said in its SYN */
    uint8_t sacks;          /* how many blocks */
    uint8_t unused;
    uint32_t timestamp_value, timestamp_echo; /* ms */
    uint32_t sack[WIRE_SACKS][2];             /* from, up to */
};

/* Sequence numbers count from 0, the SYN's, at both ends.  `packet`, `again` and PSH are told of
 * sending only; way and `departure` say which one it is that came. */
struct wire_segment {
    uint64_t time_ns;    /* now: of sending, or of arriving */
    uint64_t arrival_ns; /* WIRE_LEFT: when it will have come */
    handle connection;   /* one life of a connection: unlike its index, never used again */
    uint64_t packet; /* the how-maniest packet of its way (sender's machine to receiver's), from 1;
                        0 at arrival */
    uint64_t
        departure;  /* the how-maniest of those that left; 0: it did not.  The same at arrival */
    uint32_t index; /* of the connection, for tcp.h */
    uint32_t from_machine, to_machine;
    uint32_t from, to;                 /* components */
    uint32_t from_address, to_address; /* IPv4, host order */
    uint16_t from_port, to_port;
    uint32_t seq, ack, length;    /* length: bytes of data */
    uint32_t window;              /* bytes that the sender has room for, not shifted */
    uint32_t ip_bytes;            /* with the IP and TCP headers */
    uint16_t flags;               /* enum wire_flag */
    uint8_t fate;                 /* enum wire_fate */
    uint8_t opener;               /* 1: it was sent by the end that opened the connection */
    uint8_t again;                /* it holds nothing new: a retransmission, a probe */
    uint8_t from_state, to_state; /* enum tcp_state of both ends now */
    uint8_t unused;
    struct wire_options options;
};

/* A message of whose bytes a segment carries some. */
struct wire_message {
    struct message message;
    uint32_t begin; /* sequence number of its first byte */
    uint32_t unused;
};

/* Who hears of the segments, NULL for nobody.  Not part of the world: a copy keeps its own. */
void wire_listen(struct world *world, wire_listener *listener, void *user);

/* Of a segment that was sent just now: the messages in it, first to last.  *cursor starts as 0;
 * false: no more.  What is sent again after its reader took it is not known any more. */
bool wire_next_message(const struct world *world, const struct wire_segment *segment,
                       uint32_t *cursor, struct wire_message *message);

/* The state's name as ss(8) writes it: "ESTAB", "TIME-WAIT"; "" closed. */
const char *wire_state_name(unsigned state);

#endif
