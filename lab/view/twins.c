/* The twins: A above B under one clock; below them what differs, said once as the command, then in
 * numbers with the price beside the gain. */
#include "lab/view/twins.h"

#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/panel.h"
#include "lab/view/view.h"

#define BOTTOM_ROWS   5 /* at least: what differs, in numbers, and what is asked */
#define MORE_EACH     6 /* rows that a side may have more in a larger terminal */
#define PANEL_COLUMNS 3
#define PANEL_WIDTH   (80 - 2 * MARGIN)
#define ASKED_ROWS    2

struct layout {
    int side, top[2], bottom, end;
};

/* A terminal that has not the room leaves out who talks to whom. */
static struct layout layout_of(const struct canvas *canvas)
{
    struct layout layout = {.side = twins_side_rows(canvas), .end = draw_body_end(canvas)};
    int body = layout.end - BODY_TOP, left = body - 2 * layout.side - 2 - BOTTOM_ROWS;
    if (left < 0)
        layout.side--;
    else
        layout.side += left / 4 < MORE_EACH ? left / 4 : MORE_EACH;
    layout.top[0] = BODY_TOP;
    layout.top[1] = BODY_TOP + layout.side + 1;
    layout.bottom = layout.top[1] + layout.side + 1;
    return layout;
}

/* --- below the two ---------------------------------------------------------------------------- */

/* Three a row, or two where a line would be cut and there are rows enough. */
static int panel_columns(const struct panel_row *items, int count, int rows)
{
    bool cut = false;
    for (int i = 0; i < count; i++)
        cut = cut || canvas_width(items[i].line) > PANEL_WIDTH / PANEL_COLUMNS - 3;
    return cut && count + 1 <= 2 * rows ? 2 : PANEL_COLUMNS;
}

static int draw_digits(const struct model *model, struct canvas *canvas, int row, int rows)
{
    struct panel_row items[PANEL_MAX];
    int count = (int)panel_rows(model, items), columns = panel_columns(items, count, rows);
    int width = PANEL_WIDTH / columns, used = (count + columns) / columns; /* with the 9 */
    used = used < rows ? used : rows;
    for (int i = 0; i <= count && i < used * columns; i++) {
        int column = MARGIN + 1 + i % columns * width, at = row + i / columns;
        bool last = i == count || i == used * columns - 1;
        canvas_print(canvas, at, column, 0, STYLE_ACTION, "%d", last ? 9 : i + 1);
        canvas_write(canvas, at, column + 2, column + width - 1, STYLE_PLAIN,
                     last ? model_say(model, WORD_BEGIN) : items[i].line);
    }
    return used;
}

static void draw_asked(const struct model *model, struct canvas *canvas, int end)
{
    int width = draw_width(canvas);
    const char *words = draw_ask(model);
    int lines = draw_prose(model, canvas, end, MARGIN + 1, width, 0, 0, words);
    lines = lines < ASKED_ROWS ? lines : ASKED_ROWS;
    draw_blank(canvas, end - 1 - lines, lines + 1);
    draw_prose(model, canvas, end - 1 - lines, MARGIN + 1, width, lines, 0, words);
    canvas_write(canvas, end - 1, MARGIN + 1, 0, STYLE_ACTION, ">");
    draw_field(canvas, end - 1, MARGIN + 3, &model->field);
}

/* What is left of the room below: goals, what can be done, the metrics that differ. */
static void draw_rest(const struct model *model, struct canvas *canvas, int row, int end)
{
    if (model->screen == PLACE_VARY)
        row = draw_goals(model, canvas, row, end);
    bool told = model->screen == PLACE_WATCH && !model->flow.script.begun;
    if (told) /* what to look for */
        row += draw_paragraphs(model, canvas, row, end - row, STEP_WATCH, 0, ALL_PARAGRAPHS);
    if (end - row >= 1 + (told || model->screen == PLACE_VARY)) {
        int most = end - row > 8 ? 4 : 3;
        row += end - row > most;
        row += draw_digits(model, canvas, row, end - row < most ? end - row : most);
    }
    if (end - row >= 3)
        draw_twins_metrics(model, canvas, row + 1, end - row - 1);
}

static void draw_bottom(const struct model *model, struct canvas *canvas, int row, int end)
{
    bool saw = model->asking == FIELD_SAW, guess = model->asking == FIELD_GUESS;
    bool room = end - row >= BOTTOM_ROWS;
    if (room || !(saw || guess))
        row += draw_twins_change(model, canvas, row, room ? 2 : 1);
    draw_twins_numbers(model, canvas, row++);
    if (guess)
        draw_question(model, canvas, end);
    else if (saw)
        draw_asked(model, canvas, end);
    else
        draw_rest(model, canvas, row, end);
    if (model->screen == PLACE_WATCH && !model->flow.script.begun && !saw &&
        !drive_moving(&model->drive))
        draw_status(model, canvas, STYLE_STRONG, model_say(model, WORD_WATCH_START));
}

void view_twins(const struct model *model, struct canvas *canvas)
{
    struct layout layout = layout_of(canvas);
    uint32_t more = session_variants(model->session) - 2;
    draw_world_frame(model, canvas);
    for (unsigned side = 0; side < 2; side++) {
        draw_twin(model, canvas, layout.top[side], layout.side, side);
        canvas_rule(canvas, layout.top[side] + layout.side);
    }
    if (more)
        canvas_print(canvas, layout.bottom - 1, MARGIN + 2, 0, STYLE_DIM,
                     model_say(model, WORD_MORE_VARIANTS), more);
    draw_bottom(model, canvas, layout.bottom, layout.end);
}
