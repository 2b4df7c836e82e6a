/*
 * RESP between a client and the store: what the words of a message mean (sim/net/tcp.h).
 */
#ifndef SIM_STORE_PROTOCOL_H
#define SIM_STORE_PROTOCOL_H

#include <stdbool.h>
#include <stdint.h>

enum resp_type {
    RESP_NONE,
    /* requests: a = key (k:a), b = number of the write (0: none), c = value bytes, d = the client's
       own, comes back */
    RESP_SET,
    RESP_GET,
    RESP_INCR,
    RESP_DEL,
    RESP_WAIT, /* a = replicas, c = milliseconds (0: for ever) */
    RESP_PING,
    RESP_REPLCONF,
    RESP_PSYNC, /* a = replication id (0: ?), c = offset that it has */
    RESP_ACK,   /* REPLCONF ACK: c = offset; no answer */
    /* the stream from a master: a, c = first and last position in the journal */
    RESP_COMMAND,
    RESP_SELECT,
    RESP_STREAM_PING,
    RESP_GETACK,
    RESP_STREAM_PUBLISH,
    /* a snapshot: a = ledger_picture, c = keys, d = bytes, flags = 1: it ends with a mark; then
       pieces: a = 1 the last, c = bytes */
    RESP_BULK_HEAD,
    RESP_BULK,
    RESP_NEWLINE, /* the master is still there */
    /* Sentinel asks stores, */
    RESP_INFO,
    RESP_SUBSCRIBE, /* to hellos */
    RESP_PUBLISH,   /* and RESP_HELLO: a = sentinel << 32 | its config epoch, c = its epoch << 32 |
                       its master, d = its id */
    RESP_SLAVEOF,   /* in a transaction: a = master, 0 NO ONE; CONFIG REWRITE, CLIENT KILL */
    /* other sentinels, and is asked */
    RESP_IS_DOWN,    /* a = master, c = epoch, d = who wants the vote, 0 nobody */
    RESP_GET_MASTER, /* SENTINEL GET-MASTER-ADDR-BY-NAME */
    /* answers: b = number of the write, c = position in the store's log (0: none), d = as asked */
    RESP_OK,      /* +OK, :1, $...: done */
    RESP_NIL,     /* $-1: no such key */
    RESP_MISCONF, /* -MISCONF: cannot persist */
    RESP_OOM,     /* -OOM: maxmemory */
    RESP_READONLY,
    RESP_LOADING,    /* -LOADING: reads its files */
    RESP_NOREPLICAS, /* -NOREPLICAS: min-replicas-to-write */
    RESP_MASTERDOWN, /* -MASTERDOWN: replica-serve-stale-data no */
    RESP_UNBLOCKED,  /* -UNBLOCKED: it waited, and the master is a replica now */
    RESP_COUNT,      /* of WAIT: c = replicas */
    RESP_FULLRESYNC, /* a = replication id, c = offset */
    RESP_CONTINUE,   /* a = replication id */
    RESP_NOMASTERLINK,
    /* INFO, as a head, a line for each replica, an end.  a = RESP_INFO_IS_SLAVE ..., b = run id, c
       = offset, d = master << 32 | seconds that its link is down, flags = priority; a = replica */
    RESP_INFO_HEAD,
    RESP_INFO_SLAVE,
    RESP_INFO_END,
    RESP_HELLO,
    RESP_VOTE,    /* a = 1: it is down, b = who got the vote, c = in which epoch */
    RESP_ADDRESS, /* a = the master */
    RESP_ERROR    /* any other */
};

#define RESP_INFO_IS_SLAVE 1u
#define RESP_INFO_LINK_UP  2u

/* Bytes of a request and of an answer on the wire, as RESP writes them. */
uint32_t resp_request_bytes(enum resp_type type, uint64_t key, uint64_t value_bytes);
uint32_t resp_answer_bytes(enum resp_type type, uint64_t value_bytes);

/* Why an answer says no (enum refusal); 0: it does not. */
unsigned resp_refusal(enum resp_type answer);

/* How many decimal digits a number has. */
uint32_t resp_digits(uint64_t number);
/* The integer that words are, as Redis reads one (string2ll): no sign +, no leading zeros; of at
 * most 18 digits. */
bool resp_number(const char *words, int64_t *number);

#endif
