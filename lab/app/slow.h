/*
 * Slow motion, whose end brings the speed back by itself.  Through a fault: from one second before
 * it, slower and slower down to x0.01 at the instant itself, and then faster.  By hand: news that
 * come while the speed is below x1 are seen at that speed for a second.
 */
#ifndef LAB_APP_SLOW_H
#define LAB_APP_SLOW_H

#include "lab/app/model.h"

/* Stands one second before the fault that is nearest and runs; false: no fault was run. */
bool slow_begin(struct model *model);
/* It comes at x1, and what follows is seen at x0.2: how a lesson's fault is watched first. */
void slow_after(struct drive *drive, uint64_t fault_ns);
/* News came. */
void slow_heard(struct drive *drive, uint64_t time_ns);
/* The clock is within the moment of a fault that is gone through slowly. */
bool slow_is_on(const struct drive *drive, uint64_t now_ns);
void slow_end_fault(struct drive *drive); /* what is slow by hand goes on */
/* Where the world's clock is after so much of the wall's time; sets the speed that is shown. */
uint64_t slow_goal(struct drive *drive, uint64_t now_ns, uint64_t elapsed_ns);
/* The clock went on in another way than by the wall's time. */
void slow_follow(struct drive *drive, uint64_t now_ns);

#endif
