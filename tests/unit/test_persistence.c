/* Snapshots: what is written when, how large it is, what a start makes of it. */
#include "tests/unit/store_fixture.h"

/* --- snapshots (TRUTH redis.save-*, dirty.*, shutdown.1, flushall.1, rdb-size.1) -------------- */

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

/* --- failing snapshots (TRUTH redis.bgsave-fail.1, orphan-child.1) ---------------------------- */

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

/* --- damage (TRUTH redis.rdb-corrupt.1) ------------------------------------------------------- */

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
