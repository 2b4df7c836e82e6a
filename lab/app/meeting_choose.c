/* Before a meeting: its people, named once, and up to three questions. */
#include "lab/app/meeting.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/kept_meeting.h"
#include "lab/canvas/canvas.h"

#define NAME_CELLS   8 /* beside a bar */
#define PEOPLE_USUAL 3

bool meeting_is_half_done(const struct model *model)
{
    return model->meeting.started_ms != 0;
}

uint32_t meeting_rows(const struct model *model)
{
    return meeting_is_half_done(model) + model->meeting.choosing.people + model->home.lesson_count +
           1;
}

enum meeting_row meeting_row(const struct model *model, uint32_t row, uint32_t *which)
{
    uint32_t before = meeting_is_half_done(model), people = model->meeting.choosing.people;
    *which = 0;
    if (row < before)
        return ROW_GO_ON;
    *which = row - before;
    if (*which < people)
        return ROW_PERSON;
    *which -= people;
    return *which < model->home.lesson_count ? ROW_LESSON : ROW_BEGIN;
}

/* The first three that nobody has done; then whatever comes. */
static void propose(struct model *model)
{
    struct choosing *choosing = &model->meeting.choosing;
    choosing->lesson_count = 0;
    for (int done = 0; done < 2; done++)
        for (uint32_t i = 0; i < model->home.lesson_count && i < 64; i++)
            if (model->home.done[i] == (done == 1) && choosing->lesson_count < MEETING_LESSONS)
                choosing->lessons[choosing->lesson_count++] = i;
}

void meeting_open(struct model *model)
{
    struct choosing *choosing = &model->meeting.choosing;
    if (!choosing->people) {
        choosing->people = PEOPLE_USUAL;
        kept_meeting_people(model); /* whoever was there last time is there again */
    }
    propose(model);
    choosing->cursor = meeting_is_half_done(model) ? 0 : meeting_rows(model) - 1;
    model->message[0] = 0;
    model_show(model, PLACE_MEETING);
}

void meeting_toggle(struct model *model, uint32_t place)
{
    struct choosing *choosing = &model->meeting.choosing;
    uint32_t i = 0;
    model->message[0] = 0;
    while (i < choosing->lesson_count && choosing->lessons[i] != place)
        i++;
    if (i < choosing->lesson_count) {
        choosing->lesson_count--;
        memmove(&choosing->lessons[i], &choosing->lessons[i + 1],
                (choosing->lesson_count - i) * sizeof *choosing->lessons);
    } else if (choosing->lesson_count == MEETING_LESSONS) {
        model_tell(model, "%s", model_say(model, WORD_THREE_AT_MOST));
    } else {
        choosing->lessons[choosing->lesson_count++] = place;
    }
}

void meeting_people(struct model *model, int by)
{
    struct choosing *choosing = &model->meeting.choosing;
    uint32_t which, most = PEOPLE_MAX, before = choosing->people;
    bool below = meeting_row(model, choosing->cursor, &which) > ROW_PERSON;
    if (by > 0 ? before == most : before == 2)
        return;
    choosing->people = by > 0 ? before + 1 : before - 1;
    if (below) /* it stays where it was */
        choosing->cursor += choosing->people - before;
}

enum word meeting_pick_words(const struct model *model)
{
    uint32_t which;
    switch (meeting_row(model, model->meeting.choosing.cursor, &which)) {
    case ROW_GO_ON:
        return WORD_GO_ON_MEETING;
    case ROW_PERSON:
        return WORD_NAME;
    case ROW_LESSON:
        return WORD_IN_OR_OUT;
    default:
        return WORD_BEGIN_MEETING;
    }
}

void meeting_enter(struct model *model)
{
    struct choosing *choosing = &model->meeting.choosing;
    uint32_t which;
    switch (meeting_row(model, choosing->cursor, &which)) {
    case ROW_GO_ON:
        meeting_go_on(model);
        break;
    case ROW_PERSON:
        choosing->person = which;
        model->asking = FIELD_NAME;
        field_set(&model->field, choosing->names[which]);
        break;
    case ROW_LESSON:
        meeting_toggle(model, which);
        break;
    default:
        if (choosing->lesson_count)
            meeting_begin(model);
        else
            model_tell(model, "%s", model_say(model, WORD_NO_QUESTION));
        break;
    }
}

void meeting_named(struct model *model)
{
    struct choosing *choosing = &model->meeting.choosing;
    const char *name = model->field.text + strspn(model->field.text, " ");
    snprintf(choosing->names[choosing->person], KEPT_NAME_BYTES, "%.40s", name);
    model->asking = FIELD_NONE;
    choosing->cursor++;
    uint32_t which;
    if (meeting_row(model, choosing->cursor, &which) == ROW_PERSON)
        meeting_enter(model);
    else
        choosing->cursor = meeting_rows(model) - 1;
}

void meeting_name_fits(struct model *model)
{
    if (model->asking == FIELD_NAME && canvas_width(model->field.text) > NAME_CELLS)
        field_key(&model->field, &(struct key){.code = KEY_CODE_BACKSPACE});
}
