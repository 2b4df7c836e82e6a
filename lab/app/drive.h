/*
 * How the lab drives the world's clock: play, speed, back, the next thing that matters; a budget of
 * events at a time, so that keys never wait.
 */
#ifndef LAB_APP_DRIVE_H
#define LAB_APP_DRIVE_H

#include "lab/app/model.h"

void drive_reset(struct drive *drive);
bool drive_moving(const struct drive *drive); /* frames are wanted */

/* Time of the wall went by: how far the world may come until the next call. */
void drive_time(struct model *model, uint64_t elapsed_ns);
/* One slice of work; true while more is to be done for this frame. */
bool drive_work(struct model *model);

void drive_play(struct model *model, bool playing);
void drive_rush(struct model *model, uint64_t until_ns); /* as fast as it goes */
void drive_seek(struct model *model);                    /* to the next news */
bool drive_rewind(struct model *model, uint64_t time_ns);
/* Goes back to begin anew there, as a lesson's steps do: what was done after never was. */
void drive_begin(struct model *model, uint64_t time_ns);
uint64_t drive_back_ns(const struct model *model); /* what the left arrow goes back by */
void drive_faster(struct model *model, int by);
/* Of the table of speeds, in thousandths. */
uint64_t drive_speed(const struct drive *drive);
/* What it comes to where the world is too busy for that speed; 0: it keeps up. */
uint64_t drive_behind(const struct drive *drive);

/* The clock may have gone back from there: news and charts of the future are dropped. */
void drive_moved(struct model *model, uint64_t before_ns);

/* What a session says while it runs: a record of the trace, half a second that went by. */
void drive_heard(void *user, int variant, struct world *world, const struct record *record);
void drive_sample(void *user, struct session *session);

#endif
