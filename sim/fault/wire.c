/*
 * Faults of the network: cut, heal, isolate, drop-next.
 */
#include "sim/fault/fault.h"

#include <string.h>

#include "sim/net/link.h"
#include "sim/net/pair.h"

static void way_cut(struct world *world, uint32_t from, uint32_t to, bool cut)
{
    link_set_cut(world, from, to, cut);
    trace(world, from, cut ? TRACE_CUT : TRACE_HEALED, to, 0);
}

/* The two machines from word 1 on, and nothing after them but what `*taken` counts up to. */
static bool two_machines(struct world *world, const struct command *command, uint32_t *a,
                         uint32_t *b, bool *both, unsigned *taken, struct error *error)
{
    if (!need_count(command, 2, COMMAND_WORDS, fault_usage(command), error))
        return false;
    int words = pair_of_machines(world, command, 1, a, b, both, error);
    *taken = words > 0 ? (unsigned)words : 0;
    if (words == 0)
        return error_set(error, ERROR_MISSING_WORD, (uint16_t)(command->count - 1),
                         command_word(command, command->count - 1u), fault_usage(command), NULL,
                         NULL);
    return words > 0;
}

static bool cut_or_heal(struct world *world, const struct command *command, bool cut,
                        struct error *error)
{
    uint32_t a, b;
    bool both;
    unsigned taken;
    if (!two_machines(world, command, &a, &b, &both, &taken, error) ||
        !need_count(command, 2, taken + 1, fault_usage(command), error))
        return false;
    way_cut(world, a, b, cut);
    if (both)
        way_cut(world, b, a, cut);
    return true;
}

/* All ways of one machine. */
static bool machine_cut(struct world *world, const struct command *command, bool cut,
                        struct error *error)
{
    if (!need_count(command, 2, 2, fault_usage(command), error))
        return false;
    uint32_t machine = need_machine(world, command, 1, error);
    if (machine == 0)
        return false;
    for (uint32_t id = component_next(world, 0, KIND_MACHINE); id != 0;
         id = component_next(world, id, KIND_MACHINE))
        if (id != machine) {
            way_cut(world, machine, id, cut);
            way_cut(world, id, machine, cut);
        }
    return true;
}

bool fault_cut(struct world *world, const struct command *command, struct text *answer,
               struct error *error)
{
    (void)answer;
    return cut_or_heal(world, command, true, error);
}

bool fault_heal(struct world *world, const struct command *command, struct text *answer,
                struct error *error)
{
    (void)answer;
    if (command->count == 2 && strcmp(command_word(command, 1), "all") == 0) {
        link_heal_all(world);
        trace(world, world->network, TRACE_HEALED_ALL, 0, 0);
        return true;
    }
    if (command->count == 2 && strchr(command_word(command, 1), '~') == NULL)
        return machine_cut(world, command, false, error);
    return cut_or_heal(world, command, false, error);
}

bool fault_isolate(struct world *world, const struct command *command, struct text *answer,
                   struct error *error)
{
    (void)answer;
    return machine_cut(world, command, true, error);
}

/* The kind of packet that a word names; 0 when it is none. */
static unsigned packet_named(const char *word)
{
    static const char *const names[] = {[PACKET_SYN] = "syn",
                                        [PACKET_SYNACK] = "synack",
                                        [PACKET_DATA] = "data",
                                        [PACKET_FIN] = "fin"};
    for (unsigned i = PACKET_SYN; i <= PACKET_FIN; i++)
        if (strcmp(names[i], word) == 0)
            return i;
    return 0;
}

bool fault_drop_next(struct world *world, const struct command *command, struct text *answer,
                     struct error *error)
{
    uint32_t a, b;
    bool both;
    unsigned taken, kind;
    uint64_t count = 1;
    (void)answer;
    if (!two_machines(world, command, &a, &b, &both, &taken, error))
        return false;
    if (both)
        return error_set(error, ERROR_ONE_WAY, 1, component_at(world, a)->name,
                         component_at(world, b)->name, NULL, NULL);
    unsigned word = 1 + taken;
    const char *first = command_word(command, word);
    kind = packet_named(first);
    if (kind != 0)
        word++;
    else if (*first != 0 && (*first < '0' || *first > '9'))
        return error_set(error, ERROR_NOT_A_CHOICE, (uint16_t)word, first, "syn|synack|data|fin",
                         NULL, NULL);
    if (!need_count(command, 2, word + 1, fault_usage(command), error))
        return false;
    if (command->count > word && !need_value(command, word, UNIT_COUNT, NULL, &count, error))
        return false;
    if (count == 0 || count > 1000000)
        return error_set(error, ERROR_OUT_OF_RANGE, (uint16_t)word, command_word(command, word),
                         "1", "1,000,000", NULL);
    link_drop_next(world, a, b, kind, (uint32_t)count);
    trace(world, a, TRACE_DROP_NEXT, trace_packets(count, kind), b);
    return true;
}
