/* Home: what there is to learn, under the question that it answers; the sandbox; files; the
 * language. */
#include "lab/view/view.h"

#include <stdio.h>

#include "lab/app/home.h"
#include "lab/app/meeting.h"
#include "lab/view/draw.h"

/* Lessons by number, as the study group asked. */
static const struct group {
    uint32_t first, last;
    enum word title;
} groups[] = {
    {1, 6, WORD_GROUP_REDIS},  {7, 8, WORD_GROUP_CONNECTION}, {9, 11, WORD_GROUP_WEBSOCKET},
    {12, 12, WORD_GROUP_SPOF}, {13, 99, WORD_GROUP_NEXT},
};

#define RIGHT_LESSONS 38 /* the longest titles are there */

/* Its state stands at the end of the column; a title may go up to it. */
static void draw_lesson(const struct model *model, struct canvas *canvas, int row, int column,
                        int end, uint32_t at)
{
    const struct home *home = &model->home;
    const struct lesson *lesson = home->lessons[at];
    bool selected = home->cursor == at;
    const char *state = home->done[at]    ? model_say(model, WORD_DONE)
                        : home->begun[at] ? model_say(model, WORD_BEGUN)
                                          : "";
    if (selected)
        canvas_write(canvas, row, column, 0, STYLE_ACTION, ">");
    canvas_print(canvas, row, column + 1, 0, STYLE_ACTION, "%2u", lesson->number);
    int state_at = end - canvas_width(state);
    canvas_write(canvas, row, column + 4, state_at - (state[0] != 0),
                 selected ? STYLE_SELECTED : STYLE_PLAIN, lesson->text[model->language].title);
    canvas_write(canvas, row, state_at, 0, STYLE_DIM, state);
}

static int draw_group(const struct model *model, struct canvas *canvas, int row,
                      const struct group *group)
{
    const struct home *home = &model->home;
    bool right = home_right(group->first);
    int used = 0, column = right ? RIGHT_LESSONS : MARGIN;
    int end = right ? 80 - MARGIN : RIGHT_LESSONS - 1;
    for (uint32_t i = 0; i < home->lesson_count; i++) {
        uint32_t number = home->lessons[i]->number;
        if (number < group->first || number > group->last)
            continue;
        if (used == 0)
            canvas_write(canvas, row + used++, column, 0, STYLE_STRONG,
                         model_say(model, group->title));
        draw_lesson(model, canvas, row + used++, column + 1, end, i);
    }
    return used ? used + 1 : 0;
}

/* A row of what is due now: its word, the lesson, why, how long it takes. */
static void draw_place(const struct model *model, struct canvas *canvas, int row, uint32_t which,
                       const struct lesson *lesson, const char *why, uint32_t minutes)
{
    bool selected = model->home.cursor == which;
    char takes[40];
    if (selected)
        canvas_write(canvas, row, MARGIN, 0, STYLE_ACTION, ">");
    canvas_write(canvas, row, MARGIN + 2, 0, STYLE_STRONG,
                 model_say(model, which == HOME_GO_ON ? WORD_GO_ON_WITH : WORD_REVIEW_DUE));
    canvas_print(canvas, row, MARGIN + 9, 0, STYLE_ACTION, "%2u", lesson->number);
    canvas_write(canvas, row, MARGIN + 12, MARGIN + 33, selected ? STYLE_SELECTED : STYLE_PLAIN,
                 lesson->text[model->language].title);
    snprintf(takes, sizeof takes, model_say(model, WORD_MINUTES), minutes);
    int end = 80 - MARGIN - canvas_width(takes);
    canvas_write(canvas, row, MARGIN + 34, end - 1, STYLE_PLAIN, why);
    canvas_write(canvas, row, end, 0, STYLE_DIM, takes);
}

/* A meeting, or one that was left half done. */
static void draw_meeting_row(const struct model *model, struct canvas *canvas, int row)
{
    const struct meeting *meeting = &model->meeting;
    bool half = meeting_is_half_done(model), selected = model->home.cursor == HOME_MEETING;
    char words[120];
    if (selected)
        canvas_write(canvas, row, MARGIN, 0, STYLE_ACTION, ">");
    canvas_write(canvas, row, MARGIN + 2, 0, STYLE_STRONG, model_say(model, WORD_MEETING));
    snprintf(words, sizeof words, model_say(model, WORD_QUESTION_OF),
             meeting->at < meeting->lesson_count ? meeting->at + 1 : meeting->lesson_count,
             meeting->lesson_count);
    canvas_write(canvas, row, MARGIN + 12, MARGIN + 33, selected ? STYLE_SELECTED : STYLE_PLAIN,
                 half ? words : model_say(model, WORD_THREE_ON_ONE_SCREEN));
    canvas_write(canvas, row, MARGIN + 34, 0, STYLE_PLAIN,
                 model_say(model, half ? WORD_HALF_DONE : WORD_EIGHT_MINUTES));
    canvas_write(canvas, row, 80 - MARGIN - 1, 0, STYLE_ACTION, "g");
}

static bool is_new(const struct home *home)
{
    bool seen = home->lesson_count == 0;
    for (uint32_t i = 0; i < home->lesson_count; i++)
        seen = seen || home->done[i] || home->begun[i];
    return !seen;
}

/* What to go on with, and what is due: how many rows it takes. */
static int draw_now(const struct model *model, struct canvas *canvas)
{
    const struct home *home = &model->home;
    char why[120];
    int row = BODY_TOP;
    canvas_write(canvas, row++, MARGIN, 0, STYLE_STRONG,
                 model_say(model, is_new(home) ? WORD_NEW_HERE : WORD_NOW_HEADING));
    if (home->go_on) {
        const struct lesson *lesson = home->lessons[home->go_on - 1];
        uint32_t left = (lesson->minutes * (STEP_REVIEW - home->go_on_step) + 6) / STEP_REVIEW;
        draw_place(model, canvas, row++, HOME_GO_ON, lesson,
                   model_say(model, WORD_LEFT_BRIEF + home->go_on_step), left ? left : 1);
    }
    if (home->review) {
        snprintf(why, sizeof why, model_say(model, WORD_LEARNT_AGO), home->review_days);
        draw_place(model, canvas, row++, HOME_REVIEW, home->lessons[home->review - 1], why, 1);
    }
    draw_meeting_row(model, canvas, row++);
    return row - BODY_TOP;
}

/* The question that the lesson at the cursor answers. */
static void draw_asks(const struct model *model, struct canvas *canvas)
{
    const char *words = model_say(model, WORD_LESSON_TAKES);
    const struct lesson *lesson = home_lesson(model);
    if (lesson)
        words = lesson->text[model->language].asks;
    if (!model->message[0] && model->asking == FIELD_NONE)
        draw_status(model, canvas, STYLE_PLAIN, words);
}

void view_home(const struct model *model, struct canvas *canvas)
{
    const struct home *home = &model->home;
    char title[120];
    snprintf(title, sizeof title, "outage  %s", model_say(model, WORD_PROGRAM));
    draw_frame(model, canvas, title, model_say(model, WORD_LANGUAGE_NOW));
    int top = BODY_TOP + 1 + draw_now(model, canvas), rows[2] = {top, top};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        bool right = home_right(groups[i].first);
        rows[right] += draw_group(model, canvas, rows[right], &groups[i]);
    }
    if (!home->lesson_count)
        canvas_write(canvas, BODY_TOP + 1, MARGIN, 0, STYLE_RISK,
                     home->trouble[0] ? home->trouble : model_say(model, WORD_NO_LESSONS));
    static const struct {
        const char *key;
        enum word words;
    } entries[HOME_ENTRIES] = {[HOME_SANDBOX] = {"s", WORD_SANDBOX},
                               [HOME_FILE] = {"o", WORD_OPEN_FILE},
                               [HOME_SEARCH] = {"/", WORD_SEARCH}};
    int row = draw_body_end(canvas) - 2, column = MARGIN;
    for (uint32_t i = 0; i < HOME_ENTRIES; i++) {
        bool selected = home->cursor == home->lesson_count + i;
        column = canvas_write(canvas, row, column, 0, STYLE_ACTION, selected ? ">" : " ");
        column = canvas_write(canvas, row, column, 0, STYLE_ACTION, entries[i].key);
        column = canvas_write(canvas, row, column + 1, 0, selected ? STYLE_SELECTED : STYLE_PLAIN,
                              model_say(model, entries[i].words)) +
                 3;
    }
    draw_asks(model, canvas);
}

void view_language(const struct model *model, struct canvas *canvas)
{
    draw_frame(model, canvas, "outage", "");
    canvas_print(canvas, 5, 5, 0, STYLE_STRONG, "%s   %s",
                 word_in(LANGUAGE_KO, WORD_CHOOSE_LANGUAGE),
                 word_in(LANGUAGE_EN, WORD_CHOOSE_LANGUAGE));
    bool korean = model->language == LANGUAGE_KO;
    canvas_write(canvas, 7, 5, 0, korean ? STYLE_SELECTED : STYLE_PLAIN,
                 korean ? "> 한국어" : "  한국어");
    canvas_write(canvas, 8, 5, 0, korean ? STYLE_PLAIN : STYLE_SELECTED,
                 korean ? "  English" : "> English");
}
