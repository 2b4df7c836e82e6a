/*
 * The heap of a server: what a connection holds, collections that stand still, the end of memory;
 * and what `stack` sets.
 */
#include "tests/unit/server_fixture.h"

/* --- what lives ----------------------------------------------------------------------------- */

static void a_connection_holds_its_heap_until_it_closes(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("base_heap=10MB conn_memory=1MB alloc=1KB keepalive_timeout=2s external=1s",
                  "rate=max connections=7 think=1h");
    plain_run_ms(world, 1000);
    same(world, "web.heap_live", 17000000 + 7000); /* and what seven requests hold */
    plain_run_ms(world, 2000);
    same(world, "web.heap_live", 17000000);
    same(world, "web.heap_used", 17000000 + 7000); /* garbage: nobody has collected */
    plain_check(world);
    plain_run_ms(world, 4000);
    same(world, "web.connections", 0);
    same(world, "web.heap_live", 10000000);
    same(world, "web.gc_count", 0);
    plain_check(world);
    plain_close(world);
}

static void an_idle_full_heap_is_not_slow(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("heap=64MiB base_heap=1MB conn_memory=1MB alloc=0B keepalive_timeout=1h",
                  "rate=max connections=58 think=10s");
    plain_run_ms(world, 1500);
    same(world, "web.connections", 58);
    int64_t before = plain_metric(world, "web.gc_count");
    plain_run_ms(world, 61000);
    same(world, "web.gc_count", before);
    same(world, "web.gc_share", 0);
    between(world, "c.last_latency_p99", 0, 102 * MS_NS);
    plain_close(world);
}

/* --- collections ---------------------------------------------------------------------------- */

/* 60 MiB live of 100: half a second of garbage, then 17 + 6 ms in which nothing is answered. */
static void a_collection_stands_still(void **unused)
{
    (void)unused;
    struct world *world = web_world("heap=100MiB base_heap=60MiB conn_memory=0B gc=serial "
                                    "alloc=1MiB model=eventloop",
                                    "rate=50/s arrival=constant connections=20");
    plain_run_ms(world, 40000);
    int64_t pause = plain_metric(world, "web.gc_pause_max");
    between(world, "web.gc_pause_max", 23 * MS_NS, 24 * MS_NS);
    between(world, "web.gc_count", 72, 77); /* 26 MiB of eden at 50 MiB a second */
    between(world, "web.gc_pause_total", pause * 72, pause * 77);
    between(world, "web.gc_share", 3600, 4600); /* 23 of 533 ms */
    /* The next request, 20 ms later, waits for the rest. */
    between(world, "c.latency_p99", 103 * MS_NS, 104 * MS_NS);
    plain_check(world);
    plain_close(world);
}

/* The kernel answers a SYN meanwhile, and a call that comes back waits. */
static void the_kernel_goes_on_while_a_collection_stands(void **unused)
{
    (void)unused;
    struct world *world = web_world("heap=100MiB base_heap=60MiB conn_memory=0B gc=serial "
                                    "alloc=30MiB external=20ms gc_pause_base=1s",
                                    "rate=max connections=1 count=1");
    plain_run_ms(world, 151);
    same(world, "web.gc_count", 0); /* it began with the request, at 150 ms */
    plain_say(world,
              "add client d on app-1 to=web op=http timeout=1h rate=max connections=1 count=1");
    plain_run_ms(world, 1100);
    same(world, "d.connects", 1);
    same(world, "web.connections", 1);
    same(world, "web.responses", 0);
    plain_run_ms(world, 1180);
    same(world, "web.gc_count", 1);
    same(world, "web.responses", 1); /* at once: its 20 ms are long over */
    same(world, "web.connections", 2);
    plain_run_ms(world, 3000);
    same(world, "d.acked", 1);
    plain_close(world);
}

/* SIGSTOP in the middle of a collection: it goes on after SIGCONT, and only it. */
static void a_stopped_process_collects_later(void **unused)
{
    (void)unused;
    struct world *world = web_world("heap=100MiB base_heap=60MiB conn_memory=0B gc=serial "
                                    "alloc=30MiB service=10ms gc_pause_base=100ms",
                                    "rate=max connections=1 count=1");
    plain_run_ms(world, 200);
    plain_say(world, "pause web");
    plain_run_ms(world, 2000);
    plain_say(world, "resume web");
    plain_run_ms(world, 2058); /* 109 ms of which 50 were over */
    same(world, "web.gc_count", 0);
    same(world, "web.responses", 0);
    plain_run_ms(world, 2060);
    same(world, "web.gc_count", 1);
    same(world, "web.responses", 0); /* its own 10 ms had stood still */
    plain_run_ms(world, 2070);
    same(world, "web.responses", 1);
    plain_check(world);
    plain_close(world);
}

static void a_collection_works_on_the_cores(void **unused)
{
    (void)unused;
    struct world *world = web_world("heap=100MiB base_heap=60MiB conn_memory=0B gc=parallel "
                                    "alloc=30MiB gc_pause_base=2s",
                                    "rate=max connections=1 count=1");
    plain_run_ms(world, 2000);
    same(world, "web-1.cpu", 100 * PERCENT_ONE); /* all four of them */
    plain_run_ms(world, 3200);
    same(world, "c.acked", 1);
    plain_close(world);
}

/* --- the end of memory ---------------------------------------------------------------------- */

/* (64 MiB - 1 MB) / 1 MB is 66: the next finds no room, and then all is silent. */
static void without_room_all_stays_open_and_silent(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("heap=64MiB base_heap=1MB conn_memory=1MB alloc=0B keepalive_timeout=1h",
                  "rate=20/s arrival=constant connections=100 timeout=2s think=0s");
    plain_say(world, "set web external=1h maxThreads=1000");
    plain_run_ms(world, 6000);
    assert_true(plain_metric(world, "web.oom") > 0);
    same(world, "web.up", 1);
    between(world, "web.connections", 66, 67);
    int64_t open = plain_metric(world, "web.connections");
    plain_run_ms(world, 10000);
    same(world, "web.accepted", open);
    same(world, "web-1.tcp_estab_resets", 0);
    char words[4096];
    struct text text = TEXT(words);
    text_clear(&text);
    component_log_add(world, component_find(world, "web"), &text, 9);
    assert_non_null(strstr(words, "java.lang.OutOfMemoryError: Java heap space"));
    plain_check(world);
    plain_say(world, "restart web");
    same(world, "web.connections", 0);
    same(world, "web.heap_live", 1000000);
    plain_run_ms(world, 11000);
    assert_true(plain_metric(world, "web.accepted") > open);
    plain_close(world);
}

/* Each message that comes to a heap without room costs a full collection. */
static void who_tries_again_collects_again(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("heap=64MiB base_heap=60MiB conn_memory=0B alloc=5MiB keepalive_timeout=1h",
                  "rate=10/s arrival=constant connections=3 timeout=100s pipeline=100");
    plain_run_ms(world, 10000);
    assert_true(plain_metric(world, "web.oom") >= 1);
    same(world, "web.responses", 0);
    assert_true(plain_metric(world, "web.gc_count") >= plain_metric(world, "web.oom"));
    plain_close(world);
}

static void without_a_collector_garbage_fills_it(void **unused)
{
    (void)unused;
    struct world *world = web_world("heap=10MiB base_heap=0B conn_memory=0B alloc=1MiB gc=none",
                                    "rate=10/s arrival=constant connections=5");
    plain_run_ms(world, 1050);
    same(world, "web.oom", 0);
    plain_run_ms(world, 2000);
    same(world, "web.oom", 1);
    same(world, "web.gc_count", 0);
    same(world, "web.responses", 10);
    plain_close(world);
}

/* --- the machine's memory ------------------------------------------------------------------- */

/* -Xmx is more than the machine has: the kernel ends it before it throws. */
static void a_heap_larger_than_the_machine_is_killed(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("heap=1GiB base_heap=10MB conn_memory=1MB base_memory=50MB keepalive_timeout=1h",
                  "rate=100/s arrival=constant connections=300 think=1h timeout=1s");
    plain_say(world, "set web-1 ram=200MB");
    plain_say(world, "set web external=1h maxThreads=1000");
    same(world, "web-1.ram_used", 60000000);
    plain_run_ms(world, 1100);
    between(world, "web-1.ram_used", 140000000, 200000000);
    plain_run_ms(world, 2500);
    same(world, "web-1.oom_kills", 1);
    same(world, "web.up", 0);
    same(world, "web.oom", 0);
    plain_run_ms(world, 5000);
    same(world, "web-1.ram_used", 0);
    plain_check(world);
    plain_close(world);
}

/* 70 KB for each thread that was ever needed, 3,752 B for each connection. */
static void threads_and_sockets_take_memory(void **unused)
{
    (void)unused;
    struct world *world = web_world(
        "base_heap=0B conn_memory=0B alloc=0B base_memory=1MB keepalive_timeout=1h external=1s",
        "rate=max connections=30 count=30");
    plain_run_ms(world, 500);
    same(world, "web-1.ram_used", 1000000 + 30 * 70000 + 30 * 3752);
    plain_run_ms(world, 3000);
    same(world, "web.threads_busy", 0);
    same(world, "web-1.ram_used", 1000000 + 30 * 70000 + 30 * 3752);
    same(world, "app-1.ram_used", 30 * 3752);
    plain_say(world, "set web maxThreads=1 response=1MB");
    plain_say(world, "remove c");
    plain_run_ms(world, 80000);
    same(world, "app-1.ram_used", 0);
    same(world, "web-1.ram_used", 1000000 + 30 * 70000);
    plain_check(world);
    plain_close(world);
}

/* --- presets -------------------------------------------------------------------------------- */

static uint64_t parameter_of(const struct world *world, const char *name)
{
    uint32_t id = component_find(world, "web");
    return parameter_get(world, id, (unsigned)parameter_find(component_kind(world, id), name));
}

static void a_stack_sets_what_is_not_given(void **unused)
{
    (void)unused;
    struct world *world = web_world("conn_memory=9KB stack=netty maxConnections=77", "");
    assert_int_equal(parameter_of(world, "model"), SERVER_EVENTLOOP);
    assert_int_equal(parameter_of(world, "base_heap"), 4299162);
    assert_int_equal(parameter_of(world, "conn_memory"), 9000);
    assert_int_equal(parameter_of(world, "maxConnections"), 77);
    plain_say(world, "set web.stack=tomcat");
    assert_int_equal(parameter_of(world, "model"), SERVER_BLOCKING);
    assert_int_equal(parameter_of(world, "conn_memory"), 72671);
    assert_int_equal(parameter_of(world, "maxConnections"), 8192);
    plain_say(world, "set web stack=node loops=3");
    assert_int_equal(parameter_of(world, "loops"), 3);
    plain_say(world, "stop web");
    plain_say(world, "start web");
    assert_int_equal(parameter_of(world, "conn_memory"), 2995);
    plain_close(world);
}

/* A model is of a process without connections. */
static void a_model_is_not_changed_under_connections(void **unused)
{
    (void)unused;
    struct world *world = web_world("", "rate=max connections=2 think=1h");
    plain_run_ms(world, 500);
    assert_int_equal(plain_try(world, "set web stack=netty").id, ERROR_NOT_WHILE_RUNNING);
    assert_int_equal(parameter_of(world, "conn_memory"), 50000);
    plain_say(world, "set web stack=tomcat");
    assert_int_equal(parameter_of(world, "conn_memory"), 72671);
    plain_check(world);
    plain_close(world);
}

static void a_thread_a_connection_waits_for_no_thread(void **unused)
{
    (void)unused;
    struct world *world = web_world("stack=thread-per-connection maxThreads=2 external=50ms",
                                    "rate=max connections=40 count=40");
    plain_run_ms(world, 190);
    same(world, "web.threads_busy", 40);
    plain_run_ms(world, 400);
    same(world, "c.acked", 40);
    between(world, "c.latency_max", 250 * MS_NS, 251 * MS_NS);
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_holds_its_heap_until_it_closes),
        cmocka_unit_test(an_idle_full_heap_is_not_slow),
        cmocka_unit_test(a_collection_stands_still),
        cmocka_unit_test(the_kernel_goes_on_while_a_collection_stands),
        cmocka_unit_test(a_stopped_process_collects_later),
        cmocka_unit_test(a_collection_works_on_the_cores),
        cmocka_unit_test(without_room_all_stays_open_and_silent),
        cmocka_unit_test(who_tries_again_collects_again),
        cmocka_unit_test(without_a_collector_garbage_fills_it),
        cmocka_unit_test(a_heap_larger_than_the_machine_is_killed),
        cmocka_unit_test(threads_and_sockets_take_memory),
        cmocka_unit_test(a_stack_sets_what_is_not_given),
        cmocka_unit_test(a_model_is_not_changed_under_connections),
        cmocka_unit_test(a_thread_a_connection_waits_for_no_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
