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

/* --- a copy of a right lesson that may be damaged --------------------------------------------- */

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
    snprintf(path, sizeof path, "%s/lessons/skeleton/%s", OUTAGE_SOURCE_DIR, name);
    char *words = reading_file(path, NULL);
    assert_non_null(words);
    return words;
}

static void copy_open(struct copy *copy)
{
    memset(copy, 0, sizeof *copy);
    snprintf(copy->parent, sizeof copy->parent, "/tmp/outage-check-XXXXXX");
    assert_non_null(mkdtemp(copy->parent));
    snprintf(copy->folder, sizeof copy->folder, "%s/01-skeleton", copy->parent);
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

/* --- the damages ------------------------------------------------------------------------------ */

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
        {EN, "title: A new lesson\n", "", "en.md:6:1: the front matter lacks `title`"},
        {KO, "needs:\n", "", "ko.md:6:1: the front matter lacks `needs`"},
        {EN, "minutes: 10\n", "minutes: 10\nlevel: 3\n", "en.md:5:1: `level` is no key"},
        {EN, "needs:\n", "needs:\nneeds:\n", "en.md:6:1: `needs` stands here a second time"},
        {BOTH, "id: skeleton\n", "id: other\n", "ko.md:2:5: the id `other` is not the name"},
        {BOTH, "needs:\n", "needs: pipe\n", "en.md:5:8: no other lesson has the id `pipe`"},
        {BOTH, "needs:\n", "needs: skeleton\n", "en.md:5:8: no other lesson has the id `skeleton`"},
        {BOTH, "minutes: 10", "minutes: ten", "en.md:4:10: `ten` is no minutes"},
        {KO, "minutes: 10", "minutes: 12", "ko.md:4:1: `minutes` is in one language only"},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
}

static void test_steps(void **state)
{
    static const struct row rows[] = {
        {EN, "## work\n", "", "en.md:102:1: the step `work` is missing or empty"},
        {EN, "## work\n", "## homework\n", "en.md:90:4: `homework` is no step"},
        {EN, "## work\n", "### work\n", "en.md:90:1: `work` is no step"},
        {EN, "## work\n", "## vary\n", "en.md:90:4: `vary` stands here a second time"},
        {KO, "## brief\n", "글\n\n## brief\n", "ko.md:11:1: text before the first step"},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
}

static void test_both_languages_say_the_same(void **state)
{
    static const struct row rows[] = {
        {KO, "부숴 보세요", "하나 더.\n\n부숴 보세요",
         "ko.md:24:1: `paragraph` is in one language"},
        {EN, "- Who", "- Where?\n- Who", "en.md:102:1: `item` is in one language"},
        {KO, "ask \"무엇", "ask \"하나 더?\"\nask \"무엇", "ko.md:56:1: `ask` is in one language"},
        {EN, "hint \"Which",
         "predict more number \"How many?\"\nanswer more = cache.keys\nhint \"Which",
         "en.md:45:1: `predict` is in one language"},
        {EN, "hint \"There", "goal \"None\" orders.timed_out == 0\nhint \"There",
         "en.md:77:1: `goal` is in one language"},
        {KO, "acked_lost <= 1000", "acked_lost <= 500",
         "ko.md:75:21: `orders.acked_lost <= 500` is in one language"},
        {KO, "hides=cache.at_risk_power,", "hides=", "ko.md:36:33: `hides` is in one language"},
        {KO, "within 10%", "within 9%", "ko.md:37:1: `answer` is in one language"},
        {KO, "miss lost 1..4000", "miss lost 1..2", "ko.md:40:1: `miss` is in one language"},
        {KO, "kill cache\npause", "kill orders\npause",
         "en.md:25:1: `kill cache` is in one language"},
        {KO, "kill cache\npause", "kill cache  # 죽이기\npause", NULL},
        {KO, "price disk", "price 디스크", NULL},
        {KO, "disk redis-1.disk_written", "disk cache.keys",
         "en.md:79:12: `redis-1.disk_written` is in one language"},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
}

static void test_numbers_come_from_somewhere(void **state)
{
    static const struct row rows[] = {
        {EN, "Break it", "Break 17", "en.md:22:7: the number 17 comes from nowhere"},
        {KO, "부숴 보세요", "3만9천 번 부숴 보세요",
         "ko.md:22:1: the number 3만9천 comes from nowhere"},
        {EN, "comes back 2 s", "comes back 25 s", "en.md:36:152: the number 25 comes"},
        {EN, "What did you", "What did 30 of you", "en.md:55:15: the number 30 comes"},
        {EN, "There are two ways", "There are 17 ways", "en.md:77:17: the number 17 comes"},
        {EN, "At most 1,000", "At most 3,000", "en.md:75:15: the number 3,000 comes"},
        {WORLD, "expect orders.acked ~= 5000 within 10%\n", "# 5000\n",
         "ko.md:36:148: the number 5,000 comes"},
        {WORLD, "expect orders.acked ~= 5000 within 10%\n",
         "expect orders.acked > 0 \"about 5000\"\n", "en.md:36:176: the number 5,000 comes"},
        {EN, "Break it", "Break `17`", NULL},               /* quoted, not said */
        {EN, "Break it", "Break redis-17", NULL},           /* of a name */
        {EN, "Break it", "Break it after 12,000 ms", NULL}, /* at 12s */
        {EN, "Break it", "Break it after 12001 ms", "en.md:22:16: the number 12001"},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
}

static void test_what_is_named_is_there(void **state)
{
    static const struct row rows[] = {
        {BOTH, "lost = orders.acked_lost", "lost = orders.acked_last",
         "en.md:37:15: there is no metric `acked_last` on a client; did you mean `acked_lost`?"},
        {BOTH, "hides=cache.at_risk_power", "hides=cache.at_risk_powr",
         "en.md:36:39: there is no metric `at_risk_powr`"},
        {BOTH, "hides=cache.at_risk_power", "hides=cash.at_risk_power",
         "en.md:36:39: there is nothing named `cash`"},
        {BOTH, "at=\"power-cut redis-1\"", "at=\"power-cut redis-9\"",
         "en.md:36:103: there is no machine `redis-9`"},
        {BOTH, "at=\"power-cut redis-1\"", "at=\"powercut redis-1\"",
         "en.md:36:93: there is no command `powercut`"},
        {BOTH, "price disk redis-1.disk_written", "price disk redis-1.disk_read",
         "en.md:79:12: there is no metric `disk_read`"},
        {BOTH, "orders.latency_p99 < 5ms", "orders.latency_p98 < 5ms",
         "en.md:76:39: there is no metric `latency_p98`"},
        {BOTH, "orders.latency_p99 < 5ms", "orders.latency_p99 < fast",
         "en.md:76:53: `fast` is no duration"},
        {EN, "{orders.acked_lost}", "{orders.lost}", "en.md:64:88: `orders.lost` leads nowhere"},
        {EN, "{orders.timeout}", "{orders.timeouts}", "en.md:66:89: `orders.timeouts` leads"},
        {EN, "{orders.timeout}", "{app-1~redis-9.bytes}", "en.md:66:89: `app-1~redis-9.bytes`"},
        {EN, "{cache.keys}", "{rdb:cache.keys}", "en.md:64:55: `rdb:cache.keys` leads nowhere"},
        {EN, "{cache.keys} of", "{cache.keys of", "en.md:64:55: `{cache.keys` leads nowhere"},
        {EN, "At most 1,000", "At most {orders.acked}", "en.md:75:15: `{orders.acked}` is not"},
        {EN, "Break it", "[Break](it.md) it", "en.md:22:9: the link `it.md` leads"},
        {EN, "Break it", "[Break](world.lab) it", NULL},
        {BOTH, "kill cache\npause", "kill cash\npause",
         "en.md:25:6: there is nothing named `cash`"},
        {BOTH, "set redis-1 ram=8GiB", "set redis-1 rom=8GiB",
         "en.md:87:13: there is no parameter `rom`"},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
}

static void test_questions_have_answers(void **state)
{
    static const struct row rows[] = {
        {BOTH, "answer lost = orders.acked_lost within 10%\n", "",
         "en.md:36:9: the question `lost` has no"},
        {BOTH, "orders.acked_lost within 10%", "orders.last_latency_p99",
         "en.md:37:15: `orders.last_latency_p99` has no value"},
        {BOTH, "within 10%", "within some", "en.md:37:40: `some` is no within"},
        {BOTH, "within 10%", "withn 10%", "en.md:37:33: `withn` is too much"},
        {EN, "answer hears = b", "answer hears = c", "en.md:43:16: `c` is none of the choices"},
        {EN, " b=\"Nothing at all\"", "", "en.md:42:15: a choice needs two"},
        {EN, "predict hears choice", "predict lost choice", "en.md:42:9: the name `lost` is taken"},
        {EN, "miss lost 1..4000", "miss lost 4000..1", "en.md:40:11: `4000..1` is no range"},
        {EN, "unit=orders", "units=orders", "en.md:36:21: `units=orders` is no option"},
    };
    static const struct row luck[] = {
        {BOTH, "orders.acked_lost within 10%", "orders.acked within 1",
         "en.md:37:15: the answer of `lost` changes with the seed"},
        {BOTH, "orders.acked_lost within 10%", "orders.acked within 10%", NULL},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
    rows_check(ROWS(luck), 2);
}

static void test_goals_are_met_by_what_is_revealed_only(void **state)
{
    static const struct row rows[] = {
        {BOTH, "reveal set cache appendonly=yes", "reveal set cache save=\"60 1000\"",
         "en.md:78:1: what is revealed does not meet `orders.acked_lost <= 1000`"},
        {BOTH, "reveal set cache appendonly=yes", "reveal set cache appendonly=perhaps",
         "en.md:78:29: `perhaps` is no yes or no"},
        {BOTH, "reveal set cache appendonly=yes\n", "", "en.md:75:1: nothing shows that the goals"},
        {BOTH, "acked_lost <= 1000", "acked_lost <= 100000", "en.md:75:1: the goals hold already"},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
}

/* A map is asked in the place of the number. */
static void ask_a_map(struct copy *copy, const char *answer)
{
    char line[200];
    copy_open(copy);
    damage(copy, BOTH, "predict lost number unit=orders", "predict lost map");
    snprintf(line, sizeof line, "lost = %s", answer);
    damage(copy, BOTH, "lost = orders.acked_lost within 10%", line);
    damage(copy, BOTH, "miss lost 0..0", "miss lost cache");
    damage(copy, BOTH, "miss lost 1..4000", "miss lost -cache");
}

static void test_marks_of_a_map(void **state)
{
    static const struct {
        const char *answer, *from, *to, *said;
    } rows[] = {
        {"cache", "predict lost map", "predict lost map", NULL},
        {"cache", "predict lost map", "predict lost map parts=cache,redis-1", NULL},
        {"cash", "predict lost map", "predict lost map", "en.md:37:15: `cash` is no part that may"},
        {"app-1", "predict lost map", "predict lost map parts=cache", "en.md:37:15: `app-1` is no"},
        {"cache", "predict lost map", "predict lost map parts=cache,cash",
         "en.md:36:30: there is nothing named `cash`"},
        {"cache", "miss lost -cache", "miss lost -orders", "en.md:40:11: `-orders` is no part"},
    };
    static struct copy copy;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ask_a_map(&copy, rows[i].answer);
        damage(&copy, BOTH, rows[i].from, rows[i].to);
        look(&copy, 0, LANGUAGE_EN);
        copy_close(&copy);
        if (rows[i].said ? !strstr(copy.found, rows[i].said) : copy.failed)
            fail_msg("%s, %s: wanted %s, found:\n%s", rows[i].answer, rows[i].to, rows[i].said,
                     copy.found);
    }
}

/* A part of predict has a world of its own, which is watched and explained. */
#define SECOND_ACT                                                                                 \
    "hint \"There are\"\n```\n\n### second\n\n```lab world\nat 5s kill cache\nrun 6s\n"            \
    "expect cache.keys == 0\n```\n\n```lab\n"                                                      \
    "predict gone number at=\"kill cache\" \"?\"\nanswer gone = cache.keys within 0\n"

static void test_parts_have_their_own_worlds(void **state)
{
    static const struct row rows[] = {
        {BOTH, "hint \"", "hint \"", NULL},
        {BOTH, "cache.keys == 0", "cache.keys == 1", "en.md:53:1: expected cache.keys == 1"},
        {BOTH, "at 5s kill cache", "at 5s kill cash", "en.md:51:12: there is nothing named `cash`"},
        {BOTH, "gone = cache.keys within 0", "gone = orders.acked within 1",
         "en.md:58:15: the answer of `gone` changes with the seed"},
        {KO, "run 6s", "run 7s", "en.md:51:1: `lab world` is in one language"},
        {KO, "### second", "### 둘째", "ko.md:48:5: `둘째` is in one language"},
        {BOTH, "## explain\n", "## explain\n\n### second\n\n{cache.loading}\n", NULL},
        {BOTH, "## explain\n", "## explain\n\n### third\n\n", ": no part of predict is named"},
    };
    static struct copy copy;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        copy_open(&copy);
        damage(&copy, EN, "hint \"Which file would Redis read when it starts again?\"\n",
               SECOND_ACT);
        damage(&copy, KO, "hint \"다시 시작한 Redis는 어느 파일을 읽을까요?\"\n", SECOND_ACT);
        damage(&copy, rows[i].files, rows[i].from, rows[i].to);
        look(&copy, 2, LANGUAGE_EN);
        copy_close(&copy);
        if (rows[i].said ? !strstr(copy.found, rows[i].said) : copy.failed)
            fail_msg("%s: wanted %s, found:\n%s", rows[i].to, rows[i].said, copy.found);
    }
}

static void test_review_is_counted(void **state)
{
    static const struct row rows[] = {
        {BOTH, "answer killed = orders.acked_lost within 0\n", "",
         "en.md:118:9: the question `killed` has no answer"},
        {BOTH, "answer killed = orders.acked_lost within 0",
         "answer killed = orders.acked within 1", "en.md:119:17: the answer of `killed` changes"},
        {BOTH, "at 12s start cache", "at 12s start cash", "en.md:113:14: there is nothing named"},
        {BOTH, "{orders.rate}", "{orders.speed}", "en.md:118:56: `orders.speed` leads nowhere"},
        {BOTH, "run 15s", "run 15s\nexpect orders.acked == 1",
         "en.md:115:1: expected orders.acked"},
        {KO, "miss killed 1..100000", "miss killed 2..100000", "ko.md:120:1: `miss` is in one"},
        {EN, "{orders.acked_lost}. What", "All 17. What", "en.md:123:5: the number 17 comes"},
        {BOTH, "rate=200/s|350/s", "rate=200/s|350", "en.md:110:17: `350` has no unit"},
    };
    (void)state;
    rows_check(ROWS(rows), 2);
}

static void test_words_as_they_are_shown(void **state)
{
    static const struct row rows[] = {
        {KO, "부숴 보세요", "**부숴(break)**를", "ko.md:22:1: `**` is left in the text"},
        {KO, "부숴 보세요", "**부숴**(break)를", NULL},
        {EN, "hint \"There are two", "hint \"There are **two**", "en.md:77:17: `**` is left"},
        {KO, "그 주문은", "그 주문은", "ko.md:16:20: this text is not NFC"},
        {KO, "title: 새", "title: 새", "ko.md:3:8: this text is not NFC"},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
}

static void test_the_world_runs_and_soon(void **state)
{
    static const struct row rows[] = {
        {WORLD, "rate=500/s", "rate=80000/s", "world.lab:18:1: the run takes more than 2,000,000"},
        {WORLD, "orders.acked_lost > 4000", "orders.acked_lost > 9000",
         "world.lab:21:1: expected orders.acked_lost > 9000"},
        {WORLD, "machine app-1", "machin app-1", "world.lab:6:1: there is no command `machin`"},
        {WORLD, "unreachable == 0 max 60s", "unreachable == 0 max 1ms",
         "world.lab:19:11: `orders.unreachable == 0` did not come true"},
        {WORLD, "power-on redis-1", "power-on redis-9",
         "world.lab:15:17: there is no machine `redis-9`"},
    };
    (void)state;
    rows_check(ROWS(rows), 0);
}

static void test_a_question_guards_a_fault(void **state)
{
    static struct copy copy;
    (void)state;
    copy_open(&copy);
    damage(&copy, WORLD, "at 10s power-cut redis-1\nat 12s power-on redis-1\n", "");
    damage(&copy, BOTH, " at=\"power-cut redis-1\"", "");
    look(&copy, 0, LANGUAGE_KO);
    copy_close(&copy);
    if (!strstr(copy.found, "ko.md:36:1: 이 질문이 지키는 고장이 없습니다"))
        fail_msg("%s", copy.found);
}

/* What a lesson says was measured is in the tables of what the real programs did. */
static void test_sources_are_measured(void **state)
{
    (void)state;
    char *tables[3] = {reading_file(OUTAGE_SOURCE_DIR "/tests/truth/redis.tsv", NULL),
                       reading_file(OUTAGE_SOURCE_DIR "/tests/truth/net.tsv", NULL),
                       reading_file(OUTAGE_SOURCE_DIR "/tests/truth/ws.tsv", NULL)};
    uint32_t count;
    char **list = lesson_list(OUTAGE_SOURCE_DIR "/lessons", &count);
    assert_true(count >= 3);
    for (uint32_t i = 0; i < count; i++) {
        char why[300], words[COMMAND_BYTES], *rest = words, *id;
        struct text text = TEXT(why);
        struct lesson *lesson = lesson_open(list[i], LANGUAGE_EN, &text);
        assert_non_null(lesson);
        const struct lesson_text *en = &lesson->text[LANGUAGE_EN];
        for (uint32_t b = 0; b < en->block_count[STEP_EXPLAIN]; b++) {
            if (en->blocks[STEP_EXPLAIN][b].kind != BLOCK_SOURCE)
                continue;
            snprintf(words, sizeof words, "%s", en->blocks[STEP_EXPLAIN][b].words);
            for (rest = words; (id = strsep(&rest, " "));) {
                char row[120];
                snprintf(row, sizeof row, "\n%s\t", id);
                if (!strstr(tables[0], row) && !strstr(tables[1], row) && !strstr(tables[2], row))
                    fail_msg("%s: nothing called %s was measured", list[i], id);
            }
        }
        lesson_close(lesson);
    }
    lesson_list_free(list, count);
    free(tables[0]);
    free(tables[1]);
    free(tables[2]);
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
        cmocka_unit_test(test_marks_of_a_map),
        cmocka_unit_test(test_parts_have_their_own_worlds),
        cmocka_unit_test(test_review_is_counted),
        cmocka_unit_test(test_words_as_they_are_shown),
        cmocka_unit_test(test_the_world_runs_and_soon),
        cmocka_unit_test(test_a_question_guards_a_fault),
        cmocka_unit_test(test_sources_are_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
