/*
 * Inside of a history: what its files share and nobody else includes.
 */
#ifndef LAB_HISTORY_TIMELINE_H
#define LAB_HISTORY_TIMELINE_H

#include "lab/history/history.h"
#include "lab/history/pool.h"

#define MARKS_MAX 256

struct action {
    struct history_action shown; /* first: what shared runs read */
    history_again *again;        /* NULL: world_command */
};

/* A place of a run: after so many actions and events. */
struct place {
    uint64_t time_ns;
    uint64_t events; /* UINT64_MAX: all at or before time_ns */
    uint32_t actions;
};

struct mark {
    char name[40];
    struct place place;
};

struct history {
    struct history_pool *pool;
    uint64_t every_events; /* 0: by the size of the world */
    uint64_t tried_events; /* where a checkpoint was taken last, or had no room */
    struct checkpoint **checkpoints;
    uint32_t checkpoint_count, checkpoint_limit;
    struct action *actions;
    uint32_t action_count, action_limit;
    uint32_t done; /* of the actions: before the place at which the world stands */
    bool keeps;    /* going back forgets nothing */
    bool behind;   /* the world stands before the tip */
    bool away;     /* the world stands in another history */
    struct place tip, left;
    struct mark marks[MARKS_MAX];
    uint32_t mark_count;
    history_due
        *due_again; /* carries out a due command that is no verb of the world, in a replay */
    void *due_user;
};

/* A larger array for one item more; NULL when memory is short. */
void *timeline_grow(void *array, uint32_t count, uint32_t *limit, size_t item_bytes);

#endif
