/* A meeting's own screens: who and which questions before it, one sentence each, its end. */
#include "lab/view/view.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/meeting.h"
#include "lab/view/draw.h"

#define NAME_COLUMNS   18
#define NUMBER_COLUMNS 3

/* --- before it -------------------------------------------------------------------------------- */

static const char *letter_of(const struct model *model, uint32_t person)
{
    return model_say(model, WORD_PERSON_A + person);
}

static bool is_at(const struct model *model, enum meeting_row wanted, uint32_t which)
{
    uint32_t at;
    return meeting_row(model, model->meeting.choosing.cursor, &at) == wanted && at == which;
}

static void draw_half_done(const struct model *model, struct canvas *canvas, int row)
{
    const struct meeting *meeting = &model->meeting;
    const struct lesson *lesson = meeting_lesson(model, meeting->at);
    bool here = is_at(model, ROW_GO_ON, 0);
    char words[60];
    canvas_write(canvas, row, MARGIN, 0, STYLE_ACTION, here ? ">" : " ");
    int column = canvas_write(canvas, row, MARGIN + 2, 0, here ? STYLE_SELECTED : STYLE_PLAIN,
                              model_say(model, WORD_HALF_DONE)) +
                 3;
    snprintf(words, sizeof words, model_say(model, WORD_QUESTION_OF),
             lesson ? meeting->at + 1 : meeting->lesson_count, meeting->lesson_count);
    column = canvas_write(canvas, row, column, 0, STYLE_PLAIN, words) + 2;
    if (lesson)
        canvas_write(canvas, row, column, 0, STYLE_PLAIN, lesson->text[model->language].title);
}

static void draw_names(const struct model *model, struct canvas *canvas, int row)
{
    const struct choosing *choosing = &model->meeting.choosing;
    for (uint32_t i = 0; i < choosing->people; i++) {
        int column = MARGIN + (int)i * NAME_COLUMNS;
        bool here = is_at(model, ROW_PERSON, i);
        const char *name = choosing->names[i];
        canvas_write(canvas, row, column, 0, STYLE_ACTION, here ? ">" : " ");
        canvas_write(canvas, row, column + 2, 0, STYLE_STRONG, letter_of(model, i));
        if (here && model->asking == FIELD_NAME)
            draw_field(canvas, row, column + 6, &model->field);
        else
            canvas_write(canvas, row, column + 6, 0, here ? STYLE_SELECTED : STYLE_PLAIN,
                         name[0] ? name : "-");
    }
}

static uint32_t place_in_row(const struct choosing *choosing, uint32_t lesson)
{
    for (uint32_t i = 0; i < choosing->lesson_count; i++)
        if (choosing->lessons[i] == lesson)
            return i + 1;
    return 0;
}

/* As many as have room, those around the cursor. */
static void draw_lessons(const struct model *model, struct canvas *canvas, int row, int end)
{
    const struct home *home = &model->home;
    uint32_t rows = (uint32_t)(end - row), at = 0, first = 0;
    if (meeting_row(model, model->meeting.choosing.cursor, &at) == ROW_LESSON && at >= rows)
        first = at - rows + 1;
    for (uint32_t i = first; i < home->lesson_count && i - first < rows; i++, row++) {
        bool here = is_at(model, ROW_LESSON, i);
        uint32_t place = place_in_row(&model->meeting.choosing, i);
        canvas_write(canvas, row, MARGIN, 0, STYLE_ACTION, here ? ">" : " ");
        canvas_print(canvas, row, MARGIN + 2, 0, STYLE_ACTION, "%2u", home->lessons[i]->number);
        canvas_write(canvas, row, MARGIN + 3 + NUMBER_COLUMNS, RIGHT_COLUMN,
                     here    ? STYLE_SELECTED
                     : place ? STYLE_STRONG
                             : STYLE_PLAIN,
                     home->lessons[i]->text[model->language].title);
        char words[40];
        snprintf(words, sizeof words, model_say(model, WORD_NUMBER_IN_ROW), place);
        if (place)
            canvas_write(canvas, row, RIGHT_COLUMN + 1, 0, STYLE_STRONG, words);
    }
}

void view_meeting(const struct model *model, struct canvas *canvas)
{
    int end = draw_body_end(canvas), row = BODY_TOP + 1;
    uint32_t which;
    bool begins = meeting_row(model, model->meeting.choosing.cursor, &which) == ROW_BEGIN;
    draw_frame(model, canvas, model_say(model, WORD_MEETING), model_say(model, WORD_EIGHT_MINUTES));
    if (meeting_is_half_done(model)) {
        draw_half_done(model, canvas, row);
        row += 2;
    }
    canvas_write(canvas, row, MARGIN, 0, STYLE_DIM, model_say(model, WORD_WHO_IS_THERE));
    draw_names(model, canvas, row + 1);
    row += 3;
    canvas_write(canvas, row, MARGIN, 0, STYLE_DIM, model_say(model, WORD_WHICH_QUESTIONS));
    draw_lessons(model, canvas, row + 1, end - 5);
    canvas_write(canvas, end - 4, MARGIN, 0, STYLE_ACTION, begins ? ">" : " ");
    canvas_write(canvas, end - 4, MARGIN + 2, 0, begins ? STYLE_SELECTED : STYLE_PLAIN,
                 model_say(model, WORD_BEGIN_HERE));
    canvas_write(canvas, end - 2, MARGIN, 0, STYLE_DIM, model_say(model, WORD_A_QUESTION_HAS));
    canvas_write(canvas, end - 1, MARGIN, 0, STYLE_DIM, model_say(model, WORD_CUTS_NOTHING));
}

/* --- one sentence each ------------------------------------------------------------------------ */

static int draw_sentence(const struct model *model, struct canvas *canvas, int row, int end,
                         uint32_t person)
{
    const struct meeting *meeting = &model->meeting;
    bool open = model->asking == FIELD_SENTENCE && person == meeting->person;
    int column = MARGIN + 11, width = draw_width(canvas) - column;
    canvas_write(canvas, row, MARGIN + 1, column - 2, STYLE_STRONG, draw_person(model, person));
    if (open) {
        canvas_write(canvas, row, column - 2, 0, STYLE_ACTION, ">");
        draw_field(canvas, row, column, &model->field);
        return 1;
    }
    const char *words = meeting->sentences[person];
    int lines = draw_prose(model, canvas, row, column, width, end - row < 2 ? end - row : 2, 0,
                           words[0] ? words : "-");
    return lines < 2 ? lines : 2;
}

static void draw_next(const struct model *model, struct canvas *canvas)
{
    const struct lesson *next = meeting_lesson(model, model->meeting.at + 1);
    char words[300];
    if (!next || model->asking != FIELD_NONE)
        return;
    snprintf(words, sizeof words, model_say(model, WORD_NEXT_IS), next->number,
             next->text[model->language].title);
    draw_status(model, canvas, STYLE_STRONG, words);
}

void view_sentence(const struct model *model, struct canvas *canvas)
{
    int end = draw_body_end(canvas), row = BODY_TOP;
    struct big_number big;
    draw_world_frame(model, canvas);
    if (draw_big_of(model, &big)) {
        canvas_write(canvas, row, MARGIN, canvas->columns - MARGIN, STYLE_PLAIN, big.words);
        row = draw_big(model, canvas, row + 1, MARGIN, big.number,
                       word_unit(model->language, big.unit)) +
              1;
    }
    row += draw_prose(model, canvas, row, MARGIN, draw_width(canvas), 2, 0,
                      model_say(model, WORD_WHAT_TO_TAKE)) +
           1;
    for (uint32_t i = 0; i < model->meeting.people && row < end; i++)
        row += draw_sentence(model, canvas, row, end, i);
    if (end - row > 2)
        draw_prose(model, canvas, end - 2, MARGIN, draw_width(canvas), 2, 0,
                   model_say(model, WORD_HOMEWORK));
    draw_next(model, canvas);
}

/* --- its end ---------------------------------------------------------------------------------- */

static void draw_page(const struct model *model, struct canvas *canvas, int row)
{
    char name[60];
    if (!model->meeting.number) {
        canvas_write(canvas, row, MARGIN, 0, STYLE_RISK, model_say(model, WORD_NOT_KEPT));
        return;
    }
    row += draw_prose(model, canvas, row, MARGIN, draw_width(canvas), 2, 0,
                      model_say(model, WORD_WRITE_PAGE)) +
           1;
    snprintf(name, sizeof name, word_in(model->meeting.language, WORD_PAGE_NAME),
             model->meeting.number);
    canvas_print(canvas, row, MARGIN + 3, 0, STYLE_STRONG, "outage retro %s", name);
}

void view_closed(const struct model *model, struct canvas *canvas)
{
    const struct meeting *meeting = &model->meeting;
    int row = BODY_TOP + 1;
    char took[40], words[120];
    struct text text = TEXT(took);
    draw_frame(model, canvas, model_say(model, WORD_MEETING), "");
    text_clear(&text);
    draw_minutes(&text, meeting->took_ms);
    snprintf(words, sizeof words, model_say(model, WORD_TOOK), took);
    int column =
        canvas_write(canvas, row, MARGIN, 0, STYLE_TITLE, model_say(model, WORD_MEETING_OVER));
    canvas_write(canvas, row, column + 1, 0, STYLE_PLAIN, words);
    row += 2;
    for (uint32_t i = 0; i < meeting->lesson_count; i++) {
        const struct lesson *lesson = meeting_lesson(model, i);
        if (!lesson)
            continue;
        canvas_print(canvas, row, MARGIN + 1, 0, STYLE_ACTION, "%2u", lesson->number);
        canvas_write(canvas, row++, MARGIN + 5, 0, STYLE_PLAIN,
                     lesson->text[model->language].title);
    }
    draw_page(model, canvas, row + 1);
    draw_prose(model, canvas, row + 6, MARGIN, draw_width(canvas), 2, 0,
               model_say(model, WORD_HOMEWORK));
}
