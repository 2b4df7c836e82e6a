/*
 * The kind `server`: an HTTP server as a process, with threads or event loops.
 */
#ifndef SIM_SERVER_SERVER_H
#define SIM_SERVER_SERVER_H

#include "sim/engine/world.h"

/* The order of the rows in server_rows.c. */
enum server_parameter {
    SERVER_STACK,
    SERVER_MODEL,
    SERVER_MAX_THREADS,
    SERVER_CONNECTION_THREADS,
    SERVER_LOOPS,
    SERVER_QUEUE,
    SERVER_HTTP,
    SERVER_TLS,
    SERVER_KEEPALIVE_TIMEOUT,
    SERVER_KEEPALIVE_REQUESTS,
    SERVER_MAX_CONNECTIONS, /* UINT64_MAX: unlimited */
    SERVER_ACCEPT_COUNT,
    SERVER_ACCEPT_COST,
    SERVER_SERVICE,
    SERVER_SERVICE_DISTRIBUTION,
    SERVER_RESPONSE,
    SERVER_EXTERNAL,
    SERVER_EXTERNAL_BLOCKS,
    SERVER_CALLS,
    SERVER_VIA,
    SERVER_CALLS_OP,
    SERVER_CALLS_KEYS,
    SERVER_CALLS_VALUE,
    SERVER_CALLS_CONNECTIONS,
    SERVER_CALLS_TIMEOUT,
    SERVER_CALLS_OPTIONAL,
    SERVER_NOFILE,
    SERVER_WEBSOCKET,
    SERVER_MESSAGE_COST,
    SERVER_DELIVERY_COST,
    SERVER_PING, /* 0: off */
    SERVER_PING_TIMEOUT,
    SERVER_SEND_TIMEOUT,
    SERVER_SLOW_CONSUMER,
    SERVER_SEND_BUFFER,
    SERVER_CONN_MEMORY,
    SERVER_BASE_HEAP,
    SERVER_HEAP,
    SERVER_GC,
    SERVER_ALLOC,
    SERVER_GC_PAUSE_BASE,
    SERVER_GC_PAUSE_PER_MB,
    SERVER_BASE_MEMORY,
    SERVER_THREAD_MEMORY,
    SERVER_PARAMETERS
};

enum server_stack {
    STACK_CUSTOM,
    STACK_TOMCAT,
    STACK_NETTY,
    STACK_NODE,
    STACK_THREAD_PER_CONNECTION
};
enum server_model { SERVER_BLOCKING, SERVER_EVENTLOOP };
enum server_call { SERVER_CALL_GET, SERVER_CALL_SET, SERVER_CALL_INCR };
enum server_slow { SERVER_SLOW_BLOCK, SERVER_SLOW_DROP, SERVER_SLOW_CLOSE, SERVER_SLOW_GROW };
enum server_distribution { SERVER_CONSTANT, SERVER_EXPONENTIAL };

/* Deliveries of a client's messages that the server's process holds. */
uint64_t server_deliveries(const struct world *world, uint32_t server, uint32_t client);

/* A table for people: of each server what it uses of its walls, and which was hit first and when,
 * as the run counted it. */
void server_walls_report(const struct world *world, struct text *text, enum language language);

/* Its running totals agree with the full sums; what does not is added to `why`. */
bool server_check(const struct world *world, uint32_t server, struct text *why);

/* What a thread, or a loop, does at this instant. */
enum server_lane {
    LANE_IDLE,
    LANE_RUNS,     /* has a core, or waits for one */
    LANE_WAITS,    /* for external, or an answer to its call */
    LANE_SENDS,    /* its answer waits for the kernel to take it */
    LANE_COLLECTS, /* all stand still for the collector */
    LANE_DEAD,     /* all stand still for good: an OutOfMemoryError */
    LANE_KINDS
};
#define SERVER_LANES 4096u
struct server_lanes {
    uint64_t count, of[LANE_KINDS]; /* all of them, and of each kind */
    uint32_t shown;                 /* the first of them, one each */
    uint8_t lane[SERVER_LANES];     /* enum server_lane */
};
void server_lanes_read(const struct world *world, uint32_t server, struct server_lanes *lanes);

extern const struct kind server_kind;

#endif
