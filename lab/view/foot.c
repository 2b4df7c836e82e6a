/* The last rows of every screen: the prompt or what was said, the last command, the key line. */
#include "lab/view/draw.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/actions.h"

#define KEYS_MAX 32

/* The keys of this place in the order of the table, and which of them have room. */
struct key_line {
    const struct action *actions[KEYS_MAX];
    bool shown[KEYS_MAX];
    unsigned count;
    int gap;
};

static int width_of(const struct model *model, const struct action *action)
{
    return canvas_width(action->label) + 1 + canvas_width(action_words(model, action));
}

static int width_of_all(const struct model *model, const struct key_line *keys)
{
    int width = -keys->gap;
    for (unsigned i = 0; i < keys->count; i++)
        width += keys->shown[i] ? width_of(model, keys->actions[i]) + keys->gap : 0;
    return width;
}

/* What matters here is on the line whole, closer together where it is long; then what has room. */
static void choose_keys(const struct model *model, struct key_line *keys, int room)
{
    keys->gap = 3;
    for (unsigned i = 0; i < keys->count; i++)
        keys->shown[i] = keys->actions[i]->line == 1;
    if (width_of_all(model, keys) > room)
        keys->gap = 2;
    for (unsigned i = keys->count; i-- > 0 && width_of_all(model, keys) > room;)
        if (keys->actions[i]->words != WORD_HELP)
            keys->shown[i] = false;
    for (unsigned i = 0; i < keys->count; i++) {
        if (keys->actions[i]->line != 2)
            continue;
        keys->shown[i] = true;
        keys->shown[i] = width_of_all(model, keys) <= room;
    }
}

static void draw_keys(const struct model *model, struct canvas *canvas)
{
    struct key_line keys = {.count = 0};
    int row = canvas->rows - 1, column = MARGIN;
    for (unsigned i = 0; i < action_count && keys.count < KEYS_MAX; i++)
        if (actions[i].line && action_is_here(model, &actions[i]))
            keys.actions[keys.count++] = &actions[i];
    choose_keys(model, &keys, canvas->columns - 2 * MARGIN);
    for (unsigned i = 0; i < keys.count; i++) {
        if (!keys.shown[i])
            continue;
        column = canvas_write(canvas, row, column, 0, STYLE_ACTION, keys.actions[i]->label);
        column = canvas_write(canvas, row, column + 1, 0, STYLE_PLAIN,
                              action_words(model, keys.actions[i])) +
                 keys.gap;
    }
}

void draw_status(const struct model *model, struct canvas *canvas, enum style style,
                 const char *words)
{
    if (model->message[0] || model_asks_line(model))
        return;
    draw_blank(canvas, canvas->rows - 2, 1);
    canvas_write(canvas, canvas->rows - 2, MARGIN, 0, style, words);
}

void draw_blank(struct canvas *canvas, int row, int rows)
{
    for (int r = row; r < row + rows; r++)
        for (int i = 0; i < canvas->columns; i++)
            canvas_write(canvas, r, i, 0, STYLE_PLAIN, " ");
}

/* A line that is too long shows its end: the cursor is always seen.  Its first character shown. */
static const char *shown_from(const struct canvas *canvas, int column, const struct field *field,
                              int *cursor)
{
    char before[FIELD_BYTES];
    const char *text = field->text, *at = before;
    int room = canvas->columns - column - 1;
    memcpy(before, field->text, field->cursor);
    before[field->cursor] = 0;
    while (*at && canvas_width(at) > room) {
        do {
            at++;
            text++;
        } while (((unsigned char)*at & 0xc0) == 0x80);
    }
    *cursor = column + canvas_width(at);
    return text;
}

void draw_field(struct canvas *canvas, int row, int column, const struct field *field)
{
    int cursor;
    const char *text = shown_from(canvas, column, field, &cursor);
    canvas_write(canvas, row, column, 0, STYLE_STRONG, text);
    canvas->cursor_row = row;
    canvas->cursor_column = cursor;
}

/* The word in which an error is stands out, when the whole line is seen. */
static void draw_wrong_word(const struct model *model, struct canvas *canvas, int row, int column)
{
    const struct field *field = &model->field;
    int cursor;
    char before[FIELD_BYTES], word[FIELD_BYTES];
    if (model->asking != FIELD_COMMAND || !model->wrong || !model->message[0] ||
        shown_from(canvas, column, field, &cursor) != field->text)
        return;
    const char *at = field->text;
    for (uint32_t left = model->wrong - 1; *at && left; left--) {
        do {
            at++;
        } while (((unsigned char)*at & 0xc0) == 0x80);
    }
    snprintf(before, sizeof before, "%.*s", (int)(at - field->text), field->text);
    snprintf(word, sizeof word, "%.*s", (int)strcspn(at, " ="), at);
    canvas_write(canvas, row, column + canvas_width(before), 0, STYLE_SELECTED, word);
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
    case FIELD_NOTE:
        return model_say(model, WORD_NOTE_LINE);
    default:
        return NULL;
    }
}

static void draw_prompt(const struct model *model, struct canvas *canvas, int row)
{
    const char *label = field_label(model);
    int column = MARGIN;
    if (label)
        column = canvas_write(canvas, row, column, 0, STYLE_DIM, label) + 1;
    column = canvas_write(canvas, row, column, 0, STYLE_ACTION, label ? ">" : ":") + 1;
    draw_field(canvas, row, column, &model->field);
    draw_wrong_word(model, canvas, row, column);
}

struct said {
    struct canvas *canvas;
    int row;
};

static void say_line(void *user, const char *line)
{
    struct said *said = user;
    canvas_write(said->canvas, said->row++, MARGIN, 0, STYLE_RISK, line);
}

/* What was said is never cut: the rule goes up as far as it needs. */
static void draw_message(const struct model *model, struct canvas *canvas, bool prompt)
{
    const char *words = model->message[0] ? model->message : model->stale;
    int width = canvas->columns - 2 * MARGIN;
    int lines = canvas_wrap(words, width, NULL, NULL);
    int most = canvas->rows / 2, end = canvas->rows - 1 - prompt;
    struct said said = {canvas, end - (lines < most ? lines : most)};
    draw_blank(canvas, said.row, end - said.row);
    canvas_rule(canvas, said.row - 1);
    canvas_wrap(words, width, say_line, &said);
}

void draw_foot(const struct model *model, struct canvas *canvas)
{
    bool prompt = model_asks_line(model);
    if (model->message[0] || model->stale[0])
        draw_message(model, canvas, prompt);
    if (prompt) {
        draw_blank(canvas, canvas->rows - 2, 1);
        draw_prompt(model, canvas, canvas->rows - 2);
    }
    draw_keys(model, canvas);
}

void draw_last_command(const struct model *model, struct canvas *canvas)
{
    if (!model->session || !model->last_command[0])
        return;
    int row = canvas->rows - 2;
    int column =
        canvas_write(canvas, row, MARGIN, 0, STYLE_DIM, model_say(model, WORD_LAST_COMMAND));
    canvas_write(canvas, row, column + 3, 0, STYLE_PLAIN, model->last_command);
}
