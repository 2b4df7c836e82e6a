/* INFO against what redis-server 7.0.15 prints: names in its order, and the values of a fresh one.
 */
#include "tests/unit/store_fixture.h"

/* Section by section, as `redis-cli INFO` lists them. */
static const char *const real_names[] = {"# Server",
                                         "redis_version",
                                         "redis_git_sha1",
                                         "redis_git_dirty",
                                         "redis_build_id",
                                         "redis_mode",
                                         "os",
                                         "arch_bits",
                                         "monotonic_clock",
                                         "multiplexing_api",
                                         "atomicvar_api",
                                         "gcc_version",
                                         "process_id",
                                         "process_supervised",
                                         "run_id",
                                         "tcp_port",
                                         "server_time_usec",
                                         "uptime_in_seconds",
                                         "uptime_in_days",
                                         "hz",
                                         "configured_hz",
                                         "lru_clock",
                                         "executable",
                                         "config_file",
                                         "io_threads_active",
                                         "# Clients",
                                         "connected_clients",
                                         "cluster_connections",
                                         "maxclients",
                                         "client_recent_max_input_buffer",
                                         "client_recent_max_output_buffer",
                                         "blocked_clients",
                                         "tracking_clients",
                                         "clients_in_timeout_table",
                                         "# Memory",
                                         "used_memory",
                                         "used_memory_human",
                                         "used_memory_rss",
                                         "used_memory_rss_human",
                                         "used_memory_peak",
                                         "used_memory_peak_human",
                                         "used_memory_peak_perc",
                                         "used_memory_overhead",
                                         "used_memory_startup",
                                         "used_memory_dataset",
                                         "used_memory_dataset_perc",
                                         "allocator_allocated",
                                         "allocator_active",
                                         "allocator_resident",
                                         "total_system_memory",
                                         "total_system_memory_human",
                                         "used_memory_lua",
                                         "used_memory_vm_eval",
                                         "used_memory_lua_human",
                                         "used_memory_scripts_eval",
                                         "number_of_cached_scripts",
                                         "number_of_functions",
                                         "number_of_libraries",
                                         "used_memory_vm_functions",
                                         "used_memory_vm_total",
                                         "used_memory_vm_total_human",
                                         "used_memory_functions",
                                         "used_memory_scripts",
                                         "used_memory_scripts_human",
                                         "maxmemory",
                                         "maxmemory_human",
                                         "maxmemory_policy",
                                         "allocator_frag_ratio",
                                         "allocator_frag_bytes",
                                         "allocator_rss_ratio",
                                         "allocator_rss_bytes",
                                         "rss_overhead_ratio",
                                         "rss_overhead_bytes",
                                         "mem_fragmentation_ratio",
                                         "mem_fragmentation_bytes",
                                         "mem_not_counted_for_evict",
                                         "mem_replication_backlog",
                                         "mem_total_replication_buffers",
                                         "mem_clients_slaves",
                                         "mem_clients_normal",
                                         "mem_cluster_links",
                                         "mem_aof_buffer",
                                         "mem_allocator",
                                         "active_defrag_running",
                                         "lazyfree_pending_objects",
                                         "lazyfreed_objects",
                                         "# Persistence",
                                         "loading",
                                         "async_loading",
                                         "current_cow_peak",
                                         "current_cow_size",
                                         "current_cow_size_age",
                                         "current_fork_perc",
                                         "current_save_keys_processed",
                                         "current_save_keys_total",
                                         "rdb_changes_since_last_save",
                                         "rdb_bgsave_in_progress",
                                         "rdb_last_save_time",
                                         "rdb_last_bgsave_status",
                                         "rdb_last_bgsave_time_sec",
                                         "rdb_current_bgsave_time_sec",
                                         "rdb_saves",
                                         "rdb_last_cow_size",
                                         "rdb_last_load_keys_expired",
                                         "rdb_last_load_keys_loaded",
                                         "aof_enabled",
                                         "aof_rewrite_in_progress",
                                         "aof_rewrite_scheduled",
                                         "aof_last_rewrite_time_sec",
                                         "aof_current_rewrite_time_sec",
                                         "aof_last_bgrewrite_status",
                                         "aof_rewrites",
                                         "aof_rewrites_consecutive_failures",
                                         "aof_last_write_status",
                                         "aof_last_cow_size",
                                         "module_fork_in_progress",
                                         "module_fork_last_cow_size",
                                         "aof_current_size",
                                         "aof_base_size",
                                         "aof_pending_rewrite",
                                         "aof_buffer_length",
                                         "aof_pending_bio_fsync",
                                         "aof_delayed_fsync",
                                         "loading_start_time",
                                         "loading_total_bytes",
                                         "loading_rdb_used_mem",
                                         "loading_loaded_bytes",
                                         "loading_loaded_perc",
                                         "loading_eta_seconds",
                                         "# Stats",
                                         "total_connections_received",
                                         "total_commands_processed",
                                         "instantaneous_ops_per_sec",
                                         "total_net_input_bytes",
                                         "total_net_output_bytes",
                                         "total_net_repl_input_bytes",
                                         "total_net_repl_output_bytes",
                                         "instantaneous_input_kbps",
                                         "instantaneous_output_kbps",
                                         "instantaneous_input_repl_kbps",
                                         "instantaneous_output_repl_kbps",
                                         "rejected_connections",
                                         "sync_full",
                                         "sync_partial_ok",
                                         "sync_partial_err",
                                         "expired_keys",
                                         "expired_stale_perc",
                                         "expired_time_cap_reached_count",
                                         "expire_cycle_cpu_milliseconds",
                                         "evicted_keys",
                                         "evicted_clients",
                                         "total_eviction_exceeded_time",
                                         "current_eviction_exceeded_time",
                                         "keyspace_hits",
                                         "keyspace_misses",
                                         "pubsub_channels",
                                         "pubsub_patterns",
                                         "pubsubshard_channels",
                                         "latest_fork_usec",
                                         "total_forks",
                                         "# Replication",
                                         "role",
                                         "master_host",
                                         "master_port",
                                         "master_link_status",
                                         "master_last_io_seconds_ago",
                                         "master_sync_in_progress",
                                         "slave_read_repl_offset",
                                         "slave_repl_offset",
                                         "master_link_down_since_seconds",
                                         "slave_priority",
                                         "slave_read_only",
                                         "replica_announced",
                                         "connected_slaves",
                                         "min_slaves_good_slaves",
                                         "slave0",
                                         "master_failover_state",
                                         "master_replid",
                                         "master_replid2",
                                         "master_repl_offset",
                                         "second_repl_offset",
                                         "repl_backlog_active",
                                         "repl_backlog_size",
                                         "repl_backlog_first_byte_offset",
                                         "repl_backlog_histlen",
                                         "# CPU",
                                         "# Modules",
                                         "# Errorstats",
                                         "# Cluster",
                                         "cluster_enabled",
                                         "# Keyspace",
                                         "db0"};

#define REAL_NAMES (sizeof real_names / sizeof real_names[0])

/* The name on a line; false at the end. */
static bool next_name(const char **at, char name[64])
{
    while (**at == '\n')
        ++*at;
    size_t bytes = strcspn(*at, ":\n"), line = strcspn(*at, "\n");
    if (**at == 0)
        return false;
    assert_true(bytes < 64);
    memcpy(name, *at, bytes);
    name[bytes] = 0;
    *at += line;
    return true;
}

static void assert_real_order(const char *info, unsigned least)
{
    char name[64];
    unsigned names = 0;
    for (size_t i = 0; next_name(&info, name); i++, names++) {
        while (i < REAL_NAMES && strcmp(real_names[i], name) != 0)
            i++;
        if (i >= REAL_NAMES)
            fail_msg("%s is not there in the real one, or not at this place", name);
    }
    assert_true(names >= least);
}

static void says(struct world *world, const char *section, const char *lines)
{
    char words[32];
    snprintf(words, sizeof words, "INFO %s", section);
    if (strstr(ask(world, words), lines) == NULL)
        fail_msg("%s lacks %s", ask(world, words), lines);
}

static void names_stand_in_the_real_order(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=\"60 1000\" appendonly=yes");
    answers(world, "SET a b EX 100", "OK");
    assert_real_order(ask(world, "INFO"), 60);
    assert_string_equal(ask(world, "INFO nothing"), "");
    assert_real_order(ask(world, "INFO stats keyspace"), 12);
    plain_close(world);
}

/* As the real one prints them when it was started with these, and `SET a b`. */
static void a_fresh_one_prints_what_the_real_one_does(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=\"60 1000\" appendonly=yes");
    answers(world, "SET a b", "OK");
    says(world, "persistence",
         "loading:0\ncurrent_cow_peak:0\ncurrent_cow_size:0\ncurrent_fork_perc:0.00\n"
         "current_save_keys_processed:0\ncurrent_save_keys_total:0\n"
         "rdb_changes_since_last_save:1\nrdb_bgsave_in_progress:0\n");
    says(world, "persistence",
         "rdb_last_bgsave_status:ok\nrdb_last_bgsave_time_sec:-1\nrdb_current_bgsave_time_sec:-1\n"
         "rdb_saves:0\nrdb_last_cow_size:0\nrdb_last_load_keys_expired:0\n"
         "rdb_last_load_keys_loaded:0\naof_enabled:1\naof_rewrite_in_progress:0\n"
         "aof_rewrite_scheduled:0\naof_last_rewrite_time_sec:-1\naof_current_rewrite_time_sec:-1\n"
         "aof_last_bgrewrite_status:ok\naof_rewrites:0\naof_rewrites_consecutive_failures:0\n"
         "aof_last_write_status:ok\naof_last_cow_size:0\naof_current_size:50\naof_base_size:0\n"
         "aof_pending_rewrite:0\naof_buffer_length:0\naof_pending_bio_fsync:0\n"
         "aof_delayed_fsync:0");
    says(world, "memory", "maxmemory:0\nmaxmemory_human:0B\nmaxmemory_policy:noeviction\n");
    says(world, "memory", "total_system_memory_human:4.00G\n");
    says(world, "stats",
         "expired_keys:0\nevicted_keys:0\nkeyspace_hits:0\nkeyspace_misses:0\n"
         "latest_fork_usec:0\ntotal_forks:0");
    says(world, "keyspace", "# Keyspace\ndb0:keys=1,expires=0,avg_ttl=0");
    says(world, "replication", "role:master\nconnected_slaves:0");
    plain_close(world);
}

static void times_are_told_once_there_are_some(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= appendonly=yes rdb-key-save-delay=1000");
    answers(world, "DEBUG POPULATE 2500", "OK");
    run_more_ms(world, 400);
    answers(world, "BGSAVE", "Background saving started");
    run_more_ms(world, 1800);
    says(world, "persistence", "rdb_last_bgsave_time_sec:-1\nrdb_current_bgsave_time_sec:2\n");
    says(world, "persistence", "current_save_keys_total:2500\n");
    run_more_ms(world, 1500);
    says(world, "persistence", "rdb_last_bgsave_time_sec:3\nrdb_current_bgsave_time_sec:-1\n");
    answers(world, "BGREWRITEAOF", "Background append only file rewriting started");
    says(world, "persistence", "aof_rewrite_in_progress:1\n");
    run_more_ms(world, 1000);
    says(world, "persistence", "aof_last_rewrite_time_sec:-1\naof_current_rewrite_time_sec:1\n");
    run_more_ms(world, 2500);
    says(world, "persistence", "aof_last_rewrite_time_sec:3\naof_current_rewrite_time_sec:-1\n");
    plain_say(world, "restart cache");
    run_more_ms(world, 100);
    says(world, "persistence", "rdb_last_bgsave_time_sec:-1\n");
    says(world, "persistence", "aof_last_rewrite_time_sec:-1\n");
    plain_close(world);
}

/* The rewrite is over in the moment in which the new base counts, also for who looks at each event.
 */
static void a_rewrite_ends_with_its_base(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= appendonly=yes");
    plain_say(world, "set redis-1 fsync=60ms");
    answers(world, "SET a b", "OK");
    run_more_ms(world, 200);
    answers(world, "BGREWRITEAOF", "Background append only file rewriting started");
    while (plain_metric(world, "cache.aof_rewrite_in_progress") == 1) {
        same(world, "cache.aof_base_size", 0);
        assert_int_equal(world_run(world, world->now_ns + SECOND_NS, 1), WORLD_EVENTS);
    }
    same(world, "cache.aof_base_size", file_length(world, "appendonly.aof.2.base.rdb"));
    plain_close(world);
}

static void it_is_told_while_it_loads(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    answers(world, "DEBUG POPULATE 200000 key 1000", "OK");
    answers(world, "SAVE", "OK");
    run_more_ms(world, 3000);
    plain_say(world, "power-cut redis-1");
    plain_say(world, "power-on redis-1");
    run_more_ms(world, 100);
    answers(world, "GET a", "(error) LOADING Redis is loading the dataset in memory");
    says(world, "persistence", "loading:1\n");
    says(world, "persistence", "loading_loaded_bytes:0\nloading_loaded_perc:0.00");
    assert_real_order(ask(world, "INFO"), 60);
    run_more_ms(world, 380);
    says(world, "persistence", "loading_loaded_perc:100.00");
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_stand_in_the_real_order),
        cmocka_unit_test(a_fresh_one_prints_what_the_real_one_does),
        cmocka_unit_test(times_are_told_once_there_are_some),
        cmocka_unit_test(a_rewrite_ends_with_its_base),
        cmocka_unit_test(it_is_told_while_it_loads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
