/*
 * The kind `store`: Redis 7.0 as a process on a machine.
 */
#ifndef SIM_STORE_STORE_H
#define SIM_STORE_STORE_H

#include "sim/engine/world.h"
#include "sim/store/ledger.h"

/* The order of the rows in store_rows.c. */
enum store_parameter {
    STORE_SAVE,
    STORE_APPENDONLY,
    STORE_APPENDFSYNC,
    STORE_NO_APPENDFSYNC_ON_REWRITE,
    STORE_AUTO_AOF_REWRITE_PERCENTAGE,
    STORE_AUTO_AOF_REWRITE_MIN_SIZE,
    STORE_AOF_USE_RDB_PREAMBLE,
    STORE_AOF_LOAD_TRUNCATED,
    STORE_STOP_WRITES,
    STORE_RDBCHECKSUM,
    STORE_RDB_KEY_SAVE_DELAY,
    STORE_MAXMEMORY,
    STORE_MAXMEMORY_POLICY,
    STORE_MAXMEMORY_SAMPLES,
    STORE_REPLICAOF,
    STORE_REPL_BACKLOG_SIZE,
    STORE_REPL_DISKLESS_SYNC,
    STORE_REPL_DISKLESS_SYNC_DELAY,
    STORE_REPL_TIMEOUT,
    STORE_REPL_PING_REPLICA_PERIOD,
    STORE_MIN_REPLICAS_TO_WRITE,
    STORE_MIN_REPLICAS_MAX_LAG,
    STORE_REPLICA_SERVE_STALE_DATA,
    STORE_REPLICA_PRIORITY,
    STORE_OUTPUT_BUFFER_LIMIT,
    STORE_SHUTDOWN_TIMEOUT,
    STORE_PARAMETERS
};

enum store_appendfsync { FSYNC_EVERYSEC, FSYNC_ALWAYS, FSYNC_NO };
enum store_policy { POLICY_NOEVICTION, POLICY_ALLKEYS_LRU, POLICY_VOLATILE_LRU };

/* The file that the words aof, rdb or manifest mean to faults; 0 when there is none. */
uint32_t store_file(struct world *world, uint32_t store, const char *which);

/* The last position that a start would bring back if the process were killed now, or (power) its
 * machine lost power: what the files hold, by the rules of the start itself. */
uint64_t store_restores(const struct world *world, uint32_t store, bool power);

/* A store's place in the replication stream, in bytes of it (INFO replication of Redis 7.0). */
struct store_stream {
    uint32_t master;    /* component; 0: it is a master itself */
    bool up, link_up;   /* its process; of a replica: its link to the master */
    bool syncing;       /* of a replica: a snapshot comes */
    bool listed;        /* of a replica: its master has it in its list (slave0, ...) */
    uint64_t offset;    /* what it has; of a master master_repl_offset */
    uint64_t acked;     /* of a listed replica: what its master knows that it has */
    uint64_t lag_s;     /* of a listed one: seconds since its last ACK, as `lag=` */
    uint64_t kept_from; /* bytes before this one are not in the backlog any more */
    uint64_t behind;    /* of a replica: bytes of its master's stream that it lacks */
    bool goes_on;       /* of a replica without a link: the backlog covers what it lacks */
};
void store_stream_read(const struct world *world, uint32_t store, struct store_stream *stream);
/* The table of `report replication`: each master, and below it its replicas. */
void store_replication_report(const struct world *world, struct text *text, enum language language);

extern const struct kind store_kind;

#endif
