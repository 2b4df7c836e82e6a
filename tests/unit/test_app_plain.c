/* The lessons as lines: from a pipe, from nothing, in both languages. */
#include "tests/unit/lesson_folder.h"

#include "lab/app/plain.h"

/* What it says to these lines; free it. */
static char *say(enum language language, const char *lines)
{
    struct lab *lab = open_lab(language);
    FILE *in = stdin, *out = stdout;
    char *said = NULL;
    size_t bytes = 0;
    FILE *from = fmemopen((void *)(uintptr_t)lines, strlen(lines), "r");
    FILE *to = open_memstream(&said, &bytes);
    assert_non_null(from);
    assert_non_null(to);
    stdin = from;
    stdout = to;
    int status = plain_run(&lab->model);
    stdin = in;
    stdout = out;
    fclose(from);
    fclose(to);
    assert_int_equal(status, 0);
    close_lab(lab);
    return said;
}

static void assert_says(const char *said, const char *words)
{
    if (!strstr(said, words))
        fail_msg("not said: %s\n%s", words, said);
}

static void nothing_to_read_ends_it(void **state)
{
    (void)state;
    static const char *const ends[] = {"\n", "1\n", "1\n\n", "1\n\n40000\n", "1\n\n40000\n\n",
                                       "x\n"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        free(say(i % 2 ? LANGUAGE_KO : LANGUAGE_EN, ends[i]));
}

static void the_first_lesson_as_lines(void **state)
{
    (void)state;
    char *said = say(LANGUAGE_EN, "1\nrun 3s\n9\n\nnonsense\n4만\nsilence\n1\n\n\n");
    assert_says(said, "1/7 brief");
    assert_says(said, "00:03.0  run 3s");
    assert_says(said, "00:00.0  rewind 0s");
    assert_says(said, "e.g. 40000, 40,000, 40k");
    assert_says(said, "redis-1  lost power");
    assert_says(said, "Your guess: 40,000 orders  only the last seconds");
    assert_says(said, "counted: 0 orders");
    assert_says(said, "<- the client believes");
    assert_says(said, "Passed. Price: disk ");
    assert_says(said, "7/7 work");
    free(said);
    said = say(LANGUAGE_KO, "1\n\n3만9천\n침묵\n1\n\n\n");
    assert_says(said, "예측: 39,000건");
    assert_says(said, "실제: 0건");
    assert_says(said, "통과. 값: 디스크 ");
    free(said);
}

static void hints_ways_and_goals_as_lines(void **state)
{
    (void)state;
    char *said = say(LANGUAGE_EN, "1\n\n40000\nsilence\nv\nh\n\nv\n\n\n");
    assert_says(said, "Your guess was off by 40,000 orders");
    assert_says(said, "Run it once, or look at a hint (h), first.");
    assert_says(said, "There are two ways to have a file");
    assert_says(said, "In a power cut at most 2,000 lost: now 42,274, not since 00:44.3");
    assert_says(said, "> set cache appendonly=yes\n");
    assert_says(said, "Passed. Price: disk ");
    assert_says(said, "Next: 2 The save point");
    free(said);
}

/* A folder of one lesson, with a map, two acts and a review that is due. */
static void marks_and_acts_as_lines(void **state)
{
    (void)state;
    struct folder folder = folder_open();
    folder_change_both(&folder, "predict lost number unit=orders",
                       "predict lost map parts=cache,app-1");
    folder_change_both(&folder, "lost = orders.acked_lost within 10%", "lost = cache");
    folder_change_both(&folder, "miss lost 0..0", "miss lost app-1");
    folder_change_both(&folder, "miss lost 1..4000", "miss lost -cache");
    folder_change_both(&folder, "```\n\n## watch",
                       "```\n\n### second\n\n```lab world\nat 4s kill cache\nrun 6s\n```\n\n"
                       "```lab\npredict gone number at=\"kill cache\" \"How many now?\"\n"
                       "answer gone = cache.keys within 0\n```\n\n## watch");
    char *said = say(LANGUAGE_EN, "1\n\n9\n2,1\nb\nseen\n0\nseen again\n1\n\n\n");
    assert_says(said, "1  cache\n2  app-1\n");
    assert_says(said, "Your guess: cache,app-1  it got an OK, so it was stored");
    assert_says(said, "counted: cache\ncache: found\n");
    assert_says(said, "How many now?");
    assert_says(said, "counted: 0");
    assert_says(said, "Passed.");
    free(said);
    folder_close(&folder);
}

/* Of the list only the front matter was read: what is wrong behind it is said where it is opened.
 */
static void a_lesson_that_cannot_be_read_says_where(void **state)
{
    (void)state;
    struct folder folder = folder_open();
    folder_change(&folder, "en.md", "## watch", "### twice\n\na\n\n### twice\n\nb\n\n## watch");
    char *said = say(LANGUAGE_EN, "1\n");
    assert_says(said, "`twice` stands here a second time");
    free(said);
    said = say(LANGUAGE_EN, "77\n");
    assert_says(said, "there is no lesson of that number");
    free(said);
    folder_close(&folder);
}

static void an_error_has_its_place(void **state)
{
    (void)state;
    char *said = say(LANGUAGE_KO, "1\nkill nobody\n");
    assert_says(said, "6: `nobody`");
    free(said);
}

static void lines_give_no_prediction_away(void **state)
{
    (void)state;
    char *said = say(LANGUAGE_EN, "1\nrun 3s\nprint cache.keys\nshow cache\nkill cache\n"
                                  "start cache\ntell cache DBSIZE\nreport ledger\ntrace-write 5\n");
    assert_null(strstr(said, "cache.keys 3"));
    assert_null(strstr(said, "keys                         3"));
    assert_null(strstr(said, "writes lost"));
    free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_read_ends_it),
        cmocka_unit_test(the_first_lesson_as_lines),
        cmocka_unit_test(hints_ways_and_goals_as_lines),
        cmocka_unit_test(marks_and_acts_as_lines),
        cmocka_unit_test(a_lesson_that_cannot_be_read_says_where),
        cmocka_unit_test(an_error_has_its_place),
        cmocka_unit_test(lines_give_no_prediction_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
