/*
 * The ledger's own state: read by the files ledger*.c only.
 */
#ifndef SIM_STORE_LEDGER_STATE_H
#define SIM_STORE_LEDGER_STATE_H

#include "sim/store/ledger.h"

/* Entries of a chunk: as many as fill 16 KiB of the arena. */
#define LOG_CHUNK_ENTRIES 819u
#define LOG_CHUNK_BYTES   (LOG_CHUNK_ENTRIES * (uint32_t)sizeof(struct ledger_entry))
/* Positions of which one counter says how many are acked and there. */
#define LOG_BLOCK_SHIFT 12u

/* A write whose own entry is out of the lineage but whose key holds a later one. */
struct log_revived {
    uint32_t holder; /* the entry thanks to which it is not lost */
    uint32_t write;
};

struct log_loss {
    uint32_t from, to; /* positions, both lost */
    uint32_t cause;
    uint32_t unused;
    uint64_t at_ns;
};

struct log_text {
    uint32_t position;
    uint32_t bytes;
    ref at;
};

struct log {
    uint32_t store;
    uint32_t answers; /* 1: the service can answer */
    uint32_t end;     /* position of the last entry */
    uint32_t revival; /* the last entry that made up for writes which were gone */
    uint64_t there;   /* acked writes that are not lost and were applied */
    uint64_t stage[STAGE_COUNT];
    struct vector chunks;  /* ref of LOG_CHUNK_BYTES */
    struct vector bits;    /* u64: one bit a position, acked and there in its own place */
    struct vector blocks;  /* u32 a block of positions: how many bits are set */
    struct vector lineage; /* struct ledger_interval */
    struct vector flushes; /* u32: positions of OP_FLUSH */
    struct vector revived; /* struct log_revived */
    struct vector losses;  /* struct log_loss */
    struct vector missing; /* struct ledger_interval: gone, and nobody has told why (ledger_lose) */
    struct vector texts;   /* struct log_text */
};

/* A client's writes at one store (0: not applied yet): what the metrics read. */
struct ledger_pair {
    uint32_t client, store;
    uint32_t next; /* the next pair of the client, by its place + 1 */
    uint32_t unused;
    uint64_t writes, acked, refused, timed_out; /* as they ended */
    uint64_t lost[LOST_CAUSES];                 /* acked and gone */
    uint64_t unacked_kept, duplicated;
};

/* A component as the ledger knows it: places + 1. */
struct ledger_component {
    uint32_t pair; /* the first of a client's */
    uint32_t log;  /* of a store */
};

struct ledger_root {
    struct vector components; /* by component */
    struct vector pairs;
    struct vector logs;
};

/* What became of a write: 8 bytes. */
struct ledger_record {
    uint32_t position;
    uint32_t bits;
};

#define RECORD_PAIR_BITS     20u
#define RECORD_PAIR(bits)    ((bits) & ((1u << RECORD_PAIR_BITS) - 1))
#define RECORD_OUTCOME_SHIFT 20u
#define RECORD_OUTCOME(bits) ((bits) >> RECORD_OUTCOME_SHIFT & 3u)
#define RECORD_CAUSE_SHIFT   22u
#define RECORD_CAUSE(bits)   ((bits) >> RECORD_CAUSE_SHIFT & 7u)
#define RECORD_APPLIED_SHIFT 25u
#define RECORD_APPLIED(bits) ((bits) >> RECORD_APPLIED_SHIFT & 7u)
#define RECORD_GONE          (1u << 28)
#define RECORD_REVIVED       (1u << 29)

struct ledger_root *ledger_root(const struct world *world); /* NULL before the first use */
struct log *ledger_log(const struct world *world, uint32_t store);
struct ledger_record *ledger_record(const struct world *world, uint64_t write); /* NULL: no such */
struct ledger_pair *ledger_pair(const struct world *world, uint32_t bits);
struct ledger_pair *ledger_first_pair(const struct world *world, uint32_t client);
struct ledger_pair *ledger_next_pair(const struct world *world, const struct ledger_pair *pair);

static inline struct ledger_entry *log_entry(const struct world *world, const struct log *log,
                                             uint32_t position)
{
    uint32_t place = position - 1;
    const ref *chunk = vector_at(&world->region, &log->chunks, place / LOG_CHUNK_ENTRIES);
    return (struct ledger_entry *)arena_at(&world->region, *chunk) + place % LOG_CHUNK_ENTRIES;
}

bool log_in_lineage(const struct world *world, const struct log *log, uint32_t position);
void log_flushes(struct world *world, struct log *log); /* what it holds is about to be missing */
void log_set_bit(struct world *world, struct log *log, uint32_t position, bool set);

/* The write counts as there, thanks to the entry at `holder`, or as gone. */
void record_revive(struct world *world, struct log *log, uint32_t write, uint32_t holder);
void record_lose(struct world *world, struct log *log, uint32_t write, enum ledger_cause cause);

#endif
