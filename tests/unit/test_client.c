/* Clients: when requests are due, which connections they take, and how they end. */
#include "tests/unit/client_fixture.h"

/* --- when requests are due ------------------------------------------------------------------- */

static void constant_arrivals_are_an_exact_grid(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client c on app-1 to=cache rate=3/s arrival=constant start=1s");
    plain_run(world, SECOND_NS - 1);
    same(world, "c.sent", 0);
    plain_run(world, SECOND_NS);
    same(world, "c.sent", 1);
    plain_run(world, 1333333332);
    same(world, "c.sent", 1);
    plain_run(world, 1333333333);
    same(world, "c.sent", 2);
    plain_run(world, 101 * SECOND_NS - 1);
    same(world, "c.sent", 300);
    plain_run(world, 101 * SECOND_NS); /* the 301st after exactly 100 s: nothing drifted */
    same(world, "c.sent", 301);
    plain_close(world);
}

static void poisson_arrivals_keep_the_rate(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client c on app-1 to=cache rate=1000/s");
    plain_run_ms(world, 20100);
    between(world, "c.sent", 20000 - 5 * 141, 20000 + 5 * 141); /* five standard deviations */
    plain_close(world);
}

static void a_new_rate_takes_what_is_left_of_the_gap(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client c on app-1 to=cache rate=1/s arrival=constant");
    plain_run_ms(world, 600); /* half of the gap is over */
    plain_say(world, "set c rate=10/s");
    plain_run(world, 650 * MS_NS - 1);
    same(world, "c.sent", 1);
    plain_run_ms(world, 650);
    same(world, "c.sent", 2);
    plain_say(world, "set c rate=0/s");
    plain_run_ms(world, 5000);
    same(world, "c.sent", 2);
    plain_say(world, "set c rate=1/s"); /* a whole gap was still ahead */
    plain_run_ms(world, 5999);
    same(world, "c.sent", 2);
    plain_run_ms(world, 6000);
    same(world, "c.sent", 3);
    plain_close(world);
}

static void a_client_at_rate_0_begins_when_it_gets_one(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client c on app-1 to=cache rate=0/s arrival=constant");
    plain_run_ms(world, 1000);
    same(world, "c.sent", 0);
    plain_say(world, "set c rate=2/s");
    plain_run_ms(world, 2000);
    same(world, "c.sent", 3); /* at 1, 1.5 and 2 s */
    plain_close(world);
}

static void count_ends_the_open_loop(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client c on app-1 to=cache rate=100/s count=7");
    plain_run_ms(world, 3000);
    same(world, "c.sent", 7);
    same(world, "c.acked", 7);
    plain_say(world, "set c count=9");
    plain_run_ms(world, 6000);
    same(world, "c.sent", 9);
    plain_close(world);
}

/* --- connections ----------------------------------------------------------------------------- */

static void a_connection_is_opened_when_none_is_free(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client slow on app-1 to=cache rate=100/s arrival=constant");
    plain_say(world, "add client fast on app-1 to=cache rate=10000/s arrival=constant");
    plain_say(world,
              "add client few on app-1 to=cache rate=10000/s arrival=constant connections=3");
    plain_run_ms(world, 1100);
    same(world, "slow.connects", 1);
    between(world, "fast.connects", 20, 50); /* 10,000/s x 2 ms and some */
    same(world, "few.connects", 3);
    between(world, "few.in_flight", 1000, 10000); /* three take about 1,400/s, the rest waits */
    plain_close(world);
}

static void latency_runs_from_due_to_the_last_byte(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client c on app-1 to=cache rate=10/s arrival=constant");
    int64_t none;
    assert_false(plain_has(world, "c.latency_p50", &none));
    assert_false(plain_has(world, "c.availability", &none));
    plain_run_ms(world, 5000);
    between(world, "c.latency_max", 4000000, 4500000); /* the first: connecting is in it */
    between(world, "c.latency_p50", 2000000, 2300000);
    between(world, "c.last_latency_p99", 2000000, 2300000);
    same(world, "c.throughput", 10);
    same(world, "c.availability", 100000);
    plain_say(world, "set c rate=0/s");
    plain_run_ms(world, 7000);
    same(world, "c.throughput", 0);
    assert_false(plain_has(world, "c.last_latency_p99", &none));
    between(world, "c.latency_p99", 2000000, 4500000);
    plain_close(world);
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Against sorting: 700 acks a second over 10 s, latencies from ns to minutes. */
static void the_last_second_is_exact(void **unused)
{
    (void)unused;
    struct world *world = plain_open();
    struct recent recent = {0, 0, 0, 0};
    struct stream stream = stream_of(7, "test", "latency");
    static struct ack acks[7000];
    for (unsigned i = 0; i < 7000; i++) {
        world->now_ns += stream_below(&stream, 2 * SECOND_NS / 700);
        acks[i] =
            (struct ack){world->now_ns, stream_next(&stream) >> (20 + stream_below(&stream, 40))};
        recent_add(world, &recent, acks[i].latency_ns);
        uint64_t sorted[2000];
        uint32_t count = 0;
        for (unsigned j = i + 1; j-- > 0 && acks[j].time_ns + SECOND_NS > world->now_ns;)
            sorted[count++] = acks[j].latency_ns;
        assert_int_equal(recent_count(world, &recent), count);
        if (i % 100 != 0)
            continue;
        qsort(sorted, count, sizeof sorted[0], by_size);
        for (uint32_t permille = 1; permille <= 1000; permille += 37)
            assert_true(recent_percentile(world, &recent, permille) ==
                        sorted[(count * permille + 999) / 1000 - 1]);
    }
    world->now_ns += SECOND_NS;
    assert_int_equal(recent_count(world, &recent), 0);
    uint64_t live = world->region.arena_live;
    recent_release(world, &recent);
    assert_true(world->region.arena_live < live);
    plain_close(world);
}

static void another_target_from_the_next_connection_on(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "machine redis-2");
    plain_say(world, "add store other on redis-2 save= appendonly=no");
    plain_say(world, "add client c on app-1 to=cache rate=100/s arrival=constant");
    plain_run_ms(world, 1000);
    plain_say(world, "set c to=other");
    plain_run_ms(world, 2000);
    same(world, "c.connects", 1); /* the old one works still */
    plain_say(world, "kill cache");
    plain_run_ms(world, 3000);
    same(world, "c.connects", 2);
    between(world, "c.refused", 0, 1);
    between(world, "c.throughput", 99, 100);
    plain_close(world);
}

/* --- failures ---------------------------------------------------------------------------- */

static void a_killed_store_refuses(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client c on app-1 to=cache rate=100/s arrival=constant");
    plain_run_ms(world, 1000);
    plain_say(world, "kill cache");
    plain_run_ms(world, 2000);
    between(world, "c.refused", 98, 101);
    same(world, "c.timed_out", 0);
    same(world, "c.connections", 0);
    between(world, "c.connect_failures", 97, 101);
    plain_check(world);
    plain_close(world);
}

static void silence_times_out(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client c on app-1 to=cache rate=100/s arrival=constant");
    plain_run_ms(world, 1005); /* due at 100, 110, ...: the last at 1,000 */
    plain_say(world, "cut app-1 redis-1");
    plain_run(world, 2010 * MS_NS - 1);
    same(world, "c.timed_out", 0);
    same(world, "c.in_flight", 100); /* due from 1,010 to 2,000 ms */
    plain_run_ms(world, 2010);
    same(world, "c.timed_out", 1);
    same(world, "c.in_flight", 100);
    plain_close(world);
}

static void each_time_out_comes_exactly_after_its_time(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "cut app-1 redis-1");
    plain_say(world, "add client c on app-1 to=cache rate=100/s arrival=constant count=3");
    plain_run(world, 1100 * MS_NS - 1);
    same(world, "c.timed_out", 0);
    plain_run_ms(world, 1100);
    same(world, "c.timed_out", 1);
    plain_run(world, 1110 * MS_NS - 1);
    same(world, "c.timed_out", 1);
    plain_run_ms(world, 1120);
    same(world, "c.timed_out", 3);
    same(world, "c.in_flight", 0);
    same(world, "c.connections", 0);
    plain_close(world);
}

static void retries_wait_longer_and_longer(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "cut app-1 redis-1");
    plain_say(world, "add client c on app-1 to=cache rate=100/s count=1 timeout=100ms retry=3 "
                     "retry_delay=50ms backoff=exponential retry_delay_max=80ms");
    /* 100 (due), +100 out, +50, +100 out, +80, +100 out, +80, +100 out */
    plain_run(world, 250 * MS_NS - 1);
    same(world, "c.retries", 0);
    plain_run_ms(world, 250);
    same(world, "c.retries", 1);
    plain_run_ms(world, 430);
    same(world, "c.retries", 2);
    plain_run(world, 710 * MS_NS - 1);
    same(world, "c.timed_out", 0);
    same(world, "c.in_flight", 1);
    plain_run_ms(world, 710);
    same(world, "c.retries", 3);
    same(world, "c.timed_out", 1);
    same(world, "c.sent", 1);
    plain_close(world);
}

static void a_retry_may_succeed_and_its_latency_is_whole(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "kill cache");
    plain_say(world, "add client c on app-1 to=cache rate=100/s count=1 retry=unlimited");
    plain_run_ms(world, 600);
    plain_say(world, "start cache");
    plain_run_ms(world, 1000);
    same(world, "c.acked", 1);
    same(world, "c.refused", 0);
    between(world, "c.latency_max", 500000000, 540000000);
    between(world, "c.retries", 38, 45); /* each 10 ms and a round trip */
    plain_close(world);
}

static void jitter_draws_within_the_delay(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "kill cache");
    plain_say(world, "add client a on app-1 to=cache rate=1000/s count=1000 retry=1 "
                     "retry_delay=1s jitter=full");
    plain_run_ms(world, 4000);
    same(world, "a.retries", 1000);
    same(world, "a.refused", 1000);
    plain_close(world);
}

/* --- its process ----------------------------------------------------------------------------- */

static void a_killed_client_knows_nothing_any_more(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "set app-1~redis-1 latency=50ms");
    plain_say(world, "add client c on app-1 to=cache rate=100/s arrival=constant");
    plain_run_ms(world, 1005);
    int64_t under_way = plain_metric(world, "c.in_flight");
    assert_true(under_way >= 10);
    plain_say(world, "kill c");
    same(world, "c.in_flight", 0);
    same(world, "c.timed_out", under_way);
    int64_t sent = plain_metric(world, "c.sent");
    plain_run_ms(world, 3000);
    same(world, "c.sent", sent);
    same(world, "c.connections", 0);
    plain_say(world, "start c");
    plain_run_ms(world, 3495);
    same(world, "c.sent", sent + 50);
    plain_check(world);
    plain_close(world);
}

static void a_paused_client_asks_nothing(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client c on app-1 to=cache rate=100/s arrival=constant");
    plain_run_ms(world, 1004);
    int64_t sent = plain_metric(world, "c.sent");
    plain_say(world, "pause c for 2s");
    plain_run_ms(world, 3009);
    same(world, "c.sent", sent);
    plain_run_ms(world, 3010); /* 6 ms of the gap were left */
    same(world, "c.sent", sent + 1);
    plain_check(world);
    plain_close(world);
}

static void a_removed_client_gives_everything_back(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    uint64_t live = 0;
    unsigned grown = 0;
    for (unsigned round = 0; round < 8; round++) {
        plain_say(world, "add client c on app-1 to=cache op=get rate=2000/s connections=20 "
                         "retry=2 retry_delay=300ms timeout=50ms");
        plain_run(world, world->now_ns + SECOND_NS);
        plain_say(world, "set redis-1~app-1 latency=40ms");
        plain_run(world, world->now_ns + SECOND_NS);
        plain_say(world, "remove c");
        assert_int_equal(world->region.slabs[SLAB_REQUEST].live, 0);
        plain_say(world, "set redis-1~app-1 latency=1ms");
        plain_run(world, world->now_ns + 200 * SECOND_NS);
        assert_int_equal(world->region.slabs[SLAB_CONNECTION].live, 0);
        grown += world->region.arena_live != live;
        live = world->region.arena_live;
    }
    assert_true(grown <=
                4); /* tables by component double now and then; a client's own would each time */
    plain_close(world);
}

static void a_target_that_was_removed_is_silence(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client c on app-1 to=cache rate=max");
    plain_run_ms(world, 1000);
    plain_say(world, "remove cache");
    plain_run_ms(world, 5500);
    between(world, "c.timed_out", 3, 5);
    plain_check(world);
    plain_close(world);
}

/* --- what it asks ------------------------------------------------------------------------ */

static void reads_are_not_numbered(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client c on app-1 to=cache op=get rate=100/s");
    plain_run_ms(world, 1000);
    assert_int_equal(world->writes, 0);
    assert_true(plain_metric(world, "c.acked") > 50);
    plain_say(world, "set c op=set");
    plain_run_ms(world, 2000);
    assert_true(world->writes > 50);
    plain_close(world);
}

static void wrong_clients_are_errors(void **unused)
{
    (void)unused;
    static const struct {
        const char *line;
        enum error_id id;
        unsigned word;
    } wrong[] = {
        {"add client c on app-1", ERROR_CLIENT_NOWHERE, 4},
        {"add client c on app-1 rate=5/s to=nobody", ERROR_NOTHING_NAMED, 6},
        {"add client c on app-1 to=redis-1", ERROR_CLIENT_NO_STORE, 5},
        {"add client c on app-1 to=cache connections=0", ERROR_OUT_OF_RANGE, 6},
        {"add client c on app-1 to=cache op=put", ERROR_NOT_A_CHOICE, 6},
        {"add client c on app-1 to=cache rat=5/s", ERROR_UNKNOWN_PARAMETER, 6},
        {"set good to=nobody", ERROR_NOTHING_NAMED, 2},
        {"set good start=5s", ERROR_NOT_WHILE_RUNNING, 2},
    };
    struct world *world = two_machines();
    plain_say(world, "add client good on app-1 to=cache");
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint64_t digest = trace_digest(world);
        struct error error = plain_try(world, wrong[i].line);
        if (error.id != wrong[i].id || error.word != wrong[i].word)
            fail_msg("%s: error %u at word %u", wrong[i].line, error.id, error.word);
        assert_true(trace_digest(world) == digest);
    }
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant_arrivals_are_an_exact_grid),
        cmocka_unit_test(poisson_arrivals_keep_the_rate),
        cmocka_unit_test(a_new_rate_takes_what_is_left_of_the_gap),
        cmocka_unit_test(a_client_at_rate_0_begins_when_it_gets_one),
        cmocka_unit_test(count_ends_the_open_loop),
        cmocka_unit_test(a_connection_is_opened_when_none_is_free),
        cmocka_unit_test(latency_runs_from_due_to_the_last_byte),
        cmocka_unit_test(the_last_second_is_exact),
        cmocka_unit_test(another_target_from_the_next_connection_on),
        cmocka_unit_test(a_killed_store_refuses),
        cmocka_unit_test(silence_times_out),
        cmocka_unit_test(each_time_out_comes_exactly_after_its_time),
        cmocka_unit_test(retries_wait_longer_and_longer),
        cmocka_unit_test(a_retry_may_succeed_and_its_latency_is_whole),
        cmocka_unit_test(jitter_draws_within_the_delay),
        cmocka_unit_test(a_killed_client_knows_nothing_any_more),
        cmocka_unit_test(a_paused_client_asks_nothing),
        cmocka_unit_test(a_removed_client_gives_everything_back),
        cmocka_unit_test(a_target_that_was_removed_is_silence),
        cmocka_unit_test(reads_are_not_numbered),
        cmocka_unit_test(wrong_clients_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
