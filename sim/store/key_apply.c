/*
 * How an entry of the log changes the keyspace: the same when a command runs and when a file is
 * loaded.
 */
#include <string.h>

#include "sim/store/key_sizes.h"
#include "sim/store/protocol.h"

#define TABLE_FIRST_SLOTS 4u
/* While a child saves, a table grows only when it is this many times too full (dict.c,
 * dict_force_resize_ratio), and is not rehashed. */
#define FROZEN_LOAD             5u
#define REHASH_STEPS_PER_CHANGE 2u

static struct key_sizes row_sizes(const struct world *world, const struct keyspace *keys,
                                  const struct key_row *row, uint32_t key)
{
    struct key_shape shape = {.key_bytes = key_bytes(world, key),
                              .value_bytes = key_value_bytes(world, row),
                              .integer = (row->use & KEY_INTEGER) != 0,
                              .expires = (row->use & KEY_EXPIRES) != 0};
    key_number(world, keys, row, &shape.number);
    return key_sizes_of(&shape);
}

uint64_t key_usage(const struct world *world, const struct keyspace *keys,
                   const struct key_row *row, uint32_t key)
{
    return row_sizes(world, keys, row, key).data_bytes;
}

static void sizes_add(struct keyspace *keys, const struct key_sizes *sizes)
{
    keys->data_bytes += sizes->data_bytes;
    keys->rdb_bytes += sizes->rdb_bytes;
    keys->aof_bytes += sizes->aof_bytes;
}

static void sizes_take(struct keyspace *keys, const struct key_sizes *sizes)
{
    keys->data_bytes -= sizes->data_bytes;
    keys->rdb_bytes -= sizes->rdb_bytes;
    keys->aof_bytes -= sizes->aof_bytes;
}

/* --- extras ----------------------------------------------------------------------------------- */

static struct key_extra *extra_need(struct world *world, struct keyspace *keys, struct key_row *row,
                                    uint32_t key)
{
    if (row->extra == 0 && keys->extras_free != 0) {
        row->extra = keys->extras_free;
        struct key_extra *free = vector_at(&world->region, &keys->extras, row->extra - 1);
        keys->extras_free = free->next;
        *free = (struct key_extra){.key = key};
    } else if (row->extra == 0) {
        struct key_extra *extra = vector_push(&world->region, &keys->extras, sizeof *extra);
        if (extra == NULL)
            return NULL;
        *extra = (struct key_extra){.key = key};
        row->extra = keys->extras.count;
    }
    return vector_at(&world->region, &keys->extras, row->extra - 1);
}

static void extra_drop(struct world *world, struct keyspace *keys, struct key_row *row)
{
    if (row->extra == 0 || (row->use & (KEY_INTEGER | KEY_EXPIRES)) != 0)
        return;
    struct key_extra *extra = vector_at(&world->region, &keys->extras, row->extra - 1);
    *extra = (struct key_extra){.next = keys->extras_free};
    keys->extras_free = row->extra;
    row->extra = 0;
}

/* --- the hash tables -------------------------------------------------------------------------- */

void keyspace_rehash(struct keyspace *keys, uint64_t buckets)
{
    keys->rehash_left -= buckets < keys->rehash_left ? buckets : keys->rehash_left;
    if (keys->rehash_left == 0)
        keys->old_slots = 0;
}

static uint64_t table_for(uint64_t keys)
{
    uint64_t slots = TABLE_FIRST_SLOTS;
    while (slots < keys)
        slots *= 2;
    return keys == 0 ? 0 : slots;
}

static void key_added(struct keyspace *keys)
{
    if (keys->slots == 0) {
        keys->slots = TABLE_FIRST_SLOTS;
    } else if (keys->keys >= keys->slots && keys->old_slots == 0 &&
               (keys->frozen == 0 || keys->keys > keys->slots * FROZEN_LOAD)) {
        keys->old_slots = keys->rehash_left = keys->slots;
        keys->slots = table_for(keys->keys + 1);
    }
    keys->keys++;
}

void keyspace_settle(struct keyspace *keys)
{
    keys->slots = table_for(keys->keys);
    keys->expire_slots = table_for(keys->expires);
    keys->old_slots = keys->rehash_left = 0;
}

/* --- what entries do -------------------------------------------------------------------------- */

static void row_expire(struct world *world, struct keyspace *keys, struct key_row *row,
                       uint32_t key, uint64_t expire_ms)
{
    struct key_extra *extra = extra_need(world, keys, row, key);
    if (extra == NULL)
        return;
    extra->expire_ms = expire_ms;
    if ((row->use & KEY_EXPIRES) == 0)
        keys->expires++;
    row->use |= KEY_EXPIRES;
    if (keys->expires > keys->expire_slots)
        keys->expire_slots = table_for(keys->expires);
}

static void row_persist(struct world *world, struct keyspace *keys, struct key_row *row)
{
    if ((row->use & KEY_EXPIRES) == 0)
        return;
    row->use &= ~KEY_EXPIRES;
    keys->expires--;
    extra_drop(world, keys, row);
}

static void row_number(struct world *world, struct keyspace *keys, struct key_row *row,
                       uint32_t key, int64_t number)
{
    struct key_extra *extra = extra_need(world, keys, row, key);
    if (extra == NULL)
        return;
    extra->number = number;
    row->use |= KEY_INTEGER;
}

static void apply_set(struct world *world, struct keyspace *keys, struct key_row *row,
                      const struct ledger_entry *entry, uint32_t position)
{
    bool was = row->holds != 0;
    bool plain = (row->use & (KEY_INTEGER | KEY_EXPIRES)) == 0 && (entry->flags & ENTRY_TEXT) == 0;
    if (was && plain && key_value_bytes(world, row) == entry->value_bytes) {
        row->holds = position;
        return;
    }
    if (was) {
        struct key_sizes old = row_sizes(world, keys, row, entry->key);
        sizes_take(keys, &old);
        row_persist(world, keys, row);
    } else {
        key_added(keys);
    }
    row->use &= ~KEY_INTEGER;
    row->holds = position;
    int64_t number;
    if ((entry->flags & ENTRY_TEXT) != 0 && resp_number(ledger_text(world, position), &number))
        row_number(world, keys, row, entry->key, number);
    extra_drop(world, keys, row);
    struct key_sizes now = row_sizes(world, keys, row, entry->key);
    sizes_add(keys, &now);
}

static void apply_incr(struct world *world, struct keyspace *keys, struct key_row *row,
                       const struct ledger_entry *entry, uint32_t position)
{
    int64_t number = 0;
    if (row->holds != 0) {
        struct key_sizes old = row_sizes(world, keys, row, entry->key);
        sizes_take(keys, &old);
        key_number(world, keys, row, &number);
    } else {
        key_added(keys);
    }
    row->holds = position;
    row_number(world, keys, row, entry->key, number + 1);
    struct key_sizes now = row_sizes(world, keys, row, entry->key);
    sizes_add(keys, &now);
}

static void apply_delete(struct world *world, struct keyspace *keys, struct key_row *row,
                         uint32_t key)
{
    if (row->holds == 0)
        return;
    struct key_sizes old = row_sizes(world, keys, row, key);
    sizes_take(keys, &old);
    row_persist(world, keys, row);
    row->use &= ~KEY_INTEGER;
    extra_drop(world, keys, row);
    row->holds = 0;
    keys->keys--;
}

static void apply_time(struct world *world, struct keyspace *keys, struct key_row *row,
                       const struct ledger_entry *entry)
{
    if (row->holds == 0)
        return;
    struct key_sizes old = row_sizes(world, keys, row, entry->key);
    sizes_take(keys, &old);
    if (entry->op == OP_EXPIRE)
        row_expire(world, keys, row, entry->key, entry->value_bytes);
    else
        row_persist(world, keys, row);
    struct key_sizes now = row_sizes(world, keys, row, entry->key);
    sizes_add(keys, &now);
}

/* The process's memory of all keys is gone; the names and what the ledger counted stay. */
void keyspace_forget(struct world *world, struct keyspace *keys)
{
    struct key_row *row;
    for (uint32_t key = UINT32_MAX; (row = key_next(world, keys, &key)) != NULL;) {
        row->holds = 0;
        row->extra = 0;
        row->use = 0;
    }
    vector_clear(&world->region, &keys->extras);
    keys->extras_free = 0;
    keys->keys = keys->expires = keys->data_bytes = keys->rdb_bytes = keys->aof_bytes = 0;
    keys->slots = keys->old_slots = keys->rehash_left = keys->expire_slots = 0;
}

void key_apply(struct world *world, struct keyspace *keys, uint32_t position)
{
    const struct ledger_entry entry = *ledger_entry(world, position);
    if (entry.op == OP_FLUSH) {
        keyspace_forget(world, keys);
        return;
    }
    struct key_row *row = key_need(world, keys, entry.key);
    if (row == NULL)
        return;
    if (keys->old_slots != 0 && keys->frozen == 0)
        keyspace_rehash(keys, REHASH_STEPS_PER_CHANGE);
    switch ((enum ledger_op)entry.op) {
    case OP_SET:
        apply_set(world, keys, row, &entry, position);
        break;
    case OP_INCR:
        apply_incr(world, keys, row, &entry, position);
        break;
    case OP_EXPIRE:
    case OP_PERSIST:
        apply_time(world, keys, row, &entry);
        break;
    case OP_DEL:
    case OP_EXPIRED:
    case OP_EVICT:
        apply_delete(world, keys, row, entry.key);
        break;
    case OP_FLUSH:
    case OP_NONE:
        break;
    }
}

void keyspace_release(struct world *world, struct keyspace *keys)
{
    for (unsigned family = 0; family < FAMILY_COUNT; family++) {
        struct vector *directory = &keys->directory[family];
        for (uint32_t i = 0; i < directory->count; i++)
            arena_give(&world->region, *(ref *)vector_at(&world->region, directory, i),
                       KEY_CHUNK_BYTES);
        vector_clear(&world->region, directory);
    }
    vector_clear(&world->region, &keys->extras);
}
