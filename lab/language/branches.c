/*
 * Branches: what was done after an instant stays when something else is done there; it can be
 * returned to, named, compared, closed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/language/course.h"
#include "lab/language/differ.h"
#include "sim/engine/need.h"

#define BRANCHES_MAX 32
#define FIRST_NAME   "b1"

struct branch {
    struct branch_head head;
    struct course *at, *ahead; /* ahead NULL: it was left at its end */
    struct history *histories[VARIANTS_MAX];
    uint32_t history_count;
    bool forked; /* it has variants: of the fork that is, since it ends with that */
    struct mark_place *marks;
    uint32_t mark_count;
};

static bool korean(const struct session *session)
{
    return session->options.language == LANGUAGE_KO;
}

/* --- names ------------------------------------------------------------------------------------ */

static struct branch_head *here(struct session *session)
{
    if (!session->here.name[0]) {
        strcpy(session->here.name, FIRST_NAME);
        session->here.number = session->branch_numbers = 1;
    }
    return &session->here;
}

static struct branch *branch_find(const struct session *session, const char *name)
{
    for (uint32_t i = 0; i < session->branch_count; i++)
        if (strcmp(session->branches[i].head.name, name) == 0)
            return &session->branches[i];
    return NULL;
}

/* The present one becomes the next of b1, b2, ... that nobody has. */
static void name_new(struct session *session)
{
    char *name = session->here.name;
    do
        snprintf(name, sizeof session->here.name, "b%u", (unsigned)++session->branch_numbers);
    while (branch_find(session, name));
    session->here.number = session->branch_numbers;
}

/* The branch that a command names; NULL with the error. */
static struct branch *branch_named(struct session *session, const struct call *call)
{
    const char *name = command_word(call->command, 1), *best = NULL;
    const char *usage = lab_command_find(command_word(call->command, 0))->usage;
    unsigned distance = 99;
    if (!need_count(call->command, 2, 2, usage, call->error))
        return NULL;
    struct branch *branch = branch_find(session, name);
    if (branch)
        return branch;
    if (strcmp(here(session)->name, name) == 0) {
        error_set(call->error, ERROR_BRANCH_HERE, 1, name, NULL, NULL, NULL);
        return NULL;
    }
    for (uint32_t i = 0; i < session->branch_count; i++)
        nearest_try(name, session->branches[i].head.name, &best, &distance);
    error_set(call->error, best ? ERROR_UNKNOWN_BRANCH : ERROR_NO_BRANCH, 1, name, best, NULL,
              NULL);
    return NULL;
}

/* --- leaving and entering --------------------------------------------------------------------- */

static void branch_release(struct branch *branch)
{
    for (uint32_t i = 0; i < branch->history_count; i++)
        history_close(branch->histories[i]);
    course_free(branch->at);
    course_free(branch->ahead);
    free(branch->marks);
}

static void branch_remove(struct session *session, struct branch *branch)
{
    uint32_t i = (uint32_t)(branch - session->branches);
    branch_release(branch);
    memmove(branch, branch + 1, (session->branch_count - i - 1) * sizeof *branch);
    session->branch_count--;
}

void branches_close(struct session *session)
{
    while (session->branch_count)
        branch_remove(session, &session->branches[session->branch_count - 1]);
    free(session->branches);
    session->branches = NULL;
    session->branch_limit = 0;
    course_free(session->ahead);
    session->ahead = NULL;
}

void branches_close_forked(struct session *session)
{
    for (uint32_t i = session->branch_count; i-- > 0;)
        if (session->branches[i].forked)
            branch_remove(session, &session->branches[i]);
    session_forget(session);
}

void session_forget(struct session *session)
{
    course_here(session);
    for (uint32_t i = 0; i < session->variant_count; i++)
        if (session->variants[i].history)
            history_forget_ahead(session->variants[i].history, session->variants[i].world);
    course_free(session->ahead);
    session->ahead = NULL;
}

static bool has_own_name(const struct branch_head *head)
{
    const char *digits = head->name + 1;
    return head->name[0] != 'b' || !*digits || digits[strspn(digits, "0123456789")];
}

/* When there are too many, the oldest that nobody named is dropped. */
static bool room_for_one(struct session *session, struct error *error)
{
    char most[8];
    if (session->branch_count < BRANCHES_MAX)
        return true;
    for (uint32_t i = 0; i < session->branch_count; i++) {
        if (has_own_name(&session->branches[i].head))
            continue;
        branch_remove(session, &session->branches[i]);
        return true;
    }
    snprintf(most, sizeof most, "%d", BRANCHES_MAX);
    return error_set(error, ERROR_TOO_MANY_BRANCHES, 0, most, NULL, NULL, NULL);
}

/* The present one joins those that were left; its histories stay in the variants for now. */
static struct branch *branch_store(struct session *session)
{
    session->branches = session_grow(session->branches, session->branch_count,
                                     &session->branch_limit, sizeof *session->branches);
    struct branch *branch = &session->branches[session->branch_count++];
    memset(branch, 0, sizeof *branch);
    branch->head = *here(session);
    branch->forked = session->forked;
    branch->history_count = session->variant_count;
    for (uint32_t i = 0; i < session->variant_count; i++)
        branch->histories[i] = session->variants[i].history;
    branch->marks = malloc((session->mark_count + 1) * sizeof *branch->marks);
    if (!branch->marks)
        abort();
    if (session->mark_count)
        memcpy(branch->marks, session->marks, session->mark_count * sizeof *branch->marks);
    branch->mark_count = session->mark_count;
    return branch;
}

static void marks_put(struct session *session, const struct mark_place *marks, uint32_t count)
{
    session->mark_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        session->marks = session_grow(session->marks, session->mark_count, &session->mark_limit,
                                      sizeof *session->marks);
        session->marks[session->mark_count++] = marks[i];
    }
}

/* Marks that the present history does not know are of what was left. */
static void marks_keep(struct session *session)
{
    const struct history *history = session->variants[0].history;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < session->mark_count; i++)
        if (history_mark_time(history, session->marks[i].name) != TIME_NEVER)
            session->marks[kept++] = session->marks[i];
    session->mark_count = kept;
}

bool branch_begin(struct session *session, const struct command *command, struct error *error)
{
    struct history *anew[VARIANTS_MAX];
    if (!session->ahead)
        return true;
    if (!room_for_one(session, error))
        return false;
    for (uint32_t i = 0; i < session->variant_count; i++) {
        anew[i] = history_split(session->variants[i].history, session->variants[i].world);
        if (!anew[i])
            return error_set(error, ERROR_WORLD_MEMORY, 0, NULL, NULL, NULL, NULL);
    }
    struct branch *left = branch_store(session);
    course_here(session);
    left->at = session->ahead; /* it is returned to at its end */
    session->ahead = NULL;
    for (uint32_t i = 0; i < session->variant_count; i++)
        session->variants[i].history = anew[i];
    marks_keep(session);
    struct branch_head *head = &session->here;
    struct text first = TEXT(head->first);
    strcpy(head->from, left->head.name);
    head->from_ns = session_now(session);
    text_clear(&first);
    if (command)
        language_join(&first, command);
    name_new(session);
    return true;
}

void branch_undo(struct session *session)
{
    struct branch *left = &session->branches[session->branch_count - 1];
    for (uint32_t i = 0; i < session->variant_count; i++) {
        history_close(session->variants[i].history);
        session->variants[i].history = left->histories[i];
        history_stay(left->histories[i]);
    }
    session->ahead = left->at;
    session->here = left->head;
    marks_put(session, left->marks, left->mark_count);
    session->branch_numbers--;
    left->at = NULL;
    left->history_count = 0;
    branch_remove(session, left);
}

bool session_part(struct session *session)
{
    struct error error;
    return branch_begin(session, NULL, &error);
}

/* The worlds go over into another branch, to the place at which it was left. */
static void branch_enter(struct session *session, struct branch *branch)
{
    const struct session_output *output = &session->options.output;
    const struct branch_head head = branch->head;
    struct branch *left = branch_store(session);
    branch = branch_find(session, head.name); /* the list may have moved */
    left->ahead = session->ahead;
    course_here(session);
    left->at = course_keep(session);
    for (uint32_t i = 0; i < session->variant_count; i++) {
        struct variant *variant = &session->variants[i];
        history_leave(variant->history, variant->world);
        variant->history = branch->histories[i];
        history_enter(variant->history, variant->world);
        session->held[i].waits = false;
    }
    course_put(session, branch->at);
    marks_put(session, branch->marks, branch->mark_count);
    session->ahead = branch->ahead;
    session->here = branch->head;
    session->typed_run.active = false;
    branch->ahead = NULL;
    branch->history_count = 0;
    branch_remove(session, branch);
    for (uint32_t i = 0; output->rewound && i < session->variant_count; i++)
        output->rewound(output->user, session->forked ? (int)i : -1, session->variants[i].world);
}

/* --- commands --------------------------------------------------------------------------------- */

static void line_add(const struct session *session, struct text *text,
                     const struct branch_head *head, uint64_t end_ns, bool present)
{
    text_add(text, present ? "> " : "  ");
    text_add(text, head->name);
    for (size_t cells = strlen(head->name); cells < 12; cells++)
        text_add_char(text, ' ');
    text_add_char(text, ' ');
    if (head->from[0]) {
        text_add(text, korean(session) ? "" : "since ");
        clock_add(text, head->from_ns, 3);
        text_add(text, korean(session) ? "에 갈라짐: " : " from ");
        text_add(text, head->from);
    } else {
        text_add(text, korean(session) ? "처음부터" : "from the beginning");
    }
    text_add(text, korean(session) ? ", " : ", to ");
    clock_add(text, end_ns, 3);
    text_add(text, korean(session) ? "까지" : "");
    if (head->first[0]) {
        text_add(text, "   ");
        text_add(text, head->first);
    }
    text_add_char(text, '\n');
}

bool act_branches(struct session *session, struct call *call)
{
    struct text text = {session->answer, sizeof session->answer, 0, false};
    struct session_branch branch;
    if (!need_count(call->command, 1, 1, "branches", call->error))
        return false;
    text_clear(&text);
    for (uint32_t i = 0; session_branch(session, i, &branch); i++)
        line_add(session, &text, branch.head, branch.end_ns, branch.present);
    session_say(session, -1, session->answer);
    return true;
}

bool act_branch(struct session *session, struct call *call)
{
    const char *name = command_word(call->command, 1);
    if (!need_count(call->command, 2, 2, "branch NAME", call->error))
        return false;
    if (!name_is_right(name))
        return error_set(call->error, ERROR_BAD_NAME, 1, name, NULL, NULL, NULL);
    if (branch_find(session, name))
        return error_set(call->error, ERROR_NAME_TAKEN, 1, name, NULL, NULL, NULL);
    for (uint32_t i = 0; i < session->branch_count; i++)
        if (strcmp(session->branches[i].head.from, here(session)->name) == 0)
            strcpy(session->branches[i].head.from, name);
    strcpy(here(session)->name, name);
    return true;
}

static bool enterable(const struct session *session, const struct branch *branch,
                      struct error *error)
{
    if (branch->forked == session->forked && branch->history_count == session->variant_count)
        return true;
    return error_set(error, ERROR_BRANCH_FORKED, 1, branch->head.name, NULL, NULL, NULL);
}

bool act_branch_go(struct session *session, struct call *call)
{
    struct branch *branch = branch_named(session, call);
    if (!branch || !enterable(session, branch, call->error))
        return false;
    branch_enter(session, branch);
    return true;
}

bool act_branch_close(struct session *session, struct call *call)
{
    struct branch *branch = branch_named(session, call);
    if (branch)
        branch_remove(session, branch);
    return branch != NULL;
}

/* Both as they were at one time, in worlds of their own. */
static bool compare(struct session *session, const struct branch *branch, uint32_t variant,
                    struct text *text, struct error *error)
{
    const char *const names[2] = {here(session)->name, branch->head.name};
    const struct history *histories[2] = {session->variants[variant].history,
                                          branch->histories[variant]};
    struct world *worlds[2] = {room_open(session, NULL, error), NULL};
    uint64_t now_ns = session_now(session), end_ns = history_tip(histories[1]);
    uint64_t time_ns = now_ns < end_ns ? now_ns : end_ns;
    if (worlds[0])
        worlds[1] = room_open(session, NULL, error);
    for (int i = 0; worlds[1] && i < 2; i++)
        history_show(histories[i], worlds[i], time_ns);
    if (worlds[1]) {
        if (session->forked) {
            text_add(text, session->variants[variant].name);
            text_add(text, ":\n");
        }
        clock_add(text, time_ns, 3);
        text_add_char(text, '\n');
        differ_table(session, text, names, worlds);
    }
    bool done = worlds[1] != NULL;
    room_close(session, worlds[0]);
    room_close(session, worlds[1]);
    return done;
}

bool act_branch_compare(struct session *session, struct call *call)
{
    struct text text = {session->answer, sizeof session->answer, 0, false};
    struct branch *branch = branch_named(session, call);
    if (!branch || !enterable(session, branch, call->error))
        return false;
    text_clear(&text);
    for (uint32_t i = 0; i < session->variant_count; i++)
        if ((call->mask & 1u << i) && !compare(session, branch, i, &text, call->error))
            return false;
    session_say(session, -1, session->answer);
    return true;
}

/* --- asking ----------------------------------------------------------------------------------- */

bool session_branch(struct session *session, uint32_t i, struct session_branch *branch)
{
    bool present = i == session->branch_count;
    if (i > session->branch_count || !session->floor)
        return false;
    const struct branch *left = present ? NULL : &session->branches[i];
    branch->head = present ? here(session) : &left->head;
    branch->present = present;
    branch->end_ns = present ? session_tip(session) : history_tip(left->histories[0]);
    return true;
}

uint64_t session_tip(const struct session *session)
{
    uint64_t tip_ns = session_now(session);
    for (uint32_t i = 0; session->ahead && i < session->variant_count; i++)
        if (history_tip(session->variants[i].history) > tip_ns)
            tip_ns = history_tip(session->variants[i].history);
    return tip_ns;
}

bool session_behind(const struct session *session)
{
    return session->ahead != NULL;
}
