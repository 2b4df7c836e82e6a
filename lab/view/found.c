/* What a search found: lessons first, then settings and metrics, then error texts; one is chosen.
 */
#include "lab/view/view.h"

#include <stdio.h>

#include "lab/view/draw.h"

void view_found(const struct model *model, struct canvas *canvas)
{
    const struct found *found = &model->found;
    int top = BODY_TOP + 1, end = draw_body_end(canvas);
    uint32_t rows = (uint32_t)(end - top);
    uint32_t first = found->cursor >= rows ? found->cursor - rows + 1 : 0;
    char title[120], right[40];
    snprintf(title, sizeof title, "/ %s", found->wanted);
    snprintf(right, sizeof right,
             model_say(model, found->more ? WORD_FOUND_MANY : WORD_FOUND_COUNT), found->count);
    draw_frame(model, canvas, title, right);
    for (uint32_t i = first; i < found->count && i - first < rows; i++) {
        int row = top + (int)(i - first);
        const struct found_row *line = &found->rows[i];
        bool chosen = i == found->cursor;
        if (chosen)
            canvas_write(canvas, row, 0, 0, STYLE_ACTION, ">");
        enum style style = chosen                       ? STYLE_SELECTED
                           : line->kind == FOUND_LESSON ? STYLE_STRONG
                                                        : STYLE_PLAIN;
        canvas_write(canvas, row, MARGIN, canvas->columns - MARGIN, style, line->words);
    }
    /* What has no room in its row is read below. */
    if (found->cursor < found->count &&
        canvas_width(found->rows[found->cursor].words) > canvas->columns - 2 * MARGIN)
        draw_status(model, canvas, STYLE_PLAIN, model_say(model, WORD_FOUND_WHOLE));
}
