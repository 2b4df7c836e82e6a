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
bool home_numbered(const struct model *model, uint32_t number, uint32_t *at); /* of the list */
bool home_right(uint32_t number); /* the lesson stands in the right one of the two columns */
void home_across(struct model *model, bool right); /* to the lesson beside it */
uint32_t home_next(const struct model *model); /* the first lesson that was not done; 0 all were */
/* The lesson at the cursor, or that its row leads to; NULL none. */
const struct lesson *home_lesson(const struct model *model);
/* A lesson of the list with all of its text, which is read when it is first asked for; NULL: it has
 * an error, and the message line says where. */
struct lesson *home_open(struct model *model, uint32_t at);

#endif
