/*
 * serverCron: what Redis looks after ten times a second (server.c, hz 10).
 */
#include "sim/store/store_state.h"

#define CRON_NS        (100 * MS_NS)
#define CRONS_A_SECOND 10u
#define RETRY_S        5u     /* CONFIG_BGSAVE_RETRY_DELAY */
#define REHASH_BUCKETS 20000u /* as many as 1 ms of databasesCron does */

void cron_start(struct world *world, uint32_t id, uint64_t delay_ns)
{
    store_at(world, id)->cron = world_after(world, delay_ns, id, EVENT_CRON, NULL);
}

static bool may_try(const struct world *world, const struct store *store)
{
    return store->bgsave_failed == 0 || clock_s(world) - store->save_try_s > RETRY_S;
}

static void log_rule(struct world *world, uint32_t id, uint64_t changes, uint64_t seconds)
{
    char words[96];
    struct text line = TEXT(words);
    text_clear(&line);
    text_add_u64(&line, changes);
    text_add(&line, " changes in ");
    text_add_u64(&line, seconds);
    text_add(&line, " seconds. Saving...");
    component_log(world, id, words);
}

static void log_growth(struct world *world, uint32_t id, uint64_t growth)
{
    char words[96];
    struct text line = TEXT(words);
    text_clear(&line);
    text_add(&line, "Starting automatic rewriting of AOF on ");
    text_add_u64(&line, growth);
    text_add(&line, "% growth");
    component_log(world, id, words);
}

static void start_what_is_due(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    uint64_t seconds, changes, growth;
    if (save_rule_met(world, id, &seconds, &changes) && may_try(world, store)) {
        log_rule(world, id, changes, seconds);
        rdb_background(world, id);
    }
    if (!child_active(world, id) && rewrite_due(world, id, &growth) &&
        !rewrite_limited(world, id)) {
        log_growth(world, id, growth);
        store->wants |= WANT_REWRITE;
    }
}

/* The flush of beforeSleep, which follows every turn of the loop. */
static void cron_flush(struct world *world, uint32_t id)
{
    if (aof_flush(world, id, false) && aof_turn_end(world, id))
        repl_before_sleep(world, id);
}

void cron_run(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    if (store->term != 0) {
        store->term = 0;
        life_shutdown(world, id, 0);
        return;
    }
    life_shutdown_check(world, id);
    if (!store_is_up(world, id) || store->exiting != 0 || !footprint_follow(world, id))
        return;
    if (store->repl.master == 0) /* a replica waits for its master's DEL */
        expire_cycle(world, id);
    if (store->keys.old_slots != 0 && store->keys.frozen == 0)
        keyspace_rehash(&store->keys, REHASH_BUCKETS);
    aof_advance(world, id);
    if (!child_active(world, id) && store->rewrite_scheduled != 0 && !rewrite_limited(world, id))
        store->wants |= WANT_REWRITE;
    if (child_active(world, id))
        child_reap(world, id);
    else if ((store->wants & WANT_REWRITE) == 0)
        start_what_is_due(world, id);
    if (!child_active(world, id) && store->bgsave_scheduled != 0 && may_try(world, store) &&
        (store->wants & WANT_REWRITE) == 0 && rdb_background(world, id))
        store->bgsave_scheduled = 0;
    if (store->cron_loops++ % CRONS_A_SECOND == 0)
        repl_cron(world, id);
    if (store->busy == BUSY_NO)
        cron_flush(world, id);
}

/* The timer: the loop comes to it when it is free. */
void cron_due(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    cron_start(world, id, CRON_NS);
    store->wants |= WANT_CRON;
    loop_next(world, id);
}
