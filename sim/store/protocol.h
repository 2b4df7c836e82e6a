/*
 * RESP between a client and the store: what the words of a message mean (sim/net/tcp.h).
 */
#ifndef SIM_STORE_PROTOCOL_H
#define SIM_STORE_PROTOCOL_H

#include <stdint.h>

enum resp_type {
    RESP_NONE,
    /* requests: a = key (k:a), b = number of the write (0: none), c = value bytes, d = the client's
       own, comes back */
    RESP_SET,
    RESP_GET,
    RESP_INCR,
    RESP_DEL,
    RESP_WAIT, /* a = replicas */
    /* answers: b = number of the write, c = position in the store's log (0: none), d = as asked */
    RESP_OK,      /* +OK, :1, $...: done */
    RESP_NIL,     /* $-1: no such key */
    RESP_MISCONF, /* -MISCONF: cannot persist */
    RESP_OOM,     /* -OOM: maxmemory */
    RESP_READONLY,
    RESP_LOADING, /* -LOADING: reads its files */
    RESP_ERROR    /* any other */
};

/* Bytes of a request and of an answer on the wire, as RESP writes them. */
uint32_t resp_request_bytes(enum resp_type type, uint64_t key, uint64_t value_bytes);
uint32_t resp_answer_bytes(enum resp_type type, uint64_t value_bytes);

/* How many decimal digits a number has. */
uint32_t resp_digits(uint64_t number);

#endif
