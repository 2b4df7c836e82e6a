/*
 * What each thread or loop does at this instant: for screens, nothing is kept.
 */
#include <string.h>

#include "sim/server/server_state.h"

static enum server_lane lane_of(const struct job *j)
{
    switch ((enum job_state)j->state) {
    case JOB_WORKS:
        return LANE_RUNS;
    case JOB_WRITES:
    case JOB_BLOCKED:
        return LANE_SENDS;
    default:
        return LANE_WAITS;
    }
}

static void put(struct server_lanes *lanes, enum server_lane lane)
{
    lanes->of[lane]++;
    if (lanes->shown < SERVER_LANES)
        lanes->lane[lanes->shown++] = (uint8_t)lane;
}

static void loops_read(const struct world *world, const struct server *v,
                       struct server_lanes *lanes)
{
    for (uint32_t i = 0; i < v->loop_count; i++) {
        const struct loop *loop = (const struct loop *)arena_at(&world->region, v->loops) + i;
        put(lanes, loop->busy ? lane_of(job_at(world, v, loop->busy)) : LANE_IDLE);
    }
}

static void threads_read(const struct world *world, const struct server *v, uint64_t threads,
                         struct server_lanes *lanes)
{
    uint64_t busy = 0;
    for (uint32_t i = 1; i <= v->jobs.used && busy < v->threads_busy; i++) {
        const struct job *j = job_at(world, v, i);
        if (j->state == 0 || !j->thread)
            continue;
        put(lanes, lane_of(j));
        busy++;
    }
    uint64_t idle = threads > busy ? threads - busy : 0;
    for (uint64_t i = 0; i < idle && lanes->shown < SERVER_LANES; i++)
        lanes->lane[lanes->shown++] = LANE_IDLE;
    lanes->of[LANE_IDLE] += idle;
}

static void all_stand(struct server_lanes *lanes, enum server_lane why)
{
    uint64_t all = 0;
    for (unsigned i = 0; i < LANE_KINDS; i++) {
        all += lanes->of[i];
        lanes->of[i] = 0;
    }
    lanes->of[why] = all;
    memset(lanes->lane, (int)why, lanes->shown);
}

void server_lanes_read(const struct world *world, uint32_t id, struct server_lanes *lanes)
{
    const struct server *v = server_of(world, id);
    memset(lanes, 0, sizeof *lanes);
    if (!component_at(world, id)->up)
        return;
    if (parameter_get(world, id, SERVER_MODEL) == SERVER_EVENTLOOP)
        loops_read(world, v, lanes);
    else
        threads_read(world, v,
                     parameter_get(world, id, SERVER_CONNECTION_THREADS) != 0
                         ? v->connections
                         : parameter_get(world, id, SERVER_MAX_THREADS),
                     lanes);
    if (heap_stands(&v->heap))
        all_stand(lanes, v->heap.out != 0 ? LANE_DEAD : LANE_COLLECTS);
    for (unsigned i = 0; i < LANE_KINDS; i++)
        lanes->count += lanes->of[i];
}
