/*
 * A start from the files: what the page cache does not have takes the disk's time, building the
 * keyspace the core's.
 *
 * CPU times: TRUTH redis.load-time.1 (300,000 keys): a key of a snapshot 0.7 us, of a log's
 * base 1.2 us, a command of a log 1.5 us and once more as much when its key was there already.
 */
#include "sim/store/store_state.h"

#define RDB_KEY_NS   700u
#define BASE_KEY_NS  1200u
#define COMMAND_NS   1500u
#define OVERWRITE_NS 1500u

/* The pieces become keys; how often a command of the log hit a key that was there costs time. */
static void replay(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    keyspace_forget(world, &store->keys);
    for (uint32_t i = 0; i < store->load.pieces.count; i++) {
        const struct ledger_interval piece =
            *(struct ledger_interval *)vector_at(&world->region, &store->load.pieces, i);
        for (uint64_t p = piece.from; p <= piece.to; p++)
            if (ledger_entry(world, p)->writer == piece.writer)
                key_apply(world, &store->keys, (uint32_t)p);
    }
    keyspace_settle(&store->keys);
    uint64_t made = store->keys.keys > store->load.snapshot_keys
                        ? store->keys.keys - store->load.snapshot_keys
                        : 0;
    store->load.overwrites = store->load.commands > made ? store->load.commands - made : 0;
}

static void log_seconds(struct world *world, uint32_t id, const char *what)
{
    const struct store *store = store_at(world, id);
    char words[120];
    struct text line = TEXT(words);
    text_clear(&line);
    text_add(&line, what);
    text_add_fixed(&line, (int64_t)((world->now_ns - store->load.started_ns) / MS_NS), 3);
    text_add(&line, " seconds");
    component_log(world, id, words);
}

static void log_truncation(struct world *world, uint32_t id)
{
    const struct store *store = store_at(world, id);
    const char *name = file_at(world, store->load.truncated)->name;
    char words[150];
    struct text line = TEXT(words);
    text_clear(&line);
    text_add(&line, "!!! Warning: short read while loading the AOF file ");
    text_add(&line, name);
    text_add(&line, "!!!");
    component_log(world, id, words);
    text_clear(&line);
    text_add(&line, "!!! Truncating the AOF ");
    text_add(&line, name);
    text_add(&line, " at offset ");
    text_add_u64(&line, store->load.truncate_to);
    text_add(&line, " !!!");
    component_log(world, id, words);
    text_clear(&line);
    text_add(&line, "AOF ");
    text_add(&line, name);
    text_add(&line, " loaded anyway because aof-load-truncated is enabled");
    component_log(world, id, words);
}

static void load_refused(struct world *world, uint32_t id)
{
    component_log(world, id, store_at(world, id)->load.words);
    trace(world, id, TRACE_REFUSED_START, 0, 0);
    life_exit(world, id, 1);
}

static void cut_tail(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    uint32_t file = store->load.truncated;
    if (file == 0)
        return;
    log_truncation(world, id);
    file_truncate(world, file, store->load.truncate_to);
}

static void files_refused(struct world *world, uint32_t id)
{
    component_log(world, id, "Can't open the append-only file: No space left on device");
    trace(world, id, TRACE_REFUSED_START, 0, 0);
    life_exit(world, id, 1);
}

void load_opened(struct world *world, uint32_t id)
{
    store_at(world, id)->busy = BUSY_NO;
    if (aof_open(world, id))
        life_ready(world, id);
    else
        files_refused(world, id);
}

static void load_done(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    store->busy = BUSY_NO;
    if (store->load.refused) {
        load_refused(world, id);
        return;
    }
    uint32_t life = component_at(world, id)->life;
    if (!footprint_follow(world, id) || component_at(world, id)->life != life)
        return;
    cut_tail(world, id);
    bool log = parameter_get(world, id, STORE_APPENDONLY) != 0;
    if (store->load.files.count > 0) {
        log_words(world, id, "Done loading, keys loaded: ", store->keys.keys, ".");
        log_seconds(world, id, log ? "DB loaded from append only file: " : "DB loaded from disk: ");
    }
    bool waits;
    if (!aof_make_files(world, id, &waits)) {
        files_refused(world, id);
        return;
    }
    if (!waits) {
        load_opened(world, id);
        return;
    }
    store->loading = LOADING_OPENS;
    store->busy = BUSY_LOAD;
}

static void load_cpu(struct world *world, uint32_t id)
{
    const struct load *load = &store_at(world, id)->load;
    uint64_t cost_ns = load->snapshot_keys * (load->hybrid != 0 ? BASE_KEY_NS : RDB_KEY_NS) +
                       load->commands * COMMAND_NS + load->overwrites * OVERWRITE_NS;
    cpu_run(world, id, cost_ns + 1, EVENT_LOAD_CPU, NULL);
}

/* What the page cache has costs no time of its own: reading is in the CPU times above. */
static void read_next(struct world *world, uint32_t id)
{
    struct load *load = &store_at(world, id)->load;
    while (load->next < load->files.count) {
        uint32_t file = *(uint32_t *)vector_at(&world->region, &load->files, load->next++);
        uint64_t cold = file_cold(world, file);
        if (cold > 0) {
            file_read(world, id, file, cold, EVENT_LOAD_READ, 0);
            return;
        }
        load->read_bytes += file_at(world, file)->length;
    }
    load_cpu(world, id);
}

void load_begin(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    uint32_t unfinished = file_find(world, id, MANIFEST_TEMP);
    if (unfinished != 0)
        file_remove(world, unfinished);
    load_judge(world, id);
    if (!store->load.refused)
        replay(world, id);
    if (store->load.files.count == 0) {
        load_done(world, id);
        return;
    }
    store->busy = BUSY_LOAD;
    read_next(world, id);
}

void load_event(struct world *world, uint32_t id, const struct event *event)
{
    if (event_what(event) == EVENT_LOAD_CPU) {
        load_done(world, id);
        return;
    }
    if (event->payload.u64[2] != FILE_OK) {
        component_log(world, id, "Fatal error loading the DB: Input/output error. Exiting.");
        trace(world, id, TRACE_REFUSED_START, 0, 0);
        life_exit(world, id, 1);
        return;
    }
    struct load *load = &store_at(world, id)->load;
    uint32_t file = *(uint32_t *)vector_at(&world->region, &load->files, load->next - 1);
    load->read_bytes += file_at(world, file)->length;
    read_next(world, id);
}
