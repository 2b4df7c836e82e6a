/* What the threads of a server do now, and what goes through it. */
#include "lab/view/server_draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/app/trails.h"
#include "lab/view/draw.h"
#include "sim/server/server.h"

#define RATES_COLUMN 53
#define LANE_COLUMNS 50

/* --- what the threads do ---------------------------------------------------------------------- */

static const struct {
    char letter[2];
    enum word words;
    enum style style;
} lanes_of[LANE_KINDS] = {[LANE_IDLE] = {".", WORD_LANE_IDLE, STYLE_DIM},
                          [LANE_RUNS] = {"r", WORD_LANE_RUNS, STYLE_SAFE},
                          [LANE_WAITS] = {"w", WORD_LANE_WAITS, STYLE_RISK},
                          [LANE_SENDS] = {"s", WORD_LANE_SENDS, STYLE_ACTION},
                          [LANE_COLLECTS] = {"g", WORD_LANE_COLLECTS, STYLE_GONE},
                          [LANE_DEAD] = {"x", WORD_LANE_DEAD, STYLE_GONE}};

/* What the letters mean, with how many of each; those that nobody does are left out. */
static void draw_legend(const struct model *model, struct canvas *canvas, int row, int column,
                        const struct server_lanes *lanes)
{
    static const enum server_lane order[] = {LANE_DEAD, LANE_COLLECTS, LANE_WAITS,
                                             LANE_RUNS, LANE_SENDS,    LANE_IDLE};
    char words[120];
    for (unsigned i = 0; i < LANE_KINDS; i++) {
        enum server_lane lane = order[i];
        if (lanes->of[lane] == 0 && lane != LANE_IDLE)
            continue;
        column =
            canvas_write(canvas, row, column + 2, 0, lanes_of[lane].style, lanes_of[lane].letter);
        snprintf(words, sizeof words, "%s %llu", model_say(model, lanes_of[lane].words),
                 (unsigned long long)lanes->of[lane]);
        column = canvas_write(canvas, row, column + 1, 0, STYLE_PLAIN, words);
    }
}

/* A letter a thread, `rows` rows of them; a last one says how many have no room. */
int draw_lanes(const struct model *model, struct canvas *canvas, const struct part *part, int row,
               int rows)
{
    struct server_lanes *lanes = malloc(sizeof *lanes);
    char words[120];
    int used = 0;
    if (!lanes)
        return row;
    server_lanes_read(model_world(model), part->id, lanes);
    snprintf(words, sizeof words,
             model_say(model, server_is_loops(model, part) ? WORD_LOOPS_NOW : WORD_THREADS_NOW),
             (unsigned long long)lanes->count);
    int after = canvas_write(canvas, row, MARGIN, 0, STYLE_STRONG, words);
    draw_legend(model, canvas, row++, after, lanes);
    uint32_t room = (uint32_t)(rows * LANE_COLUMNS);
    uint32_t shown = lanes->shown < room ? lanes->shown : room;
    for (uint32_t i = 0; i < shown; i++) {
        int at = (int)(i / LANE_COLUMNS);
        canvas_write(canvas, row + at, MARGIN + (int)(i % LANE_COLUMNS), 0,
                     lanes_of[lanes->lane[i]].style, lanes_of[lanes->lane[i]].letter);
        used = at + 1;
    }
    if (lanes->count > shown && used > 0) {
        snprintf(words, sizeof words, model_say(model, WORD_LANES_MORE),
                 (unsigned long long)(lanes->count - shown));
        canvas_write(canvas, row + used - 1, MARGIN + LANE_COLUMNS - canvas_width(words), 0,
                     STYLE_DIM, words);
    }
    free(lanes);
    return row + (used ? used : 1);
}

/* --- what goes through it --------------------------------------------------------------------- */

static void draw_rate(const struct model *model, struct canvas *canvas, int row, enum word word,
                      bool known, int64_t rate)
{
    char number[60] = "-";
    struct text text = TEXT(number);
    if (known) {
        text_clear(&text);
        draw_count(&text, model, rate);
        text_add(&text, "/s");
    }
    canvas_write(canvas, row, RATES_COLUMN, 0, STYLE_PLAIN, model_say(model, word));
    canvas_write(canvas, row, RATES_COLUMN + 13, 0, STYLE_STRONG, number);
}

/* In, out, and the line, which says by itself which of the two is larger. */
void draw_rates(const struct model *model, struct canvas *canvas, const struct part *part, int row)
{
    const struct trail *trail = trails_of(model, part->id);
    const struct figure *queued = look_figure_of(&model->look, part, "queued");
    uint64_t now_ns = model->look.now_ns;
    int64_t in = 0, out = 0, line = 0;
    char number[60], words[80];
    struct text text = TEXT(number);
    if (part->hides)
        return;
    bool known = trail_rate(trail, TRAIL_IN, now_ns, &in);
    draw_rate(model, canvas, row, WORD_RATE_IN, known, in);
    known = trail_rate(trail, TRAIL_OUT, now_ns, &out);
    draw_rate(model, canvas, row + 1, WORD_RATE_OUT, known, out);
    draw_figure(&text, model, queued);
    canvas_write(canvas, row + 2, RATES_COLUMN, 0, STYLE_PLAIN, model_say(model, WORD_RATE_LINE));
    canvas_write(canvas, row + 2, RATES_COLUMN + 13, 0, STYLE_STRONG, number);
    if (!trail_rate(trail, TRAIL_WAITING, now_ns, &line) || line == 0)
        return;
    text_clear(&text);
    text_add_grouped(&text, (uint64_t)(line < 0 ? -line : line));
    snprintf(words, sizeof words, model_say(model, WORD_RATE_GROWS), line < 0 ? "-" : "+", number);
    canvas_write(canvas, row + 3, RATES_COLUMN, 0, line > 0 ? STYLE_GONE : STYLE_PLAIN, words);
}

static void draw_step_of(struct canvas *canvas, const struct trail *trail, uint32_t i, int64_t most,
                         int row, int column, int rows)
{
    const struct chart *out = &trail->rows[TRAIL_OUT], *paused = &trail->rows[TRAIL_PAUSED];
    int64_t step = out->samples[i] - out->samples[i - 1];
    int64_t stood = i < paused->count ? paused->samples[i] - paused->samples[i - 1] : 0;
    int64_t halves = most > 0 && step > 0 ? (step * 2 * rows + most / 2) / most : 0;
    bool gap = stood * 2 > (int64_t)out->step_ns;
    for (int r = 0; r < rows && !gap; r++) {
        int64_t left = halves - 2 * r;
        if (left >= 1)
            canvas_write(canvas, row + rows - 1 - r, column, 0, STYLE_PLAIN, left >= 2 ? "█" : "▄");
    }
    if (stood > 0)
        canvas_write(canvas, row + rows, column, 0, gap ? STYLE_GONE : STYLE_RISK, "g");
}

/* What left it in each step of a chart, with the pauses of its collector as gaps: a step that stood
 * still for the most part is empty, and one with any pause has a g below it. */
void draw_traffic(const struct model *model, struct canvas *canvas, const struct part *part,
                  int row, int column, int rows, int columns)
{
    const struct trail *trail = trails_of(model, part->id);
    const struct chart *out = trail ? &trail->rows[TRAIL_OUT] : NULL;
    int64_t most = 0;
    char top[60];
    struct text text = TEXT(top);
    if (!out || part->hides || rows < 3)
        return;
    uint32_t end = (uint32_t)(model->look.now_ns / out->step_ns);
    end = end < out->count ? end : out->count;
    uint32_t first = end > (uint32_t)columns + 1 ? end - (uint32_t)columns : 1;
    for (uint32_t i = first; i < end; i++) {
        int64_t step = out->samples[i] - out->samples[i - 1];
        most = step > most ? step : most;
    }
    text_clear(&text);
    draw_count(&text, model, most * (int64_t)(SECOND_NS / MS_NS) / (int64_t)(out->step_ns / MS_NS));
    int after =
        canvas_write(canvas, row, column, 0, STYLE_STRONG, model_say(model, WORD_TRAFFIC_HEADING));
    canvas_print(canvas, row, after + 2, 0, STYLE_DIM, "<= %s/s", top);
    for (uint32_t i = first; i < end; i++)
        draw_step_of(canvas, trail, i, most, row + 1, column + (int)(i - first), rows - 2);
}
