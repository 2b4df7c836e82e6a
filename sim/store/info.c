/*
 * INFO: the sections and fields of the real one, as far as they mean something here.
 */
#include "sim/store/store_state.h"

static void field(struct text *text, const char *name, uint64_t number)
{
    text_add(text, name);
    text_add_char(text, ':');
    text_add_u64(text, number);
    text_add_char(text, '\n');
}

static void words_field(struct text *text, const char *name, const char *words)
{
    text_add(text, name);
    text_add_char(text, ':');
    text_add(text, words);
    text_add_char(text, '\n');
}

/* 939.20K 1.09M, as bytesToHuman */
static void human_field(struct text *text, const char *name, uint64_t bytes)
{
    static const char letters[] = "BKMGT";
    unsigned power = 0;
    uint64_t unit = 1;
    while (power < 4 && bytes / unit >= 1024) {
        unit *= 1024;
        power++;
    }
    text_add(text, name);
    text_add_char(text, ':');
    if (power == 0)
        text_add_u64(text, bytes);
    else
        text_add_fixed(text, (int64_t)(bytes / (unit / 1024) * 100 / 1024), 2);
    text_add_char(text, letters[power]);
    text_add_char(text, '\n');
}

static void server_add(struct world *world, uint32_t id, struct text *text)
{
    text_add(text, "# Server\n");
    words_field(text, "redis_version", "7.0.15");
    words_field(text, "redis_mode", "standalone");
    field(text, "process_id", store_at(world, id)->pid);
    field(text, "hz", 10);
}

static void clients_add(struct world *world, uint32_t id, struct text *text)
{
    text_add(text, "# Clients\n");
    field(text, "connected_clients", store_at(world, id)->connected);
}

static void memory_add(struct world *world, uint32_t id, struct text *text)
{
    const struct store *store = store_at(world, id);
    char policy[40];
    struct text words = TEXT(policy);
    text_clear(&words);
    parameter_add(&words, world, &store_parameters[STORE_MAXMEMORY_POLICY],
                  parameter_get(world, id, STORE_MAXMEMORY_POLICY));
    text_add(text, "# Memory\n");
    field(text, "used_memory", used_memory(world, id));
    human_field(text, "used_memory_human", used_memory(world, id));
    field(text, "used_memory_rss", memory_of(world, id));
    human_field(text, "used_memory_rss_human", memory_of(world, id));
    field(text, "used_memory_peak", store->peak_memory);
    field(text, "maxmemory", parameter_get(world, id, STORE_MAXMEMORY));
    words_field(text, "maxmemory_policy", policy);
    field(text, "mem_aof_buffer", store->aof.buffer_bytes);
}

static void persistence_add(struct world *world, uint32_t id, struct text *text)
{
    const struct store *store = store_at(world, id);
    const struct child *child = &store->children[0];
    bool saves = child->type == CHILD_RDB, rewrites = child->type == CHILD_AOF;
    text_add(text, "# Persistence\n");
    field(text, "loading", store->loading != LOADING_NO);
    field(text, "current_cow_size", cow_bytes(world, id));
    field(text, "rdb_changes_since_last_save", store->dirty);
    field(text, "rdb_bgsave_in_progress", saves);
    field(text, "rdb_last_save_time", store->lastsave_s);
    words_field(text, "rdb_last_bgsave_status", store->bgsave_failed != 0 ? "err" : "ok");
    field(text, "rdb_last_bgsave_time_sec", store->bgsave_seconds);
    field(text, "rdb_saves", store->rdb_saves);
    field(text, "rdb_last_cow_size", store->rdb_cow);
    field(text, "aof_enabled", store->aof.state != AOF_OFF);
    field(text, "aof_rewrite_in_progress", rewrites);
    field(text, "aof_rewrite_scheduled", store->rewrite_scheduled);
    field(text, "aof_last_rewrite_time_sec", store->aof.rewrite_seconds);
    words_field(text, "aof_last_bgrewrite_status", store->aof.rewrite_status != 0 ? "err" : "ok");
    words_field(text, "aof_last_write_status", store->aof.write_error != 0 ? "err" : "ok");
    field(text, "aof_last_cow_size", store->aof_cow);
    field(text, "aof_rewrites", store->rewrites);
    if (store->aof.state == AOF_OFF)
        return;
    field(text, "aof_current_size", store->aof.current_size);
    field(text, "aof_base_size", store->aof.base_size);
    field(text, "aof_buffer_length", store->aof.buffer_bytes);
    field(text, "aof_pending_bio_fsync", store->aof.fsync_runs);
    field(text, "aof_delayed_fsync", store->aof.delayed);
}

static void stats_add(struct world *world, uint32_t id, struct text *text)
{
    const struct store *store = store_at(world, id);
    text_add(text, "# Stats\n");
    field(text, "total_connections_received", store->connections_received);
    field(text, "total_commands_processed", store->commands);
    field(text, "total_net_input_bytes", store->net_in);
    field(text, "total_net_output_bytes", store->net_out);
    field(text, "expired_keys", store->expired);
    field(text, "evicted_keys", store->evicted);
    field(text, "keyspace_hits", store->hits);
    field(text, "keyspace_misses", store->misses);
    field(text, "latest_fork_usec", store->fork_usec);
    field(text, "total_forks", store->forks);
}

static void replication_add(struct world *world, uint32_t id, struct text *text)
{
    (void)world;
    (void)id;
    text_add(text, "# Replication\n");
    words_field(text, "role", "master");
    field(text, "connected_slaves", 0);
}

static void keyspace_add(struct world *world, uint32_t id, struct text *text)
{
    const struct keyspace *keys = &store_at(world, id)->keys;
    text_add(text, "# Keyspace\n");
    if (keys->keys == 0)
        return;
    text_add(text, "db0:keys=");
    text_add_u64(text, keys->keys);
    text_add(text, ",expires=");
    text_add_u64(text, keys->expires);
    text_add(text, "\n");
}

struct info_section {
    const char *name;
    void (*add)(struct world *world, uint32_t id, struct text *text);
};

static const struct info_section sections[] = {
    {"server", server_add},           {"clients", clients_add}, {"memory", memory_add},
    {"persistence", persistence_add}, {"stats", stats_add},     {"replication", replication_add},
    {"keyspace", keyspace_add}};

void info_add(struct world *world, uint32_t id, struct text *text, const char *section)
{
    bool all = *section == '\0' || text_same_key(section, "all") ||
               text_same_key(section, "everything") || text_same_key(section, "default");
    bool first = true;
    for (unsigned i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        if (!all && !text_same_key(section, sections[i].name))
            continue;
        if (!first)
            text_add_char(text, '\n');
        first = false;
        sections[i].add(world, id, text);
    }
    if (text->used > 0 && text->at[text->used - 1] == '\n')
        text->at[--text->used] = '\0';
}
