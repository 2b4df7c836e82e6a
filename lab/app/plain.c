/* A lesson or a world as lines: what a screen shows is said, what is asked is read from standard
 * input. */
#include "lab/app/plain.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/home.h"
#include "lab/app/panel.h"
#include "lab/app/plain_say.h"
#include "lab/app/review.h"
#include "lab/app/twins.h"
#include "lab/view/draw.h"

#define FRAME_NS (100 * MS_NS)

/* False at the end of the input. */
bool plain_read(struct model *model, char *line, size_t bytes)
{
    printf("> ");
    fflush(stdout);
    model->message[0] = 0;
    if (!fgets(line, (int)bytes, stdin)) {
        printf("\n");
        return false;
    }
    line[strcspn(line, "\r\n")] = 0;
    return true;
}

void plain_prose(const struct model *model, const char *words)
{
    char text[4096];
    struct text to = TEXT(text);
    text_clear(&to);
    draw_text(model, &to, words);
    printf("%s\n", text);
}

static void say_panel(const struct model *model)
{
    struct panel_row rows[PANEL_MAX];
    unsigned count = panel_rows(model, rows);
    for (unsigned i = 0; i < count; i++)
        printf("%u  %s%s%s\n", i + 1, rows[i].words, rows[i].words[0] ? "  " : "", rows[i].line);
    printf("9  %s\n", model_say(model, WORD_BEGIN));
}

void plain_run_out(struct model *model)
{
    while (drive_moving(&model->drive)) {
        drive_time(model, FRAME_NS);
        while (drive_work(model))
            ;
    }
}

/* The error with its place, or the answer, or what was done and when. */
static void say_outcome(const struct model *model, const char *command, bool done)
{
    char when[32];
    struct text clock = TEXT(when);
    if (model->answer[0])
        printf("%s\n", model->answer);
    else if (model->message[0] && model->wrong && !done)
        printf("%u: %s\n", (unsigned)model->wrong, model->message);
    else if (model->message[0])
        printf("%s\n", model->message);
    else if (done) {
        clock_add(&clock, session_now(model->session), 1);
        printf("%s  %s\n", when, command);
    }
}

/* Both, one below the other, and in what they differ. */
void plain_twins(const struct model *model)
{
    char words[4 * LINE_BYTES];
    struct text to = TEXT(words);
    if (!twins_exist(model))
        return;
    text_clear(&to);
    draw_twins_text(model, &to);
    printf("%s", words);
}

/* What was typed: a digit of the panel, 9, or any command. */
void plain_carry_out(struct model *model, const char *line)
{
    struct panel_row rows[PANEL_MAX];
    unsigned count = panel_rows(model, rows);
    bool digit = line[0] >= '1' && line[0] <= '8' && !line[1];
    if (digit && (unsigned)(line[0] - '1') >= count)
        return;
    const char *command = digit                    ? rows[line[0] - '1'].line
                          : strcmp(line, "9") == 0 ? "rewind 0s"
                                                   : line;
    bool done = model_command(model, command);
    if (done)
        flow_changed(model, command);
    plain_run_out(model);
    model->overlay = OVERLAY_NONE;
    say_outcome(model, command, done);
    if (twins_shown(model))
        plain_twins(model);
}

bool plain_commands(struct model *model, bool (*own)(struct model *model, const char *line))
{
    char line[LINE_BYTES];
    say_panel(model);
    printf("(%s)\n", model_say(model, WORD_PLAIN_ENTER));
    while (plain_read(model, line, sizeof line)) {
        if (!line[strspn(line, " ")])
            return true;
        if (!own || !own(model, line))
            plain_carry_out(model, line);
        if (model->asking == FIELD_GUESS)
            return true;
    }
    return false;
}

static void run_world(struct model *model)
{
    printf("%s\n", model->look.title[0] ? model->look.title : model->file);
    while (plain_commands(model, NULL))
        ;
}

static bool choose(struct model *model)
{
    char line[LINE_BYTES];
    int64_t number;
    uint32_t at;
    printf("%s\n", model_say(model, WORD_PROGRAM));
    if (model->home.review)
        printf("r  %s %u %s\n", model_say(model, WORD_REVIEW_DUE),
               model->home.lessons[model->home.review - 1]->number,
               model->home.lessons[model->home.review - 1]->text[model->language].title);
    for (uint32_t i = 0; i < model->home.lesson_count; i++)
        printf("%u  %s\n", model->home.lessons[i]->number,
               model->home.lessons[i]->text[model->language].title);
    if (!plain_read(model, line, sizeof line))
        return false;
    model->message[0] = 0;
    if (line[0] == 'r' && model->home.review)
        review_open(model, model->home.review - 1);
    else if (!lesson_guess_number(line, &number))
        return false;
    else if (number > 0 && number <= UINT32_MAX && home_numbered(model, (uint32_t)number, &at))
        flow_open(model, at);
    else
        model_tell(model, "%s", model_say(model, WORD_NO_SUCH_LESSON));
    if (!model->session) /* or why it could not be read */
        printf("%s\n", model->message);
    return model->session != NULL;
}

int plain_run(struct model *model)
{
    if (model->message[0])
        printf("%s\n", model->message);
    if (!model->session && !choose(model))
        return 0;
    if (model->review.lesson)
        plain_review(model);
    else if (flow_active(model))
        plain_lesson(model);
    else
        run_world(model);
    return 0;
}
