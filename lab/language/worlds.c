/*
 * The worlds of a session: their memory, who hears them, the floor under a rewind.
 */
#include "lab/language/parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/engine/need.h"
#include "sim/net/wire.h"

#define ARENA_MOST  ((uint64_t)16 << 30) /* reserved, not used: pages come as they are touched */
#define ARENA_LEAST ((uint64_t)8 << 20)

void *session_grow(void *array, uint32_t count, uint32_t *limit, size_t item_bytes)
{
    if (count < *limit)
        return array;
    *limit = *limit ? *limit * 2 : 16;
    void *larger = realloc(array, *limit * item_bytes);
    if (!larger)
        abort();
    return larger;
}

static void *reserve(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

/* The first world finds out how much may be reserved: halved until the kernel agrees. */
static void *room_reserve(struct session *session)
{
    struct room *room = &session->room;
    if (room->bytes)
        return reserve(room->bytes);
    uint64_t slabs = world_bytes(&room->limits);
    uint64_t arena = session->options.arena_bytes ? session->options.arena_bytes : ARENA_MOST;
    for (; arena >= ARENA_LEAST; arena /= 2) {
        void *memory = reserve(slabs + arena);
        if (memory) {
            room->bytes = slabs + arena;
            return memory;
        }
    }
    return NULL;
}

struct world *room_open(struct session *session, struct outside *outside, struct error *error)
{
    void *memory = room_reserve(session);
    if (!memory) {
        error_set(error, ERROR_WORLD_MEMORY, 0, NULL, NULL, NULL, NULL);
        return NULL;
    }
    struct world *world =
        world_open(memory, session->room.bytes, &session->room.limits, outside, error);
    if (!world)
        munmap(memory, session->room.bytes);
    return world;
}

void room_close(struct session *session, struct world *world)
{
    if (world)
        munmap(world, session->room.bytes);
}

static void heard(void *user, struct world *world, const struct record *record)
{
    const struct place_of_variant *place = user;
    const struct session_output *output = &place->session->options.output;
    int32_t variant = place->session->forked ? place->variant : -1;
    output->record(output->user, variant, world, record);
}

static void heard_segment(void *user, struct world *world, const struct wire_segment *segment)
{
    const struct place_of_variant *place = user;
    const struct session_output *output = &place->session->options.output;
    output->segment(output->user, place->session->forked ? place->variant : -1, world, segment);
}

void room_listen(struct session *session, uint32_t i)
{
    session->places[i] = (struct place_of_variant){session, (int32_t)i};
    if (session->options.output.record)
        trace_listen(session->variants[i].world, heard, &session->places[i]);
    if (session->options.output.segment)
        wire_listen(session->variants[i].world, heard_segment, &session->places[i]);
}

bool session_open_world(struct session *session, struct error *error)
{
    if (session->options.limits)
        session->room.limits = *session->options.limits;
    session->variants[0].world = room_open(session, &session->outsides[0], error);
    session->variant_count = session->variants[0].world ? 1 : 0;
    if (session->variant_count)
        room_listen(session, 0);
    return session->variant_count == 1;
}

bool room_remember(struct session *session, uint32_t i, struct error *error)
{
    struct variant *variant = &session->variants[i];
    variant->history = history_open(session->pool, variant->world, session->options.history_every);
    if (!variant->history)
        return error_set(error, ERROR_WORLD_MEMORY, 0, NULL, NULL, NULL, NULL);
    if (session->options.branches)
        history_keep(variant->history);
    history_replay_due(variant->history, session_due_again, &session->places[i]);
    return true;
}

bool session_set_floor(struct session *session)
{
    session_settle(session);
    if (session->floor)
        return true;
    if (!session->pool && !(session->pool = history_pool_open(session->options.history_bytes)))
        return error_set(&session->error, ERROR_WORLD_MEMORY, 0, NULL, NULL, NULL, NULL);
    for (uint32_t i = 0; i < session->variant_count; i++)
        if (!session->variants[i].history && !room_remember(session, i, &session->error))
            return false;
    session->floor_expectations = session->expectation_count;
    session->floor_typed = session->typed_count;
    return session->floor = true;
}
