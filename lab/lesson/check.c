/* `outage check` of a lesson: its world runs, its answer is no luck, its goals can be met and were
 * not. */
#include "lab/lesson/check.h"

#include <string.h>

void check_fail(struct check *check, const char *path, uint32_t line, enum error_id id,
                const char *a, const char *b, const char *c)
{
    char words[1024];
    struct text text = TEXT(words);
    struct error error;
    error_set(&error, id, 0, a, b, c, NULL);
    text_clear(&text);
    text_add(&text, path);
    text_add_char(&text, ':');
    text_add_u64(&text, line ? line : 1);
    text_add(&text, ":1: ");
    error_add(&text, &error, check->language);
    check->failed++;
    if (check->report)
        check->report(check->user, words);
}

bool lesson_place(struct session *session, const char *name, struct value *value)
{
    struct world *world = session_variant(session, 0)->world;
    struct metric_ref metric;
    struct error error;
    if (world_metric(world, name, &metric, &error)) {
        if (!world_read(world, metric, value))
            memset(value, 0, sizeof *value);
        return true;
    }
    const char *dot = strrchr(name, '.');
    char owner[NAME_BYTES];
    struct text text = TEXT(owner);
    text_clear(&text);
    text_add_bytes(&text, name, dot ? (size_t)(dot - name) : 0);
    uint32_t id = component_find(world, owner);
    int row = id ? parameter_find(component_kind(world, id), dot + 1) : -1;
    if (row < 0)
        return false;
    const struct parameter *parameter = &component_kind(world, id)->parameters[row];
    memset(value, 0, sizeof *value);
    value->unit = parameter->unit;
    value->number = (int64_t)parameter_get(world, id, (unsigned)row);
    struct text words = TEXT(value->words);
    parameter_add(&words, world, parameter, (uint64_t)value->number);
    return true;
}

/* --- runs
 * --------------------------------------------------------------------------------------------------
 */

static struct session *open_run(struct check *check, uint64_t seed)
{
    const struct lesson *lesson = check->lesson;
    struct session_options options = {
        .language = check->language, .seed = seed, .file = lesson->world_path};
    struct error error;
    struct session *session = session_open(lesson->world, strlen(lesson->world), &options, &error);
    if (!session)
        check_fail(check, lesson->world_path, error.line, (enum error_id)error.id,
                   error.arguments[0], error.arguments[1], error.arguments[2]);
    return session;
}

/* The whole world.lab, after one more line when the building is done. */
static struct session *finished_run(struct check *check, uint64_t seed, const char *line)
{
    struct session *session = open_run(check, seed);
    struct error error;
    if (!session)
        return NULL;
    session_build(session);
    if (line && !session_line(session, line, &error))
        check_fail(check, check->lesson->text[check->language].path, 1, ERROR_LESSON_LINE, line,
                   NULL, NULL);
    if (session_finish(session, TIME_NEVER) == SESSION_FAILED) {
        const struct error *why = session_error(session);
        check_fail(check, check->lesson->world_path, why->line, (enum error_id)why->id,
                   why->arguments[0], why->arguments[1], why->arguments[2]);
    }
    return session;
}

static void check_expects(struct check *check, struct session *session)
{
    for (uint32_t i = 0; i < session_expectations(session); i++) {
        const struct expectation *expectation = session_expectation(session, i);
        if (!expectation->held)
            check_fail(check, check->lesson->world_path, expectation->line, ERROR_LESSON_EXPECT,
                       expectation->words, expectation->found, NULL);
    }
}

/* --- answers
 * ------------------------------------------------------------------------------------------------
 */

static bool answer_near(const struct question *question, int64_t value, int64_t first)
{
    struct error error;
    uint64_t within = 0;
    uint64_t apart = value > first ? (uint64_t)(value - first) : (uint64_t)(first - value);
    size_t length = strlen(question->within);
    bool percent = length && question->within[length - 1] == '%';
    if (!length)
        return apart == 0;
    if (!value_parse(question->within, percent ? UNIT_PERCENT : UNIT_COUNT, NULL, &within, &error))
        return false;
    if (percent)
        within = within * (uint64_t)(first < 0 ? -first : first) / (100 * PERCENT_ONE);
    return apart <= within;
}

/* The answer holds for many seeds: it is no luck. */
static void check_answers(struct check *check, struct session *run, unsigned seeds)
{
    const struct lesson_text *text = &check->lesson->text[check->language];
    int64_t first[16] = {0};
    uint32_t count = text->question_count < 16 ? text->question_count : 16;
    for (unsigned seed = 0; seed <= seeds; seed++) {
        struct session *other = seed ? finished_run(check, 1000 + seed, NULL) : run;
        for (uint32_t i = 0; other && i < count; i++) {
            const struct question *question = &text->questions[i];
            struct value value;
            if (!question->answer[0]) {
                if (!question->answer_choice && !seed)
                    check_fail(check, text->path, 1, ERROR_LESSON_NO_ANSWER, question->name, NULL,
                               NULL);
            } else if (!lesson_place(other, question->answer, &value)) {
                if (!seed)
                    check_fail(check, text->path, 1, ERROR_LESSON_PLACE, question->answer, NULL,
                               NULL);
            } else if (!seed) {
                first[i] = value.number;
            } else if (!answer_near(question, value.number, first[i])) {
                check_fail(check, text->path, 1, ERROR_LESSON_LUCK, question->name, NULL, NULL);
            }
        }
        if (seed)
            session_close(other);
    }
}

/* --- goals
 * ---------------------------------------------------------------------------------------------------
 */

static uint32_t goals_met(struct check *check, struct session *session)
{
    const struct lesson_text *text = &check->lesson->text[check->language];
    uint32_t met = 0;
    for (uint32_t i = 0; i < text->goal_count; i++) {
        bool held = false;
        struct value found;
        struct error error;
        if (!session_holds(session, text->goals[i].condition, &held, &found, &error))
            check_fail(check, text->path, 1, (enum error_id)error.id, error.arguments[0],
                       error.arguments[1], error.arguments[2]);
        met += held;
    }
    return met;
}

/* Solvable: the reveal meets every goal.  Necessary: without it they do not all hold. */
static void check_goals(struct check *check, struct session *run)
{
    const struct lesson_text *text = &check->lesson->text[check->language];
    const char *reveal = NULL;
    uint32_t line = 1;
    for (uint32_t i = 0; i < text->block_count[STEP_VARY]; i++)
        if (text->blocks[STEP_VARY][i].kind == BLOCK_REVEAL) {
            reveal = text->blocks[STEP_VARY][i].words;
            line = text->blocks[STEP_VARY][i].line;
        }
    if (!text->goal_count)
        return;
    if (goals_met(check, run) == text->goal_count)
        check_fail(check, text->path, line, ERROR_LESSON_GOAL_HOLDS, NULL, NULL, NULL);
    struct session *revealed = reveal ? finished_run(check, 0, reveal) : NULL;
    if (!revealed || goals_met(check, revealed) != text->goal_count)
        check_fail(check, text->path, line, ERROR_LESSON_REVEAL, reveal ? reveal : "", NULL, NULL);
    session_close(revealed);
}

/* --- commands
 * ---------------------------------------------------------------------------------------------------
 */

/* Wrong in any state of the world, not only in this one. */
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

static void check_commands(struct check *check)
{
    const struct lesson_text *text = &check->lesson->text[check->language];
    for (unsigned step = 0; step < STEP_REVIEW; step++)
        for (uint32_t i = 0; i < text->block_count[step]; i++) {
            const struct block *block = &text->blocks[step][i];
            struct error error;
            struct session *session;
            if (block->kind != BLOCK_COMMAND || !(session = open_run(check, 0)))
                continue;
            session_build(session);
            if (!session_line(session, block->words, &error) && always_wrong(&error))
                check_fail(check, text->path, block->line, (enum error_id)error.id,
                           error.arguments[0], error.arguments[1], error.arguments[2]);
            session_close(session);
        }
}

uint32_t lesson_check(const char *folder, unsigned seeds, enum language language,
                      void (*report)(void *user, const char *line), void *user)
{
    char why[1024];
    struct text text = TEXT(why);
    struct check check = {.language = language, .report = report, .user = user};
    text_clear(&text);
    struct lesson *lesson = lesson_open(folder, language, &text);
    if (!lesson) {
        report(user, why);
        return 1;
    }
    check.lesson = lesson;
    check_parity(&check);
    struct session *run = finished_run(&check, 0, NULL);
    if (run) {
        check_expects(&check, run);
        check_prose(&check, run);
        check_answers(&check, run, seeds);
        check_goals(&check, run);
        check_commands(&check);
        session_close(run);
    }
    lesson_close(lesson);
    return check.failed;
}
