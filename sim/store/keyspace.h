/*
 * The keyspace: which key holds which entry of the log, and what that takes in memory and in files.
 *
 * A key is a number, the same in all stores: k:N (what clients write) and key:N (DEBUG POPULATE) by
 * their N, all others in the order in which they came.  A row says which entry the key holds; its
 * value's size is the entry's.
 */
#ifndef SIM_STORE_KEYSPACE_H
#define SIM_STORE_KEYSPACE_H

#include "sim/store/ledger.h"

#define KEY_FAMILY_SHIFT 30u
#define KEY_NUMBER_MASK  ((1u << KEY_FAMILY_SHIFT) - 1)
#define KEY_NUMBERED_MAX (1u << 26) /* k:N and key:N beyond it count as other names */

enum key_family { FAMILY_K, FAMILY_KEY, FAMILY_NAMED, FAMILY_COUNT };

struct key_row {
    uint32_t holds;   /* the entry that the key holds, 0: there is no such key */
    uint32_t counted; /* what ledger_holder made of it: differs while the process is down */
    uint32_t extra;   /* place + 1 of a struct key_extra */
    uint32_t use;     /* second of the last use (LRU) << 2 | KEY_INTEGER | KEY_EXPIRES */
};

#define KEY_INTEGER   1u
#define KEY_EXPIRES   2u
#define KEY_USE_SHIFT 2u

/* What few keys have. */
struct key_extra {
    uint32_t key;
    uint32_t next; /* of the free ones */
    int64_t number;
    uint64_t expire_ms;
};

struct key_name {
    ref words; /* closed by NUL */
    uint32_t bytes;
    uint32_t hash;
};

struct keyspace {
    struct vector directory[FAMILY_COUNT]; /* ref of a chunk of rows */
    struct vector extras;
    uint32_t extras_free;
    uint32_t store;
    uint64_t keys;
    uint64_t expires;    /* keys with a time to live */
    uint64_t data_bytes; /* of dict entries, keys and values */
    uint64_t rdb_bytes;  /* of the pairs in a snapshot */
    uint64_t aof_bytes;  /* of the pairs in a rewritten log */
    uint64_t slots;      /* of the hash table */
    uint64_t old_slots;  /* of the table that is being rehashed, 0 none */
    uint64_t rehash_left;
    uint64_t expire_slots;
    uint64_t frozen; /* a child saves: tables do not grow (dict.c, dict_can_resize) */
};

#define KEY_CHUNK_ROWS  1024u
#define KEY_CHUNK_BYTES (KEY_CHUNK_ROWS * (uint32_t)sizeof(struct key_row))

/* The row of a key; NULL when it never had one.  key_need makes it (NULL: the region is full). */
struct key_row *key_row(const struct world *world, const struct keyspace *keys, uint32_t key);
struct key_row *key_need(struct world *world, struct keyspace *keys, uint32_t key);

/* The row after this one in the order of families and numbers: start with *key = UINT32_MAX. */
struct key_row *key_next(const struct world *world, const struct keyspace *keys, uint32_t *key);

/* The number of a name; `make`: gives it one (else UINT32_MAX when it has none). */
uint32_t key_of(struct world *world, const char *name, bool make);
uint32_t key_bytes(const struct world *world, uint32_t key);
void key_add_name(struct text *text, const struct world *world, uint32_t key);

/* --- values ---------------------------------------------------------------------------------- */
uint32_t key_value_bytes(const struct world *world, const struct key_row *row);
/* False when it is not an integer. */
bool key_number(const struct world *world, const struct keyspace *keys, const struct key_row *row,
                int64_t *number);
void key_add_value(struct text *text, const struct world *world, const struct keyspace *keys,
                   const struct key_row *row);
uint64_t key_expire_ms(const struct world *world, const struct keyspace *keys,
                       const struct key_row *row); /* 0 never */

/* --- changes: what the entry at `position` does, live or at a load ---------------------------- */
void key_apply(struct world *world, struct keyspace *keys, uint32_t position);
/* All that the process knew is gone: rows keep what the ledger counted. */
void keyspace_forget(struct world *world, struct keyspace *keys);
/* The tables as a load makes them: of one size, at once. */
void keyspace_settle(struct keyspace *keys);
void keyspace_rehash(struct keyspace *keys, uint64_t buckets);
void keyspace_release(struct world *world, struct keyspace *keys);

/* --- sizes ----------------------------------------------------------------------------------- */
uint64_t jemalloc_bytes(uint64_t bytes);
uint64_t keyspace_table_bytes(const struct keyspace *keys);
uint64_t key_usage(const struct world *world, const struct keyspace *keys,
                   const struct key_row *row, uint32_t key); /* MEMORY USAGE */
uint64_t rdb_length_bytes(uint64_t length);
/* Bytes of the command that ends with this entry, as the append only file and the replication
 * stream have it; 0 for an entry that is not its last. */
uint64_t entry_command_bytes(const struct world *world, uint32_t position);
uint32_t entry_command_first(const struct world *world, uint32_t position); /* of its entries */
uint64_t resp_bulk_bytes(uint64_t bytes);

#endif
