/*
 * The ledger of deliveries: a message that a client sends is for each connection of its room, and
 * for each of them it ends once, as delivered or as missed, with the reason.
 *
 * Only counts are kept, since there are tens of thousands of deliveries a second; the trace says
 * each of them.  messages x room = delivered + missed + under way, always: deliveries_check counts
 * what is under way from the messages themselves.
 */
#ifndef SIM_NET_DELIVERIES_H
#define SIM_NET_DELIVERIES_H

#include "sim/net/ws.h"

/* Why one of the room never got it. */
enum missed {
    MISSED_AWAY,    /* it had no connection when the server wrote to the room */
    MISSED_DROPPED, /* what waited for it was past the high-water mark, or its sender's buffer full
                     */
    MISSED_CLOSED,  /* its connection was closed for being slow: this one had to wait for it */
    MISSED_FAILED,  /* a call that its server needed for it came to nothing */
    MISSED_SERVER,  /* the server's process died with it */
    MISSED_LOST,    /* it was in a kernel or on the wire when the connection ended */
    MISSED_CAUSES
};

struct delivery_sums {
    uint64_t expected; /* messages x room */
    uint64_t delivered;
    uint64_t missed[MISSED_CAUSES];
};

/* Of a client's messages; all zero when it never sent one. */
struct delivery_sums deliveries_of(const struct world *world, uint32_t client);
uint64_t deliveries_missed_all(const struct delivery_sums *sums);

/* A client sent a message that `expected` should get. */
void deliveries_sent(struct world *world, uint32_t client, uint64_t expected);
void deliveries_made(struct world *world, uint32_t client);
/* By the key in the messages: a client that was removed has no sums any more. */
void deliveries_missed(struct world *world, uint32_t client_key, enum missed why, uint64_t count);
/* A message that nobody will read any more: its connection is gone. */
void deliveries_lost(struct world *world, const struct message *message);
/* The component is removed: another may get its index. */
void deliveries_forget(struct world *world, uint32_t client);

/* Each client's sums as a table for people, with the causes; nothing when no message was sent. */
void deliveries_report(const struct world *world, struct text *text, enum language language);

/* How many deliveries of a client's messages the kernels hold: all messages are looked at. */
uint64_t deliveries_in_kernels(const struct world *world, uint32_t client);

#endif
