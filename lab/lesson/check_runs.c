/* Checks that run the lesson's world: its expects, its answers under other seeds, its goals. */
#include "lab/lesson/check.h"

#include <string.h>

#define SEED_FIRST 1000 /* of the other seeds */

/* The line of world.lab on which the clock first moves. */
static uint32_t run_line(const char *world)
{
    uint32_t line = 1;
    for (const char *c = world; c; line++) {
        if (strncmp(c, "run ", 4) == 0)
            return line;
        c = strchr(c, '\n');
        c = c ? c + 1 : NULL;
    }
    return 1;
}

struct session *check_built(struct check *check, uint64_t seed)
{
    const struct lesson *lesson = check->lesson;
    struct session_options options = {.language = check->language,
                                      .seed = seed,
                                      .events_max = LESSON_EVENTS_A_WAIT,
                                      .file = lesson->world_path};
    struct error error;
    struct session *session = session_open(lesson->world, strlen(lesson->world), &options, &error);
    if (!session) {
        struct spot spot = spot_world(check, error.line, NULL);
        spot.column = error.column;
        check_fail_error(check, spot, &error);
        return NULL;
    }
    session_build(session);
    return session;
}

/* Says what ended a run, at its line of world.lab, or at the reveal that made it so. */
static void run_failed(struct check *check, struct session *session, const struct block *reveal)
{
    struct error error = *session_error(session);
    const struct command *command = session_failed_command(session);
    struct spot spot = spot_world(check, command->line ? command->line : error.line, NULL);
    if (command->count)
        spot.column = language_column(command, &error);
    if (error.id == ERROR_TOO_MANY_EVENTS) {
        error.id = ERROR_LESSON_WAIT;
        spot = spot_world(check, run_line(check->lesson->world), NULL);
    }
    if (reveal)
        spot = spot_text(check_text(check), reveal->line, NULL);
    check_fail_error(check, spot, &error);
}

static const struct block *reveal_of(const struct lesson_text *text, uint32_t *at)
{
    while (*at < text->block_count[STEP_VARY]) {
        const struct block *block = &text->blocks[STEP_VARY][(*at)++];
        if (block->kind == BLOCK_REVEAL)
            return block;
    }
    return NULL;
}

/* Every reveal, when the building is done; the last one, NULL when one was refused. */
static const struct block *reveal_all(struct check *check, struct session *session)
{
    char wrong[COMMAND_BYTES];
    struct error error;
    const struct block *reveal, *last = NULL;
    uint32_t at = 0;
    while ((reveal = reveal_of(check_text(check), &at))) {
        last = reveal;
        if (session_line(session, reveal->words, &error))
            continue;
        check_fail_error(
            check,
            spot_text(check_text(check), reveal->line, check_word(wrong, reveal->words, &error)),
            &error);
        return NULL;
    }
    return last;
}

struct session *check_run(struct check *check, uint64_t seed, bool revealed)
{
    struct session *session = check_built(check, seed);
    const struct block *reveal = NULL;
    if (!session)
        return NULL;
    bool refused = revealed && !(reveal = reveal_all(check, session));
    enum session_state state = refused ? SESSION_FAILED : session_finish(session, TIME_NEVER);
    if (!refused && (state == SESSION_FAILED || state == SESSION_OVER))
        run_failed(check, session, reveal);
    if (state != SESSION_FAILED && state != SESSION_OVER)
        return session;
    session_close(session);
    return NULL;
}

void check_expects(struct check *check, struct session *session)
{
    for (uint32_t i = 0; i < session_expectations(session); i++) {
        const struct expectation *expectation = session_expectation(session, i);
        if (!expectation->held)
            check_fail(check, spot_world(check, expectation->line, NULL), ERROR_LESSON_EXPECT,
                       expectation->words, expectation->found, NULL);
    }
}

/* --- answers
 * ------------------------------------------------------------------------------------------------
 */

/* `within` as the answer's metric counts it; a share of the answer when it is in percent. */
static bool within_read(const struct question *question, const struct value *answer,
                        int64_t *within)
{
    uint64_t read = 0, size = (uint64_t)(answer->number < 0 ? -answer->number : answer->number);
    struct error error;
    size_t length = strlen(question->within);
    bool percent = length && question->within[length - 1] == '%';
    *within = 0;
    if (!length)
        return true;
    if (percent) {
        if (!value_parse(question->within, UNIT_PERCENT, NULL, &read, &error))
            return false;
        *within = (int64_t)(size / (100 * PERCENT_ONE) * read +
                            size % (100 * PERCENT_ONE) * read / (100 * PERCENT_ONE));
        return true;
    }
    if (!value_parse(question->within, UNIT_COUNT, NULL, &read, &error) &&
        !value_parse(question->within, (enum unit)answer->unit, NULL, &read, &error))
        return false;
    *within = (int64_t)read;
    return true;
}

struct answer {
    bool asked; /* it is counted, and there is a value to compare with */
    int64_t within;
    struct value first;
};

static struct answer answer_first(struct check *check, struct session *run,
                                  const struct question *question)
{
    struct answer answer = {0};
    const struct lesson_text *text = check_text(check);
    if (!question->answer[0])
        return answer;
    enum place place = lesson_place(run, question->answer, &answer.first);
    if (place == PLACE_SILENT)
        check_fail(check, spot_text(text, question->answer_line, question->answer),
                   ERROR_LESSON_NO_VALUE, question->answer, NULL, NULL);
    if (place != PLACE_KNOWN)
        return answer;
    answer.asked = within_read(question, &answer.first, &answer.within);
    if (!answer.asked)
        check_fail(check, spot_text(text, question->answer_line, question->within), ERROR_BAD_VALUE,
                   question->within, "within", "5%");
    return answer;
}

static bool answer_holds(const struct answer *answer, const struct value *value)
{
    int64_t apart = value->number - answer->first.number;
    return (apart < 0 ? -apart : apart) <= answer->within &&
           strcmp(value->words, answer->first.words) == 0;
}

/* The answer holds for many seeds: it is no luck. */
void check_answers(struct check *check, struct session *run, unsigned seeds)
{
    const struct lesson_text *text = check_text(check);
    struct answer answers[LESSON_QUESTIONS];
    uint32_t count =
        text->question_count < LESSON_QUESTIONS ? text->question_count : LESSON_QUESTIONS;
    bool any = false;
    for (uint32_t i = 0; i < count; i++) {
        answers[i] = answer_first(check, run, &text->questions[i]);
        any = any || answers[i].asked;
    }
    for (unsigned seed = 0; any && seed < seeds; seed++) {
        struct session *other = check_run(check, SEED_FIRST + seed, false);
        for (uint32_t i = 0; other && i < count; i++) {
            const struct question *question = &text->questions[i];
            struct value value;
            if (answers[i].asked && (lesson_place(other, question->answer, &value) != PLACE_KNOWN ||
                                     !answer_holds(&answers[i], &value)))
                check_fail(check, spot_text(text, question->answer_line, question->answer),
                           ERROR_LESSON_LUCK, question->name, NULL, NULL);
        }
        session_close(other);
    }
}

/* --- goals
 * ---------------------------------------------------------------------------------------------------
 */

/* Solvable: what is revealed meets every goal. */
static void revealed_check(struct check *check, uint32_t line)
{
    const struct lesson_text *text = check_text(check);
    struct session *session = check_run(check, 0, true);
    for (uint32_t i = 0; session && i < text->goal_count; i++) {
        bool held = false;
        struct value found = {0};
        struct error error;
        char words[80];
        struct text now = TEXT(words);
        text_clear(&now);
        if (session_holds(session, text->goals[i].condition, &held, &found, &error) && held)
            continue;
        value_add_screen(&now, &found);
        check_fail(check, spot_text(text, line, NULL), ERROR_LESSON_REVEAL,
                   text->goals[i].condition, words, NULL);
    }
    session_close(session);
}

void check_goals(struct check *check, struct session *run)
{
    const struct lesson_text *text = check_text(check);
    uint32_t at = 0, met = 0;
    if (!text->goal_count || check->goals_wrong)
        return;
    const struct block *reveal = reveal_of(text, &at);
    for (uint32_t i = 0; i < text->goal_count; i++) {
        bool held = false;
        struct value found;
        struct error error;
        session_holds(run, text->goals[i].condition, &held, &found, &error);
        met += held;
    }
    if (met == text->goal_count) /* necessary: with what is taught withheld, they fail */
        check_fail(check, spot_text(text, text->goals[0].line, NULL), ERROR_LESSON_GOAL_HOLDS, NULL,
                   NULL, NULL);
    if (reveal)
        revealed_check(check, reveal->line);
    else
        check_fail(check, spot_text(text, text->goals[0].line, NULL), ERROR_LESSON_NO_REVEAL, NULL,
                   NULL, NULL);
}
