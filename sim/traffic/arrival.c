/*
 * When a client's requests are due: the open loop's grid or Poisson process, the closed loop's
 * users.
 *
 * Open loop: the next moment never depends on an answer.  Closed loop: connections x pipeline
 * users; those that were asked together on a connection make their next requests due together, when
 * the last of them has its answer and `think` is over.
 * While the process is paused nothing is due: who would ask?  It goes on with what was left.
 */
#include "sim/traffic/client.h"

__extension__ typedef unsigned __int128 u128;

static bool arrival_count_left(const struct world *world, uint32_t id)
{
    return client_of(world, id)->sent < parameter_get(world, id, CLIENT_REQUESTS);
}

static void arrival_schedule(struct world *world, uint32_t id, uint64_t time_ns)
{
    struct client *c = client_of(world, id);
    static const struct payload nothing;
    c->due_ns = time_ns;
    c->arrival = world_at(world, time_ns, id, CLIENT_EVENT_ARRIVAL, &nothing);
}

/* How long after this request the next is due.  The grid keeps the remainder, so that it never
 * drifts. */
static uint64_t arrival_gap(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    if (parameter_get(world, id, CLIENT_ARRIVAL) == CLIENT_POISSON)
        return stream_exponential(&c->arrivals, RATE_PERIOD / c->rate);
    uint64_t gap = RATE_PERIOD / c->rate;
    c->rest += RATE_PERIOD % c->rate;
    if (c->rest >= c->rate) {
        c->rest -= c->rate;
        gap++;
    }
    return gap;
}

void arrival_begin(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint64_t start_ns = parameter_get(world, id, CLIENT_START);
    c->begun = 0;
    c->rest = 0;
    c->ahead_ns = 0;
    c->users = 0;
    c->rate = parameter_get(world, id, CLIENT_RATE);
    arrival_schedule(world, id, start_ns > world->now_ns ? start_ns : world->now_ns);
}

void arrival_end(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    if (c->arrival != 0)
        world_cancel(world, c->arrival);
    c->arrival = 0;
}

void arrival_freeze(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    if (c->arrival == 0)
        return;
    c->ahead_ns = c->due_ns - world->now_ns;
    arrival_end(world, id);
}

/* Waits for what is still ahead, when there is something to wait for. */
static void arrival_go_on(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint64_t rate = parameter_get(world, id, CLIENT_RATE);
    bool waits = !c->begun || (rate != 0 && rate != CLIENT_RATE_MAX);
    if (c->state == CLIENT_RUNNING && c->arrival == 0 && waits && arrival_count_left(world, id))
        arrival_schedule(world, id, world->now_ns + c->ahead_ns);
}

/* Users that are missing begin. */
static void arrival_users(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint64_t wanted = pool_limit(world, id) * parameter_get(world, id, CLIENT_PIPELINE);
    while (c->users < wanted && arrival_count_left(world, id) && !world->region.full) {
        c->users++;
        request_due(world, id, true);
    }
}

/* The closed loop opens all its connections at its start. */
static void arrival_open_all(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint32_t limit = pool_limit(world, id);
    while (c->place_count < limit && !world->region.full)
        pool_open(world, id);
    arrival_users(world, id);
}

void arrival_thaw(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    arrival_go_on(world, id);
    if (c->begun && c->rate == CLIENT_RATE_MAX)
        arrival_users(world, id);
}

void arrival_fired(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    c->arrival = 0;
    c->begun = 1;
    c->ahead_ns = 0;
    if (c->rate == CLIENT_RATE_MAX) {
        arrival_open_all(world, id);
        return;
    }
    if (parameter_get(world, id, CLIENT_RATE) == 0 || !arrival_count_left(world, id))
        return;
    request_due(world, id, false);
    c->ahead_ns = arrival_gap(world, id);
    arrival_go_on(world, id);
}

/* From now on the other rate: what is left of the present gap is left of it at the new rate too. */
static uint64_t arrival_rescale(uint64_t ahead_ns, uint64_t from, uint64_t to)
{
    u128 ahead = (u128)ahead_ns * from / to;
    return ahead > RATE_PERIOD ? RATE_PERIOD : (uint64_t)ahead;
}

void arrival_rate_changed(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint64_t rate = parameter_get(world, id, CLIENT_RATE), old = c->rate;
    if (c->state == CLIENT_RUNNING)
        arrival_freeze(world, id);
    if (old == CLIENT_RATE_MAX && rate != CLIENT_RATE_MAX)
        request_leave_loop(world, id);
    bool open = old != CLIENT_RATE_MAX && rate != CLIENT_RATE_MAX;
    if (c->begun && open && old != 0 && rate != 0)
        c->ahead_ns = arrival_rescale(c->ahead_ns, old, rate);
    else if (c->begun && !open)
        c->ahead_ns = 0;
    if (rate != 0 || !open)
        c->rate = rate; /* at 0/s what is ahead stays reckoned at the last rate */
    c->rest = 0;
    if (c->begun && c->rate == CLIENT_RATE_MAX && c->state == CLIENT_RUNNING)
        arrival_open_all(world, id);
    arrival_go_on(world, id);
}

void arrival_count_changed(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    if (c->begun && c->state == CLIENT_RUNNING && c->rate == CLIENT_RATE_MAX)
        arrival_users(world, id);
    arrival_go_on(world, id);
}

/* There are more users than connections now, or all requests were sent. */
static bool arrival_user_retires(const struct world *world, uint32_t id)
{
    uint64_t wanted = pool_limit(world, id) * parameter_get(world, id, CLIENT_PIPELINE);
    return client_of(world, id)->users > wanted || !arrival_count_left(world, id);
}

void arrival_users_due(struct world *world, uint32_t id, uint32_t count)
{
    for (; count > 0; count--)
        if (arrival_user_retires(world, id))
            client_of(world, id)->users--;
        else
            request_due(world, id, true);
}

void arrival_users_done(struct world *world, uint32_t id, uint32_t count)
{
    uint64_t think_ns = parameter_get(world, id, CLIENT_THINK);
    for (; count > 0 && arrival_user_retires(world, id); count--)
        client_of(world, id)->users--;
    if (think_ns == 0 || count == 0)
        arrival_users_due(world, id, count);
    else
        request_think(world, id, count, think_ns);
}
