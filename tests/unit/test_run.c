/*
 * The command line from outside: exit statuses, errors with their place, documents, shared runs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glob.h>
#include <jansson.h>

#include "tests/unit/shell.h"

#define OUTPUT_BYTES 1048576

static char output[OUTPUT_BYTES];
static char folder[] = "/tmp/outage-test-XXXXXX";

/* Runs a shell line in the source's folder with $O as the program; its standard output stays in
 * `output`. */
static int sh(const char *format, ...)
{
    char words[4096], line[6144];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    const char *program = getenv("OUTAGE_PROGRAM"), *source = getenv("OUTAGE_SOURCE");
    assert_non_null(program);
    assert_non_null(source);
    snprintf(line, sizeof line, "cd '%s' && O='%s' T='%s' && { %s; }", source, program, folder,
             words);
    return shell_run(line, output, sizeof output);
}

static char *file_read(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *text = calloc(1, 65536);
    assert_non_null(text);
    assert_true(fread(text, 1, 65535, file) > 0);
    fclose(file);
    return text;
}

/* --- wrong scripts ---------------------------------------------------------------------------- */

static void each_wrong_script_says_where_and_what(void **unused)
{
    (void)unused;
    glob_t scripts;
    char pattern[1024];
    const char *source = getenv("OUTAGE_SOURCE");
    snprintf(pattern, sizeof pattern, "%s/tests/scripts/wrong/*.lab", source);
    assert_int_equal(glob(pattern, 0, NULL, &scripts), 0);
    assert_true(scripts.gl_pathc > 50);
    for (size_t i = 0; i < scripts.gl_pathc; i++) {
        char *path = scripts.gl_pathv[i], expected_path[1024];
        const char *from_source = path + strlen(source) + 1;
        snprintf(expected_path, sizeof expected_path, "%.*s.txt", (int)strlen(path) - 4, path);
        char *expected = file_read(expected_path);
        assert_int_equal(sh("$O run --quiet --lang en %s 2>&1", from_source), 2);
        char *english = strdup(output);
        assert_non_null(english);
        assert_int_equal(sh("$O run --quiet --lang ko %s 2>&1", from_source), 2);
        size_t bytes = strlen(english);
        assert_memory_equal(english, expected, bytes);
        assert_string_equal(output, expected + bytes);
        free(english);
        free(expected);
    }
    globfree(&scripts);
}

static void a_missing_file_is_a_sentence(void **unused)
{
    (void)unused;
    assert_int_equal(sh("$O run no-such.lab 2>&1"), 2);
    assert_string_equal(output, "no-such.lab:1:1: `no-such.lab`: No such file or directory; name a "
                                "file that can be read\n");
}

static void usage_is_status_2(void **unused)
{
    (void)unused;
    assert_int_equal(sh("$O run 2>&1"), 2);
    assert_int_equal(sh("$O run --frob worlds/one-redis.lab 2>&1"), 2);
    assert_non_null(strstr(output, "--frob"));
    assert_int_equal(sh("$O run --until soon worlds/one-redis.lab 2>&1"), 2);
    assert_int_equal(sh("$O --lang fr run worlds/one-redis.lab 2>&1"), 2);
    assert_non_null(strstr(output, "`fr` is not one of its values; one of ko|en"));
    assert_int_equal(sh("$O run --json --csv worlds/one-redis.lab 2>&1"), 2);
    assert_non_null(strstr(output, "`--json` and `--csv` do not go together"));
    assert_int_equal(sh("$O run worlds/one-redis.lab --until 2>&1"), 2);
    assert_non_null(strstr(output, "`--until` lacks its value"));
    assert_int_equal(sh("$O runn worlds/one-redis.lab 2>&1"), 2);
    assert_non_null(strstr(output, "no command `runn`; did you mean `run`?"));
    assert_int_equal(sh("$O worlds/one-redis.lab more 2>&1"), 2);
    assert_non_null(strstr(output, "`more` is not understood here"));
    assert_int_equal(sh("$O check no-such.lab 2>&1"), 2);
    assert_int_equal(sh("$O --no-such-option 2>&1"), 2);
    assert_int_equal(sh("$O 2>&1 </dev/null"), 2); /* the lab needs a terminal */
    assert_int_equal(sh("$O --version"), 0);
    assert_non_null(strstr(output, "outage "));
}

/* --- statuses --------------------------------------------------------------------------------- */

#define WORLD                                                                                      \
    "machine redis-1\\nmachine app-1\\nadd store cache on redis-1 save=\"\"\\n"                    \
    "add client orders on app-1 to=cache op=set rate=100/s\\n"

static void the_status_tells_of_expects(void **unused)
{
    (void)unused;
    assert_int_equal(sh("printf '" WORLD "run 5s\\nexpect orders.acked > 10' | $O run -"), 0);
    assert_int_equal(sh("printf '" WORLD
                        "run 5s\\nexpect orders.acked < 10 \"why\"\\nprint world.time'"
                        "| $O run -"),
                     1);
    assert_non_null(strstr(output, "-:6:1: expected orders.acked < 10; found 4"));
    assert_non_null(strstr(output, "why"));
    assert_non_null(strstr(output, "world.time 5.000 s")); /* it went on */
    assert_int_equal(sh("printf '" WORLD "run until orders.acked > 9999 max 2s' | $O run - 2>&1"),
                     1);
    assert_non_null(strstr(output, "-:5:11: `orders.acked > 9999` did not come true within 2s"));
    assert_int_equal(sh("printf '" WORLD "at 5s kill cach\\nrun 9s' | $O run --json - 2>/dev/null"),
                     2);
    assert_string_equal(output, "");
}

static void a_full_disk_is_said(void **unused)
{
    (void)unused;
    assert_int_equal(sh("$O run worlds/one-redis.lab 2>&1 >/dev/full"), 2);
    assert_non_null(strstr(output, "No space left on device"));
    assert_int_equal(sh("$O run --trace /dev/full worlds/one-redis.lab 2>&1 >/dev/null"), 2);
    assert_non_null(strstr(output, "/dev/full"));
    assert_int_equal(sh("$O run --share /no/such/folder worlds/one-redis.lab 2>/dev/null"), 2);
    assert_string_equal(output, ""); /* it is said before the run */
    assert_int_equal(sh("$O run --trace - worlds/one-redis.lab 2>&1"), 2);
    assert_int_equal(sh("$O run --share $T/none no-such.lab 2>/dev/null; test ! -e $T/none"), 0);
    assert_int_equal(sh("$O kinds --json 2>&1 >/dev/full"), 2);
}

/* --- documents -------------------------------------------------------------------------------- */

static json_t *document(void)
{
    json_error_t error;
    json_t *json = json_loads(output, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        fail_msg("%s at %d", error.text, error.position);
    return json;
}

static json_t *metric(json_t *json, size_t variant, const char *name)
{
    json_t *of = json_array_get(json_object_get(json, "variants"), variant);
    return json_object_get(json_object_get(of, "metrics"), name);
}

static void the_json_is_one_document(void **unused)
{
    (void)unused;
    assert_int_equal(sh("printf 'seed 3\\n" WORLD
                        "run 2s\\nexpect orders.acked > 1\\nprint world.time' |"
                        "$O run --json -"),
                     0);
    json_t *json = document(), *expect;
    assert_string_equal(json_string_value(json_object_get(json, "schema")), "outage.run/1");
    assert_string_equal(json_string_value(json_object_get(json, "file")), "-");
    assert_int_equal(json_integer_value(json_object_get(json, "seed")), 3);
    assert_int_equal(json_integer_value(json_object_get(json, "time_ns")), 2000000000);
    assert_int_equal(strlen(json_string_value(json_object_get(json, "digest"))), 16);
    assert_true(json_is_integer(metric(json, 0, "orders.acked")));
    assert_true(json_is_integer(metric(json, 0, "orders.latency_p99")));
    assert_true(json_is_number(metric(json, 0, "orders.availability")));
    assert_string_equal(json_string_value(metric(json, 0, "cache.role")), "master");
    assert_int_equal(json_integer_value(metric(json, 0, "cache.up")), 1);
    expect = json_array_get(
        json_object_get(json_array_get(json_object_get(json, "variants"), 0), "expects"), 0);
    assert_int_equal(json_integer_value(json_object_get(expect, "line")), 7);
    assert_string_equal(json_string_value(json_object_get(expect, "text")), "orders.acked > 1");
    assert_true(json_is_true(json_object_get(expect, "held")));
    assert_true(json_equal(json_object_get(expect, "found"), metric(json, 0, "orders.acked")));
    assert_null(strstr(output, "null"));
    json_decref(json);
}

static void options_win_over_the_script(void **unused)
{
    (void)unused;
    assert_int_equal(sh("printf 'seed 3\\n" WORLD "' | $O run --json --seed 9 --until 4s "
                        "--set orders.rate=10/s -"),
                     0);
    json_t *json = document();
    assert_int_equal(json_integer_value(json_object_get(json, "seed")), 9);
    assert_int_equal(json_integer_value(json_object_get(json, "time_ns")), 4000000000);
    assert_true(json_integer_value(metric(json, 0, "orders.sent")) < 80);
    json_decref(json);
    assert_int_equal(sh("printf '" WORLD "' | $O run --set orders.rat=10/s - 2>&1"), 2);
    assert_non_null(strstr(output, "`rate`"));
    /* Without `run`: ten seconds after the last scheduled command, or a minute. */
    assert_int_equal(sh("printf '" WORLD "at 7s kill cache' | $O run --json -"), 0);
    json = document();
    assert_int_equal(json_integer_value(json_object_get(json, "time_ns")), 17000000000);
    json_decref(json);
    assert_int_equal(sh("printf '" WORLD "' | $O run --json -"), 0);
    json = document();
    assert_int_equal(json_integer_value(json_object_get(json, "time_ns")), 60000000000);
    json_decref(json);
}

static void csv_has_a_row_for_each_second(void **unused)
{
    (void)unused;
    unsigned rows = 0;
    assert_int_equal(sh("printf '" WORLD "watch orders.sent cache.role\\nvariant a\\nvariant b\\n"
                        "run 3s' | $O run --csv -"),
                     0);
    assert_memory_equal(output, "time_s,variant,metric,value\n1,a,orders.sent,", 44);
    for (const char *line = output; (line = strchr(line, '\n')); line++)
        rows++;
    assert_int_equal(rows, 1 + 3 * 2 * 2);
    assert_non_null(strstr(output, "\n3,b,cache.role,master\n"));
}

static void csv_has_the_history_that_stands(void **unused)
{
    (void)unused;
    assert_int_equal(sh("printf '" WORLD "watch world.time\\nrun 3s\\nrewind 1.5s\\n"
                        "set orders rate=5/s\\nrun 2s' | $O run --csv -"),
                     0);
    assert_string_equal(output, "time_s,variant,metric,value\n1,,world.time,1000000000\n"
                                "2,,world.time,2000000000\n3,,world.time,3000000000\n");
}

static void the_trace_is_the_same_after_a_rewind(void **unused)
{
    (void)unused;
    assert_int_equal(sh("printf '" WORLD "run 5s\\nkill cache\\nrun 1s' > $T/a.lab;"
                        "printf '" WORLD "run 5s\\nmark m\\nset orders rate=300/s\\nrun 9s\\n"
                        "rewind m\\nkill cache\\nrun 1s' > $T/b.lab;"
                        "$O run $T/a.lab --trace $T/a.txt > $T/a.out;"
                        "$O run $T/b.lab --trace $T/b.txt > $T/b.out;"
                        "cmp $T/a.txt $T/b.txt && wc -l < $T/a.txt"),
                     0);
    assert_true(atoi(output) > 1000);
    assert_int_equal(sh("LC_ALL=ko_KR.UTF-8 $O run $T/a.lab --trace $T/k.txt > /dev/null;"
                        "cmp $T/a.txt $T/k.txt"),
                     0);
}

static void a_shared_file_repeats_the_run(void **unused)
{
    (void)unused;
    assert_int_equal(sh("printf 'seed 3\\n" WORLD "at 2s kill cache\\nat 3s start cache\\n"
                        "variant a\\nvariant b set orders rate=50/s\\nrun 20s' > $T/s.lab;"
                        "$O run $T/s.lab --seed 5 --set orders.value=70B --share $T/s2.lab --json"),
                     0);
    json_t *json = document();
    assert_int_equal(sh("$O run --json $T/s2.lab"), 0);
    json_t *again = document();
    assert_true(json_equal(json_object_get(json, "digest"), json_object_get(again, "digest")));
    assert_int_equal(sh("head -1 $T/s2.lab"), 0);
    assert_memory_equal(output, "made-with ", 10);
    assert_int_equal(sh("$O run --quiet $T/s2.lab --share $T/s3.lab && cmp $T/s2.lab $T/s3.lab"),
                     0);
    assert_int_equal(sh("sed 's/rate=50/rate=51/' $T/s2.lab | $O run --quiet - 2>&1"), 1);
    assert_non_null(strstr(output, "went another way between event"));
    json_decref(json);
    json_decref(again);
}

static void kinds_and_help_come_from_the_tables(void **unused)
{
    (void)unused;
    assert_int_equal(sh("$O kinds --json"), 0);
    json_t *json = document();
    assert_true(json_array_size(json_object_get(json, "kinds")) > 3);
    json_decref(json);
    assert_int_equal(sh("$O kinds"), 0);
    assert_non_null(strstr(output, "\n  timeout=1s  1us..365d\n"));
    assert_non_null(strstr(output, "\n  start=0s  0s..365d; only when adding\n"));
    assert_non_null(strstr(output, "\n  latency_p99  ns, gauge\n"));
    assert_non_null(strstr(output, "\n  role  master|replica, gauge\n"));
    assert_int_equal(sh("$O help appendfsync"), 0);
    assert_non_null(strstr(output, "everysec|always|no"));
    assert_int_equal(sh("$O help power-cut && $O help --lang ko expect"), 0);
    assert_int_equal(sh("$O help apendfsync 2>&1"), 2);
    assert_non_null(strstr(output, "appendfsync"));
    assert_int_equal(sh("$O help"), 0);
    assert_null(strstr(output, "sweep"));
}

static int folder_make(void **unused)
{
    (void)unused;
    return mkdtemp(folder) ? 0 : 1;
}

static int folder_remove(void **unused)
{
    (void)unused;
    return sh("rm -r \"$T\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_wrong_script_says_where_and_what),
        cmocka_unit_test(a_missing_file_is_a_sentence),
        cmocka_unit_test(usage_is_status_2),
        cmocka_unit_test(the_status_tells_of_expects),
        cmocka_unit_test(a_full_disk_is_said),
        cmocka_unit_test(the_json_is_one_document),
        cmocka_unit_test(options_win_over_the_script),
        cmocka_unit_test(csv_has_a_row_for_each_second),
        cmocka_unit_test(csv_has_the_history_that_stands),
        cmocka_unit_test(the_trace_is_the_same_after_a_rewind),
        cmocka_unit_test(a_shared_file_repeats_the_run),
        cmocka_unit_test(kinds_and_help_come_from_the_tables),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
