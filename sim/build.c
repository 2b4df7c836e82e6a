/* The verbs that build and change a world: world seed network machine link add set remove tell. */
#include <string.h>

#include "sim/engine/need.h"
#include "sim/net/link.h"
#include "sim/parts.h"

/* --- pairs: key=value words, all read before anything changes ------------------------------------- */

struct pairs {
    uint64_t values[64]; /* by the kind's row */
    bool given[64];
};

static void pairs_give(struct world *world, const struct kind *kind, struct pairs *pairs)
{
    for (unsigned i = 0; i < kind->parameter_count; i++)
        if (pairs->given[i] && kind->parameters[i].unit == UNIT_TEXT)
            string_give(world, (ref)pairs->values[i]);
}

static bool unknown_parameter(const struct kind *kind, const char *key, unsigned word,
                              struct error *error)
{
    const char *best = NULL;
    unsigned distance = 99;
    for (unsigned i = 0; i < kind->parameter_count; i++)
        nearest_try(key, kind->parameters[i].name, &best, &distance);
    if (!best && kind->parameter_count)
        best = kind->parameters[0].name;
    return error_set(error, ERROR_UNKNOWN_PARAMETER, (uint16_t)word, key, kind->name,
                     best ? best : "", NULL);
}

static bool pair_read(struct world *world, const struct kind *kind, const struct command *command,
                      unsigned word, const char *words, struct pairs *pairs, struct error *error)
{
    char key[64];
    struct text text = TEXT(key);
    size_t bytes = strcspn(words, "=");
    if (words[bytes] != '=' || bytes == 0)
        return error_set(error, ERROR_NOT_KEY_VALUE, (uint16_t)word, words,
                         kind->parameter_count ? kind->parameters[0].name : "key=value", NULL, NULL);
    text_clear(&text);
    text_add_bytes(&text, words, bytes);
    int row = parameter_find(kind, key);
    uint16_t skipped = (uint16_t)(words - command_word(command, word));
    if (row < 0) {
        unknown_parameter(kind, key, word, error);
        error->byte = skipped;
        return false;
    }
    if (pairs->given[row] && kind->parameters[row].unit == UNIT_TEXT)
        string_give(world, (ref)pairs->values[row]);
    pairs->given[row] = false;
    if (!parameter_parse(world, &kind->parameters[row], words + bytes + 1, &pairs->values[row],
                         error)) {
        error->word = (uint16_t)word;
        error->byte = (uint16_t)(skipped + bytes + 1);
        return false;
    }
    pairs->given[row] = true;
    return true;
}

/* Reads the words from `first` on. */
static bool pairs_read(struct world *world, const struct kind *kind, const struct command *command,
                       unsigned first, struct pairs *pairs, struct error *error)
{
    memset(pairs, 0, sizeof *pairs);
    for (unsigned word = first; word < command->count; word++)
        if (!pair_read(world, kind, command, word, command_word(command, word), pairs, error)) {
            pairs_give(world, kind, pairs);
            return false;
        }
    return true;
}

/* Which word set this parameter: for the place of an error that a kind's check found. */
static void place_of(const struct kind *kind, const struct command *command, unsigned first,
                     unsigned parameter, struct error *error)
{
    for (unsigned word = first; word < command->count; word++) {
        const char *words = command_word(command, word), *dot = strchr(words, '.');
        size_t start = first == 1 && dot && dot < strchr(words, '=') ? (size_t)(dot - words) + 1 : 0;
        size_t bytes = strcspn(words + start, "=");
        char key[64];
        struct text text = TEXT(key);
        text_clear(&text);
        text_add_bytes(&text, words + start, bytes);
        if (parameter_find(kind, key) == (int)parameter) {
            error->word = (uint16_t)word;
            error->byte = (uint16_t)(start + bytes + 1);
            return;
        }
    }
    error->word = (uint16_t)(command->count - 1);
}

/* Are the values right together?  `base`: the values that the pairs change. */
static bool pairs_check(struct world *world, uint32_t id, const struct kind *kind, ref base,
                        const struct pairs *pairs, unsigned *parameter, struct error *error)
{
    uint64_t values[64];
    if (!kind->check)
        return true;
    memcpy(values, arena_at(&world->region, base), kind->parameter_count * sizeof values[0]);
    for (unsigned i = 0; i < kind->parameter_count; i++)
        if (pairs->given[i])
            values[i] = pairs->values[i];
    if (kind->check(world, id, values, error))
        return true;
    *parameter = error->word;
    return false;
}

static void value_put(struct world *world, const struct kind *kind, ref block, unsigned row,
                      uint64_t value)
{
    uint64_t *values = arena_at(&world->region, block);
    if (kind->parameters[row].unit == UNIT_TEXT)
        string_give(world, (ref)values[row]);
    values = arena_at(&world->region, block);
    values[row] = value;
}

/* A copy of a value for a second block: strings are never shared. */
static uint64_t value_again(struct world *world, const struct kind *kind, unsigned row,
                            uint64_t value)
{
    return kind->parameters[row].unit == UNIT_TEXT ? string_take(world, string_at(world, (ref)value))
                                                   : value;
}

/* --- names ---------------------------------------------------------------------------------------------- */

static bool name_free(struct world *world, const struct command *command, unsigned word,
                      struct error *error)
{
    const char *name = command_word(command, word);
    size_t bytes = strlen(name);
    bool good = name[0] >= 'a' && name[0] <= 'z' && bytes < 32;
    for (const char *c = name; *c && good; c++)
        good = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '-';
    if (!good)
        return error_set(error, ERROR_BAD_NAME, (uint16_t)word, name, NULL, NULL, NULL);
    if (component_find(world, name))
        return error_set(error, ERROR_NAME_TAKEN, (uint16_t)word, name, NULL, NULL, NULL);
    return true;
}

/* --- building --------------------------------------------------------------------------------------------- */

/* Makes a component of a kind from the words that begin at `first`; 0 with the error. */
static uint32_t build(struct world *world, enum kind_id kind_id, uint32_t machine,
                      const struct command *command, unsigned name, unsigned first,
                      struct error *error)
{
    const struct kind *kind = catalog[kind_id];
    struct pairs pairs;
    unsigned parameter = 0;
    if (!name_free(world, command, name, error) ||
        !pairs_read(world, kind, command, first, &pairs, error))
        return 0;
    uint32_t id = component_new(world, kind_id, command_word(command, name), machine);
    if (!id) {
        error_set(error, ERROR_NO_MEMORY, 0, NULL, NULL, NULL, NULL);
        return 0;
    }
    if (!pairs_check(world, id, kind, component_at(world, id)->running, &pairs, &parameter, error)) {
        place_of(kind, command, first, parameter, error);
        pairs_give(world, kind, &pairs);
        component_remove(world, id);
        return 0;
    }
    for (unsigned i = 0; i < kind->parameter_count; i++)
        if (pairs.given[i]) {
            uint64_t again = value_again(world, kind, i, pairs.values[i]);
            value_put(world, kind, component_at(world, id)->running, i, pairs.values[i]);
            value_put(world, kind, component_at(world, id)->file, i, again);
        }
    if (kind->init)
        kind->init(world, id);
    /* What stands still takes what was given in the order of its rows: a disk's type before its speed. */
    for (unsigned i = 0; i < kind->parameter_count && !kind->process; i++)
        if (pairs.given[i]) {
            if (kind->parameters[i].unit != UNIT_TEXT)
                parameter_put(world, id, i, pairs.values[i]);
            if (kind->changed)
                kind->changed(world, id, i);
        }
    trace(world, id, TRACE_BUILD, component_at(world, id)->order, 0);
    if (kind->process)
        component_signal(world, id, SIGNAL_START);
    return id;
}

static bool act_world(struct world *world, const struct command *command, struct text *answer,
                      struct error *error)
{
    (void)answer;
    if (!need_count(command, 2, 2, "world \"TITLE\"", error))
        return false;
    struct text title = TEXT(world->title);
    memset(world->title, 0, sizeof world->title);
    text_add(&title, command_word(command, 1));
    return true;
}

static bool act_seed(struct world *world, const struct command *command, struct text *answer,
                     struct error *error)
{
    uint64_t seed;
    (void)answer;
    if (!need_count(command, 2, 2, "seed N", error) ||
        !need_value(command, 1, UNIT_COUNT, NULL, &seed, error))
        return false;
    if (component_next(world, world->network, KIND_NONE))
        return error_set(error, ERROR_SEED_LATE, 0, NULL, NULL, NULL, NULL);
    world->seed = seed;
    return true;
}

static bool act_machine(struct world *world, const struct command *command, struct text *answer,
                        struct error *error)
{
    (void)answer;
    if (!need_count(command, 2, COMMAND_WORDS, "machine NAME [cores=2 ram=4GiB ...]", error))
        return false;
    uint32_t id = build(world, KIND_MACHINE, 0, command, 1, 2, error);
    if (id)
        component_at(world, id)->up = 1;
    return id != 0;
}

static bool act_add(struct world *world, const struct command *command, struct text *answer,
                    struct error *error)
{
    static const char usage[] = "add KIND NAME on MACHINE [key=value ...]";
    const char *kind = command_word(command, 1), *best = NULL;
    unsigned distance = 99;
    (void)answer;
    if (!need_count(command, 2, COMMAND_WORDS, usage, error))
        return false;
    for (unsigned i = 1; i < KIND_COUNT; i++) {
        if (!catalog[i]->buildable)
            continue;
        if (strcmp(catalog[i]->name, kind) != 0) {
            nearest_try(kind, catalog[i]->name, &best, &distance);
            if (!best)
                best = catalog[i]->name;
            continue;
        }
        if (!need_count(command, 5, COMMAND_WORDS, usage, error))
            return false;
        if (strcmp(command_word(command, 3), "on") != 0)
            return error_set(error, ERROR_MISSING_WORD, 3, command_word(command, 2), usage, NULL,
                             NULL);
        uint32_t machine = need_machine(world, command, 4, error);
        if (!machine)
            return false;
        if (component_at(world, machine)->up == 0)
            return error_set(error, ERROR_MACHINE_OFF, 4, component_at(world, machine)->name, NULL,
                             NULL, NULL);
        return build(world, (enum kind_id)i, machine, command, 2, 5, error) != 0;
    }
    return error_set(error, ERROR_UNKNOWN_KIND, 1, kind, best, NULL, NULL);
}

/* --- set ------------------------------------------------------------------------------------------------- */

static bool running_check(struct world *world, uint32_t id, const struct kind *kind,
                          const struct command *command, unsigned first, const struct pairs *pairs,
                          struct error *error)
{
    bool stopped = kind->process && !component_at(world, id)->up;
    for (unsigned i = 0; i < kind->parameter_count && !stopped; i++)
        if (pairs->given[i] && !kind->parameters[i].running) {
            error_set(error, ERROR_NOT_WHILE_RUNNING, 0, kind->parameters[i].name, NULL, NULL, NULL);
            place_of(kind, command, first, i, error);
            error->byte = 0;
            return false;
        }
    return true;
}

/* Puts pairs that were read and checked: into the process, if it runs, and its configuration file. */
static void pairs_put(struct world *world, uint32_t id, const struct kind *kind,
                      const struct pairs *pairs)
{
    bool runs = !kind->process || component_at(world, id)->up;
    for (unsigned i = 0; i < kind->parameter_count; i++) {
        if (!pairs->given[i])
            continue;
        bool number = kind->parameters[i].unit != UNIT_TEXT;
        trace(world, id, TRACE_SET, i, number ? pairs->values[i] : 0);
        if (runs) {
            uint64_t again = value_again(world, kind, i, pairs->values[i]);
            value_put(world, kind, component_at(world, id)->running, i, again);
        }
        value_put(world, kind, component_at(world, id)->file, i, pairs->values[i]);
        if (runs && kind->changed)
            kind->changed(world, id, i);
    }
}

static bool set_component(struct world *world, uint32_t id, const struct command *command,
                          unsigned first, struct pairs *pairs, struct error *error)
{
    const struct kind *kind = component_kind(world, id);
    unsigned parameter = 0;
    if (!running_check(world, id, kind, command, first, pairs, error)) {
        pairs_give(world, kind, pairs);
        return false;
    }
    if (!pairs_check(world, id, kind, component_at(world, id)->file, pairs, &parameter, error)) {
        place_of(kind, command, first, parameter, error);
        pairs_give(world, kind, pairs);
        return false;
    }
    pairs_put(world, id, kind, pairs);
    return true;
}

/* Changes the link between two machines, or one way of it. */
static bool set_link(struct world *world, uint32_t a, uint32_t b, bool both,
                     const struct command *command, unsigned first, struct error *error)
{
    struct pairs pairs;
    if (!pairs_read(world, catalog[KIND_LINK], command, first, &pairs, error))
        return false;
    uint32_t id = link_need(world, a, b);
    if (!id)
        return error_set(error, ERROR_NO_MEMORY, 0, NULL, NULL, NULL, NULL);
    for (unsigned i = 0; i < catalog[KIND_LINK]->parameter_count; i++)
        if (pairs.given[i]) {
            link_set(world, a, b, i, pairs.values[i], both);
            trace(world, id, TRACE_SET, i, pairs.values[i]);
        }
    return true;
}

/* Two machines named as `A~B`, `A B`, `A -> B` from `word` on: how many words they take, 0 none of these.
 * A component stands for its machine.  -1 with the error. */
static int pair_of_machines(struct world *world, const struct command *command, unsigned word,
                            uint32_t *a, uint32_t *b, bool *both, struct error *error)
{
    const char *words = command_word(command, word), *between = strchr(words, '~');
    int taken = between ? 1 : 2;
    struct command two;
    *both = true;
    if (between) {
        char left[NAME_BYTES];
        struct text text = TEXT(left);
        text_clear(&text);
        text_add_bytes(&text, words, (size_t)(between - words));
        command_of(&two, left, between + 1, (const char *)NULL);
    } else {
        const char *second = command_word(command, word + 1);
        if (strcmp(second, "->") == 0) {
            *both = false;
            taken = 3;
            second = command_word(command, word + 2);
        }
        if (strchr(second, '=') || !*second)
            return 0;
        command_of(&two, words, second, (const char *)NULL);
    }
    *a = need_machine(world, &two, 0, error);
    *b = *a ? need_machine(world, &two, 1, error) : 0;
    if (!*b) {
        error->word = (uint16_t)(between ? word : word + (*a ? (unsigned)taken - 1 : 0));
        return -1;
    }
    if (*a == *b) {
        error_set(error, ERROR_SAME_MACHINE, (uint16_t)word, component_at(world, *a)->name, NULL,
                  NULL, NULL);
        return -1;
    }
    return taken;
}

static bool act_link(struct world *world, const struct command *command, struct text *answer,
                     struct error *error)
{
    static const char usage[] = "link A B [latency=2ms jitter=0ms loss=0% bandwidth=100Mbit]";
    uint32_t a, b;
    bool both;
    (void)answer;
    if (!need_count(command, 2, COMMAND_WORDS, usage, error))
        return false;
    int taken = pair_of_machines(world, command, 1, &a, &b, &both, error);
    if (taken <= 0)
        return taken < 0 ? false
                         : error_set(error, ERROR_MISSING_WORD, 1, command_word(command, 1), usage,
                                     NULL, NULL);
    uint32_t there = link_find(world, a, b);
    if (there)
        return error_set(error, ERROR_NAME_TAKEN, 1, component_at(world, there)->name, NULL, NULL,
                         NULL);
    return set_link(world, a, b, both, command, 1 + (unsigned)taken, error);
}

static bool act_network(struct world *world, const struct command *command, struct text *answer,
                        struct error *error)
{
    struct pairs pairs;
    (void)answer;
    return need_count(command, 2, COMMAND_WORDS, "network latency=0.5ms bandwidth=1Gbit loss=0%",
                      error) &&
           pairs_read(world, catalog[KIND_NETWORK], command, 1, &pairs, error) &&
           set_component(world, world->network, command, 1, &pairs, error);
}

/* set NAME.key=value: the first word holds both. */
static bool set_dotted(struct world *world, const struct command *command, struct error *error)
{
    const char *words = command_word(command, 1), *dot = strchr(words, '.');
    char owner[NAME_BYTES];
    struct text text = TEXT(owner);
    struct command name;
    struct pairs pairs;
    text_clear(&text);
    text_add_bytes(&text, words, (size_t)(dot - words));
    if (strchr(owner, '~')) {
        command_of(&name, "set", owner, dot + 1, (const char *)NULL);
        uint32_t a, b;
        bool both;
        if (pair_of_machines(world, &name, 1, &a, &b, &both, error) < 0)
            return false;
        if (set_link(world, a, b, true, &name, 2, error))
            return true;
        error->word = 1;
        error->byte = (uint16_t)(error->byte + (dot + 1 - words));
        return false;
    }
    command_of(&name, owner, (const char *)NULL);
    uint32_t id = need_component(world, &name, 0, error);
    if (!id) {
        error->word = 1;
        return false;
    }
    memset(&pairs, 0, sizeof pairs);
    for (unsigned word = 1; word < command->count; word++) {
        const char *pair = word == 1 ? dot + 1 : command_word(command, word);
        if (!pair_read(world, component_kind(world, id), command, word, pair, &pairs, error)) {
            pairs_give(world, component_kind(world, id), &pairs);
            return false;
        }
    }
    return set_component(world, id, command, 1, &pairs, error);
}

static bool act_set(struct world *world, const struct command *command, struct text *answer,
                    struct error *error)
{
    static const char usage[] = "set NAME key=value ...";
    const char *words = command_word(command, 1), *dot = strchr(words, '.');
    struct pairs pairs;
    uint32_t a, b;
    bool both;
    (void)answer;
    if (!need_count(command, 2, COMMAND_WORDS, usage, error))
        return false;
    if (dot && strchr(words, '=') && dot < strchr(words, '='))
        return set_dotted(world, command, error);
    if (!need_count(command, 3, COMMAND_WORDS, usage, error))
        return false;
    if (strcmp(words, "network") == 0)
        return pairs_read(world, catalog[KIND_NETWORK], command, 2, &pairs, error) &&
               set_component(world, world->network, command, 2, &pairs, error);
    int taken = strchr(words, '~') || !strchr(command_word(command, 2), '=')
                    ? pair_of_machines(world, command, 1, &a, &b, &both, error)
                    : 0;
    if (taken < 0)
        return false;
    if (taken > 0)
        return need_count(command, 2 + (unsigned)taken, COMMAND_WORDS, usage, error) &&
               set_link(world, a, b, both, command, 1 + (unsigned)taken, error);
    uint32_t id = need_component(world, command, 1, error);
    return id && pairs_read(world, component_kind(world, id), command, 2, &pairs, error) &&
           set_component(world, id, command, 2, &pairs, error);
}

/* --- remove and tell ------------------------------------------------------------------------------------- */

static bool act_remove(struct world *world, const struct command *command, struct text *answer,
                       struct error *error)
{
    (void)answer;
    if (!need_count(command, 2, 2, "remove NAME", error))
        return false;
    uint32_t id = need_component(world, command, 1, error);
    if (!id)
        return false;
    if (id == world->self || id == world->network)
        return error_set(error, ERROR_NO_PROCESS, 1, command_word(command, 1), NULL, NULL, NULL);
    for (uint32_t other = 0; (other = component_next(world, other, KIND_NONE)) != 0;)
        if (other != id && component_at(world, other)->machine == id)
            return error_set(error, ERROR_MACHINE_IN_USE, 1, command_word(command, 1),
                             component_at(world, other)->name, NULL, NULL);
    if (component_kind(world, id)->process)
        component_signal(world, id, SIGNAL_KILL);
    trace(world, id, TRACE_REMOVED, 0, 0);
    component_remove(world, id);
    return true;
}

static bool act_tell(struct world *world, const struct command *command, struct text *answer,
                     struct error *error)
{
    struct command words;
    if (!need_count(command, 3, COMMAND_WORDS, "tell NAME WORDS...", error))
        return false;
    uint32_t id = need_component(world, command, 1, error);
    if (!id)
        return false;
    if (!component_kind(world, id)->tell)
        return error_set(error, ERROR_NO_TELL, 1, command_word(command, 1), NULL, NULL, NULL);
    if (!component_at(world, id)->up)
        return error_set(error, ERROR_NOT_UP, 1, command_word(command, 1), NULL, NULL, NULL);
    command_tail(&words, command, 2);
    if (component_kind(world, id)->tell(world, id, &words, answer, error))
        return true;
    error->word = (uint16_t)(error->word + 2);
    return false;
}

const struct verb build_verbs[] = {
    {"world", "world \"TITLE\"", "Gives the world a title.", "세계에 제목을 붙입니다.", act_world},
    {"seed", "seed N", "Sets the seed from which all chance comes; before the first machine.",
     "모든 우연이 나오는 seed를 정합니다. 첫 머신보다 앞에 씁니다.", act_seed},
    {"network", "network latency=0.5ms bandwidth=1Gbit loss=0%",
     "Sets what joins any two machines that have no link of their own.",
     "따로 링크가 없는 두 머신 사이의 기본값을 정합니다.", act_network},
    {"machine", "machine NAME [cores=2 ram=4GiB disk=ssd ...]", "Makes a machine.",
     "머신을 하나 만듭니다.", act_machine},
    {"link", "link A B [latency=2ms jitter=0ms loss=0% bandwidth=100Mbit]",
     "Gives two machines a link of their own.", "두 머신 사이에 따로 링크를 둡니다.", act_link},
    {"add", "add KIND NAME on MACHINE [key=value ...]", "Adds a part to a machine; it runs at once.",
     "머신에 부품을 더합니다. 바로 돕니다.", act_add},
    {"set", "set NAME key=value ...", "Changes a part: its process and its configuration file.",
     "부품의 설정을 바꿉니다. 프로세스와 설정 파일이 함께 바뀝니다.", act_set},
    {"remove", "remove NAME", "Takes a part out of the world.", "부품을 세계에서 뺍니다.", act_remove},
    {"tell", "tell NAME WORDS...", "The part's own admin tool, with the real words.",
     "부품의 관리 도구입니다. 진짜 명령을 그대로 씁니다.", act_tell},
    {NULL, NULL, NULL, NULL, NULL},
};
