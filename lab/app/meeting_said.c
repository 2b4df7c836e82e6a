/* One sentence each: asked after watching, written down at the latest after the explanation. */
#include "lab/app/meeting.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/kept_meeting.h"

/* The next one after `person` who has said nothing; false: all have. */
static bool to_silent(struct model *model, uint32_t after)
{
    struct meeting *meeting = &model->meeting;
    for (uint32_t i = 0; i < meeting->people; i++) {
        uint32_t person = (after + i) % meeting->people;
        if (meeting->sentences[person][0])
            continue;
        meeting->person = person;
        field_clear(&model->field);
        return true;
    }
    return false;
}

void meeting_ask(struct model *model)
{
    model->asking = FIELD_SAW;
    if (!to_silent(model, 0))
        field_set(&model->field, model->meeting.sentences[model->meeting.person = 0]);
}

bool meeting_keep(struct model *model)
{
    struct meeting *meeting = &model->meeting;
    char *to = meeting->sentences[meeting->person];
    const char *words = model->field.text + strspn(model->field.text, " ");
    bool same = strcmp(to, words) == 0;
    snprintf(to, LINE_BYTES, "%s", words);
    if (!same)
        kept_sentence(model, meeting->person);
    return *to != 0;
}

/* An empty one was said aloud only: it can be written down later. */
bool meeting_said(struct model *model)
{
    bool written = meeting_keep(model);
    uint32_t next = model->meeting.person + 1;
    if (model->asking == FIELD_SAW)
        return written && to_silent(model, next);
    if (written)
        return to_silent(model, next);
    for (; next < model->meeting.people; next++) { /* the last phase: once through all */
        if (model->meeting.sentences[next][0])
            continue;
        model->meeting.person = next;
        field_clear(&model->field);
        return true;
    }
    return false;
}

void meeting_other(struct model *model)
{
    struct meeting *meeting = &model->meeting;
    if (model->asking == FIELD_SAW || model->asking == FIELD_SENTENCE) {
        meeting_keep(model);
        meeting->person = (meeting->person + 1) % meeting->people;
    } else {
        meeting->person = 0;
        model->asking = FIELD_SENTENCE;
    }
    field_set(&model->field, meeting->sentences[meeting->person]);
    model->redraw = true;
}

void meeting_sentence(struct model *model)
{
    model->screen = PLACE_SENTENCE;
    model->message[0] = 0;
    model->asking = to_silent(model, 0) ? FIELD_SENTENCE : FIELD_NONE;
    model->redraw = true;
}
