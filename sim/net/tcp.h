/*
 * TCP, segment by segment.  One event a segment; a connection is one slab item with two ends.
 *
 * Applications talk in messages: so many bytes that mean something.  A message is there when its
 * last byte has come in order.  Sources: RFC 9293, RFC 6298, Linux 6.x (tcp_input.c, tcp_timer.c);
 * TRUTH net.*.
 */
#ifndef SIM_NET_TCP_H
#define SIM_NET_TCP_H

#include "sim/engine/world.h"

/* What an application says to another: bytes on the wire and what they mean (SLAB_MESSAGE). */
struct message {
    uint32_t bytes; /* on the wire, at least 1 */
    uint16_t type;  /* the protocol's: sim/store/protocol.h, ... */
    uint16_t flags;
    uint64_t a, b, c, d;
};

/* Why a connection could not be made, or broke. */
enum tcp_failure {
    TCP_FINE,
    TCP_REFUSED,       /* RST to a SYN: ECONNREFUSED */
    TCP_TIMED_OUT,     /* ETIMEDOUT */
    TCP_RESET_BY_PEER, /* ECONNRESET */
    TCP_LOCAL_POWER,
    TCP_NO_PORT /* EADDRNOTAVAIL: each port of ip_local_port_range is taken towards this server */
};

/* setsockopt(2), by the kernel's names. */
enum tcp_option {
    TCP_OPTION_NODELAY,      /* TCP_NODELAY.  1: no Nagle; 0 at the start, as with sockets */
    TCP_OPTION_KEEPALIVE,    /* SO_KEEPALIVE.  1: probes after silence */
    TCP_OPTION_KEEPIDLE,     /* TCP_KEEPIDLE: ns of silence before the first probe; whole seconds */
    TCP_OPTION_KEEPINTVL,    /* TCP_KEEPINTVL: ns between probes; whole seconds */
    TCP_OPTION_KEEPCNT,      /* TCP_KEEPCNT: probes before it is given up */
    TCP_OPTION_USER_TIMEOUT, /* TCP_USER_TIMEOUT: ns; 0: tcp_retries2 */
    TCP_OPTION_LINGER0       /* SO_LINGER with 0 s.  1: tcp_close resets */
};

/* Options from before connect(2); zero is the kernel's default. */
struct tcp_options {
    bool nodelay, keepalive, linger0;
    uint32_t keepcnt;                                    /* 0: 9 */
    uint64_t keepidle_ns, keepintvl_ns, user_timeout_ns; /* 0: 2 h, 75 s, none */
};

/* --- for a component -------------------------------------------------------------------- */

/* What the socket function hears (enum socket_event), always after the kernel's own answer has
 * left: CONNECTED or FAILED once for who opened; ACCEPTABLE (connection 0) when the accept queue of
 * who listens is empty no more: take with tcp_accept as many as you like, then or later.  READABLE
 * whenever messages have become whole: take all of them, or what you will.  WRITABLE after a
 * tcp_send that said false.  CLOSED when the peer's FIN is in order, after the READABLE of what
 * came before it; the end may go on sending, and must be closed at last.  FAILED and RESET end it:
 * after the function returns the connection's index is no longer the component's.  Any of these
 * calls may be made from inside, tcp_close of the same connection too. */

/* listen(2): connections to this component come to its accept queue, which holds backlog + 1
 * (backlog is cut to the machine's somaxconn).  Not after its process died. */
void tcp_listen(struct world *world, uint32_t component, uint32_t backlog);

/* accept(2): the connection that has waited longest, 0 when none waits.  What it has brought
 * already is told (READABLE, CLOSED, RESET) at the same time, but after the event in which you
 * accept. */
uint32_t tcp_accept(struct world *world, uint32_t component);

/* Opens a connection from one component to another (their machines may be one: loopback).
 * The connection's index, 0 when the slab is full.  SOCKET_CONNECTED or SOCKET_FAILED follows,
 * never from inside this call. */
uint32_t tcp_connect(struct world *world, uint32_t from, uint32_t to,
                     const struct tcp_options *options);
void tcp_set_option(struct world *world, uint32_t connection, uint32_t component,
                    enum tcp_option option, uint64_t value);

/* Sends a message from the component's end.  Before SOCKET_CONNECTED it is kept until then.
 * False when the end is closed for writing, or as many bytes as the machine's tcp_wmem are not
 * acknowledged; then, and only then, SOCKET_WRITABLE comes when a third of that is free.  A message
 * is taken whole or not at all. */
bool tcp_send(struct world *world, uint32_t connection, uint32_t component,
              const struct message *message);

/* The same, then tcp_close: the FIN rides on the last data. */
bool tcp_send_last(struct world *world, uint32_t connection, uint32_t component,
                   const struct message *message);

/* As tcp_send, but kept until the next tcp_send: many messages in one write() (MSG_MORE). */
bool tcp_send_more(struct world *world, uint32_t connection, uint32_t component,
                   const struct message *message);

/* Would tcp_send take a message?  Where room is all that it lacks, SOCKET_WRITABLE comes as after a
 * tcp_send that said false. */
bool tcp_writable(struct world *world, uint32_t connection, uint32_t component);
/* Bytes handed over that no ACK covers yet. */
uint64_t tcp_unacked(const struct world *world, uint32_t connection, uint32_t component);

/* shutdown(SHUT_WR): FIN after what was sent; goes on hearing and reading. */
void tcp_shutdown(struct world *world, uint32_t connection, uint32_t component);

/* Takes the next whole message at the component's end; false when none waits. */
bool tcp_receive(struct world *world, uint32_t connection, uint32_t component,
                 struct message *message);

/* Whole messages that wait at this end. */
uint32_t tcp_waiting(const struct world *world, uint32_t connection, uint32_t component);

/* Whether the owner reads (the default): bytes are taken from the receive buffer as they come, but
 * for what comes behind a whole message that waits for tcp_receive.  Not reading, it hears neither
 * READABLE nor CLOSED, and the window closes as the buffer fills; on reading again it hears of what
 * waits, as after tcp_accept. */
void tcp_set_reading(struct world *world, uint32_t connection, uint32_t component, bool reading);

/* close(2): FIN after what was sent (RST when unread data waits, as Linux does).  The component
 * hears no more of it. */
void tcp_close(struct world *world, uint32_t connection, uint32_t component);

/* Resets: SO_LINGER 0. */
void tcp_abort(struct world *world, uint32_t connection, uint32_t component);

/* What the owner keeps with its end: any number (an index of its own). */
void tcp_set_cookie(struct world *world, uint32_t connection, uint32_t component, uint64_t cookie);
uint64_t tcp_cookie(const struct world *world, uint32_t connection, uint32_t component);
/* The component at the other end. */
uint32_t tcp_peer(const struct world *world, uint32_t connection, uint32_t component);
enum tcp_failure tcp_failure(const struct world *world,
                             uint32_t connection); /* valid in SOCKET_FAILED and SOCKET_RESET */

/* IPv4 addresses as numbers: 10.0.0.N in the order of adding; a listener's port is its kind's, the
 * other end's from ip_local_port_range.  tcp_port: of this component's end. */
uint32_t tcp_address(const struct world *world, uint32_t machine);
uint16_t tcp_port(const struct world *world, uint32_t connection, uint32_t component);

/* The holder, another component, answers for this one's address from now on (a virtual address that
 * moved); 0: nobody does any more.  It counts when a connection is opened: what is open, or has
 * sent its SYN, stays where it is.  While both claim it (their machines are cut off from each
 * other) who reaches this one gets it, the others the holder. */
void tcp_address_take(struct world *world, uint32_t component, uint32_t holder);
/* Who took it over; 0 nobody. */
uint32_t tcp_address_holder(const struct world *world, uint32_t component);

/* The process is gone (SIGKILL, exit): the kernel sends what it was given and closes its sockets:
 * FIN, or RST where unread data waits.  It no longer listens. */
void tcp_process_ended(struct world *world, uint32_t component);

/* SIGSTOP / SIGCONT: the kernel goes on answering; the component hears of nothing, then of all. */
void tcp_process_paused(struct world *world, uint32_t component);
void tcp_process_resumed(struct world *world, uint32_t component);

/* The running totals of what sockets hold agree with the full sums; what does not is added to
 * `why`. */
bool tcp_memory_check(struct world *world, struct text *why);

/* --- for faults ------------------------------------------------------------------------- */

/* The machine lost power: its ends are gone without a word.  Packets on the wire arrive. */
void tcp_machine_lost(struct world *world, uint32_t machine);

/* --- counters: metrics of machines by the kernel's names, in the order of machine_state -- */
enum tcp_counter {
    TCP_ACTIVE_OPENS,
    TCP_PASSIVE_OPENS,
    TCP_RETRANS_SEGS,
    TCP_IN_SEGS,
    TCP_OUT_SEGS,
    TCP_ESTAB_RESETS,
    TCP_ATTEMPT_FAILS,    /* connections that were never made */
    TCP_LISTEN_OVERFLOWS, /* accept queue full */
    TCP_LISTEN_DROPS,     /* SYNs and ACKs that were dropped for it, all reasons */
    TCP_TIMEOUTS,         /* retransmission time-outs (TcpExtTCPTimeouts) */
    TCP_COUNTERS
};
uint64_t tcp_count(const struct world *world, uint32_t machine, enum tcp_counter counter);
uint64_t tcp_established(const struct world *world, uint32_t machine);
uint64_t tcp_time_wait(const struct world *world, uint32_t machine);

/* What its admin tools say: `ss -tan`, `ss -tan state time-wait`, `ss -s`, `nstat` (tcp_tell.c). */
bool tcp_tell_machine(struct world *world, uint32_t machine, const struct command *words,
                      struct text *answer, struct error *error);

/* A segment that arrives, a timer that fires: the catalog hands these events of KIND_NETWORK
 * over. */
void tcp_event(struct world *world, const struct event *event);

#endif
