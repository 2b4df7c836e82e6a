/*
 * The ledger: what became of each client's write.
 *
 * Writes are numbered through the world from 1 (a request, not an attempt).  Each change of a
 * keyspace is an entry of one journal: positions count through the world from 1 and never go back,
 * also not over a restart.  An entry has a writer, the store that made it; replicas take it over.
 * What a process holds is a lineage: intervals of positions, each of one writer.  A restart that
 * does not bring some back takes them out of the lineage, and so does a replication that puts
 * another history in its place; what its keys then hold says which writes are lost to this store.
 * A client's writes are lost when the store that it now asks does not have them.
 */
#ifndef SIM_STORE_LEDGER_H
#define SIM_STORE_LEDGER_H

#include "sim/engine/world.h"

enum ledger_outcome { LEDGER_OPEN, LEDGER_ACKED, LEDGER_REFUSED, LEDGER_TIMED_OUT };

/* Why an acked write is gone. */
enum ledger_cause {
    LOST_KILL,     /* the process was killed: it was in its memory only */
    LOST_POWER,    /* power went before it was on the disk */
    LOST_DISK,     /* the disk is gone */
    LOST_DAMAGE,   /* a file was damaged */
    LOST_SHUTDOWN, /* it ended in good order without saving */
    LOST_COMMAND,  /* FLUSHALL, DEL, or started from other files */
    LOST_EVICTED,
    LOST_DEMOTED, /* taken by an old master, dropped when it was demoted */
    LOST_BEHIND,  /* its copy did not have it yet when the master was lost, and took over */
    LOST_RESYNC,  /* a replica was synchronized with a master that did not have it */
    LOST_CAUSES
};

enum ledger_stage {
    STAGE_APPLIED,  /* in the process's memory */
    STAGE_KILL,     /* would be there after SIGKILL and a start */
    STAGE_POWER,    /* would be there after a power cut */
    STAGE_SNAPSHOT, /* in the last complete snapshot */
    STAGE_LOGGED,   /* written to the append only file: in the page cache */
    STAGE_FSYNCED,  /* and on the disk */
    STAGE_DISK,     /* on a replica: would be there without the disk */
    STAGE_COUNT
};

/* --- for clients --------------------------------------------------------------------------- */
uint64_t ledger_write(struct world *world, uint32_t client); /* the next number */
/* The answer of the store came: position in the log of `store`; 0 when it changed nothing. */
void ledger_ack(struct world *world, uint64_t write, uint32_t store, uint64_t position);
/* refused, timed out */
void ledger_end(struct world *world, uint64_t write, enum ledger_outcome outcome);

/* --- for stores ------------------------------------------------------------------------------ */

/* What an entry does to the keyspace. */
enum ledger_op {
    OP_NONE,
    OP_SET,
    OP_INCR,   /* value_bytes: the digits of the result */
    OP_EXPIRE, /* value_bytes: milliseconds of the clock at which the key goes */
    OP_PERSIST,
    OP_DEL,     /* this and the next three: value_bytes is the time in milliseconds */
    OP_EXPIRED, /* its time was over */
    OP_EVICT,
    OP_FLUSH /* all keys */
};

enum ledger_flag {
    ENTRY_MORE =
        1, /* the next entry belongs to the same command: this one has no bytes of its own */
    ENTRY_TEXT = 2,     /* the value's words are kept (ledger_text) */
    ENTRY_UNLOGGED = 4, /* not for the append only file (DEBUG POPULATE) */
    ENTRY_PXAT = 8      /* SET ... PXAT: an OP_EXPIRE follows */
};

/* An entry of a store's log: all that changes the keyspace, in its order. */
struct ledger_entry {
    uint32_t key;   /* sim/store/keyspace.h says which */
    uint32_t write; /* number of the client's write, 0 none */
    uint32_t value_bytes;
    uint32_t previous; /* the entry before it of the same key, of any writer; 0 none */
    uint8_t op;        /* enum ledger_op */
    uint8_t flags;     /* enum ledger_flag */
    uint16_t writer;   /* the store that made it (ledger_writer) */
};

/* A writer's positions from..to, both in it. */
struct ledger_interval {
    uint32_t from, to;
    uint32_t writer;
};

void ledger_open(struct world *world, uint32_t store);             /* makes its log */
uint32_t ledger_writer(const struct world *world, uint32_t store); /* its number, never reused */
/* Appends to the journal what the store did: sets writer and previous.  0: the region is full. */
uint32_t ledger_append(struct world *world, uint32_t store, const struct ledger_entry *entry);
/* The store applies an entry that another one wrote: it is in its lineage now. */
void ledger_take(struct world *world, uint32_t store, uint32_t position);
const struct ledger_entry *ledger_entry(const struct world *world, uint64_t position);
uint32_t ledger_tip(const struct world *world, uint32_t key); /* the key's last entry, 0 none */
/* The last position that the store ever held, and the last of all. */
uint64_t ledger_end_position(const struct world *world, uint32_t store);
uint64_t ledger_journal_end(const struct world *world);
void ledger_mark(struct world *world, uint32_t store, enum ledger_stage stage, uint64_t position);
uint64_t ledger_position(const struct world *world, uint32_t store, enum ledger_stage stage);

/* The words of a value that a person typed: kept by position. */
void ledger_keep_text(struct world *world, uint32_t position, const char *at, uint32_t bytes);
const char *ledger_text(const struct world *world, uint32_t position);

/* The names of keys, the same for all stores (keyspace.c). */
struct key_names {
    struct vector rows;
    ref slots; /* u32: places + 1 of rows by their hash, 0 free */
    uint32_t slot_count;
};
const struct key_names *ledger_names(const struct world *world); /* NULL: there are none */
struct key_names *ledger_names_need(struct world *world);        /* NULL: the region is full */

/* The lineage of what the process holds; while it writes itself, the last interval is open (to =
 * UINT32_MAX). */
uint32_t ledger_lineage(const struct world *world, uint32_t store, struct ledger_interval *to,
                        uint32_t limit);
/* The process holds other positions from now on (a start); new ones follow.  What it has again goes
 * to the trace, what is missing is told by ledger_lose afterwards, its keys by ledger_hold. */
void ledger_set_lineage(struct world *world, uint32_t store,
                        const struct ledger_interval *intervals, uint32_t count);
/* What it holds up to a position, kept for good: what a snapshot shows.  Picture 0 has no rows. */
uint32_t ledger_picture_take(struct world *world, uint32_t store, uint64_t position);
uint32_t ledger_picture_rows(const struct world *world, uint32_t picture);
struct ledger_interval ledger_picture_row(const struct world *world, uint32_t picture, uint32_t i);
/* Has it the position?  Up to where do two stores hold the same? */
bool ledger_holds(const struct world *world, uint32_t store, uint64_t position);
uint64_t ledger_common(const struct world *world, uint32_t store, uint32_t other);

/* What a key holds for the ledger: the entry that it holds or, when there is no such key, the last
 * deletion of it by a client in the lineage, a later write than those before it; 0: nothing. */
uint32_t ledger_holder(const struct world *world, uint32_t store, uint32_t tip, uint32_t there);
/* A key held `before` and holds `after` now, both as ledger_holder says; `tip` is the last entry of
 * the key that may count, of any writer.  Counts what is lost by it, or there again.  LOST_CAUSES:
 * the cause that ledger_lose was told for each position. */
void ledger_hold(struct world *world, uint32_t store, uint32_t tip, uint32_t before, uint32_t after,
                 enum ledger_cause cause);
/* The entry at `position` was applied by the store (its own, or taken over): it is the write's
 * place there now. */
void ledger_applied(struct world *world, uint32_t store, uint32_t write, uint32_t position);
/* What is missing of the positions from+1..to since the last ledger_set_lineage or OP_FLUSH, and
 * was not told yet, is lost by this: when and why. */
void ledger_lose(struct world *world, uint32_t store, uint64_t from, uint64_t to, uint64_t at_ns,
                 enum ledger_cause cause);
/* It can answer, or not any more: since when and why. */
void ledger_service(struct world *world, uint32_t store, bool answers, enum ledger_cause cause);

/* Acked writes that are there and stand after this position: what a start from files that end there
 * loses, when the lineage goes on from there and no entry behind it made up for writes that were
 * gone before. */
uint64_t ledger_above(const struct world *world, uint32_t store, uint64_t position);
bool ledger_made_up(const struct world *world, uint32_t store, uint64_t position);
/* The same for one key, whatever happened to it; tip, counted: of its row.  `position` is an entry
 * of it behind `limit`, where the files end: 0 for all but its last. */
uint64_t ledger_key_behind(const struct world *world, uint32_t store, uint64_t position,
                           uint32_t tip, uint32_t counted, uint64_t limit);
/* And when the files hold these positions, whatever the lineage is. */
uint64_t ledger_key_outside(const struct world *world, uint32_t store,
                            const struct ledger_interval *rows, uint32_t count, uint32_t tip,
                            uint32_t counted);

/* --- for metrics ---------------------------------------------------------------------------- */
/* STAGE_KILL and STAGE_POWER: what a start from the files would not bring back. */
uint64_t ledger_at_risk(struct world *world, uint32_t store, enum ledger_stage stage);
uint64_t ledger_acked_lost(const struct world *world, uint32_t client);
uint64_t ledger_unreachable(const struct world *world,
                            uint32_t client); /* acked, of a store that can't answer */
uint64_t ledger_unacked_kept(const struct world *world, uint32_t client);
uint64_t ledger_duplicated(const struct world *world, uint32_t client);

/* What became of one write: for its life and for reports. */
struct ledger_life {
    uint32_t client;
    uint32_t store;    /* the first that applied it, 0 none */
    uint32_t service;  /* the store that its client asks now: there it is lost, or not */
    uint32_t writer;   /* of `store` (ledger_writer) */
    uint64_t position; /* in the journal, 0 none */
    uint32_t applied;  /* times */
    uint16_t outcome;  /* enum ledger_outcome */
    uint16_t lost;     /* 1 when it is gone */
    uint16_t cause;    /* enum ledger_cause when lost */
    uint16_t unused[3];
    uint64_t lost_at_ns; /* when it was lost: the fault, not the restart */
};
bool ledger_of(const struct world *world, uint64_t write, struct ledger_life *life);

/* The table of `report ledger`, for people, in either language. */
void ledger_report(struct world *world, struct text *text, enum language language);

/* Full sums against the running totals (tests): false and a word of what differs. */
bool ledger_check(const struct world *world, struct text *why);

#endif
