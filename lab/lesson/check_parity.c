/* Checks that both languages say the same, and that nothing that a lesson needs is missing. */
#include "lab/lesson/check.h"

#include <string.h>

static const char *const kinds[] = {"paragraph", "item",  "code",   "command",
                                    "predict",   "ask",   "goal",   "hint",
                                    "reveal",    "price", "source", "lab world"};

/* A command's remark is its name on the panel: in each language its own. */
static bool same_command(const char *a, const char *b)
{
    struct command commands[2];
    struct error error;
    char words[2][COMMAND_BYTES];
    const char *lines[2] = {a, b};
    for (unsigned i = 0; i < 2; i++) {
        struct text text = TEXT(words[i]);
        text_clear(&text);
        if (language_split(&commands[i], lines[i], 0, &error))
            language_join(&text, &commands[i]);
        else
            text_add(&text, lines[i]);
    }
    return strcmp(words[0], words[1]) == 0;
}

/* What is the same to the letter: a command, and what a price counts.  Words are each language's
 * own, and so are the comments in code. */
static const char *letters_of(const struct block *block)
{
    const char *last = strrchr(block->words, ' ');
    if (block->kind == BLOCK_PRICE)
        return last ? last + 1 : block->words;
    bool same = block->kind == BLOCK_COMMAND || block->kind == BLOCK_REVEAL ||
                block->kind == BLOCK_SOURCE || block->kind == BLOCK_WORLD;
    return same ? block->words : "";
}

static void differs(struct check *check, const struct lesson_text *text, uint32_t line,
                    const char *what)
{
    check_fail(check, spot_text(text, line, what), ERROR_LESSON_PARITY, what, NULL, NULL);
}

/* The first block that is not in both. */
static void parity_of_step(struct check *check, unsigned step)
{
    const struct lesson_text *en = &check->lesson->text[LANGUAGE_EN];
    const struct lesson_text *ko = &check->lesson->text[LANGUAGE_KO];
    uint32_t most = en->block_count[step] > ko->block_count[step] ? en->block_count[step]
                                                                  : ko->block_count[step];
    if (!en->step_line[step] || !ko->step_line[step])
        return; /* said already, or there in neither */
    for (uint32_t i = 0; i < most; i++) {
        const struct block *a = i < en->block_count[step] ? &en->blocks[step][i] : NULL;
        const struct block *b = i < ko->block_count[step] ? &ko->blocks[step][i] : NULL;
        bool alike = a && b && a->kind == b->kind && a->part == b->part;
        if (alike && (a->kind == BLOCK_COMMAND ? same_command(a->words, b->words)
                                               : strcmp(letters_of(a), letters_of(b)) == 0))
            continue;
        bool more_in_ko = !a || (b && ko->block_count[step] > en->block_count[step]);
        const struct block *has = more_in_ko ? b : a;
        differs(check, more_in_ko ? ko : en, has->line,
                letters_of(has)[0] && has->kind != BLOCK_WORLD ? letters_of(has)
                                                               : kinds[has->kind]);
        return;
    }
}

/* --- steps ------------------------------------------------------------------------------------ */

static uint32_t lines_of(const char *source)
{
    uint32_t lines = 0;
    for (const char *c = source; *c; c++)
        lines += *c == '\n';
    return lines ? lines : 1;
}

/* Where a missing step would stand: before the next one, or at the end. */
static uint32_t line_for(const struct lesson_text *text, unsigned step)
{
    for (unsigned next = step; next < STEP_COUNT; next++)
        if (text->step_line[next])
            return text->step_line[next];
    return lines_of(text->source);
}

/* What is watched and explained was asked; a part of review asks once. */
static void check_parts(struct check *check, const struct lesson_text *text)
{
    static const enum lesson_step steps[] = {STEP_WATCH, STEP_EXPLAIN};
    for (unsigned s = 0; s < 2; s++)
        for (uint32_t i = 0; i < text->part_count[steps[s]]; i++) {
            const struct lesson_part *part = &text->parts[steps[s]][i];
            uint32_t asked = lesson_part_of(text, STEP_PREDICT, part->name);
            if (part->name[0] && strcmp(text->parts[STEP_PREDICT][asked].name, part->name) != 0)
                check_fail(check, spot_text(text, part->line, part->name), ERROR_LESSON_PART,
                           part->name, NULL, NULL);
        }
    for (uint32_t i = 1; i < text->review_count; i++)
        if (text->reviews[i].part == text->reviews[i - 1].part)
            check_fail(check, spot_text(text, text->reviews[i].line, NULL), ERROR_LESSON_ONE_A_PART,
                       NULL, NULL, NULL);
}

static void check_steps(struct check *check)
{
    for (unsigned language = 0; language < 2; language++) {
        const struct lesson_text *text = &check->lesson->text[language];
        const struct lesson_text *other = &check->lesson->text[!language];
        for (unsigned step = 0; step < STEP_COUNT; step++) {
            bool wanted = step < STEP_REVIEW || text->step_line[step] || other->step_line[step];
            if (wanted && text->block_count[step] == 0)
                check_fail(check, spot_text(text, line_for(text, step), NULL), ERROR_LESSON_NO_STEP,
                           lesson_step_name((enum lesson_step)step), NULL, NULL);
        }
        if (text->step_line[STEP_PREDICT] && text->question_count == 0)
            check_fail(check, spot_text(text, text->step_line[STEP_PREDICT], NULL),
                       ERROR_LESSON_NO_QUESTION, NULL, NULL, NULL);
        if (text->step_line[STEP_VARY] && text->goal_count == 0)
            check_fail(check, spot_text(text, text->step_line[STEP_VARY], NULL),
                       ERROR_LESSON_NO_GOAL, NULL, NULL, NULL);
        if (text->question_count > LESSON_QUESTIONS)
            check_fail(check, spot_text(text, text->questions[LESSON_QUESTIONS].line, NULL),
                       ERROR_LESSON_MOST, "predict", "8", NULL);
        if (text->step_line[STEP_REVIEW] && text->review_count == 0)
            check_fail(check, spot_text(text, text->step_line[STEP_REVIEW], NULL),
                       ERROR_LESSON_NO_QUESTION, NULL, NULL, NULL);
        check_parts(check, text);
        if (text->goal_count > LESSON_GOALS)
            check_fail(check, spot_text(text, text->goals[LESSON_GOALS].line, NULL),
                       ERROR_LESSON_MOST, "goal", "8", NULL);
    }
}

/* --- questions and goals ---------------------------------------------------------------------- */

/* What of a question is not the same; NULL nothing. */
static const char *question_differs(const struct question *a, const struct question *b)
{
    if (strcmp(a->name, b->name) != 0)
        return b->name;
    if (a->form != b->form)
        return b->form == QUESTION_CHOICE ? "choice" : b->form == QUESTION_MAP ? "map" : "number";
    if (strcmp(a->unit, b->unit) != 0)
        return "unit";
    for (unsigned i = 0; i < LESSON_HIDES; i++)
        if (!a->hides[i] != !b->hides[i] || (a->hides[i] && strcmp(a->hides[i], b->hides[i]) != 0))
            return "hides";
    for (unsigned i = 0; i < LESSON_CHOICES; i++)
        if (!a->choices[i] != !b->choices[i])
            return a->choices[i] ? a->choices[i] : b->choices[i];
    for (unsigned i = 0; i < LESSON_MARKS; i++)
        if (!a->marks[i] != !b->marks[i] || (a->marks[i] && strcmp(a->marks[i], b->marks[i]) != 0))
            return "parts";
    if (a->fault.count != b->fault.count || a->fault.used != b->fault.used ||
        memcmp(a->fault.bytes, b->fault.bytes, a->fault.used) != 0)
        return "at";
    return NULL;
}

static void parity_of_question(struct check *check, const struct question *en,
                               const struct question *ko)
{
    const struct lesson_text *text = &check->lesson->text[LANGUAGE_KO];
    const char *what = question_differs(en, ko);
    if (what)
        differs(check, text, ko->line, what);
    if (strcmp(en->answer, ko->answer) != 0 || en->answer_choice != ko->answer_choice ||
        strcmp(en->within, ko->within) != 0)
        differs(check, ko->answer_line ? text : &check->lesson->text[LANGUAGE_EN],
                ko->answer_line ? ko->answer_line : en->answer_line, "answer");
    bool more_in_en = en->belief_count > ko->belief_count;
    uint32_t most = more_in_en ? en->belief_count : ko->belief_count;
    for (uint32_t i = 0; i < most; i++) {
        const struct belief *a = i < en->belief_count ? &en->beliefs[i] : NULL;
        const struct belief *b = i < ko->belief_count ? &ko->beliefs[i] : NULL;
        if (a && b && a->from == b->from && a->to == b->to &&
            strcmp(a->mark ? a->mark : "", b->mark ? b->mark : "") == 0)
            continue;
        differs(check, more_in_en ? &check->lesson->text[LANGUAGE_EN] : text,
                more_in_en ? a->line : b->line, "miss");
        return;
    }
}

static void parity_of_parts(struct check *check, unsigned step)
{
    const struct lesson_text *en = &check->lesson->text[LANGUAGE_EN];
    const struct lesson_text *ko = &check->lesson->text[LANGUAGE_KO];
    for (uint32_t i = 0; i < en->part_count[step] || i < ko->part_count[step]; i++) {
        const struct lesson_part *a = &en->parts[step][i], *b = &ko->parts[step][i];
        if (i < en->part_count[step] && i < ko->part_count[step] && strcmp(a->name, b->name) == 0)
            continue;
        bool in_ko = i < ko->part_count[step] && b->name[0];
        differs(check, in_ko ? ko : en, in_ko ? b->line : a->line, in_ko ? b->name : a->name);
        return;
    }
}

void check_parity(struct check *check)
{
    const struct lesson_text *en = &check->lesson->text[LANGUAGE_EN];
    const struct lesson_text *ko = &check->lesson->text[LANGUAGE_KO];
    static const enum front_key same[] = {FRONT_ID, FRONT_MINUTES, FRONT_NEEDS, FRONT_VIEW};
    for (unsigned i = 0; i < sizeof same / sizeof same[0]; i++) {
        const struct front_line *a = &en->front[same[i]], *b = &ko->front[same[i]];
        bool one = !a->words != !b->words && same[i] == FRONT_VIEW; /* may be missing, in both */
        if (one || (a->words && b->words && strcmp(a->words, b->words) != 0))
            differs(check, ko, b->line, lesson_front_keys[same[i]]);
    }
    check_steps(check);
    for (unsigned step = 0; step < STEP_COUNT; step++)
        parity_of_step(check, step);
    /* one more or less was said with its step */
    for (uint32_t i = 0; en->question_count == ko->question_count && i < en->question_count; i++)
        parity_of_question(check, &en->questions[i], &ko->questions[i]);
    for (uint32_t i = 0; en->review_count == ko->review_count && i < en->review_count; i++)
        parity_of_question(check, &en->reviews[i], &ko->reviews[i]);
    for (unsigned step = 0; step < STEP_COUNT; step++)
        parity_of_parts(check, step);
    for (uint32_t i = 0; en->goal_count == ko->goal_count && i < en->goal_count; i++)
        if (strcmp(en->goals[i].condition, ko->goals[i].condition) != 0)
            differs(check, ko, ko->goals[i].line, ko->goals[i].condition);
}
