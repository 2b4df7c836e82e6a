/* How the model changes: by a key, by time, by another size of the terminal. */
#ifndef LAB_APP_UPDATE_H
#define LAB_APP_UPDATE_H

#include "lab/app/model.h"

#define ROWS_NEEDED    24
#define COLUMNS_NEEDED 80

void update_key(struct model *model, const struct key *key);
void update_size(struct model *model, int rows, int columns);

#endif
