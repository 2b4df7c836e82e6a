/*
 * Going to an instant of a history: back, forward over what was run, into another history.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "lab/history/timeline.h"

/* --- replaying -------------------------------------------------------------------------------- */

/* Runs a world towards a place, carrying out due commands as they were; false when so many events
 * (`last`, of the run) were fired first. */
static bool run_to(const struct history *history, struct world *world, uint64_t time_ns,
                   uint64_t events, uint64_t last)
{
    struct command command;
    struct error error;
    char nothing[1];
    struct text answer = TEXT(nothing);
    uint64_t most = events < last ? events : last;
    for (;;) {
        uint64_t budget = most == UINT64_MAX ? 0 : most - world->events;
        bool spent = most != UINT64_MAX && budget == 0;
        if (spent && most < events)
            return false;
        if (spent && !world->due && world->now_ns == time_ns)
            return true;
        enum world_stop stop = world_run(world, time_ns, budget);
        if (stop == WORLD_DUE && world_due(world, &command)) {
            if (verb_find(command_word(&command, 0)))
                world_command(world, &command, &answer, &error);
            else if (history->due_again)
                history->due_again(history->due_user, world, &command);
        } else if (stop == WORLD_TIME || stop == WORLD_FULL) {
            return true;
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

/* From a place after `done` actions to another. */
static void replay(const struct history *history, struct world *world, uint32_t done,
                   struct place to)
{
    for (uint32_t i = done; i < to.actions; i++) {
        const struct action *action = &history->actions[i];
        run_to(history, world, action->shown.time_ns, action->shown.events, UINT64_MAX);
        act_again(world, action);
    }
    run_to(history, world, to.time_ns, to.events, UINT64_MAX);
}

static bool is_before(struct place place, struct place to)
{
    return place.time_ns <= to.time_ns && place.events <= to.events && place.actions <= to.actions;
}

static struct place place_of(const struct checkpoint *c)
{
    return (struct place){c->time_ns, c->events, c->actions};
}

/* The newest checkpoint from which the place can be reached. */
static const struct checkpoint *checkpoint_before(const struct history *history, struct place to)
{
    uint32_t i = history->checkpoint_count - 1;
    while (i > 0 && !is_before(place_of(history->checkpoints[i]), to))
        i--;
    return history->checkpoints[i];
}

/* --- going ------------------------------------------------------------------------------------ */

/* Forgets what came after the place at which the world now stands. */
void history_forget_ahead(struct history *history, const struct world *world)
{
    struct place here = {world->now_ns, world->events, history->done};
    uint32_t kept = 0;
    if (!history->behind)
        return;
    history->behind = false;
    history->action_count = history->done;
    while (history->checkpoint_count > 1) {
        struct checkpoint *newest = history->checkpoints[history->checkpoint_count - 1];
        if (is_before(place_of(newest), here))
            break;
        pool_drop(history->pool, newest);
        history->checkpoint_count--;
    }
    history->tried_events = history->checkpoints[history->checkpoint_count - 1]->events;
    for (uint32_t i = 0; i < history->mark_count; i++)
        if (is_before(history->marks[i].place, here))
            history->marks[kept++] = history->marks[i];
    history->mark_count = kept;
    history->tip = here;
}

static bool at_tip(const struct history *history, const struct world *world)
{
    const struct place *tip = &history->tip;
    return tip->time_ns == world->now_ns && tip->events == world->events &&
           tip->actions == history->done;
}

/* The world becomes what it was at the place; from where it stands when that is nearer. */
static void go_to(struct history *history, struct world *world, struct place to)
{
    struct outside *outside = world->outside;
    struct place here = {world->now_ns, world->events, history->done};
    const struct checkpoint *from = checkpoint_before(history, to);
    bool nearer = !history->away && is_before(here, to) && from->events <= here.events;
    world->outside = NULL; /* what is made again was heard already */
    if (!nearer) {
        pool_restore(from, world);
        world->outside = NULL;
    }
    replay(history, world, nearer ? here.actions : from->actions, to);
    world->outside = outside;
    history->done = to.actions;
    history->away = false;
    history->behind = !at_tip(history, world);
    if (!history->keeps)
        history_forget_ahead(history, world);
}

/* All events at or before it fired, actions before it carried out. */
static struct place place_at(const struct history *history, uint64_t time_ns)
{
    struct place place = {.time_ns = time_ns, .events = UINT64_MAX};
    const struct checkpoint *first = history->checkpoints[0];
    if (time_ns == first->time_ns)
        place.events = first->events; /* the beginning itself: its own events have not fired */
    while (place.actions < history->action_count &&
           history->actions[place.actions].shown.time_ns < time_ns)
        place.actions++;
    return place;
}

bool history_rewind(struct history *history, struct world *world, uint64_t time_ns)
{
    if (time_ns > history->tip.time_ns || time_ns < history_start(history))
        return false;
    go_to(history, world, place_at(history, time_ns));
    return true;
}

bool history_rewind_mark(struct history *history, struct world *world, const char *name)
{
    for (uint32_t i = 0; i < history->mark_count; i++) {
        if (strcmp(history->marks[i].name, name) != 0)
            continue;
        go_to(history, world, history->marks[i].place);
        return true;
    }
    return false;
}

void history_to_tip(struct history *history, struct world *world)
{
    go_to(history, world, history->tip);
}

bool history_follow(struct history *history, struct world *world, uint64_t until_ns,
                    uint64_t budget)
{
    uint64_t last = budget ? world->events + budget : UINT64_MAX;
    while (history->behind) {
        bool acts = history->done < history->action_count;
        const struct history_action *action = acts ? &history->actions[history->done].shown : NULL;
        struct place next =
            acts ? (struct place){action->time_ns, action->events, 0} : history->tip;
        if (next.time_ns > until_ns)
            return run_to(history, world, until_ns, UINT64_MAX, last);
        if (!run_to(history, world, next.time_ns, next.events, last))
            return false;
        if (acts)
            act_again(world, &history->actions[history->done++]);
        history->behind = acts && !at_tip(history, world);
    }
    return true;
}

bool history_is_ahead(const struct history *history, uint64_t time_ns, uint64_t events,
                      const struct command *command)
{
    for (uint32_t i = history->done; i < history->action_count; i++) {
        const struct history_action *action = &history->actions[i].shown;
        if (action->time_ns == time_ns && action->events == events &&
            memcmp(&action->command, command, sizeof *command) == 0)
            return true;
    }
    return false;
}

/* --- other histories -------------------------------------------------------------------------- */

/* Holds what the other has in common with it up to `here`. */
static bool prefix_copy(struct history *to, const struct history *from, struct place here)
{
    to->checkpoints = malloc(from->checkpoint_count * sizeof *to->checkpoints);
    to->actions = malloc((here.actions + 1) * sizeof *to->actions);
    if (!to->checkpoints || !to->actions)
        return false;
    to->checkpoint_limit = from->checkpoint_count;
    to->action_limit = here.actions + 1;
    for (uint32_t i = 0; i < from->checkpoint_count; i++) {
        struct checkpoint *checkpoint = from->checkpoints[i];
        if (i > 0 && !is_before(place_of(checkpoint), here))
            break;
        checkpoint->refs++;
        to->checkpoints[to->checkpoint_count++] = checkpoint;
        to->tried_events = checkpoint->events;
    }
    if (here.actions)
        memcpy(to->actions, from->actions, here.actions * sizeof *to->actions);
    to->action_count = to->done = here.actions;
    for (uint32_t i = 0; i < from->mark_count; i++)
        if (is_before(from->marks[i].place, here))
            to->marks[to->mark_count++] = from->marks[i];
    return true;
}

struct history *history_split(struct history *history, const struct world *world)
{
    struct place here = {world->now_ns, world->events, history->done};
    struct history *other = calloc(1, sizeof *other);
    if (!other)
        return NULL;
    other->pool = history->pool;
    other->every_events = history->every_events;
    other->keeps = history->keeps;
    other->due_again = history->due_again;
    other->due_user = history->due_user;
    other->tip = here;
    pool_join(other->pool, other);
    if (!prefix_copy(other, history, here)) {
        history_close(other);
        return NULL;
    }
    history->away = true;
    history->left = history->tip;
    return other;
}

void history_leave(struct history *history, const struct world *world)
{
    history->away = true;
    history->left = (struct place){world->now_ns, world->events, history->done};
}

void history_enter(struct history *history, struct world *world)
{
    go_to(history, world, history->left);
}

void history_stay(struct history *history)
{
    history->away = false;
}

/* --- all of it again -------------------------------------------------------------------------- */

/* In all histories of the pool that began with `old`. */
static void beginning_replace(struct history *history, struct checkpoint *old,
                              struct checkpoint *anew)
{
    struct history *next;
    for (uint32_t i = 0; (next = pool_history(history->pool, i)) != NULL; i++) {
        if (next->checkpoints[0] != old)
            continue;
        while (next->checkpoint_count > 1)
            pool_drop(next->pool, next->checkpoints[--next->checkpoint_count]);
        anew->refs++;
        next->checkpoints[0] = anew;
        pool_drop(next->pool, old);
        next->tried_events = anew->events;
    }
}

void history_amend(struct history *history, struct world *world, history_amendment *amend,
                   void *user)
{
    struct place to = {world->now_ns, world->events, history->done};
    struct outside *outside = world->outside;
    struct checkpoint *first = history->checkpoints[0];
    world->outside = NULL;
    pool_restore(first, world);
    amend(user, world);
    struct checkpoint *anew = pool_take(history->pool, world, first, true);
    if (anew) { /* memory short: the amendment holds until the next rewind */
        first->refs++;
        beginning_replace(history, first, anew);
        pool_drop(history->pool, first);
        pool_drop(history->pool, anew);
    }
    replay(history, world, 0, to);
    world->outside = outside;
}

/* --- looking back ----------------------------------------------------------------------------- */

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
    struct place before = {from_ns, world->events, history->done};
    struct place to = {world->now_ns, world->events, history->done};
    if (past == MAP_FAILED)
        return false;
    const struct checkpoint *from = checkpoint_before(history, before);
    pool_restore(from, past);
    past->outside = outside;
    replay(history, past, from->actions, to);
    munmap(past, bytes);
    return true;
}

void history_show(const struct history *history, struct world *other, uint64_t time_ns)
{
    struct place to = time_ns >= history->tip.time_ns ? history->tip : place_at(history, time_ns);
    const struct checkpoint *from = checkpoint_before(history, to);
    struct outside *outside = other->outside;
    other->outside = NULL;
    pool_restore(from, other);
    replay(history, other, from->actions, to);
    other->outside = outside;
}
