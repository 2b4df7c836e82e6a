/*
 * The kind `store`: its row, and where its events go.
 */
#include <string.h>

#include "sim/store/store_state.h"

static void store_init(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    store->keys.store = id;
    store->sampling = stream_of(world->seed, component_at(world, id)->name, "eviction");
    store->repl.ids = stream_of(world->seed, component_at(world, id)->name, "replication id");
    ledger_open(world, id);
}

static void file_event(struct world *world, uint32_t id, const struct event *event)
{
    struct store *store = store_at(world, id);
    bool good = event->payload.u64[2] == FILE_OK;
    switch (event_what(event)) {
    case EVENT_TURN_FSYNC:
        aof_turn_synced(world, id, event);
        break;
    case EVENT_BIO_FSYNC:
        aof_bio_done(world, id, event);
        break;
    case EVENT_OLD_FSYNC:
        store->fsyncs += good;
        break;
    case EVENT_SYNC_FSYNC:
        repl_sync_synced(world, id, good);
        break;
    case EVENT_SAVE_FSYNC:
        rdb_save_synced(world, id, good);
        break;
    case EVENT_OPEN_FSYNC:
        rewrite_opened(world, id);
        break;
    case EVENT_SWITCH_FSYNC:
        rewrite_switched(world, id);
        break;
    case EVENT_START_FSYNC:
        manifest_switch(world, id);
        load_opened(world, id);
        break;
    case EVENT_EXIT_FSYNC:
        life_log_synced(world, id);
        break;
    default:
        break;
    }
}

static void store_event(struct world *world, uint32_t id, const struct event *event)
{
    switch (event_what(event)) {
    case EVENT_CRON:
        cron_due(world, id);
        break;
    case EVENT_TURN:
        loop_turn_done(world, id);
        break;
    case EVENT_STALL:
        store_at(world, id)->busy = BUSY_NO;
        loop_next(world, id);
        break;
    case EVENT_SYNC_LOADED:
        repl_sync_loaded(world, id);
        break;
    case EVENT_SAVE_CPU:
        rdb_save_written(world, id);
        break;
    case EVENT_LOAD_READ:
    case EVENT_LOAD_CPU:
        load_event(world, id, event);
        break;
    case EVENT_CHILD_CPU:
    case EVENT_CHILD_SLEPT:
    case EVENT_CHILD_FSYNC:
        child_event(world, id, event);
        break;
    default:
        file_event(world, id, event);
        break;
    }
}

/* A name that is there, of a store, and not its own; looked at when it changes. */
static bool master_check(struct world *world, uint32_t id, const char *name, struct error *error)
{
    if (name[0] == '\0' || strcmp(name, parameter_text(world, id, STORE_REPLICAOF)) == 0)
        return true;
    uint32_t master = component_find(world, name);
    if (master == 0)
        return error_set(error, ERROR_NOTHING_NAMED, STORE_REPLICAOF, name, NULL, NULL, NULL);
    if (component_at(world, master)->kind != KIND_STORE || master == id)
        return error_set(error, ERROR_BAD_VALUE, STORE_REPLICAOF, name, "other store",
                         "replicaof=NAME of a store, or replicaof=\"\"", NULL);
    return true;
}

static bool store_check(struct world *world, uint32_t id, const uint64_t *values,
                        struct error *error)
{
    const char *save = string_at(world, (ref)values[STORE_SAVE]);
    const char *limit = string_at(world, (ref)values[STORE_OUTPUT_BUFFER_LIMIT]);
    struct repl_limit read;
    if (!save_rules_valid(save))
        return error_set(error, ERROR_BAD_VALUE, STORE_SAVE, save, "list of save rules",
                         "save=\"60 1000\", save=\"3600 1 300 100\" or save=\"\"", NULL);
    if (!repl_limit_read(limit, &read))
        return error_set(error, ERROR_BAD_VALUE, STORE_OUTPUT_BUFFER_LIMIT, limit,
                         "limit of replicas' buffers",
                         "client-output-buffer-limit=\"replica 256mb 64mb 60\"", NULL);
    return master_check(world, id, string_at(world, (ref)values[STORE_REPLICAOF]), error);
}

static void store_removed(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    uint32_t machine = component_at(world, id)->machine;
    child_forget(world, id);
    cpu_cancel_all(world, id);
    disk_forget(world, id);
    for (uint32_t file = file_next(world, machine, 0); file != 0;) {
        uint32_t next = file_next(world, machine, file);
        if (file_at(world, file)->owner == id)
            file_remove(world, file);
        file = next;
    }
    keyspace_release(world, &store->keys);
    arena_give(&world->region, store->inbox.at, store->inbox.limit * sizeof(struct letter));
    arena_give(&world->region, store->outbox.at, store->outbox.limit * sizeof(struct letter));
    arena_give(&world->region, store->held.at, store->held.limit * sizeof(struct letter));
    repl_forget(world, id);
    vector_clear(&world->region, &store->ready);
    vector_clear(&world->region, &store->losses);
    vector_clear(&world->region, &store->load.pieces);
    vector_clear(&world->region, &store->load.files);
    vector_clear(&world->region, &store->aof_runs);
}

const struct kind store_kind = {.name = "store",
                                .en = "Redis 7.0 as a process: snapshots, append only log, memory.",
                                .ko =
                                    "Redis 7.0 프로세스입니다. 스냅샷, AOF 로그, 메모리를 봅니다.",
                                .state_bytes = sizeof(struct store),
                                .process = true,
                                .buildable = true,
                                .port = 6379,
                                .parameter_count = STORE_PARAMETERS,
                                .metric_count = STORE_METRICS,
                                .parameters = store_parameters,
                                .metrics = store_metrics,
                                .metric_named = store_metric_named,
                                .check = store_check,
                                .init = store_init,
                                .signal = life_signal,
                                .event = store_event,
                                .socket = loop_socket,
                                .changed = store_changed,
                                .tell = admin_tell,
                                .removed = store_removed};
