/* Taking a text of records in: all of it or nothing, each record once. */
#include <stdlib.h>
#include <string.h>

#include "lab/progress/exchange.h"
#include "lab/progress/store.h"

enum fault {
#define FAULT(id, en, ko) FAULT_##id,
#include "lab/progress/exchange.def"
#undef FAULT
    FAULT_COUNT
};

struct import {
    const char *line, *end; /* the present line, without its end */
    const char *at;
    uint32_t number;
    char *texts; /* decoded texts of the line; as long as the line */
    size_t used;
    enum language language;
    struct text *why;
};

static bool fault(struct import *import, const char *at, enum fault id, const char *words,
                  size_t bytes)
{
    static const char *const sentences[FAULT_COUNT][2] = {
#define FAULT(id, en, ko) {en, ko},
#include "lab/progress/exchange.def"
#undef FAULT
    };
    char word[64];
    struct text argument = TEXT(word);
    text_clear(&argument);
    if (bytes)
        text_add_bytes(&argument, words, bytes < 40 ? bytes : 40);
    text_clear(import->why);
    text_add_u64(import->why, import->number);
    text_add_char(import->why, ':');
    text_add_u64(import->why, (uint64_t)(at - import->line) + 1);
    text_add(import->why, ": ");
    text_add_template(import->why, sentences[id][import->language == LANGUAGE_KO],
                      (const char *const[4]){word, NULL, NULL, NULL});
    return false;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* What stands after a backslash; 0 none. */
static char escaped(struct import *import)
{
    char c = import->at < import->end ? *import->at++ : 0;
    if (c == 'n' || c == 't')
        return c == 'n' ? '\n' : '\t';
    if (c == '"' || c == '\\')
        return c;
    if (c != 'x' || import->end - import->at < 2)
        return 0;
    int high = hex_digit(import->at[0]), low = hex_digit(import->at[1]);
    import->at += 2;
    return high < 0 || low < 0 ? 0 : (char)(high * 16 + low);
}

static bool read_text(struct import *import, struct column_value *cell)
{
    const char *begin = import->at;
    if (import->at == import->end || *import->at++ != '"')
        return fault(import, begin, FAULT_BAD_TEXT, NULL, 0);
    cell->text = import->texts + import->used;
    while (import->at < import->end && *import->at != '"') {
        char c = *import->at++;
        if (c == '\\')
            c = escaped(import);
        if (c == 0)
            return fault(import, begin, FAULT_BAD_TEXT, NULL, 0);
        import->texts[import->used++] = c;
    }
    if (import->at == import->end)
        return fault(import, begin, FAULT_BAD_TEXT, NULL, 0);
    import->at++;
    cell->bytes = (size_t)(import->texts + import->used - cell->text);
    return true;
}

static bool read_number(const char *words, size_t bytes, int64_t *number)
{
    bool minus = bytes && words[0] == '-';
    uint64_t value = 0, most = (uint64_t)INT64_MAX + minus;
    size_t i = minus;
    for (; i < bytes && words[i] >= '0' && words[i] <= '9'; i++) {
        uint64_t digit = (uint64_t)(words[i] - '0');
        if (value > (most - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *number = (int64_t)(minus ? -value : value);
    return i == bytes && bytes > minus;
}

static bool read_value(struct import *import, enum column_type type, struct column_value *cell)
{
    const char *begin = import->at;
    if (type == COLUMN_TEXT)
        return read_text(import, cell);
    while (import->at < import->end && *import->at != ' ')
        import->at++;
    size_t bytes = (size_t)(import->at - begin);
    uint64_t time_ms;
    if (type == COLUMN_NUMBER)
        return read_number(begin, bytes, &cell->number) ||
               fault(import, begin, FAULT_BAD_NUMBER, begin, bytes);
    if (!record_time_read(begin, bytes, &time_ms))
        return fault(import, begin, FAULT_BAD_TIME, begin, bytes);
    cell->number = (int64_t)time_ms;
    return true;
}

static void skip_blanks(struct import *import)
{
    while (import->at < import->end && *import->at == ' ')
        import->at++;
}

static bool read_column(struct import *import, const struct record_kind *kind,
                        struct column_value *cells, uint32_t *seen)
{
    const char *begin = import->at;
    unsigned i = 0;
    while (import->at < import->end && *import->at != '=' && *import->at != ' ')
        import->at++;
    size_t bytes = (size_t)(import->at - begin);
    while (i < kind->count && (strlen(kind->columns[i].name) != bytes ||
                               memcmp(kind->columns[i].name, begin, bytes) != 0))
        i++;
    if (i == kind->count || import->at == import->end || *import->at != '=')
        return fault(import, begin, FAULT_UNKNOWN_COLUMN, begin, bytes);
    if (*seen & 1u << i)
        return fault(import, begin, FAULT_TWICE, begin, bytes);
    *seen |= 1u << i;
    import->at++;
    return read_value(import, kind->columns[i].type, &cells[i]);
}

static bool read_record(struct import *import, unsigned *id, struct column_value *cells)
{
    const char *begin = import->at;
    uint32_t seen = 0;
    while (import->at < import->end && *import->at != ' ')
        import->at++;
    *id = record_find(begin, (size_t)(import->at - begin));
    if (*id == RECORD_COUNT)
        return fault(import, begin, FAULT_UNKNOWN_RECORD, begin, (size_t)(import->at - begin));
    const struct record_kind *kind = &record_kinds[*id];
    import->used = 0;
    for (skip_blanks(import); import->at < import->end; skip_blanks(import))
        if (!read_column(import, kind, cells, &seen))
            return false;
    for (unsigned i = 0; i < kind->count; i++) {
        const char *name = kind->columns[i].name;
        if (!(seen & 1u << i))
            return fault(import, import->end, FAULT_MISSING, name, strlen(name));
    }
    return true;
}

static bool read_header(struct import *import)
{
    size_t name = strlen(EXCHANGE_NAME), bytes = (size_t)(import->end - import->line);
    static const char *const headers[] = {EXCHANGE_HEADER, EXCHANGE_BEFORE};
    for (int i = 0; i < 2; i++)
        if (bytes == strlen(headers[i]) && memcmp(import->line, headers[i], bytes) == 0)
            return true;
    bool ours = bytes > name && memcmp(import->line, EXCHANGE_NAME " ", name + 1) == 0;
    return fault(import, import->line, ours ? FAULT_NEWER_TEXT : FAULT_NO_HEADER, NULL, 0);
}

/* Takes the next line; false at the end. */
static bool next_line(struct import *import, const char *text, size_t bytes, size_t *at)
{
    if (*at >= bytes)
        return false;
    const char *end = memchr(text + *at, '\n', bytes - *at);
    import->line = import->at = text + *at;
    import->end = end ? end : text + bytes;
    *at = (size_t)(import->end - text) + 1;
    if (import->end > import->line && import->end[-1] == '\r')
        import->end--;
    import->number++;
    return true;
}

static bool put_lines(struct progress *progress, struct import *import, const char *text,
                      size_t bytes, uint32_t *added)
{
    size_t at = 0;
    bool taken = next_line(import, text, bytes, &at);
    if (!taken) {
        import->line = import->end = text;
        import->number = 1;
    }
    taken = read_header(import);
    while (taken && next_line(import, text, bytes, &at)) {
        struct column_value cells[COLUMNS_MAX] = {{0}};
        unsigned id;
        skip_blanks(import);
        if (import->at == import->end || *import->at == '#')
            continue;
        int before = sqlite3_total_changes(progress->db);
        taken = read_record(import, &id, cells) &&
                store_put(progress, (enum record_id)id, cells, PUT_MERGE);
        *added += sqlite3_total_changes(progress->db) != before;
    }
    return taken;
}

bool progress_import(struct progress *progress, const char *text, size_t bytes, uint32_t *added,
                     enum language language, struct text *why)
{
    struct import import = {.language = language, .why = why};
    *added = 0;
    text_clear(why);
    if (bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        bytes -= 3;
    }
    import.texts = malloc(bytes + 1);
    bool taken = import.texts && store_begin(progress);
    if (taken)
        taken = store_end(progress, put_lines(progress, &import, text, bytes, added));
    free(import.texts);
    if (!taken && !why->used)
        progress_words(progress, language, why);
    return taken;
}
