/*
 * The state of a server's process, and what its files (sim/server) call of each other.
 *
 * A connection that was accepted is a channel.  A request is a job: it holds a thread (or has its
 * turn in a loop), not its connection.  What a socket or a timer brings is only noted;
 * server_settle then goes on with all that can: accepts, reads, starts, answers, closes.  So
 * nothing calls back in the middle of something, and a long pipeline does not deepen the stack.
 */
#ifndef SIM_SERVER_SERVER_STATE_H
#define SIM_SERVER_SERVER_STATE_H

#include "sim/engine/histogram.h"
#include "sim/engine/row_list.h"
#include "sim/engine/rows.h"
#include "sim/machine/machine.h"
#include "sim/net/deliveries.h"
#include "sim/net/http.h"
#include "sim/net/socket.h"
#include "sim/net/tls.h"
#include "sim/server/heap.h"
#include "sim/server/server.h"

/* A queue of jobs through next. */
struct job_queue {
    struct row_list jobs;
    uint32_t count;
};

enum channel_state {
    CHANNEL_FREE,
    CHANNEL_ACCEPTING, /* accept() has it, its CPU time is not spent */
    CHANNEL_SECURING,  /* the TLS handshake */
    CHANNEL_OPEN
};
#define CHANNEL_NOTED   1u   /* it stands in the list of those that server_settle looks at */
#define CHANNEL_IDLE    2u   /* it stands in the list of those that wait for a request */
#define CHANNEL_ENDED   4u   /* the peer closed */
#define CHANNEL_LAST    8u   /* no request more is taken: the answer under way closes it */
#define CHANNEL_STREAMS 16u  /* h2 or h3: many requests at a time */
#define CHANNEL_FULL    32u  /* the kernel takes no more of the answer now */
#define CHANNEL_WS      64u  /* it is a WebSocket */
#define CHANNEL_CHOKED  128u /* what is kept was past the high-water mark, and is not below half */
#define CHANNEL_SLOW    256u /* it is closed for being slow */

struct channel {
    uint32_t noted;         /* the next that is noted; of a free row the next free */
    uint32_t socket;        /* 0: gone, its jobs still run */
    uint32_t before, after; /* among the idle, by since_ns */
    uint64_t since_ns;      /* idle since */
    uint32_t requests;      /* taken on it */
    uint32_t jobs;          /* of it, under way */
    uint32_t loop;          /* model=eventloop: whose it is */
    uint16_t state;         /* enum channel_state */
    uint16_t flags;
    struct job_queue writing; /* answers that the kernel did not take whole; h2: in turns */
    uint16_t tls;             /* enum tls_version: while CHANNEL_SECURING the highest it takes */
    uint16_t resumed;         /* 1: a TLS session of before was taken up */
    uint32_t audience;        /* a WebSocket: row of its client, ... */
    uint32_t member;          /* ... and its number there */
    uint32_t vehicle;         /* that it is told of; 0 none */
    uint32_t padding;
    struct row_list kept; /* frames that the kernel did not take */
    uint64_t kept_bytes;  /* of them */
    uint64_t heard_ns;    /* the last frame */
    uint32_t heap_bytes;  /* conn_memory as of the accept */
    uint32_t heap_taken;  /* for heap_give */
};

/* The WebSockets of a client by their numbers: rooms are ranges of them. */
struct audience {
    uint32_t client; /* ws_client_key; 0: a free row */
    uint32_t limit;
    ref channels; /* u32[limit]; 0: has no connection */
};

/* What a WebSocket is told of: pushed when it moves. */
struct vehicle {
    uint32_t channel; /* 0: a free row */
    uint32_t unused;
    uint64_t every_ns, at_ns;
    event_id event;
};

/* What the process needs for a frame that it keeps, beside its bytes (Netty
 * ChannelOutboundBuffer.Entry: TRUTH ws.slow.netty). */
#define KEPT_BYTES 96u

/* A frame that waits in the process, because the kernel takes no more. */
struct kept {
    uint32_t next, bytes;
    uint32_t heap_taken, unused;   /* for heap_give */
    uint64_t number, sent_ns, who; /* a, c and d of the delivery */
};

enum job_state {
    JOB_WAITING = 1, /* for a thread, or for its loop */
    JOB_WORKS,       /* CPU */
    JOB_AWAY,        /* external */
    JOB_CALLS,       /* asks calls= or via= */
    JOB_BACK,        /* what it waited for is there, it waits for its loop */
    JOB_WRITES,      /* hands its answer to the kernel */
    JOB_BLOCKED,     /* waits for a reader of the room */
    JOB_PARKED       /* a long poll: waits for a move, without a thread */
};

struct job {
    uint32_t next; /* in the queue that it stands in; of a free row the next free */
    uint32_t channel;
    uint16_t state; /* enum job_state */
    uint16_t status;
    uint16_t flags; /* of the request */
    uint8_t thread; /* 1: it holds one */
    uint8_t begun;  /* 1: the first piece of its answer is with the kernel */
    uint16_t type;  /* of the message that it came as */
    uint16_t unused;
    uint32_t at, until; /* of a message: how far the room is done with, and the CPU time spent */
    uint32_t blocks;    /* JOB_BLOCKED: the channel that it waits for */
    uint32_t padding;
    struct ws_room room;  /* of a message */
    uint64_t sent_ns;     /* of a message */
    uint64_t number, own; /* a and d of the request */
    uint64_t since_ns;    /* when the request was read */
    uint64_t left;        /* bytes of the answer that the kernel was not given */
    uint64_t body;        /* bytes of it; of a position the move that is told */
    uint64_t every_ns;    /* of a position: as asked */
    event_id event; /* that ends external, its patience with a call, or the wait for a reader; 0
                       when it fired while the process stood still */
    uint64_t write; /* that its call is, by the ledger; 0 none */
    uint32_t line;  /* that its call is on; 0 none yet */
    uint32_t heap_bytes; /* what it has allocated */
};

enum line_state {
    LINE_IDLE = 1,
    LINE_ASKS, /* a sentinel, for the master's address */
    LINE_CONNECTS,
    LINE_BUSY
};

/* A connection to whom the server calls; while it is made, and while it is busy, a job's. */
struct line {
    uint32_t next; /* idle: the one that idles longer; of a free row the next free */
    uint32_t socket;
    uint32_t job; /* 0: idle */
    uint32_t to;
    uint32_t turn;  /* of the sentinel that was asked first */
    uint16_t state; /* enum line_state */
    uint8_t tried;  /* sentinels that gave no answer */
    uint8_t old;    /* 1: made when calls= or via= said something else */
};

/* An event loop: one turn at a time. */
struct loop {
    struct job_queue waiting;
    uint32_t busy; /* a job has the loop */
};

/* What ends a server's growth (walls.c). */
enum server_wall {
    WALL_CONNECTIONS,
    WALL_FILES,
    WALL_THREADS,
    WALL_CPU,
    WALL_GC,
    WALL_HEAP,
    WALL_RAM,
    WALLS
};

struct server {
    uint64_t requests, responses, errors, accepted, refused;
    uint64_t messages_in, deliveries, closed_slow;
    uint64_t kept_bytes;                       /* frames of all channels that wait in the process */
    uint64_t connections;                      /* accepted and open */
    uint64_t threads_busy;                     /* or loops */
    uint64_t queued;                           /* requests that wait for a thread or their loop */
    uint64_t accepted_before, requests_before; /* of earlier lives: stub_status counts this one */
    struct histogram latency;
    struct stream services;
    struct rows channels, jobs, audiences, kept, vehicles;

    /* calls.c */
    uint64_t calls, calls_failed, served_without;
    struct rows lines;
    struct job_queue calling; /* jobs that wait for a line */
    uint32_t line_count, line_idle;
    uint32_t ask;  /* whose turn it is among the sentinels of via= */
    uint32_t told; /* the master that one of them named last */
    uint64_t late; /* calls whose patience ended while the process stood still */
    struct stream keys;

    struct heap heap;
    uint64_t wall_ns[WALLS];  /* when each was hit first; 0 not yet */
    uint64_t looked_ns;       /* at the shares of time */
    uint64_t pressed_ns;      /* requests wait for a thread since; while none waits: now */
    uint64_t kills_seen;      /* of its machine's OOM killer */
    uint64_t resident;        /* what the process has of the machine's memory */
    uint64_t threads_made;    /* a pool's, at most maxThreads: as many as were ever busy */
    struct job_queue waiting; /* model=blocking */
    struct job_queue back;    /* came back from outside while the process stood still */
    ref loops;                /* struct loop each */
    uint32_t loop_count;
    uint32_t loop_next;     /* gets the next connection */
    struct row_list noted;  /* channels that server_settle looks at */
    struct row_list idle;   /* channels, by since_ns */
    struct row_list pinged; /* WebSockets, by since_ns: the last ping */
    uint32_t kept_count;    /* frames that kept_bytes counts */
    uint32_t accepting;     /* the channel whose accept costs CPU now; 0 none */
    uint16_t files_full;    /* 1: accept failed (EMFILE) and it was said */
    uint16_t settling;
    event_id timer; /* for the one that idles the longest */
    uint64_t timer_ns;
};

/* The numbers of its events. */
enum server_event {
    SERVER_EVENT_ACCEPTED = 1, /* the CPU time of an accept is spent */
    SERVER_EVENT_WORKED,       /* of a request: u32[0] */
    SERVER_EVENT_EXTERNAL,     /* u32[0]: the job whose call came back */
    SERVER_EVENT_IDLE,
    SERVER_EVENT_CALL,  /* u32[0]: the job whose patience with its call is over */
    SERVER_EVENT_PING,  /* the CPU time of a ping is spent: u32[0] its channel, u32[1] its socket */
    SERVER_EVENT_STUCK, /* u32[0]: the job whose write has waited for send_timeout */
    SERVER_EVENT_MOVED, /* u32[0]: the job of a long poll */
    SERVER_EVENT_PUSH,  /* u32[0]: the vehicle that moved */
    SERVER_EVENT_COLLECTED /* a thread of the collector is done */
};

/* What the upper half of a socket's cookie says it is; the lower one is its row. */
enum server_socket { SERVER_SOCKET_CHANNEL, SERVER_SOCKET_LINE };

static inline struct server *server_of(const struct world *world, uint32_t id)
{
    return (struct server *)component_state(world, id);
}
static inline struct channel *channel_at(const struct world *world, const struct server *v,
                                         uint32_t channel)
{
    return (struct channel *)rows_at(&world->region, &v->channels, sizeof(struct channel), channel);
}
static inline struct audience *audience_at(const struct world *world, const struct server *v,
                                           uint32_t audience)
{
    return (struct audience *)rows_at(&world->region, &v->audiences, sizeof(struct audience),
                                      audience);
}
static inline struct job *job_at(const struct world *world, const struct server *v, uint32_t job)
{
    return (struct job *)rows_at(&world->region, &v->jobs, sizeof(struct job), job);
}
static inline struct line *line_at(const struct world *world, const struct server *v, uint32_t line)
{
    return (struct line *)rows_at(&world->region, &v->lines, sizeof(struct line), line);
}
/* By which the idle, or the pinged, stand in their list. */
static inline struct row_links channel_links(const struct world *world, const struct server *v)
{
    return ROW_LINKS(struct channel, before, channel_at(world, v, 1));
}
/* Nothing of it runs now: SIGSTOP, a collection, or an OutOfMemoryError. */
static inline bool server_stands(const struct world *world, uint32_t id)
{
    return component_at(world, id)->paused || heap_stands(&server_of(world, id)->heap);
}
void job_push(struct world *world, struct server *v, struct job_queue *queue, uint32_t job);
uint32_t job_pop(struct world *world, struct server *v, struct job_queue *queue);

/* --- server.c ------------------------------------------------------------------------------- */

/* Goes on with all that can: the last thing that each event, signal and change does. */
void server_settle(struct world *world, uint32_t id);
/* The channel is looked at by server_settle. */
void channel_note(struct world *world, uint32_t id, uint32_t channel);

/* --- walls.c: which wall was hit -------------------------------------------------------------- */

void walls_settle(struct world *world, uint32_t id);
void walls_killed(struct world *world, uint32_t id); /* SIGKILL came, maybe of the OOM killer */

/* --- resident.c: the process's memory --------------------------------------------------------- */

/* Threads that it has: of a pool, of connections, or loops. */
uint64_t resident_threads(const struct world *world, uint32_t id);
/* Takes and gives what has changed; the kernel may kill the process (the caller returns at once).
 */
void resident_settle(struct world *world, uint32_t id);

/* --- accept.c: connections come ------------------------------------------------------------- */

bool accept_settle(struct world *world, uint32_t id); /* takes the next; false: none, or none may */
void accept_done(struct world *world, uint32_t id);   /* its CPU time is spent */

/* --- channel.c: connections that are open --------------------------------------------------- */

void channel_settle(struct world *world, uint32_t id, uint32_t channel);
/* It has answered or was accepted: it waits for a request, and its time runs. */
void channel_idle(struct world *world, uint32_t id, uint32_t channel);
void channel_socket(struct world *world, uint32_t id, uint32_t connection, enum socket_event what);
/* It has a request. */
void channel_busy(struct world *world, uint32_t id, uint32_t channel);
/* The socket is closed or gone; the row too, once no job holds it. */
void channel_drop(struct world *world, uint32_t id, uint32_t channel);
void channel_job_over(struct world *world, uint32_t id, uint32_t channel);
void idle_time_out(struct world *world, uint32_t id);
void idle_arm(struct world *world, uint32_t id);

/* The 101 is with the kernel: frames from now on. */
void channel_upgrade(struct world *world, uint32_t id, uint32_t channel, uint32_t job);
/* Closes the socket, in good order. */
void channel_close(struct world *world, uint32_t id, uint32_t channel);

/* --- secure.c: TLS -------------------------------------------------------------------------- */

/* A message of the handshake; false when it is none. */
bool secure_message(struct world *world, uint32_t id, uint32_t channel,
                    const struct message *message);

/* --- work.c: threads and loops -------------------------------------------------------------- */

void work_begin(struct world *world, uint32_t id); /* the process starts */
/* A request, or a frame of a WebSocket. */
void work_request(struct world *world, uint32_t id, uint32_t channel,
                  const struct message *request);
/* Gives its thread or turn back, and goes on without. */
void work_park(struct world *world, uint32_t id, uint32_t job);
/* Gives the thread or the turn back and forgets the job. */
void work_over(struct world *world, uint32_t id, uint32_t job);
void work_worked(struct world *world, uint32_t id, uint32_t job);
void work_external(struct world *world, uint32_t id, uint32_t job);
void work_thaw(struct world *world, uint32_t id);   /* calls that came back while it stood still */
bool work_settle(struct world *world, uint32_t id); /* starts what can; true: something started */
/* The answer is with the kernel, or nobody is there to get it. */
void work_answered(struct world *world, uint32_t id, uint32_t job);
bool work_idle(const struct world *world, uint32_t id); /* no request is under way */
void work_end(struct world *world, uint32_t id);        /* the process is gone */

/* It has what it waited for: it answers with this status, at once or at its turn. */
void work_back(struct world *world, uint32_t id, uint32_t job, uint32_t status);

/* --- calls.c: it asks another component ------------------------------------------------------ */

bool calls_check(struct world *world, uint32_t id, const uint64_t *values, struct error *error);
bool calls_wanted(const struct world *world, uint32_t id);
void calls_begin(struct world *world, uint32_t id, uint32_t job); /* work_back follows */
bool calls_settle(struct world *world, uint32_t id);              /* true: a call got its line */
void calls_socket(struct world *world, uint32_t id, uint32_t line, uint32_t connection,
                  enum socket_event what);
void calls_time_out(struct world *world, uint32_t id, uint32_t job);
void calls_changed(struct world *world, uint32_t id); /* calls= or via= says something else now */
void calls_end(struct world *world, uint32_t id);     /* the process is gone; its jobs are there */
uint32_t calls_lead_to(const struct world *world, uint32_t id);

/* --- answer.c: responses leave -------------------------------------------------------------- */

void answer_begin(struct world *world, uint32_t id, uint32_t job, uint32_t status);
void answer_continue(struct world *world, uint32_t id, uint32_t channel);

/* --- rooms.c: who is in them ------------------------------------------------------------------ */

/* The channel has become a WebSocket of this client. */
void room_join(struct world *world, uint32_t id, uint32_t channel, struct ws_who who);
void room_leave(struct world *world, uint32_t id, uint32_t channel);
/* The channel of a client's connection by its number, 0: it has none. */
uint32_t room_channel(const struct world *world, const struct server *v, uint32_t audience,
                      uint32_t number);
void rooms_clear(struct world *world, uint32_t id);

/* --- fanout.c: a message goes to its room ----------------------------------------------------- */

/* The next slice of it begins: its CPU time. */
uint64_t fanout_slice(const struct world *world, uint32_t id, uint32_t job);
/* The CPU time is spent: writes, as far as the slice goes and nobody blocks it. */
void fanout_write(struct world *world, uint32_t id, uint32_t job);
/* A call that it needed came to nothing: nobody gets it. */
void fanout_fail(struct world *world, uint32_t id, uint32_t job);
/* The kernel takes frames again: what is kept leaves, who waits goes on. */
void fanout_writable(struct world *world, uint32_t id, uint32_t channel);
void fanout_stuck(struct world *world, uint32_t id, uint32_t job); /* send_timeout is over */
/* The connection is gone: nobody waits for it, nothing is kept for it. */
void fanout_forget(struct world *world, uint32_t id, uint32_t channel);
void fanout_end(struct world *world, uint32_t id); /* the process is gone with what it holds */

/* --- position.c: where it is ------------------------------------------------------------------ */

/* A long poll that knows the last move waits for the next; true: it does. */
bool position_parks(struct world *world, uint32_t id, uint32_t job);
void position_moved(struct world *world, uint32_t id, uint32_t job);
/* The move that an answer of now tells of. */
uint64_t position_of(const struct world *world, const struct job *job);
/* A WebSocket is told of each move from now on. */
void position_follow(struct world *world, uint32_t id, uint32_t channel, const struct job *job);
void position_leave(struct world *world, uint32_t id, uint32_t channel);
void position_push(struct world *world, uint32_t id, uint32_t vehicle); /* it has moved */
void position_write(struct world *world, uint32_t id, uint32_t job);    /* its CPU time is spent */
void positions_clear(struct world *world, uint32_t id);

/* --- ping.c: is anybody there? ---------------------------------------------------------------- */

void ping_begin(struct world *world, uint32_t id, uint32_t channel); /* it is a WebSocket now */
void ping_leave(struct world *world, uint32_t id, uint32_t channel);
uint64_t ping_due(const struct world *world, uint32_t id); /* the next; TIME_NEVER none */
void ping_time_out(struct world *world, uint32_t id);
void ping_send(struct world *world, uint32_t id, uint32_t channel, uint32_t socket);

/* --- jvm.c: jstack, jcmd GC.heap_info, -Xlog:gc ----------------------------------------------- */

/* False: the words are none of them. */
bool jvm_tell(const struct world *world, uint32_t id, const struct command *words,
              struct text *answer);

/* --- server_admin.c ------------------------------------------------------------------------- */
bool server_tell(struct world *world, uint32_t id, const struct command *words, struct text *answer,
                 struct error *error);

/* --- server_rows.c -------------------------------------------------------------------------- */
#define SERVER_METRICS 26
extern const struct preset server_presets[]; /* presets.c */
extern const struct parameter server_parameters[];
extern const struct metric server_metrics[];

#endif
