/*
 * What a session knows of its run at one place of it: which lines acted, what was typed, expected
 * and counted.  A history holds the worlds; this is the rest of going back without losing what is
 * ahead.
 */
#ifndef LAB_LANGUAGE_COURSE_H
#define LAB_LANGUAGE_COURSE_H

#include "lab/language/parts.h"

/* A copy of it, owned by the caller. */
struct course *course_keep(const struct session *session);
void course_put(struct session *session, const struct course *course);
void course_free(struct course *course); /* NULL is nothing */

/* Before the world goes to another place of its run: nothing of what is known at its end is
 * lost. */
void course_begin(struct session *session, enum source source);
/* After it moved there: when nothing is ahead any more, all is known again. */
void course_end(struct session *session);
/* What was run already goes on in one variant, up to until_ns or its end; false when the budget
 * ended it. */
bool course_follow(struct session *session, uint32_t variant, uint64_t until_ns, uint64_t budget);
/* What is known at the place to which it was followed (only where the lines stand is, always). */
void course_here(struct session *session);

#endif
