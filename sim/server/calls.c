/*
 * A server that asks another component while it works on a request: a pool of connections, its
 * patience, and what it does without an answer.
 *
 * A call waits for a line: one that idles (who was used last is used first, as connection pools
 * do), or a new one while there are fewer than calls_connections.  calls_timeout runs from the
 * moment the call is due, waiting and connecting included; a call that timed out takes its line
 * with it, as nobody knows what would come on it.  A call that failed is answered 502, one without
 * an answer 504; with calls_optional=yes the request is served all the same.
 *
 * With via= each new line asks a sentinel for the master first, as clients do (sim/traffic/pool.c).
 */
#include <string.h>

#include "sim/server/server_state.h"
#include "sim/store/ledger.h"
#include "sim/store/protocol.h"
#include "sim/store/sentinel.h"

/* --- who is asked --------------------------------------------------------------------------- */

bool calls_check(struct world *world, uint32_t id, const uint64_t *values, struct error *error)
{
    const char *name = string_at(world, (ref)values[SERVER_CALLS]);
    const char *via = string_at(world, (ref)values[SERVER_VIA]);
    if (strcmp(via, parameter_text(world, id, SERVER_VIA)) != 0 &&
        !sentinel_check_names(world, via, SERVER_VIA, error))
        return false;
    if (name[0] == 0 || strcmp(name, parameter_text(world, id, SERVER_CALLS)) == 0)
        return true; /* what it names may have been removed */
    uint32_t to = component_find(world, name);
    if (to == 0)
        return error_set(error, ERROR_NOTHING_NAMED, SERVER_CALLS, name, NULL, NULL, NULL);
    uint16_t kind = component_at(world, to)->kind;
    return kind == KIND_STORE || kind == KIND_SERVER || kind == KIND_BALANCER ||
           error_set(error, ERROR_SERVER_CALLS, SERVER_CALLS, name, component_kind(world, to)->name,
                     NULL, NULL);
}

static const char *via_of(const struct world *world, uint32_t id)
{
    return parameter_text(world, id, SERVER_VIA);
}

bool calls_wanted(const struct world *world, uint32_t id)
{
    return parameter_text(world, id, SERVER_CALLS)[0] != 0 || via_of(world, id)[0] != 0;
}

uint32_t calls_lead_to(const struct world *world, uint32_t id)
{
    if (via_of(world, id)[0] == 0)
        return component_find(world, parameter_text(world, id, SERVER_CALLS));
    uint32_t told = sentinel_ask(world, via_of(world, id));
    return told != 0 ? told : server_of(world, id)->told;
}

/* --- lines ---------------------------------------------------------------------------------- */

static void line_drop(struct world *world, uint32_t id, uint32_t line)
{
    struct server *v = server_of(world, id);
    struct line *l = line_at(world, v, line);
    if (l->socket != 0)
        tcp_close(world, l->socket, id);
    if (l->state == LINE_IDLE) {
        uint32_t *at = &v->line_idle;
        while (*at != line)
            at = &line_at(world, v, *at)->next;
        *at = l->next;
    }
    v->line_count--;
    rows_give(&world->region, &v->lines, sizeof *l, line);
}

/* Its call is answered: it waits for the next one. */
static void line_rest(struct world *world, uint32_t id, uint32_t line, bool closes)
{
    struct server *v = server_of(world, id);
    struct line *l = line_at(world, v, line);
    l->job = 0;
    if (closes || l->old != 0 ||
        v->line_count > parameter_get(world, id, SERVER_CALLS_CONNECTIONS)) {
        line_drop(world, id, line);
        return;
    }
    l->state = LINE_IDLE;
    l->next = v->line_idle;
    v->line_idle = line;
}

/* Where there is nobody, silence until the patience is over. */
static void line_connect(struct world *world, uint32_t id, uint32_t line, uint32_t to)
{
    static const struct tcp_options options = {.nodelay = true};
    struct line *l = line_at(world, server_of(world, id), line);
    l->to = to;
    l->socket = 0;
    if (component_is_process(world, to))
        l->socket = tcp_connect(world, id, to, &options);
    if (l->socket != 0)
        tcp_set_cookie(world, l->socket, id, (uint64_t)SERVER_SOCKET_LINE << 32 | line);
}

static void line_ask_sentinel(struct world *world, uint32_t id, uint32_t line)
{
    line_connect(world, id, line,
                 sentinel_turn(world, via_of(world, id), server_of(world, id)->ask));
}

static bool line_open(struct world *world, uint32_t id, uint32_t job)
{
    struct server *v = server_of(world, id);
    uint32_t line = rows_take(&world->region, &v->lines, sizeof(struct line));
    if (line == 0)
        return false; /* the region is full: the world stops */
    bool asks = via_of(world, id)[0] != 0;
    *line_at(world, v, line) =
        (struct line){.job = job, .turn = v->ask, .state = asks ? LINE_ASKS : LINE_CONNECTS};
    job_at(world, v, job)->line = line;
    v->line_count++;
    if (asks)
        line_ask_sentinel(world, id, line);
    else
        line_connect(world, id, line,
                     component_find(world, parameter_text(world, id, SERVER_CALLS)));
    return true;
}

/* --- the end of a call ---------------------------------------------------------------------- */

/* why: enum refusal, 0: it is answered well. */
static void call_over(struct world *world, uint32_t id, uint32_t job, unsigned why)
{
    struct server *v = server_of(world, id);
    struct job *j = job_at(world, v, job);
    uint32_t status = 200;
    if (j->event != 0)
        world_cancel(world, j->event);
    j->event = 0;
    j->line = 0;
    if (why != 0) {
        v->calls_failed++;
        trace(world, id, TRACE_CALL_FAILED, j->number, why);
        if (j->write != 0)
            ledger_end(world, j->write,
                       why == REFUSED_TIMED_OUT ? LEDGER_TIMED_OUT : LEDGER_REFUSED);
        if (parameter_get(world, id, SERVER_CALLS_OPTIONAL) != 0)
            v->served_without++;
        else
            status = why == REFUSED_TIMED_OUT ? 504 : 502;
    }
    j->write = 0;
    work_back(world, id, job, status);
}

/* The line is gone, or goes: its call came to nothing. */
static void line_fail(struct world *world, uint32_t id, uint32_t line, unsigned why)
{
    uint32_t job = line_at(world, server_of(world, id), line)->job;
    line_drop(world, id, line);
    if (job != 0)
        call_over(world, id, job, why);
}

void calls_time_out(struct world *world, uint32_t id, uint32_t job)
{
    struct server *v = server_of(world, id);
    struct job *j = job_at(world, v, job);
    j->event = 0;
    if (server_stands(world, id)) {
        v->late++;
        return;
    }
    if (j->line != 0) {
        const struct line *l = line_at(world, v, j->line);
        /* A silent sentinel is not asked first again. */
        v->ask += l->state == LINE_ASKS && v->ask == l->turn + l->tried;
        line_fail(world, id, j->line, REFUSED_TIMED_OUT);
        return;
    }
    struct job_queue others = {0};
    for (uint32_t i = job_pop(world, v, &v->calling); i != 0; i = job_pop(world, v, &v->calling))
        if (i != job)
            job_push(world, v, &others, i);
    v->calling = others;
    call_over(world, id, job, REFUSED_TIMED_OUT);
}

/* --- what is said --------------------------------------------------------------------------- */

static void ask_http(struct world *world, uint32_t id, const struct line *l, const struct job *j)
{
    const struct message ask = {.bytes = http_request_bytes(HTTP_1_1, HTTP_NO_HEADER, true),
                                .type = HTTP_REQUEST,
                                .flags = HTTP_1_1,
                                .a = j->number};
    tcp_send(world, l->socket, id, &ask);
}

static void ask_store(struct world *world, uint32_t id, const struct line *l, struct job *j)
{
    static const uint16_t types[] = {RESP_GET, RESP_SET, RESP_INCR};
    struct server *v = server_of(world, id);
    uint16_t type = types[parameter_get(world, id, SERVER_CALLS_OP)];
    uint64_t keys = parameter_get(world, id, SERVER_CALLS_KEYS);
    uint64_t value = type == RESP_SET ? parameter_get(world, id, SERVER_CALLS_VALUE) : 0;
    j->write = type == RESP_GET ? 0 : ledger_write(world, id);
    uint64_t key = j->write; /* calls_keys=unique */
    if (keys != 0 || j->write == 0)
        key = stream_below(&v->keys, keys != 0 ? keys : 1 + world->writes);
    const struct message ask = {.bytes = resp_request_bytes((enum resp_type)type, key, value),
                                .type = type,
                                .a = key,
                                .b = j->write,
                                .c = value};
    if (j->write != 0)
        trace(world, id, TRACE_WRITE_SENT, j->write, key);
    tcp_send(world, l->socket, id, &ask);
}

static void line_ask(struct world *world, uint32_t id, uint32_t line)
{
    struct server *v = server_of(world, id);
    struct line *l = line_at(world, v, line);
    struct job *j = job_at(world, v, l->job);
    l->state = LINE_BUSY;
    trace(world, id, TRACE_CALLED, j->number, l->to);
    if (component_at(world, l->to)->kind == KIND_STORE)
        ask_store(world, id, l, j);
    else
        ask_http(world, id, l, j);
}

void calls_begin(struct world *world, uint32_t id, uint32_t job)
{
    struct server *v = server_of(world, id);
    struct job *j = job_at(world, v, job);
    struct payload payload = {.u32 = {job}};
    v->calls++;
    j->state = JOB_CALLS;
    j->event = world_after(world, parameter_get(world, id, SERVER_CALLS_TIMEOUT), id,
                           SERVER_EVENT_CALL, &payload);
    job_push(world, v, &v->calling, job);
}

bool calls_settle(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    uint32_t line = v->line_idle;
    if (v->calling.jobs.first == 0)
        return false;
    if (line == 0)
        return v->line_count < parameter_get(world, id, SERVER_CALLS_CONNECTIONS) &&
               line_open(world, id, job_pop(world, v, &v->calling));
    struct line *l = line_at(world, v, line);
    v->line_idle = l->next;
    l->next = 0;
    l->job = job_pop(world, v, &v->calling);
    job_at(world, v, l->job)->line = line;
    line_ask(world, id, line);
    return true;
}

/* --- what is heard -------------------------------------------------------------------------- */

static unsigned refusal_of(const struct message *answer)
{
    if (answer->type >= HTTP_REQUEST)
        return answer->c < 400 ? 0 : REFUSED_STATUS;
    return resp_refusal((enum resp_type)answer->type);
}

static void line_answered(struct world *world, uint32_t id, uint32_t line,
                          const struct message *answer)
{
    struct server *v = server_of(world, id);
    const struct line *l = line_at(world, v, line);
    bool http = answer->type >= HTTP_REQUEST;
    if (l->state != LINE_BUSY || (http && (answer->flags & HTTP_FLAG_LAST) == 0))
        return;
    uint32_t job = l->job;
    unsigned why = refusal_of(answer);
    uint64_t write = job_at(world, v, job)->write;
    if (write != 0 && why == 0) {
        ledger_ack(world, write, l->to, answer->c);
        trace(world, id, TRACE_WRITE_ACKED, write, world->now_ns - job_at(world, v, job)->since_ns);
    }
    line_rest(world, id, line, http && (answer->flags & HTTP_FLAG_CLOSE) != 0);
    call_over(world, id, job, why);
}

/* The sentinel says where the master is: the line goes on to it. */
static void line_told(struct world *world, uint32_t id, uint32_t line, const struct message *answer)
{
    struct server *v = server_of(world, id);
    struct line *l = line_at(world, v, line);
    tcp_close(world, l->socket, id);
    l->state = LINE_CONNECTS;
    v->told = (uint32_t)answer->a;
    line_connect(world, id, line, v->told);
}

/* No connection to a sentinel, or no answer of it: the next one; after the last it failed. */
static void line_ask_next(struct world *world, uint32_t id, uint32_t line)
{
    struct server *v = server_of(world, id);
    struct line *l = line_at(world, v, line);
    l->socket = 0;
    v->ask += v->ask == l->turn + l->tried;
    l->tried++;
    if (l->tried < sentinel_count(via_of(world, id)))
        line_ask_sentinel(world, id, line);
    else
        line_fail(world, id, line, REFUSED_CONNECT);
}

static void line_readable(struct world *world, uint32_t id, uint32_t line, uint32_t socket)
{
    struct server *v = server_of(world, id);
    struct message message;
    while (line_at(world, v, line)->socket == socket && tcp_receive(world, socket, id, &message)) {
        if (line_at(world, v, line)->state == LINE_ASKS)
            line_told(world, id, line, &message);
        else
            line_answered(world, id, line, &message);
    }
}

static void line_ended(struct world *world, uint32_t id, uint32_t line, bool closed)
{
    struct line *l = line_at(world, server_of(world, id), line);
    bool connecting = l->state == LINE_CONNECTS;
    if (closed && l->state == LINE_ASKS)
        tcp_close(world, l->socket, id);
    if (!closed)
        l->socket = 0;
    if (l->state == LINE_ASKS)
        line_ask_next(world, id, line);
    else
        line_fail(world, id, line, connecting ? REFUSED_CONNECT : REFUSED_BROKEN);
}

void calls_socket(struct world *world, uint32_t id, uint32_t line, uint32_t connection,
                  enum socket_event what)
{
    struct server *v = server_of(world, id);
    if (line == 0 || line > v->lines.used || line_at(world, v, line)->socket != connection)
        return;
    switch (what) {
    case SOCKET_CONNECTED:
        if (line_at(world, v, line)->state == LINE_ASKS)
            sentinel_question(world, connection, id);
        else
            line_ask(world, id, line);
        break;
    case SOCKET_READABLE:
        line_readable(world, id, line, connection);
        break;
    case SOCKET_FAILED:
    case SOCKET_RESET:
    case SOCKET_CLOSED:
        line_ended(world, id, line, what == SOCKET_CLOSED);
        break;
    default:
        break;
    }
}

/* --- changes and the end -------------------------------------------------------------------- */

void calls_changed(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    for (uint32_t line = 1; line <= v->lines.used; line++) {
        struct line *l = line_at(world, v, line);
        if (l->state == LINE_IDLE)
            line_drop(world, id, line);
        else
            l->old = l->state != 0;
    }
}

void calls_end(struct world *world, uint32_t id)
{
    struct server *v = server_of(world, id);
    for (uint32_t job = 1; job <= v->jobs.used; job++) {
        const struct job *j = job_at(world, v, job);
        if (j->state == JOB_CALLS && j->write != 0)
            ledger_end(world, j->write, LEDGER_TIMED_OUT);
    }
    rows_clear(&world->region, &v->lines, sizeof(struct line));
    v->calling = (struct job_queue){0};
    v->line_count = v->line_idle = 0;
}
