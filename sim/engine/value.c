/* Values with units: reading and showing them. */
#include "sim/engine/value.h"

#include <string.h>

__extension__ typedef unsigned __int128 u128;

struct suffix {
    const char *words;
    uint64_t scale; /* of the unit's own counting */
};

static const struct suffix durations[] = {{"ns", 1},
                                          {"us", US_NS},
                                          {"ms", MS_NS},
                                          {"s", SECOND_NS},
                                          {"min", 60 * SECOND_NS},
                                          {"h", 3600 * SECOND_NS},
                                          {"d", 86400 * SECOND_NS},
                                          {NULL, 0}};
static const struct suffix sizes[] = {{"B", 1},
                                      {"KB", 1000},
                                      {"MB", 1000000},
                                      {"GB", 1000000000},
                                      {"TB", 1000000000000},
                                      {"KiB", 1ull << 10},
                                      {"MiB", 1ull << 20},
                                      {"GiB", 1ull << 30},
                                      {"TiB", 1ull << 40},
                                      {NULL, 0}};
/* redis.conf: 1k is 1000, 1kb is 1024 (config.c, memtoull). */
static const struct suffix redis_sizes[] = {{"", 1},
                                            {"b", 1},
                                            {"k", 1000},
                                            {"kb", 1ull << 10},
                                            {"m", 1000000},
                                            {"mb", 1ull << 20},
                                            {"g", 1000000000},
                                            {"gb", 1ull << 30},
                                            {"KiB", 1ull << 10},
                                            {"MiB", 1ull << 20},
                                            {"GiB", 1ull << 30},
                                            {NULL, 0}};
/* -Xmx: 512m, 3g are 1024-based. */
static const struct suffix jvm_sizes[] = {{"", 1},
                                          {"k", 1ull << 10},
                                          {"m", 1ull << 20},
                                          {"g", 1ull << 30},
                                          {"B", 1},
                                          {"KB", 1000},
                                          {"MB", 1000000},
                                          {"GB", 1000000000},
                                          {"KiB", 1ull << 10},
                                          {"MiB", 1ull << 20},
                                          {"GiB", 1ull << 30},
                                          {NULL, 0}};
static const struct suffix rates[] = {{"/s", RATE_ONE}, {"/min", 0}, {"/h", 0}, {NULL, 0}};
static const struct suffix bandwidths[] = {
    {"bit", 1}, {"Kbit", 1000}, {"Mbit", 1000000}, {"Gbit", 1000000000}, {NULL, 0}};
static const struct suffix percents[] = {{"%", PERCENT_ONE}, {"", PERCENT_ONE}, {NULL, 0}};
static const struct suffix factors[] = {{"", FACTOR_ONE}, {NULL, 0}};
static const struct suffix plain[] = {{"", 1}, {NULL, 0}};

struct unit_row {
    const char *name;              /* for tables */
    const struct suffix *suffixes; /* NULL: read by other means */
    const char *what, *example;    /* in an error */
};

static const struct unit_row units[UNIT_COUNTED] = {
    [UNIT_COUNT] = {"count", plain, "whole number", "1000"},
    [UNIT_DURATION] = {"ns", durations, "duration", "5ms"},
    [UNIT_SIZE] = {"bytes", sizes, "size", "100B, 4GiB"},
    [UNIT_REDIS] = {"bytes", redis_sizes, "size", "64mb"},
    [UNIT_JVM] = {"bytes", jvm_sizes, "size", "3g"},
    [UNIT_RATE] = {"per_second", rates, "rate", "1000/s"},
    [UNIT_BANDWIDTH] = {"bits_per_second", bandwidths, "bandwidth", "100Mbit"},
    [UNIT_PERCENT] = {"percent", percents, "percentage", "2%"},
    [UNIT_BOOLEAN] = {"yes_no", NULL, "yes or no", "yes"},
    [UNIT_CHOICE] = {"choice", NULL, "choice", ""},
    [UNIT_UNIXTIME] = {"unix_seconds", plain, "time", "1700000000"},
    [UNIT_TEXT] = {"text", NULL, "text", ""},
    [UNIT_PER_SECOND] = {"per_second", plain, "number a second", "1000"},
    [UNIT_FACTOR] = {"factor", factors, "number", "2.5"},
};

const char *unit_name(enum unit unit)
{
    return units[unit].name;
}

static bool same_letters(const char *a, const char *b)
{
    for (;; a++, b++) {
        char x = *a, y = *b;
        if (x >= 'A' && x <= 'Z')
            x = (char)(x - 'A' + 'a');
        if (y >= 'A' && y <= 'Z')
            y = (char)(y - 'A' + 'a');
        if (x != y)
            return false;
        if (!x)
            return true;
    }
}

/* Finds a word of "no=0|unlimited=max" (or "a|b|c": its place). */
static bool named_find(const char *named, const char *word, uint64_t *number)
{
    uint64_t place = 0;
    while (named && *named) {
        size_t n = strcspn(named, "=|");
        bool same = strlen(word) == n && memcmp(named, word, n) == 0;
        uint64_t value = place++;
        named += n;
        if (*named == '=') {
            named++;
            value = 0;
            if (strncmp(named, "max", 3) == 0)
                value = UINT64_MAX;
            else
                for (const char *c = named; *c >= '0' && *c <= '9'; c++)
                    value = value * 10 + (uint64_t)(*c - '0');
            named += strcspn(named, "|");
        }
        if (same) {
            *number = value;
            return true;
        }
        if (*named == '|')
            named++;
    }
    return false;
}

/* Adds the word that stands for a number; false when none does. */
static bool named_add(struct text *text, const char *named, uint64_t number)
{
    while (named && *named) {
        size_t n = strcspn(named, "|"), word = strcspn(named, "=|");
        uint64_t value;
        char copy[40];
        if (word < sizeof copy) {
            memcpy(copy, named, word);
            copy[word] = 0;
            if (word < n && named_find(named, copy, &value) && value == number) {
                text_add(text, copy);
                return true;
            }
        }
        named += n;
        if (*named == '|')
            named++;
    }
    return false;
}

/* Decimal digits, grouped by commas or not, with a fraction.  `*rest` is what comes after. */
static bool decimal_read(const char *words, uint64_t *whole, uint64_t *fraction, uint64_t *scale,
                         const char **rest, bool *too_large)
{
    const char *c = words;
    unsigned group = 0;
    bool grouped = false;
    *whole = *fraction = 0;
    *scale = 1;
    *too_large = false;
    if (*c < '0' || *c > '9')
        return false;
    for (; (*c >= '0' && *c <= '9') || *c == ','; c++) {
        if (*c == ',') {
            if ((grouped && group != 3) || (!grouped && group > 3))
                return false;
            grouped = true;
            group = 0;
            continue;
        }
        group++;
        uint64_t digit = (uint64_t)(*c - '0');
        if (*whole > (UINT64_MAX - digit) / 10)
            *too_large = true;
        else
            *whole = *whole * 10 + digit;
    }
    if (grouped && group != 3)
        return false;
    if (*c == '.') {
        c++;
        if (*c < '0' || *c > '9')
            return false;
        for (; *c >= '0' && *c <= '9'; c++)
            if (*scale < 1000000000000ull) {
                *fraction = *fraction * 10 + (uint64_t)(*c - '0');
                *scale *= 10;
            } else if (*c != '0') {
                return false; /* finer than any unit here */
            }
    }
    *rest = c;
    return true;
}

static bool scaled(uint64_t whole, uint64_t fraction, uint64_t scale, uint64_t unit, uint64_t per,
                   uint64_t *number)
{
    u128 sum = ((u128)whole * unit + (u128)fraction * unit / scale) / per;
    if (sum > INT64_MAX)
        return false;
    *number = (uint64_t)sum;
    return true;
}

static bool bad_value(const char *words, enum unit unit, const char *named, struct error *error)
{
    if (unit == UNIT_CHOICE)
        return error_set(error, ERROR_NOT_A_CHOICE, 0, words, named, NULL, NULL);
    return error_set(error, ERROR_BAD_VALUE, 0, words, units[unit].what, units[unit].example, NULL);
}

static bool too_large_error(const char *words, enum unit unit, struct error *error)
{
    char most[64];
    struct text text = TEXT(most);
    text_clear(&text);
    value_add_exact(&text, INT64_MAX, unit, NULL);
    return error_set(error, ERROR_OUT_OF_RANGE, 0, words, "0", most, NULL);
}

/* What was written is more than nothing, but less than the unit can hold. */
static bool too_fine_error(const char *words, enum unit unit, struct error *error)
{
    char least[64], most[64];
    struct text low = TEXT(least), high = TEXT(most);
    text_clear(&low);
    text_clear(&high);
    value_add_exact(&low, 1, unit, NULL);
    value_add_exact(&high, unit == UNIT_PERCENT ? 100 * PERCENT_ONE : INT64_MAX, unit, NULL);
    return error_set(error, ERROR_OUT_OF_RANGE, 0, words, least, most, NULL);
}

static bool number_parse(const char *words, enum unit unit, uint64_t *number, struct error *error)
{
    const struct unit_row *row = &units[unit];
    uint64_t whole, fraction, scale;
    const char *rest;
    bool too_large;
    if (!decimal_read(words, &whole, &fraction, &scale, &rest, &too_large))
        return bad_value(words, unit, NULL, error);
    if (too_large)
        return too_large_error(words, unit, error);
    if (!*rest && whole == 0 && fraction == 0) {
        *number = 0; /* nothing is nothing in every unit */
        return true;
    }
    for (const struct suffix *s = row->suffixes; s->words; s++) {
        if (!same_letters(rest, s->words))
            continue;
        uint64_t per = 1, one = s->scale;
        if (unit == UNIT_RATE) {
            one = RATE_ONE;
            per = strcmp(s->words, "/min") == 0 ? 60 : strcmp(s->words, "/h") == 0 ? 3600 : 1;
        }
        if (one == 1 && per == 1 && fraction != 0)
            return bad_value(words, unit, NULL, error);
        if (!scaled(whole, fraction, scale, one, per, number))
            return too_large_error(words, unit, error);
        return *number != 0 || (whole == 0 && fraction == 0) || too_fine_error(words, unit, error);
    }
    return error_set(error, *rest ? ERROR_UNKNOWN_UNIT : ERROR_NO_UNIT, 0, words, row->example,
                     NULL, NULL);
}

bool value_parse(const char *words, enum unit unit, const char *named, uint64_t *number,
                 struct error *error)
{
    if (named_find(named, words, number))
        return true;
    if (unit == UNIT_BOOLEAN) {
        if (strcmp(words, "yes") != 0 && strcmp(words, "no") != 0)
            return bad_value(words, unit, NULL, error);
        *number = words[0] == 'y';
        return true;
    }
    if (!units[unit].suffixes)
        return bad_value(words, unit, named, error);
    return number_parse(words, unit, number, error);
}

/* The largest suffix that divides the number, so that it is exact and short. */
static void exact_add(struct text *text, uint64_t number, const struct suffix *suffixes)
{
    const struct suffix *best = NULL;
    for (const struct suffix *s = suffixes; s->words; s++)
        if (s->scale && number % s->scale == 0 && (!best || s->scale > best->scale))
            best = s;
    if (number == 0)
        for (best = suffixes; best->scale == 0;)
            best++;
    text_add_u64(text, number / best->scale);
    text_add(text, best->words);
}

static void decimal_add(struct text *text, uint64_t number, unsigned decimals, const char *suffix)
{
    text_add_decimal(text, (int64_t)number, decimals);
    text_add(text, suffix);
}

static void duration_exact(struct text *text, uint64_t ns)
{
    if (ns && ns < SECOND_NS) {
        bool us = ns < MS_NS;
        decimal_add(text, ns, us ? 3 : 6, us ? "us" : "ms");
    } else if (ns && ns % (60 * SECOND_NS) == 0) {
        exact_add(text, ns, durations);
    } else {
        decimal_add(text, ns, 9, "s");
    }
}

/* A second, a minute or an hour: the first that says it with nine decimals. */
static void rate_exact(struct text *text, uint64_t rate)
{
    static const struct {
        const char *words;
        uint64_t seconds;
    } per[] = {{"/s", 1}, {"/min", 60}, {"/h", 3600}};
    unsigned i = 0;
    while (i < 2 && (u128)rate * per[i].seconds * 1000000000u % RATE_ONE != 0)
        i++;
    u128 billionths = (u128)rate * per[i].seconds * 1000000000u / RATE_ONE;
    if (billionths > INT64_MAX)
        billionths = INT64_MAX; /* beyond every rate that a parameter takes */
    decimal_add(text, (uint64_t)billionths, 9, per[i].words);
}

void value_add_exact(struct text *text, uint64_t number, enum unit unit, const char *named)
{
    if (named_add(text, named, number))
        return;
    switch (unit) {
    case UNIT_DURATION:
        duration_exact(text, number);
        break;
    case UNIT_SIZE:
    case UNIT_JVM:
        exact_add(text, number, sizes);
        break;
    case UNIT_RATE:
        rate_exact(text, number);
        break;
    case UNIT_BANDWIDTH:
        exact_add(text, number, bandwidths);
        break;
    case UNIT_PERCENT:
        decimal_add(text, number, 3, "%");
        break;
    case UNIT_FACTOR:
        decimal_add(text, number, 3, "");
        break;
    case UNIT_BOOLEAN:
        text_add(text, number ? "yes" : "no");
        break;
    case UNIT_CHOICE: {
        for (; number && named; number--)
            named = strchr(named, '|') ? strchr(named, '|') + 1 : named;
        if (named)
            text_add_bytes(text, named, strcspn(named, "|"));
        break;
    }
    default:
        text_add_u64(text, number);
        break;
    }
}
