/*
 * The world as a value: what stands at the beginning of the region, and the clock that moves it.
 *
 * Everything in `struct world` is copied with the region, but `outside`.
 */
#ifndef SIM_ENGINE_WORLD_H
#define SIM_ENGINE_WORLD_H

#include "sim/engine/component.h"
#include "sim/engine/random.h"
#include "sim/engine/trace.h"

#define MACHINES_MAX 4096

struct wire_segment;
typedef void wire_listener(void *user, struct world *world, const struct wire_segment *segment);

/* What listens to a world.  Lives outside the region; a copy keeps its own. */
struct outside {
    trace_listener *listener;
    void *user;
    wire_listener *wire; /* sim/net/wire.h */
    void *wire_user;
};

struct world {
    struct region region; /* first */
    struct outside *outside;
    struct queue queue;
    uint64_t now_ns;
    uint64_t events;  /* fired so far */
    uint64_t digest;  /* of the trace records so far */
    uint64_t records; /* of them */
    uint64_t seed;
    uint64_t writes; /* numbered through the world from 1 */
    uint64_t due; /* a scheduled command waits to be carried out by the caller: its ref, 0 none */
    uint32_t components; /* how many were ever added: the next order */
    uint32_t network;    /* the component of the defaults */
    uint32_t self;       /* the component of the world itself */
    ref quic;            /* sim/net/quic.c; 0: none was ever spoken */
    char title[120];
    struct vector by_name;    /* u32 component indices sorted by name */
    struct vector schedule;   /* sim/engine/schedule.c */
    struct vector peaks;      /* sim/sim.c */
    struct vector writes_of;  /* sim/store/ledger.c: what became of each write */
    struct vector logs;       /* sim/store/ledger.c */
    struct vector links;      /* sim/net/link.c */
    struct vector listeners;  /* sim/net/tcp.c */
    struct vector deliveries; /* sim/net/deliveries.c: sums of each client */
};

/* A component by its index, its kind's row, its state; all are valid until the world is copied
 * over. */
static inline struct component *component_at(const struct world *world, uint32_t id)
{
    return (struct component *)slab_at(&world->region, SLAB_COMPONENT, id);
}
static inline const struct kind *component_kind(const struct world *world, uint32_t id)
{
    return catalog[component_at(world, id)->kind];
}
/* Is there a component with this id (0 is none), not removed, and can a process be asked there? */
static inline bool component_is_process(const struct world *world, uint32_t id)
{
    const struct kind *kind = id != 0 ? component_kind(world, id) : NULL;
    return kind != NULL && kind->process;
}
static inline void *component_state(const struct world *world, uint32_t id)
{
    return arena_at(&world->region, component_at(world, id)->state);
}

/* A running parameter's value; text ones: parameter_text. */
static inline uint64_t parameter_get(const struct world *world, uint32_t id, unsigned parameter)
{
    const uint64_t *values =
        (const uint64_t *)arena_at(&world->region, component_at(world, id)->running);
    return values[parameter];
}

/* Schedules an event of a component's kind at a time (not before now): handled by kind->event. */
event_id world_at(struct world *world, uint64_t time_ns, uint32_t who, uint8_t what,
                  const struct payload *payload);
static inline event_id world_after(struct world *world, uint64_t delay_ns, uint32_t who,
                                   uint8_t what, const struct payload *payload)
{
    return world_at(world, world->now_ns + delay_ns, who, what, payload);
}
bool world_cancel(struct world *world, event_id id);

/* The number within the kind of an event that kind->event got. */
static inline uint8_t event_what(const struct event *event)
{
    return (uint8_t)event->kind;
}

#endif
