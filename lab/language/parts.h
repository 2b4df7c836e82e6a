/*
 * Inside of a session: what the files of lab/language share and nobody else includes.
 */
#ifndef LAB_LANGUAGE_PARTS_H
#define LAB_LANGUAGE_PARTS_H

#include "lab/language/session.h"

#define ANSWER_BYTES    262144
#define MAX_DEFAULT_NS  (3600 * SECOND_NS) /* of `run until` without max */
#define DIGEST_EVERY    100000u            /* events, as LANGUAGE.md says of shared runs */
#define MARK_NAME_BYTES 32
#define QUESTIONS_MAX   32

/* Where a command comes from. */
enum source {
    SOURCE_FILE,
    SOURCE_TYPED, /* at the prompt, by a key, or of a shared run at its place */
    SOURCE_DUE    /* it was scheduled */
};

/* One command that is being carried out. */
struct call {
    const struct command *command; /* without its VARIANT: */
    uint32_t mask;                 /* a bit for each variant that it is for */
    int32_t named;                 /* the variant that was written before it, -1 none */
    enum source source;
    struct error *error;
};

/* A row of the lab's own commands. */
struct lab_command {
    const char *name, *usage;
    const char *en, *ko;
    bool (*act)(struct session *session, struct call *call);
    uint32_t flags;
};
enum {
    COMMAND_TIMED = 1, /* moves the clock or forks: cannot be scheduled or be for one variant */
    /* Changes what happens or what is measured: enters the log of a shared run. */
    COMMAND_CHANGES = 2,
    COMMAND_LESSON = 4 /* stands in lessons only */
};
extern const struct lab_command lab_commands[]; /* ends with a NULL name */
const struct lab_command *lab_command_find(const char *name);

/* What moves the clock: of the file, and of the prompt. */
struct running {
    bool active;
    bool until;      /* a condition */
    uint64_t end_ns; /* of `until`: past it the run is over */
    uint64_t start_ns;
    struct command command; /* as written: the place of an error */
    unsigned word;          /* of its condition */
};

/* A batch of the file's lines that acted at one instant: where a rewind sets the reading on
 * again. */
struct batch {
    uint64_t time_ns;
    uint32_t cursor;
    struct running running; /* what had brought the clock there */
};

struct mark_place {
    char name[MARK_NAME_BYTES];
    uint32_t cursor, batches, expectations;
    uint64_t time_ns;
    struct running running;
    uint32_t typed; /* what would be shared */
    uint32_t deeds; /* of a shared run, done before it */
};

/* An action of a shared run, or one that was typed and would be shared. */
struct deed {
    uint64_t time_ns, events;
    char name[MARK_NAME_BYTES]; /* of the variant; "" before a fork */
    bool done;
    struct command command;
};

/* expect-digest of a shared run, and the digests counted here. */
struct digest {
    uint64_t events, digest;
    char name[MARK_NAME_BYTES];
    uint32_t line;
};

/* A word NAME.METRIC.peak of the script. */
struct peak_word {
    char name[NAME_BYTES + 64];
    bool known;  /* counted in every world */
    bool forked; /* asked of variants: the world before them does not count it */
};

/* A command that is due in one world and concerns the lab: it waits for the other worlds. */
struct held {
    bool waits;
    enum source source;
    struct command command;
    uint32_t deed; /* index + 1 of a shared run's action, 0 */
};

/* Worlds are this large, as many as there may be. */
struct room {
    struct world_limits limits;
    size_t bytes;
};

/* What a fork was made from, and what taking it back restores. */
struct fork {
    struct mark_place place;
    bool of_file;             /* a line of the file made it */
    struct mark_place *marks; /* those before it */
    uint32_t mark_count;
    uint32_t typed; /* what would be shared of before it */
    uint32_t floor_typed, floor_expectations;
};

struct place_of_variant {
    struct session *session;
    int32_t variant;
};

struct session {
    struct session_options options;
    char *script;
    struct command *lines;
    uint32_t line_count, cursor;
    bool has_run;     /* the file moves the clock itself */
    bool seeded, set; /* options.seed and options.sets were carried out */
    bool floor;       /* time may move: histories are open */
    bool moved;       /* the clock was moved */
    bool finishing;   /* nobody waits: it is over with the file's last line */
    bool forked, fork_open;
    struct world *base; /* what the next `variant` is forked from, while fork_open */
    struct history *base_history;
    struct history_pool *pool; /* of all histories */
    struct fork fork;
    uint32_t pair[2]; /* of more than two: which are looked at */
    /* Since the fork: what is said to them is for nobody. */
    char ended[VARIANTS_MAX][MARK_NAME_BYTES];
    uint32_t ended_count;
    char kept[MARK_NAME_BYTES]; /* the world was this variant once, and still hears its name */
    struct course *ahead;    /* what is known at the end of what was run; NULL: it stands there */
    struct branch *branches; /* those that were left */
    uint32_t branch_count, branch_limit, branch_numbers;
    struct branch_head here; /* the one that goes on */
    bool own_way;            /* of a shared run: something else was typed in it */
    bool deed_acts;          /* what acts now is an action of it */
    struct room room;
    struct variant variants[VARIANTS_MAX];
    struct outside outsides[VARIANTS_MAX];
    struct place_of_variant places[VARIANTS_MAX];
    struct held held[VARIANTS_MAX];
    struct command changes[VARIANTS_MAX]; /* each variant's own command; count 0 none */
    uint32_t variant_count;

    bool failed, over;
    struct error error;
    struct command failed_command;
    struct running file_run, typed_run;
    struct condition file_until[VARIANTS_MAX], typed_until[VARIANTS_MAX];
    uint64_t next_sample_ns;

    struct batch *batches;
    uint32_t batch_count, batch_limit;
    struct mark_place *marks;
    uint32_t mark_count, mark_limit;
    struct expectation *expectations;
    uint64_t *expectation_times;
    uint32_t expectation_count, expectation_limit, expectation_time_limit;
    /* Made while building or forking: no rewind takes them back. */
    uint32_t floor_expectations, floor_typed;
    struct deed *deeds; /* to come, of a shared run */
    uint32_t deed_count, deed_limit;
    struct deed *typed; /* what would be shared */
    uint32_t typed_count, typed_limit;
    struct digest *wanted; /* of a shared run */
    uint32_t wanted_count, wanted_limit;
    struct digest *counted;
    uint32_t counted_count, counted_limit;
    char made_with[64];
    uint64_t shared_end_ns; /* of a shared run: the file says how long it was */
    uint32_t set_line;      /* of the file, before which options.sets acted; 0 at its end */
    struct peak_word *peaks;
    uint32_t peak_count, peak_limit;

    char watched[WATCHED_MAX][NAME_BYTES + 64];
    uint32_t watched_count;
    char **hidden;
    char questions[QUESTIONS_MAX][32];
    uint32_t question_count;
    struct spof_kept *spof; /* what was found last; NULL nothing */
    char answer[ANSWER_BYTES];
};

/* A larger array for one item more; aborts when memory is gone. */
void *session_grow(void *array, uint32_t count, uint32_t *limit, size_t item_bytes);

/* --- worlds.c: memory, the floor -------------------------------------------------------------- */
struct world *room_open(struct session *session, struct outside *outside, struct error *error);
void room_close(struct session *session, struct world *world);
void room_listen(struct session *session, uint32_t variant); /* who hears its records */
/* Opens its history. */
bool room_remember(struct session *session, uint32_t variant, struct error *error);
bool session_open_world(struct session *session, struct error *error);
bool session_set_floor(struct session *session); /* building is done: histories open */

/* --- variants.c: forks ------------------------------------------------------------------------ */
bool session_fork(struct session *session, struct call *call); /* `variant` */
void session_settle(struct session *session);                  /* the variant lines are over */
bool act_keep(struct session *session, struct call *call);
bool act_end(struct session *session, struct call *call);
bool act_unfork(struct session *session, struct call *call);
bool act_twins(struct session *session, struct call *call);
bool variant_ended(const struct session *session, const char *name, size_t bytes);
bool variant_is_kept(const struct session *session, const char *name, size_t bytes);
int32_t variant_find(const struct session *session, const char *name, size_t bytes);
bool variant_unknown(const struct session *session, const char *name, size_t bytes, unsigned word,
                     struct error *error);
/* "" when there are none. */
const char *variant_label(const struct session *session, int32_t variant);

/* --- carry.c: one command --------------------------------------------------------------------- */
bool session_carry(struct session *session, const struct command *command, uint32_t mask,
                   enum source source, struct error *error);
bool command_check(const struct command *command, unsigned from, bool scheduled,
                   struct error *error); /* is its first word a command? */
void session_fail(struct session *session, const struct command *command,
                  const struct error *error);
typedef bool world_act(struct world *world, const struct command *command, struct error *error);
bool session_try(struct session *session, const struct call *call, world_act *act);
bool session_goes_on(struct session *session, const struct command *command,
                     const struct error *error); /* fails, but not in a shared run */
void session_say(struct session *session, int32_t variant, const char *words);
bool session_due_again(void *user, struct world *world, const struct command *command);

/* --- until.c: run until ----------------------------------------------------------------------- */
/* The conditions of a run, one a variant; false: it failed, and why is said. */
bool until_read(struct session *session, struct running *running, struct condition *conditions);
bool until_holds(struct session *session, const struct running *running,
                 const struct condition *conditions); /* in all */
bool until_met(struct session *session);              /* one of the runs under way has come */
bool until_never_held(struct session *session, struct running *running); /* fails; false */

/* --- clock.c: moving it ----------------------------------------------------------------------- */
bool clock_run(struct session *session, struct call *call);
bool clock_advance(struct session *session, uint64_t until_ns, uint64_t budget);
bool clock_settle(struct session *session);
bool session_rewind_mark(struct session *session, const char *name, enum source source);
bool session_rewind_from(struct session *session, uint64_t time_ns, enum source source);
uint64_t session_total_events(const struct session *session);

/* --- lines.c: the file ------------------------------------------------------------------------ */
bool lines_read(struct session *session, const char *script, size_t bytes, struct error *error);
/* The lines up to the next run; `before`: the run of the file that brought the clock here. */
void lines_act(struct session *session, const struct running *before);

void session_went_back(struct session *session, uint64_t time_ns); /* what the clock left is none */

/* --- times.c: at, after, every, ramp, mark ... ------------------------------------------------ */
bool act_run(struct session *session, struct call *call);
bool act_schedule(struct session *session, struct call *call);
bool act_scheduled(struct session *session, struct call *call);
bool act_mark(struct session *session, struct call *call);
bool act_rewind(struct session *session, struct call *call);
bool schedule_in(struct world *world, const struct command *command, struct error *error);

/* --- course.c, branches.c: going back without losing what is ahead ---------------------------- */
/* Something is about to be done: what is ahead is left as a branch; taken back when it failed. */
bool name_is_right(const char *name); /* of a mark, a variant, a branch */
bool branch_begin(struct session *session, const struct command *command, struct error *error);
void branch_undo(struct session *session);
void branches_close(struct session *session);        /* all that were left */
void branches_close_forked(struct session *session); /* and what is ahead: the fork ends */
bool act_branches(struct session *session, struct call *call);
bool act_branch(struct session *session, struct call *call);
bool act_branch_go(struct session *session, struct call *call);
bool act_branch_close(struct session *session, struct call *call);
bool act_branch_compare(struct session *session, struct call *call);

/* --- conditions.c ----------------------------------------------------------------------------- */
/* Reads METRIC OP VALUE [within W] from a word on, for one variant; `end`: the first word after
 * it. */
bool condition_read(struct session *session, uint32_t variant, const struct command *command,
                    unsigned word, struct condition *condition, unsigned *end, struct error *error);
/* Looks: `found` is the left side; known is false without a value. */
bool condition_holds(struct session *session, uint32_t variant, const struct condition *condition,
                     struct value *found, bool *known);
/* A metric by its words, [VARIANT:]NAME.METRIC[.peak]; *variant is changed when one is written. */
bool metric_word(struct session *session, const struct command *command, unsigned word,
                 uint32_t *variant, bool *written, struct metric_ref *metric, struct error *error);
void found_add(struct text *text, const struct value *value, bool known, enum language language);

/* --- spof_metrics.c: metrics of the session, not of a part ------------------------------------ */
#define SPOF_COMPONENT UINT32_MAX /* where a metric_ref leads that is spof.* */
bool spof_names(const struct world *world, const char *name); /* spof.*, and no part is named so */
bool spof_metric(const char *name, struct metric_ref *metric, struct error *error);
/* As world_metric_row and world_read, of any metric that metric_word found. */
const struct metric *session_metric_row(struct session *session, uint32_t variant,
                                        struct metric_ref metric);
bool session_read(struct session *session, uint32_t variant, struct metric_ref metric,
                  struct value *value);
void spof_say(struct session *session, uint32_t variant);         /* report spof */
void availability_say(struct session *session, uint32_t variant); /* report availability */

/* --- peaks.c ---------------------------------------------------------------------------------- */
void peaks_scan(struct session *session, const struct command *command);
void peaks_register(struct session *session);
void peaks_ask(struct session *session, const char *name); /* counted from the start on */
void peaks_again(struct session *session); /* those asked of variants, in the world that is left */

/* --- expects.c -------------------------------------------------------------------------------- */
bool act_expect(struct session *session, struct call *call);
bool act_goal(struct session *session, struct call *call);
struct expectation *expectation_new(struct session *session);

/* --- outputs.c, show.c, life.c ---------------------------------------------------------------- */
bool act_print(struct session *session, struct call *call);
bool act_watch(struct session *session, struct call *call);
bool act_show(struct session *session, struct call *call);
bool act_report(struct session *session, struct call *call);
bool act_report_ladder(struct session *session, struct call *call);
bool report_variants(struct session *session, struct call *call); /* table.c */
bool act_trace_write(struct session *session, struct call *call);
bool act_share(struct session *session, struct call *call);
bool act_help(struct session *session, struct call *call);

/* --- hiding.c --------------------------------------------------------------------------------- */
bool hidden_refuses(struct session *session, const char *name, unsigned word, struct error *error);
bool hidden_part(const struct session *session, const char *name); /* a metric of it is hidden */
bool hidden_tell(struct session *session, const struct command *command, struct error *error);

/* --- questions.c: what lessons ask ------------------------------------------------------------ */
bool act_question(struct session *session, struct call *call);
bool act_answer(struct session *session, struct call *call);
bool act_price(struct session *session, struct call *call);
bool act_reveal(struct session *session, struct call *call);
bool act_words(struct session *session, struct call *call);

/* --- shared.c: shared runs -------------------------------------------------------------------- */
bool act_nothing(struct session *session, struct call *call); /* read before the run */
bool shared_read(struct session *session, const struct command *command, bool *taken,
                 struct error *error);
uint64_t shared_next_events(const struct session *session, uint32_t variant); /* a digest's place */
bool shared_digest(struct session *session, uint32_t variant);
void shared_typed(struct session *session, const struct command *command, uint32_t mask);
struct deed *shared_deed(struct session *session, uint32_t variant);
void shared_unforked(struct session *session);
void shared_closed(struct session *session, const char *name);
void shared_kept(struct session *session, const char *name);
/* The worlds went back to a time, or to a mark (NULL: none); `again`: what the file did is done
 * again. */
void shared_rewound(struct session *session, uint64_t time_ns, bool again,
                    const struct mark_place *mark);
void shared_counted_back(struct session *session); /* digests that are not behind the worlds */
bool shared_check(struct session *session);        /* at the end: every digest was met */
uint64_t shared_end(const struct session *session);

#endif
