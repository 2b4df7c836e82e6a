/* A world: its map, a bar for each store, the chart of what is watched, the actions of the selected
 * part. */
#include "lab/view/view.h"

#include <stdio.h>

#include "lab/view/draw.h"

static void draw_charts(const struct model *model, struct canvas *canvas, int row, int end)
{
    uint32_t count = model->look.chart_count;
    int columns = RIGHT_COLUMN - 3;
    if (!count)
        return;
    uint32_t shown = (end - row) / 5 < (int)count ? (uint32_t)((end - row) / 5) : count;
    shown = shown ? shown : 1;
    int rows = (end - row) / (int)shown;
    for (uint32_t i = 0; i < shown; i++)
        draw_chart(model, canvas, row + (int)i * rows, MARGIN, rows - 1 > 8 ? 8 : rows - 1, columns,
                   &model->look.charts[i]);
}

void view_world(const struct model *model, struct canvas *canvas)
{
    int end = draw_body_end(canvas), row = BODY_TOP;
    draw_world_frame(model, canvas);
    int room = end - row - 14;
    row += draw_map(model, canvas, row, room > 6 ? room : 6);
    row += draw_bars(model, canvas, row + 1, 4) + 1;
    draw_charts(model, canvas, row + 1, end - 3);
    int column = RIGHT_COLUMN;
    canvas_write(canvas, row + 1, column, 0, STYLE_DIM, model_say(model, WORD_SELECTED));
    canvas_write(canvas, row + 1, column + 2 + canvas_width(model_say(model, WORD_SELECTED)), 0,
                 STYLE_STRONG, model->selected);
    draw_panel(model, canvas, row + 2, column, end - row - 2);
    int news = 3;
    draw_news(model, canvas, end - news, MARGIN, news);
}
