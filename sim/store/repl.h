/*
 * Replication: what a store keeps for its replicas and about its master (replication.c of Redis
 * 7.0).
 */
#ifndef SIM_STORE_REPL_H
#define SIM_STORE_REPL_H

#include "sim/machine/machine.h"
#include "sim/net/tcp.h"
#include "sim/store/protocol.h"

/* A piece of the stream: one command, or what the master says to its replicas beside. */
enum repl_kind { REPL_COMMAND, REPL_SELECT, REPL_PING, REPL_GETACK, REPL_PUBLISH };
struct repl_item {
    uint32_t from, to; /* positions of the journal, of a command */
    uint32_t bytes;
    uint32_t kind; /* enum repl_kind */
};

/* The end of the stream that is kept: for replicas that have not got it yet, and for those that
 * come back.  Items have numbers that count from 0 and never go back. */
struct repl_backlog {
    ref ring; /* struct repl_item */
    uint32_t limit;
    uint32_t active; /* 1: there is one, and an id that stands for it */
    uint64_t first, next;
    uint64_t bytes; /* histlen */
};

enum replica_state { REPLICA_WAIT_START, REPLICA_WAIT_END, REPLICA_BULK, REPLICA_ONLINE };
struct replica {
    uint32_t connection;
    uint32_t component;
    uint16_t state;      /* enum replica_state */
    uint16_t on_ack;     /* its stream begins with its next ACK (repl_start_cmd_stream_on_ack) */
    uint32_t disk;       /* its snapshot goes over the disk */
    uint64_t bulk_left;  /* bytes of the snapshot that it was not sent */
    uint64_t piece_left; /* and of the piece that the child wrote */
    uint64_t item;       /* the next of the backlog */
    uint64_t sent;       /* the last position that its kernel was given */
    uint64_t pending;    /* bytes from there on: its output buffer */
    uint64_t psync_offset;
    uint64_t ack_offset, ack_s;
    uint64_t heard_s; /* lastinteraction */
    uint64_t soft_s;  /* + 1: since when its buffer is over the soft limit */
};

enum link_state {
    LINK_NONE,    /* a master */
    LINK_CONNECT, /* will connect at the next cron */
    LINK_CONNECTING,
    LINK_PING,     /* waits for PONG */
    LINK_REPLCONF, /* for two OKs */
    LINK_PSYNC,
    LINK_TRANSFER,
    LINK_SYNCING, /* the snapshot is there: fsync, load */
    LINK_CONNECTED
};

/* A snapshot that comes over the link. */
struct transfer {
    uint32_t file;
    uint32_t picture; /* ledger_picture: what it holds */
    uint64_t replid, offset;
    uint64_t keys, bytes; /* of the whole snapshot */
    uint64_t read, synced;
    uint32_t mark; /* 1: it ends with a mark (diskless) */
    uint32_t load_begun;
};

/* A client that waits: WAIT, or a write while the store shuts down.  Connection 0 is `tell`: its
 * answer goes into the log, and b is when it asked. */
struct waiter {
    uint32_t connection;
    uint32_t replicas;
    uint64_t offset;
    uint64_t until_ns; /* TIME_NEVER */
    uint64_t b, d;     /* of its request: they come back */
};

struct repl {
    /* its own history */
    uint64_t replid, replid2; /* 0: none */
    uint64_t offset;          /* master_repl_offset */
    uint64_t second_offset;   /* replid2 counts up to here; UINT64_MAX: it does not */
    struct repl_backlog backlog;
    uint32_t selected; /* the stream has its SELECT */
    uint32_t get_ack;
    uint64_t told_offset;   /* after the last write of `tell`: what its WAIT asks for (c->woff) */
    struct vector replicas; /* struct replica */
    struct vector waiters;  /* struct waiter */
    uint64_t good;          /* replicas that are near enough */
    uint64_t none_since_s;  /* without a replica */
    uint64_t loops;         /* of replicationCron */
    /* its master */
    uint32_t master; /* component, 0: it is one itself */
    uint32_t state;  /* enum link_state */
    uint32_t link;   /* connection */
    uint32_t oks;    /* answers that LINK_REPLCONF still waits for */
    uint32_t cached; /* 1: it may ask to go on from cached_offset */
    uint32_t unused;
    uint64_t cached_id, cached_offset;
    uint64_t heard_s, down_since_s; /* down_since_s: 0 while the link is up */
    struct transfer transfer;
    /* shutdown */
    uint64_t shutdown_until_ns; /* 0: it does not wait for replicas */
    /* metrics */
    uint64_t sync_full, partial_ok, partial_err;
    struct stream ids;
};

static inline struct replica *replica_at(const struct world *world, const struct repl *repl,
                                         uint32_t i)
{
    return (struct replica *)vector_at(&world->region, &repl->replicas, i);
}

/* --- repl_stream.c: ids, backlog, what goes to replicas --------------------------------------- */
uint64_t repl_new_id(struct world *world, uint32_t id);
void repl_id_add(struct text *text, uint64_t replid); /* 40 hex digits */
void repl_feed(struct world *world, uint32_t id, uint32_t position);
void repl_push(struct world *world, uint32_t id, const struct repl_item *item);
void repl_backlog_open(struct world *world, uint32_t id);
void repl_backlog_close(struct world *world, uint32_t id);
/* The item that follows after so many bytes of the stream; false when it is not kept. */
bool repl_backlog_find(const struct world *world, uint32_t id, uint64_t offset, uint64_t *item);
/* beforeSleep: asks for ACKs, answers who waits, sends what there is to send. */
void repl_before_sleep(struct world *world, uint32_t id);
void repl_send(struct world *world, uint32_t id);
/* The last position that is on its way to some replica, and will arrive whatever happens here. */
uint64_t repl_under_way(const struct world *world, uint32_t id);

/* client-output-buffer-limit "replica HARD SOFT SECONDS"; 0 is no limit. */
struct repl_limit {
    uint64_t hard, soft, soft_s;
};
bool repl_limit_read(const char *words, struct repl_limit *limit);
void repl_limit_check(struct world *world, uint32_t id);

/* --- repl_sync.c: PSYNC, snapshots for replicas ----------------------------------------------- */
/* Is a PSYNC with this id and offset answered with +CONTINUE, and from which item on? */
bool repl_goes_on(const struct world *world, uint32_t id, uint64_t replid, uint64_t offset,
                  uint64_t *item);
struct replica *repl_replica_of(const struct world *world, uint32_t id, uint32_t connection);
/* The three messages of a replica; no answer: type RESP_NONE. */
struct message repl_psync(struct world *world, uint32_t id, uint32_t connection,
                          const struct message *request);
void repl_ack(struct world *world, uint32_t id, uint32_t connection, uint64_t offset);
void repl_replica_closed(struct world *world, uint32_t id, uint32_t connection);
void repl_replica_drop(struct world *world, uint32_t id, uint32_t connection);
void repl_drop_all(struct world *world, uint32_t id); /* disconnectSlaves */
void repl_start_pending(struct world *world, uint32_t id);
void repl_child_done(struct world *world, uint32_t id, bool disk, bool good, uint32_t file);
/* The child wrote so many bytes into the pipe; true when all replicas have taken all. */
bool repl_pipe(struct world *world, uint32_t id, uint64_t bytes);
bool repl_pipe_clear(struct world *world, uint32_t id);
void repl_writable(struct world *world, uint32_t id, uint32_t connection);
void repl_count_good(struct world *world, uint32_t id);

/* --- repl_link.c: the master's end of a replica ----------------------------------------------- */
void repl_connect(struct world *world, uint32_t id);
bool repl_is_link(const struct world *world, uint32_t id, uint32_t connection);
void repl_link_socket(struct world *world, uint32_t id, enum socket_event what);
void repl_link_message(struct world *world, uint32_t id, const struct message *message);
void repl_link_lost(struct world *world, uint32_t id); /* the connection is gone already */
void repl_link_close(struct world *world, uint32_t id);
void repl_send_ack(struct world *world, uint32_t id);

/* --- repl_load.c: a snapshot that came -------------------------------------------------------- */
bool repl_transfer_begin(struct world *world, uint32_t id, const struct message *answer);
void repl_transfer_piece(struct world *world, uint32_t id, const struct message *piece);
void repl_transfer_forget(struct world *world, uint32_t id);
void repl_sync_run(struct world *world, uint32_t id); /* WANT_SYNC */
void repl_sync_synced(struct world *world, uint32_t id, bool good);
void repl_sync_loaded(struct world *world, uint32_t id);

/* --- repl_role.c ------------------------------------------------------------------------------ */
void repl_start(struct world *world, uint32_t id);  /* the process has read its files */
void repl_forget(struct world *world, uint32_t id); /* and it is gone */
/* Its master is who the parameter names, when it can be. */
void repl_follow(struct world *world, uint32_t id);
/* REPLICAOF: 0 is NO ONE. */
void repl_set_master(struct world *world, uint32_t id, uint32_t master);
uint32_t repl_component(const struct world *world, const char *name); /* of a parameter; 0 none */
/* The same by its parameter; `file`: its configuration file is rewritten, too. */
void repl_order(struct world *world, uint32_t id, uint32_t master, bool file);
bool repl_refuses_read(const struct world *world, uint32_t id);
bool repl_refuses_write(const struct world *world, uint32_t id, enum resp_type *why);
void repl_cron(struct world *world, uint32_t id); /* replicationCron, once a second */

/* --- repl_wait.c ------------------------------------------------------------------------------ */
/* WAIT; RESP_NONE: it is answered later. */
struct message repl_wait(struct world *world, uint32_t id, uint32_t connection,
                         const struct message *request);
/* WAIT of `tell`: true and the count when it is answered at once; else the answer goes into the log
 * when it comes. */
bool repl_wait_told(struct world *world, uint32_t id, uint32_t replicas, uint64_t timeout_ms,
                    uint64_t *count);
void repl_wait_check(struct world *world, uint32_t id);
void repl_wait_forget(struct world *world, uint32_t id, uint32_t connection);
void repl_wait_end_all(struct world *world, uint32_t id); /* it is a replica now */
/* Replicas have what it has, or it need not care (isReadyToShutdown). */
bool repl_caught_up(const struct world *world, uint32_t id);
uint64_t repl_count_acked(const struct world *world, uint32_t id, uint64_t offset);

/* --- repl_info.c ------------------------------------------------------------------------------ */
void repl_info_add(struct world *world, uint32_t id, struct text *text);
void repl_address_add(struct text *text, const struct world *world, uint32_t component);

#endif
