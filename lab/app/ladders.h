/*
 * The ladders on the screen: which connection of one or two variants, which packet of it is chosen.
 *
 * While they are seen they hear the wire; what was before is heard by replay, also after each way
 * back.
 */
#ifndef LAB_APP_LADDERS_H
#define LAB_APP_LADDERS_H

#include "lab/ladder/ladder.h"

#define LADDER_SIDES 2

struct model;
struct session;

/* What became of all requests of the opener, up to now. */
struct ladder_totals {
    bool known;
    int64_t acked, connects, packets;
    uint64_t time_ns; /* from the first packet to the last answer; 0 not known */
};

struct ladder_side {
    struct ladder_record record;
    struct world *world; /* that it listens to, NULL none */
    bool known;          /* the scene holds something */
    struct ladder_scene scene;
    struct ladder_totals totals;
    uint32_t row;      /* that is chosen; LADDER_LAST: the last packet */
    handle connection; /* that was chosen; 0: the newest */
    uint32_t exchange; /* of it, from 1; 0: the last */
};
#define LADDER_LAST UINT32_MAX

struct ladders {
    struct ladder_side *sides; /* of LADDER_SIDES; NULL: nothing is heard */
    uint32_t count;            /* of variants that are seen */
    uint32_t side;             /* that the keys are for, while both are seen */
    bool stale;                /* the world went back: hear it again */
    uint32_t a, b, component;  /* whose conversations: see struct ladder_choice */
    uint64_t heard; /* of the chosen side when the next packet was asked for; 0 it is not */
};

/* Takes the scenes over from the worlds now; begins and ends to listen as the screen needs it. */
void ladders_look(struct model *model);
void ladders_close(struct model *model);
/* The worlds went back: what was heard after is no more. */
void ladders_went_back(struct model *model);

/* Is there a conversation to show, of what is selected or else of anything?  Begins to listen. */
bool ladders_open(struct model *model);

/* While the clock looks for the next packet: has one of the chosen connection been heard since? */
bool ladders_news(const struct model *model);

/* That the keys are for: A, or what is large. */
uint32_t ladders_side(const struct model *model);

/* The chosen row of a side: place in scene.rows, of a packet; count when there is none. */
uint32_t ladders_row(const struct ladder_side *side);

#endif
