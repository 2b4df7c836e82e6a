/*
 * HTTP/3: round trips, streams that do not wait for each other, deaths, and nothing that is left.
 */
#include "tests/unit/server_fixture.h"

#include "sim/net/quic_state.h"

static uint32_t rows_held(struct world *world, const struct rows *rows, uint32_t bytes)
{
    uint32_t count = rows->used;
    for (uint32_t row = rows->free; row != 0; count--)
        memcpy(&row, rows_at(&world->region, rows, bytes, row), sizeof row);
    return count;
}

/* Every connection ended: no row of any table is held. */
static void nothing_is_left(struct world *world)
{
    struct quic *q = quic_of(world);
    assert_int_equal(rows_held(world, &q->packets, sizeof(struct quic_packet)), 0);
    assert_int_equal(rows_held(world, &q->frames, sizeof(struct quic_frame)), 0);
    assert_int_equal(rows_held(world, &q->messages, sizeof(struct quic_message)), 0);
    assert_int_equal(rows_held(world, &q->connections, sizeof(struct quic_connection)), 0);
}

static void a_new_connection_takes_two_round_trips_and_early_data_one(void **unused)
{
    (void)unused;
    for (unsigned early = 0; early < 2; early++) {
        struct world *world =
            web_world("http=3", early ? "rate=max count=3 keepalive=no http=3 tls_resume=early-data"
                                      : "rate=max count=3 keepalive=no http=3");
        plain_run_ms(world, 100000);
        same(world, "c.acked", 3);
        same(world, "c.connects", 3);
        between(world, "c.latency_max", 200 * MS_NS, 204 * MS_NS);
        between(world, "c.latency_p50", (early ? 99 : 198) * (int64_t)MS_NS,
                (early ? 102 : 204) * (int64_t)MS_NS);
        nothing_is_left(world);
        plain_close(world);
    }
}

static void a_connection_that_is_open_takes_one(void **unused)
{
    (void)unused;
    struct world *world = web_world("http=3", "rate=max count=50 http=3");
    plain_run_ms(world, 7000);
    same(world, "c.acked", 50);
    same(world, "c.connects", 1);
    between(world, "c.latency_p50", 99 * MS_NS, 102 * MS_NS);
    plain_close(world);
}

/* Thirty objects of 200 B fit in the first window; of 4 KB they take four rounds (10, 20, 40 ...).
 */
static void thirty_objects_grow_the_window(void **unused)
{
    (void)unused;
    struct world *world = web_world("http=3", "rate=max count=30 pipeline=30 http=3");
    plain_run_ms(world, 204);
    same(world, "c.acked", 30);
    plain_close(world);
    world = web_world("http=3 response=4096B", "rate=max count=30 pipeline=30 http=3");
    plain_run_ms(world, 490);
    assert_true(plain_metric(world, "c.acked") < 30);
    plain_run_ms(world, 540);
    same(world, "c.acked", 30);
    plain_close(world);
}

/* One datagram of the answers is lost: in the second round, of an object of its own. */
static void a_lost_datagram_delays_its_own_stream(void **unused)
{
    int64_t acked[2][2];
    (void)unused;
    for (unsigned lost = 0; lost < 2; lost++) {
        struct world *world =
            web_world("http=3 response=4096B", "rate=max count=30 pipeline=30 http=3");
        if (lost)
            plain_say(world, "drop-next web-1 -> app-1 data 1 skip=14");
        plain_run_ms(world, 310);
        acked[lost][0] = plain_metric(world, "c.acked");
        plain_run_ms(world, 410);
        acked[lost][1] = plain_metric(world, "c.acked");
        plain_run_ms(world, 710);
        same(world, "c.acked", 30);
        plain_close(world);
    }
    assert_int_equal(acked[1][0], acked[0][0] - 1); /* that stream alone ... */
    assert_true(acked[1][1] < acked[0][1]); /* ... and later what the cut window holds back */
}

/* No datagram is lost for ever. */
static void losses_are_made_good(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("http=3 response=20KB", "rate=20/s count=300 connections=4 http=3");
    plain_say(world, "set app-1~web-1 loss=5%");
    plain_run_ms(world, 120000);
    same(world, "c.acked", 300);
    plain_say(world, "remove c");
    plain_run_ms(world, 200000);
    nothing_is_left(world);
    plain_close(world);
}

/* SIGKILL tells nobody: silence; whoever comes back does not know the connection. */
static void a_death_is_silent_and_a_new_process_resets(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("http=3", "rate=1/s arrival=constant count=20 http=3 timeout=500ms");
    plain_run_ms(world, 2500);
    plain_say(world, "kill web");
    same(world, "c.connections", 1);
    plain_run_ms(world, 2700);
    same(world, "c.connections", 1); /* TCP would know by now */
    plain_run_ms(world, 5800);
    assert_true(plain_metric(world, "c.timed_out") + plain_metric(world, "c.refused") >= 2);
    plain_say(world, "start web");
    plain_run_ms(world, 25000);
    assert_true(plain_metric(world, "c.acked") >= 14);
    plain_say(world, "remove c");
    plain_run_ms(world, 120000);
    nothing_is_left(world);
    plain_close(world);
}

static void a_stopped_server_answers_later(void **unused)
{
    (void)unused;
    struct world *world = web_world("http=3", "rate=10/s arrival=constant count=10 http=3");
    plain_run_ms(world, 450);
    plain_say(world, "pause web");
    plain_run_ms(world, 3000);
    assert_true(plain_metric(world, "c.acked") < 10);
    plain_say(world, "resume web");
    plain_run_ms(world, 6000);
    same(world, "c.acked", 10);
    plain_close(world);
}

/* Nobody speaks it there: the port is closed. */
static void where_it_is_not_spoken_the_port_is_closed(void **unused)
{
    (void)unused;
    struct world *world = web_world("http=2", "rate=max count=1 http=3");
    plain_run_ms(world, 101);
    same(world, "c.refused", 1);
    same(world, "c.connect_failures", 1);
    plain_say(world, "set web http=3");
    plain_say(world, "set c count=2");
    plain_run_ms(world, 1000);
    same(world, "c.acked", 1);
    plain_close(world);
}

/* The first datagram is lost: it goes again after a second. */
static void a_lost_hello_costs_a_second(void **unused)
{
    (void)unused;
    struct world *world = web_world("http=3", "");
    plain_say(world, "drop-next app-1 -> web-1");
    plain_say(world, "add client c on app-1 to=web op=http rate=max count=1 http=3 timeout=9s");
    plain_run_ms(world, 3000);
    same(world, "c.acked", 1);
    between(world, "c.latency_max", 1200 * MS_NS, 1204 * MS_NS);
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_connection_takes_two_round_trips_and_early_data_one),
        cmocka_unit_test(a_connection_that_is_open_takes_one),
        cmocka_unit_test(thirty_objects_grow_the_window),
        cmocka_unit_test(a_lost_datagram_delays_its_own_stream),
        cmocka_unit_test(losses_are_made_good),
        cmocka_unit_test(a_death_is_silent_and_a_new_process_resets),
        cmocka_unit_test(a_stopped_server_answers_later),
        cmocka_unit_test(where_it_is_not_spoken_the_port_is_closed),
        cmocka_unit_test(a_lost_hello_costs_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
