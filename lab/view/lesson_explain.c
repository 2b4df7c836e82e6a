/* Explain: guesses and the counted value as bars of one scale, one lost write's life, the prose. */
#include "lab/view/view.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/view/draw.h"

#define BAR_COLUMN 10

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

static void amount(const struct model *model, const struct question *question, int64_t number,
                   struct text *to)
{
    if (question->form == QUESTION_CHOICE) {
        text_add(to, number >= 0 && number < LESSON_CHOICES && question->choices[number]
                         ? question->choices[number]
                         : "?");
        return;
    }
    text_add_grouped(to, (uint64_t)(number < 0 ? 0 : number));
    (void)model;
}

static int draw_one(const struct model *model, struct canvas *canvas, int row, uint32_t question,
                    const struct bar *bar, int64_t most)
{
    const struct question *asked = &flow_text(model)->questions[question];
    bool counted = bar->person < 0;
    char number[120], words[600];
    struct text text = TEXT(number), said = TEXT(words);
    int room = draw_width(canvas) / 3;
    int64_t length = most > 0 && asked->form == QUESTION_NUMBER ? bar->number * room / most : 0;
    const char *sign = canvas->ascii ? (counted ? "=" : "#") : (counted ? "▓" : "█");
    amount(model, asked, bar->number, &text);
    canvas_write(canvas, row, MARGIN, 0, counted ? STYLE_STRONG : STYLE_PLAIN,
                 counted ? model_say(model, WORD_COUNTED)
                         : draw_person(model, (uint32_t)bar->person));
    int column = BAR_COLUMN;
    for (int64_t i = 0; i < length || (i == 0 && bar->number > 0); i++)
        column = canvas_write(canvas, row, column, 0, counted ? STYLE_STRONG : STYLE_DIM, sign);
    column = canvas_write(canvas, row, column + (column > BAR_COLUMN), 0, STYLE_STRONG, number) + 2;
    const struct belief *belief =
        counted ? NULL : flow_belief(model, question, (uint32_t)bar->person);
    text_add(&said, counted ? model_say(model, WORD_COUNTED_SO) : belief ? belief->words : "");
    if (canvas_width(words) < canvas->columns - column) {
        draw_prose(model, canvas, row, column, canvas->columns - column, 1, 0, words);
        return row + 1;
    }
    int width = canvas->columns - BAR_COLUMN - 1;
    return row + 1 + draw_prose(model, canvas, row + 1, BAR_COLUMN, width, 3, 0, words);
}

static int draw_bars_of(const struct model *model, struct canvas *canvas, int row,
                        uint32_t question)
{
    struct bar bars[PEOPLE_MAX + 1];
    unsigned count = bars_of(model, question, bars);
    int64_t most = count ? bars[count - 1].number : 0;
    for (unsigned i = 0; i < count; i++)
        row = draw_one(model, canvas, row, question, &bars[i], most);
    return row;
}

static void draw_nearest(const struct model *model, struct canvas *canvas)
{
    const struct question *question = &flow_text(model)->questions[0];
    int nearest = flow_nearest(model, 0);
    char name[60], apart[60], words[300], beside[120];
    if (nearest < 0 || question->form != QUESTION_NUMBER || model->message[0] ||
        model->asking != FIELD_NONE)
        return;
    int64_t difference = model->flow.guesses[0][nearest].number - model->flow.counted[0].number;
    struct text text = TEXT(apart);
    text_add_grouped(&text, (uint64_t)(difference < 0 ? -difference : difference));
    snprintf(name, sizeof name, model_say(model, WORD_PERSON_NAMED),
             draw_person(model, (uint32_t)nearest));
    snprintf(words, sizeof words, model_say(model, WORD_NEAREST), name);
    snprintf(beside, sizeof beside, model_say(model, WORD_APART), apart);
    for (int i = 0; i < canvas->columns; i++)
        canvas_write(canvas, canvas->rows - 2, i, 0, STYLE_PLAIN, " ");
    int column = canvas_write(canvas, canvas->rows - 2, MARGIN, 0, STYLE_STRONG, words);
    canvas_write(canvas, canvas->rows - 2, column + 3, 0, STYLE_PLAIN, beside);
}

/* The counted number, with its unit and what the metric is. */
static int draw_counted(const struct model *model, struct canvas *canvas, int row)
{
    const struct question *question = &flow_text(model)->questions[0];
    const char *point = strrchr(question->answer, '.');
    char owner[NAME_BYTES], beside[300];
    snprintf(owner, sizeof owner, "%.*s", point ? (int)(point - question->answer) : 0,
             question->answer);
    const struct part *part = look_part(&model->ended, owner);
    int metric = part ? metric_find(catalog[part->kind], point + 1) : -1;
    const char *help = "";
    if (metric >= 0)
        help = model->language == LANGUAGE_KO ? catalog[part->kind]->metrics[metric].ko
                                              : catalog[part->kind]->metrics[metric].en;
    snprintf(beside, sizeof beside, "%s   %s: %s", word_unit(model->language, question->unit),
             question->answer, help);
    return draw_big(model, canvas, row, MARGIN, model->flow.counted[0].number, beside);
}

void view_explain(const struct model *model, struct canvas *canvas)
{
    const struct lesson_text *text = flow_text(model);
    int end = draw_body_end(canvas), row = BODY_TOP;
    draw_world_frame(model, canvas);
    if (text->question_count && model->flow.counted_known[0] &&
        text->questions[0].form == QUESTION_NUMBER)
        row = draw_counted(model, canvas, row) + 1;
    for (uint32_t i = 0; i < text->question_count && i < QUESTIONS_MAX; i++)
        row = draw_bars_of(model, canvas, row, i) + 1;
    int skip = (int)model->scroll;
    int lines = draw_step(model, canvas, row, end - row, skip, STEP_EXPLAIN) + 1;
    if (model->life_write)
        lines += draw_lines(canvas, row + lines - skip, row, end, model->life);
    if (lines - skip > end - row) {
        const char *more = model_say(model, WORD_MORE_BELOW);
        canvas_print(canvas, end, canvas->columns - canvas_width(more) - 3, 0, STYLE_DIM, " %s ",
                     more);
    }
    draw_nearest(model, canvas);
}
