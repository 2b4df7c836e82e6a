/* What TCP calls of the wire: one call where a segment enters its way, one where it leaves it. */
#ifndef SIM_NET_WIRE_INSIDE_H
#define SIM_NET_WIRE_INSIDE_H

#include "sim/net/tcp_state.h"
#include "sim/net/way.h"
#include "sim/net/wire.h"

static inline bool wire_is_heard(const struct world *world)
{
    return world->outside != NULL && world->outside->wire != NULL;
}

/* The segment was sent; `trip` says what became of it. */
void wire_sent(struct world *world, const struct segment *segment, const struct trip *trip,
               bool again);

/* It came out of its way (way_arrives) and was dealt with; `whole` false: it was cut. */
void wire_came(struct world *world, const struct segment *segment, bool whole);

#endif
