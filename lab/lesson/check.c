/* `outage check` of a lesson: the order of its rules, and how a failure reads. */
#include "lab/lesson/check.h"

#include <stdlib.h>
#include <string.h>

/* --- places ----------------------------------------------------------------------------------- */

struct spot spot_text(const struct lesson_text *text, uint32_t line, const char *word)
{
    return (struct spot){text->path, text->source, line, word, 0};
}

struct spot spot_world(const struct check *check, uint32_t line, const char *word)
{
    return (struct spot){check->lesson->world_path, check->lesson->world, line, word, 0};
}

static bool letter_of_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The word as a whole, not as a part of another; NULL when it is not before `end`. */
static const char *word_find(const char *begin, const char *end, const char *word)
{
    size_t bytes = strlen(word);
    for (const char *at = begin; bytes && (at = strstr(at, word)) && at + bytes <= end; at++) {
        bool before = at > begin && letter_of_name(at[-1]) && letter_of_name(word[0]);
        bool behind = letter_of_name(at[bytes]) && letter_of_name(word[bytes - 1]);
        if (!before && !behind)
            return at;
    }
    return NULL;
}

/* Line and column, in characters from 1, of the spot. */
static void spot_find(const struct spot *spot, uint32_t *line, uint32_t *column)
{
    const char *begin = spot->source;
    *line = spot->line ? spot->line : 1;
    for (uint32_t i = 1; i < *line && strchr(begin, '\n'); i++)
        begin = strchr(begin, '\n') + 1;
    const char *end = begin + strcspn(begin, "\n"), *found = begin + strspn(begin, " \t");
    const char *in_line = spot->word ? word_find(begin, end, spot->word) : NULL;
    const char *paragraph = strstr(begin, "\n\n");
    const char *later =
        spot->word && !in_line
            ? word_find(begin, paragraph ? paragraph : begin + strlen(begin), spot->word)
            : NULL;
    if (in_line || later)
        found = in_line ? in_line : later;
    *column = spot->column;
    if (*column)
        return;
    *column = 1;
    for (const char *c = begin; c < found; c++) {
        if (*c == '\n') {
            ++*line;
            *column = 1;
        } else if (((unsigned char)*c & 0xC0) != 0x80) {
            ++*column;
        }
    }
}

/* --- failures --------------------------------------------------------------------------------- */

static bool seen_before(struct check *check, const char *words)
{
    uint64_t digest = 14695981039346656037ull; /* FNV-1a */
    for (const char *c = words; *c; c++)
        digest = (digest ^ (unsigned char)*c) * 1099511628211ull;
    for (uint32_t i = 0; i < check->failed && i < CHECK_SEEN; i++)
        if (check->seen[i] == digest)
            return true;
    if (check->failed < CHECK_SEEN)
        check->seen[check->failed] = digest;
    return false;
}

void check_fail_error(struct check *check, struct spot spot, const struct error *error)
{
    char words[1024];
    struct text text = TEXT(words);
    uint32_t line, column;
    spot_find(&spot, &line, &column);
    text_clear(&text);
    text_add(&text, spot.path);
    text_add_char(&text, ':');
    text_add_u64(&text, line);
    text_add_char(&text, ':');
    text_add_u64(&text, column);
    text_add(&text, ": ");
    error_add(&text, error, check->language);
    if (seen_before(check, words))
        return;
    check->failed++;
    check->report(check->user, words);
}

const char *check_word(char words[COMMAND_BYTES], const char *line, const struct error *error)
{
    struct command command;
    struct error ignored;
    struct text word = {words, COMMAND_BYTES, 0, false};
    text_clear(&word);
    if (language_split(&command, line, 0, &ignored)) {
        const char *wrong = command_word(&command, error->word);
        text_add(&word, strlen(wrong) > error->byte ? wrong + error->byte : wrong);
    }
    return words;
}

void check_fail(struct check *check, struct spot spot, enum error_id id, const char *a,
                const char *b, const char *c)
{
    struct error error;
    error_set(&error, id, 0, a, b, c, NULL);
    check_fail_error(check, spot, &error);
}

/* --- what is said ----------------------------------------------------------------------------- */

const struct lesson_text *check_text(const struct check *check)
{
    return &check->lesson->text[check->language];
}

static void said_add(struct text *said, const char *words)
{
    text_add(said, words);
    text_add_char(said, '\n');
}

/* The words of a script that set or assert something: no comment, no title, no reason. */
static void script_said(struct text *said, const char *script)
{
    char line[COMMAND_BYTES + 1];
    struct command command;
    struct error error;
    while (*script) {
        size_t bytes = strcspn(script, "\n");
        struct text one = TEXT(line);
        text_clear(&one);
        text_add_bytes(&one, script, bytes);
        script += bytes + (script[bytes] == '\n');
        if (!language_split(&command, line, 0, &error) ||
            strcmp(command_word(&command, 0), "world") == 0)
            continue;
        bool asserts = strcmp(command_word(&command, 0), "expect") == 0;
        for (unsigned i = 0; i < command.count; i++)
            if (!asserts || !command.words[i].quoted)
                said_add(said, command_word(&command, i));
    }
}

static char *said_take(const struct lesson *lesson)
{
    size_t room = strlen(lesson->world) * 2 + 2;
    for (unsigned language = 0; language < 2; language++)
        room += 3 * strlen(lesson->text[language].source) + 2;
    char *words = malloc(room);
    struct text said = {words, room, 0, false};
    if (!words)
        abort();
    text_clear(&said);
    script_said(&said, lesson->world);
    for (unsigned language = 0; language < 2; language++) {
        const struct lesson_text *text = &lesson->text[language];
        for (unsigned step = 0; step < STEP_COUNT; step++)
            for (uint32_t i = 0; i < text->block_count[step]; i++) {
                enum block_kind kind = text->blocks[step][i].kind;
                if (kind == BLOCK_COMMAND || kind == BLOCK_REVEAL)
                    said_add(&said, text->blocks[step][i].words);
                if (kind == BLOCK_WORLD)
                    script_said(&said, text->blocks[step][i].words);
            }
        for (uint32_t i = 0; i < text->goal_count; i++)
            said_add(&said, text->goals[i].condition);
    }
    return words;
}

/* --- all of it -------------------------------------------------------------------------------- */

uint32_t lesson_check(const char *folder, unsigned seeds, enum language language,
                      void (*report)(void *user, const char *line), void *user)
{
    char why[1024];
    struct text text = TEXT(why);
    struct check check = {.folder = folder, .language = language, .report = report, .user = user};
    text_clear(&text);
    struct lesson *lesson = lesson_open(folder, language, &text);
    if (!lesson) {
        report(user, why);
        return 1;
    }
    check.lesson = lesson;
    check.said = said_take(lesson);
    check_front(&check);
    check_parity(&check);
    check_scenes(&check);
    if (check.scenes[0].told) {
        check_words(&check);
        check_names(&check);
    }
    check_expects(&check);
    check_answers(&check, seeds);
    check_goals(&check);
    check_scenes_close(&check);
    free(check.said);
    lesson_close(lesson);
    return check.failed;
}
