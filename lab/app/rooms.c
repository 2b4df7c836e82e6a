/* Hearing a room: live, and of the past by replay. */
#include "lab/app/rooms.h"

#include <stdlib.h>
#include <string.h>

#include "lab/app/acts.h"
#include "lab/app/twins.h"

#define BEFORE_NS (3 * SECOND_NS)

/* By the names of client_rows.c; what stands there names a place as the lab's screens do. */
static uint64_t setting(const struct world *world, uint32_t client, const char *name)
{
    int row = parameter_find(component_kind(world, client), name);
    return row < 0 ? 0 : parameter_get(world, client, (unsigned)row);
}

static bool talks_in_rooms(const struct world *world, uint32_t client)
{
    const struct kind *kind = component_kind(world, client);
    int row = parameter_find(kind, "op");
    char words[40];
    struct text text = TEXT(words);
    text_clear(&text);
    if (row >= 0)
        parameter_add(&text, world, &kind->parameters[row],
                      parameter_get(world, client, (unsigned)row));
    return strcmp(words, "ws") == 0;
}

bool rooms_exist(const struct model *model)
{
    const struct part *part = look_part(&model->look, model->selected);
    return model->session && part && part->kind == KIND_CLIENT &&
           talks_in_rooms(model_world(model), part->id);
}

const struct room_tick *room_tick_at(const struct room *room, uint32_t i)
{
    return &room->ticks[(room->first + i) % ROOM_TICKS];
}

uint32_t room_members(const struct room *room)
{
    return room->size < ROOM_MEMBERS ? room->size : ROOM_MEMBERS;
}

static void hear(struct room *room, const struct record *record)
{
    bool sent = record->what == TRACE_MESSAGE_SENT;
    if (record->who != room->client || (!sent && record->what != TRACE_MESSAGE_DELIVERED))
        return;
    uint64_t before = (uint64_t)room->number * room->size + 1; /* connections count from 1 */
    if (record->b < before || record->b >= before + room_members(room))
        return;
    if (room->count == ROOM_TICKS) {
        room->first = (room->first + 1) % ROOM_TICKS;
        room->count--;
    }
    room->ticks[(room->first + room->count++) % ROOM_TICKS] =
        (struct room_tick){.time_ns = record->time_ns,
                           .message = record->a,
                           .member = (uint32_t)(record->b - before),
                           .sent = sent};
}

void rooms_heard(struct model *model, const struct record *record)
{
    if (model->room.ticks)
        hear(&model->room, record);
}

static void hear_again(void *user, struct world *world, const struct record *record)
{
    (void)world;
    hear(user, record);
}

/* The size of the rooms and their number may have been set anew. */
static void take_sizes(struct model *model, struct room *room)
{
    struct world *world = model_world(model);
    uint32_t size = (uint32_t)setting(world, room->client, "room");
    uint64_t all = setting(world, room->client, "connections");
    room->stale = room->stale || size != room->size;
    room->size = size ? size : 1;
    room->rooms = (uint32_t)((all + room->size - 1) / room->size);
    if (room->number >= room->rooms && room->rooms)
        room->number = room->rooms - 1;
}

/* Is it seen, and still there? */
static bool is_seen(struct model *model)
{
    return model->screen == PLACE_ROOM && model->session && model->room.client &&
           component_at(model_world(model), model->room.client)->kind == KIND_CLIENT;
}

void rooms_look(struct model *model)
{
    struct room *room = &model->room;
    if (!is_seen(model)) {
        free(room->ticks);
        room->ticks = NULL;
        return;
    }
    if (!room->ticks) {
        room->ticks = calloc(ROOM_TICKS, sizeof *room->ticks);
        room->stale = true;
    }
    take_sizes(model, room);
    if (!room->stale || !room->ticks)
        return;
    const struct variant *of = session_variant(model->session, twins_focus(model));
    uint64_t now_ns = of->world->now_ns, from_ns = history_start(of->history);
    if (now_ns > from_ns + BEFORE_NS)
        from_ns = now_ns - BEFORE_NS;
    room->first = room->count = 0;
    room->stale = !history_replay(of->history, of->world, from_ns, hear_again, room);
}

void rooms_went_back(struct model *model)
{
    model->room.stale = true;
}

void rooms_close(struct model *model)
{
    free(model->room.ticks);
    memset(&model->room, 0, sizeof model->room);
}

void rooms_open(struct model *model)
{
    rooms_close(model);
    model->room.client = look_part(&model->look, model->selected)->id;
    model_show(model, PLACE_ROOM);
    rooms_look(model);
}

static bool room_by(struct model *model, bool after)
{
    struct room *room = &model->room;
    if (after ? room->number + 1 < room->rooms : room->number > 0) {
        room->number = after ? room->number + 1 : room->number - 1;
        room->stale = true;
        rooms_look(model);
    }
    model->redraw = true;
    return true;
}

bool press_room_before(struct model *model, const struct key *key)
{
    (void)key;
    return room_by(model, false);
}

bool press_room_after(struct model *model, const struct key *key)
{
    (void)key;
    return room_by(model, true);
}
