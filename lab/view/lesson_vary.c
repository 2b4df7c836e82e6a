/* Vary: goals with now and wanted, what was changed, the panel, hints, and whether it passed. */
#include "lab/view/view.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/panel.h"
#include "lab/view/draw.h"

#define GOAL_COLUMNS 36 /* of its sentence; behind it what it is now, and what is wanted */

/* "not yet", and since when it is so when it once was met. */
static void add_state(const struct model *model, const struct goal_state *goal, bool met,
                      struct text *to)
{
    char since[32], words[80];
    struct text clock = TEXT(since);
    if (met || !model->flow.tried || goal->failed_ns == 0) {
        text_add(to, model_say(model, met ? WORD_MET : WORD_NOT_MET));
        return;
    }
    clock_add(&clock, goal->failed_ns, 1);
    snprintf(words, sizeof words, model_say(model, WORD_NOT_SINCE), since);
    text_add(to, words);
}

int draw_goals(const struct model *model, struct canvas *canvas, int row, int end)
{
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->goal_count && i < GOALS_MAX && row < end; i++) {
        const struct goal_state *goal = &model->flow.goals[i];
        bool met = goal->known && goal->met && model->flow.tried;
        char state[120];
        struct text words = TEXT(state);
        text_clear(&words);
        add_state(model, goal, met, &words);
        int lines =
            draw_prose(model, canvas, row, MARGIN, GOAL_COLUMNS, 2, 0, text->goals[i].words);
        int column = canvas_write(canvas, row, MARGIN + GOAL_COLUMNS + 1, 0, STYLE_DIM,
                                  model_say(model, WORD_NOW)) +
                     1;
        column = canvas_write(canvas, row, column, 0, STYLE_STRONG, goal->known ? goal->now : "-");
        const char *wanted = strchr(text->goals[i].condition, ' ');
        int left = 80 - MARGIN - canvas_width(state) - 1;
        if (wanted && column + 3 + canvas_width(wanted + 1) <= left)
            canvas_print(canvas, row, column + 1, left, STYLE_DIM, "(%s)", wanted + 1);
        canvas_write(canvas, row, 80 - MARGIN - canvas_width(state), 0,
                     met ? STYLE_SAFE : STYLE_RISK, state);
        row += lines < 2 ? 1 : 2;
    }
    return row;
}

/* The metric that a price is, and its name; NULL: the block is none. */
static const char *price_of(const struct block *block, char *name, size_t bytes)
{
    const char *blank = block->kind == BLOCK_PRICE ? strrchr(block->words, ' ') : NULL;
    if (!blank)
        return NULL;
    snprintf(name, bytes, "%.*s", (int)(blank - block->words), block->words);
    return blank + 1;
}

/* "Passed. Price: disk 7 MB": what each price came to. */
void draw_price(struct text *to, const struct model *model)
{
    const struct lesson_text *text = flow_text(model);
    bool first = true;
    text_add(to, model_say(model, WORD_PASSED));
    for (uint32_t i = 0; i < text->block_count[STEP_VARY]; i++) {
        char name[80];
        const char *metric = price_of(&text->blocks[STEP_VARY][i], name, sizeof name);
        if (!metric)
            continue;
        text_add(to, first ? " " : ", ");
        text_add(to, first ? model_say(model, WORD_PRICE) : "");
        text_add(to, first ? " " : "");
        first = false;
        text_add(to, word_price(model->language, name));
        text_add(to, " ");
        struct value value;
        if (flow_told(model, metric, &value))
            draw_value(to, model, &value);
    }
}

bool draw_cheaper(struct text *to, const struct model *model)
{
    const struct lesson_text *text = flow_text(model);
    char prices[200], words[300];
    struct text list = TEXT(prices);
    unsigned count = 0;
    if (!model->flow.passed || !model->flow.cheaper)
        return false;
    text_clear(&list);
    for (uint32_t i = 0; i < text->block_count[STEP_VARY] && count < PRICES_MAX; i++) {
        char name[80];
        const char *metric = price_of(&text->blocks[STEP_VARY][i], name, sizeof name);
        if (!metric)
            continue;
        text_add(&list, count ? ", " : "");
        text_add(&list, word_price(model->language, name));
        text_add(&list, " ");
        draw_value(&list, model, &model->flow.prices[count++].value);
    }
    snprintf(words, sizeof words, model_say(model, WORD_CHEAPER), prices);
    text_add(to, words);
    return true;
}

static void draw_outcome(const struct model *model, struct canvas *canvas, int row)
{
    char words[400];
    struct text text = TEXT(words);
    text_clear(&text);
    if (model->flow.tried && model->flow.passed) {
        draw_price(&text, model);
    } else if (model->flow.looking) {
        text_add(&text, model_say(model, WORD_HERE_FAILED));
    } else if (model->flow.tried) {
        uint64_t failed_ns;
        text_add(&text, model_say(model, WORD_NOT_PASSED));
        if (flow_failure(model, &failed_ns)) {
            text_add(&text, " ");
            text_add(&text, model_say(model, WORD_SEE_MOMENT));
        }
    } else {
        text_add(&text, model_say(model, model->flow.revealed ? WORD_REVEALED : WORD_RUN_IT));
    }
    canvas_write(canvas, row, MARGIN, 0,
                 model->flow.tried && model->flow.passed ? STYLE_SAFE : STYLE_STRONG, words);
}

static int draw_hints(const struct model *model, struct canvas *canvas, int row, int end)
{
    const struct lesson_text *text = flow_text(model);
    uint32_t shown = 0;
    for (uint32_t i = 0; i < text->block_count[STEP_VARY] && row < end; i++) {
        const struct block *block = &text->blocks[STEP_VARY][i];
        if (block->kind != BLOCK_HINT || shown++ >= model->flow.hints)
            continue;
        int column =
            canvas_write(canvas, row, MARGIN, 0, STYLE_ACTION, model_say(model, WORD_HINT_IS)) + 1;
        row += draw_prose(model, canvas, row, column, draw_width(canvas) - column, end - row, 0,
                          block->words);
    }
    if (model->flow.hints > shown && row < end)
        canvas_write(canvas, row++, MARGIN, 0, STYLE_DIM, model_say(model, WORD_NO_MORE_HINTS));
    return row;
}

static int draw_changes(const struct model *model, struct canvas *canvas, int row, int end)
{
    const struct flow *flow = &model->flow;
    char words[CHANGES_MAX * 100];
    struct text text = TEXT(words);
    text_clear(&text);
    for (uint32_t i = 0; i < flow->change_count; i++) {
        text_add(&text, i ? ";  " : "");
        text_add(&text, flow->changes[i]);
    }
    if (!flow->change_count)
        text_add(&text, model_say(model, WORD_NOTHING_CHANGED));
    int column =
        canvas_write(canvas, row, MARGIN, 0, STYLE_DIM, model_say(model, WORD_CHANGED)) + 2;
    int lines =
        draw_prose(model, canvas, row, column, draw_width(canvas) - column, end - row, 0, words);
    return row + (lines < end - row ? lines : end - row);
}

/* Goals, what came of it, hints, what was changed: the rows that are always there. */
static int draw_state(const struct model *model, struct canvas *canvas, int row, int end)
{
    char words[300];
    struct text cheaper = TEXT(words);
    row = draw_goals(model, canvas, row, end) + 1;
    draw_outcome(model, canvas, row);
    row++;
    text_clear(&cheaper);
    if (draw_cheaper(&cheaper, model))
        canvas_write(canvas, row++, MARGIN, 0, STYLE_ACTION, words);
    row = draw_hints(model, canvas, row, end);
    return row < end ? draw_changes(model, canvas, row, end) : row;
}

/* What the lesson says of its proposals stands above them. */
static int draw_proposals(const struct model *model, struct canvas *canvas, int row, int end,
                          unsigned before)
{
    int lines = 0;
    if (end - row > 3)
        lines = draw_paragraphs(model, canvas, row, 2, STEP_VARY, before, ALL_PARAGRAPHS);
    if (lines == 0)
        canvas_write(canvas, row, MARGIN, 0, STYLE_DIM, model_say(model, WORD_WHAT_TO_DO));
    row += lines ? lines : 1;
    return row + draw_panel(model, canvas, row, MARGIN + 1, end - row);
}

/* The world at the moment at which a goal failed. */
static void draw_moment(const struct model *model, struct canvas *canvas, int row, int end)
{
    row += draw_map(model, canvas, row, 6) + 1;
    row += draw_bars(model, canvas, row, 4) + 1;
    int rows = end - row < 8 ? end - row : 8;
    if (rows > 3 && model->look.chart_count)
        draw_chart(model, canvas, row, MARGIN, rows, RIGHT_COLUMN - 3, &model->look.charts[0]);
    if (rows > 0)
        draw_news(model, canvas, row, RIGHT_COLUMN, 0, rows);
}

void view_vary(const struct model *model, struct canvas *canvas)
{
    int end = draw_body_end(canvas), row = BODY_TOP;
    unsigned before = draw_paragraphs_before(model, STEP_VARY, BLOCK_GOAL);
    struct panel_row rows[PANEL_MAX];
    int fixed = draw_state(model, canvas, 0, end) + 1 + 2 + (int)panel_rows(model, rows) + 1;
    draw_blank(canvas, 0, end);
    draw_world_frame(model, canvas);
    if (end - row - fixed > 2 && !model->flow.looking)
        row += draw_paragraphs(model, canvas, row, end - row - fixed - 1, STEP_VARY, 0, before) + 1;
    row = draw_state(model, canvas, row, end) + 1;
    if (model->flow.looking) {
        draw_moment(model, canvas, row, end);
        return;
    }
    row = draw_proposals(model, canvas, row, end, before) + 1;
    if (end - row >= 2)
        row += draw_bars(model, canvas, row, 2) + 1;
    if (end - row >= 1 && model->news_count)
        draw_news(model, canvas, row, MARGIN, 0, end - row < 6 ? end - row : 6);
}
