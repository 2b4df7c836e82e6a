/*
 * A crowd: connections that stay, each with a number of its own, made at connect_rate and made
 * again by the client's rules of retrying.  What is said on them is chat.c's.
 */
#ifndef SIM_TRAFFIC_CROWD_H
#define SIM_TRAFFIC_CROWD_H

#include "sim/net/deliveries.h"
#include "sim/net/socket.h"
#include "sim/traffic/client.h"

enum member_state {
    MEMBER_NEW,        /* its turn has not come */
    MEMBER_CONNECTING, /* up to its 101 */
    MEMBER_OPEN,
    MEMBER_LEAVING, /* it has said goodbye */
    MEMBER_RETRYING,
    MEMBER_RESTING, /* op=location mode=poll: until its next poll */
    MEMBER_GONE     /* no retry is left */
};

/* A connection by its number, from 1. */
struct member {
    uint32_t socket;        /* 0: none, or there is nobody to connect to */
    uint32_t to;            /* the component it leads to */
    uint32_t before, after; /* among the connecting, by since_ns */
    uint64_t since_ns;      /* when this attempt began */
    event_id event;         /* of its next message, or of its next attempt */
    uint64_t due_ns;        /* of the event; while the process is paused how far off it is */
    uint32_t left;          /* of its interval until the next message, in 2^-32, while none waits */
    uint32_t tries;         /* attempts since it was open last */
    uint32_t state;         /* enum member_state */
    uint16_t frozen;        /* 1: it has no event because the process is paused */
    uint16_t asked;         /* 1: an answer has to come; it stands among the connecting */
};

static inline struct member *member_at(const struct world *world, const struct client *c,
                                       uint32_t number)
{
    return (struct member *)arena_at(&world->region, c->crowd.members) + (number - 1);
}

/* What a connection of op=location has seen of what it follows. */
struct view {
    uint64_t at_ns;    /* one of the times at which it moves, and 1; 0: not drawn yet */
    uint64_t first_ns; /* the move that the first answer told of, and 1; 0: none has come */
    uint64_t seen_ns;  /* the last move that was told of */
};
static inline struct view *view_at(const struct world *world, const struct client *c,
                                   uint32_t number)
{
    return (struct view *)arena_at(&world->region, c->crowd.views) + (number - 1);
}

/* Waits for what the event of a member is for, and no more. */
void member_wait(struct world *world, uint32_t id, uint32_t number, uint64_t delay_ns);
void member_cancel(struct world *world, uint32_t id, uint32_t number);
/* Its connection is gone, or could not be made: it is tried again, or not. */
void member_lost(struct world *world, uint32_t id, uint32_t number);
/* It may be used: the 101 has come. */
void member_opened(struct world *world, uint32_t id, uint32_t number);
struct ws_who member_who(const struct world *world, uint32_t id, uint32_t number);

void member_connect(struct world *world, uint32_t id, uint32_t number);
/* It asks: `timeout` runs until it was answered. */
void member_asks(struct world *world, uint32_t id, uint32_t number);
void member_answered(struct world *world, uint32_t id, uint32_t number);
/* Lets go of its socket and of what it waits for. */
void member_close(struct world *world, uint32_t id, uint32_t number);

/* --- location.c ----------------------------------------------------------------------------- */

void location_connected(struct world *world, uint32_t id, uint32_t number); /* TCP stands */
void location_opened(struct world *world, uint32_t id, uint32_t number);
void location_due(struct world *world, uint32_t id, uint32_t number);
void location_heard(struct world *world, uint32_t id, uint32_t number,
                    const struct message *message);
/* Its connection is gone; true: it rests until its next poll. */
bool location_rests(struct world *world, uint32_t id, uint32_t number);
void location_end(struct world *world, uint32_t id); /* no view is left */
void location_forget(struct world *world, uint32_t id, uint32_t number);

/* --- chat.c --------------------------------------------------------------------------------- */

void chat_connected(struct world *world, uint32_t id, uint32_t number); /* TCP stands */
void chat_opened(struct world *world, uint32_t id, uint32_t number);
void chat_due(struct world *world, uint32_t id, uint32_t number); /* its event fired */
void chat_heard(struct world *world, uint32_t id, uint32_t number, const struct message *message);
/* It says goodbye. */
void chat_leave(struct world *world, uint32_t id, uint32_t number);
void chat_rate_changed(struct world *world, uint32_t id);

#endif
