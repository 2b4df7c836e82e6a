/*
 * Lines become commands and commands lines: words, quotes, comments, UTF-8, and the place of an
 * error.
 */
#include "lab/language/language.h"

#include <string.h>

#define BYTES_OF_SENTENCE 512

/* Length in bytes of the UTF-8 character at `at` (RFC 3629: no surrogates, nothing overlong), 0
 * when it is none. */
static size_t character_bytes(const unsigned char *at)
{
    static const struct {
        unsigned char mask, lead, low, high, bytes; /* low..high: of the second byte */
        unsigned char from, to;                     /* of the first byte */
    } rows[] = {
        {0xE0, 0xC0, 0x80, 0xBF, 2, 0xC2, 0xDF}, {0xF0, 0xE0, 0xA0, 0xBF, 3, 0xE0, 0xE0},
        {0xF0, 0xE0, 0x80, 0xBF, 3, 0xE1, 0xEC}, {0xF0, 0xE0, 0x80, 0x9F, 3, 0xED, 0xED},
        {0xF0, 0xE0, 0x80, 0xBF, 3, 0xEE, 0xEF}, {0xF8, 0xF0, 0x90, 0xBF, 4, 0xF0, 0xF0},
        {0xF8, 0xF0, 0x80, 0xBF, 4, 0xF1, 0xF3}, {0xF8, 0xF0, 0x80, 0x8F, 4, 0xF4, 0xF4},
    };
    if (at[0] < 0x80)
        return at[0] != 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (at[0] < rows[i].from || at[0] > rows[i].to || at[1] < rows[i].low ||
            at[1] > rows[i].high)
            continue;
        for (size_t b = 2; b < rows[i].bytes; b++)
            if ((at[b] & 0xC0) != 0x80)
                return 0;
        return rows[i].bytes;
    }
    return 0;
}

/* How many characters the first `bytes` bytes of a word hold. */
static uint32_t characters_in(const char *words, size_t bytes)
{
    uint32_t count = 0;
    for (size_t i = 0; i < bytes && words[i]; i++)
        if (((unsigned char)words[i] & 0xC0) != 0x80)
            count++;
    return count;
}

struct reader {
    struct command *command;
    const char *at;
    uint32_t column; /* of `at`, in characters from 1 */
    bool quoted;     /* inside quotes */
    bool open;       /* a word has begun */
    uint32_t quote_column;
};

static bool split_error(struct reader *reader, enum error_id id, uint32_t column, uint32_t line,
                        struct error *error)
{
    char words[12], bytes[12];
    struct text a = TEXT(words), b = TEXT(bytes);
    text_clear(&a);
    text_clear(&b);
    text_add_u64(&a, COMMAND_WORDS);
    text_add_u64(&b, COMMAND_BYTES);
    memset(reader->command, 0, sizeof *reader->command);
    reader->command->line = line;
    error_set(error, id, 0, words, bytes, NULL, NULL);
    error->line = line;
    error->column = column;
    return false;
}

static bool word_begin(struct reader *reader)
{
    struct command *command = reader->command;
    if (reader->open)
        return true;
    if (command->count == COMMAND_WORDS || command->used >= COMMAND_BYTES)
        return false;
    struct command_word *word = &command->words[command->count++];
    *word = (struct command_word){.start = command->used};
    word->column = (uint16_t)(reader->column < UINT16_MAX ? reader->column : UINT16_MAX);
    reader->open = true;
    return true;
}

static bool bytes_put(struct reader *reader, const char *bytes, size_t count)
{
    struct command *command = reader->command;
    if (!word_begin(reader) || command->used + count + 1 > COMMAND_BYTES)
        return false;
    memcpy(command->bytes + command->used, bytes, count);
    command->used = (uint16_t)(command->used + count);
    return true;
}

static void word_end(struct reader *reader)
{
    if (reader->open)
        reader->command->bytes[reader->command->used++] = 0;
    reader->open = false;
}

static bool quote(struct reader *reader)
{
    if (!word_begin(reader))
        return false;
    reader->command->words[reader->command->count - 1].quoted = 1;
    reader->quoted = !reader->quoted;
    reader->quote_column = reader->column;
    return true;
}

/* Takes the character at the reader's place, `bytes` long; false when there is no room for it. */
static bool character_take(struct reader *reader, size_t *bytes)
{
    const char *at = reader->at;
    if (*at == '"')
        return quote(reader);
    if (!reader->quoted && (*at == ' ' || *at == '\t' || *at == '\r')) {
        word_end(reader);
        return true;
    }
    if (reader->quoted && *at == '\\' && (at[1] == '"' || at[1] == '\\')) {
        *bytes = 2;
        return bytes_put(reader, at + 1, 1);
    }
    return bytes_put(reader, at, *bytes);
}

bool language_split(struct command *command, const char *line, uint32_t line_number,
                    struct error *error)
{
    struct reader reader = {.command = command, .at = line, .column = 1};
    memset(command, 0, sizeof *command);
    command->line = line_number;
    while (*reader.at && (reader.quoted || *reader.at != '#')) {
        size_t bytes = character_bytes((const unsigned char *)reader.at);
        if (bytes == 0)
            return split_error(&reader, ERROR_BAD_UTF8, reader.column, line_number, error);
        uint32_t column = reader.column;
        if (!character_take(&reader, &bytes))
            return split_error(&reader, ERROR_LINE_TOO_LONG, column, line_number, error);
        reader.column += characters_in(reader.at, bytes);
        reader.at += bytes;
    }
    if (reader.quoted)
        return split_error(&reader, ERROR_OPEN_QUOTE, reader.quote_column, line_number, error);
    word_end(&reader);
    for (uint32_t column = reader.column; *reader.at; column++) {
        size_t bytes = character_bytes((const unsigned char *)reader.at);
        if (bytes == 0)
            return split_error(&reader, ERROR_BAD_UTF8, column, line_number, error);
        reader.at += bytes;
    }
    return true;
}

static void quoted_add(struct text *text, const char *words)
{
    text_add_char(text, '"');
    for (; *words; words++) {
        if (*words == '"' || *words == '\\')
            text_add_char(text, '\\');
        text_add_char(text, *words);
    }
    text_add_char(text, '"');
}

/* Bytes of the `key=` before a value, 0 when the word has none. */
static size_t key_bytes(const char *word)
{
    size_t key = strcspn(word, "= \t\"\\#");
    return key > 0 && word[key] == '=' ? key + 1 : 0;
}

void language_join(struct text *text, const struct command *command)
{
    for (unsigned i = 0; i < command->count; i++) {
        const char *word = command_word(command, i);
        size_t key = key_bytes(word);
        if (i)
            text_add_char(text, ' ');
        if (*word && !command->words[i].quoted && !word[strcspn(word, " \t\r\"\\#")]) {
            text_add(text, word);
            continue;
        }
        text_add_bytes(text, word, key);
        quoted_add(text, word + key);
    }
}

/* The column of what is wrong: inside the word, and behind the quote when the value is in quotes.
 */
uint32_t language_column(const struct command *command, const struct error *error)
{
    if (error->column)
        return error->column;
    if (!command || command->count == 0)
        return 1;
    unsigned word = error->word < command->count ? error->word : command->count - 1u;
    uint32_t column = command->words[word].column;
    if (error->byte)
        column += characters_in(command_word(command, word), error->byte) +
                  (command->words[word].quoted ? 1u : 0u);
    return column ? column : 1;
}

void language_error(struct text *text, const char *file, const struct command *command,
                    const struct error *error, enum language language)
{
    char sentence[BYTES_OF_SENTENCE];
    struct text words = TEXT(sentence);
    text_clear(&words);
    error_add(&words, error, language);
    if (file) {
        uint32_t line = error->line ? error->line : command ? command->line : 0;
        text_add(text, file);
        text_add_char(text, ':');
        text_add_u64(text, line ? line : 1);
        text_add_char(text, ':');
    }
    text_add_u64(text, language_column(command, error));
    text_add(text, ": ");
    text_add(text, sentence);
}
