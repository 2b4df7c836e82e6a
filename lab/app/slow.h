/*
 * Slow motion through a fault: from one second before it, slower and slower down to x0.01 at the
 * instant itself, and then faster by itself.
 */
#ifndef LAB_APP_SLOW_H
#define LAB_APP_SLOW_H

#include "lab/app/model.h"

/* Stands one second before the fault that is nearest and runs; false: no fault was run. */
bool slow_begin(struct model *model);
/* It comes at x1, and what follows is seen at x0.2: how a lesson's fault is watched first. */
void slow_after(struct drive *drive, uint64_t fault_ns);
/* The fault that is gone through slowly, and whether the clock is within its moment. */
bool slow_is_on(const struct drive *drive, uint64_t now_ns);
void slow_end(struct drive *drive);
/* Where the world's clock is after so much of the wall's time; sets the speed that is shown. */
uint64_t slow_goal(struct drive *drive, uint64_t now_ns, uint64_t elapsed_ns);

#endif
