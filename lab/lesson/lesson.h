/*
 * A lesson: Markdown in two languages over one world, read into steps, questions, goals and blocks.
 *
 * lessons/NN-name/{ko.md,en.md,world.lab}.  Front matter (id, title, minutes, needs, asks), then a
 * level-2 heading for each step.  The format is the one of the lessons' authors; reading it changes
 * no world.
 */
#ifndef LAB_LESSON_LESSON_H
#define LAB_LESSON_LESSON_H

#include "sim/sim.h"

enum lesson_step {
    STEP_BRIEF,
    STEP_TRY,
    STEP_PREDICT,
    STEP_WATCH,
    STEP_EXPLAIN,
    STEP_VARY,
    STEP_WORK,   /* seven are counted */
    STEP_REVIEW, /* the later questions */
    STEP_COUNT
};

#define LESSON_CHOICES 6
#define LESSON_HIDES   24
#define LESSON_MARKS   16 /* parts that may be marked on a map */
#define LESSON_PARTS   6  /* `### NAME` parts of a step */

enum question_form { QUESTION_NUMBER, QUESTION_CHOICE, QUESTION_MAP };

/* The belief behind a guess: `miss NAME FROM..TO "belief"` (a number), `miss NAME a "belief"`, or
 * of a map `miss NAME lb "..."` (who marked it) and `miss NAME -lb "..."` (who did not). */
struct belief {
    int64_t from, to; /* of a choice: its index in both */
    char *mark;       /* of a map */
    char *words;
    uint32_t line;
};

struct question {
    char name[32];
    uint32_t line, answer_line; /* of `predict` and `answer` in the file; 0: no answer */
    enum question_form form;
    uint32_t part;                 /* the `### NAME` under which it stands: 0 the first, or none */
    char unit[24];                 /* as written: orders, ms */
    char *words;                   /* the question */
    char *choices[LESSON_CHOICES]; /* a=, b=, ...; NULL beyond */
    char *marks[LESSON_MARKS + 1]; /* of a map, parts=: what may be marked; none: every process */
    char *hides[LESSON_HIDES + 1]; /* metrics, NULL-terminated; the answer's own included */
    struct command
        fault;          /* at=COMMAND: the fault that it guards; count 0: the first of world.lab */
    char answer[72];    /* the metric of `answer`, of a map also a list "lb,cache"; or "" */
    char answer_choice; /* 'a'.. of a choice, 0 */
    char within[24];    /* "5%", "20", "" */
    struct belief *beliefs;
    uint32_t belief_count;
};

struct goal {
    char *words;           /* the sentence */
    char *condition;       /* "orders.acked_lost == 0" */
    uint32_t line, column; /* of the condition */
};

/* What stands in a step, in order. */
enum block_kind {
    BLOCK_PARAGRAPH, /* prose with {metric} places; **strong** kept as text marks \x01..\x02, code
                        as \x03..\x04 */
    BLOCK_ITEM,      /* of a list */
    BLOCK_CODE,      /* a fence that is no `lab`: shown as it is */
    BLOCK_COMMAND, /* one line of a `lab` fence that is no lesson command: an action, or what a step
                      runs */
    BLOCK_QUESTION, /* index of the lesson's question */
    BLOCK_ASK,      /* "What did you see?" */
    BLOCK_GOAL,     /* index of the goal */
    BLOCK_HINT,
    BLOCK_REVEAL, /* a command that meets the goals */
    BLOCK_PRICE,  /* name and metric */
    BLOCK_SOURCE, /* ids of what was measured on the real thing */
    BLOCK_WORLD   /* the lines of a `lab world` fence: see lesson_script */
};
struct block {
    enum block_kind kind;
    uint32_t index;
    uint32_t line;
    uint32_t part; /* of its step, see lesson_text */
    char *words;
};

/* The keys of the front matter, in the order in which they are written. */
enum front_key {
    FRONT_ID,
    FRONT_TITLE,
    FRONT_MINUTES,
    FRONT_NEEDS,
    FRONT_ASKS,
    FRONT_VIEW,
    FRONT_KEYS
};
extern const char *const lesson_front_keys[FRONT_KEYS]; /* their names */
struct front_line {
    char *words;   /* NULL: the key is not there */
    uint32_t line; /* where it stands; of a missing key: where the front matter ends */
};

/* A link of the prose: where it leads, as written. */
struct lesson_link {
    char *to;
    uint32_t line;
};

/* A step may have parts, each under a heading of the third level: `### NAME`; what stands before
 * the first heading is a part without a name.  The parts of predict, watch and explain belong
 * together by their name: a lesson of two acts asks, shows and explains, and then again.  Each part
 * of review is a question for a later day. */
struct lesson_part {
    char name[32]; /* "" when it has no heading */
    uint32_t line; /* of the heading */
};

struct lesson_text { /* one language */
    struct front_line front[FRONT_KEYS];
    const char *title, *asks;       /* of the front matter */
    char *source;                   /* the whole file: places of errors are looked up in it */
    uint32_t step_line[STEP_COUNT]; /* of its heading, 0 none */
    struct lesson_link *links;
    uint32_t link_count;
    struct block *blocks[STEP_COUNT];
    uint32_t block_count[STEP_COUNT];
    struct lesson_part parts[STEP_COUNT][LESSON_PARTS];
    uint32_t part_count[STEP_COUNT]; /* at least 1 */
    struct question *questions;
    uint32_t question_count;
    struct question *reviews; /* of review: one a part, in order */
    uint32_t review_count;
    struct goal *goals;
    uint32_t goal_count;
    char *path;
};

struct lesson {
    char id[48];     /* "01-plug": the folder's name */
    uint32_t number; /* 1 */
    uint32_t minutes;
    char *world_path;
    bool whole;                 /* false: of the texts only the front matter was read */
    char *world;                /* the script of world.lab; NULL while not whole */
    struct lesson_text text[2]; /* by enum language */
};

/* Reads a lesson's folder.  NULL with "FILE:LINE:COLUMN: ..." in `why`. */
struct lesson *lesson_open(const char *folder, enum language language, struct text *why);
void lesson_close(struct lesson *lesson);

/* The same with the front matter alone: for a list of lessons. */
struct lesson *lesson_look(const char *folder, enum language language, struct text *why);
/* Reads the rest of a lesson that was only looked at.  False with `why`: it stays as it was. */
bool lesson_read(struct lesson *lesson, enum language language, struct text *why);

const char *lesson_step_name(enum lesson_step step); /* as its heading says it */
/* The part of a step that has this name; 0 when none has. */
uint32_t lesson_part_of(const struct lesson_text *text, enum lesson_step step, const char *name);

/* The script of a step's part: its `lab world` fence, or world.lab.  A fence that has no `machine`
 * line of its own is the rest of a script: world.lab up to its first line that schedules or runs
 * something stands before it.  A value with `|` is one of several: `pick` chooses.  The caller
 * frees; NULL without memory. */
char *lesson_script(const struct lesson *lesson, enum lesson_step step, uint32_t part,
                    uint32_t pick);
/* The fence, NULL when the part has none; and how many lines of world.lab stand before it. */
const struct block *lesson_script_fence(const struct lesson_text *text, enum lesson_step step,
                                        uint32_t part);
uint32_t lesson_script_before(const struct lesson *lesson, enum lesson_step step, uint32_t part);
/* How many picks differ. */
uint32_t lesson_script_picks(const struct lesson *lesson, enum lesson_step step, uint32_t part);

/* The folders below `root` that are lessons, by number; frees with lesson_list_free. */
char **lesson_list(const char *root, uint32_t *count);
void lesson_list_free(char **list, uint32_t count);

/* Where lessons are: $OUTAGE_LESSONS, beside the program's source, or installed. */
const char *lesson_root(void);

/* A guess as it is spoken or written: 4만, 3만9천, 40,000, 40k, 1.5M.  False when it is none. */
bool lesson_guess_number(const char *words, int64_t *number);

/* Fills the {metric} places of prose in by a function; unknown ones stay as they are. */
typedef bool lesson_fill(void *user, const char *metric, struct text *to);
void lesson_prose(struct text *to, const char *words, lesson_fill *fill, void *user);

/* `outage check`: every rule of a lesson; lines "FILE:LINE:COLUMN: ..." to `report`; how many
 * failed. */
uint32_t lesson_check(const char *folder, unsigned seeds, enum language language,
                      void (*report)(void *user, const char *line), void *user);

#endif
