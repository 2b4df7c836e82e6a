/*
 * Twins: two variants of the world, one above the other; which is looked at alone; the fork that a
 * key makes.
 */
#ifndef LAB_APP_TWINS_H
#define LAB_APP_TWINS_H

#include "lab/app/model.h"

bool twins_exist(const struct model *model); /* there are two worlds */
bool twins_shown(const struct model *model); /* this screen shows both */
/* The variants that are A (0) and B (1). */
uint32_t twins_variant(const struct model *model, unsigned side);
/* The one that a screen with one world shows: A, or what is large. */
uint32_t twins_focus(const struct model *model);
/* "b: " before a command when only B is looked at; "" for all. */
const char *twins_prefix(const struct model *model, char to[40]);

void twins_follow(struct model *model); /* the world was forked, or is one again */
void twins_look(struct model *model);   /* takes the figures of both */
void twins_sample(struct model *model);
void twins_closed(struct model *model, uint32_t variant);
void twins_back(struct model *model, uint64_t now_ns); /* what came after is none any more */

void twins_enlarge(struct model *model, unsigned side); /* 1 A, 2 B; again: both */
void twins_open(struct model *model); /* the key: a prompt for B's change, or for which one stays */
bool twins_digit(struct model *model, const struct key *key); /* there: what the panel says */
/* What a person typed behind the key: `variant b CHANGE`; what the world was stays as variant a.
 * False with the reason, and nothing is forked. */
bool twins_fork(struct model *model, const char *line);
void twins_undo(struct model *model); /* a fork that was made by hand is taken back */
/* A metric or condition as a lesson's goals mean it: of twins that were made by hand, A is what it
 * was, and B is judged. */
const char *twins_judged(const struct model *model, const char *condition, char words[LINE_BYTES]);
/* The same for a figure that is told: of the file's own twins it is the first one's. */
const char *twins_told(const struct model *model, const char *name, char words[LINE_BYTES]);
/* The file's own twins belong to the lesson: a line that closes them is refused. */
bool twins_guards(struct model *model, const char *line);

#endif
