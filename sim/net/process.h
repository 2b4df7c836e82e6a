/*
 * What signals do to a process that keeps nothing over its end and ends at once when it is told to:
 * the kernel's side of them, which is the same for every kind.
 */
#ifndef SIM_NET_PROCESS_H
#define SIM_NET_PROCESS_H

#include "sim/engine/world.h"

/* What a kind does itself. */
struct process {
    void (*start)(struct world *world, uint32_t component);
    /* It is gone, in whatever way: what it held is given back; its sockets are closed already. */
    void (*gone)(struct world *world, uint32_t component);
    /* SIGCONT, after its work went on and it heard of its sockets: what it had put off; may be
     * NULL. */
    void (*thaw)(struct world *world, uint32_t component);
    /* SIGCONT leaves it deaf: it hears of its sockets later; may be NULL. */
    bool (*is_deaf)(const struct world *world, uint32_t component);
};

void process_signal(struct world *world, uint32_t component, enum signal signal,
                    const struct process *process);

#endif
