/* A lesson's prose: numbers of the run filled in, strong words and code kept apart, wrapped. */
#include "lab/view/draw.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"

#define PROSE_BYTES 4096

/* Text without its marks, and the style of each byte. */
struct marked {
    char text[PROSE_BYTES];
    uint8_t style[PROSE_BYTES];
    size_t used;
};

static const struct look *told(const struct model *model)
{
    return model->flow.ended && model->screen != PLACE_VARY ? &model->ended.look : &model->look;
}

/* That of the variant which stands before the colon, else the one that is looked at. */
static const struct world *world_of(const struct model *model, const char *name, const char *colon)
{
    size_t bytes = colon ? (size_t)(colon - name) : 0;
    for (uint32_t i = 0; colon && i < session_variants(model->session); i++) {
        const struct variant *variant = session_variant(model->session, i);
        if (strncmp(variant->name, name, bytes) == 0 && !variant->name[bytes])
            return variant->world;
    }
    return model_world(model);
}

/* In a sentence: a list has spaces, and Korean writes its seconds out. */
static void add_told(struct text *to, const struct model *model, const struct value *value)
{
    char words[96];
    struct text text = TEXT(words);
    text_clear(&text);
    draw_value(&text, model, value);
    bool seconds = model->language == LANGUAGE_KO && value->unit == UNIT_DURATION &&
                   text.used > 2 && strcmp(words + text.used - 2, " s") == 0;
    if (seconds)
        words[text.used - 2] = 0;
    for (const char *at = words; *at; at++) {
        text_add_char(to, *at);
        if (value->unit == UNIT_TEXT && *at == ',')
            text_add_char(to, ' ');
    }
    text_add(to, seconds ? "초" : "");
}

/* A metric, as the run said it, or a parameter. */
static bool fill(void *user, const char *metric, struct text *to)
{
    const struct model *model = user;
    const char *colon = strchr(metric, ':');
    const char *name = colon ? colon + 1 : metric, *point = strchr(name, '.');
    const struct figure *figure = colon ? NULL : look_figure(told(model), name);
    if (figure) {
        if (figure->hidden || !figure->known)
            draw_figure(to, model, figure);
        else
            add_told(to, model, &figure->value);
        return true;
    }
    struct value value;
    if (flow_told(model, metric, &value)) {
        add_told(to, model, &value);
        return true;
    }
    char owner[NAME_BYTES];
    struct text part = TEXT(owner);
    text_clear(&part);
    text_add_bytes(&part, name, point ? (size_t)(point - name) : 0);
    const struct world *world = world_of(model, metric, colon);
    uint32_t id = component_find(world, owner);
    int row = id ? parameter_find(component_kind(world, id), point + 1) : -1;
    if (row < 0)
        return false;
    const struct parameter *parameter = &component_kind(world, id)->parameters[row];
    value = (struct value){.unit = parameter->unit,
                           .number = (int64_t)parameter_get(world, id, (unsigned)row)};
    if (parameter->unit == UNIT_DURATION || parameter->unit == UNIT_SIZE)
        add_told(to, model, &value); /* 1 s, 4 GB: as prose is written */
    else
        parameter_add(to, world, parameter, (uint64_t)value.number);
    return true;
}

/* Sentences in quotes come as they are written: their `code` still has its marks. */
static void unmark(struct marked *to, const char *words)
{
    uint8_t style = STYLE_PLAIN;
    to->used = 0;
    for (; *words && to->used + 1 < PROSE_BYTES; words++) {
        if (*words == '\x01' || *words == '\x03') {
            style = *words == '\x01' ? STYLE_STRONG : STYLE_ACTION;
        } else if (*words == '\x02' || *words == '\x04') {
            style = STYLE_PLAIN;
        } else if (*words == '`') {
            style = style == STYLE_PLAIN ? STYLE_ACTION : STYLE_PLAIN;
        } else {
            to->style[to->used] = style;
            to->text[to->used++] = *words;
        }
    }
    to->text[to->used] = 0;
}

static void fill_and_unmark(const struct model *model, struct marked *to, const char *words)
{
    char filled[PROSE_BYTES];
    struct text text = TEXT(filled);
    text_clear(&text);
    lesson_prose(&text, words, fill, (void *)(uintptr_t)model);
    unmark(to, filled);
}

void draw_text(const struct model *model, struct text *to, const char *words)
{
    struct marked marked;
    fill_and_unmark(model, &marked, words);
    text_add(to, marked.text);
}

struct drawing {
    struct canvas *canvas;
    const struct marked *marked;
    size_t at; /* of the marked text: behind the lines drawn so far */
    int row, column, rows, skip, line;
};

/* A line is drawn in runs of one style; its bytes stand in the marked text in the same order. */
static void draw_line(void *user, const char *line)
{
    struct drawing *drawing = user;
    const struct marked *marked = drawing->marked;
    int place = drawing->line++ - drawing->skip;
    bool shown = place >= 0 && place < drawing->rows;
    int column = drawing->column;
    while (*line) {
        while (marked->text[drawing->at] == ' ' && *line != ' ')
            drawing->at++;
        uint8_t style = marked->style[drawing->at];
        char run[PROSE_BYTES];
        size_t length = 0;
        while (*line && drawing->at < marked->used && marked->style[drawing->at] == style) {
            drawing->at++;
            run[length++] = *line++;
        }
        if (length == 0) /* composed otherwise than written: the rest in one style */
            while (*line)
                run[length++] = *line++;
        run[length] = 0;
        if (shown)
            column = canvas_write(drawing->canvas, drawing->row + place, column, 0, style, run);
    }
}

int draw_prose(const struct model *model, struct canvas *canvas, int row, int column, int width,
               int rows, int skip, const char *words)
{
    struct marked marked;
    fill_and_unmark(model, &marked, words);
    struct drawing drawing = {canvas, &marked, 0, row, column, rows, skip, 0};
    canvas_wrap(marked.text, width, draw_line, &drawing);
    return drawing.line;
}

static bool is_prose(const struct block *block)
{
    return block->kind == BLOCK_PARAGRAPH || block->kind == BLOCK_ITEM || block->kind == BLOCK_CODE;
}

/* How many bytes of a line fit: all of it, or up to a blank; at least one character. */
static size_t bytes_that_fit(const char *line, int width)
{
    char part[600];
    snprintf(part, sizeof part, "%s", line);
    size_t length = strlen(part);
    while (canvas_width(part) > width) {
        char *blank = strrchr(part, ' ');
        if (!blank || blank == part)
            break;
        *blank = 0;
        length = (size_t)(blank - part);
    }
    return length;
}

static int draw_lines_at(struct canvas *canvas, int row, int top, int end, int margin,
                         enum style style, const char *words)
{
    int used = 0;
    while (*words) {
        char line[600];
        size_t length = strcspn(words, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, words);
        words += length + (words[length] == '\n');
        const char *rest = line;
        do { /* what is too long goes on below, further in */
            int column = margin + (rest == line ? 0 : 6);
            size_t fits = bytes_that_fit(rest, canvas->columns - MARGIN - column);
            char part[600];
            snprintf(part, sizeof part, "%.*s", (int)fits, rest);
            if (row + used >= top && row + used < end)
                canvas_write(canvas, row + used, column, 0, style, part);
            used++;
            rest += fits;
            rest += strspn(rest, " ");
        } while (*rest);
    }
    return used;
}

/* Code is shown line by line as it is; what is too long goes on below, further in. */
static int draw_code(struct canvas *canvas, int row, int rows, int skip, const char *words)
{
    int most = rows < 0 ? 0 : rows;
    return draw_lines_at(canvas, row - skip, row, row + most, MARGIN + 3, STYLE_ACTION, words);
}

int draw_step(const struct model *model, struct canvas *canvas, int row, int rows, int skip,
              enum lesson_step step)
{
    const struct lesson_text *text = flow_text(model);
    int line = 0, width = draw_width(canvas);
    const struct block *before = NULL;
    for (uint32_t i = 0; i < text->block_count[step]; i++) {
        const struct block *block = &text->blocks[step][i];
        if (!is_prose(block) || !flow_shows(model, step, block))
            continue;
        if (before && !(before->kind == BLOCK_ITEM && block->kind == BLOCK_ITEM))
            line++;
        before = block;
        int at = row + line - skip, left = rows - (line - skip),
            over = skip > line ? skip - line : 0;
        if (over)
            at = row;
        if (over)
            left = rows;
        if (left < 0)
            left = 0;
        if (block->kind == BLOCK_CODE) {
            line += draw_code(canvas, at, left, over, block->words);
            continue;
        }
        bool item = block->kind == BLOCK_ITEM;
        if (item && left > 0 && !over)
            canvas_write(canvas, at, MARGIN + 1, 0, STYLE_PLAIN, "-");
        line += draw_prose(model, canvas, at, MARGIN + (item ? 3 : 0), width - (item ? 3 : 0), left,
                           over, block->words);
    }
    return line;
}

int draw_block(const struct model *model, struct canvas *canvas, int row, int rows,
               enum lesson_step step, uint32_t at)
{
    const struct block *block = &flow_text(model)->blocks[step][at];
    int width = draw_width(canvas), indent = block->kind == BLOCK_ITEM ? 3 : 0;
    if (block->kind == BLOCK_CODE)
        return draw_code(canvas, row, rows, 0, block->words);
    if (indent)
        canvas_write(canvas, row, MARGIN + 1, 0, STYLE_PLAIN, "-");
    return draw_prose(model, canvas, row, MARGIN + indent, width - indent, rows, 0, block->words);
}

unsigned draw_paragraphs_before(const struct model *model, enum lesson_step step,
                                enum block_kind kind)
{
    const struct lesson_text *text = flow_text(model);
    unsigned count = 0;
    for (uint32_t i = 0; i < text->block_count[step]; i++) {
        if (!flow_shows(model, step, &text->blocks[step][i]))
            continue;
        if (text->blocks[step][i].kind == kind)
            break;
        count += text->blocks[step][i].kind == BLOCK_PARAGRAPH;
    }
    return count;
}

int draw_paragraphs(const struct model *model, struct canvas *canvas, int row, int rows,
                    enum lesson_step step, unsigned first, unsigned count)
{
    const struct lesson_text *text = flow_text(model);
    int used = 0, width = draw_width(canvas);
    unsigned paragraph = 0;
    for (uint32_t i = 0; i < text->block_count[step]; i++) {
        const struct block *block = &text->blocks[step][i];
        if (block->kind != BLOCK_PARAGRAPH || !flow_shows(model, step, block) ||
            paragraph++ < first)
            continue;
        if (paragraph > first + count)
            break;
        int blank = used > 0;
        int lines = draw_prose(model, canvas, row, MARGIN, width, 0, 0, block->words);
        if (used > 0 && used + blank + lines > rows)
            break;
        draw_prose(model, canvas, row + used + blank, MARGIN, width, rows - used - blank, 0,
                   block->words);
        used += blank + (lines < rows ? lines : rows);
    }
    return used;
}

int draw_lines(struct canvas *canvas, int row, int top, int end, const char *words)
{
    return draw_lines_at(canvas, row, top, end, MARGIN, STYLE_PLAIN, words);
}
