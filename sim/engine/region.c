/*
 * The region: lays out header, slabs and arena, takes and gives their pieces, copies used prefixes.
 */
#include "sim/engine/region.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES      64u /* slabs and arena start on cache lines */
#define UNIT_BYTES      16u /* what a ref counts */
#define ARENA_MIN_BYTES ((uint64_t)1 << 20)
#define ARENA_MAX_BYTES ((uint64_t)UINT32_MAX * UNIT_BYTES)

static uint64_t round_to_line(uint64_t bytes)
{
    return (bytes + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
}

static char *region_at(const struct region *region, uint64_t offset)
{
    return (char *)(uintptr_t)region + offset;
}

/* Of the mark beside each item: an event's id, or a generation. */
static uint64_t mark_bytes(int id)
{
    return id == SLAB_EVENT ? sizeof(uint64_t) : sizeof(uint32_t);
}

bool region_init(struct region *region, size_t bytes, size_t header_bytes,
                 const struct slab_spec specs[SLAB_COUNT])
{
    uint64_t offset = round_to_line(header_bytes);
    for (int i = 0; i < SLAB_COUNT; i++) {
        /* Item 0 is never taken, so that index 0 can mean none. */
        uint64_t slots = (uint64_t)specs[i].limit + 1;
        struct slab *slab = &region->slabs[i];
        *slab = (struct slab){.offset = offset,
                              .item_bytes = specs[i].item_bytes,
                              .limit = specs[i].limit,
                              .used = 1};
        offset += round_to_line(slots * specs[i].item_bytes);
        if (offset / UNIT_BYTES > UINT32_MAX) {
            return false;
        }
        slab->generations = (uint32_t)(offset / UNIT_BYTES);
        offset += round_to_line(slots * mark_bytes(i));
        if (specs[i].item_bytes % 8 != 0 || slots > UINT32_MAX || offset > bytes) {
            return false;
        }
    }
    if (bytes - offset < ARENA_MIN_BYTES) {
        return false;
    }
    region->bytes = bytes;
    region->header_bytes = header_bytes;
    region->arena_offset = offset;
    region->arena_top = UNIT_BYTES; /* unit 0 is never taken: ref 0 is none */
    return true;
}

uint32_t slab_take(struct region *region, enum slab_id id)
{
    return slab_take_sized(region, id, region->slabs[id].item_bytes);
}

void slab_give(struct region *region, enum slab_id id, uint32_t index)
{
    if (index == 0 || index >= region->slabs[id].used) {
        abort();
    }
    slab_give_sized(region, id, index, region->slabs[id].item_bytes);
    if (id != SLAB_EVENT) {
        ++*slab_generation(region, id, index);
    }
}

handle slab_handle(const struct region *region, enum slab_id id, uint32_t index)
{
    if (index == 0 || id == SLAB_EVENT) {
        return 0;
    }
    return (uint64_t)*slab_generation(region, id, index) << 32 | index;
}

uint32_t slab_index(const struct region *region, enum slab_id id, handle h)
{
    uint32_t index = (uint32_t)h;
    if (index == 0 || index >= region->slabs[id].used || slab_handle(region, id, index) != h) {
        return 0;
    }
    return index;
}

static unsigned class_of(uint64_t bytes)
{
    if (bytes <= UNIT_BYTES) {
        return 0;
    }
    return 60u - (unsigned)__builtin_clzll(bytes - 1);
}

static void arena_free_push(struct region *region, ref at, unsigned class)
{
    memcpy(arena_at(region, at), &region->arena_free[class], sizeof at);
    region->arena_free[class] = at;
}

/* Takes a block at the top; blocks of a cache line and more start on one, and the gap of one or
 * three units before them goes to the free lists. */
static ref arena_extend(struct region *region, unsigned class)
{
    uint64_t block_bytes = (uint64_t)UNIT_BYTES << class;
    uint64_t limit = region->bytes - region->arena_offset;
    if (limit > ARENA_MAX_BYTES) {
        limit = ARENA_MAX_BYTES;
    }
    uint64_t start =
        block_bytes < LINE_BYTES ? region->arena_top : round_to_line(region->arena_top);
    if (start > limit || block_bytes > limit - start) {
        return 0;
    }
    while (region->arena_top < start) {
        ref gap = (ref)(region->arena_top / UNIT_BYTES);
        unsigned gap_class = gap % 2 == 1 ? 0 : 1;
        arena_free_push(region, gap, gap_class);
        region->arena_top += (uint64_t)UNIT_BYTES << gap_class;
    }
    region->arena_top += block_bytes;
    return (ref)(start / UNIT_BYTES);
}

ref arena_take(struct region *region, uint64_t bytes)
{
    unsigned class = class_of(bytes);
    ref at = class < ARENA_CLASSES ? region->arena_free[class] : 0;
    if (at != 0) {
        void *block = arena_at(region, at);
        memcpy(&region->arena_free[class], block, sizeof at);
        memset(block, 0, sizeof at);
        /* The next take reads its link: ask for it now. */
        __builtin_prefetch(arena_at(region, region->arena_free[class]), 1);
    } else {
        at = class < ARENA_CLASSES ? arena_extend(region, class) : 0;
    }
    if (at == 0) {
        region->full = 1;
        return 0;
    }
    region->arena_live += (uint64_t)UNIT_BYTES << class;
    return at;
}

void arena_give(struct region *region, ref at, uint64_t bytes)
{
    if (at == 0) {
        return;
    }
    unsigned class = class_of(bytes);
    uint64_t block_bytes = (uint64_t)UNIT_BYTES << class;
    memset(arena_at(region, at), 0, block_bytes);
    arena_free_push(region, at, class);
    region->arena_live -= block_bytes;
}

ref arena_grow(struct region *region, ref at, uint64_t old_bytes, uint64_t bytes)
{
    if (at != 0 && class_of(bytes) == class_of(old_bytes)) {
        return at;
    }
    ref to = arena_take(region, bytes);
    if (to != 0 && at != 0) {
        memcpy(arena_at(region, to), arena_at(region, at), old_bytes < bytes ? old_bytes : bytes);
        arena_give(region, at, old_bytes);
    }
    return to;
}

/* The used prefixes of a region, in the order in which they are copied and packed. */
enum {
    SPAN_HEADER,
    SPAN_SLABS,
    SPAN_GENERATIONS = SPAN_SLABS + SLAB_COUNT,
    SPAN_ARENA = SPAN_GENERATIONS + SLAB_COUNT
};
_Static_assert(SPAN_ARENA + 1 == REGION_SPANS, "a span is missing");

struct region_span region_span(const struct region *region, int which)
{
    if (which == SPAN_HEADER) {
        return (struct region_span){0, region->header_bytes};
    }
    if (which == SPAN_ARENA) {
        return (struct region_span){region->arena_offset, region->arena_top};
    }
    int id = (which - SPAN_SLABS) % SLAB_COUNT;
    const struct slab *slab = &region->slabs[id];
    if (which < SPAN_GENERATIONS) {
        return (struct region_span){slab->offset, (uint64_t)slab->used * slab->item_bytes};
    }
    return (struct region_span){(uint64_t)slab->generations * UNIT_BYTES,
                                (uint64_t)slab->used * mark_bytes(id)};
}

uint64_t region_used(const struct region *region)
{
    uint64_t bytes = 0;
    for (int i = 0; i < REGION_SPANS; i++) {
        bytes += region_span(region, i).bytes;
    }
    return bytes;
}

void region_clear_beyond(struct region *to, const struct region_span spans[REGION_SPANS])
{
    struct region old = *to; /* the header is one of the spans that are cleared */
    for (int i = 0; i < REGION_SPANS; i++) {
        struct region_span has = region_span(&old, i);
        uint64_t kept = has.offset == spans[i].offset ? spans[i].bytes : 0;
        if (has.bytes > kept) {
            memset(region_at(to, has.offset + kept), 0, has.bytes - kept);
        }
    }
}

/* The same, for what `from` will not write over. */
static void clear_beyond(struct region *to, const struct region *from)
{
    struct region_span spans[REGION_SPANS];
    for (int i = 0; i < REGION_SPANS; i++) {
        spans[i] = region_span(from, i);
    }
    region_clear_beyond(to, spans);
}

void region_copy(struct region *to, const struct region *from)
{
    clear_beyond(to, from);
    for (int i = 0; i < REGION_SPANS; i++) {
        struct region_span span = region_span(from, i);
        memcpy(region_at(to, span.offset), region_at(from, span.offset), span.bytes);
    }
}

void region_pack(void *to, const struct region *from)
{
    char *out = to;
    for (int i = 0; i < REGION_SPANS; i++) {
        struct region_span span = region_span(from, i);
        memcpy(out, region_at(from, span.offset), span.bytes);
        out += span.bytes;
    }
}

void region_unpack(struct region *to, const void *from)
{
    const char *in = from;
    struct region header;
    memcpy(&header, in, sizeof header);
    clear_beyond(to, &header);
    for (int i = 0; i < REGION_SPANS; i++) {
        struct region_span span = region_span(&header, i);
        memcpy(region_at(to, span.offset), in, span.bytes);
        in += span.bytes;
    }
}

void *vector_push(struct region *region, struct vector *vector, uint32_t item_bytes)
{
    if (vector->count == vector->limit) {
        /* One item more than a full block lands in the next class, which is twice as large. */
        uint64_t old_bytes = (uint64_t)vector->limit * item_bytes;
        uint64_t bytes = vector->limit == 0 ? 4 * (uint64_t)item_bytes : old_bytes + item_bytes;
        ref at = arena_grow(region, vector->at, old_bytes, bytes);
        if (at == 0) {
            return NULL;
        }
        uint64_t block_bytes = (uint64_t)UNIT_BYTES << class_of(bytes);
        uint64_t limit = block_bytes / item_bytes;
        vector->at = at;
        vector->item_bytes = item_bytes;
        vector->limit = limit < UINT32_MAX ? (uint32_t)limit : UINT32_MAX;
    }
    return vector_at(region, vector, vector->count++);
}

void vector_clear(struct region *region, struct vector *vector)
{
    arena_give(region, vector->at, (uint64_t)vector->limit * vector->item_bytes);
    *vector = (struct vector){0};
}
