/*
 * A lesson's way: brief, try, predict, watch, explain, vary, work; its questions, locks and
 * scripts.
 */
#ifndef LAB_APP_FLOW_H
#define LAB_APP_FLOW_H

#include "lab/app/model.h"

void flow_open(struct model *model, uint32_t lesson); /* of the list at home */
void flow_leave(struct model *model);
void flow_language(
    struct model *model); /* after a change: what was taken from the text is taken again */
void flow_step(struct model *model, enum lesson_step step);
void flow_resume(struct model *model, enum lesson_step step); /* at a later start of the program */
void flow_next(struct model *model);
void flow_previous(struct model *model);
bool flow_active(const struct model *model);
bool flow_shows_ladder(const struct model *model); /* `view: ladder` of its front matter */
const struct lesson *flow_after(const struct model *model); /* the lesson after this; NULL none */

/* In the present language. */
const struct lesson_text *flow_text(const struct model *model);
const struct question *flow_question(const struct model *model); /* that is asked now, NULL none */

/* --- what its prose speaks of (flow_told.c) --------------------------------------------------- */
void flow_take_end(struct model *model); /* the watched run is over: what its explanation needs */
/* A figure that no part has by itself: "rdb:cache.keys", "cache.at_risk_power.peak",
 * "world.machines"; as the watched run ended, or as it is now. */
bool flow_told(const struct model *model, const char *name, struct value *value);

/* --- questions (flow_guess.c) ---------------------------------------------------------------- */
bool flow_open_question(const struct model *model); /* one is not locked */
/* The line is the fault of an open question: the guess is asked for, the line is not carried out.
 */
bool flow_guards(struct model *model, const char *line);
void flow_halted(struct model *model); /* the clock came to that fault */
void flow_hide(struct model *model); /* tells the session what an open question hides, and where the
                                        clock halts */
void flow_ask(struct model *model);  /* opens the field of the first open question */
void flow_lock(struct model *model); /* Enter */
void flow_person(struct model *model); /* Tab */
bool flow_same_line(const char *a, const char *b);
/* What was typed, as a person reads it: "40,000 orders" or "b snapshot"; false when it is no guess
 * yet. */
bool flow_understood(const struct model *model, uint32_t question, uint32_t person,
                     struct text *to);
/* The nearest guess of a counted number: a person, or -1. */
int flow_nearest(const struct model *model, uint32_t question);
const struct belief *flow_belief(const struct model *model, uint32_t question, uint32_t person);

/* --- the run of a step, and goals (flow_script.c) --------------------------------------------- */
void flow_script_start(struct model *model, uint64_t fault_ns);
uint64_t
flow_script_time(const struct model *model); /* where it has to be looked at; TIME_NEVER nowhere */
bool flow_script_runs(const struct model *model);
bool flow_script_turn(struct model *model); /* what is due; true when something was */
void flow_finish(struct model *model);      /* Enter: the rest, as fast as it goes */
void flow_went_back(struct model *model);
void flow_goals(struct model *model);                    /* looks at them now */
void flow_again(struct model *model, bool keep_changes); /* vary from the beginning */
void flow_changed(struct model *model, const char *line);
void flow_reveal(struct model *model);

#endif
