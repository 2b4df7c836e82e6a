/* The table of actions and what each key does. */
#include "lab/app/actions.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/acts.h"
#include "lab/app/copies.h"
#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/meeting.h"
#include "lab/app/twins.h"
#include "lab/view/view.h"

#define AT(place) (UINT64_C(1) << PLACE_##place)
#define IN(field) (UINT64_C(1) << FIELD_##field)
#define AT_CLOCK                                                                                   \
    (AT(WORLD) | AT(PART) | AT(ROOM) | AT(SERVER) | AT(COPIES) | AT(BRIEF) | AT(TRY) | AT(WATCH) | \
     AT(VARY))
#define AT_LADDER (AT(WORLD) | AT(PART) | AT(TRY) | AT(WATCH) | AT(EXPLAIN) | AT(VARY))
#define AT_PANEL  (AT(WORLD) | AT(PART) | AT(ROOM) | AT(SERVER) | AT(TRY) | AT(WATCH) | AT(VARY))
#define AT_LESSON                                                                                  \
    (AT(BRIEF) | AT(TRY) | AT(PREDICT) | AT(WATCH) | AT(EXPLAIN) | AT(VARY) | AT(WORK))
#define AT_FLOW    (AT_LESSON & ~AT(BRIEF))
#define AT_LINE    (IN(COMMAND) | IN(WRITE) | IN(FILE) | IN(SEARCH) | IN(NOTE))
#define AT_SCREENS ((UINT64_C(1) << PLACE_SCREENS) - 1u)
#define ANYWHERE   ((UINT64_C(1) << PLACE_COUNT) - 1u)
#define TWINS      (UINT64_C(1) << 63) /* only while there are two worlds */

const struct action actions[] = {
#define ACTION(name, code, letter, second, shift, label, where, line, words)                       \
    {#name, KEY_CODE_##code, letter, second, shift, label, where, line, WORD_##words, press_##name},
#include "lab/app/actions.def"
#undef ACTION
};
const unsigned action_count = sizeof actions / sizeof *actions;

bool action_is_for(const struct action *action, enum place place)
{
    return (action->where & (UINT64_C(1) << place)) != 0;
}

/* Enter does what is meant to be done next: not always the next step. */
static enum word next_words(const struct model *model, const struct action *action)
{
    uint64_t failed_ns;
    const struct flow *flow = &model->flow;
    if (action->words != WORD_NEXT_STEP || action->code != KEY_CODE_ENTER)
        return WORD_NEXT_STEP;
    if (model->screen == PLACE_EXPLAIN && model->scroll < view_scroll_most(model))
        return WORD_MORE_PAGES;
    if (model->screen == PLACE_EXPLAIN && flow->act + 1 < flow_acts(model))
        return WORD_STEP_PREDICT;
    if (model->screen == PLACE_VARY && flow->looking)
        return WORD_CHANGE_AGAIN;
    if (model->screen == PLACE_VARY && !flow->passed && flow_failure(model, &failed_ns))
        return WORD_TO_FAILURE;
    return WORD_NEXT_STEP;
}

bool action_is_here(const struct model *model, const struct action *action)
{
    if (!action_is_for(action, model_place(model)))
        return false;
    if (action->act == press_note)
        return meeting_is_half_done(model);
    if (action->act == press_other)
        return model->meeting.on;
    if (action->act == press_copies)
        return copies_exist(model);
    return !(action->where & TWINS) || twins_exist(model);
}

const char *action_words(const struct model *model, const struct action *action)
{
    if (action->words == WORD_FORK && twins_exist(model))
        return model_say(model, WORD_KEEP_ONE);
    if (action->words == WORD_PLAY && model->drive.playing)
        return model_say(model, WORD_PAUSE);
    if ((action->words == WORD_BACK && model->screen == PLACE_WATCH) ||
        (action->words == WORD_PREVIOUS_STEP && action->code == KEY_CODE_LEFT &&
         model->screen == PLACE_EXPLAIN))
        return model_say(model, WORD_BACK_WATCH);
    if (action->words == WORD_QUIT && model->screen != PLACE_HOME &&
        model->screen != PLACE_LANGUAGE)
        return model_say(model, model->screen >= PLACE_PART && model->screen <= PLACE_COPIES
                                    ? WORD_LEAVE
                                    : WORD_HOME);
    if (action->words == WORD_NEXT_STEP && model->screen == PLACE_WORK)
        return model_say(model, WORD_TO_HOME);
    if (action->words == WORD_LOCK && model->flow.by_hand)
        return model_say(model, WORD_LOCK_AND_PULL);
    if (action->words == WORD_NEXT_PERSON && model->flow.people == 1 && !model->meeting.on &&
        model->asking == FIELD_GUESS)
        return model_say(model, WORD_ADD_PERSON);
    if (action->words == WORD_NOT_YET && !model->flow.by_hand)
        return model_say(model, model->flow.act ? WORD_PREVIOUS_STEP : WORD_TO_TRY);
    if (action->words == WORD_PICK)
        return model_say(model, meeting_pick_words(model));
    if (action->words == WORD_NEXT_QUESTION && model->meeting.at + 1 >= model->meeting.lesson_count)
        return model_say(model, WORD_END_MEETING);
    if (action->words == WORD_CARRY_OUT && model->asking == FIELD_NOTE)
        return model_say(model, WORD_NOTE);
    if (action->words == WORD_CARRY_OUT && model->asking == FIELD_SEARCH)
        return model_say(model, WORD_SEARCH);
    if (action->words == WORD_NEXT_STEP && model->screen == PLACE_WATCH && !model->flow.script.done)
        return model_say(model, WORD_TO_THE_END);
    enum word other = next_words(model, action);
    if (other != WORD_NEXT_STEP)
        return model_say(model, other);
    if (action->words == WORD_NEXT_STEP && model->screen == PLACE_EXPLAIN && model->meeting.on)
        return model_say(model, WORD_SENTENCE_EACH);
    if (action->words == WORD_NEXT_STEP)
        return model_say(model, WORD_STEP_BRIEF + model->flow.step + 1);
    return model_say(model, action->words);
}

static bool is_key(const struct action *action, const struct key *key)
{
    if (action->code != key->code)
        return false;
    if (key->code == KEY_CODE_CONTROL)
        return action->letter == key->letter;
    if (key->code != KEY_CODE_TEXT)
        return action->shift == key->shift;
    if (key->syllable)
        return false;
    if (action->act == press_mark)
        return key->letter == ' ' || (key->letter >= '1' && key->letter <= '9');
    if (action->act == press_digit || action->act == press_number ||
        action->act == press_question || action->act == press_sandbox_number)
        return key->letter >=
                   (action->act == press_number || action->act == press_question ? '0' : '1') &&
               key->letter <= (action->act == press_digit ? '8' : '9');
    return key->letter == action->letter || (action->second && key->letter == action->second);
}

const struct action *action_find(const struct model *model, const struct key *key,
                                 const struct action *after)
{
    for (const struct action *action = after ? after + 1 : actions; action < actions + action_count;
         action++)
        if (action_is_here(model, action) && is_key(action, key))
            return action;
    return NULL;
}
