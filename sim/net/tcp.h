/*
 * TCP, segment by segment.  One event a segment; a connection is one slab item with two ends.
 *
 * Applications talk in messages: so many bytes that mean something.  A message is there when its
 * last byte has come in order.  Sources: RFC 9293, RFC 6298, Linux 6.x (tcp_input.c, tcp_timer.c); TRUTH net.*.
 */
#ifndef SIM_NET_TCP_H
#define SIM_NET_TCP_H

#include "sim/engine/world.h"

/* What an application says to another: bytes on the wire and what they mean (SLAB_MESSAGE). */
struct message {
    uint32_t bytes;  /* on the wire, at least 1 */
    uint16_t type;   /* the protocol's: sim/store/protocol.h, ... */
    uint16_t flags;
    uint64_t a, b, c, d;
};

/* Why a connection could not be made, or broke. */
enum tcp_failure { TCP_FINE, TCP_REFUSED /* RST to a SYN */, TCP_TIMED_OUT, TCP_RESET_BY_PEER, TCP_LOCAL_POWER };

/* --- for a component -------------------------------------------------------------------- */

/* What the socket function hears (enum socket_event), always after the kernel's own answer has left:
 * CONNECTED or FAILED once for who opened; ACCEPTED once for who listens, when the handshake is complete.
 * READABLE whenever messages have become whole: take all of them.
 * CLOSED when the peer's FIN is in order, after the READABLE of what came before it; the end may go on sending, and
 * must be closed at last.
 * FAILED and RESET end it: after the function returns the connection's index is no longer the component's.
 * Any of these calls may be made from inside, tcp_close of the same connection too. */

/* Listens: connections to this component come to its socket function.  Not after its process died. */
void tcp_listen(struct world *world, uint32_t component);

/* Opens a connection from one component to another (their machines may be one: loopback).
 * The connection's index, 0 when the slab is full.  SOCKET_CONNECTED or SOCKET_FAILED follows. */
uint32_t tcp_connect(struct world *world, uint32_t from, uint32_t to);

/* Sends a message from the component's end, at once (no Nagle).  Before SOCKET_CONNECTED it is kept until then.
 * False when the end is closed for writing, or 1 GiB is not acknowledged yet. */
bool tcp_send(struct world *world, uint32_t connection, uint32_t component, const struct message *message);

/* The same, then tcp_close: the FIN rides on the last data. */
bool tcp_send_last(struct world *world, uint32_t connection, uint32_t component,
                   const struct message *message);

/* As tcp_send, but kept until the next tcp_send: many messages in one write() (MSG_MORE). */
bool tcp_send_more(struct world *world, uint32_t connection, uint32_t component,
                   const struct message *message);

/* shutdown(SHUT_WR): FIN after what was sent; goes on hearing and reading. */
void tcp_shutdown(struct world *world, uint32_t connection, uint32_t component);

/* Takes the next whole message at the component's end; false when none waits. */
bool tcp_receive(struct world *world, uint32_t connection, uint32_t component, struct message *message);

/* Whole messages that wait at this end. */
uint32_t tcp_waiting(const struct world *world, uint32_t connection, uint32_t component);

/* close(2): FIN after what was sent (RST when unread data waits, as Linux does).  The component hears no
 * more of it. */
void tcp_close(struct world *world, uint32_t connection, uint32_t component);

/* Resets: SO_LINGER 0. */
void tcp_abort(struct world *world, uint32_t connection, uint32_t component);

/* What the owner keeps with its end: any number (an index of its own). */
void tcp_set_cookie(struct world *world, uint32_t connection, uint32_t component, uint64_t cookie);
uint64_t tcp_cookie(const struct world *world, uint32_t connection, uint32_t component);
uint32_t tcp_peer(const struct world *world, uint32_t connection, uint32_t component); /* component */
enum tcp_failure tcp_failure(const struct world *world, uint32_t connection); /* valid in SOCKET_FAILED and SOCKET_RESET */

/* The process is gone (SIGKILL, exit): the kernel sends what it was given and closes its sockets: FIN, or RST
 * where unread data waits.  It no longer listens. */
void tcp_process_ended(struct world *world, uint32_t component);

/* SIGSTOP / SIGCONT: the kernel goes on answering; the component hears of nothing, then of all. */
void tcp_process_paused(struct world *world, uint32_t component);
void tcp_process_resumed(struct world *world, uint32_t component);

/* --- for faults ------------------------------------------------------------------------- */

/* The machine lost power: its ends are gone without a word.  Packets on the wire arrive. */
void tcp_machine_lost(struct world *world, uint32_t machine);

/* --- counters: metrics of machines by the kernel's names (the lead's catalog adds these rows)  */
enum tcp_counter {
    TCP_ACTIVE_OPENS,
    TCP_PASSIVE_OPENS,
    TCP_RETRANS_SEGS,
    TCP_IN_SEGS,
    TCP_OUT_SEGS,
    TCP_ESTAB_RESETS,
    TCP_COUNTERS
};
uint64_t tcp_count(const struct world *world, uint32_t machine, enum tcp_counter counter);
uint64_t tcp_established(const struct world *world, uint32_t machine);

/* A segment that arrives, a timer that fires: the catalog hands these events of KIND_NETWORK over. */
void tcp_event(struct world *world, const struct event *event);

#endif
