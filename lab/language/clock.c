/*
 * Moving the clock: all variants together, the file's lines and what is due as their times come.
 */
#include "lab/language/course.h"

#include <string.h>

#define SLICE_NS                                                                                   \
    (5 * MS_NS) /* variants stay this near to each other when a budget may end the slice */

static uint64_t now_of(const struct session *session, uint32_t i)
{
    return session->variants[i].world->now_ns;
}

uint64_t session_now(const struct session *session)
{
    uint64_t latest = 0;
    for (uint32_t i = 0; i < session->variant_count; i++)
        if (now_of(session, i) > latest)
            latest = now_of(session, i);
    return latest;
}

static uint64_t earliest_now(const struct session *session)
{
    uint64_t earliest = TIME_NEVER;
    for (uint32_t i = 0; i < session->variant_count; i++)
        if (now_of(session, i) < earliest)
            earliest = now_of(session, i);
    return earliest;
}

uint64_t session_total_events(const struct session *session)
{
    uint64_t events = 0;
    for (uint32_t i = 0; i < session->variant_count; i++)
        events += session->variants[i].world->events;
    return events;
}

static bool fail(struct session *session, enum error_id id, const char *a, const char *b)
{
    struct error error;
    struct command nothing = {.line =
                                  session->cursor ? session->lines[session->cursor - 1].line : 0};
    error_set(&error, id, 0, a, b, NULL, NULL);
    session_fail(session, &nothing, &error);
    return false;
}

/* --- one world -------------------------------------------------------------------------------- */

/* A due command: verbs of the world act at once, the lab's own wait for the other variants. */
static bool on_due(void *user, struct world *world, const struct command *command)
{
    const struct place_of_variant *place = user;
    struct session *session = place->session;
    struct held *held = &session->held[place->variant];
    struct error error;
    (void)world;
    if (!verb_find(command_word(command, 0))) {
        *held = (struct held){.waits = true, .source = SOURCE_DUE, .command = *command};
        return false;
    }
    if (session_carry(session, command, 1u << place->variant, SOURCE_DUE, &error))
        return true;
    return session_goes_on(session, command, &error);
}

/* The file's run ends here: its next lines come before what was typed at this place. */
static bool lines_first(const struct session *session, uint32_t i)
{
    struct world *world = session->variants[i].world;
    const struct running *run = &session->file_run;
    return run->active && !run->until && run->end_ns == world->now_ns &&
           world_next(world) > world->now_ns;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void deed_hold(struct session *session, uint32_t i, const struct deed *deed)
{
    session->held[i] = (struct held){.waits = true,
                                     .source = SOURCE_TYPED,
                                     .command = deed->command,
                                     .deed = (uint32_t)(deed - session->deeds) + 1};
}

/* The next action of a shared run is one more `variant`, here. */
static bool forks_on(struct session *session)
{
    const struct deed *deed = session->fork_open ? shared_deed(session, 0) : NULL;
    return deed && strcmp(command_word(&deed->command, 0), "variant") == 0 &&
           deed->time_ns <= now_of(session, 0) &&
           deed->events <= session->variants[0].world->events;
}

/* Runs one variant to a time, at most `budget` events (UINT64_MAX any).  True when it stands there
 * and nothing waits. */
static bool world_to(struct session *session, uint32_t i, uint64_t until_ns, uint64_t budget)
{
    struct variant *variant = &session->variants[i];
    struct world *world = variant->world;
    uint64_t last = budget == UINT64_MAX ? UINT64_MAX : world->events + budget;
    if (session->ahead)
        return course_follow(session, i, until_ns, budget);
    if (forks_on(session) && i > 0)
        return false;
    if (!forks_on(session) && !session_set_floor(session))
        return fail(session, ERROR_WORLD_MEMORY, NULL, NULL);
    while (!session->held[i].waits && !session->failed) {
        struct deed *deed = shared_deed(session, i);
        bool mine = deed && deed->time_ns <= until_ns;
        uint64_t stop_ns = mine ? deed->time_ns : until_ns;
        if (mine && world->now_ns >= deed->time_ns && world->events >= deed->events) {
            if (lines_first(session, i))
                return true;
            deed_hold(session, i, deed);
            break;
        }
        /* A digest is noted when the next event is about to fire: all that was typed here is in it.
         */
        uint64_t digest_at = shared_next_events(session, i);
        if (world->events >= digest_at && world_next(world) <= stop_ns) {
            shared_digest(session, i);
            continue;
        }
        if (world->events >= last)
            return false;
        uint64_t stop_at = last;
        if (digest_at > world->events)
            stop_at = least(stop_at, digest_at);
        if (mine && deed->events > world->events)
            stop_at = least(stop_at, deed->events);
        enum world_stop stop = history_run(variant->history, world, stop_ns,
                                           stop_at == UINT64_MAX ? 0 : stop_at - world->events,
                                           on_due, &session->places[i]);
        if (stop == WORLD_FULL)
            return fail(session, ERROR_NO_MEMORY, NULL, NULL);
        if (stop == WORLD_TIME && mine)
            deed_hold(session, i, deed);
        else if (stop == WORLD_TIME)
            return true;
    }
    return false;
}

/* --- what waits ------------------------------------------------------------------------------- */

/* Carries out the earliest command that waits, for all the worlds that have the same at the same
 * time. False when none waits or it failed. */
static bool held_carry(struct session *session)
{
    int32_t first = -1;
    uint32_t mask = 0;
    struct error error;
    for (uint32_t i = 0; i < session->variant_count; i++)
        if (session->held[i].waits &&
            (first < 0 || now_of(session, i) < now_of(session, (uint32_t)first)))
            first = (int32_t)i;
    if (first < 0)
        return false;
    struct held held = session->held[first];
    uint64_t time_ns = now_of(session, (uint32_t)first);
    for (uint32_t i = 0; i < session->variant_count; i++) {
        struct held *other = &session->held[i];
        if (!other->waits || now_of(session, i) != time_ns || other->source != held.source ||
            memcmp(&other->command, &held.command, sizeof held.command) != 0)
            continue;
        mask |= 1u << i;
        other->waits = false;
        if (other->deed)
            session->deeds[other->deed - 1].done = true;
    }
    session->deed_acts = held.deed != 0;
    bool done = session_carry(session, &held.command, mask, held.source, &error);
    session->deed_acts = false;
    if (done)
        return true;
    return session_goes_on(session, &held.command, &error);
}

/* All variants to a time.  True when all stand there and nothing waits any more. */
static bool all_to(struct session *session, uint64_t until_ns, uint64_t budget)
{
    for (;;) {
        uint64_t end_ns = until_ns;
        bool there = true;
        for (uint32_t i = 0; i < session->variant_count; i++) {
            uint64_t events = session->variants[i].world->events;
            if (!world_to(session, i, end_ns, budget)) {
                there = false;
                if (session->held[i].waits)
                    end_ns = least(end_ns, now_of(session, i));
            }
            if (budget != UINT64_MAX)
                budget -= least(budget, session->variants[i].world->events - events);
        }
        if (session->failed)
            return false;
        if (!held_carry(session))
            return there && !session->failed;
    }
}

/* One clock for all: after a step, a failure or a budget's end the others come to the latest. */
static void align(struct session *session)
{
    bool failed = session->failed, over = session->over;
    struct error error = session->error;
    struct command command = session->failed_command;
    if (session->variant_count == 1)
        return;
    do
        session->failed = false;
    while (!all_to(session, session_now(session), UINT64_MAX) && session->failed &&
           session->error.id != ERROR_NO_MEMORY);
    session->failed = failed;
    session->over = over;
    session->error = error;
    session->failed_command = command;
}

/* --- run until -------------------------------------------------------------------------------- */

static int32_t earliest_next(struct session *session, uint64_t *time_ns)
{
    int32_t which = -1;
    *time_ns = TIME_NEVER;
    for (uint32_t i = 0; i < session->variant_count; i++) {
        uint64_t next = world_next(session->variants[i].world);
        if (next < *time_ns) {
            *time_ns = next;
            which = (int32_t)i;
        }
    }
    return which;
}

/* Event by event to a time, until a condition holds in all. */
static void step_to(struct session *session, uint64_t until_ns, uint64_t budget)
{
    uint64_t next_ns;
    while (!session->failed && budget-- > 0) {
        int32_t i = earliest_next(session, &next_ns);
        struct deed *deed = i < 0 || session->ahead ? NULL : shared_deed(session, (uint32_t)i);
        if (i < 0 || next_ns > until_ns || (deed && deed->time_ns <= next_ns)) {
            all_to(session, deed && i >= 0 ? least(deed->time_ns, until_ns) : until_ns, UINT64_MAX);
            if (until_met(session) || i < 0 || next_ns > until_ns)
                return;
            continue;
        }
        world_to(session, (uint32_t)i, next_ns, 1);
        if (session->held[i].waits) {
            all_to(session, next_ns, UINT64_MAX);
            return; /* a command may have changed what is looked at */
        }
        if (!until_met(session))
            continue;
        if (session->variant_count > 1)
            all_to(session, now_of(session, (uint32_t)i), UINT64_MAX);
        if (until_met(session))
            return;
    }
    align(session);
}

/* Ends a run whose time or condition has come; false when it failed. */
static bool run_end(struct session *session, struct running *running,
                    const struct condition *conditions)
{
    if (!running->active)
        return true;
    if (running->until) {
        if (until_holds(session, running, conditions))
            running->active = false;
        else if (earliest_now(session) >= running->end_ns)
            return until_never_held(session, running);
        return true;
    }
    if (earliest_now(session) >= running->end_ns)
        running->active = false;
    return true;
}

/* --- the whole -------------------------------------------------------------------------------- */

static void sample(struct session *session)
{
    const struct session_options *options = &session->options;
    if (!options->sample_ns || earliest_now(session) < session->next_sample_ns)
        return;
    session->next_sample_ns += options->sample_ns;
    if (options->output.sample)
        options->output.sample(options->output.user, session);
}

static uint64_t target_of(const struct session *session, uint64_t until_ns)
{
    if (session->ahead)
        until_ns = least(until_ns, session_tip(session));
    else if (session->file_run.active)
        until_ns = least(until_ns, session->file_run.end_ns);
    if (session->typed_run.active)
        until_ns = least(until_ns, session->typed_run.end_ns);
    if (session->options.sample_ns)
        until_ns = least(until_ns, session->next_sample_ns);
    return until_ns;
}

/* One stretch towards the target. */
static void stretch(struct session *session, uint64_t target_ns, uint64_t budget)
{
    bool stepping = (!session->ahead && session->file_run.active && session->file_run.until) ||
                    (session->typed_run.active && session->typed_run.until);
    uint64_t next_ns;
    if (stepping) {
        step_to(session, target_ns, budget);
        return;
    }
    if (session->variant_count > 1 && (budget != UINT64_MAX || target_ns == TIME_NEVER)) {
        earliest_next(session, &next_ns);
        uint64_t slice_ns = earliest_now(session) + SLICE_NS;
        target_ns = least(target_ns, next_ns > slice_ns ? next_ns : slice_ns);
        budget = UINT64_MAX;
    }
    if (target_ns == TIME_NEVER && budget == UINT64_MAX)
        budget = DIGEST_EVERY; /* of the only world */
    all_to(session, target_ns, budget);
}

/* The file's run ends when its time has come, and the next lines act while they take no time. */
static bool file_instant(struct session *session)
{
    for (;;) {
        struct running before = session->file_run;
        if (!until_read(session, &session->file_run, session->file_until) ||
            !run_end(session, &session->file_run, session->file_until))
            return false;
        bool ended = before.active && !session->file_run.active;
        if (session->file_run.active || (!ended && session->cursor >= session->line_count))
            return true;
        lines_act(session, &before);
        if (session->failed)
            return false;
    }
}

/* What is over at this instant ends; false when the caller has to return. */
static bool instant(struct session *session)
{
    bool typed = session->typed_run.active;
    course_end(session);
    if ((!session->ahead && !file_instant(session)) ||
        !until_read(session, &session->typed_run, session->typed_until) ||
        !run_end(session, &session->typed_run, session->typed_until))
        return false;
    sample(session);
    return !(typed && !session->typed_run.active);
}

static bool deed_waits(const struct session *session)
{
    for (uint32_t i = 0; i < session->variant_count; i++) {
        const struct deed *deed = shared_deed((struct session *)session, i);
        if (deed && deed->time_ns <= now_of(session, i))
            return true;
    }
    return false;
}

bool session_idle(struct session *session)
{
    uint64_t next_ns;
    return !session->file_run.active && !session->typed_run.active &&
           session->cursor >= session->line_count && earliest_next(session, &next_ns) < 0;
}

/* How many events may happen yet: one more than allowed, so that it is seen. */
static uint64_t events_left(const struct session *session)
{
    uint64_t most = session->options.events_max, total = session_total_events(session);
    return most == 0 ? UINT64_MAX : total > most ? 1 : most - total + 1;
}

bool clock_advance(struct session *session, uint64_t until_ns, uint64_t budget)
{
    uint64_t start = session_total_events(session), stretches = 0;
    char most[24];
    struct text text = TEXT(most);
    session->failed = session->over = false;
    if (!session_set_floor(session))
        return fail(session, ERROR_WORLD_MEMORY, NULL, NULL);
    session->moved = true;
    for (;;) {
        if (!instant(session))
            return !session->failed;
        if (!session_set_floor(session)) /* the lines may have forked the world */
            return fail(session, ERROR_WORLD_MEMORY, NULL, NULL);
        bool lines_over = !session->file_run.active && session->cursor >= session->line_count;
        if (!session->ahead && deed_waits(session) &&
            !all_to(session, session_now(session), UINT64_MAX))
            return false;
        if (earliest_now(session) >= until_ns || (session->finishing && lines_over))
            return true;
        /* A stretch in which nothing happens is work, too: samples are taken. */
        uint64_t spent = session_total_events(session) - start + stretches++;
        if (budget && spent >= budget)
            return false;
        uint64_t target_ns = target_of(session, until_ns);
        if (until_ns == TIME_NEVER && session_idle(session))
            return true;
        stretch(session, target_ns,
                least(budget ? budget - spent : UINT64_MAX, events_left(session)));
        text_clear(&text);
        text_add_grouped(&text, session->options.events_max);
        if (session->options.events_max &&
            session_total_events(session) > session->options.events_max)
            return fail(session, ERROR_TOO_MANY_EVENTS, most, NULL);
        if (session->failed) {
            align(session);
            return false;
        }
    }
}

/* What the last lines scheduled for this very instant acts, too. */
bool clock_settle(struct session *session)
{
    static const struct command any;
    while (!session->failed && session_first(session, &any) <= session_now(session))
        all_to(session, session_now(session), UINT64_MAX);
    return !session->failed;
}

bool session_step(struct session *session)
{
    uint64_t next_ns;
    session->failed = false;
    if (!session_set_floor(session))
        return false;
    session->moved = true;
    if (!instant(session) || !session_set_floor(session))
        return false;
    int32_t i = earliest_next(session, &next_ns);
    if (i < 0)
        return false;
    if (!session->ahead && session->file_run.active && !session->file_run.until &&
        next_ns > session->file_run.end_ns)
        return clock_advance(session, session->file_run.end_ns, 0);
    world_to(session, (uint32_t)i, next_ns, 1);
    while (held_carry(session))
        ;
    align(session);
    course_end(session);
    return !session->failed;
}
