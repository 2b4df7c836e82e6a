/*
 * redis-cli for `tell`: what looks after the server: SAVE, BGSAVE, SHUTDOWN, FLUSHALL, CONFIG,
 * DEBUG.
 */
#include <string.h>

#include "sim/store/store_state.h"

static const char busy_saving[] = "(error) ERR Background save already in progress";

void admin_save(struct world *world, uint32_t id, const struct command *words, struct text *answer)
{
    (void)words;
    if (store_at(world, id)->children[0].type == CHILD_RDB)
        text_add(answer, busy_saving);
    else
        text_add(answer, rdb_save_begin(world, id) ? "OK" : "(error) ERR");
}

void admin_bgsave(struct world *world, uint32_t id, const struct command *words,
                  struct text *answer)
{
    struct store *store = store_at(world, id);
    if (store->children[0].type == CHILD_RDB) {
        text_add(answer, busy_saving);
    } else if (store->children[0].type == CHILD_AOF) {
        if (text_same_key(command_word(words, 1), "SCHEDULE")) {
            store->bgsave_scheduled = 1;
            text_add(answer, "Background saving scheduled");
        } else {
            text_add(answer,
                     "(error) ERR Another child process is active (AOF?): can't BGSAVE right now. "
                     "Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible.");
        }
    } else {
        text_add(answer, rdb_background(world, id) ? "Background saving started" : "(error) ERR");
    }
}

void admin_bgrewriteaof(struct world *world, uint32_t id, const struct command *words,
                        struct text *answer)
{
    struct store *store = store_at(world, id);
    (void)words;
    if (store->children[0].type == CHILD_AOF || (store->wants & WANT_REWRITE) != 0) {
        text_add(answer, "(error) ERR Background append only file rewriting already in progress");
    } else if (child_active(world, id)) {
        store->rewrite_scheduled = 1;
        text_add(answer, "Background append only file rewriting scheduled");
    } else {
        store->wants |= WANT_REWRITE;
        text_add(answer, "Background append only file rewriting started");
    }
}

void admin_lastsave(struct world *world, uint32_t id, const struct command *words,
                    struct text *answer)
{
    (void)words;
    answer_integer(answer, (int64_t)store_at(world, id)->lastsave_s);
}

void admin_shutdown(struct world *world, uint32_t id, const struct command *words,
                    struct text *answer)
{
    struct store *store = store_at(world, id);
    store->exit_how = 0;
    for (unsigned i = 1; i < words->count; i++) {
        if (text_same_key(command_word(words, i), "NOSAVE")) {
            store->exit_how = 1;
        } else if (text_same_key(command_word(words, i), "SAVE")) {
            store->exit_how = 2;
        } else {
            text_add(answer, "(error) ERR syntax error");
            return;
        }
    }
    text_add(answer, "Connection closed");
    store->wants |= WANT_EXIT;
}

void admin_flushall(struct world *world, uint32_t id, const struct command *words,
                    struct text *answer)
{
    (void)words;
    change_flush(world, id);
    if (store_at(world, id)->children[0].type == CHILD_RDB)
        child_kill(world, id);
    if (save_rules_on(world, id))
        rdb_save_begin(world, id);
    text_add(answer, "OK");
}

/* --- CONFIG
 * -------------------------------------------------------------------------------------------- */

/* Names with * and ? as CONFIG GET takes them. */
static bool matches(const char *pattern, const char *name)
{
    if (*pattern == '*')
        return matches(pattern + 1, name) || (*name != '\0' && matches(pattern, name + 1));
    if (*pattern == '\0' || *name == '\0')
        return *pattern == *name;
    char a = *pattern, b = *name;
    if (a >= 'A' && a <= 'Z')
        a = (char)(a - 'A' + 'a');
    return (a == '?' || a == b) && matches(pattern + 1, name + 1);
}

static void config_get(struct world *world, uint32_t id, const struct command *words,
                       struct text *answer)
{
    unsigned lines = 0;
    for (unsigned i = 0; i < STORE_PARAMETERS; i++) {
        const struct parameter *row = &store_parameters[i];
        if (!matches(command_word(words, 2), row->name))
            continue;
        text_add(answer, lines++ > 0 ? "\n" : "");
        text_add(answer, row->name);
        text_add(answer, " ");
        if (row->unit == UNIT_REDIS)
            text_add_u64(answer, parameter_get(world, id, i)); /* in bytes, as Redis shows it */
        else if (row->unit == UNIT_TEXT) {
            text_add(answer, "\"");
            text_add(answer, parameter_text(world, id, i));
            text_add(answer, "\"");
        } else
            parameter_add(answer, world, row, parameter_get(world, id, i));
    }
    if (lines == 0)
        text_add(answer, "(empty array)");
}

static void config_failed(struct text *answer, const char *name, const char *why)
{
    text_add(answer, "(error) ERR CONFIG SET failed (possibly related to argument '");
    text_add(answer, name);
    text_add(answer, "') - ");
    text_add(answer, why);
}

static void config_set(struct world *world, uint32_t id, const struct command *words,
                       struct text *answer)
{
    const char *name = command_word(words, 2), *value = command_word(words, 3);
    struct error error;
    uint64_t number;
    int place = parameter_find(&store_kind, name);
    if (place < 0) {
        text_add(answer, "(error) ERR Unknown option or number of arguments for CONFIG SET - '");
        text_add(answer, name);
        text_add(answer, "'");
        return;
    }
    const struct parameter *row = &store_parameters[place];
    if (!row->running) {
        config_failed(answer, name, "can't set immutable config");
    } else if (place == STORE_SAVE && !save_rules_valid(value)) {
        config_failed(answer, name, "Invalid save parameters");
    } else if (!parameter_parse(world, row, value, &number, &error)) {
        config_failed(answer, name,
                      row->unit == UNIT_BOOLEAN  ? "argument must be 'yes' or 'no'"
                      : row->unit == UNIT_CHOICE ? "argument(s) must be one of the following"
                      : row->unit == UNIT_REDIS  ? "argument must be a memory value"
                                                 : "argument couldn't be parsed into an integer");
    } else {
        parameter_put(world, id, (unsigned)place, number);
        store_changed(world, id, (unsigned)place);
        text_add(answer, "OK");
    }
}

void admin_config(struct world *world, uint32_t id, const struct command *words,
                  struct text *answer)
{
    if (text_same_key(command_word(words, 1), "GET") && words->count == 3) {
        config_get(world, id, words, answer);
    } else if (text_same_key(command_word(words, 1), "SET") && words->count == 4) {
        config_set(world, id, words, answer);
    } else if (text_same_key(command_word(words, 1), "RESETSTAT")) {
        struct store *store = store_at(world, id);
        store->commands = store->hits = store->misses = store->evicted = store->expired = 0;
        text_add(answer, "OK");
    } else {
        text_add(answer, "(error) ERR unknown subcommand '");
        text_add(answer, command_word(words, 1));
        text_add(answer, "'. Try CONFIG HELP.");
    }
}

/* --- DEBUG
 * -----------------------------------------------------------------------------------------------
 */

/* DEBUG SLEEP SECONDS: with up to three decimals. */
static uint64_t seconds_read(const char *words)
{
    uint64_t whole = 0, thousandths = 0, scale = 100;
    for (; *words >= '0' && *words <= '9' && whole < 1000000; words++)
        whole = whole * 10 + (uint64_t)(*words - '0');
    if (*words == '.') {
        for (words++; *words >= '0' && *words <= '9' && scale > 0; words++, scale /= 10)
            thousandths += (uint64_t)(*words - '0') * scale;
    }
    return whole * SECOND_NS + thousandths * MS_NS;
}

/* DEBUG POPULATE COUNT [PREFIX [SIZE]]: keys that no log and no counter hears of. */
static void debug_populate(struct world *world, uint32_t id, const struct command *words,
                           struct text *answer)
{
    int64_t count, bytes = 0;
    char name[96], value[64];
    if (!number_read(command_word(words, 2), &count) || count < 0 ||
        (words->count > 4 && (!number_read(command_word(words, 4), &bytes) || bytes < 0))) {
        text_add(answer, "(error) ERR value is not an integer or out of range");
        return;
    }
    aof_break(world, id);
    for (int64_t i = 0; i < count && world->region.full == 0; i++) {
        struct text text = TEXT(name), words_of_value = TEXT(value);
        text_clear(&text);
        text_add(&text, words->count > 3 ? command_word(words, 3) : "key");
        text_add_char(&text, ':');
        text_add_i64(&text, i);
        uint32_t key = key_of(world, &store_at(world, id)->keys, name, true);
        if (key == UINT32_MAX || change_lookup(world, id, key) != NULL)
            continue;
        text_clear(&words_of_value);
        text_add(&words_of_value, "value:");
        text_add_i64(&words_of_value, i);
        if (bytes == 0)
            change_set_text(world, id, key, value, (uint32_t)words_of_value.used, ENTRY_UNLOGGED);
        else
            change_set(world, id, key, (uint32_t)bytes, 0, ENTRY_UNLOGGED);
    }
    text_add(answer, "OK");
}

void admin_debug(struct world *world, uint32_t id, const struct command *words, struct text *answer)
{
    if (text_same_key(command_word(words, 1), "SLEEP") && words->count == 3) {
        store_at(world, id)->stall_ns += seconds_read(command_word(words, 2));
        text_add(answer, "OK");
    } else if (text_same_key(command_word(words, 1), "POPULATE") && words->count >= 3) {
        debug_populate(world, id, words, answer);
    } else {
        text_add(answer, "(error) ERR unknown subcommand or wrong number of arguments for '");
        text_add(answer, command_word(words, 1));
        text_add(answer, "'. Try DEBUG HELP.");
    }
}
