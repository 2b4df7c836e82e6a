/* What was run, as the screens keep it: news and charts of each branch, and the cursor of time. */
#include "lab/app/past.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/trails.h"
#include "lab/app/twins.h"

#define COLUMNS_LEAST 38
#define NOTICED_NS    (200 * MS_NS) /* what takes longer is said */
#define STEP_LEAST_NS (10 * MS_NS)

struct past_branch {
    uint32_t number;
    struct news news[NEWS_KEPT];
    uint32_t news_count, chart_count;
    struct chart charts[LOOK_CHARTS];
};

/* --- branches --------------------------------------------------------------------------------- */

void past_release(struct model *model)
{
    free(model->past.branches);
    memset(&model->past, 0, sizeof model->past);
}

static struct past_branch *branch_of(struct past *past, uint32_t number)
{
    for (uint32_t i = 0; i < past->count; i++)
        if (past->branches[i].number == number)
            return &past->branches[i];
    return NULL;
}

static void branch_save(struct model *model)
{
    struct past *past = &model->past;
    struct past_branch *branch = branch_of(past, past->number);
    if (!branch) {
        void *more = realloc(past->branches, (past->count + 1) * sizeof *past->branches);
        if (!more)
            return; /* its chart begins anew */
        past->branches = more;
        branch = &past->branches[past->count++];
    }
    branch->number = past->number;
    branch->news_count = model->news_count;
    branch->chart_count = model->look.chart_count;
    memcpy(branch->news, model->news, sizeof branch->news);
    memcpy(branch->charts, model->look.charts, sizeof branch->charts);
}

static bool branch_load(struct model *model, uint32_t number)
{
    const struct past_branch *branch = branch_of(&model->past, number);
    if (!branch)
        return false;
    model->news_count = branch->news_count;
    model->look.chart_count = branch->chart_count;
    memcpy(model->news, branch->news, sizeof branch->news);
    memcpy(model->look.charts, branch->charts, sizeof branch->charts);
    trails_back(model, 0);
    twins_back(model, 0); /* theirs begin anew */
    return true;
}

/* Those that the session closed are forgotten here, too. */
static void branches_keep(struct model *model)
{
    struct past *past = &model->past;
    struct session_branch branch;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < past->count; i++) {
        bool known = false;
        for (uint32_t k = 0; session_branch(model->session, k, &branch); k++)
            known = known || branch.head->number == past->branches[i].number;
        if (known && kept++ != i)
            past->branches[kept - 1] = past->branches[i];
    }
    past->count = kept;
}

static void forget_after(struct model *model, uint64_t time_ns)
{
    while (model->news_count && model->news[model->news_count - 1].time_ns > time_ns)
        model->news_count--;
    look_samples_back(&model->look, time_ns);
    trails_back(model, time_ns);
    twins_back(model, time_ns);
}

void past_follow(struct model *model)
{
    struct past *past = &model->past;
    struct session_branch branch;
    uint32_t last = 0;
    if (!model->session || !session_branch(model->session, 0, &branch))
        return;
    while (!branch.present && session_branch(model->session, last + 1, &branch))
        last++;
    if (past->number && past->number != branch.head->number) {
        branch_save(model);
        if (!branch_load(model, branch.head->number))
            forget_after(model, branch.head->from_ns);
        branches_keep(model);
    } else if (branch.end_ns < past->end_ns) {
        forget_after(model, branch.end_ns);
    }
    past->number = branch.head->number;
    past->end_ns = branch.end_ns;
    past->branching = last > 0;
    past->since_ns = branch.head->from_ns;
    snprintf(past->name, sizeof past->name, "%s", branch.head->name);
    snprintf(past->from, sizeof past->from, "%s", branch.head->from);
}

static bool is_fault(uint16_t what)
{
    return what == TRACE_KILLED || what == TRACE_TERMINATED || what == TRACE_PAUSED ||
           what == TRACE_POWER_CUT || what == TRACE_DESTROYED || what == TRACE_CUT ||
           what == TRACE_OOM_KILL || what == TRACE_DISK_FAILED || what == TRACE_DISK_FULL;
}

bool past_sign(const struct model *model, uint32_t i, enum past_sign *sign, uint64_t *time_ns)
{
    struct session_branch branch;
    const struct history *history = session_variant(model->session, 0)->history;
    if (i < model->news_count) {
        *sign = PAST_FAULT;
        *time_ns = is_fault(model->news[i].what) ? model->news[i].time_ns : TIME_NEVER;
        return true;
    }
    i -= model->news_count;
    uint32_t marks = 0;
    while (history && history_mark_name(history, marks, time_ns))
        marks++;
    if (i < marks) {
        *sign = PAST_MARK;
        return history_mark_name(history, i, time_ns) != NULL;
    }
    *sign = PAST_BRANCH;
    if (!session_branch(model->session, i - marks, &branch))
        return false;
    bool here = strcmp(branch.head->from, model->past.name) == 0 || branch.present;
    *time_ns = here && branch.head->from[0] ? branch.head->from_ns : TIME_NEVER;
    return true;
}

/* --- the cursor ------------------------------------------------------------------------------- */

static uint64_t step_ns(const struct model *model)
{
    int columns = model->columns - 2;
    uint64_t end_ns = session_tip(model->session);
    uint64_t step = end_ns / (uint64_t)(columns > COLUMNS_LEAST ? columns : COLUMNS_LEAST);
    return step > STEP_LEAST_NS ? step / STEP_LEAST_NS * STEP_LEAST_NS : STEP_LEAST_NS;
}

static void say_command(struct model *model)
{
    struct text line = TEXT(model->last_command);
    text_clear(&line);
    text_add(&line, "rewind ");
    clock_add(&line, model->past.cursor_ns, 3);
}

void scrub_begin(struct model *model)
{
    drive_play(model, false);
    past_follow(model);
    model->past.was_ns = model->past.cursor_ns = session_now(model->session);
    model->past.scrubbing = true;
    model->asking = FIELD_TIME;
    say_command(model);
}

void scrub_by(struct model *model, int columns)
{
    struct past *past = &model->past;
    uint64_t start_ns = history_start(session_variant(model->session, 0)->history);
    uint64_t end_ns = session_tip(model->session), by_ns = step_ns(model);
    for (; columns < 0; columns++)
        past->cursor_ns = past->cursor_ns > start_ns + by_ns ? past->cursor_ns - by_ns : start_ns;
    for (; columns > 0; columns--)
        past->cursor_ns = past->cursor_ns + by_ns < end_ns ? past->cursor_ns + by_ns : end_ns;
    say_command(model);
    model->drive.scrubbing = true;
}

bool past_go(struct model *model, uint64_t time_ns)
{
    struct past *past = &model->past;
    uint64_t begun_ns = model->wall_ns ? model->wall_ns() : 0;
    bool went = session_rewind(model->session, time_ns);
    uint64_t took_ns = model->wall_ns ? model->wall_ns() - begun_ns : 0;
    past->cost_ns = took_ns > past->cost_ns ? took_ns : past->cost_ns;
    past_follow(model);
    return went;
}

void scrub_work(struct model *model)
{
    struct past *past = &model->past;
    if (!past->scrubbing || past->cursor_ns == session_now(model->session))
        return;
    past_go(model, past->cursor_ns);
    model_look(model);
}

void scrub_end(struct model *model, bool back)
{
    struct past *past = &model->past;
    uint64_t before_ns = past->was_ns;
    if (back)
        past->cursor_ns = past->was_ns;
    say_command(model);
    scrub_work(model);
    past->scrubbing = false;
    model->asking = FIELD_NONE;
    model->message[0] = 0;
    if (!back)
        drive_moved(model, before_ns);
    model_look(model);
}

uint64_t past_cost_ns(const struct model *model)
{
    return model->past.cost_ns > NOTICED_NS ? model->past.cost_ns : 0;
}
