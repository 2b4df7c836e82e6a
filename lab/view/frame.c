/* The frame of every screen: title, clock, rules, last command, key line, the field that is open.
 */
#include "lab/view/draw.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/actions.h"
#include "lab/app/drive.h"
#include "lab/app/flow.h"

int draw_width(const struct canvas *canvas)
{
    int width = canvas->columns - 2 * MARGIN;
    return width < 100 ? width : 100;
}

int draw_body_end(const struct canvas *canvas)
{
    return canvas->rows - 3;
}

/* The keys that matter here, then help; what does not fit is left to the help. */
static void draw_keys(const struct model *model, struct canvas *canvas)
{
    enum place place = model_place(model);
    int row = canvas->rows - 1, column = MARGIN;
    const char *help = model_say(model, WORD_HELP);
    bool with_help = model->asking == FIELD_NONE;
    int limit = canvas->columns - 1 - (with_help ? 2 + canvas_width(help) + 3 : 0);
    for (unsigned i = 0; i < action_count; i++) {
        const struct action *action = &actions[i];
        if (!action->line || !action_is_for(action, place) || action->words == WORD_HELP)
            continue;
        const char *words = action_words(model, action);
        int width = canvas_width(action->label) + 1 + canvas_width(words);
        if (column + width > limit)
            continue;
        column = canvas_write(canvas, row, column, 0, STYLE_ACTION, action->label);
        column = canvas_write(canvas, row, column + 1, 0, STYLE_PLAIN, words) + 3;
    }
    if (!with_help)
        return;
    column = canvas_write(canvas, row, column, 0, STYLE_ACTION, "?");
    canvas_write(canvas, row, column + 1, 0, STYLE_PLAIN, help);
}

void draw_status(const struct model *model, struct canvas *canvas, enum style style,
                 const char *words)
{
    (void)model;
    canvas_write(canvas, canvas->rows - 2, MARGIN, 0, style, words);
}

void draw_field(const struct model *model, struct canvas *canvas, int row, int column,
                const struct field *field)
{
    (void)model;
    char before[FIELD_BYTES];
    memcpy(before, field->text, field->cursor);
    before[field->cursor] = 0;
    /* A line that is too long shows its end: the cursor is always seen. */
    const char *text = field->text;
    const char *at = before;
    int room = canvas->columns - column - 1;
    while (*at && canvas_width(at) > room) {
        do {
            at++;
            text++;
        } while (((unsigned char)*at & 0xc0) == 0x80);
    }
    canvas_write(canvas, row, column, 0, STYLE_STRONG, text);
    canvas->cursor_row = row;
    canvas->cursor_column = column + canvas_width(at);
}

static const char *field_label(const struct model *model)
{
    switch (model->asking) {
    case FIELD_WRITE:
        return model_say(model, WORD_WHICH_WRITE);
    case FIELD_SEARCH:
        return model_say(model, WORD_SEARCH_FOR);
    case FIELD_FILE:
        return model_say(model, WORD_WHICH_FILE);
    default:
        return NULL;
    }
}

/* The row before the keys: a field of the prompt, what was said, or the last command. */
static void draw_line(const struct model *model, struct canvas *canvas)
{
    int row = canvas->rows - 2;
    bool prompt = model->asking == FIELD_COMMAND || field_label(model);
    if (prompt) {
        const char *label = field_label(model);
        int column = MARGIN;
        if (label)
            column = canvas_write(canvas, row, column, 0, STYLE_DIM, label) + 1;
        column = canvas_write(canvas, row, column, 0, STYLE_ACTION, label ? ">" : ":");
        draw_field(model, canvas, row, column + 1, &model->field);
        if (model->message[0])
            canvas_write(canvas, row - 1, MARGIN, 0, STYLE_RISK, model->message);
    } else if (model->message[0]) {
        canvas_write(canvas, row, MARGIN, 0, STYLE_RISK, model->message);
    } else if (model->session && model->last_command[0]) {
        int column =
            canvas_write(canvas, row, MARGIN, 0, STYLE_DIM, model_say(model, WORD_LAST_COMMAND));
        canvas_write(canvas, row, column + 3, 0, STYLE_PLAIN, model->last_command);
    }
}

void draw_frame(const struct model *model, struct canvas *canvas, const char *title,
                const char *right)
{
    int width = canvas_width(right);
    canvas_write(canvas, 0, MARGIN, canvas->columns - width - 2, STYLE_TITLE, title);
    canvas_write(canvas, 0, canvas->columns - width - 1, 0, STYLE_PLAIN, right);
    canvas_rule(canvas, 1);
    canvas_rule(canvas, draw_body_end(canvas));
    draw_line(model, canvas);
    draw_keys(model, canvas);
}

static void add_clock(struct text *to, const struct model *model)
{
    const struct drive *drive = &model->drive;
    enum word state = drive->seeking        ? WORD_SEEKING
                      : drive_moving(drive) ? WORD_RUNNING
                                            : WORD_PAUSED;
    uint64_t speed = drive_speed(drive);
    text_add(to, model_say(model, state));
    text_add(to, "  ");
    clock_add(to, model->look.now_ns, speed < 1000 ? 3 : 1);
    text_add(to, "  x");
    if (speed % 1000 == 0)
        text_add_u64(to, speed / 1000);
    else
        text_add_fixed(to, (int64_t)speed / 10, 2);
    text_add(to, "  seed ");
    text_add_u64(to, model->look.seed);
}

void draw_world_frame(const struct model *model, struct canvas *canvas)
{
    char title[300], right[120];
    struct text clock = TEXT(right);
    if (flow_active(model)) {
        enum lesson_step step = model->flow.step;
        snprintf(title, sizeof title, "%u %s   %d/7 %s", model->flow.lesson->number,
                 flow_text(model)->title, (int)step + 1, model_say(model, WORD_STEP_BRIEF + step));
    } else {
        const char *name = strrchr(model->file, '/');
        name = name ? name + 1 : model->file;
        snprintf(title, sizeof title, "%.120s   %.120s",
                 model->look.title[0] ? model->look.title : name, model->look.title[0] ? name : "");
    }
    add_clock(&clock, model);
    draw_frame(model, canvas, title, right);
}
