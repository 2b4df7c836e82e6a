/* The clock of a meeting, in the rule below the title: it says how late it is, and what to leave
 * out. */
#include "lab/view/draw.h"

#include <stdio.h>

#include "lab/app/meeting.h"

void draw_minutes(struct text *to, uint64_t time_ms)
{
    text_add_u64(to, time_ms / MINUTE_MS);
    text_add_char(to, ':');
    text_add_padded(to, time_ms % MINUTE_MS / 1000, 2);
}

static void add_leave_out(const struct model *model, const struct meeting_clock *clock,
                          struct text *to)
{
    char last[60];
    const char *parts[3];
    unsigned count = 0;
    snprintf(last, sizeof last, model_say(model, WORD_LEAVE_QUESTION), model->meeting.lesson_count);
    if (clock->leave_second)
        parts[count++] = model_say(model, WORD_PHASE_SECOND);
    if (clock->leave_explain)
        parts[count++] = model_say(model, WORD_LEAVE_EXPLAIN);
    if (clock->leave_question)
        parts[count++] = last;
    if (!count)
        return;
    text_add(to, "  ");
    text_add(to, model_say(model, WORD_LEAVE_OUT));
    for (unsigned i = 0; i < count; i++) {
        text_add(to, i ? ", " : " ");
        text_add(to, parts[i]);
    }
}

static int draw_part(struct canvas *canvas, int column, enum style style, const char *words)
{
    column = canvas_write(canvas, 1, column, 0, STYLE_DIM, " ");
    column = canvas_write(canvas, 1, column, 0, style, words);
    return canvas_write(canvas, 1, column, 0, STYLE_DIM, " ") + 1;
}

void draw_meeting_clock(const struct model *model, struct canvas *canvas)
{
    struct meeting_clock clock;
    char words[80], late[200], time[40];
    struct text text = TEXT(words), said = TEXT(late), behind = TEXT(time);
    if (!model->meeting.on)
        return;
    meeting_clock(model, &clock);
    snprintf(words, sizeof words, model_say(model, WORD_QUESTION_OF), model->meeting.at + 1,
             model->meeting.lesson_count);
    int column = draw_part(canvas, MARGIN, STYLE_PLAIN, words);
    text_clear(&text);
    text_add(&text, model_say(model, WORD_PHASE_SITUATION + clock.phase));
    text_add_char(&text, ' ');
    draw_minutes(&text, clock.question_ms);
    text_add_char(&text, '/');
    draw_minutes(&text, clock.phase_end_ms);
    column = draw_part(canvas, column, STYLE_STRONG, words);
    if (clock.late_ms >= 1000) {
        text_clear(&behind);
        draw_minutes(&behind, clock.late_ms);
        snprintf(late, sizeof late, model_say(model, WORD_LATE), time);
        said.used = 0;
        while (late[said.used])
            said.used++;
        add_leave_out(model, &clock, &said);
        draw_part(canvas, column, STYLE_RISK, late);
        return;
    }
    text_clear(&text);
    text_add(&text, model_say(model, WORD_IN_ALL));
    text_add_char(&text, ' ');
    draw_minutes(&text, clock.meeting_ms);
    text_add_char(&text, '/');
    draw_minutes(&text, MEETING_MINUTES * MINUTE_MS);
    draw_part(canvas, column, STYLE_PLAIN, words);
}
