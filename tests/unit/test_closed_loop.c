/* The closed loop: connections x pipeline users, each of whom asks again when it was answered. */
#include "tests/unit/client_fixture.h"

static void the_closed_loop_asks_again_when_it_was_answered(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client c on app-1 to=cache rate=max");
    plain_run_ms(world, 101);
    same(world, "c.in_flight", 1);
    plain_run_ms(world, 10100);
    same(world, "c.connects", 1); /* connections=1 when it was not given */
    same(world, "c.in_flight", 1);
    between(world, "c.throughput", 400, 500); /* a round trip of 2 ms and the store's work */
    plain_close(world);
}

static void pipelines_and_connections_multiply(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client c on app-1 to=cache rate=max connections=3 pipeline=4");
    plain_run_ms(world, 1100);
    same(world, "c.connects", 3);
    same(world, "c.connections", 3);
    same(world, "c.in_flight", 12);
    plain_say(world, "set c connections=1");
    plain_run_ms(world, 1200);
    same(world, "c.connections", 1);
    same(world, "c.in_flight", 4);
    plain_say(world, "set c connections=2 pipeline=1");
    plain_run_ms(world, 1300);
    same(world, "c.in_flight", 2);
    same(world, "c.connections", 2);
    plain_check(world);
    plain_close(world);
}

/* As redis-benchmark -P: the next ones go out when all answers have come, and go out together. */
static void a_pipeline_goes_out_together(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client c on app-1 to=cache rate=max pipeline=16 value=16B count=64");
    plain_run_ms(world, 101);
    same(world, "c.sent", 16);
    int64_t segments = plain_metric(world, "app-1.tcp_out_segs");
    while (plain_metric(world, "c.acked") < 16) {
        same(world, "c.sent", 16); /* while one answer is missing, nobody asks */
        plain_run(world, world->now_ns + 1000);
    }
    same(world, "c.sent", 32);
    between(world, "app-1.tcp_out_segs", segments + 2, segments + 24); /* ACKs, and two that ask */
    plain_run_ms(world, 200);
    same(world, "c.acked", 64);
    plain_say(world, "add client d on app-1 to=cache rate=max pipeline=8 think=50ms");
    plain_run_ms(world, 249); /* all eight think at once, and go on at once */
    same(world, "d.sent", 8);
    plain_run_ms(world, 299);
    same(world, "d.sent", 16);
    plain_say(world, "set d rate=10/s"); /* whoever waited for the rest is no user any more */
    plain_run_ms(world, 400);
    plain_say(world, "set d rate=max");
    plain_run_ms(world, 440);
    same(world, "d.in_flight", 0);
    plain_check(world);
    plain_close(world);
}

static void think_and_count_of_the_closed_loop(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client c on app-1 to=cache rate=max connections=2 think=100ms count=10");
    plain_run_ms(world, 250); /* asked at 100 and, answered after some ms, some ms after 200 */
    same(world, "c.sent", 4);
    plain_run_ms(world, 5000);
    same(world, "c.sent", 10);
    same(world, "c.acked", 10);
    same(world, "c.in_flight", 0);
    plain_close(world);
}

static void loops_can_be_exchanged(void **unused)
{
    (void)unused;
    struct world *world = two_machines();
    plain_say(world, "add client c on app-1 to=cache rate=max connections=5 think=50ms");
    plain_run_ms(world, 500);
    plain_say(world, "set c rate=10/s arrival=constant");
    int64_t before = plain_metric(world, "c.sent");
    plain_run_ms(world, 2499);
    same(world, "c.sent", before + 20);
    plain_say(world, "set c rate=max");
    plain_run_ms(world, 2500);
    between(world, "c.in_flight", 5, 6);
    plain_run_ms(world, 3500);
    plain_check(world);
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_closed_loop_asks_again_when_it_was_answered),
        cmocka_unit_test(pipelines_and_connections_multiply),
        cmocka_unit_test(a_pipeline_goes_out_together),
        cmocka_unit_test(think_and_count_of_the_closed_loop),
        cmocka_unit_test(loops_can_be_exchanged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
