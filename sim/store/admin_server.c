/*
 * redis-cli for `tell`: what looks after the server: SAVE, BGSAVE, SHUTDOWN, FLUSHALL,
 * DEBUG.
 */
#include <string.h>

#include "sim/store/store_state.h"

static const char busy_saving[] = "(error) ERR Background save already in progress";

void admin_save(struct world *world, uint32_t id, const struct command *words, struct text *answer)
{
    (void)words;
    if (child_saves(world, id))
        text_add(answer, busy_saving);
    else
        text_add(answer, rdb_save_begin(world, id) ? "OK" : "(error) ERR");
}

void admin_bgsave(struct world *world, uint32_t id, const struct command *words,
                  struct text *answer)
{
    struct store *store = store_at(world, id);
    if (child_saves(world, id)) {
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
    if (child_saves(world, id))
        child_kill(world, id);
    if (save_rules_on(world, id))
        rdb_save_begin(world, id);
    text_add(answer, "OK");
}

/* --- DEBUG ------------------------------------------------------------------------------------ */

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
    if (!resp_number(command_word(words, 2), &count) || count < 0 ||
        (words->count > 4 && (!resp_number(command_word(words, 4), &bytes) || bytes < 0))) {
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
        uint32_t key = key_of(world, name, true);
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
