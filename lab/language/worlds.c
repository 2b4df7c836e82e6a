/*
 * The worlds of a session: their memory, the fork into variants, the floor under a rewind.
 */
#include "lab/language/parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/engine/need.h"

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

static void listen(struct session *session, uint32_t i)
{
    session->places[i] = (struct place_of_variant){session, (int32_t)i};
    if (session->options.output.record)
        trace_listen(session->variants[i].world, heard, &session->places[i]);
}

bool session_open_world(struct session *session, struct error *error)
{
    if (session->options.limits)
        session->room.limits = *session->options.limits;
    session->variants[0].world = room_open(session, &session->outsides[0], error);
    session->variant_count = session->variants[0].world ? 1 : 0;
    if (session->variant_count)
        listen(session, 0);
    return session->variant_count == 1;
}

/* --- variants ------------------------------------------------------------------------------------
 */

const char *variant_label(const struct session *session, int32_t variant)
{
    if (!session->forked || variant < 0 || (uint32_t)variant >= session->variant_count)
        return "";
    return session->variants[variant].name;
}

int32_t variant_find(const struct session *session, const char *name, size_t bytes)
{
    if (session->forked)
        for (uint32_t i = 0; i < session->variant_count; i++)
            if (strlen(session->variants[i].name) == bytes &&
                memcmp(session->variants[i].name, name, bytes) == 0)
                return (int32_t)i;
    return -1;
}

bool variant_unknown(const struct session *session, const char *name, size_t bytes, unsigned word,
                     struct error *error)
{
    char copy[64];
    struct text text = TEXT(copy);
    const char *best = NULL;
    unsigned distance = 99;
    text_clear(&text);
    text_add_bytes(&text, name, bytes);
    for (uint32_t i = 0; session->forked && i < session->variant_count; i++)
        nearest_try(copy, session->variants[i].name, &best, &distance);
    return error_set(error, best ? ERROR_UNKNOWN_VARIANT : ERROR_NO_VARIANT, (uint16_t)word, copy,
                     best, NULL, NULL);
}

static bool name_is_right(const char *name)
{
    size_t bytes = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return name[0] >= 'a' && name[0] <= 'z' && !name[bytes] && bytes < MARK_NAME_BYTES;
}

/* May a world with this name be forked now? */
static bool fork_allowed(const struct session *session, const struct call *call)
{
    const char *name = command_word(call->command, 1);
    char most[8];
    struct text text = TEXT(most);
    if (call->command->count < 2)
        return error_set(call->error, ERROR_MISSING_WORD, 0, "variant", "variant NAME [COMMAND]",
                         NULL, NULL);
    if (session->forked && !session->fork_open)
        return error_set(call->error, ERROR_VARIANT_LATE, 0, NULL, NULL, NULL, NULL);
    if (!name_is_right(name))
        return error_set(call->error, ERROR_BAD_NAME, 1, name, NULL, NULL, NULL);
    if (variant_find(session, name, strlen(name)) >= 0)
        return error_set(call->error, ERROR_NAME_TAKEN, 1, name, NULL, NULL, NULL);
    text_clear(&text);
    text_add_u64(&text, VARIANTS_MAX);
    if (session->fork_open && session->variant_count == VARIANTS_MAX)
        return error_set(call->error, ERROR_TOO_MANY_VARIANTS, 0, most, NULL, NULL, NULL);
    return true;
}

/* From the first `variant` on, what was the world is only the base of the others. */
static bool fork_begin(struct session *session, struct error *error)
{
    struct world *base = session->variants[0].world;
    struct world *first = room_open(session, &session->outsides[0], error);
    if (!first)
        return false;
    base->outside = NULL;
    session->base_history = session->variants[0].history;
    session->variants[0].history = NULL;
    session->base = base;
    session->variants[0].world = first;
    session->variant_count = 0;
    session->forked = session->fork_open = true;
    return true;
}

/* Takes the last variant back, its command was wrong. */
static void fork_undo(struct session *session)
{
    uint32_t i = session->variant_count - 1;
    session->variant_count = i;
    if (i > 0) {
        room_close(session, session->variants[i].world);
        memset(&session->variants[i], 0, sizeof session->variants[i]);
        return;
    }
    room_close(session, session->variants[0].world);
    memset(&session->variants[0], 0, sizeof session->variants[0]);
    session->variants[0].world = session->base;
    session->variants[0].history = session->base_history;
    session->base->outside = &session->outsides[0];
    session->base = NULL;
    session->base_history = NULL;
    session->variant_count = 1;
    session->forked = session->fork_open = false;
    listen(session, 0);
}

bool session_fork(struct session *session, struct call *call)
{
    const char *name = command_word(call->command, 1);
    if (!fork_allowed(session, call) ||
        (call->command->count > 2 && !command_check(call->command, 2, true, call->error)))
        return false;
    if (!session->forked && !fork_begin(session, call->error))
        return false;
    uint32_t i = session->variant_count;
    struct variant *variant = &session->variants[i];
    if (!variant->world) {
        variant->world = room_open(session, &session->outsides[i], call->error);
        if (!variant->world)
            return false;
    }
    world_copy(variant->world, session->base);
    strcpy(variant->name, name);
    session->variant_count = i + 1;
    listen(session, i);
    if (call->command->count == 2)
        return true;
    struct command change;
    struct text text = TEXT(variant->change);
    command_tail(&change, call->command, 2);
    text_clear(&text);
    language_join(&text, &change);
    if (session_carry(session, &change, 1u << i, SOURCE_DUE, call->error))
        return true;
    call->error->word = (uint16_t)(call->error->word + 2);
    fork_undo(session);
    return false;
}

void session_settle(struct session *session)
{
    if (!session->fork_open)
        return;
    session->fork_open = false;
    room_close(session, session->base);
    history_close(session->base_history);
    session->base = NULL;
    session->base_history = NULL;
    session->mark_count = 0;
    if (session->floor) {
        session->floor = false;
        session_set_floor(session);
    }
}

bool session_set_floor(struct session *session)
{
    session_settle(session);
    if (session->floor)
        return true;
    if (!session->pool && !(session->pool = history_pool_open(session->options.history_bytes)))
        return error_set(&session->error, ERROR_WORLD_MEMORY, 0, NULL, NULL, NULL, NULL);
    for (uint32_t i = 0; i < session->variant_count; i++) {
        struct variant *variant = &session->variants[i];
        variant->history = history_open(session->pool, variant->world,
                                        session->options.history_every);
        if (!variant->history)
            return error_set(&session->error, ERROR_WORLD_MEMORY, 0, NULL, NULL, NULL, NULL);
        history_replay_due(variant->history, session_due_again, &session->places[i]);
    }
    session->floor_expectations = session->expectation_count;
    session->floor_typed = session->typed_count;
    return session->floor = true;
}
