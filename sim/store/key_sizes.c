/*
 * What keys take: in memory as jemalloc cuts it, in a snapshot, in the append only file.
 *
 * TRUTH redis.mem-per-key.1, redis.rdb-size.1, redis.aof-bytes.1; sds.c, object.c, rdb.c.
 */
#include "sim/store/key_sizes.h"

#include "sim/store/protocol.h"

#define DICT_ENTRY_BYTES 32u /* 24, in jemalloc's class */
#define ROBJ_BYTES       16u
#define EMBSTR_MOST      44u
#define SHARED_INTEGERS  10000
#define EXPIRE_MS_DIGITS 13u /* a time of these years in milliseconds */

/* Size classes: 8, every 16 bytes up to 128, then four to each doubling. */
uint64_t jemalloc_bytes(uint64_t bytes)
{
    if (bytes <= 8)
        return 8;
    if (bytes <= 128)
        return (bytes + 15) / 16 * 16;
    unsigned shift = 61u - (unsigned)__builtin_clzll(bytes - 1);
    uint64_t step = (uint64_t)1 << shift;
    return (bytes + step - 1) / step * step;
}

static uint64_t sds_bytes(uint64_t length)
{
    uint64_t header = length < 32 ? 1 : length < 256 ? 3 : length < 65536 ? 5 : 9;
    return jemalloc_bytes(header + length + 1);
}

uint64_t rdb_length_bytes(uint64_t length)
{
    return length < 64 ? 1 : length < 16384 ? 2 : 5;
}

uint64_t resp_bulk_bytes(uint64_t bytes)
{
    return 1 + resp_digits(bytes) + 2 + bytes + 2;
}

static uint64_t value_memory(const struct key_shape *shape)
{
    if (shape->integer)
        return shape->number >= 0 && shape->number < SHARED_INTEGERS ? 0 : ROBJ_BYTES;
    if (shape->value_bytes <= EMBSTR_MOST)
        return jemalloc_bytes(ROBJ_BYTES + 3 + shape->value_bytes + 1);
    uint64_t header = shape->value_bytes < 256 ? 3 : shape->value_bytes < 65536 ? 5 : 9;
    return ROBJ_BYTES + jemalloc_bytes(header + shape->value_bytes + 1);
}

static uint64_t value_rdb(const struct key_shape *shape)
{
    if (shape->integer && shape->number >= INT32_MIN && shape->number <= INT32_MAX) {
        if (shape->number >= INT8_MIN && shape->number <= INT8_MAX)
            return 2;
        return shape->number >= INT16_MIN && shape->number <= INT16_MAX ? 3 : 5;
    }
    return rdb_length_bytes(shape->value_bytes) + shape->value_bytes;
}

struct key_sizes key_sizes_of(const struct key_shape *shape)
{
    struct key_sizes sizes = {
        .data_bytes = DICT_ENTRY_BYTES + sds_bytes(shape->key_bytes) + value_memory(shape),
        .rdb_bytes = 1 + rdb_length_bytes(shape->key_bytes) + shape->key_bytes + value_rdb(shape),
        .aof_bytes = 4 + resp_bulk_bytes(3) + resp_bulk_bytes(shape->key_bytes) +
                     resp_bulk_bytes(shape->value_bytes)};
    if (shape->expires) {
        sizes.data_bytes += DICT_ENTRY_BYTES;
        sizes.rdb_bytes += 9;
        sizes.aof_bytes += 4 + resp_bulk_bytes(9) + resp_bulk_bytes(shape->key_bytes) +
                           resp_bulk_bytes(EXPIRE_MS_DIGITS);
    }
    return sizes;
}

uint64_t keyspace_table_bytes(const struct keyspace *keys)
{
    return 8 * (keys->slots + keys->old_slots + keys->expire_slots);
}

/* --- commands in the append only file --------------------------------------------------------- */

static uint64_t entry_argument_bytes(const struct world *world, const struct ledger_entry *entry)
{
    uint64_t bytes = resp_bulk_bytes(key_bytes(world, entry->key));
    return entry->op == OP_SET ? bytes + resp_bulk_bytes(entry->value_bytes) : bytes;
}

/* MSET of several, DEL of several, SET with a time. */
static uint64_t joined_bytes(const struct world *world, uint32_t first, uint32_t last)
{
    const struct ledger_entry *head = ledger_entry(world, first);
    if ((head->flags & ENTRY_PXAT) != 0)
        return 4 + resp_bulk_bytes(3) + entry_argument_bytes(world, head) + resp_bulk_bytes(4) +
               resp_bulk_bytes(EXPIRE_MS_DIGITS);
    uint32_t each = head->op == OP_SET ? 2 : 1;
    uint64_t bytes = 3 + resp_digits(1 + (uint64_t)each * (last - first + 1)) +
                     resp_bulk_bytes(head->op == OP_SET ? 4 : 3);
    for (uint32_t p = first; p <= last; p++)
        bytes += entry_argument_bytes(world, ledger_entry(world, p));
    return bytes;
}

uint32_t entry_command_first(const struct world *world, uint32_t position)
{
    while (position > 1 && (ledger_entry(world, position - 1)->flags & ENTRY_MORE) != 0)
        position--;
    return position;
}

uint64_t entry_command_bytes(const struct world *world, uint32_t position)
{
    const struct ledger_entry *entry = ledger_entry(world, position);
    if ((entry->flags & (ENTRY_MORE | ENTRY_UNLOGGED)) != 0)
        return 0;
    uint32_t first = entry_command_first(world, position);
    if (first < position)
        return joined_bytes(world, first, position);
    switch ((enum ledger_op)entry->op) {
    case OP_SET:
        return 4 + resp_bulk_bytes(3) + entry_argument_bytes(world, entry);
    case OP_INCR:
        return 4 + resp_bulk_bytes(4) + entry_argument_bytes(world, entry);
    case OP_EXPIRE:
        return 4 + resp_bulk_bytes(9) + entry_argument_bytes(world, entry) +
               resp_bulk_bytes(EXPIRE_MS_DIGITS);
    case OP_PERSIST:
        return 4 + resp_bulk_bytes(7) + entry_argument_bytes(world, entry);
    case OP_DEL:
    case OP_EXPIRED:
    case OP_EVICT:
        return 4 + resp_bulk_bytes(3) + entry_argument_bytes(world, entry);
    case OP_FLUSH:
        return 4 + resp_bulk_bytes(8);
    case OP_NONE:
        break;
    }
    return 0;
}
