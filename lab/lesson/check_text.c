/* Checks of a lesson's words: no number and no place from nowhere, no mark that is left over. */
#include "lab/lesson/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uninorm.h>

/* What is asked of a sentence. */
enum {
    WORDS_COUNTED = 1, /* its numbers come from somewhere */
    WORDS_FILLED = 2   /* the lab fills its {places} in */
};

struct words {
    struct check *check;
    struct session *run;
    const struct lesson_text *text;
    uint32_t line;
    unsigned asked;
};

static void words_fail(const struct words *words, const char *word, enum error_id id, const char *a)
{
    check_fail(words->check, spot_text(words->text, words->line, word), id, a, NULL, NULL);
}

/* A {place} at `at`: the bytes it takes; 0 when it is only a brace of code. */
static size_t place_check(const struct words *words, const char *at, bool code)
{
    char name[96], whole[100];
    struct text inside = TEXT(name), braces = TEXT(whole);
    struct value value;
    size_t bytes = strcspn(at, "} \n");
    bool closed = at[bytes] == '}';
    text_clear(&inside);
    text_clear(&braces);
    text_add_bytes(&inside, at + 1, bytes - 1);
    text_add_bytes(&braces, at, bytes + closed);
    if (code && !strchr(name, '.'))
        return 0; /* {user}:17 is a key */
    if (!closed || inside.cut)
        words_fail(words, whole, ERROR_LESSON_PLACE, whole);
    else if (!(words->asked & WORDS_FILLED))
        words_fail(words, whole, ERROR_LESSON_NOT_FILLED, whole);
    else if (lesson_place(words->run, name, &value) == TOLD_NONE)
        words_fail(words, whole, ERROR_LESSON_PLACE, name);
    return bytes + closed;
}

/* The words without places, marks and code. */
static char *plain_of(const struct words *words, const char *from)
{
    char *plain = malloc(strlen(from) + 1), *to = plain;
    bool code = false;
    size_t bytes;
    if (!plain)
        abort();
    for (; *from; from += bytes) {
        bytes = 1;
        bool toggles = *from == '\x03' || *from == '\x04' || *from == '`';
        if (toggles)
            code = *from == '`' ? !code : *from == '\x03';
        size_t place = *from == '{' ? place_check(words, from, code) : 0;
        if (place)
            bytes = place;
        bool shown = !place && !code && !toggles && *from != '\x01' && *from != '\x02';
        *to++ = shown ? *from : ' ';
    }
    *to = 0;
    return plain;
}

static void stars_check(const struct words *words, const char *plain)
{
    char word[64];
    struct text text = TEXT(word);
    const char *stars = strstr(plain, "**");
    if (!stars)
        return;
    text_clear(&text);
    text_add_bytes(&text, stars, strcspn(stars, " \n"));
    words_fail(words, text.cut ? "**" : word, ERROR_LESSON_STARS, NULL);
}

static void words_check(const struct words *words, const char *written)
{
    char *plain = plain_of(words, written);
    const char *at = plain;
    struct number number;
    stars_check(words, plain);
    while ((words->asked & WORDS_COUNTED) && number_next(plain, &at, &number))
        if (!number.known_word && !number_among(words->check->said, &number))
            words_fail(words, number.words, ERROR_LESSON_NUMBER, number.words);
    free(plain);
}

/* --- which words are asked what --------------------------------------------------------------- */

/* A belief and an offered choice are somebody's guess: their numbers may be from nowhere. */
static void question_check(struct words words, enum lesson_step step,
                           const struct question *question)
{
    words.run = scene_of(words.check, step, question->part)->told;
    if (!words.run)
        return;
    words.line = question->line;
    words.asked = WORDS_COUNTED | WORDS_FILLED;
    words_check(&words, question->words);
    words.asked = 0;
    for (unsigned i = 0; i < LESSON_CHOICES; i++)
        if (question->choices[i])
            words_check(&words, question->choices[i]);
    words.asked = WORDS_FILLED;
    for (uint32_t i = 0; i < question->belief_count; i++) {
        words.line = question->beliefs[i].line;
        words_check(&words, question->beliefs[i].words);
    }
}

static unsigned asked_of(enum block_kind kind)
{
    return kind == BLOCK_GOAL ? WORDS_COUNTED : WORDS_COUNTED | WORDS_FILLED;
}

static bool is_sentence(enum block_kind kind)
{
    return kind == BLOCK_PARAGRAPH || kind == BLOCK_ITEM || kind == BLOCK_ASK ||
           kind == BLOCK_HINT || kind == BLOCK_GOAL;
}

/* --- the file as it is written ---------------------------------------------------------------- */

/* The first byte at which a line is not NFC; its length when it is. */
static size_t nfc_of(const char *line, size_t bytes)
{
    size_t length = 0, same = 0;
    uint8_t *normal = u8_normalize(UNINORM_NFC, (const uint8_t *)line, bytes, NULL, &length);
    while (normal && same < bytes && same < length && (uint8_t)line[same] == normal[same])
        same++;
    if (normal && length == bytes && same == bytes) {
        free(normal);
        return bytes;
    }
    free(normal);
    while (same && ((unsigned char)line[same] & 0xC0) == 0x80)
        same--;
    return same < bytes ? same : 0;
}

static void nfc_check(struct check *check, const struct lesson_text *text)
{
    uint32_t number = 1;
    for (const char *line = text->source; *line; number++) {
        size_t bytes = strcspn(line, "\n"), good = nfc_of(line, bytes);
        struct spot spot = spot_text(text, number, NULL);
        for (size_t i = 0; i <= good; i++)
            spot.column += ((unsigned char)line[i] & 0xC0) != 0x80;
        if (good < bytes)
            check_fail(check, spot, ERROR_LESSON_NFC, NULL, NULL, NULL);
        line += bytes + (line[bytes] == '\n');
    }
}

/* A path leads from the lesson's folder; what is on the net is not asked. */
static void link_check(struct check *check, const struct lesson_text *text,
                       const struct lesson_link *link)
{
    char path[4096];
    struct text whole = TEXT(path);
    struct stat about;
    size_t bytes = strcspn(link->to, "#");
    if (strncmp(link->to, "https://", 8) == 0 || strncmp(link->to, "http://", 7) == 0)
        return;
    text_clear(&whole);
    if (link->to[0] != '/') {
        text_add(&whole, check->folder);
        text_add_char(&whole, '/');
    }
    text_add_bytes(&whole, link->to, bytes);
    if (!bytes || whole.cut || stat(path, &about) != 0)
        check_fail(check, spot_text(text, link->line, link->to), ERROR_LESSON_LINK, link->to, NULL,
                   NULL);
}

void check_words(struct check *check)
{
    for (unsigned language = 0; language < 2; language++) {
        const struct lesson_text *text = &check->lesson->text[language];
        struct words words = {.check = check, .run = check->scenes[0].told, .text = text};
        nfc_check(check, text);
        for (uint32_t i = 0; i < text->link_count; i++)
            link_check(check, text, &text->links[i]);
        for (unsigned key = FRONT_TITLE; key < FRONT_KEYS; key++) {
            words.line = text->front[key].line;
            if (text->front[key].words)
                words_check(&words, text->front[key].words);
        }
        for (unsigned step = 0; step < STEP_COUNT; step++)
            for (uint32_t i = 0; i < text->block_count[step]; i++) {
                const struct block *block = &text->blocks[step][i];
                const struct scene *scene = scene_of(check, (enum lesson_step)step, block->part);
                words.line = block->line;
                words.asked = asked_of(block->kind);
                words.run = scene->told;
                if (is_sentence(block->kind) && words.run)
                    words_check(&words, block->words);
            }
        for (uint32_t i = 0; i < text->question_count; i++)
            question_check(words, STEP_PREDICT, &text->questions[i]);
        for (uint32_t i = 0; i < text->review_count; i++)
            question_check(words, STEP_REVIEW, &text->reviews[i]);
    }
}
