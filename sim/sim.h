/*
 * The whole public face of the simulation: a world as a value.
 *
 * A world lives in memory that the caller hands over.  Commands and time go in; trace, metrics and
 * the ledger come out.  No clock, no files, no output, no memory of its own.
 * script + seed + log of commands = the same bytes of trace, on any machine.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "sim/engine/schedule.h"

/* How large a world may become.  Zero fields take the default in brackets. */
struct world_limits {
    uint32_t components;  /* [16,384] */
    uint32_t connections; /* [262,144] */
    uint32_t events;      /* waiting ones [2,097,152] */
    uint32_t requests;    /* [1,048,576] */
};

/* Bytes of memory that the slabs of these limits take; the arena takes what is beyond (64 MiB at
 * least). */
uint64_t world_bytes(const struct world_limits *limits);

/* Makes an empty world in zeroed memory (mapped or allocated by the caller, who keeps it).  NULL
 * and an error when it is too small. */
struct world *world_open(void *memory, size_t bytes, const struct world_limits *limits,
                         struct outside *outside, struct error *error);

/* Clone, fork and restore: makes `to` (opened with the same bytes and limits) the same as `from`;
 * each keeps its own `outside`. */
void world_copy(struct world *to, const struct world *from);

/* Carries one command out that changes the world: building, set, remove, a fault, tell.
 * What it answers (tell) is added to `answer`.  A command that fails changes nothing. */
bool world_command(struct world *world, const struct command *command, struct text *answer,
                   struct error *error);

/* A row of the table of such commands: parser, help and completion read it. */
struct verb {
    const char *name;
    const char *usage;
    const char *en, *ko;
    bool (*act)(struct world *world, const struct command *command, struct text *answer,
                struct error *error);
};
extern const struct verb verbs[]; /* ends with a NULL name */
const struct verb *verb_find(const char *name);

/* Why world_run came back. */
enum world_stop {
    WORLD_TIME,   /* it stands at until_ns */
    WORLD_EVENTS, /* the budget of events is used up */
    WORLD_DUE,    /* a scheduled command is due: world_due gives it; carry it out, then run on */
    WORLD_FULL    /* the region is full: ERROR_NO_MEMORY */
};

/* Fires events up to and with until_ns, at most `budget` of them (0: any number). */
enum world_stop world_run(struct world *world, uint64_t until_ns, uint64_t budget);

/* Time of the next event, TIME_NEVER when none waits. */
uint64_t world_next(struct world *world);

/* --- looking ------------------------------------------------------------------------------- */

/* Where a metric's name leads: component and row, and whether its peak is meant. */
struct metric_ref {
    uint32_t component; /* a machine where `other` is one, too: the way between them has no link */
    uint32_t other;
    uint16_t metric;
    uint16_t peak; /* 1: NAME.METRIC.peak */
};

/* Finds "orders.acked", "a~b.bytes", "world.events", "cache.used_memory.peak". */
bool world_metric(const struct world *world, const char *name, struct metric_ref *to,
                  struct error *error);
bool world_read(struct world *world, struct metric_ref metric, struct value *value);

/* The row behind it: unit, help. */
const struct metric *world_metric_row(const struct world *world, struct metric_ref metric);

/* Peaks are counted after each event from the moment in which they are asked for. */
bool world_watch_peak(struct world *world, struct metric_ref metric);
void world_reset_peaks(struct world *world); /* at a mark */

/* For tests: every invariant of DESIGN.md by full sums; false with what is wrong. */
bool world_check(struct world *world, struct text *why);

#endif
