/*
 * outage import: the lines of a redis.conf that a store here has, as the world that they make; the
 * others as comments, each with its line and the reason.
 *
 * The store itself judges each value: it is set, line by line, in the configuration file of a
 * stopped one.
 */
#include "lab/import/import.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "lab/import/conf.h"
#include "lab/language/session.h"
#include "sim/engine/need.h"

#define USAGE      "outage import REDIS.CONF [--name NAME] [--on MACHINE]"
#define NAME_MOST  64
#define RULES_MOST 800

enum about {
#define ABOUT(id, en, ko) ABOUT_##id,
#include "lab/import/directives.def"
    ABOUT_COUNT
};

static const struct {
    const char *en, *ko;
} abouts[] = {
#define ABOUT(id, en, ko) {en, ko},
#include "lab/import/directives.def"
};

static const struct {
    const char *name;
    enum about about;
} directives[] = {
#define DIRECTIVE(name, about) {name, ABOUT_##about},
#include "lab/import/directives.def"
};

/* What Redis takes and a store here does not. */
static const struct {
    const char *name, *value;
} elsewhere[] = {
#define VALUE(name, value) {name, value},
#include "lab/import/directives.def"
};

/* Why a line is not in the world; TAKEN: it is. */
enum fate { FATE_TAKEN, FATE_DEFAULT, FATE_REPLACED, FATE_VALUE, FATE_ABOUT, FATE_UNKNOWN };

struct entry {
    uint32_t line, by; /* by: the line that replaced it */
    enum fate fate;
    enum about about;
    int row;           /* of the store's table; -1 none */
    const char *other; /* FATE_VALUE: the values that are known here; UNKNOWN: the nearest name */
    char name[NAME_MOST];
    char value[NAME_MOST]; /* as it is set; never of what is left out: it may be a password */
};

struct import {
    const char *file, *name, *machine;
    enum language language;
    struct session *session;
    struct entry *entries; /* one a line at most */
    uint32_t count;
    unsigned wrong;
    char rules[RULES_MOST]; /* of `save`, all its lines */
};

static const struct kind *store(void)
{
    return catalog[KIND_STORE];
}

/* --- asking the store ----------------------------------------------------------------------- */

static struct world *world_of(const struct import *import)
{
    return session_variant(import->session, 0)->world;
}

/* Sets a value in the store's configuration file; error->byte is within the value. */
static bool store_set(struct import *import, int row, const char *value, struct error *error)
{
    char words[COMMAND_BYTES], answer[16];
    struct text pair = TEXT(words), said = TEXT(answer);
    struct command command;
    const char *key = store()->parameters[row].name;
    text_clear(&pair);
    text_add(&pair, key);
    text_add_char(&pair, '=');
    text_add(&pair, value);
    text_clear(&said);
    command_of(&command, "set", import->name, words, (const char *)NULL);
    if (world_command(world_of(import), &command, &said, error))
        return true;
    size_t skipped = strlen(key) + 1;
    error->byte = (uint16_t)(error->byte > skipped ? error->byte - skipped : 0);
    error->word = 1;
    return false;
}

static bool is_default(const struct import *import, int row)
{
    char words[COMMAND_BYTES];
    struct text text = TEXT(words);
    struct world *world = world_of(import);
    uint32_t id = component_find(world, import->name);
    const struct parameter *parameter = &store()->parameters[row];
    uint64_t initial = 0;
    struct error error;
    parameter_load_file(world, id);
    text_clear(&text);
    parameter_add(&text, world, parameter, parameter_get(world, id, (unsigned)row));
    if (parameter->unit == UNIT_TEXT)
        return strcmp(words, parameter->initial) == 0;
    return value_parse(parameter->initial, parameter->unit, parameter->named, &initial, &error) &&
           parameter_get(world, id, (unsigned)row) == initial;
}

static bool world_line(struct import *import, const char *option, const char *first,
                       const char *second, const char *third)
{
    char words[256];
    struct text text = TEXT(words);
    struct error error;
    text_clear(&text);
    text_add(&text, first);
    text_add(&text, second);
    text_add(&text, third);
    if (session_line(import->session, words, &error))
        return true;
    error.column = 1; /* the option's word is what is wrong */
    batch_error(option, NULL, &error, import->language);
    return false;
}

/* The machine and a stopped store by the names that the options gave. */
static bool world_begin(struct import *import)
{
    char on[256];
    struct text text = TEXT(on);
    text_clear(&text);
    text_add(&text, " on ");
    text_add(&text, import->machine);
    return world_line(import, "--on", "machine ", import->machine, "") &&
           world_line(import, "--name", "add store ", import->name, on) &&
           world_line(import, "--name", "kill ", import->name, "");
}

/* --- one line ------------------------------------------------------------------------------- */

static bool wrong_line(struct import *import, const struct command *command, struct error *error)
{
    batch_error(import->file, command, error, import->language);
    import->wrong++;
    return false;
}

static void lower_copy(char *to, size_t room, const char *from)
{
    struct text text = {to, room, 0, false};
    text_clear(&text);
    for (; *from; from++)
        text_add_char(&text, *from >= 'A' && *from <= 'Z' ? (char)(*from - 'A' + 'a') : *from);
}

/* The earlier lines of the same name no longer count. */
static void replace_earlier(struct import *import, const struct entry *entry)
{
    for (uint32_t i = 0; i < import->count; i++) {
        struct entry *earlier = &import->entries[i];
        if (earlier->row != entry->row || earlier->by)
            continue;
        earlier->fate = FATE_REPLACED;
        earlier->by = entry->line;
    }
}

/* `save`: the lines add up; `save ""` takes all before it back (config.c, setConfigSaveOption). */
static bool save_take(struct import *import, struct entry *entry, const struct command *command)
{
    char line[RULES_MOST];
    struct text words = TEXT(line), rules = TEXT(import->rules);
    struct error error;
    text_clear(&words);
    for (unsigned i = 1; i < command->count; i++) {
        text_add(&words, i > 1 ? " " : "");
        text_add(&words, command_word(command, i));
    }
    if (!store_set(import, entry->row, line, &error))
        return wrong_line(import, command, &error);
    rules.used = strlen(import->rules);
    if (words.used == 0 || rules.used == 0)
        replace_earlier(import, entry);
    if (words.used == 0)
        text_clear(&rules);
    text_add(&rules, rules.used ? " " : "");
    text_add(&rules, line);
    if (!words.cut && !rules.cut)
        return true;
    conf_too_long(&error);
    return wrong_line(import, command, &error);
}

static const char *value_elsewhere(const char *name, const char *value)
{
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
        if (text_same_key(elsewhere[i].name, name) && strcmp(elsewhere[i].value, value) == 0)
            return elsewhere[i].value;
    return NULL;
}

static bool is_save(int row)
{
    return strcmp(store()->parameters[row].name, "save") == 0;
}

/* client-output-buffer-limit CLASS HARD SOFT SECONDS: one value; of replicas only. */
static bool is_limit(const char *name)
{
    return strcmp(name, "client-output-buffer-limit") == 0;
}

static bool limit_is_of_replicas(const struct command *command)
{
    const char *which = command_word(command, 1);
    return text_same_key(which, "replica") || text_same_key(which, "slave");
}

static bool limit_take(struct import *import, struct entry *entry, const struct command *command)
{
    char line[NAME_MOST];
    struct text words = TEXT(line);
    struct error error;
    text_clear(&words);
    for (unsigned i = 1; i < command->count; i++) {
        text_add(&words, i > 1 ? " " : "");
        text_add(&words, command_word(command, i));
    }
    lower_copy(entry->value, sizeof entry->value, line);
    replace_earlier(import, entry);
    return store_set(import, entry->row, entry->value, &error) ||
           wrong_line(import, command, &error);
}

static bool parameter_take(struct import *import, struct entry *entry,
                           const struct command *command)
{
    const struct parameter *row = &store()->parameters[entry->row];
    char usage[NAME_MOST + 16];
    struct text text = TEXT(usage);
    struct error error;
    if (is_limit(row->name))
        return limit_take(import, entry, command);
    text_clear(&text);
    text_add(&text, row->name);
    text_add(&text, " VALUE");
    if (!need_count(command, 2, strcmp(row->name, "save") == 0 ? COMMAND_WORDS : 2, usage, &error))
        return wrong_line(import, command, &error);
    if (strcmp(row->name, "save") == 0)
        return save_take(import, entry, command);
    lower_copy(entry->value, sizeof entry->value, command_word(command, 1));
    replace_earlier(import, entry);
    if (value_elsewhere(row->name, entry->value)) {
        entry->fate = FATE_VALUE;
        entry->other = row->named;
        return true;
    }
    return store_set(import, entry->row, entry->value, &error) ||
           wrong_line(import, command, &error);
}

static void directive_take(struct entry *entry, const char *name)
{
    unsigned distance = 99;
    for (size_t i = 0; i < sizeof directives / sizeof directives[0]; i++) {
        if (strcmp(directives[i].name, name) == 0) {
            entry->fate = FATE_ABOUT;
            entry->about = directives[i].about;
            return;
        }
        nearest_try(name, directives[i].name, &entry->other, &distance);
    }
    for (unsigned i = 0; i < store()->parameter_count; i++)
        nearest_try(name, store()->parameters[i].name, &entry->other, &distance);
    entry->fate = FATE_UNKNOWN;
}

static void line_take(struct import *import, const char *line, size_t bytes, uint32_t number)
{
    struct command command;
    struct error error;
    struct entry *entry = &import->entries[import->count];
    bool whole = conf_split(&command, line, bytes, number, &error);
    if (!whole && error.id != ERROR_LINE_TOO_LONG) {
        wrong_line(import, &command, &error);
        return;
    }
    if (command.count == 0)
        return;
    *entry = (struct entry){.line = number, .row = -1};
    lower_copy(entry->name, sizeof entry->name, command_word(&command, 0));
    directive_take(entry, entry->name);
    bool left_out = entry->fate == FATE_ABOUT && entry->about == ABOUT_HOST;
    left_out = left_out || (is_limit(entry->name) && !limit_is_of_replicas(&command));
    entry->row = left_out ? -1 : parameter_find(store(), entry->name);
    if (entry->row >= 0) {
        entry->fate = FATE_TAKEN;
        if (!whole)
            wrong_line(import, &command, &error);
        else
            parameter_take(import, entry, &command);
    }
    import->count++;
}

static bool lines_take(struct import *import, char *script, size_t bytes)
{
    uint32_t lines = 1, number = 0;
    for (size_t i = 0; i < bytes; i++)
        lines += script[i] == '\n';
    import->entries = calloc(lines, sizeof *import->entries);
    if (!import->entries)
        abort();
    /* A file in another encoding: its names are plain letters all the same. */
    if (u8_check((const uint8_t *)script, bytes))
        for (size_t i = 0; i < bytes; i++)
            script[i] = (unsigned char)script[i] < 0x80 ? script[i] : '?';
    for (const char *at = script, *end = script + bytes; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        line_take(import, at, (size_t)((stop ? stop : end) - at), ++number);
        at = stop ? stop + 1 : end;
    }
    return import->wrong == 0;
}

/* --- the world ------------------------------------------------------------------------------ */

/* Decides which values are the defaults; `save` is one value, whatever the number of its lines. */
static void defaults_find(struct import *import)
{
    struct error ignored;
    for (uint32_t i = 0; i < import->count; i++) {
        struct entry *entry = &import->entries[i];
        if (entry->fate != FATE_TAKEN)
            continue;
        if (is_save(entry->row))
            store_set(import, entry->row, import->rules, &ignored);
        if (is_default(import, entry->row))
            entry->fate = FATE_DEFAULT;
    }
}

static const struct entry *taken(const struct import *import, int row)
{
    for (uint32_t i = 0; i < import->count; i++)
        if (import->entries[i].row == row && import->entries[i].fate == FATE_TAKEN)
            return &import->entries[i];
    return NULL;
}

static void print_store(const struct import *import)
{
    printf("machine %s\nadd store %s on %s", import->machine, import->name, import->machine);
    for (int row = 0; row < store()->parameter_count; row++) {
        const struct entry *entry = taken(import, row);
        if (!entry)
            continue;
        if (is_save(row))
            printf(" %s=\"%s\"", store()->parameters[row].name, import->rules);
        else if (store()->parameters[row].unit == UNIT_TEXT)
            printf(" %s=\"%s\"", store()->parameters[row].name, entry->value);
        else
            printf(" %s=%s", store()->parameters[row].name, entry->value);
    }
    putchar('\n');
}

static void print_left(const struct entry *entry, bool ko)
{
    printf("#%6u  %-28s ", entry->line, entry->name);
    switch (entry->fate) {
    case FATE_DEFAULT:
        puts(ko ? "기본값과 같음" : "the default");
        break;
    case FATE_REPLACED:
        printf(ko ? "%u번째 줄의 값을 씀\n" : "line %u replaces it\n", entry->by);
        break;
    case FATE_VALUE:
        printf(ko ? "%s: 여기에는 없는 값, 가능한 값 %s\n" : "%s is not simulated; here: %s\n",
               entry->value, entry->other);
        break;
    case FATE_ABOUT:
        puts(ko ? abouts[entry->about].ko : abouts[entry->about].en);
        break;
    default:
        fputs(ko ? "Redis 7.0에 없는 설정" : "unknown to Redis 7.0", stdout);
        if (entry->other)
            printf(ko ? "; `%s`인가요?" : "; did you mean `%s`?", entry->other);
        putchar('\n');
        break;
    }
}

static void print_world(const struct import *import)
{
    bool ko = import->language == LANGUAGE_KO, left = false;
    bool input = strcmp(import->file, "-") == 0;
    printf(ko ? "# %s 파일에서 가져옴 (outage import)\n" : "# from %s, by outage import\n",
           input ? "redis.conf" : import->file);
    print_store(import);
    printf(ko ? "# 클라이언트를 더하려면:\n" : "# a client for it:\n");
    printf("#   machine app-1\n#   add client orders on app-1 to=%s op=set rate=1000/s\n",
           import->name);
    for (uint32_t i = 0; i < import->count; i++) {
        if (import->entries[i].fate == FATE_TAKEN)
            continue;
        if (!left)
            puts(ko ? "# 쓰지 않은 줄:" : "# lines that were left out:");
        left = true;
        print_left(&import->entries[i], ko);
    }
}

/* --- the command ---------------------------------------------------------------------------- */

static bool options_read(struct import *import, int argc, char **argv)
{
    static const struct option options[] = {{"name", required_argument, NULL, 'n'},
                                            {"on", required_argument, NULL, 'o'},
                                            {NULL, 0, NULL, 0}};
    int option;
    opterr = 0;
    optind = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == '?') {
            batch_usage(optind > 0 && optind <= argc ? argv[optind - 1] : "", USAGE,
                        import->language);
            return false;
        }
        *(option == 'n' ? &import->name : &import->machine) = optarg;
    }
    if (argc - optind != 1) {
        batch_usage(argc - optind > 1 ? argv[optind + 1] : "", USAGE, import->language);
        return false;
    }
    import->file = argv[optind];
    return true;
}

static int import_script(struct import *import, char *script, size_t bytes)
{
    struct error error;
    struct session_options options = {.language = import->language};
    import->session = session_open("", 0, &options, &error);
    if (!import->session) {
        batch_error("import", NULL, &error, import->language);
        return STATUS_WRONG;
    }
    int status = STATUS_WRONG;
    if (world_begin(import) && lines_take(import, script, bytes)) {
        defaults_find(import);
        print_world(import);
        status = batch_flush(STATUS_HELD, import->language);
    }
    free(import->entries);
    session_close(import->session);
    return status;
}

int import_conf(int argc, char **argv, enum language language)
{
    struct import import = {.language = language, .name = "cache", .machine = "redis-1"};
    size_t bytes;
    batch_guard();
    if (!options_read(&import, argc, argv))
        return STATUS_WRONG;
    char *script = batch_read(import.file, &bytes, language);
    if (!script)
        return STATUS_WRONG;
    int status = import_script(&import, script, bytes);
    free(script);
    return status;
}
