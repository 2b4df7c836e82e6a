/*
 * What TCP keeps of a connection, and what its files (tcp*.c) call of each other.
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
void tcp_add(const struct world *world, uint32_t connection, unsigned e, enum tcp_counter counter);

/* --- tcp.c: the life of a connection ---------------------------------------------------- */

/* Changes the state and keeps the gauges of the machine's kernel right. */
void tcp_state_set(struct world *world, uint32_t connection, unsigned e, enum tcp_state state);
/* The end is gone: its timers and its port too.  Its owner, if it has one, is told by the caller.
 */
void tcp_end_gone(struct world *world, uint32_t connection, unsigned e);
/* Gives the connection back once nothing holds it. */
void tcp_release(struct world *world, uint32_t connection);
/* The process lets go of its end: FIN or RST. */
void tcp_end_close(struct world *world, uint32_t connection, unsigned e);
/* The end broke or could not be made: gone, and its owner is told `what`. */
void tcp_end_fail(struct world *world, uint32_t connection, unsigned e, enum socket_event what,
                  enum tcp_failure failure);
/* Waits in TIME_WAIT, or nobody's in FIN_WAIT_2, and then is gone. */
void tcp_end_lingers(struct world *world, uint32_t connection, unsigned e, uint64_t delay_ns);
/* Messages of the other end that wait for this end's owner. */
uint32_t tcp_unread(const struct world *world, uint32_t connection, unsigned e);
/* 1 << SOCKET_WRITABLE when room came that the owner waits for. */
unsigned tcp_writable_again(const struct world *world, uint32_t connection, unsigned e);

/* --- tcp_options.c ---------------------------------------------------------------------- */

void tcp_set_options(struct world *world, uint32_t connection, const struct tcp_options *options);
/* Of the end, with the kernel's defaults where nothing was set. */
struct tcp_keepalive tcp_keepalive_of(const struct world *world, const struct tcp_end *end);

/* --- tcp_flight.c: what is under way ---------------------------------------------------- */

/* NULL when the region is full. */
struct tcp_flight *tcp_flight_need(struct world *world, struct tcp_end *end);
/* Gives it back when nothing is under way; tcp_flight_give: whatever is. */
void tcp_flight_settle(struct world *world, struct tcp_end *end);
void tcp_flight_give(struct world *world, struct tcp_end *end);
/* What was sent and came out of order is forgotten; messages stay. */
void tcp_flight_clear(struct world *world, struct tcp_end *end);

/* The i-th oldest segment that is not acknowledged. */
static inline struct tcp_sent *tcp_sent_at(const struct world *world,
                                           const struct tcp_flight *flight, uint32_t i)
{
    struct tcp_sent *sent = (struct tcp_sent *)arena_at(&world->region, flight->sent);
    return sent + ((flight->sent_first + i) & (flight->sent_limit - 1));
}
struct tcp_sent *tcp_sent_push(struct world *world, struct tcp_flight *flight); /* NULL when full */
void tcp_sent_pop(struct world *world, struct tcp_flight *flight);              /* the oldest */
/* Packets that are thought to be on the wire (Linux tcp_packets_in_flight). */
static inline uint32_t tcp_in_flight(const struct tcp_flight *flight)
{
    return flight->sent_count - flight->sacked - flight->lost + flight->again;
}

/* Notes what came beyond a hole; false when all of it was there already. */
bool tcp_range_add(struct world *world, struct tcp_flight *flight, uint32_t from, uint32_t to);
/* Where the bytes end that are in order now that all up to `next` is. */
uint32_t tcp_range_join(struct world *world, struct tcp_flight *flight, uint32_t next);

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
/* Who answers for the component's address, as a machine sees it: itself, or its holder. */
uint32_t tcp_address_found(const struct world *world, uint32_t component, uint32_t machine);
/* The ACK of a SYN cookie makes the end anew. */
bool tcp_cookie_returns(struct world *world, const struct segment *segment);
/* A segment to an end that is not there. */
void tcp_passive_open(struct world *world, const struct segment *segment);
/* The last ACK of a handshake.  False: nothing more is done with the segment. */
bool tcp_passive_established(struct world *world, const struct segment *segment, bool *acceptable);

/* --- tcp_ports.c ------------------------------------------------------------------------ */

/* Takes a free port towards the server; 0 when each is taken. */
uint16_t tcp_port_take(struct world *world, uint32_t connection);
void tcp_port_free(struct world *world, uint32_t connection);   /* the end that opened it is gone */
void tcp_port_forget(struct world *world, uint32_t connection); /* the connection is */

/* --- tcp_window.c: what the receiver has room for --------------------------------------- */

/* The window for a segment that leaves now; never takes back what was offered. */
uint32_t tcp_window_select(struct world *world, uint32_t connection, unsigned e);
/* The owner may have read: moves rcv_read, and says so when the window opened much. */
void tcp_window_read(struct world *world, uint32_t connection, unsigned e);
bool tcp_window_takes(const struct tcp_end *end, uint32_t seq); /* does it lie in the window? */
/* Nothing may be sent and nothing is on the way: the closed window is probed. */
void tcp_window_probe_arm(struct world *world, uint32_t connection, unsigned e);
void tcp_window_probe(struct world *world, uint32_t connection, unsigned e); /* its timer */

/* --- tcp_output.c: segments leave ------------------------------------------------------- */

void tcp_output(struct world *world, uint32_t connection, unsigned e); /* what may be sent now */
/* One more segment, whatever cwnd says: the tail loss probe.  False: nothing is there, or no room.
 */
bool tcp_output_probe(struct world *world, uint32_t connection, unsigned e);
/* Does the next segment fit in the peer's window?  What there is room for, though it is less. */
bool tcp_output_fits(const struct world *world, uint32_t connection, unsigned e);
bool tcp_output_rest(struct world *world, uint32_t connection, unsigned e);
void tcp_send_syn(struct world *world, uint32_t connection, unsigned e,
                  bool again); /* or SYN-ACK */
void tcp_send_ack(struct world *world, uint32_t connection, unsigned e);
/* An ACK with a sequence number that was acknowledged: the peer has to answer. */
void tcp_send_stale(struct world *world, uint32_t connection, unsigned e);
void tcp_send_fin(struct world *world, uint32_t connection,
                  unsigned e); /* after what was written */
void tcp_send_reset(struct world *world, uint32_t connection, unsigned e);
/* The i-th oldest segment again. */
void tcp_send_again(struct world *world, uint32_t connection, unsigned e, uint32_t i);
/* A segment came to an end that is not there: the kernel answers by itself. */
void tcp_answer_reset(struct world *world, const struct segment *segment);
void tcp_answer_cookie(struct world *world, const struct segment *segment);

/* --- tcp_input.c: segments come; tcp_ack.c: what they acknowledge ------------------------ */

void tcp_segment(struct world *world, const struct segment *segment);
/* Both ends when the handshake is complete for them. */
void tcp_established_now(struct world *world, uint32_t connection, unsigned e);
void tcp_take_ack(struct world *world, const struct segment *segment);

/* What an ACK brought (tcp_ack.c tells tcp_recovery.c). */
struct tcp_news {
    uint32_t acked;   /* packets delivered: acknowledged or reported by SACK for the first time */
    uint32_t lost;    /* packets found lost */
    bool advanced;    /* snd_una went on */
    bool sacked;      /* SACK reported something new */
    bool duplicate;   /* a DSACK came */
    bool again_acked; /* something that was sent more than once is acknowledged */
};

/* --- tcp_recovery.c: losses are found and mended ----------------------------------------- */

/* Linux tcp_fastretrans_alert, tcp_cong_control and tcp_xmit_recovery. */
void tcp_recover(struct world *world, uint32_t connection, unsigned e, struct tcp_news *news);
/* RFC 8985: a segment has come that was sent at `sent->time_ns`. */
void tcp_rack_delivered(const struct world *world, struct tcp_flight *flight,
                        const struct tcp_sent *sent);
/* Finds what is lost; ns until more will be, 0: nothing to wait for. */
uint64_t tcp_rack_detect(struct world *world, const struct tcp_end *end, struct tcp_flight *flight);
void tcp_enter_loss(struct world *world, uint32_t connection, unsigned e); /* a time-out */
void tcp_reorder_due(struct world *world, uint32_t connection, unsigned e);
/* A tail loss probe mended a loss: cwnd goes down. */
void tcp_probe_mended(struct world *world, uint32_t connection, unsigned e);

/* --- tcp_cubic.c: how cwnd grows --------------------------------------------------------- */

void tcp_cubic_acked(struct world *world, struct tcp_end *end, uint32_t packets);
uint32_t tcp_cubic_ssthresh(struct world *world, struct tcp_end *end); /* after a loss */
void tcp_cubic_reset(struct world *world, struct tcp_end *end);        /* after a time-out */
void tcp_cubic_give(struct world *world, struct tcp_end *end);
void tcp_hystart(const struct world *world, struct tcp_end *end, struct tcp_flight *flight,
                 uint32_t rtt_us);
/* Data leaves after silence: RFC 2861 as Linux does it. */
void tcp_idle_restart(const struct world *world, uint32_t connection, unsigned e);

/* --- tcp_timer.c ------------------------------------------------------------------------ */

uint64_t tcp_rto_base(const struct tcp_end *end); /* without the backoff */
uint64_t tcp_rto(const struct tcp_end *end);      /* with it */
void tcp_rtt_sample(struct tcp_end *end, struct tcp_flight *flight, uint64_t rtt_ns);
/* The transmit timer: the time-out, or a tail loss probe before it where that is right. */
void tcp_rto_rearm(struct world *world, struct tcp_end *end);
void tcp_transmit_rearm(struct world *world, uint32_t connection, unsigned e, bool advancing);
/* Makes sure that a timer comes at the nearest deadline or before. */
void tcp_timer_arm(struct world *world, uint32_t connection, unsigned e);
void tcp_timer(struct world *world, uint32_t connection, unsigned e);
/* When a segment is given up that is sent again (Linux retransmits_timed_out). */
bool tcp_gave_up(const struct world *world, uint32_t connection, unsigned e);

/* --- tcp_memory.c ----------------------------------------------------------------------- */

uint64_t tcp_memory_held(const struct tcp_end *end); /* bytes not acknowledged, or not read */
/* They were `before` and are others now. */
void tcp_memory_note(struct world *world, uint32_t index, unsigned e, uint64_t before);
void tcp_memory_state(struct world *world, uint32_t index, unsigned e, uint8_t state); /* sets it */

#endif
