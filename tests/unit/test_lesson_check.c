/* `outage check`: a right lesson is green, and each way to damage it is red at its place. */
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

#include "lab/lesson/check.h"
#include "lab/lesson/reading.h"

/* --- a copy of lesson 1 that may be damaged
 * -----------------------------------------------------------------------------
 */

enum { EN = 1, KO = 2, BOTH = 3, WORLD = 4 };
static const char *const names[] = {"en.md", "ko.md", "world.lab"};

struct copy {
    char parent[64], folder[80];
    char found[20000]; /* what check said */
    uint32_t failed;
};

static void file_write(const struct copy *copy, const char *name, const char *words)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", copy->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(words, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static char *lesson_file(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/lessons/01-plug/%s", OUTAGE_SOURCE_DIR, name);
    char *words = reading_file(path, NULL);
    assert_non_null(words);
    return words;
}

static void copy_open(struct copy *copy)
{
    memset(copy, 0, sizeof *copy);
    snprintf(copy->parent, sizeof copy->parent, "/tmp/outage-check-XXXXXX");
    assert_non_null(mkdtemp(copy->parent));
    snprintf(copy->folder, sizeof copy->folder, "%s/01-plug", copy->parent);
    assert_int_equal(mkdir(copy->folder, 0777), 0);
    for (unsigned i = 0; i < 3; i++) {
        char *words = lesson_file(names[i]);
        file_write(copy, names[i], words);
        free(words);
    }
}

static void copy_close(struct copy *copy)
{
    char path[200];
    for (unsigned i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", copy->folder, names[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(copy->folder), 0);
    assert_int_equal(rmdir(copy->parent), 0);
}

/* Every `from` of the files becomes `to`; what is not there is a mistake of the test. */
static void damage(const struct copy *copy, unsigned files, const char *from, const char *to)
{
    for (unsigned i = 0; i < 3; i++) {
        if (!(files & 1u << i))
            continue;
        char path[200], words[20000] = "";
        struct text text = TEXT(words);
        snprintf(path, sizeof path, "%s/%s", copy->folder, names[i]);
        char *was = reading_file(path, NULL), *rest = was, *at;
        assert_non_null(was);
        if (!strstr(was, from))
            fail_msg("%s: no `%s` to damage", names[i], from);
        while ((at = strstr(rest, from))) {
            text_add_bytes(&text, rest, (size_t)(at - rest));
            text_add(&text, to);
            rest = at + strlen(from);
        }
        text_add(&text, rest);
        assert_false(text.cut);
        free(was);
        file_write(copy, names[i], words);
    }
}

static void report(void *user, const char *line)
{
    struct copy *copy = user;
    size_t used = strlen(copy->found), folder = strlen(copy->folder);
    const char *shown = strncmp(line, copy->folder, folder) == 0 ? line + folder + 1 : line;
    snprintf(copy->found + used, sizeof copy->found - used, "%s\n", shown);
}

static void look(struct copy *copy, unsigned seeds, enum language language)
{
    copy->failed = lesson_check(copy->folder, seeds, language, report, copy);
}

/* --- the damages
 * --------------------------------------------------------------------------------------------------
 */

struct row {
    unsigned files;
    const char *from, *to;
    const char *said; /* place and beginning of the sentence; NULL: nothing is wrong */
};

static void rows_check(const struct row *rows, size_t count, unsigned seeds)
{
    static struct copy copy;
    for (size_t i = 0; i < count; i++) {
        copy_open(&copy);
        damage(&copy, rows[i].files, rows[i].from, rows[i].to);
        look(&copy, seeds, LANGUAGE_EN);
        copy_close(&copy);
        if (rows[i].said ? copy.failed == 0 || !strstr(copy.found, rows[i].said) : copy.failed)
            fail_msg("`%s` -> `%s`: wanted %s, found (%u):\n%s", rows[i].from, rows[i].to,
                     rows[i].said ? rows[i].said : "nothing", copy.failed, copy.found);
    }
}

#define ROWS(rows) (rows), sizeof(rows) / sizeof(rows)[0]

static void test_a_right_lesson_is_green(void **state)
{
    static struct copy copy;
    (void)state;
    for (unsigned language = 0; language < 2; language++) {
        copy_open(&copy);
        look(&copy, 2, (enum language)language);
        copy_close(&copy);
        if (copy.failed)
            fail_msg("%s", copy.found);
    }
}

static void test_front_matter(void **state)
{
    static const struct row rows[] = {
        {EN, "title: The plug\n", "", "en.md:6:1: the front matter lacks `title`"},
        {KO, "needs:\n", "", "ko.md:6:1: the front matter lacks `needs`"},
        {EN, "minutes: 10\n", "minutes: 10\nlevel: 3\n", "en.md:5:1: `level` is no key"},
        {EN, "needs:\n", "needs:\nneeds:\n", "en.md:6:1: `needs` stands here a second time"},
        {BOTH, "id: plug\n", "id: plugs\n", "ko.md:2:5: the id `plugs` is not the name"},
        {BOTH, "needs:\n", "needs: pipe\n", "en.md:5:8: no other lesson has the id `pipe`"},
        {BOTH, "needs:\n", "needs: plug\n", "en.md:5:8: no other lesson has the id `plug`"},
        {BOTH, "minutes: 10", "minutes: ten", "en.md:4:10: `ten` is no minutes"},
        {KO, "minutes: 10", "minutes: 12", "ko.md:4:1: `minutes` is in one language only"},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
}

static void test_steps(void **state)
{
    static const struct row rows[] = {
        {EN, "## work\n", "", "en.md:99:1: the step `work` is missing or empty"},
        {EN, "## work\n", "## homework\n", "en.md:87:4: `homework` is no step"},
        {EN, "## work\n", "### work\n", "en.md:87:1: `work` is no step"},
        {EN, "## work\n", "## vary\n", "en.md:87:4: `vary` stands here a second time"},
        {KO, "## brief\n", "글\n\n## brief\n", "ko.md:9:1: text before the first step"},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
}

static void test_both_languages_say_the_same(void **state)
{
    static const struct row rows[] = {
        {KO, "## try\n\n", "## try\n\n하나 더.\n\n", "ko.md:21:1: `paragraph` is in one language"},
        {EN, "- Who", "- Where?\n- Who", "en.md:99:1: `item` is in one language"},
        {KO, "ask \"무엇", "ask \"하나 더?\"\nask \"무엇", "ko.md:46:1: `ask` is in one language"},
        {EN, "hint \"Take",
         "predict more number \"How many?\"\nanswer more = cache.keys\nhint \"Take",
         "en.md:37:1: `predict` is in one language"},
        {EN, "hint \"There", "goal \"None\" orders.timed_out == 0\nhint \"There",
         "en.md:73:1: `goal` is in one language"},
        {KO, "acked_lost <= 2000", "acked_lost <= 1000",
         "ko.md:71:29: `orders.acked_lost <= 1000` is in one language"},
        {KO, "hides=cache.at_risk_kill,", "hides=", "ko.md:32:33: `hides` is in one language"},
        {KO, "within 5%", "within 6%", "ko.md:33:1: `answer` is in one language"},
        {KO, "miss kept 1..29999", "miss kept 1..2", "ko.md:36:1: `miss` is in one language"},
        {KO, "kill cache\npower", "kill orders\npower", ":22:1: `kill cache` is in one language"},
        {KO, "price disk", "price 디스크", NULL},
        {KO, "disk cache.bytes_written", "disk cache.keys",
         "en.md:75:12: `cache.bytes_written` is in one language"},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
}

static void test_numbers_come_from_somewhere(void **state)
{
    static const struct row rows[] = {
        {EN, "are two machines", "are 17 machines",
         "en.md:14:11: the number 17 comes from nowhere"},
        {KO, "서버는 두 대", "서버는 3만9천 대",
         "ko.md:14:5: the number 3만9천 comes from nowhere"},
        {EN, "comes back 2 s", "comes back 25 s", "en.md:32:199: the number 25 comes"},
        {EN, "What did you", "What did 30 of you", "en.md:45:15: the number 30 comes"},
        {EN, "There are two ways", "There are 12 ways", "en.md:73:17: the number 12 comes"},
        {EN, "At most 2,000", "At most 3,000", "en.md:71:15: the number 3,000 comes"},
        {WORLD, "expect orders.acked ~= 42300 within 1%\n", "# 42300\n",
         "ko.md:32:195: the number 42,300 comes"},
        {WORLD, "expect orders.acked ~= 42300 within 1%\n",
         "expect orders.acked > 0 \"about 42300\"\n", "en.md:32:223: the number 42,300 comes"},
        {EN, "are two machines", "are `17` machines", NULL}, /* quoted, not said */
        {EN, "on `redis-1`", "on redis-17", NULL},           /* of a name */
        {EN, "are two machines", "go 44200 ms later", NULL}, /* run 44.2s */
        {EN, "are two machines", "go 44201 ms later", "en.md:14:10: the number 44201"},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
}

static void test_what_is_named_is_there(void **state)
{
    static const struct row rows[] = {
        {BOTH, "kept = cache.keys", "kept = cache.keyz",
         "en.md:33:15: there is no metric `keyz` on a store; did you mean `keys`?"},
        {BOTH, "hides=cache.at_risk_kill", "hides=cache.at_risk_kil",
         "en.md:32:39: there is no metric `at_risk_kil`"},
        {BOTH, "hides=cache.at_risk_kill", "hides=cash.at_risk_kill",
         "en.md:32:39: there is nothing named `cash`"},
        {BOTH, "at=\"power-cut redis-1\"", "at=\"power-cut redis-9\"",
         "en.md:32:148: there is no machine `redis-9`"},
        {BOTH, "at=\"power-cut redis-1\"", "at=\"powercut redis-1\"",
         "en.md:32:138: there is no command `powercut`"},
        {BOTH, "price disk cache.bytes_written", "price disk cache.bytes_read",
         "en.md:75:12: there is no metric `bytes_read`"},
        {BOTH, "orders.latency_p99 < 5ms", "orders.latency_p98 < 5ms",
         "en.md:72:39: there is no metric `latency_p98`"},
        {BOTH, "orders.latency_p99 < 5ms", "orders.latency_p99 < fast",
         "en.md:72:53: `fast` is no duration"},
        {EN, "{orders.acked_lost}", "{orders.lost}", "en.md:56:88: `orders.lost` leads nowhere"},
        {EN, "{orders.timeout}", "{orders.timeouts}", "en.md:60:193: `orders.timeouts` leads"},
        {EN, "{orders.timeout}", "{app-1~redis-9.bytes}", "en.md:60:193: `app-1~redis-9.bytes`"},
        {EN, "{cache.keys}", "{rdb:cache.keys}", "en.md:56:55: `rdb:cache.keys` leads nowhere"},
        {EN, "{cache.keys} of", "{cache.keys of", "en.md:56:1: `{` leads nowhere"},
        {EN, "At most 2,000", "At most {orders.acked}", "en.md:71:15: `{orders.acked}` is not"},
        {EN, "two machines", "[two](two.md) machines", "en.md:14:17: the link `two.md` leads"},
        {EN, "two machines", "[two](world.lab) machines", NULL},
        {BOTH, "kill cache\npower", "kill cash\npower",
         "en.md:22:6: there is nothing named `cash`"},
        {BOTH, "set redis-1 ram=8GiB", "set redis-1 rom=8GiB",
         "en.md:84:13: there is no parameter `rom`"},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
}

static void test_questions_have_answers(void **state)
{
    static const struct row rows[] = {
        {BOTH, "answer kept = cache.keys within 5%\n", "",
         "en.md:32:9: the question `kept` has no"},
        {BOTH, "cache.keys within 5%", "orders.last_latency_p99",
         "en.md:33:15: `orders.last_latency_p99` has no value"},
        {BOTH, "within 5%", "within some", "en.md:33:33: `some` is no within"},
        {BOTH, "within 5%", "withn 5%", "en.md:33:26: `withn` is too much"},
        {EN, "hint \"Take",
         "predict who choice \"Who?\" a=\"x\" b=\"y\"\nanswer who = c\nhint \"Take",
         "en.md:38:14: `c` is none of the choices"},
        {EN, "hint \"Take", "predict who choice \"Who?\" a=\"x\"\nhint \"Take",
         "en.md:37:13: a choice needs two"},
        {EN, "hint \"Take", "predict kept number \"Who?\"\nhint \"Take",
         "en.md:37:9: the name `kept` is taken"},
        {EN, "miss kept 1..29999", "miss kept 29999..1", "en.md:36:11: `29999..1` is no range"},
        {EN, "unit=orders", "units=orders", "en.md:32:21: `units=orders` is no option"},
    };
    static const struct row luck[] = {
        {BOTH, "cache.keys within 5%", "orders.acked within 1",
         "en.md:33:15: the answer of `kept` changes with the seed"},
        {BOTH, "cache.keys within 5%", "orders.acked within 5%", NULL},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
    rows_check(ROWS(luck), 2);
}

static void test_goals_are_met_by_what_is_revealed_only(void **state)
{
    static const struct row rows[] = {
        {BOTH, "reveal set cache appendonly=yes", "reveal set cache save=\"60 1000\"",
         "en.md:74:1: what is revealed does not meet `orders.acked_lost <= 2000`"},
        {BOTH, "reveal set cache appendonly=yes", "reveal set cache appendonly=perhaps",
         "en.md:74:29: `perhaps` is no yes or no"},
        {BOTH, "reveal set cache appendonly=yes\n", "", "en.md:71:1: nothing shows that the goals"},
        {BOTH, "acked_lost <= 2000", "acked_lost <= 200000", "en.md:71:1: the goals hold already"},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
}

static void test_words_as_they_are_shown(void **state)
{
    static const struct row rows[] = {
        {KO, "서버는 두 대", "**서버(server)**는 두 대", "ko.md:14:1: `**` is left in the text"},
        {KO, "서버는 두 대", "**서버**(server)는 두 대", NULL},
        {EN, "hint \"There are two", "hint \"There are **two**", "en.md:73:17: `**` is left"},
        {KO, "그 주문은", "\u1100\u1173 주문은", "ko.md:12:20: this text is not NFC"},
        {KO, "title: 전", "title: \u110C\u1165\u11AB", "ko.md:3:8: this text is not NFC"},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
}

static void test_the_world_runs_and_soon(void **state)
{
    static const struct row rows[] = {
        {WORLD, "rate=1000/s", "rate=40000/s", "world.lab:15:1: the run takes more than 2,000,000"},
        {WORLD, "cache.keys == 0", "cache.keys == 1", "world.lab:19:1: expected cache.keys == 1"},
        {WORLD, "machine app-1", "machin app-1", "world.lab:6:1: there is no command `machin`"},
        {WORLD, "max 60s", "max 1ms",
         "world.lab:18:11: `orders.unreachable == 0` did not come true"},
        {WORLD, "power-on redis-1", "power-on redis-9", "there is no machine `redis-9`"},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
}

static void test_a_question_guards_a_fault(void **state)
{
    static struct copy copy;
    (void)state;
    copy_open(&copy);
    damage(&copy, WORLD, "at 42.3s power-cut redis-1\nat 44.3s power-on redis-1\n", "");
    damage(&copy, BOTH, " at=\"power-cut redis-1\"", "");
    look(&copy, 0, LANGUAGE_KO);
    copy_close(&copy);
    if (!strstr(copy.found, "ko.md:32:1: 이 질문이 지키는 고장이 없습니다"))
        fail_msg("%s", copy.found);
}

/* --- numbers
 * ----------------------------------------------------------------------------------------------------
 */

static void test_numbers_of_a_text(void **state)
{
    static const char words[] = "42,300건, 3만9천, 1.6 s, redis-1 p99 HTTP/2, 10분, 7";
    static const struct {
        const char *plain;
        uint64_t time_ns;
        bool known_word;
    } rows[] = {{"42300", 0, false},
                {"39000", 0, false},
                {"1.6", 1600 * MS_NS, false},
                {"10", 600 * SECOND_NS, false},
                {"7", 0, true}};
    const char *at = words;
    struct number number;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(number_next(words, &at, &number));
        assert_string_equal(number.plain, rows[i].plain);
        assert_int_equal(number.time_ns, rows[i].time_ns);
        assert_int_equal(number.known_word, rows[i].known_word);
    }
    assert_false(number_next(words, &at, &number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_right_lesson_is_green),
        cmocka_unit_test(test_front_matter),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_both_languages_say_the_same),
        cmocka_unit_test(test_numbers_come_from_somewhere),
        cmocka_unit_test(test_what_is_named_is_there),
        cmocka_unit_test(test_questions_have_answers),
        cmocka_unit_test(test_goals_are_met_by_what_is_revealed_only),
        cmocka_unit_test(test_words_as_they_are_shown),
        cmocka_unit_test(test_the_world_runs_and_soon),
        cmocka_unit_test(test_a_question_guards_a_fault),
        cmocka_unit_test(test_numbers_of_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
