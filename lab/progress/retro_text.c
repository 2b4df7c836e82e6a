/* Markdown of what people typed: escaped, so that a sentence stays a sentence. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lab/progress/retro.h"

const char *retro_say(enum language language, enum retro_word word)
{
    static const char *const words[RETRO_COUNT][2] = {
#define RETRO(id, en, ko) {en, ko},
#include "lab/progress/retro.def"
#undef RETRO
    };
    return words[word][language == LANGUAGE_KO];
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

void retro_put(FILE *file, const char *words)
{
    for (; *words; words++) {
        if (strchr("\\`*_[]<>|#~&", *words))
            putc('\\', file);
        putc(is_control(*words) ? ' ' : *words, file);
    }
}

void retro_put_question(FILE *file, const char *words)
{
    char plain[4];
    bool code = false;
    for (; *words; words++) {
        code = code != (*words == '`');
        snprintf(plain, sizeof plain, "%c", *words);
        if (code || *words == '`')
            putc(is_control(*words) ? ' ' : *words, file);
        else
            retro_put(file, plain);
    }
}

void retro_person(FILE *file, enum language language, uint32_t person, const char *name)
{
    char letter[64];
    if (name[0]) {
        retro_put(file, name);
        return;
    }
    if (person < 4)
        snprintf(letter, sizeof letter, "%s",
                 retro_say(language, (enum retro_word)(RETRO_PERSON_A + person)));
    else
        snprintf(letter, sizeof letter, retro_say(language, RETRO_PERSON), person + 1);
    fputs(letter, file);
}

static size_t longest_fence(const char *words)
{
    size_t longest = 0;
    for (; *words; words++) {
        size_t run = strspn(words, "`");
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void put_quoted(FILE *file, const char *words)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./,:=+@";
    bool bare = words[0] && words[0] != '-';
    for (const char *c = words; *c; c++)
        bare = bare && (strchr(plain, *c) || (unsigned char)*c >= 0x80);
    fputs(bare ? "" : words[0] == '-' ? "./'" : "'", file);
    for (const char *c = words; *c; c++) {
        if (*c == '\'')
            fputs("'\\''", file);
        else
            putc(is_control(*c) ? ' ' : *c, file);
    }
    fputs(bare ? "" : "'", file);
}

void retro_code(FILE *file, const char *before, const char *words, bool quoted)
{
    size_t ticks = longest_fence(words) + 1;
    char fence[600];
    if (ticks < 3)
        ticks = 3;
    if (ticks >= sizeof fence)
        ticks = sizeof fence - 1;
    memset(fence, '`', ticks);
    fence[ticks] = 0;
    fprintf(file, "%ssh\n%s", fence, before);
    if (quoted)
        put_quoted(file, words);
    for (const char *c = words; !quoted && *c; c++)
        putc(is_control(*c) && *c != '\n' ? ' ' : *c, file);
    size_t used = strlen(words);
    fprintf(file, "%s%s\n\n", used && !quoted && words[used - 1] == '\n' ? "" : "\n", fence);
}

void retro_number(FILE *file, int64_t number)
{
    char words[40];
    struct text text = TEXT(words);
    uint64_t size = number < 0 ? -(uint64_t)number : (uint64_t)number;
    text_clear(&text);
    text_add(&text, number < 0 ? "-" : "");
    text_add_grouped(&text, size);
    fputs(words, file);
}
