/* Progress as text: what goes out comes in again, and two copies become one. */
#include "tests/unit/progress_fixture.h"

#define WORLDS  25
#define RECORDS 60

static void what_goes_out_comes_in_again(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        struct where from = place_make(), to = place_make();
        struct progress *a = open_good(&from), *b = open_good(&to);
        uint64_t random = seed * UINT64_C(0x9e3779b97f4a7c15);
        uint32_t added;
        char why[600];
        struct text reason = TEXT(why);
        put_random(a, &random, RECORDS, PUT_NOW);
        char *out = text_of(a);
        if (!progress_import(b, out, strlen(out), &added, LANGUAGE_EN, &reason))
            fail_msg("seed %d: %s\n%s", (int)seed, why, out);
        assert_true(added > RECORDS / 3);
        char *again = text_of(b);
        assert_string_equal(out, again);
        assert_true(progress_import(b, out, strlen(out), &added, LANGUAGE_EN, &reason));
        assert_int_equal(added, 0);
        free(again);
        again = text_of(b);
        assert_string_equal(out, again);
        free(out);
        free(again);
        progress_close(a);
        progress_close(b);
        place_remove(&from);
        place_remove(&to);
    }
}

static void two_copies_become_one_in_any_order(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        struct where places[2] = {place_make(), place_make()};
        struct progress *copies[2];
        char *texts[2], why[600];
        struct text reason = TEXT(why);
        uint64_t random = seed * UINT64_C(0x9e3779b97f4a7c15);
        uint32_t added;
        for (int i = 0; i < 2; i++) {
            copies[i] = open_good(&places[i]);
            put_random(copies[i], &random, RECORDS, PUT_MERGE);
            texts[i] = text_of(copies[i]);
        }
        assert_string_not_equal(texts[0], texts[1]);
        for (int i = 0; i < 2; i++)
            assert_true(progress_import(copies[i], texts[!i], strlen(texts[!i]), &added,
                                        LANGUAGE_EN, &reason));
        free(texts[0]);
        free(texts[1]);
        texts[0] = text_of(copies[0]);
        texts[1] = text_of(copies[1]);
        assert_string_equal(texts[0], texts[1]);
        for (int i = 0; i < 2; i++) {
            free(texts[i]);
            progress_close(copies[i]);
            place_remove(&places[i]);
        }
    }
}

static void times_are_read_as_they_are_written(void **state)
{
    (void)state;
    static const char *const wrong[] = {"2026-02-31T00:00:00.000Z",
                                        "2026-02-03 00:00:00.000Z",
                                        "2026-02-03T24:00:00.000Z",
                                        "1969-12-31T23:59:59.999Z",
                                        "2026-02-03T00:00:00Z",
                                        "",
                                        "--",
                                        "2026-02-03T00:00:60.000Z"};
    uint64_t random = 88172645463325252u, back;
    for (int i = 0; i < 2000; i++) {
        char words[40];
        struct text text = TEXT(words);
        uint64_t time_ms = i == 0 ? TIME_MAX_MS : i == 1 ? 0 : draw(&random) % (TIME_MAX_MS + 1);
        record_time_add(&text, time_ms);
        assert_true(record_time_read(words, text.used, &back));
        assert_true(back == time_ms);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (record_time_read(wrong[i], strlen(wrong[i]), &back))
            fail_msg("%s was taken", wrong[i]);
}

static const char good[] = "outage-progress 1\n"
                           "meeting started=2026-02-03T12:00:00.000Z ended=- changed=-\n";

static void a_wrong_text_says_where_and_takes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says;
    } rows[] = {
        {"meting started=-", "3:1: there is no record `meting`"},
        {"  review lesson=x", "3:17: a text stands in quotes"},
        {"review lesson=\"x", "3:15: a text stands in quotes"},
        {"review lesson=\"\\q\"", "3:15: a text stands in quotes"},
        {"review lesson=\"\\x00\"", "3:15: a text stands in quotes"},
        {"review when=-", "3:8: `when` does not stand"},
        {"review lesson", "3:8: `lesson` does not stand"},
        {"review lesson=\"a\" lesson=\"b\"", "3:19: `lesson` stands twice"},
        {"review remembered=yes", "3:19: `yes` is no whole number"},
        {"review remembered=-", "3:19: `-` is no whole number"},
        {"review remembered=9223372036854775808", "3:19: `9223372036854775808` is no whole number"},
        {"review answered=today", "3:17: `today` is no time"},
        {"review lesson=\"a\"", "3:18: `answered` is missing"},
    };
    struct where place = place_make();
    struct progress *progress = open_good(&place);
    char *before = text_of(progress);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[300], why[600], korean[600];
        struct text reason = TEXT(why), ko = TEXT(korean);
        uint32_t added;
        snprintf(text, sizeof text, "%s%s\n", good, rows[i].line);
        assert_false(progress_import(progress, text, strlen(text), &added, LANGUAGE_EN, &reason));
        if (strncmp(why, rows[i].says, strlen(rows[i].says)) != 0)
            fail_msg("%s: %s", rows[i].line, why);
        assert_false(progress_import(progress, text, strlen(text), &added, LANGUAGE_KO, &ko));
        assert_string_not_equal(why, korean);
        char *after = text_of(progress);
        assert_string_equal(before, after);
        free(after);
    }
    free(before);
    progress_close(progress);
    place_remove(&place);
}

static void the_first_line_says_what_it_is(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says; /* NULL: taken */
    } rows[] = {
        {"", "1:1: this is no text"},
        {"hello\n", "1:1: this is no text"},
        {"outage-progress 3\n", "1:1: this text is of a newer"},
        {"outage-progress 1", NULL},
        {"outage-progress 2", NULL},
        {"\xef\xbb\xbfoutage-progress 1\r\n\r\n# a remark\r\n", NULL},
    };
    struct where place = place_make();
    struct progress *progress = open_good(&place);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char why[600];
        struct text reason = TEXT(why);
        uint32_t added;
        bool taken = progress_import(progress, rows[i].text, strlen(rows[i].text), &added,
                                     LANGUAGE_EN, &reason);
        assert_int_equal(taken, rows[i].says == NULL);
        if (rows[i].says && strncmp(why, rows[i].says, strlen(rows[i].says)) != 0)
            fail_msg("%s: %s", rows[i].text, why);
    }
    progress_close(progress);
    place_remove(&place);
}

static void a_text_that_was_tampered_with_is_taken_whole_or_not(void **state)
{
    (void)state;
    struct where place = place_make();
    struct progress *progress = open_good(&place);
    uint64_t random = 2463534242u;
    put_random(progress, &random, 30, PUT_NOW);
    char *text = text_of(progress);
    size_t bytes = strlen(text);
    unsigned refused = 0;
    for (int i = 0; i < 600; i++) {
        char *copy = malloc(bytes), why[600];
        struct text reason = TEXT(why);
        uint32_t added;
        assert_non_null(copy);
        memcpy(copy, text, bytes);
        copy[draw(&random) % bytes] = (char)draw(&random);
        char *before = text_of(progress);
        size_t used = draw(&random) % 4 ? bytes : draw(&random) % bytes;
        if (!progress_import(progress, copy, used, &added, LANGUAGE_EN, &reason)) {
            char *after = text_of(progress);
            assert_true(reason.used > 0);
            assert_string_equal(before, after);
            free(after);
            refused++;
        }
        free(before);
        free(copy);
    }
    assert_true(refused > 50);
    free(text);
    progress_close(progress);
    place_remove(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_out_comes_in_again),
        cmocka_unit_test(two_copies_become_one_in_any_order),
        cmocka_unit_test(times_are_read_as_they_are_written),
        cmocka_unit_test(a_wrong_text_says_where_and_takes_nothing),
        cmocka_unit_test(the_first_line_says_what_it_is),
        cmocka_unit_test(a_text_that_was_tampered_with_is_taken_whole_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
