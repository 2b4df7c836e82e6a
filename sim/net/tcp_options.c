/*
 * TCP: what setsockopt(2) sets at an end.
 */
#include "sim/net/tcp_inside.h"

static void flag_option(struct tcp_end *end, enum end_flag flag, uint64_t value)
{
    if (value != 0)
        end_set(end, flag);
    else
        end_clear(end, flag);
}

struct tcp_keepalive tcp_keepalive_of(const struct world *world, const struct tcp_end *end)
{
    struct tcp_keepalive options = {0};
    if (end->options != 0)
        options = *(const struct tcp_keepalive *)arena_at(&world->region, end->options);
    if (options.idle_s == 0)
        options.idle_s = 7200;
    if (options.interval_s == 0)
        options.interval_s = 75;
    if (options.count == 0)
        options.count = 9;
    return options;
}

/* What is not a flag: kept in a record of its own, from the first that is not the default. */
static void set_number(struct world *world, struct tcp_end *end, enum tcp_option option,
                       uint64_t value)
{
    if (end->options == 0 && value == 0)
        return;
    if (end->options == 0)
        end->options = arena_take(&world->region, sizeof(struct tcp_keepalive));
    if (end->options == 0)
        return;
    struct tcp_keepalive *options = arena_at(&world->region, end->options);
    if (option == TCP_OPTION_KEEPIDLE)
        options->idle_s = (uint32_t)(value / SECOND_NS);
    else if (option == TCP_OPTION_KEEPINTVL)
        options->interval_s = (uint32_t)(value / SECOND_NS);
    else if (option == TCP_OPTION_KEEPCNT)
        options->count = (uint32_t)value;
    else
        options->user_timeout_ms = (uint32_t)(value / MS_NS);
}

static void set_option(struct world *world, uint32_t index, unsigned e, enum tcp_option option,
                       uint64_t value)
{
    struct tcp_end *end = &tcp_at(world, index)->ends[e];
    switch (option) {
    case TCP_OPTION_NODELAY:
        flag_option(end, END_NODELAY, value);
        tcp_output(world, index, e); /* what Nagle held goes */
        break;
    case TCP_OPTION_KEEPALIVE:
        flag_option(end, END_KEEPALIVE, value);
        tcp_timer_arm(world, index, e);
        break;
    case TCP_OPTION_LINGER0:
        flag_option(end, END_LINGER0, value);
        break;
    case TCP_OPTION_KEEPIDLE:
    case TCP_OPTION_KEEPINTVL:
    case TCP_OPTION_KEEPCNT:
    case TCP_OPTION_USER_TIMEOUT:
        set_number(world, end, option, value);
        tcp_timer_arm(world, index, e);
        break;
    }
}

void tcp_set_option(struct world *world, uint32_t index, uint32_t component, enum tcp_option option,
                    uint64_t value)
{
    const struct connection *connection = tcp_at(world, index);
    for (unsigned e = 0; e < 2; e++)
        if (connection->ends[e].component == component && end_is(&connection->ends[e], END_OWNED)) {
            set_option(world, index, e, option, value);
            return;
        }
}

void tcp_set_options(struct world *world, uint32_t index, const struct tcp_options *options)
{
    set_option(world, index, 0, TCP_OPTION_NODELAY, options->nodelay);
    set_option(world, index, 0, TCP_OPTION_LINGER0, options->linger0);
    set_option(world, index, 0, TCP_OPTION_KEEPIDLE, options->keepidle_ns);
    set_option(world, index, 0, TCP_OPTION_KEEPINTVL, options->keepintvl_ns);
    set_option(world, index, 0, TCP_OPTION_KEEPCNT, options->keepcnt);
    set_option(world, index, 0, TCP_OPTION_USER_TIMEOUT, options->user_timeout_ns);
    set_option(world, index, 0, TCP_OPTION_KEEPALIVE, options->keepalive);
}
