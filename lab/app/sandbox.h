/*
 * The worlds that are there to be broken: the files of the folder `worlds`, each with its title.
 *
 * A file's title is that of its `world` line; a line `# ko: ...` before it is the Korean one.
 */
#ifndef LAB_APP_SANDBOX_H
#define LAB_APP_SANDBOX_H

#include "lab/app/model.h"

/* Reads the folder, in the order of the files' names. */
void sandbox_read(struct sandbox *sandbox);
/* Opens the i-th; false with the reason in model->message. */
bool sandbox_open(struct model *model, uint32_t i);

#endif
