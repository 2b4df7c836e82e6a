/* The run that a step shows, and what was counted when it ended. */
#include "lab/app/flow.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/kept.h"
#include "lab/app/kept_meeting.h"
#include "lab/app/meeting.h"
#include "lab/app/singles.h"
#include "lab/lesson/run.h"

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
    return script->fault_pending || !script->begun ? script->fault_ns : script->end_ns;
}

bool flow_redo(struct model *model, const char *line, struct error *error)
{
    model->drive.typing = true;
    bool done = session_line(model->session, line, error);
    model->drive.typing = false;
    if (done)
        snprintf(model->last_command, sizeof model->last_command, "%s", line);
    return done;
}

void flow_act(struct model *model, const char *line)
{
    struct error error = {0};
    if (!flow_redo(model, line, &error)) {
        struct text to = TEXT(model->message);
        language_error(&to, flow_text(model)->path, NULL, &error, model->language);
    }
}

static void count_answers(struct model *model)
{
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->question_count && i < QUESTIONS_MAX; i++)
        if (flow_asks(model, i))
            model->flow.counted_known[i] =
                lesson_count(model->session, &text->questions[i], &model->flow.counted[i]);
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
            if (singles_question(model) >= 0)
                singles_find(model);
            kept_run(model);
        }
        model->screen = PLACE_WATCH; /* where it is asked */
        model->asking = FIELD_SAW;
        field_set(&model->field, flow->saw);
        if (model->meeting.on)
            meeting_ask(model);
        return;
    }
    flow_judge(model);
}

/* Acked orders of a store that cannot answer yet: nobody has judged whether they are lost. */
static bool is_unjudged_in(struct world *world)
{
    int row = metric_find(catalog[KIND_CLIENT], "unreachable");
    for (uint32_t id = component_next(world, 0, KIND_CLIENT); row >= 0 && id;
         id = component_next(world, id, KIND_CLIENT)) {
        struct value value = {0};
        if (metric_read(world, id, (unsigned)row, &value) && value.number > 0)
            return true;
    }
    return false;
}

static bool is_unjudged(const struct model *model)
{
    for (uint32_t i = 0; i < session_variants(model->session); i++)
        if (is_unjudged_in(session_variant(model->session, i)->world))
            return true;
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

void flow_script_end_here(struct model *model)
{
    if (flow_script_runs(model) && !model->flow.script.fault_pending)
        model->flow.script.end_ns = session_now(model->session);
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
        if (!session_behind(model->session)) /* else it is gone through again */
            flow_act(model, model->flow.fault);
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
