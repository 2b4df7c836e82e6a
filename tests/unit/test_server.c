/*
 * A server: threads and loops, the queue, accepting, what a death leaves.
 */
#include "tests/unit/server_fixture.h"

/* --- threads and the queue ------------------------------------------------------------------ */

/* Forty connections idle, four threads: nothing is held, and four requests at a time are worked
 * on. */
static void a_thread_is_held_by_a_request(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("maxThreads=4 external=100ms", "rate=max connections=40 think=10s");
    plain_run_ms(world, 200);
    same(world, "web.connections", 40);
    same(world, "web.threads_busy", 4);
    same(world, "web.queued", 36);
    plain_run_ms(world, 150 + 1000 + 1); /* the last four began 900 ms after the first */
    same(world, "web.responses", 40);
    same(world, "web.threads_busy", 0);
    same(world, "web.connections", 40);
    plain_close(world);
}

static void past_the_queue_a_request_gets_503(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("maxThreads=1 queue=2 external=1s", "rate=max connections=10 count=10");
    plain_run_ms(world, 500);
    same(world, "web.requests", 10);
    same(world, "web.refused", 7);
    same(world, "web.errors", 7);
    same(world, "web.queued", 2);
    same(world, "c.refused", 7);
    plain_run_ms(world, 10000);
    same(world, "c.acked", 3);
    same(world, "web.responses", 10);
    between(world, "c.latency_max", 3200 * MS_NS, 3201 * MS_NS);
    plain_close(world);
}

/* More threads than cores: four cores share the work. */
static void service_takes_the_machine_s_cores(void **unused)
{
    (void)unused;
    struct world *world = web_world("service=10ms", "rate=max connections=100 think=1h");
    plain_run_ms(world, 160);
    same(world, "web.threads_busy", 100);
    between(world, "web-1.cpu", 3000, 20000);
    plain_run_ms(world, 150 + 250);
    between(world, "web.responses", 90, 100);
    plain_run_ms(world, 150 + 260);
    same(world, "web.responses", 100);
    plain_close(world);
}

/* --- loops ---------------------------------------------------------------------------------- */

static void a_loop_is_not_held_by_what_waits_outside(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("model=eventloop loops=1 external=50ms", "rate=max connections=30 count=30");
    plain_run_ms(world, 201);
    same(world, "web.responses", 30);
    plain_run_ms(world, 300);
    same(world, "c.acked", 30);
    between(world, "c.latency_max", 250 * MS_NS, 251 * MS_NS);
    plain_close(world);
}

static void unless_it_blocks(void **unused)
{
    (void)unused;
    struct world *world = web_world("model=eventloop loops=2 external=50ms external_blocks=yes",
                                    "rate=max connections=40 think=1h");
    plain_run_ms(world, 1001);
    same(world, "web.threads_busy", 2);
    same(world, "web.responses", 34); /* from 150 ms on two each 50 ms */
    plain_close(world);
}

/* Back from outside it needs a turn, and the loop works on the others until 650 ms. */
static void what_is_back_waits_for_its_loop(void **unused)
{
    (void)unused;
    struct world *world = web_world("model=eventloop loops=1 service=100ms external=150ms",
                                    "rate=max connections=5 count=5");
    plain_run_ms(world, 649);
    same(world, "web.responses", 0);
    plain_run_ms(world, 651);
    same(world, "web.responses", 3);
    plain_run_ms(world, 1000);
    same(world, "c.acked", 5);
    /* 100 each, one behind the other, the last goes outside at 500 */
    between(world, "c.latency_max", 200 * MS_NS + 650 * MS_NS, 851 * MS_NS);
    plain_close(world);
}

/* --- accepting ------------------------------------------------------------------------------ */

/* The fourth is connected for its client, and waits: the kernel answered, nobody accepts. */
static void past_maxConnections_there_is_silence(void **unused)
{
    (void)unused;
    struct world *world = web_world("maxConnections=3 acceptCount=1 keepalive_timeout=2s",
                                    "rate=max connections=8 think=1h");
    plain_run_ms(world, 900);
    same(world, "web.connections", 3);
    same(world, "web.responses", 3);
    same(world, "c.acked", 3);
    between(world, "c.connections", 5, 8); /* three, and those that wait in the kernel's queue */
    assert_true(plain_metric(world, "web-1.tcp_listen_overflows") > 0);
    plain_run_ms(world, 2400); /* the first three idled for 2 s: room for three more */
    between(world, "web.accepted", 5, 6);
    plain_close(world);
}

static void one_acceptor_takes_them_one_after_the_other(void **unused)
{
    (void)unused;
    struct world *world = web_world("accept_cost=10ms", "rate=max connections=20 think=1h");
    plain_run_ms(world, 150 + 105);
    same(world, "web.accepted", 11); /* the eleventh is being accepted */
    same(world, "web.responses", 10);
    plain_close(world);
}

static void without_a_file_descriptor_accept_fails(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("nofile=20 acceptCount=1000", "rate=max connections=50 think=1h");
    plain_run_ms(world, 900);
    same(world, "web.connections", 12); /* eight are its own */
    char words[4096];
    struct text text = TEXT(words);
    text_clear(&text);
    component_log_add(world, component_find(world, "web"), &text, 9);
    assert_non_null(strstr(words, "accept() failed (24: Too many open files)"));
    assert_null(strstr(strstr(words, "accept()") + 1, "accept()"));
    plain_say(world, "set web nofile=30");
    plain_run_ms(world, 1100);
    same(world, "web.connections", 22);
    plain_close(world);
}

/* --- deaths --------------------------------------------------------------------------------- */

static void a_killed_server_breaks_what_it_held_and_starts_anew(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("external=1s maxThreads=2", "rate=max connections=5 retry=no think=400ms");
    plain_run_ms(world, 500);
    plain_say(world, "kill web");
    same(world, "web.up", 0);
    same(world, "web.connections", 0);
    same(world, "web.threads_busy", 0);
    same(world, "web.queued", 0);
    plain_run_ms(world, 551); /* half a round trip later the client knows */
    same(world, "c.refused", 5);
    plain_run_ms(world, 1200);
    assert_true(plain_metric(world, "c.connect_failures") > 0);
    plain_say(world, "start web");
    int64_t before = plain_metric(world, "web.requests");
    plain_run_ms(world, 5000);
    assert_true(plain_metric(world, "web.requests") > before);
    assert_true(plain_metric(world, "c.acked") > 0);
    plain_check(world);
    plain_close(world);
}

/* A call that comes back while it is stopped is answered when it goes on, and no timer closes. */
static void a_stopped_server_answers_when_it_goes_on(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("external=300ms keepalive_timeout=1s", "rate=max connections=2 count=2");
    plain_run_ms(world, 200);
    plain_say(world, "pause web");
    plain_run_ms(world, 4000);
    same(world, "web.responses", 0);
    plain_say(world, "resume web");
    same(world, "web.responses", 2);
    plain_run_ms(world, 4100);
    same(world, "c.acked", 2);
    same(world, "web.connections", 2);
    plain_run_ms(world, 5100);
    same(world, "web.connections", 0);
    plain_close(world);
}

static void a_machine_without_power_answers_nothing(void **unused)
{
    (void)unused;
    struct world *world = web_world("external=1s", "rate=max connections=5 timeout=1500ms");
    plain_run_ms(world, 500);
    plain_say(world, "power-cut web-1");
    plain_run_ms(world, 2000);
    same(world, "c.refused", 0);
    same(world, "c.timed_out", 5);
    plain_say(world, "power-on web-1");
    plain_run_ms(world, 6000);
    same(world, "web.up", 1);
    assert_true(plain_metric(world, "c.acked") > 0);
    plain_close(world);
}

/* The client gave up: the thread works on, its answer is nobody's. */
static void work_for_nobody_is_done_all_the_same(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("external=2s maxThreads=1", "rate=max connections=1 timeout=500ms count=1");
    plain_run_ms(world, 1000);
    same(world, "c.timed_out", 1);
    same(world, "web.connections", 1); /* its FIN is read behind the request */
    same(world, "web.threads_busy", 1);
    plain_run_ms(world, 3000);
    same(world, "web.threads_busy", 0);
    same(world, "web.connections", 0);
    plain_close(world);
}

/* --- answers that do not fit ---------------------------------------------------------------- */

/* 2 MB through a send buffer of 256 KB: the thread is held until the last byte is in it. */
static void a_thread_is_held_until_the_answer_is_with_the_kernel(void **unused)
{
    (void)unused;
    struct world *world = web_world("maxThreads=2 response=2MB", "rate=max connections=1 count=1");
    plain_say(world, "set web-1 tcp_wmem=256KB");
    plain_run_ms(world, 180);
    same(world, "web.threads_busy", 1);
    same(world, "web.responses", 0);
    plain_run_ms(world, 5000);
    same(world, "c.acked", 1);
    same(world, "web.threads_busy", 0);
    plain_close(world);
}

/* --- the counters, and what it says of itself ------------------------------------------------ */

static void stub_status_says_what_nginx_says(void **unused)
{
    (void)unused;
    struct world *world = web_world("external=1s", "rate=max connections=3 count=3");
    static char said[1024];
    struct text answer = TEXT(said);
    struct command command;
    struct error error;
    plain_run_ms(world, 500);
    text_clear(&answer);
    plain_command(&command, "tell web stub_status");
    assert_true(world_command(world, &command, &answer, &error));
    assert_string_equal(said, "Active connections: 3 \nserver accepts handled requests\n 3 3 3 \n"
                              "Reading: 0 Writing: 3 Waiting: 0 \n");
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_is_held_by_a_request),
        cmocka_unit_test(past_the_queue_a_request_gets_503),
        cmocka_unit_test(service_takes_the_machine_s_cores),
        cmocka_unit_test(a_loop_is_not_held_by_what_waits_outside),
        cmocka_unit_test(unless_it_blocks),
        cmocka_unit_test(what_is_back_waits_for_its_loop),
        cmocka_unit_test(past_maxConnections_there_is_silence),
        cmocka_unit_test(one_acceptor_takes_them_one_after_the_other),
        cmocka_unit_test(without_a_file_descriptor_accept_fails),
        cmocka_unit_test(a_killed_server_breaks_what_it_held_and_starts_anew),
        cmocka_unit_test(a_stopped_server_answers_when_it_goes_on),
        cmocka_unit_test(a_machine_without_power_answers_nothing),
        cmocka_unit_test(work_for_nobody_is_done_all_the_same),
        cmocka_unit_test(a_thread_is_held_until_the_answer_is_with_the_kernel),
        cmocka_unit_test(stub_status_says_what_nginx_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
