/*
 * Where a run ends, and what acts in all worlds or in none.
 */
#include "tests/unit/session_fixture.h"

static void what_is_scheduled_for_the_last_instant_acts(void **unused)
{
    (void)unused;
    finished(WORLD "run 5s\nat 5s print world.time\nat 6s print world.events\n", SESSION_WAITING,
             5 * SECOND_NS);
    assert_string_equal(said, "world.time 5.000 s\n");
}

static void what_schedules_and_what_ends_by_itself_is_waited_for(void **unused)
{
    (void)unused;
    finished(WORLD "at 3s after 100s print world.time\n", SESSION_WAITING, 113 * SECOND_NS);
    assert_string_equal(said, "world.time 103.000 s\n");
    finished(WORLD "at 3s at 5s after 2s kill cache\n", SESSION_WAITING, 17 * SECOND_NS);
    finished(WORLD "at 3s pause orders for 60s\n", SESSION_WAITING, 73 * SECOND_NS);
    finished(WORLD "at 3s every 5s after 20s print world.time\n", SESSION_WAITING, 13 * SECOND_NS);
}

static void what_was_not_looked_at_is_counted(void **unused)
{
    (void)unused;
    struct session *session =
        opened(WORLD "run 1s\nexpect orders.sent > 1\nrun 9s\nexpect orders.sent > 1\n"
                     "goal \"more\" orders.sent > 1\n");
    session_finish(session, 2 * SECOND_NS);
    assert_int_equal(session_expectations(session), 1);
    assert_int_equal(session_expects_left(session), 2);
    session_close(session);
}

/* `extra` is only in the last of three worlds: what all are told is refused there, and then no
 * world has changed. */
static void a_line_acts_in_all_worlds_or_in_none(void **unused)
{
    (void)unused;
    struct session *session =
        opened(WORLD "variant a add store extra on redis-1 save=\"\"\n"
                     "variant b add store extra on redis-1 save=\"\"\nvariant c\nrun 1s\n");
    session_finish(session, TIME_NEVER);
    uint64_t digest = session_digest(session);
    refused(session, "kill extra", ERROR_NOTHING_NAMED, 6);
    refused(session, "ramp extra.maxmemory 1mb 2mb over 3s", ERROR_NOTHING_NAMED, 6);
    assert_true(session_digest(session) == digest);
    assert_true(holds(session, "a:extra.up == 1"));
    line(session, "scheduled");
    assert_null(strstr(said, "ramp"));
    line(session, "a: kill extra");
    assert_true(holds(session, "a:extra.up == 0"));
    assert_true(holds(session, "b:extra.up == 1"));
    session_close(session);
}

static void show_and_report_say_how_it_stands(void **unused)
{
    (void)unused;
    struct session *session = opened(WORLD "machine third\nlink app-1 redis-1 latency=2ms\n");
    line(session, "run 5s");
    line(session, "show redis-1 -> app-1"); /* a link is named in any of its ways */
    assert_memory_equal(said, "app-1~redis-1  link\n", 20);
    assert_non_null(strstr(said, "latency                      2ms\n"));
    said_used = 0;
    line(session, "show orders~third"); /* a component stands for its machine */
    assert_memory_equal(said, "app-1~third  link\n", 18);
    assert_non_null(strstr(said, "(the network's defaults)\n"));
    assert_non_null(strstr(said, "packets                      0\n"));
    refused(session, "show cach", ERROR_UNKNOWN_NAME, 6);
    refused(session, "show app-1 app-2", ERROR_UNKNOWN_MACHINE, 12);
    said_used = 0;
    line(session, "report machines");
    assert_memory_equal(said, "machine          up         cpu ", 32);
    assert_non_null(strstr(said, "\nthird            1 "));
    said_used = 0;
    line(session, "print orders.throughput.peak");
    assert_memory_equal(said, "orders.throughput.peak 10", 25);
    session_close(session);
}

static void words_are_among_those_it_holds(void **unused)
{
    (void)unused;
    struct session *session = opened(WORLD "run 5s\n");
    session_finish(session, TIME_NEVER);
    assert_true(holds(session, "cache.role == master"));
    assert_true(holds(session, "cache.role != replica"));
    refused(session, "expect cache.role == reploca", ERROR_NOT_A_CHOICE, 22);
    refused(session, "expect orders.throughput > 61.5/s", ERROR_BAD_VALUE, 28);
    assert_true(holds(session, "orders.throughput > 5940/min"));
    refused(session, "ramp orders.to cache cache over 3s", ERROR_NO_NUMBER, 6);
    refused(session, "ramp orders.start 1s 2s over 3s", ERROR_NOT_WHILE_RUNNING, 6);
    session_close(session);
}

/* A world in which nothing happens any more: samples alone never fill a budget, and the end of time
 * is not waited for. */
static void a_still_world_is_over(void **unused)
{
    static const struct world_limits limits = {64, 2048, 65536, 16384};
    struct session_options options = {
        .limits = &limits, .arena_bytes = 64 << 20, .sample_ns = SECOND_NS};
    static const char script[] = "machine m\nmachine n\nrun 2s\n";
    struct error error;
    (void)unused;
    struct session *session = session_open(script, sizeof script - 1, &options, &error);
    assert_non_null(session);
    assert_false(session_idle(session)); /* its run is to come */
    while (!session_advance(session, 5 * SECOND_NS, 10))
        ;
    assert_int_equal(session_now(session), 5 * SECOND_NS);
    assert_true(session_idle(session));
    assert_true(session_advance(session, TIME_NEVER, 10));
    assert_true(session_now(session) < 20 * SECOND_NS);
    assert_false(session_advance(session, 1000 * SECOND_NS, 10)); /* a slice, not a minute */
    session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_scheduled_for_the_last_instant_acts),
        cmocka_unit_test(what_schedules_and_what_ends_by_itself_is_waited_for),
        cmocka_unit_test(what_was_not_looked_at_is_counted),
        cmocka_unit_test(a_line_acts_in_all_worlds_or_in_none),
        cmocka_unit_test(show_and_report_say_how_it_stands),
        cmocka_unit_test(a_still_world_is_over),
        cmocka_unit_test(words_are_among_those_it_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
