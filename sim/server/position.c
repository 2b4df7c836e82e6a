/*
 * Live location: what moves, and how its viewers learn of it: they ask, they ask and are kept
 * waiting (a long poll holds no thread: Servlet 3.0 startAsync), or they are told.
 *
 * What moves is not the server's: a request says how often it does (POSITION_ASK).
 */
#include "sim/server/server_state.h"

uint64_t position_of(const struct world *world, const struct job *j)
{
    return position_move(world->now_ns, j->sent_ns, j->every_ns);
}

/* When it will move after this. */
static uint64_t next_move(const struct world *world, uint64_t at_ns, uint64_t every_ns)
{
    return at_ns % every_ns + position_moves(world->now_ns, at_ns, every_ns) * every_ns;
}

/* --- long polls ----------------------------------------------------------------------------- */

bool position_parks(struct world *world, uint32_t id, uint32_t job)
{
    struct job *j = job_at(world, server_of(world, id), job);
    const struct payload payload = {.u32 = {job}};
    if (j->type != POSITION_AWAIT || position_of(world, j) > j->body)
        return false;
    j->state = JOB_PARKED;
    j->event = world_at(world, next_move(world, j->sent_ns, j->every_ns), id, SERVER_EVENT_MOVED,
                        &payload);
    work_park(world, id, job);
    return true;
}

void position_moved(struct world *world, uint32_t id, uint32_t job)
{
    struct server *v = server_of(world, id);
    job_at(world, v, job)->event = 0;
    if (server_stands(world, id))
        v->late++;
    else
        work_back(world, id, job, 200); /* it needs a thread or a turn again */
}

/* --- pushes --------------------------------------------------------------------------------- */

static struct vehicle *vehicle_at(const struct world *world, const struct server *v,
                                  uint32_t vehicle)
{
    return (struct vehicle *)rows_at(&world->region, &v->vehicles, sizeof(struct vehicle), vehicle);
}

static void wait_for_move(struct world *world, uint32_t id, uint32_t vehicle)
{
    struct vehicle *moves = vehicle_at(world, server_of(world, id), vehicle);
    const struct payload payload = {.u32 = {vehicle}};
    moves->event = world_at(world, next_move(world, moves->at_ns, moves->every_ns), id,
                            SERVER_EVENT_PUSH, &payload);
}

void position_follow(struct world *world, uint32_t id, uint32_t channel, const struct job *j)
{
    struct server *v = server_of(world, id);
    uint32_t vehicle = rows_take(&world->region, &v->vehicles, sizeof(struct vehicle));
    if (vehicle == 0)
        return;
    *vehicle_at(world, v, vehicle) =
        (struct vehicle){.channel = channel, .every_ns = j->every_ns, .at_ns = j->sent_ns};
    channel_at(world, v, channel)->vehicle = vehicle;
    wait_for_move(world, id, vehicle);
}

void position_leave(struct world *world, uint32_t id, uint32_t channel)
{
    struct server *v = server_of(world, id);
    uint32_t vehicle = channel_at(world, v, channel)->vehicle;
    if (vehicle == 0)
        return;
    world_cancel(world, vehicle_at(world, v, vehicle)->event);
    rows_give(&world->region, &v->vehicles, sizeof(struct vehicle), vehicle);
    channel_at(world, v, channel)->vehicle = 0;
}

void position_push(struct world *world, uint32_t id, uint32_t vehicle)
{
    const struct message moved = {.type = WS_POSITION};
    wait_for_move(world, id, vehicle);
    if (!server_stands(world, id))
        work_request(world, id, vehicle_at(world, server_of(world, id), vehicle)->channel, &moved);
}

/* A reader for whom there is no room gets the next one: it says the same and more. */
void position_write(struct world *world, uint32_t id, uint32_t job)
{
    struct server *v = server_of(world, id);
    const struct channel *s = channel_at(world, v, job_at(world, v, job)->channel);
    if (s->socket != 0 && s->vehicle != 0) {
        const struct vehicle *moves = vehicle_at(world, v, s->vehicle);
        const struct message frame = {
            .bytes = (uint32_t)ws_frame_bytes(POSITION_BYTES, false),
            .type = WS_POSITION,
            .b = position_move(world->now_ns, moves->at_ns, moves->every_ns)};
        v->deliveries += tcp_send(world, s->socket, id, &frame);
    }
    work_over(world, id, job);
}

void positions_clear(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    for (uint32_t i = 1; i <= v->vehicles.used; i++)
        if (vehicle_at(world, v, i)->every_ns != 0)
            world_cancel(world, vehicle_at(world, v, i)->event);
    rows_clear(&world->region, &v->vehicles, sizeof(struct vehicle));
}
