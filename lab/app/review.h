/*
 * A lesson comes back after days: one question with other numbers and another seed, counted by a
 * run without a screen; what came of it moves the day of the next one.
 */
#ifndef LAB_APP_REVIEW_H
#define LAB_APP_REVIEW_H

#include "lab/app/model.h"

/* Opens the review of a lesson of the list; false, with the reason in the message, when it has
 * none. */
bool review_open(struct model *model, uint32_t lesson);
/* Its lesson was read again: the question is asked anew; one that was answered counts once, and
 * goes home. */
void review_anew(struct model *model, const struct lesson *now);
void review_leave(struct model *model); /* home */
void review_lock(struct model *model);  /* Enter: the guess; then its run is counted */
void review_language(struct model *model);

const struct question *review_question(const struct model *model); /* in the present language */
/* What was typed, as a person reads it; false when it is no guess yet. */
bool review_understood(const struct model *model, struct text *to);
const struct belief *review_belief(const struct model *model);
/* A block of the review's step that belongs to the question that is asked. */
bool review_shows(const struct model *model, const struct block *block);

#endif
