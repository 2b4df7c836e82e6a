/* What verbs need of their words, with errors that name the nearest. */
#include "sim/engine/need.h"

#include <string.h>

void nearest_try(const char *word, const char *candidate, const char **best, unsigned *distance)
{
    unsigned most = (unsigned)strlen(word) / 3 + 1;
    unsigned d = text_distance(word, candidate, most);
    /* What begins alike is near, too: `append` for appendonly. */
    if (d > most && strlen(word) >= 3 && strncmp(word, candidate, strlen(word)) == 0)
        d = most;
    if (d <= most && d < *distance) {
        *distance = d;
        *best = candidate;
    }
}

const char *nearest(const char *word, const char *const *words)
{
    const char *best = NULL;
    unsigned distance = 99;
    for (; *words; words++)
        nearest_try(word, *words, &best, &distance);
    return best;
}

static bool no_name(struct world *world, const char *name, enum kind_id kind, unsigned word,
                    struct error *error)
{
    const char *best = NULL;
    unsigned distance = 99;
    for (uint32_t id = component_next(world, 0, kind); id; id = component_next(world, id, kind))
        if (id != world->self && id != world->network)
            nearest_try(name, component_at(world, id)->name, &best, &distance);
    bool machine = kind == KIND_MACHINE;
    enum error_id found = machine ? ERROR_UNKNOWN_MACHINE : ERROR_UNKNOWN_NAME;
    enum error_id none = machine ? ERROR_NO_MACHINE : ERROR_NOTHING_NAMED;
    return error_set(error, best ? found : none, (uint16_t)word, name, best, NULL, NULL);
}

uint32_t need_component(struct world *world, const struct command *command, unsigned word,
                        struct error *error)
{
    const char *name = command_word(command, word);
    uint32_t id = component_find(world, name);
    if (!id)
        no_name(world, name, KIND_NONE, word, error);
    return id;
}

uint32_t need_machine(struct world *world, const struct command *command, unsigned word,
                      struct error *error)
{
    const char *name = command_word(command, word);
    uint32_t id = component_find(world, name);
    if (!id) {
        no_name(world, name, KIND_MACHINE, word, error);
        return 0;
    }
    uint32_t machine = component_at(world, id)->machine;
    if (!machine)
        error_set(error, ERROR_NOT_A_MACHINE, (uint16_t)word, name, component_kind(world, id)->name,
                  NULL, NULL);
    return machine;
}

uint32_t need_process(struct world *world, const struct command *command, unsigned word,
                      struct error *error)
{
    uint32_t id = need_component(world, command, word, error);
    if (id && !component_kind(world, id)->process) {
        error_set(error, ERROR_NO_PROCESS, (uint16_t)word, command_word(command, word), NULL, NULL,
                  NULL);
        return 0;
    }
    return id;
}

bool need_value(const struct command *command, unsigned word, enum unit unit, const char *named,
                uint64_t *number, struct error *error)
{
    if (value_parse(command_word(command, word), unit, named, number, error))
        return true;
    error->word = (uint16_t)word;
    return false;
}

bool need_count(const struct command *command, unsigned least, unsigned most, const char *usage,
                struct error *error)
{
    if (command->count < least)
        return error_set(error, ERROR_MISSING_WORD, (uint16_t)(command->count - 1),
                         command_word(command, command->count - 1u), usage, NULL, NULL);
    if (command->count > most)
        return error_set(error, ERROR_EXTRA_WORD, (uint16_t)most, command_word(command, most),
                         usage, NULL, NULL);
    return true;
}
