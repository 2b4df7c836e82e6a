/* The acts that lead from screen to screen and through a lesson. */
#include "lab/app/acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/home.h"
#include "lab/app/kept.h"
#include "lab/app/meeting.h"
#include "lab/app/prompt.h"
#include "lab/app/review.h"
#include "lab/app/search.h"
#include "lab/app/singles.h"
#include "lab/app/twins.h"
#include "lab/view/draw.h"
#include "lab/view/view.h"

static enum language other(enum language language)
{
    return language == LANGUAGE_KO ? LANGUAGE_EN : LANGUAGE_KO;
}

bool press_choose(struct model *model, const struct key *key)
{
    (void)key;
    model->screen = PLACE_HOME;
    progress_language_keep(model->progress, model->language);
    return true;
}

bool press_language(struct model *model, const struct key *key)
{
    (void)key;
    model_set_language(model, other(model->language));
    progress_language_keep(model->progress, model->language);
    return true;
}

static bool open_number(struct model *model, uint32_t number)
{
    uint32_t at;
    if (home_numbered(model, number, &at)) {
        model->home.cursor = at;
        flow_open(model, at);
        return true;
    }
    model_tell(model, "%s", model_say(model, WORD_NO_SUCH_LESSON));
    return false;
}

bool press_open(struct model *model, const struct key *key)
{
    struct home *home = &model->home;
    uint32_t number = home->number;
    home->number = 0;
    if (number)
        open_number(model, number);
    else if (home->cursor == HOME_GO_ON)
        flow_open(model, home->go_on - 1);
    else if (home->cursor == HOME_REVIEW)
        review_open(model, home->review - 1);
    else if (home->cursor == HOME_MEETING)
        press_meet(model, key);
    else if (home->cursor < home->lesson_count)
        flow_open(model, home->cursor);
    else if (home->cursor == home->lesson_count + HOME_SANDBOX)
        press_sandbox(model, key);
    else if (home->cursor == home->lesson_count + HOME_FILE)
        press_file(model, key);
    else
        press_search(model, key);
    return true;
}

bool press_number(struct model *model, const struct key *key)
{
    struct home *home = &model->home;
    uint32_t digit = (uint32_t)(key->letter - '0'), at;
    bool longer = home_numbered(model, home->number * 10 + digit, &at);
    home->number = longer ? home->number * 10 + digit : digit;
    model->message[0] = 0;
    if (home_numbered(model, home->number, &at))
        home->cursor = at;
    return true;
}

bool press_across(struct model *model, const struct key *key)
{
    home_across(model, key->code == KEY_CODE_RIGHT);
    return true;
}

bool press_file(struct model *model, const struct key *key)
{
    (void)key;
    model->asking = FIELD_FILE;
    model->message[0] = 0;
    field_clear(&model->field);
    return true;
}

bool press_search(struct model *model, const struct key *key)
{
    (void)key;
    model->asking = FIELD_SEARCH;
    model->message[0] = 0;
    field_clear(&model->field);
    return true;
}

bool press_part(struct model *model, const struct key *key)
{
    (void)key;
    const struct part *part = look_part(&model->look, model->selected);
    model->row = 0;
    if (part && rooms_exist(model))
        rooms_open(model);
    else if (part)
        model_show(model, part->kind == KIND_SERVER ? PLACE_SERVER : PLACE_PART);
    return true;
}

bool press_settings(struct model *model, const struct key *key)
{
    (void)key;
    model->row = 0;
    model_show(model, PLACE_PART);
    return true;
}

bool press_inside(struct model *model, const struct key *key)
{
    return press_part(model, key);
}

/* The prompt opens with the selected parameter as it is: one key changes one. */
bool press_edit(struct model *model, const struct key *key)
{
    (void)key;
    const struct part *part = look_part(&model->look, model->selected);
    struct world *world = model_world(model);
    char line[LINE_BYTES], prefix[40];
    struct text text = TEXT(line);
    if (!part || model->row >= catalog[part->kind]->parameter_count)
        return true;
    const struct parameter *row = &catalog[part->kind]->parameters[model->row];
    text_clear(&text);
    text_add(&text, twins_prefix(model, prefix));
    text_add(&text, "set ");
    text_add(&text, part->name);
    text_add(&text, ".");
    text_add(&text, row->name);
    text_add(&text, "=");
    parameter_add(&text, world, row, parameter_get(world, part->id, model->row));
    prompt_open(model, line);
    return true;
}

/* An Enter too many would jump over what the lesson is for. */
static void say_not_tried(struct model *model)
{
    model->flow.leaving = true;
    model_tell(model, "%s", model_say(model, WORD_NOT_TRIED));
}

/* Enter: what is meant to be done next (see action_words); `]` the next step in any case. */
bool press_next(struct model *model, const struct key *key)
{
    uint64_t failed_ns;
    bool enter = key->code == KEY_CODE_ENTER;
    if (enter && model->screen == PLACE_EXPLAIN && model->scroll < view_scroll_most(model))
        model->scroll++;
    else if (enter && model->screen == PLACE_VARY && model->flow.looking)
        flow_again(model, true);
    else if (enter && model->screen == PLACE_VARY && !model->flow.passed &&
             flow_failure(model, &failed_ns))
        flow_see_failure(model);
    else if (enter && model->screen == PLACE_VARY && !model->flow.tried && !model->flow.leaving)
        say_not_tried(model);
    else
        flow_next(model);
    return true;
}

bool press_review_lock(struct model *model, const struct key *key)
{
    (void)key;
    review_lock(model);
    return true;
}

bool press_review_done(struct model *model, const struct key *key)
{
    (void)key;
    review_leave(model);
    return true;
}

bool press_review_lesson(struct model *model, const struct key *key)
{
    (void)key;
    const struct lesson *lesson = model->review.lesson;
    review_leave(model);
    for (uint32_t i = 0; i < model->home.lesson_count; i++)
        if (model->home.lessons[i] == lesson)
            flow_open(model, i);
    return true;
}

bool press_found(struct model *model, const struct key *key)
{
    (void)key;
    search_follow(model);
    return true;
}

bool press_take_away(struct model *model, const struct key *key)
{
    (void)key;
    singles_replay(model);
    return true;
}

bool press_know(struct model *model, const struct key *key)
{
    (void)key;
    flow_know(model);
    return true;
}

bool press_watch_it(struct model *model, const struct key *key)
{
    (void)key;
    model->asking = FIELD_NONE;
    return true;
}

bool press_skip(struct model *model, const struct key *key)
{
    (void)key;
    flow_skip(model);
    return true;
}

bool press_mark(struct model *model, const struct key *key)
{
    flow_mark(model, key->letter == ' ' ? model->flow.mark : key->letter - '1');
    return true;
}

bool press_mark_up(struct model *model, const struct key *key)
{
    (void)key;
    model->flow.mark -= model->flow.mark > 0;
    return true;
}

bool press_mark_down(struct model *model, const struct key *key)
{
    (void)key;
    const char *names[LESSON_MARKS];
    model->flow.mark += model->flow.mark + 1 < flow_marks(model, model->flow.question, names);
    return true;
}

bool press_previous(struct model *model, const struct key *key)
{
    (void)key;
    flow_previous(model);
    return true;
}

bool press_lock(struct model *model, const struct key *key)
{
    (void)key;
    flow_lock(model);
    return true;
}

bool press_person(struct model *model, const struct key *key)
{
    (void)key;
    flow_person(model);
    return true;
}

bool press_not_yet(struct model *model, const struct key *key)
{
    (void)key;
    model->asking = FIELD_NONE;
    model->message[0] = 0;
    if (model->screen == PLACE_PREDICT && model->flow.act)
        flow_previous(model);
    else if (model->screen == PLACE_PREDICT)
        flow_step(model, STEP_TRY);
    model->flow.by_hand = false;
    return true;
}

bool press_saw(struct model *model, const struct key *key)
{
    (void)key;
    if (model->meeting.on) {
        if (!meeting_said(model))
            flow_step(model, STEP_EXPLAIN);
        return true;
    }
    snprintf(model->flow.saw, sizeof model->flow.saw, "%s", model->field.text);
    kept_saw(model);
    model->asking = FIELD_NONE;
    flow_step(model, STEP_EXPLAIN);
    return true;
}

bool press_saw_later(struct model *model, const struct key *key)
{
    (void)key;
    if (model->meeting.on)
        meeting_keep(model);
    else
        snprintf(model->flow.saw, sizeof model->flow.saw, "%s", model->field.text);
    model->asking = FIELD_NONE;
    return true;
}

/* Letters of a choice are its answers; a number's field takes none of these. */
static bool is_answer(const struct model *model, const struct key *key)
{
    const struct question *question = flow_question(model);
    return model->asking == FIELD_GUESS && question && question->form == QUESTION_CHOICE &&
           key->letter < 'a' + LESSON_CHOICES && question->choices[key->letter - 'a'];
}

static void say_hint(struct model *model)
{
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->block_count[STEP_PREDICT]; i++) {
        if (text->blocks[STEP_PREDICT][i].kind != BLOCK_HINT)
            continue;
        struct text to = TEXT(model->message);
        text_clear(&to);
        draw_text(model, &to, text->blocks[STEP_PREDICT][i].words);
        return;
    }
    model_tell(model, "%s", model_say(model, WORD_NO_MORE_HINTS));
}

bool press_hint(struct model *model, const struct key *key)
{
    if (is_answer(model, key))
        return false;
    if (model->asking == FIELD_GUESS)
        say_hint(model);
    else
        model->flow.hints++;
    return true;
}

bool press_reveal(struct model *model, const struct key *key)
{
    (void)key;
    if (model->flow.tried || model->flow.hints)
        flow_reveal(model);
    else
        model_tell(model, "%s", model_say(model, WORD_TRY_FIRST));
    return true;
}

bool press_situation(struct model *model, const struct key *key)
{
    if (is_answer(model, key))
        return false;
    model->overlay = OVERLAY_SITUATION;
    model->scroll = 0;
    return true;
}

bool press_help(struct model *model, const struct key *key)
{
    (void)key;
    model->overlay = OVERLAY_HELP;
    model->scroll = 0;
    return true;
}

bool press_redraw(struct model *model, const struct key *key)
{
    (void)key;
    model->redraw = model->clear = true;
    return true;
}

bool press_leave(struct model *model, const struct key *key)
{
    (void)key;
    model_back(model);
    return true;
}

bool press_quit(struct model *model, const struct key *key)
{
    (void)key;
    if (model->screen == PLACE_HOME || model->screen == PLACE_LANGUAGE)
        model->quit = true;
    else if ((model->screen >= PLACE_PART && model->screen <= PLACE_COPIES) ||
             model->screen == PLACE_SINGLES)
        model_back(model);
    else
        model_home(model);
    return true;
}

static bool step_by(struct model *model, int by)
{
    uint32_t *at = &model->scroll;
    uint32_t last = view_scroll_most(model);
    const struct part *part = look_part(&model->look, model->selected);
    if (model->screen == PLACE_HOME) {
        home_step(model, by);
        return true;
    } else if (model->screen == PLACE_SANDBOX) {
        at = &model->sandbox.cursor;
        last = model->sandbox.count ? model->sandbox.count - 1 : 0;
    } else if (model->screen == PLACE_FOUND) {
        at = &model->found.cursor;
        last = model->found.count ? model->found.count - 1 : 0;
    } else if (model->screen == PLACE_SINGLES) {
        at = &model->singles.cursor;
        last = model->singles.spof ? model->singles.spof->count - 1 : 0;
    } else if (model->screen == PLACE_MEETING) {
        at = &model->meeting.choosing.cursor;
        last = meeting_rows(model) - 1;
    } else if (model->screen == PLACE_COPIES) {
        by = -by; /* so many rows before the newest */
    } else if (model->screen == PLACE_LANGUAGE) {
        model_set_language(model, other(model->language));
        return true;
    } else if (model->screen == PLACE_PART && part && (by == 1 || by == -1)) {
        at = &model->row;
        last = catalog[part->kind]->parameter_count ? catalog[part->kind]->parameter_count - 1u : 0;
    }
    if (by < 0)
        *at = *at > (uint32_t)-by ? *at - (uint32_t)-by : 0;
    else
        *at = *at + (uint32_t)by < last ? *at + (uint32_t)by : last;
    return true;
}

bool press_up(struct model *model, const struct key *key)
{
    (void)key;
    return step_by(model, -1);
}

bool press_down(struct model *model, const struct key *key)
{
    (void)key;
    return step_by(model, 1);
}

bool press_page_up(struct model *model, const struct key *key)
{
    (void)key;
    return step_by(model, -10);
}

bool press_page_down(struct model *model, const struct key *key)
{
    (void)key;
    return step_by(model, 10);
}
