/*
 * maxmemory and expiry: sampled LRU as Redis does it, and keys whose time is over.
 *
 * evict.c: of maxmemory-samples keys the one unused for the longest goes, over and over until it
 * fits; the clock of use has whole seconds.  Simplified: no pool of the 16 best candidates of
 * earlier samples.
 */
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
        const struct key_row *row = key_row(world, &store->keys, key);
        if (row != NULL && row->holds != 0 && (!volatile_only || (row->use & KEY_EXPIRES) != 0))
            return key;
    }
    return UINT32_MAX;
}

static bool evict_one(struct world *world, uint32_t id, bool volatile_only)
{
    struct store *store = store_at(world, id);
    uint64_t samples = parameter_get(world, id, STORE_MAXMEMORY_SAMPLES);
    uint32_t best = UINT32_MAX, oldest = UINT32_MAX;
    if (store->keys.keys == 0 || (volatile_only && store->keys.expires == 0))
        return false;
    for (uint64_t i = 0; i < samples; i++) {
        uint32_t key = sample(world, store, volatile_only);
        if (key == UINT32_MAX)
            continue;
        uint32_t use = key_row(world, &store->keys, key)->use >> KEY_USE_SHIFT;
        if (best == UINT32_MAX || use < oldest) {
            best = key;
            oldest = use;
        }
    }
    if (best == UINT32_MAX)
        return false;
    change_delete(world, id, best, 0, OP_EVICT, 0);
    store->evicted++;
    return true;
}

bool evict_for_room(struct world *world, uint32_t id)
{
    uint64_t most = parameter_get(world, id, STORE_MAXMEMORY);
    if (most == 0)
        return true;
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
