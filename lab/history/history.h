/*
 * The history of one world: checkpoints (plain copies every so many events), the log of actions,
 * named marks.  Rewind = nearest checkpoint before + replay of the logged actions.
 *
 * Checkpoints stand at event counts, not seconds: the cost of a replay is events.  They are thinned by
 * age within a budget of memory, into buffers that are reused.
 */
#ifndef LAB_HISTORY_HISTORY_H
#define LAB_HISTORY_HISTORY_H

#include "sim/sim.h"

struct history;

/* Owns its checkpoints; not the world.  budget_bytes for all checkpoints (at least two are kept). */
struct history *history_open(struct world *world, uint64_t budget_bytes, uint64_t every_events);
void history_close(struct history *history);

/* To be called after each slice of running: takes a checkpoint when it is time. */
void history_note(struct history *history, struct world *world);

/* Carries a command out in the world (world_command) and logs it at this place of the run.  Fails as it does. */
bool history_command(struct history *history, struct world *world, const struct command *command,
                     struct text *answer, struct error *error);
/* Logs an action that was carried out otherwise (world_schedule, world_ramp, stop-every): `again` does
 * it anew in a replay. */
typedef void history_again(struct world *world, const struct command *command);
void history_log(struct history *history, struct world *world, const struct command *command, history_again *again);

/* Runs a world forward like world_run, carrying due commands out through `due` and taking checkpoints.
 * `due` returns false to stop there (WORLD_DUE).  Verbs of the world that are due need no log: a replay
 * carries them out by itself. */
typedef bool history_due(void *user, struct world *world, const struct command *command);
enum world_stop history_run(struct history *history, struct world *world, uint64_t until_ns,
                            uint64_t budget, history_due *due, void *user);

/* Who carries out, in a replay, a due command that is no verb of the world (`every 5s at ...`). */
void history_replay_due(struct history *history, history_due *due_again, void *user);

/* The world as it was when its clock reached time_ns: all events at or before it fired, actions before it
 * carried out.  What was done there or after is forgotten.  False when time_ns is beyond now or before
 * the start. */
bool history_rewind(struct history *history, struct world *world, uint64_t time_ns);

/* Changes what the run began with (a peak that is counted from the start on) and plays it again up to
 * now.  `amend` must not change what happens. */
typedef void history_amendment(void *user, struct world *world);
void history_amend(struct history *history, struct world *world, history_amendment *amend, void *user);

/* A named instant: exactly this place between events. */
bool history_mark(struct history *history, struct world *world, const char *name);
bool history_rewind_mark(struct history *history, struct world *world, const char *name);
uint64_t history_mark_time(const struct history *history, const char *name); /* TIME_NEVER: no such mark */
const char *history_mark_name(const struct history *history, uint32_t i, uint64_t *time_ns); /* NULL at the end */

/* Replays from the start up to now in a world of its own, with a listener that hears every record:
 * what the life of a write and a chart of the past are made from.  The present world is not touched. */
bool history_replay(struct history *history, const struct world *world, uint64_t from_ns,
                    trace_listener *listener, void *user);
/* The same for whatever listens: `outside` hears the trace, the wire, or both. */
bool history_replay_heard(struct history *history, const struct world *world, uint64_t from_ns,
                          struct outside *outside);

/* The logged actions, in order: for shared runs. */
struct history_action {
    uint64_t time_ns, events; /* carried out after so many events */
    struct command command;
};
const struct history_action *history_action(const struct history *history, uint32_t i); /* NULL at the end */

/* Time of a kept checkpoint at which this write was not yet numbered; the start when there is none. */
uint64_t history_before_write(const struct history *history, uint64_t write);

uint64_t history_start(const struct history *history);
uint64_t history_bytes(const struct history *history);

#endif
