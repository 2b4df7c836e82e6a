/* Explain: guesses and the counted value as bars of one scale, one lost write's life, the prose. */
#include "lab/view/view.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/update.h"
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
    amount(model, asked, bar->number, &text);
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

static int draw_bars_of(const struct model *model, struct canvas *canvas, int row,
                        uint32_t question)
{
    struct bar bars[PEOPLE_MAX + 1];
    unsigned count = bars_of(model, question, bars);
    int64_t most = count ? bars[count - 1].number : 0;
    for (unsigned i = 0; i < count; i++) {
        bool said_before = false;
        for (unsigned k = 0; k < i && bars[i].person >= 0; k++)
            said_before =
                said_before ||
                (bars[k].person >= 0 && flow_belief(model, question, (uint32_t)bars[k].person) ==
                                            flow_belief(model, question, (uint32_t)bars[i].person));
        row = draw_one(model, canvas, row, question, &bars[i], most, said_before);
    }
    return row;
}

static void draw_nearest(const struct model *model, struct canvas *canvas)
{
    const struct question *question = &flow_text(model)->questions[0];
    int nearest = flow_nearest(model, 0);
    char name[60], apart[60], words[300], beside[120], whole[430];
    if (nearest < 0 || question->form != QUESTION_NUMBER)
        return;
    int64_t difference = model->flow.guesses[0][nearest].number - model->flow.counted[0].number;
    struct text text = TEXT(apart);
    draw_amount_of(&text, model, difference < 0 ? -difference : difference, question->unit);
    snprintf(name, sizeof name, model_say(model, WORD_PERSON_NAMED),
             draw_person(model, (uint32_t)nearest));
    snprintf(beside, sizeof beside, model_say(model, WORD_APART), apart);
    snprintf(words, sizeof words, model_say(model, WORD_NEAREST), name);
    snprintf(whole, sizeof whole, "%s   %s", words, beside);
    draw_status(model, canvas, STYLE_STRONG, whole);
}

/* What the counted metric is, in the words of its table. */
static const char *metric_words(const struct model *model, const char *name)
{
    const char *point = strrchr(name, '.');
    char owner[NAME_BYTES];
    snprintf(owner, sizeof owner, "%.*s", point ? (int)(point - name) : 0, name);
    const struct part *part = look_part(&model->ended.look, owner);
    int metric = part ? metric_find(catalog[part->kind], point + 1) : -1;
    if (metric < 0)
        return name;
    return model->language == LANGUAGE_KO ? catalog[part->kind]->metrics[metric].ko
                                          : catalog[part->kind]->metrics[metric].en;
}

static int64_t all_acked(const struct look *look)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < look->part_count; i++)
        if (look->parts[i].kind == KIND_CLIENT)
            sum += look_number(look, &look->parts[i], "acked");
    return sum;
}

/* The counted number three rows high, with its unit and of how many that got their OK. */
static int draw_counted(const struct model *model, struct canvas *canvas, int row)
{
    const struct question *question = &flow_text(model)->questions[0];
    const char *unit = word_unit(model->language, question->unit);
    char digits[40], beside[300];
    struct text all = TEXT(digits);
    canvas_write(canvas, row, MARGIN, canvas->columns - MARGIN, STYLE_PLAIN,
                 metric_words(model, question->answer));
    snprintf(beside, sizeof beside, "%s", unit);
    if (strcmp(unit, word_unit(model->language, draw_unit(model))) == 0) {
        draw_count(&all, model, all_acked(&model->ended.look));
        snprintf(beside, sizeof beside, model_say(model, WORD_OF_ACKED), unit, digits);
    }
    return draw_big(model, canvas, row + 1, MARGIN, model->flow.counted[0].number, beside);
}

void view_explain(const struct model *model, struct canvas *canvas)
{
    const struct lesson_text *text = flow_text(model);
    const char *life = model->ended.life[model->language];
    int end = draw_body_end(canvas), row = BODY_TOP, skip = (int)model->scroll;
    draw_world_frame(model, canvas);
    if (text->question_count && model->flow.counted_known[0] &&
        text->questions[0].form == QUESTION_NUMBER)
        row = draw_counted(model, canvas, row) + 1;
    for (uint32_t i = 0; i < text->question_count && i < QUESTIONS_MAX; i++)
        row = draw_bars_of(model, canvas, row, i) + (canvas->rows > ROWS_NEEDED);
    row +=
        canvas->rows <= ROWS_NEEDED && end - row > 11; /* a blank one, unless the life needs it */
    int lines = *life ? draw_lines(canvas, row - skip, row, end, life) + 1 : 0;
    int over = skip > lines ? skip - lines : 0, at = skip > lines ? row : row + lines - skip;
    lines += draw_step(model, canvas, at, end > at ? end - at : 0, over, STEP_EXPLAIN);
    if (lines - skip > end - row) {
        const char *more = model_say(model, WORD_MORE_BELOW);
        canvas_print(canvas, end, canvas->columns - canvas_width(more) - 3, 0, STYLE_DIM, " %s ",
                     more);
    }
    draw_nearest(model, canvas);
}
