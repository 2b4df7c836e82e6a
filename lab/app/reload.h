/*
 * A lesson's file that was saved while the lab is open: read anew, shown anew, errors with their
 * place.
 */
#ifndef LAB_APP_RELOAD_H
#define LAB_APP_RELOAD_H

#include "lab/app/model.h"

/* The model's input "this file changed".  The lesson that it belongs to is read again: where it
 * cannot be, its error stands on the screen until it can, and the lesson stays as it was.  Of the
 * open lesson the place is kept: its step and guesses when only words changed, its step in a fresh
 * world when a script did, the beginning when its questions are others. */
void reload_file(struct model *model, const char *path);

/* The files to watch, one after the other; false at the end. */
bool reload_watched(const struct model *model, uint32_t i, char *path, size_t bytes);

#endif
