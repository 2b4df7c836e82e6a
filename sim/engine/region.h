/*
 * The region: one piece of memory that holds all of a world, so that copying a world is copying
 * bytes.
 *
 * The caller hands the memory over (the program maps it, tests allocate it).  It holds a header,
 * the slabs (flat arrays of equal items at fixed offsets, for what comes in masses) and the arena
 * (an offset allocator for what grows otherwise).  Nothing ever moves; nothing stores a pointer.
 * Only used prefixes are copied: a slab up to its high-water mark, the arena up to its top.
 * What is freed is zeroed, so that equal histories give equal bytes.
 */
#ifndef SIM_ENGINE_REGION_H
#define SIM_ENGINE_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sim/ids.h"

/* A place in the arena, in units of 16 bytes from its start; 0 is none.  Reaches 64 GiB. */
typedef uint32_t ref;

/* Index and generation of a slab item: stale once the item was given back.  0 is none. */
typedef uint64_t handle;

struct slab_spec {
    uint32_t item_bytes; /* a multiple of 8 */
    uint32_t limit;      /* items at most */
};

struct slab {
    uint64_t offset; /* of item 0 from the start of the region, in bytes */
    uint32_t item_bytes;
    uint32_t limit;
    uint32_t used; /* high-water mark: items 0..used-1 were taken at least once; item 0 never */
    uint32_t free; /* head of the free list through the items' first 4 bytes, 0 none */
    uint32_t live; /* items that are taken now */
    uint32_t generations; /* ref-like offset (16-byte units from the region's start) of u32[limit],
                             0 none */
};

#define ARENA_CLASSES 40

struct region {
    uint64_t bytes;        /* of the whole region */
    uint64_t header_bytes; /* of what the owner keeps before the slabs */
    struct slab slabs[SLAB_COUNT];
    uint64_t arena_offset; /* from the region's start, in bytes */
    uint64_t arena_top;    /* bytes used of the arena, a multiple of 16 */
    uint64_t arena_live;   /* bytes of the blocks taken and not given back */
    ref arena_free[ARENA_CLASSES];
    uint32_t full; /* 1 after a take failed: the world must stop with a clear error */
    uint32_t unused;
};

/* Lays the slabs and the arena out.  `region` is the first member of the owner's header, which is
 * header_bytes long; all of the memory is zeroed.  False when `bytes` cannot hold the slabs and 1
 * MiB of arena. */
bool region_init(struct region *region, size_t bytes, size_t header_bytes,
                 const struct slab_spec specs[SLAB_COUNT]);

/* The item's address, valid until the region is copied over; index must be below `used`. */
static inline void *slab_at(const struct region *region, enum slab_id id, uint32_t index)
{
    const struct slab *slab = &region->slabs[id];
    return (char *)(uintptr_t)region + slab->offset + (uint64_t)index * slab->item_bytes;
}

/* How often the item was given back: what makes old handles stale.  Not for SLAB_EVENT. */
static inline uint32_t *slab_generation(const struct region *region, enum slab_id id,
                                        uint32_t index)
{
    uint64_t offset = (uint64_t)region->slabs[id].generations * 16;
    return (uint32_t *)(void *)((char *)(uintptr_t)region + offset) + index;
}

/* The id of the event that waits in an item of SLAB_EVENT, which stands in the place of a
 * generation (sim/engine/queue.h): event ids are unique for ever and need no other. */
static inline uint64_t *event_mark(const struct region *region, uint32_t index)
{
    uint64_t offset = (uint64_t)region->slabs[SLAB_EVENT].generations * 16;
    return (uint64_t *)(void *)((char *)(uintptr_t)region + offset) + index;
}

/* Takes a zeroed item; its index, or 0 when the slab is full (region->full is set). */
uint32_t slab_take(struct region *region, enum slab_id id);

/* Gives an item back: zeroes it and makes its handles stale. */
void slab_give(struct region *region, enum slab_id id, uint32_t index);

/* slab_take and slab_give where the item size is known to the compiler, without the generation: for
 * the event queue. */
static inline uint32_t slab_take_sized(struct region *region, enum slab_id id, size_t item_bytes)
{
    struct slab *slab = &region->slabs[id];
    uint32_t index = slab->free;
    if (index != 0) {
        void *item = (char *)region + slab->offset + index * item_bytes;
        memcpy(&slab->free, item, sizeof slab->free);
        memset(item, 0, sizeof slab->free);
    } else if (slab->used <= slab->limit) {
        index = slab->used++;
    } else {
        region->full = 1;
        return 0;
    }
    slab->live++;
    return index;
}

static inline void slab_give_sized(struct region *region, enum slab_id id, uint32_t index,
                                   size_t item_bytes)
{
    struct slab *slab = &region->slabs[id];
    void *item = (char *)region + slab->offset + index * item_bytes;
    memset(item, 0, item_bytes);
    memcpy(item, &slab->free, sizeof slab->free);
    slab->free = index;
    slab->live--;
}

/* The handle of a taken item, and the index behind a handle: 0 when it is stale or none. */
handle slab_handle(const struct region *region, enum slab_id id, uint32_t index);
uint32_t slab_index(const struct region *region, enum slab_id id, handle h);

/* Takes zeroed bytes from the arena (power-of-two classes from 16 B; from 64 B on they start on a
 * cache line of the region); 0 when it is full (region->full is set).  The same size must be given
 * back. */
ref arena_take(struct region *region, uint64_t bytes);
void arena_give(struct region *region, ref at, uint64_t bytes);

/* Moves what is at `at` to a place of `bytes` bytes (zeroed beyond the old); gives the old back. */
ref arena_grow(struct region *region, ref at, uint64_t old_bytes, uint64_t bytes);

static inline void *arena_at(const struct region *region, ref at)
{
    return (char *)(uintptr_t)region + region->arena_offset + (uint64_t)at * 16;
}

/* Bytes that a copy copies. */
uint64_t region_used(const struct region *region);

/* Makes `to` (of at least from->bytes reserved bytes, initialised or zeroed) the same as `from`.
 * What `to` used beyond is zeroed.  Clone, fork and restore are this one call. */
void region_copy(struct region *to, const struct region *from);

/* Packs a region into `region_used` bytes of plain memory, and back. */
void region_pack(void *to, const struct region *from);
void region_unpack(struct region *to, const void *from);

/* The used prefixes that a copy copies, one by one: `which` from 0 (which begins with the struct
 * region itself) to REGION_SPANS - 1.  What checkpoints are made of (lab/history). */
enum { REGION_SPANS = 2 + 2 * SLAB_COUNT };
struct region_span {
    uint64_t offset, bytes; /* from the region's start */
};
struct region_span region_span(const struct region *region, int which);

/* Zeroes what `to` (initialised or zeroed) uses beyond these spans, which are about to be copied
 * into it. */
void region_clear_beyond(struct region *to, const struct region_span spans[REGION_SPANS]);

/* A vector of equal items in the arena: doubles when it is full.  Zero is an empty one. */
struct vector {
    ref at;
    uint32_t item_bytes; /* set by the first push */
    uint32_t count;
    uint32_t limit;
};
void *vector_push(struct region *region, struct vector *vector,
                  uint32_t item_bytes); /* zeroed item, NULL when full */
void vector_clear(struct region *region, struct vector *vector);
static inline void *vector_at(const struct region *region, const struct vector *vector, uint32_t i)
{
    return (char *)arena_at(region, vector->at) + (uint64_t)i * vector->item_bytes;
}

#endif
