/*
 * op=location: each connection follows something that moves every `update`, and polls for it, polls
 * long, or is told over a WebSocket.
 *
 * What moves and who polls have phases of their own, drawn once.  A move that is seen counts its
 * delay; moves before the first answer do not count.
 */
#include "sim/traffic/crowd.h"

__extension__ typedef unsigned __int128 u128;

static enum client_mode mode_of(const struct world *world, uint32_t id)
{
    return (enum client_mode)client_of(world, id)->crowd.mode;
}

static uint64_t every_of(const struct world *world, uint32_t id)
{
    return client_of(world, id)->crowd.update_ns;
}

/* A moment within `every_ns`, of its own for each number: a random one for the first, the others
 * spread between (Roberts' R2 sequence, its two steps in 2^-64), so that what many see on average
 * is not the luck of a draw. */
#define STEP_OF_MOVES 0xC13FA9A902A6328Full
#define STEP_OF_POLLS 0x91E10DA5C79E7B1Cull
static uint64_t moment_of(uint64_t start, uint32_t number, uint64_t step, uint64_t every_ns)
{
    return (uint64_t)(((u128)(start + number * step) * every_ns) >> 64);
}

static struct view *view_need(struct world *world, uint32_t id, uint32_t number)
{
    struct client *c = client_of(world, id);
    struct view *view = view_at(world, c, number);
    if (view->at_ns == 0)
        view->at_ns = 1 + moment_of(c->crowd.moves, number, STEP_OF_MOVES, every_of(world, id));
    return view;
}

/* --- asking --------------------------------------------------------------------------------- */

static void ask(struct world *world, uint32_t id, uint32_t number)
{
    struct client *c = client_of(world, id);
    const struct view *view = view_need(world, id, number);
    bool awaits = mode_of(world, id) == CLIENT_POLLS_LONG;
    const struct message asks = {.bytes = POSITION_ASK_BYTES,
                                 .type = awaits ? POSITION_AWAIT : POSITION_ASK,
                                 .a = every_of(world, id),
                                 .b = view->seen_ns,
                                 .c = view->at_ns - 1,
                                 .d = ws_who_pack(member_who(world, id, number))};
    if (!tcp_send(world, member_at(world, c, number)->socket, id, &asks))
        return;
    c->crowd.requests++;
    c->crowd.bytes += asks.bytes;
    if (!awaits) /* a long poll's answer comes when it comes */
        member_asks(world, id, number);
}

void location_connected(struct world *world, uint32_t id, uint32_t number)
{
    const struct view *view = view_need(world, id, number);
    const struct message upgrade = {.bytes = WS_UPGRADE_BYTES,
                                    .type = WS_UPGRADE,
                                    .a = every_of(world, id),
                                    .c = view->at_ns - 1,
                                    .d = ws_who_pack(member_who(world, id, number))};
    if (mode_of(world, id) == CLIENT_IS_TOLD)
        tcp_send(world, member_at(world, client_of(world, id), number)->socket, id, &upgrade);
    else
        member_opened(world, id, number);
}

void location_opened(struct world *world, uint32_t id, uint32_t number)
{
    struct client *c = client_of(world, id);
    struct view *view = view_need(world, id, number);
    switch (mode_of(world, id)) {
    case CLIENT_POLLS:
        if (member_at(world, c, number)->due_ns != 0)
            ask(world, id, number); /* its poll was due */
        else
            member_wait(world, id, number,
                        moment_of(c->crowd.polls, number, STEP_OF_POLLS,
                                  parameter_get(world, id, CLIENT_INTERVAL)));
        break;
    case CLIENT_POLLS_LONG:
        ask(world, id, number);
        break;
    case CLIENT_IS_TOLD: /* from the 101 on */
        view->seen_ns = position_move(world->now_ns, view->at_ns - 1, every_of(world, id));
        if (view->first_ns == 0)
            view->first_ns = view->seen_ns + 1;
        break;
    }
}

void location_due(struct world *world, uint32_t id, uint32_t number)
{
    const struct member *m = member_at(world, client_of(world, id), number);
    member_wait(world, id, number, parameter_get(world, id, CLIENT_INTERVAL));
    if (m->state == MEMBER_RESTING)
        member_connect(world, id, number);
    else if (m->state == MEMBER_OPEN && !m->asked)
        ask(world, id, number);
}

/* Its polls go on as they would have. */
bool location_rests(struct world *world, uint32_t id, uint32_t number)
{
    struct client *c = client_of(world, id);
    struct member *m = member_at(world, c, number);
    if (mode_of(world, id) != CLIENT_POLLS || number > c->crowd.begun)
        return false;
    uint64_t wait_ns = parameter_get(world, id, CLIENT_INTERVAL);
    if (m->due_ns > world->now_ns)
        wait_ns = m->due_ns - world->now_ns;
    m->state = MEMBER_RESTING;
    m->tries = 0;
    member_wait(world, id, number, wait_ns);
    return true;
}

/* --- seeing --------------------------------------------------------------------------------- */

static void seen(struct world *world, uint32_t id, uint32_t number, const struct message *message)
{
    struct client *c = client_of(world, id);
    struct view *view = view_at(world, c, number);
    c->crowd.bytes += message->bytes;
    if (view->first_ns != 0 && message->b > view->seen_ns) {
        uint64_t delay_ns = world->now_ns - message->b;
        c->crowd.updates_seen++;
        histogram_record(&world->region, &c->latency, delay_ns);
        recent_add(world, &c->recent, delay_ns);
    }
    if (view->first_ns == 0)
        view->first_ns = message->b + 1;
    view->seen_ns = message->b > view->seen_ns ? message->b : view->seen_ns;
}

static void answered(struct world *world, uint32_t id, uint32_t number,
                     const struct message *message)
{
    bool closes =
        (message->flags & HTTP_FLAG_CLOSE) != 0 || parameter_get(world, id, CLIENT_KEEPALIVE) == 0;
    bool polls = mode_of(world, id) == CLIENT_POLLS;
    member_answered(world, id, number);
    if (message->type == POSITION)
        seen(world, id, number, message);
    if (message->type != POSITION) {
        member_lost(world, id, number);
        return;
    }
    if (closes) {
        member_close(world, id, number);
        if (!location_rests(world, id, number))
            member_connect(world, id, number);
    } else if (!polls) {
        ask(world, id, number);
    }
}

void location_heard(struct world *world, uint32_t id, uint32_t number,
                    const struct message *message)
{
    static const struct message pong = {.bytes = WS_PONG_BYTES, .type = WS_PONG};
    uint32_t socket = member_at(world, client_of(world, id), number)->socket;
    switch (message->type) {
    case WS_POSITION:
        seen(world, id, number, message);
        break;
    case WS_SWITCHED:
        member_opened(world, id, number);
        break;
    case WS_PING:
        tcp_send(world, socket, id, &pong);
        break;
    case POSITION:
    case HTTP_RESPONSE:
        answered(world, id, number, message);
        break;
    case WS_DELIVERY: /* said in its room when it still was op=ws, to the connection before */
        deliveries_lost(world, message);
        break;
    default:
        member_lost(world, id, number);
        break;
    }
}

/* --- counting ------------------------------------------------------------------------------- */

static uint64_t updates_of(const struct world *world, uint32_t id, uint32_t number)
{
    const struct view *view = view_at(world, client_of(world, id), number);
    uint64_t every_ns = every_of(world, id), at_ns = view->at_ns - 1;
    if (view->first_ns == 0)
        return 0;
    return position_moves(world->now_ns, at_ns, every_ns) -
           position_moves(view->first_ns - 1, at_ns, every_ns);
}

uint64_t location_updates(const struct world *world, uint32_t id)
{
    const struct client *c = client_of(world, id);
    uint64_t updates = c->crowd.updates_before;
    for (uint32_t number = 1; c->crowd.views != 0 && number <= c->crowd.limit; number++)
        updates += updates_of(world, id, number);
    return updates;
}

void location_forget(struct world *world, uint32_t id, uint32_t number)
{
    struct client *c = client_of(world, id);
    c->crowd.updates_before += updates_of(world, id, number);
    *view_at(world, c, number) = (struct view){0};
}

void location_end(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    c->crowd.updates_before = location_updates(world, id);
    if (c->crowd.views != 0)
        arena_give(&world->region, c->crowd.views, (uint64_t)c->crowd.limit * sizeof(struct view));
    c->crowd.views = 0;
}
