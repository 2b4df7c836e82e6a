/*
 * redis.conf's grammar: quotes of both kinds, escapes, comments.
 */
#include "lab/import/conf.h"

#include <string.h>

struct reader {
    struct command *command;
    const char *at, *end;
    uint32_t column; /* of `at`, in characters from 1 */
    bool full;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f' || c == '\0';
}

static void step(struct reader *reader)
{
    reader->at++;
    if (reader->at >= reader->end || ((unsigned char)*reader->at & 0xC0) != 0x80)
        reader->column++;
}

static char peek(const struct reader *reader, ptrdiff_t ahead)
{
    return reader->end - reader->at > ahead ? reader->at[ahead] : '\0';
}

/* What is no text has no place in a world file or on a screen. */
static void put(struct reader *reader, char c)
{
    struct command *command = reader->command;
    if (command->used + 1u >= COMMAND_BYTES) {
        reader->full = true;
        return;
    }
    bool control = (unsigned char)c < ' ' || c == 0x7F;
    command->bytes[command->used++] = control ? '?' : c;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = memchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c, 16);
    return found ? (int)(found - digits) : -1;
}

/* The character after a backslash between double quotes. */
static void escape_take(struct reader *reader)
{
    int high = hex_digit(peek(reader, 2)), low = hex_digit(peek(reader, 3));
    if (peek(reader, 1) == 'x' && high >= 0 && low >= 0) {
        int byte = high * 16 + low;
        put(reader, byte < 0x80 ? (char)byte : '?');
        step(reader);
        step(reader);
    } else {
        put(reader, strchr("nrtba", peek(reader, 1)) ? '\n' : peek(reader, 1));
    }
    step(reader);
    step(reader);
}

/* From the opening quote to behind the closing one; false when there is none. */
static bool quoted_take(struct reader *reader, char quote)
{
    step(reader);
    while (reader->at < reader->end && *reader->at != quote) {
        if (quote == '"' && *reader->at == '\\' && reader->end - reader->at > 1) {
            escape_take(reader);
            continue;
        }
        if (quote == '\'' && *reader->at == '\\' && peek(reader, 1) == '\'')
            step(reader);
        put(reader, *reader->at);
        step(reader);
    }
    if (reader->at >= reader->end)
        return false;
    step(reader);
    return true;
}

static bool wrong(struct error *error, enum error_id id, uint32_t column, const char *a,
                  const char *b)
{
    error_set(error, id, 0, a, b, NULL, NULL);
    error->column = column;
    return false;
}

static bool word_take(struct reader *reader, struct error *error)
{
    struct command *command = reader->command;
    if (command->count == COMMAND_WORDS) {
        reader->full = true;
        return true;
    }
    struct command_word *word = &command->words[command->count];
    *word = (struct command_word){.start = command->used};
    word->column = (uint16_t)(reader->column < UINT16_MAX ? reader->column : UINT16_MAX);
    while (reader->at < reader->end && !is_blank(*reader->at)) {
        char quote = *reader->at;
        uint32_t column = reader->column;
        if (quote != '"' && quote != '\'') {
            put(reader, quote);
            step(reader);
            continue;
        }
        word->quoted = 1;
        if (!quoted_take(reader, quote))
            return quote == '"' ? wrong(error, ERROR_OPEN_QUOTE, column, NULL, NULL)
                                : wrong(error, ERROR_MISSING_WORD, column, "'", "'...'");
        if (reader->at < reader->end && !is_blank(*reader->at))
            return wrong(error, ERROR_EXTRA_WORD, reader->column, "\"...\"", "NAME \"VALUE\"");
    }
    if (!reader->full) {
        command->bytes[command->used++] = '\0';
        command->count++;
    }
    return true;
}

static void lower(char *words)
{
    for (; *words; words++)
        if (*words >= 'A' && *words <= 'Z')
            *words = (char)(*words - 'A' + 'a');
}

bool conf_too_long(struct error *error)
{
    char words[12], bytes[12];
    struct text a = TEXT(words), b = TEXT(bytes);
    text_clear(&a);
    text_clear(&b);
    text_add_u64(&a, COMMAND_WORDS);
    text_add_u64(&b, COMMAND_BYTES);
    return wrong(error, ERROR_LINE_TOO_LONG, 1, words, bytes);
}

bool conf_split(struct command *command, const char *line, size_t bytes, uint32_t line_number,
                struct error *error)
{
    struct reader reader = {.command = command, .at = line, .end = line + bytes, .column = 1};
    memset(command, 0, sizeof *command);
    command->line = line_number;
    while (!reader.full) {
        while (reader.at < reader.end && is_blank(*reader.at))
            step(&reader);
        if (reader.at >= reader.end || (command->count == 0 && *reader.at == '#'))
            break;
        if (!word_take(&reader, error)) {
            error->line = line_number;
            return false;
        }
    }
    if (command->count > 0)
        lower(command->bytes + command->words[0].start);
    if (!reader.full)
        return true;
    conf_too_long(error);
    error->line = line_number;
    return false;
}
