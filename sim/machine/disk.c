/*
 * The disk: one operation at a time, requests served in turns, and its faults.
 *
 * A request is cut into operations of at most 1 MiB and goes to the back of the queue after each:
 * the kernel gives a device requests of about that size (max_sectors_kb 1280) and its schedulers do
 * not let one stream hold the disk, so the fsync of a log waits behind a piece of a snapshot, not
 * behind all of it.  An operation takes its bytes at the disk's bandwidth; the last one of an fsync
 * takes the time of an fsync besides.  A change of the parameters counts from the next operation
 * on.
 *
 * A read begins with the time that the disk needs to find its first byte.  Reads that the page
 * cache would answer do not come here (file_cold).
 *
 * Left out: seeks between streams.
 */
#include "sim/machine/inside.h"

#include <string.h>

#define OPERATION_BYTES (1024 * 1024ull)

/* Until the first byte of a read, in the order of the parameter `disk`: ssd (SATA), hdd (seek and
 * half a turn at 7200 rpm), nvme; as data sheets give them. */
static const uint64_t first_byte_ns[] = {100 * US_NS, 12 * MS_NS, 80 * US_NS};

static struct disk_request *first_request(const struct world *world, const struct disk *disk)
{
    return vector_at(&world->region, &disk->requests, 0);
}

/* Bytes that a request still has to move. */
static uint64_t bytes_left(const struct world *world, const struct disk_request *request)
{
    const struct file *file;
    uint64_t end;

    if (request->type == DISK_READ)
        return request->upto;
    if (request->file == 0)
        return 0;
    file = file_at(world, request->file);
    end = request->upto < file->length ? request->upto : file->length;
    return end > file->written ? end - file->written : 0;
}

/* What the operation takes besides its bytes. */
static uint64_t overhead_ns(const struct world *world, uint32_t machine,
                            const struct disk_request *request, bool last)
{
    if (request->type == DISK_FSYNC)
        return last && request->file != 0 ? parameter_get(world, machine, MACHINE_FSYNC) : 0;
    if (request->type == DISK_READ && request->begun == 0)
        return first_byte_ns[parameter_get(world, machine, MACHINE_DISK)];
    return 0;
}

static uint64_t operation_ns(const struct world *world, uint32_t machine, uint64_t bytes,
                             uint64_t more_ns)
{
    const uint64_t bandwidth = parameter_get(world, machine, MACHINE_DISK_BANDWIDTH);
    const uint64_t speed = parameter_get(world, machine, MACHINE_DISK_SPEED);

    return scale(bytes * SECOND_NS / bandwidth + more_ns, SHARE_ALL, speed);
}

static void operation_start(struct world *world, uint32_t machine)
{
    struct disk *disk = &machine_at(world, machine)->disk;
    struct disk_request *request;
    uint64_t left, more_ns;

    if (disk->event != 0)
        return;
    meter_set(&disk->meter, world->now_ns, disk->requests.count == 0 ? 0 : SHARE_ALL);
    if (disk->requests.count == 0)
        return;
    request = first_request(world, disk);
    left = bytes_left(world, request);
    disk->operation_bytes = left < OPERATION_BYTES ? left : OPERATION_BYTES;
    disk->operation_last = left == disk->operation_bytes;
    more_ns = overhead_ns(world, machine, request, disk->operation_last != 0);
    request->begun = 1;
    disk->event = world_after(world, operation_ns(world, machine, disk->operation_bytes, more_ns),
                              machine, MACHINE_DISK_DUE, NULL);
}

static bool request_push(struct world *world, struct disk *disk, const struct disk_request *request)
{
    struct disk_request *place =
        vector_push(&world->region, &disk->requests, sizeof(struct disk_request));

    if (place != NULL)
        *place = *request;
    return place != NULL;
}

static void vector_drop(struct world *world, struct vector *vector, uint32_t i)
{
    char *at = vector_at(&world->region, vector, i);

    vector->count--;
    memmove(at, at + vector->item_bytes, (size_t)(vector->count - i) * vector->item_bytes);
    memset(vector_at(&world->region, vector, vector->count), 0, vector->item_bytes);
}

void disk_submit(struct world *world, uint32_t machine, const struct disk_request *request)
{
    if (request_push(world, &machine_at(world, machine)->disk, request))
        operation_start(world, machine);
}

/* Tells who waits; a stopped process finds it when it continues. */
static void request_answer(struct world *world, uint32_t machine,
                           const struct disk_request *request, enum file_error error)
{
    struct disk *disk = &machine_at(world, machine)->disk;
    const uint64_t durable = request->file == 0 ? 0 : file_at(world, request->file)->durable;
    const struct payload payload = {.u64 = {request->file, durable, error, request->cookie}};
    struct disk_answer *held;

    if (request->component == 0)
        return;
    if (!component_at(world, request->component)->paused) {
        machine_answer(world, request->component, (uint8_t)request->what, &payload);
        return;
    }
    held = vector_push(&world->region, &disk->held, sizeof *held);
    if (held != NULL)
        *held = (struct disk_answer){request->component, request->what, payload};
}

static void request_end(struct world *world, const struct disk_request *request, bool failed)
{
    if (request->file == 0)
        return;
    if (request->type == DISK_READ) {
        if (!failed && request->component != 0)
            file_at(world, request->file)->cold = 0;
        return;
    }
    if (request->type == DISK_WRITEBACK)
        file_at(world, request->file)->writeback = 0;
    if (failed)
        file_not_written(world, request->file);
    else
        file_reached(world, request->file, request->upto);
}

void disk_due(struct world *world, uint32_t machine)
{
    struct machine_state *state = machine_at(world, machine);
    struct disk *disk = &state->disk;
    struct disk_request request = *first_request(world, disk);
    const bool failed = disk->fails != 0;
    const bool last = failed || disk->operation_last;

    disk->event = 0;
    vector_drop(world, &disk->requests, 0);
    if (!failed && request.type == DISK_READ)
        request.upto -= disk->operation_bytes;
    if (!failed && request.type != DISK_READ) {
        state->disk_written += disk->operation_bytes;
        if (request.file != 0)
            file_wrote(world, request.file, disk->operation_bytes);
    }
    if (last)
        request_end(world, &request, failed);
    else
        (void)request_push(world, disk, &request); /* there is room: one was just taken out */
    operation_start(world, machine);
    if (last)
        request_answer(world, machine, &request, failed ? FILE_FAILED : FILE_OK);
}

void disk_release_held(struct world *world, uint32_t component)
{
    struct disk *disk = &machine_at(world, component_at(world, component)->machine)->disk;
    uint32_t i = 0;

    while (i < disk->held.count) {
        const struct disk_answer *held = vector_at(&world->region, &disk->held, i);

        if (held->component != component) {
            i++;
            continue;
        }
        (void)world_after(world, 0, component, (uint8_t)held->what, &held->payload);
        vector_drop(world, &disk->held, i);
    }
}

void disk_forget(struct world *world, uint32_t component)
{
    struct disk *disk = &machine_at(world, component_at(world, component)->machine)->disk;

    /* The operation that runs (the first) ends as it is; reads behind it are not begun. */
    for (uint32_t i = disk->requests.count; i-- > 0;) {
        struct disk_request *request = vector_at(&world->region, &disk->requests, i);

        if (request->component != component)
            continue;
        request->component = 0;
        if (request->type != DISK_READ)
            continue;
        if (i == 0)
            disk->operation_last = 1;
        else
            vector_drop(world, &disk->requests, i);
    }
    for (uint32_t i = disk->held.count; i-- > 0;) {
        const struct disk_answer *held = vector_at(&world->region, &disk->held, i);

        if (held->component == component)
            vector_drop(world, &disk->held, i);
    }
}

void disk_forget_file(struct world *world, uint32_t machine, uint32_t file)
{
    const struct disk *disk = &machine_at(world, machine)->disk;

    for (uint32_t i = 0; i < disk->requests.count; i++) {
        struct disk_request *request = vector_at(&world->region, &disk->requests, i);

        if (request->file == file)
            request->file = 0;
    }
    for (uint32_t i = 0; i < disk->held.count; i++) {
        struct disk_answer *held = vector_at(&world->region, &disk->held, i);

        if (held->payload.u64[0] == file)
            held->payload.u64[0] = 0;
    }
}

void disk_lost(struct world *world, uint32_t machine)
{
    struct disk *disk = &machine_at(world, machine)->disk;

    if (disk->event != 0)
        world_cancel(world, disk->event);
    disk->event = 0;
    vector_clear(&world->region, &disk->requests);
    vector_clear(&world->region, &disk->held);
    meter_set(&disk->meter, world->now_ns, 0);
}

/* --- faults --------------------------------------------------------------------------------- */

void disk_fill(struct world *world, uint32_t machine, uint64_t bytes)
{
    struct machine_state *state = machine_at(world, machine);
    const uint64_t size = parameter_get(world, machine, MACHINE_DISK_SIZE);
    const uint64_t room = size > state->disk_used ? size - state->disk_used : 0;
    const uint64_t taken = bytes < room ? bytes : room;

    state->disk_filled += taken;
    state->disk_used += taken;
}

void disk_free_fill(struct world *world, uint32_t machine)
{
    struct machine_state *state = machine_at(world, machine);

    state->disk_used -= state->disk_filled;
    state->disk_filled = 0;
}

void disk_fail(struct world *world, uint32_t machine, bool fails)
{
    struct disk *disk = &machine_at(world, machine)->disk;

    if (fails && !disk->fails)
        trace(world, machine, TRACE_DISK_FAILED, 0, 0);
    disk->fails = fails;
}
