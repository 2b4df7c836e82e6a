/* Checks of a lesson's words: both languages say the same, and no number comes from nowhere. */
#include "lab/lesson/check.h"

#include <stdlib.h>
#include <string.h>
#include <uninorm.h>

/* --- both languages
 * ------------------------------------------------------------------------------------ */

static const char *const kinds[] = {"paragraph", "item", "code", "command", "predict",
                                    "ask",       "goal", "hint", "reveal",  "price"};

/* Commands, codes and prices are the same to the letter; words are each language's own. */
static bool same_to_the_letter(enum block_kind kind)
{
    return kind == BLOCK_COMMAND || kind == BLOCK_REVEAL || kind == BLOCK_PRICE;
}

static void parity_of_step(struct check *check, unsigned step)
{
    const struct lesson_text *en = &check->lesson->text[LANGUAGE_EN];
    const struct lesson_text *ko = &check->lesson->text[LANGUAGE_KO];
    uint32_t most = en->block_count[step] > ko->block_count[step] ? en->block_count[step]
                                                                  : ko->block_count[step];
    for (uint32_t i = 0; i < most; i++) {
        const struct block *a = i < en->block_count[step] ? &en->blocks[step][i] : NULL;
        const struct block *b = i < ko->block_count[step] ? &ko->blocks[step][i] : NULL;
        if (a && b && a->kind == b->kind &&
            (!same_to_the_letter(a->kind) || strcmp(a->words, b->words) == 0))
            continue;
        const struct block *has = a ? a : b;
        check_fail(check, a ? en->path : ko->path, has->line, ERROR_LESSON_PARITY, kinds[has->kind],
                   NULL, NULL);
        return;
    }
}

static bool same_question(const struct question *a, const struct question *b)
{
    bool same = strcmp(a->name, b->name) == 0 && a->form == b->form &&
                strcmp(a->answer, b->answer) == 0 && a->answer_choice == b->answer_choice &&
                strcmp(a->within, b->within) == 0 && a->belief_count == b->belief_count;
    for (unsigned i = 0; same && i < LESSON_HIDES; i++)
        same = (!a->hides[i] && !b->hides[i]) ||
               (a->hides[i] && b->hides[i] && strcmp(a->hides[i], b->hides[i]) == 0);
    for (unsigned i = 0; same && i < LESSON_CHOICES; i++)
        same = !a->choices[i] == !b->choices[i];
    return same;
}

void check_parity(struct check *check)
{
    const struct lesson_text *en = &check->lesson->text[LANGUAGE_EN];
    const struct lesson_text *ko = &check->lesson->text[LANGUAGE_KO];
    for (unsigned step = 0; step < STEP_COUNT; step++)
        parity_of_step(check, step);
    for (unsigned step = 0; step < STEP_REVIEW; step++)
        if (en->block_count[step] == 0)
            check_fail(check, en->path, 1, ERROR_LESSON_NO_STEP, NULL, NULL, NULL);
    for (uint32_t i = 0; i < en->question_count && i < ko->question_count; i++)
        if (!same_question(&en->questions[i], &ko->questions[i]))
            check_fail(check, ko->path, 1, ERROR_LESSON_PARITY, en->questions[i].name, NULL, NULL);
    for (uint32_t i = 0; i < en->goal_count && i < ko->goal_count; i++)
        if (strcmp(en->goals[i].condition, ko->goals[i].condition) != 0)
            check_fail(check, ko->path, 1, ERROR_LESSON_PARITY, en->goals[i].condition, NULL, NULL);
}

/* --- numbers
 * --------------------------------------------------------------------------------------------- */

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number of a text without its commas; the bytes it took, 0 none. */
static size_t number_at(const char *words, char number[32])
{
    size_t n = 0, used = 0;
    while (digit(words[n]) || ((words[n] == ',' || words[n] == '.') && digit(words[n + 1]))) {
        if (words[n] != ',' && used + 1 < 32)
            number[used++] = words[n];
        n++;
    }
    number[used] = 0;
    return n;
}

static bool number_in(const char *words, const char *number)
{
    char other[32];
    while (*words) {
        if (!digit(*words)) {
            words++;
            continue;
        }
        words += number_at(words, other);
        if (strcmp(other, number) == 0)
            return true;
    }
    return false;
}

/* It was set or asked for: in the world's script, in a command or in a goal. */
static bool number_is_known(const struct check *check, const struct lesson_text *text,
                            const char *number)
{
    if (strlen(number) == 1 || number_in(check->lesson->world, number))
        return true; /* a single digit is a word */
    for (unsigned step = 0; step < STEP_COUNT; step++)
        for (uint32_t i = 0; i < text->block_count[step]; i++) {
            const struct block *block = &text->blocks[step][i];
            if (same_to_the_letter(block->kind) && number_in(block->words, number))
                return true;
        }
    for (uint32_t i = 0; i < text->goal_count; i++)
        if (number_in(text->goals[i].condition, number))
            return true;
    return false;
}

struct filling {
    struct check *check;
    struct session *run;
    const struct lesson_text *text;
    uint32_t line;
};

static bool fill(void *user, const char *name, struct text *to)
{
    struct filling *filling = user;
    struct value value;
    (void)to;
    if (!lesson_place(filling->run, name, &value))
        check_fail(filling->check, filling->text->path, filling->line, ERROR_LESSON_PLACE, name,
                   NULL, NULL);
    return true;
}

static void check_words(struct filling *filling, const char *words)
{
    char plain[8192], number[32];
    struct text text = TEXT(plain);
    bool code = false;
    text_clear(&text);
    lesson_prose(&text, words, fill, filling);
    if (strstr(plain, "**"))
        check_fail(filling->check, filling->text->path, filling->line, ERROR_LESSON_STARS, NULL,
                   NULL, NULL);
    for (const char *c = plain; *c;) {
        code = *c == '\x03' || (code && *c != '\x04');
        bool inside_word = c > plain && ((c[-1] >= 'a' && c[-1] <= 'z') || c[-1] == '-');
        if (!digit(*c)) {
            c++;
            continue;
        }
        c += number_at(c, number);
        if (!code && !inside_word && !number_is_known(filling->check, filling->text, number))
            check_fail(filling->check, filling->text->path, filling->line, ERROR_LESSON_NUMBER,
                       number, NULL, NULL);
    }
}

static bool is_nfc(const char *words)
{
    size_t length = 0, bytes = strlen(words);
    uint8_t *normal = u8_normalize(UNINORM_NFC, (const uint8_t *)words, bytes, NULL, &length);
    bool same = normal && length == bytes && memcmp(normal, words, bytes) == 0;
    free(normal);
    return same;
}

void check_prose(struct check *check, struct session *run)
{
    for (unsigned language = 0; language < 2; language++) {
        const struct lesson_text *text = &check->lesson->text[language];
        for (unsigned step = 0; step < STEP_REVIEW; step++)
            for (uint32_t i = 0; i < text->block_count[step]; i++) {
                const struct block *block = &text->blocks[step][i];
                struct filling filling = {check, run, text, block->line};
                if (!is_nfc(block->words))
                    check_fail(check, text->path, block->line, ERROR_LESSON_NFC, NULL, NULL, NULL);
                if (block->kind == BLOCK_PARAGRAPH || block->kind == BLOCK_ITEM)
                    check_words(&filling, block->words);
            }
    }
}
