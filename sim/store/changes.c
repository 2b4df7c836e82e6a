/*
 * Each change of the keyspace in its whole length: an entry of the journal, or one that the master
 * wrote; what the ledger makes of it, the buffer of the append only file, the dirty counter, the
 * replicas.
 */
#include "sim/store/store_state.h"

static uint32_t clock_ms(const struct world *world)
{
    return (uint32_t)(world->now_ns / MS_NS);
}

/* --- what an entry does to the store that applies it ------------------------------------------ */

static void value_applied(struct world *world, uint32_t id, const struct ledger_entry *entry,
                          uint32_t position)
{
    struct store *store = store_at(world, id);
    struct key_row *row = key_need(world, &store->keys, entry->key);
    if (row == NULL)
        return;
    cow_touch(world, id, entry->key, row->holds != 0);
    key_apply(world, &store->keys, position);
    if (row->counted != entry->previous)
        ledger_hold(world, id, entry->previous, row->counted, position, LOST_COMMAND);
    row->counted = position;
    row->use = (row->use & (KEY_INTEGER | KEY_EXPIRES)) | (uint32_t)clock_s(world) << KEY_USE_SHIFT;
    if ((entry->flags & ENTRY_UNLOGGED) == 0)
        store->dirty++;
}

static void key_deleted(struct world *world, uint32_t id, const struct ledger_entry *entry,
                        uint32_t position)
{
    struct store *store = store_at(world, id);
    struct key_row *row = key_need(world, &store->keys, entry->key);
    if (row == NULL)
        return;
    cow_touch(world, id, entry->key, true);
    key_apply(world, &store->keys, position);
    uint32_t holds = entry->write != 0 ? position : ledger_holder(world, id, entry->previous, 0);
    if (entry->write == 0 || row->counted != entry->previous)
        ledger_hold(world, id, entry->previous, row->counted, holds,
                    entry->op == OP_EVICT ? LOST_EVICTED : LOST_COMMAND);
    row->counted = holds;
    if (entry->op == OP_DEL)
        store->dirty++;
}

static void time_changed(struct world *world, uint32_t id, const struct ledger_entry *entry,
                         uint32_t position)
{
    struct store *store = store_at(world, id);
    cow_touch(world, id, entry->key, true);
    key_apply(world, &store->keys, position);
    store->dirty++;
}

static void all_flushed(struct world *world, uint32_t id, uint32_t position)
{
    struct store *store = store_at(world, id);
    uint64_t keys = store->keys.keys;
    store->dirty += keys;
    key_apply(world, &store->keys, position);
    trace(world, id, TRACE_FLUSHED, keys, position);
    ledger_lose(world, id, 0, position, world->now_ns, LOST_COMMAND);
    struct key_row *row;
    for (uint32_t key = UINT32_MAX; (row = key_next(world, &store->keys, &key)) != NULL;) {
        uint32_t tip = ledger_tip(world, key), holds = ledger_holder(world, id, tip, 0);
        ledger_hold(world, id, tip, row->counted, holds, LOST_COMMAND);
        row->counted = holds;
    }
}

static void applied(struct world *world, uint32_t id, uint32_t position)
{
    const struct ledger_entry entry = *ledger_entry(world, position);
    switch ((enum ledger_op)entry.op) {
    case OP_SET:
    case OP_INCR:
        value_applied(world, id, &entry, position);
        break;
    case OP_DEL:
    case OP_EXPIRED:
    case OP_EVICT:
        key_deleted(world, id, &entry, position);
        break;
    case OP_EXPIRE:
    case OP_PERSIST:
        time_changed(world, id, &entry, position);
        break;
    case OP_FLUSH:
        all_flushed(world, id, position);
        break;
    case OP_NONE:
        break;
    }
    if (entry.write != 0)
        ledger_applied(world, id, entry.write, position);
}

void change_take(struct world *world, uint32_t id, uint32_t position)
{
    const struct ledger_entry *entry = ledger_entry(world, position);
    uint32_t write = entry->write;
    ledger_take(world, id, position);
    applied(world, id, position);
    if (write != 0)
        trace(world, id, TRACE_WRITE_REPLICATED, write, position);
    aof_feed(world, id, position);
}

/* --- what the store does itself --------------------------------------------------------------- */

static uint32_t change(struct world *world, uint32_t id, const struct ledger_entry *entry,
                       const char *words)
{
    uint32_t position = ledger_append(world, id, entry);
    if (position == 0)
        return 0;
    if (words != NULL)
        ledger_keep_text(world, position, words, entry->value_bytes);
    applied(world, id, position);
    if (entry->write != 0)
        trace(world, id, TRACE_WRITE_APPLIED, entry->write, position);
    aof_feed(world, id, position);
    repl_feed(world, id, position);
    return position;
}

uint32_t change_set(struct world *world, uint32_t id, uint32_t key, uint32_t value_bytes,
                    uint32_t write, uint16_t flags)
{
    const struct ledger_entry entry = {.key = key,
                                       .write = write,
                                       .value_bytes = value_bytes,
                                       .op = OP_SET,
                                       .flags = (uint8_t)flags};
    return change(world, id, &entry, NULL);
}

uint32_t change_set_text(struct world *world, uint32_t id, uint32_t key, const char *at,
                         uint32_t bytes, uint16_t flags)
{
    const struct ledger_entry entry = {
        .key = key, .value_bytes = bytes, .op = OP_SET, .flags = (uint8_t)(flags | ENTRY_TEXT)};
    return change(world, id, &entry, at);
}

uint32_t change_incr(struct world *world, uint32_t id, uint32_t key, uint32_t write)
{
    struct store *store = store_at(world, id);
    const struct key_row *row = key_row(world, &store->keys, key);
    int64_t number = 0;
    if (row != NULL && row->holds != 0)
        key_number(world, &store->keys, row, &number);
    number++;
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    const struct ledger_entry entry = {
        .key = key, .write = write, .value_bytes = resp_digits(size) + (number < 0), .op = OP_INCR};
    return change(world, id, &entry, NULL);
}

uint32_t change_delete(struct world *world, uint32_t id, uint32_t key, uint32_t write,
                       enum ledger_op op, uint16_t flags)
{
    struct store *store = store_at(world, id);
    const struct key_row *row = key_row(world, &store->keys, key);
    if (row == NULL || row->holds == 0)
        return 0;
    const struct ledger_entry entry = {.key = key,
                                       .write = write,
                                       .value_bytes = clock_ms(world),
                                       .op = (uint8_t)op,
                                       .flags = (uint8_t)flags};
    return change(world, id, &entry, NULL);
}

uint32_t change_time(struct world *world, uint32_t id, uint32_t key, enum ledger_op op,
                     uint64_t expire_ms)
{
    const struct ledger_entry entry = {
        .key = key, .value_bytes = (uint32_t)expire_ms, .op = (uint8_t)op};
    return change(world, id, &entry, NULL);
}

void change_flush(struct world *world, uint32_t id)
{
    const struct ledger_entry entry = {.value_bytes = clock_ms(world), .op = OP_FLUSH};
    change(world, id, &entry, NULL);
}

struct key_row *change_lookup(struct world *world, uint32_t id, uint32_t key)
{
    struct store *store = store_at(world, id);
    struct key_row *row = key_row(world, &store->keys, key);
    if (row == NULL || row->holds == 0)
        return NULL;
    uint64_t expire_ms = key_expire_ms(world, &store->keys, row);
    if (expire_ms != 0 && expire_ms <= clock_ms(world)) {
        if (store->repl.master != 0)
            return NULL; /* gone for who asks; its master will say DEL */
        change_delete(world, id, key, 0, OP_EXPIRED, 0);
        store->expired++;
        return NULL;
    }
    return row;
}
