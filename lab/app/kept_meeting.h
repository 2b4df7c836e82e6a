/*
 * What the lab keeps of a meeting while it goes on: its agenda, its attempts, what is said, the
 * notes, the runs; and a half-done one at the next start.
 *
 * Without progress nothing is kept and the meeting goes on.
 */
#ifndef LAB_APP_KEPT_MEETING_H
#define LAB_APP_KEPT_MEETING_H

#include "lab/app/model.h"

void kept_meeting_begin(struct model *model);
void kept_meeting(struct model *model); /* who, which questions, where it stands */
void kept_meeting_end(struct model *model);
void kept_meeting_find(struct model *model);   /* one that was left half done */
void kept_meeting_people(struct model *model); /* of the last meeting */
/* It goes on: what lies between the last record and now is a pause when it is long. */
void kept_meeting_pause(struct model *model);
/* Of the open lesson in this meeting: into flow.attempt, its sentences too; false: there is none.
 */
bool kept_meeting_attempt(struct model *model);
void kept_sentence(struct model *model, uint32_t person);
bool kept_note(struct model *model, const char *words);
void kept_run(struct model *model); /* the run that was watched, as a shared one */

#endif
