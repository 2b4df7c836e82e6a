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
void flow_know(struct model *model); /* from brief straight to the guess */
void flow_skip(struct model *model); /* the guess was right: on to vary */
void flow_previous(struct model *model);
bool flow_active(const struct model *model);
bool flow_shows_ladder(const struct model *model);          /* `view: ladder` of its front matter */
bool flow_shows_copies(const struct model *model);          /* the copies and referees, likewise */
bool flow_shows_server(const struct model *model);          /* the walls of a server */
const struct lesson *flow_after(const struct model *model); /* the lesson after this; NULL none */

/* --- the acts of a lesson and their worlds (flow_scene.c) ------------------------------------- */
uint32_t flow_acts(const struct model *model);
/* Which part of a step is shown in the present act; UINT32_MAX: it has none for it. */
uint32_t flow_part(const struct model *model, enum lesson_step step);
bool flow_shows(const struct model *model, enum lesson_step step, const struct block *block);
/* A question that is asked in the present act; its first one. */
bool flow_asks(const struct model *model, uint32_t question);
uint32_t flow_first_question(const struct model *model);
/* Opens the script that a step shows; false with the reason in the message: nothing changed. */
bool flow_scene(struct model *model, enum lesson_step step);
/* The script that is open, run to its end without a screen with some lines more; NULL: it does not
 * come to one.  The caller closes it. */
struct session *flow_run(const struct model *model, const char *const *changes);
/* What everybody guessed in this act is what the run will count. */
bool flow_guessed_right(struct model *model);

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
/* The question that is asked now wants marks on the map: what may be marked, how many; a mark is
 * set or taken away. */
bool flow_on_map(const struct model *model);
unsigned flow_marks(const struct model *model, uint32_t question, const char *names[LESSON_MARKS]);
void flow_mark(struct model *model, uint32_t mark);
void flow_stay(struct model *model); /* no second guess: the question is locked */
/* What was typed, as a person reads it: "40,000 orders" or "b snapshot"; false when it is no guess
 * yet. */
bool flow_understood(const struct model *model, uint32_t question, uint32_t person,
                     struct text *to);
enum word flow_example(const struct question *question); /* how a guess is written */
/* How far a number is from what was counted; of a map: so many marks are otherwise. */
uint64_t flow_apart(const struct model *model, uint32_t question, int64_t number);
/* The nearest guess of a counted number: a person, or -1. */
int flow_nearest(const struct model *model, uint32_t question);
const struct belief *flow_belief(const struct model *model, uint32_t question, uint32_t person);

/* --- the second round (flow_rounds.c) -------------------------------------------------------- */
bool flow_differ(const struct model *model, uint32_t question);
bool flow_offer_second(struct model *model); /* all have guessed; false: nothing to argue about */
void flow_second(struct model *model);       /* everybody is asked again */
bool flow_keeps_first(struct model *model);  /* an empty second guess is the first one */
/* Arguing turned the guess toward what was counted. */
bool flow_toward(const struct model *model, uint32_t question, uint32_t person);

/* --- the run of a step (flow_script.c) -------------------------------------------------------- */
void flow_script_start(struct model *model, uint64_t fault_ns);
uint64_t
flow_script_time(const struct model *model); /* where it has to be looked at; TIME_NEVER nowhere */
bool flow_script_runs(const struct model *model);
void flow_script_end_here(struct model *model); /* nothing will ever happen again */
bool flow_script_turn(struct model *model);     /* what is due; true when something was */
void flow_finish(struct model *model);          /* Enter: the rest, as fast as it goes */
void flow_went_back(struct model *model);
void flow_act(struct model *model, const char *line); /* a line of the flow's own */
/* A line that a person gave before; false with the error. */
bool flow_redo(struct model *model, const char *line, struct error *error);

/* --- vary: goals, changes, prices (flow_vary.c) ----------------------------------------------- */
void flow_judge(struct model *model);                            /* a run of vary is over */
bool flow_failure(const struct model *model, uint64_t *time_ns); /* where a goal failed first */
void flow_see_failure(struct model *model);                      /* the clock goes there */
void flow_goals(struct model *model);                            /* looks at them now */
void flow_again(struct model *model, bool keep_changes);         /* vary from the beginning */
void flow_changed(struct model *model, const char *line);
void flow_reveal(struct model *model);

#endif
