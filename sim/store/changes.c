/*
 * Each change of the keyspace in its whole length: an entry of the log, what the ledger makes of
 * it, the buffer of the append only file, the dirty counter.
 */
#include "sim/store/store_state.h"

static uint32_t clock_ms(const struct world *world)
{
    return (uint32_t)(world->now_ns / MS_NS);
}

/* Appends, applies and counts; the row's tip is the entry now when the key has a part in it. */
static uint32_t change(struct world *world, uint32_t id, const struct ledger_entry *entry,
                       const char *words)
{
    struct store *store = store_at(world, id);
    uint32_t position = ledger_append(world, id, entry);
    if (position == 0)
        return 0;
    if (words != NULL)
        ledger_keep_text(world, id, position, words, entry->value_bytes);
    key_apply(world, &store->keys, position);
    return position;
}

static void change_counted(struct world *world, uint32_t id, uint32_t position, uint32_t write)
{
    if (write != 0) {
        ledger_applied(world, id, write, position);
        trace(world, id, TRACE_WRITE_APPLIED, write, position);
    }
    aof_feed(world, id, position);
}

/* A key holds a new entry. */
static uint32_t change_value(struct world *world, uint32_t id, struct ledger_entry entry,
                             const char *words)
{
    struct store *store = store_at(world, id);
    struct key_row *row = key_need(world, &store->keys, entry.key);
    if (row == NULL)
        return 0;
    cow_touch(world, id, entry.key, row->holds != 0);
    entry.previous = row->tip;
    uint32_t position = change(world, id, &entry, words);
    if (position == 0)
        return 0;
    if (row->counted != row->tip)
        ledger_hold(world, id, row->tip, row->counted, position, LOST_COMMAND);
    row->tip = row->counted = position;
    row->use = (row->use & (KEY_INTEGER | KEY_EXPIRES)) | (uint32_t)clock_s(world) << KEY_USE_SHIFT;
    if ((entry.flags & ENTRY_UNLOGGED) == 0)
        store->dirty++;
    change_counted(world, id, position, entry.write);
    return position;
}

uint32_t change_set(struct world *world, uint32_t id, uint32_t key, uint32_t value_bytes,
                    uint32_t write, uint16_t flags)
{
    const struct ledger_entry entry = {
        .key = key, .write = write, .value_bytes = value_bytes, .op = OP_SET, .flags = flags};
    return change_value(world, id, entry, NULL);
}

uint32_t change_set_text(struct world *world, uint32_t id, uint32_t key, const char *at,
                         uint32_t bytes, uint16_t flags)
{
    const struct ledger_entry entry = {
        .key = key, .value_bytes = bytes, .op = OP_SET, .flags = (uint16_t)(flags | ENTRY_TEXT)};
    return change_value(world, id, entry, at);
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
    return change_value(world, id, entry, NULL);
}

uint32_t change_delete(struct world *world, uint32_t id, uint32_t key, uint32_t write,
                       enum ledger_op op, uint16_t flags)
{
    struct store *store = store_at(world, id);
    struct key_row *row = key_row(world, &store->keys, key);
    if (row == NULL || row->holds == 0)
        return 0;
    const struct ledger_entry entry = {.key = key,
                                       .write = write,
                                       .value_bytes = clock_ms(world),
                                       .previous = row->tip,
                                       .op = (uint16_t)op,
                                       .flags = flags};
    cow_touch(world, id, key, true);
    uint32_t position = change(world, id, &entry, NULL);
    if (position == 0)
        return 0;
    uint32_t holds = write != 0 ? position : ledger_holder(world, id, row->tip, 0);
    if (write == 0 || row->counted != row->tip)
        ledger_hold(world, id, row->tip, row->counted, holds,
                    op == OP_EVICT ? LOST_EVICTED : LOST_COMMAND);
    row->tip = position;
    row->counted = holds;
    if (op == OP_DEL)
        store->dirty++;
    change_counted(world, id, position, write);
    return position;
}

uint32_t change_time(struct world *world, uint32_t id, uint32_t key, enum ledger_op op,
                     uint64_t expire_ms)
{
    struct store *store = store_at(world, id);
    const struct ledger_entry entry = {
        .key = key, .value_bytes = (uint32_t)expire_ms, .op = (uint16_t)op};
    cow_touch(world, id, key, true);
    uint32_t position = change(world, id, &entry, NULL);
    if (position == 0)
        return 0;
    store->dirty++;
    change_counted(world, id, position, 0);
    return position;
}

void change_flush(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    const struct ledger_entry entry = {.value_bytes = clock_ms(world), .op = OP_FLUSH};
    uint64_t keys = store->keys.keys;
    store->dirty += keys;
    uint32_t position = change(world, id, &entry, NULL);
    if (position == 0)
        return;
    trace(world, id, TRACE_FLUSHED, keys, position);
    ledger_lose(world, id, 0, position, world->now_ns, LOST_COMMAND);
    struct key_row *row;
    for (uint32_t key = UINT32_MAX; (row = key_next(world, &store->keys, &key)) != NULL;) {
        uint32_t holds = ledger_holder(world, id, row->tip, 0);
        ledger_hold(world, id, row->tip, row->counted, holds, LOST_COMMAND);
        row->counted = holds;
    }
    change_counted(world, id, position, 0);
}

struct key_row *change_lookup(struct world *world, uint32_t id, uint32_t key)
{
    struct store *store = store_at(world, id);
    struct key_row *row = key_row(world, &store->keys, key);
    if (row == NULL || row->holds == 0)
        return NULL;
    uint64_t expire_ms = key_expire_ms(world, &store->keys, row);
    if (expire_ms != 0 && expire_ms <= clock_ms(world)) {
        change_delete(world, id, key, 0, OP_EXPIRED, 0);
        store->expired++;
        return NULL;
    }
    return row;
}
