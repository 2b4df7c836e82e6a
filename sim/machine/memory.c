/*
 * Memory of processes, and the kernel that kills the largest when it does not fit.
 *
 * The page cache is left out: dirty pages can always be written back and clean ones dropped, so
 * they never bring the OOM killer (Linux reclaims them first).  There is no swap.
 */
#include "sim/machine/inside.h"

#include <string.h>

/* An end of an idle connection: tcp_sock 2368, socket and inode 832, file 192, dentry 192, epoll
 * 128, and 40.  TRUTH ws.mem-per-conn.kernel. */
#define SOCKET_BYTES 3752u
#define KILLER_NS    (100 * MS_NS)

struct tenant {
    uint32_t component;
    uint32_t unused;
    uint64_t bytes;
};

/* Where the component's row is or would stand. */
static uint32_t tenant_place(const struct world *world, const struct machine_state *machine,
                             uint32_t component)
{
    uint32_t low = 0, high = machine->tenants.count;

    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const struct tenant *tenant = vector_at(&world->region, &machine->tenants, middle);

        if (tenant->component < component)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct tenant *tenant_find(const struct world *world, uint32_t component)
{
    const struct machine_state *machine =
        machine_at(world, component_at(world, component)->machine);
    const uint32_t place = tenant_place(world, machine, component);
    struct tenant *tenant;

    if (place == machine->tenants.count)
        return NULL;
    tenant = vector_at(&world->region, &machine->tenants, place);
    return tenant->component == component ? tenant : NULL;
}

static struct tenant *tenant_add(struct world *world, uint32_t component)
{
    struct machine_state *machine = machine_at(world, component_at(world, component)->machine);
    const uint32_t place = tenant_place(world, machine, component);
    struct tenant *tenant;

    if (vector_push(&world->region, &machine->tenants, sizeof(struct tenant)) == NULL)
        return NULL;
    tenant = vector_at(&world->region, &machine->tenants, place);
    memmove(tenant + 1, tenant, (machine->tenants.count - 1 - place) * sizeof *tenant);
    *tenant = (struct tenant){.component = component};
    return tenant;
}

/* The kernel takes the largest (oom_badness in mm/oom_kill.c: resident pages); of equals the first.
 */
static uint32_t largest(const struct world *world, const struct machine_state *machine)
{
    const struct tenant *worst = NULL;

    for (uint32_t i = 0; i < machine->tenants.count; i++) {
        const struct tenant *tenant = vector_at(&world->region, &machine->tenants, i);

        if (worst == NULL || tenant->bytes > worst->bytes)
            worst = tenant;
    }
    return worst == NULL ? 0 : worst->component;
}

uint64_t memory_used(const struct world *world, uint32_t machine)
{
    const struct machine_state *state = machine_at(world, machine);

    return state->ram_used + state->tcp_ends * SOCKET_BYTES + state->tcp_bytes;
}

static bool is_out(const struct world *world, uint32_t machine)
{
    return memory_used(world, machine) > parameter_get(world, machine, MACHINE_RAM);
}

/* False: there is nobody to kill. */
static bool kill_largest(struct world *world, uint32_t machine)
{
    struct machine_state *state = machine_at(world, machine);
    const uint32_t victim = largest(world, state);

    if (victim == 0)
        return false;
    state->oom_kills++;
    trace(world, victim, TRACE_OOM_KILL, memory_of(world, victim), 0);
    /* Out of the sums before its kind hears of it, so that nothing in there kills it twice. */
    memory_give_all(world, victim);
    component_signal(world, victim, SIGNAL_KILL);
    return true;
}

void memory_check(struct world *world, uint32_t machine)
{
    while (is_out(world, machine) && kill_largest(world, machine))
        ;
}

void memory_grown(struct world *world, uint32_t machine)
{
    static const struct payload nothing;
    struct machine_state *state = machine_at(world, machine);

    if (state->killer == 0 && state->tenants.count != 0 && is_out(world, machine))
        state->killer = world_at(world, world->now_ns, machine, MACHINE_KILLER, &nothing);
}

/* One at a time: the kernel waits for what the victim's sockets give back. */
void memory_killer_due(struct world *world, uint32_t machine)
{
    static const struct payload nothing;
    struct machine_state *state = machine_at(world, machine);

    state->killer = 0;
    if (is_out(world, machine) && kill_largest(world, machine))
        state->killer = world_after(world, KILLER_NS, machine, MACHINE_KILLER, &nothing);
}

bool memory_take(struct world *world, uint32_t component, uint64_t bytes)
{
    const uint32_t machine = component_at(world, component)->machine;
    struct machine_state *state = machine_at(world, machine);
    struct tenant *tenant = tenant_find(world, component);

    if (tenant == NULL)
        tenant = tenant_add(world, component);
    if (tenant == NULL)
        return true; /* the region is full: the world stops */
    tenant->bytes += bytes;
    state->ram_used += bytes;
    if (!is_out(world, machine))
        return true;
    memory_check(world, machine);
    return tenant_find(world, component) != NULL;
}

void memory_give(struct world *world, uint32_t component, uint64_t bytes)
{
    struct tenant *tenant = tenant_find(world, component);

    if (tenant == NULL)
        return;
    if (bytes > tenant->bytes)
        bytes = tenant->bytes;
    tenant->bytes -= bytes;
    machine_at(world, component_at(world, component)->machine)->ram_used -= bytes;
}

void memory_give_all(struct world *world, uint32_t component)
{
    struct machine_state *machine = machine_at(world, component_at(world, component)->machine);
    struct tenant *tenant = tenant_find(world, component);
    uint32_t behind;

    if (tenant == NULL)
        return;
    machine->ram_used -= tenant->bytes;
    behind = machine->tenants.count - 1 - tenant_place(world, machine, component);
    memmove(tenant, tenant + 1, behind * sizeof *tenant);
    memset(tenant + behind, 0, sizeof *tenant);
    machine->tenants.count--;
}

uint64_t memory_of(const struct world *world, uint32_t component)
{
    const struct tenant *tenant = tenant_find(world, component);

    return tenant == NULL ? 0 : tenant->bytes;
}

void memory_lost(struct world *world, uint32_t machine)
{
    struct machine_state *state = machine_at(world, machine);

    vector_clear(&world->region, &state->tenants);
    if (state->killer != 0)
        world_cancel(world, state->killer);
    state->killer = 0;
    state->ram_used = 0;
}
