/* The store as a process: memory, forks, eviction, start times, the admin's words. */
#include "tests/unit/store_fixture.h"

static int64_t used(struct world *world)
{
    return plain_metric(world, "cache.used_memory");
}

/* --- memory (TRUTH redis.mem-per-key.*) ------------------------------------------------------- */

/* A key of 13 bytes with a value of so many letters, 0: the number 12345. */
static void takes(int letters, int64_t value_bytes)
{
    char line[200], words[101];
    struct world *world = store_world("save=");
    int64_t empty = used(world);
    memset(words, 'x', sizeof words);
    words[letters] = 0;
    snprintf(line, sizeof line, "SET a-key-of-13-b %s", letters > 0 ? words : "12345");
    answers(world, line, "OK");
    /* dict entry 32, key 16, the first table of four buckets 32 */
    int64_t found = used(world) - empty;
    if (found != 32 + 16 + 32 + value_bytes)
        fail_msg("a value of %d takes %lld", letters, (long long)found);
    plain_close(world);
}

static void values_take_their_size_class(void **unused)
{
    (void)unused;
    takes(0, 16); /* an integer */
    takes(1, 32);
    takes(10, 32);
    takes(44, 64);
    takes(45, 16 + 64);
    takes(100, 16 + 112);
}

static void tables_double_and_both_live_while_they_are_rehashed(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    plain_say(world,
              "add client c on app-1 to=cache rate=20000/s keys=unique count=65536 value=10B");
    run_more_ms(world, 5000);
    same(world, "cache.keys", 65536);
    int64_t before = used(world);
    answers(world, "SET one-more-13-b 1", "OK");
    int64_t grown = used(world) - before;
    assert_in_range(grown, 131072 * 8, 131072 * 8 + 100);
    run_more_ms(world, 1000); /* 1 ms each 100 ms is spent on it */
    assert_in_range(used(world) - before, 65536 * 8, 65536 * 8 + 100);
    answers(world, "MEMORY USAGE one-more-13-b", "(integer) 40");
    plain_close(world);
}

static void keys_with_a_time_take_more(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    answers(world, "SET a hello", "OK");
    int64_t before = used(world);
    answers(world, "EXPIRE a 100", "(integer) 1");
    assert_int_equal(used(world) - before, 32 + 32);
    answers(world, "TTL a", "(integer) 100");
    answers(world, "PERSIST a", "(integer) 1");
    answers(world, "TTL a", "(integer) -1");
    answers(world, "TTL nothing", "(integer) -2");
    plain_close(world);
}

/* --- fork and copy on write (TRUTH redis.cow.1, fork-stall.1) --------------------------------- */

/* Bytes copied when so many writes hit 20,000 keys of 1000 B during a snapshot. */
static int64_t copied(const char *client)
{
    char line[200];
    struct world *world = store_world("save=");
    answers(world, "DEBUG POPULATE 20000 k 1000", "OK");
    answers(world, "CONFIG SET rdb-key-save-delay 200", "OK");
    answers(world, "BGSAVE", "Background saving started");
    if (client != NULL) {
        snprintf(line, sizeof line, "add client c on app-1 to=cache rate=4000/s value=1000B %s",
                 client);
        plain_say(world, line);
    }
    run_more_ms(world, 6000);
    same(world, "cache.rdb_bgsave_in_progress", 0);
    int64_t bytes = plain_metric(world, "cache.rdb_last_cow_size");
    plain_close(world);
    return bytes;
}

static void writes_copy_the_pages_that_they_touch(void **unused)
{
    (void)unused;
    int64_t floor = copied(NULL);
    assert_int_equal(floor, 554 * 4096);
    int64_t hot = copied("keys=1 count=2000") - floor;
    int64_t random = copied("keys=20000 count=2000") - floor;
    int64_t reads = copied("keys=20000 count=2000 op=get") - floor;
    assert_in_range(hot, 4096, 6 * 4096);
    assert_int_equal(reads, 0);
    /* floor + 4096 * sum P (1 - exp(-w/P)): 5000, 157 and 79 pages -> 1648 + 157 + 79 = 1884 */
    assert_in_range(random, 1884 * 4096 * 9 / 10, 1884 * 4096 * 11 / 10);
}

static void a_fork_holds_up_everybody_once(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    answers(world, "DEBUG POPULATE 200000 k 1000", "OK");
    run_more_ms(world, 1000);
    plain_say(world, "add client c on app-1 to=cache rate=3000/s");
    run_more_ms(world, 1000);
    int64_t calm = plain_metric(world, "c.latency_max");
    answers(world, "BGSAVE", "Background saving started");
    run_more_ms(world, 1000);
    int64_t fork = plain_metric(world, "cache.latest_fork_usec") * 1000;
    assert_true(fork > 4000000 && fork < 8000000);
    assert_in_range(plain_metric(world, "c.latency_max"), fork, fork + calm + 500000);
    plain_close(world);
}

static void memory_is_the_machines(void **unused)
{
    (void)unused;
    struct world *world = plain_open();
    plain_say(world, "machine redis-1 ram=100MB");
    plain_say(world, "machine app-1");
    plain_say(world, "add store cache on redis-1 save=");
    plain_say(world, "add client c on app-1 to=cache rate=2000/s value=20KB");
    run_more_ms(world, 4000);
    same(world, "cache.up", 0);
    same(world, "redis-1.oom_kills", 1);
    plain_say(world, "start cache");
    run_more_ms(world, 100);
    between(world, "c.acked_lost", 3000, 5000);
    plain_check(world);
    plain_close(world);
}

/* --- maxmemory (TRUTH redis.maxmemory.1) ------------------------------------------------------ */

static void maxmemory_refuses_or_evicts(void **unused)
{
    (void)unused;
    struct world *world = store_world("save= maxmemory=8mb");
    plain_say(world, "add client c on app-1 to=cache rate=20000/s count=60000");
    run_more_ms(world, 4000);
    between(world, "cache.keys", 37805 * 95 / 100,
            39294 * 105 / 100); /* measured: 37,805 and 39,294 */
    assert_string_equal(ask(world, "SET a 1"),
                        "(error) OOM command not allowed when used memory > 'maxmemory'.");
    answers(world, "GET a", "(nil)");
    answers(world, "PING", "PONG");
    plain_close(world);
    world = store_world("save= maxmemory=8mb maxmemory-policy=allkeys-lru");
    plain_say(world, "add client c on app-1 to=cache rate=20000/s count=60000");
    run_more_ms(world, 4000);
    between(world, "cache.keys", 37000, 40500);
    same(world, "c.refused", 0);
    same(world, "c.acked_lost", plain_metric(world, "cache.evicted_keys"));
    plain_close(world);
    world = store_world("save= maxmemory=8mb maxmemory-policy=volatile-lru");
    plain_say(world, "add client c on app-1 to=cache rate=20000/s count=60000");
    run_more_ms(world, 4000);
    same(world, "cache.evicted_keys", 0);
    assert_true(plain_metric(world, "c.refused") > 15000);
    plain_close(world);
}

/* --- starts (TRUTH redis.load-time.1, ttl-load.1) --------------------------------------------- */

static int64_t load_time(const char *parameters, const char *then)
{
    char line[200];
    snprintf(line, sizeof line, "save= %s", parameters);
    struct world *world = store_world(line);
    plain_say(world, "set redis-1 disk=nvme");
    plain_say(world, "add client c on app-1 to=cache rate=20000/s keys=10000 count=30000");
    run_more_ms(world, 3000);
    ask(world, then);
    run_more_ms(world, 1000);
    plain_say(world, "kill cache");
    plain_say(world, "start cache");
    run_more_ms(world, 1000);
    same(world, "cache.up", 1);
    assert_true(plain_metric(world, "cache.keys") > 9000);
    int64_t time = plain_metric(world, "cache.load_time");
    plain_close(world);
    return time;
}

static void a_log_takes_longer_to_read_than_a_snapshot(void **unused)
{
    (void)unused;
    int64_t snapshot = load_time("", "SAVE");
    int64_t hybrid = load_time("appendonly=yes", "BGREWRITEAOF");
    int64_t rewritten = load_time("appendonly=yes aof-use-rdb-preamble=no", "BGREWRITEAOF");
    int64_t grown = load_time("appendonly=yes", "PING");
    assert_true(snapshot < hybrid && hybrid < rewritten && rewritten < grown);
    assert_true(grown > 5 * snapshot && grown < 15 * snapshot);
}

/* After a kill the page cache has the files; after a power cut they come from the disk. */
static void a_cold_start_waits_for_the_disk(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    plain_say(world, "set redis-1 disk=hdd");
    answers(world, "DEBUG POPULATE 24000 user 5000", "OK");
    answers(world, "SAVE", "OK");
    run_more_ms(world, 5000);
    plain_say(world, "kill cache");
    plain_say(world, "start cache");
    run_more_ms(world, 2000);
    between(world, "cache.load_time", 16 * MS_NS, 17 * MS_NS); /* 24,000 times 0.7 us */
    plain_say(world, "power-cut redis-1");
    plain_say(world, "power-on redis-1");
    run_more_ms(world, 2000);
    between(world, "cache.load_time", 1028 * MS_NS, 1045 * MS_NS); /* and 120 MB */
    plain_say(world, "kill cache");
    plain_say(world, "start cache");
    run_more_ms(world, 2000);
    between(world, "cache.load_time", 16 * MS_NS, 17 * MS_NS); /* read once: it stays */
    plain_say(world, "set redis-1 ram=300MB");
    plain_say(world, "kill cache");
    plain_say(world, "set redis-1 ram=100MB"); /* the file has no room in it */
    plain_say(world, "start cache");
    run_more_ms(world, 500);
    same(world, "cache.loading", 1);
    plain_close(world);
}

static void names_are_found_among_many(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    answers(world, "DEBUG POPULATE 200000 user", "OK");
    answers(world, "DEBUG POPULATE 200000 user", "OK");
    same(world, "cache.keys", 200000);
    answers(world, "GET user:199999", "\"value:199999\"");
    answers(world, "GET user:200000", "(nil)");
    answers(world, "GET user:07", "(nil)");
    answers(world, "DEL user:0 user:100000 nobody", "(integer) 2");
    answers(world, "EXISTS user:0 user:1 user:100000", "(integer) 1");
    answers(world, "SET user:0 again", "OK");
    same(world, "cache.keys", 199999);
    plain_say(world, "remove cache");
    plain_check(world);
    plain_close(world);
}

static void it_answers_loading_while_it_reads(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=\"3600 1000000\"");
    answers(world, "DEBUG POPULATE 500000", "OK");
    plain_say(world, "add client c on app-1 to=cache rate=1000/s timeout=5s");
    run_more_ms(world, 1000);
    plain_say(world, "stop cache");
    run_more_ms(world, 2000);
    same(world, "cache.up", 0);
    int64_t refused = plain_metric(world, "c.refused");
    plain_say(world, "start cache");
    run_more_ms(world, 200);
    same(world, "cache.loading", 1);
    assert_true(plain_metric(world, "c.unreachable") > 900);
    answers(world, "GET a", "(error) LOADING Redis is loading the dataset in memory");
    assert_true(plain_metric(world, "c.refused") > refused + 100);
    run_more_ms(world, 1000);
    same(world, "cache.loading", 0);
    same(world, "c.unreachable", 0);
    same(world, "c.acked_lost", 0);
    plain_close(world);
}

static void times_to_live_run_on_while_it_is_down(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=\"3600 1000000\"");
    answers(world, "SET a 1 PX 700", "OK");
    answers(world, "SETEX b 100 x", "OK");
    answers(world, "SET c 1", "OK");
    plain_say(world, "stop cache");
    run_more_ms(world, 1500);
    plain_say(world, "start cache");
    run_more_ms(world, 100);
    answers(world, "DBSIZE", "(integer) 2");
    answers(world, "TTL b", "(integer) 98");
    answers(world, "SET a 1 PX 200", "OK");
    run_more_ms(world, 350);
    answers(world, "DBSIZE", "(integer) 2");
    same(world, "cache.expired_keys", 1); /* what ran out before is counted by the load */
    assert_non_null(strstr(ask(world, "INFO persistence"), "rdb_last_load_keys_expired:1\n"
                                                           "rdb_last_load_keys_loaded:2\n"));
    plain_close(world);
}

/* --- a process -------------------------------------------------------------------------------- */

static void a_paused_process_answers_later(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=\"1 1\"");
    plain_say(world, "add client c on app-1 to=cache rate=1000/s timeout=10s");
    plain_run_ms(world, 500);
    plain_say(world, "pause cache");
    plain_run_ms(world, 520);
    int64_t acked = plain_metric(world, "c.acked");
    plain_run_ms(world, 4000);
    same(world, "c.acked", acked);
    same(world, "cache.rdb_saves", 0);
    plain_say(world, "resume cache");
    plain_run_ms(world, 4400);
    assert_true(plain_metric(world, "c.acked") > 4000);
    same(world, "cache.rdb_saves", 1);
    plain_close(world);
}

static void it_can_be_taken_out_at_any_time(void **unused)
{
    (void)unused;
    static const uint64_t times[] = {1, 250, 1005, 1102, 2300};
    for (unsigned i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct world *world = store_world("save=\"1 1\" appendonly=yes rdb-key-save-delay=5");
        plain_say(world, "add client c on app-1 to=cache rate=2000/s");
        plain_run_ms(world, times[i]);
        plain_say(world, "remove cache");
        plain_run_ms(world, times[i] + 3000);
        plain_check(world);
        plain_close(world);
    }
}

static void equal_histories_give_equal_digests(void **unused)
{
    (void)unused;
    uint64_t digests[2];
    for (unsigned i = 0; i < 2; i++) {
        struct world *world = store_world("save=\"1 1\" appendonly=yes");
        plain_say(world, "add client c on app-1 to=cache rate=3000/s keys=100");
        plain_run_ms(world, 3000);
        if (i == 1) { /* looking changes nothing */
            plain_metric(world, "cache.at_risk_power");
            ask(world, "INFO");
        }
        plain_say(world, "kill cache");
        plain_say(world, "start cache");
        plain_run_ms(world, 5000);
        digests[i] = trace_digest(world);
        plain_close(world);
    }
    assert_true(digests[0] == digests[1]);
}

/* --- the admin's words ------------------------------------------------------------------------ */

static void the_admin_gets_the_real_answers(void **unused)
{
    (void)unused;
    static const char *const rows[][2] = {
        {"PING", "PONG"},
        {"SET a 10", "OK"},
        {"GET a", "\"10\""},
        {"get a", "\"10\""},
        {"INCR a", "(integer) 11"},
        {"SET b hello", "OK"},
        {"INCR b", "(error) ERR value is not an integer or out of range"},
        {"SET b there NX", "(nil)"},
        {"SET nothing there XX", "(nil)"},
        {"SET a 1 EX 0", "(error) ERR invalid expire time in 'set' command"},
        {"SET a 1 WHAT", "(error) ERR syntax error"},
        {"MSET a 1 b", "(error) ERR wrong number of arguments for 'mset' command"},
        {"EXISTS a b c", "(integer) 2"},
        {"STRLEN b", "(integer) 5"},
        {"DEL a b c", "(integer) 2"},
        {"GET", "(error) ERR wrong number of arguments for 'get' command"},
        {"NOSUCH x", "(error) ERR unknown command 'NOSUCH', with args beginning with: 'x' "},
        {"CONFIG GET appendfsync", "appendfsync everysec"},
        {"CONFIG SET appendfsync always", "OK"},
        {"CONFIG GET append*", "appendonly no\nappendfsync always"},
        {"CONFIG SET save \"60 x\"", "(error) ERR CONFIG SET failed (possibly related to argument "
                                     "'save') - Invalid save parameters"},
        {"CONFIG SET rdbchecksum no",
         "(error) ERR CONFIG SET failed (possibly related to argument 'rdbchecksum') - can't set "
         "immutable config"},
        {"CONFIG SET nosuch 1",
         "(error) ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'"},
        {"CONFIG SET maxmemory 1gb", "OK"},
        {"CONFIG GET maxmemory", "maxmemory 1073741824"},
        {"DBSIZE", "(integer) 0"},
        {"LASTSAVE", "(integer) 0"},
        {"SAVE", "OK"},
    };
    struct world *world = store_world("");
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        answers(world, rows[i][0], rows[i][1]);
        run_more_ms(world, 5);
    }
    assert_non_null(strstr(ask(world, "INFO persistence"), "rdb_last_save_time:0\n"));
    assert_null(strstr(ask(world, "INFO persistence"), "# Memory"));
    assert_non_null(strstr(ask(world, "INFO"), "redis_version:7.0.15\n"));
    plain_close(world);
}

static void a_process_alone_is_told_the_file_stays(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    answers(world, "CONFIG SET save \"3600 1\"", "OK");
    answers(world, "SET a 1", "OK");
    plain_say(world, "kill cache");
    plain_say(world, "start cache");
    run_more_ms(world, 10);
    answers(world, "CONFIG GET save", "save \"\"");
    assert_int_equal(plain_try(world, "tell cache").id, ERROR_MISSING_WORD);
    assert_int_equal(plain_try(world, "set cache save=\"60\"").id, ERROR_BAD_VALUE);
    plain_say(world, "kill cache");
    assert_int_equal(plain_try(world, "tell cache PING").id, ERROR_NOT_UP);
    plain_close(world);
}

static void a_client_reads_what_another_wrote(void **unused)
{
    (void)unused;
    struct world *world = store_world("save=");
    plain_say(world, "add client w on app-1 to=cache rate=1000/s keys=100 value=37B count=2000");
    run_more_ms(world, 3000);
    assert_int_equal(strlen(ask(world, "GET k:17")), 37 + 2);
    plain_say(world, "add client r on app-1 to=cache op=get rate=1000/s keys=100 count=100");
    plain_say(world, "add client i on app-1 to=cache op=incr rate=1000/s keys=unique count=100");
    run_more_ms(world, 1000);
    same(world, "r.acked", 100);
    same(world, "cache.keyspace_misses", 0);
    same(world, "i.acked", 100);
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_take_their_size_class),
        cmocka_unit_test(tables_double_and_both_live_while_they_are_rehashed),
        cmocka_unit_test(keys_with_a_time_take_more),
        cmocka_unit_test(writes_copy_the_pages_that_they_touch),
        cmocka_unit_test(a_fork_holds_up_everybody_once),
        cmocka_unit_test(memory_is_the_machines),
        cmocka_unit_test(maxmemory_refuses_or_evicts),
        cmocka_unit_test(a_log_takes_longer_to_read_than_a_snapshot),
        cmocka_unit_test(a_cold_start_waits_for_the_disk),
        cmocka_unit_test(names_are_found_among_many),
        cmocka_unit_test(it_answers_loading_while_it_reads),
        cmocka_unit_test(times_to_live_run_on_while_it_is_down),
        cmocka_unit_test(a_paused_process_answers_later),
        cmocka_unit_test(it_can_be_taken_out_at_any_time),
        cmocka_unit_test(equal_histories_give_equal_digests),
        cmocka_unit_test(the_admin_gets_the_real_answers),
        cmocka_unit_test(a_process_alone_is_told_the_file_stays),
        cmocka_unit_test(a_client_reads_what_another_wrote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
