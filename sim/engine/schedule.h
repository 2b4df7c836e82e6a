/*
 * What is scheduled: commands at their times, inside the world, so that a copy has them too.
 *
 * The world does not carry them out: it stops and hands the due one over (world_due), so that every
 * command comes in by the same way.
 */
#ifndef SIM_ENGINE_SCHEDULE_H
#define SIM_ENGINE_SCHEDULE_H

#include "sim/engine/world.h"

/* The number of the event that makes a command due; it goes to the world's own component. */
enum { WORLD_EVENT_DUE = 1 };

/* kind->event of the world's own component, for that number. */
void schedule_event(struct world *world, uint32_t id, const struct event *event);

/* Takes the due command: false when none is. */
bool world_due(struct world *world, struct command *command);

/* Schedules a command: once at a time; or first at `time_ns` and then every `every_ns`.
 * `ramp`: world_ramp below.  Returns its number in `scheduled` (from 1), 0 when full. */
uint32_t world_schedule(struct world *world, uint64_t time_ns, uint64_t every_ns,
                        const struct command *command);

/* A parameter moves evenly from one value to another, in steps of a second: schedules the `set`s.
 */
bool world_ramp(struct world *world, const struct command *command, struct error *error);

/* Ends every `every` (number 0), or that one of `scheduled`; false when there is none. */
bool world_stop_every(struct world *world, uint32_t number);

/* Takes back what is scheduled once and reads exactly like this. */
void world_unschedule(struct world *world, const struct command *like);

/* A line for each scheduled command, with its number. */
void world_scheduled(const struct world *world, struct text *text);

/* Time of the last scheduled command that fires once, with what it schedules itself (0 none): where
 * a headless run may end. */
uint64_t world_last_scheduled(const struct world *world);
/* Time of the first scheduled command whose first word is this (TIME_NEVER none): what a lesson
 * waits for. */
uint64_t world_first_scheduled(const struct world *world, const struct command *like);

#endif
