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

extern const struct kind store_kind;

#endif
