/* In what the twins differ: the command in words, the number and its price on one line, the other
 * metrics below. */
#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/view/twins.h"

#define METRIC_CELLS 34
#define VALUE_CELLS  18

#define ITEMS_MAX 4

/* A label, and its value on both sides. */
struct item {
    char label[160], words[2][80];
};

struct said {
    struct canvas *canvas;
    int row, end;
};

static void say_line(void *user, const char *line)
{
    struct said *said = user;
    if (said->row < said->end)
        canvas_write(said->canvas, said->row++, MARGIN + 1, 0, STYLE_STRONG, line);
}

static void add_change(const struct model *model, struct text *text)
{
    const struct twins *twins = &model->twins;
    bool a = twins->changes[0] > 0, b = twins->changes[1] > 0;
    if (!a && !b) {
        text_add(text, model_say(model, WORD_TWINS_SAME));
        return;
    }
    text_add(text, model_say(model, a                       ? WORD_BOTH_DIFFER
                                    : twins->changes[1] > 1 ? WORD_B_DIFFERS_MORE
                                                            : WORD_B_DIFFERS));
    for (unsigned side = 0; side < 2; side++) {
        if (!twins->changes[side])
            continue;
        text_add(text, !a ? " " : side ? "   B  " : "   A  ");
        text_add(text, twins->change[side]);
    }
}

int draw_twins_change(const struct model *model, struct canvas *canvas, int row, int rows)
{
    char words[3 * LINE_BYTES];
    struct text text = TEXT(words);
    struct said said = {canvas, row, row + rows};
    text_clear(&text);
    add_change(model, &text);
    canvas_wrap(words, draw_width(canvas) - 1, say_line, &said);
    return said.row - row;
}

/* --- on one line ------------------------------------------------------------------------------ */

/* "1.1 -> 1.1 ms": a unit that both have stands once. */
static void add_both(struct text *to, const char *a, const char *b)
{
    const char *unit_a = strchr(a, ' '), *unit_b = strchr(b, ' ');
    size_t length = strlen(a);
    if (unit_a && unit_b && strcmp(unit_a, unit_b) == 0)
        length = (size_t)(unit_a - a);
    text_add_bytes(to, a, length);
    text_add(to, " -> ");
    text_add(to, b);
}

static bool figure_words(const struct model *model, unsigned side, uint16_t kind, bool machine_of,
                         const char *metric, char words[80])
{
    const struct look *look = twins_look_of(model, side);
    const struct part *part = NULL;
    struct text text = {words, 80, 0, false};
    for (uint32_t i = 0; i < look->part_count && !part; i++)
        if (look->parts[i].kind == kind && (kind != KIND_CLIENT || look->parts[i].to))
            part = &look->parts[i];
    if (part && machine_of)
        part = look_part_id(look, part->machine);
    const struct figure *figure = part ? look_figure_of(look, part, metric) : NULL;
    text_clear(&text);
    if (!figure || figure->hidden || !figure->known)
        return false;
    draw_value(&text, model, &figure->value);
    return true;
}

static int item_put(struct canvas *canvas, int row, int column, const struct item *item)
{
    char words[300];
    struct text text = TEXT(words);
    bool same = strcmp(item->words[0], item->words[1]) == 0;
    text_clear(&text);
    add_both(&text, item->words[0], item->words[1]);
    int width = canvas_width(item->label) + 1 + canvas_width(words);
    if (column + width > canvas->columns - MARGIN)
        return column;
    column = canvas_write(canvas, row, column, 0, STYLE_DIM, item->label) + 1;
    return canvas_write(canvas, row, column, 0, same ? STYLE_PLAIN : STYLE_STRONG, words) + 3;
}

/* Of "lost" above and "not on disk" below the first is said. */
static enum word count_word(const struct model *model)
{
    static const enum word words[] = {WORD_AT_RISK, WORD_NOT_ON_DISK, WORD_GONE};
    enum twins_count a = twins_count(model, 0), b = twins_count(model, 1);
    return words[a > b ? a : b];
}

static bool number_item(const struct model *model, struct item *item)
{
    struct twins_number which = twins_number(model);
    char label[160];
    for (unsigned side = 0; side < 2; side++) {
        struct text number = TEXT(item->words[side]), of = TEXT(label);
        if (!twins_number_words(model, side, &number, &of))
            return false;
    }
    snprintf(item->label, sizeof item->label, "%s",
             which.writes ? model_say(model, count_word(model)) : which.metric);
    return true;
}

/* The number, then what it costs. */
static unsigned items_of(const struct model *model, struct item items[ITEMS_MAX])
{
    static const struct {
        uint16_t kind;
        bool machine;
        const char *metric;
        enum word word;
    } prices[] = {{KIND_CLIENT, false, "latency_p99", WORD_P99},
                  {KIND_STORE, true, "disk_written", WORD_WRITTEN},
                  {KIND_CLIENT, false, "timed_out", WORD_TIMED_OUT}};
    unsigned count = number_item(model, &items[0]);
    for (size_t i = 0; i < sizeof prices / sizeof *prices; i++) {
        struct item *item = &items[count];
        const char *point = strchr(twins_number(model).metric, '.');
        if (!twins_number(model).writes && point && strcmp(point + 1, prices[i].metric) == 0)
            continue; /* it is the number itself */
        if (prices[i].machine && flow_open_question(model))
            continue; /* a disk on which nothing was written says what is kept */
        bool both = true;
        for (unsigned side = 0; side < 2; side++)
            both = figure_words(model, side, prices[i].kind, prices[i].machine, prices[i].metric,
                                item->words[side]) &&
                   both;
        snprintf(item->label, sizeof item->label, "%s", model_say(model, prices[i].word));
        count += both;
    }
    return count;
}

void draw_twins_numbers(const struct model *model, struct canvas *canvas, int row)
{
    struct item items[ITEMS_MAX];
    unsigned count = items_of(model, items);
    int column = MARGIN + 1;
    for (unsigned i = 0; i < count; i++)
        column = item_put(canvas, row, column, &items[i]);
}

void draw_twins_text(const struct model *model, struct text *to)
{
    struct item items[ITEMS_MAX];
    unsigned count = items_of(model, items);
    for (unsigned side = 0; side < 2; side++) {
        char number[80], label[160];
        struct text words = TEXT(number), of = TEXT(label);
        bool told = twins_number_words(model, side, &words, &of);
        text_add(to, side ? "B  " : "A  ");
        text_add(to, session_variant(model->session, twins_variant(model, side))->name);
        text_add(to, "  ");
        text_add(to, told ? label : model_say(model, WORD_SHOWN_AFTER_GUESS));
        text_add(to, " ");
        text_add(to, told ? number : "");
        text_add_char(to, '\n');
    }
    add_change(model, to);
    text_add_char(to, '\n');
    for (unsigned i = 0; i < count; i++) {
        text_add(to, i ? "   " : "");
        text_add(to, items[i].label);
        text_add_char(to, ' ');
        add_both(to, items[i].words[0], items[i].words[1]);
    }
    text_add(to, count ? "\n" : "");
}

/* --- one a row -------------------------------------------------------------------------------- */

int draw_twins_metrics(const struct model *model, struct canvas *canvas, int row, int rows)
{
    const struct twins *twins = &model->twins;
    int shown = (int)twins->row_count < rows ? (int)twins->row_count : rows;
    bool more = shown < (int)twins->row_total;
    if (more && rows < 2)
        return 0;
    shown -= more && shown == rows;
    for (int i = 0; i < shown; i++) {
        const struct difference *difference = &twins->rows[i];
        canvas_write(canvas, row + i, MARGIN + 1, MARGIN + METRIC_CELLS, STYLE_DIM,
                     difference->name);
        for (int side = 0; side < 2; side++) {
            char words[80] = "-";
            struct text text = TEXT(words);
            int column = MARGIN + 1 + METRIC_CELLS + side * VALUE_CELLS;
            if (difference->known[side]) {
                text_clear(&text);
                draw_value(&text, model, &difference->value[side]);
            }
            canvas_write(canvas, row + i, column, column + VALUE_CELLS - 1,
                         side ? STYLE_B : STYLE_A, words);
        }
    }
    if (more)
        canvas_print(canvas, row + shown, MARGIN + 1, 0, STYLE_DIM,
                     model_say(model, WORD_MORE_METRICS), twins->row_total - (uint32_t)shown);
    return shown + more;
}
