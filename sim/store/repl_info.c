/*
 * INFO replication, ROLE, REPLICAOF and WAIT as redis-cli shows them (7.0.15).
 */
#include <string.h>

#include "sim/store/store_state.h"

#define WAIT_MS_MOST 1000000000000 /* what the clock can hold */

static const struct repl *repl_of(const struct world *world, uint32_t id)
{
    return &store_at(world, id)->repl;
}

static void id_field(struct text *text, const char *name, uint64_t replid)
{
    text_add(text, name);
    text_add_char(text, ':');
    repl_id_add(text, replid);
    text_add_char(text, '\n');
}

static void ip_add(struct text *text, const struct world *world, uint32_t component)
{
    uint32_t address = tcp_address(world, component_at(world, component)->machine);
    for (unsigned byte = 4; byte-- > 0;) {
        text_add_u64(text, address >> (8 * byte) & 255);
        if (byte > 0)
            text_add_char(text, '.');
    }
}

void repl_address_add(struct text *text, const struct world *world, uint32_t component)
{
    ip_add(text, world, component);
    text_add(text, ":6379");
}

static const char *state_words(const struct replica *replica)
{
    static const char *const words[] = {[REPLICA_WAIT_START] = "wait_bgsave",
                                        [REPLICA_WAIT_END] = "wait_bgsave",
                                        [REPLICA_BULK] = "send_bulk",
                                        [REPLICA_ONLINE] = "online"};
    return words[replica->state];
}

static void replicas_add(struct world *world, uint32_t id, struct text *text)
{
    const struct repl *repl = repl_of(world, id);
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        const struct replica *replica = replica_at(world, repl, i);
        text_add(text, "slave");
        text_add_u64(text, i);
        text_add(text, ":ip=");
        ip_add(text, world, replica->component);
        text_add(text, ",port=6379,state=");
        text_add(text, state_words(replica));
        text_add(text, ",offset=");
        text_add_u64(text, replica->ack_offset);
        text_add(text, ",lag=");
        text_add_u64(text, replica->state == REPLICA_ONLINE ? clock_s(world) - replica->ack_s : 0);
        text_add_char(text, '\n');
    }
}

static void sync_add(const struct repl *repl, struct text *text)
{
    const struct transfer *transfer = &repl->transfer;
    text_add(text, "master_sync_total_bytes:");
    text_add_i64(text, transfer->mark != 0 ? -1 : (int64_t)transfer->bytes);
    text_add_char(text, '\n');
    info_field(text, "master_sync_read_bytes", transfer->read);
}

static void link_add(struct world *world, uint32_t id, struct text *text)
{
    const struct repl *repl = repl_of(world, id);
    bool up = repl->state == LINK_CONNECTED;
    bool syncing = repl->state == LINK_TRANSFER || repl->state == LINK_SYNCING;
    uint64_t offset = up || syncing ? repl->offset : repl->cached_offset;
    text_add(text, "master_host:");
    ip_add(text, world, repl->master);
    text_add(text, "\nmaster_port:6379\n");
    info_words_field(text, "master_link_status", up ? "up" : "down");
    text_add(text, "master_last_io_seconds_ago:");
    text_add_i64(text, up ? (int64_t)(clock_s(world) - repl->heard_s) : -1);
    text_add_char(text, '\n');
    info_field(text, "master_sync_in_progress", syncing);
    info_field(text, "slave_read_repl_offset", offset);
    info_field(text, "slave_repl_offset", offset);
    if (syncing)
        sync_add(repl, text);
    if (!up)
        info_field(text, "master_link_down_since_seconds",
                   repl->down_since_s == 0 ? 0 : clock_s(world) + 1 - repl->down_since_s);
    info_field(text, "slave_priority", parameter_get(world, id, STORE_REPLICA_PRIORITY));
    info_field(text, "slave_read_only", 1);
    info_field(text, "replica_announced", 1);
}

void repl_info_add(struct world *world, uint32_t id, struct text *text)
{
    const struct repl *repl = repl_of(world, id);
    text_add(text, "# Replication\n");
    info_words_field(text, "role", repl->master == 0 ? "master" : "slave");
    if (repl->master != 0)
        link_add(world, id, text);
    info_field(text, "connected_slaves", repl->replicas.count);
    if (repl->master == 0 && parameter_get(world, id, STORE_MIN_REPLICAS_TO_WRITE) != 0)
        info_field(text, "min_slaves_good_slaves", repl->good);
    replicas_add(world, id, text);
    info_words_field(text, "master_failover_state", "no-failover");
    id_field(text, "master_replid", repl->replid);
    id_field(text, "master_replid2", repl->replid2);
    info_field(text, "master_repl_offset", repl->offset);
    text_add(text, "second_repl_offset:");
    text_add_i64(text, repl->second_offset == UINT64_MAX ? -1 : (int64_t)repl->second_offset + 1);
    text_add_char(text, '\n');
    info_field(text, "repl_backlog_active", repl->backlog.active);
    info_field(text, "repl_backlog_size", parameter_get(world, id, STORE_REPL_BACKLOG_SIZE));
    info_field(text, "repl_backlog_first_byte_offset",
               repl->backlog.active == 0 ? 0 : repl->offset - repl->backlog.bytes + 1);
    info_field(text, "repl_backlog_histlen", repl->backlog.bytes);
}

/* --- commands --------------------------------------------------------------------------------- */

/* A store by its name, its machine's name or its address; 0 none. */
static uint32_t store_named(const struct world *world, const char *name)
{
    for (uint32_t id = 0; (id = component_next(world, id, KIND_STORE)) != 0;) {
        char words[24];
        struct text address = TEXT(words);
        text_clear(&address);
        ip_add(&address, world, id);
        uint32_t machine = component_at(world, id)->machine;
        if (strcmp(name, component_at(world, id)->name) == 0 ||
            strcmp(name, component_at(world, machine)->name) == 0 || strcmp(name, words) == 0)
            return id;
    }
    return 0;
}

/* REPLICAOF HOST [PORT], REPLICAOF NO ONE: of the process; its file stays. */
void admin_replicaof(struct world *world, uint32_t id, const struct command *words,
                     struct text *answer)
{
    const char *host = command_word(words, 1);
    bool none = text_same_key(host, "NO") && text_same_key(command_word(words, 2), "ONE");
    uint32_t master = none ? 0 : store_named(world, host);
    if (!none && (master == 0 || words->count > 3)) {
        text_add(answer, "(error) ERR there is no store at this address");
        return;
    }
    if (!none && repl_of(world, id)->master == master) {
        text_add(answer, "OK Already connected to specified master");
        return;
    }
    repl_order(world, id, master, false);
    text_add(answer, "OK");
}

/* It asks for what `tell` itself wrote last, as each client does (replication.c, waitCommand). */
void admin_wait(struct world *world, uint32_t id, const struct command *words, struct text *answer)
{
    int64_t replicas, timeout_ms;
    uint64_t count;
    if (repl_of(world, id)->master != 0) {
        text_add(answer, "(error) ERR WAIT cannot be used with replica instances. Please also note "
                         "that since Redis 4.0 if a replica is configured to be writable (which is "
                         "not the default) writes to replicas are just local and are not "
                         "propagated.");
        return;
    }
    if (!resp_number(command_word(words, 1), &replicas) ||
        !resp_number(command_word(words, 2), &timeout_ms) || replicas > UINT32_MAX) {
        text_add(answer, "(error) ERR value is not an integer or out of range");
        return;
    }
    if (timeout_ms < 0 || timeout_ms > WAIT_MS_MOST) {
        text_add(answer, timeout_ms < 0 ? "(error) ERR timeout is negative"
                                        : "(error) ERR timeout is not an integer or out of range");
        return;
    }
    if (repl_wait_told(world, id, replicas < 0 ? 0 : (uint32_t)replicas, (uint64_t)timeout_ms,
                       &count))
        answer_integer(answer, (int64_t)count);
    else
        text_add(answer, "(it waits: the answer will stand in the log)");
}

static const char *link_words(const struct repl *repl)
{
    switch ((enum link_state)repl->state) {
    case LINK_NONE:
        return "none";
    case LINK_CONNECT:
        return "connect";
    case LINK_CONNECTING:
        return "connecting";
    case LINK_TRANSFER:
    case LINK_SYNCING:
        return "sync";
    case LINK_CONNECTED:
        return "connected";
    default:
        return "handshake";
    }
}

static void line_add(struct text *text, unsigned number, const char *words)
{
    text_add_u64(text, number);
    text_add(text, ") \"");
    text_add(text, words);
    text_add(text, "\"\n");
}

void admin_role(struct world *world, uint32_t id, const struct command *words, struct text *answer)
{
    const struct repl *repl = repl_of(world, id);
    char ip[24];
    struct text host = TEXT(ip);
    (void)words;
    text_clear(&host);
    line_add(answer, 1, repl->master == 0 ? "master" : "slave");
    if (repl->master != 0) {
        ip_add(&host, world, repl->master);
        line_add(answer, 2, ip);
        text_add(answer, "3) (integer) 6379\n");
        line_add(answer, 4, link_words(repl));
        text_add(answer, "5) (integer) ");
        text_add_u64(answer, repl->offset);
        return;
    }
    text_add(answer, "2) (integer) ");
    text_add_u64(answer, repl->offset);
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        const struct replica *replica = replica_at(world, repl, i);
        text_add(answer, i == 0 ? "\n3) " : "\n   ");
        text_add_u64(answer, i + 1);
        text_add(answer, ") \"");
        ip_add(answer, world, replica->component);
        text_add(answer, "\" \"6379\" \"");
        text_add_u64(answer, replica->ack_offset);
        text_add(answer, "\"");
    }
    if (repl->replicas.count == 0)
        text_add(answer, "\n3) (empty array)");
}
