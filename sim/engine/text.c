/* Text that is built up in memory of the caller. */
#include "sim/engine/text.h"

#include <string.h>

void text_clear(struct text *text)
{
    text->used = 0;
    text->cut = false;
    text->at[0] = 0;
}

void text_add_bytes(struct text *text, const char *at, size_t bytes)
{
    size_t room = text->bytes - 1 - text->used;
    if (bytes > room) {
        text->cut = true;
        bytes = room;
        /* Never half of a UTF-8 character. */
        while (bytes > 0 && ((unsigned char)at[bytes] & 0xC0) == 0x80)
            bytes--;
    }
    if (bytes > 0)
        memcpy(text->at + text->used, at, bytes);
    text->used += bytes;
    text->at[text->used] = 0;
}

void text_add(struct text *text, const char *words)
{
    text_add_bytes(text, words, strlen(words));
}

void text_add_char(struct text *text, char c)
{
    text_add_bytes(text, &c, 1);
}

void text_add_padded(struct text *text, uint64_t number, unsigned digits)
{
    char reversed[24];
    unsigned n = 0;
    do {
        reversed[n++] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    while (n < digits && n < sizeof reversed)
        reversed[n++] = '0';
    while (n)
        text_add_char(text, reversed[--n]);
}

void text_add_u64(struct text *text, uint64_t number)
{
    text_add_padded(text, number, 1);
}

void text_add_i64(struct text *text, int64_t number)
{
    if (number < 0)
        text_add_char(text, '-');
    text_add_u64(text, number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number);
}

void text_add_grouped(struct text *text, uint64_t number)
{
    if (number >= 1000) {
        text_add_grouped(text, number / 1000);
        text_add_char(text, ',');
        text_add_padded(text, number % 1000, 3);
    } else {
        text_add_u64(text, number);
    }
}

void text_add_count(struct text *text, uint64_t number, const char *what)
{
    char digits[32];
    struct text column = TEXT(digits);
    text_clear(&column);
    text_add_grouped(&column, number);
    text_add(text, "  ");
    for (size_t i = column.used; i < 12; i++)
        text_add_char(text, ' ');
    text_add(text, digits);
    text_add(text, "  ");
    text_add(text, what);
    text_add_char(text, '\n');
}

void text_add_hex(struct text *text, uint64_t number, unsigned digits)
{
    for (unsigned i = digits; i-- > 0;)
        text_add_char(text, "0123456789abcdef"[number >> (4 * i) & 15]);
}

void text_add_fixed(struct text *text, int64_t number, unsigned decimals)
{
    uint64_t scale = 1, absolute = number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;
    for (unsigned i = 0; i < decimals; i++)
        scale *= 10;
    if (number < 0)
        text_add_char(text, '-');
    text_add_u64(text, absolute / scale);
    if (decimals) {
        text_add_char(text, '.');
        text_add_padded(text, absolute % scale, decimals);
    }
}

void text_add_decimal(struct text *text, int64_t number, unsigned decimals)
{
    for (; decimals > 0 && number % 10 == 0; decimals--)
        number /= 10;
    text_add_fixed(text, number, decimals);
}

void text_add_template(struct text *text, const char *template, const char *const arguments[4])
{
    while (*template) {
        if (template[0] == '{' && template[1] >= '0' && template[1] <= '3' && template[2] == '}') {
            const char *argument = arguments[template[1] - '0'];
            text_add(text, argument ? argument : "");
            template += 3;
        } else {
            size_t n = 1;
            while (template[n] && template[n] != '{')
                n++;
            text_add_bytes(text, template, n);
            template += n;
        }
    }
}

static char key_char(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c == '_' ? '-' : c;
}

bool text_same_key(const char *a, const char *b)
{
    while (*a && key_char(*a) == key_char(*b)) {
        a++;
        b++;
    }
    return !*a && !*b;
}

unsigned text_distance(const char *a, const char *b, unsigned most)
{
    enum { LONGEST = 64 };
    unsigned row[LONGEST + 1];
    size_t length_a = strlen(a), length_b = strlen(b);
    if (length_a > LONGEST || length_b > LONGEST)
        return most + 1;
    for (unsigned j = 0; j <= length_b; j++)
        row[j] = j;
    for (unsigned i = 1; i <= length_a; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= length_b; j++) {
            unsigned above = row[j];
            unsigned best = diagonal + (key_char(a[i - 1]) != key_char(b[j - 1]));
            if (above + 1 < best)
                best = above + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = above;
            row[j] = best;
        }
    }
    return row[length_b] > most ? most + 1 : row[length_b];
}

bool text_list_next(const char **list, char *word, size_t room)
{
    const char *at = *list + strspn(*list, ", ");
    size_t bytes = strcspn(at, ", ");
    if (bytes == 0)
        return false;
    size_t kept = bytes < room ? bytes : room - 1;
    memcpy(word, at, kept);
    word[kept] = 0;
    *list = at + bytes;
    return true;
}
