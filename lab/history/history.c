/*
 * The history of one world: checkpoints by count of events, the log of actions, marks, rewind.
 */
#include "lab/history/history.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define EVERY_EVENTS_DEFAULT 250000u
#define MARKS_MAX            256

struct checkpoint {
    void *bytes;
    uint64_t used, room; /* of bytes */
    uint64_t time_ns, events;
    uint64_t writes;  /* numbered so far */
    uint32_t actions; /* of the log, carried out before it */
};

struct action {
    struct history_action shown; /* first: what shared runs read */
    history_again *again;        /* NULL: world_command */
};

struct mark {
    char name[40];
    uint64_t time_ns, events;
    uint32_t actions;
};

struct history {
    uint64_t budget_bytes, every_events;
    uint64_t bytes; /* of all checkpoints */
    struct checkpoint *checkpoints;
    uint32_t checkpoint_count, checkpoint_limit;
    struct action *actions;
    uint32_t action_count, action_limit;
    struct mark marks[MARKS_MAX];
    uint32_t mark_count;
    history_due
        *due_again; /* carries out a due command that is no verb of the world, in a replay */
    void *due_user;
    struct checkpoint spare; /* buffer of the last dropped one: reused */
};

/* --- checkpoints ------------------------------------------------------------------------------ */

static void *grown(void *array, uint32_t count, uint32_t *limit, size_t item_bytes)
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

static void checkpoint_drop(struct history *history, uint32_t i)
{
    struct checkpoint *dropped = &history->checkpoints[i];
    history->bytes -= dropped->used;
    if (history->spare.room < dropped->room) {
        free(history->spare.bytes);
        history->spare = *dropped;
    } else {
        free(dropped->bytes);
    }
    memmove(dropped, dropped + 1, (history->checkpoint_count - i - 1) * sizeof *dropped);
    history->checkpoint_count--;
}

/* How much closer together checkpoints of this age may stand: ENGINE.md, 1. */
static uint64_t tolerance(uint64_t age_ns)
{
    if (age_ns <= 600 * SECOND_NS)
        return 1;
    return age_ns <= 3600 * SECOND_NS ? 5 : 1000;
}

/* Drops, before one of `bytes` is taken, the checkpoint that is missed least; never the first. */
static void thin(struct history *history, const struct world *world, uint64_t bytes)
{
    while (history->checkpoint_count > 1 && history->bytes + bytes > history->budget_bytes) {
        uint64_t least = UINT64_MAX;
        uint32_t which = 1;
        for (uint32_t i = 1; i < history->checkpoint_count; i++) {
            const struct checkpoint *c = &history->checkpoints[i];
            bool newest = i + 1 == history->checkpoint_count;
            uint64_t next = newest ? world->events : c[1].events;
            uint64_t gap = (next - c[-1].events) / tolerance(world->now_ns - c->time_ns);
            if (gap < least) {
                least = gap;
                which = i;
            }
        }
        checkpoint_drop(history, which);
    }
}

/* Memory short: the rewind takes longer, nothing else. */
static void checkpoint_take(struct history *history, struct world *world)
{
    world_next(world); /* fills the heap's hole, so that equal histories pack equal bytes */
    uint64_t used = region_used(&world->region);
    thin(history, world, used);
    void *array = grown(history->checkpoints, history->checkpoint_count, &history->checkpoint_limit,
                        sizeof *history->checkpoints);
    if (!array)
        return;
    history->checkpoints = array;
    struct checkpoint checkpoint = {.used = used, .room = used};
    if (history->spare.room >= used && history->spare.room / 2 <= used) {
        checkpoint.bytes = history->spare.bytes;
        checkpoint.room = history->spare.room;
        history->spare = (struct checkpoint){0};
    } else {
        checkpoint.bytes = malloc(used);
    }
    if (!checkpoint.bytes)
        return;
    region_pack(checkpoint.bytes, &world->region);
    checkpoint.time_ns = world->now_ns;
    checkpoint.events = world->events;
    checkpoint.writes = world->writes;
    checkpoint.actions = history->action_count;
    history->checkpoints[history->checkpoint_count++] = checkpoint;
    history->bytes += used;
}

static void checkpoint_restore(const struct checkpoint *checkpoint, struct world *world)
{
    struct outside *outside = world->outside;
    region_unpack(&world->region, checkpoint->bytes);
    world->outside = outside;
}

struct history *history_open(struct world *world, uint64_t budget_bytes, uint64_t every_events)
{
    struct history *history = calloc(1, sizeof *history);
    if (!history)
        return NULL;
    history->budget_bytes = budget_bytes;
    history->every_events = every_events ? every_events : EVERY_EVENTS_DEFAULT;
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
    for (uint32_t i = 0; i < history->checkpoint_count; i++)
        free(history->checkpoints[i].bytes);
    free(history->spare.bytes);
    free(history->checkpoints);
    free(history->actions);
    free(history);
}

void history_replay_due(struct history *history, history_due *due_again, void *user)
{
    history->due_again = due_again;
    history->due_user = user;
}

void history_note(struct history *history, struct world *world)
{
    const struct checkpoint *newest = &history->checkpoints[history->checkpoint_count - 1];
    bool room = history->budget_bytes > history->checkpoints[0].used;
    if (room && !world->due && world->events - newest->events >= history->every_events)
        checkpoint_take(history, world);
}

/* --- actions ---------------------------------------------------------------------------------- */

void history_log(struct history *history, struct world *world, const struct command *command,
                 history_again *again)
{
    void *array = grown(history->actions, history->action_count, &history->action_limit,
                        sizeof *history->actions);
    if (!array)
        abort(); /* without its actions a rewind would lead to another world */
    history->actions = array;
    struct action *action = &history->actions[history->action_count++];
    action->shown.time_ns = world->now_ns;
    action->shown.events = world->events;
    action->shown.command = *command;
    action->again = again;
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
    return i < history->action_count ? &history->actions[i].shown : NULL;
}

enum world_stop history_run(struct history *history, struct world *world, uint64_t until_ns,
                            uint64_t budget, history_due *due, void *user)
{
    uint64_t end = budget ? world->events + budget : UINT64_MAX;
    struct command command;
    for (;;) {
        const struct checkpoint *newest = &history->checkpoints[history->checkpoint_count - 1];
        uint64_t since = world->events - newest->events;
        uint64_t slice =
            since < history->every_events ? history->every_events - since : history->every_events;
        if (end - world->events < slice)
            slice = end - world->events;
        enum world_stop stop = slice ? world_run(world, until_ns, slice) : WORLD_EVENTS;
        if (stop == WORLD_DUE) {
            if (world_due(world, &command) && !due(user, world, &command))
                return WORLD_DUE;
            continue;
        }
        history_note(history, world);
        if (stop != WORLD_EVENTS || world->events >= end)
            return stop;
    }
}

/* --- going back --------------------------------------------------------------------------------
 */

/* A place of a run: after so many actions and events. */
struct place {
    uint64_t time_ns;
    uint64_t events; /* UINT64_MAX: all at or before time_ns */
    uint32_t actions;
};

/* Runs a world to a place, carrying out due commands as they were. */
static void run_to(const struct history *history, struct world *world, uint64_t time_ns,
                   uint64_t events)
{
    struct command command;
    struct error error;
    char nothing[1];
    struct text answer = TEXT(nothing);
    for (;;) {
        uint64_t budget = events == UINT64_MAX ? 0 : events - world->events;
        if (budget == 0 && events != UINT64_MAX && !world->due && world->now_ns == time_ns)
            return;
        enum world_stop stop = world_run(world, time_ns, budget);
        if (stop == WORLD_DUE && world_due(world, &command)) {
            if (verb_find(command_word(&command, 0)))
                world_command(world, &command, &answer, &error);
            else if (history->due_again)
                history->due_again(history->due_user, world, &command);
        } else if (stop == WORLD_TIME || stop == WORLD_FULL) {
            return;
        }
    }
}

static void act_again(struct world *world, const struct action *action)
{
    struct error error;
    char nothing[1];
    struct text answer = TEXT(nothing);
    if (action->again)
        action->again(world, &action->shown.command);
    else
        world_command(world, &action->shown.command, &answer, &error);
}

static void replay(const struct history *history, struct world *world,
                   const struct checkpoint *from, struct place to)
{
    for (uint32_t i = from->actions; i < to.actions; i++) {
        const struct action *action = &history->actions[i];
        run_to(history, world, action->shown.time_ns, action->shown.events);
        act_again(world, action);
    }
    run_to(history, world, to.time_ns, to.events);
}

/* The newest checkpoint from which the place can be reached. */
static const struct checkpoint *checkpoint_before(const struct history *history, struct place to)
{
    uint32_t i = history->checkpoint_count - 1;
    for (; i > 0; i--) {
        const struct checkpoint *c = &history->checkpoints[i];
        if (c->time_ns <= to.time_ns && c->events <= to.events && c->actions <= to.actions)
            break;
    }
    return &history->checkpoints[i];
}

/* Forgets what came after the place at which the world now stands. */
static void forget_after(struct history *history, const struct world *world, uint32_t actions)
{
    uint32_t kept = 0;
    history->action_count = actions;
    while (history->checkpoint_count > 1) {
        const struct checkpoint *c = &history->checkpoints[history->checkpoint_count - 1];
        if (c->events <= world->events && c->actions <= actions && c->time_ns <= world->now_ns)
            break;
        checkpoint_drop(history, history->checkpoint_count - 1);
    }
    for (uint32_t i = 0; i < history->mark_count; i++) {
        const struct mark *mark = &history->marks[i];
        if (mark->events <= world->events && mark->actions <= actions &&
            mark->time_ns <= world->now_ns)
            history->marks[kept++] = *mark;
    }
    history->mark_count = kept;
}

static void go_to(struct history *history, struct world *world, struct place to)
{
    struct outside *outside = world->outside;
    world->outside = NULL; /* what is made again was heard already */
    const struct checkpoint *from = checkpoint_before(history, to);
    checkpoint_restore(from, world);
    replay(history, world, from, to);
    world->outside = outside;
    forget_after(history, world, to.actions);
}

bool history_rewind(struct history *history, struct world *world, uint64_t time_ns)
{
    struct place to = {.time_ns = time_ns, .events = UINT64_MAX};
    const struct checkpoint *first = &history->checkpoints[0];
    if (time_ns > world->now_ns || time_ns < first->time_ns)
        return false;
    if (time_ns == first->time_ns)
        to.events = first->events; /* the beginning itself: its own events have not fired */
    while (to.actions < history->action_count &&
           history->actions[to.actions].shown.time_ns < time_ns)
        to.actions++;
    go_to(history, world, to);
    return true;
}

void history_amend(struct history *history, struct world *world, history_amendment *amend,
                   void *user)
{
    struct place to = {world->now_ns, world->events, history->action_count};
    struct outside *outside = world->outside;
    world->outside = NULL;
    while (history->checkpoint_count > 1)
        checkpoint_drop(history, history->checkpoint_count - 1);
    struct checkpoint *first = &history->checkpoints[0];
    checkpoint_restore(first, world);
    amend(user, world);
    uint64_t used = region_used(&world->region);
    void *bytes = realloc(first->bytes, used);
    if (bytes) {
        region_pack(bytes, &world->region);
        history->bytes += used - first->used;
        first->bytes = bytes;
        first->used = first->room = used;
    }
    replay(history, world, first, to);
    world->outside = outside;
}

/* --- marks -------------------------------------------------------------------------------------
 */

static struct mark *mark_find(const struct history *history, const char *name)
{
    for (uint32_t i = 0; i < history->mark_count; i++)
        if (strcmp(history->marks[i].name, name) == 0)
            return (struct mark *)&history->marks[i];
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
    mark->time_ns = world->now_ns;
    mark->events = world->events;
    mark->actions = history->action_count;
    return true;
}

bool history_rewind_mark(struct history *history, struct world *world, const char *name)
{
    const struct mark *mark = mark_find(history, name);
    if (!mark)
        return false;
    go_to(history, world, (struct place){mark->time_ns, mark->events, mark->actions});
    return true;
}

uint64_t history_mark_time(const struct history *history, const char *name)
{
    const struct mark *mark = mark_find(history, name);
    return mark ? mark->time_ns : TIME_NEVER;
}

const char *history_mark_name(const struct history *history, uint32_t i, uint64_t *time_ns)
{
    if (i >= history->mark_count)
        return NULL;
    *time_ns = history->marks[i].time_ns;
    return history->marks[i].name;
}

/* --- looking back ------------------------------------------------------------------------------
 */

bool history_replay(struct history *history, const struct world *world, uint64_t from_ns,
                    trace_listener *listener, void *user)
{
    struct outside outside = {.listener = listener, .user = user};
    return history_replay_heard(history, world, from_ns, &outside);
}

bool history_replay_heard(struct history *history, const struct world *world, uint64_t from_ns,
                          struct outside *outside)
{
    size_t bytes = world->region.bytes;
    struct world *past = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct place before = {from_ns, UINT64_MAX, UINT32_MAX};
    struct place to = {world->now_ns, world->events, history->action_count};
    if (past == MAP_FAILED)
        return false;
    world_copy(past, world);
    past->outside = outside;
    const struct checkpoint *from = checkpoint_before(history, before);
    checkpoint_restore(from, past);
    replay(history, past, from, to);
    munmap(past, bytes);
    return true;
}

uint64_t history_before_write(const struct history *history, uint64_t write)
{
    uint32_t i = history->checkpoint_count - 1;
    while (i > 0 && history->checkpoints[i].writes >= write)
        i--;
    return history->checkpoints[i].time_ns;
}

uint64_t history_start(const struct history *history)
{
    return history->checkpoints[0].time_ns;
}

uint64_t history_bytes(const struct history *history)
{
    return history->bytes;
}
