/*
 * What went through each server so far: counts taken each half second of simulated time, so that
 * rates and a chart can be shown where the clock stands.
 */
#ifndef LAB_APP_TRAILS_H
#define LAB_APP_TRAILS_H

#include "lab/app/look.h"

enum trail_row {
    TRAIL_IN,      /* requests and messages so far */
    TRAIL_OUT,     /* answers and deliveries so far */
    TRAIL_WAITING, /* requests in line */
    TRAIL_PAUSED,  /* ns that it stood still for its collector so far */
    TRAIL_LIVE,    /* heap that is live */
    TRAIL_ROWS
};
struct trail {
    uint32_t component;
    struct chart rows[TRAIL_ROWS];
};
struct trails {
    struct trail *all; /* one a server, NULL none */
    uint32_t count;
};

struct model;

/* Takes the counts of all servers over from the world now. */
void trails_sample(struct model *model);
void trails_back(struct model *model, uint64_t time_ns); /* what was after it is no more */
void trails_release(struct model *model);

const struct trail *trails_of(const struct model *model, uint32_t component); /* NULL: none */
/* How much a row grew a second in the last second before time_ns; false: not known. */
bool trail_rate(const struct trail *trail, enum trail_row row, uint64_t time_ns,
                int64_t *per_second);

#endif
