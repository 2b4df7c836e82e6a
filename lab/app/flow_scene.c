/* The acts of a lesson: which part of each step is shown, and whose world is open. */
#include "lab/app/flow.h"

#include <stdlib.h>
#include <string.h>

#include "lab/lesson/run.h"

uint32_t flow_acts(const struct model *model)
{
    return flow_text(model)->part_count[STEP_PREDICT];
}

uint32_t flow_part(const struct model *model, enum lesson_step step)
{
    const struct lesson_text *text = flow_text(model);
    if (step == STEP_PREDICT)
        return model->flow.act;
    if (step != STEP_WATCH && step != STEP_EXPLAIN)
        return 0;
    const char *name = text->parts[STEP_PREDICT][model->flow.act].name;
    if (text->part_count[step] == 1 && !text->parts[step][0].name[0])
        return 0; /* the same words for all acts */
    for (uint32_t i = 0; i < text->part_count[step]; i++)
        if (strcmp(text->parts[step][i].name, name) == 0)
            return i;
    return UINT32_MAX;
}

bool flow_shows(const struct model *model, enum lesson_step step, const struct block *block)
{
    return block->part == flow_part(model, step);
}

bool flow_asks(const struct model *model, uint32_t question)
{
    return flow_text(model)->questions[question].part == model->flow.act;
}

uint32_t flow_first_question(const struct model *model)
{
    uint32_t i = 0;
    while (i + 1 < flow_text(model)->question_count && !flow_asks(model, i))
        i++;
    return i;
}

/* Whose script a step shows: a step or an act without its own has world.lab. */
static void scene_of(const struct model *model, enum lesson_step *step, uint32_t *part)
{
    bool act = *step == STEP_PREDICT || *step == STEP_WATCH || *step == STEP_EXPLAIN;
    *part = act ? model->flow.act : 0;
    *step = act ? STEP_PREDICT : *step == STEP_VARY ? STEP_VARY : STEP_BRIEF;
    if (*step != STEP_BRIEF && lesson_script_fence(flow_text(model), *step, *part))
        return;
    *step = STEP_BRIEF;
    *part = 0;
}

bool flow_scene(struct model *model, enum lesson_step step)
{
    struct flow *flow = &model->flow;
    const struct lesson *lesson = flow->lesson;
    uint32_t part;
    scene_of(model, &step, &part);
    if (step == flow->scene && part == flow->scene_part)
        return true;
    char *script = lesson_script(lesson, step, part, 0);
    struct ended ended = model->ended; /* the explanation outlives its world */
    uint64_t write = model->life_write;
    memset(&model->ended, 0, sizeof model->ended);
    bool opened = script && model_open_script(model, lesson->world_path, script, strlen(script));
    free(script);
    model->ended = ended;
    model->life_write = write;
    if (!opened)
        return false;
    flow->scene = step;
    flow->scene_part = part;
    flow->fault_ns = TIME_NEVER;
    flow->fault[0] = 0;
    flow->script = (struct script){0};
    flow_hide(model);
    return true;
}

struct session *flow_run(const struct model *model, const char *const *changes)
{
    const struct flow *flow = &model->flow;
    char *script = lesson_script(flow->lesson, flow->scene, flow->scene_part, 0);
    struct lesson_run run = {.script = script ? script : "",
                             .file = flow->lesson->world_path,
                             .language = model->language,
                             .changes = changes};
    struct session *session = lesson_run_ended(&run);
    free(script);
    return session;
}

static bool all_right(const struct model *model, struct session *session, uint32_t question)
{
    struct value counted;
    const struct question *asked = &flow_text(model)->questions[question];
    if (!lesson_count(session, asked, &counted))
        return false;
    for (uint32_t i = 0; i < model->flow.people; i++)
        if (model->flow.guesses[question][i].locked &&
            !lesson_right(asked, &counted, model->flow.guesses[question][i].number))
            return false;
    return true;
}

bool flow_guessed_right(struct model *model)
{
    struct session *session = flow_run(model, NULL);
    bool right = session != NULL;
    for (uint32_t i = 0; right && i < flow_text(model)->question_count && i < QUESTIONS_MAX; i++)
        if (flow_asks(model, i))
            right = all_right(model, session, i);
    session_close(session);
    return right;
}
