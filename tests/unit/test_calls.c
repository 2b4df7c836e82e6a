/*
 * A server that asks another component while it works: its pool, its patience, and what it does
 * without an answer.
 */
#include "tests/unit/client_fixture.h"

/* A server on app-1 before `to` (a store or server of its own machine), and a client; 1 ms away
 * each.  `words` go to the server, empty adds none. */
static struct world *calling(const char *to, const char *words, const char *client)
{
    char line[400];
    struct world *world = plain_open();
    plain_say(world, "network latency=1ms");
    for (const char *const *name = (const char *const[]){"users-1", "app-1", "back-1", NULL};
         *name != NULL; name++) {
        snprintf(line, sizeof line, "machine %s", *name);
        plain_say(world, line);
    }
    plain_say(world, to);
    snprintf(line, sizeof line, "add server app on app-1 service=1ms accept_cost=0ms %s", words);
    if (words[0] != 0)
        plain_say(world, line);
    snprintf(line, sizeof line, "add client users on users-1 to=app op=http %s", client);
    if (words[0] != 0)
        plain_say(world, line);
    return world;
}

static const char store[] = "add store back on back-1 save=\"\"";
static const char slow[] = "add server back on back-1 service=0ms external=100ms accept_cost=0ms";

static void each_request_asks_once(void **unused)
{
    (void)unused;
    struct world *world = calling(store, "calls=back", "rate=100/s arrival=constant count=200");
    plain_run_ms(world, 3000);
    same(world, "users.acked", 200);
    same(world, "app.calls", 200);
    same(world, "app.calls_failed", 0);
    between(world, "back.total_commands_processed", 200, 201);
    /* its own round trip, its work, and the store's round trip */
    between(world, "users.latency_p50", 5000000, 5400000);
    plain_check(world);
    plain_close(world);
}

static void a_write_is_the_servers(void **unused)
{
    (void)unused;
    struct world *world = calling(store, "calls=back calls_op=set calls_keys=unique",
                                  "rate=100/s arrival=constant count=200");
    plain_run_ms(world, 3000);
    same(world, "back.keys", 200);
    same(world, "app.acked_lost", 0);
    plain_say(world, "kill back");
    plain_say(world, "start back");
    plain_run_ms(world, 4000);
    same(world, "app.acked_lost", 200);
    same(world, "world.acked_lost", 200);
    plain_close(world);
}

static void a_call_holds_the_thread_and_not_the_loop(void **unused)
{
    (void)unused;
    /* two threads, 100 ms each: twenty a second */
    struct world *world = calling(slow, "calls=back calls_connections=100 maxThreads=2 queue=1000",
                                  "rate=max connections=50 timeout=30s");
    plain_run_ms(world, 10000);
    between(world, "users.acked", 170, 210);
    plain_close(world);
    world = calling(slow, "calls=back calls_connections=100 model=eventloop loops=1 queue=1000",
                    "rate=max connections=50 timeout=30s");
    plain_run_ms(world, 10000);
    between(world, "users.acked", 3500, 5000);
    plain_close(world);
    world = calling(slow,
                    "calls=back calls_connections=100 model=eventloop loops=2 external_blocks=yes "
                    "queue=1000",
                    "rate=max connections=50 timeout=30s");
    plain_run_ms(world, 10000);
    between(world, "users.acked", 170, 210);
    plain_close(world);
}

static void the_pool_is_a_limit(void **unused)
{
    (void)unused;
    struct world *world =
        calling(slow, "calls=back calls_connections=3 calls_timeout=30s maxThreads=100",
                "rate=max connections=50 timeout=60s");
    plain_run_ms(world, 10000);
    between(world, "users.acked", 260, 310); /* three lines, 102 ms each */
    same(world, "back.connections", 3);
    plain_check(world);
    plain_close(world);
}

static void a_refusal_is_a_502_at_once(void **unused)
{
    (void)unused;
    struct world *world = calling(store, "calls=back", "rate=10/s arrival=constant count=20");
    plain_say(world, "kill back");
    plain_run_ms(world, 3000);
    same(world, "users.refused", 20);
    same(world, "app.calls_failed", 20);
    same(world, "app.errors", 20);
    plain_say(world, "start back");
    plain_say(world, "set users count=40");
    plain_run_ms(world, 9000);
    same(world, "users.acked", 20);
    plain_check(world);
    plain_close(world);
}

static void silence_is_a_504_after_the_patience(void **unused)
{
    (void)unused;
    struct world *world = calling(store, "calls=back calls_timeout=300ms calls_connections=1",
                                  "rate=10/s arrival=constant count=20 timeout=5s");
    plain_run_ms(world, 1000);
    plain_say(world, "isolate back-1");
    plain_run_ms(world, 4000);
    between(world, "app.calls_failed", 9, 11);
    between(world, "users.refused", 9, 11);
    plain_say(world, "heal all");
    plain_say(world, "set users count=40");
    plain_run_ms(world, 9000);
    between(world, "users.acked", 29, 31);
    plain_check(world);
    plain_close(world);
}

static void a_call_may_be_dispensable(void **unused)
{
    (void)unused;
    struct world *world = calling(store, "calls=back calls_optional=yes calls_timeout=50ms",
                                  "rate=10/s arrival=constant count=40");
    plain_run_ms(world, 1000);
    plain_say(world, "isolate back-1");
    plain_run_ms(world, 6000);
    same(world, "users.acked", 40);
    between(world, "app.served_without", 29, 31);
    between(world, "users.latency_max", 50000000, 60000000);
    plain_close(world);
}

static void an_error_below_is_an_error_above(void **unused)
{
    (void)unused;
    struct world *world = calling(slow, "calls=back maxThreads=50",
                                  "rate=100/s arrival=constant count=100 connections=100");
    plain_say(world, "set back queue=0 maxThreads=1 external=500ms"); /* 503 to the second */
    plain_run_ms(world, 5000);
    between(world, "app.calls_failed", 90, 99);
    same(world, "app.errors", plain_metric(world, "app.calls_failed"));
    same(world, "users.refused", plain_metric(world, "app.calls_failed"));
    plain_check(world);
    plain_close(world);
}

/* Paused and killed in the middle: what fell due meanwhile is handled when it goes on. */
static void it_can_be_paused_and_killed_while_it_calls(void **unused)
{
    (void)unused;
    struct world *world = calling(slow, "calls=back calls_timeout=150ms",
                                  "rate=50/s arrival=constant count=100 timeout=10s");
    plain_run_ms(world, 500);
    plain_say(world, "pause back");
    plain_say(world, "pause app");
    plain_run_ms(world, 1500);
    plain_say(world, "resume app");
    plain_run_ms(world, 1600);
    plain_check(world);
    assert_true(plain_metric(world, "app.calls_failed") > 0);
    plain_say(world, "kill app");
    plain_check(world);
    plain_say(world, "start app");
    plain_say(world, "resume back");
    plain_run_ms(world, 9000);
    plain_check(world);
    same(world, "users.in_flight", 0);
    plain_close(world);
}

static void it_goes_elsewhere_when_it_is_told(void **unused)
{
    (void)unused;
    struct world *world = calling(store, "calls=back", "rate=100/s arrival=constant count=200");
    plain_say(world, "add store other on back-1 save=\"\"");
    plain_run_ms(world, 1000);
    plain_say(world, "set app calls=other");
    plain_run_ms(world, 3000);
    between(world, "other.total_commands_processed", 98, 104);
    same(world, "users.acked", 200);
    assert_int_equal(plain_try(world, "set app calls=nobody").id, ERROR_NOTHING_NAMED);
    assert_int_equal(plain_try(world, "set app calls=users").id, ERROR_SERVER_CALLS);
    assert_int_equal(plain_try(world, "set app via=other").id, ERROR_BAD_VALUE);
    plain_close(world);
}

static void sentinels_lead_it_to_the_new_master(void **unused)
{
    (void)unused;
    struct world *world = calling("add store back on back-1 appendonly=yes", "", "");
    plain_say(world, "machine back-2");
    plain_say(world, "add store copy on back-2 replicaof=back repl-diskless-sync-delay=0");
    plain_say(world, "add sentinel s1 on users-1 watch=back down-after-milliseconds=1000");
    plain_say(world, "add sentinel s2 on app-1 watch=back down-after-milliseconds=1000");
    plain_say(world, "add sentinel s3 on back-2 watch=back down-after-milliseconds=1000");
    plain_run_ms(world, 5000);
    plain_say(world, "add server app on app-1 via=s1,s2,s3 calls_op=set calls_keys=unique");
    plain_say(world, "add client users on users-1 to=app op=http rate=100/s timeout=3s");
    plain_run_ms(world, 10000);
    same(world, "users.refused", 0);
    plain_say(world, "power-cut back-1");
    plain_run_ms(world, 20000);
    int64_t acked = plain_metric(world, "users.acked");
    plain_run_ms(world, 25000);
    between(world, "users.acked", acked + 400, acked + 600); /* it is served again */
    same(world, "app.acked_lost", 0);
    plain_check(world);
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_request_asks_once),
        cmocka_unit_test(a_write_is_the_servers),
        cmocka_unit_test(a_call_holds_the_thread_and_not_the_loop),
        cmocka_unit_test(the_pool_is_a_limit),
        cmocka_unit_test(a_refusal_is_a_502_at_once),
        cmocka_unit_test(silence_is_a_504_after_the_patience),
        cmocka_unit_test(a_call_may_be_dispensable),
        cmocka_unit_test(an_error_below_is_an_error_above),
        cmocka_unit_test(it_can_be_paused_and_killed_while_it_calls),
        cmocka_unit_test(it_goes_elsewhere_when_it_is_told),
        cmocka_unit_test(sentinels_lead_it_to_the_new_master),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
