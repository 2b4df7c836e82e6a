/*
 * Single points of failure on a screen: each part taken away in turn, and the run of each seen.
 */
#ifndef LAB_APP_SINGLES_H
#define LAB_APP_SINGLES_H

#include "lab/app/model.h"

/* Takes each part away now, which takes a moment; false when it cannot be done. */
bool singles_find(struct model *model);
void singles_forget(struct model *model);
/* The line asks for them: they are found, and their screen opens; after a replay the clock goes
 * back to before it. */
bool singles_asked(struct model *model, const char *line);
/* The part at the cursor is taken away in the world itself, which runs on. */
void singles_replay(struct model *model);
/* The question of a lesson that asked for them; -1 none. */
int singles_question(const struct model *model);

#endif
