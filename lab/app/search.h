/* Looking a word up: settings, metrics and error texts, and the lessons that speak of it. */
#ifndef LAB_APP_SEARCH_H
#define LAB_APP_SEARCH_H

#include "lab/app/model.h"

/* Looks up what the field says; the rows found open as a screen, to choose from. */
void search_run(struct model *model);
/* The row at the cursor: its lesson opens, or its help lies over the screen. */
void search_follow(struct model *model);

#endif
