/* Inside a part: its parameters, its metrics, its log in the real program's words. */
#include "lab/view/view.h"

#include <stdio.h>
#include <string.h>

#include "lab/view/draw.h"

#define LOG_LINES 3

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
        int after = canvas_write(canvas, at, MARGIN, limit, selected ? STYLE_SELECTED : STYLE_PLAIN,
                                 parameter->name);
        bool initial = parameter->initial && strcmp(parameter->initial, value) == 0;
        canvas_print(canvas, at, after < MARGIN + 24 ? MARGIN + 24 : after + 1, limit,
                     initial ? STYLE_DIM : STYLE_STRONG, "%s", value[0] ? value : "\"\"");
    }
}

static void draw_metrics(const struct model *model, struct canvas *canvas, const struct part *part,
                         int row, int rows, int column)
{
    const struct kind *kind = catalog[part->kind];
    int end = 80 - MARGIN;
    uint32_t first = model->scroll < kind->metric_count ? model->scroll : 0;
    for (uint32_t i = first; i < kind->metric_count && (int)(i - first) < rows; i++) {
        char value[120];
        struct text text = TEXT(value);
        draw_figure(&text, model, &model->look.figures[part->first_figure + i]);
        int at = row + (int)(i - first);
        int from = end - canvas_width(value);
        canvas_write(canvas, at, column, end, STYLE_PLAIN, kind->metrics[i].name);
        canvas_write(canvas, at, from < column + 14 ? column + 14 : from, 0, STYLE_STRONG, value);
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
    canvas_print(canvas, BODY_TOP + 1, column, 0, STYLE_DIM, "%s", model_say(model, WORD_METRICS));
    draw_parameters(model, canvas, part, BODY_TOP + 2, log - BODY_TOP - 3, column - 2);
    draw_metrics(model, canvas, part, BODY_TOP + 2, log - BODY_TOP - 3, column);
    draw_log(model, canvas, part, log, 1 + LOG_LINES);
    if (model->row >= kind->parameter_count)
        return;
    const struct parameter *parameter = &kind->parameters[model->row];
    const char *initial = parameter->initial && *parameter->initial ? parameter->initial : "\"\"";
    canvas_print(canvas, BODY_TOP + 1, MARGIN + 24, column - 1, STYLE_DIM, "%s %s",
                 model_say(model, WORD_DEFAULT), initial);
    canvas_write(canvas, log - 1, MARGIN, 0, STYLE_PLAIN, korean ? parameter->ko : parameter->en);
}
