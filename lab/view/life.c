/* The life of one write, line by line. */
#include "lab/view/view.h"

#include "lab/view/draw.h"

void view_life(const struct model *model, struct canvas *canvas)
{
    int top = BODY_TOP + 1, end = draw_body_end(canvas);
    draw_world_frame(model, canvas);
    draw_lines(canvas, top - (int)model->scroll, top, end, model->life);
}
