/* Two rounds of guesses: all names and values where they differ, and who changed. */
#include "lab/view/draw.h"

#include <stdio.h>

#include "lab/app/flow.h"

#define SECOND_ROWS 3

void draw_guess_of(struct text *to, const struct model *model, uint32_t at,
                   const struct guess *guess)
{
    const struct question *question = &flow_text(model)->questions[at];
    if (question->form == QUESTION_NUMBER) {
        draw_amount_of(to, model, guess->number, question->unit);
        return;
    }
    if (question->form == QUESTION_MAP) {
        text_add(to, guess->field.text);
        return;
    }
    bool known = guess->number >= 0 && guess->number < LESSON_CHOICES &&
                 question->choices[guess->number] != NULL;
    text_add_char(to, known ? (char)('a' + guess->number) : '?');
    text_add(to, known ? " " : "");
    text_add(to, known ? question->choices[guess->number] : "");
}

/* As many on a row as there is room for. */
int draw_values(const struct model *model, struct canvas *canvas, int row, int end,
                const struct guess *guesses)
{
    const struct flow *flow = &model->flow;
    int column = MARGIN + 2, used = 1;
    for (uint32_t i = 0; i < flow->people; i++) {
        char value[200];
        struct text text = TEXT(value);
        text_clear(&text);
        draw_guess_of(&text, model, flow->question, &guesses[i]);
        const char *name = draw_person(model, i);
        int width = canvas_width(name) + 2 + canvas_width(value);
        if (column > MARGIN + 2 && column + width > canvas->columns - MARGIN) {
            column = MARGIN + 2;
            used++;
        }
        if (row + used > end)
            return used - 1;
        column = canvas_write(canvas, row + used - 1, column, 0, STYLE_STRONG, name) + 2;
        column = canvas_write(canvas, row + used - 1, column, 0, STYLE_PLAIN, value) + 6;
    }
    return used;
}

int draw_differ(const struct model *model, struct canvas *canvas, int row, int end)
{
    const struct question *question = flow_question(model);
    int width = draw_width(canvas) - 4;
    row += draw_values(model, canvas, row, end, model->flow.guesses[model->flow.question]) + 1;
    if (row < end)
        canvas_write(canvas, row++, MARGIN + 2, 0, STYLE_STRONG,
                     model_say(model, WORD_THEY_DIFFER));
    if (row < end)
        row += draw_prose(model, canvas, row, MARGIN + 2, width, end - row, 0,
                          model_say(model, WORD_CONVINCE));
    if (question->form == QUESTION_NUMBER && question->within[0] && row < end) {
        char words[160];
        snprintf(words, sizeof words, model_say(model, WORD_CLOSER_IS_SAME), question->within);
        canvas_write(canvas, row++, MARGIN + 2, 0, STYLE_DIM, words);
    }
    return row;
}

/* "After arguing: A 40,000 -> 0 (toward the count), B as before" */
int draw_second(const struct model *model, struct canvas *canvas, int row, uint32_t question)
{
    const struct flow *flow = &model->flow;
    char words[600];
    struct text text = TEXT(words);
    if (!flow->second[question])
        return 0;
    text_clear(&text);
    text_add(&text, model_say(model, WORD_SECOND_SO));
    for (uint32_t i = 0; i < flow->people; i++) {
        const struct guess *first = &flow->first[question][i],
                           *second = &flow->guesses[question][i];
        text_add(&text, i ? ", " : " ");
        text_add(&text, draw_person(model, i));
        text_add_char(&text, ' ');
        if (first->number == second->number) {
            text_add(&text, model_say(model, WORD_AS_BEFORE));
            continue;
        }
        draw_guess_of(&text, model, question, first);
        text_add(&text, " -> ");
        draw_guess_of(&text, model, question, second);
        if (flow_toward(model, question, i)) {
            text_add_char(&text, ' ');
            text_add(&text, model_say(model, WORD_TOWARD_COUNT));
        }
    }
    int lines = draw_prose(model, canvas, row, MARGIN, draw_width(canvas), SECOND_ROWS, 0, words);
    return lines < SECOND_ROWS ? lines : SECOND_ROWS;
}
