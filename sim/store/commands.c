/*
 * What clients ask over their connections: SET GET INCR DEL, and when a write is refused.
 */
#include "sim/store/store_state.h"

const char misconf_rdb[] =
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to "
    "disk. Commands that may modify the data set are disabled, because this instance is configured "
    "to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error "
    "option). "
    "Please check the Redis logs for details about the RDB error.";

void misconf_aof_add(struct text *text, const struct world *world, uint32_t id)
{
    const struct aof *aof = &store_at(world, id)->aof;
    bool full = aof->write_error != 0 && aof->error_full != 0;
    text_add(text, "MISCONF Errors writing to the AOF file: ");
    text_add(text, full ? "No space left on device" : "Input/output error");
}

static bool denied_by_disk(const struct world *world, uint32_t id)
{
    const struct store *store = store_at(world, id);
    if (store->bgsave_failed != 0 && parameter_get(world, id, STORE_STOP_WRITES) != 0 &&
        save_rules_on(world, id))
        return true;
    return store->aof.state != AOF_OFF &&
           (store->aof.write_error != 0 || store->aof.bio_error != 0);
}

enum resp_type store_denies(const struct world *world, uint32_t id, bool may_grow)
{
    uint64_t most = parameter_get(world, id, STORE_MAXMEMORY);
    if (may_grow && most != 0 && used_memory(world, id) > most)
        return RESP_OOM;
    return denied_by_disk(world, id) ? RESP_MISCONF : RESP_OK;
}

static struct message answer_of(const struct message *request, enum resp_type type,
                                uint64_t value_bytes, uint64_t position)
{
    return (struct message){.bytes = resp_answer_bytes(type, value_bytes),
                            .type = (uint16_t)type,
                            .b = request->b,
                            .c = position,
                            .d = request->d};
}

static struct message run_get(struct world *world, uint32_t id, const struct message *request,
                              uint32_t key)
{
    struct store *store = store_at(world, id);
    struct key_row *row = change_lookup(world, id, key);
    if (row == NULL) {
        store->misses++;
        return answer_of(request, RESP_NIL, 0, 0);
    }
    store->hits++;
    if (!child_active(world, id))
        row->use = (row->use & (KEY_INTEGER | KEY_EXPIRES)) | (uint32_t)clock_s(world)
                                                                  << KEY_USE_SHIFT;
    return answer_of(request, RESP_OK, key_value_bytes(world, row), 0);
}

static struct message run_incr(struct world *world, uint32_t id, const struct message *request,
                               uint32_t key)
{
    struct store *store = store_at(world, id);
    const struct key_row *row = change_lookup(world, id, key);
    int64_t number;
    if (row != NULL && !key_number(world, &store->keys, row, &number))
        return answer_of(request, RESP_ERROR, 0, 0);
    uint32_t position = change_incr(world, id, key, (uint32_t)request->b);
    return answer_of(request, RESP_OK, 0, position);
}

static struct message run_del(struct world *world, uint32_t id, const struct message *request,
                              uint32_t key)
{
    change_lookup(world, id, key);
    uint32_t position = change_delete(world, id, key, (uint32_t)request->b, OP_DEL, 0);
    return answer_of(request, RESP_OK, 0, position);
}

/* A client's key as the keyspace numbers it. */
static uint32_t key_asked(struct world *world, uint64_t number, bool make)
{
    if (number < KEY_NUMBERED_MAX)
        return (uint32_t)number;
    char name[32];
    struct text text = TEXT(name);
    text_clear(&text);
    text_add(&text, "k:");
    text_add_u64(&text, number);
    return key_of(world, name, make);
}

/* Why a read or a write is refused; RESP_OK: it is not. */
static enum resp_type refusal(struct world *world, uint32_t id, enum resp_type type)
{
    enum resp_type why = RESP_READONLY;
    if (type != RESP_GET) {
        if ((type == RESP_SET || type == RESP_INCR) && !evict_for_room(world, id))
            return RESP_OOM;
        if (store_denies(world, id, false) != RESP_OK)
            return RESP_MISCONF;
        if (repl_refuses_write(world, id, &why))
            return why;
    }
    return repl_refuses_read(world, id) ? RESP_MASTERDOWN : RESP_OK;
}

static struct message run_ping(struct world *world, uint32_t id, const struct message *request)
{
    enum resp_type type = store_denies(world, id, false);
    if (type == RESP_OK && repl_refuses_read(world, id))
        type = RESP_MASTERDOWN;
    return answer_of(request, type, 0, 0);
}

/* What replicas ask. */
static bool run_replica(struct world *world, uint32_t id, uint32_t connection,
                        const struct message *request, struct message *answer)
{
    *answer = (struct message){0};
    switch ((enum resp_type)request->type) {
    case RESP_REPLCONF:
        *answer = answer_of(request, RESP_OK, 0, 0);
        return true;
    case RESP_PSYNC:
        *answer = repl_psync(world, id, connection, request);
        return true;
    case RESP_ACK:
        repl_ack(world, id, connection, request->c);
        return true;
    default:
        return false;
    }
}

struct message command_run(struct world *world, uint32_t id, uint32_t connection,
                           const struct message *request)
{
    struct store *store = store_at(world, id);
    enum resp_type type = (enum resp_type)request->type;
    struct message answer;
    store->commands++;
    if (type == RESP_PING)
        return run_ping(world, id, request);
    if (type == RESP_WAIT)
        return repl_wait(world, id, connection, request);
    if (run_replica(world, id, connection, request, &answer))
        return answer;
    answer = watched_run(world, id, connection, request);
    if (answer.type != RESP_NONE)
        return answer;
    if (type != RESP_GET && store->repl.shutdown_until_ns != 0) {
        loop_hold(world, id, connection, request);
        return (struct message){0};
    }
    enum resp_type denied = refusal(world, id, type);
    if (denied != RESP_OK)
        return answer_of(request, denied, 0, 0);
    uint32_t key = key_asked(world, request->a, type != RESP_GET);
    switch (type) {
    case RESP_SET:
        return answer_of(request, RESP_OK, 0,
                         change_set(world, id, key, (uint32_t)request->c, (uint32_t)request->b, 0));
    case RESP_GET:
        return key == UINT32_MAX ? answer_of(request, RESP_NIL, 0, 0)
                                 : run_get(world, id, request, key);
    case RESP_INCR:
        return run_incr(world, id, request, key);
    case RESP_DEL:
        return run_del(world, id, request, key);
    default:
        return answer_of(request, RESP_ERROR, 0, 0);
    }
}
