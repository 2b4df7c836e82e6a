/*
 * What a server's process has of its machine's memory: the heap as far as it was ever used, what it
 * needs besides, and its threads' stacks as far as they were touched.
 *
 * A megabyte of stack is only reserved (TRUTH ws.thread.stack).  A page of the heap that was used
 * once stays with the process.
 */
#include "sim/server/server_state.h"

uint64_t resident_threads(const struct world *world, uint32_t id)
{
    const struct server *v = server_of(world, id);
    if (v->loop_count != 0)
        return v->loop_count;
    return parameter_get(world, id, SERVER_CONNECTION_THREADS) != 0 ? v->connections
                                                                    : v->threads_made;
}

void resident_settle(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    uint64_t wanted = parameter_get(world, id, SERVER_BASE_MEMORY) + v->heap.touched +
                      resident_threads(world, id) * parameter_get(world, id, SERVER_THREAD_MEMORY);
    uint64_t held = v->resident;
    v->resident = wanted;
    if (wanted < held)
        memory_give(world, id, held - wanted);
    else if (wanted > held)
        memory_take(world, id, wanted - held);
}
