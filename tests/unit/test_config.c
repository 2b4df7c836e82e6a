/* CONFIG by tell: what redis-server 7.0.15 answers to the same words, and eviction as it does it.
 */
#include "tests/unit/store_fixture.h"

static void config_answers_as_the_real_one(void **unused)
{
    (void)unused;
    static const char failed[] = "(error) ERR CONFIG SET failed (possibly related to argument '";
    static const struct {
        const char *words, *begin, *end;
    } rows[] = {
        {"CONFIG SET maxmemory 100mb appendfsync always", "OK", ""},
        {"CONFIG SET maxmemory 1mb appendfsync alwys", failed,
         "appendfsync') - argument(s) must be one of the following: everysec, always, no"},
        {"CONFIG SET maxmemory 100mb maxmemory 1mb", failed, "maxmemory') - duplicate parameter"},
        {"CONFIG SET maxmemory", "(error) ERR wrong number of arguments for 'config|set' command",
         ""},
        {"CONFIG SET maxmemory 1 nono", "(error) ERR syntax error", ""},
        {"CONFIG SET maxmemory 2mb nono 3",
         "(error) ERR Unknown option or number of arguments for CONFIG SET - 'nono'", ""},
        {"CONFIG SET maxmemory 1x save \"1 a\"", failed,
         "maxmemory') - argument must be a memory value"},
        {"CONFIG SET maxmemory 1mb save \"1 a\"", failed, "save') - Invalid save parameters"},
        {"CONFIG SET appendonly x", failed, "appendonly') - argument must be 'yes' or 'no'"},
        {"CONFIG SET maxmemory-samples x", failed,
         "maxmemory-samples') - argument couldn't be parsed into an integer"},
        {"CONFIG SET maxmemory-samples 0", failed,
         "maxmemory-samples') - argument must be between 1 and 64 inclusive"},
        {"CONFIG SET maxmemory 1mb rdbchecksum no", failed,
         "rdbchecksum') - can't set immutable config"},
        {"CONFIG FOO", "(error) ERR unknown subcommand 'FOO'. Try CONFIG HELP.", ""},
        {"CONFIG", "(error) ERR wrong number of arguments for 'config' command", ""},
        {"CONFIG GET", "(error) ERR wrong number of arguments for 'config|get' command", ""},
        {"CONFIG GET maxmemory appendfsync", "appendfsync always\nmaxmemory 104857600", ""},
        {"CONFIG GET no-such-*", "(empty array)", ""},
    };
    struct world *world = store_world("save=\"60 1000\"");
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char expected[200];
        snprintf(expected, sizeof expected, "%s%s", rows[i].begin, rows[i].end);
        answers(world, rows[i].words, expected); /* a failed one changes none of its pairs */
    }
    plain_close(world);
}

static void several_settings_take_effect_together(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    answers(world, "CONFIG SET appendonly yes appendfsync always save \"1 1\"", "OK");
    run_more_ms(world, 200);
    answers(world, "SET a b", "OK");
    run_more_ms(world, 2200);
    assert_true(plain_metric(world, "cache.aof_fsyncs") > 0);
    same(world, "cache.rdb_saves", 1);
    same(world, "cache.at_risk_power", 0);
    plain_close(world);
}

/* 30,000 keys at 2000 a second into 3 MB: of the real one 11,742 were left, 91 % of them among the
 * newest so many, a tenth older than k:18531, half than k:24130. */
static void the_unused_go_first(void **unused)
{
    (void)unused;
    static int there[30001];
    struct world *world = store_world("save= maxmemory=3mb maxmemory-policy=allkeys-lru");
    plain_say(world, "add client c on app-1 to=cache rate=2000/s arrival=constant count=30000");
    run_more_ms(world, 16000);
    int count = 0, newest = 0;
    for (int i = 1; i <= 30000; i++) {
        char words[32];
        snprintf(words, sizeof words, "EXISTS k:%d", i);
        if (strcmp(ask(world, words), "(integer) 1") == 0)
            there[count++] = i;
    }
    for (int i = 0; i < count; i++)
        newest += there[i] > 30000 - count;
    assert_in_range(count, 11742 * 98 / 100, 11742 * 102 / 100);
    assert_in_range(newest * 100 / count, 89, 94);
    assert_in_range(there[count / 10], 18531 * 97 / 100, 18531 * 103 / 100);
    assert_in_range(there[count / 2], 24130 * 98 / 100, 24130 * 102 / 100);
    plain_close(world);
}

/* A key that is read all the time stays. */
static void what_is_used_stays(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= maxmemory=3mb maxmemory-policy=allkeys-lru");
    answers(world, "MSET k:0 a k:1 b k:2 c k:3 d k:4 e", "OK");
    plain_say(world, "add client r on app-1 to=cache op=get keys=5 rate=100/s");
    plain_say(world, "add client c on app-1 to=cache rate=2000/s arrival=constant count=30000");
    for (unsigned i = 0; i < 16; i++)
        run_more_ms(world, 1000);
    assert_true(plain_metric(world, "cache.evicted_keys") > 15000);
    answers(world, "EXISTS k:0 k:2 k:3", "(integer) 3"); /* c wrote k:1 and on */
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_answers_as_the_real_one),
        cmocka_unit_test(several_settings_take_effect_together),
        cmocka_unit_test(the_unused_go_first),
        cmocka_unit_test(what_is_used_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
