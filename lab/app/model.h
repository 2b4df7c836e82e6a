/*
 * The program's state: which screen is open, the world behind it, the lesson, what is being typed.
 *
 * update.h changes it, lab/view draws it.  No terminal, no clock of the wall, no drawing here.
 */
#ifndef LAB_APP_MODEL_H
#define LAB_APP_MODEL_H

#include "lab/app/field.h"
#include "lab/app/ladders.h"
#include "lab/app/rooms.h"
#include "lab/app/trails.h"
#include "lab/language/differ.h"
#include "lab/language/session.h"
#include "lab/language/spof.h"
#include "lab/lesson/lesson.h"
#include "lab/progress/progress.h"
#include "lab/app/look.h"
#include "lab/words/words.h"

/* Where a key means something: a screen, or a field that is open on it. */
enum place {
    PLACE_LANGUAGE,
    PLACE_HOME,
    PLACE_WORLD,
    PLACE_PART,
    PLACE_LIFE,
    PLACE_LADDER,
    PLACE_ROOM,   /* who of a room got which message when */
    PLACE_SERVER, /* its walls, its threads, what goes through it */
    PLACE_COPIES, /* who believes what about the master, how far the copies are */
    PLACE_BRIEF,
    PLACE_TRY,
    PLACE_PREDICT,
    PLACE_WATCH,
    PLACE_EXPLAIN,
    PLACE_VARY,
    PLACE_WORK,
    PLACE_REVIEW,   /* one question of a lesson that is due */
    PLACE_SANDBOX,  /* the worlds that may be broken, to choose from */
    PLACE_FOUND,    /* what was looked up, to choose from */
    PLACE_MEETING,  /* before it: who, which questions */
    PLACE_SENTENCE, /* a question's last minute */
    PLACE_CLOSED,   /* a meeting is over */
    PLACE_SINGLES,  /* what takes all down: each part taken away */
    PLACE_SCREENS,
    FIELD_COMMAND = PLACE_SCREENS,
    FIELD_WRITE, /* which write's life */
    FIELD_FILE,
    FIELD_SEARCH,
    FIELD_GUESS,
    FIELD_MARKS,  /* a guess on the map: `asking` stays FIELD_GUESS, the keys are others */
    FIELD_DIFFER, /* nothing is typed: a second guess, or not */
    FIELD_SAW,    /* what did you see? */
    FIELD_REVIEW, /* its guess */
    FIELD_TIME,   /* nothing is typed: the cursor of time goes over what was run */
    FIELD_SKIP,   /* nothing is typed: watch it, or skip to vary */
    FIELD_SENTENCE,
    FIELD_NAME,
    FIELD_NOTE,
    PLACE_COUNT
};
#define FIELD_NONE PLACE_COUNT

enum overlay { OVERLAY_NONE, OVERLAY_HELP, OVERLAY_SITUATION, OVERLAY_ANSWER, OVERLAY_PACKET };

#define SPEED_SLOWEST    0 /* x0.01 */
#define SPEED_ONE        6 /* x1 in the table of speeds */
#define NEWS_KEPT        128
#define ANSWER_BYTES     8192
#define HISTORY_LINES    64
#define PEOPLE_MAX       4
#define QUESTIONS_MAX    8
#define CHANGES_MAX      16 /* words.def says so */
#define TWINS_ROWS       32
#define GOALS_MAX        8
#define FOUND_MAX        500
#define SANDBOX_MAX      32
#define FOUND_BYTES      240
#define PRICES_MAX       4
#define LINE_BYTES       FIELD_BYTES
#define TOLD_MAX         32
#define LIFE_BYTES       1024
#define MEETING_LESSONS  3
#define PAUSES_MAX       8
#define DRAWS_PER_SECOND 4

/* What the home screen offers after its lessons. */
enum { HOME_SANDBOX, HOME_FILE, HOME_SEARCH, HOME_ENTRIES };

/* Something that a person would look up for. */
struct news {
    uint64_t time_ns;
    char who[NAME_BYTES];
    uint16_t what; /* enum trace_id */
    int variant;   /* -1: there was one world */
    bool typed;    /* a line did it at once */
};

/* What is gone through in slow motion, after which the speed is x1 again (slow.h). */
enum slow {
    SLOW_NOTHING,
    SLOW_BY_HAND, /* news that came while the speed was below x1 */
    SLOW_FAULT,   /* a fault, from one second before it */
    SLOW_AFTER    /* what follows a fault */
};

/* The clock of the world and how it is driven. */
struct drive {
    bool playing;
    bool rushing;   /* as fast as it goes, to goal_ns */
    bool seeking;   /* event by event, to the next news */
    bool scrubbing; /* to the cursor of time */
    bool found;     /* the news came */
    bool failed;    /* a line of the file did */
    bool typing;    /* a line is being carried out */
    int speed;      /* of the table of speeds */
    uint64_t goal_ns;
    uint64_t halt_ns; /* an open question stops the clock here; TIME_NEVER none */
    enum slow slow;
    uint64_t slow_at_ns;    /* the fault, or the news */
    uint64_t since_look_ns; /* of the wall's clock */
    uint64_t looked_ns;     /* where the world stood at the last look */
    uint64_t reached;       /* the speed since the look before, in thousandths; 0 not known */
};

/* What was run, up to its end, and the cursor on it (past.h). */
struct past {
    uint32_t number; /* of the branch that is shown; 0 none yet */
    uint64_t end_ns; /* how far it was run */
    bool branching;  /* there are others */
    char name[32], from[32];
    uint64_t since_ns;
    struct past_branch *branches; /* what was shown of the others */
    uint32_t count;
    bool scrubbing;
    uint64_t cursor_ns, was_ns; /* of the cursor, and where one was */
    uint64_t cost_ns;           /* the longest way to an instant so far, of the wall's time */
};

struct guess {
    struct field field;
    int64_t number; /* of a choice: its place */
    bool locked;
};

/* The run that a step shows: the file's own lines, or the fault by hand and what follows. */
struct script {
    uint64_t fault_ns, end_ns; /* TIME_NEVER: the file's lines say when it is over */
    uint64_t judge_ns;  /* it ended; the goals wait for the service at most until then; 0 not yet */
    bool fault_pending; /* the fault is not in the file: it is carried out at fault_ns */
    bool broken;        /* what the file waits for never came */
    bool running, begun, done;
};

struct goal_state {
    bool known, met;
    uint64_t failed_ns; /* since when it is not met any more; 0 it always was, or never */
    char now[48];
};

/* What a way to meet the goals costs. */
struct price_state {
    bool known;
    struct value value;
};

struct flow {
    struct lesson *lesson; /* of the model's list; NULL: none */
    enum lesson_step step, furthest;
    uint32_t act;           /* the part of predict that is asked, watched and explained now */
    enum lesson_step scene; /* whose script is open: STEP_BRIEF world.lab, else of this step ... */
    uint32_t scene_part;    /* ... and this part of it */
    bool knows;             /* came straight to the guess: a right one may skip to vary */
    uint32_t question;      /* that is asked now */
    uint32_t person, people;
    uint32_t mark;                           /* of a map: the part that is chosen */
    char names[PEOPLE_MAX][KEPT_NAME_BYTES]; /* "": a letter */
    struct guess guesses[QUESTIONS_MAX][PEOPLE_MAX];
    struct guess first[QUESTIONS_MAX][PEOPLE_MAX]; /* before a second round */
    bool second[QUESTIONS_MAX];                    /* it is the second round, or was */
    bool locked[QUESTIONS_MAX];
    struct value counted[QUESTIONS_MAX];
    bool counted_known[QUESTIONS_MAX];
    const char *hidden[QUESTIONS_MAX * LESSON_HIDES + 1];
    uint64_t fault_ns; /* TIME_NEVER: not yet */
    char fault[LINE_BYTES];
    bool ended;   /* the watched run came to its end once: counted */
    bool by_hand; /* the plug is in the hand: the guess stands in the way */
    struct script script;
    char saw[LINE_BYTES];
    char changes[CHANGES_MAX][LINE_BYTES]; /* what the learner did in vary */
    uint32_t change_count;
    uint32_t hints;
    bool revealed, passed;
    bool tried;                            /* a run of vary came to its end */
    bool looking;                          /* the clock stands where a goal failed first */
    bool leaving;                          /* vary: told that nothing was run */
    bool cheaper;                          /* what is revealed costs less than what passed */
    struct price_state prices[PRICES_MAX]; /* of what is revealed, in the order of the text */
    struct goal_state goals[GOALS_MAX];
    struct kept_attempt attempt; /* as it was kept last */
};

/* A figure of the prose that no part has by itself: of a variant, of the world, a peak. */
struct told {
    char name[72];
    struct value value;
};

/* What the explanation speaks of, as the watched run ended. */
struct ended {
    struct look look;
    struct told told[TOLD_MAX];
    uint32_t told_count;
    char life[LANGUAGES][LIFE_BYTES]; /* one lost write's, in short; "" none is lost */
};

/* Variants: their figures and charts, and which of the two is looked at alone. */
struct twins {
    bool forked;
    bool forking;   /* the prompt was opened by the key that forks */
    unsigned large; /* 0 both, 1 A, 2 B */
    struct look looks[VARIANTS_MAX];
    struct difference rows[TWINS_ROWS]; /* metrics that differ: the first of them */
    uint32_t row_count, row_total;
    char change[2][LINE_BYTES]; /* what was done to one alone */
    uint32_t changes[2];        /* so many things */
};

struct home {
    uint32_t cursor;
    uint32_t number; /* typed so far */
    struct lesson **lessons;
    uint32_t lesson_count;
    bool done[64], begun[64]; /* by place in the list */
    uint32_t go_on, review; /* place + 1 of the lesson to go on with, and of the one due; 0 none */
    uint32_t go_on_step, review_days;
    uint64_t review_due_ms;
    char trouble[300]; /* a lesson that cannot be read */
};

/* A question of review: one person, one guess. */
struct review_state {
    const struct lesson *lesson; /* NULL: none is open */
    uint32_t question;           /* of its reviews */
    uint64_t seed;
    struct field field;
    int64_t number; /* the guess, locked */
    bool locked, known, right, kept;
    struct value counted;
    uint32_t days; /* until it comes back; 0: never again */
};

/* What a search found: each row leads somewhere. */
enum found_kind { FOUND_LESSON, FOUND_HELP, FOUND_ERROR };
struct found_row {
    enum found_kind kind;
    uint32_t lesson; /* of the list */
    char name[48];   /* of the help page */
    char words[FOUND_BYTES];
};
struct found {
    char wanted[80];
    struct found_row rows[FOUND_MAX];
    uint32_t count, cursor;
    bool more; /* there was no room for all */
};

/* The worlds of the sandbox (sandbox.h). */
struct sandbox_world {
    char name[40], path[LINE_BYTES], title[LANGUAGES][96];
    uint32_t parts; /* that are added in it */
};
struct sandbox {
    struct sandbox_world worlds[SANDBOX_MAX];
    uint32_t count, cursor;
};

/* Each part of the world taken away in turn, as it was found last. */
struct singles {
    struct spof *spof; /* NULL: not looked for; the model's own */
    uint32_t cursor;
    uint64_t at_ns; /* when they were taken away */
    bool replay;    /* one of them is gone in the world that is shown */
};

/* Before a meeting. */
struct choosing {
    uint32_t cursor, person; /* whose name is open */
    uint32_t people, lesson_count;
    char names[PEOPLE_MAX][KEPT_NAME_BYTES];
    uint32_t lessons[MEETING_LESSONS]; /* places in the list, in their order */
};

struct meeting {
    uint64_t started_ms; /* 0: none is under way */
    uint64_t now_ms;     /* the program's clock as it was looked at last */
    uint32_t number;     /* of the last one that ended; 0: it was not kept */
    uint64_t took_ms;    /* the last one, when it is over */
    bool on;             /* the open lesson is its question; else it is left, half done */
    enum language language;
    uint32_t people, lesson_count;
    char names[PEOPLE_MAX][KEPT_NAME_BYTES];
    char lessons[MEETING_LESSONS][KEPT_LESSON_BYTES];
    uint32_t at; /* the question that is under way; lesson_count: all are through */
    struct kept_pause pauses[PAUSES_MAX];
    uint32_t pause_count;
    char sentences[PEOPLE_MAX][LINE_BYTES]; /* of this question */
    uint32_t person;                        /* whose sentence is open */
    enum place noting_from;                 /* the field that a note left open, and its line */
    struct field noting_over;
    struct choosing choosing;
};

struct prompt {
    char lines[HISTORY_LINES][LINE_BYTES];
    uint32_t count, at; /* at == count: the new line */
};

struct model {
    enum language language;
    bool ascii;
    int rows, columns;
    enum place screen;
    enum place below[8]; /* screens to come back to */
    uint32_t depth;
    enum place asking; /* a field that is open, or FIELD_NONE */
    enum overlay overlay;
    uint32_t scroll;          /* of help, answers, parts */
    bool quit, redraw, clear; /* clear: send everything again */

    struct session *session; /* NULL: no world */
    char file[LINE_BYTES];
    char *script; /* its text */
    struct drive drive;
    struct past past;
    struct look look;
    struct twins twins;
    struct ended ended; /* of the watched run of a lesson */
    struct ladders ladders;
    struct trails trails;
    struct room room;
    struct news news[NEWS_KEPT];
    uint32_t news_count;
    char selected[NAME_BYTES]; /* part */
    uint32_t row;              /* of a part's parameters */

    struct field field;
    struct prompt prompt;
    char last_command[LINE_BYTES];
    char trouble[LINE_BYTES]; /* of the file of progress: said until a key was pressed after it */
    char message[LINE_BYTES]; /* an error or a short answer */
    char stale[LINE_BYTES];   /* why a saved lesson is shown as it was: until it can be read */
    uint32_t
        wrong; /* where the error stands in the prompt's line, in characters from 1; 0 nowhere */
    char answer[ANSWER_BYTES];
    char life[ANSWER_BYTES];
    uint64_t life_write;

    struct progress *progress; /* the program's; NULL: nothing is kept */
    uint64_t (*wall_ms)(void); /* its clock */
    uint64_t (*wall_ns)(void); /* what work takes is measured by; NULL: it is not */
    struct home home;
    struct flow flow;
    struct review_state review;
    struct found found;
    struct sandbox sandbox;
    struct singles singles;
    struct meeting meeting;
    bool present; /* a lesson shows only what is talked about */
};

/* Lessons are read here.  The model owns its session, lessons and look. */
void model_init(struct model *model, enum language language);
void model_release(struct model *model);

/* Opens a world file; false with the reason in model->message. */
bool model_open_file(struct model *model, const char *path);
bool model_open_script(struct model *model, const char *path, const char *script, size_t bytes);
void model_close_session(struct model *model);
void model_home(struct model *model);
void model_set_language(struct model *model, enum language language);

/* Screens: one above the other, and back. */
void model_show(struct model *model, enum place screen);
void model_back(struct model *model);
enum place model_place(const struct model *model); /* the open field, or the screen */
bool model_asks_line(const struct model *model);   /* a field is open in the row before the keys */

/* Takes the figures over from the world now. */
void model_look(struct model *model);
struct world *model_world(const struct model *model);
const char *model_say(const struct model *model, enum word word);
void model_tell(struct model *model, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Carries a line out as if it were typed: guards the fault of an open question; the line becomes
 * the last command.  False with the reason in model->message. */
bool model_command(struct model *model, const char *line);

#endif
