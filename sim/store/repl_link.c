/*
 * A replica and its master: connect, handshake, PSYNC, and the stream that follows.
 *
 * connectWithMaster, syncWithMaster, slaveTryPartialResynchronization,
 * replicationHandleMasterDisconnection of Redis 7.0 (replication.c).
 */
#include "sim/store/store_state.h"

static struct repl *repl_of(const struct world *world, uint32_t id)
{
    return &store_at(world, id)->repl;
}

static void say(struct world *world, uint32_t id, const char *words, uint32_t master)
{
    char line[150];
    struct text text = TEXT(line);
    text_clear(&text);
    text_add(&text, words);
    if (master != 0)
        repl_address_add(&text, world, master);
    component_log(world, id, line);
}

bool repl_is_link(const struct world *world, uint32_t id, uint32_t connection)
{
    return connection != 0 && repl_of(world, id)->link == connection;
}

void repl_connect(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    say(world, id, "Connecting to MASTER ", repl->master);
    repl->heard_s = clock_s(world);
    const struct tcp_options options = {.nodelay = true};
    repl->state = LINK_CONNECTING;
    repl->link = component_at(world, repl->master)->kind == KIND_STORE
                     ? tcp_connect(world, id, repl->master, &options)
                     : 0;
    if (repl->link == 0)
        repl->state = LINK_CONNECT;
}

static void ask(struct world *world, uint32_t id, enum resp_type type, uint64_t a, uint64_t c)
{
    const struct message message = {
        .bytes = resp_request_bytes(type, c, 0), .type = (uint16_t)type, .a = a, .c = c};
    tcp_send(world, repl_of(world, id)->link, id, &message);
}

/* --- the link goes ---------------------------------------------------------------------------- */

void repl_link_lost(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    bool connected = repl->state == LINK_CONNECTED;
    if (connected)
        loop_run_link(world, id); /* what was read is applied */
    if (repl->link != 0)
        loop_forget(world, id, repl->link);
    repl->link = 0;
    if (repl->state == LINK_SYNCING && repl->transfer.load_begun != 0)
        return; /* it loads what has come, and looks then */
    repl_transfer_forget(world, id);
    if (connected) {
        say(world, id, "Connection with master lost.", 0);
        trace(world, id, TRACE_LINK_LOST, repl->master, 0);
        repl->cached = 1;
        repl->cached_id = repl->replid;
        repl->cached_offset = repl->offset;
        repl->down_since_s = clock_s(world) + 1;
    }
    repl->state = repl->master == 0 ? LINK_NONE : LINK_CONNECT;
}

void repl_link_close(struct world *world, uint32_t id)
{
    uint32_t link = repl_of(world, id)->link;
    repl_link_lost(world, id);
    if (link != 0)
        tcp_close(world, link, id);
}

void repl_link_socket(struct world *world, uint32_t id, enum socket_event what)
{
    struct repl *repl = repl_of(world, id);
    uint32_t link = repl->link;
    switch (what) {
    case SOCKET_CONNECTED:
        say(world, id, "Non blocking connect for SYNC fired the event.", 0);
        repl->heard_s = clock_s(world);
        repl->state = LINK_PING;
        ask(world, id, RESP_PING, 0, 0);
        break;
    case SOCKET_FAILED:
        say(world, id, "Error condition on socket for SYNC: Connection refused", 0);
        repl_link_lost(world, id);
        break;
    case SOCKET_CLOSED:
    case SOCKET_RESET: {
        bool again = repl->state == LINK_CONNECTED;
        repl_link_lost(world, id);
        if (what == SOCKET_CLOSED)
            tcp_close(world, link, id);
        if (again && repl->master != 0) /* at once: a second later the backlog may be gone */
            repl_connect(world, id);
        break;
    }
    default:
        break;
    }
}

/* --- handshake -------------------------------------------------------------------------------- */

static void psync_ask(struct world *world, uint32_t id)
{
    struct repl *repl = repl_of(world, id);
    repl->state = LINK_PSYNC;
    say(world, id,
        repl->cached != 0 ? "Trying a partial resynchronization."
                          : "Partial resynchronization not possible (no cached master)",
        0);
    ask(world, id, RESP_PSYNC, repl->cached != 0 ? repl->cached_id : 0,
        repl->cached != 0 ? repl->cached_offset : UINT64_MAX);
}

/* PING's answer, then the two of REPLCONF. */
static void handshake_heard(struct world *world, uint32_t id, const struct message *message)
{
    struct repl *repl = repl_of(world, id);
    if (message->type != RESP_OK) {
        say(world, id, "Error reply to PING from master: '-LOADING'", 0);
        repl_link_close(world, id);
        return;
    }
    if (repl->state == LINK_PING) {
        say(world, id, "Master replied to PING, replication can continue...", 0);
        repl->state = LINK_REPLCONF;
        repl->oks = 2;
        ask(world, id, RESP_REPLCONF, 0, 0);
        ask(world, id, RESP_REPLCONF, 1, 0);
    } else if (--repl->oks == 0) {
        psync_ask(world, id);
    }
}

/* The master goes on from where the stream stopped; its id may be a new one. */
static void continued(struct world *world, uint32_t id, uint64_t replid)
{
    struct repl *repl = repl_of(world, id);
    say(world, id, "Successful partial resynchronization with master.", 0);
    if (replid != repl->cached_id) {
        repl->replid2 = repl->cached_id;
        repl->second_offset = repl->offset;
        repl_drop_all(world, id);
    }
    repl->replid = replid;
    repl->cached = 0;
    repl->state = LINK_CONNECTED;
    repl->down_since_s = 0;
    repl_backlog_open(world, id);
    trace(world, id, TRACE_LINK_UP, repl->master, repl->offset);
}

static void psync_heard(struct world *world, uint32_t id, const struct message *message)
{
    switch ((enum resp_type)message->type) {
    case RESP_CONTINUE:
        continued(world, id, message->a);
        break;
    case RESP_FULLRESYNC:
        say(world, id, "Full resync from master", 0);
        if (!repl_transfer_begin(world, id, message))
            repl_link_close(world, id);
        break;
    case RESP_NEWLINE:
        break;
    default:
        say(world, id, "Master is currently unable to PSYNC but should be in the future", 0);
        repl_link_close(world, id);
        break;
    }
}

/* --- the stream ------------------------------------------------------------------------------- */

void repl_send_ack(struct world *world, uint32_t id)
{
    ask(world, id, RESP_ACK, 0, repl_of(world, id)->offset);
}

static void stream_heard(struct world *world, uint32_t id, const struct message *message)
{
    static const uint32_t kinds[] = {[RESP_COMMAND - RESP_COMMAND] = REPL_COMMAND,
                                     [RESP_SELECT - RESP_COMMAND] = REPL_SELECT,
                                     [RESP_STREAM_PING - RESP_COMMAND] = REPL_PING,
                                     [RESP_GETACK - RESP_COMMAND] = REPL_GETACK,
                                     [RESP_STREAM_PUBLISH - RESP_COMMAND] = REPL_PUBLISH};
    if (message->type < RESP_COMMAND || message->type > RESP_STREAM_PUBLISH)
        return;
    const struct repl_item item = {.from = (uint32_t)message->a,
                                   .to = (uint32_t)message->c,
                                   .bytes = message->bytes,
                                   .kind = kinds[message->type - RESP_COMMAND]};
    if (item.kind == REPL_COMMAND) {
        uint32_t writer = ledger_entry(world, item.to)->writer;
        for (uint32_t p = item.from; p <= item.to; p++)
            if (ledger_entry(world, p)->writer == writer)
                change_take(world, id, p);
    }
    if (item.kind == REPL_GETACK)
        repl_send_ack(world, id);
    repl_push(world, id, &item);
}

void repl_link_message(struct world *world, uint32_t id, const struct message *message)
{
    struct repl *repl = repl_of(world, id);
    repl->heard_s = clock_s(world);
    switch ((enum link_state)repl->state) {
    case LINK_PING:
    case LINK_REPLCONF:
        handshake_heard(world, id, message);
        break;
    case LINK_PSYNC:
        psync_heard(world, id, message);
        break;
    case LINK_TRANSFER:
        repl_transfer_piece(world, id, message);
        break;
    case LINK_CONNECTED:
        stream_heard(world, id, message);
        break;
    default:
        break;
    }
}
