/*
 * Places for a client's connections: an array that doubles, and lists through it.
 */
#ifndef SIM_TRAFFIC_PLACES_H
#define SIM_TRAFFIC_PLACES_H

#include "sim/traffic/client.h"

static inline struct place *place_at(const struct world *world, const struct client *c,
                                     uint32_t place)
{
    return (struct place *)arena_at(&world->region, c->places) + (place - 1);
}

void place_put_first(struct world *world, struct client *c, struct row_list *list, uint32_t place);
void place_put_last(struct world *world, struct client *c, struct row_list *list, uint32_t place);
void place_take_out(struct world *world, struct client *c, struct row_list *list, uint32_t place);
uint32_t place_take(struct world *world, struct client *c); /* an unused one; 0 full */
/* Takes the place out of its list and makes it unused; its socket is the caller's to close. */
void place_clear(struct world *world, struct client *c, uint32_t place);

#endif
