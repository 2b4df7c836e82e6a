/* Inside of checking a lesson: what the files check_*.c share. */
#ifndef LAB_LESSON_CHECK_H
#define LAB_LESSON_CHECK_H

#include "lab/lesson/run.h"

/* What a second of a person's waiting holds: the engine fires about four million events a second
 * on a laptop, half of it on a slow machine.  Counted, not timed: the same everywhere. */
#define LESSON_EVENTS_A_WAIT 2000000

/* What the lab has room for (lab/app/model.h). */
#define LESSON_QUESTIONS 8
#define LESSON_GOALS     8

#define CHECK_SEEN 256

/* A script of the lesson and its run: world.lab, or that of a part with a fence of its own. */
struct scene {
    enum lesson_step step; /* STEP_BRIEF: world.lab */
    uint32_t part;
    struct session *run;  /* at its end; NULL: it does not come to one */
    struct session *told; /* what names lead to: the run, else the world as it is built; NULL */
};
#define CHECK_SCENES (1 + 3 * LESSON_PARTS)

struct check {
    const struct lesson *lesson;
    const char *folder;
    enum language language;
    void (*report)(void *user, const char *line);
    void *user;
    char *said; /* what the scripts, commands and goals say: numbers in it are known */
    struct scene scenes[CHECK_SCENES];
    unsigned scene_count;
    uint32_t failed;
    bool goals_wrong;          /* one cannot be looked at */
    uint64_t seen[CHECK_SEEN]; /* digests of what was reported: each thing once */
};

/* A place in a file: the line, and the word in it that is wrong (NULL: the line's first).  Of a
 * paragraph the word may stand in a later line. */
struct spot {
    const char *path, *source;
    uint32_t line;
    const char *word;
    uint32_t column; /* when it is known already, else 0 */
};
struct spot spot_text(const struct lesson_text *text, uint32_t line, const char *word);
struct spot spot_world(const struct check *check, uint32_t line, const char *word);

/* Reports a failure at a place of a file; counts it, once. */
void check_fail(struct check *check, struct spot spot, enum error_id id, const char *a,
                const char *b, const char *c);
void check_fail_error(struct check *check, struct spot spot, const struct error *error);

/* The word of a line at which an error stands, from the wrong byte on; "" when it has none. */
const char *check_word(char words[COMMAND_BYTES], const char *line, const struct error *error);

/* The text that stands for both, once they are found to be alike. */
const struct lesson_text *check_text(const struct check *check);

/* The front matter: id, minutes, needs (check_front.c). */
void check_front(struct check *check);
/* The same keys, steps, questions and goals in both languages, all of them there
 * (check_parity.c). */
void check_parity(struct check *check);
/* Words: no literal **, NFC, no number from nowhere, no place or link that leads nowhere
 * (check_text.c). */
void check_words(struct check *check);
/* Names of answers, hides, faults, prices, goals, commands exist (check_names.c). */
void check_names(struct check *check);

/* --- numbers (numbers.c) ---------------------------------------------------------------------- */

struct number {
    char words[48];   /* as written: "42,300" "3만9천" */
    char plain[48];   /* in decimals, without commas */
    uint64_t time_ns; /* when a unit of time follows it; 0 none */
    bool known_word;  /* a single digit: a word like any other */
};

/* The next number at or after *at, which moves behind it; false at the end.  Digits inside of a
 * name (redis-1, p99) are none. */
bool number_next(const char *begin, const char **at, struct number *number);

/* Is it among the numbers of a text?  As it stands, or as the same time: 1.6 s is 1600ms. */
bool number_among(const char *words, const struct number *number);

/* --- runs (check_runs.c) ---------------------------------------------------------------------- */

/* The script as its lines build it, NULL with a failure. */
struct session *scene_built(struct check *check, const struct scene *scene, uint64_t seed,
                            uint32_t pick);
/* Every scene of the lesson is run once: their `run` and `told`. */
void check_scenes(struct check *check);
void check_scenes_close(struct check *check);
const struct scene *scene_of(const struct check *check, enum lesson_step step, uint32_t part);

void check_expects(struct check *check);
void check_answers(struct check *check, unsigned seeds);
void check_goals(struct check *check);

#endif
