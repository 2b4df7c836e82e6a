/*
 * The invariants of the design, each by itself, through the public face of the simulation.
 */
#include "sim/store/ledger.h"
#include "tests/unit/plain_world.h"

/* --- worlds ------------------------------------------------------------------------------- */

static void say_all(struct world *world, const char *const *lines)
{
    for (; *lines; lines++)
        plain_say(world, *lines);
}

/* Random arrivals and keys, a link that loses and shakes, retries: each stream is drawn from. */
static const char *const shop[] = {
    "seed 7",
    "network latency=2ms jitter=1ms loss=1%",
    "machine redis-1",
    "machine app-1",
    "add store cache on redis-1 save=\"2 1\" appendonly=yes",
    "add client orders on app-1 to=cache op=set rate=200/s keys=100 retry=3 backoff=exponential "
    "jitter=full timeout=400ms connections=5",
    NULL};

/* The same in two machines of its own. */
static const char *const neighbour[] = {
    "machine redis-2", "machine app-2", "add store stock on redis-2 save=\"\" appendonly=yes",
    "add client counts on app-2 to=stock op=incr rate=300/s keys=10 retry=1 timeout=100ms", NULL};

/* One fault after the other; each leaves the world so that the next one fits. */
static const char *const rough_day[] = {
    "pause cache",       "resume cache",      "cut app-1 -> redis-1", "heal all",
    "kill cache",        "start cache",       "power-cut redis-1",    "power-on redis-1",
    "fill-disk redis-1", "free-disk redis-1", "stop cache",           "start cache",
    "isolate redis-1",   "heal all",          "destroy redis-1",      "power-on redis-1",
    "kill orders",       "start orders",      "restart cache",        NULL};

static struct world *open_shop(void)
{
    struct world *world = plain_open();
    say_all(world, shop);
    return world;
}

/* The rough day from a step on, one step each 700 ms. */
static void live(struct world *world, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to && rough_day[i]; i++) {
        plain_run(world, world->now_ns + 700 * MS_NS);
        plain_say(world, rough_day[i]);
        plain_check(world);
    }
    plain_run(world, world->now_ns + 700 * MS_NS);
}

#define ROUGH_STEPS ((unsigned)(sizeof rough_day / sizeof rough_day[0]) - 1)

/* --- what a listener keeps ---------------------------------------------------------------- */

#define KEPT_MAX 65536

struct kept {
    uint32_t only; /* this component's records; 0: all */
    uint32_t what; /* these records; 0: all */
    uint32_t count;
    struct record records[KEPT_MAX];
};

static void keep(void *user, struct world *world, const struct record *record)
{
    struct kept *kept = user;
    assert_int_equal(record->time_ns, world->now_ns);
    if ((kept->only && record->who != kept->only) || (kept->what && record->what != kept->what))
        return;
    assert_true(kept->count < KEPT_MAX);
    kept->records[kept->count++] = *record;
}

static struct kept *kept_new(struct world *world, const char *name, enum trace_id what)
{
    struct kept *kept = calloc(1, sizeof *kept);
    assert_non_null(kept);
    kept->only = name ? component_find(world, name) : 0;
    kept->what = what;
    assert_true(!name || kept->only);
    trace_listen(world, keep, kept);
    return kept;
}

/* Numbers of writes and positions of the journal run through the whole world, so `a`, and the
 * position at which a write was applied, are left out where another one writes too. */
static void assert_same_records(const struct kept *one, const struct kept *other, bool numbers)
{
    assert_true(one->count > 100);
    assert_int_equal(one->count, other->count);
    for (uint32_t i = 0; i < one->count; i++) {
        const struct record *a = &one->records[i], *b = &other->records[i];
        bool position = a->what == TRACE_WRITE_APPLIED;
        if (a->time_ns != b->time_ns || a->what != b->what || (numbers && a->a != b->a) ||
            ((numbers || !position) && a->b != b->b))
            fail_msg("record %u: %llu ns, %u; %llu ns, %u", (unsigned)i,
                     (unsigned long long)a->time_ns, a->what, (unsigned long long)b->time_ns,
                     b->what);
    }
}

/* --- time --------------------------------------------------------------------------------- */

static void no_event_is_in_the_past(void **unused)
{
    (void)unused;
    struct world *world = open_shop();
    struct kept *kept = kept_new(world, NULL, TRACE_NONE);
    uint64_t steps = 0;
    for (unsigned i = 0; i < ROUGH_STEPS; i++) {
        uint64_t until_ns = world->now_ns + 300 * MS_NS, before_ns = world->now_ns;
        while (world_next(world) <= until_ns) {
            uint64_t next_ns = world_next(world);
            assert_true(next_ns >= before_ns);
            assert_int_equal(world_run(world, until_ns, 1), WORLD_EVENTS);
            assert_int_equal(world->now_ns, next_ns);
            before_ns = next_ns;
            steps++;
        }
        assert_int_equal(world_run(world, until_ns, 1), WORLD_TIME);
        assert_int_equal(world->now_ns, until_ns);
        plain_say(world, rough_day[i]);
    }
    assert_true(steps > 1000);
    assert_int_equal(steps, world->events);
    for (uint32_t i = 1; i < kept->count; i++)
        assert_true(kept->records[i - 1].time_ns <= kept->records[i].time_ns);
    free(kept);
    plain_close(world);
}

/* Schedules a line at a time of the world. */
static void schedule(struct world *world, uint64_t time_ns, const char *line)
{
    struct command command;
    plain_command(&command, line);
    assert_true(world_schedule(world, time_ns, 0, &command) != 0);
}

static void equal_times_fire_in_the_order_of_scheduling(void **unused)
{
    (void)unused;
    static const char *const lines[] = {"set orders connections=1", "set orders connections=2",
                                        "set orders connections=3", "set orders connections=4"};
    for (unsigned turn = 0; turn < 2; turn++) {
        struct world *world = open_shop();
        struct kept *kept = kept_new(world, "orders", TRACE_SET);
        for (unsigned i = 0; i < 4; i++) {
            schedule(world, (2 + i) * SECOND_NS, "set orders timeout=1s"); /* fills between them */
            schedule(world, SECOND_NS, lines[turn ? 3 - i : i]);
        }
        plain_run(world, SECOND_NS);
        assert_int_equal(kept->count, 4);
        for (unsigned i = 0; i < 4; i++)
            assert_int_equal(kept->records[i].b, turn ? 4 - i : i + 1);
        free(kept);
        plain_close(world);
    }
}

/* Two clients whose requests are always due together: the one that was added first goes first. */
static void equal_times_keep_the_order_of_adding(void **unused)
{
    (void)unused;
    static const char *const two[] = {
        "machine redis-1",
        "machine app-1",
        "add store cache on redis-1 save=\"\"",
        "add client late on app-1 to=cache rate=50/s arrival=constant",
        "add client early on app-1 to=cache rate=50/s arrival=constant",
        NULL};
    struct world *world = plain_open();
    say_all(world, two);
    struct kept *kept = kept_new(world, NULL, TRACE_WRITE_SENT);
    plain_run(world, 10 * SECOND_NS);
    assert_true(kept->count > 900);
    for (uint32_t i = 0; i + 1 < kept->count; i += 2) {
        assert_int_equal(kept->records[i].time_ns, kept->records[i + 1].time_ns);
        assert_int_equal(kept->records[i].who, component_find(world, "late"));
        assert_int_equal(kept->records[i + 1].who, component_find(world, "early"));
    }
    free(kept);
    plain_close(world);
}

/* --- chance ------------------------------------------------------------------------------- */

static struct kept *sent_with(const char *const *more)
{
    struct world *world = open_shop();
    struct kept *kept = kept_new(world, "orders", TRACE_WRITE_SENT);
    for (; *more; more++)
        plain_say(world, *more);
    plain_run(world, 10 * SECOND_NS);
    plain_close(world);
    return kept;
}

/* Due when and for which key: the same in all variants, whatever becomes of the requests. */
static void variants_face_the_same_customers(void **unused)
{
    (void)unused;
    static const char *const nothing[] = {NULL};
    static const char *const changes[][3] = {
        {"set cache appendfsync=always"},
        {"set redis-1 disk-speed=1%"},
        {"set app-1~redis-1 latency=80ms loss=20%"},
        {"set orders timeout=5ms retry=0"},
        {"set orders connections=1"},
        {"kill cache"},
        {"power-cut redis-1"},
        {"machine app-2", "add client counts on app-2 to=cache rate=100/s"}};
    struct kept *plain = sent_with(nothing);
    for (unsigned i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct kept *changed = sent_with(changes[i]);
        assert_same_records(plain, changed, false);
        free(changed);
    }
    free(plain);
}

/* All that the shop does - losses on the wire, retries, fsyncs, snapshots - with and without a
 * neighbour that shares nothing with it. */
static void a_neighbour_changes_no_draw(void **unused)
{
    (void)unused;
    static const char *const parts[] = {"orders", "cache", "app-1~redis-1"};
    for (unsigned i = 0; i < 3; i++) {
        struct kept *kept[2];
        for (unsigned with = 0; with < 2; with++) {
            struct world *world = open_shop();
            plain_say(world, "link app-1 redis-1 loss=3%");
            if (with)
                say_all(world, neighbour);
            kept[with] = kept_new(world, parts[i], TRACE_NONE);
            plain_run(world, 20 * SECOND_NS);
            plain_close(world);
        }
        assert_same_records(kept[0], kept[1], false);
        free(kept[0]);
        free(kept[1]);
    }
}

static void seeds_differ(void **unused)
{
    (void)unused;
    uint64_t digests[12];
    for (unsigned seed = 0; seed < 12; seed++) {
        struct world *world = plain_open();
        char line[32];
        snprintf(line, sizeof line, "seed %u", seed + 1);
        plain_say(world, line);
        say_all(world, shop + 1);
        plain_run(world, SECOND_NS);
        digests[seed] = trace_digest(world);
        for (unsigned i = 0; i < seed; i++)
            assert_true(digests[i] != digests[seed]);
        plain_close(world);
    }
}

/* --- a world is a value ------------------------------------------------------------------- */

static void assert_equal_bytes(struct world *a, struct world *b)
{
    uint64_t bytes = region_used(&a->region);
    assert_int_equal(bytes, region_used(&b->region));
    struct outside *of_a = a->outside, *of_b = b->outside;
    char *one = malloc((size_t)bytes), *other = malloc((size_t)bytes);
    assert_true(one != NULL && other != NULL);
    a->outside = b->outside = NULL;
    region_pack(one, &a->region);
    region_pack(other, &b->region);
    a->outside = of_a;
    b->outside = of_b;
    for (uint64_t i = 0; i < bytes; i++)
        if (one[i] != other[i])
            fail_msg("byte %llu of %llu differs", (unsigned long long)i, (unsigned long long)bytes);
    free(one);
    free(other);
}

/* At each step of the rough day: a copy into a fresh world and one into a world that has lived
 * another life go the same way as the one that was copied. */
static void copies_go_the_same_way(void **unused)
{
    (void)unused;
    for (unsigned step = 0; step <= ROUGH_STEPS; step += 3) {
        struct world *world = open_shop(), *fresh = plain_open(), *used = plain_open();
        say_all(used, neighbour);
        plain_run(used, 3 * SECOND_NS);
        live(world, 0, step);
        world_copy(fresh, world);
        world_copy(used, world);
        assert_equal_bytes(world, used);
        live(world, step, ROUGH_STEPS);
        live(fresh, step, ROUGH_STEPS);
        live(used, step, ROUGH_STEPS);
        assert_int_equal(trace_digest(world), trace_digest(fresh));
        assert_int_equal(trace_digest(world), trace_digest(used));
        assert_equal_bytes(world, fresh);
        assert_equal_bytes(world, used);
        plain_close(world);
        plain_close(fresh);
        plain_close(used);
    }
}

/* Back to an earlier copy, on by the same commands: the same. */
static void restored_goes_the_same_way(void **unused)
{
    (void)unused;
    struct world *world = open_shop(), *kept = plain_open(), *first = plain_open();
    live(world, 0, 5);
    world_copy(kept, world);
    live(world, 5, ROUGH_STEPS);
    world_copy(first, world);
    world_copy(world, kept);
    assert_equal_bytes(world, kept);
    live(world, 5, ROUGH_STEPS);
    assert_int_equal(trace_digest(world), trace_digest(first));
    assert_equal_bytes(world, first);
    plain_close(world);
    plain_close(kept);
    plain_close(first);
}

static void another_address_gives_the_same_world(void **unused)
{
    (void)unused;
    static const size_t offsets[] = {64, 4096, 1000 * 64};
    struct world *world = open_shop();
    live(world, 0, ROUGH_STEPS);
    for (unsigned i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        size_t bytes = (size_t)world_bytes(&plain_limits);
        struct outside outside = {0};
        struct error error;
        char *memory = calloc(1, bytes + offsets[i]);
        assert_non_null(memory);
        struct world *moved =
            world_open(memory + offsets[i], bytes, &plain_limits, &outside, &error);
        assert_non_null(moved);
        say_all(moved, shop);
        live(moved, 0, ROUGH_STEPS);
        assert_int_equal(trace_digest(world), trace_digest(moved));
        assert_equal_bytes(world, moved);
        free(memory);
    }
    plain_close(world);
}

/* --- the ledger --------------------------------------------------------------------------- */

static void assert_each_ends_once(struct world *world)
{
    assert_int_equal(plain_metric(world, "orders.sent"),
                     plain_metric(world, "orders.acked") + plain_metric(world, "orders.refused") +
                         plain_metric(world, "orders.timed_out") +
                         plain_metric(world, "orders.in_flight"));
}

static void each_request_ends_once_under_faults(void **unused)
{
    (void)unused;
    struct world *world = open_shop();
    for (unsigned i = 0; i < ROUGH_STEPS; i++) {
        for (unsigned k = 0; k < 70; k++) {
            plain_run(world, world->now_ns + 10 * MS_NS);
            assert_each_ends_once(world);
        }
        plain_say(world, rough_day[i]);
        assert_each_ends_once(world);
    }
    assert_true(plain_metric(world, "orders.acked") > 500);
    assert_true(plain_metric(world, "orders.refused") > 0);
    assert_true(plain_metric(world, "orders.timed_out") > 0);
    plain_close(world);
}

/* What takes the writes of a store that saves only when it is told to, and what brings it back. */
static const struct loss {
    const char *before, *fault, *mend;
    enum ledger_cause cause;
} losses[] = {{NULL, "kill cache", "start cache", LOST_KILL},
              {NULL, "power-cut redis-1", "power-on redis-1", LOST_POWER},
              {NULL, "kill cache", "start cache", LOST_KILL},
              {NULL, "stop cache", "start cache", LOST_SHUTDOWN},
              {"tell cache BGSAVE", "destroy redis-1", "power-on redis-1", LOST_DISK},
              {NULL, "tell cache FLUSHALL", NULL, LOST_COMMAND},
              {"tell cache BGSAVE", "kill cache", "start cache", LOST_KILL}};

#define LOSSES (sizeof losses / sizeof losses[0])

/* The time of each fault; nothing is sent meanwhile, so that each write is acked well before. */
static void lose_all(struct world *world, uint64_t fault_ns[LOSSES])
{
    for (unsigned i = 0; i < LOSSES; i++) {
        plain_run(world, world->now_ns + SECOND_NS);
        plain_say(world, "set orders rate=0/s");
        plain_run(world, world->now_ns + 500 * MS_NS);
        if (losses[i].before)
            plain_say(world, losses[i].before);
        plain_run(world, world->now_ns + 500 * MS_NS);
        fault_ns[i] = world->now_ns;
        plain_say(world, losses[i].fault);
        plain_run(world, world->now_ns + 200 * MS_NS);
        if (losses[i].mend)
            plain_say(world, losses[i].mend);
        plain_run(world, world->now_ns + 300 * MS_NS);
        plain_say(world, "set orders rate=100/s");
    }
}

static void each_lost_write_has_one_cause_and_moment(void **unused)
{
    (void)unused;
    uint64_t fault_ns[LOSSES], lost[LOSSES] = {0}, sum = 0;
    struct world *world = plain_open();
    plain_say(world, "machine redis-1");
    plain_say(world, "machine app-1");
    plain_say(world, "add store cache on redis-1 save=\"\"");
    plain_say(world, "add client orders on app-1 to=cache rate=100/s");
    struct kept *kept = kept_new(world, "orders", TRACE_WRITE_ACKED);
    lose_all(world, fault_ns);
    for (uint32_t i = 0; i < kept->count; i++) {
        struct ledger_life life;
        unsigned next = 0;
        assert_true(ledger_of(world, kept->records[i].a, &life));
        assert_int_equal(life.outcome, LEDGER_ACKED);
        while (next < LOSSES && fault_ns[next] < kept->records[i].time_ns)
            next++;
        if (!life.lost)
            continue;
        assert_true(next < LOSSES);
        assert_int_equal(life.cause, losses[next].cause);
        assert_in_range(life.lost_at_ns, fault_ns[next], fault_ns[next] + 150 * MS_NS);
        lost[next]++;
        sum++;
    }
    assert_int_equal(sum, plain_metric(world, "orders.acked_lost"));
    for (unsigned i = 0; i + 1 < LOSSES; i++)
        assert_true(lost[i] > 50);
    assert_int_equal(lost[LOSSES - 1], 0); /* all of it was in the snapshot */
    plain_check(world);
    free(kept);
    plain_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_event_is_in_the_past),
        cmocka_unit_test(equal_times_fire_in_the_order_of_scheduling),
        cmocka_unit_test(equal_times_keep_the_order_of_adding),
        cmocka_unit_test(variants_face_the_same_customers),
        cmocka_unit_test(a_neighbour_changes_no_draw),
        cmocka_unit_test(seeds_differ),
        cmocka_unit_test(copies_go_the_same_way),
        cmocka_unit_test(restored_goes_the_same_way),
        cmocka_unit_test(another_address_gives_the_same_world),
        cmocka_unit_test(each_request_ends_once_under_faults),
        cmocka_unit_test(each_lost_write_has_one_cause_and_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
