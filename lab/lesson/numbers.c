/* Numbers in a text: as digits, as they are spoken in Korean, and as times. */
#include "lab/lesson/check.h"

#include <string.h>

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* redis-1, p99, HTTP/2: a digit of a name. */
static bool in_name(const char *begin, const char *at)
{
    if (at == begin)
        return false;
    if (letter(at[-1]) || at[-1] == '_')
        return true;
    return (at[-1] == '-' || at[-1] == '/') && at - begin > 1 && letter(at[-2]);
}

static size_t digits_at(const char *at)
{
    size_t n = 0;
    while (digit(at[n]) || ((at[n] == ',' || at[n] == '.') && digit(at[n + 1])))
        n++;
    return n;
}

/* The bytes of 백, 천, 만, 억 or of a k that ends a word; 0 none. */
static size_t scale_at(const char *at)
{
    static const char *const scales[] = {"백", "천", "만", "억"};
    for (unsigned i = 0; i < sizeof scales / sizeof scales[0]; i++)
        if (strncmp(at, scales[i], strlen(scales[i])) == 0)
            return strlen(scales[i]);
    return (at[0] == 'k' || at[0] == 'K' || at[0] == 'M') && !letter(at[1]) ? 1 : 0;
}

/* The duration's unit that follows a number, in the language's spelling; "" none. */
static const char *time_unit(const char *at)
{
    static const struct {
        const char *written, *unit;
    } rows[] = {{"ns", "ns"}, {"us", "us"},     {"ms", "ms"}, {"min", "min"}, {"s", "s"},
                {"h", "h"},   {"밀리초", "ms"}, {"초", "s"},  {"분", "min"},  {"시간", "h"}};
    at += *at == ' ';
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t bytes = strlen(rows[i].written);
        if (strncmp(at, rows[i].written, bytes) == 0 &&
            !(letter(rows[i].written[0]) && letter(at[bytes])))
            return rows[i].unit;
    }
    return "";
}

static void plain_take(struct number *number, bool scaled)
{
    struct text plain = TEXT(number->plain);
    int64_t spoken;
    text_clear(&plain);
    if (scaled && lesson_guess_number(number->words, &spoken)) {
        text_add_i64(&plain, spoken);
        return;
    }
    for (const char *c = number->words; digit(*c) || *c == ',' || *c == '.'; c++)
        if (*c != ',')
            text_add_char(&plain, *c);
}

/* The number that begins at `at`; the bytes it took. */
static size_t number_take(const char *at, struct number *number)
{
    char duration[64];
    struct text words = TEXT(number->words), time = TEXT(duration);
    struct error error;
    size_t bytes = digits_at(at), scale;
    bool scaled = false;
    memset(number, 0, sizeof *number);
    while ((scale = scale_at(at + bytes)) != 0) {
        scaled = true;
        bytes += scale;
        bytes += digits_at(at + bytes);
    }
    text_add_bytes(&words, at, bytes);
    plain_take(number, scaled);
    text_clear(&time);
    text_add(&time, number->plain);
    text_add(&time, time_unit(at + bytes));
    if (!time_unit(at + bytes)[0] ||
        !value_parse(duration, UNIT_DURATION, NULL, &number->time_ns, &error))
        number->time_ns = 0;
    number->known_word = !scaled && strlen(number->plain) == 1;
    return bytes;
}

bool number_next(const char *begin, const char **at, struct number *number)
{
    while (**at) {
        if (!digit(**at)) {
            ++*at;
            continue;
        }
        bool named = in_name(begin, *at);
        *at += named ? digits_at(*at) : number_take(*at, number);
        if (!named)
            return true;
    }
    return false;
}

bool number_among(const char *words, const struct number *number)
{
    const char *at = words;
    struct number other;
    while (number_next(words, &at, &other))
        if (strcmp(other.plain, number->plain) == 0 ||
            (number->time_ns && other.time_ns == number->time_ns))
            return true;
    return false;
}
