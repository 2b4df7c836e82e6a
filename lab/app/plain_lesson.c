/* A lesson as lines: its questions, the guesses beside what was counted in words, goals, review. */
#include "lab/app/plain.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/kept.h"
#include "lab/app/plain_say.h"
#include "lab/app/review.h"
#include "lab/app/twins.h"
#include "lab/lesson/run.h"
#include "lab/view/draw.h"

static void say_heading(const struct model *model, enum lesson_step step)
{
    printf("\n%d/7 %s\n\n", (int)step + 1, model_say(model, WORD_STEP_BRIEF + step));
}

static void say_blocks(const struct model *model, enum lesson_step step)
{
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->block_count[step]; i++) {
        const struct block *block = &text->blocks[step][i];
        if (!flow_shows(model, step, block))
            continue;
        if (block->kind == BLOCK_PARAGRAPH || block->kind == BLOCK_CODE)
            plain_prose(model, block->words);
        else if (block->kind == BLOCK_ITEM)
            printf("- "), plain_prose(model, block->words);
    }
}

static void say_step(const struct model *model, enum lesson_step step)
{
    say_heading(model, step);
    say_blocks(model, step);
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

/* --- predict ---------------------------------------------------------------------------------- */

static void say_question(const struct model *model, const struct question *question)
{
    plain_prose(model, question->words);
    for (int i = 0; i < LESSON_CHOICES && question->choices[i]; i++)
        printf("%c  %s\n", 'a' + i, question->choices[i]);
}

static void say_marks(const struct model *model)
{
    const char *names[LESSON_MARKS];
    unsigned count = flow_marks(model, model->flow.question, names);
    for (unsigned i = 0; i < count; i++)
        printf("%u  %s\n", i + 1, names[i]);
    printf("(%s)\n", model_say(model, WORD_PLAIN_MARKS));
}

/* Parts of a map are named, or said by their numbers: "1,3". */
static void take_guess(struct model *model, const char *line)
{
    struct field *field = &model->flow.guesses[model->flow.question][0].field;
    const char *names[LESSON_MARKS];
    char words[FIELD_BYTES];
    struct text text = TEXT(words);
    int64_t bits;
    field_set(field, line);
    if (!flow_on_map(model))
        return;
    unsigned count = flow_marks(model, model->flow.question, names);
    if (!lesson_marks_read(line, names, count, &bits))
        return;
    text_clear(&text);
    lesson_marks_add(&text, names, count, bits);
    field_set(field, words);
}

static bool ask_questions(struct model *model)
{
    flow_ask(model);
    while (model->asking == FIELD_GUESS) {
        const struct question *question = flow_question(model);
        char line[LINE_BYTES];
        say_question(model, question);
        if (flow_on_map(model))
            say_marks(model);
        else
            printf("(%s)\n", model_say(model, flow_example(question)));
        if (!plain_read(model, line, sizeof line))
            return false;
        take_guess(model, line);
        flow_lock(model);
        if (model->message[0])
            printf("%s\n", model->message);
        if (model->asking == FIELD_DIFFER) /* nobody to argue with */
            flow_stay(model);
    }
    return true;
}

/* --- watch and explain ------------------------------------------------------------------------ */

/* False: one who knew it goes on to vary. */
static bool offers_to_watch(struct model *model)
{
    char line[LINE_BYTES];
    if (model->asking != FIELD_SKIP)
        return true;
    printf("%s (v)\n", model_say(model, WORD_RIGHT_SKIP));
    model->asking = FIELD_NONE;
    if (!plain_read(model, line, sizeof line) || line[0] != 'v')
        return true;
    flow_skip(model);
    return false;
}

static bool watch(struct model *model)
{
    char line[LINE_BYTES];
    say_step(model, STEP_WATCH);
    plain_run_out(model);
    flow_finish(model);
    plain_run_out(model);
    say_news(model);
    if (flow_shows_ladder(model))
        plain_carry_out(model, "report ladder");
    if (flow_shows_copies(model)) {
        plain_carry_out(model, "report sentinels");
        plain_carry_out(model, "report replication");
    }
    plain_twins(model);
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->block_count[STEP_WATCH]; i++)
        if (text->blocks[STEP_WATCH][i].kind == BLOCK_ASK &&
            flow_shows(model, STEP_WATCH, &text->blocks[STEP_WATCH][i]))
            plain_prose(model, text->blocks[STEP_WATCH][i].words);
    bool more = plain_read(model, line, sizeof line);
    snprintf(model->flow.saw, sizeof model->flow.saw, "%s", more ? line : "");
    kept_saw(model);
    return more;
}

static void say_counted(const struct model *model, uint32_t at)
{
    const struct question *question = &flow_text(model)->questions[at];
    const char *names[LESSON_MARKS];
    int64_t number = model->flow.counted[at].number;
    char words[300];
    struct text text = TEXT(words);
    text_clear(&text);
    if (question->form == QUESTION_CHOICE)
        text_add(&text, question->choices[number]);
    else if (question->form == QUESTION_MAP)
        lesson_marks_add(&text, names, flow_marks(model, at, names), number);
    else
        draw_amount_of(&text, model, number, question->unit);
    printf("%s: %s\n", model_say(model, WORD_COUNTED), words);
}

/* How far apart they are: "Your guess was 2,274 orders apart", of a map what was found and missed.
 */
static void say_apart(const struct model *model, uint32_t at)
{
    const struct question *question = &flow_text(model)->questions[at];
    const char *names[LESSON_MARKS];
    int64_t guess = model->flow.guesses[at][0].number, counted = model->flow.counted[at].number;
    char apart[80];
    struct text text = TEXT(apart);
    text_clear(&text);
    if (question->form == QUESTION_NUMBER) {
        draw_amount_of(&text, model, guess > counted ? guess - counted : counted - guess,
                       question->unit);
        printf(model_say(model, WORD_APART_ALONE), apart);
        printf("\n");
    }
    unsigned count = question->form == QUESTION_MAP ? flow_marks(model, at, names) : 0;
    for (unsigned i = 0; i < count; i++)
        if (counted >> i & 1)
            printf("%s: %s\n", names[i],
                   model_say(model, guess >> i & 1 ? WORD_FOUND : WORD_MISSED));
}

static void say_sources(const struct model *model)
{
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->block_count[STEP_EXPLAIN]; i++) {
        const struct block *block = &text->blocks[STEP_EXPLAIN][i];
        if (block->kind == BLOCK_SOURCE && flow_shows(model, STEP_EXPLAIN, block))
            printf("%s %s\n", model_say(model, WORD_SOURCES), block->words);
    }
}

static void explain(struct model *model)
{
    const struct lesson_text *text = flow_text(model);
    flow_step(model, STEP_EXPLAIN);
    say_heading(model, STEP_EXPLAIN);
    for (uint32_t i = 0; i < text->question_count && i < QUESTIONS_MAX; i++) {
        char guessed[160];
        struct text guess = TEXT(guessed);
        if (!flow_asks(model, i) || !model->flow.guesses[i][0].locked)
            continue;
        const struct belief *belief = flow_belief(model, i, 0);
        text_clear(&guess);
        flow_understood(model, i, 0, &guess);
        printf("%s: %s%s%s\n", model_say(model, WORD_PLAIN_GUESS), guessed, belief ? "  " : "",
               belief ? belief->words : "");
        if (!model->flow.counted_known[i])
            continue;
        say_counted(model, i);
        say_apart(model, i);
    }
    if (model->ended.life[model->language][0])
        printf("\n%s", model->ended.life[model->language]);
    printf("\n");
    say_blocks(model, STEP_EXPLAIN);
    say_sources(model);
}

/* --- vary ------------------------------------------------------------------------------------- */

static void say_goals(const struct model *model)
{
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->goal_count && i < GOALS_MAX; i++) {
        const struct goal_state *goal = &model->flow.goals[i];
        bool met = model->flow.tried && goal->met;
        char when[32];
        struct text clock = TEXT(when);
        clock_add(&clock, goal->failed_ns, 1);
        printf("%s: %s %s, ", text->goals[i].words, model_say(model, WORD_NOW),
               goal->known ? goal->now : "-");
        if (!met && model->flow.tried && goal->failed_ns)
            printf(model_say(model, WORD_NOT_SINCE), when);
        else
            printf("%s", model_say(model, met ? WORD_MET : WORD_NOT_MET));
        printf("\n");
    }
}

static void say_passed(const struct model *model)
{
    char words[400];
    struct text to = TEXT(words);
    text_clear(&to);
    if (model->flow.passed)
        draw_price(&to, model);
    else
        text_add(&to, model_say(model, WORD_NOT_PASSED));
    printf("%s\n", words);
    text_clear(&to);
    if (draw_cheaper(&to, model))
        printf("%s\n", words);
}

static void say_hint(struct model *model)
{
    const struct lesson_text *text = flow_text(model);
    uint32_t shown = 0;
    for (uint32_t i = 0; i < text->block_count[STEP_VARY]; i++)
        if (text->blocks[STEP_VARY][i].kind == BLOCK_HINT && shown++ == model->flow.hints) {
            model->flow.hints++;
            plain_prose(model, text->blocks[STEP_VARY][i].words);
            return;
        }
    printf("%s\n", model_say(model, WORD_NO_MORE_HINTS));
}

static bool vary_line(struct model *model, const char *line)
{
    if (strcmp(line, "h") == 0) {
        say_hint(model);
    } else if (strcmp(line, "0") == 0) {
        flow_again(model, false);
    } else if (strcmp(line, "v") == 0 && (model->flow.tried || model->flow.hints)) {
        flow_reveal(model);
        for (uint32_t i = 0; i < model->flow.change_count; i++)
            printf("%s\n", model->flow.changes[i]);
    } else if (strcmp(line, "v") == 0) {
        printf("%s\n", model_say(model, WORD_TRY_FIRST));
    } else {
        return false;
    }
    return true;
}

/* Changes, a run, goals; again until they are met or nothing was changed. */
static bool vary(struct model *model)
{
    flow_step(model, STEP_VARY);
    say_step(model, STEP_VARY);
    for (;;) {
        uint32_t before = model->flow.change_count;
        say_goals(model);
        printf("h  %s\nv  %s\n0  %s\n", model_say(model, WORD_HINT), model_say(model, WORD_REVEAL),
               model_say(model, WORD_UNDO));
        if (!plain_commands(model, vary_line))
            return false;
        if (model->flow.change_count == before && model->flow.tried)
            return true;
        if (model->flow.tried)
            flow_again(model, true);
        flow_finish(model);
        plain_run_out(model);
        say_news(model);
        say_passed(model);
    }
}

/* --- all of it -------------------------------------------------------------------------------- */

static bool try(struct model *model)
{
    say_step(model, STEP_BRIEF);
    flow_step(model, STEP_TRY);
    say_step(model, STEP_TRY);
    if (!plain_commands(model, NULL))
        return false;
    if (model->flow.step == STEP_TRY && model->asking != FIELD_GUESS)
        flow_step(model, STEP_PREDICT);
    printf("\n");
    return true;
}

/* An act is asked, watched and explained; false at the end of the input. */
static bool act(struct model *model)
{
    if (!ask_questions(model))
        return false;
    if (model->flow.step != STEP_WATCH)
        flow_step(model, STEP_WATCH);
    if (!offers_to_watch(model))
        return true;
    if (!watch(model))
        return false;
    explain(model);
    return true;
}

void plain_lesson(struct model *model)
{
    printf("%u %s\n", model->flow.lesson->number, flow_text(model)->title);
    drive_play(model, false);
    if (model->flow.step <= STEP_TRY && !try(model))
        return;
    while (model->flow.step < STEP_VARY) {
        if (!act(model))
            return;
        if (model->flow.act + 1 == flow_acts(model) || model->flow.step == STEP_VARY)
            break;
        flow_next(model);
    }
    if (model->flow.step < STEP_WORK && !vary(model))
        return;
    flow_step(model, STEP_WORK);
    say_step(model, STEP_WORK);
    kept_done(model);
    const struct lesson *after = flow_after(model);
    printf("\n");
    if (after)
        printf(model_say(model, WORD_NEXT_LESSON), after->number,
               after->text[model->language].title);
    printf(after ? "\n" : "");
}

/* --- review ----------------------------------------------------------------------------------- */

static void say_review(const struct model *model, bool behind)
{
    const struct lesson_text *text = &model->review.lesson->text[model->language];
    bool asked = false;
    for (uint32_t i = 0; i < text->block_count[STEP_REVIEW]; i++) {
        const struct block *block = &text->blocks[STEP_REVIEW][i];
        if (!review_shows(model, block))
            continue;
        asked = asked || block->kind == BLOCK_QUESTION;
        if (block->kind == BLOCK_PARAGRAPH && asked == behind)
            plain_prose(model, block->words);
    }
}

void plain_review(struct model *model)
{
    const struct review_state *review = &model->review;
    char line[LINE_BYTES], words[200];
    struct text text = TEXT(words);
    say_review(model, false);
    say_question(model, review_question(model));
    printf("(%s)\n", model_say(model, flow_example(review_question(model))));
    while (!review->locked) {
        if (!plain_read(model, line, sizeof line))
            return;
        field_set(&model->review.field, line);
        review_lock(model);
        if (model->message[0])
            printf("%s\n", model->message);
    }
    const struct belief *belief = review->right ? NULL : review_belief(model);
    text_clear(&text);
    review_understood(model, &text);
    printf("%s: %s%s%s\n", model_say(model, WORD_PLAIN_GUESS), words, belief ? "  " : "",
           belief ? belief->words : "");
    const struct question *question = review_question(model);
    text_clear(&text);
    if (question->form == QUESTION_CHOICE)
        text_add(&text, question->choices[review->counted.number]);
    else if (question->form == QUESTION_MAP)
        text_add(&text, question->answer);
    else
        draw_amount_of(&text, model, review->counted.number, question->unit);
    printf("%s: %s\n", model_say(model, WORD_COUNTED), words);
    say_review(model, true);
}
