/* Inside a part: its parameters, its metrics, its log in the real program's words. */
#include "lab/view/view.h"

#include <stdio.h>
#include <string.h>

#include "lab/view/draw.h"

#define LOG_LINES    3
#define VALUE_COLUMN (MARGIN + 28) /* of a parameter */
#define HELP_LINES   2

static void draw_parameters(const struct model *model, struct canvas *canvas,
                            const struct part *part, int row, int rows, int limit)
{
    const struct kind *kind = catalog[part->kind];
    const struct world *world = model_world(model);
    uint32_t first = model->row >= (uint32_t)rows ? model->row - (uint32_t)rows + 1 : 0;
    for (uint32_t i = first; i < kind->parameter_count && (int)(i - first) < rows; i++) {
        const struct parameter *parameter = &kind->parameters[i];
        int at = row + (int)(i - first);
        bool selected = i == model->row;
        char value[120];
        struct text text = TEXT(value);
        text_clear(&text);
        parameter_add(&text, world, parameter, parameter_get(world, part->id, i));
        if (selected)
            canvas_write(canvas, at, 0, 0, STYLE_ACTION, ">");
        int after = canvas_write(canvas, at, MARGIN, limit, selected ? STYLE_SELECTED : STYLE_PLAIN,
                                 parameter->name);
        bool initial = parameter->initial && strcmp(parameter->initial, value) == 0;
        canvas_print(canvas, at, after < VALUE_COLUMN ? VALUE_COLUMN : after + 1, limit,
                     initial ? STYLE_DIM : STYLE_STRONG, "%s", value[0] ? value : "\"\"");
    }
}

/* How many rows of metrics stand before the first one shown. */
static uint32_t first_metric(const struct model *model, const struct kind *kind, int rows)
{
    uint32_t last = kind->metric_count > (uint32_t)rows ? kind->metric_count - (uint32_t)rows : 0;
    return model->scroll < last ? model->scroll : last;
}

static void draw_metrics(const struct model *model, struct canvas *canvas, const struct part *part,
                         int row, int rows, int column)
{
    const struct kind *kind = catalog[part->kind];
    int end = 80 - MARGIN;
    uint32_t first = first_metric(model, kind, rows);
    for (uint32_t i = first; i < kind->metric_count && (int)(i - first) < rows; i++) {
        const struct figure *figure = &model->look.figures[part->first_figure + i];
        char value[120];
        struct text text = TEXT(value);
        text_clear(&text);
        if (figure->hidden)
            text_add(&text, model_say(model, WORD_AFTER_GUESS));
        else
            draw_figure(&text, model, figure);
        int at = row + (int)(i - first);
        int from = end - canvas_width(value);
        canvas_write(canvas, at, column, from - 1, STYLE_PLAIN, kind->metrics[i].name);
        canvas_write(canvas, at, from, 0, figure->hidden ? STYLE_DIM : STYLE_STRONG, value);
    }
}

static void draw_log(const struct model *model, struct canvas *canvas, const struct part *part,
                     int row, int rows)
{
    char log[4096];
    struct text text = TEXT(log);
    text_clear(&text);
    canvas_write(canvas, row, MARGIN, 0, STYLE_DIM, model_say(model, WORD_LOG));
    if (part->hides) {
        canvas_write(canvas, row + 1, MARGIN, 0, STYLE_DIM,
                     model_say(model, WORD_SHOWN_AFTER_GUESS));
        return;
    }
    component_log_add(model_world(model), part->id, &text, (unsigned)(rows - 1));
    int at = row + 1;
    for (char *line = log; *line && at < row + rows; at++) {
        size_t length = strcspn(line, "\n");
        bool more = line[length] != 0;
        line[length] = 0;
        canvas_write(canvas, at, MARGIN, 0, STYLE_PLAIN, line);
        line += length + more;
    }
    if (!log[0])
        canvas_write(canvas, at, MARGIN, 0, STYLE_DIM, model_say(model, WORD_NO_LOG));
}

int view_part_rows(int rows)
{
    return rows - 6 - HELP_LINES - LOG_LINES - BODY_TOP;
}

void view_part(const struct model *model, struct canvas *canvas)
{
    const struct part *part = look_part(&model->look, model->selected);
    draw_world_frame(model, canvas);
    if (!part)
        return;
    const struct kind *kind = catalog[part->kind];
    bool korean = model->language == LANGUAGE_KO;
    int end = draw_body_end(canvas), log = end - 1 - LOG_LINES, column = 44;
    int after = canvas_write(canvas, BODY_TOP, MARGIN, 0, STYLE_TITLE, part->name);
    canvas_print(canvas, BODY_TOP, after + 2, 0, STYLE_DIM, "%s: %s", kind->name,
                 korean ? kind->ko : kind->en);
    canvas_print(canvas, BODY_TOP + 1, MARGIN, 0, STYLE_DIM, "%s", model_say(model, WORD_SETTINGS));
    int rows = view_part_rows(canvas->rows);
    after =
        canvas_write(canvas, BODY_TOP + 1, column, 0, STYLE_DIM, model_say(model, WORD_METRICS));
    if (kind->metric_count > rows)
        canvas_print(canvas, BODY_TOP + 1, after + 1, 0, STYLE_DIM, "%u-%u / %u  PgDn PgUp",
                     first_metric(model, kind, rows) + 1,
                     first_metric(model, kind, rows) + (unsigned)rows,
                     (unsigned)kind->metric_count);
    draw_parameters(model, canvas, part, BODY_TOP + 2, rows, column - 2);
    draw_metrics(model, canvas, part, BODY_TOP + 2, rows, column);
    draw_log(model, canvas, part, log, 1 + LOG_LINES);
    if (model->row >= kind->parameter_count)
        return;
    const struct parameter *parameter = &kind->parameters[model->row];
    const char *initial = parameter->initial && *parameter->initial ? parameter->initial : "\"\"";
    char words[600];
    snprintf(words, sizeof words, "%s   (%s %s)", korean ? parameter->ko : parameter->en,
             model_say(model, WORD_DEFAULT), initial);
    draw_prose(model, canvas, log - HELP_LINES, MARGIN, 80 - 2 * MARGIN, HELP_LINES, 0, words);
}
