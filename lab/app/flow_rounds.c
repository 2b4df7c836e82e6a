/* The second round of a question: offered where the guesses differ, after a minute of arguing. */
#include "lab/app/flow.h"

#include <stdlib.h>

static uint64_t apart(int64_t a, int64_t b)
{
    return a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
}

/* What the answer itself takes for right; its share is of the largest guess, since what will be
 * counted is not known to anybody yet. */
static uint64_t tolerance(const struct question *question, uint64_t largest)
{
    char *end;
    unsigned long number = strtoul(question->within, &end, 10);
    return *end == '%' ? largest / 100 * number + largest % 100 * number / 100 : number;
}

bool flow_differ(const struct model *model, uint32_t at)
{
    const struct flow *flow = &model->flow;
    const struct question *question = &flow_text(model)->questions[at];
    int64_t least = flow->guesses[at][0].number, most = least;
    for (uint32_t i = 1; i < flow->people; i++) {
        int64_t number = flow->guesses[at][i].number;
        least = number < least ? number : least;
        most = number > most ? number : most;
    }
    if (question->form != QUESTION_NUMBER)
        return least != most;
    uint64_t largest = apart(most, 0) > apart(least, 0) ? apart(most, 0) : apart(least, 0);
    return apart(least, most) > tolerance(question, largest);
}

bool flow_offer_second(struct model *model)
{
    struct flow *flow = &model->flow;
    if (flow->people < 2 || flow->second[flow->question] || !flow_differ(model, flow->question))
        return false;
    if (model->screen != PLACE_PREDICT) { /* names and values need the room */
        flow->step = STEP_PREDICT;
        flow->furthest = flow->furthest < STEP_PREDICT ? STEP_PREDICT : flow->furthest;
        model->screen = PLACE_PREDICT;
    }
    model->asking = FIELD_DIFFER;
    model->redraw = true;
    return true;
}

void flow_second(struct model *model)
{
    struct flow *flow = &model->flow;
    struct guess *guesses = flow->guesses[flow->question];
    flow->second[flow->question] = true;
    for (uint32_t i = 0; i < flow->people; i++) {
        flow->first[flow->question][i] = guesses[i];
        field_clear(&guesses[i].field);
        guesses[i].locked = false;
    }
    flow->person = 0;
    model->asking = FIELD_GUESS;
    model->redraw = true;
}

bool flow_keeps_first(struct model *model)
{
    struct flow *flow = &model->flow;
    struct guess *guess = &flow->guesses[flow->question][flow->person];
    if (!flow->second[flow->question] || guess->field.used)
        return false;
    *guess = flow->first[flow->question][flow->person];
    return true;
}

bool flow_toward(const struct model *model, uint32_t at, uint32_t person)
{
    const struct flow *flow = &model->flow;
    int64_t counted = flow->counted[at].number, first = flow->first[at][person].number,
            second = flow->guesses[at][person].number;
    if (!flow->second[at] || !flow->counted_known[at])
        return false;
    if (flow_text(model)->questions[at].form == QUESTION_CHOICE)
        return second == counted && first != counted;
    return flow_apart(model, at, second) < flow_apart(model, at, first);
}
