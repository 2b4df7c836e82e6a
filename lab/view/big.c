/* The one number of a screen that is seen in three seconds. */
#include "lab/view/draw.h"

#include "lab/app/flow.h"

int64_t draw_acked(const struct look *look)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < look->part_count; i++)
        if (look->parts[i].kind == KIND_CLIENT)
            sum += look_number(look, &look->parts[i], "acked");
    return sum;
}

bool draw_reached(const struct model *model, struct big_number *big)
{
    const struct look *look = &model->look;
    bool others = false, hidden = false, crowd = false;
    int64_t people = 0;
    for (uint32_t i = 0; i < look->part_count; i++) {
        const struct part *part = &look->parts[i];
        if (part->kind != KIND_CLIENT)
            continue;
        if (!part->stays) {
            others = true;
            continue;
        }
        crowd = true;
        const struct figure *connections = look_figure_of(look, part, "connections");
        hidden = hidden || (connections && connections->hidden);
        people += look_number(look, part, "connections");
    }
    if (others || !crowd)
        *big =
            (struct big_number){model_say(model, WORD_ACKED), draw_acked(look), draw_unit(model)};
    else
        *big = (struct big_number){model_say(model, WORD_CONNECTED), people, "connections"};
    return others || !crowd || !hidden;
}

static bool counted(const struct model *model, struct big_number *big)
{
    const struct question *question = &flow_text(model)->questions[0];
    if (!flow_text(model)->question_count || !model->flow.counted_known[0] ||
        question->form != QUESTION_NUMBER)
        return false;
    *big = (struct big_number){draw_metric_words(model, question->answer),
                               model->flow.counted[0].number, question->unit};
    return true;
}

bool draw_big_of(const struct model *model, struct big_number *big)
{
    *big = (struct big_number){.unit = draw_unit(model)};
    if (!model->session)
        return false;
    if (flow_active(model) && (model->flow.step == STEP_EXPLAIN || model->flow.step == STEP_WORK))
        return counted(model, big);
    if (flow_active(model) && model->flow.step < STEP_WATCH) {
        return draw_reached(model, big);
    }
    enum word word;
    if (!draw_missing_of(model, &word, &big->number))
        return false;
    big->words = model_say(model, word);
    return true;
}
