/*
 * Master or replica: REPLICAOF, what a start makes of the files, and replicationCron.
 *
 * replicationSetMaster, replicationUnsetMaster, shiftReplicationId, replicationCron of Redis 7.0
 * (replication.c), loadDataFromDisk (server.c); TRUTH redis.resync.*, redis.repl-stop.1,
 * redis.min-replicas.1.
 */
#include "sim/store/store_state.h"

#define PING_BYTES        14u
#define PING_PERIOD_LOOPS 10u   /* repl-ping-replica-period */
#define BACKLOG_TTL_S     3600u /* repl-backlog-ttl */

static struct repl *repl_of(const struct world *world, uint32_t id)
{
    return &store_at(world, id)->repl;
}

/* --- roles ------------------------------------------------------------------------------------ */

uint32_t repl_component(const struct world *world, const char *name)
{
    uint32_t id = name[0] == '\0' ? 0 : component_find(world, name);
    return id != 0 && component_at(world, id)->kind == KIND_STORE ? id : 0;
}

/* The id so far stands for what is there up to now; what follows is another history. */
static void shift_id(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    repl->replid2 = repl->replid;
    repl->second_offset = repl->offset;
    repl->replid = repl_new_id(world, id);
}

static void become_master(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    repl->master = 0;
    repl_link_close(world, id);
    repl->cached = 0;
    repl->state = LINK_NONE;
    repl->down_since_s = 0;
    shift_id(world, id);
    repl_drop_all(world, id);
    repl->selected = 0;
    repl->none_since_s = clock_s(world);
    component_log(world, id, "MASTER MODE enabled (user request)");
    trace(world, id, TRACE_PROMOTED, 0, repl->offset);
    if (parameter_get(world, id, STORE_APPENDONLY) != 0)
        aof_start(world, id); /* a synchronization that was cut short had stopped it */
}

static void become_replica(struct world *world, uint32_t id, uint32_t master)
{
    struct repl *repl = repl_of(world, id);
    bool was_master = repl->master == 0;
    repl_link_close(world, id);
    repl_wait_end_all(world, id);
    repl->master = master;
    repl->state = LINK_CONNECT;
    repl->down_since_s = clock_s(world) + 1;
    if (was_master) { /* its own history may be a part of the other's */
        repl->cached = repl->backlog.active;
        repl->cached_id = repl->replid;
        repl->cached_offset = repl->offset;
    }
    component_log(world, id, "REPLICAOF enabled (user request)");
    trace(world, id, TRACE_REPLICA_OF, master, repl->offset);
    repl_connect(world, id);
}

void repl_set_master(struct world *world, uint32_t id, uint32_t master)
{
    struct store *store = store_at(world, id);
    if (!store_is_up(world, id) || store->loading != LOADING_NO || master == id ||
        store->repl.master == master)
        return;
    if (master == 0)
        become_master(world, id);
    else
        become_replica(world, id, master);
}

void repl_follow(struct world *world, uint32_t id)
{
    repl_set_master(world, id, repl_component(world, parameter_text(world, id, STORE_REPLICAOF)));
}

/* --- start and end ---------------------------------------------------------------------------- */

/* A snapshot says which history it is of, and up to where; a log says nothing. */
static void history_read(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    uint32_t dump = file_find(world, id, "dump.rdb");
    if (parameter_get(world, id, STORE_APPENDONLY) != 0 || dump == 0 ||
        file_at(world, dump)->mark[SNAPSHOT_REPLID] == 0)
        return;
    uint64_t replid = file_at(world, dump)->mark[SNAPSHOT_REPLID];
    uint64_t offset = file_at(world, dump)->mark[SNAPSHOT_OFFSET];
    repl->offset = offset;
    repl_backlog_open(world, id);
    if (repl->master == 0) {
        repl->replid2 = replid;
        repl->second_offset = offset;
        return;
    }
    repl->replid = replid;
    repl->cached = 1;
    repl->cached_id = replid;
    repl->cached_offset = offset;
}

void repl_start(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    repl->replid = repl_new_id(world, id);
    repl->second_offset = UINT64_MAX;
    repl->master = repl_component(world, parameter_text(world, id, STORE_REPLICAOF));
    if (repl->master == id)
        repl->master = 0;
    repl->state = repl->master == 0 ? LINK_NONE : LINK_CONNECT;
    repl->down_since_s = repl->master == 0 ? 0 : clock_s(world) + 1;
    repl->none_since_s = clock_s(world);
    history_read(world, id);
}

void repl_forget(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    struct stream ids = repl->ids;
    repl_backlog_close(world, id);
    vector_clear(&world->region, &repl->replicas);
    vector_clear(&world->region, &repl->waiters);
    *repl = (struct repl){.ids = ids};
}

/* --- what clients may ------------------------------------------------------------------------- */

bool repl_refuses_write(const struct world *world, uint32_t id, enum resp_type *why)
{
    const struct repl *repl = repl_of(world, id);
    uint64_t wanted = parameter_get(world, id, STORE_MIN_REPLICAS_TO_WRITE);
    if (repl->master == 0 && wanted != 0 && repl->good < wanted &&
        parameter_get(world, id, STORE_MIN_REPLICAS_MAX_LAG) != 0) {
        *why = RESP_NOREPLICAS;
        return true;
    }
    *why = RESP_READONLY;
    return repl->master != 0;
}

bool repl_refuses_read(const struct world *world, uint32_t id)
{
    const struct repl *repl = repl_of(world, id);
    return repl->master != 0 && repl->state != LINK_CONNECTED &&
           parameter_get(world, id, STORE_REPLICA_SERVE_STALE_DATA) == 0;
}

/* --- replicationCron -------------------------------------------------------------------------- */

static void link_timeouts(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    uint64_t timeout_s = parameter_get(world, id, STORE_REPL_TIMEOUT);
    if (repl->master == 0 || repl->state == LINK_SYNCING || repl->state == LINK_CONNECT ||
        clock_s(world) - repl->heard_s <= timeout_s)
        return;
    component_log(world, id,
                  repl->state == LINK_CONNECTED ? "MASTER timeout: no data nor PING received..."
                  : repl->state == LINK_TRANSFER
                      ? "Timeout receiving bulk data from MASTER... If the problem persists try to "
                        "set the 'repl-timeout' parameter in redis.conf to a larger value."
                      : "Timeout connecting to the MASTER...");
    bool again = repl->state == LINK_CONNECTED;
    repl_link_close(world, id);
    if (again)
        repl_connect(world, id);
}

/* Those that wait for their snapshot hear that the master is there. */
static void newlines(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        const struct replica *replica = replica_at(world, repl, i);
        const struct message newline = {.bytes = 1, .type = RESP_NEWLINE};
        if (replica->state == REPLICA_WAIT_START ||
            (replica->state == REPLICA_WAIT_END && replica->disk != 0))
            tcp_send(world, replica->connection, id, &newline);
    }
}

static void replica_timeouts(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    uint64_t timeout_s = parameter_get(world, id, STORE_REPL_TIMEOUT);
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        const struct replica *replica = replica_at(world, repl, i);
        if (replica->state != REPLICA_ONLINE || clock_s(world) - replica->ack_s <= timeout_s)
            continue;
        component_log(world, id, "Disconnecting timedout replica (streaming sync)");
        repl_replica_drop(world, id, replica->connection);
        i--;
    }
}

void repl_cron(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    link_timeouts(world, id);
    if (repl->master != 0 && repl->state == LINK_CONNECT)
        repl_connect(world, id);
    if (repl->master != 0 && repl->state == LINK_CONNECTED)
        repl_send_ack(world, id);
    if (repl->loops % parameter_get(world, id, STORE_REPL_PING_REPLICA_PERIOD) == 0 &&
        repl->replicas.count > 0 && repl->master == 0)
        repl_push(world, id, &(struct repl_item){.bytes = PING_BYTES, .kind = REPL_PING});
    newlines(world, id);
    replica_timeouts(world, id);
    if (repl->replicas.count == 0 && repl->master == 0 && repl->backlog.active != 0 &&
        clock_s(world) - repl->none_since_s > BACKLOG_TTL_S) {
        repl->replid = repl_new_id(world, id);
        repl->replid2 = 0;
        repl->second_offset = UINT64_MAX;
        repl_backlog_close(world, id);
    }
    repl_start_pending(world, id);
    repl_count_good(world, id);
    repl->loops++;
}

/* --- by its parameter ------------------------------------------------------------------------- */

void repl_order(struct world *world, uint32_t id, uint32_t master, bool file)
{
    const char *name = master == 0 ? "" : component_at(world, master)->name;
    parameter_put(world, id, STORE_REPLICAOF, string_take(world, name));
    if (file) {
        uint64_t *values = arena_at(&world->region, component_at(world, id)->file);
        string_give(world, (ref)values[STORE_REPLICAOF]);
        values = arena_at(&world->region, component_at(world, id)->file);
        ref taken = string_take(world, name);
        values = arena_at(&world->region, component_at(world, id)->file);
        values[STORE_REPLICAOF] = taken;
    }
    repl_set_master(world, id, master);
}
