/*
 * Live location: the same things that move, polled, polled long, and told.
 */
#include "tests/unit/server_fixture.h"

static struct world *location_world(const char *server, const char *client)
{
    char line[400];
    struct world *world = plain_open();
    plain_say(world, "network latency=1ms bandwidth=10Gbit");
    plain_say(world, "machine web-1 cores=4");
    plain_say(world, "machine app-1");
    snprintf(line, sizeof line,
             "add server v on web-1 service=0ms accept_cost=0ms message_cost=0ms delivery_cost=0ms "
             "websocket=yes %s",
             server);
    plain_say(world, line);
    snprintf(line, sizeof line, "add client c on app-1 to=v op=location connections=200 %s",
             client);
    plain_say(world, line);
    return world;
}

/* Half of its interval late on average, never more than all of it; three polls see one move. */
static void polls_are_late_by_half_of_their_interval(void **unused)
{
    (void)unused;
    struct world *world = location_world("", "interval=1s update=3s");
    plain_run_ms(world, 61000);
    between(world, "c.requests", 12000, 12200);
    int64_t bytes = plain_metric(world, "c.requests") * (439 + 219 + 88);
    between(world, "c.bytes", bytes - 3 * (219 + 88),
            bytes); /* the last answers are on their way */
    between(world, "c.delay_mean", 485 * MS_NS, 515 * MS_NS);
    between(world, "c.delay_max", 950 * MS_NS, 1004 * MS_NS);
    between(world, "c.updates", 3900, 4060);
    between(world, "c.updates_seen", 3850, plain_metric(world, "c.updates"));
    plain_close(world);
}

/* Polled less often than it moves: what is seen is up to one move old, and most is not seen. */
static void rare_polls_miss_moves(void **unused)
{
    (void)unused;
    struct world *world = location_world("", "interval=10s update=3s");
    plain_run_ms(world, 301000);
    int64_t updates = plain_metric(world, "c.updates");
    between(world, "c.updates_seen", updates * 28 / 100, updates * 32 / 100);
    between(world, "c.delay_mean", 1400 * MS_NS, 1600 * MS_NS);
    between(world, "c.delay_max", 2900 * MS_NS, 3004 * MS_NS);
    plain_close(world);
}

static void a_long_poll_is_answered_at_the_move(void **unused)
{
    (void)unused;
    struct world *world = location_world("maxThreads=2", "mode=longpoll update=3s");
    plain_run_ms(world, 31000);
    between(world, "c.updates", plain_metric(world, "c.updates_seen"),
            plain_metric(world, "c.updates_seen") + 5);
    between(world, "c.delay_max", 1 * MS_NS, 1100000);
    same(world, "v.threads_busy", 0); /* 200 wait, and hold no thread */
    between(world, "c.requests", plain_metric(world, "c.updates_seen") + 390,
            plain_metric(world, "c.updates_seen") +
                410); /* the first answers at once, then it waits */
    plain_close(world);
}

static void who_is_told_asks_nothing(void **unused)
{
    (void)unused;
    struct world *world = location_world("", "mode=ws update=3s");
    plain_run_ms(world, 31000);
    same(world, "c.requests", 0);
    same(world, "c.bytes", plain_metric(world, "c.updates_seen") * 90);
    between(world, "c.updates_seen", 1950, 2000 + 200);
    between(world, "c.delay_max", 1 * MS_NS, 1100000);
    plain_close(world);
}

/* The server is away for five seconds: all come back by themselves, each in its own way. */
static void all_survive_a_restart(void **unused)
{
    (void)unused;
    static const char *const modes[] = {"mode=poll", "mode=poll keepalive=no", "mode=longpoll",
                                        "mode=ws"};
    for (unsigned i = 0; i < 4; i++) {
        char line[200];
        snprintf(line, sizeof line, "%s update=2s retry=unlimited retry_delay=500ms", modes[i]);
        struct world *world = location_world("", line);
        plain_run_ms(world, 10000);
        int64_t seen = plain_metric(world, "c.updates_seen");
        assert_true(seen > 500);
        plain_say(world, "kill v");
        plain_run_ms(world, 15000);
        plain_say(world, "start v");
        plain_run_ms(world, 17000);
        seen = plain_metric(world, "c.updates_seen");
        plain_run_ms(world, 27000);
        between(world, "c.updates_seen", seen + 990, seen + 1010);
        plain_say(world, "pause v for 3s");
        plain_run_ms(world, 40000);
        seen = plain_metric(world, "c.updates_seen");
        plain_run_ms(world, 50000);
        between(world, "c.updates_seen", seen + 990, seen + 1010);
        plain_say(world, "set c connections=100");
        int64_t updates = plain_metric(world, "c.updates");
        plain_run_ms(world, 60000);
        between(world, "c.updates", updates + 490, updates + 510);
        plain_close(world);
    }
}

/* Another mode, another pace: what was counted stays, and each goes on in its new way. */
static void the_way_of_asking_changes_while_it_runs(void **unused)
{
    (void)unused;
    struct world *world = location_world("", "mode=poll update=2s");
    plain_run_ms(world, 10000);
    int64_t updates = plain_metric(world, "c.updates"),
            seen = plain_metric(world, "c.updates_seen");
    int64_t requests = plain_metric(world, "c.requests");
    plain_say(world, "set c mode=ws");
    same(world, "c.updates", updates);
    plain_run_ms(world, 12000);
    between(world, "c.requests", requests, requests + 5);
    plain_run_ms(world, 22000);
    between(world, "c.updates_seen", seen + 1000, seen + 1210);
    updates = plain_metric(world, "c.updates");
    plain_say(world, "set c update=1s");
    same(world, "c.updates", updates);
    plain_run_ms(world, 32000);
    between(world, "c.updates", updates + 1780, updates + 2010);
    plain_close(world);
}

/* mode=http: each poll goes to the next server, a long poll waits behind the balancer, an upgrade
 * becomes a tunnel at its 101.  None of them is a bad request (HAProxy, mode http). */
static void a_balancer_hands_them_on(void **unused)
{
    static const struct {
        const char *client;
        int64_t taken[2];   /* requests of the balancer, 50 riders, 30 s */
        int64_t delay_most; /* two hops and back */
    } rows[] = {{"mode=poll interval=1s update=3s", {1450, 1600}, 1010 * MS_NS},
                {"mode=longpoll update=3s", {500, 610}, 3 * MS_NS},
                {"mode=ws update=3s", {50, 50}, 3 * MS_NS}};
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char line[400];
        struct world *world = location_world("", "connections=1");
        plain_say(world, "machine edge-1");
        plain_say(world, "machine web-2");
        plain_say(world, "add server w on web-2 websocket=yes");
        plain_say(world, "add balancer lb on edge-1 to=v,w mode=http check=no");
        snprintf(line, sizeof line, "add client d on app-1 to=lb op=location connections=50 %s",
                 rows[i].client);
        plain_say(world, line);
        plain_run_ms(world, 31000);
        plain_check(world);
        same(world, "lb.errors", 0);
        same(world, "d.connections", 50);
        between(world, "lb.requests", rows[i].taken[0], rows[i].taken[1]);
        between(world, "w.requests", rows[i].taken[0] / 2 - 1, rows[i].taken[1] / 2 + 1);
        between(world, "d.updates_seen", plain_metric(world, "d.updates") - 10,
                plain_metric(world, "d.updates"));
        between(world, "d.delay_max", 2 * MS_NS, rows[i].delay_most);
        plain_close(world);
    }
}

/* Who waits longer than the balancer does is answered 504; a tunnel is closed when nothing passed
 * for as long (HAProxy without a timeout tunnel). */
static void a_balancer_has_patience(void **unused)
{
    static const struct {
        const char *client;
        int64_t errors, open;
    } rows[] = {{"mode=longpoll update=10s", 50, 0},
                {"mode=ws update=10s", 0, 0},
                {"mode=ws update=1s", 0, 50}};
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char line[400];
        struct world *world = location_world("", "connections=1");
        plain_say(world, "machine edge-1");
        plain_say(world, "add balancer lb on edge-1 to=v check=no timeout_server=2s");
        snprintf(line, sizeof line, "add client d on app-1 to=lb op=location connections=50 %s",
                 rows[i].client);
        plain_say(world, line);
        plain_run_ms(world, 31000);
        plain_check(world);
        between(world, "lb.errors", rows[i].errors * 8 / 10, rows[i].errors);
        same(world, "d.connections", rows[i].open);
        same(world, "lb.connections", rows[i].open);
        plain_close(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(polls_are_late_by_half_of_their_interval),
        cmocka_unit_test(rare_polls_miss_moves),
        cmocka_unit_test(a_long_poll_is_answered_at_the_move),
        cmocka_unit_test(who_is_told_asks_nothing),
        cmocka_unit_test(all_survive_a_restart),
        cmocka_unit_test(the_way_of_asking_changes_while_it_runs),
        cmocka_unit_test(a_balancer_hands_them_on),
        cmocka_unit_test(a_balancer_has_patience),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
