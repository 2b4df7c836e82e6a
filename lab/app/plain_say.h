/*
 * What the files of the lessons as lines share: reading a line, saying prose, commands.
 */
#ifndef LAB_APP_PLAIN_SAY_H
#define LAB_APP_PLAIN_SAY_H

#include "lab/app/model.h"

/* False at the end of the input. */
bool plain_read(struct model *model, char *line, size_t bytes);
void plain_prose(const struct model *model, const char *words);
void plain_run_out(struct model *model);     /* the clock, until it stands */
void plain_twins(const struct model *model); /* in what two worlds differ; nothing of one */
void plain_carry_out(struct model *model,
                     const char *line); /* a digit of the panel, or a command */
/* Lines until an empty one; `own` takes those that are no commands.  False at the end of the input;
 * true also when the plug is in the hand. */
bool plain_commands(struct model *model, bool (*own)(struct model *model, const char *line));

void plain_lesson(struct model *model);
void plain_review(struct model *model);

#endif
