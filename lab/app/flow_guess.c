/* The questions of a lesson: fields, locks, what they hide, the fault that they guard. */
#include "lab/app/flow.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/kept.h"
#include "lab/lesson/run.h"
#include "lab/view/draw.h"

bool flow_same_line(const char *a, const char *b)
{
    struct command commands[2];
    struct error error;
    char joined[2][COMMAND_BYTES];
    const char *lines[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        struct text text = TEXT(joined[i]);
        if (!language_split(&commands[i], lines[i], 0, &error))
            return false;
        language_join(&text, &commands[i]);
    }
    return strcmp(joined[0], joined[1]) == 0;
}

static uint32_t questions(const struct model *model)
{
    uint32_t count = flow_text(model)->question_count;
    return count < QUESTIONS_MAX ? count : QUESTIONS_MAX;
}

bool flow_open_question(const struct model *model)
{
    if (!flow_active(model))
        return false;
    for (uint32_t i = 0; i < questions(model); i++)
        if (!model->flow.locked[i] && flow_asks(model, i))
            return true;
    return false;
}

void flow_hide(struct model *model)
{
    struct flow *flow = &model->flow;
    uint32_t count = 0;
    model->drive.halt_ns = TIME_NEVER;
    for (uint32_t i = 0; i < questions(model); i++) {
        const struct question *question = &flow_text(model)->questions[i];
        if (flow->locked[i] || !flow_asks(model, i))
            continue;
        for (unsigned h = 0; question->hides[h]; h++)
            flow->hidden[count++] = question->hides[h];
        uint64_t fault_ns = session_first(model->session, &question->fault);
        if (fault_ns != TIME_NEVER && fault_ns && fault_ns - 1 < model->drive.halt_ns)
            model->drive.halt_ns = fault_ns - 1;
    }
    flow->hidden[count] = NULL;
    session_hide(model->session, count ? flow->hidden : NULL);
}

/* The next one whose guess is not locked; false when all are. */
static bool to_unlocked(struct model *model)
{
    struct flow *flow = &model->flow;
    model->redraw = true;
    for (uint32_t i = 0; i < flow->people; i++) {
        if (!flow->guesses[flow->question][i].locked) {
            flow->person = i;
            return true;
        }
    }
    return false;
}

void flow_ask(struct model *model)
{
    struct flow *flow = &model->flow;
    for (flow->question = 0; flow->question < questions(model); flow->question++) {
        if (!flow->locked[flow->question] && flow_asks(model, flow->question)) {
            model->asking = FIELD_GUESS;
            if (!to_unlocked(model))
                flow_offer_second(model);
            model->redraw = true;
            return;
        }
    }
    flow->question = flow_first_question(model);
    model->asking = FIELD_NONE;
}

static void ask_by_hand(struct model *model, const char *line)
{
    drive_play(model, false);
    model->flow.by_hand = true;
    snprintf(model->flow.fault, sizeof model->flow.fault, "%s", line);
    model->flow.fault_ns = *line ? session_now(model->session) : TIME_NEVER;
    flow_ask(model);
    if (flow_on_map(model)) /* it needs room */
        flow_step(model, STEP_PREDICT);
}

/* `at 30s COMMAND`, `after 1s COMMAND`, `every 1s COMMAND`, `variant b COMMAND`, `b: COMMAND`: the
 * command. */
static const char *carried_out(const char *line)
{
    static const char *const before[] = {"at", "after", "every", "variant"};
    const char *first = line + strspn(line, " ");
    size_t word = strcspn(first, " ");
    if (word > 1 && first[word - 1] == ':')
        return carried_out(first + word);
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        const char *at = first;
        size_t bytes = strlen(before[i]);
        if (strncmp(at, before[i], bytes) != 0 || at[bytes] != ' ')
            continue;
        at += bytes + strspn(at + bytes, " ");
        at += strcspn(at, " ");
        return carried_out(at);
    }
    return line;
}

bool flow_guards(struct model *model, const char *line)
{
    if (!flow_active(model))
        return false;
    line = carried_out(line);
    for (uint32_t i = 0; i < questions(model); i++) {
        char fault[COMMAND_BYTES];
        struct text text = TEXT(fault);
        const struct question *question = &flow_text(model)->questions[i];
        if (model->flow.locked[i] || question->fault.count == 0)
            continue;
        language_join(&text, &question->fault);
        if (!flow_same_line(line, fault))
            continue;
        if (flow_asks(model, i))
            ask_by_hand(model, line);
        else /* a later act asks about it */
            model_tell(model, "%s", model_say(model, WORD_FAULT_LATER));
        return true;
    }
    return false;
}

/* A question that takes the whole screen is not put before what was tried: it is said, and Enter
 * goes there. */
void flow_halted(struct model *model)
{
    struct flow *flow = &model->flow;
    flow->question = flow_first_question(model);
    if (flow->step == STEP_TRY && flow_on_map(model)) {
        drive_play(model, false);
        model_tell(model, "%s", model_say(model, WORD_HALTED));
        return;
    }
    ask_by_hand(model, "");
}

/* --- guesses ---------------------------------------------------------------------------------- */

unsigned flow_marks(const struct model *model, uint32_t question, const char *names[LESSON_MARKS])
{
    return lesson_marks(&flow_text(model)->questions[question], model_world(model), names);
}

bool flow_on_map(const struct model *model)
{
    const struct question *question = flow_question(model);
    return question && question->form == QUESTION_MAP;
}

void flow_mark(struct model *model, uint32_t mark)
{
    struct flow *flow = &model->flow;
    const char *names[LESSON_MARKS];
    char words[FIELD_BYTES];
    struct text text = TEXT(words);
    struct field *field = &flow->guesses[flow->question][flow->person].field;
    unsigned count = flow_marks(model, flow->question, names);
    int64_t bits;
    if (mark >= count || !lesson_marks_read(field->text, names, count, &bits))
        return;
    flow->mark = mark;
    text_clear(&text);
    lesson_marks_add(&text, names, count, bits ^ INT64_C(1) << mark);
    field_set(field, words);
}

static bool read_choice(const struct question *question, const char *words, int64_t *number)
{
    while (*words == ' ')
        words++;
    char letter = (char)(*words | 0x20);
    if (letter < 'a' || letter >= 'a' + LESSON_CHOICES || !question->choices[letter - 'a'])
        return false;
    *number = letter - 'a';
    return true;
}

static bool read_guess(const struct model *model, uint32_t at, const char *words, int64_t *number)
{
    const struct question *question = &flow_text(model)->questions[at];
    const char *names[LESSON_MARKS];
    if (question->form == QUESTION_NUMBER)
        return lesson_guess_number(words, number);
    if (question->form == QUESTION_CHOICE)
        return read_choice(question, words, number);
    return lesson_marks_read(words, names, flow_marks(model, at, names), number) && *number;
}

bool flow_understood(const struct model *model, uint32_t at, uint32_t person, struct text *to)
{
    const struct question *question = &flow_text(model)->questions[at];
    const char *words = model->flow.guesses[at][person].field.text;
    int64_t number;
    if (!read_guess(model, at, words, &number))
        return false;
    if (question->form == QUESTION_CHOICE)
        text_add(to, question->choices[number]);
    else if (question->form == QUESTION_MAP)
        text_add(to, words);
    else
        draw_amount_of(to, model, number, question->unit);
    return true;
}

enum word flow_example(const struct question *question)
{
    return question->form == QUESTION_NUMBER   ? WORD_GUESS_EXAMPLE
           : question->form == QUESTION_CHOICE ? WORD_CHOICE_EXAMPLE
                                               : WORD_MARK_EXAMPLE;
}

void flow_stay(struct model *model)
{
    struct flow *flow = &model->flow;
    flow->locked[flow->question] = true;
    flow_hide(model);
    if (flow_open_question(model)) {
        flow_ask(model);
        return;
    }
    flow_step(model, STEP_WATCH);
    if (flow->knows && !model->meeting.on && flow_guessed_right(model))
        model->asking = FIELD_SKIP;
}

static void all_locked(struct model *model)
{
    const struct flow *flow = &model->flow;
    bool agreed = flow->people > 1 && !flow->second[flow->question];
    if (flow_offer_second(model))
        return;
    flow_stay(model);
    if (agreed)
        model_tell(model, "%s", model_say(model, WORD_THEY_AGREE));
}

/* Whoever was added last and says nothing is not there. */
static bool leaves(struct model *model)
{
    struct flow *flow = &model->flow;
    bool last = flow->people > 1 && flow->person + 1 == flow->people;
    if (!last || flow->second[flow->question] ||
        flow->guesses[flow->question][flow->person].field.used)
        return false;
    flow->people--;
    return true;
}

void flow_lock(struct model *model)
{
    struct flow *flow = &model->flow;
    const struct question *question = flow_question(model);
    struct guess *guess = &flow->guesses[flow->question][flow->person];
    bool left = leaves(model);
    if (!left && !flow_keeps_first(model) &&
        !read_guess(model, flow->question, guess->field.text, &guess->number)) {
        model_tell(model, "%s %s", model_say(model, WORD_NO_GUESS),
                   model_say(model, flow_example(question)));
        return;
    }
    model->message[0] = 0;
    guess->locked = !left;
    if (!left)
        kept_guess(model, flow->person);
    if (!to_unlocked(model))
        all_locked(model);
}

/* Nobody joins for the second round; at a meeting those are there who are. */
static uint32_t people_most(const struct model *model)
{
    const struct flow *flow = &model->flow;
    if (flow->second[flow->question])
        return flow->people;
    return model->meeting.on ? model->meeting.people : PEOPLE_MAX;
}

void flow_person(struct model *model)
{
    struct flow *flow = &model->flow;
    struct guess *guesses = flow->guesses[flow->question];
    model->redraw = true;
    if (leaves(model)) {
        to_unlocked(model);
        return;
    }
    if (flow->person + 1 == flow->people && flow->people < people_most(model) &&
        guesses[flow->person].field.used)
        flow->people++;
    for (uint32_t i = 1; i <= flow->people; i++) {
        uint32_t next = (flow->person + i) % flow->people;
        if (!guesses[next].locked) {
            flow->person = next;
            break;
        }
    }
}

uint64_t flow_apart(const struct model *model, uint32_t at, int64_t number)
{
    int64_t counted = model->flow.counted[at].number;
    uint64_t marks = (uint64_t)(number ^ counted), apart = 0;
    if (flow_text(model)->questions[at].form != QUESTION_MAP)
        return (uint64_t)(number > counted ? number - counted : counted - number);
    for (; marks; marks >>= 1)
        apart += marks & 1;
    return apart;
}

int flow_nearest(const struct model *model, uint32_t at)
{
    const struct flow *flow = &model->flow;
    int nearest = -1;
    uint64_t least = 0;
    if (!flow->counted_known[at])
        return -1;
    for (uint32_t i = 0; i < flow->people; i++) {
        uint64_t distance = flow_apart(model, at, flow->guesses[at][i].number);
        if (flow->guesses[at][i].locked && (nearest < 0 || distance < least)) {
            nearest = (int)i;
            least = distance;
        }
    }
    return nearest;
}

/* Of a map the first belief that fits: a part that is marked, or that is left out. */
static bool believes(const struct model *model, uint32_t at, int64_t number,
                     const struct belief *belief)
{
    const char *names[LESSON_MARKS];
    int64_t bits = 0;
    if (!belief->mark)
        return number >= belief->from && number <= belief->to;
    bool out = belief->mark[0] == '-';
    lesson_marks_read(belief->mark + out, names, flow_marks(model, at, names), &bits);
    return bits && (out ? (number & bits) == 0 : (number & bits) == bits);
}

const struct belief *flow_belief(const struct model *model, uint32_t at, uint32_t person)
{
    const struct question *question = &flow_text(model)->questions[at];
    int64_t number = model->flow.guesses[at][person].number;
    for (uint32_t i = 0; i < question->belief_count; i++)
        if (believes(model, at, number, &question->beliefs[i]))
            return &question->beliefs[i];
    return NULL;
}
