/*
 * The life of a request: due, tried, perhaps tried again, and ended once.
 *
 * sent = acked + refused + timed_out + in_flight, always.
 */
#include "sim/traffic/client.h"

#include "sim/store/ledger.h"
#include "sim/store/protocol.h"

_Static_assert(sizeof(struct request) == CLIENT_REQUEST_BYTES, "the catalog's item size");

/* --- lists ------------------------------------------------------------------------------------ */

/* The queue that a request stands in. */
static struct row_links queue_links(const struct world *world)
{
    return ROW_LINKS(struct request, next, request_at(world, 1));
}

/* The client's list that it stands in. */
static struct row_links list_links(const struct world *world)
{
    return ROW_LINKS(struct request, before, request_at(world, 1));
}

void request_push(struct world *world, struct row_list *queue, uint32_t request)
{
    row_queue_push(queue_links(world), queue, request);
}

uint32_t request_pop(struct world *world, struct row_list *queue)
{
    return row_queue_pop(queue_links(world), queue);
}

/* Mostly it is the first. */
void request_take(struct world *world, struct row_list *queue, uint32_t request)
{
    uint32_t before = 0, i = queue->first;
    for (; i != request; i = request_at(world, i)->next)
        before = i;
    uint32_t next = request_at(world, request)->next;
    if (before != 0)
        request_at(world, before)->next = next;
    else
        queue->first = next;
    if (queue->last == request)
        queue->last = before;
    request_at(world, request)->next = 0;
}

/* --- due and tried --------------------------------------------------------------------------- */

static uint16_t request_type(uint64_t op)
{
    static const uint16_t types[] = {[CLIENT_SET] = RESP_SET,
                                     [CLIENT_GET] = RESP_GET,
                                     [CLIENT_INCR] = RESP_INCR,
                                     [CLIENT_DEL] = RESP_DEL,
                                     [CLIENT_OP_HTTP] = HTTP_REQUEST};
    return types[op];
}

/* A read of unique keys asks for one of those written so far. */
static uint64_t request_key(struct world *world, uint32_t id, uint64_t write)
{
    struct client *c = client_of(world, id);
    uint64_t keys = parameter_get(world, id, CLIENT_KEYS);
    if (keys != CLIENT_KEYS_UNIQUE)
        return stream_below(&c->keys, keys);
    return write != 0 ? write : 1 + stream_below(&c->keys, world->writes);
}

static void request_try(struct world *world, uint32_t id, uint32_t request)
{
    struct client *c = client_of(world, id);
    struct request *r = request_at(world, request);
    r->tries++;
    r->attempt_ns = world->now_ns;
    r->state = REQUEST_WAITING;
    row_list_put_last(list_links(world), &c->open, request);
    request_push(world, &c->waiting, request);
    c->waiting_count++;
}

void request_due(struct world *world, uint32_t id, bool user)
{
    uint32_t request = slab_take(&world->region, SLAB_REQUEST);
    if (request == 0)
        return; /* the region is full: the world stops */
    struct client *c = client_of(world, id);
    struct request *r = request_at(world, request);
    r->client = id;
    r->user = user;
    r->due_ns = world->now_ns;
    r->type = request_type(parameter_get(world, id, CLIENT_OP));
    r->value_bytes = r->type == RESP_SET ? (uint32_t)parameter_get(world, id, CLIENT_VALUE) : 0;
    bool reads = r->type == RESP_GET || r->type == HTTP_REQUEST;
    c->sent++;
    c->in_flight++;
    r->write = reads ? 0 : ledger_write(world, id);
    r->key = r->type == HTTP_REQUEST ? c->sent : request_key(world, id, r->write);
    if (r->write != 0)
        trace(world, id, TRACE_WRITE_SENT, r->write, r->key);
    request_try(world, id, request);
}

/* --- delays ------------------------------------------------------------------------------ */

static void request_delay(struct world *world, uint32_t id, uint32_t request,
                          enum request_state state, uint64_t delay_ns)
{
    struct request *r = request_at(world, request);
    struct payload payload = {.u32 = {request}};
    r->state = (uint16_t)state;
    r->event = world_after(world, delay_ns, id, CLIENT_EVENT_DELAYED, &payload);
    row_list_put_last(list_links(world), &client_of(world, id)->delayed, request);
}

void request_think(struct world *world, uint32_t id, uint32_t users, uint64_t delay_ns)
{
    uint32_t request = slab_take(&world->region, SLAB_REQUEST);
    if (request == 0)
        return;
    request_at(world, request)->client = id;
    request_at(world, request)->user = users;
    request_delay(world, id, request, REQUEST_THINKING, delay_ns);
}

static void request_end_delay(struct world *world, uint32_t id, uint32_t request)
{
    struct client *c = client_of(world, id);
    row_list_take_out(list_links(world), &c->delayed, request);
    struct request *r = request_at(world, request);
    if (r->state == REQUEST_THINKING) {
        uint32_t users = r->user;
        slab_give(&world->region, SLAB_REQUEST, request);
        arrival_users_due(world, id, users);
        return;
    }
    c->retries++;
    if (r->write != 0)
        trace(world, id, TRACE_WRITE_RETRIED, r->write, r->tries + 1);
    else if (r->type == HTTP_REQUEST)
        trace(world, id, TRACE_REQUEST_RETRIED, r->key, r->tries + 1);
    request_try(world, id, request);
}

void request_delay_over(struct world *world, uint32_t id, uint32_t request)
{
    request_at(world, request)->event = 0;
    if (client_of(world, id)->state == CLIENT_RUNNING)
        request_end_delay(world, id, request);
}

void request_thaw(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint32_t last = c->delayed.last; /* what is delayed anew comes after it */
    for (uint32_t i = c->delayed.first; i != 0;) {
        uint32_t next = i == last ? 0 : request_at(world, i)->after;
        if (request_at(world, i)->event == 0)
            request_end_delay(world, id, i);
        i = next;
    }
}

/* --- ends -------------------------------------------------------------------------------- */

static void request_end(struct world *world, uint32_t id, uint32_t request,
                        enum request_outcome how)
{
    struct client *c = client_of(world, id);
    struct request *r = request_at(world, request);
    uint64_t write = r->write;
    c->in_flight--;
    if (request_is_refused(how))
        c->refused++;
    else if (how == REQUEST_TIMED_OUT)
        c->timed_out++;
    if (write != 0 && request_is_refused(how)) {
        ledger_end(world, write, LEDGER_REFUSED);
        trace(world, id, TRACE_WRITE_REFUSED, write, how);
    } else if (write != 0 && how == REQUEST_TIMED_OUT) {
        ledger_end(world, write, LEDGER_TIMED_OUT);
        trace(world, id, TRACE_WRITE_TIMED_OUT, write, 0);
    } else if (r->type == HTTP_REQUEST && how != REQUEST_ACKED) {
        trace(world, id, TRACE_REQUEST_FAILED, r->key, how);
    }
    if (r->event != 0)
        world_cancel(world, r->event);
    slab_give(&world->region, SLAB_REQUEST, request);
}

uint32_t request_ack(struct world *world, uint32_t id, uint32_t request, uint32_t store,
                     uint64_t position)
{
    struct client *c = client_of(world, id);
    struct request *r = request_at(world, request);
    uint64_t latency_ns = world->now_ns - r->due_ns;
    uint32_t user = r->user;
    c->acked++;
    histogram_record(&world->region, &c->latency, latency_ns);
    recent_add(world, &c->recent, latency_ns);
    if (r->write != 0) {
        ledger_ack(world, r->write, store, position);
        trace(world, id, TRACE_WRITE_ACKED, r->write, latency_ns);
    } else if (r->type == HTTP_REQUEST) {
        trace(world, id, TRACE_REQUEST_DONE, r->key, latency_ns);
    }
    row_list_take_out(list_links(world), &c->open, request);
    request_end(world, id, request, REQUEST_ACKED);
    return user;
}

/* delay, 2 delay, 4 delay ... up to the largest; full jitter: anything from nothing up to that. */
uint64_t request_retry_delay(struct world *world, uint32_t id, uint64_t tries)
{
    uint64_t delay_ns = parameter_get(world, id, CLIENT_RETRY_DELAY);
    uint64_t most_ns = parameter_get(world, id, CLIENT_RETRY_DELAY_MAX);
    if (parameter_get(world, id, CLIENT_BACKOFF) == CLIENT_BACKOFF_EXPONENTIAL) {
        for (uint64_t i = 1; i < tries && delay_ns != 0 && delay_ns < most_ns; i++)
            delay_ns *= 2;
        if (delay_ns > most_ns)
            delay_ns = most_ns;
    }
    if (parameter_get(world, id, CLIENT_JITTER) == CLIENT_JITTER_FULL)
        delay_ns = stream_below(&client_of(world, id)->jitter, delay_ns + 1);
    return delay_ns;
}

uint32_t request_fail(struct world *world, uint32_t id, uint32_t request, enum request_outcome how)
{
    struct client *c = client_of(world, id);
    struct request *r = request_at(world, request);
    uint32_t user = r->user;
    row_list_take_out(list_links(world), &c->open, request);
    r->place = 0;
    if (r->tries <= parameter_get(world, id, CLIENT_RETRY)) {
        if (r->write != 0)
            trace(world, id, TRACE_ATTEMPT_ENDED, r->write,
                  trace_attempt(r->tries, (enum refusal)how));
        request_delay(world, id, request, REQUEST_RETRYING,
                      request_retry_delay(world, id, r->tries));
        return 0;
    }
    request_end(world, id, request, how);
    return user;
}

/* --- deadlines --------------------------------------------------------------------------- */

/* One timer for all: attempts stand in the order in which they began, and `timeout` is the same for
 * all, so the first in the list has the first deadline. */
void request_arm(struct world *world, uint32_t id)
{
    static const struct payload nothing;
    struct client *c = client_of(world, id);
    uint64_t deadline_ns = pool_deadline(world, id);
    if (c->open.first != 0) {
        uint64_t attempt_ns =
            request_at(world, c->open.first)->attempt_ns + parameter_get(world, id, CLIENT_TIMEOUT);
        deadline_ns = attempt_ns < deadline_ns ? attempt_ns : deadline_ns;
    }
    if (deadline_ns == TIME_NEVER || c->state != CLIENT_RUNNING)
        return; /* a timer that still waits finds nothing to do */
    if (deadline_ns < world->now_ns)
        deadline_ns = world->now_ns; /* `timeout` became shorter, or the process was paused */
    if (c->timer != 0 && c->timer_ns <= deadline_ns)
        return;
    if (c->timer != 0)
        world_cancel(world, c->timer);
    c->timer_ns = deadline_ns;
    c->timer = world_at(world, deadline_ns, id, CLIENT_EVENT_TIMER, &nothing);
}

void request_time_out(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    uint64_t timeout_ns = parameter_get(world, id, CLIENT_TIMEOUT), begun_ns = world->now_ns;
    for (uint32_t i = c->open.first; i != 0; i = c->open.first) {
        struct request *r = request_at(world, i);
        if (r->attempt_ns + timeout_ns > begun_ns)
            break;
        if (r->state == REQUEST_ASKED) {
            pool_close(world, id, r->place, REQUEST_TIMED_OUT);
        } else {
            request_take(world, &c->waiting, i); /* the oldest attempt: it waits near the front */
            c->waiting_count--;
            arrival_users_done(world, id, request_fail(world, id, i, REQUEST_TIMED_OUT));
        }
    }
}

/* --- all at once ------------------------------------------------------------------------- */

void request_leave_loop(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    for (uint32_t i = c->open.first; i != 0; i = request_at(world, i)->after)
        request_at(world, i)->user = 0;
    for (uint32_t i = c->delayed.first, next; i != 0; i = next) {
        struct request *r = request_at(world, i);
        next = r->after;
        r->user = 0;
        if (r->state != REQUEST_THINKING)
            continue;
        row_list_take_out(list_links(world), &c->delayed, i);
        if (r->event != 0)
            world_cancel(world, r->event);
        slab_give(&world->region, SLAB_REQUEST, i);
    }
    c->users = 0;
}

/* Nobody knows what became of them: who could tell is gone. */
void request_end_all(struct world *world, uint32_t id)
{
    struct client *c = client_of(world, id);
    request_leave_loop(world, id);
    while (c->open.first != 0) {
        uint32_t request = c->open.first;
        row_list_take_out(list_links(world), &c->open, request);
        request_end(world, id, request, REQUEST_TIMED_OUT);
    }
    while (c->delayed.first != 0) {
        uint32_t request = c->delayed.first;
        row_list_take_out(list_links(world), &c->delayed, request);
        request_end(world, id, request, REQUEST_TIMED_OUT);
    }
    c->waiting = (struct row_list){0, 0};
    c->waiting_count = 0;
    if (c->timer != 0)
        world_cancel(world, c->timer);
    c->timer = 0;
    c->timer_ns = 0;
}
