/* The kernel's side of the signals to a process. */
#include "sim/net/process.h"

#include "sim/machine/machine.h"
#include "sim/net/tcp.h"

static void process_cont(struct world *world, uint32_t id, const struct process *process)
{
    cpu_resume(world, id);
    if (process->is_deaf == NULL || !process->is_deaf(world, id))
        tcp_process_resumed(world, id);
    if (process->thaw != NULL)
        process->thaw(world, id);
}

void process_signal(struct world *world, uint32_t id, enum signal signal,
                    const struct process *process)
{
    switch (signal) {
    case SIGNAL_START:
        process->start(world, id);
        break;
    case SIGNAL_TERM:
        if (!component_at(world, id)->up)
            break;
        component_exit(world, id, 0);
        tcp_process_ended(world, id);
        process->gone(world, id);
        break;
    case SIGNAL_KILL:
        tcp_process_ended(world, id);
        process->gone(world, id);
        break;
    case SIGNAL_POWER: /* no kernel is left that could close a socket */
        process->gone(world, id);
        break;
    case SIGNAL_STOP:
        cpu_pause(world, id);
        tcp_process_paused(world, id);
        break;
    case SIGNAL_CONT:
        process_cont(world, id, process);
        break;
    }
}
