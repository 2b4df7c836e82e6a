/*
 * The disk: what an fsync makes durable and when, and what a full, slow or broken disk does.
 */
#include "tests/unit/machine_fixture.h"

static void an_answer(uint32_t i, uint64_t time_ns, uint64_t file, uint64_t durable,
                      enum file_error error, uint64_t cookie)
{
    assert_true(i < fixture.answers);
    assert_int_equal(fixture.answer[i].time_ns, time_ns);
    assert_int_equal(fixture.answer[i].payload.u64[0], file);
    assert_int_equal(fixture.answer[i].payload.u64[1], durable);
    assert_int_equal(fixture.answer[i].payload.u64[2], error);
    assert_int_equal(fixture.answer[i].payload.u64[3], cookie);
}

/* --- fsync ---------------------------------------------------------------------------------- */

static void an_fsync_covers_what_was_written_before_it_began(void **state)
{
    uint32_t a, file;

    (void)state;
    fixture_open(NULL, NULL, NULL);
    a = tenant("a");
    file = file_of(a, "log", 500);
    file_fsync(fixture.world, a, file, 9, 42);
    run_until(MS_NS / 2);
    append(file, 70);
    lengths(file, 570, 0);
    run_until(SECOND_NS);
    an_answer(0, MS_NS + 1000, file, 500, FILE_OK, 42); /* 500 bytes at 500 MB/s, and 1 ms */
    assert_int_equal(fixture.answer[0].what, 9);
    assert_int_equal(fixture.answer[0].component, a);
    lengths(file, 570, 500);
    assert_int_equal(file_at(fixture.world, file)->dirty_since_ns, MS_NS / 2);
    assert_int_equal(metric("page_cache_dirty"), 70);
    assert_int_equal(metric("disk_written"), 500);
    machine_power_off(fixture.world, fixture.machine);
    lengths(file, 500, 500);
    assert_int_equal(metric("page_cache_dirty"), 0);
    assert_int_equal(metric("disk_used"), 500);
}

static void a_cut_within_an_fsync_leaves_the_old_length(void **state)
{
    uint32_t a, file;

    (void)state;
    fixture_open(NULL, NULL, NULL);
    a = tenant("a");
    file = file_of(a, "log", 500);
    file_fsync(fixture.world, a, file, 9, 1);
    run_until(10 * MS_NS);
    append(file, 10 * MB);
    file_fsync(fixture.world, a, file, 9, 2);
    run_until(20 * MS_NS); /* half of its bytes are written by now */
    assert_in_range(metric("disk_written"), 4 * MB, 6 * MB);
    machine_power_off(fixture.world, fixture.machine);
    lengths(file, 500, 500);
    machine_power_on(fixture.world, fixture.machine);
    run_until(SECOND_NS);
    assert_int_equal(fixture.answers, 1);
    assert_int_equal(fixture.world->queue.pending, 0);
}

static void a_log_waits_for_a_piece_of_a_snapshot(void **state)
{
    uint32_t saver, store, log;
    uint64_t since_ns;

    (void)state;
    fixture_open(NULL, NULL, NULL);
    saver = tenant("saver");
    store = tenant("store");
    file_fsync(fixture.world, saver, file_of(saver, "rdb", 100 * MB), 9, 1);
    log = file_of(store, "log", 1000);
    run_until(20 * MS_NS + 700 * US_NS);
    since_ns = fixture.world->now_ns;
    file_fsync(fixture.world, store, log, 9, 2);
    run_until(SECOND_NS);
    assert_int_equal(fixture.answer[0].payload.u64[3], 2);
    assert_in_range(fixture.answer[0].time_ns - since_ns, MS_NS, MS_NS + 3 * MS_NS);
    /* Nothing is lost by sharing: all bytes at 500 MB/s and two fsyncs. */
    assert_in_range(fixture.answer[1].time_ns, 202 * MS_NS, 202 * MS_NS + 5 * US_NS);
}

static void a_stopped_process_hears_later_and_a_dead_one_never(void **state)
{
    uint32_t a, b, file, other;

    (void)state;
    fixture_open(NULL, NULL, NULL);
    a = tenant("a");
    b = tenant("b");
    file = file_of(a, "log", 500);
    other = file_of(b, "log", 500);
    file_fsync(fixture.world, a, file, 9, 1);
    file_fsync(fixture.world, b, other, 9, 2);
    file_read(fixture.world, b, other, 100, 9, 3);
    component_signal(fixture.world, a, SIGNAL_STOP);
    cpu_pause(fixture.world, a);
    disk_forget(fixture.world, b);
    run_until(SECOND_NS);
    assert_int_equal(fixture.answers, 0);
    lengths(file, 500, 500);
    lengths(other, 500, 500); /* the kernel had it */
    component_signal(fixture.world, a, SIGNAL_CONT);
    cpu_resume(fixture.world, a);
    run_until(2 * SECOND_NS);
    assert_int_equal(fixture.answers, 1);
    an_answer(0, SECOND_NS, file, 500, FILE_OK, 1);
}

/* --- the disk ------------------------------------------------------------------------------- */

static uint64_t fsync_time(uint32_t component, uint32_t file, uint64_t bytes)
{
    const uint64_t since_ns = fixture.world->now_ns;
    const uint32_t answers = fixture.answers;

    append(file, bytes);
    file_fsync(fixture.world, component, file, 9, 0);
    run_until(since_ns + 100 * SECOND_NS);
    assert_int_equal(fixture.answers, answers + 1);
    return fixture.answer[answers].time_ns - since_ns;
}

static void kinds_of_disks_and_their_speed(void **state)
{
    uint32_t a, file;

    (void)state;
    fixture_open("disk=hdd", "fsync=20ms", NULL);
    a = tenant("a");
    file = file_of(a, "log", 0);
    assert_int_equal(fsync_time(a, file, 120000), MS_NS + 20 * MS_NS);
    act("set", "m", "disk=nvme", NULL, NULL);
    assert_int_equal(fsync_time(a, file, 200000), 200 * US_NS);
    act("set", "m", "disk=ssd", "disk-speed=10%", NULL);
    assert_int_equal(fsync_time(a, file, 500000), 20 * MS_NS);
    act("set", "m", "disk-bandwidth=1MB", "fsync=0ns", "disk-speed=100%");
    assert_in_range(fsync_time(a, file, 5 * MB), 5 * SECOND_NS - 10, 5 * SECOND_NS);
}

static void a_read_takes_its_bytes(void **state)
{
    uint32_t a, file;

    (void)state;
    fixture_open(NULL, NULL, NULL);
    a = tenant("a");
    file = file_of(a, "rdb", 100 * MB);
    file_read(fixture.world, a, file, 100 * MB, 9, 5);
    run_until(SECOND_NS);
    assert_int_equal(fixture.answers, 1);
    assert_in_range(fixture.answer[0].time_ns, 200100 * US_NS - 200, 200100 * US_NS);
    assert_int_equal(metric("disk_written"), 0);
}

/* What was written or read is in the page cache while there is power and room for it. */
static void only_what_the_page_cache_lacks_is_cold(void **state)
{
    uint32_t a, file;

    (void)state;
    fixture_open("disk=hdd", "ram=1GiB", NULL);
    a = tenant("a");
    file = file_of(a, "rdb", 120 * MB);
    file_fsync(fixture.world, a, file, 9, 0);
    run_until(2 * SECOND_NS);
    assert_int_equal(file_cold(fixture.world, file), 0);
    act("power-cut", "m", NULL, NULL, NULL);
    act("power-on", "m", NULL, NULL, NULL);
    assert_int_equal(file_cold(fixture.world, file), 120 * MB);
    append(file, 5 * MB);
    assert_int_equal(file_cold(fixture.world, file), 120 * MB);
    file_truncate(fixture.world, file, 60 * MB);
    assert_int_equal(file_cold(fixture.world, file), 60 * MB);
    file_read(fixture.world, a, file, 60 * MB, 9, 0);
    run_until(2500 * MS_NS);
    assert_int_equal(fixture.answers, 1); /* half a second of bytes behind the first */
    run_until(2513 * MS_NS);
    assert_int_equal(fixture.answers, 2);
    assert_int_equal(file_cold(fixture.world, file), 0);
    act("set", "m", "ram=32MiB", NULL, NULL);
    assert_int_equal(file_cold(fixture.world, file), 60 * MB);
}

static void busy_is_of_the_last_second(void **state)
{
    uint32_t a;

    (void)state;
    fixture_open("fsync=300ms", NULL, NULL);
    a = tenant("a");
    file_fsync(fixture.world, a, file_of(a, "log", 0), 9, 0);
    run_until(SECOND_NS);
    assert_int_equal(metric("disk_busy"), 30 * PERCENT_ONE);
    run_until(1300 * MS_NS);
    assert_int_equal(metric("disk_busy"), 0);
}

/* --- faults --------------------------------------------------------------------------------- */

static void a_full_disk_takes_a_part(void **state)
{
    uint32_t a, file;
    uint64_t written;

    (void)state;
    fixture_open("disk-size=1000B", NULL, NULL);
    a = tenant("a");
    file = file_of(a, "log", 900);
    assert_int_equal(file_append(fixture.world, file, 150, &written), FILE_FULL);
    assert_int_equal(written, 100);
    assert_int_equal(metric("disk_used"), 1000);
    assert_int_equal(file_append(fixture.world, file, 1, &written), FILE_FULL);
    assert_int_equal(written, 0);
    assert_int_equal(fixture.traces[TRACE_DISK_FULL], 1);
    file_truncate(fixture.world, file, 900);
    append(file, 100);
    file_remove(fixture.world, file);
    assert_int_equal(metric("disk_used"), 0);
    file = file_of(a, "log", 300);
    disk_fill(fixture.world, fixture.machine, 200);
    assert_int_equal(metric("disk_used"), 500);
    disk_fill(fixture.world, fixture.machine, UINT64_MAX);
    assert_int_equal(metric("disk_used"), 1000);
    assert_int_equal(file_append(fixture.world, file, 1, &written), FILE_FULL);
    assert_int_equal(fixture.traces[TRACE_DISK_FULL], 2);
    disk_free_fill(fixture.world, fixture.machine);
    disk_free_fill(fixture.world, fixture.machine); /* nothing is left to give back */
    assert_int_equal(metric("disk_used"), 300);
    append(file, 700);
}

static void a_failed_disk_says_so_and_forgets_nothing(void **state)
{
    uint32_t a, file;
    uint64_t written;

    (void)state;
    fixture_open(NULL, NULL, NULL);
    a = tenant("a");
    file = file_of(a, "log", 500);
    file_fsync(fixture.world, a, file, 9, 1);
    disk_fail(fixture.world, fixture.machine, true);
    assert_int_equal(fixture.traces[TRACE_DISK_FAILED], 1);
    assert_int_equal(file_append(fixture.world, file, 1, &written), FILE_FAILED);
    assert_int_equal(written, 0);
    run_until(SECOND_NS);
    an_answer(0, MS_NS + 1000, file, 0, FILE_FAILED, 1);
    run_until(60 * SECOND_NS);
    lengths(file, 500, 0);
    assert_int_equal(metric("page_cache_dirty"), 500);
    disk_fail(fixture.world, fixture.machine, false);
    run_until(100 * SECOND_NS);
    lengths(file, 500, 500);
}

static void a_disk_that_fails_within_an_fsync(void **state)
{
    uint32_t a, file;

    (void)state;
    fixture_open(NULL, NULL, NULL);
    a = tenant("a");
    file = file_of(a, "rdb", 10 * MB);
    file_fsync(fixture.world, a, file, 9, 1);
    run_until(10 * MS_NS);
    disk_fail(fixture.world, fixture.machine, true);
    run_until(SECOND_NS);
    lengths(file, 10 * MB, 0);
    assert_int_equal(metric("page_cache_dirty"), 10 * MB);
    disk_fail(fixture.world, fixture.machine, false);
    run_until(100 * SECOND_NS);
    lengths(file, 10 * MB, 10 * MB);
}

static void a_file_may_go_while_the_disk_is_at_it(void **state)
{
    uint32_t a, file, other;

    (void)state;
    fixture_open(NULL, NULL, NULL);
    a = tenant("a");
    file = file_of(a, "old", 5 * MB);
    file_fsync(fixture.world, a, file, 9, 1);
    run_until(5 * MS_NS);
    file_remove(fixture.world, file);
    other = file_of(a, "new", 100); /* may take the old one's place */
    run_until(SECOND_NS);
    assert_int_equal(fixture.answers, 1);
    assert_int_equal(fixture.answer[0].payload.u64[0], 0);
    assert_int_equal(fixture.answer[0].payload.u64[3], 1);
    lengths(other, 100, 0);
}

/* --- all together --------------------------------------------------------------------------- */

static void check_sums(void)
{
    uint64_t dirty = 0, used = machine()->disk_filled;
    uint32_t id = 0;

    while ((id = file_next(fixture.world, fixture.machine, id)) != 0) {
        const struct file *file = file_at(fixture.world, id);

        assert_true(file->durable <= file->written && file->written <= file->length);
        dirty += file->length - file->written;
        used += file->length;
    }
    assert_int_equal(metric("page_cache_dirty"), dirty);
    assert_int_equal(metric("disk_used"), used);
}

static void random_step(struct stream *stream, uint32_t component)
{
    const char *names[] = {"a", "b", "c"};
    const char *name = names[stream_below(stream, 3)];
    uint32_t file = file_find(fixture.world, component, name);
    uint64_t written;

    if (file == 0)
        file = file_create(fixture.world, component, name);
    switch (stream_below(stream, 8)) {
    case 0:
        file_truncate(fixture.world, file, stream_below(stream, 5 * MB));
        break;
    case 1:
        file_remove(fixture.world, file);
        break;
    case 2:
        file_rename(fixture.world, file, names[stream_below(stream, 3)]);
        break;
    case 3:
        file_fsync(fixture.world, component, file, 9, 0);
        break;
    case 4:
        disk_fail(fixture.world, fixture.machine, stream_chance(stream, 1, 3));
        break;
    default:
        (void)file_append(fixture.world, file, stream_below(stream, 3 * MB), &written);
        break;
    }
}

static void sums_hold_whatever_happens(void **state)
{
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct stream stream = stream_of(seed, "test", "disk");
        uint32_t a, id = 0;

        fixture_open("ram=100MB", "disk-size=60MB", "dirty_expire=1s");
        a = tenant("a");
        for (uint32_t i = 0; i < 1000; i++) {
            random_step(&stream, a);
            check_sums();
            run_until(fixture.world->now_ns + stream_below(&stream, 30 * MS_NS));
            check_sums();
        }
        machine_power_off(fixture.world, fixture.machine);
        check_sums();
        while ((id = file_next(fixture.world, fixture.machine, id)) != 0)
            lengths(id, file_at(fixture.world, id)->durable, file_at(fixture.world, id)->length);
        machine_destroy_disk(fixture.world, fixture.machine);
        assert_int_equal(metric("disk_used"), 0);
        assert_int_equal(live(SLAB_FILE), 0);
        assert_int_equal(fixture.world->queue.pending, 0);
        fixture_close(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(an_fsync_covers_what_was_written_before_it_began, fixture_close),
        cmocka_unit_test_teardown(a_cut_within_an_fsync_leaves_the_old_length, fixture_close),
        cmocka_unit_test_teardown(a_log_waits_for_a_piece_of_a_snapshot, fixture_close),
        cmocka_unit_test_teardown(a_stopped_process_hears_later_and_a_dead_one_never,
                                  fixture_close),
        cmocka_unit_test_teardown(kinds_of_disks_and_their_speed, fixture_close),
        cmocka_unit_test_teardown(a_read_takes_its_bytes, fixture_close),
        cmocka_unit_test_teardown(only_what_the_page_cache_lacks_is_cold, fixture_close),
        cmocka_unit_test_teardown(busy_is_of_the_last_second, fixture_close),
        cmocka_unit_test_teardown(a_full_disk_takes_a_part, fixture_close),
        cmocka_unit_test_teardown(a_failed_disk_says_so_and_forgets_nothing, fixture_close),
        cmocka_unit_test_teardown(a_disk_that_fails_within_an_fsync, fixture_close),
        cmocka_unit_test_teardown(a_file_may_go_while_the_disk_is_at_it, fixture_close),
        cmocka_unit_test_teardown(sums_hold_whatever_happens, fixture_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
