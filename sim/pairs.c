/* key=value words: read, checked and put into a part. */
#include <string.h>

#include "sim/engine/need.h"
#include "sim/net/link.h"
#include "sim/pairs.h"
#include "sim/parts.h"

void pairs_give(struct world *world, const struct kind *kind, struct pairs *pairs)
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
    if (!best)
        return error_set(error, ERROR_NO_PARAMETERS, (uint16_t)word, kind->name, NULL, NULL, NULL);
    return error_set(error, ERROR_UNKNOWN_PARAMETER, (uint16_t)word, key, kind->name, best, NULL);
}

bool pair_read(struct world *world, const struct kind *kind, const struct command *command,
               unsigned word, const char *words, struct pairs *pairs, struct error *error)
{
    char key[64];
    struct text text = TEXT(key);
    size_t bytes = strcspn(words, "=");
    if (words[bytes] != '=' || bytes == 0)
        return error_set(error, ERROR_NOT_KEY_VALUE, (uint16_t)word, words,
                         kind->parameter_count ? kind->parameters[0].name : "key=value", NULL,
                         NULL);
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

void pairs_preset(const struct kind *kind, struct pairs *pairs)
{
    for (const struct preset *row = kind->presets; row && row->choice != 0; row++) {
        if (!pairs->given[row->parameter] || pairs->values[row->parameter] != row->choice ||
            pairs->given[row->sets])
            continue;
        pairs->given[row->sets] = true;
        pairs->values[row->sets] = row->value;
    }
}

/* Reads the words from `first` on. */
bool pairs_read(struct world *world, const struct kind *kind, const struct command *command,
                unsigned first, struct pairs *pairs, struct error *error)
{
    memset(pairs, 0, sizeof *pairs);
    for (unsigned word = first; word < command->count; word++)
        if (!pair_read(world, kind, command, word, command_word(command, word), pairs, error)) {
            pairs_give(world, kind, pairs);
            return false;
        }
    pairs_preset(kind, pairs);
    return true;
}

/* Which word set this parameter: for the place of an error that a kind's check found. */
void place_of(const struct kind *kind, const struct command *command, unsigned first,
              unsigned parameter, struct error *error)
{
    for (unsigned word = first; word < command->count; word++) {
        const char *words = command_word(command, word), *dot = strchr(words, '.');
        size_t start =
            first == 1 && dot && dot < strchr(words, '=') ? (size_t)(dot - words) + 1 : 0;
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
bool pairs_check(struct world *world, uint32_t id, const struct kind *kind, ref base,
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

void value_put(struct world *world, const struct kind *kind, ref block, unsigned row,
               uint64_t value)
{
    uint64_t *values = arena_at(&world->region, block);
    if (kind->parameters[row].unit == UNIT_TEXT)
        string_give(world, (ref)values[row]);
    values = arena_at(&world->region, block);
    values[row] = value;
}

/* A copy of a value for a second block: strings are never shared. */
uint64_t value_again(struct world *world, const struct kind *kind, unsigned row, uint64_t value)
{
    return kind->parameters[row].unit == UNIT_TEXT
               ? string_take(world, string_at(world, (ref)value))
               : value;
}

static bool running_check(struct world *world, uint32_t id, const struct kind *kind,
                          const struct command *command, unsigned first, const struct pairs *pairs,
                          struct error *error)
{
    bool stopped = kind->process && !component_at(world, id)->up;
    for (unsigned i = 0; i < kind->parameter_count && !stopped; i++)
        if (pairs->given[i] && !kind->parameters[i].running) {
            error_set(error, ERROR_NOT_WHILE_RUNNING, 0, kind->parameters[i].name, NULL, NULL,
                      NULL);
            place_of(kind, command, first, i, error);
            error->byte = 0;
            return false;
        }
    return true;
}

/* FNV-1a: a text enters the trace's digest by what it says, not by where it stands. */
static uint64_t words_digest(const char *words)
{
    uint64_t digest = 14695981039346656037u;
    for (; *words; words++)
        digest = (digest ^ (unsigned char)*words) * 1099511628211u;
    return digest;
}

/* Puts pairs that were read and checked: into the process, if it runs, and its configuration file.
 */
static void pairs_put(struct world *world, uint32_t id, const struct kind *kind,
                      const struct pairs *pairs)
{
    bool runs = !kind->process || component_at(world, id)->up;
    for (unsigned i = 0; i < kind->parameter_count; i++) {
        if (!pairs->given[i])
            continue;
        if (runs) {
            uint64_t again = value_again(world, kind, i, pairs->values[i]);
            value_put(world, kind, component_at(world, id)->running, i, again);
        }
        value_put(world, kind, component_at(world, id)->file, i, pairs->values[i]);
        bool words = kind->parameters[i].unit == UNIT_TEXT;
        trace(world, id, TRACE_SET, i,
              words ? words_digest(string_at(world, (ref)pairs->values[i])) : pairs->values[i]);
        if (runs && kind->changed)
            kind->changed(world, id, i);
    }
}

bool set_component(struct world *world, uint32_t id, const struct command *command, unsigned first,
                   struct pairs *pairs, struct error *error)
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
bool set_link(struct world *world, uint32_t a, uint32_t b, bool both, const struct command *command,
              unsigned first, struct error *error)
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
