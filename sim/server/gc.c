/*
 * The collectors: how much may be allocated between two collections, and how long one stands still.
 *
 * Serial and Parallel (generations): young is a third of the heap (NewRatio=2), the old generation
 * the rest.  A young collection copies what was allocated since the last one and still lives; it is
 * made only while the old generation could take all of eden (the guarantee of promotion).  Else it
 * is a full one, whose pause goes with all that is live.  What does not fit into the old generation
 * stays in the young one and takes the room of what is allocated: from there on the room shrinks
 * to nothing within a few percent.  TRUTH ws.gc.serial.model: room = H - L - H/30.
 *
 * Parallel's survivor spaces are larger and of no use to what a full collection leaves young, so it
 * falls before Serial: room = 11/12 H - L (ws.gc.curve at 90 %: 11 of 512 MB, 41 of 2,048).
 *
 * G1 collects its young regions, in about a millisecond whatever else is live, as long as it has
 * regions to copy to; without them it compacts the whole heap.  Its concurrent marking is taken to
 * keep up and to cost no CPU.  TRUTH ws.gc.curve, ws.gc.cliff-position.
 */
#include "sim/server/server_state.h"

#define MIB             (1ull << 20)
#define YOUNG_PAUSE_NS  MS_NS /* ws.gc.curve: 0.65 to 1.57 ms at 50 to 98.5 % live */
#define G1_ROOM_PERCENT 30u   /* of what is free; ws.gc.curve: 22 to 46 % between two pauses */
#define G1_LEAST        6u    /* regions; with fewer free it compacts: ws.gc.cliff-position */

struct gc_spaces gc_spaces(enum collector collector, uint64_t size)
{
    uint64_t young = size / 3;
    /* SurvivorRatio=8: eden is 8 of 10 parts; Parallel begins with InitialSurvivorRatio=8, of 8. */
    uint64_t survivor = collector == GC_PARALLEL ? young / 8 : young / 10;
    return (struct gc_spaces){
        .old = size - young, .eden = young - 2 * survivor, .survivor = survivor};
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t above(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

uint64_t gc_region(uint64_t size)
{
    uint64_t region = MIB;
    while (region < 32 * MIB && region * 2 * 2048 <= size)
        region *= 2;
    return region;
}

uint64_t gc_most(enum collector collector, uint64_t size)
{
    struct gc_spaces spaces = gc_spaces(collector, size);
    if (collector == GC_SERIAL)
        return spaces.old + spaces.eden + spaces.survivor;
    return collector == GC_PARALLEL ? spaces.old + spaces.eden : size;
}

/* ParallelGCThreads: a thread a core up to eight, five for eight more. */
static uint32_t collector_threads(const struct world *world, uint32_t id)
{
    uint32_t cores =
        (uint32_t)parameter_get(world, component_at(world, id)->machine, MACHINE_CORES);
    return cores <= 8 ? cores : 8 + (cores - 8) * 5 / 8;
}

static bool is_full(const struct heap *heap, enum collector collector, uint64_t size)
{
    struct gc_spaces spaces = gc_spaces(collector, size);
    if (heap->out != 0 || heap->lacking != 0)
        return true;
    if (collector == GC_G1)
        return above(size, heap_live(heap)) < G1_LEAST * gc_region(size);
    return above(spaces.old, heap->tenured) < spaces.eden;
}

void gc_plan(const struct world *world, uint32_t id, const struct heap *heap, struct gc_plan *plan)
{
    enum collector collector = (enum collector)parameter_get(world, id, SERVER_GC);
    uint64_t per_mb_ns = parameter_get(world, id, SERVER_GC_PAUSE_PER_MB);
    plan->full = is_full(heap, collector, parameter_get(world, id, SERVER_HEAP));
    plan->threads = collector == GC_SERIAL ? 1 : collector_threads(world, id);
    uint64_t live = plan->full ? heap_live(heap) : heap->fresh + heap->working;
    uint64_t base_ns = plan->full ? parameter_get(world, id, SERVER_GC_PAUSE_BASE) : YOUNG_PAUSE_NS;
    plan->pause_ns =
        base_ns + (live / MIB * per_mb_ns + live % MIB * per_mb_ns / MIB) / plan->threads;
}

/* Between the generations after a collection; what does not fit into the old one stays young. */
static void generations_done(struct heap *heap, const struct gc_spaces *spaces)
{
    uint64_t old = heap->tenured + heap->fresh + above(heap->working, spaces->survivor);
    if (heap->full != 0)
        old = heap_live(heap);
    heap->tenured = least(old, spaces->old);
    heap->used = heap->full != 0 ? old : old + least(heap->working, spaces->survivor);
}

static uint64_t generations_room(const struct heap *heap, enum collector collector,
                                 const struct gc_spaces *spaces)
{
    uint64_t in_young = above(heap_live(heap), heap->tenured);
    if (collector == GC_SERIAL || heap->full == 0)
        return least(spaces->eden, above(spaces->eden + spaces->survivor, in_young));
    return above(spaces->eden, in_young);
}

uint64_t gc_room(const struct world *world, uint32_t id, const struct heap *heap)
{
    enum collector collector = (enum collector)parameter_get(world, id, SERVER_GC);
    uint64_t size = parameter_get(world, id, SERVER_HEAP), free = above(size, heap->used);
    struct gc_spaces spaces = gc_spaces(collector, size);
    if (collector == GC_NONE)
        return free;
    if (collector == GC_G1)
        return free / 100 * G1_ROOM_PERCENT + free % 100 * G1_ROOM_PERCENT / 100;
    return generations_room(heap, collector, &spaces);
}

void gc_done(const struct world *world, uint32_t id, struct heap *heap)
{
    enum collector collector = (enum collector)parameter_get(world, id, SERVER_GC);
    struct gc_spaces spaces = gc_spaces(collector, parameter_get(world, id, SERVER_HEAP));
    if (collector == GC_SERIAL || collector == GC_PARALLEL)
        generations_done(heap, &spaces);
    else if (collector == GC_G1)
        heap->used = heap_live(heap);
    heap->fresh = 0;
    heap->room = gc_room(world, id, heap);
}
