/*
 * The full sums of a server, held against its running totals: for tests, after many events.
 */
#include "sim/server/server_state.h"

static bool wrong(const struct world *world, uint32_t id, struct text *why, const char *what)
{
    text_add(why, component_at(world, id)->name);
    text_add(why, what);
    return false;
}

/* Jobs of each channel, threads that are held, those that wait. */
static bool jobs_check(const struct world *world, uint32_t id, uint64_t *of_channels,
                       struct text *why)
{
    const struct server *v = server_of(world, id);
    uint64_t threads = 0, waiting = 0, heap = 0;
    for (uint32_t i = 1; i <= v->jobs.used; i++) {
        const struct job *j = job_at(world, v, i);
        if (j->state == 0)
            continue; /* a free row */
        (*of_channels)++;
        threads += j->thread;
        waiting += j->state == JOB_WAITING;
        heap += j->heap_bytes;
        if (channel_at(world, v, j->channel)->jobs == 0)
            return wrong(world, id, why, ": a request whose connection does not know it");
    }
    if (threads != v->threads_busy)
        return wrong(world, id, why, ": threads_busy is not the threads that requests hold");
    if (waiting != v->queued)
        return wrong(world, id, why, ": queued is not the requests that wait");
    if (heap != v->heap.working)
        return wrong(world, id, why, ": heap of requests under way is not what they hold");
    return true;
}

bool server_check(const struct world *world, uint32_t id, struct text *why)
{
    const struct server *v = server_of(world, id);
    uint64_t jobs = 0, connections = 0, under_way = 0,
             heap = v->heap.base + v->kept_bytes + (uint64_t)v->kept_count * KEPT_BYTES;
    if (!jobs_check(world, id, &jobs, why))
        return false;
    for (uint32_t i = 1; i <= v->channels.used; i++) {
        const struct channel *s = channel_at(world, v, i);
        if (s->state == CHANNEL_FREE)
            continue;
        connections += s->socket != 0;
        heap += s->heap_bytes;
        under_way += s->jobs - (v->accepting == i);
    }
    if (connections != v->connections)
        return wrong(world, id, why, ": connections is not the sockets it holds");
    if (heap != v->heap.kept)
        return wrong(world, id, why, ": live heap is not base_heap and what connections hold");
    if (jobs != under_way)
        return wrong(world, id, why, ": requests under way are not those of its connections");
    if (v->responses > v->requests)
        return wrong(world, id, why, ": more answers than requests");
    return true;
}
