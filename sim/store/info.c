/*
 * INFO: the sections and fields of the real one (7.0.15) in its order and its form, as far as they
 * mean something here.
 */
#include "sim/store/store_state.h"

void info_field(struct text *text, const char *name, uint64_t number)
{
    text_add(text, name);
    text_add_char(text, ':');
    text_add_u64(text, number);
    text_add_char(text, '\n');
}

void info_words_field(struct text *text, const char *name, const char *words)
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

/* -1 when there is none. */
static void seconds_field(struct text *text, const char *name, uint64_t seconds)
{
    text_add(text, name);
    text_add_char(text, ':');
    text_add_i64(text, (int64_t)seconds);
    text_add_char(text, '\n');
}

/* part / whole with two decimals, times `factor`. */
static void share_field(struct text *text, const char *name, uint64_t part, uint64_t whole,
                        uint64_t factor, const char *unit)
{
    text_add(text, name);
    text_add_char(text, ':');
    text_add_fixed(text, whole == 0 ? 0 : (int64_t)((part * 100 * factor + whole / 2) / whole), 2);
    text_add(text, unit);
    text_add_char(text, '\n');
}

static void server_add(struct world *world, uint32_t id, struct text *text)
{
    const struct store *store = store_at(world, id);
    uint64_t up_s = clock_s(world) - store->started_ns / SECOND_NS;
    text_add(text, "# Server\n");
    info_words_field(text, "redis_version", "7.0.15");
    info_words_field(text, "redis_mode", "standalone");
    info_field(text, "process_id", store->pid);
    info_field(text, "server_time_usec", world->now_ns / US_NS);
    info_field(text, "uptime_in_seconds", up_s);
    info_field(text, "uptime_in_days", up_s / 86400);
    info_field(text, "hz", 10);
    info_field(text, "configured_hz", 10);
    info_field(text, "lru_clock", clock_s(world) & 0xffffff);
}

static void clients_add(struct world *world, uint32_t id, struct text *text)
{
    text_add(text, "# Clients\n");
    info_field(text, "connected_clients", store_at(world, id)->connected);
}

static void memory_add(struct world *world, uint32_t id, struct text *text)
{
    const struct store *store = store_at(world, id);
    uint64_t used = used_memory(world, id), rss = memory_of(world, id);
    uint64_t peak = store->peak_memory > used ? store->peak_memory : used;
    uint64_t ram = parameter_get(world, component_at(world, id)->machine, MACHINE_RAM);
    uint64_t most = parameter_get(world, id, STORE_MAXMEMORY);
    char policy[40];
    struct text words = TEXT(policy);
    text_clear(&words);
    parameter_add(&words, world, &store_parameters[STORE_MAXMEMORY_POLICY],
                  parameter_get(world, id, STORE_MAXMEMORY_POLICY));
    text_add(text, "# Memory\n");
    info_field(text, "used_memory", used);
    human_field(text, "used_memory_human", used);
    info_field(text, "used_memory_rss", rss);
    human_field(text, "used_memory_rss_human", rss);
    info_field(text, "used_memory_peak", peak);
    human_field(text, "used_memory_peak_human", peak);
    share_field(text, "used_memory_peak_perc", used, peak, 100, "%");
    info_field(text, "total_system_memory", ram);
    human_field(text, "total_system_memory_human", ram);
    info_field(text, "maxmemory", most);
    human_field(text, "maxmemory_human", most);
    info_words_field(text, "maxmemory_policy", policy);
    share_field(text, "mem_fragmentation_ratio", rss, used, 1, "");
    info_field(text, "mem_fragmentation_bytes", rss - used);
    info_field(text, "mem_not_counted_for_evict", store->aof.buffer_bytes);
    info_field(text, "mem_aof_buffer", store->aof.buffer_bytes);
}

/* The child's work, as it reports it to its parent. */
static void fork_add(struct world *world, uint32_t id, struct text *text)
{
    const struct child *child = &store_at(world, id)->children[0];
    uint64_t keys = child->bytes == 0 ? 0 : child->written * child->keys / child->bytes;
    info_field(text, "current_cow_peak", cow_bytes(world, id));
    info_field(text, "current_cow_size", cow_bytes(world, id));
    share_field(text, "current_fork_perc", keys, child->keys, 100, "");
    info_field(text, "current_save_keys_processed", keys);
    info_field(text, "current_save_keys_total", child->keys);
}

static void rdb_add(struct world *world, uint32_t id, struct text *text)
{
    const struct store *store = store_at(world, id);
    const struct child *child = &store->children[0];
    bool saves = child_saves(world, id);
    info_field(text, "rdb_changes_since_last_save", store->dirty);
    info_field(text, "rdb_bgsave_in_progress", saves);
    info_field(text, "rdb_last_save_time", store->lastsave_s);
    info_words_field(text, "rdb_last_bgsave_status", store->bgsave_failed != 0 ? "err" : "ok");
    seconds_field(text, "rdb_last_bgsave_time_sec", store->bgsave_seconds);
    seconds_field(text, "rdb_current_bgsave_time_sec",
                  saves ? clock_s(world) - child->started_ns / SECOND_NS : SECONDS_NONE);
    info_field(text, "rdb_saves", store->rdb_saves);
    info_field(text, "rdb_last_cow_size", store->rdb_cow);
    info_field(text, "rdb_last_load_keys_expired", store->load_expired);
    info_field(text, "rdb_last_load_keys_loaded", store->load_keys);
}

static void aof_add(struct world *world, uint32_t id, struct text *text)
{
    const struct store *store = store_at(world, id);
    const struct aof *aof = &store->aof;
    const struct child *child = &store->children[0];
    info_field(text, "aof_enabled", aof->state != AOF_OFF);
    info_field(text, "aof_rewrite_in_progress", rewrite_runs(world, id));
    info_field(text, "aof_rewrite_scheduled", store->rewrite_scheduled);
    seconds_field(text, "aof_last_rewrite_time_sec", store->rewrite_seconds);
    seconds_field(text, "aof_current_rewrite_time_sec",
                  child->type == CHILD_AOF ? clock_s(world) - child->started_ns / SECOND_NS
                                           : SECONDS_NONE);
    info_words_field(text, "aof_last_bgrewrite_status", aof->rewrite_status != 0 ? "err" : "ok");
    info_field(text, "aof_rewrites", store->rewrites);
    info_field(text, "aof_rewrites_consecutive_failures", aof->failures);
    info_words_field(text, "aof_last_write_status",
                     aof->write_error != 0 || aof->bio_error != 0 ? "err" : "ok");
    info_field(text, "aof_last_cow_size", store->aof_cow);
    if (aof->state == AOF_OFF)
        return;
    info_field(text, "aof_current_size", aof->current_size);
    info_field(text, "aof_base_size", aof->base_size);
    info_field(text, "aof_pending_rewrite", store->rewrite_scheduled);
    info_field(text, "aof_buffer_length", aof->buffer_bytes);
    info_field(text, "aof_pending_bio_fsync", aof->fsync_runs);
    info_field(text, "aof_delayed_fsync", aof->delayed);
}

static void loading_add(struct world *world, uint32_t id, struct text *text)
{
    const struct load *load = &store_at(world, id)->load;
    info_field(text, "loading_start_time", load->started_ns / SECOND_NS);
    info_field(text, "loading_total_bytes", load->bytes);
    info_field(text, "loading_loaded_bytes", load->read_bytes);
    share_field(text, "loading_loaded_perc", load->read_bytes, load->bytes, 100, "");
}

static void persistence_add(struct world *world, uint32_t id, struct text *text)
{
    bool loading = store_at(world, id)->loading != LOADING_NO;
    text_add(text, "# Persistence\n");
    info_field(text, "loading", loading);
    fork_add(world, id, text);
    rdb_add(world, id, text);
    aof_add(world, id, text);
    if (loading)
        loading_add(world, id, text);
}

static void stats_add(struct world *world, uint32_t id, struct text *text)
{
    const struct store *store = store_at(world, id);
    text_add(text, "# Stats\n");
    info_field(text, "total_connections_received", store->connections_received);
    info_field(text, "total_commands_processed", store->commands);
    info_field(text, "total_net_input_bytes", store->net_in);
    info_field(text, "total_net_output_bytes", store->net_out);
    info_field(text, "sync_full", store->repl.sync_full);
    info_field(text, "sync_partial_ok", store->repl.partial_ok);
    info_field(text, "sync_partial_err", store->repl.partial_err);
    info_field(text, "expired_keys", store->expired);
    info_field(text, "evicted_keys", store->evicted);
    info_field(text, "keyspace_hits", store->hits);
    info_field(text, "keyspace_misses", store->misses);
    info_field(text, "latest_fork_usec", store->fork_usec);
    info_field(text, "total_forks", store->forks);
}

/* Of the keys with a time to live, in milliseconds. */
static uint64_t average_ttl_ms(const struct world *world, const struct keyspace *keys)
{
    uint64_t now_ms = world->now_ns / MS_NS, sum_ms = 0;
    for (uint32_t i = 0; keys->expires > 0 && i < keys->extras.count; i++) {
        const struct key_extra *extra = vector_at(&world->region, &keys->extras, i);
        sum_ms += extra->expire_ms > now_ms ? extra->expire_ms - now_ms : 0;
    }
    return keys->expires == 0 ? 0 : sum_ms / keys->expires;
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
    text_add(text, ",avg_ttl=");
    text_add_u64(text, average_ttl_ms(world, keys));
    text_add(text, "\n");
}

struct info_section {
    const char *name;
    void (*add)(struct world *world, uint32_t id, struct text *text);
};

static const struct info_section sections[] = {
    {"server", server_add},           {"clients", clients_add}, {"memory", memory_add},
    {"persistence", persistence_add}, {"stats", stats_add},     {"replication", repl_info_add},
    {"keyspace", keyspace_add}};

static bool asked(const struct command *words, const char *section)
{
    bool all = words->count == 1;
    for (unsigned i = 1; i < words->count && !all; i++) {
        const char *word = command_word(words, i);
        all = text_same_key(word, section) || text_same_key(word, "all") ||
              text_same_key(word, "everything") || text_same_key(word, "default");
    }
    return all;
}

void admin_info(struct world *world, uint32_t id, const struct command *words, struct text *answer)
{
    size_t before = answer->used;
    for (unsigned i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        if (!asked(words, sections[i].name))
            continue;
        if (answer->used > before)
            text_add_char(answer, '\n');
        sections[i].add(world, id, answer);
    }
    if (answer->used > before && answer->at[answer->used - 1] == '\n')
        answer->at[--answer->used] = '\0';
}
