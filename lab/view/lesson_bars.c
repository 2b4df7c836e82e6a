/* What everybody guessed beside what was counted: bars of one scale, or the marks of a map. */
#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/view/draw.h"

#define BAR_COLUMN  10
#define MARK_COLUMN 18
#define MARK_WIDTH  12

struct bar {
    int person; /* -1: counted */
    int64_t number;
};

/* In order of the numbers. */
static unsigned bars_of(const struct model *model, uint32_t question,
                        struct bar bars[PEOPLE_MAX + 1])
{
    const struct flow *flow = &model->flow;
    unsigned count = 0;
    for (int person = -1; person < (int)flow->people; person++) {
        if (person < 0 ? !flow->counted_known[question] : !flow->guesses[question][person].locked)
            continue;
        int64_t number =
            person < 0 ? flow->counted[question].number : flow->guesses[question][person].number;
        unsigned at = count++;
        while (at && bars[at - 1].number > number) {
            bars[at] = bars[at - 1];
            at--;
        }
        bars[at] = (struct bar){person, number};
    }
    return count;
}

static void amount(const struct question *question, int64_t number, struct text *to)
{
    if (question->form == QUESTION_CHOICE) {
        text_add(to, number >= 0 && number < LESSON_CHOICES && question->choices[number]
                         ? question->choices[number]
                         : "?");
        return;
    }
    text_add_grouped(to, (uint64_t)(number < 0 ? 0 : number));
}

/* `said_before`: its belief stands at another bar already. */
static int draw_one(const struct model *model, struct canvas *canvas, int row, uint32_t question,
                    const struct bar *bar, int64_t most, bool said_before)
{
    const struct question *asked = &flow_text(model)->questions[question];
    bool counted = bar->person < 0;
    char number[120], words[600];
    struct text text = TEXT(number), said = TEXT(words);
    int room = draw_width(canvas) / 3;
    bool amounts = asked->form == QUESTION_NUMBER;
    int64_t length = most > 0 && amounts ? bar->number * room / most : 0;
    const char *sign = canvas->ascii ? (counted ? "=" : "#") : (counted ? "▓" : "█");
    amount(asked, bar->number, &text);
    canvas_write(canvas, row, MARGIN, 0, counted ? STYLE_STRONG : STYLE_PLAIN,
                 counted ? model_say(model, WORD_COUNTED)
                         : draw_person(model, (uint32_t)bar->person));
    int column = BAR_COLUMN;
    for (int64_t i = 0; i < length || (i == 0 && amounts && bar->number > 0); i++)
        column = canvas_write(canvas, row, column, 0, counted ? STYLE_STRONG : STYLE_DIM, sign);
    column = canvas_write(canvas, row, column + (column > BAR_COLUMN), 0, STYLE_STRONG, number) + 2;
    const struct belief *belief =
        counted || said_before ? NULL : flow_belief(model, question, (uint32_t)bar->person);
    text_add(&said, counted ? model_say(model, WORD_COUNTED_SO) : belief ? belief->words : "");
    if (canvas_width(words) < canvas->columns - column) {
        draw_prose(model, canvas, row, column, canvas->columns - column, 1, 0, words);
        return row + 1;
    }
    int width = canvas->columns - BAR_COLUMN - 1;
    return row + 1 + draw_prose(model, canvas, row + 1, BAR_COLUMN, width, 3, 0, words);
}

/* --- marks ------------------------------------------------------------------------------------ */

/* One part: whether it was counted, and what each made of it. */
static void draw_part(const struct model *model, struct canvas *canvas, int row, uint32_t question,
                      const char *name, int64_t bit)
{
    const struct flow *flow = &model->flow;
    bool counted = (flow->counted[question].number & bit) != 0;
    int column = MARK_COLUMN;
    canvas_write(canvas, row, MARGIN, column - 1, STYLE_PLAIN, name);
    canvas_write(canvas, row, column, 0, STYLE_STRONG,
                 model_say(model, counted ? WORD_COUNTED_ONE : WORD_NOT_COUNTED));
    for (uint32_t i = 0; i < flow->people; i++) {
        column += MARK_WIDTH;
        bool marked = (flow->guesses[question][i].number & bit) != 0;
        if (!counted && !marked) {
            canvas_write(canvas, row, column, 0, STYLE_DIM, "-");
            continue;
        }
        enum word word = !counted ? WORD_MARKED : marked ? WORD_FOUND : WORD_MISSED;
        canvas_write(canvas, row, column, 0, word == WORD_FOUND ? STYLE_SAFE : STYLE_RISK,
                     model_say(model, word));
    }
}

static int draw_marks(const struct model *model, struct canvas *canvas, int row, uint32_t question)
{
    const char *names[LESSON_MARKS];
    unsigned count = flow_marks(model, question, names);
    const struct flow *flow = &model->flow;
    canvas_write(canvas, row, MARK_COLUMN, 0, STYLE_DIM, model_say(model, WORD_COUNTED));
    for (uint32_t i = 0; i < flow->people; i++)
        canvas_write(canvas, row, MARK_COLUMN + MARK_WIDTH * ((int)i + 1), 0, STYLE_DIM,
                     draw_person(model, i));
    row++;
    for (unsigned i = 0; i < count; i++)
        draw_part(model, canvas, row++, question, names[i], INT64_C(1) << i);
    for (uint32_t i = 0; i < flow->people; i++) {
        const struct belief *belief = flow_belief(model, question, i);
        if (!belief)
            continue;
        canvas_write(canvas, row, MARGIN, 0, STYLE_PLAIN, draw_person(model, i));
        row += draw_prose(model, canvas, row, BAR_COLUMN, canvas->columns - BAR_COLUMN - 1, 3, 0,
                          belief->words);
    }
    return row;
}

int draw_question_bars(const struct model *model, struct canvas *canvas, int top, uint32_t question)
{
    const struct question *asked = &flow_text(model)->questions[question];
    struct bar bars[PEOPLE_MAX + 1];
    unsigned count = bars_of(model, question, bars);
    int64_t most = count ? bars[count - 1].number : 0;
    int row = top;
    bool named = asked->form == QUESTION_NUMBER && question == flow_first_question(model);
    if (!named) /* the big number says what the first one is about */
        row += draw_prose(model, canvas, row, MARGIN, draw_width(canvas), 3, 0, asked->words);
    if (asked->form == QUESTION_MAP)
        return draw_marks(model, canvas, row, question) - top;
    for (unsigned i = 0; i < count; i++) {
        bool said_before = false;
        for (unsigned k = 0; k < i && bars[i].person >= 0; k++)
            said_before =
                said_before ||
                (bars[k].person >= 0 && flow_belief(model, question, (uint32_t)bars[k].person) ==
                                            flow_belief(model, question, (uint32_t)bars[i].person));
        row = draw_one(model, canvas, row, question, &bars[i], most, said_before);
    }
    return row - top;
}
