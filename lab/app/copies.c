/* The key of the screen of copies and referees. */
#include "lab/app/copies.h"

#include <stdio.h>

#include "lab/app/acts.h"
#include "lab/app/flow.h"

static bool has_sentinel(const struct model *model)
{
    for (uint32_t i = 0; i < model->look.part_count; i++)
        if (model->look.parts[i].kind == KIND_SENTINEL)
            return true;
    return false;
}

bool copies_exist(const struct model *model)
{
    const struct look *look = &model->look;
    if (!model->session)
        return false;
    for (uint32_t i = 0; i < look->part_count; i++) {
        const struct figure *lag = look_figure_of(look, &look->parts[i], "replica_lag");
        if (look->parts[i].kind == KIND_SENTINEL || (lag && lag->known))
            return true;
    }
    return false;
}

bool press_copies(struct model *model, const struct key *key)
{
    (void)key;
    if (flow_active(model) && flow_open_question(model)) {
        model_tell(model, "%s", model_say(model, WORD_SHOWN_AFTER_GUESS));
        return true;
    }
    model->message[0] = 0;
    snprintf(model->last_command, sizeof model->last_command, "%s",
             has_sentinel(model) ? "report sentinels" : "report replication");
    model_show(model, PLACE_COPIES);
    return true;
}
