/*
 * What the lab keeps of a lesson while it goes on, and what home knows of it at the next start.
 *
 * Each call looks at the model and writes what is new; without progress (model->progress NULL)
 * nothing happens.  A record that could not be kept is said once, and the lesson goes on.
 */
#ifndef LAB_APP_KEPT_H
#define LAB_APP_KEPT_H

#include "lab/app/model.h"

/* Progress and a clock for it, from the program: home stands at the lesson that was under way. */
void kept_open(struct model *model, struct progress *progress, uint64_t (*wall_ms)(void));

void kept_trouble(struct model *model); /* says what is wrong with the file, once */
void kept_home(struct model *model);    /* done, under way, due */
void kept_begin(struct model *model);   /* a lesson was opened: one that is under way goes on */
void kept_save(struct model *model);    /* a step or a change further */
void kept_guess(struct model *model,
                uint32_t person); /* of the question that is asked, locked now */
void kept_counted(struct model *model);
void kept_saw(struct model *model);
void kept_done(struct model *model);

#endif
