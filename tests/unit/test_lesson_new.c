/* `outage new lesson`: what it writes passes, nothing is written over, each refusal is a sentence.
 */
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
#include "tests/unit/shell.h"

static char folder[64], said[20000];

static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/outage-new-XXXXXX");
    return mkdtemp(folder) ? 0 : 1;
}

/* A shell line in which $o is the program and $f the folder: its status; what it said in `said`. */
static int shell(const char *line)
{
    const char *program = getenv("OUTAGE_PROGRAM");
    char command[1000];
    assert_non_null(program);
    snprintf(command, sizeof command, "o='%s'; f='%s'; { %s ; } 2>&1", program, folder, line);
    return shell_run(command, said, sizeof said);
}

static int teardown(void **state)
{
    (void)state;
    return shell("rm -r \"$f\"");
}

static void expect(int status, const char *line, const char *words)
{
    int found = shell(line);
    if (found != status || !strstr(said, words))
        fail_msg("%s: status %d, wanted %d and `%s`:\n%s", line, found, status, words, said);
}

static bool there(const char *name)
{
    char path[200];
    struct stat about;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return stat(path, &about) == 0;
}

static void test_it_passes_its_checks(void **state)
{
    (void)state;
    expect(0, "$o new lesson my-lesson --in $f", "outage check ");
    assert_true(there("01-my-lesson/world.lab"));
    expect(0, "$o check --seeds 2 $f/01-my-lesson", "1 passed, 0 failed");
    expect(0, "$o --lang ko check --seeds 0 $f/01-my-lesson/ko.md", "통과");
    expect(0, "cd $f/01-my-lesson && $o check --seeds 0 .", "1 passed, 0 failed");
}

static void test_it_takes_the_next_number(void **state)
{
    (void)state;
    expect(0, "mkdir $f/07-seven $f/notes $f/11 && $o new lesson eight --in $f/", "08-eight");
    expect(0, "$o new lesson --in $f nine", "09-nine");
    expect(0, "grep -c '^id: nine$' $f/09-nine/en.md $f/09-nine/ko.md", "ko.md:1");
}

static void test_it_writes_over_nothing(void **state)
{
    (void)state;
    expect(0, "$o new lesson one --in $f && echo mine > $f/01-one/en.md", "01-one");
    expect(2, "$o new lesson one --in $f", "there is a lesson `one` already: 01-one");
    expect(2, "$o --lang ko new lesson one --in $f", "`one`라는 강의가 이미 있습니다: 01-one");
    expect(0, "cat $f/01-one/en.md", "mine");
    assert_false(there("02-one"));
}

static void test_what_is_refused(void **state)
{
    (void)state;
    expect(2, "$o new", "outage new lesson NAME");
    expect(2, "$o new world x --in $f", "`world`");
    expect(2, "$o new lesson", "outage new lesson NAME");
    expect(2, "$o new lesson a b --in $f", "`b`");
    expect(2, "$o new lesson a --in", "`--in`");
    expect(2, "$o new lesson a --into $f", "`--into`");
    expect(2, "$o new lesson My --in $f", "`My` is no name");
    expect(2, "$o new lesson ../up --in $f", "`../up` is no name");
    expect(2, "$o new lesson a --in $f/none", "there is no such folder");
    expect(2, "$o --lang ko new lesson a --in $f/none", "그런 폴더가 없습니다");
    expect(2, "echo > $f/file; $o new lesson a --in $f/file", "there is no such folder");
    expect(0, "ls $f", "file");
}

/* A limit on the size of files stands for a full disk: half a lesson is taken away again. */
static void test_half_a_lesson_is_none(void **state)
{
    (void)state;
    expect(2, "(ulimit -f 2; trap '' XFSZ; $o new lesson a --in $f)", "name a folder");
    assert_false(there("01-a"));
    expect(0, "$o new lesson a --in $f", "01-a");
}

static void test_a_closed_folder(void **state)
{
    (void)state;
    if (geteuid() == 0)
        skip(); /* nothing is closed to root */
    expect(2, "chmod 555 $f; $o new lesson a --in $f; s=$?; chmod 755 $f; (exit $s)",
           "nothing may be written here");
    assert_false(there("01-a"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_it_passes_its_checks),   TEST(test_it_takes_the_next_number),
        TEST(test_it_writes_over_nothing), TEST(test_what_is_refused),
        TEST(test_half_a_lesson_is_none),  TEST(test_a_closed_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
