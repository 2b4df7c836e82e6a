/* The steps of a lesson: what is prepared when one is entered. */
#include "lab/app/flow.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/home.h"
#include "lab/app/kept.h"
#include "lab/app/meeting.h"
#include "lab/app/slow.h"
#include "lab/app/twins.h"

#define SPEED_FAST 11 /* x50: a run of vary takes a second */

static const enum place places[STEP_COUNT] = {PLACE_BRIEF,   PLACE_TRY,  PLACE_PREDICT, PLACE_WATCH,
                                              PLACE_EXPLAIN, PLACE_VARY, PLACE_WORK,    PLACE_WORK};

bool flow_active(const struct model *model)
{
    return model->flow.lesson != NULL;
}

static bool has_view(const struct model *model, const char *name)
{
    const char *view = flow_active(model) ? flow_text(model)->front[FRONT_VIEW].words : NULL;
    return view && strcmp(view, name) == 0;
}

bool flow_shows_ladder(const struct model *model)
{
    return has_view(model, "ladder");
}

bool flow_shows_copies(const struct model *model)
{
    return has_view(model, "copies");
}

bool flow_shows_server(const struct model *model)
{
    return has_view(model, "server");
}

const struct lesson_text *flow_text(const struct model *model)
{
    return &model->flow.lesson->text[model->language];
}

const struct question *flow_question(const struct model *model)
{
    if (!flow_active(model) || model->flow.question >= flow_text(model)->question_count)
        return NULL;
    return &flow_text(model)->questions[model->flow.question];
}

static uint32_t place_of(const struct model *model, const struct lesson *lesson)
{
    uint32_t i = 0;
    while (i < model->home.lesson_count && model->home.lessons[i] != lesson)
        i++;
    return i < 63 ? i : 63;
}

const struct lesson *flow_after(const struct model *model)
{
    uint32_t place = place_of(model, model->flow.lesson) + 1;
    return place < model->home.lesson_count ? model->home.lessons[place] : NULL;
}

void flow_open(struct model *model, uint32_t at)
{
    struct lesson *lesson = home_open(model, at);
    if (!lesson ||
        !model_open_script(model, lesson->world_path, lesson->world, strlen(lesson->world)))
        return;
    memset(&model->flow, 0, sizeof model->flow);
    model->flow.lesson = lesson;
    meeting_join(model);
    model->flow.fault_ns = TIME_NEVER;
    model->home.begun[place_of(model, lesson)] = true;
    flow_hide(model);
    model_look(model);
    model->depth = 0;
    model->screen = PLACE_HOME;
    model_show(model, PLACE_BRIEF);
    flow_step(model, STEP_BRIEF);
    kept_begin(model);
    if (model->home.done[place_of(model, lesson)] && model->flow.furthest == STEP_BRIEF)
        flow_know(model); /* one who has been through it */
}

void flow_leave(struct model *model)
{
    if (model->session)
        session_hide(model->session, NULL);
    memset(&model->flow, 0, sizeof model->flow);
    kept_home(model);
}

void flow_language(struct model *model)
{
    if (!model->session)
        return;
    if (flow_active(model)) {
        flow_hide(model);
        flow_goals(model);
    }
    if (model->life_write) {
        struct text to = TEXT(model->life);
        struct error error;
        session_life(model->session, 0, model->life_write, &to, &error);
    }
    model_look(model);
}

/* Where the fault of the act's first question stands: in the file, or where the hand pulled, or
 * now. */
static uint64_t fault_time(struct model *model)
{
    struct flow *flow = &model->flow;
    const struct lesson_text *text = flow_text(model);
    uint32_t first = flow_first_question(model);
    uint64_t file_ns = text->question_count
                           ? session_first(model->session, &text->questions[first].fault)
                           : TIME_NEVER;
    if (file_ns != TIME_NEVER)
        flow->fault_ns = file_ns;
    else if (flow->fault_ns == TIME_NEVER)
        flow->fault_ns = session_now(model->session);
    struct text line = TEXT(flow->fault);
    text_clear(&line); /* the file does it */
    if (file_ns == TIME_NEVER && text->question_count)
        language_join(&line, &text->questions[first].fault);
    return flow->fault_ns;
}

/* What was tried is no part of the run that is watched: the clock goes back to before it.  What is
 * the file's own run stays: nobody waits for it twice. */
static void enter_watch(struct model *model)
{
    model->drive.playing = false;
    model->drive.speed = SPEED_ONE;
    twins_undo(model);
    model->message[0] = 0;
    uint64_t fault_ns = fault_time(model), touched_ns = session_touched(model->session);
    uint64_t start_ns = fault_ns > SECOND_NS ? fault_ns - SECOND_NS : 0;
    uint64_t to_ns = touched_ns < start_ns ? touched_ns : start_ns;
    if (session_now(model->session) > to_ns || touched_ns != TIME_NEVER)
        drive_begin(model, to_ns);
    flow_script_start(model, fault_ns);
    slow_after(&model->drive, fault_ns);
    if (session_now(model->session) < start_ns)
        drive_rush(model, start_ns);
}

void flow_step(struct model *model, enum lesson_step step)
{
    struct flow *flow = &model->flow;
    if (step != STEP_EXPLAIN && step != STEP_WORK && !flow_scene(model, step))
        return;
    flow->step = step;
    if (step > flow->furthest)
        flow->furthest = step;
    model->screen = places[step];
    model->asking = FIELD_NONE;
    model->message[0] = model->last_command[0] = 0;
    model->scroll = 0;
    flow->by_hand = flow->looking = flow->leaving = false;
    flow->script.running = flow->script.begun = false;
    slow_end_fault(&model->drive);
    drive_play(model, step == STEP_BRIEF || step == STEP_TRY
                          ? model->drive.playing || step == STEP_BRIEF
                          : false);
    switch (step) {
    case STEP_PREDICT:
        flow_ask(model);
        break;
    case STEP_WATCH:
        enter_watch(model);
        break;
    case STEP_VARY:
        model->drive.speed = SPEED_FAST;
        flow_again(model, true);
        break;
    default:
        break;
    }
    kept_save(model);
    model_look(model);
}

void flow_resume(struct model *model, enum lesson_step step)
{
    if (step >= STEP_WATCH)
        fault_time(model);
    flow_step(model, step);
}

void flow_know(struct model *model)
{
    model->flow.knows = true;
    flow_step(model, STEP_PREDICT);
}

void flow_skip(struct model *model)
{
    model->asking = FIELD_NONE;
    fault_time(model);
    flow_step(model, STEP_VARY);
}

static void leave_done(struct model *model)
{
    uint32_t place = place_of(model, model->flow.lesson);
    model->home.done[place] = true;
    kept_done(model);
    model_home(model);
    if (place + 1 < model->home.lesson_count)
        model->home.cursor = place + 1;
}

void flow_next(struct model *model)
{
    struct flow *flow = &model->flow;
    if (flow->step == STEP_PREDICT && flow_open_question(model)) {
        flow_ask(model);
    } else if (flow->step == STEP_WATCH && !flow->script.done) {
        flow_finish(model);
    } else if (flow->step == STEP_EXPLAIN && flow->act + 1 < flow_acts(model)) {
        flow->act++;
        flow->ended = false;
        flow->saw[0] = 0;
        flow_step(model, STEP_PREDICT);
    } else if (flow->step == STEP_EXPLAIN && model->meeting.on) { /* the rest is homework */
        meeting_sentence(model);
    } else if (flow->step == STEP_WORK) {
        leave_done(model);
    } else {
        flow_step(model, flow->step + 1);
    }
}

void flow_previous(struct model *model)
{
    struct flow *flow = &model->flow;
    bool other_world = flow->scene == STEP_VARY; /* there is nothing behind the explanation */
    if (flow->step == STEP_VARY && (!flow->ended || other_world)) {
        flow_step(model, STEP_WATCH);
    } else if (flow->step == STEP_PREDICT && flow->act) {
        flow->act--;
        flow->ended = false;
        flow_step(model, STEP_WATCH);
    } else if (flow->step > STEP_BRIEF) {
        flow_step(model, flow->step - 1);
    } else {
        model_home(model);
    }
}
