/*
 * The failover: start, election, choosing the replica, promotion, reconfiguration of the others.
 *
 * sentinelFailoverStateMachine and what it calls, of Redis 7.0 (sentinel.c); TRUTH
 * redis.sentinel-kill9.*, redis.sentinel-splitbrain.*.
 */
#include "sim/store/sentinel_state.h"

#define SLAVEOF_BYTES 230u /* MULTI, SLAVEOF, CONFIG REWRITE, CLIENT KILL twice, EXEC */

static struct instance *slave_of(const struct world *world, uint32_t id, uint32_t component)
{
    const struct sentinel *sentinel = sentinel_at(world, id);
    for (uint32_t i = 0; i < sentinel->slaves.count; i++) {
        struct instance *slave = instance_at(world, &sentinel->slaves, i);
        if (slave->component == component)
            return slave;
    }
    return NULL;
}

static void enter(struct world *world, uint32_t id, enum failover_state state)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    sentinel->state = (uint32_t)state;
    sentinel->failover_change = mstime(world);
    view_note(world, id);
}

bool failover_send_slaveof(struct world *world, uint32_t id, struct instance *to, uint32_t master)
{
    const struct message order = {.bytes = SLAVEOF_BYTES, .type = RESP_SLAVEOF, .a = master};
    return to->disconnected == 0 && instance_say(world, id, to, &order);
}

bool failover_master_sane(const struct world *world, uint32_t id)
{
    const struct instance *master = &sentinel_at(world, id)->master;
    return master->role == SRI_MASTER && (master->flags & (SRI_S_DOWN | SRI_O_DOWN)) == 0 &&
           mstime(world) - master->info_refresh < 2 * INFO_PERIOD;
}

/* --- start and end ---------------------------------------------------------------------------- */

void failover_start(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    sentinel->master.flags |= SRI_FAILOVER;
    sentinel->failover_epoch = ++sentinel->epoch;
    enter(world, id, FAILOVER_WAIT_START);
    sentinel_say(world, id, "+try-failover", &sentinel->master, "");
    trace(world, id, TRACE_TRY_FAILOVER, sentinel->master.component, sentinel->epoch);
    sentinel->failover_start = mstime(world) + stream_below(&sentinel->draws, MAX_DESYNC);
}

bool failover_start_if_needed(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    uint64_t wait = 2 * parameter_get(world, id, SENTINEL_FAILOVER_TIMEOUT);
    uint64_t now = mstime(world), start = sentinel->failover_start;
    if ((sentinel->master.flags & SRI_O_DOWN) == 0 || (sentinel->master.flags & SRI_FAILOVER) != 0)
        return false;
    if (start != 0 && (now < start || now - start < wait)) {
        if (sentinel->delay_logged != start)
            component_log(world, id, "Next failover delay: I will not start a failover yet");
        sentinel->delay_logged = start;
        return false;
    }
    failover_start(world, id);
    return true;
}

static void failover_abort(struct world *world, uint32_t id, const char *why)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    struct instance *promoted = slave_of(world, id, sentinel->promoted);
    sentinel_say(world, id, why, &sentinel->master, "");
    trace(world, id, TRACE_FAILOVER_ABORTED, sentinel->master.component, sentinel->epoch);
    if (promoted != NULL)
        promoted->flags &= ~(uint32_t)SRI_PROMOTED;
    sentinel->promoted = 0;
    sentinel->master.flags &= ~(uint32_t)(SRI_FAILOVER | SRI_FORCE_FAILOVER);
    enter(world, id, FAILOVER_NONE);
}

/* --- the steps -------------------------------------------------------------------------------- */

static void wait_start(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    uint64_t timeout = parameter_get(world, id, SENTINEL_FAILOVER_TIMEOUT);
    uint64_t leader = vote_leader(world, id, sentinel->failover_epoch), now = mstime(world);
    if (leader != sentinel->myid && (sentinel->master.flags & SRI_FORCE_FAILOVER) == 0) {
        timeout = timeout < ELECTION_MOST ? timeout : ELECTION_MOST;
        if (now > sentinel->failover_start && now - sentinel->failover_start > timeout)
            failover_abort(world, id, "-failover-abort-not-elected");
        return;
    }
    sentinel_say(world, id, "+elected-leader", &sentinel->master, "");
    trace(world, id, TRACE_ELECTED, sentinel->master.component, sentinel->epoch);
    enter(world, id, FAILOVER_SELECT_SLAVE);
}

static bool may_be_promoted(const struct world *world, uint32_t id, const struct instance *slave)
{
    const struct instance *master = &sentinel_at(world, id)->master;
    bool down = (master->flags & SRI_S_DOWN) != 0;
    uint64_t now = mstime(world);
    uint64_t link_most = 10 * parameter_get(world, id, SENTINEL_DOWN_AFTER) +
                         (down ? now - master->s_down_since : 0);
    uint64_t info_most = down ? 5 * PING_PERIOD : 3 * INFO_PERIOD;
    return (slave->flags & (SRI_S_DOWN | SRI_O_DOWN)) == 0 && slave->disconnected == 0 &&
           now - slave->last_avail <= 5 * PING_PERIOD && slave->priority != 0 &&
           now - slave->info_refresh <= info_most && slave->link_down_time <= link_most;
}

static bool better(const struct instance *a, const struct instance *b)
{
    if (a->priority != b->priority)
        return a->priority < b->priority;
    if (a->offset != b->offset)
        return a->offset > b->offset;
    return a->runid < b->runid;
}

struct instance *failover_select(struct world *world, uint32_t id)
{
    const struct sentinel *sentinel = sentinel_at(world, id);
    struct instance *best = NULL;
    for (uint32_t i = 0; i < sentinel->slaves.count; i++) {
        struct instance *slave = instance_at(world, &sentinel->slaves, i);
        if (may_be_promoted(world, id, slave) && (best == NULL || better(slave, best)))
            best = slave;
    }
    return best;
}

static void select_slave(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    struct instance *slave = failover_select(world, id);
    if (slave == NULL) {
        failover_abort(world, id, "-failover-abort-no-good-slave");
        return;
    }
    sentinel_say(world, id, "+selected-slave", slave, "");
    trace(world, id, TRACE_SELECTED, slave->component, slave->offset);
    slave->flags |= SRI_PROMOTED;
    sentinel->promoted = slave->component;
    enter(world, id, FAILOVER_SEND_NO_ONE);
}

static bool too_long(const struct world *world, uint32_t id)
{
    return mstime(world) - sentinel_at(world, id)->failover_change >
           parameter_get(world, id, SENTINEL_FAILOVER_TIMEOUT);
}

static void send_no_one(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    struct instance *slave = slave_of(world, id, sentinel->promoted);
    if (slave == NULL || slave->disconnected != 0) {
        if (slave == NULL || too_long(world, id))
            failover_abort(world, id, "-failover-abort-slave-timeout");
        return;
    }
    if (!failover_send_slaveof(world, id, slave, 0))
        return;
    sentinel_say(world, id, "+failover-state-wait-promotion", slave, "");
    enter(world, id, FAILOVER_WAIT_PROMOTION);
}

void failover_promoted(struct world *world, uint32_t id, struct instance *slave)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    sentinel->config_epoch = sentinel->failover_epoch;
    enter(world, id, FAILOVER_RECONF_SLAVES);
    sentinel_say(world, id, "+promoted-slave", slave, "");
    trace(world, id, TRACE_PROMOTED_SLAVE, slave->component, sentinel->epoch);
    watch_force_hello(world, id);
}

static void detect_end(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    const struct instance *promoted = slave_of(world, id, sentinel->promoted);
    uint32_t left = 0;
    bool timeout = too_long(world, id);
    if (promoted == NULL || (promoted->flags & SRI_S_DOWN) != 0)
        return;
    for (uint32_t i = 0; i < sentinel->slaves.count; i++) {
        uint32_t flags = instance_at(world, &sentinel->slaves, i)->flags;
        left += (flags & (SRI_PROMOTED | SRI_RECONF_DONE | SRI_S_DOWN)) == 0;
    }
    for (uint32_t i = 0; timeout && i < sentinel->slaves.count; i++) {
        struct instance *slave = instance_at(world, &sentinel->slaves, i);
        if ((slave->flags & (SRI_PROMOTED | SRI_RECONF_DONE | SRI_RECONF_SENT)) == 0 &&
            failover_send_slaveof(world, id, slave, sentinel->promoted))
            slave->flags |= SRI_RECONF_SENT;
    }
    if (left > 0 && !timeout)
        return;
    sentinel_say(world, id, timeout ? "+failover-end-for-timeout" : "+failover-end",
                 &sentinel->master, "");
    trace(world, id, TRACE_FAILOVER_END, sentinel->promoted, sentinel->epoch);
    enter(world, id, FAILOVER_UPDATE_CONFIG);
}

static void reconf_next(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    uint64_t most = parameter_get(world, id, SENTINEL_PARALLEL_SYNCS), running = 0;
    for (uint32_t i = 0; i < sentinel->slaves.count; i++)
        running += (instance_at(world, &sentinel->slaves, i)->flags &
                    (SRI_RECONF_SENT | SRI_RECONF_INPROG)) != 0;
    for (uint32_t i = 0; running < most && i < sentinel->slaves.count; i++) {
        struct instance *slave = instance_at(world, &sentinel->slaves, i);
        if ((slave->flags & (SRI_PROMOTED | SRI_RECONF_DONE)) != 0)
            continue;
        if ((slave->flags & SRI_RECONF_SENT) != 0 &&
            mstime(world) - slave->reconf_sent > RECONF_TIMEOUT)
            slave->flags = (slave->flags & ~(uint32_t)SRI_RECONF_SENT) | SRI_RECONF_DONE;
        if ((slave->flags & (SRI_RECONF_SENT | SRI_RECONF_INPROG)) != 0 ||
            !failover_send_slaveof(world, id, slave, sentinel->promoted))
            continue;
        slave->flags |= SRI_RECONF_SENT;
        slave->reconf_sent = mstime(world);
        sentinel_say(world, id, "+slave-reconf-sent", slave, "");
        running++;
    }
    detect_end(world, id);
}

void failover_step(struct world *world, uint32_t id)
{
    const struct sentinel *sentinel = sentinel_at(world, id);
    if ((sentinel->master.flags & SRI_FAILOVER) == 0)
        return;
    switch ((enum failover_state)sentinel->state) {
    case FAILOVER_WAIT_START:
        wait_start(world, id);
        break;
    case FAILOVER_SELECT_SLAVE:
        select_slave(world, id);
        break;
    case FAILOVER_SEND_NO_ONE:
        send_no_one(world, id);
        break;
    case FAILOVER_WAIT_PROMOTION:
        if (too_long(world, id))
            failover_abort(world, id, "-failover-abort-slave-timeout");
        break;
    case FAILOVER_RECONF_SLAVES:
        reconf_next(world, id);
        break;
    case FAILOVER_NONE:
    case FAILOVER_UPDATE_CONFIG:
        break;
    }
}

/* --- the switch ------------------------------------------------------------------------------- */

/* sentinelResetMasterAndChangeAddress: all links are new, the old master is a replica. */
void failover_switch(struct world *world, uint32_t id, uint32_t master)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    uint32_t old = sentinel->master.component;
    uint64_t leader = sentinel->master.leader, leader_epoch = sentinel->master.leader_epoch;
    char more[NAME_BYTES + 8];
    struct text to = TEXT(more);
    text_clear(&to);
    text_add(&to, " to ");
    text_add(&to, component_at(world, master)->name);
    sentinel_say(world, id, "+switch-master", &sentinel->master, more);
    trace(world, id, TRACE_SWITCH_MASTER, master, old);
    instance_close(world, id, &sentinel->master);
    uint32_t kept = 0, count = sentinel->slaves.count;
    for (uint32_t i = 0; i < count; i++) {
        struct instance *slave = instance_at(world, &sentinel->slaves, i);
        uint32_t component = slave->component;
        instance_close(world, id, slave);
        if (component != master && component != old)
            *instance_at(world, &sentinel->slaves, kept++) =
                instance_of(world, component, SRI_SLAVE);
    }
    for (uint32_t i = kept; i < count; i++)
        *instance_at(world, &sentinel->slaves, i) = (struct instance){0};
    sentinel->slaves.count = kept;
    if (old != master) {
        struct instance *slave = vector_push(&world->region, &sentinel->slaves, sizeof *slave);
        if (slave != NULL)
            *slave = instance_of(world, old, SRI_SLAVE);
    }
    sentinel->master = instance_of(world, master, SRI_MASTER);
    sentinel->master.leader_epoch = leader_epoch;
    (void)leader;
    sentinel->promoted = 0;
    sentinel->failover_start = 0; /* it may be done again at once */
    sentinel->failovers += old != master;
    sentinel->state = FAILOVER_NONE;
    sentinel->failover_change = 0;
    view_note(world, id);
}
