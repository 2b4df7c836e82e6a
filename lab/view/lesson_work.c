/* Work: what to type at one's own service today, and what comes next. */
#include "lab/view/view.h"

#include <stdio.h>

#include "lab/app/flow.h"
#include "lab/view/draw.h"

void view_work(const struct model *model, struct canvas *canvas)
{
    int end = draw_body_end(canvas), row = BODY_TOP + 1;
    const struct lesson *after = flow_after(model);
    draw_world_frame(model, canvas);
    draw_step(model, canvas, row, end - row, (int)model->scroll, STEP_WORK);
    if (!after)
        return;
    char words[300];
    snprintf(words, sizeof words, model_say(model, WORD_NEXT_LESSON), after->number,
             after->text[model->language].title);
    draw_status(model, canvas, STYLE_PLAIN, words);
}
