/* One question of a lesson that comes back: asked, counted, kept. */
#include "lab/app/review.h"

#include <stdlib.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/home.h"
#include "lab/app/kept.h"
#include "lab/lesson/run.h"
#include "lab/view/draw.h"

#define SEEDS     100000u
#define SEED_LAST 1000u /* below it stand the seeds that lessons use */
#define DAY_MS    UINT64_C(86400000)

static uint64_t wall_ms(const struct model *model)
{
    return model->wall_ms ? model->wall_ms() : 0;
}

static const struct lesson_text *text_of(const struct model *model)
{
    return &model->review.lesson->text[model->language];
}

const struct question *review_question(const struct model *model)
{
    return model->review.lesson ? &text_of(model)->reviews[model->review.question] : NULL;
}

bool review_shows(const struct model *model, const struct block *block)
{
    return block->part == review_question(model)->part;
}

/* How often in a row it was remembered: so many days have gone by, and that question is asked. */
static uint32_t remembered(const struct model *model, const struct lesson *lesson)
{
    struct standing standing;
    return progress_standing(model->progress, lesson->id, &standing) ? standing.reviews : 0;
}

static char *script_of(const struct review_state *review)
{
    uint32_t part = review->lesson->text[LANGUAGE_EN].reviews[review->question].part;
    uint32_t picks = lesson_script_picks(review->lesson, STEP_REVIEW, part);
    return lesson_script(review->lesson, STEP_REVIEW, part, (uint32_t)(review->seed % picks));
}

static struct session *run_of(const struct model *model, bool to_its_end)
{
    const struct review_state *review = &model->review;
    char *script = script_of(review);
    struct error error;
    struct lesson_run run = {.script = script ? script : "",
                             .file = review->lesson->world_path,
                             .language = model->language,
                             .seed = review->seed};
    struct session *session = to_its_end ? lesson_run_ended(&run) : lesson_run_built(&run, &error);
    free(script);
    return session;
}

/* The world of the question stands behind it: its prose speaks of it. */
static bool take_session(struct model *model, struct session *session)
{
    if (!session)
        return false;
    model_close_session(model);
    model->session = session;
    model_look(model);
    return true;
}

static bool ask(struct model *model, const struct lesson *lesson, uint32_t question, uint64_t seed)
{
    struct review_state *review = &model->review;
    *review = (struct review_state){.lesson = lesson, .question = question, .seed = seed};
    if (!take_session(model, run_of(model, false))) {
        review->lesson = NULL;
        return false;
    }
    model->message[0] = 0;
    model->depth = 0;
    model->scroll = 0;
    model->screen = PLACE_HOME;
    model_show(model, PLACE_REVIEW);
    model->asking = FIELD_REVIEW;
    return true;
}

bool review_open(struct model *model, uint32_t at)
{
    const struct lesson *lesson = home_open(model, at);
    if (!lesson)
        return false;
    uint32_t count = lesson->text[LANGUAGE_EN].review_count;
    if (count == 0) {
        model_tell(model, "%s", model_say(model, WORD_NO_REVIEW));
        return false;
    }
    return ask(model, lesson, remembered(model, lesson) % count,
               SEED_LAST + 1 + wall_ms(model) / 1000 % SEEDS);
}

void review_anew(struct model *model, const struct lesson *now)
{
    const struct review_state was = model->review;
    uint32_t count = now->text[LANGUAGE_EN].review_count;
    if (was.locked || count == 0 || !ask(model, now, was.question % count, was.seed))
        review_leave(model);
}

void review_leave(struct model *model)
{
    memset(&model->review, 0, sizeof model->review);
    model_home(model);
}

void review_language(struct model *model)
{
    model_look(model);
}

/* --- the guess -------------------------------------------------------------------------------- */

static bool read_guess(const struct model *model, int64_t *number)
{
    const struct question *question = review_question(model);
    const char *words = model->review.field.text, *names[LESSON_MARKS];
    if (question->form == QUESTION_NUMBER)
        return lesson_guess_number(words, number);
    if (question->form == QUESTION_MAP) {
        unsigned count = lesson_marks(question, model_world(model), names);
        return lesson_marks_read(words, names, count, number) && *number;
    }
    words += strspn(words, " ");
    int letter = (*words | 0x20) - 'a';
    *number = letter;
    return letter >= 0 && letter < LESSON_CHOICES && question->choices[letter];
}

bool review_understood(const struct model *model, struct text *to)
{
    const struct question *question = review_question(model);
    int64_t number;
    if (!read_guess(model, &number))
        return false;
    if (question->form == QUESTION_NUMBER)
        draw_amount_of(to, model, number, question->unit);
    else
        text_add(to, question->form == QUESTION_CHOICE ? question->choices[number]
                                                       : model->review.field.text);
    return true;
}

const struct belief *review_belief(const struct model *model)
{
    const struct question *question = review_question(model);
    int64_t number = model->review.number;
    for (uint32_t i = 0; i < question->belief_count; i++)
        if (!question->beliefs[i].mark && number >= question->beliefs[i].from &&
            number <= question->beliefs[i].to)
            return &question->beliefs[i];
    return NULL;
}

/* --- what came of it -------------------------------------------------------------------------- */

/* In how many days it comes back; 0 never again. */
static uint32_t next_days(const struct model *model, uint64_t now_ms)
{
    struct standing standing;
    if (!progress_standing(model->progress, model->review.lesson->id, &standing) ||
        standing.review_due_ms <= now_ms)
        return 0;
    return (uint32_t)((standing.review_due_ms - now_ms + DAY_MS - 1) / DAY_MS);
}

void review_lock(struct model *model)
{
    struct review_state *review = &model->review;
    const struct question *question = review_question(model);
    uint64_t now_ms = wall_ms(model);
    if (!read_guess(model, &review->number)) {
        model_tell(model, "%s", model_say(model, flow_example(question)));
        return;
    }
    if (!take_session(model, run_of(model, true)))
        return;
    model->message[0] = 0;
    model->asking = FIELD_NONE;
    review->known = lesson_count(model->session, question, &review->counted);
    review->right = review->known && lesson_right(question, &review->counted, review->number);
    review->locked = true;
    progress_review(model->progress, review->lesson->id, review->right, now_ms);
    review->days = next_days(model, now_ms);
    review->kept = progress_takes(model->progress);
    model->redraw = true;
}
