/* A lesson or a world as lines: what a screen shows is said, what is asked is read from standard
 * input. */
#include "lab/app/plain.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/kept.h"
#include "lab/app/panel.h"
#include "lab/app/twins.h"
#include "lab/view/draw.h"

#define FRAME_NS (100 * MS_NS)

/* False at the end of the input. */
static bool read_line(struct model *model, char *line, size_t bytes)
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

static void say_prose(const struct model *model, const char *words)
{
    char text[4096];
    struct text to = TEXT(text);
    text_clear(&to);
    draw_text(model, &to, words);
    printf("%s\n", text);
}

static void say_step(const struct model *model, enum lesson_step step)
{
    const struct lesson_text *text = flow_text(model);
    printf("\n%d/7 %s\n\n", (int)step + 1, model_say(model, WORD_STEP_BRIEF + step));
    for (uint32_t i = 0; i < text->block_count[step]; i++) {
        const struct block *block = &text->blocks[step][i];
        if (block->kind == BLOCK_PARAGRAPH || block->kind == BLOCK_CODE)
            say_prose(model, block->words);
        else if (block->kind == BLOCK_ITEM)
            printf("- "), say_prose(model, block->words);
    }
}

static void say_panel(const struct model *model)
{
    struct panel_row rows[PANEL_MAX];
    unsigned count = panel_rows(model, rows);
    for (unsigned i = 0; i < count; i++)
        printf("%u  %s%s%s\n", i + 1, rows[i].words, rows[i].words[0] ? "  " : "", rows[i].line);
    printf("9  %s\n", model_say(model, WORD_BEGIN));
}

static void run_out(struct model *model)
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
static void say_twins(const struct model *model)
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
static void carry_out(struct model *model, const char *line)
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
    run_out(model);
    model->overlay = OVERLAY_NONE;
    say_outcome(model, command, done);
    if (twins_shown(model))
        say_twins(model);
}

static void say_news(const struct model *model)
{
    for (uint32_t i = 0; i < model->news_count; i++) {
        char when[32];
        struct text clock = TEXT(when);
        clock_add(&clock, model->news[i].time_ns, 2);
        const char *twin =
            model->news[i].variant < 0 || !twins_exist(model)
                ? ""
                : session_variant(model->session, (uint32_t)model->news[i].variant)->name;
        printf("%s  %s%s%s  %s\n", when, twin, *twin ? ": " : "", model->news[i].who,
               word_news(model->language, model->news[i].what));
    }
}

/* Lines until an empty one; false at the end of the input, or when the plug is in the hand. */
static bool read_commands(struct model *model)
{
    char line[LINE_BYTES];
    say_panel(model);
    printf("(%s)\n", model_say(model, WORD_PLAIN_ENTER));
    while (read_line(model, line, sizeof line)) {
        if (!line[strspn(line, " ")])
            return true;
        carry_out(model, line);
        if (model->asking == FIELD_GUESS)
            return true;
    }
    return false;
}

static bool ask_questions(struct model *model)
{
    flow_ask(model);
    while (model->asking == FIELD_GUESS) {
        const struct question *question = flow_question(model);
        char line[LINE_BYTES];
        say_prose(model, question->words);
        for (int i = 0; i < LESSON_CHOICES && question->choices[i]; i++)
            printf("%c  %s\n", 'a' + i, question->choices[i]);
        printf("(%s)\n", model_say(model, question->form == QUESTION_NUMBER ? WORD_GUESS_EXAMPLE
                                                                            : WORD_CHOICE_EXAMPLE));
        if (!read_line(model, line, sizeof line))
            return false;
        field_set(&model->flow.guesses[model->flow.question][0].field, line);
        flow_lock(model);
        if (model->message[0])
            printf("%s\n", model->message);
    }
    return true;
}

static bool watch(struct model *model)
{
    char line[LINE_BYTES];
    say_step(model, STEP_WATCH);
    run_out(model);
    flow_finish(model);
    run_out(model);
    say_news(model);
    if (flow_shows_ladder(model))
        carry_out(model, "report ladder");
    say_twins(model);
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->block_count[STEP_WATCH]; i++)
        if (text->blocks[STEP_WATCH][i].kind == BLOCK_ASK)
            say_prose(model, text->blocks[STEP_WATCH][i].words);
    bool more = read_line(model, line, sizeof line);
    snprintf(model->flow.saw, sizeof model->flow.saw, "%s", more ? line : "");
    kept_saw(model);
    return more;
}

static void explain(struct model *model)
{
    const struct lesson_text *text = flow_text(model);
    flow_step(model, STEP_EXPLAIN);
    for (uint32_t i = 0; i < text->question_count && i < QUESTIONS_MAX; i++) {
        const struct question *question = &text->questions[i];
        char guessed[120];
        struct text guess = TEXT(guessed);
        const struct belief *belief = flow_belief(model, i, 0);
        flow_understood(model, i, 0, &guess);
        printf("\n%s: %s%s%s\n", model_say(model, WORD_PLAIN_GUESS), guessed, belief ? "  " : "",
               belief ? belief->words : "");
        char counted[80];
        struct text number = TEXT(counted);
        draw_amount_of(&number, model, model->flow.counted[i].number, question->unit);
        if (model->flow.counted_known[i])
            printf("%s: %s\n", model_say(model, WORD_COUNTED),
                   question->form == QUESTION_CHOICE
                       ? question->choices[model->flow.counted[i].number]
                       : counted);
    }
    if (model->ended.life[model->language][0])
        printf("\n%s", model->ended.life[model->language]);
    say_step(model, STEP_EXPLAIN);
}

static void say_goals(const struct model *model)
{
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->goal_count && i < GOALS_MAX; i++) {
        const struct goal_state *goal = &model->flow.goals[i];
        printf("%s: %s %s, %s\n", text->goals[i].words, model_say(model, WORD_NOW),
               goal->known ? goal->now : "-",
               model_say(model, model->flow.tried && goal->met ? WORD_MET : WORD_NOT_MET));
    }
}

static void say_passed(const struct model *model)
{
    char price[300];
    struct text to = TEXT(price);
    text_clear(&to);
    if (model->flow.passed)
        draw_price(&to, model);
    else
        text_add(&to, model_say(model, WORD_NOT_PASSED));
    printf("%s\n", price);
}

/* Changes, a run, goals; again until they are met or nothing was changed. */
static bool vary(struct model *model)
{
    flow_step(model, STEP_VARY);
    say_step(model, STEP_VARY);
    for (;;) {
        uint32_t before = model->flow.change_count;
        say_goals(model);
        if (!read_commands(model))
            return false;
        if (model->flow.change_count == before && model->flow.tried)
            return true;
        if (model->flow.tried)
            flow_again(model, true);
        flow_finish(model);
        run_out(model);
        say_news(model);
        say_twins(model);
        say_passed(model);
    }
}

static void run_lesson(struct model *model)
{
    printf("%u %s\n", model->flow.lesson->number, flow_text(model)->title);
    drive_play(model, false);
    say_step(model, STEP_BRIEF);
    flow_step(model, STEP_TRY);
    say_step(model, STEP_TRY);
    if (!read_commands(model))
        return;
    if (model->flow.step == STEP_TRY && model->asking != FIELD_GUESS)
        flow_step(model, STEP_PREDICT);
    printf("\n");
    if (!ask_questions(model))
        return;
    if (model->flow.step != STEP_WATCH)
        flow_step(model, STEP_WATCH);
    if (!watch(model))
        return;
    explain(model);
    if (!vary(model))
        return;
    flow_step(model, STEP_WORK);
    say_step(model, STEP_WORK);
    kept_done(model);
}

static void run_world(struct model *model)
{
    printf("%s\n", model->look.title[0] ? model->look.title : model->file);
    while (read_commands(model))
        ;
}

static bool choose(struct model *model)
{
    char line[LINE_BYTES];
    int64_t number;
    printf("%s\n", model_say(model, WORD_PROGRAM));
    for (uint32_t i = 0; i < model->home.lesson_count; i++)
        printf("%u  %s\n", model->home.lessons[i]->number,
               model->home.lessons[i]->text[model->language].title);
    if (!read_line(model, line, sizeof line) || !lesson_guess_number(line, &number))
        return false;
    for (uint32_t i = 0; i < model->home.lesson_count; i++)
        if (model->home.lessons[i]->number == number)
            flow_open(model, i);
    if (!model->session)
        printf("%s\n", model_say(model, WORD_NO_SUCH_LESSON));
    return model->session != NULL;
}

int plain_run(struct model *model)
{
    if (model->message[0])
        printf("%s\n", model->message);
    if (!model->session && !choose(model))
        return 0;
    if (flow_active(model))
        run_lesson(model);
    else
        run_world(model);
    return 0;
}
