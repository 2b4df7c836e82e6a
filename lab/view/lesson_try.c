/* Brief and try: the situation, the world alive, what may be broken; the plug in the hand asks for
 * the guess. */
#include "lab/view/view.h"

#include <stdio.h>

#include "lab/app/flow.h"
#include "lab/app/panel.h"
#include "lab/view/draw.h"

#define QUESTION_LINES 5 /* of words at most */
#define NEWS_LINES     4

/* "One thing first", the question, and what one may choose from. */
static void add_question(struct text *to, const struct model *model,
                         const struct question *question)
{
    text_add(to, model_say(model, WORD_JUST_ONE_THING));
    text_add(to, " ");
    text_add(to, question->words);
    for (int i = 0; i < LESSON_CHOICES && question->choices[i]; i++) {
        char letter[16];
        snprintf(letter, sizeof letter, "  %c) ", 'a' + i);
        text_add(to, letter);
        text_add(to, question->choices[i]);
    }
}

static int draw_question_words(const struct model *model, struct canvas *canvas, int row, int rows)
{
    const struct question *question = flow_question(model);
    char words[1200];
    struct text all = TEXT(words);
    if (!question)
        return 0;
    add_question(&all, model, question);
    int lines = draw_prose(model, canvas, row, MARGIN, draw_width(canvas), rows, 0, words);
    return lines < QUESTION_LINES ? lines : QUESTION_LINES;
}

int draw_question_rows(const struct model *model, struct canvas *canvas)
{
    int rows = 2 + draw_question_words(model, canvas, 0, 0);
    return rows > 5 ? rows : 5;
}

/* The question stands where the panel ends, with the field below it. */
void draw_question(const struct model *model, struct canvas *canvas, int end)
{
    const struct flow *flow = &model->flow;
    int row = end - draw_question_rows(model, canvas);
    char understood[120];
    struct text read = TEXT(understood);
    if (!flow_question(model))
        return;
    draw_blank(canvas, row, end - row);
    canvas_rule(canvas, row);
    row += 1 + draw_question_words(model, canvas, row + 1, QUESTION_LINES);
    int column = MARGIN;
    if (flow->people > 1)
        column =
            canvas_write(canvas, row, column, 0, STYLE_PLAIN, draw_person(model, flow->person)) + 2;
    canvas_write(canvas, row, column, 0, STYLE_ACTION, ">");
    draw_field(canvas, row, column + 2, &flow->guesses[flow->question][flow->person].field);
    if (flow_understood(model, flow->question, flow->person, &read))
        canvas_print(canvas, row, canvas->cursor_column + 3, 0, STYLE_STRONG, "= %s", understood);
}

/* The map has the room that the number with its news and the panel leave. */
static int map_rows(const struct model *model, const struct canvas *canvas, int rows)
{
    struct panel_row panel[PANEL_MAX];
    int number = 2 + canvas_digits_rows(canvas) + NEWS_LINES;
    int lines = 2 + (int)panel_rows(model, panel);
    int left = rows - 1 - (number > lines ? number : lines);
    return left > MAP_LEAST ? left : MAP_LEAST;
}

void view_try(const struct model *model, struct canvas *canvas)
{
    int end = draw_body_end(canvas), row = BODY_TOP;
    bool brief = model->screen == PLACE_BRIEF, asking = model->asking == FIELD_GUESS;
    draw_world_frame(model, canvas);
    int below = asking ? draw_question_rows(model, canvas) : 0;
    int prose = brief ? end - row - 6 : end - row - 6 - 7;
    int lines =
        draw_step(model, canvas, row, prose, (int)model->scroll, brief ? STEP_BRIEF : STEP_TRY);
    row += (lines < prose ? lines : prose) + 1;
    row += draw_map(model, canvas, row, brief ? end - row : map_rows(model, canvas, end - row));
    if (brief)
        return;
    row++;
    int number = 2 + canvas_digits_rows(canvas);
    if (row + number > end - below)
        row = end - below - number;
    struct big_number big;
    int after = row + 2;
    if (draw_reached(model, &big))
        after = draw_big(model, canvas, row + 1, MARGIN, big.number,
                         word_unit(model->language, big.unit)) +
                1;
    else
        canvas_write(canvas, row + 1, MARGIN, RIGHT_COLUMN - 1, STYLE_DIM,
                     model_say(model, WORD_SHOWN_AFTER_GUESS));
    canvas_write(canvas, row, MARGIN, RIGHT_COLUMN - 1, STYLE_PLAIN, big.words);
    canvas_write(canvas, row, RIGHT_COLUMN, 0, STYLE_DIM, model_say(model, WORD_WHAT_TO_DO));
    draw_panel(model, canvas, row + 1, RIGHT_COLUMN, end - below - row - 1);
    if (asking)
        draw_question(model, canvas, end);
    else if (after < end)
        draw_news(model, canvas, after, MARGIN, RIGHT_COLUMN - 1,
                  end - after < NEWS_LINES ? end - after : NEWS_LINES);
}
