/*
 * How a machine gives a component what it waited for.
 */
#include "sim/machine/inside.h"

void machine_answer(struct world *world, uint32_t component, uint8_t what,
                    const struct payload *payload)
{
    const struct kind *kind = component_kind(world, component);
    struct event event = {.time_ns = world->now_ns, .who = component, .payload = *payload};

    event.kind = (uint16_t)(component_at(world, component)->kind << 8 | what);
    kind->event(world, component, &event);
}
