/* Lessons as text: what is read of one, guesses as they are spoken, places in prose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "lab/lesson/lesson.h"

static void test_guesses(void **state)
{
    static const struct {
        const char *words;
        int64_t number;
    } rows[] = {
        {"0", 0},          {"40000", 40000},   {"40,000", 40000},      {"40k", 40000},
        {"1.5M", 1500000}, {"4만", 40000},     {"3만9천", 39000},      {"3만 9천", 39000},
        {"천", 1000},      {"2백만", 2000000}, {"3천5백만", 35000000}, {"1억2천만", 120000000},
        {"4만건", 40000},  {"1.5만", 15000},   {"42,298건", 42298},    {"12 orders", 12},
    };
    int64_t number;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!lesson_guess_number(rows[i].words, &number))
            fail_msg("%s was no guess", rows[i].words);
        if (number != rows[i].number)
            fail_msg("%s became %lld", rows[i].words, (long long)number);
    }
    assert_false(lesson_guess_number("", &number));
    assert_false(lesson_guess_number("many", &number));
    assert_false(lesson_guess_number("모름", &number));
    assert_false(lesson_guess_number("1.2.3", &number));
}

static bool fill(void *user, const char *metric, struct text *to)
{
    (void)user;
    if (strcmp(metric, "orders.acked") != 0)
        return false;
    text_add(to, "42,298");
    return true;
}

static void test_prose(void **state)
{
    char words[200];
    struct text text = TEXT(words);
    (void)state;
    text_clear(&text);
    lesson_prose(&text, "OK {orders.acked}건, {no.such} 그대로 {", fill, NULL);
    assert_string_equal(words, "OK 42,298건, {no.such} 그대로 {");
}

/* A lesson in a folder of its own, with this English text. */
static struct lesson *lesson_of(const char *body, char *why, size_t bytes)
{
    char folder[] = "/tmp/outage-lesson-XXXXXX", path[200];
    static const char *const names[] = {"ko.md", "en.md", "world.lab"};
    struct text text = {why, bytes, 0, false};
    text_clear(&text);
    assert_non_null(mkdtemp(folder));
    for (unsigned i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        if (i < 2)
            fprintf(file, "---\nid: x\ntitle: T\nminutes: 5\nasks: Q?\n---\n%s", body);
        else
            fputs("machine a\n", file);
        fclose(file);
    }
    struct lesson *lesson = lesson_open(folder, LANGUAGE_EN, &text);
    for (unsigned i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
    return lesson;
}

static void test_blocks(void **state)
{
    char why[400];
    struct lesson *lesson = lesson_of(
        "\n## brief\n\nOne **strong** word\nand `code`.\n\n- item\n\n## predict\n\n```lab\n"
        "predict lost number unit=writes hides=a.b,c.d at=\"kill cache\" \"How many?\"\n"
        "answer lost = orders.acked_lost within 20%\nmiss lost 1..2,000 \"or\"\n"
        "predict who choice \"Which?\" a=\"snapshot\" b=\"log\"\nanswer who = b\nmiss who a "
        "\"older\"\n"
        "```\n\n## vary\n\n```lab\ngoal \"None lost\" orders.acked_lost == 0\nset cache save=\"1 "
        "1\"\n"
        "reveal set cache appendonly=yes\n```\n",
        why, sizeof why);
    (void)state;
    if (!lesson)
        fail_msg("%s", why);
    const struct lesson_text *text = &lesson->text[LANGUAGE_EN];
    assert_string_equal(text->title, "T");
    assert_int_equal(lesson->minutes, 5);
    assert_int_equal(text->block_count[STEP_BRIEF], 2);
    assert_string_equal(text->blocks[STEP_BRIEF][0].words, "One \x01strong\x02 word and \x03"
                                                           "code\x04.");
    assert_int_equal(text->blocks[STEP_BRIEF][0].line, 10);
    assert_int_equal(text->blocks[STEP_BRIEF][1].kind, BLOCK_ITEM);
    assert_int_equal(text->question_count, 2);
    const struct question *lost = &text->questions[0], *who = &text->questions[1];
    assert_string_equal(lost->words, "How many?");
    assert_string_equal(lost->hides[2], "orders.acked_lost"); /* the answer is always hidden */
    assert_string_equal(command_word(&lost->fault, 1), "cache");
    assert_string_equal(lost->within, "20%");
    assert_int_equal(lost->beliefs[0].to, 2000);
    assert_int_equal(who->form, QUESTION_CHOICE);
    assert_string_equal(who->choices[1], "log");
    assert_int_equal(who->answer_choice, 'b');
    assert_int_equal(who->beliefs[0].from, 0);
    assert_string_equal(text->goals[0].condition, "orders.acked_lost == 0");
    assert_int_equal(text->blocks[STEP_VARY][1].kind, BLOCK_COMMAND);
    assert_string_equal(text->blocks[STEP_VARY][1].words, "set cache save=\"1 1\"");
    assert_string_equal(text->blocks[STEP_VARY][2].words, "set cache appendonly=yes");
    lesson_close(lesson);
}

static void test_errors_have_a_place(void **state)
{
    static const struct {
        const char *body, *place;
    } rows[] = {
        {"## nonsense\n\ntext\n", ":7:4: `nonsense` is no step"},
        {"text\n", ":7:1: text before the first step"},
        {"## predict\n\n```lab\nanswer lost = x.y\n```\n", ":10:8: no question is named `lost`"},
        {"## watch\n\n```lab\nask what\n```\n", ":10:5: `ask` lacks its sentence"},
        {"## watch\n\n```lab\nask \"open\n```\n", ":10:"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char why[400];
        struct lesson *lesson = lesson_of(rows[i].body, why, sizeof why);
        if (lesson || !strstr(why, rows[i].place))
            fail_msg("row %zu: %s", i, why);
    }
}

/* Every lesson that is there reads, and says the same in both languages. */
static void test_lessons_that_are_there(void **state)
{
    uint32_t count;
    char **list = lesson_list(lesson_root(), &count);
    (void)state;
    assert_true(count > 0);
    for (uint32_t i = 0; i < count; i++) {
        char why[400] = "";
        struct text text = TEXT(why);
        struct lesson *lesson = lesson_open(list[i], LANGUAGE_KO, &text);
        if (!lesson)
            fail_msg("%s", why);
        for (unsigned step = 0; step < STEP_COUNT; step++)
            assert_int_equal(lesson->text[0].block_count[step], lesson->text[1].block_count[step]);
        assert_true(lesson->number > 0);
        lesson_close(lesson);
    }
    lesson_list_free(list, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guesses),
        cmocka_unit_test(test_prose),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_errors_have_a_place),
        cmocka_unit_test(test_lessons_that_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
