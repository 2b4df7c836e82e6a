/* The table of screens, and what is shown when the terminal is too small for any. */
#include "lab/view/view.h"

#include <stdio.h>

#include "lab/app/flow.h"
#include "lab/app/twins.h"
#include "lab/app/update.h"
#include "lab/view/draw.h"

static void (*const screens[PLACE_SCREENS])(const struct model *, struct canvas *) = {
    [PLACE_LANGUAGE] = view_language, [PLACE_HOME] = view_home,
    [PLACE_WORLD] = view_world,       [PLACE_PART] = view_part,
    [PLACE_LIFE] = view_life,         [PLACE_BRIEF] = view_try,
    [PLACE_TRY] = view_try,           [PLACE_PREDICT] = view_predict,
    [PLACE_WATCH] = view_watch,       [PLACE_EXPLAIN] = view_explain,
    [PLACE_VARY] = view_vary,         [PLACE_WORK] = view_work,
    [PLACE_MEETING] = view_meeting,   [PLACE_SENTENCE] = view_sentence,
    [PLACE_CLOSED] = view_closed,     [PLACE_LADDER] = view_ladder,
    [PLACE_REVIEW] = view_review,     [PLACE_FOUND] = view_found,
    [PLACE_COPIES] = view_copies,     [PLACE_SANDBOX] = view_sandbox,
    [PLACE_SERVER] = view_server,     [PLACE_ROOM] = view_room,
    [PLACE_SINGLES] = view_singles,
};

static void write_line(void *user, const char *line)
{
    struct canvas *canvas = user;
    canvas_write(canvas, canvas->cursor_row++, 0, 0, STYLE_PLAIN, line);
}

static void view_too_small(const struct model *model, struct canvas *canvas)
{
    char words[300];
    snprintf(words, sizeof words, model_say(model, WORD_TOO_SMALL), model->columns, model->rows,
             COLUMNS_NEEDED, ROWS_NEEDED);
    canvas->cursor_row = 0;
    canvas_wrap(words, canvas->columns, write_line, canvas);
    canvas->cursor_row = -1;
}

/* Lines of what can be scrolled, and how many of them are seen at least. */
static int lines_of(const struct model *model, struct canvas *canvas, int *seen)
{
    const struct part *part = look_part(&model->look, model->selected);
    *seen = model->rows - 5;
    if (model->overlay == OVERLAY_ANSWER || model->overlay == OVERLAY_PACKET)
        return draw_lines(canvas, 0, 0, 0, model->answer);
    switch (model->screen) {
    case PLACE_LIFE:
        return draw_lines(canvas, 0, 0, 0, model->life);
    case PLACE_WORK:
        return draw_step(model, canvas, 0, 0, 0, STEP_WORK);
    case PLACE_BRIEF:
    case PLACE_TRY:
        *seen = model->screen == PLACE_BRIEF ? model->rows - 11 : model->rows - 18;
        return draw_step(model, canvas, 0, 0, 0,
                         model->screen == PLACE_BRIEF ? STEP_BRIEF : STEP_TRY);
    case PLACE_EXPLAIN:
        *seen = 1; /* of its pages */
        return model->present ? 1 : (int)view_explain_pages(model);
    case PLACE_COPIES:
        *seen = 0;
        return (int)view_copies_scroll(model);
    case PLACE_PART:
        *seen = view_part_rows(model->rows);
        return part ? catalog[part->kind]->metric_count : 0;
    default:
        return 0;
    }
}

uint32_t view_scroll_most(const struct model *model)
{
    struct canvas canvas;
    int seen;
    if (!canvas_init(&canvas, 1, model->columns))
        return 0;
    int lines = lines_of(model, &canvas, &seen);
    canvas_release(&canvas);
    return lines > seen ? (uint32_t)(lines - seen) : 0;
}

void view_render(const struct model *model, struct canvas *canvas)
{
    canvas_clear(canvas);
    canvas->cursor_row = canvas->cursor_column = -1;
    if (model->rows < ROWS_NEEDED || model->columns < COLUMNS_NEEDED) {
        view_too_small(model, canvas);
    } else if (model->overlay != OVERLAY_NONE) {
        view_overlay(model, canvas);
    } else {
        bool lesson = model->screen >= PLACE_BRIEF && model->screen <= PLACE_WORK;
        bool presents = model->present && lesson;
        (presents             ? view_present
         : twins_shown(model) ? view_twins
                              : screens[model->screen])(model, canvas);
        draw_foot(model, canvas);
    }
}
