/*
 * A master and its replicas: PSYNC, the snapshot over the disk or straight into the sockets, ACKs.
 *
 * syncCommand, startBgsaveForReplication, updateSlavesWaitingBgsave, rdbPipeReadHandler of Redis
 * 7.0 (replication.c); TRUTH redis.resync.*, redis.repl-online-window.1.
 */
#include "sim/store/store_state.h"

#define CHUNK_BYTES 16384u /* PROTO_IOBUF_LEN */
#define MARK_BYTES  40u    /* $EOF:... */

static struct repl *repl_of(const struct world *world, uint32_t id)
{
    return &store_at(world, id)->repl;
}

struct replica *repl_replica_of(const struct world *world, uint32_t id, uint32_t connection)
{
    const struct repl *repl = repl_of(world, id);
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        struct replica *replica = replica_at(world, repl, i);
        if (replica->connection == connection)
            return replica;
    }
    return NULL;
}

static void say(struct world *world, uint32_t id, const char *before, const struct replica *replica,
                const char *after)
{
    char words[150];
    struct text line = TEXT(words);
    text_clear(&line);
    text_add(&line, before);
    repl_address_add(&line, world, replica->component);
    text_add(&line, after);
    component_log(world, id, words);
}

void repl_count_good(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    uint64_t lag_s = parameter_get(world, id, STORE_MIN_REPLICAS_MAX_LAG);
    repl->good = 0;
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        const struct replica *replica = replica_at(world, repl, i);
        repl->good += replica->state == REPLICA_ONLINE && clock_s(world) - replica->ack_s <= lag_s;
    }
}

/* --- they go ---------------------------------------------------------------------------------- */

void repl_replica_closed(struct world *world, uint32_t id, uint32_t connection)
{
    struct repl *repl = repl_of(world, id);
    struct replica *replica = repl_replica_of(world, id, connection);
    if (replica == NULL)
        return;
    say(world, id, "Connection with replica ", replica, " lost.");
    trace(world, id, TRACE_REPLICA_LOST, replica->component, 0);
    struct replica *last = replica_at(world, repl, repl->replicas.count - 1);
    for (; replica < last; replica++)
        replica[0] = replica[1];
    *last = (struct replica){0};
    repl->replicas.count--;
    if (repl->replicas.count == 0)
        repl->none_since_s = clock_s(world);
    repl_count_good(world, id);
    child_unblock(world, id); /* it may have waited for this one */
}

void repl_replica_drop(struct world *world, uint32_t id, uint32_t connection)
{
    repl_replica_closed(world, id, connection);
    loop_closed(world, id, connection);
    tcp_close(world, connection, id);
}

void repl_drop_all(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    while (repl->replicas.count > 0)
        repl_replica_drop(world, id, replica_at(world, repl, 0)->connection);
}

/* --- PSYNC ------------------------------------------------------------------------------------ */

static struct message answer_of(enum resp_type type, uint64_t a, uint64_t c)
{
    return (struct message){
        .bytes = resp_answer_bytes(type, 0), .type = (uint16_t)type, .a = a, .c = c};
}

static struct replica *replica_add(struct world *world, uint32_t id, uint32_t connection)
{
    struct repl *repl = repl_of(world, id);
    struct replica *replica = vector_push(&world->region, &repl->replicas, sizeof *replica);
    if (replica != NULL)
        *replica = (struct replica){.connection = connection,
                                    .component = tcp_peer(world, connection, id),
                                    .heard_s = clock_s(world),
                                    .ack_s = clock_s(world)};
    return replica;
}

/* Does the replica's history go on into this one? */
static bool same_history(const struct repl *repl, uint64_t replid, uint64_t offset)
{
    return replid == repl->replid ||
           (replid != 0 && replid == repl->replid2 && offset <= repl->second_offset);
}

bool repl_goes_on(const struct world *world, uint32_t id, uint64_t replid, uint64_t offset,
                  uint64_t *item)
{
    return same_history(&store_at(world, id)->repl, replid, offset) &&
           repl_backlog_find(world, id, offset, item);
}

static bool try_partial(struct world *world, uint32_t id, uint32_t connection,
                        const struct message *request)
{
    struct repl *repl = repl_of(world, id);
    uint64_t item;
    if (!repl_goes_on(world, id, request->a, request->c, &item))
        return false;
    struct replica *replica = replica_add(world, id, connection);
    if (replica == NULL)
        return false;
    replica->state = REPLICA_ONLINE;
    replica->item = item;
    replica->pending = repl->offset - request->c;
    replica->ack_offset = request->c;
    repl->partial_ok++;
    say(world, id, "Partial resynchronization request from ", replica, " accepted.");
    trace(world, id, TRACE_RESYNC_PARTIAL, replica->component, replica->pending);
    repl_count_good(world, id);
    return true;
}

/* A snapshot that is under way may do for one more: what changed since is kept for another. */
static bool joins_child(struct world *world, uint32_t id, struct replica *replica)
{
    struct repl *repl = repl_of(world, id);
    const struct child *child = &store_at(world, id)->children[0];
    if (child->type != CHILD_RDB)
        return false;
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        const struct replica *other = replica_at(world, repl, i);
        if (other->state != REPLICA_WAIT_END || other == replica)
            continue;
        replica->item = other->item;
        replica->pending = other->pending;
        replica->psync_offset = other->psync_offset;
        return true;
    }
    return false;
}

static void full_resync_tell(struct world *world, uint32_t id, struct replica *replica, bool disk)
{
    struct repl *repl = repl_of(world, id);
    replica->state = REPLICA_WAIT_END;
    replica->disk = disk;
    repl->selected = 0; /* the stream begins anew for it */
    const struct message message = answer_of(RESP_FULLRESYNC, repl->replid, replica->psync_offset);
    tcp_send(world, replica->connection, id, &message);
}

/* --- snapshots -------------------------------------------------------------------------------- */

/* What the snapshot is, before its bytes. */
static void head_send(struct world *world, uint32_t id, const struct replica *replica,
                      const struct child *child)
{
    const struct message head = {.bytes = MARK_BYTES + 7, /* $EOF:... */
                                 .type = RESP_BULK_HEAD,
                                 .flags = 1,
                                 .a = child->picture,
                                 .c = child->keys,
                                 .d = child->bytes};
    tcp_send(world, replica->connection, id, &head);
}

static void start_sync(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    bool disk = parameter_get(world, id, STORE_REPL_DISKLESS_SYNC) == 0;
    component_log(world, id,
                  disk ? "Starting BGSAVE for SYNC with target: disk"
                       : "Starting BGSAVE for SYNC with target: replicas sockets");
    bool good = disk ? rdb_background(world, id)
                     : child_fork(world, id, CHILD_SOCKET, rdb_file_bytes(world, id) + MARK_BYTES);
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        struct replica *replica = replica_at(world, repl, i);
        if (replica->state != REPLICA_WAIT_START)
            continue;
        if (!good) {
            repl_replica_drop(world, id, replica->connection);
            i--;
            continue;
        }
        replica->item = repl->backlog.next;
        replica->pending = 0;
        replica->psync_offset = repl->offset;
        full_resync_tell(world, id, replica, disk);
        if (disk)
            continue;
        replica->bulk_left = store_at(world, id)->children[0].bytes;
        head_send(world, id, replica, &store_at(world, id)->children[0]);
    }
}

struct message repl_psync(struct world *world, uint32_t id, uint32_t connection,
                          const struct message *request)
{
    struct repl *repl = repl_of(world, id);
    if (repl_replica_of(world, id, connection) != NULL)
        return (struct message){0};
    if (repl->master != 0 && repl->state != LINK_CONNECTED)
        return answer_of(RESP_NOMASTERLINK, 0, 0);
    if (try_partial(world, id, connection, request))
        return answer_of(RESP_CONTINUE, repl->replid, 0);
    repl->partial_err += request->a != 0;
    repl->sync_full++;
    struct replica *replica = replica_add(world, id, connection);
    if (replica == NULL)
        return answer_of(RESP_ERROR, 0, 0);
    say(world, id, "Full resync requested by replica ", replica, "");
    trace(world, id, TRACE_RESYNC_FULL, replica->component, 0);
    if (repl->backlog.active == 0) {
        repl->replid = repl_new_id(world, id);
        repl->replid2 = 0;
        repl->second_offset = UINT64_MAX;
        repl_backlog_open(world, id);
    }
    bool delayed = parameter_get(world, id, STORE_REPL_DISKLESS_SYNC) != 0 &&
                   parameter_get(world, id, STORE_REPL_DISKLESS_SYNC_DELAY) != 0;
    if (joins_child(world, id, replica))
        full_resync_tell(world, id, replica, true);
    else if (!delayed && !child_active(world, id))
        start_sync(world, id);
    return (struct message){0};
}

/* shouldStartChildReplication */
void repl_start_pending(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    uint64_t idle_s = 0, waiting = 0;
    if (child_active(world, id))
        return;
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        const struct replica *replica = replica_at(world, repl, i);
        if (replica->state != REPLICA_WAIT_START)
            continue;
        waiting++;
        if (clock_s(world) - replica->heard_s > idle_s)
            idle_s = clock_s(world) - replica->heard_s;
    }
    if (waiting > 0 && (parameter_get(world, id, STORE_REPL_DISKLESS_SYNC) == 0 ||
                        idle_s >= parameter_get(world, id, STORE_REPL_DISKLESS_SYNC_DELAY)))
        start_sync(world, id);
}

static void put_online(struct world *world, uint32_t id, struct replica *replica)
{
    replica->state = REPLICA_ONLINE;
    replica->ack_s = clock_s(world);
    say(world, id, "Synchronization with replica ", replica, " succeeded");
    trace(world, id, TRACE_REPLICA_ONLINE, replica->component, 0);
    repl_count_good(world, id);
}

/* Sends the snapshot's file as far as the socket takes it (sendBulkToSlave). */
static void bulk_send(struct world *world, uint32_t id, struct replica *replica)
{
    while (replica->bulk_left > 0) {
        uint32_t bytes =
            replica->bulk_left < CHUNK_BYTES ? (uint32_t)replica->bulk_left : CHUNK_BYTES;
        const struct message piece = {
            .bytes = bytes, .type = RESP_BULK, .a = replica->bulk_left == bytes, .c = bytes};
        if (!tcp_send(world, replica->connection, id, &piece))
            return;
        store_at(world, id)->net_out += bytes;
        replica->bulk_left -= bytes;
    }
    put_online(world, id, replica);
}

static void bulk_begin(struct world *world, uint32_t id, struct replica *replica,
                       const struct file *dump)
{
    replica->bulk_left = dump->length;
    replica->state = REPLICA_BULK;
    const struct message head = {.bytes = 3 + resp_digits(dump->length),
                                 .type = RESP_BULK_HEAD,
                                 .a = dump->mark[SNAPSHOT_PICTURE],
                                 .c = dump->mark[SNAPSHOT_KEYS],
                                 .d = dump->length};
    tcp_send(world, replica->connection, id, &head);
    bulk_send(world, id, replica);
}

void repl_child_done(struct world *world, uint32_t id, bool disk, bool good, uint32_t file)
{
    struct repl *repl = repl_of(world, id);
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        struct replica *replica = replica_at(world, repl, i);
        if (replica->state != REPLICA_WAIT_END || (replica->disk != 0) != disk)
            continue;
        if (!good || (disk && file == 0)) {
            component_log(world, id, "SYNC failed. BGSAVE child returned an error");
            repl_replica_drop(world, id, replica->connection);
            i--;
        } else if (disk) {
            bulk_begin(world, id, replica, file_at(world, file));
        } else {
            put_online(world, id, replica);
            replica->on_ack = 1;
        }
    }
}

/* --- the pipe of a child that writes into the sockets ----------------------------------------- */

/* Sends what the replica has not got of the child's pieces. */
static bool pipe_send(struct world *world, uint32_t id, struct replica *replica)
{
    while (replica->piece_left > 0) {
        uint32_t bytes =
            replica->piece_left < CHUNK_BYTES ? (uint32_t)replica->piece_left : CHUNK_BYTES;
        const struct message piece = {
            .bytes = bytes, .type = RESP_BULK, .a = replica->bulk_left == bytes, .c = bytes};
        if (!tcp_send(world, replica->connection, id, &piece))
            return false;
        store_at(world, id)->net_out += bytes;
        replica->piece_left -= bytes;
        replica->bulk_left -= bytes;
    }
    return true;
}

bool repl_pipe_clear(struct world *world, uint32_t id)
{
    const struct repl *repl = repl_of(world, id);
    bool clear = true;
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        const struct replica *replica = replica_at(world, repl, i);
        clear = clear && replica->piece_left == 0;
    }
    return clear;
}

bool repl_pipe(struct world *world, uint32_t id, uint64_t bytes)
{
    const struct repl *repl = repl_of(world, id);
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        struct replica *replica = replica_at(world, repl, i);
        if (replica->state != REPLICA_WAIT_END || replica->disk != 0)
            continue;
        replica->piece_left += bytes;
        pipe_send(world, id, replica);
    }
    return repl_pipe_clear(world, id);
}

void repl_writable(struct world *world, uint32_t id, uint32_t connection)
{
    struct replica *replica = repl_replica_of(world, id, connection);
    if (replica == NULL)
        return;
    if (replica->state == REPLICA_BULK)
        bulk_send(world, id, replica);
    else if (replica->piece_left > 0 && pipe_send(world, id, replica))
        child_unblock(world, id);
    if (replica->state == REPLICA_ONLINE)
        repl_send(world, id);
}

/* --- ACK -------------------------------------------------------------------------------------- */

void repl_ack(struct world *world, uint32_t id, uint32_t connection, uint64_t offset)
{
    struct replica *replica = repl_replica_of(world, id, connection);
    if (replica == NULL)
        return;
    if (offset > replica->ack_offset)
        replica->ack_offset = offset;
    replica->ack_s = clock_s(world);
    if (replica->state == REPLICA_WAIT_END && child_ended(world, id))
        child_reap(world, id); /* it may tell that this one is online */
    replica = repl_replica_of(world, id, connection);
    if (replica != NULL && replica->on_ack != 0 && replica->state == REPLICA_ONLINE) {
        replica->on_ack = 0;
        repl_send(world, id);
    }
    repl_wait_check(world, id);
}
