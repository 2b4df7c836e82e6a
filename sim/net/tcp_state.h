/*
 * What TCP keeps of a connection, and what its files (tcp*.c) call of each other.
 *
 * A connection is one slab item with two ends, so that an idle one costs 256 bytes.  It lives as
 * long as an end does, an owner has still to hear of something, or a segment is on the way: a
 * segment finds its connection by the bare index.  TIME_WAIT is only a state until ports exist: the
 * end answers a FIN that comes again, and goes together with the other end.
 */
#ifndef SIM_NET_TCP_STATE_H
#define SIM_NET_TCP_STATE_H

#include <assert.h>

#include "sim/net/tcp.h"

#define TCP_MSS_BYTES          1448u  /* MTU 1500 without IP, TCP and timestamps */
#define TCP_MSS_LOOPBACK_BYTES 65483u /* MTU 65536 */
#define TCP_HEADER_BYTES       52u    /* IP 20, TCP 20, timestamps 12 */
#define TCP_SYN_BYTES          60u
#define TCP_RESET_BYTES        40u           /* without options */
#define TCP_UNACKED_MOST       (1u << 30)    /* bytes of one end that no ACK covers yet */
#define TCP_RTO_FIRST_NS       SECOND_NS     /* RFC 6298 2.1 */
#define TCP_RTO_LEAST_NS       (200 * MS_NS) /* Linux TCP_RTO_MIN */
#define TCP_RTO_MOST_NS        (120 * SECOND_NS)
#define TCP_DELAYED_ACK_NS     (40 * MS_NS) /* Linux TCP_ATO_MIN */
#define TCP_FIN_TIMEOUT_NS     (60 * SECOND_NS)
#define TCP_QUICK_ACKS         16  /* Linux TCP_MAX_QUICKACKS */
#define TCP_FIRST_RECEIVE_MSS  536 /* Linux TCP_MSS_DEFAULT */
#define TCP_SYNACK_RETRIES     5
#define TCP_ORPHAN_RETRIES     8 /* Linux tcp_orphan_retries() */

enum tcp_state {
    TCP_CLOSED,
    TCP_SYN_SENT,
    TCP_SYN_RECEIVED,
    TCP_ESTABLISHED,
    TCP_FIN_WAIT_1,
    TCP_FIN_WAIT_2,
    TCP_CLOSING,
    TCP_TIME_WAIT,
    TCP_CLOSE_WAIT,
    TCP_LAST_ACK
};

enum end_flag {
    END_OWNED = 1,         /* the component's process holds the socket */
    END_FIN = 2,           /* snd_end counts a FIN */
    END_ACK = 4,           /* an ACK is owed */
    END_INTERACTIVE = 8,   /* Linux "pingpong": answers carry the ACKs */
    END_DATA = 16,         /* data has come */
    END_TIMED = 32,        /* the segment that ends at timed_seq is being timed */
    END_TELLING = 64,      /* its owner is being told of its failure */
    END_QUEUED = 128,      /* waits in its listener's accept queue */
    END_IDLE_READER = 256, /* its owner does not read */
    END_WANTS_WRITE = 512, /* tcp_send said no */
    END_TOLD_SOON = 1024,  /* an event is on its way that tells what is pending */
    END_NODELAY = 2048,
    END_LINGER0 = 4096,
    END_KEEPALIVE = 8192
};

struct tcp_end {
    event_id timer;       /* the one that waits, 0 none */
    uint64_t timer_at_ns; /* never after the nearer of the two deadlines */
    uint64_t rto_at_ns;   /* 0 none; in FIN_WAIT_2 the end of an orphan */
    uint64_t delayed_ack_at_ns;
    uint64_t cookie;
    uint64_t stamp_ns; /* when the timed segment left; while backoff: of the first retransmission */
    uint64_t received_ns;        /* of the last data */
    uint32_t srtt_us, rttvar_us; /* RFC 6298; 0 before the first sample */
    uint32_t snd_una;            /* sequence numbers of both ends start at 0: the SYN */
    uint32_t snd_nxt;            /* the next to send; goes back to snd_una at a time-out */
    uint32_t snd_max;            /* after the highest sent */
    uint32_t snd_end;            /* after all that was written, with the FIN */
    uint32_t rcv_nxt;
    uint32_t rcv_acked; /* the last ACK that was sent */
    uint32_t timed_seq;
    uint32_t first, fresh,
        last;       /* messages written here: not taken yet; first that is not whole there */
    uint32_t whole; /* from `first` up to `fresh`: they wait for the other end's owner */
    uint32_t component;
    uint8_t state;   /* enum tcp_state */
    uint8_t backoff; /* time-outs in a row */
    uint8_t quick_acks;
    uint8_t pending;      /* bits 1 << enum socket_event: what its owner has still to hear */
    uint16_t flags;       /* enum end_flag */
    uint16_t receive_mss; /* Linux icsk_ack.rcv_mss: largest segment seen */
    uint16_t port;
    uint8_t failure; /* enum tcp_failure */
    uint8_t unused[5];
};

struct connection {
    struct tcp_end ends[2]; /* [0] opened it */
    uint32_t ways[2];       /* from each end to the other (sim/net/way.h) */
    uint32_t in_flight;     /* segments on the way, and calls that still look at it */
    uint32_t unused;
};
static_assert(sizeof(struct tcp_end) == 128, "no holes");
static_assert(sizeof(struct connection) == 272, "no holes");

/* A message on its way: an item of SLAB_MESSAGE. */
struct tcp_message {
    struct message message;
    uint32_t next;
    uint32_t end_seq;
};
static_assert(sizeof(struct tcp_message) == 48, "no holes");

/* Item sizes of the slabs, for the catalog. */
#define TCP_CONNECTION_BYTES sizeof(struct connection)
#define TCP_MESSAGE_BYTES    sizeof(struct tcp_message)

enum segment_flag { SEGMENT_FIN = 1, SEGMENT_SYN = 2, SEGMENT_RST = 4, SEGMENT_ACK = 16 };

/* A segment: the payload of its event. */
struct segment {
    uint32_t connection;
    uint32_t seq, ack;
    uint32_t length; /* of data */
    uint32_t epoch;  /* of the way when it was sent */
    uint16_t flags;
    uint16_t to; /* the end that gets it */
    uint32_t unused[2];
};
static_assert(sizeof(struct segment) == sizeof(struct payload), "rides in its event");

/* The events of KIND_NETWORK. */
enum tcp_event_what { TCP_EVENT_SEGMENT = 1, TCP_EVENT_TIMER = 2, TCP_EVENT_TELL = 3 };

/* What a machine's state begins with (sim/machine). */
struct tcp_machine {
    uint64_t counters[12]; /* enum tcp_counter */
    uint64_t established, time_wait;
};
static_assert(TCP_COUNTERS <= 12, "room in the machine's state");

/* What is known of a component as an owner of sockets; world->listeners by the component's index.
 */
struct socket_owner {
    uint32_t listening;
    uint32_t paused;
    uint32_t backlog;
    uint32_t accept_first; /* the queue: rows accept_first.. of accept */
    uint32_t pending;      /* 1: ACCEPTABLE is to be told when it goes on */
    uint32_t unused;
    struct vector accept;  /* u32 connections whose handshake is complete */
    struct vector waiting; /* struct waiting_end: hears of it when it goes on, in this order */
};
struct waiting_end {
    uint32_t connection, end;
};

/* --- small things ----------------------------------------------------------------------- */

static inline struct connection *tcp_at(const struct world *world, uint32_t connection)
{
    return (struct connection *)slab_at(&world->region, SLAB_CONNECTION, connection);
}
static inline struct tcp_message *tcp_message_at(const struct world *world, uint32_t message)
{
    return (struct tcp_message *)slab_at(&world->region, SLAB_MESSAGE, message);
}
static inline uint32_t segment_bytes(const struct segment *segment)
{
    if ((segment->flags & SEGMENT_RST) != 0)
        return TCP_RESET_BYTES;
    return segment->length +
           ((segment->flags & SEGMENT_SYN) != 0 ? TCP_SYN_BYTES : TCP_HEADER_BYTES);
}
static inline bool seq_before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}
static inline bool end_is(const struct tcp_end *end, enum end_flag flag)
{
    return (end->flags & (unsigned)flag) != 0;
}
static inline void end_set(struct tcp_end *end, enum end_flag flag)
{
    end->flags = (uint16_t)(end->flags | (unsigned)flag);
}
static inline void end_clear(struct tcp_end *end, enum end_flag flag)
{
    end->flags = (uint16_t)(end->flags & ~(unsigned)flag);
}
static inline uint32_t end_machine(const struct world *world, const struct tcp_end *end)
{
    return component_at(world, end->component)->machine;
}
static inline struct tcp_machine *tcp_machine(const struct world *world, uint32_t machine)
{
    return (struct tcp_machine *)component_state(world, machine);
}
static inline void tcp_add(const struct world *world, const struct tcp_end *end,
                           enum tcp_counter counter)
{
    tcp_machine(world, end_machine(world, end))->counters[counter]++;
}

/* --- tcp.c: the life of a connection ---------------------------------------------------- */

/* Changes the state and keeps the gauge and the resets of the machine's kernel right. */
void tcp_state_set(struct world *world, struct tcp_end *end, enum tcp_state state);
/* The end is gone: its timers too.  Its owner, if it has one, is told by the caller. */
void tcp_end_gone(struct world *world, struct tcp_end *end);
/* Gives the connection back once nothing holds it. */
void tcp_release(struct world *world, uint32_t connection);
/* The process lets go of its end: FIN or RST. */
void tcp_end_close(struct world *world, uint32_t connection, unsigned e);
/* The end broke or could not be made: gone, and its owner is told `what`. */
void tcp_end_fail(struct world *world, uint32_t connection, unsigned e, enum socket_event what,
                  enum tcp_failure failure);

/* Which of them is told (1 << SOCKET_WRITABLE), now that room came. */
unsigned tcp_writable_again(const struct world *world, struct tcp_end *end);
void tcp_set_options(struct world *world, uint32_t connection, const struct tcp_options *options);

/* --- tcp_owner.c: who is told ----------------------------------------------------------- */

/* Tells an end's owner of each `1 << enum socket_event` in `events`, or keeps it while it is
 * paused. */
void tcp_tell(struct world *world, uint32_t connection, unsigned e, unsigned events);
/* Tells what is pending at the end by an event of this same time. */
void tcp_tell_soon(struct world *world, uint32_t connection, unsigned e);
/* Tells who listens that its accept queue is empty no more. */
void tcp_tell_acceptable(struct world *world, uint32_t component);

/* --- tcp_listen.c ----------------------------------------------------------------------- */

/* NULL: nothing is known of the component, it neither listens nor is paused. */
struct socket_owner *tcp_owner_find(const struct world *world, uint32_t component);
struct socket_owner *tcp_owner_need(struct world *world, uint32_t component);
bool tcp_listening(const struct world *world, uint32_t component);
uint32_t tcp_backlog(const struct world *world, uint32_t component); /* of who listens */
uint32_t tcp_accept_queue(const struct world *world, uint32_t component);
bool tcp_accept_full(const struct world *world, uint32_t component);
/* The handshake is complete; false when the region is full. */
bool tcp_accept_push(struct world *world, uint32_t connection, unsigned e);

/* --- tcp_ports.c ------------------------------------------------------------------------ */

/* Takes a free port of `from` towards a server; 0 when each is taken. */
uint16_t tcp_port_take(struct world *world, uint32_t connection);
void tcp_port_give(struct world *world, uint32_t connection);

/* --- tcp_output.c: segments leave ------------------------------------------------------- */

void tcp_output(struct world *world, uint32_t connection,
                unsigned e); /* all that may be sent now */
void tcp_send_syn(struct world *world, uint32_t connection, unsigned e,
                  bool again); /* or SYN-ACK */
void tcp_send_ack(struct world *world, uint32_t connection, unsigned e);
void tcp_send_fin(struct world *world, uint32_t connection,
                  unsigned e); /* after what was written */
void tcp_send_reset(struct world *world, uint32_t connection, unsigned e);
/* A segment came to an end that is not there: the kernel answers by itself. */
void tcp_answer_reset(struct world *world, const struct segment *segment);

/* --- tcp_input.c: segments come --------------------------------------------------------- */

void tcp_segment(struct world *world, const struct segment *segment);

/* --- tcp_timer.c ------------------------------------------------------------------------ */

uint64_t tcp_rto(const struct tcp_end *end); /* with the backoff */
void tcp_rtt_sample(struct tcp_end *end, uint64_t rtt_ns);
/* Makes sure that a timer comes at the nearer deadline or before. */
void tcp_timer_arm(struct world *world, uint32_t connection, unsigned e);
void tcp_timer(struct world *world, uint32_t connection, unsigned e);

#endif
