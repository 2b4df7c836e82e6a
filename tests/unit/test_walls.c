/*
 * What a server says of itself: jstack, jcmd GC.heap_info, -Xlog:gc, and the report of its walls.
 */
#include "tests/unit/server_fixture.h"

static char said[65536];

static const char *told(struct world *world, const char *line)
{
    struct text answer = TEXT(said);
    struct command command;
    struct error error;
    text_clear(&answer);
    plain_command(&command, line);
    assert_true(world_command(world, &command, &answer, &error));
    return said;
}

static const char *walls(struct world *world)
{
    struct text text = TEXT(said);
    text_clear(&text);
    server_walls_report(world, &text, LANGUAGE_EN);
    return said;
}

static void has(const char *words, const char *part)
{
    if (strstr(words, part) == NULL)
        fail_msg("`%s` is not in:\n%s", part, words);
}

/* --- jstack --------------------------------------------------------------------------------- */

static void jstack_lists_the_threads(void **unused)
{
    (void)unused;
    struct world *world = web_world("stack=tomcat accept_cost=0ms external=1s alloc=0B",
                                    "rate=max connections=3 think=1h");
    plain_run_ms(world, 500);
    has(told(world, "tell web jstack"), "Full thread dump OpenJDK");
    has(said, "\"http-nio-80-exec-3\" daemon prio=5\n   java.lang.Thread.State: RUNNABLE\n\tat "
              "sun.nio.ch.SocketDispatcher.read0(Native Method)\n");
    has(said, "4 threads: 4 RUNNABLE, 0 WAITING, 0 TIMED_WAITING\n");
    plain_run_ms(world, 2000);
    has(told(world, "tell web jstack"), "LinkedBlockingQueue.take");
    has(said, "4 threads: 1 RUNNABLE, 3 WAITING, 0 TIMED_WAITING\n");
    plain_say(world, "set web maxConnections=3");
    has(told(world, "tell web jstack"),
        "\"http-nio-80-Acceptor\" daemon prio=5\n   java.lang.Thread.State: WAITING "
        "(parking)\n\tat "
        "org.apache.tomcat.util.threads.LimitLatch.countUpOrAwait\n");
    plain_close(world);
}

static void jstack_shows_a_loop_that_is_blocked(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("stack=netty accept_cost=0ms external=1s external_blocks=yes alloc=0B",
                  "rate=max connections=1 think=1h");
    plain_run_ms(world, 500);
    has(told(world, "tell web jstack"), "\"nioEventLoopGroup-3-1\"");
    has(said, "SocketDispatcher.read0");
    has(said, "EPoll.wait(Native Method)");
    plain_close(world);
}

static void node_has_no_jstack(void **unused)
{
    (void)unused;
    struct world *world = web_world("stack=node", "");
    has(told(world, "tell web jstack"), "Node is no JVM");
    has(told(world, "tell web jcmd GC.heap_info"), "HotSpot VM not loaded");
    plain_close(world);
}

/* --- the heap ------------------------------------------------------------------------------- */

static void the_log_of_collections_has_the_collector_s_words(void **unused)
{
    (void)unused;
    struct world *world = web_world("heap=100MiB base_heap=60MiB conn_memory=0B gc=serial "
                                    "alloc=1MiB model=eventloop",
                                    "rate=50/s arrival=constant connections=20");
    plain_run_ms(world, 1000);
    assert_string_equal(told(world, "tell web -Xlog:gc"),
                        "[0.008s][info][gc] Using Serial\n[0.593s][info][gc] GC(0) Pause Full "
                        "(Allocation Failure) 87M->60M(100M) 23.000ms\n");
    assert_string_equal(told(world, "tell web jcmd GC.heap_info"),
                        "1:\n def new generation   total 30720K, used 21504K\n"
                        "  eden space 27306K, 78% used\n  from space 3413K, 0% used\n"
                        "  to   space 3413K, 0% used\n"
                        " tenured generation   total 68266K, used 61440K\n"
                        "   the space 68266K, 89% used\n");
    assert_string_equal(told(world, "tell web jcmd GC.heap"),
                        "1:\njava.lang.IllegalArgumentException: Unknown diagnostic command\n");
    plain_close(world);
}

static void g1_has_regions(void **unused)
{
    (void)unused;
    struct world *world = web_world("heap=4g base_heap=1GiB", "");
    assert_string_equal(told(world, "tell web jcmd GC.heap_info"),
                        "1:\n garbage-first heap   total 4194304K, used 1048576K\n"
                        "  region size 2048K, 0 young (0K)\n");
    assert_string_equal(told(world, "tell web gc log"), "[0.008s][info][gc] Using G1\n");
    plain_close(world);
}

/* --- walls ---------------------------------------------------------------------------------- */

static void the_first_wall_is_said_with_its_time(void **unused)
{
    (void)unused;
    struct world *world =
        web_world("maxConnections=5 maxThreads=3 external=3s queue=unlimited keepalive_timeout=1h",
                  "rate=10/s arrival=constant connections=20 timeout=1h");
    plain_run_ms(world, 100);
    has(walls(world), "no wall was hit so far");
    plain_run_ms(world, 10000);
    has(walls(world), "hit first: connections of maxConnections, 00:00.5");
    has(said, "           5           5      00:00.5  connections of maxConnections\n");
    has(said, "           3           3      00:01.4  threads busy (maxThreads)\n");
    has(said, "           -  CPU of its machine");
    plain_close(world);
}

static void the_heap_and_the_collector_are_walls(void **unused)
{
    (void)unused;
    struct world *world = web_world("heap=64MiB base_heap=61MiB conn_memory=10KB alloc=100KB "
                                    "gc=serial keepalive_timeout=1h",
                                    "rate=200/s arrival=constant connections=200 timeout=1s");
    plain_run_ms(world, 60000);
    has(walls(world), "hit first: GC pauses");
    plain_say(world, "set web conn_memory=1MB");
    plain_say(world, "add client d on app-1 to=web op=http rate=10/s connections=20 timeout=1s");
    plain_run_ms(world, 70000);
    same(world, "web.up", 1);
    assert_true(plain_metric(world, "web.oom") > 0);
    assert_null(strstr(walls(world), "-  live heap"));
    plain_close(world);
}

static void the_kernel_s_killer_is_a_wall(void **unused)
{
    (void)unused;
    struct world *world = web_world("heap=1GiB base_heap=10MB conn_memory=1MB base_memory=50MB",
                                    "rate=100/s arrival=constant connections=300 timeout=1s");
    plain_say(world, "set web-1 ram=200MB");
    plain_say(world, "set web external=1h maxThreads=1000");
    plain_run_ms(world, 4000);
    same(world, "web-1.oom_kills", 1);
    has(walls(world), "hit first: RAM of its machine, 00:01.");
    plain_close(world);
}

static void without_a_server_there_are_no_walls(void **unused)
{
    (void)unused;
    struct world *world = plain_open();
    assert_string_equal(walls(world), "there is no server\n");
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jstack_lists_the_threads),
        cmocka_unit_test(jstack_shows_a_loop_that_is_blocked),
        cmocka_unit_test(node_has_no_jstack),
        cmocka_unit_test(the_log_of_collections_has_the_collector_s_words),
        cmocka_unit_test(g1_has_regions),
        cmocka_unit_test(the_first_wall_is_said_with_its_time),
        cmocka_unit_test(the_heap_and_the_collector_are_walls),
        cmocka_unit_test(the_kernel_s_killer_is_a_wall),
        cmocka_unit_test(without_a_server_there_are_no_walls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
