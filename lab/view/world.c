/* A world: its map, a bar for each store, the chart of what is watched, the actions of the selected
 * part. */
#include "lab/view/view.h"

#include <stdio.h>

#include "lab/view/draw.h"

#define CHART_ROWS 8
#define PANEL_ROWS 8 /* its heading, what a part offers, the beginning */

static void draw_charts(const struct model *model, struct canvas *canvas, int row, int end,
                        int column, int columns)
{
    for (uint32_t i = 0; i < model->look.chart_count && row < end - 2; i++) {
        int rows = end - row < CHART_ROWS ? end - row : CHART_ROWS;
        draw_chart(model, canvas, row, column, rows, columns, &model->look.charts[i]);
        row += CHART_ROWS + 1;
    }
}

void view_world(const struct model *model, struct canvas *canvas)
{
    int end = draw_body_end(canvas), row = BODY_TOP;
    bool wide = canvas->columns >= WIDE_COLUMNS;
    int bars = canvas->rows > 40 ? 12 : 4;
    draw_world_frame(model, canvas);
    if (wide)
        draw_charts(model, canvas, row, end, WIDE_COLUMN, canvas->columns - WIDE_COLUMN - 1);
    int room = end - row - bars - 3 - PANEL_ROWS;
    row += draw_map(model, canvas, row, room > 6 ? room : 6);
    row += draw_bars(model, canvas, row + 1, bars) + 2;
    int news = wide ? end - row - 1 : 3;
    if (!wide)
        draw_charts(model, canvas, row, end - news, MARGIN, RIGHT_COLUMN - 3);
    const char *label = model_say(model, WORD_SELECTED);
    canvas_write(canvas, row, RIGHT_COLUMN, 0, STYLE_DIM, label);
    canvas_write(canvas, row, RIGHT_COLUMN + 2 + canvas_width(label), 0, STYLE_STRONG,
                 model->selected);
    draw_panel(model, canvas, row + 1, RIGHT_COLUMN, end - row - 1);
    if (wide)
        canvas_write(canvas, row, MARGIN, 0, STYLE_DIM, model_say(model, WORD_HAPPENED));
    draw_news(model, canvas, end - news, MARGIN, RIGHT_COLUMN - 1, news);
}
