/*
 * The history of one world: checkpoints by count of events, the log of actions, running on.
 */
#include "lab/history/history.h"

#include <stdlib.h>
#include <string.h>

#include "lab/history/timeline.h"

#define EVERY_EVENTS_LEAST 100000u
#define BYTES_AN_EVENT     1000u /* comparing so much takes about as long as an event */

/* --- checkpoints ------------------------------------------------------------------------------ */

void *timeline_grow(void *array, uint32_t count, uint32_t *limit, size_t item_bytes)
{
    if (count < *limit)
        return array;
    uint32_t more = *limit ? *limit * 2 : 16;
    void *larger = realloc(array, more * item_bytes);
    if (!larger)
        return NULL;
    *limit = more;
    return larger;
}

/* Memory short: going back takes longer, nothing else. */
static void checkpoint_add(struct history *history, struct checkpoint *checkpoint)
{
    void *array = timeline_grow(history->checkpoints, history->checkpoint_count,
                                &history->checkpoint_limit, sizeof(void *));
    if (!array) {
        pool_drop(history->pool, checkpoint);
        return;
    }
    history->checkpoints = array;
    history->checkpoints[history->checkpoint_count++] = checkpoint;
}

static void checkpoint_take(struct history *history, struct world *world)
{
    uint32_t last = history->checkpoint_count;
    struct checkpoint *checkpoint =
        pool_take(history->pool, world, last ? history->checkpoints[last - 1] : NULL, last == 0);
    history->tried_events = world->events;
    if (!checkpoint)
        return;
    checkpoint->actions = history->done;
    checkpoint_add(history, checkpoint);
}

/* Taking one compares all of the world: a large world has fewer. */
static uint64_t every_events(const struct history *history, const struct world *world)
{
    if (history->every_events)
        return history->every_events;
    uint64_t by_size = region_used(&world->region) / BYTES_AN_EVENT;
    return by_size > EVERY_EVENTS_LEAST ? by_size : EVERY_EVENTS_LEAST;
}

static void tip_here(struct history *history, const struct world *world)
{
    history->tip = (struct place){world->now_ns, world->events, history->done};
}

struct history *history_open(struct history_pool *pool, struct world *world, uint64_t every)
{
    struct history *history = calloc(1, sizeof *history);
    if (!history)
        return NULL;
    history->pool = pool;
    history->every_events = every;
    pool_join(pool, history);
    tip_here(history, world);
    checkpoint_take(history, world);
    if (history->checkpoint_count == 0) {
        history_close(history);
        return NULL;
    }
    return history;
}

void history_close(struct history *history)
{
    if (!history)
        return;
    pool_leave(history->pool, history);
    for (uint32_t i = 0; i < history->checkpoint_count; i++)
        pool_drop(history->pool, history->checkpoints[i]);
    free(history->checkpoints);
    free(history->actions);
    free(history);
}

void history_keep(struct history *history)
{
    history->keeps = true;
}

void history_replay_due(struct history *history, history_due *due_again, void *user)
{
    history->due_again = due_again;
    history->due_user = user;
}

/* --- actions ---------------------------------------------------------------------------------- */

static struct action *action_new(struct history *history)
{
    void *array = timeline_grow(history->actions, history->action_count, &history->action_limit,
                                sizeof *history->actions);
    if (!array)
        abort(); /* without its actions a rewind would lead to another world */
    history->actions = array;
    return &history->actions[history->action_count++];
}

void history_log(struct history *history, struct world *world, const struct command *command,
                 history_again *again)
{
    history_forget_ahead(history, world);
    struct action *action = action_new(history);
    action->shown.time_ns = world->now_ns;
    action->shown.events = world->events;
    action->shown.command = *command;
    action->again = again;
    history->done = history->action_count;
    tip_here(history, world);
}

bool history_command(struct history *history, struct world *world, const struct command *command,
                     struct text *answer, struct error *error)
{
    if (!world_command(world, command, answer, error))
        return false;
    history_log(history, world, command, NULL);
    return true;
}

const struct history_action *history_action(const struct history *history, uint32_t i)
{
    return i < history->done ? &history->actions[i].shown : NULL;
}

enum world_stop history_run(struct history *history, struct world *world, uint64_t until_ns,
                            uint64_t budget, history_due *due, void *user)
{
    uint64_t end = budget ? world->events + budget : UINT64_MAX;
    uint64_t every = every_events(history, world);
    struct command command;
    history_forget_ahead(history, world);
    for (;;) {
        uint64_t since = world->events - history->tried_events;
        uint64_t slice = since < every ? every - since : every;
        if (end - world->events < slice)
            slice = end - world->events;
        enum world_stop stop = slice ? world_run(world, until_ns, slice) : WORLD_EVENTS;
        tip_here(history, world);
        if (stop == WORLD_DUE) {
            if (world_due(world, &command) && !due(user, world, &command))
                return WORLD_DUE;
            continue;
        }
        if (!world->due && world->events - history->tried_events >= every) {
            checkpoint_take(history, world);
            every = every_events(history, world);
        }
        if (stop != WORLD_EVENTS || world->events >= end)
            return stop;
    }
}

/* --- marks ------------------------------------------------------------------------------------ */

static struct mark *mark_find(struct history *history, const char *name)
{
    for (uint32_t i = 0; i < history->mark_count; i++)
        if (strcmp(history->marks[i].name, name) == 0)
            return &history->marks[i];
    return NULL;
}

bool history_mark(struct history *history, struct world *world, const char *name)
{
    struct mark *mark = mark_find(history, name);
    if (strlen(name) >= sizeof mark->name || (!mark && history->mark_count == MARKS_MAX))
        return false;
    if (!mark)
        mark = &history->marks[history->mark_count++];
    strcpy(mark->name, name);
    mark->place = (struct place){world->now_ns, world->events, history->done};
    return true;
}

uint64_t history_mark_time(const struct history *history, const char *name)
{
    const struct mark *mark = mark_find((struct history *)(uintptr_t)history, name);
    return mark ? mark->place.time_ns : TIME_NEVER;
}

const char *history_mark_name(const struct history *history, uint32_t i, uint64_t *time_ns)
{
    if (i >= history->mark_count)
        return NULL;
    *time_ns = history->marks[i].place.time_ns;
    return history->marks[i].name;
}

/* --- forks ------------------------------------------------------------------------------------ */

void history_join(struct history *history, struct history *after)
{
    uint32_t before = history->action_count;
    for (uint32_t i = 0; i < after->action_count; i++)
        *action_new(history) = after->actions[i];
    for (uint32_t i = 0; i < after->checkpoint_count; i++) {
        after->checkpoints[i]->actions += before;
        checkpoint_add(history, after->checkpoints[i]);
    }
    after->checkpoint_count = 0;
    for (uint32_t i = 0; i < after->mark_count; i++) {
        struct mark mark = after->marks[i], *same = mark_find(history, mark.name);
        mark.place.actions += before;
        if (same)
            *same = mark;
        else if (history->mark_count < MARKS_MAX)
            history->marks[history->mark_count++] = mark;
    }
    history->done = before + after->done;
    history->tip = after->tip;
    history->tip.actions += before;
    history->behind = after->behind;
    history->tried_events = after->tried_events;
    history_close(after);
}

/* --- asking ----------------------------------------------------------------------------------- */

uint64_t history_before_write(const struct history *history, uint64_t write)
{
    uint32_t i = history->checkpoint_count - 1;
    while (i > 0 && history->checkpoints[i]->writes >= write)
        i--;
    return history->checkpoints[i]->time_ns;
}

uint64_t history_start(const struct history *history)
{
    return history->checkpoints[0]->time_ns;
}

bool history_behind(const struct history *history)
{
    return history->behind;
}

uint64_t history_tip(const struct history *history)
{
    return history->tip.time_ns;
}

uint64_t history_widest(const struct history *history, uint64_t from_ns)
{
    uint64_t widest = 0;
    for (uint32_t i = 0; i < history->checkpoint_count; i++) {
        bool newest = i + 1 == history->checkpoint_count;
        uint64_t next = newest ? history->tip.events : history->checkpoints[i + 1]->events;
        uint64_t end_ns = newest ? history->tip.time_ns : history->checkpoints[i + 1]->time_ns;
        uint64_t gap = next - history->checkpoints[i]->events;
        if (end_ns >= from_ns && gap > widest)
            widest = gap;
    }
    return widest;
}
