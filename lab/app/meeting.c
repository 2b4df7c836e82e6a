/* A meeting goes from question to question; left half done, it can be gone on with. */
#include "lab/app/meeting.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/home.h"
#include "lab/app/kept_meeting.h"

static uint32_t place_of(const struct model *model, const char *id)
{
    uint32_t i = 0;
    while (i < model->home.lesson_count && strcmp(model->home.lessons[i]->id, id) != 0)
        i++;
    return i;
}

const struct lesson *meeting_lesson(const struct model *model, uint32_t at)
{
    uint32_t place = at < model->meeting.lesson_count ? place_of(model, model->meeting.lessons[at])
                                                      : model->home.lesson_count;
    return place < model->home.lesson_count ? model->home.lessons[place] : NULL;
}

/* Its lesson is here and whole; else `why` says where it is wrong. */
static bool can_be_asked(struct model *model, uint32_t at, char why[LINE_BYTES])
{
    uint32_t place = place_of(model, model->meeting.lessons[at]);
    if (place == model->home.lesson_count)
        return false;
    if (home_open(model, place))
        return true;
    memcpy(why, model->message, LINE_BYTES);
    return false;
}

/* The question that is under way; one whose lesson is not here any more, or cannot be read, is
 * passed over. */
static void open_question(struct model *model)
{
    struct meeting *meeting = &model->meeting;
    char why[LINE_BYTES] = "";
    memset(meeting->sentences, 0, sizeof meeting->sentences);
    while (meeting->at < meeting->lesson_count && !can_be_asked(model, meeting->at, why))
        meeting->at++;
    meeting->on = true;
    if (meeting->at < meeting->lesson_count) {
        uint32_t place = place_of(model, meeting->lessons[meeting->at]);
        model->home.cursor = place;
        flow_open(model, place);
        meeting->on = flow_active(model);
        if (why[0])
            model_tell(model, "%s", why);
    }
    kept_meeting(model);
    model->redraw = true;
}

void meeting_begin(struct model *model)
{
    struct meeting *meeting = &model->meeting;
    const struct choosing choosing = meeting->choosing;
    if (meeting_is_half_done(model)) /* a new one: that is over */
        kept_meeting_end(model);
    memset(meeting, 0, sizeof *meeting);
    meeting->choosing = choosing;
    meeting_tick(model);
    meeting->started_ms = meeting->now_ms ? meeting->now_ms : 1;
    meeting->language = model->language;
    meeting->people = choosing.people;
    memcpy(meeting->names, choosing.names, sizeof meeting->names);
    meeting->lesson_count = choosing.lesson_count;
    for (uint32_t i = 0; i < choosing.lesson_count; i++)
        snprintf(meeting->lessons[i], sizeof meeting->lessons[i], "%s",
                 model->home.lessons[choosing.lessons[i]]->id);
    kept_meeting_begin(model);
    open_question(model);
    if (meeting->at >= meeting->lesson_count)
        meeting_next(model);
}

void meeting_go_on(struct model *model)
{
    meeting_tick(model);
    kept_meeting_pause(model);
    open_question(model);
    if (model->meeting.at >= model->meeting.lesson_count)
        meeting_next(model);
}

void meeting_leave(struct model *model)
{
    if (model->meeting.on && meeting_is_half_done(model)) /* what to go on with */
        model->home.cursor = HOME_MEETING;
    model->meeting.on = false;
}

void meeting_next(struct model *model)
{
    struct meeting *meeting = &model->meeting;
    if (meeting->at < meeting->lesson_count)
        meeting->at++;
    open_question(model);
    if (meeting->at < meeting->lesson_count)
        return;
    meeting_tick(model);
    kept_meeting_end(model);
    struct meeting_clock clock;
    meeting_clock(model, &clock);
    meeting->took_ms = clock.meeting_ms;
    meeting->started_ms = 0;
    model_home(model);
    model_show(model, PLACE_CLOSED);
}

void meeting_join(struct model *model)
{
    const struct meeting *meeting = &model->meeting;
    struct flow *flow = &model->flow;
    flow->people = 1;
    if (!meeting->on)
        return;
    flow->people = meeting->people;
    memcpy(flow->names, meeting->names, sizeof flow->names);
}
