/* A key finds its row of the table of actions, or goes to the field that is open. */
#include "lab/app/update.h"

#include <string.h>

#include "lab/app/actions.h"
#include "lab/app/flow.h"
#include "lab/app/meeting.h"
#include "lab/app/prompt.h"
#include "lab/app/review.h"
#include "lab/app/twins.h"
#include "lab/view/view.h"

static bool is_too_small(const struct model *model)
{
    return model->rows < ROWS_NEEDED || model->columns < COLUMNS_NEEDED;
}

static struct field *open_field(struct model *model)
{
    struct flow *flow = &model->flow;
    if (model->asking == FIELD_GUESS)
        return &flow->guesses[flow->question][flow->person].field;
    if (model->asking == FIELD_REVIEW)
        return &model->review.field;
    return model->asking == FIELD_NONE || model->asking == FIELD_DIFFER ? NULL : &model->field;
}

static bool overlay_key(struct model *model, const struct key *key)
{
    if (model->overlay == OVERLAY_NONE)
        return false;
    uint32_t most = view_scroll_most(model), *at = &model->scroll;
    uint32_t by = key->code == KEY_CODE_PAGE_DOWN || key->code == KEY_CODE_PAGE_UP ? 10 : 1;
    if (key->code == KEY_CODE_DOWN || key->code == KEY_CODE_PAGE_DOWN)
        *at = *at + by < most ? *at + by : most;
    else if (key->code == KEY_CODE_UP || key->code == KEY_CODE_PAGE_UP)
        *at = *at > by ? *at - by : 0;
    else if (key->code == KEY_CODE_CONTROL)
        return false;
    else
        model->overlay = OVERLAY_NONE, model->scroll = 0;
    return true;
}

/* A guess of a number is written with digits and the words of numbers; what else is typed is
 * nothing. */
static bool is_for_field(const struct model *model, const struct key *key)
{
    const struct question *question =
        model->asking == FIELD_REVIEW ? review_question(model) : flow_question(model);
    if (model->asking == FIELD_TIME || model_place(model) == FIELD_MARKS) /* by their own keys */
        return false;
    if (key->code != KEY_CODE_TEXT ||
        (model->asking != FIELD_GUESS && model->asking != FIELD_REVIEW) || !question ||
        question->form == QUESTION_CHOICE)
        return true;

    return key->syllable || key->hangul_letter ||
           strchr("0123456789,. kKmM", (int)key->letter) != NULL;
}

static void act(struct model *model, const struct key *key)
{
    if (is_too_small(model)) {
        model->quit = key->code == KEY_CODE_TEXT && key->letter == 'q';
        return;
    }
    if (overlay_key(model, key))
        return;
    if (twins_digit(model, key))
        return;
    struct field *field = open_field(model);
    for (const struct action *action = action_find(model, key, NULL); action;
         action = action_find(model, key, action))
        if (action->act(model, key))
            return;
    if (field && is_for_field(model, key)) {
        prompt_touched(model);
        field_key(field, key);
        meeting_name_fits(model);
    } else if (!field && key->code == KEY_CODE_TEXT && key->syllable) {
        model_tell(model, "%s", model_say(model, WORD_HANGUL));
    }
}

void update_key(struct model *model, const struct key *key)
{
    model->redraw = true;
    model->trouble[0] = 0;
    meeting_tick(model);
    act(model, key);
    /* What a key did may have changed the screen after something could not be kept. */
    if (model->trouble[0] && !model->message[0])
        model_tell(model, "%s", model->trouble);
}

void update_size(struct model *model, int rows, int columns)
{
    model->rows = rows;
    model->columns = columns;
    model->redraw = model->clear = true;
}
