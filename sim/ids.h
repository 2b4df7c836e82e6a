/*
 * The names of the rooms: which kinds of parts there are and which slabs of the region hold what.
 *
 * Only numbers stand here, no types, so that the lowest floor may include it.  The row that says
 * what a kind is stands in sim/catalog.c, the item size of a slab too.
 */
#ifndef SIM_IDS_H
#define SIM_IDS_H

/* The kinds, in the order of the rows of the catalog.  An event's kind is (kind << 8 | its own
 * number within the kind). */
enum kind_id {
    KIND_NONE,
    KIND_WORLD,   /* the world itself: its clock, what is scheduled, totals */
    KIND_NETWORK, /* the defaults that `network` sets */
    KIND_MACHINE,
    KIND_LINK,
    KIND_CLIENT,
    KIND_STORE,
    KIND_SERVER,
    KIND_SENTINEL,
    KIND_BALANCER,
    KIND_COUNT
};

/* The slabs of the region: flat arrays of equal items (sim/engine/region.h). */
enum slab_id {
    SLAB_EVENT,      /* sim/engine/queue.h */
    SLAB_CONNECTION, /* sim/net/tcp.h */
    SLAB_MESSAGE,    /* sim/net/tcp.h */
    SLAB_REQUEST,    /* sim/traffic/client.c */
    SLAB_WORK,       /* sim/machine/cpu.c */
    SLAB_FILE,       /* sim/machine/machine.h */
    SLAB_COMPONENT,  /* sim/engine/component.h */
    SLAB_COUNT
};

#endif
