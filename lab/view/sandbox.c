/* The worlds that are there to be broken, to choose from. */
#include "lab/view/view.h"

#include "lab/view/draw.h"

#define NAME_COLUMN 58

void view_sandbox(const struct model *model, struct canvas *canvas)
{
    const struct sandbox *sandbox = &model->sandbox;
    int top = BODY_TOP + 3, rows = draw_body_end(canvas) - top;
    uint32_t room = rows > 0 ? (uint32_t)rows : 1;
    uint32_t first = sandbox->cursor >= room ? sandbox->cursor - room + 1 : 0;
    draw_frame(model, canvas, model_say(model, WORD_SANDBOX), model_say(model, WORD_LANGUAGE_NOW));
    canvas_write(canvas, BODY_TOP + 1, MARGIN, 0, STYLE_PLAIN,
                 model_say(model, sandbox->count ? WORD_SANDBOX_WORDS : WORD_SANDBOX_EMPTY));
    for (uint32_t i = first; i < sandbox->count && i - first < room; i++) {
        const struct sandbox_world *world = &sandbox->worlds[i];
        int row = top + (int)(i - first);
        bool chosen = i == sandbox->cursor;
        if (chosen)
            canvas_write(canvas, row, MARGIN, 0, STYLE_ACTION, ">");
        if (i < 9)
            canvas_print(canvas, row, MARGIN + 2, 0, STYLE_ACTION, "%u", i + 1);
        canvas_write(canvas, row, MARGIN + 4, NAME_COLUMN - 1,
                     chosen ? STYLE_SELECTED : STYLE_PLAIN, world->title[model->language]);
        canvas_write(canvas, row, NAME_COLUMN, 80 - MARGIN, STYLE_DIM, world->name);
    }
}
