/*
 * A full synchronization as the replica sees it: the snapshot comes into a file, takes dump.rdb's
 * place, and is loaded in the place of all that the replica had.
 *
 * readSyncBulkPayload of Redis 7.0 (replication.c); TRUTH redis.empty-master.1.
 */
#include "sim/store/store_state.h"

#define FSYNC_BYTES (8ull << 20) /* REPL_MAX_WRITTEN_BEFORE_FSYNC */
#define KEY_NS      700u         /* as a start reads a snapshot (load.c) */
#define MARK_BYTES  40u

static struct repl *repl_of(const struct world *world, uint32_t id)
{
    return &store_at(world, id)->repl;
}

bool repl_transfer_begin(struct world *world, uint32_t id, const struct message *answer)
{
    struct repl *repl = repl_of(world, id);
    char name[48];
    struct text text = TEXT(name);
    text_clear(&text);
    text_add(&text, "temp-");
    text_add_u64(&text, clock_s(world));
    text_add_char(&text, '.');
    text_add_u64(&text, store_at(world, id)->pid);
    text_add(&text, ".rdb");
    repl->transfer = (struct transfer){
        .file = file_create(world, id, name), .replid = answer->a, .offset = answer->c};
    repl->state = LINK_TRANSFER;
    return repl->transfer.file != 0;
}

void repl_transfer_forget(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    if (repl->transfer.file != 0 && repl->transfer.load_begun == 0)
        file_remove(world, repl->transfer.file);
    repl->transfer = (struct transfer){0};
    store_at(world, id)->wants &= ~(uint32_t)WANT_SYNC;
}

static void head_heard(struct world *world, uint32_t id, const struct message *head)
{
    struct transfer *transfer = &repl_of(world, id)->transfer;
    transfer->picture = (uint32_t)head->a;
    transfer->keys = head->c;
    transfer->bytes = head->d;
    transfer->mark = head->flags;
    component_log(world, id,
                  transfer->mark != 0
                      ? "MASTER <-> REPLICA sync: receiving streamed RDB from master with EOF to "
                        "disk"
                      : "MASTER <-> REPLICA sync: receiving RDB from master to disk");
}

static void abandon(struct world *world, uint32_t id, const char *why)
{
    component_log(world, id, why);
    repl_link_close(world, id);
}

void repl_transfer_piece(struct world *world, uint32_t id, const struct message *piece)
{
    struct transfer *transfer = &repl_of(world, id)->transfer;
    uint64_t written;
    if (piece->type == RESP_BULK_HEAD) {
        head_heard(world, id, piece);
        return;
    }
    if (piece->type != RESP_BULK)
        return; /* a newline: the master is still there */
    if (file_append(world, transfer->file, piece->c, &written) != FILE_OK) {
        abandon(world, id,
                "Write error or short write writing to the DB dump file needed for MASTER <-> "
                "REPLICA synchronization");
        return;
    }
    transfer->read += piece->c;
    store_at(world, id)->bytes_written += written;
    if (transfer->read >= transfer->synced + FSYNC_BYTES) {
        transfer->synced = transfer->read;
        file_fsync(world, id, transfer->file, EVENT_OLD_SYNC, 0);
    }
    if (piece->a != 0) {
        repl_of(world, id)->state = LINK_SYNCING;
        store_at(world, id)->wants |= WANT_SYNC;
    }
}

/* --- the snapshot takes the place of all ------------------------------------------------------ */

void repl_sync_run(struct world *world, uint32_t id)
{
    struct transfer *transfer = &repl_of(world, id)->transfer;
    store_at(world, id)->busy = BUSY_SYNC;
    if (transfer->mark != 0)
        file_truncate(world, transfer->file, transfer->bytes - MARK_BYTES);
    file_fsync(world, id, transfer->file, EVENT_SYNC_FSYNC, 0);
}

void repl_sync_synced(struct world *world, uint32_t id, bool good)
{
    struct store *store = store_at(world, id);
    struct repl *repl = &store->repl;
    struct transfer *transfer = &repl->transfer;
    store->busy = BUSY_NO;
    if (repl->state != LINK_SYNCING) { /* its master changed meanwhile */
        loop_next(world, id);
        return;
    }
    if (!good) {
        abandon(world, id,
                "Failed trying to sync the temp DB to disk in MASTER <-> REPLICA "
                "synchronization: Input/output error");
        loop_next(world, id);
        return;
    }
    uint32_t life = component_at(world, id)->life;
    aof_stop(world, id);
    if (!store_is_up(world, id) || component_at(world, id)->life != life)
        return;
    if (store->children[0].type != CHILD_NONE)
        child_kill(world, id);
    repl_drop_all(world, id);
    uint32_t file = transfer->file;
    uint64_t bytes = transfer->bytes - (transfer->mark != 0 ? MARK_BYTES : 0);
    snapshot_take(world, file, transfer->picture, transfer->keys, bytes);
    file_at(world, file)->mark[SNAPSHOT_REPLID] = transfer->replid;
    file_at(world, file)->mark[SNAPSHOT_OFFSET] = transfer->offset;
    file_rename(world, file, "dump.rdb");
    component_log(world, id, "MASTER <-> REPLICA sync: Flushing old data");
    component_log(world, id, "MASTER <-> REPLICA sync: Loading DB in memory");
    transfer->load_begun = 1;
    keyspace_forget(world, &store->keys);
    ledger_service(world, id, false, LOST_RESYNC);
    store->loading = LOADING_FILES;
    store->load.started_ns = world->now_ns;
    store->busy = BUSY_LOAD;
    loop_answer_waiting(world, id);
    cpu_run(world, id, transfer->keys * KEY_NS + 1, EVENT_SYNC_LOADED, NULL);
}

/* What the picture shows is what the replica has from now on, and nothing else. */
static void picture_load(struct world *world, uint32_t id, uint32_t picture)
{
    struct store *store = store_at(world, id);
    uint32_t count = ledger_picture_rows(world, picture);
    ref at = arena_take(&world->region, (count + 1) * sizeof(struct ledger_interval));
    if (at == 0)
        return;
    struct ledger_interval *rows = arena_at(&world->region, at);
    for (uint32_t i = 0; i < count; i++) {
        rows[i] = ledger_picture_row(world, picture, i);
        for (uint64_t p = rows[i].from; p <= rows[i].to; p++)
            if (ledger_entry(world, p)->writer == rows[i].writer)
                key_apply(world, &store->keys, (uint32_t)p);
    }
    keyspace_settle(&store->keys);
    ledger_set_lineage(world, id, rows, count);
    arena_give(&world->region, at, (count + 1) * sizeof(struct ledger_interval));
    ledger_lose(world, id, 0, UINT32_MAX, world->now_ns, LOST_RESYNC);
    life_tell_keys(world, id);
}

void repl_sync_loaded(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    struct repl *repl = &store->repl;
    struct transfer transfer = repl->transfer;
    uint32_t life = component_at(world, id)->life;
    store->busy = BUSY_NO;
    store->loading = LOADING_NO;
    picture_load(world, id, transfer.picture);
    ledger_service(world, id, true, LOST_CAUSES);
    if (!footprint_follow(world, id) || component_at(world, id)->life != life)
        return;
    component_log(world, id, "MASTER <-> REPLICA sync: Finished with success");
    repl->transfer = (struct transfer){0};
    repl->replid = transfer.replid;
    repl->offset = transfer.offset;
    repl->replid2 = 0;
    repl->second_offset = UINT64_MAX;
    repl_backlog_close(world, id);
    repl_backlog_open(world, id);
    trace(world, id, TRACE_SYNCED, store->keys.keys, transfer.offset);
    if (repl->link == 0) { /* the master went away since it sent the last byte */
        repl->cached = 1;
        repl->cached_id = repl->replid;
        repl->cached_offset = repl->offset;
        repl->state = LINK_CONNECT;
        repl->down_since_s = clock_s(world) + 1;
    } else {
        repl->state = LINK_CONNECTED;
        repl->down_since_s = 0;
        repl->heard_s = clock_s(world);
        trace(world, id, TRACE_LINK_UP, repl->master, repl->offset);
        if (transfer.mark != 0)
            repl_send_ack(world, id);
        loop_readable(world, id, repl->link);
    }
    if (parameter_get(world, id, STORE_APPENDONLY) != 0)
        aof_start(world, id);
    repl_follow(world, id);
    loop_next(world, id);
}
