/*
 * Every key of the lab is a row of actions.def: keys, key line, help and manual come from it.
 */
#ifndef LAB_APP_ACTIONS_H
#define LAB_APP_ACTIONS_H

#include "lab/app/model.h"

struct action {
    const char *name;
    enum key_code code;
    uint32_t letter, second; /* of KEY_CODE_TEXT: the key and its second name, 0 none */
    bool shift;
    const char *label; /* as the key line says it */
    uint64_t where;    /* 1 << enum place */
    int line;          /* on the key line: 1 yes, 0 only in the help */
    enum word words;
    /* False: not now; the key goes on to the next row or to the open field. */
    bool (*act)(struct model *model, const struct key *key);
};

extern const struct action actions[];
extern const unsigned action_count;

bool action_is_for(const struct action *action, enum place place);
bool action_is_here(const struct model *model, const struct action *action); /* and it works now */
const char *action_words(const struct model *model, const struct action *action);

/* The row that acts on a key here, NULL when there is none; `after`: look on after this one. */
const struct action *action_find(const struct model *model, const struct key *key,
                                 const struct action *after);

#endif
