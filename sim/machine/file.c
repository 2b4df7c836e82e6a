/*
 * Files: what a process sees, what the page cache holds, what is on the disk; and writeback.
 *
 * A file grows at its end and is cut there, so three lengths say it all: durable <= written <=
 * length. Bytes up to `written` were given to the disk, bytes up to `durable` outlive a power cut:
 * the size in the inode follows the data (ext4 data=ordered), so a half-done fsync leaves the old
 * length.
 *
 * Names are durable at once: making, renaming, cutting and removing a file is a matter of the
 * journal and of the directory's fsync, which Redis does after each rename that counts.  So a file
 * that is renamed before its bytes are on the disk is an empty file after a power cut, as on ext4.
 *
 * What was written or read stays in the page cache as long as the machine has power.
 *
 * Left out: that files push each other out of it; the process that writes is never slowed down
 * (vm.dirty_ratio), and pages that could not be written stay dirty (Linux drops them after it told
 * the next fsync).
 */
#include "sim/machine/inside.h"

#include <string.h>

#define NAME_LIMIT (sizeof((struct file *)0)->name)

/* vm.dirty_background_ratio: percent of the memory that processes leave. */
#define BACKGROUND_RATIO 10

static bool same_owner_and_name(const struct file *file, uint32_t component, const char *name)
{
    return file->owner == component && strncmp(file->name, name, NAME_LIMIT - 1) == 0;
}

uint32_t file_next(const struct world *world, uint32_t machine, uint32_t file)
{
    return file == 0 ? machine_at(world, machine)->first_file : file_at(world, file)->next;
}

uint32_t file_find(const struct world *world, uint32_t component, const char *name)
{
    const uint32_t machine = component_at(world, component)->machine;

    for (uint32_t id = file_next(world, machine, 0); id != 0; id = file_next(world, machine, id))
        if (same_owner_and_name(file_at(world, id), component, name))
            return id;
    return 0;
}

static void name_set(struct file *file, const char *name)
{
    memset(file->name, 0, sizeof file->name);
    for (size_t i = 0; name[i] != '\0' && i < NAME_LIMIT - 1; i++)
        file->name[i] = name[i];
}

uint32_t file_create(struct world *world, uint32_t component, const char *name)
{
    const uint32_t machine = component_at(world, component)->machine;
    struct machine_state *state = machine_at(world, machine);
    uint32_t id = file_find(world, component, name);
    struct file *file;

    if (id != 0) {
        file_truncate(world, id, 0);
        return id;
    }
    id = slab_take(&world->region, SLAB_FILE);
    if (id == 0)
        return 0;
    file = file_at(world, id);
    name_set(file, name);
    file->machine = machine;
    file->owner = component;
    file->dirty_since_ns = file->renewed_ns = TIME_NEVER;
    file->previous = state->last_file;
    if (state->last_file != 0)
        file_at(world, state->last_file)->next = id;
    else
        state->first_file = id;
    state->last_file = id;
    return id;
}

/* --- writeback ------------------------------------------------------------------------------ */

static uint64_t memory_left(const struct world *world, uint32_t machine)
{
    const uint64_t ram = parameter_get(world, machine, MACHINE_RAM);
    const uint64_t used = machine_at(world, machine)->ram_used;

    return ram > used ? ram - used : 0;
}

static bool over_background(const struct world *world, uint32_t machine)
{
    const uint64_t rest = memory_left(world, machine);

    return machine_at(world, machine)->page_cache_dirty > rest / 100 * BACKGROUND_RATIO;
}

/* Gives to the disk what is older than dirty_expire, or all of it when there is too much.  Linux
 * goes by the age of the inode: all its dirty pages go along, young ones too (fs-writeback.c
 * queue_io; measured on a log that grew all the time: everything was on the disk after 31, 62 and
 * 93 s). */
static void writeback_look(struct world *world, uint32_t machine, bool all)
{
    const uint64_t expire_ns = parameter_get(world, machine, MACHINE_DIRTY_EXPIRE);

    for (uint32_t id = file_next(world, machine, 0); id != 0; id = file_next(world, machine, id)) {
        struct file *file = file_at(world, id);
        const struct disk_request request = {
            .file = id, .type = DISK_WRITEBACK, .upto = file->length};

        if (file->writeback || file_dirty(file) == 0)
            continue;
        if (!all && world->now_ns - file->dirty_since_ns < expire_ns)
            continue;
        file->writeback = 1;
        file->renewed_ns = TIME_NEVER;
        disk_submit(world, machine, &request);
    }
}

static void flusher_arm(struct world *world, uint32_t machine)
{
    struct machine_state *state = machine_at(world, machine);
    uint64_t interval_ns, since_ns;

    if (state->flusher != 0 || state->page_cache_dirty == 0)
        return;
    interval_ns = parameter_get(world, machine, MACHINE_DIRTY_WRITEBACK);
    since_ns = (world->now_ns + interval_ns - state->flusher_phase_ns % interval_ns) % interval_ns;
    state->flusher = world_after(world, interval_ns - since_ns, machine, MACHINE_FLUSHER, NULL);
}

void file_flusher_due(struct world *world, uint32_t machine)
{
    machine_at(world, machine)->flusher = 0;
    writeback_look(world, machine, over_background(world, machine));
    flusher_arm(world, machine);
}

static void flusher_disarm(struct world *world, uint32_t machine)
{
    struct machine_state *state = machine_at(world, machine);

    if (state->flusher != 0)
        world_cancel(world, state->flusher);
    state->flusher = 0;
}

void file_flusher_renew(struct world *world, uint32_t machine)
{
    flusher_disarm(world, machine);
    flusher_arm(world, machine);
}

void file_wrote(struct world *world, uint32_t id, uint64_t bytes)
{
    struct file *file = file_at(world, id);
    const uint64_t taken = bytes < file_dirty(file) ? bytes : file_dirty(file);

    file->written += taken;
    machine_at(world, file->machine)->page_cache_dirty -= taken;
}

void file_reached(struct world *world, uint32_t id, uint64_t length)
{
    struct file *file = file_at(world, id);

    if (length > file->written)
        length = file->written; /* it was cut meanwhile */
    if (length > file->durable)
        file->durable = length;
    if (file->durable == file->length)
        file->dirty_since_ns = TIME_NEVER;
    else if (file->renewed_ns != TIME_NEVER)
        file->dirty_since_ns = file->renewed_ns;
}

void file_not_written(struct world *world, uint32_t id)
{
    struct file *file = file_at(world, id);

    machine_at(world, file->machine)->page_cache_dirty += file->written - file->durable;
    file->written = file->durable;
    flusher_arm(world, file->machine);
}

/* --- writing -------------------------------------------------------------------------------- */

/* Space is taken when the page is written to, not when it reaches the disk: delayed allocation
 * reserves it. */
static uint64_t room_for(struct world *world, uint32_t machine, uint64_t bytes)
{
    struct machine_state *state = machine_at(world, machine);
    const uint64_t size = parameter_get(world, machine, MACHINE_DISK_SIZE);
    const uint64_t room = size > state->disk_used ? size - state->disk_used : 0;

    if (bytes <= room) {
        state->disk.full_told = 0;
        return bytes;
    }
    if (!state->disk.full_told)
        trace(world, machine, TRACE_DISK_FULL, 0, 0);
    state->disk.full_told = 1;
    return room;
}

enum file_error file_append(struct world *world, uint32_t id, uint64_t bytes, uint64_t *written)
{
    struct file *file = file_at(world, id);
    const uint32_t machine = file->machine;
    struct machine_state *state = machine_at(world, machine);

    *written = 0;
    if (state->disk.fails)
        return FILE_FAILED;
    *written = room_for(world, machine, bytes);
    if (*written > 0) {
        file->length += *written;
        state->disk_used += *written;
        state->page_cache_dirty += *written;
        if (file->dirty_since_ns == TIME_NEVER)
            file->dirty_since_ns = world->now_ns;
        if (file->renewed_ns == TIME_NEVER)
            file->renewed_ns = world->now_ns;
        flusher_arm(world, machine);
        if (over_background(world, machine))
            writeback_look(world, machine, true);
    }
    return *written < bytes ? FILE_FULL : FILE_OK;
}

void file_fsync(struct world *world, uint32_t component, uint32_t id, uint8_t what, uint64_t cookie)
{
    struct file *file = file_at(world, id);
    const struct disk_request request = {.component = component,
                                         .file = id,
                                         .type = DISK_FSYNC,
                                         .what = what,
                                         .upto = file->length,
                                         .cookie = cookie};

    file->renewed_ns = TIME_NEVER;
    disk_submit(world, file->machine, &request);
}

void file_settle(struct world *world, uint32_t id)
{
    struct file *file = file_at(world, id);

    machine_at(world, file->machine)->page_cache_dirty -= file_dirty(file);
    file->written = file->durable = file->length;
    file->dirty_since_ns = file->renewed_ns = TIME_NEVER;
}

uint64_t file_cold(const struct world *world, uint32_t id)
{
    const struct file *file = file_at(world, id);

    return file->length > memory_left(world, file->machine) ? file->length : file->cold;
}

void file_read(struct world *world, uint32_t component, uint32_t id, uint64_t bytes, uint8_t what,
               uint64_t cookie)
{
    const struct disk_request request = {.component = component,
                                         .file = id,
                                         .type = DISK_READ,
                                         .what = what,
                                         .upto = bytes,
                                         .cookie = cookie};

    disk_submit(world, file_at(world, id)->machine, &request);
}

/* --- cutting and removing ------------------------------------------------------------------- */

/* Damage lies on bytes: those that are gone take it along. */
static void damage_cut(struct world *world, struct file *file)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < file->damage.count; i++) {
        struct file_damage damage =
            *(struct file_damage *)vector_at(&world->region, &file->damage, i);

        if (damage.offset >= file->length)
            continue;
        if (damage.length > file->length - damage.offset)
            damage.length = file->length - damage.offset;
        *(struct file_damage *)vector_at(&world->region, &file->damage, kept++) = damage;
    }
    if (kept == 0) {
        vector_clear(&world->region, &file->damage);
        return;
    }
    memset(vector_at(&world->region, &file->damage, kept), 0,
           (file->damage.count - kept) * sizeof(struct file_damage));
    file->damage.count = kept;
}

void file_truncate(struct world *world, uint32_t id, uint64_t length)
{
    struct file *file = file_at(world, id);
    struct machine_state *state = machine_at(world, file->machine);

    if (length >= file->length)
        return;
    state->page_cache_dirty -= file_dirty(file);
    state->disk_used -= file->length - length;
    file->length = length;
    if (file->written > length)
        file->written = length;
    if (file->durable > length)
        file->durable = length;
    if (file->cold > length)
        file->cold = length;
    state->page_cache_dirty += file_dirty(file);
    if (file->durable == length)
        file->dirty_since_ns = file->renewed_ns = TIME_NEVER;
    damage_cut(world, file);
}

void file_rename(struct world *world, uint32_t id, const char *name)
{
    const uint32_t over = file_find(world, file_at(world, id)->owner, name);

    if (over == id)
        return;
    if (over != 0)
        file_remove(world, over);
    name_set(file_at(world, id), name);
}

void file_remove(struct world *world, uint32_t id)
{
    struct file *file = file_at(world, id);
    struct machine_state *state = machine_at(world, file->machine);

    file_truncate(world, id, 0);
    disk_forget_file(world, file->machine, id);
    vector_clear(&world->region, &file->damage);
    if (file->content != 0)
        arena_give(&world->region, file->content, file->content_bytes);
    if (file->previous != 0)
        file_at(world, file->previous)->next = file->next;
    else
        state->first_file = file->next;
    if (file->next != 0)
        file_at(world, file->next)->previous = file->previous;
    else
        state->last_file = file->previous;
    slab_give(&world->region, SLAB_FILE, id);
}

void file_remove_all(struct world *world, uint32_t machine)
{
    uint32_t id;

    while ((id = machine_at(world, machine)->first_file) != 0)
        file_remove(world, id);
    machine_at(world, machine)->disk_gone_ns = world->now_ns;
}

uint64_t file_gone_ns(const struct world *world, uint32_t machine)
{
    return machine_at(world, machine)->disk_gone_ns;
}

void file_lost(struct world *world, uint32_t machine)
{
    flusher_disarm(world, machine);
    for (uint32_t id = file_next(world, machine, 0); id != 0; id = file_next(world, machine, id)) {
        struct file *file = file_at(world, id);

        file_truncate(world, id, file->durable);
        file->written = file->cold = file->durable;
        file->writeback = 0;
        file->dirty_since_ns = file->renewed_ns = TIME_NEVER;
    }
    machine_at(world, machine)->page_cache_dirty = 0;
}
