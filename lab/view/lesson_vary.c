/* Vary: goals with now and wanted, what was changed, the panel, hints, and whether it passed. */
#include "lab/view/view.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/view/draw.h"

static int draw_goals(const struct model *model, struct canvas *canvas, int row, int end)
{
    const struct lesson_text *text = flow_text(model);
    canvas_write(canvas, row++, MARGIN, 0, STYLE_DIM, model_say(model, WORD_GOALS));
    for (uint32_t i = 0; i < text->goal_count && i < GOALS_MAX && row < end; i++, row++) {
        const struct goal_state *goal = &model->flow.goals[i];
        bool met = goal->known && goal->met && model->flow.tried;
        canvas_write(canvas, row, MARGIN, RIGHT_COLUMN + 2, STYLE_PLAIN, text->goals[i].words);
        int column =
            canvas_write(canvas, row, RIGHT_COLUMN + 3, 0, STYLE_DIM, model_say(model, WORD_NOW)) +
            1;
        canvas_write(canvas, row, column, 0, STYLE_STRONG, goal->known ? goal->now : "-");
        const char *state = model_say(model, met ? WORD_MET : WORD_NOT_MET);
        canvas_write(canvas, row, canvas->columns - MARGIN - canvas_width(state), 0,
                     met ? STYLE_SAFE : STYLE_RISK, state);
    }
    return row;
}

/* "disk cache.bytes_written": its name and what it came to. */
static void add_price(const struct model *model, struct text *to)
{
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->block_count[STEP_VARY]; i++) {
        const struct block *block = &text->blocks[STEP_VARY][i];
        const char *metric = block->kind == BLOCK_PRICE ? strrchr(block->words, ' ') : NULL;
        if (!metric)
            continue;
        char name[80];
        snprintf(name, sizeof name, "%.*s", (int)(metric - block->words), block->words);
        text_add(to, " ");
        text_add(to, name);
        text_add(to, " ");
        draw_figure(to, model, look_figure(&model->look, metric + 1));
    }
}

static void draw_outcome(const struct model *model, struct canvas *canvas, int row)
{
    char words[400];
    struct text text = TEXT(words);
    text_clear(&text);
    if (model->flow.tried && model->flow.passed) {
        text_add(&text, model_say(model, WORD_PASSED));
        text_add(&text, " ");
        text_add(&text, model_say(model, WORD_PRICE));
        add_price(model, &text);
    } else if (model->flow.tried) {
        text_add(&text, model_say(model, WORD_NOT_PASSED));
    } else {
        text_add(&text, model_say(model, model->flow.revealed ? WORD_REVEALED : WORD_RUN_IT));
    }
    canvas_write(canvas, row, MARGIN, 0,
                 model->flow.tried && model->flow.passed ? STYLE_SAFE : STYLE_STRONG, words);
}

static int draw_hints(const struct model *model, struct canvas *canvas, int row, int end)
{
    const struct lesson_text *text = flow_text(model);
    uint32_t shown = 0;
    for (uint32_t i = 0; i < text->block_count[STEP_VARY] && row < end; i++) {
        const struct block *block = &text->blocks[STEP_VARY][i];
        if (block->kind != BLOCK_HINT || shown++ >= model->flow.hints)
            continue;
        int column =
            canvas_write(canvas, row, MARGIN, 0, STYLE_ACTION, model_say(model, WORD_HINT_IS)) + 1;
        row += draw_prose(model, canvas, row, column, canvas->columns - column - 1, end - row, 0,
                          block->words);
    }
    if (model->flow.hints > shown && row < end)
        canvas_write(canvas, row++, MARGIN, 0, STYLE_DIM, model_say(model, WORD_NO_MORE_HINTS));
    return row;
}

static int draw_changes(const struct model *model, struct canvas *canvas, int row, int end)
{
    const struct flow *flow = &model->flow;
    canvas_write(canvas, row++, MARGIN, 0, STYLE_DIM, model_say(model, WORD_CHANGED));
    for (uint32_t i = 0; i < flow->change_count && row < end; i++)
        canvas_write(canvas, row++, MARGIN + 1, RIGHT_COLUMN - 1, STYLE_STRONG, flow->changes[i]);
    if (!flow->change_count)
        canvas_write(canvas, row++, MARGIN + 1, 0, STYLE_DIM,
                     model_say(model, WORD_NOTHING_CHANGED));
    return row;
}

void view_vary(const struct model *model, struct canvas *canvas)
{
    int end = draw_body_end(canvas), row = BODY_TOP;
    draw_world_frame(model, canvas);
    row += draw_paragraphs(model, canvas, row, 4, STEP_VARY, 0) + 1;
    row = draw_goals(model, canvas, row, end) + 1;
    draw_outcome(model, canvas, row);
    row = draw_hints(model, canvas, row + 1, end) + 1;
    canvas_write(canvas, row, RIGHT_COLUMN, 0, STYLE_DIM, model_say(model, WORD_WHAT_TO_DO));
    draw_panel(model, canvas, row + 1, RIGHT_COLUMN, end - row - 1);
    row = draw_changes(model, canvas, row, end) + 1;
    if (end - row >= 2 && model->news_count)
        draw_news(model, canvas, row, MARGIN, end - row < 4 ? end - row : 4);
}
