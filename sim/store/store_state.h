/*
 * The state of a store's process, and what its files (sim/store) call of each other.
 */
#ifndef SIM_STORE_STORE_STATE_H
#define SIM_STORE_STORE_STATE_H

#include "sim/machine/machine.h"
#include "sim/net/tcp.h"
#include "sim/store/keyspace.h"
#include "sim/store/protocol.h"
#include "sim/store/repl.h"
#include "sim/store/store.h"

/* Events of the kind `store`. */
enum store_event {
    EVENT_CRON = 1,
    EVENT_TURN,       /* the CPU time of a turn is spent */
    EVENT_TURN_FSYNC, /* appendfsync always: the turn's bytes are on the disk */
    EVENT_STALL,      /* the main thread did what held it up (a fork) */
    EVENT_BIO_FSYNC,  /* the fsync thread is done */
    EVENT_OLD_FSYNC,  /* a file that was written before is on the disk */
    EVENT_OLD_SYNC,   /* part of a snapshot that comes from the master is */
    EVENT_SYNC_FSYNC, /* all of it */
    EVENT_SYNC_LOADED,
    EVENT_SAVE_CPU, /* SAVE: the file is written */
    EVENT_SAVE_FSYNC,
    EVENT_OPEN_FSYNC,   /* a rewrite begins: the manifest is on the disk */
    EVENT_SWITCH_FSYNC, /* a rewrite ended: the manifest is on the disk */
    EVENT_START_FSYNC,  /* the manifest of a fresh start is on the disk */
    EVENT_EXIT_FSYNC,   /* the log before the exit */
    EVENT_LOAD_READ,
    EVENT_LOAD_CPU,
    EVENT_CHILD_CPU, /* u64[0]: which child */
    EVENT_CHILD_SLEPT,
    EVENT_CHILD_FSYNC /* u64[3]: which child */
};

/* What the main thread does. */
enum store_busy {
    BUSY_NO,
    BUSY_TURN,
    BUSY_TURN_FSYNC,
    BUSY_STALL,
    BUSY_SAVE,
    BUSY_OPEN,   /* waits for the manifest of a rewrite that begins */
    BUSY_SWITCH, /* waits for the manifest of a rewrite that ended */
    BUSY_EXIT,   /* waits for the log, on its way out */
    BUSY_SYNC,   /* waits for the snapshot that came from its master */
    BUSY_LOAD
};

/* What it will do when it is free: bits of wants. */
enum store_want { WANT_CRON = 1, WANT_SAVE = 2, WANT_REWRITE = 4, WANT_EXIT = 8, WANT_SYNC = 16 };

/* Answers -LOADING while it reads; says nothing while its first files go to the disk. */
enum store_loading { LOADING_NO, LOADING_FILES, LOADING_OPENS };

enum aof_state { AOF_OFF, AOF_ON, AOF_WAIT_REWRITE };
enum child_type { CHILD_NONE, CHILD_RDB, CHILD_AOF, CHILD_SOCKET /* into replicas' sockets */ };
enum child_end { CHILD_RUNS, CHILD_DONE, CHILD_FAILED, CHILD_KILLED };

/* A message and its connection (0: closed meanwhile). */
struct letter {
    uint32_t connection;
    uint32_t link; /* 1: its master says it */
    struct message message;
};

struct letters {
    ref at;
    uint32_t count, limit;
    uint32_t unused;
};

/* A forked process that writes a snapshot or a new base file. */
struct child {
    uint16_t type; /* enum child_type */
    uint16_t end;  /* enum child_end: known to the parent at its next cron */
    uint32_t file;
    uint32_t pid;
    uint32_t orphan;   /* its parent is gone */
    uint32_t picture;  /* CHILD_SOCKET: what it saves (ledger_picture) */
    uint16_t blocked;  /* its pipe is full */
    uint16_t leaving;  /* it has written all, and exits */
    uint64_t position; /* the log's end at the fork */
    uint64_t keys;
    uint64_t bytes;    /* of the whole file */
    uint64_t written;  /* of it */
    uint64_t unsynced; /* written since the last fsync on the way */
    uint64_t piece;    /* bytes of the piece in work */
    uint64_t started_ns;
    uint64_t reported_ns; /* the last report to the parent */
};

/* Pages that were shared at the fork and written to since. */
struct cow {
    ref bits;
    uint32_t words;                                                /* u64 of bits */
    uint32_t value_first, entry_first, object_first, bucket_first; /* first page of each kind */
    uint32_t pages_all;
    uint32_t unused;
    uint64_t span;  /* key numbers at the fork, over which the pages are spread */
    uint64_t pages; /* touched so far */
};

struct aof {
    uint16_t state;       /* enum aof_state */
    uint16_t selected;    /* a SELECT was written since the file was opened */
    uint16_t write_error; /* 1: MISCONF */
    uint16_t bio_error;
    uint16_t error_full; /* the write error: 1 ENOSPC, 0 EIO */
    uint16_t fsync_runs; /* in the thread */
    uint32_t file;       /* the incremental file, 0 none */
    uint32_t broken;     /* the next bytes begin a new segment */
    uint32_t unused;
    uint64_t buffer_bytes; /* in store.aof_runs */
    uint64_t written;      /* last position in the file */
    uint64_t fsync_offset; /* length up to which an fsync was asked for */
    uint64_t last_fsync_s;
    uint64_t postponed_s; /* + 1 */
    uint64_t delayed;     /* aof_delayed_fsync */
    uint64_t base_size;   /* aof_rewrite_base_size */
    uint64_t current_size;
    uint64_t error_log_s;
    uint64_t failures;       /* of rewrites, in a row */
    uint64_t retry_s;        /* no rewrite before this second */
    uint64_t rewrite_status; /* 1: the last failed */
    uint64_t rewrite_started_ns;
};

/* What a start found in the files (load.c). */
struct load {
    struct vector files; /* u32: what is read, in order */
    uint32_t next;
    uint32_t refused;
    uint32_t truncated; /* a file that is cut to truncate_to */
    uint32_t hybrid;    /* the snapshot is the base of a log */
    uint64_t truncate_to;
    uint64_t started_ns;
    uint64_t snapshot_keys, commands, overwrites; /* what costs CPU */
    uint64_t bytes, base_bytes;
    uint64_t read_bytes;
    struct vector pieces; /* struct ledger_interval: what is replayed, in order */
    char words[152];      /* the last words of a refused start */
};

/* A fault after which the files hold nothing behind `from`. */
struct store_loss {
    uint64_t from;
    uint64_t at_ns;
    uint64_t cause; /* enum ledger_cause */
};

/* Keys that were looked at for eviction, by how long they were unused then (EVPOOL_SIZE). */
#define EVICT_POOL 16u
struct evict_candidate {
    uint32_t key, idle_s;
};
struct evict_pool {
    uint32_t count;
    uint32_t unused;
    struct evict_candidate rows[EVICT_POOL];
};

/* INFO says -1. */
#define SECONDS_NONE UINT64_MAX

struct store {
    struct keyspace keys;
    struct letters inbox, outbox;
    struct letters held; /* writes that wait while it shuts down */
    struct vector ready; /* u32: connections with messages */
    event_id cron;
    uint32_t pid, pids;
    uint32_t busy;      /* enum store_busy */
    uint32_t wants;     /* enum store_want */
    uint32_t loading;   /* enum store_loading */
    uint32_t term;      /* SIGTERM waits for the next cron */
    uint32_t exit_how;  /* SHUTDOWN's word: 0 by the rules, 1 NOSAVE, 2 SAVE */
    uint32_t exiting;   /* on its way out */
    uint32_t exit_save; /* and saves first */
    uint32_t save_file;
    uint64_t save_position, save_dirty;
    uint64_t save_again;      /* and once more when this one is done */
    uint64_t stall_ns;        /* what the main thread owes */
    uint64_t extra_ns;        /* CPU time of copied pages, for the next turn */
    struct child children[2]; /* its child, and one that outlived its parent */
    struct cow cow;
    struct aof aof;
    struct vector aof_runs; /* struct aof_segment: what the buffer holds, offsets in the buffer */
    struct load load;
    /* persistence */
    uint64_t dirty, dirty_before;
    uint64_t lastsave_s, save_try_s;
    uint64_t bgsave_failed;
    uint64_t bgsave_scheduled, rewrite_scheduled;
    uint64_t bgsave_seconds, rewrite_seconds; /* SECONDS_NONE before the first */
    uint64_t load_keys, load_expired;         /* of the snapshot that its start read */
    uint64_t started_ns;
    uint64_t resident;        /* bytes taken from the machine */
    struct vector losses;     /* struct store_loss: since it is down, in their order */
    uint64_t down_ns;         /* when it ended */
    uint64_t down_appendonly; /* the process's parameter when it ended */
    uint64_t down;            /* 1: it served, and does not */
    /* metrics, counted since its start */
    uint64_t commands, connections_received, connected;
    uint64_t rdb_saves, fsyncs, bytes_written;
    uint64_t fork_usec, forks, rdb_cow, aof_cow, load_ns, peak_memory;
    uint64_t evicted, expired, hits, misses, rewrites;
    uint64_t net_in, net_out;
    struct stream sampling;
    struct evict_pool pool;
    struct repl repl;
    uint64_t cron_loops;
    uint64_t runid;
    struct vector clients;     /* u32: connections that were accepted */
    struct vector subscribers; /* u32: of them, those that hear hellos */
};

static inline struct store *store_at(const struct world *world, uint32_t id)
{
    return component_state(world, id);
}

/* The whole-second clock that Redis caches (server.unixtime). */
static inline uint64_t clock_s(const struct world *world)
{
    return world->now_ns / SECOND_NS;
}

static inline bool store_is_up(const struct world *world, uint32_t id)
{
    return component_at(world, id)->up != 0;
}

#define STORE_BACKLOG 511 /* tcp-backlog */

/* --- loop.c: turns of the event loop ---------------------------------------------------------- */
void loop_readable(struct world *world, uint32_t id, uint32_t connection);
void loop_closed(struct world *world, uint32_t id, uint32_t connection);
void loop_forget(struct world *world, uint32_t id, uint32_t connection); /* its messages */
void loop_run_link(struct world *world, uint32_t id); /* what its master said and was read */
/* A client that waits is not read. */
void loop_block(struct world *world, uint32_t id, uint32_t connection);
void loop_unblock(struct world *world, uint32_t id, uint32_t connection);
void loop_hold(struct world *world, uint32_t id, uint32_t connection,
               const struct message *request);
void loop_release(struct world *world, uint32_t id);        /* it does not shut down after all */
void loop_answer_waiting(struct world *world, uint32_t id); /* it loads: -LOADING */
void loop_turn_done(struct world *world, uint32_t id);      /* its CPU time is spent */
void loop_turn_reply(struct world *world, uint32_t id);     /* and the log is safe enough */
/* The main thread is free: what it does next. */
void loop_next(struct world *world, uint32_t id);
void loop_clear(struct world *world, uint32_t id);
void loop_socket(struct world *world, uint32_t id, uint32_t connection, enum socket_event what);

/* --- commands.c: what clients ask ------------------------------------------------------------- */
/* RESP_NONE: there is no answer, or it comes later. */
struct message command_run(struct world *world, uint32_t id, uint32_t connection,
                           const struct message *request);
/* RESP_OK, or why a command that writes is refused now. */
enum resp_type store_denies(const struct world *world, uint32_t id, bool may_grow);

/* --- watched.c: what Sentinel asks; RESP_NONE: it is no such request -------------------------- */
struct message watched_run(struct world *world, uint32_t id, uint32_t connection,
                           const struct message *request);
void watched_closed(struct world *world, uint32_t id, uint32_t connection);

/* --- changes.c: each change of the keyspace: log, ledger, file buffer, dirty ------------------ */
uint32_t change_set(struct world *world, uint32_t id, uint32_t key, uint32_t value_bytes,
                    uint32_t write, uint16_t flags);
uint32_t change_set_text(struct world *world, uint32_t id, uint32_t key, const char *at,
                         uint32_t bytes, uint16_t flags);
uint32_t change_incr(struct world *world, uint32_t id, uint32_t key, uint32_t write);
/* op: OP_DEL, OP_EXPIRED or OP_EVICT; 0 when there is no such key. */
uint32_t change_delete(struct world *world, uint32_t id, uint32_t key, uint32_t write,
                       enum ledger_op op, uint16_t flags);
uint32_t change_time(struct world *world, uint32_t id, uint32_t key, enum ledger_op op,
                     uint64_t expire_ms);
void change_flush(struct world *world, uint32_t id);
/* An entry that the master wrote came through its stream. */
void change_take(struct world *world, uint32_t id, uint32_t position);
/* The row when the key is there and its time is not over (deletes it otherwise). */
struct key_row *change_lookup(struct world *world, uint32_t id, uint32_t key);

/* --- cron.c ----------------------------------------------------------------------------------- */
void cron_start(struct world *world, uint32_t id, uint64_t delay_ns);
void cron_due(struct world *world, uint32_t id);
void cron_run(struct world *world, uint32_t id);

/* --- rdb.c: save rules, BGSAVE, SAVE ---------------------------------------------------------- */
bool save_rules_valid(const char *words);
bool save_rules_on(const struct world *world, uint32_t id);
/* The first rule that is met: false when none. */
bool save_rule_met(const struct world *world, uint32_t id, uint64_t *seconds, uint64_t *changes);
uint64_t rdb_file_bytes(const struct world *world, uint32_t id);
bool rdb_background(struct world *world, uint32_t id);
void rdb_background_done(struct world *world, uint32_t id, struct child *child);
bool rdb_save_begin(struct world *world, uint32_t id); /* SAVE: false when it cannot be written */
void rdb_save_run(struct world *world, uint32_t id);
void rdb_save_written(struct world *world, uint32_t id);
void rdb_save_synced(struct world *world, uint32_t id, bool good);
/* Says in a file what it holds: the lineage up to a position, or a picture. */
void snapshot_describe(struct world *world, uint32_t id, uint32_t file, uint64_t position,
                       uint64_t keys, uint64_t bytes);
void snapshot_take(struct world *world, uint32_t file, uint32_t picture, uint64_t keys,
                   uint64_t bytes);

/* --- child.c ---------------------------------------------------------------------------------- */
uint64_t child_cost_ns(const struct child *child); /* CPU time of the whole file */
bool child_active(const struct world *world, uint32_t id);
bool child_fork(struct world *world, uint32_t id, enum child_type type, uint64_t bytes);
void child_event(struct world *world, uint32_t id, const struct event *event);
void child_kill(struct world *world, uint32_t id);        /* SIGKILL by its parent */
void child_orphan(struct world *world, uint32_t id);      /* the parent died */
void child_forget(struct world *world, uint32_t id);      /* power: all are gone */
void child_reap(struct world *world, uint32_t id);        /* at the parent's cron */
bool child_ended(const struct world *world, uint32_t id); /* and waits to be reaped */
bool child_saves(const struct world *world, uint32_t id); /* a snapshot, wherever to */
void child_unblock(struct world *world, uint32_t id); /* a replica took what it wrote, or went */

/* --- aof.c: buffer, write, fsync -------------------------------------------------------------- */
void aof_feed(struct world *world, uint32_t id, uint32_t position);
void aof_reset(struct world *world, uint32_t id);    /* as if it were off and had never been on */
void aof_unbuffer(struct world *world, uint32_t id); /* what is buffered is not for this file */
/* Writes the buffer unless it is put off (`force`: never put off).  False: the process exited. */
bool aof_flush(struct world *world, uint32_t id, bool force);
/* The bytes of a turn that is over are on the disk, if they have to be (appendfsync always); false:
 * the loop waits for them. */
bool aof_turn_end(struct world *world, uint32_t id);
void aof_turn_fsync(struct world *world, uint32_t id,
                    enum store_event what);       /* the main thread waits */
void aof_break(struct world *world, uint32_t id); /* entries follow that are not for the file */
void aof_bio_done(struct world *world, uint32_t id, const struct event *event);
void aof_turn_synced(struct world *world, uint32_t id, const struct event *event);
void aof_advance(struct world *world, uint32_t id); /* notes what writeback put on the disk */

/* --- aof_files.c: names, manifest, what a file holds ------------------------------------------ */
#define MANIFEST_NAME "appendonly.aof.manifest"
#define MANIFEST_TEMP "temp_appendonly.aof.manifest"
struct aof_segment {
    uint32_t from, to;
    uint32_t writer; /* whose positions */
    uint16_t select; /* 1: it begins with a SELECT */
    uint16_t joins;  /* in the buffer: it may go on with the file's last segment */
    uint64_t offset;
};
#define SELECT_BYTES 23u
enum manifest_mark { MANIFEST_BASE, MANIFEST_BASE_TYPE, MANIFEST_FIRST, MANIFEST_LAST };
enum base_type { BASE_NONE, BASE_RDB, BASE_AOF };
enum incr_mark { INCR_SEGMENTS, INCR_CURSOR_BYTES, INCR_CURSOR_POSITION };
enum snapshot_mark {
    SNAPSHOT_POSITION,
    SNAPSHOT_KEYS,
    SNAPSHOT_BYTES,
    SNAPSHOT_PICTURE, /* ledger_picture: the lineage that it holds */
    SNAPSHOT_REPLID,  /* 0: it says nothing of replication */
    SNAPSHOT_OFFSET
};
void aof_base_name(struct text *text, uint64_t sequence, enum base_type type);
void aof_incr_name(struct text *text, uint64_t sequence);
uint64_t manifest_bytes(const uint64_t mark[4]);
uint32_t manifest_file(const struct world *world, uint32_t id);
/* Writes a manifest beside the old one; `what` comes when it is on the disk: then manifest_switch.
 */
bool manifest_write(struct world *world, uint32_t id, const uint64_t mark[4], uint8_t what);
void manifest_switch(struct world *world, uint32_t id);
const struct aof_segment *aof_segment(const struct world *world, const struct file *file,
                                      uint64_t i);
void aof_segment_add(struct world *world, uint32_t file, const struct aof_segment *segment);
/* Notes a run of the buffer that was written at `offset`. */
void aof_segment_write(struct world *world, uint32_t file, struct aof_segment run, uint64_t offset);
/* The file ends after this position now. */
void aof_segment_cut(struct world *world, uint32_t file, uint64_t position);
/* The last position whose command lies whole before `length`; *end_bytes: where it ends. */
uint64_t aof_reaches(const struct world *world, uint32_t file, uint64_t length,
                     uint64_t *end_bytes);

/* --- rewrite.c -------------------------------------------------------------------------------- */
void rewrite_begin(struct world *world, uint32_t id);
/* From the moment in which it is asked for until the new base counts. */
bool rewrite_runs(const struct world *world, uint32_t id);
void rewrite_opened(struct world *world, uint32_t id);
void rewrite_child_done(struct world *world, uint32_t id, struct child *child);
void rewrite_switched(struct world *world, uint32_t id);
bool rewrite_limited(struct world *world, uint32_t id);
bool rewrite_due(struct world *world, uint32_t id, uint64_t *growth);
void aof_start(struct world *world, uint32_t id); /* CONFIG SET appendonly yes */
void aof_stop(struct world *world, uint32_t id);
/* The files of a process that starts: false when they cannot be made.  *waits: an EVENT_START_FSYNC
 * comes, then aof_open. */
bool aof_make_files(struct world *world, uint32_t id, bool *waits);
bool aof_open(struct world *world, uint32_t id);

/* --- judge.c, load.c -------------------------------------------------------------------------- */
void load_judge(struct world *world, uint32_t id);
void load_begin(struct world *world, uint32_t id);
void load_event(struct world *world, uint32_t id, const struct event *event);
void load_opened(struct world *world, uint32_t id); /* the first files are on the disk */

/* --- life.c: signals, exit -------------------------------------------------------------------- */
void life_signal(struct world *world, uint32_t id, enum signal signal);
void life_exit(struct world *world, uint32_t id, uint64_t status);
/* SIGTERM or SHUTDOWN: 0 by the rules, 1 NOSAVE, 2 SAVE. */
void life_shutdown(struct world *world, uint32_t id, unsigned how);
void life_log_synced(struct world *world, uint32_t id);
void life_saved(struct world *world, uint32_t id, bool good);
void life_ready(struct world *world, uint32_t id); /* loaded: it serves */
void life_tell_keys(struct world *world, uint32_t id);
/* It waits for replicas before it ends: do they have all, or is it time? */
void life_shutdown_check(struct world *world, uint32_t id);
uint32_t life_new_pid(struct world *world, uint32_t id);
void log_words(struct world *world, uint32_t id, const char *a, uint64_t number, const char *b);

/* --- footprint.c: memory ---------------------------------------------------------------------- */
uint64_t used_memory(const struct world *world, uint32_t id);
/* Takes from the machine what it uses by now; false: the kernel killed the process. */
bool footprint_follow(struct world *world, uint32_t id);
void footprint_start(struct world *world, uint32_t id);
bool cow_begin(struct world *world, uint32_t id);
void cow_touch(struct world *world, uint32_t id, uint32_t key, bool existed);
uint64_t cow_end(struct world *world, uint32_t id); /* bytes that were copied */
uint64_t cow_bytes(const struct world *world, uint32_t id);
uint64_t fork_ns(const struct world *world, uint32_t id);

/* --- evict.c ---------------------------------------------------------------------------------- */
bool evict_for_room(struct world *world, uint32_t id); /* false: no room: -OOM */
void expire_cycle(struct world *world, uint32_t id);

/* --- admin*.c, info.c ------------------------------------------------------------------------- */
bool admin_tell(struct world *world, uint32_t id, const struct command *words, struct text *answer,
                struct error *error);
/* A line of INFO: NAME:NUMBER, NAME:WORDS. */
void info_field(struct text *text, const char *name, uint64_t number);
void info_words_field(struct text *text, const char *name, const char *words);
#define ADMIN(name)                                                                                \
    void name(struct world *world, uint32_t id, const struct command *words, struct text *answer)
ADMIN(admin_save);
ADMIN(admin_bgsave);
ADMIN(admin_bgrewriteaof);
ADMIN(admin_lastsave);
ADMIN(admin_shutdown);
ADMIN(admin_flushall);
ADMIN(admin_config);
ADMIN(admin_info);
ADMIN(admin_debug);
ADMIN(admin_replicaof);
ADMIN(admin_wait);
ADMIN(admin_role);
#undef ADMIN
void answer_integer(struct text *answer, int64_t number);
void store_changed(struct world *world, uint32_t id, unsigned parameter);
extern const char misconf_rdb[];
void misconf_aof_add(struct text *text, const struct world *world, uint32_t id);

#define STORE_METRICS 53
extern const struct parameter store_parameters[];
extern const struct metric store_metrics[];
const char *store_metric_named(unsigned metric); /* "a|b" of one that holds words */

#endif
