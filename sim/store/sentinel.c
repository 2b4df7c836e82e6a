/*
 * The kind `sentinel`: its process, its timer, and what it keeps over a restart.
 *
 * sentinelTimer, sentinelHandleRedisInstance of Redis 7.0 (sentinel.c).  What sentinel.conf keeps
 * - the master, replicas, sentinels, epochs, its vote - outlives the process; a destroyed disk
 * takes it.
 */
#include <string.h>

#include "sim/net/process.h"
#include "sim/store/sentinel_state.h"

/* --- for others ------------------------------------------------------------------------------- */

uint32_t sentinel_master(const struct world *world, uint32_t id)
{
    const struct sentinel *sentinel = sentinel_at(world, id);
    /* While it reconfigures the others, who asks is sent to the new one (7.0,
     * sentinelGetCurrentMasterAddress). */
    if ((sentinel->master.flags & SRI_FAILOVER) != 0 && sentinel->promoted != 0 &&
        sentinel->state >= FAILOVER_RECONF_SLAVES)
        return sentinel->promoted;
    return sentinel->master.component;
}

bool sentinel_answers(const struct world *world, uint32_t id)
{
    const struct component *component = component_at(world, id);
    return component->kind == KIND_SENTINEL && component->up != 0 && component->paused == 0;
}

uint32_t sentinel_views(const struct world *world, uint32_t id)
{
    return sentinel_at(world, id)->views.count;
}

struct sentinel_view sentinel_view(const struct world *world, uint32_t id, uint32_t i)
{
    return *(struct sentinel_view *)vector_at(&world->region, &sentinel_at(world, id)->views, i);
}

bool sentinel_tilted(const struct world *world, uint32_t id)
{
    return mstime(world) < sentinel_at(world, id)->tilt_until;
}

/* --- the timer -------------------------------------------------------------------------------- */

static void instance_handle(struct world *world, uint32_t id, struct instance *instance)
{
    instance_reconnect(world, id, instance);
    watch_periodic(world, id, instance);
    if (!sentinel_tilted(world, id))
        watch_down(world, id, instance);
}

static void master_handle(struct world *world, uint32_t id)
{
    instance_handle(world, id, &sentinel_at(world, id)->master);
    if (sentinel_tilted(world, id))
        return;
    watch_odown(world, id);
    if (failover_start_if_needed(world, id))
        vote_ask(world, id, true);
    failover_step(world, id);
    vote_ask(world, id, false);
}

/* The machine stood still, or this process did: it trusts nothing that it believes for a while. */
static void tilt_check(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    uint64_t now = mstime(world);
    if (sentinel->previous_tick != 0 && now - sentinel->previous_tick > TILT_TRIGGER) {
        sentinel->tilt_until = now + TILT_PERIOD;
        component_log(world, id, "+tilt #tilt mode entered");
    }
    sentinel->previous_tick = now;
}

static void tick_arm(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    uint64_t hz = TICK_HZ + stream_below(&sentinel->draws, TICK_HZ);
    sentinel->tick = world_after(world, 1000 / hz * MS_NS, id, SENTINEL_EVENT_TICK, NULL);
}

static void tick(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    tilt_check(world, id);
    if (sentinel->master.component != 0) {
        master_handle(world, id);
        for (uint32_t i = 0; i < sentinel->slaves.count; i++)
            instance_handle(world, id, instance_at(world, &sentinel->slaves, i));
        for (uint32_t i = 0; i < sentinel->sentinels.count; i++)
            instance_handle(world, id, instance_at(world, &sentinel->sentinels, i));
        if (sentinel->state == FAILOVER_UPDATE_CONFIG)
            failover_switch(world, id,
                            sentinel->promoted != 0 ? sentinel->promoted
                                                    : sentinel->master.component);
    }
    tick_arm(world, id);
}

static void sentinel_event(struct world *world, uint32_t id, const struct event *event)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    if (event_what(event) != SENTINEL_EVENT_TICK)
        return;
    sentinel->tick = 0;
    if (component_at(world, id)->paused == 0) /* else it goes on when it continues */
        tick(world, id);
}

/* --- its life --------------------------------------------------------------------------------- */

static void sentinel_init(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    sentinel->draws = stream_of(world->seed, component_at(world, id)->name, "sentinel");
    sentinel->myid = stream_next(&sentinel->draws) | 1;
}

/* A destroyed disk took sentinel.conf. */
static bool conf_is_gone(const struct world *world, uint32_t id)
{
    uint64_t gone_ns = file_gone_ns(world, component_at(world, id)->machine);
    return gone_ns != 0 && gone_ns >= sentinel_at(world, id)->started_ns;
}

static void conf_forget(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    vector_clear(&world->region, &sentinel->slaves);
    vector_clear(&world->region, &sentinel->sentinels);
    sentinel->master = (struct instance){0};
    sentinel->epoch = sentinel->config_epoch = 0;
    sentinel->myid = stream_next(&sentinel->draws) | 1;
}

static void instances_renew(struct world *world, struct vector *rows, uint32_t flags)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        struct instance *row = instance_at(world, rows, i);
        uint64_t runid = row->runid;
        uint32_t machine = row->machine;
        *row = instance_of(world, row->component, flags);
        row->machine = machine;
        row->runid = (flags & SRI_SENTINEL) != 0 ? runid : 0;
    }
}

static void life_start(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    if (conf_is_gone(world, id))
        conf_forget(world, id);
    uint32_t watched = sentinel->master.component;
    uint64_t leader = sentinel->master.leader, leader_epoch = sentinel->master.leader_epoch;
    if (watched == 0)
        watched = component_find(world, parameter_text(world, id, SENTINEL_WATCH));
    if (watched != 0 && component_at(world, watched)->kind == KIND_STORE)
        sentinel->master = instance_of(world, watched, SRI_MASTER);
    sentinel->master.leader = leader;
    sentinel->master.leader_epoch = leader_epoch;
    instances_renew(world, &sentinel->slaves, SRI_SLAVE);
    instances_renew(world, &sentinel->sentinels, SRI_SENTINEL);
    sentinel->state = FAILOVER_NONE;
    sentinel->promoted = 0;
    sentinel->failover_start = sentinel->failover_change = sentinel->delay_logged = 0;
    sentinel->previous_tick = sentinel->tilt_until = 0;
    sentinel->started_ns = world->now_ns;
    tcp_listen(world, id, 511);
    view_note(world, id);
    tick_arm(world, id);
}

static void life_gone(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    world_cancel(world, sentinel->tick);
    sentinel->tick = 0;
    view_end(world, id);
    vector_clear(&world->region, &sentinel->callers);
    sentinel->master.cc = sentinel->master.pc = 0;
    for (uint32_t i = 0; i < sentinel->slaves.count; i++) {
        struct instance *slave = instance_at(world, &sentinel->slaves, i);
        slave->cc = slave->pc = 0;
    }
    for (uint32_t i = 0; i < sentinel->sentinels.count; i++)
        instance_at(world, &sentinel->sentinels, i)->cc = 0;
    cpu_cancel_all(world, id);
    memory_give_all(world, id);
}

/* A tick that fired while it was paused. */
static void life_thaw(struct world *world, uint32_t id)
{
    if (sentinel_at(world, id)->tick == 0)
        tick(world, id);
}

static void life_signal(struct world *world, uint32_t id, enum signal signal)
{
    static const struct process process = {
        .start = life_start, .gone = life_gone, .thaw = life_thaw};
    process_signal(world, id, signal, &process);
}

static bool sentinel_check(struct world *world, uint32_t id, const uint64_t *values,
                           struct error *error)
{
    const char *name = string_at(world, (ref)values[SENTINEL_WATCH]);
    uint32_t watched = component_find(world, name);
    if (strcmp(name, parameter_text(world, id, SENTINEL_WATCH)) == 0 && name[0] != '\0')
        return true;
    if (name[0] == '\0')
        return error_set(error, ERROR_BAD_VALUE, SENTINEL_WATCH, name, "store",
                         "watch=NAME of the master", NULL);
    if (watched == 0)
        return error_set(error, ERROR_NOTHING_NAMED, SENTINEL_WATCH, name, NULL, NULL, NULL);
    if (component_at(world, watched)->kind != KIND_STORE)
        return error_set(error, ERROR_BAD_VALUE, SENTINEL_WATCH, name, "store",
                         "watch=NAME of the master", NULL);
    return true;
}

static void sentinel_removed(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    vector_clear(&world->region, &sentinel->slaves);
    vector_clear(&world->region, &sentinel->sentinels);
    vector_clear(&world->region, &sentinel->views);
}

const struct kind sentinel_kind = {
    .name = "sentinel",
    .en =
        "Redis Sentinel 7.0: watches a master and its replicas, and promotes one when it is down.",
    .ko = "Redis Sentinel 7.0입니다. 마스터와 레플리카를 지켜보다가 마스터가 죽으면 하나를 "
          "승격합니다.",
    .state_bytes = sizeof(struct sentinel),
    .process = true,
    .buildable = true,
    .parameter_count = SENTINEL_PARAMETERS,
    .metric_count = SENTINEL_METRICS,
    .parameters = sentinel_parameters,
    .metrics = sentinel_metrics,
    .check = sentinel_check,
    .init = sentinel_init,
    .signal = life_signal,
    .event = sentinel_event,
    .socket = sentinel_socket,
    .tell = sentinel_tell,
    .removed = sentinel_removed,
};
