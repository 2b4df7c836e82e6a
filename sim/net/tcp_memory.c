/*
 * What the kernel holds for its ends: structures of each, and the bytes that wait in their buffers.
 *
 * An idle end's buffers hold nothing: tcp_wmem and tcp_rmem are limits, not reservations.  TRUTH
 * ws.mem-per-conn.kernel, ws.slow.kernel-buffers.
 */
#include "sim/net/tcp_inside.h"

#include "sim/machine/machine.h"

/* SYN-RECV and TIME-WAIT are small records of their own (struct request_sock, tcp_timewait_sock).
 */
static bool counts(const struct tcp_end *end)
{
    return end->state != TCP_CLOSED && end->state != TCP_SYN_RECEIVED &&
           end->state != TCP_TIME_WAIT;
}

uint64_t tcp_memory_held(const struct tcp_end *end)
{
    return counts(end) ? tcp_end_unacked(end) + (end->rcv_nxt - end->rcv_read) : 0;
}

void tcp_memory_note(struct world *world, uint32_t index, unsigned e, uint64_t before)
{
    uint32_t machine = end_machine(world, index, e);
    uint64_t held = tcp_memory_held(&tcp_at(world, index)->ends[e]);
    tcp_machine(world, machine)->bytes += held - before;
    if (held >= before)
        memory_grown(world, machine);
}

void tcp_memory_state(struct world *world, uint32_t index, unsigned e, uint8_t state)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    struct tcp_machine *machine = tcp_machine(world, end_machine(world, index, e));
    uint64_t held = tcp_memory_held(end);
    machine->ends -= counts(end);
    end->state = state;
    machine->ends += counts(end);
    tcp_memory_note(world, index, e, held);
}

bool tcp_memory_check(struct world *world, struct text *why)
{
    for (uint32_t machine = 0; (machine = component_next(world, machine, KIND_MACHINE)) != 0;) {
        uint64_t ends = 0, bytes = 0;
        for (uint32_t i = 1; i < world->region.slabs[SLAB_CONNECTION].used; i++)
            for (unsigned e = 0; e < 2 && tcp_at(world, i)->ends[0].component != 0; e++) {
                const struct tcp_end *end = &tcp_at(world, i)->ends[e];
                if (end->component == 0 || end_machine(world, i, e) != machine)
                    continue;
                ends += counts(end);
                bytes += tcp_memory_held(end);
            }
        if (ends == tcp_machine(world, machine)->ends &&
            bytes == tcp_machine(world, machine)->bytes)
            continue;
        text_add(why, component_at(world, machine)->name);
        text_add(why, ": memory of sockets is not that of its ends");
        return false;
    }
    return true;
}
