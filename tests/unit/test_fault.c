/* Faults: what each verb does to the world, and what each wrong use of it says. */
#include "tests/unit/plain_world.h"

static struct world *small_world(void)
{
    struct world *world = plain_open();
    plain_say(world, "network latency=1ms");
    plain_say(world, "machine redis-1 zone=a ram=1GB");
    plain_say(world, "machine app-1 zone=a");
    plain_say(world, "machine app-2 zone=b");
    plain_say(world, "add store cache on redis-1 save= appendonly=yes appendfsync=always");
    plain_run_ms(world, 500);
    plain_say(world, "add client one on app-1 to=cache rate=100/s arrival=constant");
    plain_say(world, "add client two on app-2 to=cache rate=100/s arrival=constant");
    plain_run_ms(world, 1004);
    return world;
}

static const struct component *named(struct world *world, const char *name)
{
    uint32_t id = component_find(world, name);
    assert_int_not_equal(id, 0);
    return component_at(world, id);
}

/* --- processes --------------------------------------------------------------------------- */

/* Of whatever kind: who talked to it hears that it is gone, as after a SIGKILL. */
static void what_is_removed_closes_its_connections(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    plain_say(world, "remove two");
    plain_run_ms(world, 1010);
    int64_t of_one = plain_metric(world, "cache.connected_clients");
    plain_say(world, "add sentinel s on app-2 watch=cache");
    plain_say(world, "add server web on app-1");
    plain_say(world, "add balancer lb on app-2 to=web");
    plain_say(world, "add client pages on redis-1 to=lb op=http rate=10/s");
    plain_run_ms(world, 6000);
    assert_int_equal(plain_metric(world, "cache.connected_clients"), of_one + 2);
    assert_true(plain_metric(world, "web.connections") > 0);
    plain_say(world, "remove s");
    plain_say(world, "remove lb");
    plain_run_ms(world, 6010);
    same(world, "cache.connected_clients", of_one);
    same(world, "web.connections", 0);
    plain_say(world, "remove one");
    plain_run_ms(world, 6020);
    same(world, "cache.connected_clients", 0);
    plain_close(world);
}

static void a_process_is_killed_and_starts_again(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    plain_say(world, "kill cache");
    assert_int_equal(named(world, "cache")->up, 0);
    plain_run_ms(world, 2000);
    between(world, "one.refused", 98, 101);
    plain_say(world, "start cache");
    plain_run_ms(world, 4000);
    same(world, "one.throughput", 100);
    assert_int_equal(named(world, "cache")->life, 2);
    plain_close(world);
}

static void a_process_that_gets_sigterm_ends(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    plain_say(world, "stop one");
    assert_int_equal(named(world, "one")->up, 0);
    plain_say(world, "stop cache");
    plain_run_ms(world, 2000);
    assert_int_equal(named(world, "cache")->up, 0);
    plain_close(world);
}

static void a_restart_takes_its_time(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    plain_say(world, "restart cache after 2s");
    assert_int_equal(named(world, "cache")->up, 0);
    plain_run(world, 3004 * MS_NS - 1);
    assert_int_equal(named(world, "cache")->up, 0);
    plain_run_ms(world, 3004);
    assert_int_equal(named(world, "cache")->up, 1);
    plain_say(world, "restart cache");
    assert_int_equal(named(world, "cache")->up, 1);
    assert_int_equal(named(world, "cache")->life, 3);
    plain_close(world);
}

static void what_ends_a_fault_minds_who_was_there_before(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    plain_say(world, "restart cache after 2s");
    plain_say(world, "start cache");
    plain_say(world, "pause one for 2s");
    plain_say(world, "resume one");
    plain_say(world, "pause two for 2s");
    plain_say(world, "remove two");
    plain_say(world, "burn app-2 50% for 2s");
    plain_say(world, "remove app-2");
    plain_run_ms(world, 5000);
    assert_int_equal(named(world, "cache")->life, 2);
    same(world, "one.throughput", 100);
    plain_close(world);
}

static void a_new_fault_ends_by_its_own_time(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    plain_say(world, "pause one for 1s");
    plain_run_ms(world, 500);
    plain_say(world, "resume one");
    plain_say(world, "pause one"); /* without an end: the first one's must not wake it */
    plain_say(world, "burn app-1 80% for 1s");
    plain_run_ms(world, 1000);
    plain_say(world, "burn app-1 40%");
    plain_say(world, "restart cache after 1s");
    plain_say(world, "start cache");
    plain_say(world, "kill cache");
    plain_run_ms(world, 5000);
    assert_int_equal(named(world, "one")->paused, 1);
    same(world, "app-1.cpu", 40000);
    assert_int_equal(named(world, "cache")->up, 0);
    plain_say(world, "resume one");
    plain_say(world, "pause one for 2s");
    plain_run_ms(world, 7001);
    assert_int_equal(named(world, "one")->paused, 0);
    plain_close(world);
}

static void a_restart_waits_in_vain_without_power(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    plain_say(world, "restart cache after 2s");
    plain_say(world, "power-cut redis-1");
    plain_run_ms(world, 5000);
    assert_int_equal(named(world, "cache")->up, 0);
    plain_say(world, "power-on redis-1");
    assert_int_equal(named(world, "cache")->up, 1);
    plain_close(world);
}

static void a_paused_process_is_there_and_silent(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    plain_say(world, "pause cache for 500ms");
    plain_run_ms(world, 1503);
    int64_t acked = plain_metric(world, "one.acked");
    same(world, "one.refused", 0);
    between(world, "one.in_flight", 49, 51);
    plain_run_ms(world, 1520);
    assert_true(plain_metric(world, "one.acked") > acked + 40);
    between(world, "one.latency_max", 490000000, 520000000);
    same(world, "one.timed_out", 0);
    plain_close(world);
}

/* --- power ------------------------------------------------------------------------------- */

static void a_power_cut_takes_the_machine_and_says_nothing(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    plain_say(world, "power-cut cache"); /* a component stands for its machine */
    same(world, "redis-1.up", 0);
    same(world, "redis-1.ram_used", 0);
    assert_int_equal(named(world, "cache")->up, 0);
    plain_run_ms(world, 3000);
    same(world, "one.refused", 0); /* nobody is there to refuse */
    between(world, "one.timed_out", 99, 102);
    plain_say(world, "power-on redis-1");
    same(world, "redis-1.up", 1);
    plain_run_ms(world, 8000);
    same(world, "one.throughput", 100);
    same(world, "one.acked_lost", 0); /* appendfsync always */
    plain_check(world);
    plain_close(world);
}

static void a_zone_is_all_its_machines(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    plain_say(world, "power-cut zone=a");
    same(world, "redis-1.up", 0);
    same(world, "app-1.up", 0);
    same(world, "app-2.up", 1);
    same(world, "one.in_flight", 0);
    assert_int_equal(plain_try(world, "power-cut zone=a").id, ERROR_NO_POWER);
    plain_say(world, "power-on app-1");
    plain_say(world, "power-on zone=a");
    same(world, "redis-1.up", 1);
    assert_int_equal(named(world, "one")->up, 1);
    plain_run_ms(world, 6000);
    same(world, "one.throughput", 100);
    plain_close(world);
}

static void destroying_takes_the_disk_too(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    assert_true(plain_metric(world, "redis-1.disk_used") > 0);
    int64_t acked = plain_metric(world, "one.acked") + plain_metric(world, "two.acked");
    plain_say(world, "destroy redis-1");
    same(world, "redis-1.up", 0);
    same(world, "redis-1.disk_used", 0);
    plain_say(world, "kill one");
    plain_say(world, "kill two");
    plain_run_ms(world, 3000);
    plain_say(world, "power-on redis-1");
    plain_run_ms(world, 6000);
    same(world, "world.acked_lost", acked);
    plain_say(world, "power-cut redis-1");
    plain_say(world, "destroy redis-1"); /* also when it is off */
    plain_close(world);
}

/* --- the network ------------------------------------------------------------------------- */

static void a_cut_hurts_only_those_who_cross_it(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    plain_say(world, "cut one -> redis-1");
    plain_run_ms(world, 3000);
    same(world, "one.throughput", 0);
    same(world, "two.throughput", 100);
    plain_say(world, "heal app-1 -> redis-1");
    plain_run_ms(world, 6000);
    same(world, "one.throughput", 100);
    plain_say(world, "cut app-1~redis-1");
    plain_run_ms(world, 8000);
    same(world, "one.throughput", 0);
    plain_say(world, "heal redis-1 app-1");
    plain_run_ms(world, 11000);
    same(world, "one.throughput", 100);
    plain_say(world, "isolate redis-1");
    plain_run_ms(world, 13000);
    same(world, "one.throughput", 0);
    same(world, "two.throughput", 0);
    plain_say(world, "heal all");
    plain_run_ms(world, 16000);
    same(world, "one.throughput", 100);
    plain_say(world, "isolate redis-1");
    plain_run_ms(world, 18000);
    plain_say(world, "heal redis-1");
    plain_run_ms(world, 21000);
    same(world, "two.throughput", 100);
    plain_close(world);
}

/* A SYN that is lost comes again after 1 s, the next after 2 s more. */
static void dropped_packets_are_exactly_those(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    plain_say(world, "machine app-3");
    plain_say(world, "drop-next app-3 -> redis-1 syn 2");
    plain_say(world, "add client late on app-3 to=cache rate=1/s count=1 timeout=10s");
    plain_run(world, 4004 * MS_NS);
    same(world, "late.acked", 0);
    plain_run_ms(world, 4100);
    same(world, "late.acked", 1);
    between(world, "late.latency_max", 3004000000, 3010000000);
    plain_say(world, "drop-next redis-1 -> app-3 data 1 skip=0");
    plain_say(world, "set late count=2");
    plain_run_ms(world, 9000);
    same(world, "late.acked", 2);
    between(world, "late.latency_p50", 200000000,
            300000000); /* RTO 200 ms and some: only one was lost */
    plain_close(world);
}

/* --- disks and files --------------------------------------------------------------------- */

static void a_full_disk_is_freed_again(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    int64_t used = plain_metric(world, "redis-1.disk_used");
    plain_say(world, "kill cache");
    plain_say(world, "fill-disk redis-1 10GB");
    same(world, "redis-1.disk_used", used + 10000000000);
    plain_say(world, "free-disk redis-1");
    same(world, "redis-1.disk_used", used);
    plain_say(world, "fill-disk redis-1");
    same(world, "redis-1.disk_used", 100000000000);
    plain_say(world, "free-disk redis-1");
    same(world, "redis-1.disk_used", used);
    plain_close(world);
}

static void a_store_without_a_working_disk_refuses_writes(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    plain_say(world, "set cache appendfsync=everysec");
    plain_say(world, "fill-disk redis-1");
    plain_run_ms(world, 4000);
    assert_true(plain_metric(world, "one.refused") > 100);
    plain_say(world, "free-disk redis-1");
    plain_run_ms(world, 7000);
    same(world, "one.throughput", 100);
    plain_close(world);
}

static void files_of_what_is_stopped_can_be_damaged(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    plain_say(world, "kill one");
    plain_say(world, "kill two");
    plain_run_ms(world, 1500);
    int64_t keys = plain_metric(world, "cache.keys");
    assert_true(keys > 90);
    plain_say(world, "kill cache");
    int64_t used = plain_metric(world, "redis-1.disk_used");
    char line[96];
    uint64_t aof = 0;
    for (uint64_t size = 1u << 20; size != 0;
         size /= 2) { /* the largest that is none too large: its end, where bytes are added */
        snprintf(line, sizeof line, "zero-file cache aof %llu 1", (unsigned long long)(aof + size));
        struct world *copy = plain_open();
        world_copy(copy, world);
        if (plain_try(copy, line).id == ERROR_NONE)
            aof += size;
        plain_close(copy);
    }
    assert_true(aof > 1000);
    snprintf(line, sizeof line, "truncate-file cache aof %llu", (unsigned long long)aof - 9);
    plain_say(world, line);
    same(world, "redis-1.disk_used", used - 9);
    plain_say(world, "start cache");
    plain_run_ms(world, 3000);
    same(world, "cache.keys", keys - 1); /* aof-load-truncated: the torn command is cut off */
    plain_say(world, "kill cache");
    plain_say(world, "remove-file cache manifest");
    assert_int_equal(plain_try(world, "remove-file cache manifest").id, ERROR_FILE_UNKNOWN);
    plain_close(world);
}

/* --- burdens ----------------------------------------------------------------------------- */

static void something_else_burns_the_cores(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    plain_say(world, "burn app-1 80% for 3s");
    plain_run_ms(world, 3000);
    between(world, "app-1.cpu", 79900, 80100);
    plain_run_ms(world, 6000);
    between(world, "app-1.cpu", 0, 100);
    plain_close(world);
}

static void a_leak_fills_the_memory_and_brings_the_killer(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    int64_t used = plain_metric(world, "redis-1.ram_used");
    plain_say(world, "leak cache 10MB/s");
    plain_run_ms(world, 6004);
    between(world, "redis-1.ram_used", used + 50000000, used + 51000000);
    plain_say(world, "kill cache");
    between(world, "redis-1.ram_used", 0, 20000); /* its sockets: their FINs are on the way */
    plain_say(world, "start cache");
    plain_run_ms(world, 8000);
    between(world, "redis-1.ram_used", 0, used + 1000000); /* the leak ended with its process */
    plain_say(world, "leak cache 500MB/s");
    plain_run_ms(world, 11000);
    same(world, "redis-1.oom_kills", 1);
    assert_int_equal(named(world, "cache")->up, 0);
    plain_close(world);
}

/* --- wrong uses -------------------------------------------------------------------------- */

static const struct {
    const char *line;
    enum error_id id;
    unsigned word;
} wrong[] = {
    {"kill", ERROR_MISSING_WORD, 0},
    {"kill down", ERROR_NOT_UP, 1},
    {"kill cache now", ERROR_EXTRA_WORD, 2},
    {"kill redis-1", ERROR_NO_PROCESS, 1},
    {"kill cahce", ERROR_UNKNOWN_NAME, 1},
    {"stop down", ERROR_NOT_UP, 1},
    {"start cache", ERROR_IS_UP, 1},
    {"start far", ERROR_MACHINE_OFF, 1},
    {"restart far", ERROR_MACHINE_OFF, 1},
    {"restart cache in 5s", ERROR_EXTRA_WORD, 2},
    {"restart cache after", ERROR_MISSING_WORD, 2},
    {"restart cache after soon", ERROR_BAD_VALUE, 3},
    {"restart cache after 5", ERROR_NO_UNIT, 3},
    {"pause down", ERROR_NOT_UP, 1},
    {"pause asleep", ERROR_IS_PAUSED, 1},
    {"pause cache for 0s", ERROR_OUT_OF_RANGE, 3},
    {"resume cache", ERROR_NOT_PAUSED, 1},
    {"resume down", ERROR_NOT_UP, 1},
    {"power-cut away", ERROR_NO_POWER, 1},
    {"power-cut zone=c", ERROR_NO_ZONE, 1},
    {"power-cut redis-1~app-1", ERROR_NOT_A_MACHINE, 1},
    {"power-on redis-1", ERROR_HAS_POWER, 1},
    {"power-on zone=b", ERROR_HAS_POWER, 1},
    {"cut redis-1", ERROR_MISSING_WORD, 1},
    {"cut redis-1 cache", ERROR_SAME_MACHINE, 1},
    {"cut redis-1 app-11", ERROR_UNKNOWN_MACHINE, 2},
    {"cut redis-1 app-1 app-2", ERROR_EXTRA_WORD, 3},
    {"heal everything", ERROR_NO_MACHINE, 1},
    {"isolate redis-1 app-1", ERROR_EXTRA_WORD, 2},
    {"drop-next redis-1 app-1", ERROR_ONE_WAY, 1},
    {"drop-next redis-1 -> app-1 ack", ERROR_NOT_A_CHOICE, 4},
    {"drop-next redis-1 -> app-1 syn 0", ERROR_OUT_OF_RANGE, 5},
    {"drop-next redis-1 -> app-1 syn 1 2", ERROR_EXTRA_WORD, 6},
    {"drop-next redis-1 -> app-1 skip=x", ERROR_BAD_VALUE, 4},
    {"drop-next redis-1 -> app-1 skip=1 2", ERROR_EXTRA_WORD, 5},
    {"fill-disk redis-1 5", ERROR_NO_UNIT, 2},
    {"fail-disk cachy", ERROR_NO_MACHINE, 1},
    {"truncate-file cache aof 5", ERROR_IS_UP, 1},
    {"flip-file down aof 5", ERROR_FILE_UNKNOWN, 2},
    {"remove-file redis-1 aof", ERROR_NO_PROCESS, 1},
    {"burn redis-1 101%", ERROR_OUT_OF_RANGE, 2},
    {"burn redis-1", ERROR_MISSING_WORD, 1},
    {"burn away 50%", ERROR_MACHINE_OFF, 1},
    {"leak cache 10MB", ERROR_NO_LEAK_RATE, 2},
    {"leak cache 0B/s", ERROR_OUT_OF_RANGE, 2},
    {"leak down 10MB/s", ERROR_NOT_UP, 1},
};

static void wrong_uses_are_errors_with_their_place(void **unused)
{
    (void)unused;
    struct world *world = small_world();
    plain_say(world, "add client down on app-1 to=cache");
    plain_say(world, "kill down");
    plain_say(world, "add client asleep on app-1 to=cache");
    plain_say(world, "pause asleep");
    plain_say(world, "machine away");
    plain_say(world, "add client far on away to=cache");
    plain_say(world, "power-cut away");
    plain_say(world, "set app-1~redis-1 latency=1ms");
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint64_t digest = trace_digest(world), pending = world->queue.pending;
        struct error error = plain_try(world, wrong[i].line);
        if (error.id != wrong[i].id || error.word != wrong[i].word) {
            char words[512];
            struct text text = TEXT(words);
            error_add(&text, &error, LANGUAGE_EN);
            fail_msg("%s: at word %u: %s", wrong[i].line, error.word, words);
        }
        assert_true(trace_digest(world) == digest && world->queue.pending == pending);
    }
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_removed_closes_its_connections),
        cmocka_unit_test(a_process_is_killed_and_starts_again),
        cmocka_unit_test(a_process_that_gets_sigterm_ends),
        cmocka_unit_test(a_restart_takes_its_time),
        cmocka_unit_test(what_ends_a_fault_minds_who_was_there_before),
        cmocka_unit_test(a_new_fault_ends_by_its_own_time),
        cmocka_unit_test(a_restart_waits_in_vain_without_power),
        cmocka_unit_test(a_paused_process_is_there_and_silent),
        cmocka_unit_test(a_power_cut_takes_the_machine_and_says_nothing),
        cmocka_unit_test(a_zone_is_all_its_machines),
        cmocka_unit_test(destroying_takes_the_disk_too),
        cmocka_unit_test(a_cut_hurts_only_those_who_cross_it),
        cmocka_unit_test(dropped_packets_are_exactly_those),
        cmocka_unit_test(a_full_disk_is_freed_again),
        cmocka_unit_test(a_store_without_a_working_disk_refuses_writes),
        cmocka_unit_test(files_of_what_is_stopped_can_be_damaged),
        cmocka_unit_test(something_else_burns_the_cores),
        cmocka_unit_test(a_leak_fills_the_memory_and_brings_the_killer),
        cmocka_unit_test(wrong_uses_are_errors_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
