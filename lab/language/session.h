/*
 * A session: a script that is carried out in one world or in several variants of it, with its
 * history, its expects, its marks and what it watches.  Headless runs and the lab drive the same
 * one.
 *
 * The file's lines act as the clock reaches them: up to the first `run` the world is built; `run`
 * moves the clock.  A line that is typed acts at once.
 */
#ifndef LAB_LANGUAGE_SESSION_H
#define LAB_LANGUAGE_SESSION_H

#include "lab/history/history.h"
#include "lab/language/language.h"

#define VARIANTS_MAX 8
#define WATCHED_MAX  64

struct variant {
    char name[32]; /* "" when there are none */
    struct world *world;
    struct history *history;
    char change[256]; /* its own command, as a line; "" none */
};

/* What a branch is called and where it left another one. */
struct branch_head {
    uint32_t number; /* stays when it is named */
    char name[32];
    char from[32]; /* the other one; "": it is the first */
    uint64_t from_ns;
    char first[80]; /* what was done there first */
};

struct expectation {
    uint32_t line;
    int32_t variant; /* index: where it was looked at; -1: that one is closed */
    bool held;
    bool known;         /* false: it had no value yet */
    char words[200];    /* as written */
    char found[80];     /* as a person reads it */
    struct value value; /* found */
    char reason[160];   /* the sentence after it, "" none */
};

/* What a session says while it runs; each may be NULL. */
struct session;

struct session_output {
    void *user;
    /* What print, show, report, tell and trace-write say. */
    void (*text)(void *user, int variant, const char *words);
    void (*expect)(void *user, const struct expectation *expectation);
    void (*error)(void *user, const struct command *command, const struct error *error);
    /* A command was carried out. */
    void (*acted)(void *user, uint64_t time_ns, const struct command *command);
    /* Each record of the trace, never those of a replay (variant -1: before a fork), and that a
     * world went back: records after its world->records are forgotten. */
    void (*record)(void *user, int variant, struct world *world, const struct record *record);
    void (*rewound)(void *user, int variant, const struct world *world);
    /* What the wire tells (sim/net/wire.h), the same way. */
    void (*segment)(void *user, int variant, struct world *world,
                    const struct wire_segment *segment);
    void (*closed)(void *user, int variant); /* it is gone; those behind it have moved up by one */
    void (*sample)(void *user, struct session *session); /* each sample_ns of simulated time */
};

struct session_options {
    enum language language;
    uint64_t seed;                     /* 0: what the script says */
    uint64_t history_bytes;            /* budget of all checkpoints; 0: only the start is kept */
    uint64_t history_every;            /* events between checkpoints; 0: a good number */
    const struct world_limits *limits; /* NULL: the defaults */
    uint64_t arena_bytes;              /* of each world; 0: as much as can be reserved */
    uint64_t events_max; /* past so many events, of all variants, the run fails; 0: any number */
    uint64_t sample_ns;  /* 0: none */
    bool branches; /* going back forgets nothing: what was done is ahead, then another branch */
    bool later; /* a typed `run` only begins: session_advance moves it; else it is over at once */
    /* "--set NAME.PARAM=VALUE" lines applied when building is done; NULL-terminated or NULL. */
    const char *const *sets;
    bool alone; /* a run of spof: spof.* has no value in it, or it would never end */
    /* True: this command, of the file or due, is passed over.  NULL: none is. */
    bool (*leaves_out)(void *user, const struct command *command);
    void *leaves_out_user;
    struct session_output output;
    const char *file; /* as errors name it; NULL: the prompt */
};

/* Reads a script (UTF-8 text).  Nothing is carried out yet.  NULL and the error (with line, column)
 * when a line cannot be split or memory is short. */
struct session *session_open(const char *script, size_t bytes,
                             const struct session_options *options, struct error *error);
void session_close(struct session *session);

enum session_state {
    SESSION_BUILT,   /* stands before the first run (or the end of the file) */
    SESSION_RUNNING, /* a `run` of the file, or of the prompt, is not over */
    SESSION_WAITING, /* the prompt may go on: the file's lines are done */
    SESSION_FAILED,  /* a command failed: session_error; headless ends with 2 */
    SESSION_OVER     /* a run until ... max passed its max: status 1 */
};

/* Carries out the file's lines up to its first `run`. */
enum session_state session_build(struct session *session);

/* Headless: all of the file; without a `run` to 10 s past its last scheduled command, or 60 s;
 * `until_ns` (TIME_NEVER none) ends it there. */
enum session_state session_finish(struct session *session, uint64_t until_ns);

/* The lab: moves all variants' clocks to until_ns (the file's later lines act as the clock reaches
 * their time), at most about `budget` events (0: any number) in all: false when the budget, or a
 * failure (see session_state), ended it before until_ns.  A `run` of the prompt ends it at the
 * run's own end. */
bool session_advance(struct session *session, uint64_t until_ns, uint64_t budget);

/* Nothing will ever happen again by itself: no run is going on that ends, no line of the file is to
 * come, no event waits. */
bool session_idle(struct session *session);

/* Fires exactly one event, of the earliest variant; the others follow to its time. */
bool session_step(struct session *session);

/* One line, as typed: any command of the language.  False with the error. */
bool session_line(struct session *session, const char *line, struct error *error);
bool session_command(struct session *session, const struct command *command, struct error *error);

/* All variants, to any time up to session_tip.  With options.branches what came after stays ahead:
 * it is gone through again when the clock goes on, until something else is done. */
bool session_rewind(struct session *session, uint64_t time_ns);
/* How far it was run; now, when nothing is ahead. */
uint64_t session_tip(const struct session *session);
bool session_behind(const struct session *session); /* something is ahead */
bool session_part(struct session *session);   /* what is ahead is another branch from now on */
void session_forget(struct session *session); /* what is ahead never was */

/* A branch: the present one is the last. */
struct session_branch {
    const struct branch_head *head;
    bool present;
    uint64_t end_ns;
};
bool session_branch(struct session *session, uint32_t i, struct session_branch *branch);

enum session_state session_state(const struct session *session);
const struct error *session_error(const struct session *session);
const struct command *session_failed_command(const struct session *session);
uint64_t session_now(const struct session *session);
uint32_t session_variants(const struct session *session); /* at least 1 */
struct variant *session_variant(struct session *session, uint32_t i);
/* What all checkpoints take, and took at most so far. */
uint64_t session_history_bytes(const struct session *session, uint64_t *peak_bytes);
bool session_forked(const struct session *session);
/* Where `unfork` leads back to; TIME_NEVER: the world is one, or begins with its variants. */
uint64_t session_fork_time(const struct session *session);
bool session_fork_of_file(const struct session *session); /* a line of the file made it */
/* The two that are looked at (`twins A B`); false when there are not two. */
bool session_pair(const struct session *session, uint32_t pair[2]);
/* How many things were done to this variant alone, from its own command on; as lines with "; "
 * between them. */
uint32_t session_change(const struct session *session, uint32_t variant, struct text *text);
const char *session_file(const struct session *session);
const char *session_script(const struct session *session); /* as it was read */
void session_language(struct session *session, enum language language);

/* Expects so far, in order. */
uint32_t session_expectations(const struct session *session);
const struct expectation *session_expectation(const struct session *session, uint32_t i);
/* Lines of the file that would look at one and were not reached. */
uint32_t session_expects_left(const struct session *session);

/* Metrics that the script watches ("orders.acked"). */
uint32_t session_watched(const struct session *session);
const char *session_watched_name(const struct session *session, uint32_t i);

/* When the prompt's `run` ends (of `run until`: at the latest); TIME_NEVER: none is going on. */
uint64_t session_run_end(const struct session *session);

/* When the file's present `run` ends (of `run until`: at the latest); TIME_NEVER: none is going
 * on. */
uint64_t session_file_run_end(const struct session *session);

/* The metrics' words of NAME.METRIC.peak that the script names: for JSON. */
const char *session_peak_name(const struct session *session, uint32_t i); /* NULL at the end */

/* The run's identity: of one world its digest, of variants all of theirs. */
uint64_t session_digest(const struct session *session);
uint64_t session_events(const struct session *session);

/* Writes the session as a shared run: a world file that, opened, gives the same run. */
bool session_share(struct session *session, void (*line)(void *user, const char *words),
                   void *user);
bool session_share_file(struct session *session, const char *path, struct error *error);

/* A metric as a condition names it: of a variant, a peak, spof.*.  False: there is none, it is
 * hidden, or it has no value now. */
bool session_figure(struct session *session, const char *name, struct value *value);

/* Evaluates "METRIC OP VALUE ..." now: in one variant (or -1: in each). */
bool session_holds(struct session *session, const char *condition, bool *held, struct value *found,
                   struct error *error);

/* The life of a write, line by line, in a language (by replay from a checkpoint). */
bool session_life(struct session *session, uint32_t variant, uint64_t write, struct text *text,
                  struct error *error);
/* The same in each language, by one replay. */
bool session_life_in_all(struct session *session, uint32_t variant, uint64_t write,
                         struct text in[LANGUAGES], struct error *error);

/* When the first line was typed that changes the run; TIME_NEVER: it is the file's own so far. */
uint64_t session_touched(const struct session *session);

/* Would the line, carried out now, make another run?  It need not be right. */
bool session_would_change(const char *line);

/* Time at which the file's first fault or scheduled command like this acts; TIME_NEVER none. */
uint64_t session_first(struct session *session, const struct command *like);

/* Metrics a prediction hides: print, show, tell INFO, trace-write refuse them (a NULL list opens
 * all). */
void session_hide(struct session *session, const char *const *metrics); /* copied */
bool session_hidden(const struct session *session, const char *metric);

/* Words that may come next at the prompt, for completion: calls back with each; `line` up to the
 * cursor. */
typedef void session_candidate(void *user, const char *word, const char *help);
void session_complete(struct session *session, const char *line, session_candidate *candidate,
                      void *user);

#endif
