/*
 * A redis.conf becomes a world: what is taken, what is left out and why, what is refused and where.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lab/import/conf.h"
#include "sim/engine/random.h"
#include "tests/unit/shell.h"

#define OUTPUT_BYTES 65536

static char output[OUTPUT_BYTES];
static char folder[] = "/tmp/outage-import-XXXXXX";

static void write_file(const char *name, const char *text, size_t bytes)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, bytes, file), bytes);
    assert_int_equal(fclose(file), 0);
}

/* Runs a shell line in the test's folder with $O as the program; its output stays in `output`. */
static int sh(const char *words)
{
    char line[2048];
    const char *program = getenv("OUTAGE_PROGRAM");
    assert_non_null(program);
    snprintf(line, sizeof line, "cd '%s' && O='%s' && { %s; }", folder, program, words);
    return shell_run(line, output, sizeof output);
}

/* Imports `conf` (as redis.conf) with options; errors and output come together. */
static int import(const char *conf, const char *options)
{
    char line[512];
    write_file("redis.conf", conf, strlen(conf));
    snprintf(line, sizeof line, "$O import redis.conf %s 2>&1", options);
    return sh(line);
}

static bool has_line(const char *line)
{
    size_t bytes = strlen(line);
    for (const char *at = output; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
        if (strncmp(at, line, bytes) == 0 && (at[bytes] == '\n' || at[bytes] == 0))
            return true;
    return false;
}

#define assert_line(line)                                                                          \
    do {                                                                                           \
        if (!has_line(line))                                                                       \
            fail_msg("no line `%s` in:\n%s", line, output);                                        \
    } while (0)

/* --- what is taken ---------------------------------------------------------------------------- */

static void only_what_differs_is_written(void **unused)
{
    (void)unused;
    assert_int_equal(import("# a comment\n\n  \t# another\nappendonly YES\r\n"
                            "appendfsync everysec\nmaxmemory 1Gb\n"
                            "auto-aof-rewrite-min-size 67108864\nrdbchecksum no\n",
                            ""),
                     0);
    assert_line("machine redis-1");
    assert_line("add store cache on redis-1 appendonly=yes rdbchecksum=no maxmemory=1gb");
    assert_line("#     5  appendfsync                  the default");
    assert_line("#     7  auto-aof-rewrite-min-size    the default");
    assert_null(strstr(output, "#     4"));
}

static void the_names_are_the_readers(void **unused)
{
    (void)unused;
    assert_int_equal(import("appendonly yes", "--name orders-db --on big"), 0);
    assert_line("machine big");
    assert_line("add store orders-db on big appendonly=yes");
    assert_int_equal(import("", "--name Big"), 2);
    assert_memory_equal(output, "--name:1:1: `Big` is no name", 28);
    assert_int_equal(import("", "--on 7"), 2);
    assert_memory_equal(output, "--on:1:1: `7` is no name", 24);
    assert_int_equal(import("", "--name redis-1"), 2);
    assert_memory_equal(output, "--name:1:1: the name `redis-1` is taken", 39);
}

static void the_lines_of_save_add_up(void **unused)
{
    (void)unused;
    assert_int_equal(import("SAVE 900 1\nsave 300 10 \n  Save \"60 10000\"\n", ""), 0);
    assert_line("add store cache on redis-1 save=\"900 1 300 10 60 10000\"");
    assert_int_equal(import("save 900 1\nsave \"\"\n", ""), 0);
    assert_line("add store cache on redis-1 save=\"\"");
    assert_line("#     1  save                         line 2 replaces it");
    assert_int_equal(import("save 900 1\nsave ''\nsave 5 5\nsave 7 7\n", ""), 0);
    assert_line("add store cache on redis-1 save=\"5 5 7 7\"");
    assert_line("#     1  save                         line 2 replaces it");
    assert_line("#     2  save                         line 3 replaces it");
    assert_int_equal(import("save 3600 1 300 100\nsave 60 10000\n", ""), 0);
    assert_line("add store cache on redis-1");
    assert_line("#     2  save                         the default");
}

static void the_last_line_of_a_name_counts(void **unused)
{
    (void)unused;
    assert_int_equal(import("appendonly yes\nmaxmemory 1gb\nappendonly no\nmaxmemory 2gb\n", ""),
                     0);
    assert_line("add store cache on redis-1 maxmemory=2gb");
    assert_line("#     1  appendonly                   line 3 replaces it");
    assert_line("#     2  maxmemory                    line 4 replaces it");
    assert_line("#     3  appendonly                   the default");
}

static void quotes_are_as_redis_reads_them(void **unused)
{
    (void)unused;
    assert_int_equal(import("\"appendonly\" 'yes'\nappendfsync \"\\x61lways\"\n", ""), 0);
    assert_line("add store cache on redis-1 appendonly=yes appendfsync=always");
}

static void the_output_is_a_world_that_runs(void **unused)
{
    (void)unused;
    static const char conf[] = "save 900 1\nappendonly yes\nmaxmemory 5mb\n"
                               "maxmemory-policy volatile-lru\nbind 127.0.0.1\nsupervised no\n";
    static const char *const languages[] = {"en", "ko"};
    write_file("redis.conf", conf, strlen(conf));
    for (size_t i = 0; i < 2; i++) {
        char line[512];
        snprintf(line, sizeof line,
                 "$O import redis.conf --lang %s > my.lab && (cat my.lab; echo 'run 3s';"
                 "echo 'tell cache CONFIG GET *') | $O run - 2>&1",
                 languages[i]);
        assert_int_equal(sh(line), 0);
        assert_line("save \"900 1\"");
        assert_line("appendonly yes");
        assert_line("maxmemory 5242880");
        assert_line("maxmemory-policy volatile-lru");
    }
    assert_int_equal(sh("$O import - < redis.conf | head -1"), 0);
    assert_line("# from redis.conf, by outage import");
}

/* --- what is left out ------------------------------------------------------------------------- */

static void what_is_left_out_is_named_with_its_reason(void **unused)
{
    (void)unused;
    static const char conf[] = "bind 127.0.0.1 -::1\ninclude /etc/redis/local.conf\n"
                               "replicaof 10.0.0.1 6379\nappendfsnyc no\nfrobnicate 7\n"
                               "maxmemory-policy allkeys-lfu\nrename-command FLUSHALL \"\"\n";
    assert_int_equal(import(conf, "--lang en"), 0);
    assert_line("add store cache on redis-1");
    assert_line("#     1  bind                         not simulated: addresses, TLS, limits of "
                "connections");
    assert_line("#     2  include                      another file; import that one, too");
    assert_line("#     3  replicaof                    another host; here it is a part of its own");
    assert_line("#     4  appendfsnyc                  unknown to Redis 7.0; did you mean "
                "`appendfsync`?");
    assert_line("#     5  frobnicate                   unknown to Redis 7.0");
    assert_line("#     6  maxmemory-policy             allkeys-lfu is not simulated; here: "
                "noeviction|allkeys-lru|volatile-lru");
    assert_int_equal(import(conf, "--lang ko"), 0);
    assert_line(
        "#     4  appendfsnyc                  Redis 7.0에 없는 설정; `appendfsync`인가요?");
    assert_line("#     2  include                      다른 파일입니다. 그 파일도 따로 가져오세요");
}

static void what_is_left_out_keeps_its_values(void **unused)
{
    (void)unused;
    assert_int_equal(import("requirepass hunter2\nmasterauth hunter2\n"
                            "user app on >hunter2 ~* +@all\nloadmodule hunter2\nfoo hunter2\n",
                            ""),
                     0);
    assert_null(strstr(output, "hunter2"));
    assert_non_null(strstr(output, "requirepass"));
}

static void a_name_cannot_write_into_the_world(void **unused)
{
    (void)unused;
    assert_int_equal(import("\"x\\nkill cache\" 1\n\xff\xfe 1\n", ""), 0);
    assert_line("#     1  x?kill cache                 unknown to Redis 7.0");
    assert_int_equal(sh("$O import redis.conf | $O run --quiet - 2>&1"), 0);
}

/* --- what is refused -------------------------------------------------------------------------- */

static void a_refused_value_has_its_place(void **unused)
{
    (void)unused;
    static const struct {
        const char *conf, *en, *ko;
    } rows[] = {
        {"\nappendfsync sometimes",
         "redis.conf:2:13: `sometimes` is not one of its values; one of everysec|always|no",
         "redis.conf:2:13: `sometimes` 값은 쓸 수 없습니다; everysec|always|no 가운데 하나"},
        {"maxmemory   lots", "redis.conf:1:13: `lots` is no size; e.g. 64mb", NULL},
        {"maxmemory-samples 65", "redis.conf:1:19: `65` is out of range; from 1 to 64",
         "redis.conf:1:19: `65` 값이 범위를 벗어났습니다; 1부터 64까지"},
        {"save 60",
         "redis.conf:1:6: `60` is no list of save rules; e.g. save=\"60 1000\", save=\"3600 1 300 "
         "100\" or save=\"\"",
         NULL},
        {"appendonly yes # why", "redis.conf:1:16: `#` is too much; usage: appendonly VALUE",
         "redis.conf:1:16: `#` 뒤로는 필요 없습니다; 사용법: appendonly VALUE"},
        {"appendonly",
         "redis.conf:1:1: something is missing after `appendonly`; usage: appendonly VALUE", NULL},
        {"logfile \"/var", "redis.conf:1:9: the quote is not closed; end it with \"",
         "redis.conf:1:9: 따옴표가 닫히지 않았습니다; \"로 닫아 주세요"},
        {"dir '가 나\\'", "redis.conf:1:5: something is missing after `'`; usage: '...'", NULL},
        {"dir \"가나\"x", "redis.conf:1:9: `\"...\"` is too much; usage: NAME \"VALUE\"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(import(rows[i].conf, "--lang en"), 2);
        assert_line(rows[i].en);
        assert_int_equal(import(rows[i].conf, "--lang ko"), 2);
        if (rows[i].ko)
            assert_line(rows[i].ko);
    }
}

static void every_refused_line_is_named_and_nothing_written(void **unused)
{
    (void)unused;
    static const char conf[] = "appendonly maybe\nbind ::\nsave x\nmaxmemory 1pb\n";
    write_file("redis.conf", conf, strlen(conf));
    assert_int_equal(sh("$O import redis.conf 2>/dev/null"), 2);
    assert_string_equal(output, "");
    assert_int_equal(import(conf, ""), 2);
    assert_non_null(strstr(output, "redis.conf:1:12: "));
    assert_non_null(strstr(output, "redis.conf:3:6: "));
    assert_non_null(strstr(output, "redis.conf:4:11: "));
}

static void usage_is_status_2(void **unused)
{
    (void)unused;
    assert_int_equal(sh("$O import 2>&1"), 2);
    assert_line("outage import REDIS.CONF [--name NAME] [--on MACHINE]");
    assert_int_equal(sh("$O import --frob a 2>&1"), 2);
    assert_non_null(strstr(output, "--frob"));
    assert_int_equal(sh("$O import a b 2>&1"), 2);
    assert_int_equal(sh("$O import no-such.conf 2>&1"), 2);
    assert_non_null(strstr(output, "no-such.conf:1:1: "));
    assert_int_equal(import("appendonly yes", ">/dev/full"), 2);
}

/* --- lines of any bytes ----------------------------------------------------------------------- */

static void a_long_line_of_another_kind_is_left_out(void **unused)
{
    (void)unused;
    char conf[4096] = "user app on";
    for (size_t i = 0; i < 300; i++)
        strcat(conf, " +get");
    strcat(conf, "\nappendonly yes\n");
    assert_int_equal(import(conf, ""), 0);
    assert_line("add store cache on redis-1 appendonly=yes");
    memcpy(conf, "save 6 1 7 1", 12); /* and of a store's own it is refused */
    assert_int_equal(import(conf, ""), 2);
    assert_memory_equal(output, "redis.conf:1:1: the line is too long", 36);
}

static void any_bytes_become_words_within_their_room(void **unused)
{
    (void)unused;
    static const char letters[] = "ab \t\"'\\x4#\n\r\x80\xEA\xB0";
    struct stream random = stream_of(7, "import", "lines");
    unsigned wrong = 0, words = 0;
    for (unsigned round = 0; round < 20000; round++) {
        struct command command;
        struct error error;
        char line[64];
        size_t bytes = stream_below(&random, sizeof line);
        for (size_t i = 0; i < bytes; i++)
            line[i] = letters[stream_below(&random, sizeof letters - 1)];
        char *exact = malloc(bytes ? bytes : 1); /* the sanitizer sees a read past it */
        assert_non_null(exact);
        memcpy(exact, line, bytes);
        if (conf_split(&command, exact, bytes, 1, &error)) {
            words += command.count;
        } else {
            assert_in_range(error.column, 1, bytes + 1);
            wrong++;
        }
        assert_in_range(command.used, 0, COMMAND_BYTES);
        free(exact);
    }
    assert_true(wrong > 1000 && words > 1000);
}

static int folder_make(void **unused)
{
    (void)unused;
    return mkdtemp(folder) ? 0 : -1;
}

static int folder_remove(void **unused)
{
    (void)unused;
    return sh("rm -f redis.conf my.lab && rmdir \"$PWD\"") == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_differs_is_written),
        cmocka_unit_test(the_names_are_the_readers),
        cmocka_unit_test(the_lines_of_save_add_up),
        cmocka_unit_test(the_last_line_of_a_name_counts),
        cmocka_unit_test(quotes_are_as_redis_reads_them),
        cmocka_unit_test(the_output_is_a_world_that_runs),
        cmocka_unit_test(what_is_left_out_is_named_with_its_reason),
        cmocka_unit_test(what_is_left_out_keeps_its_values),
        cmocka_unit_test(a_name_cannot_write_into_the_world),
        cmocka_unit_test(a_refused_value_has_its_place),
        cmocka_unit_test(every_refused_line_is_named_and_nothing_written),
        cmocka_unit_test(usage_is_status_2),
        cmocka_unit_test(a_long_line_of_another_kind_is_left_out),
        cmocka_unit_test(any_bytes_become_words_within_their_room),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
