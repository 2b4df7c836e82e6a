/*
 * Ways: one direction between two machines, as a packet sees it.  See way.h.
 */
#include "sim/net/way.h"

#include "sim/net/wire.h"

#define FIRST_BUCKETS 64u
#define FIRST_LEAVING 16u
#define LOSS_ONE      (100 * PERCENT_ONE)

/* --- finding ---------------------------------------------------------------------------- */

static uint32_t *bucket_of(const struct world *world, uint32_t from, uint32_t to)
{
    const struct network_state *state = component_state(world, world->network);
    uint32_t *buckets = arena_at(&world->region, state->buckets);
    uint64_t mixed = ((uint64_t)from << 32 | to) * 0x9e3779b97f4a7c15ull;
    return buckets + (mixed >> 32 & (state->bucket_count - 1));
}

uint32_t way_find(const struct world *world, uint32_t from, uint32_t to)
{
    const struct network_state *state = component_state(world, world->network);
    if (state->bucket_count == 0)
        return 0;
    uint32_t index = *bucket_of(world, from, to);
    while (index != 0) {
        const struct way *way = way_at(world, index);
        if (way->from == from && way->to == to)
            return index;
        index = way->next;
    }
    return 0;
}

/* Twice the buckets once there are as many ways; false when the region is full. */
static bool buckets_grow(struct world *world)
{
    struct network_state *state = component_state(world, world->network);
    uint32_t old_count = state->bucket_count;
    if (old_count != 0 && world->links.count <= old_count)
        return true;
    uint32_t count = old_count == 0 ? FIRST_BUCKETS : old_count * 2;
    ref buckets = arena_take(&world->region, (uint64_t)count * sizeof(uint32_t));
    if (buckets == 0)
        return false;
    arena_give(&world->region, state->buckets, (uint64_t)old_count * sizeof(uint32_t));
    state->buckets = buckets;
    state->bucket_count = count;
    for (uint32_t i = 1; i < world->links.count; i++) {
        struct way *way = way_at(world, i);
        uint32_t *bucket = bucket_of(world, way->from, way->to);
        way->next = *bucket;
        *bucket = i;
    }
    return true;
}

static void streams_start(const struct world *world, struct way *way)
{
    char buffer[2 * NAME_BYTES + 4];
    struct text name = TEXT(buffer);
    text_add(&name, component_at(world, way->from)->name);
    text_add(&name, "->");
    text_add(&name, component_at(world, way->to)->name);
    way->loss = stream_of(world->seed, buffer, "loss");
    way->jitter = stream_of(world->seed, buffer, "jitter");
}

uint32_t way_need(struct world *world, uint32_t from, uint32_t to)
{
    uint32_t index = way_find(world, from, to);
    if (index != 0)
        return index;
    if (world->links.count == 0 &&
        vector_push(&world->region, &world->links, sizeof(struct way)) == NULL)
        return 0;
    index = world->links.count;
    struct way *way = vector_push(&world->region, &world->links, sizeof *way);
    if (way == NULL)
        return 0;
    way->from = from;
    way->to = to;
    streams_start(world, way);
    way_reset(world, index);
    const struct network_state *state = component_state(world, world->network);
    uint32_t buckets_before = state->bucket_count;
    if (!buckets_grow(world))
        return 0;
    if (state->bucket_count == buckets_before) {
        uint32_t *bucket = bucket_of(world, way->from, way->to);
        way->next = *bucket;
        *bucket = index;
    }
    return index;
}

void way_reset(struct world *world, uint32_t index)
{
    struct way *way = way_at(world, index);
    for (unsigned i = 0; i < LINK_PARAMETERS; i++)
        way->values[i] = parameter_get(world, world->network, i);
    if (way->from == way->to)
        way->values[LINK_LATENCY] = LOOPBACK_LATENCY_NS;
    for (unsigned i = 0; i <= PACKET_OTHER; i++)
        way->drop[i] = way->skip[i] = 0;
    way->link = 0;
    way->cut = 0;
}

/* --- sending ---------------------------------------------------------------------------- */

/* Counts a packet as gone.  Who tells it: the link, or the sender where none is written. */
static bool way_drop(struct world *world, struct way *way, uint32_t bytes)
{
    way->dropped++;
    trace(world, way->link != 0 ? way->link : way->from, TRACE_SEGMENT_DROPPED, bytes, way->to);
    return false;
}

/* Takes one off each count of `drop-next` that the packet falls under. */
static bool drop_next_hits(struct way *way, uint32_t kinds)
{
    bool hit = false;
    for (unsigned kind = 0; kind <= PACKET_OTHER; kind++) {
        if (way->drop[kind] == 0 || (kind != 0 && (kinds >> kind & 1) == 0))
            continue;
        if (way->skip[kind] != 0) {
            way->skip[kind]--;
            continue;
        }
        way->drop[kind]--;
        hit = true;
    }
    return hit;
}

/* How many packets have not left yet. */
static uint32_t leaving_now(const struct world *world, struct way *way)
{
    const uint64_t *ring = arena_at(&world->region, way->leaving);
    while (way->leaving_count > 0 && ring[way->leaving_first] <= world->now_ns) {
        way->leaving_first = (way->leaving_first + 1) & (way->leaving_limit - 1);
        way->leaving_count--;
    }
    return way->leaving_count;
}

static bool leaving_push(struct world *world, struct way *way, uint64_t time_ns)
{
    if (way->leaving_count == way->leaving_limit) {
        uint32_t limit = way->leaving_limit == 0 ? FIRST_LEAVING : way->leaving_limit * 2;
        ref larger = arena_take(&world->region, (uint64_t)limit * sizeof(uint64_t));
        if (larger == 0)
            return false;
        uint64_t *to = arena_at(&world->region, larger);
        const uint64_t *from = arena_at(&world->region, way->leaving);
        for (uint32_t i = 0; i < way->leaving_count; i++)
            to[i] = from[(way->leaving_first + i) & (way->leaving_limit - 1)];
        arena_give(&world->region, way->leaving, (uint64_t)way->leaving_limit * sizeof(uint64_t));
        way->leaving = larger;
        way->leaving_limit = limit;
        way->leaving_first = 0;
    }
    uint64_t *ring = arena_at(&world->region, way->leaving);
    ring[(way->leaving_first + way->leaving_count++) & (way->leaving_limit - 1)] = time_ns;
    return true;
}

/* Lost at the sender's side of the way: what a cable that is cut, `drop-next` and chance take.
 * Chance draws once a packet, whatever else took it. */
static enum wire_fate lost_on_the_way(struct way *way, uint32_t kinds)
{
    bool dropped = drop_next_hits(way, kinds);
    bool unlucky =
        way->values[LINK_LOSS] != 0 && stream_chance(&way->loss, way->values[LINK_LOSS], LOSS_ONE);
    return way->cut != 0 ? WIRE_CUT : dropped ? WIRE_DROPPED : unlucky ? WIRE_LOST : WIRE_LEFT;
}

/* When the wire and the way beyond it are done with a packet; never before the packet before it. */
static uint64_t arrival_of(const struct world *world, struct way *way, uint32_t bytes)
{
    uint64_t start_ns = way->free_ns > world->now_ns ? way->free_ns : world->now_ns;
    uint64_t bits = (uint64_t)bytes * 8;
    way->free_ns = start_ns + bits * SECOND_NS / way->values[LINK_BANDWIDTH];
    uint64_t arrival = way->free_ns + way->values[LINK_LATENCY];
    if (way->values[LINK_JITTER] != 0)
        arrival += stream_below(&way->jitter, way->values[LINK_JITTER] + 1);
    if (arrival < way->arrival_ns)
        arrival = way->arrival_ns;
    way->arrival_ns = arrival;
    return arrival;
}

bool way_send(struct world *world, uint32_t index, uint32_t bytes, uint32_t kinds,
              struct trip *trip)
{
    *trip = (struct trip){.fate = WIRE_QUEUE_FULL};
    if (index == 0)
        return false; /* the region is full */
    struct way *way = way_at(world, index);
    way->packets++;
    way->bytes += bytes;
    trip->epoch = way->epoch;
    trip->fate = WIRE_LEFT;
    if (way->from == way->to) {
        trip->arrival_ns = world->now_ns + LOOPBACK_LATENCY_NS;
        way->left++;
        return true;
    }
    trip->fate = lost_on_the_way(way, kinds);
    if (trip->fate != WIRE_LEFT)
        return way_drop(world, way, bytes);
    /* One packet is on the wire while `queue` of them wait. */
    if (leaving_now(world, way) > way->values[LINK_QUEUE]) {
        trip->fate = WIRE_QUEUE_FULL;
        return way_drop(world, way, bytes);
    }
    trip->arrival_ns = arrival_of(world, way, bytes);
    if (!leaving_push(world, way, way->free_ns))
        return false;
    way->left++;
    return true;
}

bool way_arrives(struct world *world, uint32_t index, uint32_t bytes, uint32_t epoch)
{
    struct way *way = way_at(world, index);
    way->came++;
    if (way->epoch == epoch)
        return true;
    return way_drop(world, way, bytes);
}
