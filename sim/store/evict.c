/*
 * maxmemory and expiry: sampled LRU as Redis does it, and keys whose time is over.
 *
 * evict.c: maxmemory-samples keys go into a pool of the 16 that were unused for the longest when
 * they were looked at, the best of it goes, over and over until it fits; the clock of use has whole
 * seconds.
 */
#include <string.h>

#include "sim/store/store_state.h"

#define DRAWS_PER_SAMPLE 64u /* a numbered place may hold no key: draw again, not for ever */

static uint64_t places(const struct keyspace *keys)
{
    uint64_t sum = 0;
    for (unsigned family = 0; family < FAMILY_COUNT; family++)
        sum += (uint64_t)keys->directory[family].count * KEY_CHUNK_ROWS;
    return sum;
}

static uint32_t key_at_place(const struct keyspace *keys, uint64_t place)
{
    uint32_t family = 0;
    for (; family + 1 < FAMILY_COUNT; family++) {
        uint64_t count = (uint64_t)keys->directory[family].count * KEY_CHUNK_ROWS;
        if (place < count)
            break;
        place -= count;
    }
    return family << KEY_FAMILY_SHIFT | (uint32_t)place;
}

static bool may_go(const struct world *world, const struct store *store, uint32_t key,
                   bool volatile_only)
{
    const struct key_row *row = key_row(world, &store->keys, key);
    return row != NULL && row->holds != 0 && (!volatile_only || (row->use & KEY_EXPIRES) != 0);
}

/* A random key that may go; UINT32_MAX when none was hit. */
static uint32_t sample(struct world *world, struct store *store, bool volatile_only)
{
    uint64_t all = places(&store->keys);
    for (unsigned i = 0; i < DRAWS_PER_SAMPLE; i++) {
        uint32_t key;
        if (volatile_only) {
            if (store->keys.extras.count == 0)
                return UINT32_MAX;
            uint64_t place = stream_below(&store->sampling, store->keys.extras.count);
            const struct key_extra *extra =
                vector_at(&world->region, &store->keys.extras, (uint32_t)place);
            key = extra->key;
        } else {
            key = key_at_place(&store->keys, stream_below(&store->sampling, all));
        }
        if (may_go(world, store, key, volatile_only))
            return key;
    }
    return UINT32_MAX;
}

/* The pool stands by how long its keys were unused, the longest at its end. */
static void pool_add(struct evict_pool *pool, uint32_t key, uint32_t idle_s)
{
    uint32_t at = 0;
    while (at < pool->count && pool->rows[at].idle_s < idle_s)
        at++;
    if (at == 0 && pool->count == EVICT_POOL)
        return;
    if (pool->count < EVICT_POOL) {
        memmove(&pool->rows[at + 1], &pool->rows[at], (pool->count - at) * sizeof pool->rows[0]);
        pool->count++;
    } else {
        at--;
        memmove(&pool->rows[0], &pool->rows[1], at * sizeof pool->rows[0]);
    }
    pool->rows[at] = (struct evict_candidate){key, idle_s};
}

static void pool_fill(struct world *world, uint32_t id, bool volatile_only)
{
    struct store *store = store_at(world, id);
    uint64_t samples = parameter_get(world, id, STORE_MAXMEMORY_SAMPLES);
    for (uint64_t i = 0; i < samples; i++) {
        uint32_t key = sample(world, store, volatile_only);
        if (key == UINT32_MAX)
            continue;
        uint32_t used_s = key_row(world, &store->keys, key)->use >> KEY_USE_SHIFT;
        pool_add(&store->pool, key, (uint32_t)clock_s(world) - used_s);
    }
}

static bool evict_one(struct world *world, uint32_t id, bool volatile_only)
{
    struct store *store = store_at(world, id);
    struct evict_pool *pool = &store->pool;
    while (store->keys.keys > 0 && (!volatile_only || store->keys.expires > 0)) {
        pool_fill(world, id, volatile_only);
        if (pool->count == 0)
            return false;
        while (pool->count > 0) {
            uint32_t key = pool->rows[--pool->count].key;
            if (!may_go(world, store, key, volatile_only))
                continue; /* it went since it was looked at */
            change_delete(world, id, key, 0, OP_EVICT, 0);
            store->evicted++;
            return true;
        }
    }
    return false;
}

bool evict_for_room(struct world *world, uint32_t id)
{
    uint64_t most = parameter_get(world, id, STORE_MAXMEMORY);
    if (most == 0 || store_at(world, id)->repl.master != 0)
        return true; /* replica-ignore-maxmemory: its master evicts for both */
    uint64_t policy = parameter_get(world, id, STORE_MAXMEMORY_POLICY);
    while (used_memory(world, id) - store_at(world, id)->aof.buffer_bytes > most) {
        if (policy == POLICY_NOEVICTION || !evict_one(world, id, policy == POLICY_VOLATILE_LRU))
            return false;
    }
    return true;
}

void expire_cycle(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    uint64_t now_ms = world->now_ns / MS_NS;
    if (store->keys.expires == 0)
        return;
    for (uint32_t i = 0; i < store->keys.extras.count; i++) {
        const struct key_extra *extra = vector_at(&world->region, &store->keys.extras, i);
        const struct key_row *row = key_row(world, &store->keys, extra->key);
        if (row == NULL || row->extra != i + 1 || (row->use & KEY_EXPIRES) == 0 ||
            extra->expire_ms > now_ms)
            continue;
        change_delete(world, id, extra->key, 0, OP_EXPIRED, 0);
        store->expired++;
    }
}
