/*
 * What a sentinel does all the time: PING, INFO, hello; who is down for it, and who for many.
 *
 * sentinelSendPeriodicCommands, sentinelCheckSubjectivelyDown, sentinelCheckObjectivelyDown,
 * sentinelRefreshInstanceInfo, sentinelProcessHelloMessage of Redis 7.0 (sentinel.c); TRUTH
 * redis.sentinel-*.
 */
#include "sim/store/sentinel_state.h"

#define HELLO_BYTES 190u /* PUBLISH __sentinel__:hello and eight words */

static uint64_t down_after(const struct world *world, uint32_t id)
{
    return parameter_get(world, id, SENTINEL_DOWN_AFTER);
}

/* --- words ------------------------------------------------------------------------------------ */

void sentinel_say(struct world *world, uint32_t id, const char *event,
                  const struct instance *instance, const char *more)
{
    char words[150];
    struct text line = TEXT(words);
    text_clear(&line);
    text_add(&line, event);
    text_add(&line, (instance->flags & SRI_MASTER) != 0  ? " master "
                    : (instance->flags & SRI_SLAVE) != 0 ? " slave "
                                                         : " sentinel ");
    text_add(&line, component_at(world, instance->component)->name);
    if ((instance->flags & SRI_MASTER) == 0) {
        text_add(&line, " @ ");
        text_add(&line, component_at(world, sentinel_at(world, id)->master.component)->name);
    }
    text_add(&line, more);
    component_log(world, id, words);
}

static bool same_view(const struct sentinel_view *a, const struct sentinel_view *b)
{
    return a->master == b->master && a->belief == b->belief && a->vote == b->vote &&
           a->epoch == b->epoch;
}

/* The oldest goes when there is no room. */
static void view_keep(struct world *world, struct sentinel *sentinel,
                      const struct sentinel_view *now)
{
    uint32_t count = sentinel->views.count;
    struct sentinel_view *rows = count == 0 ? NULL : vector_at(&world->region, &sentinel->views, 0);
    if (count != 0 && same_view(&rows[count - 1], now))
        return;
    if (count == VIEWS_MOST) {
        for (uint32_t i = 0; i + 1 < count; i++)
            rows[i] = rows[i + 1];
        rows[count - 1] = *now;
        return;
    }
    struct sentinel_view *row = vector_push(&world->region, &sentinel->views, sizeof *row);
    if (row != NULL)
        *row = *now;
}

/* The sentinel with this id. */
static uint32_t sentinel_with(const struct world *world, uint64_t myid)
{
    for (uint32_t id = 0; myid != 0 && (id = component_next(world, id, KIND_SENTINEL)) != 0;)
        if (sentinel_at(world, id)->myid == myid)
            return id;
    return 0;
}

void view_note(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    uint32_t flags = sentinel->master.flags;
    const struct sentinel_view now = {.time_ns = world->now_ns,
                                      .master = sentinel_master(world, id),
                                      .belief = (flags & SRI_FAILOVER) != 0 ? BELIEF_FAILOVER
                                                : (flags & SRI_O_DOWN) != 0 ? BELIEF_ODOWN
                                                : (flags & SRI_S_DOWN) != 0 ? BELIEF_SDOWN
                                                                            : BELIEF_UP,
                                      .vote = sentinel_with(world, sentinel->master.leader),
                                      .epoch = (uint32_t)sentinel->master.leader_epoch};
    view_keep(world, sentinel, &now);
}

void view_end(struct world *world, uint32_t id)
{
    const struct sentinel *sentinel = sentinel_at(world, id);
    const struct sentinel_view now = {.time_ns = world->now_ns,
                                      .belief = BELIEF_NONE,
                                      .vote = sentinel_with(world, sentinel->master.leader),
                                      .epoch = (uint32_t)sentinel->master.leader_epoch};
    view_keep(world, sentinel_at(world, id), &now);
}

/* --- what is sent from time to time ----------------------------------------------------------- */

static void hello_send(struct world *world, uint32_t id, struct instance *instance)
{
    const struct sentinel *sentinel = sentinel_at(world, id);
    const struct message hello = {.bytes = HELLO_BYTES,
                                  .type = RESP_PUBLISH,
                                  .a = (uint64_t)id << 32 | sentinel->config_epoch,
                                  .c = sentinel->epoch << 32 | sentinel_master(world, id),
                                  .d = sentinel->myid};
    if (instance->disconnected == 0 && instance_say(world, id, instance, &hello))
        instance->last_pub = mstime(world);
}

void watch_force_hello(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    for (uint32_t i = 0; i < sentinel->slaves.count; i++)
        instance_at(world, &sentinel->slaves, i)->last_pub = 0;
    for (uint32_t i = 0; i < sentinel->sentinels.count; i++)
        instance_at(world, &sentinel->sentinels, i)->last_pub = 0;
    sentinel->master.last_pub = 0;
}

/* A replica is asked often while its master is down, or its link. */
static uint64_t info_period(const struct world *world, uint32_t id, const struct instance *instance)
{
    uint32_t master = sentinel_at(world, id)->master.flags;
    bool often = (instance->flags & SRI_SLAVE) != 0 &&
                 ((master & (SRI_O_DOWN | SRI_FAILOVER)) != 0 || instance->link_down_time != 0);
    return often ? PING_PERIOD : INFO_PERIOD;
}

void watch_periodic(struct world *world, uint32_t id, struct instance *instance)
{
    uint64_t now = mstime(world), period = down_after(world, id);
    const struct message info = {.bytes = 14, .type = RESP_INFO};
    if (instance->disconnected != 0 || instance->pending >= MAX_PENDING)
        return;
    period = period < PING_PERIOD ? period : PING_PERIOD;
    if ((instance->flags & SRI_SENTINEL) == 0 &&
        (instance->info_refresh == 0 ||
         now - instance->info_refresh > info_period(world, id, instance)))
        instance_say(world, id, instance, &info);
    if (now - instance->last_pong > period && now - instance->last_ping > period / 2)
        instance_ping(world, id, instance);
    if (now - instance->last_pub > PUBLISH_PERIOD)
        hello_send(world, id, instance);
}

/* --- down ------------------------------------------------------------------------------------- */

static uint64_t elapsed_of(const struct world *world, const struct instance *instance)
{
    if (instance->act_ping != 0)
        return mstime(world) - instance->act_ping;
    return instance->disconnected != 0 ? mstime(world) - instance->last_avail : 0;
}

static void links_check(struct world *world, uint32_t id, struct instance *instance)
{
    uint64_t now = mstime(world), half = down_after(world, id) / 2;
    if (instance->cc != 0 && now - instance->cc_conn > MIN_RECONNECT && instance->act_ping != 0 &&
        now - instance->act_ping > half && now - instance->last_pong > half) {
        tcp_close(world, instance->cc, id);
        instance->cc = 0;
        instance->disconnected = 1;
    }
    if (instance->pc != 0 && now - instance->pc_conn > MIN_RECONNECT &&
        now - instance->pc_activity > 3 * PUBLISH_PERIOD) {
        tcp_close(world, instance->pc, id);
        instance->pc = 0;
        instance->disconnected = 1;
    }
}

void watch_down(struct world *world, uint32_t id, struct instance *instance)
{
    uint64_t now = mstime(world), after = down_after(world, id);
    bool is_master = (instance->flags & SRI_MASTER) != 0;
    uint64_t elapsed = elapsed_of(world, instance);
    links_check(world, id, instance);
    bool down = elapsed > after || (is_master && instance->role == SRI_SLAVE &&
                                    now - instance->role_time > after + 2 * INFO_PERIOD);
    if (down == ((instance->flags & SRI_S_DOWN) != 0))
        return;
    sentinel_say(world, id, down ? "+sdown" : "-sdown", instance, "");
    trace(world, id, down ? TRACE_SDOWN : TRACE_SDOWN_ENDED, instance->component, 0);
    if (down)
        instance->s_down_since = now;
    instance->flags ^= SRI_S_DOWN;
    view_note(world, id);
}

void watch_odown(struct world *world, uint32_t id)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    struct instance *master = &sentinel->master;
    uint64_t votes = 1, quorum = parameter_get(world, id, SENTINEL_QUORUM);
    for (uint32_t i = 0; i < sentinel->sentinels.count; i++)
        votes += (instance_at(world, &sentinel->sentinels, i)->flags & SRI_MASTER_DOWN) != 0;
    bool down = (master->flags & SRI_S_DOWN) != 0 && votes >= quorum;
    if (down == ((master->flags & SRI_O_DOWN) != 0))
        return;
    sentinel_say(world, id, down ? "+odown" : "-odown", master, "");
    trace(world, id, down ? TRACE_ODOWN : TRACE_ODOWN_ENDED, master->component,
          votes << 32 | quorum);
    if (down)
        master->o_down_since = mstime(world);
    master->flags ^= SRI_O_DOWN;
    view_note(world, id);
}

/* --- INFO ------------------------------------------------------------------------------------- */

static void slave_found(struct world *world, uint32_t id, uint32_t component)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    for (uint32_t i = 0; i < sentinel->slaves.count; i++)
        if (instance_at(world, &sentinel->slaves, i)->component == component)
            return;
    if (component == sentinel->master.component)
        return;
    struct instance *slave = vector_push(&world->region, &sentinel->slaves, sizeof *slave);
    if (slave == NULL)
        return;
    *slave = instance_of(world, component, SRI_SLAVE);
    sentinel_say(world, id, "+slave", slave, "");
}

static void role_heard(struct world *world, uint32_t id, struct instance *instance, uint32_t role)
{
    if (role == instance->role)
        return;
    instance->role = role;
    instance->role_time = mstime(world);
    if (role == SRI_SLAVE)
        instance->conf_change = mstime(world);
    sentinel_say(
        world, id,
        (instance->flags & (SRI_MASTER | SRI_SLAVE)) == role ? "+role-change" : "-role-change",
        instance,
        role == SRI_MASTER ? " new reported role is master" : " new reported role is slave");
}

static bool not_down_for(const struct world *world, const struct instance *instance, uint64_t ms)
{
    uint64_t last = instance->s_down_since > instance->o_down_since ? instance->s_down_since
                                                                    : instance->o_down_since;
    return last == 0 || mstime(world) - last > ms;
}

/* A replica says that it is a master: the one that was promoted, or one that came back. */
static void claims_master(struct world *world, uint32_t id, struct instance *slave)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    uint64_t wait = 4 * PUBLISH_PERIOD;
    if ((slave->flags & SRI_PROMOTED) != 0 && (sentinel->master.flags & SRI_FAILOVER) != 0 &&
        sentinel->state == FAILOVER_WAIT_PROMOTION) {
        failover_promoted(world, id, slave);
    } else if ((slave->flags & SRI_PROMOTED) == 0 && failover_master_sane(world, id) &&
               not_down_for(world, slave, wait) && mstime(world) - slave->role_time > wait &&
               failover_send_slaveof(world, id, slave, sentinel->master.component)) {
        sentinel_say(world, id, "+convert-to-slave", slave, "");
        trace(world, id, TRACE_CONVERTED, slave->component, sentinel->master.component);
    }
}

static void reconf_heard(struct world *world, uint32_t id, struct instance *slave)
{
    const struct sentinel *sentinel = sentinel_at(world, id);
    if ((slave->flags & SRI_RECONF_SENT) != 0 && slave->of == sentinel->promoted) {
        slave->flags = (slave->flags & ~(uint32_t)SRI_RECONF_SENT) | SRI_RECONF_INPROG;
        sentinel_say(world, id, "+slave-reconf-inprog", slave, "");
    }
    if ((slave->flags & SRI_RECONF_INPROG) != 0 && slave->of_up != 0) {
        slave->flags = (slave->flags & ~(uint32_t)SRI_RECONF_INPROG) | SRI_RECONF_DONE;
        sentinel_say(world, id, "+slave-reconf-done", slave, "");
    }
}

static void follows_another(struct world *world, uint32_t id, struct instance *slave)
{
    const struct sentinel *sentinel = sentinel_at(world, id);
    uint64_t wait = parameter_get(world, id, SENTINEL_FAILOVER_TIMEOUT);
    if (slave->of == sentinel->master.component || !failover_master_sane(world, id) ||
        !not_down_for(world, slave, wait) || mstime(world) - slave->conf_change <= wait)
        return;
    if (failover_send_slaveof(world, id, slave, sentinel->master.component))
        sentinel_say(world, id, "+fix-slave-config", slave, "");
}

static void act_on_info(struct world *world, uint32_t id, struct instance *instance)
{
    if (sentinel_tilted(world, id) || (instance->flags & SRI_SLAVE) == 0)
        return;
    if (instance->role == SRI_MASTER) {
        claims_master(world, id, instance);
        return;
    }
    follows_another(world, id, instance);
    reconf_heard(world, id, instance);
}

static struct instance *informer(const struct world *world, uint32_t id, uint32_t connection)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    if (sentinel->master.cc == connection)
        return &sentinel->master;
    for (uint32_t i = 0; i < sentinel->slaves.count; i++) {
        struct instance *slave = instance_at(world, &sentinel->slaves, i);
        if (slave->cc == connection)
            return slave;
    }
    return NULL;
}

static void head_heard(struct world *world, uint32_t id, struct instance *instance,
                       const struct message *head)
{
    bool slave = (head->a & RESP_INFO_IS_SLAVE) != 0;
    uint32_t of = (uint32_t)(head->d >> 32);
    instance->runid = head->b;
    instance->link_down_time = (head->d & UINT32_MAX) * 1000;
    instance->info_refresh = mstime(world);
    if (slave) {
        if (instance->of != of)
            instance->conf_change = mstime(world);
        instance->of = of;
        instance->of_up = (head->a & RESP_INFO_LINK_UP) != 0;
        instance->priority = head->flags;
        instance->offset = head->c;
    }
    role_heard(world, id, instance, slave ? SRI_SLAVE : SRI_MASTER);
}

void watch_info(struct world *world, uint32_t id, uint32_t connection,
                const struct message *message)
{
    struct instance *instance = informer(world, id, connection);
    if (instance == NULL)
        return;
    if (message->type == RESP_INFO_HEAD) {
        head_heard(world, id, instance, message);
    } else if (message->type == RESP_INFO_SLAVE) {
        if ((instance->flags & SRI_MASTER) != 0)
            slave_found(world, id, (uint32_t)message->a);
    } else {
        act_on_info(world, id, instance);
    }
}

/* --- hello ------------------------------------------------------------------------------------ */

static struct instance *sentinel_known(struct world *world, uint32_t id, uint32_t component,
                                       uint64_t runid)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    for (uint32_t i = 0; i < sentinel->sentinels.count; i++) {
        struct instance *other = instance_at(world, &sentinel->sentinels, i);
        if (other->runid == runid && other->component == component)
            return other;
    }
    struct instance *other = vector_push(&world->region, &sentinel->sentinels, sizeof *other);
    if (other == NULL)
        return NULL;
    *other = instance_of(world, component, SRI_SENTINEL);
    other->runid = runid;
    sentinel_say(world, id, "+sentinel", other, "");
    return other;
}

void watch_hello(struct world *world, uint32_t id, const struct message *hello)
{
    struct sentinel *sentinel = sentinel_at(world, id);
    uint32_t from = (uint32_t)(hello->a >> 32), master = (uint32_t)hello->c;
    uint64_t config_epoch = hello->a & UINT32_MAX, epoch = hello->c >> 32;
    if (hello->d == sentinel->myid || component_at(world, from)->kind != KIND_SENTINEL)
        return;
    struct instance *other = sentinel_known(world, id, from, hello->d);
    if (other == NULL)
        return;
    other->last_hello = mstime(world);
    if (epoch > sentinel->epoch)
        sentinel->epoch = epoch;
    if (sentinel->config_epoch >= config_epoch)
        return;
    sentinel->config_epoch = config_epoch;
    if (master == sentinel->master.component)
        return;
    sentinel_say(world, id, "+config-update-from", other, "");
    failover_switch(world, id, master);
}
