/*
 * The ledger's own state: read by the files ledger*.c only.
 */
#ifndef SIM_STORE_LEDGER_STATE_H
#define SIM_STORE_LEDGER_STATE_H

#include "sim/store/ledger.h"

/* Entries of a chunk: as many as fill 16 KiB of the arena. */
#define LOG_CHUNK_ENTRIES 819u
#define LOG_CHUNK_BYTES   (LOG_CHUNK_ENTRIES * (uint32_t)sizeof(struct ledger_entry))
/* Tips of keys in a chunk. */
#define LOG_TIPS 4096u
/* Positions of which one counter says how many are acked and there. */
#define LOG_BLOCK_SHIFT 12u

/* A write whose own entry is out of the lineage but whose key holds a later one. */
struct log_revived {
    uint32_t holder; /* the entry thanks to which it is not lost */
    uint32_t write;
};

/* The place of a write that was applied more than once, where it is not the record's. */
struct log_place {
    uint32_t write, position;
};

struct log_loss {
    uint32_t from, to; /* positions of a writer, both lost */
    uint32_t writer;
    uint32_t cause;
    uint64_t at_ns;
};

struct journal_text {
    uint32_t position;
    uint32_t bytes;
    ref at;
};

/* What all stores did, in one order. */
struct journal {
    uint32_t end; /* position of the last entry */
    uint32_t unused;
    struct vector chunks;  /* ref of LOG_CHUNK_BYTES */
    struct vector flushes; /* u32: positions of OP_FLUSH */
    struct vector texts;   /* struct journal_text */
    struct vector tips[4]; /* u32 by family and number of a key: its last entry */
    struct key_names names;
    struct vector pictures;     /* u32: where its rows begin; they end where the next begins */
    struct vector picture_rows; /* struct ledger_interval */
};

/* What a store's process holds of it, and what became of the writes there. */
struct log {
    uint32_t store;
    uint32_t writer;  /* its place + 1 */
    uint32_t answers; /* 1: the service can answer */
    uint32_t end;     /* the last position that it ever held */
    uint32_t revival; /* the last entry that made up for writes which were gone */
    uint32_t down_cause;
    uint64_t down_ns; /* since when and why it does not answer */
    uint64_t there;   /* acked writes that are not lost and were applied */
    uint64_t stage[STAGE_COUNT];
    struct vector bits;    /* u64: one bit a position, acked and there in its own place */
    struct vector blocks;  /* u32 a block of positions: how many bits are set */
    struct vector marks;   /* u8 a write: MARK_* */
    struct vector places;  /* struct log_place by write */
    struct vector kin;     /* u32: writers whose entries it ever held */
    struct vector lineage; /* struct ledger_interval */
    struct vector revived; /* struct log_revived */
    struct vector losses;  /* struct log_loss */
    struct vector missing; /* struct ledger_interval: gone, and nobody has told why (ledger_lose) */
};

/* A write at a store: never applied there, there, or gone. */
#define MARK_STATE       3u
#define MARK_THERE       1u
#define MARK_GONE        2u
#define MARK_REVIVED     4u
#define MARK_TWICE       8u /* applied again while it was there */
#define MARK_CAUSE_SHIFT 4u

/* A client's writes at one store: what the metrics read. */
struct ledger_pair {
    uint32_t client; /* place of its struct ledger_client */
    uint32_t store;
    uint32_t next; /* the next pair of the client, by its place + 1 */
    uint32_t unused;
    uint64_t there;             /* acked and there */
    uint64_t lost[LOST_CAUSES]; /* acked, had been there, and gone */
    uint64_t unacked_kept, duplicated;
};

/* A client's writes, as they ended. */
struct ledger_client {
    uint32_t client;
    uint32_t pair;    /* place + 1 of its first */
    uint32_t service; /* the store that acked its last write */
    uint32_t unused;
    uint64_t writes, acked, refused, timed_out;
    uint64_t placed; /* acked, and applied by some store */
};

/* A component as the ledger knows it: places + 1. */
struct ledger_component {
    uint32_t client;
    uint32_t log; /* of a store */
};

struct ledger_root {
    struct vector components; /* by component */
    struct vector clients;
    struct vector pairs;
    struct vector logs;
    struct journal journal;
};

/* What became of a write: 8 bytes. */
struct ledger_record {
    uint32_t position; /* its first place in the journal */
    uint32_t bits;
};

#define RECORD_CLIENT_BITS   20u
#define RECORD_CLIENT(bits)  ((bits) & ((1u << RECORD_CLIENT_BITS) - 1))
#define RECORD_OUTCOME_SHIFT 20u
#define RECORD_OUTCOME(bits) ((bits) >> RECORD_OUTCOME_SHIFT & 3u)
#define RECORD_APPLIED_SHIFT 25u /* by who wrote it, not by replicas */
#define RECORD_APPLIED(bits) ((bits) >> RECORD_APPLIED_SHIFT & 7u)

struct ledger_root *ledger_root(const struct world *world); /* NULL before the first use */
struct log *ledger_log(const struct world *world, uint32_t store);
struct log *ledger_log_of_writer(const struct world *world, uint32_t writer);
struct ledger_record *ledger_record(const struct world *world, uint64_t write); /* NULL: no such */
struct ledger_client *ledger_client(const struct world *world, uint32_t component); /* or NULL */
struct ledger_client *record_client(const struct world *world, const struct ledger_record *record);
/* NULL when the store never had anything of the client. */
struct ledger_pair *ledger_pair(const struct world *world, const struct ledger_client *client,
                                uint32_t store);
/* The store that the client asks now: what its kind says, else the one that acked it last. */
uint32_t ledger_service_of(const struct world *world, const struct ledger_client *client);

static inline struct journal *journal_of(const struct world *world)
{
    struct ledger_root *root = ledger_root(world);
    return root == NULL ? NULL : &root->journal;
}

static inline struct ledger_entry *journal_entry(const struct world *world, uint32_t position)
{
    const struct journal *journal = journal_of(world);
    uint32_t place = position - 1;
    const ref *chunk = vector_at(&world->region, &journal->chunks, place / LOG_CHUNK_ENTRIES);
    return (struct ledger_entry *)arena_at(&world->region, *chunk) + place % LOG_CHUNK_ENTRIES;
}

bool log_in_lineage(const struct world *world, const struct log *log, uint32_t position);
bool log_is_kin(const struct world *world, const struct log *log, uint32_t writer);
void log_make_kin(struct world *world, struct log *log, uint32_t writer);
void log_flushes(struct world *world, struct log *log); /* what it holds is about to be missing */
void log_set_bit(struct world *world, struct log *log, uint32_t position, bool set);

/* --- a write at a store (ledger_marks.c) ------------------------------------------------------ */
unsigned log_mark(const struct world *world, const struct log *log, uint64_t write);
static inline bool log_mark_is(unsigned mark, unsigned state)
{
    return (mark & MARK_STATE) == state;
}
uint32_t log_place(const struct world *world, const struct log *log, uint64_t write);
void log_put_place(struct world *world, struct log *log, uint32_t write, uint32_t position);
/* It was acked: what that means for the store. */
void log_acked(struct world *world, struct log *log, uint32_t write);
void log_not_acked(struct world *world, struct log *log, uint32_t write);
void log_applied(struct world *world, struct log *log, uint32_t write, uint32_t position);
/* The write counts as there, thanks to the entry at `holder`, or as gone. */
void log_keep(struct world *world, struct log *log, uint32_t write, uint32_t holder);
void log_lose(struct world *world, struct log *log, uint32_t write, enum ledger_cause cause);
/* Its own place is in the lineage again. */
void log_unrevive(struct world *world, struct log *log, uint32_t write);

#endif
