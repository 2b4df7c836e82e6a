/*
 * TLS 1.2 and 1.3 as round trips and bytes: which message follows which, and what a record adds.
 *
 *   1.3 new        C hello        S hello..finished    C finished, request     (1 round trip)
 *   1.3 resumed    the same without the certificate; with early data the request follows the hello
 *   1.2 new        C hello        S hello..done        C key..finished    S finished   (2)
 *   1.2 resumed    C hello        S hello..finished    C finished, request             (1)
 *
 * Sources: RFC 8446, RFC 5246; sizes TRUTH net.tls.rtts with its ladders (an EC certificate).
 */
#ifndef SIM_NET_TLS_H
#define SIM_NET_TLS_H

#include "sim/engine/text.h"
#include "sim/net/tcp.h"

/* The choices of `tls=`, in the order of the rows. */
enum tls_version { TLS_NO, TLS_1_2, TLS_1_3 };
#define TLS_VERSION_WORDS "no|1.2|1.3"

/* Types of messages; flags: enum tls_version, of the hello the highest that is offered. */
enum tls_type {
    TLS_CLIENT_HELLO = 512, /* a = the session that is offered, 0 none: tls_session */
    TLS_SERVER_HELLO,       /* up to its Finished (1.3, or resumed) or ServerHelloDone (1.2);
                             * a = 1 when the session was taken; flags: the version chosen */
    TLS_CLIENT_FINISHED,
    TLS_SERVER_FINISHED, /* 1.2 new */
    TLS_TICKET,          /* 1.3: a = the session */
    TLS_CLOSE_NOTIFY,
    TLS_TYPES_END
};

/* Who can take a session up again: the very process that gave it (its keys are its own). */
static inline uint64_t tls_session(uint32_t component, uint32_t life)
{
    return (uint64_t)component << 32 | life;
}

#define TLS_TICKETS 2 /* that a server of 1.3 sends */

/* Bytes of a handshake's message; `resumed`: the session was taken. */
uint32_t tls_bytes(enum tls_type type, enum tls_version version, bool resumed);

/* What `bytes` of data take in records of up to 16 KiB; unchanged for TLS_NO. */
uint64_t tls_record_bytes(enum tls_version version, uint64_t bytes);

/* The version that both understand. */
static inline enum tls_version tls_common(enum tls_version a, enum tls_version b)
{
    return a < b ? a : b;
}

/* "ClientHello", ...; false when it is none of TLS's. */
bool tls_message_words(const struct message *message, struct text *text);

#endif
