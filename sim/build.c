/* The verbs that build: world seed network machine link add. */
#include <string.h>

#include "sim/engine/need.h"
#include "sim/net/link.h"
#include "sim/net/pair.h"
#include "sim/pairs.h"
#include "sim/parts.h"

/* --- names --- */

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

/* --- building --- */

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
    if (!pairs_check(world, id, kind, component_at(world, id)->running, &pairs, &parameter,
                     error)) {
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
    /* What stands still takes what was given in the order of its rows: a disk's type before its
     * speed. */
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

bool act_world(struct world *world, const struct command *command, struct text *answer,
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

bool act_seed(struct world *world, const struct command *command, struct text *answer,
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

bool act_machine(struct world *world, const struct command *command, struct text *answer,
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

bool act_add(struct world *world, const struct command *command, struct text *answer,
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

bool act_link(struct world *world, const struct command *command, struct text *answer,
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

bool act_network(struct world *world, const struct command *command, struct text *answer,
                 struct error *error)
{
    struct pairs pairs;
    (void)answer;
    return need_count(command, 2, COMMAND_WORDS, "network latency=0.5ms bandwidth=1Gbit loss=0%",
                      error) &&
           pairs_read(world, catalog[KIND_NETWORK], command, 1, &pairs, error) &&
           set_component(world, world->network, command, 1, &pairs, error);
}
