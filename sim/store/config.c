/*
 * CONFIG GET, SET and RESETSTAT: of the process, not of its file (config.c of Redis 7.0).
 */
#include "sim/store/store_state.h"

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

static bool asked(const struct command *words, const char *name)
{
    for (unsigned i = 2; i < words->count; i++)
        if (matches(command_word(words, i), name))
            return true;
    return false;
}

static void config_get(struct world *world, uint32_t id, const struct command *words,
                       struct text *answer)
{
    unsigned lines = 0;
    for (unsigned i = 0; i < STORE_PARAMETERS; i++) {
        const struct parameter *row = &store_parameters[i];
        if (!asked(words, row->name))
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

/* --- SET -------------------------------------------------------------------------------------- */

static void set_failed(struct text *answer, const char *name, const char *why)
{
    text_add(answer, "(error) ERR CONFIG SET failed (possibly related to argument '");
    text_add(answer, name);
    text_add(answer, "') - ");
    text_add(answer, why);
}

static bool twice(const struct command *words, unsigned word, int place)
{
    for (unsigned i = 2; i < word; i += 2)
        if (parameter_find(&store_kind, command_word(words, i)) == place)
            return true;
    return false;
}

/* The first name that cannot be set refuses all. */
static bool names_good(const struct command *words, struct text *answer)
{
    for (unsigned i = 2; i < words->count; i += 2) {
        const char *name = command_word(words, i);
        int place = parameter_find(&store_kind, name);
        if (place < 0) {
            text_add(answer,
                     "(error) ERR Unknown option or number of arguments for CONFIG SET - '");
            text_add(answer, name);
            text_add(answer, "'");
            return false;
        }
        if (!store_parameters[place].running || twice(words, i, place)) {
            set_failed(answer, name,
                       store_parameters[place].running ? "duplicate parameter"
                                                       : "can't set immutable config");
            return false;
        }
    }
    return true;
}

static void add_choices(struct text *why, const char *named)
{
    text_add(why, "argument(s) must be one of the following: ");
    for (; *named != '\0'; named++) {
        if (*named == '|')
            text_add(why, ", ");
        else
            text_add_char(why, *named);
    }
}

static void value_failed(struct text *answer, const struct parameter *row, const char *name,
                         const struct error *error)
{
    char words[200];
    struct text why = TEXT(words);
    text_clear(&why);
    if (error->id == ERROR_OUT_OF_RANGE) {
        text_add(&why, "argument must be between ");
        text_add_u64(&why, row->minimum);
        text_add(&why, " and ");
        text_add_u64(&why, row->maximum);
        text_add(&why, " inclusive");
    } else if (row->unit == UNIT_CHOICE) {
        add_choices(&why, row->named);
    } else {
        text_add(&why, row->unit == UNIT_BOOLEAN ? "argument must be 'yes' or 'no'"
                       : row->unit == UNIT_REDIS ? "argument must be a memory value"
                                                 : "argument couldn't be parsed into an integer");
    }
    set_failed(answer, name, words);
}

/* All pairs or none. */
static void config_set(struct world *world, uint32_t id, const struct command *words,
                       struct text *answer)
{
    uint64_t numbers[COMMAND_WORDS / 2];
    if (!names_good(words, answer))
        return;
    for (unsigned i = 2; i < words->count; i += 2) {
        const char *name = command_word(words, i), *value = command_word(words, i + 1);
        int place = parameter_find(&store_kind, name);
        struct error error;
        if (place == STORE_SAVE && !save_rules_valid(value)) {
            set_failed(answer, name, "Invalid save parameters");
            return;
        }
        if (!parameter_parse(world, &store_parameters[place], value, &numbers[i / 2], &error)) {
            value_failed(answer, &store_parameters[place], name, &error);
            return;
        }
    }
    for (unsigned i = 2; i < words->count; i += 2) {
        unsigned place = (unsigned)parameter_find(&store_kind, command_word(words, i));
        parameter_put(world, id, place, numbers[i / 2]);
    }
    for (unsigned i = 2; i < words->count; i += 2)
        store_changed(world, id, (unsigned)parameter_find(&store_kind, command_word(words, i)));
    text_add(answer, "OK");
}

static void wrong_number(struct text *answer, const char *subcommand)
{
    text_add(answer, "(error) ERR wrong number of arguments for 'config|");
    text_add(answer, subcommand);
    text_add(answer, "' command");
}

void admin_config(struct world *world, uint32_t id, const struct command *words,
                  struct text *answer)
{
    const char *what = command_word(words, 1);
    if (text_same_key(what, "GET") && words->count < 3) {
        wrong_number(answer, "get");
    } else if (text_same_key(what, "GET")) {
        config_get(world, id, words, answer);
    } else if (text_same_key(what, "SET") && words->count < 4) {
        wrong_number(answer, "set");
    } else if (text_same_key(what, "SET") && words->count % 2 != 0) {
        text_add(answer, "(error) ERR syntax error");
    } else if (text_same_key(what, "SET")) {
        config_set(world, id, words, answer);
    } else if (text_same_key(what, "RESETSTAT")) {
        struct store *store = store_at(world, id);
        store->commands = store->hits = store->misses = store->evicted = store->expired = 0;
        text_add(answer, "OK");
    } else {
        text_add(answer, "(error) ERR unknown subcommand '");
        text_add(answer, what);
        text_add(answer, "'. Try CONFIG HELP.");
    }
}
