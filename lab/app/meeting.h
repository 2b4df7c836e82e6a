/*
 * A group's thirty minutes: who is there, the questions, the clock, what each said, the notes.
 *
 * The clock is the program's own (model->wall_ms), taken over by meeting_tick: drawing and tests
 * see one instant.
 */
#ifndef LAB_APP_MEETING_H
#define LAB_APP_MEETING_H

#include "lab/app/model.h"

/* --- choosing (meeting_choose.c) -------------------------------------------------------------- */

/* What a row of the screen before a meeting is. */
enum meeting_row { ROW_GO_ON, ROW_PERSON, ROW_LESSON, ROW_BEGIN };

void meeting_open(struct model *model); /* the screen: who, which questions */
bool meeting_is_half_done(const struct model *model);
uint32_t meeting_rows(const struct model *model);
enum meeting_row meeting_row(const struct model *model, uint32_t row, uint32_t *which);
enum word meeting_pick_words(const struct model *model);  /* what Enter does at the cursor */
void meeting_enter(struct model *model);                  /* Enter at the cursor */
void meeting_toggle(struct model *model, uint32_t place); /* a lesson of the list: in, or out */
void meeting_people(struct model *model, int by);
void meeting_named(struct model *model);     /* the name that is open is done: the next one */
void meeting_name_fits(struct model *model); /* a name has room for eight cells */

/* --- going on (meeting.c) --------------------------------------------------------------------- */

void meeting_begin(struct model *model);
void meeting_go_on(struct model *model); /* with one that was left half done */
void meeting_leave(struct model *model); /* home: it can be gone on with */
void meeting_next(struct model *model);  /* the question is over */
/* A lesson of it was opened: its people guess. */
void meeting_join(struct model *model);
const struct lesson *meeting_lesson(const struct model *model, uint32_t place); /* NULL: not here */

/* --- the clock (meeting_clock.c) -------------------------------------------------------------- */

enum meeting_phase {
    PHASE_SITUATION,
    PHASE_GUESS,
    PHASE_SECOND,
    PHASE_WATCH,
    PHASE_EXPLAIN,
    PHASE_SENTENCE,
    PHASE_COUNT
};
extern const unsigned meeting_minutes[PHASE_COUNT];

#define MINUTE_MS        UINT64_C(60000)
#define QUESTION_MINUTES 8
#define MEETING_MINUTES  30
#define MEETING_PAUSE_MS (30 * MINUTE_MS) /* nothing was kept for so long: another evening */

struct meeting_clock {
    enum meeting_phase phase;
    uint64_t question_ms, meeting_ms; /* gone by, without pauses */
    uint64_t phase_end_ms;            /* planned, of the question's clock */
    uint64_t late_ms;                 /* past that; 0: in time */
    /* What to leave out, so that it comes out even; nothing is cut off. */
    bool leave_second, leave_explain, leave_question;
};
void meeting_clock(const struct model *model, struct meeting_clock *clock);
bool meeting_ticks(const struct model *model); /* a second that goes by is seen */
/* Takes the program's clock over. */
void meeting_tick(struct model *model);

/* --- what is said (meeting_said.c) ------------------------------------------------------------ */

void meeting_ask(struct model *model);      /* what did you see: the first who has not said it */
bool meeting_keep(struct model *model);     /* what is written so far; false: nothing */
bool meeting_said(struct model *model);     /* the open sentence is done; false: nobody is left */
void meeting_other(struct model *model);    /* Tab: the next person's sentence */
void meeting_sentence(struct model *model); /* after the explanation: one sentence each */

/* --- notes (notes.c) -------------------------------------------------------------------------- */

/* The screen's numbers as a line: when, the big number, what is watched, the last command. */
void notes_figures(const struct model *model, struct text *to);
void notes_open(struct model *model); /* asks for a line; what is being asked now waits */
void notes_leave(struct model *model);
void notes_take(struct model *model); /* with the line that was typed */

#endif
