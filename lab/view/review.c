/* Review: one question with other numbers; then the guess beside what was counted, why, and when it
 * comes back. */
#include "lab/app/review.h"

#include <stdio.h>

#include "lab/view/draw.h"
#include "lab/view/view.h"

#define BAR_COLUMN 10

static int draw_bar(const struct model *model, struct canvas *canvas, int row, bool counted,
                    int64_t most)
{
    const struct review_state *review = &model->review;
    const struct question *question = review_question(model);
    int64_t number = counted ? review->counted.number : review->number;
    char words[200];
    struct text text = TEXT(words);
    const char *sign = canvas->ascii ? (counted ? "=" : "#") : (counted ? "▓" : "█");
    int column = BAR_COLUMN, room = draw_width(canvas) / 3;
    text_clear(&text);
    canvas_write(canvas, row, MARGIN, 0, counted ? STYLE_STRONG : STYLE_PLAIN,
                 model_say(model, counted ? WORD_COUNTED : WORD_MY_GUESS));
    if (question->form == QUESTION_NUMBER) {
        for (int64_t i = 0; most > 0 && i < (number * room + most - 1) / most; i++)
            column = canvas_write(canvas, row, column, 0, STYLE_DIM, sign);
        text_add_grouped(&text, (uint64_t)(number < 0 ? 0 : number));
    } else if (question->form == QUESTION_CHOICE) {
        text_add(&text, number >= 0 && number < LESSON_CHOICES && question->choices[number]
                            ? question->choices[number]
                            : "?");
    } else {
        text_add(&text, counted ? question->answer : review->field.text);
    }
    canvas_write(canvas, row, column + (column > BAR_COLUMN), 0, STYLE_STRONG, words);
    return row + 1;
}

static int draw_bars_of(const struct model *model, struct canvas *canvas, int row)
{
    const struct review_state *review = &model->review;
    int64_t most =
        review->counted.number > review->number ? review->counted.number : review->number;
    const struct belief *belief = review->right ? NULL : review_belief(model);
    row = draw_bar(model, canvas, row, false, most);
    if (belief)
        row += draw_prose(model, canvas, row, BAR_COLUMN, draw_width(canvas) - BAR_COLUMN, 3, 0,
                          belief->words);
    return draw_bar(model, canvas, row, true, most);
}

/* What stands behind the question in its part; or before it. */
static int draw_words(const struct model *model, struct canvas *canvas, int row, int end,
                      bool behind)
{
    const struct lesson_text *text = &model->review.lesson->text[model->language];
    bool asked = false;
    for (uint32_t i = 0; i < text->block_count[STEP_REVIEW] && row < end; i++) {
        const struct block *block = &text->blocks[STEP_REVIEW][i];
        if (!review_shows(model, block))
            continue;
        asked = asked || block->kind == BLOCK_QUESTION;
        if (block->kind != BLOCK_PARAGRAPH || asked != behind)
            continue;
        row +=
            draw_prose(model, canvas, row, MARGIN, draw_width(canvas), end - row, 0, block->words) +
            1;
    }
    return row;
}

static void draw_guess(const struct model *model, struct canvas *canvas, int row)
{
    char understood[160];
    struct text text = TEXT(understood);
    text_clear(&text);
    int column =
        canvas_write(canvas, row, MARGIN, 0, STYLE_STRONG, model_say(model, WORD_MY_GUESS)) + 2;
    canvas_write(canvas, row, column, 0, STYLE_ACTION, ">");
    draw_field(canvas, row, column + 2, &model->review.field);
    if (review_understood(model, &text))
        canvas_print(canvas, row, canvas->cursor_column + 3, 0, STYLE_STRONG, "= %s", understood);
}

/* When it comes back. */
static void draw_next(const struct model *model, struct canvas *canvas)
{
    const struct review_state *review = &model->review;
    char words[200];
    if (!review->kept)
        return;
    if (review->days)
        snprintf(words, sizeof words,
                 model_say(model, review->right ? WORD_REVIEW_AFTER : WORD_REVIEW_SOON),
                 review->days);
    else
        snprintf(words, sizeof words, "%s", model_say(model, WORD_REVIEW_NEVER));
    draw_status(model, canvas, STYLE_STRONG, words);
}

void view_review(const struct model *model, struct canvas *canvas)
{
    const struct review_state *review = &model->review;
    const struct question *question = review_question(model);
    int end = draw_body_end(canvas), row = BODY_TOP + 1;
    char title[200];
    if (!question)
        return;
    snprintf(title, sizeof title, "%u %s   %s", review->lesson->number,
             review->lesson->text[model->language].title, model_say(model, WORD_REVIEW_DUE));
    draw_frame(model, canvas, title, model_say(model, WORD_REVIEW_TAKES));
    row = draw_words(model, canvas, row, end, false);
    row += draw_prose(model, canvas, row, MARGIN, draw_width(canvas), 6, 0, question->words) + 1;
    for (int i = 0; i < LESSON_CHOICES && question->choices[i]; i++) {
        canvas_print(canvas, row, MARGIN, 0, STYLE_ACTION, "%c", 'a' + i);
        canvas_write(canvas, row++, MARGIN + 2, 0, STYLE_PLAIN, question->choices[i]);
    }
    row += question->choices[0] != NULL;
    if (!review->locked) {
        draw_guess(model, canvas, row);
        canvas_write(canvas, row + 2, MARGIN, 0, STYLE_DIM, model_say(model, WORD_REVIEW_RUNS));
        return;
    }
    row = draw_bars_of(model, canvas, row) + 1;
    draw_words(model, canvas, row, end, true);
    draw_next(model, canvas);
}
