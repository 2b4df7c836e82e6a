/* Work: what to type at one's own service today. */
#include "lab/view/view.h"

#include "lab/view/draw.h"

void view_work(const struct model *model, struct canvas *canvas)
{
    int end = draw_body_end(canvas), row = BODY_TOP + 1;
    draw_world_frame(model, canvas);
    draw_step(model, canvas, row, end - row, (int)model->scroll, STEP_WORK);
}
