/* The lessons as lines, for a reader or a pipe. */
#ifndef LAB_APP_PLAIN_H
#define LAB_APP_PLAIN_H

#include "lab/app/model.h"

/* Reads standard input, writes standard output; returns the exit status. */
int plain_run(struct model *model);

#endif
