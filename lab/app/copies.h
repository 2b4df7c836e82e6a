/*
 * The screen of copies and referees: is there something to show, and may it be seen?
 */
#ifndef LAB_APP_COPIES_H
#define LAB_APP_COPIES_H

#include "lab/app/model.h"

/* The world has a replica or a sentinel. */
bool copies_exist(const struct model *model);

#endif
