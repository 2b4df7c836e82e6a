/* Checks that run the lesson's world: its expects, its answers under other seeds, its goals. */
#include "lab/lesson/check.h"

#include <stdlib.h>
#include <string.h>

#define SEED_FIRST  1000 /* of the other seeds */
#define SEEDS_ALIKE 3    /* so many in a row with the same run: nothing in it is left to chance */

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

/* Where a line of a scene's script stands: in world.lab, or in its fence. */
static struct spot scene_spot(const struct check *check, const struct scene *scene, uint32_t line)
{
    const struct lesson *lesson = check->lesson;
    const struct block *fence = lesson_script_fence(check_text(check), scene->step, scene->part);
    uint32_t before = lesson_script_before(lesson, scene->step, scene->part);
    if (fence && line > before)
        return spot_text(check_text(check), fence->line + line - before - 1, NULL);
    return spot_world(check, line, NULL);
}

struct session *scene_built(struct check *check, const struct scene *scene, uint64_t seed,
                            uint32_t pick)
{
    char *script = lesson_script(check->lesson, scene->step, scene->part, pick);
    struct lesson_run run = {.script = script ? script : "",
                             .file = check->lesson->world_path,
                             .language = check->language,
                             .seed = seed,
                             .events_max = LESSON_EVENTS_A_WAIT};
    struct error error;
    struct session *session = lesson_run_built(&run, &error);
    if (!session) {
        struct spot spot = scene_spot(check, scene, error.line);
        spot.column = error.column;
        check_fail_error(check, spot, &error);
    }
    free(script);
    return session;
}

/* Says what ended a run, at its line of the script, or at the reveal that made it so. */
static void run_failed(struct check *check, const struct scene *scene, struct session *session,
                       const struct block *reveal)
{
    struct error error = *session_error(session);
    const struct command *command = session_failed_command(session);
    struct spot spot = scene_spot(check, scene, command->line ? command->line : error.line);
    if (command->count)
        spot.column = language_column(command, &error);
    if (error.id == ERROR_TOO_MANY_EVENTS) {
        error.id = ERROR_LESSON_WAIT;
        spot = scene_spot(check, scene, run_line(session_script(session)));
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

/* A whole scene; the reveals' lines act first when `revealed`. */
static struct session *scene_run(struct check *check, const struct scene *scene, uint64_t seed,
                                 uint32_t pick, bool revealed)
{
    struct session *session = scene_built(check, scene, seed, pick);
    const struct block *reveal = NULL;
    if (!session)
        return NULL;
    bool refused = revealed && !(reveal = reveal_all(check, session));
    enum session_state state = refused ? SESSION_FAILED : session_finish(session, TIME_NEVER);
    if (!refused && (state == SESSION_FAILED || state == SESSION_OVER))
        run_failed(check, scene, session, reveal);
    if (state != SESSION_FAILED && state != SESSION_OVER)
        return session;
    session_close(session);
    return NULL;
}

/* --- scenes ----------------------------------------------------------------------------------- */

static void scene_add(struct check *check, enum lesson_step step, uint32_t part)
{
    struct scene *scene = &check->scenes[check->scene_count++];
    *scene = (struct scene){.step = step, .part = part};
    scene->run = scene_run(check, scene, 0, 0, false);
    scene->told = scene->run ? scene->run : scene_built(check, scene, 0, 0);
    if (!scene->told || session_state(scene->told) != SESSION_FAILED)
        return;
    session_close(scene->told);
    scene->told = NULL;
}

void check_scenes(struct check *check)
{
    static const enum lesson_step steps[] = {STEP_PREDICT, STEP_VARY, STEP_REVIEW};
    const struct lesson_text *text = &check->lesson->text[LANGUAGE_EN];
    scene_add(check, STEP_BRIEF, 0);
    for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++)
        for (uint32_t part = 0; part < text->part_count[steps[i]]; part++)
            if (lesson_script_fence(text, steps[i], part))
                scene_add(check, steps[i], part);
}

void check_scenes_close(struct check *check)
{
    for (unsigned i = 0; i < check->scene_count; i++)
        session_close(check->scenes[i].told);
}

const struct scene *scene_of(const struct check *check, enum lesson_step step, uint32_t part)
{
    const struct lesson_text *text = check_text(check);
    if (step == STEP_WATCH || step == STEP_EXPLAIN) {
        part = lesson_part_of(text, STEP_PREDICT, text->parts[step][part].name);
        step = STEP_PREDICT;
    }
    for (unsigned i = 1; i < check->scene_count; i++)
        if (check->scenes[i].step == step && check->scenes[i].part == part)
            return &check->scenes[i];
    return &check->scenes[0];
}

void check_expects(struct check *check)
{
    for (unsigned s = 0; s < check->scene_count; s++) {
        const struct scene *scene = &check->scenes[s];
        for (uint32_t i = 0; scene->run && i < session_expectations(scene->run); i++) {
            const struct expectation *expectation = session_expectation(scene->run, i);
            if (!expectation->held)
                check_fail(check, scene_spot(check, scene, expectation->line), ERROR_LESSON_EXPECT,
                           expectation->words, expectation->found, NULL);
        }
    }
}

/* --- answers ---------------------------------------------------------------------------------- */

struct answer {
    const struct question *question;
    bool asked; /* it is counted, and there is a value to compare with */
    struct value first;
};

static struct answer answer_first(struct check *check, struct session *run,
                                  const struct question *question)
{
    struct answer answer = {.question = question};
    struct value raw;
    int64_t within;
    const struct lesson_text *text = check_text(check);
    if (!question->answer[0])
        return answer;
    if (strchr(question->answer, '.') && lesson_place(run, question->answer, &raw) == TOLD_SILENT)
        check_fail(check, spot_text(text, question->answer_line, question->answer),
                   ERROR_LESSON_NO_VALUE, question->answer, NULL, NULL);
    if (!lesson_count(run, question, &answer.first))
        return answer;
    answer.asked = lesson_within(question, &answer.first, &within);
    if (!answer.asked)
        check_fail(check, spot_text(text, question->answer_line, question->within), ERROR_BAD_VALUE,
                   question->within, "within", "5%");
    return answer;
}

static void answer_again(struct check *check, struct session *run, const struct answer *answer)
{
    struct value value;
    const struct question *question = answer->question;
    if (!answer->asked)
        return;
    if (!lesson_count(run, question, &value) ||
        !lesson_right(question, &answer->first, value.number) ||
        strcmp(value.words, answer->first.words) != 0)
        check_fail(check, spot_text(check_text(check), question->answer_line, question->answer),
                   ERROR_LESSON_LUCK, question->name, NULL, NULL);
}

/* The questions of a scene. */
static uint32_t questions_of(const struct check *check, const struct scene *scene,
                             const struct question *questions[LESSON_QUESTIONS + LESSON_PARTS])
{
    const struct lesson_text *text = check_text(check);
    uint32_t count = 0;
    for (uint32_t i = 0; i < text->question_count && count < LESSON_QUESTIONS; i++)
        if (scene_of(check, STEP_PREDICT, text->questions[i].part) == scene)
            questions[count++] = &text->questions[i];
    for (uint32_t i = 0; i < text->review_count && i < LESSON_PARTS; i++)
        if (scene_of(check, STEP_REVIEW, text->reviews[i].part) == scene)
            questions[count++] = &text->reviews[i];
    return count;
}

/* With one of the picks: as the scene counts it, then for other seeds. */
static void answers_of(struct check *check, const struct scene *scene, uint32_t pick,
                       unsigned seeds)
{
    const struct question *questions[LESSON_QUESTIONS + LESSON_PARTS];
    struct answer answers[LESSON_QUESTIONS + LESSON_PARTS];
    uint32_t count = questions_of(check, scene, questions);
    bool any = false;
    struct session *first = pick ? scene_run(check, scene, 0, pick, false) : scene->run;
    for (uint32_t i = 0; first && i < count; i++) {
        answers[i] = answer_first(check, first, questions[i]);
        any = any || answers[i].asked;
    }
    if (pick)
        session_close(first);
    uint64_t before = 0;
    unsigned alike = 0;
    for (unsigned seed = 0; any && seed < seeds && alike < SEEDS_ALIKE; seed++) {
        struct session *other = scene_run(check, scene, SEED_FIRST + seed, pick, false);
        for (uint32_t i = 0; other && i < count; i++)
            answer_again(check, other, &answers[i]);
        uint64_t digest = other ? session_digest(other) : 0;
        alike = digest == before ? alike + 1 : 1;
        before = digest;
        session_close(other);
    }
}

/* The answer holds for many seeds: it is no luck. */
void check_answers(struct check *check, unsigned seeds)
{
    for (unsigned s = 0; s < check->scene_count; s++) {
        const struct scene *scene = &check->scenes[s];
        uint32_t picks = lesson_script_picks(check->lesson, scene->step, scene->part);
        for (uint32_t pick = 0; scene->run && pick < picks; pick++)
            answers_of(check, scene, pick, (seeds + picks - 1) / picks);
    }
}

/* --- goals ------------------------------------------------------------------------------------ */

/* Solvable: what is revealed meets every goal. */
static void revealed_check(struct check *check, uint32_t line)
{
    const struct lesson_text *text = check_text(check);
    struct session *session = scene_run(check, scene_of(check, STEP_VARY, 0), 0, 0, true);
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

void check_goals(struct check *check)
{
    const struct lesson_text *text = check_text(check);
    struct session *run = scene_of(check, STEP_VARY, 0)->run;
    uint32_t at = 0, met = 0;
    if (!run || !text->goal_count || check->goals_wrong)
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
