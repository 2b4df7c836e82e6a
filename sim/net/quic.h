/*
 * QUIC, datagram by datagram: what HTTP/3 needs of it.
 *
 * A connection carries messages, each on a stream of its own: one is there when all of its own
 * bytes are, whatever of others is missing.  TLS 1.3 is in the handshake: one round trip, none for
 * early data.  It lives in its process: a death says nothing, and who comes back knows no
 * connection of before.  Sources: RFC 9000, RFC 9001 4, RFC 9002 (loss detection; congestion by its
 * appendix B, with CUBIC's factor as ngtcp2 has it; datagrams are not paced); TRUTH net.h3.*.
 */
#ifndef SIM_NET_QUIC_H
#define SIM_NET_QUIC_H

#include "sim/net/tcp.h"

/* Connections are told from TCP's by this bit. */
#define QUIC_ID (1u << 31)
static inline bool quic_is(uint32_t connection)
{
    return (connection & QUIC_ID) != 0;
}

/* As with TCP (sim/net/tcp.h): CONNECTED or FAILED once for who opened, ACCEPTABLE for who listens,
 * READABLE when a message is there, CLOSED when the other side said so, RESET when it is gone: not
 * known there any more, or silent for 30 s. */

/* Whether datagrams to this component find somebody; until its process ends. */
void quic_listen(struct world *world, uint32_t component, bool listens);
uint32_t quic_accept(struct world *world, uint32_t component); /* 0: none waits */

/* `session`: of an earlier connection (sim/net/tls.h), 0 none; with `early` data may be sent at
 * once. The connection; 0 when the region is full. */
uint32_t quic_connect(struct world *world, uint32_t from, uint32_t to, uint64_t session,
                      bool early);
/* Data may go out before the handshake is done. */
bool quic_is_early(const struct world *world, uint32_t connection, uint32_t component);
/* For who opened: the session that the server gave, 0 before the handshake. */
uint64_t quic_session(const struct world *world, uint32_t connection, uint32_t component);

/* Hands a message over: it goes out when the process is done with this instant, together with what
 * else it sends then.  False when the end is closed. */
bool quic_send(struct world *world, uint32_t connection, uint32_t component,
               const struct message *message);
bool quic_receive(struct world *world, uint32_t connection, uint32_t component,
                  struct message *message);

/* CONNECTION_CLOSE, when all that was handed over is acknowledged.  The component hears no more. */
void quic_close(struct world *world, uint32_t connection, uint32_t component);

void quic_set_cookie(struct world *world, uint32_t connection, uint32_t component, uint64_t cookie);
uint64_t quic_cookie(const struct world *world, uint32_t connection, uint32_t component);
uint32_t quic_peer(const struct world *world, uint32_t connection, uint32_t component);

/* The process is gone, or its machine: nothing is sent. */
void quic_process_ended(struct world *world, uint32_t component);
/* SIGSTOP: datagrams wait in the socket's buffer, and past it are lost; SIGCONT: they are read. */
void quic_process_resumed(struct world *world, uint32_t component);

/* Events of KIND_NETWORK from this number on. */
#define QUIC_EVENT_FIRST 64
void quic_event(struct world *world, const struct event *event);

#endif
