/*
 * Links: latency, jitter, loss, bandwidth and a queue, each way.  Any two machines are joined by
 * the network's defaults unless a link says otherwise; parts on one machine talk over its loopback.
 */
#ifndef SIM_NET_LINK_H
#define SIM_NET_LINK_H

#include "sim/engine/world.h"

/* The order of the rows of both kinds, network and link. */
enum link_parameter {
    LINK_LATENCY,   /* ns, one way */
    LINK_JITTER,    /* ns: uniform 0..jitter is added; order is kept */
    LINK_LOSS,      /* thousandths of a percent */
    LINK_BANDWIDTH, /* bits per second */
    LINK_QUEUE,     /* packets that wait, each way */
    LINK_PARAMETERS
};

enum packet_kind { PACKET_SYN = 1, PACKET_SYNACK, PACKET_DATA, PACKET_FIN, PACKET_OTHER };

/* When a packet of `bytes` (with headers) that leaves `from` now arrives at `to` (machines). False:
 * it is lost (loss, full queue, drop-next); a cut is found at arrival, by link_cut. */
bool link_send(struct world *world, uint32_t from, uint32_t to, uint32_t bytes,
               enum packet_kind kind, uint64_t *arrival_ns, uint32_t *epoch);

/* True when a packet that was sent in this epoch of the way from->to is gone: the way is cut, or
 * was since. */
bool link_cut(const struct world *world, uint32_t from, uint32_t to, uint32_t epoch);

/* The component of the link between two machines, 0 when the network's defaults join them. */
uint32_t link_find(const struct world *world, uint32_t a, uint32_t b);

/* A metric of the kind `link` for two machines, whether they have a link of their own or not. */
bool link_read(const struct world *world, uint32_t a, uint32_t b, unsigned metric,
               struct value *value);

/* The link that a command changes: made from the defaults when there was none (a `set a~b`, a
 * `cut`). */
uint32_t link_need(struct world *world, uint32_t a, uint32_t b);

/* Faults.  Both ways: two calls. */
void link_set_cut(struct world *world, uint32_t from, uint32_t to, bool cut);
void link_heal_all(struct world *world);
/* Exactly the next `count` packets of this kind (0 any) from a machine to another vanish. */
void link_drop_next(struct world *world, uint32_t from, uint32_t to, unsigned kind, uint32_t count);
/* The same once `skip` of them have passed.  False: some of this kind are to vanish already, and
 * one of the two not at once. */
bool link_drop_after(struct world *world, uint32_t from, uint32_t to, unsigned kind, uint32_t count,
                     uint32_t skip);

/* One way `a -> b` of a link can be set by itself: `way` 0 both, 1 from a to b, 2 back. */
void link_set(struct world *world, uint32_t from, uint32_t to, unsigned parameter, uint64_t value,
              bool both);

extern const struct kind network_kind, link_kind;

#endif
