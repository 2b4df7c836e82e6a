/*
 * What TCP keeps of a connection.
 *
 * A connection is one slab item with two ends, so that an idle one costs 256 bytes.  What is only
 * needed while something is under way stands in a record of the arena (struct tcp_flight).  A
 * connection lives as long as an end does, an owner has still to hear of something, or a segment is
 * on the way: a segment finds its connection by the bare index.
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
#define TCP_RTO_FIRST_NS       SECOND_NS     /* RFC 6298 2.1 */
#define TCP_RTO_LEAST_NS       (200 * MS_NS) /* Linux TCP_RTO_MIN */
#define TCP_RTO_MOST_NS        (120 * SECOND_NS)
#define TCP_TIMEOUT_LEAST_NS   (2 * MS_NS)      /* Linux TCP_TIMEOUT_MIN_US */
#define TCP_DELAYED_ACK_NS     (40 * MS_NS)     /* Linux TCP_ATO_MIN */
#define TCP_TICK_NS            (4 * MS_NS)      /* HZ=250 */
#define TCP_TIME_WAIT_NS       (60 * SECOND_NS) /* Linux TCP_TIMEWAIT_LEN */
#define TCP_FIN_TIMEOUT_NS     (60 * SECOND_NS) /* tcp_fin_timeout */
#define TCP_QUICK_ACKS         16               /* Linux TCP_MAX_QUICKACKS */
#define TCP_FIRST_RECEIVE_MSS  536              /* Linux TCP_MSS_DEFAULT */
#define TCP_SYNACK_RETRIES     5
#define TCP_ORPHAN_RETRIES     8   /* Linux tcp_orphan_retries() */
#define TCP_INITIAL_WINDOW     10u /* segments; Linux TCP_INIT_CWND */
#define TCP_SSTHRESH_INFINITE  0x7fffffffu
#define TCP_SYN_WINDOW         64240u  /* what Linux offers in a SYN: 44 segments of 1460 */
#define TCP_SYNACK_WINDOW      65160u  /* and in a SYN-ACK: 45 of 1448 */
#define TCP_UNREAD_MOST        131072u /* receive buffer of who does not read (tcp_rmem's default) */
#define TCP_SACKS              3u      /* blocks that fit beside timestamps */

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
    END_ACK_NOW = 32,      /* the ACK that is owed goes at once */
    END_TELLING = 64,      /* its owner is being told of its failure */
    END_QUEUED = 128,      /* waits in its listener's accept queue */
    END_IDLE_READER = 256, /* its owner does not read */
    END_WANTS_WRITE = 512, /* tcp_send said no */
    END_TOLD_SOON = 1024,  /* an event is on its way that tells what is pending */
    END_NODELAY = 2048,
    END_LINGER0 = 4096,
    END_KEEPALIVE = 8192,
    END_COOKIE = 16384 /* its SYN-ACK was a SYN cookie: nothing is kept of the handshake */
};

/* Times in ms wrap after 49 days; only differences count. */
struct tcp_end {
    event_id timer;       /* the one that waits, 0 none */
    uint64_t timer_at_ns; /* never after the nearest deadline */
    uint64_t cookie;
    uint32_t sent_ms;          /* of the last data that was sent */
    uint32_t received_ms;      /* of the last data that came */
    uint32_t heard_ms;         /* of the last segment that came */
    uint32_t srtt;             /* Linux's units: us << 3; 0 before the first sample */
    uint32_t mdev;             /* us << 2 */
    uint32_t mdev_max, rttvar; /* the same; never below 200 ms */
    uint32_t cwnd, ssthresh;   /* packets */
    uint32_t snd_una;          /* sequence numbers of both ends start at 0: the SYN */
    uint32_t snd_nxt;          /* after the highest sent */
    uint32_t snd_end;          /* after all that was written, with the FIN */
    uint32_t snd_wnd;          /* bytes that the peer has room for after snd_una */
    uint32_t rcv_nxt;
    uint32_t rcv_acked; /* Linux rcv_wup: the last ACK that was sent */
    uint32_t rcv_wnd;   /* the window that went with it */
    uint32_t rcv_read;  /* up to here the owner has read */
    uint32_t component;
    ref flight;           /* struct tcp_flight; 0: nothing is under way */
    ref options;          /* struct tcp_keepalive; 0: the kernel's defaults */
    ref cubic;            /* struct tcp_cubic; 0: slow start was never left */
    uint16_t flags;       /* enum end_flag */
    uint16_t receive_mss; /* Linux icsk_ack.rcv_mss: largest segment seen */
    uint16_t port;
    uint8_t state;   /* enum tcp_state */
    uint8_t backoff; /* time-outs in a row */
    uint8_t quick_acks;
    uint8_t pending; /* bits 1 << enum socket_event: what its owner has still to hear */
    uint8_t failure; /* enum tcp_failure */
    uint8_t probes;  /* of keepalive or of a closed window, or SYNs sent again, without an answer */
};

struct connection {
    struct tcp_end ends[2]; /* [0] opened it */
    uint32_t ways[2];       /* from each end to the other (sim/net/way.h) */
    uint32_t in_flight;     /* segments on the way, and calls that still look at it */
    uint32_t replaces; /* the connection of the same port that its SYN ends, if it is still there */
};
static_assert(sizeof(struct tcp_end) == 120, "no holes");
static_assert(sizeof(struct connection) == 256, "four cache lines");

/* What setsockopt(2) has set. */
struct tcp_keepalive {
    uint32_t idle_s, interval_s, count; /* 0: 7200, 75, 9 */
    uint32_t user_timeout_ms;           /* 0: tcp_retries2 */
};
static_assert(sizeof(struct tcp_keepalive) == 16, "no holes");

/* Linux tcp_ca_state. */
enum tcp_recovery { RECOVERY_OPEN, RECOVERY_DISORDER, RECOVERY_FAST, RECOVERY_LOSS };

/* What the transmit timer is for (Linux icsk_pending). */
enum tcp_timer_use { TIMER_NONE, TIMER_RTO, TIMER_LOSS_PROBE, TIMER_REORDER, TIMER_WINDOW_PROBE };

/* What is under way at an end: while segments are not acknowledged or came out of order, an ACK is
 * owed, messages wait to be read. */
struct tcp_flight {
    uint64_t transmit_at_ns; /* of the timer `transmit_for` */
    uint64_t ack_at_ns;      /* the delayed ACK; 0 none */
    uint64_t rack_ns;        /* when that which left last among what has come had left (RFC 8985) */
    uint64_t retrans_ns;     /* of the first retransmission by time-out; 0 none */
    uint64_t round_ns, train_ns; /* HyStart: when the round began; the last ACK of its train */
    ref sent;                    /* struct tcp_sent[sent_limit]: a ring, oldest first */
    uint32_t sent_first, sent_count, sent_limit;
    struct vector ranges; /* struct tcp_range: what came beyond a hole; the last to change first */
    uint32_t first, fresh,
        last;       /* messages written here: not taken yet; first that is not whole there */
    uint32_t whole; /* from `first` up to `fresh`: they wait for the other end's owner */
    uint32_t sacked, lost,
        again;          /* how many of the sent are so (Linux sacked_out, lost_out, retrans_out) */
    uint32_t high_seq;  /* recovery ends when this is acknowledged */
    uint32_t probe_seq; /* snd_nxt at a tail loss probe; 0 none is out */
    uint32_t rtt_seq;   /* the variance decays once a round trip */
    uint32_t small_seq; /* after the last segment that was not full (Linux snd_sml) */
    uint32_t rack_seq, rack_rtt_us, rtt_least_us;
    uint32_t prior_cwnd, delivered, out; /* proportional rate reduction (RFC 6937) */
    uint32_t packets_most, usage_seq;    /* how full cwnd was */
    uint32_t round_seq, round_rtt_us;    /* HyStart */
    uint32_t dsack_from, dsack_to;       /* the next ACK says that this came twice */
    uint8_t recovery;                    /* enum tcp_recovery */
    uint8_t transmit_for;                /* enum tcp_timer_use */
    uint8_t cwnd_limited;
    uint8_t probe_again; /* the tail loss probe held nothing new */
    uint8_t rack_advanced;
    uint8_t round_samples;
    uint8_t unused[6];
};
static_assert(sizeof(struct tcp_flight) == 184, "no holes");

enum tcp_sent_flag {
    SENT_FIN = 1,
    SENT_SACKED = 2,
    SENT_LOST = 4,
    SENT_AGAIN = 8,
    SENT_EVER_AGAIN = 16
};

/* A segment that is not acknowledged. */
struct tcp_sent {
    uint64_t time_ns; /* when it was sent last */
    uint32_t seq, end;
    uint32_t flags; /* enum tcp_sent_flag */
    uint32_t tries; /* how often it was sent again */
};
static_assert(sizeof(struct tcp_sent) == 24, "no holes");

struct tcp_range {
    uint32_t from, to;
};

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
    uint16_t to;     /* the end that gets it */
    uint32_t window; /* bytes that the sender has room for */
    ref sacks;       /* struct tcp_sacks, 0 none */
};
static_assert(sizeof(struct segment) == sizeof(struct payload), "rides in its event");

struct tcp_sacks {
    uint32_t count, unused;
    struct tcp_range blocks[TCP_SACKS]; /* the first may lie below the ACK: RFC 2883 */
};
static_assert(sizeof(struct tcp_sacks) == 32, "no holes");

/* The events of KIND_NETWORK. */
enum tcp_event_what { TCP_EVENT_SEGMENT = 1, TCP_EVENT_TIMER = 2, TCP_EVENT_TELL = 3 };

/* What a machine's state begins with (sim/machine). */
struct tcp_machine {
    uint64_t counters[12]; /* enum tcp_counter */
    uint64_t established, time_wait;
    uint64_t ends, bytes; /* tcp_memory.c */
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
    uint32_t handshakes;   /* that have come half way: SYN-RECV */
    uint32_t holder;       /* who took its address over; 0 nobody */
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
static inline struct tcp_flight *tcp_flight(const struct world *world, const struct tcp_end *end)
{
    return end->flight == 0 ? NULL : (struct tcp_flight *)arena_at(&world->region, end->flight);
}
static inline uint32_t segment_bytes(const struct world *world, const struct segment *segment)
{
    if ((segment->flags & SEGMENT_RST) != 0)
        return TCP_RESET_BYTES;
    if ((segment->flags & SEGMENT_SYN) != 0)
        return TCP_SYN_BYTES;
    uint32_t bytes = segment->length + TCP_HEADER_BYTES;
    if (segment->sacks != 0) /* two NOPs, kind and length, the blocks */
        bytes +=
            4 + 8 * ((const struct tcp_sacks *)arena_at(&world->region, segment->sacks))->count;
    return bytes;
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
/* Bytes that the application handed over and no ACK covers: without SYN and FIN. */
static inline uint64_t tcp_end_unacked(const struct tcp_end *end)
{
    uint32_t una = end->snd_una == 0 && end->snd_end != 0 ? 1 : end->snd_una;
    return end->snd_end - una - (end_is(end, END_FIN) && una != end->snd_end);
}
static inline uint32_t time_ms(const struct world *world)
{
    return (uint32_t)(world->now_ns / MS_NS);
}
static inline uint64_t since_ns(const struct world *world, uint32_t ms)
{
    return (uint64_t)(time_ms(world) - ms) * MS_NS;
}
static inline struct tcp_machine *tcp_machine(const struct world *world, uint32_t machine)
{
    return (struct tcp_machine *)component_state(world, machine);
}

/* The machine of an end: it stays when its component is removed. */
uint32_t end_machine(const struct world *world, uint32_t connection, unsigned e);
bool end_has_power(const struct world *world, uint32_t connection, unsigned e);

#endif
