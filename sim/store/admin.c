/*
 * redis-cli for `tell`: commands with the real words and the real answers.
 */
#include <string.h>

#include "sim/store/store_state.h"

struct admin_command {
    const char *name;
    int arity; /* with the name; negative: at least */
    bool writes, grows;
    bool loading; /* is answered while it reads its files */
    void (*run)(struct world *world, uint32_t id, const struct command *words, struct text *answer);
};

static const char *word_at(const struct command *words, unsigned i)
{
    return command_word(words, i);
}

void answer_integer(struct text *answer, int64_t number)
{
    text_add(answer, "(integer) ");
    text_add_i64(answer, number);
}

static void answer_error(struct text *answer, const char *words)
{
    text_add(answer, "(error) ");
    text_add(answer, words);
}

static struct keyspace *keys_of(struct world *world, uint32_t id)
{
    return &store_at(world, id)->keys;
}

static struct key_row *row_of(struct world *world, uint32_t id, const char *name, uint32_t *key)
{
    *key = key_of(world, name, false);
    return *key == UINT32_MAX ? NULL : change_lookup(world, id, *key);
}

static bool number_of(const struct command *words, unsigned i, int64_t *number, struct text *answer)
{
    if (resp_number(word_at(words, i), number))
        return true;
    answer_error(answer, "ERR value is not an integer or out of range");
    return false;
}

/* --- keys ------------------------------------------------------------------------------------- */

static void run_ping(struct world *world, uint32_t id, const struct command *words,
                     struct text *answer)
{
    (void)world;
    (void)id;
    text_add(answer, words->count > 1 ? word_at(words, 1) : "PONG");
}

static void run_get(struct world *world, uint32_t id, const struct command *words,
                    struct text *answer)
{
    uint32_t key;
    const struct key_row *row = row_of(world, id, word_at(words, 1), &key);
    if (row == NULL) {
        text_add(answer, "(nil)");
        return;
    }
    text_add(answer, "\"");
    key_add_value(answer, world, keys_of(world, id), row);
    text_add(answer, "\"");
}

static void set_text(struct world *world, uint32_t id, const char *name, const char *value,
                     uint16_t flags)
{
    uint32_t key = key_of(world, name, true);
    if (key != UINT32_MAX)
        change_set_text(world, id, key, value, (uint32_t)strlen(value), flags);
}

static void set_until(struct world *world, uint32_t id, const struct command *words, unsigned name,
                      unsigned value, uint64_t expire_ms)
{
    set_text(world, id, word_at(words, name), word_at(words, value), ENTRY_MORE | ENTRY_PXAT);
    uint32_t key = key_of(world, word_at(words, name), true);
    change_time(world, id, key, OP_EXPIRE, expire_ms);
    store_at(world, id)->dirty--; /* one command, one change */
}

static bool word_is(const struct command *words, unsigned i, const char *name)
{
    return text_same_key(word_at(words, i), name);
}

static void run_set(struct world *world, uint32_t id, const struct command *words,
                    struct text *answer)
{
    uint64_t expire_ms = 0;
    bool only_new = false, only_old = false;
    for (unsigned i = 3; i < words->count; i++) {
        int64_t number;
        if (word_is(words, i, "NX")) {
            only_new = true;
        } else if (word_is(words, i, "XX")) {
            only_old = true;
        } else if ((word_is(words, i, "EX") || word_is(words, i, "PX")) && i + 1 < words->count) {
            if (!number_of(words, i + 1, &number, answer))
                return;
            if (number <= 0) {
                answer_error(answer, "ERR invalid expire time in 'set' command");
                return;
            }
            expire_ms =
                world->now_ns / MS_NS + (uint64_t)number * (word_is(words, i, "EX") ? 1000 : 1);
            i++;
        } else {
            answer_error(answer, "ERR syntax error");
            return;
        }
    }
    uint32_t key;
    bool there = row_of(world, id, word_at(words, 1), &key) != NULL;
    if ((there && only_new) || (!there && only_old)) {
        text_add(answer, "(nil)");
        return;
    }
    if (expire_ms != 0)
        set_until(world, id, words, 1, 2, expire_ms);
    else
        set_text(world, id, word_at(words, 1), word_at(words, 2), 0);
    text_add(answer, "OK");
}

static void run_setex(struct world *world, uint32_t id, const struct command *words,
                      struct text *answer)
{
    int64_t seconds;
    if (!number_of(words, 2, &seconds, answer))
        return;
    if (seconds <= 0) {
        answer_error(answer, "ERR invalid expire time in 'setex' command");
        return;
    }
    set_until(world, id, words, 1, 3, world->now_ns / MS_NS + (uint64_t)seconds * 1000);
    text_add(answer, "OK");
}

static void run_mset(struct world *world, uint32_t id, const struct command *words,
                     struct text *answer)
{
    if (words->count % 2 == 0) {
        answer_error(answer, "ERR wrong number of arguments for 'mset' command");
        return;
    }
    for (unsigned i = 1; i + 1 < words->count; i += 2)
        set_text(world, id, word_at(words, i), word_at(words, i + 1),
                 i + 2u < words->count ? ENTRY_MORE : 0);
    text_add(answer, "OK");
}

static void run_incr(struct world *world, uint32_t id, const struct command *words,
                     struct text *answer)
{
    uint32_t key;
    const struct key_row *row = row_of(world, id, word_at(words, 1), &key);
    int64_t number = 0;
    if (row != NULL && !key_number(world, keys_of(world, id), row, &number)) {
        answer_error(answer, "ERR value is not an integer or out of range");
        return;
    }
    change_incr(world, id, key_of(world, word_at(words, 1), true), 0);
    answer_integer(answer, number + 1);
}

static void run_del(struct world *world, uint32_t id, const struct command *words,
                    struct text *answer)
{
    int64_t count = 0, left = 0;
    uint32_t key;
    for (unsigned i = 1; i < words->count; i++)
        left += row_of(world, id, word_at(words, i), &key) != NULL;
    for (unsigned i = 1; i < words->count; i++) {
        if (row_of(world, id, word_at(words, i), &key) == NULL)
            continue;
        left--;
        count += change_delete(world, id, key, 0, OP_DEL, left > 0 ? ENTRY_MORE : 0) != 0;
    }
    answer_integer(answer, count);
}

static void run_expire(struct world *world, uint32_t id, const struct command *words,
                       struct text *answer)
{
    int64_t seconds;
    uint32_t key;
    if (!number_of(words, 2, &seconds, answer))
        return;
    if (row_of(world, id, word_at(words, 1), &key) == NULL) {
        answer_integer(answer, 0);
        return;
    }
    if (seconds <= 0)
        change_delete(world, id, key, 0, OP_DEL, 0);
    else
        change_time(world, id, key, OP_EXPIRE, world->now_ns / MS_NS + (uint64_t)seconds * 1000);
    answer_integer(answer, 1);
}

static void run_persist(struct world *world, uint32_t id, const struct command *words,
                        struct text *answer)
{
    uint32_t key;
    const struct key_row *row = row_of(world, id, word_at(words, 1), &key);
    bool had = row != NULL && (row->use & KEY_EXPIRES) != 0;
    if (had)
        change_time(world, id, key, OP_PERSIST, 0);
    answer_integer(answer, had);
}

static void time_left(struct world *world, uint32_t id, const struct command *words,
                      struct text *answer, bool milliseconds)
{
    uint32_t key;
    const struct key_row *row = row_of(world, id, word_at(words, 1), &key);
    uint64_t expire_ms = row == NULL ? 0 : key_expire_ms(world, keys_of(world, id), row);
    if (expire_ms == 0) {
        answer_integer(answer, row == NULL ? -2 : -1);
        return;
    }
    uint64_t left_ms = expire_ms - world->now_ns / MS_NS;
    answer_integer(answer, (int64_t)(milliseconds ? left_ms : (left_ms + 500) / 1000));
}

static void run_ttl(struct world *world, uint32_t id, const struct command *words,
                    struct text *answer)
{
    time_left(world, id, words, answer, false);
}

static void run_pttl(struct world *world, uint32_t id, const struct command *words,
                     struct text *answer)
{
    time_left(world, id, words, answer, true);
}

static void run_exists(struct world *world, uint32_t id, const struct command *words,
                       struct text *answer)
{
    int64_t count = 0;
    uint32_t key;
    for (unsigned i = 1; i < words->count; i++)
        count += row_of(world, id, word_at(words, i), &key) != NULL;
    answer_integer(answer, count);
}

static void run_strlen(struct world *world, uint32_t id, const struct command *words,
                       struct text *answer)
{
    uint32_t key;
    const struct key_row *row = row_of(world, id, word_at(words, 1), &key);
    answer_integer(answer, row == NULL ? 0 : (int64_t)key_value_bytes(world, row));
}

static void run_dbsize(struct world *world, uint32_t id, const struct command *words,
                       struct text *answer)
{
    (void)words;
    answer_integer(answer, (int64_t)keys_of(world, id)->keys);
}

static void run_memory(struct world *world, uint32_t id, const struct command *words,
                       struct text *answer)
{
    uint32_t key;
    if (!word_is(words, 1, "USAGE")) {
        answer_error(answer, "ERR unknown subcommand. Try MEMORY HELP.");
        return;
    }
    const struct key_row *row = row_of(world, id, word_at(words, 2), &key);
    if (row == NULL)
        text_add(answer, "(nil)");
    else
        answer_integer(answer, (int64_t)key_usage(world, keys_of(world, id), row, key) - 8);
}

/* --- the table -------------------------------------------------------------------------------- */

static const struct admin_command commands[] = {
    {"PING", -1, true, false, false, run_ping},
    {"GET", 2, false, false, false, run_get},
    {"SET", -3, true, true, false, run_set},
    {"SETEX", 4, true, true, false, run_setex},
    {"MSET", -3, true, true, false, run_mset},
    {"INCR", 2, true, true, false, run_incr},
    {"DEL", -2, true, false, false, run_del},
    {"UNLINK", -2, true, false, false, run_del},
    {"EXPIRE", -3, true, false, false, run_expire},
    {"PERSIST", 2, true, false, false, run_persist},
    {"TTL", 2, false, false, false, run_ttl},
    {"PTTL", 2, false, false, false, run_pttl},
    {"EXISTS", -2, false, false, false, run_exists},
    {"STRLEN", 2, false, false, false, run_strlen},
    {"DBSIZE", 1, false, false, false, run_dbsize},
    {"MEMORY", -2, false, false, false, run_memory},
    {"SAVE", 1, false, false, false, admin_save},
    {"BGSAVE", -1, false, false, false, admin_bgsave},
    {"BGREWRITEAOF", 1, false, false, false, admin_bgrewriteaof},
    {"LASTSAVE", 1, false, false, true, admin_lastsave},
    {"SHUTDOWN", -1, false, false, false, admin_shutdown},
    {"FLUSHALL", -1, true, false, false, admin_flushall},
    {"FLUSHDB", -1, true, false, false, admin_flushall},
    {"CONFIG", -2, false, false, false, admin_config},
    {"INFO", -1, false, false, true, admin_info},
    {"DEBUG", -2, false, false, false, admin_debug},
    {"REPLICAOF", -2, false, false, false, admin_replicaof},
    {"SLAVEOF", -2, false, false, false, admin_replicaof},
    {"WAIT", 3, false, false, false, admin_wait},
    {"ROLE", 1, false, false, true, admin_role},
};

static void unknown_command(const struct command *words, struct text *answer)
{
    text_add(answer, "(error) ERR unknown command '");
    text_add(answer, word_at(words, 0));
    text_add(answer, "', with args beginning with: ");
    for (unsigned i = 1; i < words->count; i++) {
        text_add(answer, "'");
        text_add(answer, word_at(words, i));
        text_add(answer, "' ");
    }
}

static void wrong_arity(const struct admin_command *row, struct text *answer)
{
    text_add(answer, "(error) ERR wrong number of arguments for '");
    for (const char *c = row->name; *c != '\0'; c++)
        text_add_char(answer, (char)(*c - 'A' + 'a'));
    text_add(answer, "' command");
}

/* Not while keys may be stale, when that is not wanted. */
static bool is_read(const struct admin_command *row)
{
    return row->run == run_get || row->run == run_ttl || row->run == run_pttl ||
           row->run == run_exists || row->run == run_strlen || row->run == run_dbsize;
}

static bool refused_by_role(const struct world *world, uint32_t id, const struct admin_command *row,
                            struct text *answer)
{
    enum resp_type why;
    if (row->run == run_ping || !repl_refuses_write(world, id, &why))
        return false;
    answer_error(answer, why == RESP_NOREPLICAS
                             ? "NOREPLICAS Not enough good replicas to write."
                             : "READONLY You can't write against a read only replica.");
    return true;
}

static bool refused(struct world *world, uint32_t id, const struct admin_command *row,
                    struct text *answer)
{
    if (row->grows && !evict_for_room(world, id)) {
        answer_error(answer, "OOM command not allowed when used memory > 'maxmemory'.");
        return true;
    }
    if (!row->writes)
        return false;
    if (store_denies(world, id, false) == RESP_OK)
        return refused_by_role(world, id, row, answer);
    text_add(answer, "(error) ");
    if (store_at(world, id)->bgsave_failed != 0 && save_rules_on(world, id))
        text_add(answer, misconf_rdb);
    else
        misconf_aof_add(answer, world, id);
    return true;
}

/* What beforeSleep does after a command that wrote; in the middle of a turn the turn does it. */
static void command_flush(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    if (!store_is_up(world, id) || store->busy != BUSY_NO)
        return;
    if (!footprint_follow(world, id) || !store_is_up(world, id))
        return;
    if (store->aof.buffer_bytes > 0 && !aof_flush(world, id, false))
        return;
    if (!aof_turn_end(world, id))
        return;
    repl_before_sleep(world, id);
    loop_next(world, id);
}

static void admin_run(struct world *world, uint32_t id, const struct admin_command *row,
                      const struct command *words, struct text *answer)
{
    int count = words->count;
    if (row->arity < 0 ? count < -row->arity : count != row->arity) {
        wrong_arity(row, answer);
        return;
    }
    if (store_at(world, id)->loading && !row->loading) {
        answer_error(answer, "LOADING Redis is loading the dataset in memory");
        return;
    }
    store_at(world, id)->commands++;
    if (is_read(row) && repl_refuses_read(world, id)) {
        answer_error(answer, "MASTERDOWN Link with MASTER is down and "
                             "replica-serve-stale-data is set to 'no'.");
        return;
    }
    if (refused(world, id, row, answer))
        return;
    struct repl *repl = &store_at(world, id)->repl;
    uint64_t before = repl->offset;
    row->run(world, id, words, answer);
    if (row->writes && repl->offset != before)
        repl->told_offset = repl->offset;
    command_flush(world, id);
}

bool admin_tell(struct world *world, uint32_t id, const struct command *words, struct text *answer,
                struct error *error)
{
    const struct component *component = component_at(world, id);
    if (!component->up)
        return error_set(error, ERROR_NOT_UP, 0, component->name, NULL, NULL, NULL);
    if (component->paused)
        return error_set(error, ERROR_IS_PAUSED, 0, component->name, NULL, NULL, NULL);
    for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (!word_is(words, 0, commands[i].name))
            continue;
        admin_run(world, id, &commands[i], words, answer);
        text_add_char(answer, '\n');
        return true;
    }
    unknown_command(words, answer);
    text_add_char(answer, '\n');
    return true;
}
