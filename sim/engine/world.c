/* The clock's part of the world: scheduling and taking back events of components. */
#include "sim/engine/world.h"

event_id world_at(struct world *world, uint64_t time_ns, uint32_t who, uint8_t what,
                  const struct payload *payload)
{
    static const struct payload nothing;
    uint16_t kind = (uint16_t)(component_at(world, who)->kind << 8 | what);
    if (time_ns < world->now_ns)
        time_ns = world->now_ns;
    return queue_push(&world->region, &world->queue, time_ns, kind, who,
                      payload ? payload : &nothing);
}

bool world_cancel(struct world *world, event_id id)
{
    return id && queue_cancel(&world->region, &world->queue, id);
}
