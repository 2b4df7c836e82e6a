/*
 * The acks of the last second: how many, and their exact percentiles.
 */
#include "sim/traffic/client.h"

#define RECENT_FIRST 64u

static struct ack *recent_at(const struct world *world, const struct recent *recent, uint32_t i)
{
    struct ack *ring = arena_at(&world->region, recent->ring);
    return &ring[(recent->head + i) & (recent->limit - 1)];
}

/* How many of the oldest are out of the second that ends now. */
static uint32_t recent_old(const struct world *world, const struct recent *recent)
{
    uint32_t low = 0, high = recent->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (recent_at(world, recent, middle)->time_ns + SECOND_NS <= world->now_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void recent_drop_old(struct world *world, struct recent *recent)
{
    while (recent->count != 0 &&
           recent_at(world, recent, 0)->time_ns + SECOND_NS <= world->now_ns) {
        *recent_at(world, recent, 0) = (struct ack){0, 0};
        recent->head = (recent->head + 1) & (recent->limit - 1);
        recent->count--;
    }
}

/* Twice the room, in order from the first item on. */
static bool recent_grow(struct world *world, struct recent *recent)
{
    uint32_t limit = recent->limit == 0 ? RECENT_FIRST : recent->limit * 2;
    ref ring = arena_take(&world->region, (uint64_t)limit * sizeof(struct ack));
    if (ring == 0)
        return false;
    struct ack *to = arena_at(&world->region, ring);
    for (uint32_t i = 0; i < recent->count; i++)
        to[i] = *recent_at(world, recent, i);
    if (recent->ring != 0)
        arena_give(&world->region, recent->ring, (uint64_t)recent->limit * sizeof(struct ack));
    recent->ring = ring;
    recent->limit = limit;
    recent->head = 0;
    return true;
}

void recent_add(struct world *world, struct recent *recent, uint64_t latency_ns)
{
    recent_drop_old(world, recent);
    if (recent->count == recent->limit && !recent_grow(world, recent))
        return;
    recent->count++;
    *recent_at(world, recent, recent->count - 1) = (struct ack){world->now_ns, latency_ns};
}

uint32_t recent_count(const struct world *world, const struct recent *recent)
{
    return recent->count - recent_old(world, recent);
}

/* The byte of a latency that is looked at, when the bytes above it are those of `prefix`; -1 when
 * they are not. */
static int recent_byte(uint64_t latency_ns, uint64_t prefix, unsigned shift)
{
    if (shift < 56 && latency_ns >> (shift + 8) != prefix >> (shift + 8))
        return -1;
    return (int)(latency_ns >> shift & 255);
}

/* Byte by byte from the highest: in which of 256 parts does the rank lie?  Needs no copy to sort.
 */
uint64_t recent_percentile(const struct world *world, const struct recent *recent,
                           uint32_t permille)
{
    uint32_t old = recent_old(world, recent);
    uint64_t count = recent->count - old;
    uint64_t rank = (count * permille + 999) / 1000;
    if (rank == 0)
        rank = 1;
    uint64_t found = 0;
    for (int shift = 56; shift >= 0; shift -= 8) {
        uint64_t parts[256] = {0};
        for (uint32_t i = old; i < recent->count; i++) {
            int byte = recent_byte(recent_at(world, recent, i)->latency_ns, found, (unsigned)shift);
            if (byte >= 0)
                parts[byte]++;
        }
        unsigned part = 0;
        while (part < 255 && rank > parts[part])
            rank -= parts[part++];
        found |= (uint64_t)part << shift;
    }
    return found;
}

void recent_release(struct world *world, struct recent *recent)
{
    if (recent->ring != 0)
        arena_give(&world->region, recent->ring, (uint64_t)recent->limit * sizeof(struct ack));
    *recent = (struct recent){0, 0, 0, 0};
}
