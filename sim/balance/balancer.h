/*
 * The kind `balancer`: one address, many servers behind it (after HAProxy 2.6).
 */
#ifndef SIM_BALANCE_BALANCER_H
#define SIM_BALANCE_BALANCER_H

#include "sim/engine/world.h"

/* The order of the rows in balancer_rows.c. */
enum balancer_parameter {
    BALANCER_TO,
    BALANCER_WEIGHTS,
    BALANCER_POLICY,
    BALANCER_MODE,
    BALANCER_CHECK,
    BALANCER_INTER,
    BALANCER_FALL,
    BALANCER_RISE,
    BALANCER_RETRIES,
    BALANCER_REDISPATCH,
    BALANCER_TIMEOUT_CONNECT,
    BALANCER_TIMEOUT_SERVER,
    BALANCER_MAXCONN,
    BALANCER_COST,
    BALANCER_STANDBY,
    BALANCER_ON_MARKED_DOWN,
    BALANCER_PARAMETERS
};

enum balancer_policy { BALANCER_ROUNDROBIN, BALANCER_LEASTCONN, BALANCER_SOURCE, BALANCER_COOKIE };
enum balancer_marked_down { BALANCER_LETS_BE, BALANCER_SHUTS_SESSIONS };
enum balancer_mode { BALANCER_HTTP, BALANCER_TCP };

extern const struct kind balancer_kind;

#endif
