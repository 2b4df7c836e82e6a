/*
 * A balancer that stands by for another: when it takes the address over, and who gets whom.
 */
#include "tests/unit/balancer_fixture.h"

/* The same, and a second balancer on a machine of its own that stands by. */
static struct world *doubled(const char *client)
{
    struct world *world = balanced("inter=1s", "");
    char line[200];
    plain_say(world, "machine edge-2");
    plain_say(world, "add balancer lb-2 on edge-2 to=a,b,c");
    plain_say(world, "set lb standby=lb-2");
    snprintf(line, sizeof line, "add client users on users-1 to=lb op=http rate=100/s %s", client);
    plain_say(world, line);
    plain_run_ms(world, 5000);
    same(world, "lb.addresses", 1);
    same(world, "lb-2.addresses", 1);
    same(world, "lb-2.requests", 0);
    return world;
}

/* Silent from 5 s on; the last advert was heard less than an interval before. */
static void taken_after_three_intervals(struct world *world)
{
    plain_run_ms(world, 6950);
    same(world, "lb-2.addresses", 1);
    plain_run_ms(world, 8100);
    same(world, "lb-2.addresses", 2);
    int64_t acked = plain_metric(world, "users.acked");
    plain_run_ms(world, 11100);
    between(world, "users.acked", acked + 200, acked + 400); /* two seconds of waiting went by */
    assert_true(plain_metric(world, "lb-2.requests") > 0);
    plain_check(world);
}

static void a_standby_takes_the_address_of_a_dead_one(void **unused)
{
    (void)unused;
    static const char *const deaths[] = {"kill lb", "power-cut edge-1", "pause lb",
                                         "isolate edge-1"};
    static const char *const ends[] = {"start lb", "power-on edge-1", "resume lb", "heal all"};
    for (unsigned i = 0; i < 4; i++) {
        struct world *world = doubled("");
        plain_say(world, deaths[i]);
        taken_after_three_intervals(world);
        plain_say(world, ends[i]); /* it claims its address back */
        plain_run_ms(world, 12200);
        same(world, "lb-2.addresses", 1);
        plain_run_ms(world, 14000);
        int64_t refused = plain_metric(world, "users.refused");
        int64_t timed_out = plain_metric(world, "users.timed_out");
        plain_run_ms(world, 16000);
        same(world, "users.refused", refused);
        same(world, "users.timed_out", timed_out);
        plain_close(world);
    }
}

static void who_is_cut_off_from_each_other_both_answer(void **unused)
{
    (void)unused;
    struct world *world = doubled("");
    plain_say(world, "add client far on app-a to=lb op=http rate=100/s");
    plain_run_ms(world, 6000);
    plain_say(world, "cut edge-1 edge-2");
    plain_run_ms(world, 10000);
    same(world, "lb-2.addresses", 2);
    same(world, "lb-2.requests", 0); /* who reaches both goes to the one whose address it is */
    plain_say(world, "cut app-a edge-1");
    plain_run_ms(world, 15000);
    assert_true(plain_metric(world, "lb-2.requests") > 0);
    int64_t acked = plain_metric(world, "far.acked");
    plain_run_ms(world, 16000);
    between(world, "far.acked", acked + 80, acked + 120);
    same(world, "users.refused", 0);
    plain_say(world, "heal all");
    plain_run_ms(world, 18000);
    same(world, "lb-2.addresses", 1);
    plain_close(world);
}

static void a_standby_on_the_same_machine_dies_with_it(void **unused)
{
    (void)unused;
    struct world *world = balanced("inter=1s", "rate=100/s");
    plain_say(world, "add balancer lb-2 on edge-1 to=a,b,c");
    plain_say(world, "set lb standby=lb-2");
    plain_run_ms(world, 5000);
    plain_say(world, "power-cut edge-1");
    plain_run_ms(world, 15000);
    int64_t acked = plain_metric(world, "users.acked");
    plain_run_ms(world, 18000);
    same(world, "users.acked", acked);
    plain_close(world);
}

static void a_standby_may_die_be_removed_or_be_no_more(void **unused)
{
    (void)unused;
    struct world *world = doubled("");
    plain_run_ms(world, 5500);
    plain_say(world, "pause lb-2");
    plain_say(world, "kill lb");
    plain_run_ms(world, 10000);
    same(world, "lb-2.addresses", 1);
    plain_say(world, "resume lb-2"); /* it hears that nothing was to be heard */
    same(world, "lb-2.addresses", 2);
    plain_say(world, "kill lb-2");
    same(world, "lb-2.addresses", 0);
    plain_say(world, "start lb-2");
    plain_run_ms(world, 14000);
    same(world, "lb-2.addresses", 2);
    plain_say(world, "set lb standby=");
    plain_say(world, "start lb");
    plain_say(world, "set lb standby=lb-2");
    plain_run_ms(world, 15000);
    plain_say(world, "remove lb-2");
    plain_run_ms(world, 20000);
    same(world, "lb.addresses", 1);
    assert_int_equal(plain_try(world, "set lb standby=lb").id, ERROR_BALANCER_STANDBY);
    assert_int_equal(plain_try(world, "set lb standby=a").id, ERROR_BALANCER_STANDBY);
    assert_int_equal(plain_try(world, "set lb standby=nobody").id, ERROR_NOTHING_NAMED);
    plain_check(world);
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_standby_takes_the_address_of_a_dead_one),
        cmocka_unit_test(who_is_cut_off_from_each_other_both_answer),
        cmocka_unit_test(a_standby_on_the_same_machine_dies_with_it),
        cmocka_unit_test(a_standby_may_die_be_removed_or_be_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
