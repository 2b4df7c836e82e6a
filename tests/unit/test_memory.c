/*
 * Memory of a machine: sums, and the kernel that kills the largest.
 */
#include "tests/unit/machine_fixture.h"

static void sums_are_kept(void **state)
{
    uint32_t a, b;

    (void)state;
    fixture_open("ram=1GB", NULL, NULL);
    a = tenant("a");
    b = tenant("b");
    assert_true(memory_take(fixture.world, b, 300 * MB));
    assert_true(memory_take(fixture.world, a, 100 * MB));
    assert_true(memory_take(fixture.world, a, 100 * MB));
    memory_give(fixture.world, b, 50 * MB);
    assert_int_equal(memory_of(fixture.world, a), 200 * MB);
    assert_int_equal(memory_of(fixture.world, b), 250 * MB);
    assert_int_equal(metric("ram_used"), 450 * MB);
    memory_give(fixture.world, b, 999 * MB); /* never below nothing */
    assert_int_equal(metric("ram_used"), 200 * MB);
    memory_give_all(fixture.world, a);
    assert_int_equal(memory_of(fixture.world, a), 0);
    assert_int_equal(metric("ram_used"), 0);
    assert_int_equal(metric("oom_kills"), 0);
}

static void the_largest_is_killed(void **state)
{
    uint32_t small, large, other;

    (void)state;
    fixture_open("ram=1GB", NULL, NULL);
    small = tenant("small");
    large = tenant("large");
    other = tenant("other");
    assert_true(memory_take(fixture.world, small, 100 * MB));
    assert_true(memory_take(fixture.world, large, 600 * MB));
    assert_true(memory_take(fixture.world, other, 300 * MB)); /* to the last byte */
    assert_int_equal(metric("oom_kills"), 0);
    assert_true(memory_take(fixture.world, small, 1));
    assert_int_equal(component_at(fixture.world, large)->up, 0);
    assert_int_equal(component_at(fixture.world, other)->up, 1);
    assert_int_equal(metric("oom_kills"), 1);
    assert_int_equal(fixture.traces[TRACE_OOM_KILL], 1);
    assert_int_equal(memory_of(fixture.world, large), 0);
    assert_int_equal(metric("ram_used"), 400 * MB + 1);
}

static void who_asks_may_be_the_largest(void **state)
{
    uint32_t a, b;

    (void)state;
    fixture_open("ram=1GB", NULL, NULL);
    a = tenant("a");
    b = tenant("b");
    assert_true(memory_take(fixture.world, a, 400 * MB));
    assert_false(memory_take(fixture.world, b, 700 * MB));
    assert_int_equal(component_at(fixture.world, b)->up, 0);
    assert_int_equal(component_at(fixture.world, a)->up, 1);
    assert_int_equal(metric("ram_used"), 400 * MB);
}

static void less_ram_kills_until_the_rest_fits(void **state)
{
    uint32_t id[4];

    (void)state;
    fixture_open("ram=1GB", NULL, NULL);
    for (uint32_t i = 0; i < 4; i++) {
        id[i] = tenant((const char[]){(char)('a' + i), 0});
        assert_true(memory_take(fixture.world, id[i], (i + 1) * 100 * MB));
    }
    act("set", "m", "ram=350MB", NULL, NULL);
    assert_int_equal(metric("oom_kills"), 2);
    assert_int_equal(metric("ram_used"), 300 * MB);
    assert_int_equal(component_at(fixture.world, id[1])->up, 1);
    assert_int_equal(component_at(fixture.world, id[2])->up, 0);
    assert_int_equal(component_at(fixture.world, id[3])->up, 0);
}

static void page_cache_kills_nobody(void **state)
{
    uint64_t written;
    uint32_t a;

    (void)state;
    fixture_open("ram=1GB", NULL, NULL);
    a = tenant("a");
    assert_true(memory_take(fixture.world, a, 900 * MB));
    assert_int_equal(
        file_append(fixture.world, file_create(fixture.world, a, "f"), 5000 * MB, &written),
        FILE_OK);
    run_until(60 * SECOND_NS);
    assert_int_equal(metric("oom_kills"), 0);
    assert_int_equal(metric("ram_used"), 900 * MB);
}

static void power_empties_memory(void **state)
{
    uint32_t a;

    (void)state;
    fixture_open("ram=1GB", NULL, NULL);
    a = tenant("a");
    assert_true(memory_take(fixture.world, a, 900 * MB));
    machine_power_off(fixture.world, fixture.machine);
    assert_int_equal(metric("ram_used"), 0);
    assert_int_equal(memory_of(fixture.world, a), 0);
    memory_give(fixture.world, a, MB); /* a process that is told late */
    assert_int_equal(metric("ram_used"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(sums_are_kept, fixture_close),
        cmocka_unit_test_teardown(the_largest_is_killed, fixture_close),
        cmocka_unit_test_teardown(who_asks_may_be_the_largest, fixture_close),
        cmocka_unit_test_teardown(less_ram_kills_until_the_rest_fits, fixture_close),
        cmocka_unit_test_teardown(page_cache_kills_nobody, fixture_close),
        cmocka_unit_test_teardown(power_empties_memory, fixture_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
