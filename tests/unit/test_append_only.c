/* The append only log: what is written when, how large it is, what a start makes of it. */
#include "tests/unit/store_fixture.h"

#define INCR_1 "appendonly.aof.1.incr.aof"

/* --- writing and fsync ------------------------------------------------------------------------ */

static void the_log_has_its_size_to_the_byte(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= appendonly=yes");
    assert_int_equal(file_length(world, "appendonly.aof.1.base.rdb"), 89);
    assert_int_equal(file_length(world, INCR_1), 0);
    assert_int_equal(file_length(world, "appendonly.aof.manifest"), 88);
    answers(world, "SET k v", "OK");
    assert_int_equal(file_length(world, INCR_1), 23 + 27);
    answers(world, "SET kkkkk 0123456789", "OK");
    assert_int_equal(file_length(world, INCR_1), 23 + 27 + 41);
    answers(world, "DEL nothing", "(integer) 0");
    answers(world, "GET k", "\"v\"");
    assert_int_equal(file_length(world, INCR_1), 23 + 27 + 41);
    answers(world, "INCR n", "(integer) 1"); /* *2 $4 INCR $1 n */
    assert_int_equal(file_length(world, INCR_1), 23 + 27 + 41 + 21);
    plain_say(world, "add client c on app-1 to=cache rate=1000/s count=10");
    run_more_ms(world, 500); /* k:1 to k:9 138 - 7 bytes each, k:10 one more */
    assert_int_equal(file_length(world, INCR_1), 23 + 27 + 41 + 21 + 10 * 130 + 1);
    plain_close(world);
}

/* The files of what is added are on the disk before its first answer, however slow that is. */
static void what_is_added_has_its_files(void **unused)
{
    (void)unused;
    static const uint64_t at_ms[] = {3, 20, 100};
    for (unsigned i = 0; i < 6; i++) {
        struct world *world = store_world("save= appendonly=yes appendfsync=no");
        plain_say(world, "set redis-1 fsync=60ms");
        same(world, "redis-1.page_cache_dirty", 0);
        plain_say(world, "add client c on app-1 to=cache rate=10000/s arrival=constant");
        plain_run_ms(world, at_ms[i % 3]);
        assert_true(plain_metric(world, "c.acked") > 5);
        same(world, "cache.at_risk_kill", 0);
        plain_say(world, "kill c");
        plain_say(world, i < 3 ? "kill cache" : "power-cut redis-1");
        plain_say(world, i < 3 ? "start cache" : "power-on redis-1");
        run_more_ms(world, 500);
        same(world, "cache.up", 1);
        same(world, "cache.aof_fsyncs", 0); /* base and manifest are not counted */
        same(world, "c.acked_lost", i < 3 ? 0 : plain_metric(world, "c.acked"));
        assert_int_equal(file_length(world, "appendonly.aof.manifest"), 88);
        plain_close(world);
    }
}

/* A log that is switched on in the file of a process that is down has them when it is ready. */
static void a_first_start_waits_for_its_files(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    plain_say(world, "set redis-1 fsync=60ms");
    plain_say(world, "kill cache");
    plain_say(world, "set cache appendonly=yes");
    plain_say(world, "start cache");
    run_more_ms(world, 110);
    same(world, "cache.up", 0);
    run_more_ms(world, 20);
    same(world, "cache.up", 1); /* base and manifest, one after the other */
    same(world, "cache.aof_fsyncs", 0);
    same(world, "redis-1.page_cache_dirty", 0);
    plain_close(world);
}

static void each_policy_loses_what_it_says(void **unused)
{
    (void)unused;
    static const struct {
        const char *policy;
        int64_t low, high;
    } rows[] = {{"always", 0, 0}, {"everysec", 400, 1010}, {"no", 9000, 11000}};
    for (unsigned i = 0; i < 3; i++) {
        char line[80];
        snprintf(line, sizeof line, "save= appendonly=yes appendfsync=%s", rows[i].policy);
        struct world *world = store_world(line);
        plain_say(world, "add client c on app-1 to=cache rate=1000/s arrival=constant");
        plain_run_ms(world, 10900);
        same(world, "cache.at_risk_kill", 0);
        plain_say(world, "power-cut redis-1");
        plain_say(world, "power-on redis-1");
        run_more_ms(world, 1000);
        between(world, "c.acked_lost", rows[i].low, rows[i].high);
        plain_close(world);
    }
}

static void a_slow_disk_loses_acked_writes_even_to_a_kill(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= appendonly=yes");
    plain_say(world, "set redis-1 fsync=800ms");
    plain_say(world, "add client c on app-1 to=cache rate=1000/s arrival=constant");
    int64_t most_kill = 0, most_power = 0;
    for (unsigned i = 0; i < 1200; i++) {
        run_more_ms(world, 10);
        int64_t kill = plain_metric(world, "cache.at_risk_kill");
        int64_t power = plain_metric(world, "cache.at_risk_power");
        most_kill = kill > most_kill ? kill : most_kill;
        most_power = power > most_power ? power : most_power;
    }
    /* TRUTH redis.aof-everysec_slow800.1: up to 0.77 and 1.80 s of writes */
    assert_in_range(most_kill, 700, 900);
    assert_in_range(most_power, 1620, 1980);
    same(world, "cache.aof_delayed_fsync", 0);
    plain_close(world);
}

static void a_very_slow_disk_is_not_waited_for_any_longer(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= appendonly=yes");
    plain_say(world, "set redis-1 fsync=3s");
    plain_say(world, "add client c on app-1 to=cache rate=1000/s arrival=constant");
    int64_t most_power = 0;
    plain_run_ms(world, 9500); /* the first fsync waits behind that of the manifest */
    for (unsigned i = 0; i < 1600; i++) {
        run_more_ms(world, 10);
        int64_t power = plain_metric(world, "cache.at_risk_power");
        most_power = power > most_power ? power : most_power;
    }
    between(world, "cache.aof_delayed_fsync", 7, 9);
    assert_in_range(most_power, 5400, 6600); /* TRUTH redis.aof-everysec_slow3000.1 */
    plain_close(world);
}

static void a_lone_write_is_fsynced_at_once(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= appendonly=yes");
    plain_run_ms(world, 3400);
    answers(world, "SET a 1", "OK");
    run_more_ms(world, 5);
    int64_t fsyncs = plain_metric(world, "cache.aof_fsyncs");
    answers(world, "SET a 2", "OK");
    run_more_ms(world, 300);
    same(world, "cache.aof_fsyncs", fsyncs); /* in the same second: waits for the next */
    run_more_ms(world, 500);
    same(world, "cache.aof_fsyncs", fsyncs + 1);
    plain_close(world);
}

static void sigterm_writes_and_fsyncs_the_log(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= appendonly=yes appendfsync=no");
    plain_say(world, "add client c on app-1 to=cache rate=500/s");
    plain_run_ms(world, 1450);
    plain_say(world, "stop cache");
    plain_run_ms(world, 1700);
    same(world, "cache.up", 0);
    plain_say(world, "power-cut redis-1");
    plain_say(world, "power-on redis-1");
    run_more_ms(world, 300);
    same(world, "c.acked_lost", 0);
    plain_close(world);
}

static void group_commit_comes_from_turns(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= appendonly=yes appendfsync=always");
    plain_say(world, "add client one on app-1 to=cache rate=max count=200");
    run_more_ms(world, 2000);
    int64_t alone = plain_metric(world, "cache.aof_fsyncs");
    assert_in_range(alone, 200, 203);
    plain_say(world, "add client many on app-1 to=cache rate=max connections=50 count=20000");
    run_more_ms(world, 2000);
    int64_t together = plain_metric(world, "cache.aof_fsyncs") - alone;
    same(world, "many.acked", 20000);
    assert_in_range(together, 400, 1000); /* half of the connections wait for the wire */
    plain_close(world);
}

static void a_full_disk_under_the_log(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= appendonly=yes");
    answers(world, "SET a 1", "OK");
    plain_say(world, "fill-disk redis-1");
    answers(world, "SET b 1", "OK"); /* the one that hits it */
    answers(world, "SET c 1",
            "(error) MISCONF Errors writing to the AOF file: No space left on device");
    answers(world, "GET b", "\"1\"");
    assert_true(
        logged(world, "Short write while writing to the AOF file: (nwritten=0, expected=27)"));
    plain_say(world, "free-disk redis-1");
    run_more_ms(world, 1100);
    answers(world, "SET c 1", "OK");
    plain_say(world, "kill cache");
    plain_say(world, "start cache");
    run_more_ms(world, 100);
    same(world, "cache.keys", 3);
    plain_close(world);
    world = store_world("save= appendonly=yes appendfsync=always");
    plain_say(world, "add client c on app-1 to=cache rate=100/s arrival=constant");
    plain_run_ms(world, 1005);
    plain_say(world, "fill-disk redis-1");
    plain_run_ms(world, 1100);
    same(world, "cache.up", 0);
    assert_true(logged(world, "Can't recover from AOF write error when the AOF fsync policy is "
                              "'always'. Exiting..."));
    plain_say(world, "free-disk redis-1");
    plain_say(world, "start cache");
    run_more_ms(world, 100);
    same(world, "c.acked_lost", 0);
    plain_close(world);
}

/* --- its files (TRUTH redis.aof-corrupt.1, aof-enable.1, aof-rewrite.3, aof-midrewrite.1) ----- */

static struct world *thousand_and_stopped(const char *parameters)
{
    char line[200];
    snprintf(line, sizeof line, "save= appendonly=yes %s", parameters);
    struct world *world = store_world(line);
    plain_say(world, "add client c on app-1 to=cache rate=1000/s count=1000 value=99B");
    run_more_ms(world, 3000);
    same(world, "cache.keys", 1000);
    plain_say(world, "stop cache");
    run_more_ms(world, 300);
    same(world, "cache.up", 0);
    return world;
}

static void a_torn_tail_is_cut(void **unused)
{
    (void)unused;
    char line[80];
    struct world *world = thousand_and_stopped("");
    int64_t length = file_length(world, INCR_1);
    snprintf(line, sizeof line, "truncate-file cache aof %lldB", (long long)length - 50);
    plain_say(world, line);
    plain_say(world, "start cache");
    run_more_ms(world, 300);
    same(world, "cache.up", 1);
    same(world, "cache.keys", 999);
    same(world, "c.acked_lost", 1);
    assert_int_equal(file_length(world, INCR_1), length - 131); /* k:1000 with 99 bytes */
    assert_true(logged(world, "!!! Warning: short read while loading the AOF file"));
    answers(world, "SET a 1", "OK"); /* and it goes on behind the cut */
    plain_say(world, "kill cache");
    plain_say(world, "start cache");
    run_more_ms(world, 300);
    same(world, "cache.keys", 1000);
    plain_close(world);
    world = thousand_and_stopped("aof-load-truncated=no");
    plain_say(world, line);
    plain_say(world, "start cache");
    run_more_ms(world, 300);
    same(world, "cache.up", 0);
    assert_true(logged(world, "Unexpected end of file reading the append only file"));
    plain_close(world);
}

static void damaged_log(const char *damage, const char *words, int64_t keys)
{
    struct world *world = thousand_and_stopped("");
    plain_say(world, damage);
    plain_say(world, "start cache");
    run_more_ms(world, 300);
    if (words != NULL) {
        same(world, "cache.up", 0);
        assert_true(logged(world, words));
    } else {
        same(world, "cache.up", 1);
        same(world, "cache.keys", keys);
    }
    plain_check(world);
    plain_close(world);
}

static void a_damaged_log_is_judged_by_where_it_is_hit(void **unused)
{
    (void)unused;
    char line[80];
    struct world *world = thousand_and_stopped("");
    int64_t length = file_length(world, INCR_1);
    plain_close(world);
    snprintf(line, sizeof line, "zero-file cache aof %lld 140", (long long)length - 140);
    damaged_log(line, "Bad file format reading the append only file", 0);
    snprintf(line, sizeof line, "zero-file cache aof %lld 40", (long long)length - 40);
    damaged_log(line, NULL, 1000); /* only its last value: nobody looks */
    damaged_log("flip-file cache aof 23", "Bad file format reading the append only file", 0);
    damaged_log("flip-file cache aof 100", NULL, 1000);
    damaged_log("remove-file cache manifest", NULL, 0);
    damaged_log(
        "remove-file cache rdb",
        "Unable to obtain the AOF file appendonly.aof.1.base.rdb length. stat: No such file "
        "or directory",
        0);
    snprintf(line, sizeof line, "zero-file cache aof %lld 40", (long long)length);
    damaged_log(line, "Bad file format reading the append only file", 0); /* 40 bytes more */
}

static void switching_the_log_on_in_the_file_starts_empty(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=\"3600 1000000\"");
    plain_say(world, "add client c on app-1 to=cache rate=1000/s count=100");
    run_more_ms(world, 1000);
    plain_say(world, "stop cache");
    run_more_ms(world, 300);
    plain_say(world, "set cache appendonly=yes");
    plain_say(world, "start cache");
    run_more_ms(world, 300);
    same(world, "cache.keys", 0);
    same(world, "c.acked_lost", 100);
    plain_close(world);
    world = store_world("save=\"3600 1000000\"");
    plain_say(world, "add client c on app-1 to=cache rate=1000/s count=100");
    run_more_ms(world, 1000);
    plain_say(world, "set cache appendonly=yes"); /* while it runs: it rewrites first */
    run_more_ms(world, 1000);
    plain_say(world, "kill cache");
    plain_say(world, "start cache");
    run_more_ms(world, 300);
    same(world, "cache.keys", 100);
    same(world, "c.acked_lost", 0);
    plain_close(world);
}

static void a_rewrite_leaves_each_key_once(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= appendonly=yes");
    plain_say(world, "add client c on app-1 to=cache rate=5000/s keys=10 count=3000");
    run_more_ms(world, 2000);
    answers(world, "BGREWRITEAOF", "Background append only file rewriting started");
    run_more_ms(world, 500);
    assert_int_equal(file_length(world, INCR_1), -1);
    assert_int_equal(file_length(world, "appendonly.aof.2.incr.aof"), 0);
    assert_int_equal(file_length(world, "appendonly.aof.2.base.rdb"), 89 + 5 + 10 * 107);
    assert_int_equal(file_length(world, "appendonly.aof.manifest"), 88);
    same(world, "cache.aof_base_size", 89 + 5 + 10 * 107);
    answers(world, "CONFIG SET aof-use-rdb-preamble no", "OK");
    answers(world, "BGREWRITEAOF", "Background append only file rewriting started");
    run_more_ms(world, 500);
    assert_int_equal(file_length(world, "appendonly.aof.3.base.aof"), 23 + 10 * 130);
    plain_close(world);
}

static void a_kill_in_the_middle_of_a_rewrite_loses_nothing(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= appendonly=yes rdb-key-save-delay=1000");
    plain_say(world, "add client c on app-1 to=cache rate=1000/s");
    run_more_ms(world, 2000);
    answers(world, "BGREWRITEAOF", "Background append only file rewriting started");
    run_more_ms(world, 700);
    same(world, "cache.aof_rewrite_in_progress", 1);
    assert_int_equal(file_length(world, "appendonly.aof.manifest"), 132);
    plain_say(world, "kill cache");
    plain_say(world, "start cache");
    run_more_ms(world, 500);
    same(world, "c.acked_lost", 0);
    plain_close(world);
}

static void the_log_is_rewritten_when_it_has_grown(void **unused)
{
    (void)unused;
    /* TRUTH redis.aof-rewrite.1: constant data, the base counts what came during the rewrite */
    struct world *world = store_world("save= appendonly=yes auto-aof-rewrite-min-size=1mb");
    plain_say(world, "add client c on app-1 to=cache rate=5000/s keys=1000 arrival=constant");
    plain_run_ms(world, 1500);
    same(world, "cache.aof_rewrites", 0);
    plain_run_ms(world, 1900);
    same(world, "cache.aof_rewrites", 1);
    int64_t base = plain_metric(world, "cache.aof_base_size");
    assert_true(base > 110000 && base < 250000);
    plain_run_ms(world, 3600);
    same(world, "cache.aof_rewrites", 2);
    plain_close(world);
}

static void no_fsync_during_a_rewrite_when_told_so(void **unused)
{
    (void)unused;
    struct world *world =
        store_world("save= appendonly=yes rdb-key-save-delay=1000 no-appendfsync-on-rewrite=yes");
    plain_say(world, "add client c on app-1 to=cache rate=300/s arrival=constant");
    plain_run_ms(world, 20000);
    answers(world, "BGREWRITEAOF", "Background append only file rewriting started");
    run_more_ms(world, 100);
    int64_t fsyncs = plain_metric(world, "cache.aof_fsyncs");
    run_more_ms(world, 5000);
    same(world, "cache.aof_rewrite_in_progress", 1);
    same(world, "cache.aof_fsyncs", fsyncs);
    between(world, "cache.at_risk_power", 1450, 1600);
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_has_its_size_to_the_byte),
        cmocka_unit_test(what_is_added_has_its_files),
        cmocka_unit_test(a_first_start_waits_for_its_files),
        cmocka_unit_test(each_policy_loses_what_it_says),
        cmocka_unit_test(a_slow_disk_loses_acked_writes_even_to_a_kill),
        cmocka_unit_test(a_very_slow_disk_is_not_waited_for_any_longer),
        cmocka_unit_test(a_lone_write_is_fsynced_at_once),
        cmocka_unit_test(sigterm_writes_and_fsyncs_the_log),
        cmocka_unit_test(group_commit_comes_from_turns),
        cmocka_unit_test(a_full_disk_under_the_log),
        cmocka_unit_test(a_torn_tail_is_cut),
        cmocka_unit_test(a_damaged_log_is_judged_by_where_it_is_hit),
        cmocka_unit_test(switching_the_log_on_in_the_file_starts_empty),
        cmocka_unit_test(a_rewrite_leaves_each_key_once),
        cmocka_unit_test(a_kill_in_the_middle_of_a_rewrite_loses_nothing),
        cmocka_unit_test(the_log_is_rewritten_when_it_has_grown),
        cmocka_unit_test(no_fsync_during_a_rewrite_when_told_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
