/* Snapshots and the append only log: what is written when, how large it is, what a start makes of
 * it. */
#include "tests/unit/store_fixture.h"

#define INCR_1 "appendonly.aof.1.incr.aof"

/* --- snapshots (TRUTH redis.save-*, dirty.*, shutdown.1, flushall.1, rdb-size.1) -----------------
 */

static void a_rule_needs_more_than_its_seconds(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=\"2 1\"");
    answers(world, "SET a 1", "OK");
    plain_run_ms(world, 2990);
    same(world, "cache.rdb_saves", 0);
    same(world, "cache.rdb_bgsave_in_progress", 0);
    plain_run_ms(world, 3200);
    same(world, "cache.rdb_saves", 1);
    same(world, "cache.rdb_last_save_time", 3);
    plain_close(world);
}

static void seconds_count_from_the_last_save(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=\"2 1\"");
    plain_run_ms(world, 7350);
    answers(world, "SET a 1", "OK");
    run_more_ms(world, 110); /* the very next look at the rules */
    assert_true(logged(world, "1 changes in 2 seconds. Saving..."));
    plain_close(world);
}

static void any_rule_that_is_met_saves(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=\"5 10 2 1000\"");
    plain_say(world, "add client c on app-1 to=cache rate=1000/s arrival=constant value=16B");
    plain_run_ms(world, 8300);
    same(world, "cache.rdb_saves", 2); /* after 3 s and 6 s, by the second rule */
    plain_say(world, "kill cache");
    plain_say(world, "start cache");
    run_more_ms(world, 1000);
    between(world, "c.acked_lost", 2250, 2310);
    plain_close(world);
}

static void a_kill_loses_what_came_after_the_fork(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=\"3 1\"");
    plain_say(world, "add client c on app-1 to=cache rate=200/s arrival=constant");
    plain_run_ms(world, 6500);
    same(world, "cache.rdb_saves", 1);
    int64_t risk = plain_metric(world, "cache.at_risk_kill");
    assert_true(risk > 480 && risk < 520); /* the fork was at 4.0 s */
    plain_say(world, "kill cache");
    same(world, "c.acked_lost", 0);
    assert_true(plain_metric(world, "c.unreachable") > 1290);
    plain_say(world, "start cache");
    run_more_ms(world, 500);
    same(world, "c.unreachable", 0);
    between(world, "c.acked_lost", risk, risk + 1);
    plain_close(world);
}

static void changes_count_each_element(void **unused)
{
    (void)unused;
    static const struct {
        const char *words;
        int64_t changes;
    } rows[] = {{"SET a 1", 1},     {"SET a 1", 1},          {"GET a", 0},
                {"DEL nothing", 0}, {"MSET x 1 y 2 z 3", 3}, {"DEL x y z", 3},
                {"INCR n", 1},      {"EXPIRE n 100", 1},     {"SETEX e 100 v", 1},
                {"SET a 2 NX", 0},  {"EXPIRE nothing 5", 0}, {"FLUSHALL", 3}};
    struct world *world = store_world("save=");
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t before = plain_metric(world, "cache.rdb_changes_since_last_save");
        ask(world, rows[i].words);
        int64_t after = plain_metric(world, "cache.rdb_changes_since_last_save");
        if (after - before != rows[i].changes)
            fail_msg("%s counted %lld", rows[i].words, (long long)(after - before));
    }
    plain_close(world);
}

static void changes_during_a_snapshot_stay_counted(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=\"3600 1000000\" rdb-key-save-delay=1000");
    for (int i = 0; i < 500; i++)
        ask(world, "INCR n");
    answers(world, "DEBUG POPULATE 1500", "OK");
    answers(world, "BGSAVE", "Background saving started");
    answers(world, "BGSAVE", "(error) ERR Background save already in progress");
    answers(world, "SAVE", "(error) ERR Background save already in progress");
    answers(world, "BGREWRITEAOF", "Background append only file rewriting scheduled");
    run_more_ms(world, 500);
    for (int i = 0; i < 21; i++)
        ask(world, "INCR n");
    same(world, "cache.rdb_changes_since_last_save", 521);
    run_more_ms(world, 1500);
    same(world, "cache.rdb_bgsave_in_progress", 0);
    same(world, "cache.rdb_changes_since_last_save", 21);
    plain_close(world);
}

static void stop_in(const char *save, const char *command, int64_t kept)
{
    char line[60];
    snprintf(line, sizeof line, "save=%s", save);
    struct world *world = store_world(line);
    answers(world, "MSET a 1 b 2 c 3", "OK");
    run_more_ms(world, 10);
    if (strcmp(command, "stop cache") == 0)
        plain_say(world, command);
    else
        ask(world, command);
    run_more_ms(world, 200);
    same(world, "cache.up", 0);
    plain_say(world, "start cache");
    run_more_ms(world, 100);
    same(world, "cache.keys", kept);
    plain_close(world);
}

static void an_end_in_good_order_saves_by_the_rules(void **unused)
{
    (void)unused;
    stop_in("\"3600 1000\"", "stop cache", 3);
    stop_in("", "stop cache", 0);
    stop_in("\"3600 1000\"", "SHUTDOWN NOSAVE", 0);
    stop_in("", "SHUTDOWN SAVE", 3);
    stop_in("\"3600 1000\"", "SHUTDOWN", 3);
}

static void flushall_rewrites_the_snapshot(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=\"3600 1000000\"");
    answers(world, "MSET a 1 b 2", "OK");
    answers(world, "SAVE", "OK");
    run_more_ms(world, 50);
    answers(world, "FLUSHALL", "OK");
    run_more_ms(world, 50);
    assert_int_equal(file_length(world, "dump.rdb"), 89);
    same(world, "cache.rdb_changes_since_last_save", 0);
    plain_close(world);
    world = store_world("save=");
    answers(world, "MSET a 1 b 2", "OK");
    answers(world, "SAVE", "OK");
    run_more_ms(world, 50);
    answers(world, "FLUSHALL", "OK");
    same(world, "cache.rdb_changes_since_last_save", 2);
    plain_say(world, "kill cache");
    plain_say(world, "start cache");
    run_more_ms(world, 50);
    same(world, "cache.keys", 2);
    plain_close(world);
}

static void a_snapshot_has_its_size_to_the_byte(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    answers(world, "SAVE", "OK");
    run_more_ms(world, 50);
    assert_int_equal(file_length(world, "dump.rdb"), 89);
    /* Ten keys of 3 bytes, values of 10, 20, 100, 1000: 3, 3, 4, 4 bytes more each. */
    plain_say(world, "add client c on app-1 to=cache rate=1000/s count=9 value=100B");
    run_more_ms(world, 500);
    answers(world, "SET a 1000", "OK"); /* an integer: in 3 bytes */
    answers(world, "SAVE", "OK");
    run_more_ms(world, 50);
    assert_int_equal(file_length(world, "dump.rdb"), 89 + 5 + 9 * (3 + 100 + 4) + (1 + 1 + 1 + 3));
    plain_close(world);
}

static void two_thousand_keys_as_measured(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    plain_say(world,
              "add client c on app-1 to=cache rate=5000/s keys=unique value=100B count=2000");
    run_more_ms(world, 2000);
    answers(world, "SAVE", "OK");
    run_more_ms(world, 50);
    /* k:1 to k:2000: 4 + the key + the value each, once 6 for the data base */
    int64_t names = 9 * 3 + 90 * 4 + 900 * 5 + 1001 * 6;
    assert_int_equal(file_length(world, "dump.rdb"), 89 + 6 + names + 2000 * (100 + 4));
    plain_close(world);
}

/* --- failing snapshots (TRUTH redis.bgsave-fail.1, orphan-child.1)
 * -------------------------------- */

static void a_full_disk_stops_writes_and_is_tried_again(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=\"1 1\"");
    answers(world, "SET a 1", "OK");
    plain_say(world, "fill-disk redis-1");
    plain_run_ms(world, 2500);
    static const char *const denied[] = {"SET a 2", "PING", "DEL a", "EXPIRE a 5", "FLUSHALL"};
    for (unsigned i = 0; i < 5; i++)
        assert_non_null(strstr(ask(world, denied[i]),
                               "MISCONF Redis is configured to save RDB snapshots, but it's "
                               "currently unable to persist to disk."));
    answers(world, "GET a", "\"1\"");
    answers(world, "CONFIG SET stop-writes-on-bgsave-error no", "OK");
    answers(world, "SET a 3", "OK");
    answers(world, "CONFIG SET stop-writes-on-bgsave-error yes", "OK");
    plain_say(world, "stop cache");
    plain_run_ms(world, 3000);
    same(world, "cache.up", 1);
    assert_true(logged(world, "Error trying to save the DB, can't exit."));
    plain_run_ms(world, 7900); /* tried at 2 s, then more than 5 whole seconds later */
    plain_say(world, "free-disk redis-1");
    plain_run_ms(world, 7990);
    assert_true(strncmp(ask(world, "SET a 4"), "(error) MISCONF", 15) == 0);
    plain_run_ms(world, 8300);
    answers(world, "SET a 4", "OK");
    plain_close(world);
}

static void without_rules_a_failed_snapshot_stops_nothing(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    plain_say(world, "fill-disk redis-1");
    answers(world, "BGSAVE", "Background saving started");
    run_more_ms(world, 500);
    assert_true(logged(world, "Background saving error"));
    answers(world, "SET a 1", "OK");
    plain_close(world);
}

static void orphan(uint64_t left_ms, int64_t kept)
{
    char line[60];
    struct world *world = store_world("save=");
    answers(world, "DEBUG POPULATE 10", "OK");
    answers(world, "SAVE", "OK");
    run_more_ms(world, 20);
    answers(world, "DEBUG POPULATE 5000", "OK");
    snprintf(line, sizeof line, "CONFIG SET rdb-key-save-delay %u", 1000u);
    answers(world, line, "OK");
    answers(world, "BGSAVE", "Background saving started");
    run_more_ms(world, 5000 - left_ms);
    plain_say(world, "kill cache");
    run_more_ms(world, 6000);
    assert_int_equal(file_find(world, component_find(world, "cache"), "dump.rdb") != 0, 1);
    plain_say(world, "start cache");
    run_more_ms(world, 100);
    same(world, "cache.keys", kept);
    plain_close(world);
}

static void a_child_outlives_its_parent_until_its_next_report(void **unused)
{
    (void)unused;
    orphan(500, 5000);
    orphan(3500, 10);
}

/* --- damage (TRUTH redis.rdb-corrupt.1)
 * ------------------------------------------------------------ */

static void damaged_snapshot(const char *damage, const char *words)
{
    struct world *world = store_world("save=\"3600 1000000\"");
    plain_say(world, "add client c on app-1 to=cache rate=1000/s count=100");
    run_more_ms(world, 1000);
    plain_say(world, "stop cache");
    run_more_ms(world, 300);
    plain_say(world, damage);
    plain_say(world, "start cache");
    run_more_ms(world, 300);
    if (words == NULL) {
        same(world, "cache.up", 1);
        same(world, "cache.keys", 0);
        same(world, "c.acked_lost", 100);
    } else {
        same(world, "cache.up", 0);
        same(world, "c.unreachable", 100);
        assert_true(logged(world, words));
    }
    plain_check(world);
    plain_close(world);
}

static void a_damaged_snapshot_refuses_the_start(void **unused)
{
    (void)unused;
    damaged_snapshot("flip-file cache rdb 5000", "Wrong RDB checksum expected: (");
    damaged_snapshot("truncate-file cache rdb 5000",
                     "Short read or OOM loading DB. Unrecoverable error, aborting now.");
    damaged_snapshot("truncate-file cache rdb 0",
                     "Short read or OOM loading DB. Unrecoverable error, aborting now.");
    damaged_snapshot("remove-file cache rdb", NULL);
}

/* --- the append only log -------------------------------------------------------------------------
 */

static void the_log_has_its_size_to_the_byte(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= appendonly=yes");
    assert_int_equal(file_length(world, "appendonly.aof.1.base.rdb"), 89);
    assert_int_equal(file_length(world, INCR_1), 0);
    run_more_ms(world, 10);
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

/* --- its files (TRUTH redis.aof-corrupt.1, aof-enable.1, aof-rewrite.3, aof-midrewrite.1)
 * ------------ */

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
    damaged_log("remove-file cache rdb", "doesn't exist: No such file or directory", 0);
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
        cmocka_unit_test(a_rule_needs_more_than_its_seconds),
        cmocka_unit_test(seconds_count_from_the_last_save),
        cmocka_unit_test(any_rule_that_is_met_saves),
        cmocka_unit_test(a_kill_loses_what_came_after_the_fork),
        cmocka_unit_test(changes_count_each_element),
        cmocka_unit_test(changes_during_a_snapshot_stay_counted),
        cmocka_unit_test(an_end_in_good_order_saves_by_the_rules),
        cmocka_unit_test(flushall_rewrites_the_snapshot),
        cmocka_unit_test(a_snapshot_has_its_size_to_the_byte),
        cmocka_unit_test(two_thousand_keys_as_measured),
        cmocka_unit_test(a_full_disk_stops_writes_and_is_tried_again),
        cmocka_unit_test(without_rules_a_failed_snapshot_stops_nothing),
        cmocka_unit_test(a_child_outlives_its_parent_until_its_next_report),
        cmocka_unit_test(a_damaged_snapshot_refuses_the_start),
        cmocka_unit_test(the_log_has_its_size_to_the_byte),
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
