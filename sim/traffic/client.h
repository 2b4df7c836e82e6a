/*
 * Clients: where the requests come from, and what becomes of each of them.
 *
 * A request is due at a moment that the rate gives (open loop) or that the last answer gives
 * (closed loop, rate=max; with a pipeline the last answer of those that were asked together).  It
 * waits for a connection, is sent, and ends once: acked, refused or timed out, after its last
 * retry.
 *
 * Time: latency runs from the moment a request was first due to its last byte.  `timeout` is of
 * each attempt: from the moment the request was due, of a retry from the moment the retry began.
 */
#ifndef SIM_TRAFFIC_CLIENT_H
#define SIM_TRAFFIC_CLIENT_H

#include "sim/engine/histogram.h"
#include "sim/engine/row_list.h"
#include "sim/engine/world.h"
#include "sim/net/http.h"
#include "sim/net/tls.h"

/* The order of the rows of parameters (client_rows.c). */
enum client_parameter {
    CLIENT_TO,
    CLIENT_OP,
    CLIENT_RATE, /* events per 10^9 s; CLIENT_RATE_MAX: closed loop */
    CLIENT_ARRIVAL,
    CLIENT_CONNECTIONS, /* in the file CLIENT_CONNECTIONS_AUTO when it was not given */
    CLIENT_PIPELINE,
    CLIENT_VALUE,
    CLIENT_KEYS, /* CLIENT_KEYS_UNIQUE or how many */
    CLIENT_TIMEOUT,
    CLIENT_RETRY, /* UINT64_MAX: unlimited */
    CLIENT_RETRY_DELAY,
    CLIENT_BACKOFF,
    CLIENT_RETRY_DELAY_MAX,
    CLIENT_JITTER,
    CLIENT_START,
    CLIENT_REQUESTS, /* `count`; UINT64_MAX: unlimited */
    CLIENT_THINK,
    CLIENT_CONNECT_TIMEOUT, /* 0: `timeout` alone */
    CLIENT_KEEPALIVE,
    CLIENT_CLOSE,
    CLIENT_HTTP,
    CLIENT_CONNECTION_HEADER,
    CLIENT_TLS,
    CLIENT_TLS_RESUME,
    CLIENT_NODELAY,
    CLIENT_SO_KEEPALIVE,
    CLIENT_TCP_KEEPIDLE,
    CLIENT_TCP_KEEPINTVL,
    CLIENT_TCP_KEEPCNT,
    CLIENT_TCP_USER_TIMEOUT,
    CLIENT_VIA,
    CLIENT_WAIT,
    CLIENT_CONNECT_RATE, /* events per 10^9 s; CLIENT_RATE_MAX: all at once */
    CLIENT_SEND,
    CLIENT_ROOM,
    CLIENT_MODE,
    CLIENT_INTERVAL,
    CLIENT_UPDATE,
    CLIENT_PARAMETERS
};

enum client_op {
    CLIENT_SET,
    CLIENT_GET,
    CLIENT_INCR,
    CLIENT_DEL,
    CLIENT_OP_HTTP,
    CLIENT_OP_WS,
    CLIENT_OP_LOCATION
};
enum client_mode { CLIENT_POLLS, CLIENT_POLLS_LONG, CLIENT_IS_TOLD };
enum client_arrival { CLIENT_POISSON, CLIENT_CONSTANT };
enum client_backoff { CLIENT_BACKOFF_NONE, CLIENT_BACKOFF_EXPONENTIAL };
enum client_jitter { CLIENT_JITTER_NONE, CLIENT_JITTER_FULL };
enum client_close { CLIENT_CLOSES, SERVER_CLOSES };
enum client_resume { CLIENT_NO_RESUME, CLIENT_RESUMES, CLIENT_EARLY_DATA };

#define CLIENT_RATE_MAX         UINT64_MAX
#define CLIENT_CONNECTIONS_AUTO 0
#define CLIENT_KEYS_UNIQUE      0
#define RATE_PERIOD             (RATE_ONE * SECOND_NS) /* ns between events: RATE_PERIOD / rate */

/* Bytes of an item of SLAB_REQUEST: for the catalog. */
#define CLIENT_REQUEST_BYTES 88

/* Where a request is in its life. */
enum request_state {
    REQUEST_WAITING = 1, /* for a connection */
    REQUEST_ASKED,       /* sent, no answer yet */
    REQUEST_RETRYING,    /* waits for its next attempt */
    REQUEST_THINKING     /* a user of the closed loop, not due yet: in no count */
};

/* An item of SLAB_REQUEST. */
struct request {
    uint32_t next;   /* in the queue that it stands in: waiting, or of its connection */
    uint32_t before; /* in the client's list of attempts under way, or of those that are delayed */
    uint32_t after;
    uint32_t place; /* its connection's, when it was asked */
    uint32_t client;
    uint16_t state; /* enum request_state */
    uint16_t type;  /* enum resp_type, or HTTP_REQUEST */
    uint32_t value_bytes;
    uint32_t user;  /* 1: belongs to the closed loop, its end makes the next one due; while
                     * REQUEST_THINKING how many users think */
    uint64_t tries; /* attempts begun */
    uint64_t due_ns;
    uint64_t attempt_ns; /* when this attempt was due */
    uint64_t write;      /* its number, 0 for a read */
    uint64_t key;        /* of HTTP: which of the client's requests it is, from 1 */
    event_id event;      /* that ends its delay; 0 when that fired while the process was paused */
    uint32_t wait;       /* replicas that WAIT asks for, 0 none */
    uint32_t heard;      /* 1 + the outcome of the write, while WAIT's answer is to come */
};

/* A place for a connection; places are told by their index + 1, 0 is none. */
enum place_state {
    PLACE_UNUSED,
    PLACE_CONNECTING,
    PLACE_SECURING, /* the TLS handshake */
    PLACE_OPEN,
    PLACE_LEAVING /* its last answer has come: the server closes it */
};
#define PLACE_RESUMED 1u /* a TLS session was taken up */
#define PLACE_SPOKEN  2u /* something was asked on it */
#define PLACE_ENDED   4u /* the server closed */
#define PLACE_ASKS    8u /* it leads to a sentinel, for the master's address */
struct place {
    uint32_t socket; /* 0 when there is nobody to connect to */
    uint16_t state;  /* enum place_state */
    uint16_t roomy;  /* 1: it stands in the list of those that can take a request */
    uint32_t outstanding;
    uint32_t answered;      /* users of the closed loop that wait for the rest of their pipeline */
    struct row_list asked;  /* in the order in which the answers will come */
    uint32_t before, after; /* among the roomy, the connecting, the unused */
    uint32_t to;            /* the component it leads to */
    uint8_t http;           /* enum http_version that is spoken on it */
    uint8_t tls;            /* enum tls_version, 0 none */
    uint16_t flags;         /* PLACE_RESUMED ... */
    uint64_t since_ns;      /* when it began to connect */
    uint32_t cookie;        /* that the visitor has; kept from connection to connection */
    uint32_t tried;         /* sentinels that gave no answer */
};

/* The acks of the last second, exactly: 16 bytes each are 320 KB at 20,000/s, and nothing has to be
 * guessed from buckets when a lesson asks for the throughput in the second of a fault. */
struct ack {
    uint64_t time_ns, latency_ns;
};
struct recent {
    ref ring; /* struct ack each; a power of two of them */
    uint32_t limit, head, count;
};

/* Connections that stay (crowd.h): op=ws and op=location. */
struct crowd {
    ref members; /* struct member[limit] */
    uint32_t limit;
    uint32_t begun; /* 1 to this have had their turn to connect */
    struct row_list connecting;
    uint64_t send_rate;             /* that their next messages were reckoned at */
    uint64_t messages;              /* sent so far */
    struct histogram connect_times; /* from the beginning of an attempt to the 101 */

    /* location.c */
    ref views;                /* struct view[limit] */
    uint64_t requests, bytes; /* of HTTP and of frames, without the handshake of a WebSocket */
    uint64_t moves, polls;    /* where their phases begin */
    uint64_t updates_before;  /* moves of views that are no more */
    uint64_t updates_seen;
    uint64_t update_ns; /* that its views were reckoned with */
    uint32_t is_location;
    uint32_t mode; /* enum client_mode: how its connections were made */
};

enum client_state { CLIENT_DOWN, CLIENT_RUNNING, CLIENT_FROZEN };

struct client {
    uint64_t sent, acked, refused, timed_out, in_flight, retries;
    uint64_t connected, connects, connect_failures;
    struct histogram latency;
    struct recent recent;
    struct stream arrivals, keys, jitter;

    /* arrival.c */
    event_id arrival;
    uint64_t due_ns;   /* of the next one, while its event waits */
    uint64_t rest;     /* of the division that gives the grid of arrival=constant */
    uint64_t ahead_ns; /* how far off the next one is while no event waits for it, ... */
    uint64_t rate;     /* ... reckoned at this rate */
    uint64_t users;    /* of the closed loop */

    /* request.c */
    event_id timer; /* at or before the earliest deadline */
    uint64_t timer_ns;
    struct row_list open;    /* attempts under way, by attempt_ns */
    struct row_list delayed; /* that retry or think */
    struct row_list waiting; /* queue for a connection */
    uint32_t waiting_count;

    /* pool.c */
    ref places;
    uint32_t place_limit; /* of the array */
    uint32_t place_count; /* connecting or open */
    uint32_t connecting_count;
    struct row_list roomy, connecting, free;
    uint64_t session; /* of TLS, kept for the next connection; 0 none */

    struct crowd crowd;

    uint32_t ask;      /* whose turn it is among the sentinels of `via` */
    uint32_t told;     /* the master that a sentinel named last */
    uint16_t state;    /* enum client_state */
    uint16_t begun;    /* 1: the first request was due */
    uint32_t is_crowd; /* what runs: 1 the crowd, 0 the pool */
};

/* The numbers of its events. */
enum client_event {
    CLIENT_EVENT_ARRIVAL = 1,
    CLIENT_EVENT_TIMER,
    CLIENT_EVENT_DELAYED,
    CLIENT_EVENT_MEMBER /* u32[0]: its number in the crowd */
};

static inline struct client *client_of(const struct world *world, uint32_t id)
{
    return (struct client *)component_state(world, id);
}
static inline bool client_closed_loop(const struct world *world, uint32_t id)
{
    return parameter_get(world, id, CLIENT_RATE) == CLIENT_RATE_MAX;
}

/* --- arrival.c: when requests are due ------------------------------------------------------- */
void arrival_begin(struct world *world, uint32_t id); /* the process started */
void arrival_freeze(struct world *world,
                    uint32_t id); /* SIGSTOP: nothing is due while it is paused */
void arrival_thaw(struct world *world, uint32_t id);
void arrival_end(struct world *world, uint32_t id);
void arrival_fired(struct world *world, uint32_t id);
void arrival_rate_changed(struct world *world, uint32_t id);
void arrival_count_changed(struct world *world, uint32_t id); /* count, connections or pipeline */
/* So many users of the closed loop have their answers; and have thought. */
void arrival_users_done(struct world *world, uint32_t id, uint32_t count);
void arrival_users_due(struct world *world, uint32_t id, uint32_t count);

/* --- request.c: the life of a request ------------------------------------------------------- */
/* How it ends.  From REQUEST_NOT_CONNECTED on it is refused: the trace says the word of enum
 * refusal. */
enum request_outcome {
    REQUEST_ACKED,
    REQUEST_TIMED_OUT = REFUSED_TIMED_OUT,
    REQUEST_NOT_CONNECTED = REFUSED_CONNECT,
    REQUEST_BROKEN = REFUSED_BROKEN,
    REQUEST_ERROR = REFUSED_ERROR,
    REQUEST_MISCONF = REFUSED_MISCONF,
    REQUEST_OOM = REFUSED_OOM,
    REQUEST_READONLY = REFUSED_READONLY,
    REQUEST_LOADING = REFUSED_LOADING,
    REQUEST_STATUS = REFUSED_STATUS,
    REQUEST_NOREPLICAS = REFUSED_NOREPLICAS,
    REQUEST_MASTERDOWN = REFUSED_MASTERDOWN
};
static inline bool request_is_refused(enum request_outcome how)
{
    return how >= REQUEST_NOT_CONNECTED;
}
void request_due(struct world *world, uint32_t id, bool user);
void request_think(struct world *world, uint32_t id, uint32_t users, uint64_t delay_ns);
void request_delay_over(struct world *world, uint32_t id, uint32_t request);
void request_thaw(struct world *world, uint32_t id); /* what fell due while it was paused */
/* An attempt came to nothing: it leaves the attempts under way, and is retried or ends.  Of both:
 * how many users of the closed loop (1 or 0) are done with it; the caller tells arrival_users_done.
 */
uint32_t request_fail(struct world *world, uint32_t id, uint32_t request, enum request_outcome how);
uint32_t request_ack(struct world *world, uint32_t id, uint32_t request, uint32_t store,
                     uint64_t position);
void request_time_out(struct world *world, uint32_t id); /* all whose deadline has come */
void request_arm(struct world *world, uint32_t id);      /* the timer, for the earliest deadline */
void request_leave_loop(struct world *world, uint32_t id); /* they are no users any more */
/* How long it waits before it tries again after so many attempts. */
uint64_t request_retry_delay(struct world *world, uint32_t id, uint64_t tries);
void request_end_all(struct world *world, uint32_t id); /* the process is gone */

static inline struct request *request_at(const struct world *world, uint32_t request)
{
    return (struct request *)slab_at(&world->region, SLAB_REQUEST, request);
}
void request_push(struct world *world, struct row_list *queue, uint32_t request);
uint32_t request_pop(struct world *world, struct row_list *queue);
/* Takes one that stands in the queue out of it, wherever. */
void request_take(struct world *world, struct row_list *queue, uint32_t request);

/* --- pool.c: connections; speak.c: what is said on them --------------------------------------- */
uint32_t pool_limit(const struct world *world, uint32_t id); /* connections it may have */
void pool_open(struct world *world, uint32_t id);            /* one more, if it may */
/* Hands waiting requests to connections, opens what is missing, sets the timer: the last thing that
 * each event, signal and change does, so that nothing in between has to call back. */
void pool_settle(struct world *world, uint32_t id);
void pool_trim(struct world *world, uint32_t id); /* there may be fewer connections now */
/* Closes a connection; its requests come to nothing in this way. */
void pool_close(struct world *world, uint32_t id, uint32_t place, enum request_outcome how);
void pool_time_out(struct world *world, uint32_t id); /* those that connect for too long */
/* When the connection that has been connecting the longest is given up. */
uint64_t pool_deadline(const struct world *world, uint32_t id);
void pool_forget(struct world *world, uint32_t id); /* the process is gone, its sockets too */
void pool_socket(struct world *world, uint32_t id, uint32_t connection, enum socket_event what);

/* What its sockets are set to. */
struct tcp_options speak_options(const struct world *world, uint32_t id);
/* Opens a connection; 0 when the region is full. */
uint32_t speak_connect(struct world *world, uint32_t id, uint32_t to);
/* Hands the request to the connection: a message of its protocol.  `more` follow at once. */
bool speak_ask(struct world *world, uint32_t id, struct place *place, uint32_t request, bool more);
/* The TCP connection stands; true when requests may go out, false when TLS comes first. */
bool speak_connected(struct world *world, uint32_t id, struct place *place);
/* What a message from the other side is. */
enum heard {
    HEARD_NOTHING, /* part of an answer or of the protocol */
    HEARD_SECURE,  /* the handshake is complete: requests may go out */
    HEARD_BAD,     /* TLS is not spoken there */
    HEARD_ANSWER
};
enum heard speak_hear(struct world *world, uint32_t id, struct place *place,
                      const struct message *message);
/* Which of those asked on the connection it answers; 0 none.  It is taken out of them. */
uint32_t speak_answered(struct world *world, struct place *place, const struct message *answer);
/* REQUEST_ACKED, or why not. */
enum request_outcome speak_outcome(const struct request *request, const struct message *answer);
/* After this answer the connection takes no request. */
bool speak_was_last(const struct world *world, uint32_t id, const struct message *answer);
/* close(2), with TLS's word before it. */
void speak_close(struct world *world, uint32_t id, const struct place *place);
/* Requests that may be under way on a connection of it. */
uint32_t speak_room(const struct world *world, uint32_t id, const struct place *place);

/* --- crowd.c: connections that stay ----------------------------------------------------------- */
void crowd_begin(struct world *world, uint32_t id);
void crowd_end(struct world *world, uint32_t id); /* the process is gone, its sockets too */
void crowd_freeze(struct world *world, uint32_t id);
void crowd_thaw(struct world *world, uint32_t id);
void crowd_arrival(struct world *world, uint32_t id); /* the next one connects */
void crowd_timer(struct world *world, uint32_t id);   /* who connects for too long */
void crowd_member(struct world *world, uint32_t id, uint32_t number);
void crowd_changed(struct world *world, uint32_t id, unsigned parameter);
void crowd_socket(struct world *world, uint32_t id, uint32_t connection, enum socket_event what);
/* Moves since each connection's first answer. */
uint64_t location_updates(const struct world *world, uint32_t id);
void crowd_stall(struct world *world, uint32_t id, uint32_t count);

/* --- recent.c: the last second --------------------------------------------------------------- */
void recent_add(struct world *world, struct recent *recent, uint64_t latency_ns);
uint32_t recent_count(const struct world *world, const struct recent *recent);
/* Nearest rank, exact; the ring is not changed.  Count must not be 0. */
uint64_t recent_percentile(const struct world *world, const struct recent *recent,
                           uint32_t permille);
void recent_release(struct world *world, struct recent *recent);

/* The first `count` of its open connections do not read, all others do. */
void client_stall(struct world *world, uint32_t client, uint32_t count);
void pool_stall(struct world *world, uint32_t id, uint32_t count);

/* What was sent has ended once or is under way; what does not agree is added to `why`. */
bool client_accounts(struct world *world, uint32_t client, struct text *why);

/* --- client_rows.c ---------------------------------------------------------------------------- */
#define CLIENT_METRICS 31
extern const struct parameter client_parameters[];
extern const struct metric client_metrics[];

extern const struct kind client_kind;

#endif
