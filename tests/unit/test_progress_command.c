/* outage progress and outage retro as they are typed: what they say, and their status. */
#include "tests/unit/progress_fixture.h"

static char output[1 << 16];

static int say(const struct where *place, const char *words)
{
    return place_outage(place, words, output, sizeof output);
}

static void assert_says(const char *words)
{
    if (!strstr(output, words))
        fail_msg("not said: %s\n%s", words, output);
}

static void write_file(const struct where *place, const char *name, const char *words)
{
    char path[PATH_OF + 64];
    snprintf(path, sizeof path, "%s/%s", place->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(words, file);
    assert_int_equal(fclose(file), 0);
}

static const char meeting[] =
    "outage-progress 2\n"
    "attempt lesson=\"01-plug\" started=2026-02-03T12:01:00.000Z step=4 seed=7"
    " meeting=2026-02-03T12:00:00.000Z lines=\"\" changed=2026-02-03T12:01:00.000Z\n"
    "guess lesson=\"01-plug\" started=2026-02-03T12:01:00.000Z question=\"kept\" round=1 person=0"
    " name=\"\" words=\"4만\" number=40000 seed=7 changed=2026-02-03T12:02:00.000Z\n"
    "counted lesson=\"01-plug\" started=2026-02-03T12:01:00.000Z question=\"kept\" asked=\"?\""
    " unit=\"orders\" choice=0 number=0 changed=2026-02-03T12:09:00.000Z\n"
    "meeting started=2026-02-03T12:00:00.000Z ended=2026-02-03T12:31:00.000Z"
    " changed=2026-02-03T12:31:00.000Z\n";

static void progress_goes_from_one_machine_to_another(void **state)
{
    (void)state;
    struct where from = place_make(), to = place_make();
    write_file(&from, "mine.txt", meeting);
    assert_int_equal(say(&from, "progress export"), 0);
    assert_string_equal(output, "outage-progress 2\n");
    assert_int_equal(place_files(&from, "progress.db", false), 0); /* looking makes nothing */
    assert_int_equal(say(&from, "progress import mine.txt"), 0);
    assert_says("4 records are new");
    assert_int_equal(say(&from, "progress export"), 0);
    assert_string_equal(output, meeting);
    assert_int_equal(say(&from, "progress export > /dev/full"), 2);
    assert_int_equal(say(&from, "progress export out.txt"), 0);
    assert_string_equal(output, "");
    assert_int_equal(say(&from, "progress export out.txt"), 2); /* nothing is written over */
    assert_says("`out.txt`: File exists");
    char words[PATH_OF + 64];
    snprintf(words, sizeof words, "progress import '%s/out.txt' --lang ko", from.folder);
    assert_int_equal(say(&to, words), 0);
    assert_says("새 기록 4개를");
    assert_int_equal(say(&to, "progress export | $OUTAGE_PROGRAM progress import -"), 0);
    assert_says("0 records are new");
    place_remove(&from);
    place_remove(&to);
}

static void a_wrong_file_is_named_with_its_line(void **state)
{
    (void)state;
    struct where place = place_make();
    write_file(&place, "wrong.txt", "outage-progress 2\nreview lesson=1\n");
    assert_int_equal(say(&place, "progress import wrong.txt"), 2);
    assert_says("wrong.txt:2:15: a text stands in quotes");
    assert_int_equal(say(&place, "progress import none.txt"), 2);
    assert_says("`none.txt`: No such file");
    place_remove(&place);
}

static void wrong_words_are_answered_with_the_usage(void **state)
{
    (void)state;
    static const char *const lines[] = {"progress",
                                        "progress show",
                                        "progress import",
                                        "progress import a b",
                                        "progress export a b",
                                        "progress export --all",
                                        "retro --session",
                                        "retro --session 0",
                                        "retro --session=x",
                                        "retro a b",
                                        "retro --all"};
    struct where place = place_make();
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (say(&place, lines[i]) != 2)
            fail_msg("%s: %s", lines[i], output);
        assert_says(strncmp(lines[i], "retro", 5) == 0 ? "outage retro [FILE]"
                                                       : "outage progress export");
    }
    assert_int_equal(place_files(&place, "", false), 0);
    place_remove(&place);
}

static void a_meeting_is_a_page(void **state)
{
    (void)state;
    struct where place = place_make();
    assert_int_equal(say(&place, "retro"), 1);
    assert_says("no meeting was kept yet");
    assert_int_equal(say(&place, "retro --lang ko"), 1);
    assert_says("기록한 모임이 아직 없습니다");
    write_file(&place, "mine.txt", meeting);
    assert_int_equal(say(&place, "progress import mine.txt"), 0);
    assert_int_equal(say(&place, "retro --session 2"), 1);
    assert_says("there is no meeting 2; the last one is 1");
    assert_int_equal(say(&place, "retro"), 0);
    assert_says("# Meeting 1, 2026-02-03\n\n- When: 2026-02-03 12:00-12:31\n");
    assert_says("## The plug\n");
    assert_says("| A | 40,000 orders (4만) |");
    assert_says("Counted: **0 orders**\n");
    assert_says("redis-cli CONFIG GET save\n");
    assert_int_equal(say(&place, "retro page.md --session=1 --lang ko"), 0);
    assert_int_equal(place_files(&place, "page.md", false), 1);
    assert_int_equal(say(&place, "retro page.md"), 2); /* the group may have edited it */
    assert_int_equal(say(&place, "retro no/page.md"), 2);
    assert_int_equal(say(&place, "retro > /dev/full"), 2);
    place_remove(&place);
}

static void a_file_that_cannot_be_read_is_said(void **state)
{
    (void)state;
    struct where place = place_make();
    assert_int_equal(mkdir(place.file, 0700), 0);
    assert_int_equal(say(&place, "progress export"), 2);
    assert_says("is no file");
    assert_int_equal(say(&place, "progress import /dev/null"), 2);
    assert_says("is no file");
    assert_int_equal(say(&place, "retro"), 2);
    assert_says("is no file");
    assert_int_equal(rmdir(place.file), 0);
    place_remove(&place);
}

static void a_lesson_as_lines_is_kept_too(void **state)
{
    (void)state;
    struct where place = place_make();
    assert_int_equal(say(&place, "--plain --lang en <<'END'\n1\n\n4만\nall gone\n\n\nEND"), 0);
    assert_int_equal(say(&place, "progress export"), 0);
    assert_says("\ndone lesson=\"01-plug\"");
    assert_says(" words=\"4만\" number=40000 seed=7 ");
    assert_says("\ncounted lesson=\"01-plug\"");
    assert_says(" question=\"\" person=0 name=\"\" words=\"all gone\"");
    place_remove(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(progress_goes_from_one_machine_to_another),
        cmocka_unit_test(a_wrong_file_is_named_with_its_line),
        cmocka_unit_test(wrong_words_are_answered_with_the_usage),
        cmocka_unit_test(a_meeting_is_a_page),
        cmocka_unit_test(a_file_that_cannot_be_read_is_said),
        cmocka_unit_test(a_lesson_as_lines_is_kept_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
