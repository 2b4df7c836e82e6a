/* What lies over a screen until a key is pressed: help, the situation, a long answer. */
#include "lab/view/view.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/actions.h"
#include "lab/app/flow.h"
#include "lab/view/draw.h"

static void overlay_frame(const struct model *model, struct canvas *canvas, const char *title)
{
    canvas_write(canvas, 0, MARGIN, 0, STYLE_TITLE, title);
    canvas_rule(canvas, 1);
    canvas_rule(canvas, canvas->rows - 2);
    canvas_write(canvas, canvas->rows - 1, MARGIN, 0, STYLE_DIM, model_say(model, WORD_ANY_KEY));
}

/* Every row of the table that acts here; two columns. */
static void draw_help(const struct model *model, struct canvas *canvas)
{
    int rows = canvas->rows - 5, half = canvas->columns / 2, line = 0;
    overlay_frame(model, canvas, model_say(model, WORD_KEYS_HERE));
    for (unsigned i = 0; i < action_count; i++) {
        const struct action *action = &actions[i];
        if (!action_is_here(model, action))
            continue;
        int row = BODY_TOP + 1 + line % rows, column = MARGIN + line / rows * half;
        char label[40];
        snprintf(label, sizeof label, action->second > ' ' && action->act != NULL ? "%s  %c" : "%s",
                 action->label, (char)action->second);
        canvas_write(canvas, row, column, 0, STYLE_ACTION, label);
        canvas_write(canvas, row, column + 12, column + half - 1, STYLE_PLAIN,
                     action_words(model, action));
        line++;
    }
}

static void draw_situation(const struct model *model, struct canvas *canvas)
{
    const struct question *question = flow_question(model);
    int end = canvas->rows - 3, row = BODY_TOP + 1;
    overlay_frame(model, canvas, flow_text(model)->title);
    row += draw_step(model, canvas, row, end - row, 0, STEP_BRIEF) + 1;
    if (!question || row >= end)
        return;
    canvas_write(canvas, row++, MARGIN, 0, STYLE_STRONG, model_say(model, WORD_THE_QUESTION));
    row +=
        draw_prose(model, canvas, row, MARGIN, canvas->columns - 2, end - row, 0, question->words) +
        1;
    const struct lesson_text *text = flow_text(model);
    if (model->flow.step < STEP_VARY || row + (int)text->goal_count >= end)
        return;
    canvas_write(canvas, row++, MARGIN, 0, STYLE_STRONG, model_say(model, WORD_GOALS));
    for (uint32_t i = 0; i < text->goal_count; i++)
        canvas_write(canvas, row++, MARGIN + 2, 0, STYLE_PLAIN, text->goals[i].words);
}

static void draw_answer(const struct model *model, struct canvas *canvas)
{
    bool packet = model->overlay == OVERLAY_PACKET;
    overlay_frame(model, canvas, packet ? model_say(model, WORD_PACKET) : model->last_command);
    draw_lines(canvas, BODY_TOP - (int)model->scroll, BODY_TOP, canvas->rows - 2, model->answer);
}

void view_overlay(const struct model *model, struct canvas *canvas)
{
    if (model->overlay == OVERLAY_HELP)
        draw_help(model, canvas);
    else if (model->overlay == OVERLAY_SITUATION)
        draw_situation(model, canvas);
    else
        draw_answer(model, canvas);
}
