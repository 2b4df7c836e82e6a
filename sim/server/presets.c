/*
 * What `stack` sets: figures measured on the real servers, each with its truth.
 *
 * Tomcat 10.1.60, Netty 4.1.48, Node 20 with ws, and java.io with a thread a connection.  What was
 * not measured on one of them stays as it was.
 */
#include "sim/server/server_state.h"

#define ROW(stack, parameter, value)                                                               \
    {                                                                                              \
        SERVER_STACK, STACK_##stack, SERVER_##parameter, value                                     \
    }
#define UNLIMITED UINT64_MAX
#define MIB       (1ull << 20)

const struct preset server_presets[] = {
    /* maxThreads, maxConnections and acceptCount are Tomcat's defaults: ws.tomcat.maxconnections,
     * ws.blocking.pool.  Its executor's queue has no end.  Heap: ws.mem-per-conn.tomcat (16.6 MiB
     * without a connection).  accept: cold, 1,200 a second, ws.storm.  CPU: 13.2 us a message in a
     * room of one and 7.0 us a delivery near saturation, ws.active.fanout.  Garbage: three
     * collections in 9 s at 96 % of 1,400 MB and 1,900 messages a second, ws.cliff.chat. */
    ROW(TOMCAT, MODEL, SERVER_BLOCKING),
    ROW(TOMCAT, MAX_THREADS, 200),
    ROW(TOMCAT, QUEUE, UNLIMITED),
    ROW(TOMCAT, MAX_CONNECTIONS, 8192),
    ROW(TOMCAT, ACCEPT_COUNT, 100),
    ROW(TOMCAT, ACCEPT_COST, 800 * US_NS),
    ROW(TOMCAT, CONN_MEMORY, 72671),
    ROW(TOMCAT, BASE_HEAP, 17406362),
    ROW(TOMCAT, ALLOC, 3000),
    ROW(TOMCAT, BASE_MEMORY, 92 * MIB),
    ROW(TOMCAT, MESSAGE_COST, 6200),
    ROW(TOMCAT, DELIVERY_COST, 7000),
    /* ws.mem-per-conn.netty (4.1 MiB without a connection), loops as in ws.blocking.pool, backlog
     * and accept (cold, 2,500 a second) as in ws.storm; CPU: 8.6 and 6.6 us;
     * a request: 23.9 % of a core at 1,000 a second, ws.polling.delay. */
    ROW(NETTY, MODEL, SERVER_EVENTLOOP),
    ROW(NETTY, LOOPS, 2),
    ROW(NETTY, QUEUE, UNLIMITED),
    ROW(NETTY, MAX_CONNECTIONS, UNLIMITED),
    ROW(NETTY, ACCEPT_COUNT, 1024),
    ROW(NETTY, ACCEPT_COST, 400 * US_NS),
    ROW(NETTY, CONN_MEMORY, 2468),
    ROW(NETTY, BASE_HEAP, 4299162),
    ROW(NETTY, BASE_MEMORY, 122 * MIB),
    ROW(NETTY, SERVICE, 239 * US_NS),
    ROW(NETTY, MESSAGE_COST, 2000),
    ROW(NETTY, DELIVERY_COST, 6600),
    /* ws.mem-per-conn.node (4.2 MiB without a connection); one loop, a backlog of 511 is Node's;
     * CPU: 8.2 and 8.0 us. */
    ROW(NODE, MODEL, SERVER_EVENTLOOP),
    ROW(NODE, LOOPS, 1),
    ROW(NODE, QUEUE, UNLIMITED),
    ROW(NODE, MAX_CONNECTIONS, UNLIMITED),
    ROW(NODE, ACCEPT_COUNT, 511),
    ROW(NODE, CONN_MEMORY, 2995),
    ROW(NODE, BASE_HEAP, 4404019),
    ROW(NODE, BASE_MEMORY, 56 * MIB),
    ROW(NODE, MESSAGE_COST, 200),
    ROW(NODE, DELIVERY_COST, 8000),
    /* ws.mem-per-conn.thread (1.6 MiB without a connection); a backlog of 50 is ServerSocket's;
     * CPU: 29 us a message at low load alone, 5.6 us a delivery. */
    ROW(THREAD_PER_CONNECTION, MODEL, SERVER_BLOCKING),
    ROW(THREAD_PER_CONNECTION, CONNECTION_THREADS, 1),
    ROW(THREAD_PER_CONNECTION, QUEUE, UNLIMITED),
    ROW(THREAD_PER_CONNECTION, MAX_CONNECTIONS, UNLIMITED),
    ROW(THREAD_PER_CONNECTION, ACCEPT_COUNT, 50),
    ROW(THREAD_PER_CONNECTION, CONN_MEMORY, 22582),
    ROW(THREAD_PER_CONNECTION, BASE_HEAP, 1677722),
    ROW(THREAD_PER_CONNECTION, BASE_MEMORY, 140 * MIB),
    ROW(THREAD_PER_CONNECTION, MESSAGE_COST, 19000),
    ROW(THREAD_PER_CONNECTION, DELIVERY_COST, 5600),
    {0, 0, 0, 0},
};
