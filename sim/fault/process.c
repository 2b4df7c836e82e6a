/*
 * Faults of a process: kill, stop, start, restart, pause, resume.
 */
#include "sim/fault/fault.h"

/* The process that the command names, which must be up; 0 with the error. */
static uint32_t need_up(struct world *world, const struct command *command, struct error *error)
{
    uint32_t id = need_process(world, command, 1, error);
    if (id != 0 && !component_at(world, id)->up) {
        error_set(error, ERROR_NOT_UP, 1, component_at(world, id)->name, NULL, NULL, NULL);
        return 0;
    }
    return id;
}

/* The command that ends a fault of this process by itself. */
static void end_of(struct command *end, const char *verb, const struct world *world, uint32_t id)
{
    command_of(end, verb, component_at(world, id)->name, "if-needed", (const char *)NULL);
}

static bool machine_has_power(const struct world *world, uint32_t id, struct error *error)
{
    const struct component *machine = component_at(world, component_at(world, id)->machine);
    return machine->up || error_set(error, ERROR_MACHINE_OFF, 1, machine->name, NULL, NULL, NULL);
}

bool fault_kill(struct world *world, const struct command *command, struct text *answer,
                struct error *error)
{
    (void)answer;
    if (!need_count(command, 2, 2, fault_usage(command), error))
        return false;
    uint32_t id = need_up(world, command, error);
    if (id == 0)
        return false;
    component_signal(world, id, SIGNAL_KILL);
    return true;
}

bool fault_stop(struct world *world, const struct command *command, struct text *answer,
                struct error *error)
{
    (void)answer;
    if (!need_count(command, 2, 2, fault_usage(command), error))
        return false;
    uint32_t id = need_up(world, command, error);
    if (id == 0)
        return false;
    component_signal(world, id, SIGNAL_TERM);
    return true;
}

/* start NAME if-needed: somebody may have started or removed it, or cut its power. */
static bool start_if_needed(struct world *world, const struct command *command)
{
    uint32_t id = component_find(world, command_word(command, 1));
    if (id != 0 && component_kind(world, id)->process && !component_at(world, id)->up &&
        component_at(world, component_at(world, id)->machine)->up)
        component_signal(world, id, SIGNAL_START);
    return true;
}

bool fault_start(struct world *world, const struct command *command, struct text *answer,
                 struct error *error)
{
    struct command start;
    (void)answer;
    if (fault_if_needed(command))
        return start_if_needed(world, command);
    if (!need_count(command, 2, 2, fault_usage(command), error))
        return false;
    uint32_t id = need_process(world, command, 1, error);
    if (id == 0)
        return false;
    if (component_at(world, id)->up)
        return error_set(error, ERROR_IS_UP, 1, component_at(world, id)->name, NULL, NULL, NULL);
    if (!machine_has_power(world, id, error))
        return false;
    end_of(&start, "start", world, id);
    fault_end_after(world, 0, &start, error); /* nobody has to start it any more */
    component_signal(world, id, SIGNAL_START);
    return true;
}

bool fault_restart(struct world *world, const struct command *command, struct text *answer,
                   struct error *error)
{
    uint64_t after_ns;
    struct command start;
    (void)answer;
    if (!need_count(command, 2, 4, fault_usage(command), error) ||
        !fault_duration(command, 2, "after", &after_ns, error))
        return false;
    uint32_t id = need_process(world, command, 1, error);
    if (id == 0 || !machine_has_power(world, id, error))
        return false;
    end_of(&start, "start", world, id);
    if (!fault_end_after(world, after_ns, &start, error))
        return false;
    component_signal(world, id, SIGNAL_KILL);
    if (after_ns == 0)
        component_signal(world, id, SIGNAL_START);
    return true;
}

bool fault_pause(struct world *world, const struct command *command, struct text *answer,
                 struct error *error)
{
    uint64_t for_ns;
    struct command resume;
    (void)answer;
    if (!need_count(command, 2, 4, fault_usage(command), error) ||
        !fault_duration(command, 2, "for", &for_ns, error))
        return false;
    uint32_t id = need_up(world, command, error);
    if (id == 0)
        return false;
    if (component_at(world, id)->paused)
        return error_set(error, ERROR_IS_PAUSED, 1, component_at(world, id)->name, NULL, NULL,
                         NULL);
    end_of(&resume, "resume", world, id);
    if (!fault_end_after(world, for_ns, &resume, error))
        return false;
    component_signal(world, id, SIGNAL_STOP);
    return true;
}

bool fault_resume(struct world *world, const struct command *command, struct text *answer,
                  struct error *error)
{
    struct command resume;
    (void)answer;
    if (fault_if_needed(command)) {
        uint32_t paused = component_find(world, command_word(command, 1));
        if (paused != 0 && component_at(world, paused)->paused)
            component_signal(world, paused, SIGNAL_CONT);
        return true;
    }
    if (!need_count(command, 2, 2, fault_usage(command), error))
        return false;
    uint32_t id = need_up(world, command, error);
    if (id == 0)
        return false;
    if (!component_at(world, id)->paused)
        return error_set(error, ERROR_NOT_PAUSED, 1, component_at(world, id)->name, NULL, NULL,
                         NULL);
    end_of(&resume, "resume", world, id);
    fault_end_after(world, 0, &resume, error);
    component_signal(world, id, SIGNAL_CONT);
    return true;
}
