/*
 * Faults of a disk: fill-disk, free-disk, fail-disk, mend-disk.
 */
#include "sim/fault/fault.h"

#include "sim/machine/machine.h"

/* The machine of a command that has only this word. */
static uint32_t only_machine(struct world *world, const struct command *command,
                             struct error *error)
{
    return need_count(command, 2, 2, fault_usage(command), error)
               ? need_machine(world, command, 1, error)
               : 0;
}

bool fault_fill_disk(struct world *world, const struct command *command, struct text *answer,
                     struct error *error)
{
    uint64_t bytes = UINT64_MAX; /* to the last byte */
    (void)answer;
    if (!need_count(command, 2, 3, fault_usage(command), error))
        return false;
    uint32_t machine = need_machine(world, command, 1, error);
    if (machine == 0 ||
        (command->count == 3 && !need_value(command, 2, UNIT_SIZE, NULL, &bytes, error)))
        return false;
    disk_fill(world, machine, bytes);
    trace(world, machine, TRACE_DISK_FILLED, bytes, 0);
    return true;
}

bool fault_free_disk(struct world *world, const struct command *command, struct text *answer,
                     struct error *error)
{
    (void)answer;
    uint32_t machine = only_machine(world, command, error);
    if (machine == 0)
        return false;
    disk_free_fill(world, machine);
    trace(world, machine, TRACE_DISK_FREED, 0, 0);
    return true;
}

bool fault_fail_disk(struct world *world, const struct command *command, struct text *answer,
                     struct error *error)
{
    (void)answer;
    uint32_t machine = only_machine(world, command, error);
    if (machine == 0)
        return false;
    disk_fail(world, machine, true);
    return true;
}

bool fault_mend_disk(struct world *world, const struct command *command, struct text *answer,
                     struct error *error)
{
    (void)answer;
    uint32_t machine = only_machine(world, command, error);
    if (machine == 0)
        return false;
    disk_fail(world, machine, false);
    trace(world, machine, TRACE_DISK_MENDED, 0, 0);
    return true;
}
