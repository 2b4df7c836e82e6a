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

/* "2:20 late  leave out: second guess" */
static void add_late(const struct model *model, const struct meeting_clock *clock, struct text *to)
{
    char time[40], words[80];
    struct text behind = TEXT(time);
    text_clear(&behind);
    draw_minutes(&behind, clock->late_ms);
    snprintf(words, sizeof words, model_say(model, WORD_LATE), time);
    text_add(to, words);
    add_leave_out(model, clock, to);
}

static void add_in_all(const struct model *model, const struct meeting_clock *clock,
                       struct text *to)
{
    text_add(to, model_say(model, WORD_IN_ALL));
    text_add_char(to, ' ');
    draw_minutes(to, clock->meeting_ms);
    text_add_char(to, '/');
    draw_minutes(to, MEETING_MINUTES * MINUTE_MS);
}

/* What to leave out has its room: then which question it is, and its phase, are in the title. */
void draw_meeting_clock(const struct model *model, struct canvas *canvas)
{
    struct meeting_clock clock;
    char question[80], phase[80], time[60], last[200];
    struct text gone = TEXT(time), said = TEXT(last);
    if (!model->meeting.on)
        return;
    meeting_clock(model, &clock);
    bool late = clock.late_ms >= 1000;
    snprintf(question, sizeof question, model_say(model, WORD_QUESTION_OF), model->meeting.at + 1,
             model->meeting.lesson_count);
    text_clear(&gone);
    text_clear(&said);
    draw_minutes(&gone, clock.question_ms);
    text_add_char(&gone, '/');
    draw_minutes(&gone, clock.phase_end_ms);
    snprintf(phase, sizeof phase, "%s %s", model_say(model, WORD_PHASE_SITUATION + clock.phase),
             time);
    if (late)
        add_late(model, &clock, &said);
    else
        add_in_all(model, &clock, &said);
    int room = canvas->columns - 2 * MARGIN - canvas_width(last) - 3, column = MARGIN;
    if (canvas_width(question) + canvas_width(phase) + 6 <= room)
        column = draw_part(canvas, column, STYLE_PLAIN, question);
    column =
        draw_part(canvas, column, STYLE_STRONG, canvas_width(phase) + 3 <= room ? phase : time);
    draw_part(canvas, column, late ? STYLE_RISK : STYLE_PLAIN, last);
}
