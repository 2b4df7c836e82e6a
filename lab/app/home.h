/*
 * Home's rows in the order in which they are drawn: what is due now, the lessons, what else there
 * is.
 */
#ifndef LAB_APP_HOME_H
#define LAB_APP_HOME_H

#include "lab/app/model.h"

/* home.cursor of the rows above the lessons; below them stand lesson_count, lesson_count + 1 ... */
#define HOME_GO_ON   1000u
#define HOME_REVIEW  1001u
#define HOME_MEETING 1002u

bool home_has(const struct model *model, uint32_t row); /* one of those is there */
void home_step(struct model *model, int by);
/* The lesson at the cursor, or that its row leads to; NULL none. */
const struct lesson *home_lesson(const struct model *model);

#endif
