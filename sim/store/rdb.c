/*
 * Snapshots: save rules, how large the file is, BGSAVE and SAVE (rdb.c of Redis).
 */
#include <string.h>

#include "sim/store/store_state.h"

#define RDB_NAME        "dump.rdb"
#define RDB_EMPTY_BYTES 89u /* magic, aux fields, EOF, checksum (TRUTH redis.rdb-size.1) */
/* CPU time of writing: TRUTH redis.latency-bgsave.1, 500,000 keys of 1000 B in 2 s. */
#define SAVE_KEY_NS  800u
#define SAVE_BYTE_PS 2500u

/* --- rules ------------------------------------------------------------------------------------ */

/* The next number of "60 1000"; false at the end or at what is no number. */
static bool next_number(const char **words, uint64_t *number)
{
    while (**words == ' ')
        ++*words;
    if (**words < '0' || **words > '9')
        return false;
    for (*number = 0; **words >= '0' && **words <= '9'; ++*words) {
        if (*number > UINT32_MAX)
            return false;
        *number = *number * 10 + (uint64_t)(**words - '0');
    }
    return **words == ' ' || **words == '\0';
}

bool save_rules_valid(const char *words)
{
    uint64_t seconds, changes;
    while (next_number(&words, &seconds)) {
        if (seconds == 0 || !next_number(&words, &changes))
            return false;
    }
    while (*words == ' ')
        words++;
    return *words == '\0';
}

bool save_rules_on(const struct world *world, uint32_t id)
{
    uint64_t number;
    const char *words = parameter_text(world, id, STORE_SAVE);
    return next_number(&words, &number);
}

bool save_rule_met(const struct world *world, uint32_t id, uint64_t *seconds, uint64_t *changes)
{
    const struct store *store = store_at(world, id);
    const char *words = parameter_text(world, id, STORE_SAVE);
    while (next_number(&words, seconds) && next_number(&words, changes)) {
        if (store->dirty >= *changes && clock_s(world) - store->lastsave_s > *seconds)
            return true;
    }
    return false;
}

/* --- the file --------------------------------------------------------------------------------- */

uint64_t rdb_file_bytes(const struct world *world, uint32_t id)
{
    const struct keyspace *keys = &store_at(world, id)->keys;
    uint64_t bytes = RDB_EMPTY_BYTES;
    if (used_memory(world, id) > INT32_MAX)
        bytes += 6; /* aux field used-mem: as a string */
    if (keys->keys == 0)
        return bytes;
    /* SELECTDB 0, RESIZEDB with both numbers */
    return bytes + 2 + 1 + rdb_length_bytes(keys->keys) + rdb_length_bytes(keys->expires) +
           keys->rdb_bytes;
}

void snapshot_take(struct world *world, uint32_t file, uint32_t picture, uint64_t keys,
                   uint64_t bytes)
{
    struct file *to = file_at(world, file);
    uint32_t rows = ledger_picture_rows(world, picture);
    to->mark[SNAPSHOT_POSITION] = rows == 0 ? 0 : ledger_picture_row(world, picture, rows - 1).to;
    to->mark[SNAPSHOT_KEYS] = keys;
    to->mark[SNAPSHOT_BYTES] = bytes;
    to->mark[SNAPSHOT_PICTURE] = picture;
    to->mark[SNAPSHOT_REPLID] = to->mark[SNAPSHOT_OFFSET] = 0;
}

void snapshot_describe(struct world *world, uint32_t id, uint32_t file, uint64_t position,
                       uint64_t keys, uint64_t bytes)
{
    const struct repl *repl = &store_at(world, id)->repl;
    snapshot_take(world, file, ledger_picture_take(world, id, position), keys, bytes);
    struct file *to = file_at(world, file);
    to->mark[SNAPSHOT_POSITION] = position;
    if (repl->backlog.active != 0 && (repl->master == 0 || repl->state == LINK_CONNECTED ||
                                      repl->cached != 0)) { /* rdbPopulateSaveInfo */
        to->mark[SNAPSHOT_REPLID] = repl->replid;
        to->mark[SNAPSHOT_OFFSET] = repl->offset;
    }
}

static uint64_t save_cost_ns(uint64_t keys, uint64_t bytes)
{
    return keys * SAVE_KEY_NS + bytes / 1000 * SAVE_BYTE_PS;
}

uint64_t child_cost_ns(const struct child *child)
{
    return save_cost_ns(child->keys, child->bytes);
}

/* --- BGSAVE ----------------------------------------------------------------------------------- */

bool rdb_background(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    if (child_active(world, id))
        return false;
    store->dirty_before = store->dirty;
    store->save_try_s = clock_s(world);
    if (!child_fork(world, id, CHILD_RDB, rdb_file_bytes(world, id)))
        return false;
    log_words(world, id, "Background saving started by pid ", store->children[0].pid, "");
    return true;
}

void rdb_background_done(struct world *world, uint32_t id, struct child *child)
{
    struct store *store = store_at(world, id);
    store->bgsave_seconds = clock_s(world) - child->started_ns / SECOND_NS;
    if (child->end == CHILD_DONE) {
        component_log(world, id, "Background saving terminated with success");
        store->dirty -= store->dirty_before;
        store->lastsave_s = clock_s(world);
        store->bgsave_failed = 0;
        store->rdb_saves++;
        return;
    }
    component_log(world, id,
                  child->end == CHILD_KILLED ? "Background saving terminated by signal 9"
                                             : "Background saving error");
    store->bgsave_failed = 1;
    trace(world, id, TRACE_SNAPSHOT_FAILED, 0, 0);
}

/* --- SAVE: in the main thread ----------------------------------------------------------------- */

bool rdb_save_begin(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    char name[48];
    struct text text = TEXT(name);
    if (store->save_file != 0) { /* the main thread is at it: one after the other */
        store->save_again = 1;
        return true;
    }
    text_clear(&text);
    text_add(&text, "temp-");
    text_add_u64(&text, store->pid);
    text_add(&text, ".rdb");
    uint32_t file = file_create(world, id, name);
    if (file == 0)
        return false;
    uint64_t bytes = rdb_file_bytes(world, id), written;
    enum file_error error = file_append(world, file, bytes, &written);
    store->bytes_written += written;
    if (error != FILE_OK) {
        component_log(world, id,
                      error == FILE_FULL
                          ? "Write error saving DB on disk(rdbSaveRio): No space left on device"
                          : "Write error saving DB on disk(rdbSaveRio): Input/output error");
        file_remove(world, file);
        trace(world, id, TRACE_SNAPSHOT_FAILED, 0, 0);
        return false;
    }
    store->save_file = file;
    store->save_position = ledger_end_position(world, id);
    store->save_dirty = store->dirty;
    snapshot_describe(world, id, file, store->save_position, store->keys.keys, bytes);
    store->wants |= WANT_SAVE;
    return true;
}

void rdb_save_run(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    const struct file *file = file_at(world, store->save_file);
    store->busy = BUSY_SAVE;
    cpu_run(world, id, save_cost_ns(file->mark[SNAPSHOT_KEYS], file->mark[SNAPSHOT_BYTES]) + 1,
            EVENT_SAVE_CPU, NULL);
}

void rdb_save_written(struct world *world, uint32_t id)
{
    file_fsync(world, id, store_at(world, id)->save_file, EVENT_SAVE_FSYNC, 0);
}

void rdb_save_synced(struct world *world, uint32_t id, bool good)
{
    struct store *store = store_at(world, id);
    store->busy = BUSY_NO;
    if (good) {
        file_rename(world, store->save_file, RDB_NAME);
        component_log(world, id, "DB saved on disk");
        store->dirty -= store->save_dirty;
        store->lastsave_s = clock_s(world);
        store->bgsave_failed = 0;
        store->rdb_saves++;
        ledger_mark(world, id, STAGE_SNAPSHOT, store->save_position);
        trace(world, id, TRACE_SNAPSHOTTED, store->save_position, 0);
    } else {
        component_log(world, id, "Write error saving DB on disk(fsync): Input/output error");
        file_remove(world, store->save_file);
        trace(world, id, TRACE_SNAPSHOT_FAILED, 0, 0);
    }
    store->save_file = 0;
    bool again = store->save_again != 0;
    store->save_again = 0;
    if (again)
        good = rdb_save_begin(world, id);
    if (store->exiting != 0 && !(again && good))
        life_saved(world, id, good);
    else
        loop_next(world, id);
}
