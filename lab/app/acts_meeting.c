/* The acts of a meeting: choosing, the second round, sentences, notes, presenting. */
#include "lab/app/acts.h"

#include "lab/app/flow.h"
#include "lab/app/meeting.h"

bool press_meet(struct model *model, const struct key *key)
{
    (void)key;
    meeting_open(model);
    return true;
}

bool press_pick(struct model *model, const struct key *key)
{
    (void)key;
    meeting_enter(model);
    return true;
}

bool press_tick(struct model *model, const struct key *key)
{
    (void)key;
    uint32_t which;
    if (meeting_row(model, model->meeting.choosing.cursor, &which) == ROW_LESSON)
        meeting_toggle(model, which);
    return true;
}

bool press_question(struct model *model, const struct key *key)
{
    for (uint32_t i = 0; i < model->home.lesson_count; i++)
        if (model->home.lessons[i]->number == key->letter - '0')
            meeting_toggle(model, i);
    return true;
}

bool press_more(struct model *model, const struct key *key)
{
    (void)key;
    meeting_people(model, 1);
    return true;
}

bool press_fewer(struct model *model, const struct key *key)
{
    (void)key;
    meeting_people(model, -1);
    return true;
}

bool press_named(struct model *model, const struct key *key)
{
    (void)key;
    meeting_named(model);
    return true;
}

bool press_second(struct model *model, const struct key *key)
{
    (void)key;
    flow_second(model);
    return true;
}

bool press_stay(struct model *model, const struct key *key)
{
    (void)key;
    flow_stay(model);
    return true;
}

bool press_other(struct model *model, const struct key *key)
{
    (void)key;
    if (!model->meeting.on)
        return false;
    meeting_other(model);
    return true;
}

bool press_said(struct model *model, const struct key *key)
{
    (void)key;
    if (!meeting_said(model))
        model->asking = FIELD_NONE;
    return true;
}

bool press_said_all(struct model *model, const struct key *key)
{
    (void)key;
    meeting_next(model);
    return true;
}

bool press_close(struct model *model, const struct key *key)
{
    (void)key;
    model_home(model);
    return true;
}

bool press_note(struct model *model, const struct key *key)
{
    (void)key;
    if (!meeting_is_half_done(model))
        return false;
    notes_open(model);
    return true;
}

bool press_present(struct model *model, const struct key *key)
{
    (void)key;
    model->present = !model->present;
    model->clear = true;
    return true;
}
