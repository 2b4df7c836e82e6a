/*
 * Faults of a whole machine: power-cut, power-on, destroy; of one machine or of a zone.
 *
 * The order of a power cut: the processes are gone, then the ends of their connections, then memory
 * and page cache.  Nobody gets the chance to say a word.
 */
#include "sim/fault/fault.h"

#include <string.h>

#include "sim/machine/machine.h"
#include "sim/net/tcp.h"

/* Sends a signal to each process on a machine, also to those that are down: what a killed process
 * left in the page cache is lost with the power, and its component has to know. */
static void machine_signal(struct world *world, uint32_t machine, enum signal signal)
{
    for (uint32_t id = component_next(world, 0, KIND_NONE); id != 0;
         id = component_next(world, id, KIND_NONE))
        if (component_at(world, id)->machine == machine && component_kind(world, id)->process)
            component_signal(world, id, signal);
}

static void power_cut(struct world *world, uint32_t machine)
{
    trace(world, machine, TRACE_POWER_CUT, 0, 0);
    machine_signal(world, machine, SIGNAL_POWER);
    tcp_machine_lost(world, machine);
    machine_power_off(world, machine);
}

static void power_on(struct world *world, uint32_t machine)
{
    machine_power_on(world, machine);
    trace(world, machine, TRACE_POWER_ON, 0, 0);
    machine_signal(world, machine, SIGNAL_START);
}

/* Power and disk; also of a machine that is off: then only its disk is left to lose. */
static void destroy(struct world *world, uint32_t machine)
{
    if (component_at(world, machine)->up)
        power_cut(world, machine);
    machine_destroy_disk(world, machine);
    trace(world, machine, TRACE_DESTROYED, 0, 0);
}

/* What happens to machines: `has` 1 to those with power, 0 to those without, -1 to any; `none` says
 * that there is no such one. */
struct power_change {
    void (*act)(struct world *world, uint32_t machine);
    int has;
    enum error_id none;
};

static bool fits(const struct world *world, uint32_t machine, const struct power_change *change)
{
    return change->has < 0 || component_at(world, machine)->up == change->has;
}

/* Does it for each machine of a zone that it fits; an error when there is none. */
static bool zone_change(struct world *world, const struct command *command,
                        const struct power_change *change, struct error *error)
{
    const char *zone = command_word(command, 1) + strlen("zone=");
    bool found = false, done = false;
    for (uint32_t id = component_next(world, 0, KIND_MACHINE); id != 0;
         id = component_next(world, id, KIND_MACHINE)) {
        if (*zone == 0 || strcmp(parameter_text(world, id, MACHINE_ZONE), zone) != 0)
            continue;
        found = true;
        if (!fits(world, id, change))
            continue;
        done = true;
        change->act(world, id);
    }
    if (!found)
        return error_set(error, ERROR_NO_ZONE, 1, zone, NULL, NULL, NULL);
    return done || error_set(error, change->none, 1, command_word(command, 1), NULL, NULL, NULL);
}

static bool change_power(struct world *world, const struct command *command,
                         const struct power_change *change, struct error *error)
{
    if (!need_count(command, 2, 2, fault_usage(command), error))
        return false;
    if (strncmp(command_word(command, 1), "zone=", strlen("zone=")) == 0)
        return zone_change(world, command, change, error);
    uint32_t machine = need_machine(world, command, 1, error);
    if (machine == 0)
        return false;
    if (!fits(world, machine, change))
        return error_set(error, change->none, 1, component_at(world, machine)->name, NULL, NULL,
                         NULL);
    change->act(world, machine);
    return true;
}

bool fault_power_cut(struct world *world, const struct command *command, struct text *answer,
                     struct error *error)
{
    (void)answer;
    return change_power(world, command, &(struct power_change){power_cut, 1, ERROR_NO_POWER},
                        error);
}

bool fault_power_on(struct world *world, const struct command *command, struct text *answer,
                    struct error *error)
{
    (void)answer;
    return change_power(world, command, &(struct power_change){power_on, 0, ERROR_HAS_POWER},
                        error);
}

bool fault_destroy(struct world *world, const struct command *command, struct text *answer,
                   struct error *error)
{
    (void)answer;
    return change_power(world, command, &(struct power_change){destroy, -1, ERROR_NO_POWER}, error);
}
