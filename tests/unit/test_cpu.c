/*
 * The cores of a machine: work is conserved, turns are fair, and what is taken away stays away.
 */
#include "tests/unit/machine_fixture.h"

static uint32_t run_work(uint32_t component, uint64_t cost_ns, uint32_t number)
{
    const struct payload payload = {.u32 = {number}};
    const uint32_t work = cpu_run(fixture.world, component, cost_ns, 7, &payload);

    assert_int_not_equal(work, 0);
    return work;
}

static const struct answer *answer_of(uint32_t number)
{
    for (uint32_t i = 0; i < fixture.answers; i++)
        if (fixture.answer[i].payload.u32[0] == number)
            return &fixture.answer[i];
    fail_msg("no answer %u", number);
    return NULL;
}

static void a_piece_takes_its_cost_and_one_event(void **state)
{
    uint32_t a;

    (void)state;
    fixture_open("cores=2", NULL, NULL);
    a = tenant("a");
    run_work(a, 5 * US_NS, 1);
    run_work(a, 0, 2);
    run_until(SECOND_NS);
    assert_int_equal(fixture.answers, 2);
    assert_int_equal(answer_of(1)->time_ns, 5 * US_NS);
    assert_int_equal(answer_of(2)->time_ns, 0);
    assert_int_equal(answer_of(1)->component, a);
    assert_int_equal(answer_of(1)->what, 7);
    assert_int_equal(fixture.world->events, 2);
    assert_int_equal(live(SLAB_WORK), 0);
}

static void hogs_share_a_core(void **state)
{
    (void)state;
    fixture_open("cores=1", NULL, NULL);
    for (uint32_t i = 1; i <= 4; i++)
        run_work(tenant((const char[]){(char)('a' + i), 0}), 100 * MS_NS, i);
    run_until(390 * MS_NS);
    assert_int_equal(fixture.answers, 0);
    run_until(SECOND_NS);
    for (uint32_t i = 1; i <= 4; i++)
        assert_in_range(answer_of(i)->time_ns, 390 * MS_NS, 400 * MS_NS);
    assert_int_equal(fixture.answer[3].time_ns, 400 * MS_NS);
}

static void equal_pieces_end_in_order(void **state)
{
    const uint32_t count = 50;
    uint32_t a;

    (void)state;
    fixture_open("cores=1", NULL, NULL);
    a = tenant("a");
    for (uint32_t i = 0; i < count; i++)
        run_work(a, 10 * US_NS, i);
    run_until(SECOND_NS);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(fixture.answer[i].payload.u32[0], i);
        assert_int_equal(fixture.answer[i].time_ns, (i + 1) * 10 * US_NS);
    }
}

static void short_work_does_not_wait_behind_a_hog(void **state)
{
    uint32_t hog, brief;

    (void)state;
    fixture_open("cores=1", NULL, NULL);
    hog = tenant("hog");
    brief = tenant("brief");
    run_work(hog, SECOND_NS, 1);
    run_until(MS_NS / 2);
    run_work(brief, 20 * US_NS, 2); /* the hog has just begun: at the end of its slice */
    run_until(20 * MS_NS);
    assert_int_equal(answer_of(2)->time_ns, 3 * MS_NS + 20 * US_NS);
    run_work(brief, 20 * US_NS, 3); /* the hog has used its turn: at once */
    run_until(2 * SECOND_NS);
    assert_int_equal(answer_of(3)->time_ns, 20 * MS_NS + 20 * US_NS);
    assert_int_equal(answer_of(1)->time_ns, SECOND_NS + 40 * US_NS);
}

static void put_more(struct fixture *f, const struct answer *answer)
{
    if (answer->payload.u32[0] == 2) {
        f->number++;
        run_work(answer->component, 20 * US_NS, 2);
    }
}

static void a_chain_of_short_work_is_a_thread(void **state)
{
    (void)state;
    fixture_open("cores=1", NULL, NULL);
    run_work(tenant("hog"), 10 * SECOND_NS, 1);
    fixture.then = put_more;
    run_work(tenant("chain"), 20 * US_NS, 2);
    run_until(SECOND_NS);
    /* Half of the core: 25,000 pieces of 20 us. */
    assert_in_range(fixture.number, 24000, 26000);
}

static void who_sleeps_gets_its_fair_share(void **state)
{
    uint32_t chain, fresh = 0;

    (void)state;
    fixture_open("cores=1", NULL, NULL);
    run_work(tenant("hog"), 10 * SECOND_NS, 1);
    chain = tenant("chain");
    /* 20 us each 100 us is less than half: all of it runs, mostly without waiting. */
    for (uint64_t at_ns = 0; at_ns < SECOND_NS; at_ns += 100 * US_NS) {
        run_until(at_ns);
        run_work(chain, 20 * US_NS, 2);
    }
    run_until(SECOND_NS + 10 * MS_NS);
    assert_int_equal(fixture.answers, 10000);
    for (uint32_t i = 0; i < fixture.answers; i++)
        fresh += fixture.answer[i].time_ns % (100 * US_NS) == 20 * US_NS;
    assert_in_range(fresh, 9900, 10000);
    /* 60 us each 100 us is more than half: the hog keeps about half. */
    for (uint64_t at_ns = 2 * SECOND_NS; at_ns < 3 * SECOND_NS; at_ns += 100 * US_NS) {
        run_until(at_ns);
        run_work(chain, 60 * US_NS, 2);
    }
    assert_in_range((fixture.answers - 10000) * 60, 450000, 600000);
}

/* Each moment as many cores work as there is work for. */
static void check_conserving(uint32_t stopped_items)
{
    const struct cpu *cpu = &machine()->cpu;
    const uint32_t able = live(SLAB_WORK) - stopped_items;

    assert_int_equal(cpu->busy, able < cpu->cores ? able : cpu->cores);
}

static uint32_t stopped_items(void)
{
    uint32_t count = 0;

    for (uint32_t id = machine()->cpu.stopped.first; id != 0; id = work_at(fixture.world, id)->next)
        count++;
    return count;
}

static void random_work_is_conserved(void **state)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct stream stream = stream_of(seed, "test", "cpu");
        uint64_t busy_ns = 0, cost_ns = 0;
        uint32_t given = 0, who[3];
        static const char *const cores[] = {"cores=1", "cores=2", "cores=5"};

        fixture_open(cores[seed % 3], NULL, NULL);
        for (uint32_t i = 0; i < 3; i++)
            who[i] = tenant((const char[]){(char)('a' + i), 0});
        while (given < 1000 || live(SLAB_WORK) > 0) {
            const uint64_t before_ns = fixture.world->now_ns;
            const uint32_t busy = machine()->cpu.busy, one = who[stream_below(&stream, 3)];
            const uint64_t until_ns = before_ns + stream_below(&stream, 400 * US_NS);

            if (!step(until_ns))
                fixture.world->now_ns = until_ns;
            busy_ns += busy * (fixture.world->now_ns - before_ns);
            if (given < 1000 && stream_chance(&stream, 1, 3)) {
                const uint64_t cost = stream_exponential(&stream, given % 50 ? 300000 : 20000000);

                cost_ns += cost;
                run_work(one, cost, given++);
            } else if (stream_chance(&stream, 1, 50)) {
                component_at(fixture.world, one)->paused ^= 1;
                (component_at(fixture.world, one)->paused ? cpu_pause : cpu_resume)(fixture.world,
                                                                                    one);
            }
            check_conserving(stopped_items());
        }
        assert_int_equal(fixture.answers, 1000);
        assert_int_equal(busy_ns, cost_ns);
        fixture_close(state);
    }
}

static void a_stopped_process_keeps_its_work(void **state)
{
    uint32_t a;

    (void)state;
    fixture_open("cores=1", NULL, NULL);
    a = tenant("a");
    run_work(a, 10 * MS_NS, 1);
    run_work(a, 10 * MS_NS, 2);
    run_until(4 * MS_NS);
    component_signal(fixture.world, a, SIGNAL_STOP);
    cpu_pause(fixture.world, a);
    run_work(a, MS_NS, 3);
    run_until(100 * MS_NS);
    assert_int_equal(fixture.answers, 0);
    assert_int_equal(machine()->cpu.busy, 0);
    component_signal(fixture.world, a, SIGNAL_CONT);
    cpu_resume(fixture.world, a);
    run_until(SECOND_NS);
    assert_int_equal(fixture.answers, 3);
    assert_int_equal(fixture.answer[2].time_ns, 100 * MS_NS + 17 * MS_NS);
}

static void cancelled_work_never_comes(void **state)
{
    uint32_t a, b, work;

    (void)state;
    fixture_open("cores=1", NULL, NULL);
    a = tenant("a");
    b = tenant("b");
    for (uint32_t i = 0; i < 5; i++)
        run_work(a, MS_NS, 1);
    run_work(b, MS_NS, 2);
    work = run_work(b, MS_NS, 3);
    run_until(MS_NS / 2);
    cpu_cancel_all(fixture.world, a);
    cpu_cancel(fixture.world, work);
    run_until(SECOND_NS);
    assert_int_equal(fixture.answers, 1);
    assert_int_equal(answer_of(2)->time_ns, MS_NS / 2 + MS_NS);
    assert_int_equal(live(SLAB_WORK), 0);
}

static void burning_slows_all_down(void **state)
{
    uint32_t a;

    (void)state;
    fixture_open("cores=1", NULL, NULL);
    a = tenant("a");
    cpu_burn(fixture.world, fixture.machine, 20 * PERCENT_ONE);
    run_work(a, 10 * MS_NS, 1);
    run_until(5 * MS_NS);
    assert_int_equal(fixture.answers, 0);
    cpu_burn(fixture.world, fixture.machine, 0); /* 4 ms are done: 6 ms are left */
    run_until(SECOND_NS);
    assert_int_equal(answer_of(1)->time_ns, 11 * MS_NS);
    cpu_burn(fixture.world, fixture.machine, 100 * PERCENT_ONE);
    run_until(2 * SECOND_NS);
    assert_int_equal(metric("cpu"), 100 * PERCENT_ONE);
    run_work(a, MS_NS, 2); /* two want the core whole: each gets half */
    run_until(3 * SECOND_NS);
    assert_int_equal(answer_of(2)->time_ns, 2 * SECOND_NS + 2 * MS_NS);
}

static void cpu_is_of_the_last_second(void **state)
{
    uint32_t a;

    (void)state;
    fixture_open("cores=2", NULL, NULL);
    a = tenant("a");
    run_work(a, 500 * MS_NS, 1);
    run_until(250 * MS_NS);
    assert_int_equal(metric("cpu"), 50 * PERCENT_ONE);
    run_until(SECOND_NS);
    assert_int_equal(metric("cpu"), 25 * PERCENT_ONE);
    run_until(1240 * MS_NS); /* of the last second 260 ms of one core */
    assert_int_equal(metric("cpu"), 13 * PERCENT_ONE);
    run_until(1500 * MS_NS);
    assert_int_equal(metric("cpu"), 0);
    run_until(100 * SECOND_NS);
    run_work(a, MS_NS, 2);
    run_until(100 * SECOND_NS + 500 * MS_NS);
    assert_int_equal(metric("cpu"), PERCENT_ONE / 20);
}

static void cores_change_under_load(void **state)
{
    (void)state;
    fixture_open("cores=4", NULL, NULL);
    for (uint32_t i = 0; i < 8; i++)
        run_work(tenant((const char[]){(char)('a' + i), 0}), 10 * MS_NS, i);
    run_until(5 * MS_NS);
    act("set", "m", "cores=1", NULL, NULL);
    check_conserving(0);
    run_until(15 * MS_NS); /* 4 * 5 + 10 of 80 ms are done */
    act("set", "m", "cores=2", NULL, NULL);
    check_conserving(0);
    run_until(SECOND_NS);
    assert_int_equal(fixture.answers, 8);
    assert_in_range(fixture.answer[7].time_ns, 40 * MS_NS, 42 * MS_NS);
}

static void power_takes_all_work(void **state)
{
    uint32_t a;

    (void)state;
    fixture_open("cores=2", NULL, NULL);
    a = tenant("a");
    for (uint32_t i = 0; i < 5; i++)
        run_work(a, MS_NS, i);
    cpu_burn(fixture.world, fixture.machine, PERCENT_ONE);
    run_until(MS_NS / 10);
    machine_power_off(fixture.world, fixture.machine);
    assert_int_equal(metric("up"), 0);
    assert_int_equal(live(SLAB_WORK), 0);
    assert_int_equal(fixture.world->queue.pending, 0);
    machine_power_on(fixture.world, fixture.machine);
    assert_int_equal(metric("up"), 1);
    run_until(2 * SECOND_NS);
    assert_int_equal(fixture.answers, 0);
    assert_int_equal(metric("cpu"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_piece_takes_its_cost_and_one_event, fixture_close),
        cmocka_unit_test_teardown(hogs_share_a_core, fixture_close),
        cmocka_unit_test_teardown(equal_pieces_end_in_order, fixture_close),
        cmocka_unit_test_teardown(short_work_does_not_wait_behind_a_hog, fixture_close),
        cmocka_unit_test_teardown(a_chain_of_short_work_is_a_thread, fixture_close),
        cmocka_unit_test_teardown(who_sleeps_gets_its_fair_share, fixture_close),
        cmocka_unit_test_teardown(random_work_is_conserved, fixture_close),
        cmocka_unit_test_teardown(a_stopped_process_keeps_its_work, fixture_close),
        cmocka_unit_test_teardown(cancelled_work_never_comes, fixture_close),
        cmocka_unit_test_teardown(burning_slows_all_down, fixture_close),
        cmocka_unit_test_teardown(cpu_is_of_the_last_second, fixture_close),
        cmocka_unit_test_teardown(cores_change_under_load, fixture_close),
        cmocka_unit_test_teardown(power_takes_all_work, fixture_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
