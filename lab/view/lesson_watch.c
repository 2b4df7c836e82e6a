/* Watch: the world from one second before the fault; what did you see is asked before anything is
 * told. */
#include "lab/view/view.h"

#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/singles.h"
#include "lab/view/ladder_draw.h"
#include "lab/view/server_draw.h"
#include "lab/view/writes.h"

const char *draw_ask(const struct model *model)
{
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->block_count[STEP_WATCH]; i++)
        if (text->blocks[STEP_WATCH][i].kind == BLOCK_ASK &&
            flow_shows(model, STEP_WATCH, &text->blocks[STEP_WATCH][i]))
            return text->blocks[STEP_WATCH][i].words;
    return model_say(model, WORD_WHAT_DID_YOU_SEE);
}

void draw_saw(const struct model *model, struct canvas *canvas, int row)
{
    int lines =
        draw_prose(model, canvas, row + 1, MARGIN, draw_width(canvas), 2, 0, draw_ask(model));
    canvas_rule(canvas, row);
    row += 1 + (lines < 2 ? lines : 2);
    int column = MARGIN;
    if (model->meeting.on)
        column = canvas_write(canvas, row, column, 0, STYLE_STRONG,
                              draw_person(model, model->meeting.person)) +
                 1;
    canvas_write(canvas, row, column, 0, STYLE_ACTION, ">");
    draw_field(canvas, row, column + 2, &model->field);
}

/* What nobody has seen yet is made first: how far it is. */
static void draw_way(const struct model *model, struct canvas *canvas, int row, int column)
{
    uint64_t goal_ns = model->drive.goal_ns, now_ns = model->look.now_ns;
    char when[32];
    struct text clock = TEXT(when);
    clock_add(&clock, goal_ns, 1);
    canvas_print(canvas, row, column, 0, STYLE_STRONG, model_say(model, WORD_ON_THE_WAY), when);
    uint32_t thousandths[3] = {(uint32_t)(now_ns * 1000 / (goal_ns ? goal_ns : 1)), 0, 0};
    canvas_bar(canvas, row + 1, column, 30, thousandths);
}

static void draw_skip(const struct model *model, struct canvas *canvas)
{
    if (model->asking == FIELD_SKIP)
        draw_status(model, canvas, STYLE_SAFE, model_say(model, WORD_RIGHT_SKIP));
}

#define WATCH_CHART_ROWS 7
#define WATCH_NEWS_ROWS  3
#define WATCH_BELOW_MAP  16 /* bars, the number, news */

/* Without a store nothing is at risk: what the clients have, and the chart of what is watched. */
static int draw_reach(const struct model *model, struct canvas *canvas, int row, int end)
{
    struct big_number big;
    if (row + 1 + canvas_digits_rows(canvas) > end)
        return row;
    if (draw_reached(model, &big)) {
        canvas_write(canvas, row, MARGIN, RIGHT_COLUMN, STYLE_PLAIN, big.words);
        row = draw_big(model, canvas, row + 1, MARGIN, big.number,
                       word_unit(model->language, big.unit)) +
              1;
    }
    int rows = end - WATCH_NEWS_ROWS - row;
    rows = rows < WATCH_CHART_ROWS ? rows : WATCH_CHART_ROWS;
    if (!model->look.chart_count || rows < 3)
        return row;
    draw_chart(model, canvas, row, MARGIN, rows, RIGHT_COLUMN - MARGIN - 2, &model->look.charts[0]);
    return row + rows + 1;
}

/* What a lesson says is to be seen instead of the map; false: nothing. */
static bool draw_own_view(const struct model *model, struct canvas *canvas, int row, int end)
{
    if (flow_shows_ladder(model))
        draw_ladders(model, canvas, row, end);
    else if (flow_shows_copies(model))
        draw_copies(model, canvas, row, end);
    else if (flow_shows_server(model))
        draw_server(model, canvas, row, end);
    else
        return false;
    return true;
}

void view_watch(const struct model *model, struct canvas *canvas)
{
    int end = draw_body_end(canvas), row = BODY_TOP;
    bool asking = model->asking == FIELD_SAW;
    /* What to do next is told when it is over. */
    bool has_more = draw_paragraphs(model, canvas, 0, 0, STEP_WATCH, 1, 1) > 0;
    draw_world_frame(model, canvas);
    if (model->flow.script.done && model->singles.spof && !model->singles.replay &&
        singles_question(model) >= 0) {
        draw_singles(model, canvas, row, end - (asking ? 4 : 0), -1);
        if (asking)
            draw_saw(model, canvas, end - 4);
        return;
    }
    row += draw_paragraphs(model, canvas, row, 3, STEP_WATCH, has_more && model->flow.script.done,
                           ALL_PARAGRAPHS) +
           1;
    int below = end - (asking ? 4 : 0);
    if (draw_own_view(model, canvas, row, below)) {
        bool stands = !model->flow.script.begun && !drive_moving(&model->drive);
        if (asking)
            draw_saw(model, canvas, end - 4);
        else if (stands && !flow_shows_ladder(model))
            draw_status(model, canvas, STYLE_STRONG, model_say(model, WORD_WATCH_START));
        draw_skip(model, canvas);
        return;
    }
    int room = below - row - WATCH_BELOW_MAP;
    row += draw_map(model, canvas, row, room > MAP_LEAST ? room : MAP_LEAST);
    row += draw_bars(model, canvas, row, 4);
    int right = row;
    if (!writes_of_all(&model->look).any)
        row = draw_reach(model, canvas, row, below);
    else if (row + 1 + canvas_digits_rows(canvas) <= below)
        row = draw_missing(model, canvas, row);
    if (row < below)
        draw_news(model, canvas, row, MARGIN, RIGHT_COLUMN + 1, below - row);
    if (right + 1 < below)
        draw_panel(model, canvas, right + 1, RIGHT_COLUMN + 2, below - right - 1);
    if (asking)
        draw_saw(model, canvas, end - 4);
    else if (model->drive.rushing && model->drive.goal_ns != TIME_NEVER &&
             !model->flow.script.begun)
        draw_way(model, canvas, end - 2, MARGIN);
    else if (!model->flow.script.begun && !drive_moving(&model->drive))
        canvas_write(canvas, right, RIGHT_COLUMN + 2, 0, STYLE_STRONG,
                     model_say(model, WORD_WATCH_START));
    draw_skip(model, canvas);
}
