/* Explain, in pages that are turned by Enter: the counted number and the bars of each question, one
 * lost write's life, the prose, and what it was measured by. */
#include "lab/view/view.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/view/draw.h"

#define ITEMS_MAX    64
#define SCRATCH_ROWS 40 /* what is measured there is drawn whole: a bar knows where it ends */

enum item_kind { ITEM_NUMBER, ITEM_BARS, ITEM_SECOND, ITEM_LIFE, ITEM_BLOCK, ITEM_SOURCES };

/* What stands on one page as a whole. */
struct item {
    enum item_kind kind;
    uint32_t index; /* of the question, or of the block */
    bool close;     /* no blank row before it */
};

/* --- the counted number ----------------------------------------------------------------------- */

/* What the counted metric is, in the words of its table. */
const char *draw_metric_words(const struct model *model, const char *name)
{
    const char *colon = strchr(name, ':'), *point = strrchr(name, '.');
    const char *start = colon ? colon + 1 : name;
    char owner[NAME_BYTES];
    snprintf(owner, sizeof owner, "%.*s", point ? (int)(point - start) : 0, start);
    const struct part *part = look_part(&model->ended.look, owner);
    int metric = part ? metric_find(catalog[part->kind], point + 1) : -1;
    if (metric < 0)
        return name;
    return model->language == LANGUAGE_KO ? catalog[part->kind]->metrics[metric].ko
                                          : catalog[part->kind]->metrics[metric].en;
}

/* Three rows high, with its unit and of how many that got their OK. */
static int draw_counted(const struct model *model, struct canvas *canvas, int row, uint32_t at)
{
    const struct question *question = &flow_text(model)->questions[at];
    const char *unit = word_unit(model->language, question->unit);
    char digits[40], beside[300];
    struct text all = TEXT(digits);
    canvas_write(canvas, row, MARGIN, canvas->columns - MARGIN, STYLE_PLAIN,
                 draw_metric_words(model, question->answer));
    snprintf(beside, sizeof beside, "%s", unit);
    if (strcmp(unit, word_unit(model->language, draw_unit(model))) == 0) {
        draw_count(&all, model, draw_acked(&model->ended.look));
        snprintf(beside, sizeof beside, model_say(model, WORD_OF_ACKED), unit, digits);
    }
    return draw_big(model, canvas, row + 1, MARGIN, model->flow.counted[at].number, beside) - row;
}

/* --- its sources ------------------------------------------------------------------------------ */

/* "measured: save-trigger.1 save-kill9.random"; false when the lesson names none. */
static bool add_sources(const struct model *model, struct text *to)
{
    const struct lesson_text *text = flow_text(model);
    bool any = false;
    text_clear(to);
    for (uint32_t i = 0; i < text->block_count[STEP_EXPLAIN]; i++) {
        const struct block *block = &text->blocks[STEP_EXPLAIN][i];
        if (block->kind != BLOCK_SOURCE || !flow_shows(model, STEP_EXPLAIN, block))
            continue;
        text_add(to, any ? " " : model_say(model, WORD_SOURCES));
        text_add(to, any ? "" : " ");
        text_add(to, block->words);
        any = true;
    }
    return any;
}

/* "Nearest guess: B (557 orders apart)", of one guess only how far it was. */
static bool add_nearest(const struct model *model, struct text *to)
{
    uint32_t first = flow_first_question(model);
    const struct question *question = &flow_text(model)->questions[first];
    int nearest = flow_nearest(model, first);
    char name[60], apart[60], words[300];
    text_clear(to);
    if (nearest < 0 || question->form != QUESTION_NUMBER)
        return false;
    int64_t difference =
        model->flow.guesses[first][nearest].number - model->flow.counted[first].number;
    struct text text = TEXT(apart);
    text_clear(&text);
    draw_amount_of(&text, model, difference < 0 ? -difference : difference, question->unit);
    if (model->flow.people == 1) {
        snprintf(words, sizeof words, model_say(model, WORD_APART_ALONE), apart);
        text_add(to, words);
        return true;
    }
    snprintf(name, sizeof name, model_say(model, WORD_PERSON_NAMED),
             draw_person(model, (uint32_t)nearest));
    snprintf(words, sizeof words, model_say(model, WORD_NEAREST), name);
    text_add(to, words);
    text_add(to, "   ");
    snprintf(words, sizeof words, model_say(model, WORD_APART), apart);
    text_add(to, words);
    return true;
}

/* The sources stand behind the nearest guess, in the row of the status. */
static bool beside_each_other(const struct model *model, const struct canvas *canvas,
                              struct text *to)
{
    char sources[400];
    struct text more = TEXT(sources);
    add_nearest(model, to);
    if (!add_sources(model, &more))
        return to->used > 0;
    int width = canvas_width(to->at) + 3 + canvas_width(sources);
    if (width > canvas->columns - 2 * MARGIN)
        return false;
    text_add(to, to->used ? "   " : "");
    text_add(to, sources);
    return true;
}

static int draw_sources(const struct model *model, struct canvas *canvas, int row)
{
    char words[400];
    struct text text = TEXT(words);
    return add_sources(model, &text)
               ? draw_prose(model, canvas, row, MARGIN, draw_width(canvas), 3, 0, words)
               : 0;
}

/* --- items and pages -------------------------------------------------------------------------- */

static void item_add(struct item *items, unsigned *count, enum item_kind kind, uint32_t index,
                     bool close)
{
    if (*count < ITEMS_MAX)
        items[(*count)++] = (struct item){kind, index, close};
}

static unsigned items_of(const struct model *model, const struct canvas *canvas,
                         struct item items[ITEMS_MAX])
{
    const struct lesson_text *text = flow_text(model);
    uint32_t first = flow_first_question(model);
    char words[700];
    struct text status = TEXT(words);
    unsigned count = 0;
    const struct block *before = NULL;
    if (text->question_count && model->flow.counted_known[first] &&
        text->questions[first].form == QUESTION_NUMBER)
        item_add(items, &count, ITEM_NUMBER, first, true);
    for (uint32_t i = 0; i < text->question_count && i < QUESTIONS_MAX; i++) {
        if (flow_asks(model, i))
            item_add(items, &count, ITEM_BARS, i, false);
        if (flow_asks(model, i) && model->flow.second[i])
            item_add(items, &count, ITEM_SECOND, i, true);
    }
    if (model->ended.life[model->language][0])
        item_add(items, &count, ITEM_LIFE, 0, false);
    for (uint32_t i = 0; i < text->block_count[STEP_EXPLAIN]; i++) {
        const struct block *block = &text->blocks[STEP_EXPLAIN][i];
        bool item = block->kind == BLOCK_ITEM;
        if ((block->kind != BLOCK_PARAGRAPH && block->kind != BLOCK_CODE && !item) ||
            !flow_shows(model, STEP_EXPLAIN, block))
            continue;
        item_add(items, &count, ITEM_BLOCK, i, item && before && before->kind == BLOCK_ITEM);
        before = block;
    }
    if (!beside_each_other(model, canvas, &status))
        item_add(items, &count, ITEM_SOURCES, 0, false);
    return count;
}

/* Rows used. */
static int draw_item(const struct model *model, struct canvas *canvas, int row, int end,
                     const struct item *item)
{
    switch (item->kind) {
    case ITEM_NUMBER:
        return draw_counted(model, canvas, row, item->index);
    case ITEM_BARS:
        return draw_question_bars(model, canvas, row, item->index);
    case ITEM_SECOND:
        return draw_second(model, canvas, row, item->index);
    case ITEM_LIFE:
        return draw_lines(canvas, row, row, end, model->ended.life[model->language]);
    case ITEM_SOURCES:
        return draw_sources(model, canvas, row);
    case ITEM_BLOCK:
        break;
    }
    return draw_block(model, canvas, row, end - row, STEP_EXPLAIN, item->index);
}

/* Draws a page (on a canvas that shows it); how many pages there are. */
static unsigned draw_page(const struct model *model, struct canvas *canvas, unsigned page, int end,
                          struct canvas *scratch)
{
    struct item items[ITEMS_MAX];
    unsigned count = items_of(model, canvas, items), at = 0;
    int row = BODY_TOP;
    for (unsigned i = 0; i < count; i++) {
        int height = draw_item(model, scratch, 0, 1, &items[i]);
        int blank = row > BODY_TOP && !items[i].close;
        if (row > BODY_TOP && row + blank + height > end) {
            at++;
            row = BODY_TOP;
            blank = 0;
        }
        if (at == page)
            draw_item(model, canvas, row + blank, end, &items[i]);
        row += blank + height;
    }
    return at + 1;
}

unsigned view_explain_pages(const struct model *model)
{
    struct canvas canvas;
    unsigned pages = 1;
    if (!canvas_init(&canvas, SCRATCH_ROWS, model->columns))
        return pages;
    pages = draw_page(model, &canvas, UINT32_MAX, model->rows - 3, &canvas);
    canvas_release(&canvas);
    return pages;
}

void view_explain(const struct model *model, struct canvas *canvas)
{
    struct canvas scratch;
    char words[700];
    struct text status = TEXT(words);
    int end = draw_body_end(canvas);
    draw_world_frame(model, canvas);
    if (!canvas_init(&scratch, SCRATCH_ROWS, canvas->columns))
        return;
    scratch.ascii = canvas->ascii;
    unsigned pages = draw_page(model, canvas, model->scroll, end, &scratch);
    canvas_release(&scratch);
    if (model->scroll + 1 < pages) {
        snprintf(words, sizeof words, model_say(model, WORD_PAGE_OF), model->scroll + 1, pages);
        canvas_print(canvas, end, canvas->columns - canvas_width(words) - 3, 0, STYLE_DIM, " %s ",
                     words);
    }
    if (beside_each_other(model, canvas, &status) || add_nearest(model, &status))
        draw_status(model, canvas, STYLE_STRONG, words);
}
