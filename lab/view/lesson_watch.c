/* Watch: the world from one second before the fault; what did you see is asked before anything is
 * told. */
#include "lab/view/view.h"

#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/view/ladder_draw.h"

static const char *ask_of(const struct model *model)
{
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->block_count[STEP_WATCH]; i++)
        if (text->blocks[STEP_WATCH][i].kind == BLOCK_ASK)
            return text->blocks[STEP_WATCH][i].words;
    return model_say(model, WORD_WHAT_DID_YOU_SEE);
}

static void draw_saw(const struct model *model, struct canvas *canvas, int row)
{
    int lines = draw_prose(model, canvas, row + 1, MARGIN, draw_width(canvas), 2, 0, ask_of(model));
    canvas_rule(canvas, row);
    row += 1 + (lines < 2 ? lines : 2);
    canvas_write(canvas, row, MARGIN, 0, STYLE_ACTION, ">");
    draw_field(canvas, row, MARGIN + 2, &model->field);
}

void view_watch(const struct model *model, struct canvas *canvas)
{
    int end = draw_body_end(canvas), row = BODY_TOP;
    bool asking = model->asking == FIELD_SAW;
    /* What to do next is told when it is over. */
    bool has_more = draw_paragraphs(model, canvas, 0, 0, STEP_WATCH, 1, 1) > 0;
    draw_world_frame(model, canvas);
    row += draw_paragraphs(model, canvas, row, 3, STEP_WATCH, has_more && model->flow.script.done,
                           ALL_PARAGRAPHS) +
           1;
    int below = end - (asking ? 4 : 0);
    if (flow_shows_ladder(model)) {
        draw_ladders(model, canvas, row, below);
        if (asking)
            draw_saw(model, canvas, end - 4);
        return;
    }
    row += draw_map(model, canvas, row, 6);
    row += draw_bars(model, canvas, row, 4);
    int right = row;
    if (row + 1 + canvas_digits_rows(canvas) <= below)
        row = draw_missing(model, canvas, row);
    if (row < below)
        draw_news(model, canvas, row, MARGIN, RIGHT_COLUMN + 1, below - row);
    if (right + 1 < below)
        draw_panel(model, canvas, right + 1, RIGHT_COLUMN + 2, below - right - 1);
    if (asking)
        draw_saw(model, canvas, end - 4);
    else if (!model->flow.script.begun && !drive_moving(&model->drive))
        canvas_write(canvas, right, RIGHT_COLUMN + 2, 0, STYLE_STRONG,
                     model_say(model, WORD_WATCH_START));
}
