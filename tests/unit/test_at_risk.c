/*
 * Property: at_risk says exactly what a fault at this instant and a start afterwards would lose.
 *
 * Random configurations and histories; at random instants the world is copied, the fault done to
 * the copy, the process started again, and each write that was acked at the instant is looked up.
 *
 * test_at_risk [HISTORIES]: more of them.
 */
#include "tests/unit/plain_world.h"

#include "sim/engine/random.h"
#include "sim/store/ledger.h"

#define LOOKS 10

static unsigned histories = 30;
static bool shown;

static uint64_t draw(struct stream *stream, uint64_t bound)
{
    return stream_below(stream, bound);
}

/* OUTAGE_SHOW=N prints the lines of history N. */
static void say(struct world *world, const char *line, bool must)
{
    if (shown)
        printf("%.6f %s\n", (double)world->now_ns / 1e9, line);
    if (must)
        plain_say(world, line);
    else
        plain_try(world, line);
}

static void build(struct world *world, struct stream *stream)
{
    static const char *const saves[] = {"save=", "save=\"1 1\"", "save=\"2 10 1 400\"",
                                        "save=\"3600 1\""};
    static const char *const logs[] = {"appendonly=no", "appendonly=yes appendfsync=everysec",
                                       "appendonly=yes appendfsync=always",
                                       "appendonly=yes appendfsync=no"};
    static const char *const disks[] = {"", "fsync=300ms", "fsync=1500ms",
                                        "fsync=20ms dirty_expire=2s dirty_writeback=500ms"};
    static const char *const keys[] = {"unique", "3", "5", "40", "500"};
    static const char *const ops[] = {"set", "set", "incr", "del"};
    char line[300];
    plain_say(world, "machine app-1");
    snprintf(line, sizeof line, "machine redis-1 %s", disks[draw(stream, 4)]);
    say(world, line, true);
    snprintf(line, sizeof line,
             "add store cache on redis-1 %s %s auto-aof-rewrite-min-size=%s "
             "aof-use-rdb-preamble=%s no-appendfsync-on-rewrite=%s rdb-key-save-delay=%s",
             saves[draw(stream, 4)], logs[draw(stream, 4)], draw(stream, 2) ? "20kb" : "64mb",
             draw(stream, 2) ? "yes" : "no", draw(stream, 2) ? "yes" : "no",
             draw(stream, 2) ? "0" : "900");
    say(world, line, true);
    snprintf(line, sizeof line, "add client one on app-1 to=cache rate=%u/s keys=%s op=%s",
             (unsigned)(50 + draw(stream, 900)), keys[draw(stream, 5)], ops[draw(stream, 4)]);
    say(world, line, true);
    if (draw(stream, 2) == 0) {
        snprintf(line, sizeof line,
                 "add client two on app-1 to=cache rate=100/s keys=%s retry=3 value=30B op=%s",
                 keys[1 + draw(stream, 4)], ops[draw(stream, 4)]);
        say(world, line, true);
    }
}

/* Something that happens to a world on its way; what does not fit its state is left out. */
static void happen(struct world *world, struct stream *stream)
{
    static const char *const lines[] = {"tell cache BGSAVE",
                                        "tell cache BGREWRITEAOF",
                                        "tell cache SAVE",
                                        "kill cache",
                                        "start cache",
                                        "start cache",
                                        "power-cut redis-1",
                                        "power-on redis-1",
                                        "power-on redis-1",
                                        "stop cache",
                                        "tell cache CONFIG SET appendonly yes",
                                        "set cache appendonly=yes",
                                        "set cache appendonly=no",
                                        "set cache appendfsync=always",
                                        "set cache appendfsync=everysec",
                                        "tell cache CONFIG SET appendonly no",
                                        "tell cache SHUTDOWN",
                                        "tell cache SHUTDOWN NOSAVE",
                                        "fill-disk redis-1",
                                        "free-disk redis-1",
                                        "free-disk redis-1",
                                        "pause cache for 200ms",
                                        "tell cache SET k:5 hello",
                                        "tell cache DEL k:0 k:1 k:2 k:3",
                                        "tell cache FLUSHALL"};
    say(world, lines[draw(stream, sizeof lines / sizeof lines[0])], false);
}

static void start_again(struct world *world)
{
    for (unsigned i = 0; i < 200; i++) {
        plain_run(world, world->now_ns + 50 * MS_NS);
        if (plain_metric(world, "cache.up") == 1 && plain_metric(world, "cache.loading") == 0)
            return;
    }
    char words[16384];
    struct text log = TEXT(words);
    text_clear(&log);
    component_log_add(world, component_find(world, "cache"), &log, 12);
    fail_msg("the store did not come back: %s", words);
}

/* Writes that are acked and there: bit by bit. */
static unsigned char *acked_there(const struct world *world)
{
    unsigned char *there = calloc(world->writes + 1, 1);
    assert_non_null(there);
    for (uint64_t write = 1; write <= world->writes; write++) {
        struct ledger_life life;
        assert_true(ledger_of(world, write, &life));
        there[write] = life.outcome == LEDGER_ACKED && !life.lost;
    }
    return there;
}

static void look(struct world *copy, const struct world *world, const char *gauge,
                 const char *fault, const char *again, unsigned history)
{
    world_copy(copy, world);
    int64_t expected = plain_metric(copy, gauge), lost = 0;
    unsigned char *there = acked_there(copy);
    uint64_t writes = copy->writes;
    component_signal(copy, component_find(copy, "one"), SIGNAL_KILL);
    if (component_find(copy, "two"))
        component_signal(copy, component_find(copy, "two"), SIGNAL_KILL);
    plain_try(copy, "free-disk redis-1"); /* it could not start at all */
    plain_say(copy, fault);
    plain_say(copy, again);
    start_again(copy);
    for (uint64_t write = 1; write <= writes; write++) {
        struct ledger_life life;
        assert_true(ledger_of(copy, write, &life));
        lost += there[write] && life.lost;
    }
    free(there);
    plain_check(copy);
    if (lost != expected)
        fail_msg("history %u at %llu ns: %s said %lld, lost %lld", history,
                 (unsigned long long)world->now_ns, gauge, (long long)expected, (long long)lost);
}

static void gauges_are_what_a_fault_would_lose(void **unused)
{
    (void)unused;
    struct world *copy = plain_open();
    int64_t most = 0;
    for (unsigned history = 0; history < histories; history++) {
        const char *show = getenv("OUTAGE_SHOW");
        shown = show != NULL && (unsigned)atoi(show) == history;
        struct stream stream = stream_of(history, "at-risk", "history");
        struct world *world = plain_open();
        build(world, &stream);
        for (unsigned i = 0; i < LOOKS; i++) {
            plain_run(world, world->now_ns + draw(&stream, 1500 * MS_NS));
            if (draw(&stream, 3) != 0)
                happen(world, &stream);
            plain_run(world, world->now_ns + draw(&stream, 400 * MS_NS));
            plain_check(world);
            if (plain_metric(world, "cache.up") == 0 || plain_metric(world, "cache.loading") != 0)
                continue;
            look(copy, world, "cache.at_risk_kill", "kill cache", "start cache", history);
            look(copy, world, "cache.at_risk_power", "power-cut redis-1", "power-on redis-1",
                 history);
            look(copy, world, "cache.at_risk_disk", "destroy redis-1", "power-on redis-1", history);
            int64_t risk = plain_metric(world, "cache.at_risk_power");
            most = risk > most ? risk : most;
        }
        plain_close(world);
    }
    assert_true(most > 100); /* it was about something */
    plain_close(copy);
}

/* Between a power cut and the start the gauge still says what was not on the disk, page cache and
 * all: the start will find as much missing. */
static void without_power_it_is_what_the_start_will_miss(void **unused)
{
    (void)unused;
    struct world *world = plain_open();
    plain_say(world, "machine app-1");
    plain_say(world, "machine redis-1");
    plain_say(world, "add store cache on redis-1 save= appendonly=yes appendfsync=everysec");
    plain_say(world, "add client one on app-1 to=cache rate=1000/s op=set");
    plain_run(world, 5500 * MS_NS);
    int64_t risk = plain_metric(world, "cache.at_risk_power");
    assert_true(risk > 100);
    plain_say(world, "power-cut redis-1");
    assert_int_equal(plain_metric(world, "cache.at_risk_power"), risk);
    plain_run(world, 8 * SECOND_NS);
    int64_t missing = plain_metric(world, "cache.at_risk_power");
    assert_true(missing >= risk);
    plain_say(world, "power-on redis-1");
    plain_run(world, 9 * SECOND_NS);
    assert_int_equal(plain_metric(world, "one.acked_lost"), missing);
    plain_close(world);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        histories = (unsigned)strtoul(argv[1], NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gauges_are_what_a_fault_would_lose),
        cmocka_unit_test(without_power_it_is_what_the_start_will_miss)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
