/* What each row of actions.def does: true when it did, false when the key is to go on. */
#ifndef LAB_APP_ACTS_H
#define LAB_APP_ACTS_H

#include "lab/app/model.h"

#define ACTION(name, code, letter, second, shift, label, where, line, words)                       \
    bool press_##name(struct model *model, const struct key *key);
#include "lab/app/actions.def"
#undef ACTION

#endif
