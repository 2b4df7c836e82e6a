/* Presenting: the question, the map, the big number and the actions; what else is on a lesson's
 * screen is left out. */
#include "lab/view/view.h"

#include "lab/app/flow.h"
#include "lab/view/draw.h"

#define QUESTION_ROWS 4
#define MAP_ROWS      8

/* The question; in vary the goals, which are its question. */
static int draw_asked(const struct model *model, struct canvas *canvas, int row)
{
    const struct lesson_text *text = flow_text(model);
    const struct question *question = flow_question(model);
    int first = row;
    if (model->flow.step == STEP_VARY) {
        for (uint32_t i = 0; i < text->goal_count && row - first < QUESTION_ROWS; i++)
            canvas_write(canvas, row++, MARGIN, canvas->columns - MARGIN, STYLE_STRONG,
                         text->goals[i].words);
        return row - first;
    }
    const char *words = question ? question->words : text->asks;
    int lines = draw_prose(model, canvas, row, MARGIN, draw_width(canvas), QUESTION_ROWS, 0,
                           words ? words : "");
    row += lines < QUESTION_ROWS ? lines : QUESTION_ROWS;
    bool asked = model->asking == FIELD_GUESS || model->asking == FIELD_DIFFER;
    for (int i = 0; asked && question && i < LESSON_CHOICES && question->choices[i]; i++) {
        canvas_print(canvas, row, MARGIN + 2, 0, STYLE_ACTION, "%c", 'a' + i);
        canvas_write(canvas, row++, MARGIN + 4, 0, STYLE_PLAIN, question->choices[i]);
    }
    return row - first;
}

/* The lines to type at work are that step's actions. */
static void draw_lines_for_work(const struct model *model, struct canvas *canvas, int row, int end)
{
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->block_count[STEP_WORK] && row < end; i++)
        if (text->blocks[STEP_WORK][i].kind == BLOCK_CODE)
            row += draw_lines(canvas, row, row, end, text->blocks[STEP_WORK][i].words) + 1;
}

/* What is being asked now has the last rows of the body; how many. */
static int draw_open_field(const struct model *model, struct canvas *canvas, int end)
{
    switch (model->asking) {
    case FIELD_GUESS:
        canvas_rule(canvas, end - 4);
        draw_people(model, canvas, end - 3);
        if (model->flow.second[model->flow.question])
            draw_values(model, canvas, end - 1, end, model->flow.first[model->flow.question]);
        return 4;
    case FIELD_DIFFER:
        canvas_rule(canvas, end - 4);
        draw_values(model, canvas, end - 3, end - 1, model->flow.guesses[model->flow.question]);
        canvas_write(canvas, end - 1, MARGIN, 0, STYLE_STRONG, model_say(model, WORD_THEY_DIFFER));
        return 4;
    case FIELD_SAW:
        draw_saw(model, canvas, end - 4);
        return 4;
    default:
        return 0;
    }
}

void view_present(const struct model *model, struct canvas *canvas)
{
    int end = draw_body_end(canvas), row = BODY_TOP + 1;
    bool panel =
        model->screen == PLACE_TRY || model->screen == PLACE_WATCH || model->screen == PLACE_VARY;
    struct big_number big;
    draw_world_frame(model, canvas);
    row += draw_asked(model, canvas, row) + 1;
    end -= draw_open_field(model, canvas, end);
    if (model->screen == PLACE_WORK) {
        draw_lines_for_work(model, canvas, row, end);
        return;
    }
    int number = 1 + canvas_digits_rows(canvas), room = end - row - number - 1;
    row += draw_map(model, canvas, row, room < MAP_ROWS ? room : MAP_ROWS) + 1;
    if (flow_on_map(model) && model->asking == FIELD_GUESS) {
        draw_choice_of_marks(model, canvas, row, end);
        return;
    }
    if (row + number > end)
        row = end - number;
    if (panel)
        draw_panel(model, canvas, row, RIGHT_COLUMN + 2, end - row);
    if (!draw_big_of(model, &big))
        return;
    canvas_write(canvas, row, MARGIN, panel ? RIGHT_COLUMN : canvas->columns - MARGIN, STYLE_PLAIN,
                 big.words);
    draw_big(model, canvas, row + 1, MARGIN, big.number, word_unit(model->language, big.unit));
}
