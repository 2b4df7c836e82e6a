/*
 * Places for a client's connections: an array that doubles, and lists through it.
 */
#include "sim/traffic/places.h"

#define PLACES_FIRST 4u

static struct row_links place_links(const struct world *world, const struct client *c)
{
    return ROW_LINKS(struct place, before, place_at(world, c, 1));
}

void place_put_first(struct world *world, struct client *c, struct row_list *list, uint32_t place)
{
    row_list_put_first(place_links(world, c), list, place);
}

void place_put_last(struct world *world, struct client *c, struct row_list *list, uint32_t place)
{
    row_list_put_last(place_links(world, c), list, place);
}

void place_take_out(struct world *world, struct client *c, struct row_list *list, uint32_t place)
{
    row_list_take_out(place_links(world, c), list, place);
}

/* An unused place; the array doubles when there is none. */
uint32_t place_take(struct world *world, struct client *c)
{
    if (c->free.first == 0) {
        uint32_t limit = c->place_limit == 0 ? PLACES_FIRST : c->place_limit * 2;
        uint64_t old_bytes = (uint64_t)c->place_limit * sizeof(struct place);
        uint64_t bytes = (uint64_t)limit * sizeof(struct place);
        ref places = c->places == 0 ? arena_take(&world->region, bytes)
                                    : arena_grow(&world->region, c->places, old_bytes, bytes);
        if (places == 0)
            return 0;
        c->places = places;
        for (uint32_t i = c->place_limit + 1; i <= limit; i++)
            place_put_last(world, c, &c->free, i);
        c->place_limit = limit;
    }
    uint32_t place = c->free.first;
    place_take_out(world, c, &c->free, place);
    return place;
}

/* Takes the place out of its list and makes it unused; its socket is the caller's to close. */
void place_clear(struct world *world, struct client *c, uint32_t place)
{
    struct place *p = place_at(world, c, place);
    if (p->state == PLACE_CONNECTING || p->state == PLACE_SECURING) {
        place_take_out(world, c, &c->connecting, place);
        c->connecting_count--;
    } else if (p->roomy) {
        place_take_out(world, c, &c->roomy, place);
    }
    if (p->state != PLACE_CONNECTING)
        c->connected--;
    c->place_count--;
    *p = (struct place){.state = PLACE_UNUSED, .cookie = p->cookie};
    place_put_first(world, c, &c->free, place);
}
