/* Single points of failure: found, shown, and each seen once more. */
#include "lab/app/singles.h"

#include <stdlib.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/twins.h"

#define SPEED_REPLAY 8 /* x5: thirty seconds take six */

bool singles_find(struct model *model)
{
    const struct spof *found = session_spof(model->session, twins_focus(model));
    singles_forget(model);
    if (!found)
        return false;
    model->singles.spof = malloc(sizeof *found);
    if (model->singles.spof)
        *model->singles.spof = *found;
    model->singles.at_ns = session_now(model->session);
    return model->singles.spof != NULL;
}

void singles_forget(struct model *model)
{
    free(model->singles.spof);
    model->singles.spof = NULL;
    model->singles.cursor = 0;
    model->singles.replay = false;
}

/* Back to where they were taken away: what a lesson's step ran stays run. */
static void go_back(struct model *model)
{
    bool begun = model->flow.script.begun;
    model->flow.script.begun = false;
    drive_rewind(model, model->singles.at_ns);
    model->flow.script.begun = begun;
    model->singles.replay = false;
}

bool singles_asked(struct model *model, const char *line)
{
    if (!flow_same_line(line, "report spof") || session_hidden(model->session, "spof.parts"))
        return false;
    if (model->singles.replay && session_now(model->session) >= model->singles.at_ns)
        go_back(model);
    else if (!singles_find(model))
        return false;
    drive_play(model, false);
    if (model->screen != PLACE_SINGLES)
        model_show(model, PLACE_SINGLES);
    return true;
}

void singles_replay(struct model *model)
{
    const struct singles *singles = &model->singles;
    if (!singles->spof || singles->cursor >= singles->spof->count)
        return;
    const struct spof_part *part = &singles->spof->parts[singles->cursor];
    model_back(model);
    if (!model_command(model, part->command))
        return;
    model->singles.replay = true;
    model->drive.speed = SPEED_REPLAY;
    drive_play(model, true);
}

int singles_question(const struct model *model)
{
    if (!flow_active(model))
        return -1;
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->question_count && i < QUESTIONS_MAX; i++)
        if (text->questions[i].form == QUESTION_MAP && flow_asks(model, i) &&
            strncmp(text->questions[i].answer, "spof.", 5) == 0)
            return (int)i;
    return -1;
}
