/*
 * A meeting as a page of Markdown: questions, guesses of each round, what was counted, the
 * sentences, the lines to type at work, the file to replay.
 */
#ifndef LAB_PROGRESS_RETRO_H
#define LAB_PROGRESS_RETRO_H

#include <stdio.h>

#include "lab/lesson/lesson.h"
#include "lab/progress/progress.h"

enum retro_word {
#define RETRO(id, en, ko) RETRO_##id,
#include "lab/progress/retro.def"
#undef RETRO
    RETRO_COUNT
};
const char *retro_say(enum language language, enum retro_word word);

/* The page; what a question asks comes from `lessons` in the page's language, else as it was kept.
 */
struct retro {
    FILE *file;
    enum language language;
    struct progress *progress;
    struct lesson **lessons;
    uint32_t lesson_count;
    const char *path; /* of the page: the runs to replay stand beside it; NULL: it stands nowhere */
};
void retro_write(const struct retro *retro, const struct kept_meeting *meeting);

/* Writes each run of the meeting beside the page, where no file of that name is.  False with the
 * path and errno: none is left. */
bool retro_runs_write(const struct retro *retro, const struct kept_meeting *meeting, char *path,
                      size_t bytes);
/* The run's file of a lesson, with the page's folder or without it. */
void retro_run_name(const struct retro *retro, const char *lesson, bool folder, char *to,
                    size_t bytes);

/* --- parts of it (retro_lesson.c) ------------------------------------------------------------- */

#define PAGE_GUESSES   256
#define PAGE_SENTENCES 128
#define PAGE_NOTES     128
#define PAGE_COUNTS    16
#define PAGE_ATTEMPTS  16
#define PAGE_PAUSES    16

/* What was kept of one lesson of the meeting. */
struct retro_lesson {
    const struct lesson *lesson; /* NULL: not here any more */
    struct kept_attempt attempt;
    struct kept_guess guesses[PAGE_GUESSES];
    struct kept_counted counts[PAGE_COUNTS];
    struct kept_sentence sentences[PAGE_SENTENCES];
    struct kept_note notes[PAGE_NOTES];
    uint32_t guess_count, counted_count, sentence_count, note_count;
    bool has_run;
};
void retro_lesson_read(const struct retro *retro, const struct kept_attempt *attempt,
                       struct retro_lesson *page);
void retro_lesson_write(const struct retro *retro, const struct retro_lesson *page);
/* Figures that were noted, as a list; "" of `lesson`: beside all lessons. */
void retro_notes_write(const struct retro *retro, const struct kept_note *notes, uint32_t count);
/* The questions that were guessed at, in the lesson's order. */
uint32_t retro_lesson_questions(const struct retro *retro, const struct retro_lesson *page,
                                const char *names[PAGE_COUNTS]);

/* "db, lb": what is marked, in a world of the lesson; false: it cannot be built any more. */
bool retro_marks_add(const struct lesson *lesson, const struct question *question, int64_t bits,
                     struct text *to);

/* --- Markdown (retro_text.c) ------------------------------------------------------------------ */

/* Words of a person on one line: nothing in them is markup. */
void retro_put(FILE *file, const char *words);
/* A lesson's question on one line: its code stays code. */
void retro_put_question(FILE *file, const char *words);
void retro_person(FILE *file, enum language language, uint32_t person, const char *name);
/* Code on lines of its own; `before` stands before each, and a line's own words are quoted for the
 * shell when `quoted`. */
void retro_code(FILE *file, const char *before, const char *words, bool quoted);
void retro_number(FILE *file, int64_t number);

#endif
