/*
 * The forked child: a process of its own that writes a snapshot or a new base file, piece by piece.
 *
 * It outlives its parent: then it ends at its next report, about once a second, unless it is done
 * before (TRUTH redis.orphan-child.1; rdb.c, childinfo.c).
 */
#include "sim/store/store_state.h"

#define PIECE_NS       (20 * MS_NS) /* what it does between two looks at the clock */
#define REPORT_NS      SECOND_NS
#define AUTOSYNC_BYTES (4ull << 20) /* rdb-save-incremental-fsync */

enum { OWN, ORPHAN };

bool child_active(const struct world *world, uint32_t id)
{
    return store_at(world, id)->children[OWN].type != CHILD_NONE;
}

static struct payload payload_of(const struct child *child, unsigned which)
{
    return (struct payload){.u64 = {which, child->pid}};
}

static uint64_t cookie_of(const struct child *child, unsigned which)
{
    return (uint64_t)which << 32 | child->pid;
}

static void file_name(struct text *text, const struct child *child, bool done)
{
    text_add(text, child->type == CHILD_RDB ? "temp-"
                   : done                   ? "temp-rewriteaof-bg-"
                                            : "temp-rewriteaof-");
    text_add_u64(text, child->pid);
    text_add(text, child->type == CHILD_RDB ? ".rdb" : ".aof");
}

/* --- pieces ----------------------------------------------------------------------------------- */

static uint64_t sleep_ns(const struct world *world, uint32_t id, const struct child *child)
{
    return child->keys * parameter_get(world, id, STORE_RDB_KEY_SAVE_DELAY) * US_NS;
}

static uint64_t share(uint64_t whole_ns, uint64_t piece, uint64_t bytes)
{
    return whole_ns / bytes * piece + whole_ns % bytes * piece / bytes;
}

static void piece_begin(struct world *world, uint32_t id, unsigned which)
{
    struct child *child = &store_at(world, id)->children[which];
    uint64_t left = child->bytes - child->written;
    if (left == 0 && child->type == CHILD_SOCKET) {
        struct payload payload = payload_of(child, which);
        child->leaving = 1;
        /* What the fork copied is torn down. */
        cpu_run(world, id, fork_ns(world, id), EVENT_CHILD_CPU, &payload);
        return;
    }
    if (left == 0) {
        file_fsync(world, id, child->file, EVENT_CHILD_FSYNC, cookie_of(child, which));
        return;
    }
    uint64_t whole_ns = child_cost_ns(child);
    uint64_t pieces = (whole_ns + sleep_ns(world, id, child)) / PIECE_NS + 1;
    child->piece = child->bytes / pieces + 1;
    if (child->piece > left)
        child->piece = left;
    struct payload payload = payload_of(child, which);
    uint64_t cost_ns = share(whole_ns, child->piece, child->bytes) + 1;
    if (child->type == CHILD_SOCKET && child->written == 0)
        cost_ns += fork_ns(world, id); /* it begins when the fork is done */
    cpu_run(world, id, cost_ns, EVENT_CHILD_CPU, &payload);
}

static void child_finish(struct world *world, uint32_t id, unsigned which, enum child_end end)
{
    struct store *store = store_at(world, id);
    struct child *child = &store->children[which];
    child->end = (uint16_t)end;
    if (which == ORPHAN) {
        if (end != CHILD_DONE)
            trace(world, id, TRACE_CHILD_ENDED, child->written, child->bytes);
        *child = (struct child){0};
        return;
    }
    uint64_t copied = cow_end(world, id);
    if (child->type == CHILD_AOF)
        store->aof_cow = copied;
    else
        store->rdb_cow = copied;
}

static void child_fail(struct world *world, uint32_t id, unsigned which, const char *why)
{
    struct child *child = &store_at(world, id)->children[which];
    char words[120];
    struct text line = TEXT(words);
    text_clear(&line);
    text_add(&line, child->type == CHILD_RDB ? "Write error saving DB on disk(rdbSaveRio): "
                                             : "Write error writing append only file on disk: ");
    text_add(&line, why);
    component_log(world, id, words);
    file_remove(world, child->file);
    child_finish(world, id, which, CHILD_FAILED);
}

/* Tells its parent how far it is; false: there is none, it exits and leaves its file. */
static bool child_report(struct world *world, uint32_t id, unsigned which)
{
    struct child *child = &store_at(world, id)->children[which];
    child->reported_ns = world->now_ns;
    if (child->orphan == 0)
        return true;
    component_log(world, id, "Child failed reporting info to parent, exiting. Broken pipe");
    return false;
}

/* The pipe holds no more than this: the next piece waits until all replicas took the last. */
static void piece_piped(struct world *world, uint32_t id)
{
    struct child *child = &store_at(world, id)->children[OWN];
    if (child->leaving != 0) {
        child_finish(world, id, OWN, CHILD_DONE);
        return;
    }
    child->written += child->piece;
    if (repl_pipe(world, id, child->piece))
        piece_begin(world, id, OWN);
    else
        child->blocked = 1;
}

static bool child_has_readers(const struct world *world, uint32_t id)
{
    const struct repl *repl = &store_at(world, id)->repl;
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        const struct replica *replica = replica_at(world, repl, i);
        if (replica->state == REPLICA_WAIT_END && replica->disk == 0)
            return true;
    }
    return false;
}

void child_unblock(struct world *world, uint32_t id)
{
    struct child *child = &store_at(world, id)->children[OWN];
    if (child->type != CHILD_SOCKET || child->end != CHILD_RUNS)
        return;
    if (!child_has_readers(world, id)) {
        component_log(world, id,
                      "Diskless rdb transfer, last replica dropped, killing fork child.");
        child_kill(world, id);
    } else if (child->blocked != 0 && repl_pipe_clear(world, id)) {
        child->blocked = 0;
        piece_begin(world, id, OWN);
    }
}

static void piece_written(struct world *world, uint32_t id, unsigned which)
{
    struct store *store = store_at(world, id);
    struct child *child = &store->children[which];
    uint64_t written;
    enum file_error error = file_append(world, child->file, child->piece, &written);
    store->bytes_written += written;
    if (error != FILE_OK) {
        child_fail(world, id, which,
                   error == FILE_FULL ? "No space left on device" : "Input/output error");
        return;
    }
    child->written += written;
    child->unsynced += written;
    if (world->now_ns - child->reported_ns >= REPORT_NS && !child_report(world, id, which)) {
        child_finish(world, id, which, CHILD_FAILED);
        return;
    }
    if (child->unsynced >= AUTOSYNC_BYTES && child->written < child->bytes) {
        child->unsynced = 0;
        file_fsync(world, id, child->file, EVENT_CHILD_FSYNC, cookie_of(child, which));
        return;
    }
    piece_begin(world, id, which);
}

/* The whole file is on the disk. */
static void child_done(struct world *world, uint32_t id, unsigned which)
{
    struct child *child = &store_at(world, id)->children[which];
    char name[48];
    struct text text = TEXT(name);
    text_clear(&text);
    if (child->type == CHILD_RDB) {
        file_rename(world, child->file, "dump.rdb");
        component_log(world, id, "DB saved on disk");
        ledger_mark(world, id, STAGE_SNAPSHOT, child->position);
        trace(world, id, TRACE_SNAPSHOTTED, child->position, 0);
    } else {
        file_name(&text, child, true);
        file_rename(world, child->file, name);
    }
    child_report(world, id, which);
    child_finish(world, id, which, CHILD_DONE);
}

void child_event(struct world *world, uint32_t id, const struct event *event)
{
    bool synced = event_what(event) == EVENT_CHILD_FSYNC;
    uint64_t which = synced ? event->payload.u64[3] >> 32 : event->payload.u64[0];
    uint64_t pid = synced ? event->payload.u64[3] & UINT32_MAX : event->payload.u64[1];
    if (which > ORPHAN)
        return;
    struct child *child = &store_at(world, id)->children[which];
    if (child->type == CHILD_NONE || child->pid != pid || child->end != CHILD_RUNS)
        return;
    if (synced) {
        if (event->payload.u64[2] != FILE_OK)
            child_fail(world, id, (unsigned)which, "Input/output error");
        else if (child->written < child->bytes)
            piece_begin(world, id, (unsigned)which);
        else
            child_done(world, id, (unsigned)which);
        return;
    }
    uint64_t nap_ns = sleep_ns(world, id, child);
    if (event_what(event) == EVENT_CHILD_CPU && nap_ns > 0) {
        world_after(world, share(nap_ns, child->piece, child->bytes), id, EVENT_CHILD_SLEPT,
                    &event->payload);
        return;
    }
    if (child->type == CHILD_SOCKET)
        piece_piped(world, id);
    else
        piece_written(world, id, (unsigned)which);
}

/* --- fork and end ----------------------------------------------------------------------------- */

/* What it writes to: a file, or the sockets of replicas. */
static bool target_open(struct world *world, uint32_t id, struct child *child)
{
    char name[48];
    struct text text = TEXT(name);
    if (child->type == CHILD_SOCKET) {
        child->picture = ledger_picture_take(world, id, child->position);
        return true;
    }
    text_clear(&text);
    file_name(&text, child, false);
    child->file = file_create(world, id, name);
    if (child->file == 0)
        return false;
    snapshot_describe(world, id, child->file, child->position, child->keys, child->bytes);
    return true;
}

bool child_fork(struct world *world, uint32_t id, enum child_type type, uint64_t bytes)
{
    struct store *store = store_at(world, id);
    struct child *child = &store->children[OWN];
    *child = (struct child){.type = (uint16_t)type,
                            .pid = life_new_pid(world, id),
                            .position = ledger_end_position(world, id),
                            .keys = store->keys.keys,
                            .bytes = bytes,
                            .started_ns = world->now_ns,
                            .reported_ns = world->now_ns};
    if (!cow_begin(world, id) || !target_open(world, id, child)) {
        cow_end(world, id);
        *child = (struct child){0};
        return false;
    }
    uint64_t fork_takes_ns = fork_ns(world, id);
    store->fork_usec = fork_takes_ns / US_NS;
    store->forks++;
    store->stall_ns += fork_takes_ns;
    store->keys.frozen = 1;
    trace(world, id, TRACE_FORKED, child->position, fork_takes_ns);
    piece_begin(world, id, OWN);
    return true;
}

void child_reap(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    struct child child = store->children[OWN];
    if (child.end == CHILD_RUNS)
        return;
    store->children[OWN] = (struct child){0};
    store->keys.frozen = 0;
    bool good = child.end == CHILD_DONE;
    if (child.type == CHILD_AOF) {
        rewrite_child_done(world, id, &child);
        return;
    }
    if (child.type == CHILD_RDB)
        rdb_background_done(world, id, &child);
    repl_child_done(world, id, child.type == CHILD_RDB, good, file_find(world, id, "dump.rdb"));
}

bool child_ended(const struct world *world, uint32_t id)
{
    const struct child *child = &store_at(world, id)->children[OWN];
    return child->type != CHILD_NONE && child->end != CHILD_RUNS;
}

bool child_saves(const struct world *world, uint32_t id)
{
    uint16_t type = store_at(world, id)->children[OWN].type;
    return type == CHILD_RDB || type == CHILD_SOCKET;
}

void child_kill(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    struct child *child = &store->children[OWN];
    if (child->type == CHILD_NONE)
        return;
    uint16_t type = child->type;
    if (child->end == CHILD_RUNS) {
        if (child->file != 0)
            file_remove(world, child->file);
        cow_end(world, id);
    }
    *child = (struct child){0}; /* events that still come find another pid */
    store->keys.frozen = 0;
    if (type != CHILD_AOF)
        repl_child_done(world, id, type == CHILD_RDB, false, 0);
}

void child_orphan(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    struct child *child = &store->children[OWN];
    /* Without its parent there is no pipe. */
    bool runs =
        child->type != CHILD_NONE && child->type != CHILD_SOCKET && child->end == CHILD_RUNS;
    cow_end(world, id);
    store->keys.frozen = 0;
    if (runs)
        store->children[ORPHAN] = *child;
    *child = (struct child){0};
    child = &store->children[ORPHAN];
    if (child->type == CHILD_NONE)
        return;
    child->orphan = 1;
    piece_begin(world, id, ORPHAN); /* what it waited for was dropped with its parent's */
}

void child_forget(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    cow_end(world, id);
    store->keys.frozen = 0;
    store->children[OWN] = store->children[ORPHAN] = (struct child){0};
}
