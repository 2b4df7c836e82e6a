/*
 * The append only file of a running process: buffer, write, fsync by its three policies.
 *
 * flushAppendOnlyFile and beforeSleep of Redis 7.0 (aof.c, server.c); TRUTH redis.aof-*.
 */
#include "sim/store/store_state.h"

#define POSTPONE_S  2u  /* so many whole seconds a write is put off behind a running fsync */
#define ERROR_LOG_S 30u /* AOF_WRITE_LOG_ERROR_RATE */

static bool feeds(const struct world *world, uint32_t id)
{
    const struct store *store = store_at(world, id);
    if (store->aof.state == AOF_WAIT_REWRITE)
        return store->children[0].type == CHILD_AOF || store->busy == BUSY_SWITCH;
    return store->aof.state == AOF_ON;
}

void aof_break(struct world *world, uint32_t id)
{
    store_at(world, id)->aof.broken = 1;
}

void aof_unbuffer(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    store->aof.buffer_bytes = 0;
    store->aof_runs.count = 0;
}

void aof_reset(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    store->aof = (struct aof){0};
    vector_clear(&world->region, &store->aof_runs);
}

/* The run of the buffer that this entry belongs to. */
static struct aof_segment *run_need(struct world *world, uint32_t id, uint32_t position)
{
    struct store *store = store_at(world, id);
    struct aof *aof = &store->aof;
    uint32_t writer = ledger_entry(world, position)->writer, count = store->aof_runs.count;
    struct aof_segment *last =
        count == 0 ? NULL : vector_at(&world->region, &store->aof_runs, count - 1);
    if (last != NULL && last->writer == writer && aof->selected != 0 && aof->broken == 0)
        return last;
    last = vector_push(&world->region, &store->aof_runs, sizeof *last);
    if (last != NULL)
        *last = (struct aof_segment){.from = position,
                                     .writer = writer,
                                     .select = aof->selected == 0,
                                     .joins = aof->selected != 0 && aof->broken == 0,
                                     .offset = aof->buffer_bytes};
    aof->broken = 0;
    return last;
}

void aof_feed(struct world *world, uint32_t id, uint32_t position)
{
    struct aof *aof = &store_at(world, id)->aof;
    if (!feeds(world, id) || (ledger_entry(world, position)->flags & ENTRY_UNLOGGED) != 0)
        return;
    struct aof_segment *run = run_need(world, id, position);
    if (run == NULL)
        return;
    run->to = position;
    if (aof->selected == 0)
        aof->buffer_bytes += SELECT_BYTES;
    aof->selected = 1;
    aof->buffer_bytes += entry_command_bytes(world, position);
}

/* --- errors ----------------------------------------------------------------------------------- */

static void log_short_write(struct world *world, uint32_t id, uint64_t written)
{
    struct aof *aof = &store_at(world, id)->aof;
    char words[120];
    struct text line = TEXT(words);
    if (aof->error_log_s != 0 && clock_s(world) + 1 - aof->error_log_s <= ERROR_LOG_S)
        return;
    aof->error_log_s = clock_s(world) + 1;
    text_clear(&line);
    if (aof->error_full == 0) {
        text_add(&line, "Error writing to the AOF file: Input/output error");
    } else {
        text_add(&line, "Short write while writing to the AOF file: (nwritten=");
        text_add_u64(&line, written);
        text_add(&line, ", expected=");
        text_add_u64(&line, aof->buffer_bytes);
        text_add(&line, ")");
    }
    component_log(world, id, words);
}

/* False: the process exited. */
static bool write_failed(struct world *world, uint32_t id, uint64_t written, bool full)
{
    struct aof *aof = &store_at(world, id)->aof;
    aof->error_full = full;
    log_short_write(world, id, written);
    file_truncate(world, aof->file, file_at(world, aof->file)->length - written);
    if (parameter_get(world, id, STORE_APPENDFSYNC) == FSYNC_ALWAYS) {
        component_log(world, id,
                      "Can't recover from AOF write error when the AOF fsync policy is 'always'. "
                      "Exiting...");
        life_exit(world, id, 1);
        return false;
    }
    aof->write_error = 1;
    return true;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* False: the process exited. */
static bool buffer_write(struct world *world, uint32_t id)
{
    struct store *store = store_at(world, id);
    struct aof *aof = &store->aof;
    uint64_t offset = file_at(world, aof->file)->length, written;
    enum file_error error = file_append(world, aof->file, aof->buffer_bytes, &written);
    aof->postponed_s = 0;
    if (error != FILE_OK)
        return write_failed(world, id, written, error == FILE_FULL);
    if (aof->write_error != 0) {
        component_log(world, id, "AOF write error looks solved, Redis can write again.");
        aof->write_error = 0;
    }
    store->bytes_written += written;
    aof->current_size += written;
    for (uint32_t i = 0; i < store->aof_runs.count; i++) {
        const struct aof_segment run =
            *(struct aof_segment *)vector_at(&world->region, &store->aof_runs, i);
        aof_segment_write(world, aof->file, run, offset);
        aof->written = run.to;
    }
    aof_unbuffer(world, id);
    ledger_mark(world, id, STAGE_LOGGED, aof->written);
    trace(world, id, TRACE_WRITTEN, aof->written, 0);
    return true;
}

static bool fsync_held_back(const struct world *world, uint32_t id)
{
    return parameter_get(world, id, STORE_NO_APPENDFSYNC_ON_REWRITE) != 0 &&
           child_active(world, id);
}

static void try_fsync(struct world *world, uint32_t id)
{
    struct aof *aof = &store_at(world, id)->aof;
    if (fsync_held_back(world, id) || clock_s(world) <= aof->last_fsync_s)
        return;
    if (aof->fsync_runs == 0) {
        aof->fsync_runs = 1;
        aof->fsync_offset = file_at(world, aof->file)->length;
        file_fsync(world, id, aof->file, EVENT_BIO_FSYNC, aof->written);
    }
    aof->last_fsync_s = clock_s(world);
}

/* True: the write waits for the fsync that runs. */
static bool put_off(struct world *world, uint32_t id)
{
    struct aof *aof = &store_at(world, id)->aof;
    if (aof->fsync_runs == 0)
        return false;
    if (aof->postponed_s == 0) {
        aof->postponed_s = clock_s(world) + 1;
        return true;
    }
    if (clock_s(world) + 1 - aof->postponed_s < POSTPONE_S)
        return true;
    aof->delayed++;
    component_log(world, id,
                  "Asynchronous AOF fsync is taking too long (disk is busy?). Writing the AOF "
                  "buffer without waiting for fsync to complete, this may slow down Redis.");
    return false;
}

bool aof_flush(struct world *world, uint32_t id, bool force)
{
    struct aof *aof = &store_at(world, id)->aof;
    if (aof->file == 0 || aof->state == AOF_OFF)
        return true;
    bool everysec = parameter_get(world, id, STORE_APPENDFSYNC) == FSYNC_EVERYSEC;
    if (aof->buffer_bytes == 0) {
        if (everysec && aof->fsync_offset != file_at(world, aof->file)->length &&
            aof->fsync_runs == 0)
            try_fsync(world, id);
        return true;
    }
    if (everysec && !force && put_off(world, id))
        return true;
    if (!buffer_write(world, id))
        return false;
    if (everysec && aof->buffer_bytes == 0)
        try_fsync(world, id);
    return true;
}

/* --- fsync in the main thread: always, and on the way out ------------------------------------- */

static bool turn_needs_fsync(const struct world *world, uint32_t id)
{
    const struct aof *aof = &store_at(world, id)->aof;
    return aof->file != 0 && aof->state != AOF_OFF && aof->buffer_bytes == 0 &&
           parameter_get(world, id, STORE_APPENDFSYNC) == FSYNC_ALWAYS &&
           aof->fsync_offset != file_at(world, aof->file)->length && !fsync_held_back(world, id);
}

void aof_turn_fsync(struct world *world, uint32_t id, enum store_event what)
{
    struct aof *aof = &store_at(world, id)->aof;
    aof->fsync_offset = file_at(world, aof->file)->length;
    file_fsync(world, id, aof->file, (uint8_t)what, aof->written);
}

bool aof_turn_end(struct world *world, uint32_t id)
{
    if (!turn_needs_fsync(world, id))
        return true;
    store_at(world, id)->busy = BUSY_TURN_FSYNC;
    aof_turn_fsync(world, id, EVENT_TURN_FSYNC);
    return false;
}

/* --- what is on the disk ---------------------------------------------------------------------- */

static void note_fsync(struct world *world, uint32_t id, const struct event *event)
{
    struct store *store = store_at(world, id);
    uint32_t file = (uint32_t)event->payload.u64[0];
    uint64_t length = event->payload.u64[1], position = event->payload.u64[3];
    store->fsyncs++;
    if (file != 0) {
        struct file *to = file_at(world, file);
        if (length > to->mark[INCR_CURSOR_BYTES] && length <= to->length && position != 0 &&
            length == to->durable) {
            uint64_t end;
            to->mark[INCR_CURSOR_POSITION] = aof_reaches(world, file, length, &end);
            to->mark[INCR_CURSOR_BYTES] = end;
        }
    }
    ledger_mark(world, id, STAGE_FSYNCED, position);
    trace(world, id, TRACE_FSYNCED, position, 0);
}

void aof_turn_synced(struct world *world, uint32_t id, const struct event *event)
{
    struct aof *aof = &store_at(world, id)->aof;
    if (event->payload.u64[2] != FILE_OK) {
        component_log(world, id,
                      "Can't persist AOF for fsync error when the AOF fsync policy is 'always': "
                      "Input/output error. Exiting...");
        life_exit(world, id, 1);
        return;
    }
    aof->last_fsync_s = clock_s(world);
    note_fsync(world, id, event);
    loop_turn_reply(world, id);
}

void aof_bio_done(struct world *world, uint32_t id, const struct event *event)
{
    struct aof *aof = &store_at(world, id)->aof;
    aof->fsync_runs = 0;
    aof->bio_error = event->payload.u64[2] != FILE_OK;
    if (aof->bio_error == 0)
        note_fsync(world, id, event);
}

void aof_advance(struct world *world, uint32_t id)
{
    const struct aof *aof = &store_at(world, id)->aof;
    if (aof->file == 0)
        return;
    struct file *file = file_at(world, aof->file);
    if (file->durable <= file->mark[INCR_CURSOR_BYTES])
        return;
    uint64_t end;
    file->mark[INCR_CURSOR_POSITION] = aof_reaches(world, aof->file, file->durable, &end);
    file->mark[INCR_CURSOR_BYTES] = end;
}
