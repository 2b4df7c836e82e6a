/*
 * The heap of a server's process, and what its garbage collector does to it.
 *
 * What is used is what is live and garbage.  Live are base_heap, what each connection holds, what
 * waits to be sent, and what requests under way hold; all else that was allocated is garbage.  Each
 * allocation takes from the room that the last collection left; when it is used up, all threads of
 * the process stand still for a pause (stop-the-world), in which the collector's threads work on
 * the machine's cores.  The kernel goes on meanwhile: ACKs, SYNs, what arrives waits.
 *
 * Where the room and the pauses come from: gc.c.  All numbers are running totals; server_check
 * holds them against the full sums.  Sources: TRUTH ws.gc.*, ws.oom.tomcat.cliff.
 */
#ifndef SIM_SERVER_HEAP_H
#define SIM_SERVER_HEAP_H

#include "sim/machine/machine.h"

enum collector { GC_G1, GC_PARALLEL, GC_SERIAL, GC_NONE };

/* A collection, as -Xlog:gc tells it. */
struct collection {
    uint64_t at_ns;         /* its end, since the start of the process */
    uint64_t before, after; /* bytes used */
    uint64_t pause_ns;
    uint32_t number; /* from 0, as GC(n) */
    uint32_t full;
};
#define HEAP_COLLECTIONS 8 /* the last ones are kept */

struct heap {
    /* The lab's counters: they outlive the process. */
    uint64_t count, pause_total_ns, pause_max_ns, oom;

    uint64_t base;     /* of kept: what the process holds without a connection */
    uint64_t kept;     /* live: base, connections, what waits to be sent */
    uint64_t working;  /* live: of requests under way */
    uint64_t used;     /* live and garbage */
    uint64_t touched;  /* the most that was ever used: pages that the process has */
    uint64_t room;     /* bytes that may be allocated before the next collection */
    uint64_t fresh;    /* of kept: taken since the last collection */
    uint64_t tenured;  /* serial, parallel: in the old generation, live or dead */
    uint64_t lacking;  /* bytes that did not fit beside what is live */
    uint64_t began_ns; /* of the collection under way */
    uint64_t before;   /* used when it began */
    uint64_t start_ns; /* of the process */
    uint32_t life;     /* collections of this process */
    uint16_t threads;  /* that collect now; 0: no collection is under way */
    uint16_t full;     /* the collection under way is a full one */
    uint16_t due;      /* the room is used up */
    uint16_t out;      /* an OutOfMemoryError: nothing goes on */
    uint32_t unused;
    struct meter
        pauses; /* by a clock that is ten times slower: its second are the 10 s of gc_share */
    struct collection last[HEAP_COLLECTIONS]; /* a ring by number */
};

static inline uint64_t heap_live(const struct heap *heap)
{
    return heap->kept + heap->working;
}

/* The process starts, or is gone; a parameter of the heap is another. */
void heap_start(struct world *world, uint32_t server);
void heap_stop(struct world *world, uint32_t server);
void heap_changed(struct world *world, uint32_t server);

/* Takes bytes that stay live until they are given back: a connection's, a buffer's.  When they do
 * not fit, a full collection follows, and after it the OutOfMemoryError.  The return value belongs
 * with the bytes: heap_give knows by it whether a collection has seen them. */
uint32_t heap_take(struct world *world, uint32_t server, uint64_t bytes);
void heap_give(struct heap *heap, uint64_t bytes, uint32_t taken);

/* What a request or message allocates (`alloc`): live while it is under way, then garbage.  Returns
 * the bytes, for heap_worked. */
uint32_t heap_work(struct world *world, uint32_t server);
void heap_worked(struct world *world, uint32_t server, uint32_t bytes);

/* Do its threads stand still, for a collection or for good after an OutOfMemoryError? */
static inline bool heap_stands(const struct heap *heap)
{
    return heap->threads != 0 || heap->out != 0;
}

/* Begins the collection that is due.  True when the threads stand still now. */
bool heap_settle(struct world *world, uint32_t server);
/* After an OutOfMemoryError somebody tries to allocate again: a full collection, and the same. */
void heap_tried(struct world *world, uint32_t server);
/* A thread of the collector is done; after the last one the process goes on. */
void heap_collected(struct world *world, uint32_t server);
/* SIGCONT came and set all work going: what stands still stops again. */
void heap_resumed(struct world *world, uint32_t server);

/* Percent of the last 10 s that were pauses, in thousandths. */
uint64_t heap_share(const struct world *world, uint32_t server);

/* --- gc.c: the collectors ------------------------------------------------------------------- */

/* The collection that comes next. */
struct gc_plan {
    bool full;
    uint32_t threads;  /* that work on it, each for the whole pause */
    uint64_t pause_ns; /* on cores that nobody else wants */
};
void gc_plan(const struct world *world, uint32_t server, const struct heap *heap,
             struct gc_plan *plan);
/* It was done: what is used, what is old, and the room until the next one. */
void gc_done(const struct world *world, uint32_t server, struct heap *heap);
/* The spaces of a heap with generations (serial, parallel). */
struct gc_spaces {
    uint64_t old, eden, survivor;
};
struct gc_spaces gc_spaces(enum collector collector, uint64_t size);
/* The most live bytes that the collector can hold in a heap of this size. */
uint64_t gc_most(enum collector collector, uint64_t size);
/* The room of an empty heap. */
uint64_t gc_room(const struct world *world, uint32_t server, const struct heap *heap);
/* G1's regions are of this size: about 2048 in a heap (G1HeapRegion::setup_heap_region_size). */
uint64_t gc_region(uint64_t size);

#endif
