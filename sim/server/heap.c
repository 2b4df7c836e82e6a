/*
 * The heap: what is taken and given, the pauses, and the end of memory.
 *
 * A collection begins when the event that used up the room is over; what it allocated beyond the
 * room is there already.  An OutOfMemoryError is thrown where a full collection has left less than
 * what somebody wants.  Then nothing is accepted or answered any more, as the thread that accepts
 * died of it (TRUTH ws.oom.tomcat.cliff); each message that comes makes a thread try again, which
 * costs a full collection.
 */
#include "sim/server/server_state.h"

#define SHARE_CLOCK 10u /* how much slower the clock of the meter of pauses runs */
#define SHARE_FULL  (100 * PERCENT_ONE)

static struct heap *heap_of(const struct world *world, uint32_t id)
{
    return &server_of(world, id)->heap;
}

static enum collector collector_of(const struct world *world, uint32_t id)
{
    return (enum collector)parameter_get(world, id, SERVER_GC);
}

/* --- taking and giving ---------------------------------------------------------------------- */

static void allocate(struct world *world, uint32_t id, uint64_t bytes)
{
    struct heap *heap = heap_of(world, id);
    uint64_t size = parameter_get(world, id, SERVER_HEAP);
    bool none = collector_of(world, id) == GC_NONE;
    bool fits = heap_live(heap) + bytes <= gc_most(collector_of(world, id), size);
    if (bytes > heap->room)
        heap->due = 1;
    if (!fits || (none && heap->due != 0)) {
        heap->due = 1;
        heap->lacking = heap->lacking < bytes ? bytes : heap->lacking;
    }
    heap->room -= bytes < heap->room ? bytes : heap->room;
    heap->used += bytes;
    if (heap->touched < heap->used)
        heap->touched = heap->used < size ? heap->used : size;
}

uint32_t heap_take(struct world *world, uint32_t id, uint64_t bytes)
{
    struct heap *heap = heap_of(world, id);
    allocate(world, id, bytes);
    heap->kept += bytes;
    heap->fresh += bytes;
    return heap->life;
}

void heap_give(struct heap *heap, uint64_t bytes, uint32_t taken)
{
    heap->kept -= bytes;
    if (taken == heap->life)
        heap->fresh -= bytes < heap->fresh ? bytes : heap->fresh;
}

uint32_t heap_work(struct world *world, uint32_t id)
{
    uint32_t bytes = (uint32_t)parameter_get(world, id, SERVER_ALLOC);
    allocate(world, id, bytes);
    heap_of(world, id)->working += bytes;
    return bytes;
}

void heap_worked(struct world *world, uint32_t id, uint32_t bytes)
{
    heap_of(world, id)->working -= bytes;
}

/* --- the process ---------------------------------------------------------------------------- */

void heap_start(struct world *world, uint32_t id)
{
    struct heap *heap = heap_of(world, id);
    heap->start_ns = world->now_ns;
    meter_start(&heap->pauses, world->now_ns / SHARE_CLOCK);
    heap->base = parameter_get(world, id, SERVER_BASE_HEAP);
    heap_take(world, id, heap->base);
    heap->fresh = 0; /* the program is loaded, and old */
    heap->tenured = heap->base;
    heap->room = gc_room(world, id, heap);
    heap->due = heap->lacking != 0;
}

void heap_stop(struct world *world, uint32_t id)
{
    struct heap *heap = heap_of(world, id);
    *heap = (struct heap){.count = heap->count,
                          .pause_total_ns = heap->pause_total_ns,
                          .pause_max_ns = heap->pause_max_ns,
                          .oom = heap->oom};
}

void heap_changed(struct world *world, uint32_t id)
{
    struct heap *heap = heap_of(world, id);
    uint64_t base = parameter_get(world, id, SERVER_BASE_HEAP);
    uint64_t most = gc_most(collector_of(world, id), parameter_get(world, id, SERVER_HEAP));
    if (base > heap->base)
        heap_take(world, id, base - heap->base);
    else
        heap_give(heap, heap->base - base, heap->life);
    heap->base = base;
    heap->room = gc_room(world, id, heap);
    if (heap_live(heap) > most)
        heap->due = 1;
}

/* --- collections ---------------------------------------------------------------------------- */

static void collect(struct world *world, uint32_t id)
{
    struct heap *heap = heap_of(world, id);
    struct gc_plan plan;
    gc_plan(world, id, heap, &plan);
    heap->due = 0;
    heap->full = plan.full;
    heap->threads = (uint16_t)plan.threads;
    heap->began_ns = world->now_ns;
    heap->before = heap->used;
    meter_set(&heap->pauses, world->now_ns / SHARE_CLOCK, SHARE_FULL);
    cpu_stop_world(world, id, SERVER_EVENT_COLLECTED);
    tcp_process_paused(world, id); /* the kernel goes on, the process hears of it later */
    for (uint32_t i = 0; i < plan.threads; i++)
        cpu_run(world, id, plan.pause_ns, SERVER_EVENT_COLLECTED, NULL);
}

static void out_of_memory(struct world *world, uint32_t id)
{
    struct heap *heap = heap_of(world, id);
    heap->lacking = 0;
    heap->oom++;
    if (heap->out != 0)
        return;
    heap->out = 1;
    component_log(world, id,
                  parameter_get(world, id, SERVER_STACK) == STACK_NODE
                      ? "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out "
                        "of memory"
                      : "java.lang.OutOfMemoryError: Java heap space");
    trace(world, id, TRACE_HEAP_FULL, heap_live(heap), 0);
}

bool heap_settle(struct world *world, uint32_t id)
{
    struct heap *heap = heap_of(world, id);
    if (heap_stands(heap))
        return true;
    if (heap->due == 0)
        return false;
    if (collector_of(world, id) != GC_NONE)
        collect(world, id);
    else
        out_of_memory(world, id);
    return true;
}

void heap_tried(struct world *world, uint32_t id)
{
    if (heap_of(world, id)->threads == 0 && collector_of(world, id) != GC_NONE)
        collect(world, id);
}

/* Books the pause that is over. */
static void note_collection(struct world *world, uint32_t id)
{
    struct heap *heap = heap_of(world, id);
    uint64_t pause_ns = world->now_ns - heap->began_ns;
    heap->last[heap->life % HEAP_COLLECTIONS] =
        (struct collection){.at_ns = world->now_ns - heap->start_ns,
                            .before = heap->before,
                            .after = heap->used,
                            .pause_ns = pause_ns,
                            .number = heap->life,
                            .full = heap->full};
    heap->life++;
    heap->count++;
    heap->pause_total_ns += pause_ns;
    if (heap->pause_max_ns < pause_ns)
        heap->pause_max_ns = pause_ns;
    meter_set(&heap->pauses, world->now_ns / SHARE_CLOCK, 0);
    trace(world, id, TRACE_COLLECTED, heap->used, pause_ns);
}

void heap_collected(struct world *world, uint32_t id)
{
    struct heap *heap = heap_of(world, id);
    uint64_t most = gc_most(collector_of(world, id), parameter_get(world, id, SERVER_HEAP));
    if (--heap->threads > 0)
        return;
    gc_done(world, id, heap);
    note_collection(world, id);
    if (heap->out != 0 || heap_live(heap) > most ||
        (heap->lacking != 0 && heap_live(heap) + heap->lacking > most)) {
        out_of_memory(world, id);
        tcp_process_resumed(world, id);
        return;
    }
    heap->lacking = 0;
    cpu_resume(world, id);
    work_thaw(world, id);
    tcp_process_resumed(world, id);
}

void heap_resumed(struct world *world, uint32_t id)
{
    if (heap_stands(heap_of(world, id)))
        cpu_stop_world(world, id, SERVER_EVENT_COLLECTED);
}

uint64_t heap_share(const struct world *world, uint32_t id)
{
    return meter_last_second(&heap_of(world, id)->pauses, world->now_ns / SHARE_CLOCK);
}
