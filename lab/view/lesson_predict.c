/* Predict: one question, one line of time, one field; what would answer it is hidden. */
#include "lab/view/view.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/singles.h"
#include "lab/lesson/run.h"
#include "lab/view/draw.h"

/* When the fault comes: as the file or the hand gave it, or where another question of the act has
 * it. */
static uint64_t fault_time(const struct model *model, const struct question *question)
{
    const struct lesson_text *text = flow_text(model);
    uint64_t fault_ns = session_first(model->session, &question->fault);
    if (fault_ns == TIME_NEVER)
        fault_ns = model->flow.fault_ns;
    for (uint32_t i = 0; fault_ns == TIME_NEVER && i < text->question_count; i++)
        if (flow_asks(model, i))
            fault_ns = session_first(model->session, &text->questions[i].fault);
    return fault_ns;
}

/* The line of time from the start to the fault; rows used. */
static int draw_time(const struct model *model, struct canvas *canvas, int row)
{
    const struct question *question = flow_question(model);
    uint64_t fault_ns = fault_time(model, question);
    int column = MARGIN + 2, end = 64;
    const char *verb = command_word(&question->fault, 0);
    if (strcmp(verb, "tell") == 0) /* what is said to it is the fault */
        verb = command_word(&question->fault, 2);
    const char *words = word_verb(model->language, verb);
    char when[32];
    struct text clock = TEXT(when);
    if (fault_ns == TIME_NEVER)
        return 0;
    clock_add(&clock, fault_ns, 1);
    canvas_write(canvas, row, column, 0, STYLE_PLAIN, "00:00");
    canvas_write(canvas, row, end - 2, 0, STYLE_PLAIN, when);
    canvas_write(canvas, row + 1, column, 0, STYLE_PLAIN, canvas->ascii ? "+" : "├");
    for (int i = column + 1; i < end; i++)
        canvas_write(canvas, row + 1, i, 0, STYLE_PLAIN, canvas->ascii ? "-" : "─");
    canvas_write(canvas, row + 1, end, 0, STYLE_GONE, "X");
    canvas_write(canvas, row + 2, column, 0, STYLE_PLAIN, model_say(model, WORD_ON));
    canvas_write(canvas, row + 2, end - 2, 0, STYLE_PLAIN, words ? words : verb);
    return 5;
}

void draw_people(const struct model *model, struct canvas *canvas, int row)
{
    const struct flow *flow = &model->flow;
    int column = MARGIN + 2;
    for (uint32_t i = 0; i < flow->people; i++) {
        const struct guess *guess = &flow->guesses[flow->question][i];
        bool mine = i == flow->person && model->asking == FIELD_GUESS;
        column = canvas_write(canvas, row, column, 0, STYLE_STRONG, draw_person(model, i)) + 2;
        if (guess->locked) {
            column =
                canvas_write(canvas, row, column, 0, STYLE_SAFE, model_say(model, WORD_LOCKED)) + 4;
        } else if (mine) {
            char understood[120];
            struct text read = TEXT(understood);
            if (flow_on_map(model)) {
                column = canvas_write(canvas, row, column, 0, STYLE_STRONG,
                                      guess->field.used ? guess->field.text : "-") +
                         4;
                continue;
            }
            canvas_write(canvas, row, column, 0, STYLE_ACTION, ">");
            draw_field(canvas, row, column + 2, &guess->field);
            column = canvas->cursor_column + 2;
            if (flow_understood(model, flow->question, i, &read))
                column = canvas_print(canvas, row, column, 0, STYLE_STRONG, "= %s", understood);
            column += 4;
        } else {
            column = canvas_write(canvas, row, column, 0, STYLE_DIM, "-") + 4;
        }
    }
}

/* What may be marked, one a row, with its digit; the map above shows where it stands. */
int draw_choice_of_marks(const struct model *model, struct canvas *canvas, int row, int end)
{
    const struct flow *flow = &model->flow;
    const struct guess *guess = &flow->guesses[flow->question][flow->person];
    const char *names[LESSON_MARKS];
    unsigned count = flow_marks(model, flow->question, names);
    int rows = (int)(count + 1) / 2;
    int64_t bits = 0;
    lesson_marks_read(guess->field.text, names, count, &bits);
    for (unsigned i = 0; i < count; i++) {
        int at = row + (int)i % rows, column = (int)i < rows ? MARGIN + 2 : RIGHT_COLUMN;
        bool marked = (bits >> i & 1) != 0 && !guess->locked;
        if (at >= end)
            continue;
        if (i == flow->mark && model->asking == FIELD_GUESS)
            canvas_write(canvas, at, column - 2, 0, STYLE_ACTION, ">");
        canvas_print(canvas, at, column, 0, STYLE_ACTION, i < 9 ? "%u" : " ", i + 1);
        canvas_write(canvas, at, column + 2, column + 22, marked ? STYLE_STRONG : STYLE_PLAIN,
                     names[i]);
        if (marked)
            canvas_print(canvas, at, column + 23, 0, STYLE_RISK, "[%s]",
                         model_say(model, WORD_MARKED));
    }
    return rows < end - row ? rows : end - row;
}

/* Without its variant: hidden is it in all of them. */
static const char *metric_of(const char *hidden)
{
    const char *colon = strchr(hidden, ':');
    return colon ? colon + 1 : hidden;
}

/* The first of the hidden metrics of one part, and no earlier one is the same. */
static bool is_first(const char *const *hidden, unsigned at, bool whole)
{
    const char *metric = metric_of(hidden[at]);
    size_t bytes = whole ? strlen(metric) + 1 : strcspn(metric, ".") + 1;
    for (unsigned i = 0; i < at; i++)
        if (strncmp(metric_of(hidden[i]), metric, bytes) == 0)
            return false;
    return true;
}

/* "cache: at_risk_power, keys; orders: acked_lost" */
static void add_hidden(const char *const *hidden, struct text *to)
{
    for (unsigned i = 0; hidden[i]; i++) {
        if (!is_first(hidden, i, false))
            continue;
        const char *first = metric_of(hidden[i]), *between = ": ";
        size_t owner = strcspn(first, ".");
        text_add(to, i ? "; " : " ");
        text_add_bytes(to, first, owner);
        for (unsigned k = i; hidden[k]; k++) {
            const char *metric = metric_of(hidden[k]);
            if (strncmp(metric, first, owner + 1) != 0 || !is_first(hidden, k, true))
                continue;
            text_add(to, between);
            text_add(to, metric + owner + 1);
            between = ", ";
        }
    }
}

static void draw_hidden(const struct model *model, struct canvas *canvas, int row, int end)
{
    char words[1024];
    struct text text = TEXT(words);
    if (!model->flow.hidden[0])
        return;
    text_add(&text, model_say(model, WORD_HIDDEN_LIST));
    add_hidden(model->flow.hidden, &text);
    int width = draw_width(canvas) - 4;
    int lines = draw_prose(model, canvas, row, MARGIN + 2, width, end - row, 0, words);
    if (lines > end - row) /* more than there is room for */
        canvas_write(canvas, end - 1, MARGIN + 2 + width, 0, STYLE_DIM, "...");
}

void view_predict(const struct model *model, struct canvas *canvas)
{
    const struct question *question = flow_question(model);
    int end = draw_body_end(canvas), row = BODY_TOP + 1, width = draw_width(canvas) - 4;
    draw_world_frame(model, canvas);
    if (!question)
        return;
    int lines = draw_step(model, canvas, row, 3, 0, STEP_PREDICT);
    row += lines ? (lines < 3 ? lines : 3) + 1 : 0;
    bool map = question->form == QUESTION_MAP;
    if (map) {
        int chain = singles_question(model) < 0 ? 0 : draw_chain(model, canvas, row, end - 9);
        row += chain ? chain + 1 : draw_map(model, canvas, row, canvas->rows > 30 ? 14 : 7) + 1;
    } else {
        row += draw_time(model, canvas, row);
    }
    row += draw_prose(model, canvas, row, MARGIN + 2, width, 4, 0, question->words) + !map;
    if (map)
        row += draw_choice_of_marks(model, canvas, row, end - 2);
    for (int i = 0; i < LESSON_CHOICES && question->choices[i]; i++) {
        canvas_print(canvas, row, MARGIN + 2, 0, STYLE_ACTION, "%c", 'a' + i);
        canvas_write(canvas, row++, MARGIN + 4, 0, STYLE_PLAIN, question->choices[i]);
    }
    row += !map;
    if (model->asking == FIELD_DIFFER) {
        draw_differ(model, canvas, row, end);
        return;
    }
    draw_people(model, canvas, row);
    row += 2;
    if (model->flow.second[model->flow.question]) {
        canvas_write(canvas, row++, MARGIN + 2, 0, STYLE_DIM, model_say(model, WORD_FIRST_GUESS));
        row += draw_values(model, canvas, row, end, model->flow.first[model->flow.question]) + 1;
        if (row < end)
            canvas_write(canvas, row++, MARGIN + 2, 0, STYLE_DIM,
                         model_say(model, WORD_KEEP_FIRST));
        return;
    }
    bool alone = model->flow.people == 1 && !model->meeting.on;
    if (row + 2 < end) {
        canvas_write(canvas, row++, MARGIN + 2, 0, STYLE_DIM,
                     model_say(model, alone ? WORD_TYPE_ALONE : WORD_TYPE_TOGETHER));
        canvas_write(canvas, row++, MARGIN + 2, 0, STYLE_DIM, model_say(model, WORD_GUESS_STAYS));
    }
    if (row < end)
        draw_hidden(model, canvas, row + (end - row > 3), end);
    if (model->asking == FIELD_GUESS)
        draw_status(model, canvas, STYLE_DIM, model_say(model, flow_example(question)));
}
