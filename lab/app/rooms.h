/*
 * A room on the screen: who of it sent and got which message when.
 *
 * While the room is seen its client's records are heard; what was before is heard by replay, also
 * after each way back.
 */
#ifndef LAB_APP_ROOMS_H
#define LAB_APP_ROOMS_H

#include "sim/engine/trace.h"

#define ROOM_TICKS   8192u
#define ROOM_MEMBERS 64u /* of a larger room the first */

/* One of the room sent a message, or has one. */
struct room_tick {
    uint64_t time_ns, message;
    uint32_t member; /* from 0 */
    uint32_t sent;   /* 1: it is its own */
};

struct room {
    struct room_tick *ticks; /* a ring of ROOM_TICKS; NULL: no room is seen */
    uint32_t first, count;
    uint32_t client; /* the component */
    uint32_t size;   /* of its rooms, as `room` says */
    uint32_t number; /* which of them, from 0 */
    uint32_t rooms;  /* how many there are */
    bool stale;      /* the world went back: hear it again */
};

struct model;

/* Is the selected part a client whose connections talk in rooms? */
bool rooms_exist(const struct model *model);
void rooms_open(struct model *model);
/* Hears what was before, when that is not known; ends when the room is not seen any more. */
void rooms_look(struct model *model);
void rooms_heard(struct model *model, const struct record *record);
void rooms_went_back(struct model *model);
void rooms_close(struct model *model);

/* The i-th oldest. */
const struct room_tick *room_tick_at(const struct room *room, uint32_t i);
uint32_t room_members(const struct room *room); /* that have a row */

#endif
