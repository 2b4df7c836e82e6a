/* What takes all down: the chain behind a client as boxes, each with what was answered without it;
 * then the parts, one a row. */
#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/singles.h"
#include "lab/language/chain.h"
#include "lab/lesson/run.h"
#include "lab/view/draw.h"
#include "lab/view/view.h"

#define BOX_ROWS    4
#define BOX_WIDTH   19
#define GAP         5
#define COLUMNS     3
#define BOXES_MAX   4 /* one above the other */
#define FIRST       12
#define MARK_AT     14
#define COUNTED_AT  20
#define ANSWERED_AT 33
#define WHY_AT      43

/* --- what is known of a part ------------------------------------------------------------------ */

static const struct spof_part *part_of(const struct model *model, const char *name)
{
    const struct spof *spof = model->singles.spof;
    for (uint32_t i = 0; spof && i < spof->count; i++)
        if (strcmp(spof->parts[i].name, name) == 0)
            return &spof->parts[i];
    return NULL;
}

/* Its bit among the marks of the question; 0: it could not be marked. */
static int64_t bit_of(const struct model *model, const char *name)
{
    const char *names[LESSON_MARKS];
    int question = singles_question(model);
    unsigned count = question < 0 ? 0 : flow_marks(model, (uint32_t)question, names);
    for (unsigned i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return INT64_C(1) << i;
    return 0;
}

/* Locked, or as it stands in the field of whoever guesses now. */
static int64_t marks_of(const struct model *model, uint32_t question, uint32_t person)
{
    const struct guess *guess = &model->flow.guesses[question][person];
    const char *names[LESSON_MARKS];
    int64_t bits = 0;
    if (guess->locked)
        return guess->number;
    if (person == model->flow.person)
        lesson_marks_read(guess->field.text, names, flow_marks(model, question, names), &bits);
    return bits;
}

/* Who marked it: "my mark" where one guesses alone, "A, B" of many; how many did. */
static uint32_t marked_by(const struct model *model, const char *name, struct text *who)
{
    int64_t bit = bit_of(model, name);
    int question = singles_question(model);
    uint32_t count = 0;
    for (uint32_t i = 0; bit && i < model->flow.people; i++) {
        if (!(marks_of(model, (uint32_t)question, i) & bit))
            continue;
        text_add(who, count++ ? "," : "");
        text_add(who, draw_person(model, i));
    }
    return count;
}

/* --- boxes ------------------------------------------------------------------------------------ */

struct column {
    uint32_t parts[BOXES_MAX];
    bool copy[BOXES_MAX]; /* it stands there, and nobody asks it */
    int count;
};

static void column_add(struct column *column, uint32_t id, bool copy)
{
    for (int i = 0; i < column->count; i++)
        if (column->parts[i] == id)
            return;
    if (column->count == BOXES_MAX)
        return;
    column->copy[column->count] = copy;
    column->parts[column->count++] = id;
}

/* The stages of the first client, and below a store its copies. */
static int columns_of(const struct world *world, struct column columns[COLUMNS], uint32_t *client)
{
    struct chain chain;
    *client = component_next(world, 0, KIND_CLIENT);
    if (!*client)
        return 0;
    chain_find(world, *client, &chain);
    int count = chain.count < COLUMNS ? (int)chain.count : COLUMNS;
    for (int c = 0; c < count; c++) {
        const struct stage *stage = &chain.stages[c];
        for (uint32_t i = 0; i < stage->count; i++)
            column_add(&columns[c], stage->parts[i], false);
        for (uint32_t i = 0; i < stage->count; i++)
            for (uint32_t id = 0; (id = component_next(world, id, KIND_STORE)) != 0;)
                if (strcmp(chain_setting(world, id, "replicaof"),
                           component_at(world, stage->parts[i])->name) == 0)
                    column_add(&columns[c], id, true);
    }
    return count;
}

static void mark_line(const struct model *model, const char *name, bool spof, struct text *to)
{
    char who[120];
    struct text by = TEXT(who);
    text_clear(&by);
    uint32_t count = marked_by(model, name, &by);
    if (singles_question(model) < 0)
        return;
    char words[160];
    snprintf(words, sizeof words, model_say(model, WORD_THEIR_MARK), who);
    if (count && model->flow.people > 1)
        text_add(to, words);
    else if (count)
        text_add(to, model_say(model, WORD_MY_MARK));
    else if (spof)
        text_add(to, model_say(model, WORD_NOT_MARKED));
}

static void draw_one(const struct model *model, struct canvas *canvas, int row, int at,
                     const char *name, const char *copied)
{
    const struct spof_part *part = part_of(model, name);
    char words[240], mark[200], percent[24];
    struct text line = TEXT(mark), share = TEXT(percent);
    bool spof = part && part->spof;
    canvas_box(canvas, row, at, BOX_ROWS, BOX_WIDTH, spof ? STYLE_GONE : STYLE_PLAIN, name);
    text_clear(&line);
    mark_line(model, name, spof, &line);
    if (mark[0])
        snprintf(words, sizeof words, "[%s]", mark);
    else
        snprintf(words, sizeof words, copied ? model_say(model, WORD_A_COPY) : "%s",
                 copied ? copied : "");
    canvas_write(canvas, row + 1, at + 2, at + BOX_WIDTH - 1, mark[0] ? STYLE_RISK : STYLE_DIM,
                 words);
    if (!part)
        return;
    text_clear(&share);
    text_add_u64(&share, part->availability / PERCENT_ONE);
    canvas_print(canvas, row + 2, at + 2, at + BOX_WIDTH - 1, spof ? STYLE_GONE : STYLE_PLAIN,
                 "%s %3s %%%s", model_say(model, WORD_WITHOUT_IT), percent, spof ? " SPOF" : "");
}

static int row_of(const struct column *column, int i, int top, int rows)
{
    return top + (rows - BOX_ROWS * column->count) / 2 + BOX_ROWS * i;
}

/* One cell of the bar between them: what it joins. */
static const char *joint(const struct canvas *canvas, bool left, bool right, bool up, bool down)
{
    static const char *const joints[16] = {" ", "─", "─", "─", "│", "┘", "└", "┴",
                                           "│", "┐", "┌", "┬", "│", "┤", "├", "┼"};
    unsigned at = (unsigned)left | (unsigned)right << 1 | (unsigned)up << 2 | (unsigned)down << 3;
    if (canvas->ascii)
        return !up && !down ? "-" : left || right ? "+" : "|";
    return joints[at];
}

static bool is_among(const int *rows, int count, int row)
{
    for (int i = 0; i < count; i++)
        if (rows[i] == row)
            return true;
    return false;
}

/* Lines from what asks to what is asked, over a bar between them. */
static void draw_arrows(struct canvas *canvas, int at, const int *from, int from_count,
                        const int *to, int to_count)
{
    int bar = at + GAP / 2, least = canvas->rows, most = 0;
    for (int row = 0; row < canvas->rows; row++) {
        if (!is_among(from, from_count, row) && !is_among(to, to_count, row))
            continue;
        least = row < least ? row : least;
        most = row;
    }
    for (int row = least; row <= most; row++) {
        bool left = is_among(from, from_count, row), right = is_among(to, to_count, row);
        canvas_write(canvas, row, bar, 0, STYLE_DIM,
                     joint(canvas, left, right, row > least, row < most));
        for (int x = at; x < bar && left; x++)
            canvas_write(canvas, row, x, 0, STYLE_DIM, canvas->ascii ? "-" : "─");
        for (int x = bar + 1; x < at + GAP - 1 && right; x++)
            canvas_write(canvas, row, x, 0, STYLE_DIM, canvas->ascii ? "-" : "─");
        if (right)
            canvas_write(canvas, row, at + GAP - 1, 0, STYLE_DIM, ">");
    }
}

static int asked_rows(const struct column *column, int top, int rows, int *at)
{
    int count = 0;
    for (int i = 0; i < column->count; i++)
        if (!column->copy[i])
            at[count++] = row_of(column, i, top, rows) + 2;
    return count;
}

int draw_chain(const struct model *model, struct canvas *canvas, int top, int end)
{
    const struct world *world = model_world(model);
    struct column columns[COLUMNS] = {0};
    uint32_t client;
    int count = columns_of(world, columns, &client), most = 0;
    for (int c = 0; c < count; c++)
        most = columns[c].count > most ? columns[c].count : most;
    int rows = most * BOX_ROWS, before[BOXES_MAX] = {top + rows / 2}, before_count = 1;
    if (rows == 0 || top + rows > end)
        return 0;
    canvas_write(canvas, top + rows / 2, MARGIN, FIRST - GAP, STYLE_STRONG,
                 component_at(world, client)->name);
    for (int c = 0; c < count; c++) {
        int at = FIRST + c * (BOX_WIDTH + GAP), rows_to[BOXES_MAX];
        int to_count = asked_rows(&columns[c], top, rows, rows_to);
        draw_arrows(canvas, at - GAP, before, before_count, rows_to, to_count);
        for (int i = 0; i < columns[c].count; i++) {
            const char *name = component_at(world, columns[c].parts[i])->name;
            draw_one(model, canvas, row_of(&columns[c], i, top, rows), at, name,
                     columns[c].copy[i] ? chain_setting(world, columns[c].parts[i], "replicaof")
                                        : NULL);
        }
        memcpy(before, rows_to, sizeof before);
        before_count = to_count;
    }
    return rows;
}

/* --- rows ------------------------------------------------------------------------------------- */

static void draw_head(const struct model *model, struct canvas *canvas, int row)
{
    canvas_write(canvas, row, MARGIN, 0, STYLE_DIM, model_say(model, WORD_TAKEN_PART));
    if (singles_question(model) >= 0)
        canvas_write(canvas, row, MARK_AT, 0, STYLE_DIM, model_say(model, WORD_MARK_OF));
    canvas_write(canvas, row, COUNTED_AT, 0, STYLE_DIM, model_say(model, WORD_COUNTED_IT));
    canvas_write(canvas, row, ANSWERED_AT, 0, STYLE_DIM, model_say(model, WORD_ANSWERED_LATER));
    canvas_write(canvas, row, WHY_AT, 0, STYLE_DIM, model_say(model, WORD_WHAT_HAPPENED));
}

/* Found, missed: only where one person marked, or could have. */
static const char *verdict(const struct model *model, const struct spof_part *part, bool marked)
{
    if (model->flow.people != 1 || !bit_of(model, part->name) || !part->spof)
        return "";
    return model_say(model, marked ? WORD_FOUND : WORD_MISSED);
}

static void draw_part_row(const struct model *model, struct canvas *canvas, int row,
                          const struct spof_part *part, bool chosen)
{
    char who[120], words[200];
    struct text by = TEXT(who), why = TEXT(words);
    text_clear(&by);
    bool marked = marked_by(model, part->name, &by) > 0;
    if (chosen)
        canvas_write(canvas, row, 0, 0, STYLE_ACTION, ">");
    canvas_write(canvas, row, MARGIN, MARK_AT - 1, chosen ? STYLE_SELECTED : STYLE_PLAIN,
                 part->name);
    if (singles_question(model) >= 0)
        canvas_write(canvas, row, MARK_AT, COUNTED_AT - 1, STYLE_PLAIN,
                     !marked                   ? "-"
                     : model->flow.people == 1 ? "SPOF"
                                               : who);
    int column = canvas_write(canvas, row, COUNTED_AT, 0, part->spof ? STYLE_GONE : STYLE_PLAIN,
                              part->spof ? "SPOF" : model_say(model, WORD_NO_SPOF));
    canvas_write(canvas, row, column + 2, ANSWERED_AT - 1, marked ? STYLE_SAFE : STYLE_RISK,
                 verdict(model, part, marked));
    canvas_print(canvas, row, ANSWERED_AT, 0, STYLE_STRONG, "%3u %%",
                 (unsigned)(part->availability / PERCENT_ONE));
    text_clear(&why);
    spof_why(&why, part, model->language);
    canvas_write(canvas, row, WHY_AT, canvas->columns - MARGIN, STYLE_PLAIN, words);
}

static void draw_sum(const struct model *model, struct canvas *canvas, int row)
{
    const struct spof *spof = model->singles.spof;
    char names[400];
    struct text text = TEXT(names);
    text_clear(&text);
    for (uint32_t i = 0; i < spof->count; i++) {
        if (!spof->parts[i].spof)
            continue;
        text_add(&text, text.used ? ", " : ": ");
        text_add(&text, spof->parts[i].name);
    }
    if (spof->spofs)
        canvas_print(canvas, row, MARGIN, 0, STYLE_GONE, model_say(model, WORD_SINGLES_COUNT),
                     spof->spofs, names);
    else
        canvas_write(canvas, row, MARGIN, 0, STYLE_SAFE, model_say(model, WORD_SINGLES_NONE));
}

/* What stands behind the first person's marks; rows used. */
static int draw_belief(const struct model *model, struct canvas *canvas, int row, int rows)
{
    int question = singles_question(model);
    const struct belief *belief = question < 0 || rows < 1 || model->flow.step == STEP_VARY
                                      ? NULL
                                      : flow_belief(model, (uint32_t)question, 0);
    if (!belief)
        return 0;
    int column =
        canvas_write(canvas, row, MARGIN, 0, STYLE_DIM, model_say(model, WORD_MY_GUESS)) + 2;
    return draw_prose(model, canvas, row, column, draw_width(canvas) - column, rows, 0,
                      belief->words);
}

/* Nothing of the map stands there: the sum may stand beside its last row. */
static bool is_free(const struct canvas *canvas, int row)
{
    char words[1024];
    canvas_row(canvas, row, words, sizeof words);
    return strspn(words, " ") >= RIGHT_COLUMN - 6;
}

void draw_singles(const struct model *model, struct canvas *canvas, int row, int end, int chosen)
{
    const struct spof *spof = model->singles.spof;
    int boxes = draw_chain(model, canvas, row, end - 4);
    row += boxes;
    bool beside = boxes > 0 && is_free(canvas, row - 1);
    draw_sum(model, canvas, row - beside);
    row += !beside;
    draw_head(model, canvas, row++);
    int rows = end - row;
    uint32_t first = chosen >= rows ? (uint32_t)(chosen - rows + 1) : 0;
    for (uint32_t i = first; i < spof->count && row < end; i++)
        draw_part_row(model, canvas, row++, &spof->parts[i], (int)i == chosen);
    if (row + 1 < end)
        row += 1 + draw_belief(model, canvas, row + 1, end - row - 1);
    if (row + 1 < end)
        canvas_write(canvas, row + 1, MARGIN, 0, STYLE_DIM, model_say(model, WORD_SINGLES_HOW));
}

void view_singles(const struct model *model, struct canvas *canvas)
{
    draw_world_frame(model, canvas);
    if (model->singles.spof)
        draw_singles(model, canvas, BODY_TOP, draw_body_end(canvas), (int)model->singles.cursor);
}
