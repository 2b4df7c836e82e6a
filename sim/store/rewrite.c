/*
 * Rewriting the append only log: a new incremental file, a child that writes a new base, then the
 * switch; and the files of a process that starts (multi part AOF of Redis 7, aof.c).
 */
#include <string.h>

#include "sim/store/store_state.h"

#define TEMP_INCR       "temp-appendonly.aof.incr"
#define LIMIT_FAILURES  3u /* AOF_REWRITE_LIMITE_THRESHOLD */
#define LIMIT_MOST_S    3600u
#define RDB_EMPTY_BYTES 89u

static const uint64_t *manifest_mark_of(const struct world *world, uint32_t id)
{
    uint32_t file = manifest_file(world, id);
    return file == 0 ? NULL : file_at(world, file)->mark;
}

bool rewrite_limited(struct world *world, uint32_t id)
{
    struct aof *aof = &store_at(world, id)->aof;
    if (aof->failures < LIMIT_FAILURES)
        return false;
    if (aof->retry_s == 0) {
        uint64_t shift = aof->failures - LIMIT_FAILURES;
        uint64_t wait_s = shift > 6 ? LIMIT_MOST_S : 60u << shift;
        aof->retry_s = clock_s(world) + (wait_s < LIMIT_MOST_S ? wait_s : LIMIT_MOST_S);
        component_log(world, id,
                      "Background AOF rewrite has repeatedly failed and triggered the limit, will "
                      "retry later");
    }
    if (clock_s(world) < aof->retry_s)
        return true;
    aof->retry_s = 0;
    return false;
}

bool rewrite_due(struct world *world, uint32_t id, uint64_t *growth)
{
    const struct aof *aof = &store_at(world, id)->aof;
    uint64_t percentage = parameter_get(world, id, STORE_AUTO_AOF_REWRITE_PERCENTAGE);
    if (aof->state != AOF_ON || percentage == 0 ||
        aof->current_size <= parameter_get(world, id, STORE_AUTO_AOF_REWRITE_MIN_SIZE))
        return false;
    uint64_t base = aof->base_size == 0 ? 1 : aof->base_size;
    uint64_t now = aof->current_size * 100 / base;
    *growth = now < 100 ? 0 : now - 100;
    return *growth >= percentage;
}

bool rewrite_runs(const struct world *world, uint32_t id)
{
    const struct store *store = store_at(world, id);
    return store->children[0].type == CHILD_AOF || store->busy == BUSY_OPEN ||
           store->busy == BUSY_SWITCH || (store->wants & WANT_REWRITE) != 0;
}

/* --- begin ------------------------------------------------------------------------------------ */

static void rewrite_failed(struct world *world, uint32_t id, const char *why)
{
    struct aof *aof = &store_at(world, id)->aof;
    component_log(world, id, why);
    aof->rewrite_status = 1;
    aof->failures++;
}

/* The old file's last bytes go to the disk in the thread; new ones go to the new file. */
static void incr_change(struct world *world, uint32_t id, uint32_t file)
{
    struct aof *aof = &store_at(world, id)->aof;
    if (aof->file != 0 && file_at(world, aof->file)->length != file_at(world, aof->file)->durable)
        file_fsync(world, id, aof->file, EVENT_OLD_FSYNC, 0);
    aof->file = file;
    aof->fsync_offset = file_at(world, file)->length;
    aof->last_fsync_s = clock_s(world);
}

/* A new file of the log; what had that name before is gone, also what it held. */
static uint32_t log_create(struct world *world, uint32_t id, const char *name)
{
    uint32_t file = file_create(world, id, name);
    if (file == 0)
        return 0;
    struct file *at = file_at(world, file);
    if (at->content != 0)
        arena_give(&world->region, at->content, at->content_bytes);
    at->content = 0;
    at->content_bytes = 0;
    memset(at->mark, 0, sizeof at->mark);
    return file;
}

void rewrite_begin(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    struct aof *aof = &store->aof;
    if (child_active(world, id)) {
        store->rewrite_scheduled = 1;
        return;
    }
    aof->selected = 0;
    if (!aof_flush(world, id, true))
        return;
    if (aof->buffer_bytes != 0) {
        rewrite_failed(world, id, "Can't rewrite: the AOF buffer cannot be written");
        return;
    }
    if (aof->state != AOF_ON) {
        if (aof->state == AOF_WAIT_REWRITE)
            incr_change(world, id, log_create(world, id, TEMP_INCR));
        rewrite_opened(world, id);
        return;
    }
    uint64_t mark[4];
    memcpy(mark, manifest_mark_of(world, id), sizeof mark);
    char name[48];
    struct text text = TEXT(name);
    text_clear(&text);
    aof_incr_name(&text, ++mark[MANIFEST_LAST]);
    uint32_t file = log_create(world, id, name);
    if (file == 0 || !manifest_write(world, id, mark, EVENT_OPEN_FSYNC)) {
        if (file != 0)
            file_remove(world, file);
        rewrite_failed(world, id, "Can't open the append-only file for rewrite");
        return;
    }
    incr_change(world, id, file);
    store->busy = BUSY_OPEN;
}

void rewrite_opened(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    store->busy = BUSY_NO;
    manifest_switch(world, id);
    uint64_t bytes = rdb_file_bytes(world, id);
    if (parameter_get(world, id, STORE_AOF_USE_RDB_PREAMBLE) == 0)
        bytes = store->keys.keys == 0 ? 0 : SELECT_BYTES + store->keys.aof_bytes;
    store->rewrites++;
    if (child_fork(world, id, CHILD_AOF, bytes)) {
        store->rewrite_scheduled = 0;
        store->aof.rewrite_started_ns = world->now_ns;
        log_words(world, id, "Background append only file rewriting started by pid ",
                  store->children[0].pid, "");
    }
    loop_next(world, id);
}

/* --- end -------------------------------------------------------------------------------------- */

static void wait_again(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    struct aof *aof = &store->aof;
    if (aof->state != AOF_WAIT_REWRITE)
        return;
    aof_unbuffer(world, id);
    if (aof->file != 0)
        file_remove(world, aof->file);
    aof->file = 0;
    store->rewrite_scheduled = 1;
}

static uint32_t child_file(struct world *world, uint32_t id, const struct child *child)
{
    char name[48];
    struct text text = TEXT(name);
    text_clear(&text);
    text_add(&text, "temp-rewriteaof-bg-");
    text_add_u64(&text, child->pid);
    text_add(&text, ".aof");
    return file_find(world, id, name);
}

void rewrite_child_done(struct world *world, uint32_t id, struct child *child)
{
    struct store *store = store_at(world, id);
    struct aof *aof = &store->aof;
    store->rewrite_seconds = clock_s(world) - aof->rewrite_started_ns / SECOND_NS;
    if (child->end != CHILD_DONE) {
        rewrite_failed(world, id, "Background AOF rewrite terminated with error");
        wait_again(world, id);
        return;
    }
    component_log(world, id, "Background AOF rewrite terminated with success");
    bool rdb = parameter_get(world, id, STORE_AOF_USE_RDB_PREAMBLE) != 0;
    uint64_t mark[4] = {0};
    if (manifest_mark_of(world, id) != NULL)
        memcpy(mark, manifest_mark_of(world, id), sizeof mark);
    char name[48];
    struct text text = TEXT(name);
    text_clear(&text);
    mark[MANIFEST_BASE]++;
    mark[MANIFEST_BASE_TYPE] = rdb ? BASE_RDB : BASE_AOF;
    aof_base_name(&text, mark[MANIFEST_BASE], rdb ? BASE_RDB : BASE_AOF);
    file_rename(world, child_file(world, id, child), name);
    if (aof->state == AOF_WAIT_REWRITE) {
        text_clear(&text);
        aof_incr_name(&text, ++mark[MANIFEST_LAST]);
        file_rename(world, aof->file, name);
    }
    mark[MANIFEST_FIRST] = aof->state == AOF_OFF ? 0 : mark[MANIFEST_LAST];
    if (!manifest_write(world, id, mark, EVENT_SWITCH_FSYNC)) {
        rewrite_failed(world, id, "Can't write the AOF manifest");
        wait_again(world, id);
        return;
    }
    ledger_mark(world, id, STAGE_SNAPSHOT, child->position);
    store->busy = BUSY_SWITCH;
}

static void remove_named(struct world *world, uint32_t id, const char *name)
{
    uint32_t file = file_find(world, id, name);
    if (file != 0)
        file_remove(world, file);
}

/* What the old manifest named and the new one does not. */
static void remove_history(struct world *world, uint32_t id, const uint64_t old[4],
                           const uint64_t now[4])
{
    char name[48];
    struct text text = TEXT(name);
    if (old[MANIFEST_BASE] != 0) {
        text_clear(&text);
        aof_base_name(&text, old[MANIFEST_BASE], (enum base_type)old[MANIFEST_BASE_TYPE]);
        remove_named(world, id, name);
    }
    for (uint64_t i = old[MANIFEST_FIRST]; i != 0 && i <= old[MANIFEST_LAST]; i++) {
        if (i >= now[MANIFEST_FIRST] && i <= now[MANIFEST_LAST])
            continue;
        text_clear(&text);
        aof_incr_name(&text, i);
        remove_named(world, id, name);
    }
}

void rewrite_switched(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    struct aof *aof = &store->aof;
    uint64_t old[4] = {0};
    store->busy = BUSY_NO;
    if (manifest_mark_of(world, id) != NULL)
        memcpy(old, manifest_mark_of(world, id), sizeof old);
    manifest_switch(world, id);
    const uint64_t *now = manifest_mark_of(world, id);
    remove_history(world, id, old, now);
    char name[48];
    struct text text = TEXT(name);
    text_clear(&text);
    aof_base_name(&text, now[MANIFEST_BASE], (enum base_type)now[MANIFEST_BASE_TYPE]);
    const struct file *base = file_at(world, file_find(world, id, name));
    if (aof->file != 0) { /* 0: it was switched off meanwhile */
        aof->current_size = base->length + file_at(world, aof->file)->length;
        aof->base_size = aof->current_size;
        aof->state = AOF_ON;
    }
    aof->rewrite_status = 0;
    aof->failures = 0;
    aof->retry_s = 0;
    component_log(world, id, "Background AOF rewrite finished successfully");
    trace(world, id, TRACE_REWRITTEN, base->mark[SNAPSHOT_POSITION], 0);
    loop_next(world, id);
}

/* --- on and off while it runs ----------------------------------------------------------------- */

void aof_start(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    struct aof *aof = &store->aof;
    if (aof->state != AOF_OFF || store->loading)
        return;
    aof->state = AOF_WAIT_REWRITE;
    aof->last_fsync_s = clock_s(world);
    aof->write_error = aof->bio_error = 0;
    if (store->children[0].type == CHILD_AOF) {
        component_log(world, id,
                      "AOF was enabled but there is already an AOF rewriting in background. "
                      "Stopping background AOF and starting a rewrite now.");
        child_kill(world, id);
    } else if (child_active(world, id)) {
        store->rewrite_scheduled = 1;
        component_log(world, id,
                      "AOF was enabled but there is already another background operation. An AOF "
                      "background was scheduled to start when possible.");
        return;
    }
    store->wants |= WANT_REWRITE;
    loop_next(world, id);
}

void aof_stop(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    struct aof *aof = &store->aof;
    if (aof->state == AOF_OFF)
        return;
    if (!aof_flush(world, id, true))
        return;
    if (aof->file != 0)
        file_fsync(world, id, aof->file, EVENT_OLD_FSYNC, 0);
    if (store->children[0].type == CHILD_AOF)
        child_kill(world, id);
    store->rewrite_scheduled = 0;
    uint64_t delayed = aof->delayed;
    aof_reset(world, id);
    aof->delayed = delayed;
}

/* --- the files of a process that starts ------------------------------------------------------- */

static uint32_t file_make(struct world *world, uint32_t id, const char *name, uint64_t bytes)
{
    uint32_t file = log_create(world, id, name);
    uint64_t written;
    if (file == 0)
        return 0;
    if (bytes > 0 && file_append(world, file, bytes, &written) != FILE_OK) {
        file_remove(world, file);
        return 0;
    }
    if (component_at(world, id)->life == 1)
        file_settle(world, file);
    else
        file_fsync(world, 0, file, 0, 0); /* the manifest's follows it */
    return file;
}

/* What is added had its files before: they are on the disk when it gives its first answer. */
static bool manifest_make(struct world *world, uint32_t id, const uint64_t mark[4])
{
    uint32_t file = file_make(world, id, MANIFEST_NAME, manifest_bytes(mark));
    if (file != 0)
        memcpy(file_at(world, file)->mark, mark, 4 * sizeof mark[0]);
    return file != 0;
}

/* An empty data set gets a base and a manifest; a manifest of a rewrite without appendonly names no
 * incremental file and gets one. */
bool aof_make_files(struct world *world, uint32_t id, bool *waits)
{
    bool rdb = parameter_get(world, id, STORE_AOF_USE_RDB_PREAMBLE) != 0;
    uint64_t mark[4] = {1, rdb ? BASE_RDB : BASE_AOF, 1, 1};
    *waits = false;
    if (parameter_get(world, id, STORE_APPENDONLY) == 0)
        return true;
    if (manifest_mark_of(world, id) != NULL) {
        memcpy(mark, manifest_mark_of(world, id), sizeof mark);
        if (mark[MANIFEST_FIRST] != 0)
            return true;
        mark[MANIFEST_FIRST] = ++mark[MANIFEST_LAST];
    } else {
        char name[48];
        struct text text = TEXT(name);
        text_clear(&text);
        aof_base_name(&text, 1, rdb ? BASE_RDB : BASE_AOF);
        uint32_t base = file_make(world, id, name, rdb ? RDB_EMPTY_BYTES : 0);
        if (base == 0)
            return false;
        file_at(world, base)->mark[SNAPSHOT_BYTES] = rdb ? RDB_EMPTY_BYTES : 0;
        component_log(world, id,
                      rdb ? "Creating AOF base file appendonly.aof.1.base.rdb on server start"
                          : "Creating AOF base file appendonly.aof.1.base.aof on server start");
    }
    if (component_at(world, id)->life == 1)
        return manifest_make(world, id, mark);
    *waits = true;
    return manifest_write(world, id, mark, EVENT_START_FSYNC);
}

bool aof_open(struct world *world, uint32_t id)
{
    struct aof *aof = &store_at(world, id)->aof;
    const struct load *load = &store_at(world, id)->load;
    if (parameter_get(world, id, STORE_APPENDONLY) == 0)
        return true;
    const uint64_t *mark = manifest_mark_of(world, id);
    char name[48];
    struct text text = TEXT(name);
    text_clear(&text);
    aof_incr_name(&text, mark[MANIFEST_LAST]);
    /* O_APPEND | O_CREAT: what has that name is gone on with, even when a lost manifest named it.
     */
    aof->file = file_find(world, id, name);
    if (aof->file == 0)
        aof->file = log_create(world, id, name);
    if (aof->file == 0)
        return false;
    uint64_t end, length = file_at(world, aof->file)->length;
    aof_segment_cut(world, aof->file, aof_reaches(world, aof->file, length, &end));
    aof->state = AOF_ON;
    aof->fsync_offset = file_at(world, aof->file)->length;
    aof->last_fsync_s = clock_s(world);
    aof->current_size = load->bytes;
    aof->base_size = load->base_bytes;
    return true;
}
