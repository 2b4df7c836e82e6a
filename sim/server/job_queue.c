/*
 * Queues of jobs.
 */
#include "sim/server/server_state.h"

void job_push(struct world *world, struct server *v, struct job_queue *queue, uint32_t job)
{
    job_at(world, v, job)->next = 0;
    if (queue->last != 0)
        job_at(world, v, queue->last)->next = job;
    else
        queue->first = job;
    queue->last = job;
    queue->count++;
}

uint32_t job_pop(struct world *world, struct server *v, struct job_queue *queue)
{
    uint32_t job = queue->first;
    if (job == 0)
        return 0;
    queue->first = job_at(world, v, job)->next;
    if (queue->first == 0)
        queue->last = 0;
    job_at(world, v, job)->next = 0;
    queue->count--;
    return job;
}
