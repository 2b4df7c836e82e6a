/* The run that a step shows, what was counted when it ended, and the goals. */
#include "lab/app/flow.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/kept.h"

#define AFTER_FAULT_NS                                                                             \
    (10 * SECOND_NS) /* a file without `run` is watched so long after its fault */

void flow_script_start(struct model *model, uint64_t fault_ns)
{
    struct script *script = &model->flow.script;
    memset(script, 0, sizeof *script);
    script->running = true;
    script->fault_ns = fault_ns;
    script->fault_pending = model->flow.fault[0] != 0;
    script->end_ns =
        session_state(model->session) == SESSION_WAITING ? fault_ns + AFTER_FAULT_NS : TIME_NEVER;
}

bool flow_script_runs(const struct model *model)
{
    return flow_active(model) && model->flow.script.running;
}

uint64_t flow_script_time(const struct model *model)
{
    const struct script *script = &model->flow.script;
    if (!flow_script_runs(model))
        return TIME_NEVER;
    if (script->judge_ns)
        return script->judge_ns;
    return script->fault_pending ? script->fault_ns : script->end_ns;
}

static void act(struct model *model, const char *line)
{
    struct error error = {0};
    snprintf(model->last_command, sizeof model->last_command, "%s", line);
    if (!session_line(model->session, line, &error)) {
        struct text to = TEXT(model->message);
        language_error(&to, flow_text(model)->path, NULL, &error, model->language);
    }
}

/* "variant:cache.keys" or "cache.keys" as counted now. */
static bool count(struct model *model, const char *name, struct value *value)
{
    struct world *world = model_world(model);
    struct metric_ref metric;
    struct error error;
    const char *colon = strchr(name, ':');
    for (uint32_t i = 0; colon && i < session_variants(model->session); i++) {
        struct variant *variant = session_variant(model->session, i);
        size_t length = strlen(variant->name);
        if (length == (size_t)(colon - name) && memcmp(variant->name, name, length) == 0)
            world = variant->world;
    }
    return world_metric(world, colon ? colon + 1 : name, &metric, &error) &&
           world_read(world, metric, value);
}

static void count_answers(struct model *model)
{
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->question_count && i < QUESTIONS_MAX; i++) {
        const struct question *question = &text->questions[i];
        struct value *counted = &model->flow.counted[i];
        if (question->answer_choice) {
            counted->number = question->answer_choice - 'a';
            model->flow.counted_known[i] = true;
        } else if (question->answer[0]) {
            model->flow.counted_known[i] = count(model, question->answer, counted);
        }
    }
}

static void script_over(struct model *model)
{
    struct flow *flow = &model->flow;
    flow->script.running = false;
    flow->script.done = true;
    drive_play(model, false);
    if (flow->step == STEP_WATCH) {
        if (!flow->ended) {
            flow->ended = true;
            count_answers(model);
            kept_counted(model);
            flow_take_end(model);
        }
        model->screen = PLACE_WATCH; /* where it is asked */
        model->asking = FIELD_SAW;
        field_set(&model->field, flow->saw);
        return;
    }
    flow_goals(model);
    flow->tried = true;
    flow->passed = !flow->script.broken;
    for (uint32_t i = 0; i < flow_text(model)->goal_count && i < GOALS_MAX; i++)
        flow->passed = flow->passed && flow->goals[i].met;
}

/* Acked orders of a store that cannot answer yet: nobody has judged whether they are lost. */
static bool is_unjudged(const struct model *model)
{
    struct world *world = model_world(model);
    int row = metric_find(catalog[KIND_CLIENT], "unreachable");
    for (uint32_t id = component_next(world, 0, KIND_CLIENT); row >= 0 && id;
         id = component_next(world, id, KIND_CLIENT)) {
        struct value value = {0};
        if (metric_read(world, id, (unsigned)row, &value) && value.number > 0)
            return true;
    }
    return false;
}

/* What the learner changed may make a start longer: goals are looked at when the service answers
 * again. */
static bool waits_for_judgement(struct model *model, uint64_t now_ns)
{
    struct script *script = &model->flow.script;
    if (script->judge_ns == 0)
        script->judge_ns = now_ns + AFTER_FAULT_NS;
    if (model->flow.step != STEP_VARY || !is_unjudged(model))
        return false;
    if (now_ns < script->judge_ns)
        return true;
    script->broken = true;
    model_tell(model, "%s", model_say(model, WORD_NOT_BACK));
    return false;
}

bool flow_script_turn(struct model *model)
{
    struct script *script = &model->flow.script;
    if (!flow_script_runs(model))
        return false;
    uint64_t now_ns = session_now(model->session);
    script->begun = script->begun || now_ns >= script->fault_ns;
    if (script->fault_pending && now_ns >= script->fault_ns) {
        script->fault_pending = false;
        act(model, model->flow.fault);
        return true;
    }
    bool ended =
        script->end_ns != TIME_NEVER
            ? now_ns >= script->end_ns
            : now_ns > script->fault_ns && session_state(model->session) == SESSION_WAITING;
    if (script->judge_ns == 0 && (script->fault_pending || !ended))
        return false;
    if (waits_for_judgement(model, now_ns))
        return false;
    script_over(model);
    return true;
}

void flow_finish(struct model *model)
{
    if (model->flow.script.running)
        drive_rush(model, TIME_NEVER);
}

/* A script stands at a place of the run: back before it, it begins again. */
void flow_went_back(struct model *model)
{
    struct flow *flow = &model->flow;
    if (!flow_active(model) || !flow->script.begun)
        return;
    if (flow->step == STEP_WATCH)
        flow_step(model, STEP_WATCH);
    else if (flow->step == STEP_VARY)
        flow_again(model, true);
}

void flow_goals(struct model *model)
{
    struct flow *flow = &model->flow;
    if (!flow_active(model))
        return;
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->goal_count && i < GOALS_MAX; i++) {
        struct goal_state *goal = &flow->goals[i];
        struct value found = {0};
        struct error error;
        bool was_met = goal->known && goal->met;
        goal->met = false;
        goal->known =
            session_now(model->session) > 0 &&
            session_holds(model->session, text->goals[i].condition, &goal->met, &found, &error);
        if (goal->met)
            goal->failed_ns = 0;
        else if (was_met)
            goal->failed_ns = session_now(model->session);
        struct text now = TEXT(goal->now);
        if (goal->known)
            value_add_screen(&now, &found);
    }
}

void flow_again(struct model *model, bool keep_changes)
{
    struct flow *flow = &model->flow;
    flow->script.running = flow->script.begun = false;
    drive_play(model, false);
    drive_rewind(model, 0);
    flow->tried = false;
    memset(flow->goals, 0, sizeof flow->goals);
    if (!keep_changes)
        flow->change_count = 0;
    for (uint32_t i = 0; i < flow->change_count; i++)
        act(model, flow->changes[i]);
    flow_script_start(model, flow->fault_ns == TIME_NEVER ? 0 : flow->fault_ns);
    flow_goals(model);
    model_look(model);
    kept_save(model);
}

void flow_changed(struct model *model, const char *line)
{
    struct flow *flow = &model->flow;
    if (!flow_active(model) || flow->step != STEP_VARY || flow->change_count == CHANGES_MAX ||
        session_now(model->session) != 0)
        return;
    snprintf(flow->changes[flow->change_count++], LINE_BYTES, "%s", line);
    kept_save(model);
}

void flow_reveal(struct model *model)
{
    uint32_t block_count = flow_text(model)->block_count[STEP_VARY];
    const struct block *blocks = flow_text(model)->blocks[STEP_VARY];
    flow_again(model, false);
    for (uint32_t i = 0; i < block_count; i++) {
        if (blocks[i].kind != BLOCK_REVEAL)
            continue;
        act(model, blocks[i].words);
        flow_changed(model, blocks[i].words);
    }
    model->flow.revealed = true;
    model_look(model);
}
