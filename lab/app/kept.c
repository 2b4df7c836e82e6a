/* A lesson's attempt between the model and the file of progress. */
#include "lab/app/kept.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/home.h"
#include "lab/app/kept_meeting.h"
#include "lab/app/meeting.h"

#define DAY_MS      UINT64_C(86400000)
#define GUESSES_MAX (QUESTIONS_MAX * PEOPLE_MAX * 2)

static uint64_t wall_ms(const struct model *model)
{
    return model->wall_ms ? model->wall_ms() : 0;
}

void kept_trouble(struct model *model)
{
    char words[LINE_BYTES * 4];
    struct text text = TEXT(words);
    if (progress_words(model->progress, model->language, &text))
        snprintf(model->trouble, sizeof model->trouble, "%.*s", LINE_BYTES - 1, words);
    if (model->trouble[0])
        model_tell(model, "%s", model->trouble);
}

/* --- home ------------------------------------------------------------------------------------- */

/* It belongs to the meeting that is to be gone on with: nobody goes on with it alone meanwhile. */
static bool is_of_meeting(const struct model *model, const struct standing *standing)
{
    return standing->under_way && model->meeting.started_ms &&
           standing->attempt.meeting_ms == model->meeting.started_ms;
}

static void take_standing(struct home *home, uint32_t at, const struct standing *standing,
                          uint64_t now_ms, uint64_t *newest_ms)
{
    home->done[at] = home->done[at] || standing->done_ms != 0;
    home->begun[at] = home->begun[at] || standing->under_way;
    if (standing->under_way && standing->touched_ms >= *newest_ms) {
        *newest_ms = standing->touched_ms;
        home->go_on = at + 1;
        home->go_on_step =
            standing->attempt.step < STEP_REVIEW ? standing->attempt.step : STEP_WORK;
    }
    bool due = standing->review_due_ms && standing->review_due_ms <= now_ms;
    if (due && (!home->review || standing->review_due_ms < home->review_due_ms)) {
        home->review = at + 1;
        home->review_due_ms = standing->review_due_ms;
        home->review_days = (uint32_t)((now_ms - standing->done_ms + DAY_MS / 2) / DAY_MS);
    }
}

void kept_home(struct model *model)
{
    struct home *home = &model->home;
    struct standing standing;
    uint64_t newest_ms = 0, now_ms = wall_ms(model);
    home->go_on = home->review = 0;
    for (uint32_t i = 0; model->progress && i < home->lesson_count && i < 64; i++)
        if (progress_standing(model->progress, home->lessons[i]->id, &standing) &&
            !is_of_meeting(model, &standing))
            take_standing(home, i, &standing, now_ms, &newest_ms);
}

void kept_open(struct model *model, struct progress *progress, uint64_t (*clock_ms)(void))
{
    model->progress = progress;
    model->wall_ms = clock_ms;
    kept_meeting_find(model);
    kept_home(model);
    if (meeting_is_half_done(model))
        model->home.cursor = HOME_MEETING;
    else if (model->home.go_on)
        model->home.cursor = HOME_GO_ON;
    else if (model->home.review)
        model->home.cursor = HOME_REVIEW;
    else
        model->home.cursor = home_next(model);
    if (!model->message[0])
        kept_trouble(model);
}

/* --- an attempt ------------------------------------------------------------------------------- */

/* The fault that a hand carried out, at its time, then what was changed in vary: one command a
 * line. */
static void add_lines(const struct model *model, struct text *to)
{
    const struct flow *flow = &model->flow;
    text_clear(to);
    if (flow->fault[0] && flow->fault_ns != TIME_NEVER && flow->furthest >= STEP_WATCH) {
        text_add(to, "at ");
        text_add_u64(to, flow->fault_ns);
        text_add(to, "ns ");
        text_add(to, flow->fault);
        text_add_char(to, '\n');
    }
    for (uint32_t i = 0; i < flow->change_count; i++) {
        text_add(to, flow->changes[i]);
        text_add_char(to, '\n');
    }
}

void kept_save(struct model *model)
{
    struct kept_attempt *attempt = &model->flow.attempt;
    char lines[KEPT_LINES_BYTES];
    struct text text = TEXT(lines);
    if (!model->progress || !flow_active(model) ||
        (model->flow.furthest == STEP_BRIEF && !attempt->meeting_ms)) /* a meeting's clock runs */
        return;
    add_lines(model, &text);
    bool begun = model->flow.furthest == STEP_BRIEF;
    if (attempt->step == (uint32_t)model->flow.furthest && strcmp(attempt->lines, lines) == 0 &&
        !begun)
        return;
    attempt->step = (uint32_t)model->flow.furthest;
    memcpy(attempt->lines, lines, sizeof lines);
    progress_save(model->progress, attempt, wall_ms(model));
    kept_trouble(model);
}

static void read_lines(struct flow *flow)
{
    const char *line = flow->attempt.lines;
    for (; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        int length = (int)strcspn(line, "\n");
        uint64_t time_ns;
        int used = 0;
        if (length >= LINE_BYTES)
            continue;
        if (sscanf(line, "at %" SCNu64 "ns %n", &time_ns, &used) == 1 && used) {
            flow->fault_ns = time_ns;
            snprintf(flow->fault, sizeof flow->fault, "%.*s", length - used, line + used);
        } else if (flow->change_count < CHANGES_MAX) {
            snprintf(flow->changes[flow->change_count++], LINE_BYTES, "%.*s", length, line);
        }
    }
}

static void take_guess(struct model *model, const struct kept_guess *kept)
{
    struct flow *flow = &model->flow;
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; i < text->question_count && i < QUESTIONS_MAX; i++) {
        if (strcmp(text->questions[i].name, kept->question) != 0 || kept->person >= PEOPLE_MAX)
            continue;
        struct guess *guess = &flow->guesses[i][kept->person];
        if (kept->round == 2 && !flow->second[i]) { /* who has not said it yet is asked again */
            flow->second[i] = true;
            memcpy(flow->first[i], flow->guesses[i], sizeof flow->first[i]);
            for (uint32_t person = 0; person < PEOPLE_MAX; person++) {
                field_clear(&flow->guesses[i][person].field);
                flow->guesses[i][person].locked = false;
            }
        }
        field_set(&guess->field, kept->words);
        guess->number = kept->number;
        guess->locked = true;
        memcpy(flow->names[kept->person], kept->name, sizeof kept->name);
        if (kept->person >= flow->people)
            flow->people = kept->person + 1;
    }
}

/* A question is locked when everybody has guessed, and guessed again where they differed: unless
 * they went on without that. */
static void read_guesses(struct model *model)
{
    struct flow *flow = &model->flow;
    struct kept_guess *kept = calloc(GUESSES_MAX, sizeof *kept);
    uint32_t count = kept ? progress_guesses(model->progress, flow->attempt.lesson,
                                             flow->attempt.started_ms, kept, GUESSES_MAX)
                          : 0;
    for (uint32_t i = 0; i < count && i < GUESSES_MAX; i++)
        take_guess(model, &kept[i]);
    free(kept);
    for (uint32_t i = 0; i < flow_text(model)->question_count && i < QUESTIONS_MAX; i++) {
        flow->locked[i] = true;
        for (uint32_t person = 0; person < flow->people; person++)
            flow->locked[i] = flow->locked[i] && flow->guesses[i][person].locked;
        if (flow->attempt.step < STEP_WATCH && flow->people > 1 && !flow->second[i])
            flow->locked[i] = flow->locked[i] && !flow_differ(model, i);
    }
    for (uint32_t i = 0; i < flow_text(model)->question_count && i < QUESTIONS_MAX; i++)
        if (flow->guesses[i][0].locked && flow_text(model)->questions[i].part > flow->act)
            flow->act = flow_text(model)->questions[i].part;
    flow_hide(model);
}

/* The explanation speaks of a run that is gone: it is watched again first.  Without all guesses
 * nothing after them is shown. */
static enum lesson_step step_of(const struct model *model)
{
    uint32_t step = model->flow.attempt.step;
    if (flow_open_question(model))
        return step < STEP_PREDICT ? (enum lesson_step)step : STEP_PREDICT;
    if (step <= STEP_EXPLAIN)
        return step < STEP_PREDICT ? (enum lesson_step)step : STEP_WATCH;
    return step < STEP_REVIEW ? (enum lesson_step)step : STEP_WORK;
}

void kept_begin(struct model *model)
{
    struct flow *flow = &model->flow;
    struct standing standing;
    memset(&flow->attempt, 0, sizeof flow->attempt);
    snprintf(flow->attempt.lesson, sizeof flow->attempt.lesson, "%s", flow->lesson->id);
    flow->attempt.started_ms = wall_ms(model);
    flow->attempt.seed = model->look.seed;
    if (model->meeting.on) {
        if (!kept_meeting_attempt(model)) {
            kept_save(model);
            return;
        }
    } else if (progress_standing(model->progress, flow->lesson->id, &standing) &&
               standing.under_way && !is_of_meeting(model, &standing)) {
        flow->attempt = standing.attempt;
    } else {
        return;
    }
    read_lines(flow);
    read_guesses(model);
    flow_resume(model, step_of(model));
}

/* --- what is said in it ----------------------------------------------------------------------- */

void kept_guess(struct model *model, uint32_t person)
{
    const struct flow *flow = &model->flow;
    const struct guess *guess = &flow->guesses[flow->question][person];
    struct kept_guess kept = {.started_ms = flow->attempt.started_ms,
                              .round = flow->second[flow->question] ? 2 : 1,
                              .person = person,
                              .number = guess->number,
                              .seed = model->look.seed};
    if (!model->progress)
        return;
    kept_save(model);
    kept.locked_ms = wall_ms(model);
    snprintf(kept.lesson, sizeof kept.lesson, "%s", flow->attempt.lesson);
    snprintf(kept.question, sizeof kept.question, "%s", flow_question(model)->name);
    snprintf(kept.words, sizeof kept.words, "%s", guess->field.text);
    memcpy(kept.name, flow->names[person], sizeof kept.name);
    progress_guess(model->progress, &kept);
    kept_trouble(model);
}

void kept_counted(struct model *model)
{
    const struct flow *flow = &model->flow;
    const struct lesson_text *text = flow_text(model);
    for (uint32_t i = 0; model->progress && i < text->question_count && i < QUESTIONS_MAX; i++) {
        const struct question *question = &text->questions[i];
        struct kept_counted counted = {.started_ms = flow->attempt.started_ms,
                                       .choice = question->form == QUESTION_CHOICE,
                                       .number = flow->counted[i].number};
        if (!flow->counted_known[i])
            continue;
        snprintf(counted.lesson, sizeof counted.lesson, "%s", flow->attempt.lesson);
        snprintf(counted.question, sizeof counted.question, "%s", question->name);
        snprintf(counted.asked, sizeof counted.asked, "%.500s", question->words);
        snprintf(counted.unit, sizeof counted.unit, "%s", question->unit);
        progress_counted(model->progress, &counted, wall_ms(model));
    }
    kept_trouble(model);
}

void kept_saw(struct model *model)
{
    struct kept_sentence sentence = {.started_ms = model->flow.attempt.started_ms};
    /* What was seen at a meeting stays what was seen there. */
    if (!model->progress || !model->flow.saw[0] || model->flow.attempt.meeting_ms)
        return;
    snprintf(sentence.lesson, sizeof sentence.lesson, "%s", model->flow.attempt.lesson);
    snprintf(sentence.words, sizeof sentence.words, "%s", model->flow.saw);
    progress_sentence(model->progress, &sentence, wall_ms(model));
    kept_trouble(model);
}

/* A lesson that is gone through again when it is due has been reviewed. */
void kept_done(struct model *model)
{
    const struct kept_attempt *attempt = &model->flow.attempt;
    struct standing standing;
    uint64_t now_ms = wall_ms(model);
    if (!model->progress)
        return;
    progress_standing(model->progress, attempt->lesson, &standing);
    if (standing.review_due_ms && standing.review_due_ms <= now_ms)
        progress_review(model->progress, attempt->lesson, true, now_ms);
    progress_done(model->progress, attempt, now_ms);
}
