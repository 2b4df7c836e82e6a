/* Bars, chart, panel and news: what stands below a map. */
#include "lab/view/draw.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/panel.h"
#include "lab/app/twins.h"
#include "lab/view/writes.h"

#define BAR_LABEL 12

/* Everything that got its OK and is not on a disk; the word says what it is now. */
bool draw_missing_of(const struct model *model, enum word *word, int64_t *number)
{
    struct writes all = writes_of_all(&model->look);
    *word = all.gone == 0 ? WORD_AT_RISK_NOW : all.judged ? WORD_OK_THEN_LOST : WORD_OK_NOT_ON_DISK;
    *number = all.gone ? all.gone : all.risk;
    return all.any && !all.hidden;
}

int draw_missing(const struct model *model, struct canvas *canvas, int row)
{
    char digits[40], words[200];
    struct text text = TEXT(digits);
    enum word word;
    int64_t number;
    if (!draw_missing_of(model, &word, &number))
        return row;
    canvas_write(canvas, row, MARGIN, RIGHT_COLUMN, STYLE_PLAIN, model_say(model, word));
    draw_count(&text, model, number);
    int after = canvas_digits(canvas, row + 1, MARGIN,
                              word == WORD_AT_RISK_NOW ? STYLE_RISK : STYLE_GONE, digits);
    int last = row + canvas_digits_rows(canvas);
    snprintf(words, sizeof words, "%s", word_unit(model->language, draw_unit(model)));
    canvas_write(canvas, last, after + 2, RIGHT_COLUMN, STYLE_PLAIN, words);
    return last + 1;
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

/* The store that is selected, or stands on the selected machine, or is talked to by the selected
 * client. */
static const struct part *selected_store(const struct model *model)
{
    const struct look *look = &model->look;
    const struct part *selected = look_part(look, model->selected);
    for (uint32_t i = 0; selected && i < look->part_count; i++) {
        const struct part *store = &look->parts[i];
        bool meant =
            store == selected || store->machine == selected->id || store->id == selected->to;
        if (store->kind == KIND_STORE && meant)
            return store;
    }
    return NULL;
}

/* How many stores stand before the first bar, so that the selected one has its own. */
static unsigned stores_before(const struct model *model, unsigned room)
{
    const struct part *wanted = selected_store(model);
    unsigned at = 0;
    for (const struct part *part = model->look.parts; wanted && part < wanted; part++)
        at += part->kind == KIND_STORE;
    return at >= room ? at - room + 1 : 0;
}

/* A replica that no client writes to holds no writes of its own: how far it is behind is shown. */
static bool draw_replica(const struct model *model, struct canvas *canvas, int row, int column,
                         const struct part *store, const struct writes *kept)
{
    const struct figure *lag = look_figure_of(&model->look, store, "replica_lag");
    char behind[60], words[160];
    struct text text = TEXT(behind);
    if (!lag || !lag->known || kept->acked + kept->gone > 0 || !store->up)
        return false;
    draw_figure(&text, model, lag);
    snprintf(words, sizeof words, model_say(model, WORD_COPY_BEHIND), behind);
    canvas_write(canvas, row, column, 0, STYLE_PLAIN, words);
    return true;
}

int draw_bars(const struct model *model, struct canvas *canvas, int row, int rows)
{
    int used = 0;
    unsigned before = stores_before(model, rows >= 2 ? (unsigned)rows / 2 : 1);
    for (uint32_t i = 0; i < model->look.part_count && used + 2 <= rows; i++) {
        const struct part *store = &model->look.parts[i];
        if (store->kind != KIND_STORE || before-- > 0)
            continue;
        before = 0;
        struct writes kept = writes_of(&model->look, store);
        int at = row + used, column = MARGIN + BAR_LABEL;
        canvas_write(canvas, at, MARGIN, column - 1, STYLE_PLAIN, store->name);
        used += 2;
        if (kept.hidden) {
            canvas_write(canvas, at, column, 0, STYLE_DIM,
                         model_say(model, WORD_SHOWN_AFTER_GUESS));
            continue;
        }
        if (draw_replica(model, canvas, at, column, store, &kept)) {
            used--;
            continue;
        }
        uint32_t parts[3];
        bool copied = look_number(&model->look, store, "connected_replicas") > 0;
        writes_bar(&kept, parts);
        canvas_bar(canvas, at, column, 80 - MARGIN - column, parts);
        column = draw_amount(model, canvas, at + 1, column, STYLE_PLAIN, WORD_ACKED, kept.acked);
        column = draw_amount(model, canvas, at + 1, column, STYLE_SAFE,
                             copied ? WORD_ON_DISK_OR_COPY : WORD_ON_DISK, kept.safe);
        column = draw_amount(model, canvas, at + 1, column, STYLE_RISK, WORD_AT_RISK, kept.risk);
        draw_amount(model, canvas, at + 1, column, STYLE_GONE,
                    kept.judged ? WORD_GONE : WORD_NOT_ON_DISK, kept.gone);
    }
    return used;
}

static int64_t greatest(const struct chart *chart, uint32_t from, uint32_t to)
{
    int64_t most = 0;
    for (uint32_t i = from; i < to; i++)
        if (chart->samples[i] > most)
            most = chart->samples[i];
    return most;
}

int64_t draw_chart_most(const struct chart *chart)
{
    return greatest(chart, chart->first, chart->count);
}

/* Columns of half blocks: two steps a row.  With something ahead the cursor stands where the world
 * stands. */
void draw_chart(const struct model *model, struct canvas *canvas, int row, int column, int rows,
                int columns, const struct chart *chart)
{
    draw_chart_to(model, canvas, row, column, rows, columns, chart, draw_chart_most(chart));
}

void draw_chart_to(const struct model *model, struct canvas *canvas, int row, int column, int rows,
                   int columns, const struct chart *chart, int64_t most)
{
    char top[60];
    struct text text = TEXT(top);
    uint32_t count = chart->count - chart->first;
    uint32_t shown = count < (uint32_t)columns ? count : (uint32_t)columns;
    bool ahead = model->look.now_ns < model->past.end_ns;
    uint32_t now = look_sample_at(chart, model->look.now_ns);
    int end = canvas_write(canvas, row, column, column + columns, STYLE_PLAIN, chart->name);
    if (chart->hidden) {
        canvas_write(canvas, row + 1, column, 0, STYLE_DIM,
                     model_say(model, WORD_SHOWN_AFTER_GUESS));
        return;
    }
    draw_value(&text, model, &(struct value){.unit = chart->unit, .number = most});
    if (chart->count)
        canvas_print(canvas, row, end + 2, column + columns, STYLE_DIM,
                     model_say(model, WORD_CHART_TOP), top);
    for (uint32_t i = 0; i < shown; i++) {
        /* All that is kept, in the room that there is: each column its largest. */
        uint32_t from = chart->first + (uint32_t)((uint64_t)i * count / shown);
        uint32_t to = chart->first + (uint32_t)((uint64_t)(i + 1) * count / shown);
        int64_t sample = greatest(chart, from, to);
        bool here = ahead && now >= from && now < to, after = ahead && from > now;
        int64_t halves = most ? (sample * 2 * (rows - 1) + most / 2) / most : 0;
        for (int r = 0; r < rows - 1; r++) {
            int64_t left = halves - 2 * r;
            const char *sign = here ? "│" : left >= 2 ? "█" : left == 1 ? "▄" : NULL;
            if (canvas->ascii && sign)
                sign = here ? "|" : left >= 2 ? "#" : ".";
            if (sign)
                canvas_write(canvas, row + rows - 1 - r, column + (int)i, 0,
                             here    ? STYLE_ACTION
                             : after ? STYLE_DIM
                                     : STYLE_PLAIN,
                             sign);
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
        /* A command that speaks for itself, or would be cut beside its words, stands alone. */
        bool named = items[i].words[0] != 0 &&
                     line + canvas_width(items[i].line) <= canvas->columns - MARGIN;
        if (model->asking == FIELD_GUESS && flow_same_line(items[i].line, model->flow.fault))
            canvas_write(canvas, row + used, column - 2, 0, STYLE_ACTION, ">");
        canvas_print(canvas, row + used, column, 0, STYLE_ACTION, "%u", i + 1);
        if (named)
            canvas_write(canvas, row + used, column + 2, line - 1, STYLE_PLAIN, items[i].words);
        canvas_write(canvas, row + used, named ? line : column + 2, 0,
                     named ? STYLE_DIM : STYLE_PLAIN, items[i].line);
    }
    canvas_write(canvas, row + used, column, 0, STYLE_ACTION, "9");
    canvas_write(canvas, row + used, column + 2, 0, STYLE_PLAIN, model_say(model, WORD_BEGIN));
    if (model->screen != PLACE_WATCH && model->screen != PLACE_VARY)
        canvas_write(canvas, row + used, line, 0, STYLE_DIM, "rewind 0s");
    if (model->screen != PLACE_WORLD || ++used + 1 >= rows)
        return used + (model->screen != PLACE_WORLD);
    canvas_write(canvas, row + used, column, 0, STYLE_ACTION, "&");
    canvas_write(canvas, row + used, column + 2, 0, STYLE_PLAIN,
                 model_say(model, twins_exist(model) ? WORD_KEEP_ONE : WORD_FORK));
    return used + 1;
}

/* That writes are lost is no news while a guess of it is open; nor is what the other twin met. */
static bool is_told(const struct model *model, const struct news *news)
{
    if (news->variant >= 0 && (uint32_t)news->variant != twins_focus(model))
        return false;
    const struct part *part = look_part(&model->look, news->who);
    return news->time_ns <= model->look.now_ns &&
           (news->what != TRACE_LOST || !part || !part->hides);
}

void draw_news(const struct model *model, struct canvas *canvas, int row, int column, int limit,
               int rows)
{
    uint32_t first = model->news_count;
    int shown = 0;
    while (first && shown < rows)
        shown += is_told(model, &model->news[--first]);
    for (int at = row; first < model->news_count; first++) {
        const struct news *news = &model->news[first];
        char when[32];
        struct text clock = TEXT(when);
        if (!is_told(model, news))
            continue;
        clock_add(&clock, news->time_ns, 2);
        int after = canvas_write(canvas, at, column, limit, STYLE_DIM, when);
        after = canvas_write(canvas, at, after + 2, limit, STYLE_PLAIN, news->who);
        canvas_write(canvas, at++, after + 2, limit, STYLE_STRONG,
                     word_news(model->language, news->what));
    }
    if (!shown && rows > 0)
        canvas_write(canvas, row, column, limit, STYLE_DIM, model_say(model, WORD_NOTHING_YET));
}
