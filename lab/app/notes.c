/* What `n` puts into the notes: the screen's numbers, with a line of one's own. */
#include "lab/app/meeting.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/kept_meeting.h"
#include "lab/view/draw.h"

static void add_part(struct text *to, const char *words)
{
    text_add(to, to->used ? "; " : "");
    text_add(to, words);
}

/* What the screen shows three rows high, with its words. */
static void add_big(const struct model *model, struct text *to)
{
    char words[300], digits[40];
    struct text text = TEXT(words), number = TEXT(digits);
    struct big_number big;
    if (!draw_big_of(model, &big))
        return;
    text_clear(&number);
    text_clear(&text);
    draw_amount_of(&number, model, big.number, big.unit);
    text_add(&text, big.words);
    text_add_char(&text, ' ');
    text_add(&text, digits);
    add_part(to, words);
}

static void add_watched(const struct model *model, struct text *to)
{
    for (uint32_t i = 0; i < model->look.chart_count; i++) {
        const struct chart *chart = &model->look.charts[i];
        const struct figure *figure = look_figure(&model->look, chart->name);
        char words[160];
        struct text text = TEXT(words);
        if (chart->hidden || !figure || figure->hidden || !figure->known)
            continue;
        text_clear(&text);
        text_add(&text, chart->name);
        text_add_char(&text, ' ');
        draw_value(&text, model, &figure->value);
        add_part(to, words);
    }
}

void notes_figures(const struct model *model, struct text *to)
{
    text_clear(to);
    if (!model->session)
        return;
    clock_add(to, model->look.now_ns, 1);
    add_big(model, to);
    add_watched(model, to);
    if (model->last_command[0])
        add_part(to, model->last_command);
}

/* The numbers are those of now: the world stands while the line is written. */
void notes_open(struct model *model)
{
    struct text text = TEXT(model->message);
    drive_play(model, false);
    model->meeting.noting_from = model->asking;
    model->meeting.noting_over = model->field;
    model->asking = FIELD_NOTE;
    field_clear(&model->field);
    notes_figures(model, &text);
}

void notes_leave(struct model *model)
{
    model->asking = model->meeting.noting_from;
    model->field = model->meeting.noting_over;
    model->message[0] = 0;
}

void notes_take(struct model *model)
{
    char figures[KEPT_WORDS_BYTES], words[KEPT_WORDS_BYTES];
    struct text shown = TEXT(figures), text = TEXT(words);
    const char *line = model->field.text + strspn(model->field.text, " ");
    notes_figures(model, &shown);
    text_clear(&text);
    text_add(&text, line);
    if (figures[0])
        text_add(&text, *line ? " (" : "");
    text_add(&text, figures);
    if (figures[0])
        text_add(&text, *line ? ")" : "");
    notes_leave(model);
    if (words[0] && kept_note(model, words))
        model_tell(model, "%s", model_say(model, WORD_NOTED));
}
