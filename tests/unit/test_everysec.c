/*
 * appendfsync everysec at many random instants: how many seconds of acked writes a power cut takes,
 * on disks of four speeds, against what was measured (TRUTH redis.aof-everysec*.1, 4000 instants
 * each, 10 %).
 *
 * At each instant at_risk_power says it; at some of them the world is copied and its power cut.
 */
#include "tests/unit/store_fixture.h"

#include "sim/engine/random.h"

#define INSTANTS  4000
#define CUT_EVERY 80
#define STEADY_NS (12 * SECOND_NS)
#define SPAN_NS   (60 * SECOND_NS)

static const struct speed {
    const char *fsync;
    int64_t mean_ms, p90_ms, most_ms;
} speeds[] = {{"1ms", 503, 912, 1033},
              {"800500us", 1284, 1693, 1801},
              {"1500500us", 2620, 3610, 3999},
              {"3000500us", 4371, 5671, 6002}};

static int by_size(const void *a, const void *b)
{
    uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;
    return one < other ? -1 : one > other;
}

static void within_a_tenth(const char *what, int64_t found, int64_t measured)
{
    if (found < measured * 9 / 10 || found > measured * 11 / 10)
        fail_msg("%s is %lld ms, measured %lld", what, (long long)found, (long long)measured);
}

/* The power of a copy is cut: what is lost when it is up again is what was at risk. */
static void cut_copy(struct world *copy, const struct world *world, int64_t risk)
{
    world_copy(copy, world);
    component_signal(copy, component_find(copy, "orders"), SIGNAL_KILL);
    plain_say(copy, "power-cut redis-1");
    plain_say(copy, "set redis-1 fsync=1ms");
    plain_say(copy, "power-on redis-1");
    run_more_ms(copy, 2000);
    same(copy, "cache.up", 1);
    same(copy, "orders.acked_lost", risk);
}

static void a_disk_of(const struct speed *speed, struct stream *stream)
{
    static uint64_t at_ns[INSTANTS], risks[INSTANTS];
    char line[80];
    int64_t sum = 0;
    struct world *world = store_world("save= appendonly=yes"), *copy = plain_open();
    snprintf(line, sizeof line, "set redis-1 fsync=%s", speed->fsync);
    plain_say(world, line);
    plain_say(world, "add client orders on app-1 to=cache rate=1000/s arrival=constant value=16B "
                     "connections=4");
    for (unsigned i = 0; i < INSTANTS; i++)
        at_ns[i] = STEADY_NS + stream_below(stream, SPAN_NS);
    qsort(at_ns, INSTANTS, sizeof at_ns[0], by_size);
    for (unsigned i = 0; i < INSTANTS; i++) {
        plain_run(world, at_ns[i]);
        int64_t risk = plain_metric(world, "cache.at_risk_power");
        risks[i] = (uint64_t)risk;
        sum += risk;
        if (i % CUT_EVERY == 0)
            cut_copy(copy, world, risk);
    }
    qsort(risks, INSTANTS, sizeof risks[0], by_size);
    if (getenv("OUTAGE_SHOW") != NULL)
        printf("fsync %s: mean %lld p90 %llu max %llu ms\n", speed->fsync,
               (long long)(sum / INSTANTS), (unsigned long long)risks[INSTANTS * 9 / 10],
               (unsigned long long)risks[INSTANTS - 1]);
    within_a_tenth("the mean", sum / INSTANTS, speed->mean_ms); /* a write a millisecond */
    within_a_tenth("p90", (int64_t)risks[INSTANTS * 9 / 10], speed->p90_ms);
    within_a_tenth("the most", (int64_t)risks[INSTANTS - 1], speed->most_ms);
    plain_close(copy);
    plain_close(world);
}

static void a_power_cut_takes_what_was_measured(void **unused)
{
    (void)unused;
    struct stream stream = stream_of(7, "everysec", "instants");
    for (unsigned i = 0; i < sizeof speeds / sizeof speeds[0]; i++)
        a_disk_of(&speeds[i], &stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_power_cut_takes_what_was_measured)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
