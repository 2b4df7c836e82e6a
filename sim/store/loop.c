/*
 * The event loop: one thread that takes turns.  A turn reads what all readable connections sent,
 * runs the commands, writes the log, under `always` waits for the disk, and then answers (server.c,
 * beforeSleep).
 *
 * CPU times were fitted to TRUTH redis.bench-ratio.1 (50 connections against pipelines of 16), in
 * the order of a server core: 100,000 requests a second on 50 connections.
 */
#include "sim/store/store_state.h"

#define TURN_NS        3000u /* epoll_wait, beforeSleep */
#define CONNECTION_NS  7000u /* read(2) and write(2) of a connection */
#define COMMAND_NS     1000u
#define BYTE_PS        150u   /* picoseconds: copying a value */
#define AOF_COMMAND_NS 250u   /* feedAppendOnlyFile */
#define AOF_WRITE_NS   8000u  /* write(2) of the log, once a turn */
#define READ_BYTES     16384u /* PROTO_IOBUF_LEN: a turn takes that much of a connection */

/* What is kept with a connection. */
#define COOKIE_READY       1u /* it stands in the list */
#define COOKIE_CLOSING     2u /* the peer closed; what it sent before is still to be run */
#define COOKIE_PLACE_SHIFT 8u /* above: its place in the list of clients + 1 */
#define COOKIE_BLOCKED     4u /* it waits for an answer, and is not read */

static struct letter *letter_push(struct world *world, struct letters *letters)
{
    if (letters->count == letters->limit) {
        uint32_t limit = letters->limit == 0 ? 64 : letters->limit * 2;
        ref at = arena_grow(&world->region, letters->at, letters->limit * sizeof(struct letter),
                            limit * sizeof(struct letter));
        if (at == 0)
            return NULL;
        letters->at = at;
        letters->limit = limit;
    }
    return (struct letter *)arena_at(&world->region, letters->at) + letters->count++;
}

static struct letter *letter_at(const struct world *world, const struct letters *letters,
                                uint32_t i)
{
    return (struct letter *)arena_at(&world->region, letters->at) + i;
}

static void letters_forget(struct world *world, struct letters *letters, uint32_t connection)
{
    for (uint32_t i = 0; i < letters->count; i++) {
        struct letter *letter = letter_at(world, letters, i);
        if (letter->connection != connection)
            continue;
        letter->connection = 0;
        if (letter->link != 0) /* its master is another one now, or none */
            letter->message.type = RESP_NONE;
    }
}

/* --- connections ------------------------------------------------------------------------------ */

/* Redis reads its files and answers from time to time (processEventsWhileBlocked). */
static void answer_loading(struct world *world, uint32_t id, uint32_t connection)
{
    struct message request;
    while (tcp_receive(world, connection, id, &request)) {
        struct message told = watched_run(world, id, connection, &request);
        if (told.type != RESP_NONE) {
            tcp_send(world, connection, id, &told);
            continue;
        }
        struct message answer = {.bytes = resp_answer_bytes(RESP_LOADING, 0),
                                 .type = RESP_LOADING,
                                 .b = request.b,
                                 .d = request.d};
        tcp_send(world, connection, id, &answer);
    }
}

void loop_readable(struct world *world, uint32_t id, uint32_t connection)
{
    struct store *store = store_at(world, id);
    if (store->loading == LOADING_FILES) {
        if (!repl_is_link(world, id, connection))
            answer_loading(world, id, connection);
        return;
    }
    uint64_t cookie = tcp_cookie(world, connection, id);
    if ((cookie & (COOKIE_READY | COOKIE_BLOCKED)) != 0)
        return;
    uint32_t *row = vector_push(&world->region, &store->ready, sizeof(uint32_t));
    if (row == NULL)
        return;
    *row = connection;
    tcp_set_cookie(world, connection, id, cookie | COOKIE_READY);
    loop_next(world, id);
}

static void ready_forget(struct world *world, struct store *store, uint32_t connection)
{
    for (uint32_t i = 0; i < store->ready.count; i++) {
        uint32_t *row = vector_at(&world->region, &store->ready, i);
        if (*row == connection)
            *row = 0;
    }
}

/* createClient: tcp-keepalive 300 asks after 300 s of silence, three times, 100 s apart. */
static void connection_new(struct world *world, uint32_t id, uint32_t connection)
{
    struct store *store = store_at(world, id);
    tcp_set_option(world, connection, id, TCP_OPTION_NODELAY, 1);
    tcp_set_option(world, connection, id, TCP_OPTION_KEEPIDLE, 300 * SECOND_NS);
    tcp_set_option(world, connection, id, TCP_OPTION_KEEPINTVL, 100 * SECOND_NS);
    tcp_set_option(world, connection, id, TCP_OPTION_KEEPCNT, 3);
    tcp_set_option(world, connection, id, TCP_OPTION_KEEPALIVE, 1);
    store->connections_received++;
    store->connected++;
    uint32_t *row = vector_push(&world->region, &store->clients, sizeof(uint32_t));
    if (row == NULL)
        return;
    *row = connection;
    tcp_set_cookie(world, connection, id, (uint64_t)store->clients.count << COOKIE_PLACE_SHIFT);
}

/* The last one takes its place. */
static void client_remove(struct world *world, uint32_t id, uint32_t connection)
{
    struct vector *clients = &store_at(world, id)->clients;
    uint64_t place = tcp_cookie(world, connection, id) >> COOKIE_PLACE_SHIFT;
    if (place == 0 || place > clients->count ||
        *(uint32_t *)vector_at(&world->region, clients, (uint32_t)place - 1) != connection)
        return;
    uint32_t *last = vector_at(&world->region, clients, clients->count - 1);
    uint32_t moved = *last;
    *(uint32_t *)vector_at(&world->region, clients, (uint32_t)place - 1) = moved;
    *last = 0;
    clients->count--;
    uint64_t cookie = tcp_cookie(world, moved, id) & ((1u << COOKIE_PLACE_SHIFT) - 1);
    if (moved != connection)
        tcp_set_cookie(world, moved, id, cookie | place << COOKIE_PLACE_SHIFT);
}

void loop_forget(struct world *world, uint32_t id, uint32_t connection)
{
    struct store *store = store_at(world, id);
    ready_forget(world, store, connection);
    letters_forget(world, &store->inbox, connection);
    letters_forget(world, &store->outbox, connection);
    letters_forget(world, &store->held, connection);
}

void loop_closed(struct world *world, uint32_t id, uint32_t connection)
{
    struct store *store = store_at(world, id);
    if (store->connected > 0)
        store->connected--;
    client_remove(world, id, connection);
    watched_closed(world, id, connection);
    repl_replica_closed(world, id, connection);
    repl_wait_forget(world, id, connection);
    loop_forget(world, id, connection);
}

void loop_answer_waiting(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    for (uint32_t i = 0; i < store->ready.count; i++) {
        uint32_t connection = *(uint32_t *)vector_at(&world->region, &store->ready, i);
        if (connection == 0)
            continue;
        uint64_t cookie = tcp_cookie(world, connection, id);
        tcp_set_cookie(world, connection, id, cookie & ~(uint64_t)COOKIE_READY);
        loop_readable(world, id, connection);
    }
    store->ready.count = 0;
}

void loop_block(struct world *world, uint32_t id, uint32_t connection)
{
    uint64_t cookie = tcp_cookie(world, connection, id);
    ready_forget(world, store_at(world, id), connection);
    tcp_set_cookie(world, connection, id, (cookie | COOKIE_BLOCKED) & ~(uint64_t)COOKIE_READY);
}

void loop_unblock(struct world *world, uint32_t id, uint32_t connection)
{
    uint64_t cookie = tcp_cookie(world, connection, id);
    tcp_set_cookie(world, connection, id, cookie & ~(uint64_t)COOKIE_BLOCKED);
    if (tcp_waiting(world, connection, id) > 0)
        loop_readable(world, id, connection);
    else if ((cookie & COOKIE_CLOSING) != 0)
        loop_socket(world, id, connection, SOCKET_CLOSED);
}

void loop_hold(struct world *world, uint32_t id, uint32_t connection, const struct message *request)
{
    struct letter *letter = letter_push(world, &store_at(world, id)->held);
    if (letter != NULL)
        *letter = (struct letter){.connection = connection, .message = *request};
    loop_block(world, id, connection);
}

/* --- turns ------------------------------------------------------------------------------------ */

static void letter_received(struct world *world, uint32_t id, const struct message *message)
{
    if (message->b != 0)
        trace(world, id, TRACE_WRITE_RECEIVED, message->b, 0);
}

/* Reads one connection; true when there is more for the next turn. */
static bool turn_read(struct world *world, uint32_t id, uint32_t connection, uint64_t *cost_ps)
{
    struct store *store = store_at(world, id);
    struct message message;
    uint32_t bytes = 0;
    while (bytes < READ_BYTES && tcp_receive(world, connection, id, &message)) {
        struct letter *letter = letter_push(world, &store->inbox);
        if (letter == NULL)
            return false;
        *letter = (struct letter){.connection = connection,
                                  .link = repl_is_link(world, id, connection),
                                  .message = message};
        bytes += message.bytes;
        letter_received(world, id, &message);
        *cost_ps += COMMAND_NS * 1000u;
        if (store->aof.state != AOF_OFF)
            *cost_ps += AOF_COMMAND_NS * 1000u;
        if (message.type == RESP_WAIT || (message.type == RESP_BULK && message.a != 0))
            break; /* what follows has to wait for it */
    }
    store->net_in += bytes;
    *cost_ps += CONNECTION_NS * 1000u + (uint64_t)bytes * BYTE_PS;
    return tcp_waiting(world, connection, id) > 0;
}

static void turn_begin(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    uint64_t cost_ps = TURN_NS * 1000u;
    uint32_t count = store->ready.count, kept = 0;
    if (store->aof.state != AOF_OFF)
        cost_ps += AOF_WRITE_NS * 1000u;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t connection = *(uint32_t *)vector_at(&world->region, &store->ready, i);
        if (connection == 0)
            continue;
        if (turn_read(world, id, connection, &cost_ps)) {
            *(uint32_t *)vector_at(&world->region, &store->ready, kept++) = connection;
            continue;
        }
        uint64_t cookie = tcp_cookie(world, connection, id);
        tcp_set_cookie(world, connection, id, cookie & ~(uint64_t)COOKIE_READY);
        if ((cookie & COOKIE_CLOSING) != 0 && repl_is_link(world, id, connection)) {
            repl_link_socket(world, id, SOCKET_CLOSED);
        } else if ((cookie & COOKIE_CLOSING) != 0) {
            loop_closed(world, id, connection);
            tcp_close(world, connection, id);
        }
    }
    store->ready.count = kept;
    store->busy = BUSY_TURN;
    uint64_t cost_ns = cost_ps / 1000 + store->extra_ns;
    store->extra_ns = 0;
    cpu_run(world, id, cost_ns, EVENT_TURN, NULL);
}

/* What a connection's send buffer has no room for stays, in order (the client's output buffer). */
static void outbox_send(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    uint32_t count = store->outbox.count, kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct letter letter = *letter_at(world, &store->outbox, i);
        if (letter.connection == 0)
            continue;
        if (tcp_send(world, letter.connection, id, &letter.message))
            store->net_out += letter.message.bytes;
        else if (tcp_unacked(world, letter.connection, id) > 0)
            *letter_at(world, &store->outbox, kept++) = letter;
    }
    store->outbox.count = kept;
}

void loop_turn_reply(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    outbox_send(world, id);
    store->busy = BUSY_NO;
    repl_before_sleep(world, id);
    loop_next(world, id);
}

static void letter_run(struct world *world, uint32_t id, const struct letter *letter)
{
    struct store *store = store_at(world, id);
    if (letter->link != 0) {
        store->commands++;
        repl_link_message(world, id, &letter->message);
        return;
    }
    struct message answer = command_run(world, id, letter->connection, &letter->message);
    struct letter *reply = answer.type == RESP_NONE ? NULL : letter_push(world, &store->outbox);
    if (reply != NULL)
        *reply = (struct letter){.connection = letter->connection, .message = answer};
}

void loop_run_link(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    for (uint32_t i = 0; i < store->inbox.count; i++) {
        struct letter *letter = letter_at(world, &store->inbox, i);
        if (letter->link == 0 || letter->message.type == RESP_NONE)
            continue;
        const struct letter run = *letter;
        letter->message.type = RESP_NONE;
        letter_run(world, id, &run);
    }
}

void loop_release(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    for (uint32_t i = 0; i < store->held.count; i++) {
        const struct letter letter = *letter_at(world, &store->held, i);
        if (letter.connection == 0)
            continue;
        const struct message answer = command_run(world, id, letter.connection, &letter.message);
        tcp_send(world, letter.connection, id, &answer);
        loop_unblock(world, id, letter.connection);
    }
    store->held.count = 0;
}

void loop_turn_done(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    uint32_t life = component_at(world, id)->life;
    for (uint32_t i = 0; i < store->inbox.count; i++) {
        struct letter letter = *letter_at(world, &store->inbox, i);
        if (letter.message.type != RESP_NONE)
            letter_run(world, id, &letter);
    }
    store->inbox.count = 0;
    if (!footprint_follow(world, id) || component_at(world, id)->life != life)
        return;
    if (aof_flush(world, id, false) && aof_turn_end(world, id))
        loop_turn_reply(world, id);
}

void loop_next(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    while (component_at(world, id)->up && component_at(world, id)->paused == 0 &&
           store->busy == BUSY_NO && !store->loading) {
        if ((store->wants & WANT_SYNC) != 0) {
            store->wants &= ~(uint32_t)WANT_SYNC;
            repl_sync_run(world, id);
        } else if ((store->wants & WANT_SAVE) != 0) {
            store->wants &= ~(uint32_t)WANT_SAVE;
            rdb_save_run(world, id);
        } else if (store->stall_ns != 0) {
            store->busy = BUSY_STALL;
            uint64_t stall_ns = store->stall_ns;
            store->stall_ns = 0;
            cpu_run(world, id, stall_ns, EVENT_STALL, NULL);
        } else if ((store->wants & WANT_EXIT) != 0) {
            store->wants &= ~(uint32_t)WANT_EXIT;
            life_shutdown(world, id, store->exit_how);
        } else if ((store->wants & WANT_REWRITE) != 0) {
            store->wants &= ~(uint32_t)WANT_REWRITE;
            rewrite_begin(world, id);
        } else if ((store->wants & WANT_CRON) != 0) {
            store->wants &= ~(uint32_t)WANT_CRON;
            cron_run(world, id);
        } else if (store->ready.count > 0) {
            turn_begin(world, id);
        } else {
            return;
        }
    }
}

void loop_clear(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    store->inbox.count = store->outbox.count = store->held.count = 0;
    vector_clear(&world->region, &store->ready);
    vector_clear(&world->region, &store->clients);
    vector_clear(&world->region, &store->subscribers);
    store->busy = BUSY_NO;
    store->wants = 0;
    store->stall_ns = store->extra_ns = 0;
}

/* --- sockets ---------------------------------------------------------------------------------- */

void loop_socket(struct world *world, uint32_t id, uint32_t connection, enum socket_event what)
{
    switch (what) {
    case SOCKET_ACCEPTABLE: /* acceptTcpHandler takes all that wait */
        for (uint32_t c = tcp_accept(world, id); c != 0; c = tcp_accept(world, id))
            connection_new(world, id, c);
        break;
    case SOCKET_WRITABLE:
        outbox_send(world, id);
        repl_writable(world, id, connection);
        break;
    case SOCKET_READABLE:
        loop_readable(world, id, connection);
        break;
    case SOCKET_CLOSED:
        if (tcp_waiting(world, connection, id) > 0) {
            tcp_set_cookie(world, connection, id,
                           tcp_cookie(world, connection, id) | COOKIE_CLOSING);
            break;
        }
        if (repl_is_link(world, id, connection)) {
            repl_link_socket(world, id, what);
            break;
        }
        loop_closed(world, id, connection);
        tcp_close(world, connection, id);
        break;
    case SOCKET_RESET:
        if (repl_is_link(world, id, connection))
            repl_link_socket(world, id, what);
        else
            loop_closed(world, id, connection);
        break;
    case SOCKET_CONNECTED:
    case SOCKET_FAILED:
        if (repl_is_link(world, id, connection))
            repl_link_socket(world, id, what);
        break;
    }
}
