/*
 * The trace: what a person would care about, as typed records.
 *
 * Each record enters the world's digest by its field values, so the digest is the run's identity.
 * Records themselves go to a listener outside the world (a text file, a ring, the life of a write)
 * and are never kept inside.  The far past is made again from a checkpoint.
 */
#ifndef SIM_ENGINE_TRACE_H
#define SIM_ENGINE_TRACE_H

#include "sim/engine/component.h"

enum trace_id {
    TRACE_NONE,
#define TRACE(id, words) TRACE_##id,
#include "sim/engine/traces.def"
#undef TRACE
    TRACE_COUNT
};

/* Why an attempt or a request came to nothing, as {b:refusal} says it. */
enum refusal {
    REFUSED_TIMED_OUT = 1,
    REFUSED_CONNECT,
    REFUSED_BROKEN,
    REFUSED_ERROR,
    REFUSED_MISCONF,
    REFUSED_OOM,
    REFUSED_READONLY,
    REFUSED_LOADING,
    REFUSED_STATUS, /* 4xx, 5xx */
    REFUSED_NOREPLICAS,
    REFUSED_MASTERDOWN
};

/* b of LOST: the last position, why, as {b:cause} says it (enum ledger_cause of the store), and
 * whose positions (ledger_writer). */
#define TRACE_CAUSES 10
static inline uint64_t trace_lost(uint32_t to, unsigned cause, uint32_t writer)
{
    return (uint64_t)writer << 40 | (uint64_t)cause << 32 | to;
}
static inline uint32_t trace_lost_writer(uint64_t b)
{
    return (uint32_t)(b >> 40);
}
static inline uint32_t trace_lost_to(uint64_t b)
{
    return (uint32_t)b;
}

/* What {b:attempt} and {b:why} are made of. */
static inline uint64_t trace_attempt(uint64_t attempt, enum refusal why)
{
    return attempt << 8 | (uint64_t)why;
}
static inline uint64_t trace_attempt_number(uint64_t b)
{
    return b >> 8;
}
static inline enum refusal trace_attempt_why(uint64_t b)
{
    return (enum refusal)(b & 255);
}

/* What {a:packets} is made of: `kind` as enum packet_kind of sim/net/link.h counts, 0 any; so many
 * pass before. */
static inline uint64_t trace_packets(uint64_t count, unsigned kind, uint64_t skip)
{
    return skip << 40 | (uint64_t)kind << 32 | count;
}

struct record {
    uint64_t time_ns;
    uint32_t who;  /* a component */
    uint16_t what; /* enum trace_id */
    uint16_t unused;
    uint64_t a, b; /* as the row of traces.def names them */
};

typedef void trace_listener(void *user, struct world *world, const struct record *record);

/* Emits a record at the world's present time. */
void trace(struct world *world, uint32_t who, enum trace_id what, uint64_t a, uint64_t b);

/* Who gets the records, NULL for nobody.  Not part of the world: a copy keeps its own. */
void trace_listen(struct world *world, trace_listener *listener, void *user);

/* The run's identity so far. */
uint64_t trace_digest(const struct world *world);

/* "00:42.298113000 orders sent #42298": stable, the same in all languages. */
void trace_add(struct text *text, const struct world *world, const struct record *record);

#endif
