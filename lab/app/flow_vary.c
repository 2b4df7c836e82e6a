/* Vary: the goals and since when they fail, what was changed, what it costs and what would cost
 * less. */
#include "lab/app/flow.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/kept.h"
#include "lab/app/twins.h"
#include "lab/lesson/run.h"

#define STEP_NS MS_NS /* to the millisecond a goal's first failure is looked for */

/* It takes the world's parts away, one run each: it is looked at when the run is over, no sooner.
 */
static bool takes_runs(const struct model *model, uint32_t at)
{
    return strncmp(flow_text(model)->goals[at].condition, "spof.", 5) == 0;
}

/* What a goal asks for, as it is at this instant; does it hold? */
static bool goal_now(struct model *model, uint32_t at)
{
    struct goal_state *goal = &model->flow.goals[at];
    struct value found = {0};
    struct error error;
    char words[LINE_BYTES];
    bool met = false;
    struct text now = TEXT(goal->now);
    goal->known = session_now(model->session) > 0 &&
                  (!takes_runs(model, at) || model->flow.script.done) &&
                  session_holds(model->session,
                                twins_judged(model, flow_text(model)->goals[at].condition, words),
                                &met, &found, &error);
    text_clear(&now);
    if (goal->known)
        value_add_screen(&now, &found);
    return met;
}

void flow_goals(struct model *model)
{
    struct flow *flow = &model->flow;
    if (!flow_active(model))
        return;
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->goal_count && i < GOALS_MAX; i++) {
        struct goal_state *goal = &flow->goals[i];
        bool was_met = goal->known && goal->met;
        goal->met = goal_now(model, i);
        if (goal->met)
            goal->failed_ns = 0;
        else if (was_met)
            goal->failed_ns = session_now(model->session);
    }
}

/* All changes from the beginning.  One that was given after a run may not be possible there: it is
 * said, and is no change. */
static void changes_redo(struct model *model)
{
    struct flow *flow = &model->flow;
    unsigned given = flow->change_count;
    flow->change_count = 0;
    for (unsigned i = 0; i < given; i++) {
        struct error error = {0};
        char *kept = flow->changes[flow->change_count];
        if (flow_redo(model, flow->changes[i], &error)) {
            memmove(kept, flow->changes[i], LINE_BYTES);
            flow->change_count++;
            continue;
        }
        struct text to = TEXT(model->message);
        text_clear(&to);
        text_add(&to, model_say(model, WORD_NOT_AT_FIRST));
        text_add_char(&to, ' ');
        error_add(&to, &error, model->language);
        model->redraw = true;
    }
}

void flow_again(struct model *model, bool keep_changes)
{
    struct flow *flow = &model->flow;
    flow->script.running = flow->script.begun = false;
    drive_play(model, false);
    twins_undo(model);
    model->message[0] = 0;
    drive_begin(model, 0);
    flow->tried = flow->looking = flow->cheaper = false;
    memset(flow->goals, 0, sizeof flow->goals);
    if (!keep_changes)
        flow->change_count = 0;
    changes_redo(model);
    flow_script_start(model, flow->fault_ns == TIME_NEVER ? 0 : flow->fault_ns);
    flow_goals(model);
    model_look(model);
    kept_save(model);
}

void flow_changed(struct model *model, const char *line)
{
    struct flow *flow = &model->flow;
    bool over = flow->tried; /* what is changed after a run is tried from the beginning */
    bool asks = strncmp(line, "tell ", 5) == 0 && over;
    if (!flow_active(model) || flow->step != STEP_VARY || !session_would_change(line) || asks ||
        (session_now(model->session) != 0 && !over))
        return;
    if (flow->change_count == CHANGES_MAX) { /* it would be in one run and in no other */
        flow_again(model, true);
        model_tell(model, "%s", model_say(model, WORD_CHANGES_MOST));
        return;
    }
    snprintf(flow->changes[flow->change_count++], LINE_BYTES, "%s", line);
    kept_save(model);
    if (over)
        flow_again(model, true);
}

void flow_reveal(struct model *model)
{
    uint32_t block_count = flow_text(model)->block_count[STEP_VARY];
    const struct block *blocks = flow_text(model)->blocks[STEP_VARY];
    flow_again(model, false);
    for (uint32_t i = 0; i < block_count; i++) {
        if (blocks[i].kind != BLOCK_REVEAL)
            continue;
        flow_act(model, blocks[i].words);
        flow_changed(model, blocks[i].words);
    }
    model->flow.revealed = true;
    model_look(model);
}

/* --- what it costs ---------------------------------------------------------------------------- */

/* The prices of a run that is over, in the order of the text. */
static unsigned prices_of(const struct model *model, struct session *session,
                          struct price_state prices[PRICES_MAX])
{
    const struct lesson_text *text = flow_text(model);
    unsigned count = 0;
    for (uint32_t i = 0; i < text->block_count[STEP_VARY] && count < PRICES_MAX; i++) {
        const struct block *block = &text->blocks[STEP_VARY][i];
        const char *metric = block->kind == BLOCK_PRICE ? strrchr(block->words, ' ') : NULL;
        if (!metric)
            continue;
        char words[LINE_BYTES];
        const char *name =
            session == model->session ? twins_judged(model, metric + 1, words) : metric + 1;
        prices[count].known = lesson_place(session, name, &prices[count].value) == TOLD_KNOWN;
        count++;
    }
    return count;
}

/* Less in one price by more than a hundredth, and in none more by as much. */
static bool costs_less(const struct price_state *mine, const struct price_state *other,
                       unsigned count)
{
    bool less = false;
    for (unsigned i = 0; i < count; i++) {
        int64_t most = mine[i].value.number, now = other[i].value.number;
        if (!mine[i].known || !other[i].known || now > most + most / 100)
            return false;
        less = less || now < most - most / 100;
    }
    return less;
}

/* What is revealed is run beside it: is it the cheaper way? */
static void look_for_cheaper(struct model *model)
{
    struct flow *flow = &model->flow;
    const struct lesson_text *text = flow_text(model);
    const char *reveals[CHANGES_MAX + 1];
    struct price_state mine[PRICES_MAX];
    unsigned count = 0;
    for (uint32_t i = 0; i < text->block_count[STEP_VARY] && count < CHANGES_MAX; i++)
        if (text->blocks[STEP_VARY][i].kind == BLOCK_REVEAL)
            reveals[count++] = text->blocks[STEP_VARY][i].words;
    reveals[count] = NULL;
    unsigned prices = prices_of(model, model->session, mine);
    struct session *other = count && prices ? flow_run(model, reveals) : NULL;
    flow->cheaper = other && prices_of(model, other, flow->prices) == prices &&
                    costs_less(mine, flow->prices, prices);
    session_close(other);
}

void flow_judge(struct model *model)
{
    struct flow *flow = &model->flow;
    flow_goals(model);
    flow->tried = true;
    flow->passed = !flow->script.broken;
    for (uint32_t i = 0; i < flow_text(model)->goal_count && i < GOALS_MAX; i++)
        flow->passed = flow->passed && flow->goals[i].met;
    if (flow->passed && !flow->fault[0])
        look_for_cheaper(model);
}

/* --- where a goal failed first ---------------------------------------------------------------- */

static int first_failed(const struct model *model)
{
    const struct flow *flow = &model->flow;
    int first = -1;
    for (uint32_t i = 0; flow->tried && i < flow_text(model)->goal_count && i < GOALS_MAX; i++)
        if (!flow->goals[i].met && flow->goals[i].failed_ns &&
            (first < 0 || flow->goals[i].failed_ns < flow->goals[first].failed_ns))
            first = (int)i;
    return first;
}

bool flow_failure(const struct model *model, uint64_t *time_ns)
{
    int goal = first_failed(model);
    *time_ns = goal >= 0 ? model->flow.goals[goal].failed_ns : 0;
    return goal >= 0;
}

/* A goal is looked at with the chart's samples; between the last two of them it failed. */
void flow_see_failure(struct model *model)
{
    struct flow *flow = &model->flow;
    int goal = first_failed(model);
    if (goal < 0)
        return;
    char words[LINE_BYTES];
    const char *condition = twins_judged(model, flow_text(model)->goals[goal].condition, words);
    uint64_t failed_ns = flow->goals[goal].failed_ns;
    flow->script.running = flow->script.begun = false;
    drive_rewind(model, failed_ns > LOOK_SAMPLE_NS ? failed_ns - LOOK_SAMPLE_NS : 0);
    for (uint64_t at = session_now(model->session) + STEP_NS; at <= failed_ns; at += STEP_NS) {
        bool held = true;
        struct value found;
        struct error error;
        session_advance(model->session, at, 0);
        if (session_holds(model->session, condition, &held, &found, &error) && !held)
            break;
    }
    flow->looking = true;
    flow->goals[goal].failed_ns = session_now(model->session);
    for (uint32_t i = 0; i < flow_text(model)->goal_count && i < GOALS_MAX; i++)
        goal_now(model, i);
    model_look(model);
}
