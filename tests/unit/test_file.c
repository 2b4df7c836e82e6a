/*
 * Files and the page cache: what the kernel writes back by itself and when, names, damage.
 */
#include "tests/unit/machine_fixture.h"

/* --- writeback ------------------------------------------------------------------------------ */

static void a_lone_write_is_on_the_disk_after_30_to_35_s(void **state)
{
    uint64_t least = TIME_NEVER, most = 0;
    uint32_t a, file;

    (void)state;
    fixture_open(NULL, NULL, NULL);
    a = tenant("a");
    file = file_of(a, "log", 0);
    for (uint64_t i = 0; i < 40; i++) {
        const uint64_t since_ns = i * 100 * SECOND_NS + i * 130 * MS_NS;
        uint64_t took_ns;

        run_until(since_ns);
        append(file, 100);
        while (file_at(fixture.world, file)->durable < file_at(fixture.world, file)->length)
            assert_true(step(TIME_NEVER - 1));
        took_ns = fixture.world->now_ns - since_ns;
        least = took_ns < least ? took_ns : least;
        most = took_ns > most ? took_ns : most;
        run_until(since_ns + 50 * SECOND_NS);
        assert_int_equal(fixture.world->queue.pending, 0); /* nobody looks while all is clean */
    }
    assert_in_range(least, 30 * SECOND_NS, 31 * SECOND_NS);
    assert_in_range(most, 34 * SECOND_NS, 35 * SECOND_NS + MS_NS);
}

static void young_bytes_of_an_old_file_go_along(void **state)
{
    uint32_t a, file, jumps = 0;
    uint64_t durable = 0, worst = 0;

    (void)state;
    fixture_open(NULL, NULL, NULL);
    a = tenant("a");
    file = file_of(a, "log", 0);
    for (uint64_t at_ns = 0; at_ns < 200 * SECOND_NS; at_ns += 100 * MS_NS) {
        struct file *now = file_at(fixture.world, file);

        run_until(at_ns);
        if (now->durable != durable) {
            jumps++;
            assert_in_range(now->length - now->durable, 0, 10); /* less than 100 ms of writes */
        }
        durable = now->durable;
        worst = now->length - durable > worst ? now->length - durable : worst;
        append(file, 10);
    }
    assert_in_range(jumps, 5, 6);
    assert_in_range(worst, 3000, 3510); /* 30 to 35 s of writes */
}

static void too_much_is_written_at_once(void **state)
{
    uint32_t a, file;

    (void)state;
    fixture_open("ram=1GB", NULL, NULL);
    a = tenant("a");
    assert_true(memory_take(fixture.world, a, 500 * MB));
    file = file_of(a, "log", 50 * MB); /* 10 % of what is left */
    run_until(SECOND_NS);
    lengths(file, 50 * MB, 0);
    append(file, 100);
    run_until(2 * SECOND_NS);
    lengths(file, 50 * MB + 100, 50 * MB + 100);
}

static void writeback_has_its_settings(void **state)
{
    uint32_t a, file;

    (void)state;
    fixture_open("dirty_expire=2s", "dirty_writeback=100ms", NULL);
    a = tenant("a");
    file = file_of(a, "log", 100);
    run_until(1990 * MS_NS);
    lengths(file, 100, 0);
    run_until(2110 * MS_NS);
    lengths(file, 100, 100);
    append(file, 100);
    act("set", "m", "dirty_writeback=1h", NULL, NULL);
    run_until(20 * SECOND_NS);
    lengths(file, 200, 100);
    act("set", "m", "dirty_writeback=10ms", NULL, NULL);
    run_until(21 * SECOND_NS);
    lengths(file, 200, 200);
}

/* --- names ---------------------------------------------------------------------------------- */

static void names_belong_to_their_owner(void **state)
{
    uint32_t a, b, one, two, three;

    (void)state;
    fixture_open(NULL, NULL, NULL);
    a = tenant("a");
    b = tenant("b");
    one = file_of(a, "dump.rdb", 10);
    two = file_of(b, "dump.rdb", 20);
    three = file_of(a, "temp.rdb", 30);
    assert_int_equal(file_find(fixture.world, a, "dump.rdb"), one);
    assert_int_equal(file_find(fixture.world, b, "dump.rdb"), two);
    assert_int_equal(file_find(fixture.world, b, "temp.rdb"), 0);
    assert_int_equal(file_next(fixture.world, fixture.machine, one), two);
    file_rename(fixture.world, three, "dump.rdb");
    assert_int_equal(file_find(fixture.world, a, "dump.rdb"), three);
    assert_int_equal(file_find(fixture.world, a, "temp.rdb"), 0);
    assert_int_equal(file_next(fixture.world, fixture.machine, 0), two);
    assert_int_equal(file_next(fixture.world, fixture.machine, two), three);
    assert_int_equal(file_next(fixture.world, fixture.machine, three), 0);
    assert_int_equal(metric("disk_used"), 50);
    assert_int_equal(file_create(fixture.world, a, "dump.rdb"), three); /* emptied */
    lengths(three, 0, 0);
    assert_int_equal(metric("page_cache_dirty"), 20);
}

static void damage_goes_with_its_bytes(void **state)
{
    const struct file_damage marks[] = {{10, 20}, {80, 40}, {150, 0}};
    uint32_t a, id;
    struct file *file;

    (void)state;
    fixture_open(NULL, NULL, NULL);
    a = tenant("a");
    id = file_of(a, "log", 200);
    file = file_at(fixture.world, id);
    for (size_t i = 0; i < 3; i++)
        *(struct file_damage *)vector_push(&fixture.world->region, &file->damage, sizeof *marks) =
            marks[i];
    file_truncate(fixture.world, id, 100);
    assert_int_equal(file->damage.count, 2);
    assert_int_equal(
        ((struct file_damage *)vector_at(&fixture.world->region, &file->damage, 1))->length, 20);
    file_truncate(fixture.world, id, 10);
    assert_int_equal(file->damage.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_lone_write_is_on_the_disk_after_30_to_35_s, fixture_close),
        cmocka_unit_test_teardown(young_bytes_of_an_old_file_go_along, fixture_close),
        cmocka_unit_test_teardown(too_much_is_written_at_once, fixture_close),
        cmocka_unit_test_teardown(writeback_has_its_settings, fixture_close),
        cmocka_unit_test_teardown(names_belong_to_their_owner, fixture_close),
        cmocka_unit_test_teardown(damage_goes_with_its_bytes, fixture_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
