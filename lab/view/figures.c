/* Numbers as a person on a blurred screen can read them. */
#include "lab/view/draw.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/flow.h"

/* 42,298 while it runs is 42,300: only three digits mean something then. */
static int64_t three_digits(int64_t number)
{
    int64_t unit = 1;
    while (number / unit >= 1000)
        unit *= 10;
    return (number + unit / 2) / unit * unit;
}

void draw_count(struct text *to, const struct model *model, int64_t number)
{
    if (number < 0) {
        text_add_i64(to, number);
        return;
    }
    text_add_grouped(to, (uint64_t)(drive_moving(&model->drive) ? three_digits(number) : number));
}

void draw_amount_of(struct text *to, const struct model *model, int64_t number, const char *unit)
{
    text_add_grouped(to, (uint64_t)(number < 0 ? 0 : number));
    const char *word = word_unit(model->language, unit);
    text_add(to, word == unit ? " " : "");
    text_add(to, word);
}

void draw_value(struct text *to, const struct model *model, const struct value *value)
{
    struct value shown = *value;
    if (drive_moving(&model->drive) && shown.number > 0 &&
        (shown.unit == UNIT_COUNT || shown.unit == UNIT_PER_SECOND))
        shown.number = three_digits(shown.number);
    value_add_screen(to, &shown);
}

void draw_figure(struct text *to, const struct model *model, const struct figure *figure)
{
    if (figure && figure->hidden)
        text_add(to, model_say(model, WORD_SHOWN_AFTER_GUESS));
    else if (!figure || !figure->known)
        text_add(to, "-");
    else
        draw_value(to, model, &figure->value);
}

int draw_big(const struct model *model, struct canvas *canvas, int row, int column, int64_t number,
             const char *beside)
{
    char digits[40];
    struct text text = TEXT(digits);
    draw_count(&text, model, number);
    int after = canvas_digits(canvas, row, column, STYLE_STRONG, digits);
    int rows = canvas_digits_rows(canvas);
    canvas_write(canvas, row + rows - 1, after + 2, 0, STYLE_PLAIN, beside);
    return row + rows;
}

const char *draw_unit(const struct model *model)
{
    const struct lesson_text *text = flow_active(model) ? flow_text(model) : NULL;
    static const char *const writes[] = {"orders", "messages", "requests"};
    for (uint32_t i = 0; text && i < text->question_count; i++)
        for (size_t k = 0; k < sizeof writes / sizeof *writes; k++)
            if (strcmp(text->questions[i].unit, writes[k]) == 0)
                return writes[k];
    return "writes";
}

const char *draw_person(const struct model *model, uint32_t person)
{
    if (model->flow.people == 1) /* alone one needs no letter */
        return model_say(model, WORD_MY_GUESS);
    const char *name = model->flow.names[person];
    return name[0] ? name : model_say(model, WORD_PERSON_A + person);
}
