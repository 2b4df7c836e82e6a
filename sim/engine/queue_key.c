/*
 * Arrays of keys in the arena, small sorts, and the 4-ary heap.
 */
#include "sim/engine/queue_key.h"

#include <string.h>

bool keys_reserve(struct region *region, struct queue_keys *keys, uint64_t count)
{
    uint64_t pad = KEYS_IN_LINE - 1;
    uint64_t limit = keys->limit == 0 ? KEYS_FIRST : keys->limit;
    while (limit < count) {
        limit = 2 * (limit + pad) - pad;
    }
    if (limit == keys->limit) {
        return true;
    }
    ref at =
        arena_grow(region, keys->at, (keys->limit + pad) * KEY_BYTES, (limit + pad) * KEY_BYTES);
    if (at == 0) {
        return false;
    }
    keys->at = at;
    keys->limit = (uint32_t)limit;
    return true;
}

void heap_add(struct key *keys, uint32_t at, struct key key)
{
    while (at > 0 && key_before(key, keys[(at - 1) / 4])) {
        keys[at] = keys[(at - 1) / 4];
        at = (at - 1) / 4;
    }
    keys[at] = key;
}

static uint32_t least_child(const struct key *keys, uint32_t child, uint32_t count)
{
    uint32_t least = child;
    for (uint32_t i = child + 1; i < count && i < child + 4; i++) {
        least = key_before(keys[i], keys[least]) ? i : least;
    }
    return least;
}

/* Takes the root off: the hole sinks to a leaf without asking, the last key rises from there. */
void heap_drop(struct key *keys, uint32_t count)
{
    uint32_t at = 0;
    uint32_t child = 1;
    while (child + 3 < count) {
        const struct key *k = keys + child;
        uint32_t a = key_before(k[1], k[0]);
        uint32_t b = 2 + (uint32_t)key_before(k[3], k[2]);
        uint32_t least = key_before(k[b], k[a]) ? b : a;
        keys[at] = k[least];
        at = child + least;
        child = 4 * at + 1;
    }
    if (child < count) {
        uint32_t least = least_child(keys, child, count);
        keys[at] = keys[least];
        at = least;
    }
    heap_add(keys, at, keys[count]);
}

/* Makes a heap of any keys: sinks every inner key, from the last one. */
void heap_order(struct key *keys, uint32_t count)
{
    for (uint32_t root = (count + 2) / 4; root-- > 0;) {
        struct key key = keys[root];
        uint32_t at = root;
        for (uint32_t child = 4 * at + 1; child < count; child = 4 * at + 1) {
            uint32_t least = least_child(keys, child, count);
            if (!key_before(keys[least], key)) {
                break;
            }
            keys[at] = keys[least];
            at = least;
        }
        keys[at] = key;
    }
}

/* Each key goes to the place that is the number of keys before it.  No
 * branch depends on the keys, which are in random order. */
void keys_sort(struct key *keys, uint32_t count)
{
    struct key copy[SORT_MAX];
    memcpy(copy, keys, count * sizeof *keys);
    for (uint32_t i = 0; i < count; i++) {
        struct key key = copy[i];
        uint32_t place = 0;
        for (uint32_t j = 0; j < count; j++) {
            place += key_before(copy[j], key);
        }
        keys[place] = key;
    }
}
