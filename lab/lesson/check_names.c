/* Checks that what a lesson's commands name is there: metrics, faults, components, parameters. */
#include "lab/lesson/check.h"

#include <string.h>

/* A metric, with the nearest known name for a misspelt one. */
static void metric_check(struct check *check, struct session *run, uint32_t line, const char *name)
{
    const char *behind = name;
    struct world *world = lesson_world_of(run, &behind);
    struct metric_ref metric;
    struct error error;
    struct spot spot = spot_text(check_text(check), line, name);
    char condition[COMMAND_BYTES];
    struct text text = TEXT(condition);
    struct value found;
    bool held;
    text_clear(&text);
    text_add(&text, name);
    text_add(&text, " == none");
    if (!world)
        check_fail(check, spot, ERROR_LESSON_PLACE, name, NULL, NULL);
    else if (!world_metric(world, behind, &metric, &error) &&
             !session_holds(run, condition, &held, &found, &(struct error){0})) /* spof.parts */
        check_fail_error(check, spot, &error);
}

/* --- questions -------------------------------------------------------------------------------- */

/* A part is as it happens to be: such a fault is no mistake of the lesson's. */
static bool always_wrong(const struct error *error)
{
    switch (error->id) {
    case ERROR_NOT_UP:
    case ERROR_IS_UP:
    case ERROR_NOT_PAUSED:
    case ERROR_IS_PAUSED:
    case ERROR_NO_POWER:
    case ERROR_HAS_POWER:
    case ERROR_MACHINE_OFF:
        return false;
    default:
        return true;
    }
}

/* A line of the lesson at the beginning of its world; what is wrong with it stands at `line`. */
static void line_check(struct check *check, const struct scene *scene, uint32_t line,
                       const char *words)
{
    char wrong[COMMAND_BYTES];
    struct error error;
    struct session *session = scene_built(check, scene, 0, 0);
    if (session && !session_line(session, words, &error) && always_wrong(&error))
        check_fail_error(
            check, spot_text(check_text(check), line, check_word(wrong, words, &error)), &error);
    session_close(session);
}

/* What `at=` names is scheduled by the world, or can be done by hand. */
static void fault_check(struct check *check, const struct scene *scene,
                        const struct question *question)
{
    char words[COMMAND_BYTES];
    struct text fault = TEXT(words);
    struct session *session = scene_built(check, scene, 0, 0);
    bool scheduled = session && session_first(session, &question->fault) != TIME_NEVER;
    session_close(session);
    if (!session || scheduled)
        return;
    text_clear(&fault);
    language_join(&fault, &question->fault);
    if (question->fault.count)
        line_check(check, scene, question->line, words);
    else
        check_fail(check, spot_text(check_text(check), question->line, NULL), ERROR_LESSON_FAULT,
                   NULL, NULL, NULL);
}

/* The parts of a map: those that may be marked, those that the answer lists, those of a belief. */
static void map_check(struct check *check, struct session *run, const struct question *question)
{
    const struct lesson_text *text = check_text(check);
    const struct world *world = session_variant(run, 0)->world;
    const char *names[LESSON_MARKS];
    unsigned count = lesson_marks(question, world, names);
    int64_t bits;
    for (unsigned i = 0; question->marks[i]; i++)
        if (!component_find(world, question->marks[i]))
            check_fail(check, spot_text(text, question->line, question->marks[i]),
                       ERROR_NOTHING_NAMED, question->marks[i], NULL, NULL);
    if (!strchr(question->answer, '.') && !lesson_marks_read(question->answer, names, count, &bits))
        check_fail(check, spot_text(text, question->answer_line, question->answer),
                   ERROR_LESSON_MARK, question->answer, NULL, NULL);
    for (uint32_t i = 0; i < question->belief_count; i++) {
        const struct belief *belief = &question->beliefs[i];
        if (!lesson_marks_read(belief->mark + (belief->mark[0] == '-'), names, count, &bits))
            check_fail(check, spot_text(text, belief->line, belief->mark), ERROR_LESSON_MARK,
                       belief->mark, NULL, NULL);
    }
}

static void question_check(struct check *check, const struct scene *scene,
                           const struct question *question)
{
    struct session *run = scene->told;
    bool map = question->form == QUESTION_MAP;
    for (unsigned i = 0; question->hides[i]; i++)
        if (strcmp(question->hides[i], question->answer) != 0)
            metric_check(check, run, question->line, question->hides[i]);
    if (map)
        map_check(check, run, question);
    if (question->answer[0] && (!map || strchr(question->answer, '.')))
        metric_check(check, run, question->answer_line, question->answer);
    else if (!question->answer[0] && !question->answer_choice)
        check_fail(check, spot_text(check_text(check), question->line, question->name),
                   ERROR_LESSON_NO_ANSWER, question->name, NULL, NULL);
    if (scene->step != STEP_REVIEW) /* its fault is over before it is asked */
        fault_check(check, scene, question);
}

/* --- goals, prices, commands ------------------------------------------------------------------ */

static void goal_check(struct check *check, struct session *run, const struct goal *goal)
{
    struct spot spot = spot_text(check_text(check), goal->line, NULL);
    struct command condition;
    struct value found;
    struct error error, ignored;
    bool held;
    if (session_holds(run, goal->condition, &held, &found, &error))
        return;
    check->goals_wrong = true;
    if (language_split(&condition, goal->condition, 0, &ignored))
        spot.column = goal->column + language_column(&condition, &error) - 1;
    check_fail_error(check, spot, &error);
}

/* It may need what a line before it on the panel adds: a machine for a second store. */
static bool acts_after_others(struct check *check, const struct scene *scene, unsigned step,
                              uint32_t at)
{
    const struct block *blocks = check_text(check)->blocks[step];
    struct error error;
    struct session *session = scene_built(check, scene, 0, 0);
    for (uint32_t i = 0; session && i < at; i++)
        if (blocks[i].kind == BLOCK_COMMAND && blocks[i].part == blocks[at].part)
            session_line(session, blocks[i].words, &error);
    bool acts = session && session_line(session, blocks[at].words, &error);
    session_close(session);
    return acts;
}

static void block_check(struct check *check, const struct scene *scene, unsigned step, uint32_t at)
{
    const struct block *block = &check_text(check)->blocks[step][at];
    const char *last = strrchr(block->words, ' ');
    bool adds = strncmp(block->words, "add ", 4) == 0 || strncmp(block->words, "link ", 5) == 0 ||
                strncmp(block->words, "set ", 4) == 0;
    if (block->kind == BLOCK_COMMAND && !(adds && acts_after_others(check, scene, step, at)))
        line_check(check, scene, block->line, block->words);
    else if (block->kind == BLOCK_PRICE)
        metric_check(check, scene->told, block->line, last ? last + 1 : block->words);
}

void check_names(struct check *check)
{
    const struct lesson_text *text = check_text(check);
    const struct scene *vary = scene_of(check, STEP_VARY, 0);
    for (uint32_t i = 0; i < text->question_count; i++) {
        const struct scene *scene = scene_of(check, STEP_PREDICT, text->questions[i].part);
        if (scene->told)
            question_check(check, scene, &text->questions[i]);
    }
    for (uint32_t i = 0; i < text->review_count; i++) {
        const struct scene *scene = scene_of(check, STEP_REVIEW, text->reviews[i].part);
        if (scene->told)
            question_check(check, scene, &text->reviews[i]);
    }
    for (uint32_t i = 0; vary->told && i < text->goal_count; i++)
        goal_check(check, vary->told, &text->goals[i]);
    for (unsigned step = 0; step < STEP_COUNT; step++)
        for (uint32_t i = 0; i < text->block_count[step]; i++) {
            const struct block *block = &text->blocks[step][i];
            const struct scene *scene = scene_of(check, (enum lesson_step)step, block->part);
            if (scene->told)
                block_check(check, scene, step, i);
        }
}
