/*
 * The ledger: what became of each client's write.
 *
 * Writes are numbered through the world from 1 (a request, not an attempt).  A store applies writes
 * in an order of its own, its log: positions count from 1 and never go back, also not over a restart.
 * What is safe where is a position (a watermark); what a restart did not bring back is an interval of
 * positions with one cause.  At risk now = acked - acked below the watermark: no scanning.
 */
#ifndef SIM_STORE_LEDGER_H
#define SIM_STORE_LEDGER_H

#include "sim/engine/world.h"

enum ledger_outcome { LEDGER_OPEN, LEDGER_ACKED, LEDGER_REFUSED, LEDGER_TIMED_OUT };

/* Why an acked write is gone. */
enum ledger_cause {
    LOST_KILL,    /* the process was killed: it was in its memory only */
    LOST_POWER,   /* power went before it was on the disk */
    LOST_DISK,    /* the disk is gone */
    LOST_DAMAGE,  /* a file was damaged */
    LOST_SHUTDOWN,/* it ended in good order without saving */
    LOST_COMMAND, /* FLUSHALL, DEL, or started from other files */
    LOST_EVICTED,
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
/* The answer of the store came: position in the log of `store`; 0 when it was refused. */
void ledger_ack(struct world *world, uint64_t write, uint32_t store, uint64_t position);
void ledger_end(struct world *world, uint64_t write, enum ledger_outcome outcome); /* refused, timed out */

/* --- for stores ------------------------------------------------------------------------------ */
/* An entry of a store's log: all that changes the keyspace, in its order. */
struct ledger_entry {
    uint64_t key;   /* k:N by its N; other names: the store's numbering with the top bit set */
    uint64_t write; /* number of the client's write, 0 none */
    uint32_t value_bytes;
    uint16_t op;    /* the store's: set, incr, del, expire, flush, evict ... */
    uint16_t flags;
};
uint64_t ledger_append(struct world *world, uint32_t store, const struct ledger_entry *entry); /* position */
const struct ledger_entry *ledger_entry(const struct world *world, uint32_t store, uint64_t position);
uint64_t ledger_end_position(const struct world *world, uint32_t store); /* of the last entry, 0 none */
void ledger_mark(struct world *world, uint32_t store, enum ledger_stage stage, uint64_t position);
uint64_t ledger_position(const struct world *world, uint32_t store, enum ledger_stage stage);
/* The process is up again and holds what it held up to `to_keep` (of the lineage): positions from+1..to are gone. */
void ledger_lose(struct world *world, uint32_t store, uint64_t from, uint64_t to, enum ledger_cause cause);
void ledger_service(struct world *world, uint32_t store, bool answers); /* it can answer, or not any more */

/* --- for metrics ---------------------------------------------------------------------------- */
uint64_t ledger_at_risk(const struct world *world, uint32_t store, enum ledger_stage stage);
uint64_t ledger_acked_lost(const struct world *world, uint32_t client);
uint64_t ledger_unreachable(const struct world *world, uint32_t client); /* acked, of a store that can't answer */
uint64_t ledger_unacked_kept(const struct world *world, uint32_t client);
uint64_t ledger_duplicated(const struct world *world, uint32_t client);

/* What became of one write: for its life and for reports. */
struct ledger_life {
    uint32_t client;
    uint32_t store;      /* the first that applied it, 0 none */
    uint64_t position;   /* in that store's log, 0 none */
    uint32_t applied;    /* times */
    uint16_t outcome;    /* enum ledger_outcome */
    uint16_t lost;       /* 1 when it is gone */
    uint16_t cause;      /* enum ledger_cause when lost */
    uint16_t unused[3];
    uint64_t lost_at_ns; /* when it was lost: the fault, not the restart */
};
bool ledger_of(const struct world *world, uint64_t write, struct ledger_life *life);

/* The table of `report ledger`, for people, in either language. */
void ledger_report(struct world *world, struct text *text, enum language language);

/* Full sums against the running totals (tests): false and a word of what differs. */
bool ledger_check(const struct world *world, struct text *why);

#endif
