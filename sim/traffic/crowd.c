/*
 * A crowd's connections: one after the other at connect_rate, then each for itself: lost, tried
 * again, open.
 *
 * A connection counts from its 101 on.  `timeout` runs from the beginning of an attempt up to it,
 * and is the same for all, so the one that has been connecting the longest has the first deadline.
 */
#include "sim/traffic/crowd.h"

#define MEMBERS_FIRST 16u

struct ws_who member_who(const struct world *world, uint32_t id, uint32_t number)
{
    return (struct ws_who){ws_client_key(world, id), number};
}

static bool members_reach(struct world *world, uint32_t id, uint32_t number)
{
    struct crowd *crowd = &client_of(world, id)->crowd;
    uint32_t limit = crowd->limit == 0 ? MEMBERS_FIRST : crowd->limit;
    while (limit < number)
        limit *= 2;
    if (limit == crowd->limit)
        return true;
    uint64_t old_bytes = (uint64_t)crowd->limit * sizeof(struct member);
    uint64_t bytes = (uint64_t)limit * sizeof(struct member);
    ref at = crowd->members == 0 ? arena_take(&world->region, bytes)
                                 : arena_grow(&world->region, crowd->members, old_bytes, bytes);
    if (at == 0)
        return false;
    crowd->members = at;
    if (crowd->is_location) {
        ref views =
            arena_grow(&world->region, crowd->views, (uint64_t)crowd->limit * sizeof(struct view),
                       (uint64_t)limit * sizeof(struct view));
        if (views == 0)
            return false;
        crowd->views = views;
    }
    crowd->limit = limit;
    return true;
}

/* --- what a member waits for ---------------------------------------------------------------- */

void member_wait(struct world *world, uint32_t id, uint32_t number, uint64_t delay_ns)
{
    const struct payload payload = {.u32 = {number}};
    struct member *m = member_at(world, client_of(world, id), number);
    m->due_ns = world->now_ns + delay_ns;
    m->event = world_at(world, m->due_ns, id, CLIENT_EVENT_MEMBER, &payload);
}

void member_cancel(struct world *world, uint32_t id, uint32_t number)
{
    struct member *m = member_at(world, client_of(world, id), number);
    if (m->event != 0)
        world_cancel(world, m->event);
    m->event = 0;
}

/* --- those that connect --------------------------------------------------------------------- */

static struct row_links connecting_links(const struct world *world, const struct client *c)
{
    return ROW_LINKS(struct member, before, member_at(world, c, 1));
}

static void connecting_add(struct world *world, struct client *c, uint32_t number)
{
    row_list_put_last(connecting_links(world, c), &c->crowd.connecting, number);
}

static void connecting_remove(struct world *world, struct client *c, uint32_t number)
{
    row_list_take_out(connecting_links(world, c), &c->crowd.connecting, number);
}

static void crowd_arm(struct world *world, uint32_t id)
{
    static const struct payload nothing;
    struct client *c = client_of(world, id);
    if (c->crowd.connecting.first == 0 || c->state != CLIENT_RUNNING)
        return; /* a timer that still waits finds nothing to do */
    uint64_t due_ns = member_at(world, c, c->crowd.connecting.first)->since_ns +
                      parameter_get(world, id, CLIENT_TIMEOUT);
    if (due_ns < world->now_ns)
        due_ns = world->now_ns;
    if (c->timer != 0 && c->timer_ns <= due_ns)
        return;
    if (c->timer != 0)
        world_cancel(world, c->timer);
    c->timer_ns = due_ns;
    c->timer = world_at(world, due_ns, id, CLIENT_EVENT_TIMER, &nothing);
}

void member_connect(struct world *world, uint32_t id, uint32_t number)
{
    struct client *c = client_of(world, id);
    struct member *m = member_at(world, c, number);
    const struct tcp_options options = speak_options(world, id);
    uint32_t to = component_find(world, parameter_text(world, id, CLIENT_TO));
    bool there = component_is_process(world, to);
    m->state = MEMBER_CONNECTING;
    m->since_ns = world->now_ns;
    m->to = to;
    m->tries++;
    connecting_add(world, c, number);
    m->socket = there ? tcp_connect(world, id, to, &options) : 0;
    if (m->socket != 0)
        tcp_set_cookie(world, m->socket, id, number);
}

/* --- ends ------------------------------------------------------------------------------------ */

void member_close(struct world *world, uint32_t id, uint32_t number)
{
    struct client *c = client_of(world, id);
    struct member *m = member_at(world, c, number);
    if (m->state == MEMBER_CONNECTING || m->asked)
        connecting_remove(world, c, number);
    m->asked = 0;
    c->connected -= m->state == MEMBER_OPEN;
    if (m->socket != 0)
        tcp_close(world, m->socket, id);
    m->socket = 0;
    member_cancel(world, id, number);
}

static void member_retry(struct world *world, uint32_t id, uint32_t number)
{
    struct client *c = client_of(world, id);
    struct member *m = member_at(world, c, number);
    if (number > c->crowd.begun) {
        m->state = MEMBER_NEW;
        m->tries = 0;
        return;
    }
    uint64_t tries = m->tries == 0 ? 1 : m->tries; /* lost while it was open: the first retry */
    m->state = tries > parameter_get(world, id, CLIENT_RETRY) ? MEMBER_GONE : MEMBER_RETRYING;
    if (m->state == MEMBER_GONE)
        return;
    c->retries++;
    member_wait(world, id, number, request_retry_delay(world, id, tries));
}

void member_lost(struct world *world, uint32_t id, uint32_t number)
{
    struct client *c = client_of(world, id);
    const struct member *m = member_at(world, c, number);
    if (m->state == MEMBER_CONNECTING) {
        c->connect_failures++;
        trace(world, id, TRACE_CONNECT_FAILED, m->to, 0);
    } else if (m->state == MEMBER_OPEN) {
        trace(world, id, TRACE_CONNECTION_LOST, m->to, 0);
    }
    member_close(world, id, number);
    if (!c->crowd.is_location || !location_rests(world, id, number))
        member_retry(world, id, number);
}

void member_asks(struct world *world, uint32_t id, uint32_t number)
{
    struct client *c = client_of(world, id);
    struct member *m = member_at(world, c, number);
    m->since_ns = world->now_ns;
    m->asked = 1;
    connecting_add(world, c, number);
}

void member_answered(struct world *world, uint32_t id, uint32_t number)
{
    struct client *c = client_of(world, id);
    struct member *m = member_at(world, c, number);
    if (m->asked)
        connecting_remove(world, c, number);
    m->asked = 0;
}

void member_opened(struct world *world, uint32_t id, uint32_t number)
{
    struct client *c = client_of(world, id);
    struct member *m = member_at(world, c, number);
    connecting_remove(world, c, number);
    m->state = MEMBER_OPEN;
    m->tries = 0;
    c->connected++;
    c->connects++;
    histogram_record(&world->region, &c->crowd.connect_times, world->now_ns - m->since_ns);
    trace(world, id, TRACE_WS_CONNECTED, m->to, number);
    if (c->crowd.is_location)
        location_opened(world, id, number);
    else
        chat_opened(world, id, number);
}

/* --- all of them ----------------------------------------------------------------------------- */

static uint32_t crowd_wanted(const struct world *world, uint32_t id)
{
    return (uint32_t)parameter_get(world, id, CLIENT_CONNECTIONS);
}

static void crowd_open_next(struct world *world, uint32_t id)
{
    struct crowd *crowd = &client_of(world, id)->crowd;
    if (!members_reach(world, id, crowd->begun + 1))
        return;
    crowd->begun++;
    if (member_at(world, client_of(world, id), crowd->begun)->state == MEMBER_NEW)
        member_connect(world, id, crowd->begun);
}

/* Those whose turn it is; the next one's event. */
static void crowd_go_on(struct world *world, uint32_t id)
{
    static const struct payload nothing;
    struct client *c = client_of(world, id);
    uint64_t rate = parameter_get(world, id, CLIENT_CONNECT_RATE);
    if (c->state != CLIENT_RUNNING || c->arrival != 0)
        return;
    while (c->begun && rate == CLIENT_RATE_MAX && c->crowd.begun < crowd_wanted(world, id) &&
           !world->region.full)
        crowd_open_next(world, id);
    if (c->crowd.begun >= crowd_wanted(world, id) || rate == 0)
        return;
    c->due_ns = world->now_ns + c->ahead_ns;
    c->arrival = world_at(world, c->due_ns, id, CLIENT_EVENT_ARRIVAL, &nothing);
}

void crowd_begin(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint64_t start_ns = parameter_get(world, id, CLIENT_START);
    c->begun = 1;
    c->rest = 0;
    c->ahead_ns = start_ns > world->now_ns ? start_ns - world->now_ns : 0;
    c->crowd.send_rate = parameter_get(world, id, CLIENT_SEND);
    c->crowd.is_location = parameter_get(world, id, CLIENT_OP) == CLIENT_OP_LOCATION;
    c->crowd.mode = (uint32_t)parameter_get(world, id, CLIENT_MODE);
    c->crowd.update_ns = parameter_get(world, id, CLIENT_UPDATE);
    if (c->ahead_ns != 0 && parameter_get(world, id, CLIENT_CONNECT_RATE) == CLIENT_RATE_MAX) {
        static const struct payload nothing;
        c->due_ns = start_ns;
        c->arrival = world_at(world, start_ns, id, CLIENT_EVENT_ARRIVAL, &nothing);
        return;
    }
    crowd_go_on(world, id);
    crowd_arm(world, id);
}

void crowd_arrival(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint64_t rate = parameter_get(world, id, CLIENT_CONNECT_RATE);
    c->arrival = 0;
    c->ahead_ns = 0;
    if (rate != CLIENT_RATE_MAX && rate != 0) {
        if (c->crowd.begun < crowd_wanted(world, id))
            crowd_open_next(world, id);
        c->rest += RATE_PERIOD % rate;
        c->ahead_ns = RATE_PERIOD / rate + c->rest / rate;
        c->rest %= rate;
    }
    crowd_go_on(world, id);
    crowd_arm(world, id);
}

void crowd_timer(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint64_t timeout_ns = parameter_get(world, id, CLIENT_TIMEOUT);
    while (c->crowd.connecting.first != 0 &&
           member_at(world, c, c->crowd.connecting.first)->since_ns + timeout_ns <= world->now_ns)
        member_lost(world, id, c->crowd.connecting.first);
    crowd_arm(world, id);
}

void crowd_member(struct world *world, uint32_t id, uint32_t number)
{
    const struct client *c = client_of(world, id);
    struct member *m = member_at(world, c, number);
    m->event = 0;
    if (m->state == MEMBER_RETRYING)
        member_connect(world, id, number);
    else if (c->crowd.is_location)
        location_due(world, id, number);
    else if (m->state == MEMBER_OPEN)
        chat_due(world, id, number);
    crowd_arm(world, id);
}

/* Who is too many says goodbye; who is missing comes. */
static void crowd_count_changed(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint32_t wanted = crowd_wanted(world, id), begun = c->crowd.begun;
    c->crowd.begun = wanted < begun ? wanted : begun;
    for (uint32_t number = c->crowd.begun + 1; number <= begun; number++) {
        struct member *m = member_at(world, c, number);
        if (c->crowd.is_location)
            location_forget(world, id, number);
        if (m->state == MEMBER_OPEN && !c->crowd.is_location) {
            chat_leave(world, id, number);
            c->connected--;
            m->state = MEMBER_LEAVING;
        } else if (m->state != MEMBER_LEAVING) {
            member_close(world, id, number);
            m->state = MEMBER_NEW;
            m->tries = 0;
        }
    }
}

/* There may be retries for those that had none left. */
static void crowd_retry_changed(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    for (uint32_t number = 1; number <= c->crowd.begun; number++)
        if (member_at(world, c, number)->state == MEMBER_GONE)
            member_retry(world, id, number);
}

void crowd_changed(struct world *world, uint32_t id, unsigned parameter)
{
    struct client *c = client_of(world, id);
    if (c->state != CLIENT_RUNNING)
        return;
    if (parameter == CLIENT_CONNECTIONS)
        crowd_count_changed(world, id);
    else if (parameter == CLIENT_RETRY)
        crowd_retry_changed(world, id);
    else if (parameter == CLIENT_SEND)
        chat_rate_changed(world, id);
    if (parameter == CLIENT_CONNECT_RATE && c->arrival != 0) {
        world_cancel(world, c->arrival);
        c->arrival = 0;
        c->ahead_ns = 0;
    }
    crowd_go_on(world, id);
    crowd_arm(world, id);
}

/* --- a process that is stopped, or gone ------------------------------------------------------ */

void crowd_freeze(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    if (c->arrival != 0) {
        world_cancel(world, c->arrival);
        c->arrival = 0;
        c->ahead_ns = c->due_ns - world->now_ns;
    }
    for (uint32_t number = 1; number <= c->crowd.limit; number++) {
        struct member *m = member_at(world, c, number);
        if (m->event == 0)
            continue;
        member_cancel(world, id, number);
        m->due_ns -= world->now_ns;
        m->frozen = 1;
    }
}

void crowd_thaw(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    for (uint32_t number = 1; number <= c->crowd.limit; number++) {
        struct member *m = member_at(world, c, number);
        bool waits =
            m->state == MEMBER_RETRYING || m->state == MEMBER_OPEN || m->state == MEMBER_RESTING;
        if (m->frozen != 0 && m->event == 0 && waits)
            member_wait(world, id, number, m->due_ns);
        m->frozen = 0;
    }
    crowd_go_on(world, id);
    crowd_arm(world, id);
}

void crowd_end(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    for (uint32_t number = 1; number <= c->crowd.limit; number++)
        member_cancel(world, id, number);
    location_end(world, id);
    if (c->crowd.members != 0)
        arena_give(&world->region, c->crowd.members,
                   (uint64_t)c->crowd.limit * sizeof(struct member));
    c->crowd.members = 0;
    c->crowd.limit = c->crowd.begun = 0;
    c->crowd.connecting = (struct row_list){0, 0};
}

void crowd_stall(struct world *world, uint32_t id, uint32_t count)
{
    struct client *c = client_of(world, id);
    for (uint32_t number = 1; number <= c->crowd.limit; number++) {
        const struct member *m = member_at(world, c, number);
        if (m->state != MEMBER_OPEN)
            continue;
        tcp_set_reading(world, m->socket, id, count == 0);
        count -= count != 0;
    }
}

/* --- what sockets tell ----------------------------------------------------------------------- */

static void crowd_readable(struct world *world, uint32_t id, uint32_t number, uint32_t socket)
{
    const struct client *c = client_of(world, id);
    struct message message;
    while (member_at(world, c, number)->socket == socket &&
           tcp_receive(world, socket, id, &message))
        if (c->crowd.is_location)
            location_heard(world, id, number, &message);
        else
            chat_heard(world, id, number, &message);
}

void crowd_socket(struct world *world, uint32_t id, uint32_t connection, enum socket_event what)
{
    struct client *c = client_of(world, id);
    uint32_t number = (uint32_t)tcp_cookie(world, connection, id);
    if (number == 0 || number > c->crowd.limit || member_at(world, c, number)->socket != connection)
        return;
    switch (what) {
    case SOCKET_CONNECTED:
        if (c->crowd.is_location)
            location_connected(world, id, number);
        else
            chat_connected(world, id, number);
        break;
    case SOCKET_READABLE:
        crowd_readable(world, id, number, connection);
        break;
    case SOCKET_FAILED:
    case SOCKET_RESET:
        member_at(world, c, number)->socket = 0;
        member_lost(world, id, number);
        break;
    case SOCKET_CLOSED:
        member_lost(world, id, number);
        break;
    default:
        break;
    }
    crowd_arm(world, id);
}
