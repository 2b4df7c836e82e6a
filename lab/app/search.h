/* Looking a word up: settings, metrics and error texts, and the lessons that speak of it. */
#ifndef LAB_APP_SEARCH_H
#define LAB_APP_SEARCH_H

#include "lab/app/model.h"

/* Looks up what the field says; the answer opens over the screen. */
void search_run(struct model *model);

#endif
