/* The line of the prompt: earlier lines, completion. */
#ifndef LAB_APP_PROMPT_H
#define LAB_APP_PROMPT_H

#include "lab/app/model.h"

void prompt_open(struct model *model, const char *text);
void prompt_commit(struct model *model);
void prompt_older(struct model *model, int by); /* 1 older, -1 newer */
void prompt_complete(struct model *model);
void prompt_touched(struct model *model); /* typed on: what was said before is gone */

#endif
