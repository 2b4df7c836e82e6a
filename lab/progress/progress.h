/*
 * What a learner has done, kept in one SQLite file: lessons, guesses, reviews, meetings.
 *
 * $OUTAGE_PROGRESS, or $XDG_DATA_HOME/outage/progress.db (~/.local/share/outage/progress.db).  The
 * lab works without it: every function takes a NULL or an unusable progress, keeps nothing and
 * finds nothing; progress_words says why.  What a function returned true for survives a kill and a
 * power cut. Several labs may write at once.
 *
 * Times are milliseconds since 1970 and come from the caller; 0 is none.  Texts are UTF-8; what is
 * longer than a field is cut between characters.
 */
#ifndef LAB_PROGRESS_PROGRESS_H
#define LAB_PROGRESS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/engine/error.h"

#define KEPT_LESSON_BYTES   48
#define KEPT_QUESTION_BYTES 32
#define KEPT_NAME_BYTES     48
#define KEPT_WORDS_BYTES    512
#define KEPT_LINES_BYTES    8192
#define KEPT_PEOPLE_MAX     8

struct progress;

/* Opens (and makes) the file; `path` NULL: where progress belongs.  An older file is brought up to
 * date with a copy beside it, a damaged one is set aside under another name (with now_ms in it) and
 * a new one begun, a newer one is only read.  NULL only without memory. */
struct progress *progress_open(const char *path, uint64_t now_ms);
/* The same, but where there is no file none is made. */
struct progress *progress_open_existing(const char *path, uint64_t now_ms);
void progress_close(struct progress *progress);

/* What a person has to be told about the file (one sentence), since the last call: it is told once.
 * False when there is nothing to say. */
bool progress_words(struct progress *progress, enum language language, struct text *text);
bool progress_takes(const struct progress *progress); /* what is written now would be kept */
bool progress_reads(const struct progress *progress); /* no file that is there stays unread */
const char *progress_path(const struct progress *progress);

/* The language that was chosen last, where nothing else tells it; false: none was. */
bool progress_language(struct progress *progress, enum language *language);
bool progress_language_keep(struct progress *progress, enum language language);

/* --- a lesson --------------------------------------------------------------------------------- */

/* One way through a lesson; `started_ms` tells it from others.  Save it whenever its step or its
 * lines change: it is what "continue" goes on with until progress_done. */
struct kept_attempt {
    char lesson[KEPT_LESSON_BYTES]; /* lesson->id */
    uint64_t started_ms;
    uint32_t step; /* enum lesson_step: the furthest */
    uint64_t seed;
    uint64_t meeting_ms;          /* the meeting's started_ms; 0: alone */
    char lines[KEPT_LINES_BYTES]; /* what was typed and holds, one command a line */
};
bool progress_save(struct progress *progress, const struct kept_attempt *attempt, uint64_t now_ms);
bool progress_done(struct progress *progress, const struct kept_attempt *attempt, uint64_t now_ms);

/* Where a lesson stands: what home shows. */
struct standing {
    uint64_t done_ms;    /* first; 0 never */
    bool under_way;      /* `attempt` is there to be continued; newer than all that are done */
    uint64_t touched_ms; /* its last change: the newest of all lessons is the one to go on with */
    struct kept_attempt attempt;
    uint64_t review_due_ms; /* 0: nothing to review (never done, or remembered four times) */
    uint32_t reviews;       /* remembered in a row: 0..4 */
};
bool progress_standing(struct progress *progress, const char *lesson, struct standing *standing);

/* --- guesses ---------------------------------------------------------------------------------- */

struct kept_guess {
    char lesson[KEPT_LESSON_BYTES];
    uint64_t started_ms; /* of the attempt */
    char question[KEPT_QUESTION_BYTES];
    uint32_t round;               /* 1 or 2 */
    uint32_t person;              /* from 0 */
    char name[KEPT_NAME_BYTES];   /* "": a letter */
    char words[KEPT_WORDS_BYTES]; /* as typed */
    int64_t number;               /* of a choice its place from 0 */
    uint64_t seed;
    uint64_t locked_ms;
};
bool progress_guess(struct progress *progress, const struct kept_guess *guess);

/* The counted value of a question, with what a page says beside it. */
struct kept_counted {
    char lesson[KEPT_LESSON_BYTES];
    uint64_t started_ms;
    char question[KEPT_QUESTION_BYTES];
    char asked[KEPT_WORDS_BYTES]; /* the question's sentence */
    char unit[KEPT_QUESTION_BYTES];
    bool choice;
    int64_t number;
};
bool progress_counted(struct progress *progress, const struct kept_counted *counted,
                      uint64_t now_ms);

/* Of one attempt; by question, round, person.  Returns how many there are; `to` takes `most`. */
uint32_t progress_guesses(struct progress *progress, const char *lesson, uint64_t started_ms,
                          struct kept_guess *to, uint32_t most);
uint32_t progress_counts(struct progress *progress, const char *lesson, uint64_t started_ms,
                         struct kept_counted *to, uint32_t most);

/* --- reviews: 1, 3, 7 and 21 days after the lesson, and after each that was remembered -------- */

bool progress_review(struct progress *progress, const char *lesson, bool remembered,
                     uint64_t now_ms);

/* --- meetings --------------------------------------------------------------------------------- */

struct kept_meeting {
    uint64_t started_ms, ended_ms;
    uint32_t number; /* from 1, filled in when read */
};
bool progress_meeting(struct progress *progress, const struct kept_meeting *meeting,
                      uint64_t now_ms);
/* What a meeting is about to do: it is kept at its beginning, so that a half-done one goes on. */
#define KEPT_AGENDA_LESSONS 8
struct kept_agenda {
    uint64_t meeting_ms;
    enum language language; /* of its page */
    uint32_t people, lesson_count;
    char names[KEPT_PEOPLE_MAX][KEPT_NAME_BYTES]; /* "": a letter */
    char lessons[KEPT_AGENDA_LESSONS][KEPT_LESSON_BYTES];
    uint32_t at; /* the lesson that is under way; lesson_count: all are through */
};
bool progress_agenda(struct progress *progress, const struct kept_agenda *agenda, uint64_t now_ms);
bool progress_agenda_find(struct progress *progress, uint64_t meeting_ms,
                          struct kept_agenda *agenda);
/* The last one that has an agenda and no end. */
bool progress_meeting_open(struct progress *progress, struct kept_meeting *meeting);
/* When something of it was kept last; 0 never. */
uint64_t progress_meeting_touched(struct progress *progress, uint64_t meeting_ms);

/* A time in which nobody was there: an evening and the next. */
struct kept_pause {
    uint64_t meeting_ms, began_ms, ended_ms;
};
bool progress_pause(struct progress *progress, const struct kept_pause *pause, uint64_t now_ms);
uint32_t progress_pauses(struct progress *progress, uint64_t meeting_ms, struct kept_pause *to,
                         uint32_t most);

/* The run that was watched, as a world file that gives it again (session_share). */
bool progress_run(struct progress *progress, const struct kept_attempt *attempt, const char *words,
                  uint64_t now_ms);
/* NULL: none was kept.  The caller frees it. */
char *progress_run_find(struct progress *progress, const struct kept_attempt *attempt);

/* By number from 1; 0: the last.  Returns false when there is none. */
bool progress_meeting_find(struct progress *progress, uint32_t number,
                           struct kept_meeting *meeting);
uint32_t progress_meetings(struct progress *progress);

/* The lessons of a meeting, in the order in which they were begun. */
uint32_t progress_meeting_attempts(struct progress *progress, uint64_t meeting_ms,
                                   struct kept_attempt *to, uint32_t most);

/* The one sentence of each: what was seen. */
struct kept_sentence {
    char lesson[KEPT_LESSON_BYTES];
    uint64_t started_ms;
    char question[KEPT_QUESTION_BYTES]; /* "": of the lesson */
    uint32_t person;
    char name[KEPT_NAME_BYTES];
    char words[KEPT_WORDS_BYTES];
};
bool progress_sentence(struct progress *progress, const struct kept_sentence *sentence,
                       uint64_t now_ms);
uint32_t progress_sentences(struct progress *progress, const char *lesson, uint64_t started_ms,
                            struct kept_sentence *to, uint32_t most);

/* What `n` puts into the notes; the same words twice are one note. */
enum note_kind { NOTE_FIGURE, NOTE_WORK, NOTE_FILE };
struct kept_note {
    uint64_t meeting_ms;
    char lesson[KEPT_LESSON_BYTES];
    enum note_kind kind;
    char words[KEPT_WORDS_BYTES]; /* "received OK: 42,298"; a line to type; the path of a file */
};
bool progress_note(struct progress *progress, const struct kept_note *note, uint64_t now_ms);
uint32_t progress_notes(struct progress *progress, uint64_t meeting_ms, const char *lesson,
                        struct kept_note *to, uint32_t most);

/* --- as text ---------------------------------------------------------------------------------- */

/* One line a record, sorted; false when the file cannot be read or the sink refuses. */
typedef bool progress_sink(void *user, const char *line);
bool progress_export(struct progress *progress, progress_sink *sink, void *user);

/* Takes all records of a text or none; what is there already stays one.  `added` counts what is new
 * or newer.  False with "LINE:COLUMN: ..." in `why`, or with the trouble of the file. */
bool progress_import(struct progress *progress, const char *text, size_t bytes, uint32_t *added,
                     enum language language, struct text *why);

#endif
