/*
 * Ways: one direction between two machines, as a packet sees it.
 *
 * Made when the first packet or the first command needs it and kept for good.  A way goes by the
 * network's defaults, by a link, or is a machine's loopback.  All is arithmetic on when the wire is
 * free: a packet costs no event before its arrival.
 */
#ifndef SIM_NET_WAY_H
#define SIM_NET_WAY_H

#include <assert.h>

#include "sim/net/link.h"

#define LOOPBACK_LATENCY_NS 20000ull

/* In world->links; item 0 is not used. */
struct way {
    uint64_t values[LINK_PARAMETERS];
    uint64_t free_ns;    /* when the last bit of all that was sent will have left */
    uint64_t arrival_ns; /* of the last packet: order is kept */
    uint64_t packets, bytes, dropped;
    uint64_t left, came; /* packets that left the sender's side, and those of them that are there */
    struct stream loss, jitter;
    uint32_t from, to; /* machines */
    uint32_t next;     /* in the same bucket */
    uint32_t link;     /* component, 0: the network's defaults */
    uint32_t epoch;    /* counts the cuts */
    uint32_t cut;
    uint32_t drop[PACKET_OTHER + 1]; /* of the next packets, by kind; 0 any kind */
    uint32_t skip[PACKET_OTHER + 1]; /* of them, so many pass before */
    ref leaving;                     /* u64 ring: when each packet that waits will have left */
    uint32_t leaving_first, leaving_count, leaving_limit;
    ref ports; /* of `from` towards servers on `to` (tcp_ports.c) */
    uint32_t unused;
};
static_assert(sizeof(struct way) == 256, "no holes in what is copied and digested");

/* State of the component world->network: the table that finds ways. */
struct network_state {
    ref buckets; /* u32[bucket_count]: first way of each */
    uint32_t bucket_count;
};

static inline struct way *way_at(const struct world *world, uint32_t way)
{
    return (struct way *)vector_at(&world->region, &world->links, way);
}

/* The way between two machines: 0 when there is none yet; way_need makes it, 0 when the region is
 * full. */
uint32_t way_find(const struct world *world, uint32_t from, uint32_t to);
uint32_t way_need(struct world *world, uint32_t from, uint32_t to);

/* What became of a packet that was sent. */
struct trip {
    uint64_t arrival_ns;
    uint32_t epoch; /* of the way: for way_arrives */
    uint32_t fate;  /* enum wire_fate: WIRE_LEFT, or why it is lost */
};

/* As link_send; `kinds` has a bit (1 << enum packet_kind) for each kind that the packet is.  False:
 * it is lost. */
bool way_send(struct world *world, uint32_t way, uint32_t bytes, uint32_t kinds, struct trip *trip);

/* A packet is at the far end; they come in the order in which they left.  False: the way is cut, or
 * was since it was sent. */
bool way_arrives(struct world *world, uint32_t way, uint32_t bytes, uint32_t epoch);

/* Goes by the network's defaults again, whole: no link, no cut, nothing to drop. */
void way_reset(struct world *world, uint32_t way);

#endif
