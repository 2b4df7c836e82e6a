/* The life of one write, line by line. */
#include "lab/view/view.h"

#include <stdio.h>
#include <string.h>

#include "lab/view/draw.h"

void view_life(const struct model *model, struct canvas *canvas)
{
    int row = BODY_TOP + 1, end = draw_body_end(canvas);
    draw_world_frame(model, canvas);
    uint32_t skip = model->scroll;
    for (const char *line = model->life; *line && row < end;) {
        size_t length = strcspn(line, "\n");
        char text[400];
        snprintf(text, sizeof text, "%.*s", (int)length, line);
        if (skip)
            skip--;
        else
            canvas_write(canvas, row++, MARGIN + 2, 0, STYLE_PLAIN, text);
        line += length + (line[length] == '\n');
    }
}
