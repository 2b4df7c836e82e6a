/*
 * The language as it acts: time, schedules, variants, conditions, peaks, hiding, the life of a
 * write.
 */
#include "tests/unit/session_fixture.h"

/* --- time ------------------------------------------------------------------------------------- */

static void a_headless_run_ends_where_it_should(void **unused)
{
    (void)unused;
    finished(WORLD, SESSION_WAITING, 60 * SECOND_NS);
    finished(WORLD "at 5s kill cache\nafter 2s set orders rate=5/s\n", SESSION_WAITING,
             15 * SECOND_NS);
    finished(WORLD "run 3s\nrun 1.5s\nprint world.time\n", SESSION_WAITING, 4500 * MS_NS);
    assert_string_equal(said, "world.time 4.500 s\n");
    finished(WORLD "run 3s\nat 2s kill cache\n", SESSION_FAILED, 3 * SECOND_NS);
    finished(WORLD "run until orders.acked >= 500 max 2s\n", SESSION_OVER, 2 * SECOND_NS);
    struct session *session = opened(WORLD "run 10s\nprint world.time\n");
    assert_int_equal(session_finish(session, 4 * SECOND_NS), SESSION_RUNNING);
    assert_int_equal(session_now(session), 4 * SECOND_NS);
    assert_string_equal(said, "");
    session_close(session);
}

static void run_until_stops_at_the_very_event(void **unused)
{
    (void)unused;
    struct session *session =
        opened(WORLD "run until orders.acked >= 150 max 9s\nprint orders.acked world.time\n"
                     "run until orders.acked >= 150\nprint world.time\n");
    assert_int_equal(session_finish(session, TIME_NEVER), SESSION_WAITING);
    char *second = strstr(said, "world.time");
    assert_memory_equal(said, "orders.acked 150\n", 17);
    char *third = strstr(second + 1, "world.time"); /* it looks at once */
    assert_int_equal(third - second, (long)strlen(third));
    assert_memory_equal(second, third, strlen(third));
    session_close(session);
}

static void scheduled_commands_come_in_their_order(void **unused)
{
    (void)unused;
    struct session *session = opened(
        WORLD "at 2s print \"b\"\nat 2s print \"c\"\nat 1s print \"a\"\nevery 3s print \"e\"\n"
              "at 4s every 3s print \"f\"\nat 6500ms stop-every 1\nat 8s after 1s print \"g\"\n"
              "run 10s\nscheduled\n");
    assert_int_equal(session_finish(session, TIME_NEVER), SESSION_WAITING);
    assert_memory_equal(said, "a\nb\nc\ne\ne\nf\ng\nf\n", 16);
    assert_non_null(strstr(said, "every 3s (2)  print f"));
    refused(session, "stop-every 1", ERROR_NO_EVERY, 12);
    line(session, "stop-every");
    session_close(session);
}

static void a_ramp_moves_evenly(void **unused)
{
    (void)unused;
    struct session *session = opened(WORLD "ramp orders.rate 100/s 300/s over 20s\nrun 20s\n");
    assert_int_equal(session_finish(session, TIME_NEVER), SESSION_WAITING);
    assert_true(holds(session, "orders.sent ~= 3900 within 3%"));
    session_close(session);
}

/* --- the lab ---------------------------------------------------------------------------------- */

static void the_files_lines_act_as_the_clock_reaches_them(void **unused)
{
    (void)unused;
    struct session *session = opened(WORLD "run 2s\nprint \"two\"\nrun 2s\nprint \"four\"\n");
    assert_int_equal(session_build(session), SESSION_BUILT);
    assert_int_equal(session_now(session), 0);
    assert_true(session_advance(session, 1500 * MS_NS, 0));
    assert_string_equal(said, "");
    assert_true(session_advance(session, 2 * SECOND_NS, 0));
    assert_string_equal(said, "two\n");
    assert_int_equal(session_state(session), SESSION_RUNNING);
    line(session, "run 5s");
    assert_int_equal(session_now(session), 7 * SECOND_NS);
    assert_string_equal(said, "two\nfour\n");
    assert_int_equal(session_state(session), SESSION_WAITING);
    assert_true(session_rewind(session, SECOND_NS)); /* they act again */
    assert_true(session_advance(session, 5 * SECOND_NS, 0));
    assert_string_equal(said, "two\nfour\ntwo\nfour\n");
    assert_false(session_advance(session, 50 * SECOND_NS, 100));
    assert_true(session_now(session) < 50 * SECOND_NS);
    session_close(session);
}

static void what_fails_changes_nothing(void **unused)
{
    (void)unused;
    struct session *session = opened(WORLD "run 1s\n");
    session_finish(session, TIME_NEVER);
    uint64_t digest = session_digest(session);
    refused(session, "kil cache", ERROR_UNKNOWN_COMMAND, 1);
    refused(session, "variant a kil cache", ERROR_UNKNOWN_COMMAND, 11);
    refused(session, "variant a kill cach", ERROR_UNKNOWN_NAME, 16);
    refused(session, "set orders rate=9/s rat=9/s", ERROR_UNKNOWN_PARAMETER, 21);
    refused(session, "at 1ms kill cache", ERROR_TIME_PAST, 4);
    refused(session, "expect orders.acked > 5 because", ERROR_EXTRA_WORD, 25);
    refused(session, "act 1s 5 kill cache", ERROR_NOT_SCHEDULABLE, 1);
    assert_int_equal(session_variants(session), 1);
    assert_int_equal(session_digest(session), digest);
    assert_true(session_rewind(session, 500 * MS_NS)); /* the history is there still */
    session_close(session);
}

/* --- variants --------------------------------------------------------------------------------- */

static void variants_differ_in_one_thing(void **unused)
{
    (void)unused;
    struct session *session =
        opened(WORLD "at 4s print orders.sent\nvariant slow\nvariant fast set orders rate=200/s\n"
                     "variant late at 1s set orders rate=200/s\nfast: at 3s kill cache\nrun 5s\n"
                     "expect fast:orders.sent > slow:orders.sent\nexpect cache.up == 1\n"
                     "slow: print world.time\nprint late:orders.sent\n");
    assert_int_equal(session_finish(session, TIME_NEVER), SESSION_WAITING);
    assert_int_equal(session_variants(session), 3);
    assert_string_equal(session_variant(session, 2)->name, "late");
    assert_string_equal(session_variant(session, 1)->change, "set orders rate=200/s");
    assert_memory_equal(said, "orders.sent  slow 40", 20); /* side by side, also when scheduled */
    assert_non_null(strstr(said, "  fast 80"));
    assert_non_null(strstr(said, "world.time  slow 5.000 s\n"));
    assert_non_null(strstr(said, "late:orders.sent  9"));
    assert_int_equal(session_expectations(session), 4);
    assert_true(session_expectation(session, 0)->held);
    assert_int_equal(session_expectation(session, 0)->variant, 1);
    assert_true(session_expectation(session, 1)->held);
    assert_false(session_expectation(session, 2)->held); /* it must hold in each */
    assert_true(session_expectation(session, 3)->held);
    refused(session, "variant more", ERROR_VARIANT_LATE, 1);
    refused(session, "slwo: kill cache", ERROR_UNKNOWN_VARIANT, 1);
    refused(session, "slow: run 5s", ERROR_NOT_FOR_ONE, 7);
    session_close(session);
}

static void run_until_waits_for_all_variants(void **unused)
{
    (void)unused;
    struct session *session = opened(WORLD "variant a\nvariant b set orders rate=50/s\n"
                                           "run until orders.acked >= 100\nprint orders.acked\n");
    assert_int_equal(session_finish(session, TIME_NEVER), SESSION_WAITING);
    assert_true(holds(session, "b:orders.acked == 100"));
    assert_true(holds(session, "a:orders.acked > 195"));
    assert_int_equal(session_variant(session, 0)->world->now_ns,
                     session_variant(session, 1)->world->now_ns);
    session_close(session);
}

static void a_rewind_does_not_pass_the_fork(void **unused)
{
    (void)unused;
    struct session *session =
        opened(WORLD "run 2s\nvariant a\nvariant b kill cache\nrun 2s\nrewind 3s\nrun 1s\n");
    assert_int_equal(session_finish(session, TIME_NEVER), SESSION_WAITING);
    assert_int_equal(session_now(session), 4 * SECOND_NS);
    refused(session, "rewind 1s", ERROR_REWIND_FORK, 8);
    refused(session, "rewind -3s", ERROR_REWIND_FORK, 8);
    refused(session, "rewind 5s", ERROR_REWIND_AHEAD, 8);
    line(session, "rewind 2s");
    assert_true(holds(session, "b:cache.up == 0"));
    assert_true(holds(session, "a:cache.up == 1"));
    session_close(session);
}

/* --- conditions ------------------------------------------------------------------------------- */

static void conditions_hold_or_do_not(void **unused)
{
    (void)unused;
    static const struct {
        const char *words;
        bool held;
    } rows[] = {
        {"world.time == 5s", true},
        {"world.time == 5000ms", true},
        {"world.time != 5s", false},
        {"world.time ~= 5.2s within 5%", true},
        {"world.time ~= 5.2s within 100ms", false},
        {"world.time ~= 5.2s within 200ms", true},
        {"orders.sent >= 4,99", true},
        {"orders.sent < 1,000", true},
        {"orders.availability >= 99.9%", true},
        {"orders.availability >= 99.9", true},
        {"orders.availability <= 100%", true},
        {"orders.throughput ~= 100/s within 2", true},
        {"orders.throughput ~= 100 within 2%", true},
        {"cache.role == master", true},
        {"cache.role != master", false},
        {"cache.role == \"master\"", true},
        {"cache.up == 1", true},
        {"cache.used_memory > 100KB", true},
        {"cache.used_memory > 100kb", true},
        {"orders.acked == orders.sent", false},
        {"orders.acked <= orders.sent", true},
        {"orders.sent > -5", true},
        {"orders.sent ~= orders.acked within 2%", true},
    };
    struct session *session = opened(WORLD "run 5s\n");
    assert_int_equal(session_finish(session, TIME_NEVER), SESSION_WAITING);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool held;
        struct value found;
        struct error error;
        if (strstr(rows[i].words, "4,99"))
            assert_false(session_holds(session, rows[i].words, &held, &found, &error));
        else if (holds(session, rows[i].words) != rows[i].held)
            fail_msg("%s", rows[i].words);
    }
    session_close(session);
}

static void a_metric_without_a_value_fails(void **unused)
{
    (void)unused;
    struct session *session = opened("machine a\nmachine b\nadd store cache on a\n"
                                     "add client c on b to=cache start=9s\nrun 1s\n"
                                     "expect c.latency_p99 < 5s\nprint c.latency_p99\n");
    assert_int_equal(session_finish(session, TIME_NEVER), SESSION_WAITING);
    const struct expectation *expectation = session_expectation(session, 0);
    assert_false(expectation->held);
    assert_false(expectation->known);
    assert_string_equal(expectation->found, "no value yet");
    assert_string_equal(said, "c.latency_p99 no value yet\n");
    session_close(session);
}

static void peaks_count_from_the_start_or_the_mark(void **unused)
{
    (void)unused;
    struct session *scripted =
        opened(WORLD "run 4s\nkill cache\nrun 4s\nexpect orders.in_flight.peak >= 1\n"
                     "print cache.used_memory.peak\n");
    assert_int_equal(session_finish(scripted, TIME_NEVER), SESSION_WAITING);
    assert_true(session_expectation(scripted, 0)->held);
    /* Asked for only now, it is the same: the run is made again with the count from its start on.
     */
    struct session *asked = opened(WORLD "run 4s\nkill cache\nrun 4s\n");
    assert_int_equal(session_finish(asked, TIME_NEVER), SESSION_WAITING);
    uint64_t digest = session_digest(asked);
    line(scripted, "print cache.used_memory.peak");
    line(asked, "print cache.used_memory.peak");
    const char *second = strchr(said, '\n') + 1;
    size_t bytes = (size_t)(second - said);
    assert_memory_equal(said, second, bytes);
    assert_int_equal(session_digest(asked), digest);
    assert_true(holds(asked, "cache.used_memory.peak > cache.used_memory"));
    line(asked, "mark after-the-kill");
    line(asked, "run 1s");
    assert_true(holds(asked, "orders.throughput.peak == 0"));
    session_close(asked);
    session_close(scripted);
}

/* --- predictions ------------------------------------------------------------------------------ */

static void a_prediction_hides_its_answer(void **unused)
{
    (void)unused;
    struct session *session = opened(WORLD "run 2s\n");
    assert_int_equal(session_finish(session, TIME_NEVER), SESSION_WAITING);
    session_hide(session, (const char *[]){"cache.keys", NULL});
    refused(session, "print orders.acked cache.keys", ERROR_HIDDEN, 20);
    refused(session, "expect cache.keys > 5", ERROR_HIDDEN, 8);
    refused(session, "run until cache.keys > 5", ERROR_HIDDEN, 11);
    refused(session, "print cache.keys.peak", ERROR_HIDDEN, 7);
    refused(session, "tell cache INFO", ERROR_HIDDEN, 12);
    refused(session, "trace-write 5", ERROR_HIDDEN, 1);
    refused(session, "report ledger", ERROR_HIDDEN, 8);
    line(session, "show cache");
    assert_null(strstr(said, "  keys "));
    assert_non_null(strstr(said, "  used_memory "));
    line(session, "rewind 1s");
    refused(session, "print cache.keys", ERROR_HIDDEN, 7);
    session_hide(session, (const char *[]){"orders.acked_lost", NULL});
    refused(session, "print world.acked_lost", ERROR_HIDDEN, 7);
    line(session, "print world.acked");
    session_hide(session, NULL);
    line(session, "print cache.keys world.acked_lost");
    session_close(session);
}

/* --- the life of a write ---------------------------------------------------------------------- */

static void a_write_has_a_life(void **unused)
{
    (void)unused;
    struct session *session =
        opened(WORLD "at 3s power-cut redis-1\nat 4s power-on redis-1\nrun 8s\ntrace-write 120\n");
    assert_int_equal(session_finish(session, TIME_NEVER), SESSION_WAITING);
    const char *const stages[] = {
        "sent",        "received",          "applied in memory",
        "answered OK", "lost power",        "gone: it was not on the disk",
        "has power",   "= acked, then lost"};
    const char *at = said;
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        at = strstr(at, stages[i]);
        if (!at)
            fail_msg("%s not in its place:\n%s", stages[i], said);
    }
    uint64_t digest = session_digest(session);
    session_language(session, LANGUAGE_KO);
    said_used = 0;
    line(session, "trace-write 120");
    assert_non_null(strstr(said, "클라이언트는 안전하다고 믿습니다"));
    assert_int_equal(session_digest(session), digest); /* looking changes nothing */
    refused(session, "trace-write 0", ERROR_NO_WRITE, 13);
    session_close(session);
}

static void a_logged_write_lives_on(void **unused)
{
    (void)unused;
    struct session *session =
        opened(WORLD "set cache appendonly=yes appendfsync=always\nrun 1s\nkill cache\n"
                     "start cache\nrun 3s\ntrace-write 50\n");
    assert_int_equal(session_finish(session, TIME_NEVER), SESSION_WAITING);
    assert_non_null(strstr(said, "fsynced: on the disk"));
    assert_non_null(strstr(said, "killed (SIGKILL)"));
    assert_non_null(strstr(said, "= acked, and there"));
    session_close(session);
}

/* --- completion and lessons' commands --------------------------------------------------------- */

static void candidate(void *user, const char *word, const char *help)
{
    (void)user;
    (void)help;
    said_used += (size_t)snprintf(said + said_used, sizeof said - said_used, "%s ", word);
}

static void assert_completes(struct session *session, const char *typed, const char *words)
{
    said_used = 0;
    said[0] = 0;
    session_complete(session, typed, candidate, NULL);
    assert_string_equal(said, words);
}

static void words_are_completed(void **unused)
{
    (void)unused;
    struct session *session = opened(WORLD);
    session_build(session);
    assert_completes(session, "power-", "power-cut power-on ");
    assert_completes(session, "kill c", "cache ");
    assert_completes(session, "at 5s kill c", "cache ");
    assert_completes(session, "set cache appendf", "appendfsync= ");
    assert_completes(session, "add sto", "store ");
    assert_completes(session, "add store x on app", "app-1 ");
    assert_completes(session, "print orders.acked_l", "orders.acked_lost ");
    assert_completes(session, "run un", "until ");
    session_close(session);
}

static void lessons_commands_check_what_can_be_checked(void **unused)
{
    (void)unused;
    struct session *session = opened(
        WORLD
        "predict lost number unit=orders hides=cache.at_risk_power at=\"kill cache\" \"?\"\n"
        "miss lost 1..2000 \"or\"\nask \"What?\"\nhint \"Look.\"\nreveal kill cache\n"
        "run 1s\nanswer lost = orders.acked_lost within 20%\nprice disk redis-1.disk_written\n"
        "goal \"none lost\" orders.acked_lost == 0\ngoal \"many\" orders.acked > 5000\n");
    assert_int_equal(session_finish(session, TIME_NEVER), SESSION_WAITING);
    assert_true(holds(session, "cache.up == 1")); /* reveal is not carried out */
    assert_int_equal(session_expectations(session), 2);
    assert_true(session_expectation(session, 0)->held);
    assert_string_equal(session_expectation(session, 0)->reason, "none lost");
    assert_false(session_expectation(session, 1)->held);
    assert_non_null(strstr(said, "lost  0\n"));
    refused(session, "answer won = orders.acked", ERROR_NO_QUESTION, 8);
    refused(session, "predict who number hides=cache.keys,cache.keyz \"?\"", ERROR_UNKNOWN_METRIC,
            43);
    session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_headless_run_ends_where_it_should),
        cmocka_unit_test(run_until_stops_at_the_very_event),
        cmocka_unit_test(scheduled_commands_come_in_their_order),
        cmocka_unit_test(a_ramp_moves_evenly),
        cmocka_unit_test(the_files_lines_act_as_the_clock_reaches_them),
        cmocka_unit_test(what_fails_changes_nothing),
        cmocka_unit_test(variants_differ_in_one_thing),
        cmocka_unit_test(run_until_waits_for_all_variants),
        cmocka_unit_test(a_rewind_does_not_pass_the_fork),
        cmocka_unit_test(conditions_hold_or_do_not),
        cmocka_unit_test(a_metric_without_a_value_fails),
        cmocka_unit_test(peaks_count_from_the_start_or_the_mark),
        cmocka_unit_test(a_prediction_hides_its_answer),
        cmocka_unit_test(a_write_has_a_life),
        cmocka_unit_test(a_logged_write_lives_on),
        cmocka_unit_test(words_are_completed),
        cmocka_unit_test(lessons_commands_check_what_can_be_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
