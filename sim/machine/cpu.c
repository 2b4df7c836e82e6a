/*
 * The cores of a machine: a run queue of work, round robin in slices, one event for each piece.
 *
 * After Linux (kernel/sched/fair.c), without its red-black tree: what runs uses up its turn, what
 * waits gets it back.  A turn is used up after a slice; then a waiter comes.  What has just woken
 * up takes the core from the one whose turn is used the most, once that is more than the
 * granularity of a wakeup.  So a short piece of work does not wait behind a hog for longer than a
 * slice, mostly not at all, and two hogs get half of a core each.  A component that puts in more
 * work when a piece ends stays on its core for the rest of its turn, like a thread that does not
 * block.
 */
#include "sim/machine/inside.h"

/* sched_min_granularity and sched_wakeup_granularity of a machine with a few cores. */
#define SLICE_NS  (3 * MS_NS)
#define WAKEUP_NS (1 * MS_NS)

_Static_assert(sizeof(struct work) == CPU_WORK_BYTES, "the catalog sizes the slab by this");

/* --- lists ---------------------------------------------------------------------------------- */

static struct row_list *list_of(struct cpu *cpu, uint16_t list)
{
    return list == WORK_RUNNING ? &cpu->running : list == WORK_READY ? &cpu->ready : &cpu->stopped;
}

static struct row_links work_links(const struct world *world)
{
    return ROW_LINKS(struct work, previous, work_at(world, 1));
}

static void list_append(struct world *world, struct cpu *cpu, enum work_list name, uint32_t id)
{
    work_at(world, id)->list = (uint16_t)name;
    row_list_put_last(work_links(world), list_of(cpu, (uint16_t)name), id);
    cpu->busy += name == WORK_RUNNING;
}

static void list_take_out(struct world *world, struct cpu *cpu, uint32_t id)
{
    struct work *work = work_at(world, id);
    row_list_take_out(work_links(world), list_of(cpu, work->list), id);
    cpu->busy -= work->list == WORK_RUNNING;
    work->list = WORK_NONE;
}

/* --- time ----------------------------------------------------------------------------------- */

/* What something else takes from who works: never more than half of a core, since the scheduler is
 * fair between two that want it whole. */
static uint64_t taken(const struct cpu *cpu)
{
    return cpu->burnt < SHARE_ALL / 2 ? cpu->burnt : SHARE_ALL / 2;
}

/* How long CPU time takes when something else eats its share of each core. */
static uint64_t wall_ns(const struct cpu *cpu, uint64_t cpu_ns)
{
    const uint64_t rest = SHARE_ALL - taken(cpu);

    return cpu->burnt == 0 ? cpu_ns : scale(cpu_ns, SHARE_ALL, rest) + (cpu_ns % rest != 0);
}

/* CPU time that a piece of work got since it runs. */
static uint64_t got_ns(const struct world *world, const struct cpu *cpu, const struct work *work)
{
    const uint64_t passed_ns = world->now_ns - work->since_ns;
    const uint64_t got =
        cpu->burnt == 0 ? passed_ns : scale(passed_ns, SHARE_ALL - taken(cpu), SHARE_ALL);

    return got < work->left_ns ? got : work->left_ns;
}

/* How much of its turn a running piece of work has used. */
static uint64_t turn_ns(const struct world *world, const struct work *work)
{
    const uint64_t ran_ns = work->ran_ns + (world->now_ns - work->since_ns);

    return ran_ns < SLICE_NS ? ran_ns : SLICE_NS;
}

/* When its turn ends: nobody starts for less than the granularity of a wakeup. */
static uint64_t turn_end_ns(const struct work *work)
{
    const uint64_t rest_ns = SLICE_NS - work->ran_ns;

    return work->since_ns + (rest_ns > WAKEUP_NS ? rest_ns : WAKEUP_NS);
}

static void cpu_measure(const struct world *world, struct cpu *cpu)
{
    const uint64_t busy = cpu->busy < cpu->cores ? cpu->busy : cpu->cores;

    meter_set(&cpu->meter, world->now_ns,
              (busy * SHARE_ALL + (cpu->cores - busy) * cpu->burnt) / cpu->cores);
}

/* --- running -------------------------------------------------------------------------------- */

static void work_schedule(struct world *world, uint32_t machine, uint32_t id)
{
    struct cpu *cpu = &machine_at(world, machine)->cpu;
    struct work *work = work_at(world, id);
    const struct payload payload = {.u32 = {id}};
    uint64_t due_ns = work->since_ns + wall_ns(cpu, work->left_ns);

    if (cpu->ready.first != 0 && turn_end_ns(work) < due_ns)
        due_ns = turn_end_ns(work);
    if (due_ns < world->now_ns)
        due_ns = world->now_ns;
    if (work->event != 0)
        world_cancel(world, work->event);
    work->event = world_at(world, due_ns, machine, MACHINE_WORK_DUE, &payload);
}

/* Books what a running piece of work got so far, as if it started anew now. */
static void work_account(struct world *world, struct cpu *cpu, struct work *work)
{
    const uint64_t ran_ns = turn_ns(world, work);

    work->left_ns -= got_ns(world, cpu, work);
    work->ran_ns = ran_ns;
    work->since_ns = world->now_ns;
}

static void work_stop(struct world *world, struct cpu *cpu, uint32_t id)
{
    struct work *work = work_at(world, id);

    if (work->list == WORK_RUNNING)
        work_account(world, cpu, work);
    if (work->event != 0)
        world_cancel(world, work->event);
    work->event = 0;
    list_take_out(world, cpu, id);
}

static void work_start(struct world *world, uint32_t machine, uint32_t id)
{
    struct cpu *cpu = &machine_at(world, machine)->cpu;

    work_at(world, id)->since_ns = world->now_ns;
    list_append(world, cpu, WORK_RUNNING, id);
    work_schedule(world, machine, id);
}

static bool core_is_free(const struct cpu *cpu)
{
    return cpu->busy + (cpu->held != 0) < cpu->cores;
}

static void work_wait(struct world *world, struct cpu *cpu, uint32_t id)
{
    work_at(world, id)->since_ns = world->now_ns;
    list_append(world, cpu, WORK_READY, id);
}

/* Somebody waits now: those who would run to their end get a slice. */
static void cpu_slice(struct world *world, uint32_t machine)
{
    struct cpu *cpu = &machine_at(world, machine)->cpu;

    for (uint32_t id = cpu->running.first; id != 0; id = work_at(world, id)->next) {
        const struct work *work = work_at(world, id);

        if (work->since_ns + wall_ns(cpu, work->left_ns) > turn_end_ns(work))
            work_schedule(world, machine, id);
    }
}

/* Gives free cores to those who wait the longest. */
static void cpu_fill(struct world *world, uint32_t machine)
{
    struct cpu *cpu = &machine_at(world, machine)->cpu;

    while (cpu->ready.first != 0 && core_is_free(cpu)) {
        const uint32_t id = cpu->ready.first;
        struct work *work = work_at(world, id);
        const uint64_t waited_ns = world->now_ns - work->since_ns;

        work->ran_ns = work->ran_ns > waited_ns ? work->ran_ns - waited_ns : 0;
        list_take_out(world, cpu, id);
        work_start(world, machine, id);
    }
    if (cpu->ready.first != 0 && !cpu->sliced)
        cpu_slice(world, machine);
    cpu->sliced = cpu->ready.first != 0;
    cpu_measure(world, cpu);
}

/* A piece of work wakes up: on a free core, or in place of who has used its turn the most. */
static void work_wake(struct world *world, uint32_t machine, uint32_t id)
{
    struct cpu *cpu = &machine_at(world, machine)->cpu;
    uint32_t longest = 0;

    if (cpu->ready.first == 0 && core_is_free(cpu)) {
        work_start(world, machine, id);
        cpu_measure(world, cpu);
        return;
    }
    for (uint32_t other = cpu->running.first; other != 0; other = work_at(world, other)->next)
        if (longest == 0 ||
            turn_ns(world, work_at(world, other)) > turn_ns(world, work_at(world, longest)))
            longest = other;
    if (longest != 0 && turn_ns(world, work_at(world, longest)) >= WAKEUP_NS) {
        work_stop(world, cpu, longest);
        work_wait(world, cpu, id);
        work_wait(world, cpu, longest);
    } else {
        work_wait(world, cpu, id);
    }
    cpu_fill(world, machine);
}

/* The component goes on in the turn of the piece that just ended. */
static void work_continue(struct world *world, uint32_t machine, uint32_t id)
{
    struct cpu *cpu = &machine_at(world, machine)->cpu;

    cpu->held = 0;
    work_at(world, id)->ran_ns = cpu->held_ran_ns;
    if (cpu->ready.first == 0 || cpu->held_ran_ns < SLICE_NS)
        work_start(world, machine, id);
    else
        work_wait(world, cpu, id);
    cpu_fill(world, machine);
}

uint32_t cpu_run(struct world *world, uint32_t component, uint64_t cost_ns, uint8_t what,
                 const struct payload *payload)
{
    const struct component *process = component_at(world, component);
    struct cpu *cpu = &machine_at(world, process->machine)->cpu;
    const uint32_t id = slab_take(&world->region, SLAB_WORK);
    struct work *work;

    if (id == 0)
        return 0;
    work = work_at(world, id);
    work->component = component;
    work->what = what;
    work->left_ns = cost_ns;
    if (payload != NULL)
        work->payload = *payload;
    if (process->paused)
        list_append(world, cpu, WORK_STOPPED, id);
    else if (cpu->held == component)
        work_continue(world, process->machine, id);
    else
        work_wake(world, process->machine, id);
    return id;
}

/* Its work is done: the component hears of it while its core is held for it. */
static void work_end(struct world *world, uint32_t machine, uint32_t id)
{
    struct cpu *cpu = &machine_at(world, machine)->cpu;
    const struct work work = *work_at(world, id);

    list_take_out(world, cpu, id);
    slab_give(&world->region, SLAB_WORK, id);
    cpu->held = work.component;
    cpu->held_ran_ns = work.ran_ns;
    machine_answer(world, work.component, (uint8_t)work.what, &work.payload);
    cpu->held = 0;
    cpu_fill(world, machine);
}

void cpu_due(struct world *world, uint32_t machine, uint32_t id)
{
    struct cpu *cpu = &machine_at(world, machine)->cpu;
    struct work *work = work_at(world, id);

    work->event = 0;
    work_account(world, cpu, work);
    if (work->left_ns == 0) {
        work_end(world, machine, id);
    } else if (cpu->ready.first == 0) {
        work_schedule(world, machine, id);
    } else {
        list_take_out(world, cpu, id);
        work_wait(world, cpu, id);
        cpu_fill(world, machine);
    }
}

/* --- what is taken away --------------------------------------------------------------------- */

static void work_drop(struct world *world, struct cpu *cpu, uint32_t id)
{
    work_stop(world, cpu, id);
    slab_give(&world->region, SLAB_WORK, id);
}

void cpu_cancel(struct world *world, uint32_t work)
{
    const uint32_t machine = component_at(world, work_at(world, work)->component)->machine;

    work_drop(world, &machine_at(world, machine)->cpu, work);
    cpu_fill(world, machine);
}

/* Drops all work of one list, or that of one component. */
static void list_drop(struct world *world, struct cpu *cpu, uint16_t list, uint32_t component)
{
    uint32_t next;

    for (uint32_t id = list_of(cpu, list)->first; id != 0; id = next) {
        next = work_at(world, id)->next;
        if (component == 0 || work_at(world, id)->component == component)
            work_drop(world, cpu, id);
    }
}

void cpu_cancel_all(struct world *world, uint32_t component)
{
    const uint32_t machine = component_at(world, component)->machine;
    struct cpu *cpu = &machine_at(world, machine)->cpu;

    for (uint16_t list = WORK_RUNNING; list <= WORK_STOPPED; list++)
        list_drop(world, cpu, list, component);
    cpu_fill(world, machine);
}

/* But those that bring `but`; no piece brings more than a byte. */
static void stop_all(struct world *world, uint32_t component, uint32_t but)
{
    const uint32_t machine = component_at(world, component)->machine;
    struct cpu *cpu = &machine_at(world, machine)->cpu;

    for (uint16_t list = WORK_RUNNING; list <= WORK_READY; list++) {
        uint32_t next;

        for (uint32_t id = list_of(cpu, list)->first; id != 0; id = next) {
            next = work_at(world, id)->next;
            if (work_at(world, id)->component != component || work_at(world, id)->what == but)
                continue;
            work_stop(world, cpu, id);
            list_append(world, cpu, WORK_STOPPED, id);
        }
    }
    cpu_fill(world, machine);
}

void cpu_pause(struct world *world, uint32_t component)
{
    stop_all(world, component, UINT32_MAX);
}

void cpu_stop_world(struct world *world, uint32_t component, uint8_t what)
{
    stop_all(world, component, what);
}

void cpu_resume(struct world *world, uint32_t component)
{
    const uint32_t machine = component_at(world, component)->machine;
    struct cpu *cpu = &machine_at(world, machine)->cpu;
    uint32_t next;

    for (uint32_t id = cpu->stopped.first; id != 0; id = next) {
        next = work_at(world, id)->next;
        if (work_at(world, id)->component != component)
            continue;
        list_take_out(world, cpu, id);
        work_at(world, id)->ran_ns = 0; /* who slept for long has its whole turn */
        work_wake(world, machine, id);
    }
    disk_release_held(world, component);
}

void cpu_lost(struct world *world, uint32_t machine)
{
    struct cpu *cpu = &machine_at(world, machine)->cpu;

    for (uint16_t list = WORK_RUNNING; list <= WORK_STOPPED; list++)
        list_drop(world, cpu, list, 0);
    cpu->burnt = 0;
    cpu_measure(world, cpu);
}

/* --- what changes for all ------------------------------------------------------------------- */

/* Books what all running work got so far: the speed or the number of cores is about to change. */
static void cpu_account(struct world *world, struct cpu *cpu)
{
    for (uint32_t id = cpu->running.first; id != 0; id = work_at(world, id)->next)
        work_account(world, cpu, work_at(world, id));
}

void cpu_burn(struct world *world, uint32_t machine, uint64_t share)
{
    struct cpu *cpu = &machine_at(world, machine)->cpu;

    cpu_account(world, cpu);
    cpu->burnt = share < SHARE_ALL ? share : SHARE_ALL;
    for (uint32_t id = cpu->running.first; id != 0; id = work_at(world, id)->next)
        work_schedule(world, machine, id);
    cpu_measure(world, cpu);
}

void cpu_set_cores(struct world *world, uint32_t machine, uint32_t cores)
{
    struct cpu *cpu = &machine_at(world, machine)->cpu;

    cpu->cores = cores;
    while (cpu->busy > cores) {
        const uint32_t id = cpu->running.last;

        work_stop(world, cpu, id);
        work_wait(world, cpu, id);
    }
    cpu_fill(world, machine);
}
