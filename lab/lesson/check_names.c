/* Checks that what a lesson's commands name is there: metrics, faults, components, parameters. */
#include "lab/lesson/check.h"

#include <string.h>

/* The world that "variant:" of a name means, and the name behind it; NULL: no such variant. */
static struct world *world_of(struct session *session, const char **name)
{
    size_t before = strcspn(*name, ":.");
    if ((*name)[before] != ':')
        return session_variant(session, 0)->world;
    for (uint32_t i = 0; i < session_variants(session); i++) {
        struct variant *variant = session_variant(session, i);
        if (strlen(variant->name) == before && memcmp(variant->name, *name, before) == 0) {
            *name += before + 1;
            return variant->world;
        }
    }
    return NULL;
}

static bool parameter_place(const struct world *world, const char *name, struct value *value)
{
    const char *dot = strrchr(name, '.');
    char owner[NAME_BYTES];
    struct text text = TEXT(owner), words = TEXT(value->words);
    text_clear(&text);
    text_add_bytes(&text, name, dot ? (size_t)(dot - name) : 0);
    uint32_t id = component_find(world, owner);
    int row = id ? parameter_find(component_kind(world, id), dot + 1) : -1;
    if (row < 0)
        return false;
    const struct parameter *parameter = &component_kind(world, id)->parameters[row];
    value->unit = parameter->unit;
    value->number = (int64_t)parameter_get(world, id, (unsigned)row);
    parameter_add(&words, world, parameter, (uint64_t)value->number);
    return true;
}

enum place lesson_place(struct session *session, const char *name, struct value *value)
{
    struct world *world = world_of(session, &name);
    struct metric_ref metric;
    struct error error;
    memset(value, 0, sizeof *value);
    if (!world)
        return PLACE_NONE;
    if (world_metric(world, name, &metric, &error))
        return world_read(world, metric, value) ? PLACE_KNOWN : PLACE_SILENT;
    return parameter_place(world, name, value) ? PLACE_KNOWN : PLACE_NONE;
}

/* A metric, with the nearest known name for a misspelt one. */
static void metric_check(struct check *check, struct session *run, uint32_t line, const char *name)
{
    const char *behind = name;
    struct world *world = world_of(run, &behind);
    struct metric_ref metric;
    struct error error;
    struct spot spot = spot_text(check_text(check), line, name);
    if (!world)
        check_fail(check, spot, ERROR_LESSON_PLACE, name, NULL, NULL);
    else if (!world_metric(world, behind, &metric, &error))
        check_fail_error(check, spot, &error);
}

/* --- questions
 * ----------------------------------------------------------------------------------------------
 */

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

/* A line of the lesson at the beginning of the world; what is wrong with it stands at `line`. */
static void line_check(struct check *check, uint32_t line, const char *words)
{
    char wrong[COMMAND_BYTES];
    struct error error;
    struct session *session = check_built(check, 0);
    if (session && !session_line(session, words, &error) && always_wrong(&error))
        check_fail_error(
            check, spot_text(check_text(check), line, check_word(wrong, words, &error)), &error);
    session_close(session);
}

/* What `at=` names is scheduled by world.lab, or can be done by hand. */
static void fault_check(struct check *check, const struct question *question)
{
    char words[COMMAND_BYTES];
    struct text fault = TEXT(words);
    struct session *session = check_built(check, 0);
    bool scheduled = session && session_first(session, &question->fault) != TIME_NEVER;
    session_close(session);
    if (!session || scheduled)
        return;
    text_clear(&fault);
    language_join(&fault, &question->fault);
    if (question->fault.count)
        line_check(check, question->line, words);
    else
        check_fail(check, spot_text(check_text(check), question->line, NULL), ERROR_LESSON_FAULT,
                   NULL, NULL, NULL);
}

static void question_check(struct check *check, struct session *run,
                           const struct question *question)
{
    for (unsigned i = 0; question->hides[i]; i++)
        if (strcmp(question->hides[i], question->answer) != 0)
            metric_check(check, run, question->line, question->hides[i]);
    if (question->answer[0])
        metric_check(check, run, question->answer_line, question->answer);
    else if (!question->answer_choice)
        check_fail(check, spot_text(check_text(check), question->line, question->name),
                   ERROR_LESSON_NO_ANSWER, question->name, NULL, NULL);
    fault_check(check, question);
}

/* --- goals, prices, commands
 * --------------------------------------------------------------------------------
 */

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

void check_names(struct check *check, struct session *run)
{
    const struct lesson_text *text = check_text(check);
    for (uint32_t i = 0; i < text->question_count; i++)
        question_check(check, run, &text->questions[i]);
    for (uint32_t i = 0; i < text->goal_count; i++)
        goal_check(check, run, &text->goals[i]);
    for (unsigned step = 0; step < STEP_COUNT; step++)
        for (uint32_t i = 0; i < text->block_count[step]; i++) {
            const struct block *block = &text->blocks[step][i];
            const char *last = strrchr(block->words, ' ');
            if (block->kind == BLOCK_COMMAND)
                line_check(check, block->line, block->words);
            else if (block->kind == BLOCK_PRICE)
                metric_check(check, run, block->line, last ? last + 1 : block->words);
        }
}
