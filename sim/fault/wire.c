/*
 * Faults of the network: cut, heal, isolate, drop-next.
 */
#include "sim/fault/fault.h"

#include <string.h>

#include "sim/net/link.h"
#include "sim/net/pair.h"

#define PACKETS_MOST 1000000u
#define SKIP         "skip="
#define SKIP_BYTES   5

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

/* A number from `least` on; false with the error. */
static bool packet_count(const struct command *command, unsigned word, const char *digits,
                         uint64_t least, uint32_t *number, struct error *error)
{
    uint64_t count;
    if (!value_parse(digits, UNIT_COUNT, NULL, &count, error)) {
        error->word = (uint16_t)word;
        return false;
    }
    if (count < least || count > PACKETS_MOST)
        return error_set(error, ERROR_OUT_OF_RANGE, (uint16_t)word, command_word(command, word),
                         least ? "1" : "0", "1,000,000", NULL);
    *number = (uint32_t)count;
    return true;
}

/* [syn|synack|data|fin] [COUNT] [skip=N] from a word on. */
static bool read_packets(const struct command *command, unsigned word, unsigned *kind,
                         uint32_t *count, uint32_t *skip, struct error *error)
{
    const char *first = command_word(command, word);
    *count = 1;
    *skip = 0;
    *kind = packet_named(first);
    if (*kind != 0)
        word++;
    else if (*first != 0 && (*first < '0' || *first > '9') && strncmp(first, SKIP, SKIP_BYTES) != 0)
        return error_set(error, ERROR_NOT_A_CHOICE, (uint16_t)word, first, "syn|synack|data|fin",
                         NULL, NULL);
    const char *next = command_word(command, word);
    if (*next >= '0' && *next <= '9' && !packet_count(command, word++, next, 1, count, error))
        return false;
    next = command_word(command, word);
    if (strncmp(next, SKIP, SKIP_BYTES) == 0 &&
        !packet_count(command, word++, next + SKIP_BYTES, 0, skip, error))
        return false;
    return need_count(command, 2, word, fault_usage(command), error);
}

bool fault_drop_next(struct world *world, const struct command *command, struct text *answer,
                     struct error *error)
{
    uint32_t a, b, count, skip;
    bool both;
    unsigned taken, kind;
    (void)answer;
    if (!two_machines(world, command, &a, &b, &both, &taken, error))
        return false;
    if (both)
        return error_set(error, ERROR_ONE_WAY, 1, component_at(world, a)->name,
                         component_at(world, b)->name, NULL, NULL);
    if (!read_packets(command, 1 + taken, &kind, &count, &skip, error))
        return false;
    if (!link_drop_after(world, a, b, kind, count, skip))
        return error_set(error, ERROR_DROP_WAITS, 0, NULL, NULL, NULL, NULL);
    trace(world, a, TRACE_DROP_NEXT, trace_packets(count, kind, skip), b);
    return true;
}
