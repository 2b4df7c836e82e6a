/*
 * Lines to words and back: quotes, comments, UTF-8, columns, and the form of an error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "lab/language/language.h"

static void assert_words(const char *line, unsigned count, const char *const *words)
{
    struct command command;
    struct error error;
    assert_true(language_split(&command, line, 3, &error));
    assert_int_equal(command.count, count);
    assert_int_equal(command.line, 3);
    for (unsigned i = 0; i < count; i++)
        assert_string_equal(command_word(&command, i), words[i]);
}

static void lines_become_words(void **unused)
{
    (void)unused;
    assert_words("", 0, NULL);
    assert_words("   # only a comment", 0, NULL);
    assert_words("kill cache # now", 2, (const char *[]){"kill", "cache"});
    assert_words("\tkill\t cache\r", 2, (const char *[]){"kill", "cache"});
    assert_words("set a save=\"60 1000\"", 3, (const char *[]){"set", "a", "save=60 1000"});
    assert_words("set a save=\"\"", 3, (const char *[]){"set", "a", "save="});
    assert_words("print \"\"", 2, (const char *[]){"print", ""});
    assert_words("print \"a # \\\"b\\\" \\\\\"", 2, (const char *[]){"print", "a # \"b\" \\"});
    assert_words("world \"주문 서버\" # 제목", 2, (const char *[]){"world", "주문 서버"});
}

static void columns_count_characters(void **unused)
{
    (void)unused;
    struct command command;
    struct error error;
    assert_true(language_split(&command, "  print \"주문\" 나 z", 1, &error));
    assert_int_equal(command.words[0].column, 3);
    assert_int_equal(command.words[1].column, 9);
    assert_int_equal(command.words[1].quoted, 1);
    assert_int_equal(command.words[2].column, 14);
    assert_int_equal(command.words[3].column, 16);
}

static void what_is_no_line_has_its_place(void **unused)
{
    (void)unused;
    static const struct {
        const char *line;
        enum error_id id;
        uint32_t column;
    } rows[] = {
        {"kill \"cache", ERROR_OPEN_QUOTE, 6},
        {"주문 \"한 \\\" 더", ERROR_OPEN_QUOTE, 4},
        {"a\xFFz", ERROR_BAD_UTF8, 2},
        {"가 \xC0\xAF", ERROR_BAD_UTF8, 3},        /* overlong */
        {"\xED\xA0\x80", ERROR_BAD_UTF8, 1},       /* a surrogate */
        {"\xF4\x90\x80\x80", ERROR_BAD_UTF8, 1},   /* past U+10FFFF */
        {"x \xE0\x80\x80", ERROR_BAD_UTF8, 3},     /* overlong */
        {"kill x # \xEA\xB0", ERROR_BAD_UTF8, 10}, /* cut, in a comment */
    };
    struct command command;
    struct error error;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(language_split(&command, rows[i].line, 7, &error));
        assert_int_equal(error.id, rows[i].id);
        assert_int_equal(error.column, rows[i].column);
        assert_int_equal(error.line, 7);
    }
}

static void long_lines_are_an_error(void **unused)
{
    (void)unused;
    struct command command;
    struct error error;
    char line[2 * COMMAND_BYTES];
    memset(line, 'a', sizeof line);
    line[COMMAND_BYTES - 1] = 0;
    assert_true(language_split(&command, line, 1, &error));
    line[COMMAND_BYTES - 1] = 'a';
    line[COMMAND_BYTES] = 0;
    assert_false(language_split(&command, line, 1, &error));
    assert_int_equal(error.id, ERROR_LINE_TOO_LONG);
    for (size_t i = 0; i < 2 * COMMAND_WORDS; i++)
        memcpy(line + 2 * i, "a ", 3);
    assert_true(strlen(line) < COMMAND_BYTES);
    assert_false(language_split(&command, line, 1, &error));
    assert_int_equal(error.id, ERROR_LINE_TOO_LONG);
    assert_int_equal(error.column, 2 * COMMAND_WORDS + 1);
    line[2 * COMMAND_WORDS] = 0;
    assert_true(language_split(&command, line, 1, &error));
}

static void joined_lines_split_the_same(void **unused)
{
    (void)unused;
    static const char *const lines[] = {"kill cache",
                                        "set cache save=\"60 1000\" appendonly=no",
                                        "print \"a \\\"b\\\" \\\\ # c\"",
                                        "set a save=\"\"",
                                        "expect a.b ~= 5 within 2% \"한국어 까닭\"",
                                        "print \"\" x",
                                        "cut a -> b",
                                        "a: at 3s kill cache"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct command first, second;
        struct error error;
        char joined[4 * COMMAND_BYTES];
        struct text text = TEXT(joined);
        text_clear(&text);
        assert_true(language_split(&first, lines[i], 0, &error));
        language_join(&text, &first);
        assert_string_equal(joined, lines[i]);
        assert_true(language_split(&second, joined, 0, &error));
        assert_memory_equal(&first, &second, sizeof first);
    }
}

static void errors_have_one_form(void **unused)
{
    (void)unused;
    struct command command;
    struct error error;
    char line[1024];
    struct text text = TEXT(line);
    assert_true(language_split(&command, "set cache save=\"가나 x\" y", 12, &error));
    error_set(&error, ERROR_OUT_OF_RANGE, 2, "x", "1", "5", NULL);
    text_clear(&text);
    language_error(&text, "a.lab", &command, &error, LANGUAGE_EN);
    assert_string_equal(line, "a.lab:12:11: `x` is out of range; from 1 to 5");
    error.byte = (uint16_t)strlen("save=가나 ");
    text_clear(&text);
    language_error(&text, "a.lab", &command, &error, LANGUAGE_KO);
    assert_string_equal(line, "a.lab:12:20: `x` 값이 범위를 벗어났습니다; 1부터 5까지");
    text_clear(&text);
    language_error(&text, NULL, &command, &error, LANGUAGE_EN);
    assert_string_equal(line, "20: `x` is out of range; from 1 to 5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_become_words),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(what_is_no_line_has_its_place),
        cmocka_unit_test(long_lines_are_an_error),
        cmocka_unit_test(joined_lines_split_the_same),
        cmocka_unit_test(errors_have_one_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
