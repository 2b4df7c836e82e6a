/*
 * The kind `sentinel`: Redis Sentinel 7.0 as a process on a machine, with one master to watch.
 */
#ifndef SIM_STORE_SENTINEL_H
#define SIM_STORE_SENTINEL_H

#include "sim/engine/world.h"

/* The order of the rows in sentinel_rows.c. */
enum sentinel_parameter {
    SENTINEL_WATCH,
    SENTINEL_QUORUM,
    SENTINEL_DOWN_AFTER,       /* ms */
    SENTINEL_FAILOVER_TIMEOUT, /* ms */
    SENTINEL_PARALLEL_SYNCS,
    SENTINEL_PARAMETERS
};

/* What a sentinel believes of the master, worst last; nothing when its process is gone. */
enum sentinel_belief { BELIEF_NONE, BELIEF_UP, BELIEF_SDOWN, BELIEF_ODOWN, BELIEF_FAILOVER };

/* What it began to believe at a moment, and its last vote by then. */
struct sentinel_view {
    uint64_t time_ns;
    uint32_t master; /* component; 0 none */
    uint32_t belief; /* enum sentinel_belief */
    uint32_t vote;   /* the sentinel that it voted for; 0: it never voted, or that one is removed */
    uint32_t epoch;  /* of that vote */
};

/* The views of all sentinels as one story: a row for each change, a column for each sentinel. */
#define SENTINEL_COLUMNS 8u
struct sentinel_row {
    uint64_t time_ms;
    bool votes; /* the row tells who voted, else who believes what */
    struct sentinel_view at[SENTINEL_COLUMNS];
    bool changed[SENTINEL_COLUMNS];
};
struct sentinel_story {
    uint32_t count, more; /* columns, and sentinels that have none */
    uint32_t sentinel[SENTINEL_COLUMNS];
    uint32_t next[SENTINEL_COLUMNS]; /* the view that comes next */
    struct sentinel_row row;         /* the last one told */
    bool vote_due[SENTINEL_COLUMNS]; /* told in a row of its own */
};

/* The store that it takes for the master now; 0 none. */
uint32_t sentinel_master(const struct world *world, uint32_t sentinel);
/* Its process runs and hears. */
bool sentinel_answers(const struct world *world, uint32_t sentinel);
/* --- sentinel_names.c: via=s1,s2: who asks for the master at each connection ------------------ */

/* How many names the list has. */
uint32_t sentinel_count(const char *names);
/* Whose turn it is, counted round and round; 0: the list is empty, or nobody has that name now. */
uint32_t sentinel_turn(const struct world *world, const char *names, uint32_t turn);
/* Each name is a sentinel's; the error's word is `parameter`. */
bool sentinel_check_names(const struct world *world, const char *names, unsigned parameter,
                          struct error *error);
/* Says SENTINEL GET-MASTER-ADDR-BY-NAME on a connection; the answer is RESP_ADDRESS. */
void sentinel_question(struct world *world, uint32_t connection, uint32_t component);
/* The first of them that answers: its master; 0 none does.  For who looks at the world, not for its
 * processes. */
uint32_t sentinel_ask(const struct world *world, const char *names);

/* --------------------------------------------------------------------------------------------- */

/* Its views, the oldest first: `count` of them; i below it. */
uint32_t sentinel_views(const struct world *world, uint32_t sentinel);
struct sentinel_view sentinel_view(const struct world *world, uint32_t sentinel, uint32_t i);

/* Begins before the first row; each call of next makes story->row the next one, false at the end.
 */
void sentinel_story_begin(struct sentinel_story *story, const struct world *world);
bool sentinel_story_next(struct sentinel_story *story, const struct world *world);
/* "red odown", "s1, epoch 2" of a vote; "-" when there is none. */
void sentinel_belief_add(struct text *text, const struct world *world,
                         const struct sentinel_view *view);

/* The table of `report sentinels`: who believed what, and when. */
void sentinel_report(const struct world *world, struct text *text, enum language language);

extern const struct kind sentinel_kind;

#endif
