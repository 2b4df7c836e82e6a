/* Bars, chart, panel and news: what stands below a map. */
#include "lab/view/draw.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/panel.h"

#define BAR_LABEL 12

struct kept {
    int64_t acked, safe, risk, gone;
    bool hidden, judged; /* judged: the service came back and said what is lost */
};

static struct kept kept_of(const struct model *model, const struct part *store)
{
    const struct look *look = &model->look;
    struct kept kept = {0};
    int64_t unreachable = 0;
    for (uint32_t i = 0; i < look->part_count; i++) {
        const struct part *client = &look->parts[i];
        if (client->kind != KIND_CLIENT || client->to != store->id || !client->writes)
            continue;
        kept.acked += look_number(look, client, "acked");
        kept.gone += look_number(look, client, "acked_lost");
        unreachable += look_number(look, client, "unreachable");
        kept.hidden = kept.hidden || client->hides;
    }
    kept.risk = look_number(look, store, "at_risk_power");
    kept.hidden = kept.hidden || store->hides;
    kept.judged = unreachable == 0;
    const struct part *machine = look_part_id(look, store->machine);
    /* Without power, or without its process: not on disk; a loss is judged when it is back. */
    int64_t missing = machine && !machine->up ? kept.risk
                      : !store->up            ? look_number(look, store, "at_risk_kill")
                                              : 0;
    kept.gone += missing;
    kept.risk -= missing;
    kept.safe = kept.acked - kept.risk - kept.gone;
    if (kept.safe < 0)
        kept.safe = 0;
    return kept;
}

static int draw_amount(const struct model *model, struct canvas *canvas, int row, int column,
                       enum style style, enum word word, int64_t number)
{
    char digits[40];
    struct text text = TEXT(digits);
    draw_count(&text, model, number);
    column = canvas_write(canvas, row, column, 0, STYLE_PLAIN, model_say(model, word));
    return canvas_write(canvas, row, column + 1, 0, style, digits) + 3;
}

int draw_bars(const struct model *model, struct canvas *canvas, int row, int rows)
{
    int used = 0;
    for (uint32_t i = 0; i < model->look.part_count && used + 2 <= rows; i++) {
        const struct part *store = &model->look.parts[i];
        if (store->kind != KIND_STORE)
            continue;
        struct kept kept = kept_of(model, store);
        int at = row + used, column = MARGIN + BAR_LABEL;
        canvas_write(canvas, at, MARGIN, column - 1, STYLE_PLAIN, store->name);
        used += 2;
        if (kept.hidden) {
            canvas_write(canvas, at, column, 0, STYLE_DIM,
                         model_say(model, WORD_SHOWN_AFTER_GUESS));
            continue;
        }
        uint64_t all = (uint64_t)(kept.safe + kept.risk + kept.gone);
        uint32_t parts[3] = {0, 0, 0};
        if (all) {
            parts[1] = (uint32_t)((uint64_t)kept.risk * 1000 / all);
            parts[2] = (uint32_t)((uint64_t)kept.gone * 1000 / all);
            parts[0] = 1000 - parts[1] - parts[2];
        }
        canvas_bar(canvas, at, column, 80 - MARGIN - column, parts);
        column = draw_amount(model, canvas, at + 1, column, STYLE_PLAIN, WORD_ACKED, kept.acked);
        column = draw_amount(model, canvas, at + 1, column, STYLE_SAFE, WORD_ON_DISK, kept.safe);
        column = draw_amount(model, canvas, at + 1, column, STYLE_RISK, WORD_AT_RISK, kept.risk);
        draw_amount(model, canvas, at + 1, column, STYLE_GONE,
                    kept.judged ? WORD_GONE : WORD_NOT_ON_DISK, kept.gone);
    }
    return used;
}

static int64_t greatest(const struct chart *chart, uint32_t from)
{
    int64_t most = 1;
    for (uint32_t i = from; i < chart->count; i++)
        if (chart->samples[i] > most)
            most = chart->samples[i];
    return most;
}

/* Columns of half blocks: two steps a row. */
void draw_chart(const struct model *model, struct canvas *canvas, int row, int column, int rows,
                int columns, const struct chart *chart)
{
    char top[60];
    struct text text = TEXT(top);
    uint32_t shown = chart->count < (uint32_t)columns ? chart->count : (uint32_t)columns;
    uint32_t from = chart->count - shown;
    int64_t most = greatest(chart, from);
    int after = canvas_write(canvas, row, column, column + columns, STYLE_PLAIN, chart->name);
    if (chart->hidden) {
        canvas_write(canvas, row + 1, column, 0, STYLE_DIM,
                     model_say(model, WORD_SHOWN_AFTER_GUESS));
        return;
    }
    draw_value(&text, model, &(struct value){.unit = chart->unit, .number = most});
    if (chart->count)
        canvas_print(canvas, row, after + 2, column + columns, STYLE_DIM, "<= %s", top);
    for (uint32_t i = 0; i < shown; i++) {
        int64_t halves = (chart->samples[from + i] * 2 * (rows - 1) + most / 2) / most;
        for (int r = 0; r < rows - 1; r++) {
            int64_t here = halves - 2 * r;
            const char *sign = here >= 2 ? "█" : here == 1 ? "▄" : NULL;
            if (canvas->ascii && sign)
                sign = here >= 2 ? "#" : ".";
            if (sign)
                canvas_write(canvas, row + rows - 1 - r, column + (int)i, 0, STYLE_PLAIN, sign);
        }
    }
}

static int widest_words(const struct model *model, const struct panel_row *items, unsigned count)
{
    int widest = canvas_width(model_say(model, WORD_BEGIN));
    for (unsigned i = 0; i < count; i++) {
        int width = canvas_width(items[i].words);
        widest = width > widest ? width : widest;
    }
    return widest;
}

int draw_panel(const struct model *model, struct canvas *canvas, int row, int column, int rows)
{
    struct panel_row items[PANEL_MAX];
    unsigned count = panel_rows(model, items);
    int used = 0, line = column + 2 + widest_words(model, items, count) + 2;
    for (unsigned i = 0; i < count && used < rows - 1; i++, used++) {
        bool named = items[i].words[0] != 0; /* else the command speaks for itself */
        canvas_print(canvas, row + used, column, 0, STYLE_ACTION, "%u", i + 1);
        canvas_write(canvas, row + used, column + 2, line - 1, STYLE_PLAIN, items[i].words);
        canvas_write(canvas, row + used, named ? line : column + 2, 0,
                     named ? STYLE_DIM : STYLE_PLAIN, items[i].line);
    }
    canvas_write(canvas, row + used, column, 0, STYLE_ACTION, "9");
    canvas_write(canvas, row + used, column + 2, 0, STYLE_PLAIN, model_say(model, WORD_BEGIN));
    if (model->screen != PLACE_WATCH && model->screen != PLACE_VARY)
        canvas_write(canvas, row + used, line, 0, STYLE_DIM, "rewind 0s");
    return used + 1;
}

void draw_news(const struct model *model, struct canvas *canvas, int row, int column, int rows)
{
    uint32_t shown = model->news_count < (uint32_t)rows ? model->news_count : (uint32_t)rows;
    for (uint32_t i = 0; i < shown; i++) {
        const struct news *news = &model->news[model->news_count - shown + i];
        char when[32];
        struct text clock = TEXT(when);
        clock_add(&clock, news->time_ns, 2);
        int at = row + (int)i;
        int after = canvas_write(canvas, at, column, 0, STYLE_DIM, when);
        after = canvas_write(canvas, at, after + 2, 0, STYLE_PLAIN, news->who);
        canvas_write(canvas, at, after + 2, 0, STYLE_STRONG,
                     word_news(model->language, news->what));
    }
    if (!shown && rows > 0)
        canvas_write(canvas, row, column, 0, STYLE_DIM, model_say(model, WORD_NOTHING_YET));
}
