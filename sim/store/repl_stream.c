/*
 * The replication stream of a master: its history's id, the backlog, what goes to each replica.
 *
 * feedReplicationBuffer, incrementalTrimReplicationBacklog, beforeSleep of Redis 7.0
 * (replication.c, server.c); TRUTH redis.repl-stop.1, redis.resync.1.
 */
#include "sim/net/way.h"
#include "sim/store/store_state.h"

#define RING_FIRST   64u
#define BLOCK_BYTES  16384u /* PROTO_REPLY_CHUNK_BYTES: the backlog goes block by block */
#define WRITE_BYTES  16384u /* and is written so */
#define GETACK_BYTES 37u

/* --- ids -------------------------------------------------------------------------------------- */

uint64_t repl_new_id(struct world *world, uint32_t id)
{
    return stream_next(&store_at(world, id)->repl.ids) | 1;
}

void repl_id_add(struct text *text, uint64_t replid)
{
    uint64_t rest = replid;
    for (unsigned i = 0; i < 5; i++) {
        text_add_hex(text, rest >> 32, 8);
        rest = replid == 0 ? 0 : rest * 0x9e3779b97f4a7c15u + 0xbf58476d1ce4e5b9u;
    }
}

/* --- the backlog ------------------------------------------------------------------------------ */

static struct repl_item *item_at(const struct world *world, const struct repl_backlog *backlog,
                                 uint64_t item)
{
    return (struct repl_item *)arena_at(&world->region, backlog->ring) +
           (item & (backlog->limit - 1));
}

static bool ring_grow(struct world *world, struct repl_backlog *backlog)
{
    uint32_t limit = backlog->limit == 0 ? RING_FIRST : backlog->limit * 2;
    ref ring = arena_take(&world->region, limit * sizeof(struct repl_item));
    if (ring == 0)
        return false;
    struct repl_item *to = arena_at(&world->region, ring);
    for (uint64_t i = backlog->first; i < backlog->next; i++)
        to[i & (limit - 1)] = *item_at(world, backlog, i);
    if (backlog->limit != 0)
        arena_give(&world->region, backlog->ring, backlog->limit * sizeof(struct repl_item));
    backlog->ring = ring;
    backlog->limit = limit;
    return true;
}

void repl_backlog_open(struct world *world, uint32_t id)
{
    store_at(world, id)->repl.backlog.active = 1;
}

void repl_backlog_close(struct world *world, uint32_t id)
{
    struct repl_backlog *backlog = &store_at(world, id)->repl.backlog;
    if (backlog->limit != 0)
        arena_give(&world->region, backlog->ring, backlog->limit * sizeof(struct repl_item));
    *backlog = (struct repl_backlog){0};
}

/* The first item that somebody still has to get. */
static uint64_t item_needed(const struct world *world, const struct repl *repl)
{
    uint64_t first = repl->backlog.next;
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        const struct replica *replica = replica_at(world, repl, i);
        if (replica->state != REPLICA_WAIT_START && replica->item < first)
            first = replica->item;
    }
    return first;
}

/* Whole blocks go while the rest is larger than repl-backlog-size. */
static void backlog_trim(struct world *world, uint32_t id)
{
    struct repl *repl = &store_at(world, id)->repl;
    struct repl_backlog *backlog = &repl->backlog;
    uint64_t size = parameter_get(world, id, STORE_REPL_BACKLOG_SIZE);
    if (backlog->bytes <= size + BLOCK_BYTES)
        return;
    uint64_t needed = item_needed(world, repl);
    while (backlog->bytes > size + BLOCK_BYTES) {
        for (uint64_t gone = 0; gone < BLOCK_BYTES;) {
            if (backlog->first == needed)
                return;
            struct repl_item *item = item_at(world, backlog, backlog->first++);
            gone += item->bytes;
            backlog->bytes -= item->bytes;
            *item = (struct repl_item){0};
        }
    }
}

bool repl_backlog_find(const struct world *world, uint32_t id, uint64_t offset, uint64_t *item)
{
    const struct repl *repl = &store_at(world, id)->repl;
    const struct repl_backlog *backlog = &repl->backlog;
    uint64_t at = repl->offset - backlog->bytes;
    if (backlog->active == 0 || offset < at || offset > repl->offset)
        return false;
    for (*item = backlog->first; at < offset; ++*item)
        at += item_at(world, backlog, *item)->bytes;
    return at == offset;
}

/* --- feeding ---------------------------------------------------------------------------------- */

void repl_push(struct world *world, uint32_t id, const struct repl_item *item)
{
    struct repl *repl = &store_at(world, id)->repl;
    struct repl_backlog *backlog = &repl->backlog;
    if (backlog->active == 0)
        return;
    if (backlog->next - backlog->first == backlog->limit && !ring_grow(world, backlog))
        return;
    *item_at(world, backlog, backlog->next++) = *item;
    backlog->bytes += item->bytes;
    repl->offset += item->bytes;
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        struct replica *replica = replica_at(world, repl, i);
        if (replica->state != REPLICA_WAIT_START)
            replica->pending += item->bytes;
    }
    backlog_trim(world, id);
}

static void select_push(struct world *world, uint32_t id)
{
    struct repl *repl = &store_at(world, id)->repl;
    if (repl->selected != 0)
        return;
    repl->selected = 1;
    repl_push(world, id, &(struct repl_item){.bytes = SELECT_BYTES, .kind = REPL_SELECT});
}

void repl_feed(struct world *world, uint32_t id, uint32_t position)
{
    struct repl *repl = &store_at(world, id)->repl;
    const struct ledger_entry *entry = ledger_entry(world, position);
    uint64_t bytes = entry_command_bytes(world, position);
    if (repl->master != 0 || repl->backlog.active == 0 || bytes == 0 ||
        (entry->flags & ENTRY_MORE) != 0)
        return;
    select_push(world, id);
    repl_push(world, id,
              &(struct repl_item){.from = entry_command_first(world, position),
                                  .to = position,
                                  .bytes = (uint32_t)bytes,
                                  .kind = REPL_COMMAND});
}

/* --- sending ---------------------------------------------------------------------------------- */

static bool item_send(struct world *world, uint32_t id, struct replica *replica, bool last)
{
    static const uint16_t types[] = {[REPL_COMMAND] = RESP_COMMAND,
                                     [REPL_SELECT] = RESP_SELECT,
                                     [REPL_PING] = RESP_STREAM_PING,
                                     [REPL_GETACK] = RESP_GETACK,
                                     [REPL_PUBLISH] = RESP_STREAM_PUBLISH};
    const struct repl_item *item =
        item_at(world, &store_at(world, id)->repl.backlog, replica->item);
    const struct message message = {
        .bytes = item->bytes, .type = types[item->kind], .a = item->from, .c = item->to};
    bool sent = last ? tcp_send(world, replica->connection, id, &message)
                     : tcp_send_more(world, replica->connection, id, &message);
    if (!sent)
        return false;
    store_at(world, id)->net_out += item->bytes;
    replica->pending -= item->bytes;
    if (item->kind == REPL_COMMAND)
        replica->sent = item->to;
    replica->item++;
    return true;
}

void repl_send(struct world *world, uint32_t id)
{
    struct repl *repl = &store_at(world, id)->repl;
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        struct replica *replica = replica_at(world, repl, i);
        if (replica->state != REPLICA_ONLINE || replica->on_ack != 0)
            continue;
        uint64_t before = replica->pending;
        while (replica->item < repl->backlog.next) {
            bool last =
                replica->item + 1 == repl->backlog.next || before - replica->pending >= WRITE_BYTES;
            if (!item_send(world, id, replica, last))
                break;
            before = last ? replica->pending : before;
        }
    }
}

uint64_t repl_under_way(const struct world *world, uint32_t id)
{
    const struct repl *repl = &store_at(world, id)->repl;
    uint64_t most = 0;
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        const struct replica *replica = replica_at(world, repl, i);
        uint32_t way = way_find(world, component_at(world, id)->machine,
                                component_at(world, replica->component)->machine);
        if (replica->sent > most && way != 0 && way_at(world, way)->cut == 0)
            most = replica->sent;
    }
    return most;
}

void repl_before_sleep(struct world *world, uint32_t id)
{
    struct repl *repl = &store_at(world, id)->repl;
    if (repl->waiters.count > 0)
        repl_wait_check(world, id);
    if (repl->get_ack != 0) {
        repl->get_ack = 0;
        repl_push(world, id, &(struct repl_item){.bytes = GETACK_BYTES, .kind = REPL_GETACK});
    }
    if (repl->replicas.count == 0)
        return;
    repl_send(world, id);
    repl_limit_check(world, id);
}
