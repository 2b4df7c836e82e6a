/* Values with units: what may be written, what may not, and how they are shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "sim/engine/value.h"

struct good {
    const char *words;
    enum unit unit;
    const char *named;
    uint64_t number;
};

static const struct good good_rows[] = {
    {"42", UNIT_COUNT, NULL, 42},
    {"42,298", UNIT_COUNT, NULL, 42298},
    {"1,234,567", UNIT_COUNT, NULL, 1234567},
    {"1.5s", UNIT_DURATION, NULL, 1500000000},
    {"200ms", UNIT_DURATION, NULL, 200000000},
    {"0.5ms", UNIT_DURATION, NULL, 500000},
    {"3us", UNIT_DURATION, NULL, 3000},
    {"7ns", UNIT_DURATION, NULL, 7},
    {"2min", UNIT_DURATION, NULL, 120000000000},
    {"2h", UNIT_DURATION, NULL, 7200000000000},
    {"1d", UNIT_DURATION, NULL, 86400000000000},
    {"0", UNIT_DURATION, NULL, 0},
    {"100B", UNIT_SIZE, NULL, 100},
    {"4KB", UNIT_SIZE, NULL, 4000},
    {"4KiB", UNIT_SIZE, NULL, 4096},
    {"4GiB", UNIT_SIZE, NULL, 4294967296},
    {"1.5MB", UNIT_SIZE, NULL, 1500000},
    {"1k", UNIT_REDIS, NULL, 1000},
    {"1kb", UNIT_REDIS, NULL, 1024},
    {"5mb", UNIT_REDIS, NULL, 5242880},
    {"64MB", UNIT_REDIS, NULL, 67108864},
    {"77", UNIT_REDIS, NULL, 77},
    {"3g", UNIT_JVM, NULL, 3221225472},
    {"3GiB", UNIT_JVM, NULL, 3221225472},
    {"1000/s", UNIT_RATE, NULL, 1000 * RATE_ONE},
    {"20/min", UNIT_RATE, NULL, RATE_ONE / 3},
    {"0.1/s", UNIT_RATE, NULL, RATE_ONE / 10},
    {"max", UNIT_RATE, "max=max", UINT64_MAX},
    {"100Mbit", UNIT_BANDWIDTH, NULL, 100000000},
    {"1Gbit", UNIT_BANDWIDTH, NULL, 1000000000},
    {"2%", UNIT_PERCENT, NULL, 2000},
    {"0.1%", UNIT_PERCENT, NULL, 100},
    {"99.9", UNIT_PERCENT, NULL, 99900},
    {"yes", UNIT_BOOLEAN, NULL, 1},
    {"no", UNIT_BOOLEAN, NULL, 0},
    {"everysec", UNIT_CHOICE, "always|everysec|no", 1},
    {"unlimited", UNIT_COUNT, "no=0|unlimited=max", UINT64_MAX},
    {"no", UNIT_COUNT, "no=0|unlimited=max", 0},
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good_rows / sizeof good_rows[0]; i++) {
        uint64_t number = 12345;
        struct error error;
        if (!value_parse(good_rows[i].words, good_rows[i].unit, good_rows[i].named, &number,
                         &error))
            fail_msg("%s was refused", good_rows[i].words);
        if (number != good_rows[i].number)
            fail_msg("%s became %llu", good_rows[i].words, (unsigned long long)number);
    }
}

struct bad {
    const char *words;
    enum unit unit;
    enum error_id id;
};

static void test_bad(void **state)
{
    static const struct bad rows[] = {
        {"", UNIT_COUNT, ERROR_BAD_VALUE},
        {"x", UNIT_COUNT, ERROR_BAD_VALUE},
        {"-1", UNIT_COUNT, ERROR_BAD_VALUE},
        {"1.5", UNIT_COUNT, ERROR_BAD_VALUE},
        {"42,29", UNIT_COUNT, ERROR_BAD_VALUE},
        {"4,2298", UNIT_COUNT, ERROR_BAD_VALUE},
        {"99999999999999999999", UNIT_COUNT, ERROR_OUT_OF_RANGE},
        {"5", UNIT_DURATION, ERROR_NO_UNIT},
        {"5sec", UNIT_DURATION, ERROR_UNKNOWN_UNIT},
        {"1.s", UNIT_DURATION, ERROR_BAD_VALUE},
        {"100000000d", UNIT_DURATION, ERROR_OUT_OF_RANGE},
        {"100", UNIT_SIZE, ERROR_NO_UNIT},
        {"1000", UNIT_RATE, ERROR_NO_UNIT},
        {"1000/m", UNIT_RATE, ERROR_UNKNOWN_UNIT},
        {"maybe", UNIT_BOOLEAN, ERROR_BAD_VALUE},
        {"5 ms", UNIT_DURATION, ERROR_UNKNOWN_UNIT},
        {"0.0000000001s", UNIT_DURATION, ERROR_OUT_OF_RANGE}, /* finer than a nanosecond */
        {"0.0001%", UNIT_PERCENT, ERROR_OUT_OF_RANGE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t number;
        struct error error;
        if (value_parse(rows[i].words, rows[i].unit, NULL, &number, &error))
            fail_msg("`%s` was taken", rows[i].words);
        if (error.id != rows[i].id)
            fail_msg("`%s`: error %u", rows[i].words, error.id);
    }
}

/* What is written exactly reads back as the same number. */
static void test_exact_reads_back(void **state)
{
    static const enum unit units[] = {UNIT_COUNT, UNIT_DURATION,  UNIT_SIZE,   UNIT_REDIS,
                                      UNIT_RATE,  UNIT_BANDWIDTH, UNIT_PERCENT};
    uint64_t seed = 1;
    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        seed = seed * 6364136223846793005ull + 1442695040888963407ull;
        uint64_t number = seed >> (seed % 60 + 3), back;
        enum unit unit = units[round % (sizeof units / sizeof units[0])];
        if (unit == UNIT_RATE)
            number %= 1000000 * RATE_ONE; /* no parameter takes more */
        char words[64];
        struct text text = TEXT(words);
        struct error error;
        back = ~number;
        text_clear(&text);
        value_add_exact(&text, number, unit, NULL);
        if (!value_parse(words, unit, NULL, &back, &error) || back != number)
            fail_msg("%llu of unit %d became %s", (unsigned long long)number, (int)unit, words);
    }
}

static void shown(int64_t number, enum unit unit, const char *expected)
{
    struct value value = {.unit = unit, .number = number};
    char words[64];
    struct text text = TEXT(words);
    text_clear(&text);
    value_add_screen(&text, &value);
    assert_string_equal(words, expected);
}

static void test_screen(void **state)
{
    (void)state;
    shown(42298, UNIT_COUNT, "42,298");
    shown(1100000, UNIT_DURATION, "1.1 ms");
    shown(850, UNIT_DURATION, "850 ns");
    shown(2500000000, UNIT_DURATION, "2.5 s");
    shown(7900000000, UNIT_SIZE, "7.9 GB");
    shown(100, UNIT_SIZE, "100 B");
    shown(99871, UNIT_PERCENT, "99.871 %");
    shown(100000, UNIT_PERCENT, "100 %");
}

static void said(int64_t number, enum unit unit, const char *expected)
{
    struct value value = {.unit = unit, .number = number};
    char words[64];
    struct text text = TEXT(words);
    text_clear(&text);
    value_add_whole(&text, &value);
    assert_string_equal(words, expected);
}

static void test_whole(void **state)
{
    (void)state;
    said(1012931, UNIT_DURATION, "1.012931 ms");
    said(127000000000, UNIT_DURATION, "127.000 s");
    said(125416000, UNIT_DURATION, "125.416 ms");
    said(1500, UNIT_DURATION, "1.500 us");
    said(850, UNIT_DURATION, "850 ns");
    said(-2500000001, UNIT_DURATION, "-2.500000001 s");
    said(207281344, UNIT_SIZE, "207,281,344 B (207 MB)");
    said(512, UNIT_REDIS, "512 B");
    said(42298, UNIT_COUNT, "42,298");
}

static void test_text_is_never_torn(void **state)
{
    char small[8];
    struct text text = TEXT(small);
    (void)state;
    text_clear(&text);
    text_add(&text, "장애연"); /* nine bytes: two characters fit */
    assert_string_equal(small, "장애");
    assert_true(text.cut);
}

static void test_near_words(void **state)
{
    (void)state;
    assert_int_equal(text_distance("appendfsnyc", "appendfsync", 3), 2);
    assert_int_equal(text_distance("save", "save", 3), 0);
    assert_true(text_same_key("Append-Only", "append_only"));
    assert_false(text_same_key("appendonl", "appendonly"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_exact_reads_back),
        cmocka_unit_test(test_screen),
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_text_is_never_torn),
        cmocka_unit_test(test_near_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
