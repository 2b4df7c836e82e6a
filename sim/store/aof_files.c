/*
 * The files of the append only log: their names, the manifest, and which entries lie where in them.
 */
#include <string.h>

#include "sim/store/store_state.h"

void aof_base_name(struct text *text, uint64_t sequence, enum base_type type)
{
    text_add(text, "appendonly.aof.");
    text_add_u64(text, sequence);
    text_add(text, type == BASE_AOF ? ".base.aof" : ".base.rdb");
}

void aof_incr_name(struct text *text, uint64_t sequence)
{
    text_add(text, "appendonly.aof.");
    text_add_u64(text, sequence);
    text_add(text, ".incr.aof");
}

/* --- manifest --------------------------------------------------------------------------------- */

/* "file appendonly.aof.1.base.rdb seq 1 type b\n" */
static uint64_t line_bytes(uint64_t sequence)
{
    return sizeof "file appendonly.aof..base.rdb seq  type b\n" - 1 + 2ull * resp_digits(sequence);
}

uint64_t manifest_bytes(const uint64_t mark[4])
{
    uint64_t bytes = mark[MANIFEST_BASE] == 0 ? 0 : line_bytes(mark[MANIFEST_BASE]);
    for (uint64_t i = mark[MANIFEST_FIRST]; i != 0 && i <= mark[MANIFEST_LAST]; i++)
        bytes += line_bytes(i);
    return bytes;
}

uint32_t manifest_file(const struct world *world, uint32_t id)
{
    return file_find(world, id, MANIFEST_NAME);
}

bool manifest_write(struct world *world, uint32_t id, const uint64_t mark[4], uint8_t what)
{
    uint32_t file = file_create(world, id, MANIFEST_TEMP);
    uint64_t bytes = manifest_bytes(mark), written;
    if (file == 0)
        return false;
    if (file_append(world, file, bytes, &written) != FILE_OK) {
        file_remove(world, file);
        return false;
    }
    memcpy(file_at(world, file)->mark, mark, 4 * sizeof mark[0]);
    file_fsync(world, id, file, what, 0);
    return true;
}

void manifest_switch(struct world *world, uint32_t id)
{
    uint32_t file = file_find(world, id, MANIFEST_TEMP);
    if (file != 0)
        file_rename(world, file, MANIFEST_NAME);
}

/* --- segments: runs of positions -------------------------------------------------------------- */

const struct aof_segment *aof_segment(const struct world *world, const struct file *file,
                                      uint64_t i)
{
    return (const struct aof_segment *)arena_at(&world->region, file->content) + i;
}

void aof_segment_add(struct world *world, uint32_t id, const struct aof_segment *segment)
{
    struct file *file = file_at(world, id);
    uint64_t count = file->mark[INCR_SEGMENTS];
    uint32_t bytes = (uint32_t)((count + 1) * sizeof *segment);
    if (bytes > file->content_bytes) {
        uint32_t wanted = file->content_bytes == 0 ? bytes : file->content_bytes * 2;
        ref at = arena_grow(&world->region, file->content, file->content_bytes, wanted);
        if (at == 0)
            return;
        file->content = at;
        file->content_bytes = wanted;
    }
    ((struct aof_segment *)arena_at(&world->region, file->content))[count] = *segment;
    file->mark[INCR_SEGMENTS]++;
}

void aof_segment_write(struct world *world, uint32_t id, struct aof_segment run, uint64_t offset)
{
    const struct file *file = file_at(world, id);
    uint64_t count = file->mark[INCR_SEGMENTS];
    struct aof_segment *rows = count == 0 ? NULL : arena_at(&world->region, file->content);
    if (rows != NULL && run.joins != 0 && rows[count - 1].writer == run.writer) {
        rows[count - 1].to = run.to;
        return;
    }
    run.offset += offset;
    run.joins = 0;
    aof_segment_add(world, id, &run);
}

void aof_segment_cut(struct world *world, uint32_t id, uint64_t position)
{
    struct file *file = file_at(world, id);
    struct aof_segment *rows = file->content == 0 ? NULL : arena_at(&world->region, file->content);
    while (file->mark[INCR_SEGMENTS] > 0) {
        struct aof_segment *last = &rows[file->mark[INCR_SEGMENTS] - 1];
        if (last->from <= position) {
            if (last->to > position)
                last->to = (uint32_t)position;
            break;
        }
        if (last->select != 0 && file->length >= last->offset + SELECT_BYTES) {
            last->to = last->from - 1; /* its SELECT is whole */
            break;
        }
        *last = (struct aof_segment){0};
        file->mark[INCR_SEGMENTS]--;
    }
    if (file->mark[INCR_CURSOR_BYTES] > file->length) {
        file->mark[INCR_CURSOR_BYTES] = 0;
        file->mark[INCR_CURSOR_POSITION] = 0;
    }
}

/* Walks one segment from *position on; false when it does not fit before `length`. */
static bool segment_reaches(const struct world *world, const struct aof_segment *segment,
                            uint64_t length, uint64_t *position, uint64_t *end)
{
    uint64_t p = *position + 1, at = *end;
    if (p <= segment->from) {
        p = segment->from;
        at = segment->offset + (segment->select != 0 ? SELECT_BYTES : 0);
        if (at > length)
            return false;
        *end = at;
    }
    for (; p <= segment->to; p++) {
        if (ledger_entry(world, p)->writer != segment->writer)
            continue;
        at += entry_command_bytes(world, (uint32_t)p);
        if (at > length)
            return false;
        if ((ledger_entry(world, p)->flags & ENTRY_MORE) != 0)
            continue;
        *position = p;
        *end = at;
    }
    return true;
}

uint64_t aof_reaches(const struct world *world, uint32_t file_id, uint64_t length,
                     uint64_t *end_bytes)
{
    const struct file *file = file_at(world, file_id);
    uint64_t position = file->mark[INCR_CURSOR_POSITION], end = file->mark[INCR_CURSOR_BYTES];
    if (end > length)
        position = end = 0;
    for (uint64_t i = 0; i < file->mark[INCR_SEGMENTS]; i++) {
        const struct aof_segment *segment = aof_segment(world, file, i);
        if (segment->to <= position && segment->to >= segment->from)
            continue;
        if (!segment_reaches(world, segment, length, &position, &end))
            break;
    }
    *end_bytes = end;
    return position;
}
