/*
 * A balancer: who is next, who is out and when, who failed meanwhile.  TRUTH net.lb.*.
 */
#include "tests/unit/balancer_fixture.h"

/* --- who is next ---------------------------------------------------------------------------- */

static char order[64];

static void who_got(void *user, struct world *world, const struct record *record)
{
    (void)user;
    size_t used = strlen(order);
    if (record->what == TRACE_REQUEST_GOT && used + 1 < sizeof order)
        order[used] = component_at(world, record->who)->name[0];
}

/* The servers of `count` requests, one after the other, no checks between. */
static const char *served(const char *balancer, const char *client)
{
    struct world *world = balanced(balancer, "");
    char line[200];
    memset(order, 0, sizeof order);
    trace_listen(world, who_got, NULL);
    snprintf(line, sizeof line, "add client users on users-1 to=lb op=http rate=max count=12 %s",
             client);
    plain_say(world, line);
    plain_run_ms(world, 20000);
    same(world, "users.acked", 12);
    plain_close(world);
    return order;
}

static void round_robin_is_strict(void **unused)
{
    (void)unused;
    assert_string_equal(served("check=no", ""), "abcabcabcabc");
    assert_string_equal(served("check=no", "keepalive=no"), "abcabcabcabc");
    assert_string_equal(served("check=no weights=3,1,0", ""), "aaabaaabaaab");
    assert_string_equal(served("check=no weights=1,2,1", ""), "babcbabcbabc");
}

static void an_idle_least_connections_takes_turns(void **unused)
{
    (void)unused;
    assert_string_equal(served("check=no policy=leastconn", ""), "abcabcabcabc");
}

static void least_connections_spares_the_slow(void **unused)
{
    (void)unused;
    struct world *world =
        balanced("check=no policy=leastconn weights=1,1,0", "rate=max connections=8 think=20ms");
    plain_say(world, "set b external=200ms");
    plain_run_ms(world, 3000);
    between(world, "a.requests", 150, 700);
    between(world, "b.requests", 10, 60);
    plain_close(world);
}

/* 10.0.0.2 is users-1; modulo three servers, modulo two when one is out. */
static void a_source_stays(void **unused)
{
    (void)unused;
    const char *who = served("check=no policy=source", "");
    for (int i = 1; i < 12; i++)
        assert_int_equal(who[i], who[0]);
    struct world *world = balanced("policy=source", "rate=10/s");
    plain_say(world, "machine users-2");
    plain_say(world, "machine users-3");
    plain_say(world, "add client u2 on users-2 to=lb op=http rate=10/s");
    plain_say(world, "add client u3 on users-3 to=lb op=http rate=10/s");
    plain_run_ms(world, 10000);
    for (const char *name = "abc"; *name; name++) { /* each address has another rest */
        char metric[16];
        snprintf(metric, sizeof metric, "%c.requests", *name);
        between(world, metric, 80, 140);
    }
    plain_close(world);
}

/* --- who is out, and when ------------------------------------------------------------------- */

static uint64_t down_ns, up_ns;

static void heard(void *user, struct world *world, const struct record *record)
{
    (void)user;
    (void)world;
    if (record->what == TRACE_BACKEND_DOWN)
        down_ns = record->time_ns;
    if (record->what == TRACE_BACKEND_UP)
        up_ns = record->time_ns;
}

/* After (fall-1) * inter and what was left of the interval; back after (rise-1) * inter and the
 * same. */
static void a_killed_server_is_out_after_four_to_six_seconds(void **unused)
{
    (void)unused;
    uint64_t least = UINT64_MAX, most = 0;
    for (unsigned i = 0; i < 20; i++) {
        struct world *world = balanced("", "");
        uint64_t kill_ms = 6000 + i * 137, start_ms = kill_ms + 9000 + i * 61;
        trace_listen(world, heard, NULL);
        down_ns = up_ns = 0;
        plain_run_ms(world, kill_ms);
        same(world, "lb.backends_up", 3);
        plain_say(world, "kill b");
        plain_run_ms(world, start_ms);
        same(world, "lb.backends_up", 2);
        plain_say(world, "start b");
        plain_run_ms(world, start_ms + 5000);
        same(world, "lb.backends_up", 3);
        uint64_t took_ns = down_ns - kill_ms * MS_NS, back_ns = up_ns - start_ms * MS_NS;
        assert_in_range(took_ns, 4000 * MS_NS, 6100 * MS_NS);
        assert_in_range(back_ns, 2000 * MS_NS, 4100 * MS_NS);
        least = took_ns < least ? took_ns : least;
        most = took_ns > most ? took_ns : most;
        plain_close(world);
    }
    assert_true(least < 4300 * MS_NS && most > 5700 * MS_NS); /* the phase is anywhere */
}

/* A check that nobody answers takes its patience, too. */
static void a_black_hole_is_out_after_ten_to_twelve(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < 12; i++) {
        struct world *world = balanced("", "rate=20/s timeout=10s");
        uint64_t cut_ms = 6000 + i * 173;
        trace_listen(world, heard, NULL);
        down_ns = up_ns = 0;
        plain_run_ms(world, cut_ms);
        plain_say(world, "isolate app-b");
        plain_run_ms(world, cut_ms + 13000);
        assert_in_range(down_ns - cut_ms * MS_NS, 10000 * MS_NS, 12100 * MS_NS);
        plain_say(world, "heal all");
        plain_run_ms(world, cut_ms + 18000);
        assert_in_range(up_ns - (cut_ms + 13000) * MS_NS, 2000 * MS_NS, 4100 * MS_NS);
        plain_close(world);
    }
}

static void other_numbers_follow_the_same_rule(void **unused)
{
    (void)unused;
    struct world *world = balanced("inter=500ms fall=2 rise=4", "");
    trace_listen(world, heard, NULL);
    down_ns = up_ns = 0;
    plain_run_ms(world, 3100);
    plain_say(world, "kill a");
    plain_run_ms(world, 6000);
    assert_in_range(down_ns, 3600 * MS_NS, 4200 * MS_NS);
    plain_say(world, "start a");
    plain_run_ms(world, 10000);
    assert_in_range(up_ns, 7500 * MS_NS, 8200 * MS_NS);
    plain_close(world);
}

/* --- who failed meanwhile ------------------------------------------------------------------- */

static struct world *one_dies(const char *balancer, const char *client)
{
    struct world *world = balanced(balancer, client);
    plain_run_ms(world, 5100);
    plain_say(world, "kill b");
    plain_run_ms(world, 20000);
    plain_check(world);
    return world;
}

/* 20 requests a second: a third of those between the kill and the last check. */
static void without_retries_a_third_fails(void **unused)
{
    (void)unused;
    struct world *world = one_dies("retries=0", "rate=20/s");
    between(world, "users.refused", 22, 45);
    same(world, "lb.retries", 0);
    between(world, "users.latency_max", 0, 300 * MS_NS);
    plain_close(world);
}

static void redispatch_hides_it(void **unused)
{
    (void)unused;
    struct world *world = one_dies("retries=3 redispatch=yes", "rate=20/s");
    between(world, "users.refused", 0, 1); /* one that was under way: 502 */
    between(world, "lb.redispatched", 22, 45);
    assert_int_equal(plain_metric(world, "lb.redispatched"), plain_metric(world, "lb.retries"));
    between(world, "users.latency_max", 0, 300 * MS_NS);
    plain_close(world);
}

/* One after the other: three seconds at a dead server, then 503; the next waits until it is taken
 * out. */
static void the_same_server_again_costs_three_seconds(void **unused)
{
    (void)unused;
    struct world *world = one_dies("retries=3 redispatch=no", "rate=max think=50ms timeout=30s");
    between(world, "users.refused", 1, 3);
    between(world, "users.latency_max", 200 * MS_NS, 2200 * MS_NS);
    between(world, "lb.redispatched", 1, 1);
    plain_close(world);
    world = one_dies("retries=3 redispatch=no inter=1h", "rate=max think=50ms timeout=30s");
    between(world, "users.refused", 4, 6); /* nobody takes it out */
    plain_close(world);
    world = one_dies("retries=3 redispatch=no inter=1h timeout_connect=200ms",
                     "rate=max think=50ms timeout=30s");
    between(world, "users.refused", 15, 21); /* it waits no longer than it would for a connection */
    plain_close(world);
}

/* Four times a second of silence; after it nothing more is waited for. */
static void the_same_silent_server_costs_four_seconds(void **unused)
{
    (void)unused;
    struct world *world =
        balanced("retries=3 redispatch=no inter=1h", "rate=max think=50ms timeout=10s");
    plain_run_ms(world, 5100);
    plain_say(world, "isolate app-b");
    plain_run_ms(world, 5100 + 50 * 1000);
    between(world, "users.timed_out", 0, 1); /* what was under way */
    between(world, "users.refused", 8, 11);
    between(world, "lb.retries", 3 * plain_metric(world, "users.refused"),
            3 * plain_metric(world, "users.refused") + 3);
    plain_close(world);
}

/* timeout_connect, then the next. */
static void a_black_hole_costs_a_second_each(void **unused)
{
    (void)unused;
    struct world *world = balanced("", "rate=20/s timeout=10s");
    plain_run_ms(world, 5100);
    plain_say(world, "isolate app-b");
    plain_run_ms(world, 15000);
    same(world, "users.refused", 0);
    between(world, "lb.redispatched", 40, 90);
    between(world, "users.latency_p99", 1000 * MS_NS, 1200 * MS_NS);
    plain_close(world);
}

static void nobody_left_is_503_at_once(void **unused)
{
    (void)unused;
    struct world *world = balanced("", "rate=20/s");
    plain_run_ms(world, 5000);
    plain_say(world, "kill a");
    plain_say(world, "kill b");
    plain_say(world, "kill c");
    plain_run_ms(world, 12000);
    same(world, "lb.backends_up", 0);
    int64_t refused = plain_metric(world, "users.refused");
    plain_run_ms(world, 13000);
    between(world, "users.refused", refused + 10, refused + 32);
    same(world, "users.timed_out", 0);
    plain_close(world);
}

/* The balancer is a single point itself. */
static void its_own_death_is_refused(void **unused)
{
    (void)unused;
    struct world *world = balanced("", "rate=20/s");
    plain_run_ms(world, 5000);
    plain_say(world, "kill lb");
    plain_run_ms(world, 10000);
    between(world, "users.refused", 70, 130);
    same(world, "a.up", 1);
    plain_say(world, "start lb");
    int64_t acked = plain_metric(world, "users.acked");
    plain_run_ms(world, 11000);
    between(world, "users.acked", acked + 10, acked + 32);
    plain_close(world);
}

/* --- its admin, its limits ------------------------------------------------------------------ */

static void a_disabled_server_gets_nothing_new(void **unused)
{
    (void)unused;
    struct world *world = balanced("check=no", "rate=100/s");
    plain_run_ms(world, 1000);
    plain_say(world, "tell lb disable server back/b");
    plain_run_ms(world, 1500);
    int64_t requests = plain_metric(world, "b.requests");
    plain_run_ms(world, 3000);
    same(world, "b.requests", requests);
    same(world, "users.refused", 0);
    plain_say(world, "tell lb ENABLE b");
    plain_run_ms(world, 4000);
    between(world, "b.requests", requests + 20, requests + 50); /* it makes no turns good */
    plain_say(world, "tell lb set server back/a state drain");
    same(world, "lb.backends_up", 2);
    plain_close(world);
}

static void servers_are_added_while_it_runs(void **unused)
{
    (void)unused;
    struct world *world = balanced("check=no", "rate=100/s");
    plain_run_ms(world, 1000);
    plain_say(world, "machine app-d");
    plain_say(world, "add server d on app-d service=1ms");
    plain_say(world, "set lb to=a,b,c,d");
    plain_run_ms(world, 3000);
    between(world, "d.requests", 35, 65);
    plain_say(world, "set lb to=a,d");
    int64_t requests = plain_metric(world, "b.requests");
    plain_run_ms(world, 4000);
    same(world, "b.requests", requests);
    same(world, "users.refused", 0);
    plain_close(world);
}

static void past_maxconn_clients_wait_in_the_kernel(void **unused)
{
    (void)unused;
    struct world *world =
        balanced("maxconn=5 check=no", "rate=max connections=8 think=1h timeout=1h");
    plain_run_ms(world, 2000);
    same(world, "lb.connections", 5);
    same(world, "users.acked", 5);
    same(world, "users.in_flight", 3);
    plain_close(world);
}

static void it_has_a_core_to_lose(void **unused)
{
    (void)unused;
    struct world *world =
        balanced("check=no request_cost=1ms", "rate=3000/s connections=500 timeout=1s");
    plain_run_ms(world, 3000);
    between(world, "users.throughput", 1500, 2100); /* two cores at 1 ms each */
    plain_close(world);
}

/* --- mode=tcp ------------------------------------------------------------------------------- */

static void stores_can_stand_behind_it(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "machine edge-1");
    plain_say(world, "add balancer lb on edge-1 to=cache mode=tcp inter=500ms");
    plain_say(world, "add client orders on app-1 to=lb op=set rate=100/s connections=5");
    plain_run_ms(world, 3000);
    between(world, "cache.keys", 200, 400);
    between(world, "lb.connections", 1, 5);
    same(world, "orders.refused", 0);
    plain_say(world, "kill cache");
    plain_run_ms(world, 6000);
    same(world, "lb.backends_up", 0);
    between(world, "orders.refused", 200, 400);
    plain_say(world, "start cache");
    plain_run_ms(world, 9000);
    same(world, "lb.backends_up", 1);
    between(world, "orders.throughput", 60, 140);
    plain_check(world);
    plain_close(world);
}

/* --- a pause, a copy ------------------------------------------------------------------------ */

static void paused_it_is_silent_and_goes_on(void **unused)
{
    (void)unused;
    struct world *world = balanced("", "rate=20/s timeout=1s");
    plain_run_ms(world, 5000);
    plain_say(world, "pause lb");
    plain_run_ms(world, 9000);
    between(world, "users.timed_out", 40, 80);
    plain_say(world, "resume lb");
    plain_run_ms(world, 20000);
    same(world, "lb.backends_up", 3);
    between(world, "users.throughput", 5, 40);
    plain_check(world);
    plain_close(world);
}

static void a_copy_goes_the_same_way(void **unused)
{
    (void)unused;
    struct world *world = one_dies("", "rate=200/s"), *copy = plain_open();
    world_copy(copy, world);
    plain_say(world, "start b");
    plain_say(copy, "start b");
    plain_run_ms(world, 30000);
    plain_run_ms(copy, 30000);
    assert_int_equal(trace_digest(world), trace_digest(copy));
    assert_int_equal(world->events, copy->events);
    plain_close(world);
    plain_close(copy);
}

static void errors_name_what_would_be_right(void **unused)
{
    (void)unused;
    struct world *world = balanced("", "");
    assert_int_equal(plain_try(world, "add balancer l on edge-1").id, ERROR_BALANCER_NOWHERE);
    assert_int_equal(plain_try(world, "add balancer l on edge-1 to=nobody").id,
                     ERROR_NOTHING_NAMED);
    plain_say(world, "add store cache on edge-1");
    assert_int_equal(plain_try(world, "add balancer l on edge-1 to=cache").id, ERROR_BALANCER_KIND);
    assert_int_equal(plain_try(world, "set lb weights=300").id, ERROR_OUT_OF_RANGE);
    assert_int_equal(plain_try(world, "add balancer lb2 on users-1 to=lb").id, ERROR_BALANCER_KIND);
    plain_close(world);
}

/* --- WebSockets ----------------------------------------------------------------------------- */

/* Thirty WebSockets through the balancer, ten seconds after they began to connect. */
static struct world *chatting(const char *words)
{
    struct world *world = balanced(words, "");
    plain_say(world, "set a websocket=yes");
    plain_say(world, "set b websocket=yes");
    plain_say(world, "set c websocket=yes");
    plain_say(world, "add client users on users-1 to=lb op=ws connections=30 send=1/s "
                     "connect_rate=100/s retry=unlimited retry_delay=1s");
    plain_run_ms(world, 10000);
    return world;
}

/* In either mode a connection is one server's for life; who loses it reconnects to another. */
static void websockets_go_through(void **unused)
{
    (void)unused;
    static const char *const modes[] = {"mode=http", "mode=tcp"};
    for (unsigned i = 0; i < 2; i++) {
        struct world *world = chatting(modes[i]);
        same(world, "users.connections", 30);
        same(world, "lb.connections", 30);
        same(world, "a.connections", 10);
        between(world, "users.deliveries", 230, 310);
        same(world, "users.missed", 0);
        plain_say(world, "kill a");
        plain_run_ms(world, 14000);
        same(world, "users.connections", 30);
        same(world, "b.connections", 15);
        plain_check(world);
        plain_close(world);
    }
}

/* Nobody tells who hangs on a silent server; TCP gives up after a quarter of an hour. */
static void who_hangs_on_a_silent_server_may_be_thrown_out(void **unused)
{
    (void)unused;
    static const char *const words[] = {"on_marked_down=none", "on_marked_down=shutdown-sessions"};
    for (unsigned i = 0; i < 2; i++) {
        struct world *world = chatting(words[i]);
        plain_say(world, "power-cut app-a");
        plain_run_ms(world, 30000);
        same(world, "users.connections", 30);
        same(world, "b.connections", i == 0 ? 10 : 15);
        plain_check(world);
        plain_close(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_robin_is_strict),
        cmocka_unit_test(an_idle_least_connections_takes_turns),
        cmocka_unit_test(least_connections_spares_the_slow),
        cmocka_unit_test(a_source_stays),
        cmocka_unit_test(a_killed_server_is_out_after_four_to_six_seconds),
        cmocka_unit_test(a_black_hole_is_out_after_ten_to_twelve),
        cmocka_unit_test(other_numbers_follow_the_same_rule),
        cmocka_unit_test(without_retries_a_third_fails),
        cmocka_unit_test(redispatch_hides_it),
        cmocka_unit_test(the_same_silent_server_costs_four_seconds),
        cmocka_unit_test(the_same_server_again_costs_three_seconds),
        cmocka_unit_test(a_black_hole_costs_a_second_each),
        cmocka_unit_test(nobody_left_is_503_at_once),
        cmocka_unit_test(its_own_death_is_refused),
        cmocka_unit_test(a_disabled_server_gets_nothing_new),
        cmocka_unit_test(servers_are_added_while_it_runs),
        cmocka_unit_test(past_maxconn_clients_wait_in_the_kernel),
        cmocka_unit_test(it_has_a_core_to_lose),
        cmocka_unit_test(stores_can_stand_behind_it),
        cmocka_unit_test(paused_it_is_silent_and_goes_on),
        cmocka_unit_test(a_copy_goes_the_same_way),
        cmocka_unit_test(errors_name_what_would_be_right),
        cmocka_unit_test(websockets_go_through),
        cmocka_unit_test(who_hangs_on_a_silent_server_may_be_thrown_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
