/*
 * The history of one world: checkpoints every so many events, the log of actions, named marks.
 * Going to an instant = nearest checkpoint before + replay of the logged actions.
 *
 * Checkpoints stand at event counts, not seconds: the cost of a replay is events.  They are thinned
 * by age within a budget of memory that all histories of a session share (pool.h).
 *
 * A history that keeps forgets nothing when the world goes back: what came after is ahead, and is
 * followed when time goes on.  It is left for another one (history_split) when something else is
 * done there.
 */
#ifndef LAB_HISTORY_HISTORY_H
#define LAB_HISTORY_HISTORY_H

#include "sim/sim.h"

struct history;

/* The memory of all histories of a session.  At any moment no more than budget_bytes are taken, but
 * that each history keeps its beginning. */
struct history_pool *history_pool_open(uint64_t budget_bytes);
void history_pool_close(struct history_pool *pool); /* after its histories; NULL is nothing */
uint64_t history_pool_bytes(const struct history_pool *pool); /* taken now */
uint64_t history_pool_peak(const struct history_pool *pool);  /* at most so far */

/* Begins where the world stands.  Not the owner of world and pool.  every_events 0: by the size of
 * the world, so that taking checkpoints costs a small part of running. */
struct history *history_open(struct history_pool *pool, struct world *world, uint64_t every_events);
void history_close(struct history *history);
void history_keep(struct history *history); /* going back forgets nothing from now on */

/* Carries a command out in the world (world_command) and logs it at this place of the run.  Fails
 * as it does. */
bool history_command(struct history *history, struct world *world, const struct command *command,
                     struct text *answer, struct error *error);
/* Logs an action that was carried out otherwise (world_schedule, world_ramp, stop-every): `again`
 * does it anew in a replay. */
typedef void history_again(struct world *world, const struct command *command);
void history_log(struct history *history, struct world *world, const struct command *command,
                 history_again *again);

/* Runs a world forward like world_run, carrying due commands out through `due` and taking
 * checkpoints. `due` returns false to stop there (WORLD_DUE).  Verbs of the world that are due need
 * no log: a replay carries them out by itself. */
typedef bool history_due(void *user, struct world *world, const struct command *command);
enum world_stop history_run(struct history *history, struct world *world, uint64_t until_ns,
                            uint64_t budget, history_due *due, void *user);

/* Who carries out, in a replay, a due command that is no verb of the world (`every 5s at ...`). */
void history_replay_due(struct history *history, history_due *due_again, void *user);

/* --- going to an instant ---------------------------------------------------------------------- */

/* The world as it was when its clock reached time_ns: all events at or before it fired, actions
 * before it carried out.  What was done there or after is forgotten, or ahead.  False when time_ns
 * is after the end of what was run or before the start. */
bool history_rewind(struct history *history, struct world *world, uint64_t time_ns);

/* Is something ahead: was more run than where the world stands? */
bool history_behind(const struct history *history);
uint64_t history_tip(const struct history *history); /* time at which the run was furthest */
/* Goes on with what was run already, up to until_ns or the tip; false when `budget` events (0: any
 * number) ended it before.  What is recorded is heard. */
bool history_follow(struct history *history, struct world *world, uint64_t until_ns,
                    uint64_t budget);
/* Was this logged, and not yet carried out where the world stands? */
bool history_is_ahead(const struct history *history, uint64_t time_ns, uint64_t events,
                      const struct command *command);
void history_to_tip(struct history *history, struct world *world);
void history_forget_ahead(struct history *history, const struct world *world);

/* Another history that went the same way up to where the world stands; NULL when memory is short.
 * The world goes on in the new one; the old one can be entered again. */
struct history *history_split(struct history *history, const struct world *world);
/* The world leaves this history at its place, to be entered there again. */
void history_leave(struct history *history, const struct world *world);
void history_enter(struct history *history, struct world *world);
void history_stay(
    struct history *history); /* it was split, and the world goes on in it after all */

/* One history: `after` began where the world of `history` stands, all its actions done.  Takes over
 * and closes `after`. */
void history_join(struct history *history, struct history *after);

/* Changes what the run began with (a peak that is counted from the start on) and plays it again up
 * to now, in all histories with this beginning.  `amend` must not change what happens. */
typedef void history_amendment(void *user, struct world *world);
void history_amend(struct history *history, struct world *world, history_amendment *amend,
                   void *user);

/* A named instant: exactly this place between events. */
bool history_mark(struct history *history, struct world *world, const char *name);
bool history_rewind_mark(struct history *history, struct world *world, const char *name);
/* TIME_NEVER: no such mark */
uint64_t history_mark_time(const struct history *history, const char *name);
/* NULL at the end; those that are ahead, too. */
const char *history_mark_name(const struct history *history, uint32_t i, uint64_t *time_ns);

/* --- asking ----------------------------------------------------------------------------------- */

/* Replays up to now in a world of its own, from a checkpoint at or before from_ns, with a listener
 * that hears every record: what the life of a write is made from.  The present world is not
 * touched. */
bool history_replay(struct history *history, const struct world *world, uint64_t from_ns,
                    trace_listener *listener, void *user);
/* The same for whatever listens: `outside` hears the trace, the wire, or both. */
bool history_replay_heard(struct history *history, const struct world *world, uint64_t from_ns,
                          struct outside *outside);
/* Another world (opened with the same limits) becomes what the world was when its clock reached
 * time_ns, at the tip with all that was done there. */
void history_show(const struct history *history, struct world *other, uint64_t time_ns);

/* The logged actions up to where the world stands, in order. */
struct history_action {
    uint64_t time_ns, events; /* carried out after so many events */
    struct command command;
};
const struct history_action *history_action(const struct history *history,
                                            uint32_t i); /* NULL at the end */

/* Time of a kept checkpoint at which this write was not yet numbered; the start when there is none.
 */
uint64_t history_before_write(const struct history *history, uint64_t write);

uint64_t history_start(const struct history *history);
/* The most events that going to an instant from from_ns on replays. */
uint64_t history_widest(const struct history *history, uint64_t from_ns);

#endif
