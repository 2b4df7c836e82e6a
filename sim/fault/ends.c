/*
 * Faults that end by themselves: the words `for D` and `after D`, and the command that comes then.
 */
#include "sim/fault/fault.h"

#include <string.h>

const char *fault_usage(const struct command *command)
{
    static const char *const rows[][2] = {
#define VERB(name, usage, en, ko, function) {name, usage},
#include "sim/fault/verbs.def"
#undef VERB
    };
    size_t i = 0;
    while (i + 1 < sizeof rows / sizeof rows[0] &&
           strcmp(rows[i][0], command_word(command, 0)) != 0)
        i++;
    return rows[i][1];
}

bool fault_if_needed(const struct command *command)
{
    return command->count > 2 &&
           strcmp(command_word(command, command->count - 1u), "if-needed") == 0;
}

bool fault_duration(const struct command *command, unsigned word, const char *key,
                    uint64_t *duration_ns, struct error *error)
{
    *duration_ns = 0;
    if (command->count <= word)
        return true;
    if (strcmp(command_word(command, word), key) != 0)
        return error_set(error, ERROR_EXTRA_WORD, (uint16_t)word, command_word(command, word),
                         fault_usage(command), NULL, NULL);
    if (!need_count(command, word + 2, word + 2, fault_usage(command), error) ||
        !need_value(command, word + 1, UNIT_DURATION, NULL, duration_ns, error))
        return false;
    if (*duration_ns != 0)
        return true;
    return error_set(error, ERROR_OUT_OF_RANGE, (uint16_t)(word + 1),
                     command_word(command, word + 1), "1ns", "365d", NULL);
}

bool fault_end_after(struct world *world, uint64_t duration_ns, const struct command *end,
                     struct error *error)
{
    world_unschedule(world, end);
    return duration_ns == 0 || world_schedule(world, world->now_ns + duration_ns, 0, end) != 0 ||
           error_set(error, ERROR_NO_MEMORY, 0, NULL, NULL, NULL, NULL);
}
