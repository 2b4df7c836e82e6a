/*
 * Memory of the process: what its keys use, what it takes from the machine, what a fork makes it
 * copy.
 *
 * TRUTH redis.mem-per-key.*, redis.fork-time.1, redis.cow.1.
 */
#include "sim/store/store_state.h"

#define EMPTY_USED_BYTES     939200u   /* used_memory of an empty server */
#define EMPTY_RESIDENT_BYTES 12107776u /* and what of it is in memory */
#define RESIDENT_STEP        (256u * 1024u)

/* fork(2) copies page tables: a part that an empty process has, too, and one by its pages. */
#define FORK_BASE_NS   400000u
#define FORK_PER_KB_NS 22u /* 22 ms a GB of resident memory */

/* A first write to a shared page: fault, copy. */
#define COPY_NS 1000u

#define PAGE_BYTES       4096u
#define CHILD_PAGES      554u /* of its own, whatever the parent does (redis.cow.1, no writes) */
#define ENTRIES_PER_PAGE 128u /* dict entries of 32 bytes */
#define OBJECTS_PER_PAGE 256u /* robj of 16 bytes */
#define BUCKETS_PER_PAGE 512u /* pointers of the hash table */

uint64_t used_memory(const struct world *world, uint32_t id)
{
    const struct store *store = store_at(world, id);
    return EMPTY_USED_BYTES + store->keys.data_bytes + keyspace_table_bytes(&store->keys) +
           store->aof.buffer_bytes;
}

static uint64_t resident_bytes(const struct world *world, uint32_t id)
{
    return used_memory(world, id) - EMPTY_USED_BYTES + EMPTY_RESIDENT_BYTES;
}

bool footprint_follow(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    uint64_t used = used_memory(world, id);
    uint64_t wanted = resident_bytes(world, id);
    if (used > store->peak_memory)
        store->peak_memory = used;
    if (wanted > store->resident) {
        uint64_t more =
            (wanted - store->resident + RESIDENT_STEP - 1) / RESIDENT_STEP * RESIDENT_STEP;
        store->resident += more;
        return memory_take(world, id, more);
    }
    if (store->resident - wanted > 4 * RESIDENT_STEP) {
        uint64_t less = (store->resident - wanted) / RESIDENT_STEP * RESIDENT_STEP;
        store->resident -= less;
        memory_give(world, id, less);
    }
    return true;
}

void footprint_start(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    store->resident = 0;
    store->peak_memory = 0;
}

uint64_t fork_ns(const struct world *world, uint32_t id)
{
    return FORK_BASE_NS + resident_bytes(world, id) / 1000 * FORK_PER_KB_NS;
}

/* --- copy on write ---------------------------------------------------------------------------- */

/* Pages of each kind, spread over the keys by their numbers: keys of one time lie side by side, as
 * the allocator laid them when they came. */
bool cow_begin(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    const struct keyspace *keys = &store->keys;
    struct cow *cow = &store->cow;
    uint64_t span = 1;
    for (unsigned family = 0; family < FAMILY_COUNT; family++)
        span += (uint64_t)keys->directory[family].count * KEY_CHUNK_ROWS;
    uint64_t entries = keys->keys / ENTRIES_PER_PAGE + 1;
    uint64_t objects = keys->keys / OBJECTS_PER_PAGE + 1;
    uint64_t values = keys->data_bytes / PAGE_BYTES + 1;
    uint64_t buckets = keys->slots / BUCKETS_PER_PAGE + 1;
    uint64_t fixed = keys->keys * 64 / PAGE_BYTES; /* of data_bytes: entries, key names, objects */
    values = values > fixed ? values - fixed : 1;
    cow->value_first = 0;
    cow->entry_first = (uint32_t)values;
    cow->object_first = (uint32_t)(values + entries);
    cow->bucket_first = (uint32_t)(values + entries + objects);
    cow->pages_all = (uint32_t)(values + entries + objects + buckets);
    cow->words = cow->pages_all / 64 + 1;
    cow->bits = arena_take(&world->region, (uint64_t)cow->words * 8);
    cow->span = span;
    cow->pages = 0;
    return cow->bits != 0;
}

static void page_touch(struct world *world, struct store *store, uint32_t page)
{
    struct cow *cow = &store->cow;
    if (page >= cow->pages_all)
        return;
    uint64_t *word = (uint64_t *)arena_at(&world->region, cow->bits) + page / 64;
    uint64_t bit = (uint64_t)1 << (page % 64);
    if ((*word & bit) != 0)
        return;
    *word |= bit;
    cow->pages++;
    store->extra_ns += COPY_NS;
}

/* Where a key's number lies among those that there were at the fork. */
static uint64_t key_order(const struct keyspace *keys, uint32_t key)
{
    uint64_t order = key & KEY_NUMBER_MASK;
    for (uint32_t family = 0; family < key >> KEY_FAMILY_SHIFT; family++)
        order += (uint64_t)keys->directory[family].count * KEY_CHUNK_ROWS;
    return order;
}

/* A write to a key that was there copies its value's pages, its entry's and its object's; a new key
 * only the page of its bucket: the rest is new memory. */
void cow_touch(struct world *world, uint32_t id, uint32_t key, bool existed)
{
    struct store *store = store_at(world, id);
    struct cow *cow = &store->cow;
    if (cow->bits == 0)
        return;
    uint64_t order = key_order(&store->keys, key);
    if (!existed) {
        uint64_t hash = (order + 1) * 0x9e3779b97f4a7c15u >> 32;
        uint64_t buckets = cow->pages_all - cow->bucket_first;
        page_touch(world, store, cow->bucket_first + (uint32_t)(hash * buckets >> 32));
        return;
    }
    if (order >= cow->span)
        return;
    uint64_t values = cow->entry_first;
    uint32_t first = (uint32_t)(order * values / cow->span);
    uint32_t last = (uint32_t)((order + 1) * values / cow->span);
    for (uint32_t page = first; page <= last && (page == first || page < last); page++)
        page_touch(world, store, page);
    uint64_t entries = cow->object_first - cow->entry_first;
    page_touch(world, store, cow->entry_first + (uint32_t)(order * entries / cow->span));
    uint64_t objects = cow->bucket_first - cow->object_first;
    page_touch(world, store, cow->object_first + (uint32_t)(order * objects / cow->span));
}

uint64_t cow_bytes(const struct world *world, uint32_t id)
{
    const struct cow *cow = &store_at(world, id)->cow;
    return cow->bits == 0 ? 0 : (CHILD_PAGES + cow->pages) * PAGE_BYTES;
}

uint64_t cow_end(struct world *world, uint32_t id)
{
    struct cow *cow = &store_at(world, id)->cow;
    uint64_t bytes = cow_bytes(world, id);
    arena_give(&world->region, cow->bits, (uint64_t)cow->words * 8);
    *cow = (struct cow){0};
    return bytes;
}
