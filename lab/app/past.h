/*
 * What the screens keep of what was run: news and charts up to its end, of each branch its own; and
 * the cursor that goes over it.
 */
#ifndef LAB_APP_PAST_H
#define LAB_APP_PAST_H

#include "lab/app/model.h"

void past_release(struct model *model);
/* The session may stand elsewhere, or in another branch: what is shown of the past follows. */
void past_follow(struct model *model);
/* The instant of a thing on the line of time: news, marks, branches; false at the end. */
enum past_sign { PAST_FAULT, PAST_MARK, PAST_BRANCH };
bool past_sign(const struct model *model, uint32_t i, enum past_sign *sign, uint64_t *time_ns);

/* Goes to an instant of what was run, and notes how long that took. */
bool past_go(struct model *model, uint64_t time_ns);

/* The cursor of time. */
void scrub_begin(struct model *model);
void scrub_by(struct model *model, int columns);
/* Goes to where the cursor is, once for all keys since the last time. */
void scrub_work(struct model *model);
void scrub_end(struct model *model, bool back); /* back: to where one was */
/* What going to any instant takes at most, by what it took so far; 0: not known, or no time. */
uint64_t past_cost_ns(const struct model *model);

#endif
