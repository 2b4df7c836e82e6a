/* What is scheduled: inside the world, so that a copy has it too.  The event that a due command
 * makes. */
#ifndef SIM_SCHEDULE_H
#define SIM_SCHEDULE_H

#include "sim/sim.h"

enum { WORLD_EVENT_DUE = 1 };

/* kind->event of the world's own component. */
void schedule_event(struct world *world, uint32_t id, const struct event *event);

#endif
