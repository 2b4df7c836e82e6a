/*
 * A store's life: start, signals, shutdown, exit; and what a restart means for the ledger.
 */
#include "sim/store/store_state.h"

#define FIRST_CRON_NS MS_NS /* aeCreateTimeEvent(server.el, 1, serverCron, ...) */
#define FIRST_PID     1000u
#define PIDS_OF_ONE   1000u

void log_words(struct world *world, uint32_t id, const char *a, uint64_t number, const char *b)
{
    char words[150];
    struct text line = TEXT(words);
    text_clear(&line);
    text_add(&line, a);
    text_add_u64(&line, number);
    text_add(&line, b);
    component_log(world, id, words);
}

uint32_t life_new_pid(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    return FIRST_PID + component_at(world, id)->order * PIDS_OF_ONE + ++store->pids;
}

/* --- what is not in the files ----------------------------------------------------------------- */

/* It served and does not any more (or lost power after that): what the files do not hold now is
 * lost.  A process that was not ready had nothing of its own. */
static void note_down(struct world *world, uint32_t id, enum ledger_cause cause)
{
    struct store *store = store_at(world, id);
    if (store->down != 0 && cause != LOST_POWER)
        return;
    uint64_t from = store_restores(world, id, cause == LOST_POWER);
    if (store->down == 0) {
        store->down_ns = world->now_ns;
        store->down_appendonly = parameter_get(world, id, STORE_APPENDONLY);
    }
    store->down = 1;
    struct store_loss *loss = vector_push(&world->region, &store->losses, sizeof *loss);
    if (loss != NULL)
        *loss = (struct store_loss){from, world->now_ns, (uint64_t)cause};
}

/* What the lineage misses: told by the first fault after which the files did not have it.  What
 * they had and do not bring back was taken by who changed the files. */
static void tell_losses(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    uint64_t end = UINT32_MAX, at_ns = world->now_ns;
    uint64_t gone_ns = file_gone_ns(world, component_at(world, id)->machine);
    for (uint32_t i = 0; i < store->losses.count; i++) {
        struct store_loss loss = *(struct store_loss *)vector_at(&world->region, &store->losses, i);
        ledger_lose(world, id, loss.from, end, loss.at_ns, (enum ledger_cause)loss.cause);
        at_ns = loss.at_ns;
    }
    enum ledger_cause cause = LOST_DAMAGE;
    if (store->down != 0 && gone_ns != 0 && gone_ns >= store->down_ns) {
        cause = LOST_DISK;
        at_ns = gone_ns;
    } else if (store->down_appendonly != parameter_get(world, id, STORE_APPENDONLY)) {
        cause = LOST_COMMAND;
    }
    ledger_lose(world, id, 0, end, at_ns, cause);
}

void life_tell_keys(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    struct key_row *row;
    for (uint32_t key = UINT32_MAX; (row = key_next(world, &store->keys, &key)) != NULL;) {
        uint32_t tip = ledger_tip(world, key), holds = ledger_holder(world, id, tip, row->holds);
        if (row->counted == holds)
            continue;
        ledger_hold(world, id, tip, row->counted, holds, LOST_CAUSES);
        row->counted = holds;
    }
}

/* --- start ------------------------------------------------------------------------------------ */

static void life_start(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    store->pid = life_new_pid(world, id);
    store->runid = repl_new_id(world, id);
    store->term = store->exiting = store->exit_save = 0;
    aof_reset(world, id);
    store->dirty = store->dirty_before = 0;
    store->bgsave_failed = store->bgsave_scheduled = store->rewrite_scheduled = 0;
    store->lastsave_s = store->save_try_s = clock_s(world);
    store->commands = store->connections_received = store->connected = 0;
    store->rdb_saves = store->fsyncs = store->bytes_written = 0;
    store->fork_usec = store->forks = store->rdb_cow = store->aof_cow = store->rewrites = 0;
    store->evicted = store->expired = store->hits = store->misses = 0;
    store->net_in = store->net_out = 0;
    store->bgsave_seconds = store->rewrite_seconds = SECONDS_NONE;
    store->load_keys = store->load_expired = 0;
    store->started_ns = world->now_ns;
    store->loading = LOADING_FILES;
    footprint_start(world, id);
    if (!footprint_follow(world, id))
        return;
    tcp_listen(world, id, STORE_BACKLOG);
    load_begin(world, id);
}

/* A snapshot leaves out what ran out meanwhile as it is read, and counts it by itself (rdb.c). */
static void drop_expired(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    expire_cycle(world, id);
    if (parameter_get(world, id, STORE_APPENDONLY) == 0) {
        store->load_expired = store->expired;
        store->load_keys = store->keys.keys;
        store->expired = 0;
    } else {
        store->load_keys = store->load.snapshot_keys;
    }
}

void life_ready(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    uint32_t count = store->load.pieces.count;
    ref at = arena_take(&world->region, (count + 1) * sizeof(struct ledger_interval));
    if (at == 0)
        return;
    struct ledger_interval *rows = arena_at(&world->region, at);
    for (uint32_t i = 0; i < count; i++)
        rows[i] = *(struct ledger_interval *)vector_at(&world->region, &store->load.pieces, i);
    ledger_set_lineage(world, id, rows, count);
    arena_give(&world->region, at, (count + 1) * sizeof(struct ledger_interval));
    tell_losses(world, id);
    life_tell_keys(world, id);
    vector_clear(&world->region, &store->losses);
    vector_clear(&world->region, &store->load.pieces);
    store->down = 0;
    store->loading = LOADING_NO;
    store->load_ns = world->now_ns - store->load.started_ns;
    ledger_service(world, id, true, LOST_CAUSES);
    trace(world, id, TRACE_READY, store->load_ns, store->keys.keys);
    component_log(world, id, "Ready to accept connections");
    store->cron_loops = 0;
    repl_start(world, id);
    drop_expired(world, id);
    cron_start(world, id, FIRST_CRON_NS);
    loop_next(world, id);
}

/* --- end -------------------------------------------------------------------------------------- */

/* What the kernel takes back from a process that is gone. */
static void process_gone(struct world *world, uint32_t id, enum ledger_cause cause)
{
    bool power = cause == LOST_POWER;
    struct store *store = store_at(world, id);
    world_cancel(world, store->cron);
    store->cron = 0;
    cpu_cancel_all(world, id);
    disk_forget(world, id);
    memory_give_all(world, id);
    if (!power)
        tcp_process_ended(world, id);
    loop_clear(world, id);
    vector_clear(&world->region, &store->load.pieces);
    keyspace_forget(world, &store->keys);
    ledger_service(world, id, false, cause);
    store->loading = store->save_file = store->exiting = store->term = 0;
    store->save_again = 0;
    store->resident = 0;
    aof_reset(world, id);
    store->pool = (struct evict_pool){0};
    if (power)
        child_forget(world, id);
    else
        child_orphan(world, id);
    repl_forget(world, id);
}

void life_exit(struct world *world, uint32_t id, uint64_t status)
{
    note_down(world, id, LOST_SHUTDOWN);
    if (status == 0)
        component_log(world, id, "Redis is now ready to exit, bye bye...");
    component_exit(world, id, status);
    process_gone(world, id, LOST_SHUTDOWN);
}

static void cannot_exit(struct world *world, uint32_t id, const char *why)
{
    struct store *store = store_at(world, id);
    component_log(world, id, why);
    component_log(world, id,
                  "Errors trying to shut down the server. Check the logs for more information.");
    store->exiting = 0;
    loop_release(world, id);
    loop_next(world, id);
}

/* finishShutdown: all that replicas wait for is theirs. */
static void shutdown_finish(struct world *world, uint32_t id, unsigned how)
{
    struct store *store = store_at(world, id);
    if (child_saves(world, id)) {
        component_log(world, id, "There is a child saving an .rdb. Killing it!");
        child_kill(world, id);
    } else if (store->children[0].type == CHILD_AOF && store->aof.state == AOF_WAIT_REWRITE) {
        cannot_exit(world, id, "Writing initial AOF, can't exit.");
        return;
    } else if (store->children[0].type == CHILD_AOF) {
        component_log(world, id, "There is a child rewriting the AOF. Killing it!");
        child_kill(world, id);
    }
    store->exiting = 1;
    store->exit_save = how == 2 || (how == 0 && save_rules_on(world, id) && !store->loading);
    if (store->aof.state == AOF_OFF || store->aof.file == 0) {
        life_log_synced(world, id);
        return;
    }
    component_log(world, id, "Calling fsync() on the AOF file.");
    if (!aof_flush(world, id, true))
        return;
    store->busy = BUSY_EXIT;
    aof_turn_fsync(world, id, EVENT_EXIT_FSYNC);
}

void life_shutdown(struct world *world, uint32_t id, unsigned how)
{
    struct store *store = store_at(world, id);
    uint64_t timeout_ns = parameter_get(world, id, STORE_SHUTDOWN_TIMEOUT) * SECOND_NS;
    if (store->exiting != 0 || store->repl.shutdown_until_ns != 0)
        return;
    component_log(world, id, "User requested shutdown...");
    if (timeout_ns == 0 || repl_caught_up(world, id)) {
        shutdown_finish(world, id, how);
        return;
    }
    component_log(world, id, "Waiting for replicas before shutting down.");
    store->exit_how = how;
    store->repl.shutdown_until_ns = world->now_ns + timeout_ns;
    store->repl.get_ack = 1;
    repl_before_sleep(world, id);
    loop_next(world, id);
}

void life_shutdown_check(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    bool all = repl_caught_up(world, id);
    if (store->repl.shutdown_until_ns == 0 ||
        (!all && world->now_ns < store->repl.shutdown_until_ns))
        return;
    store->repl.shutdown_until_ns = 0;
    component_log(world, id,
                  all ? "All replicas are in sync when shutting down."
                      : "Lagging replicas: shutting down without them.");
    shutdown_finish(world, id, store->exit_how);
}

void life_log_synced(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    store->busy = BUSY_NO;
    if (store->exit_save == 0) {
        life_exit(world, id, 0);
        return;
    }
    component_log(world, id, "Saving the final RDB snapshot before exiting.");
    if (!rdb_save_begin(world, id)) {
        cannot_exit(world, id, "Error trying to save the DB, can't exit.");
        return;
    }
    loop_next(world, id);
}

void life_saved(struct world *world, uint32_t id, bool good)
{
    if (good)
        life_exit(world, id, 0);
    else
        cannot_exit(world, id, "Error trying to save the DB, can't exit.");
}

/* --- signals ---------------------------------------------------------------------------------- */

void life_signal(struct world *world, uint32_t id, enum signal signal)
{
    struct store *store = store_at(world, id);
    switch (signal) {
    case SIGNAL_START:
        life_start(world, id);
        break;
    case SIGNAL_KILL:
        note_down(world, id, LOST_KILL);
        process_gone(world, id, LOST_KILL);
        break;
    case SIGNAL_POWER:
        note_down(world, id, LOST_POWER);
        process_gone(world, id, LOST_POWER);
        break;
    case SIGNAL_TERM:
        if (!component_at(world, id)->up)
            break;
        component_log(world, id, "Received SIGTERM scheduling shutdown...");
        if (store->loading)
            life_exit(world, id, 0);
        else
            store->term = 1;
        break;
    case SIGNAL_STOP:
        cpu_pause(world, id);
        tcp_process_paused(world, id);
        break;
    case SIGNAL_CONT:
        cpu_resume(world, id);
        tcp_process_resumed(world, id);
        loop_next(world, id);
        break;
    }
}
