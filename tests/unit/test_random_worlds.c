/*
 * Properties over random worlds: machines, stores, servers, clients, links, parameters, faults, all
 * drawn.
 *
 * Whatever happens: every request ends once, the totals agree with the full sums, the same script
 * gives the same run, and a copy that was made on the way goes the same way.
 *
 * test_random_worlds [COUNT [FIRST]]: so many seeds, from the first on.
 */
#include "tests/unit/plain_world.h"
#include "tests/unit/random_script.h"

#define SEEDS        6
#define SEEDS_SUMMED 40 /* so many are about something of everything: their sums are asserted */

static uint64_t first_seed = 40, seed_count = SEEDS;

/* --- running it -------------------------------------------------------------------------- */

/* Runs to a time, with full sums every so many events. */
static void run_checked(struct world *world, uint64_t until_ns)
{
    for (;;) {
        struct command command;
        struct error error;
        struct text none = {.at = (char[8]){0}, .bytes = 8};
        enum world_stop stop = world_run(world, until_ns, 4999);
        plain_check(world);
        if (stop == WORLD_TIME)
            return;
        assert_int_not_equal(stop, WORLD_FULL);
        if (stop == WORLD_DUE && world_due(world, &command))
            assert_true(world_command(world, &command, &none, &error));
    }
}

static void act(struct world *world, const struct script *s, unsigned i)
{
    run_checked(world, s->action[i].time_ns);
    uint64_t digest = trace_digest(world);
    struct error error = plain_try(world, s->action[i].line);
    if (error.id != ERROR_NONE && trace_digest(world) != digest)
        fail_msg("%s: failed and changed the world", s->action[i].line);
    plain_check(world);
}

static void play(struct world *world, const struct script *s, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++)
        act(world, s, i);
    if (to == s->actions)
        run_checked(world, s->end_ns);
}

static void build(struct world *world, const struct script *s)
{
    for (unsigned i = 0; i < s->built; i++)
        plain_say(world, s->build[i]);
}

/* --- comparing --------------------------------------------------------------------------- */

static void assert_same(struct world *a, struct world *b, uint64_t seed)
{
    if (trace_digest(a) != trace_digest(b) || a->records != b->records || a->events != b->events)
        fail_msg("seed %llu: another run", (unsigned long long)seed);
    for (uint32_t id = component_next(a, 0, KIND_NONE); id != 0;
         id = component_next(a, id, KIND_NONE))
        for (unsigned m = 0; m < component_kind(a, id)->metric_count; m++) {
            struct value one, other;
            bool known = metric_read(a, id, m, &one);
            if (known != metric_read(b, id, m, &other) || (known && one.number != other.number))
                fail_msg("seed %llu: another %s.%s", (unsigned long long)seed,
                         component_at(a, id)->name, component_kind(a, id)->metrics[m].name);
        }
}

/* What the middle of the simulation did at all: a property over idle worlds would say nothing. */
struct sums {
    int64_t acked, refused, timed_out, retries, lost, responses, errors, accepted, balanced;
    int64_t failovers, synced;
    int64_t deliveries, missed, seen;
};

static void add_sums(struct world *world, struct sums *sums)
{
    const struct {
        enum kind_id kind;
        const char *metric;
        int64_t *to;
    } rows[] = {{KIND_CLIENT, "acked", &sums->acked},
                {KIND_CLIENT, "refused", &sums->refused},
                {KIND_CLIENT, "timed_out", &sums->timed_out},
                {KIND_CLIENT, "retries", &sums->retries},
                {KIND_CLIENT, "acked_lost", &sums->lost},
                {KIND_SERVER, "responses", &sums->responses},
                {KIND_SERVER, "errors", &sums->errors},
                {KIND_SERVER, "accepted", &sums->accepted},
                {KIND_CLIENT, "deliveries", &sums->deliveries},
                {KIND_CLIENT, "missed", &sums->missed},
                {KIND_CLIENT, "updates_seen", &sums->seen},
                {KIND_BALANCER, "requests", &sums->balanced},
                {KIND_SENTINEL, "failovers", &sums->failovers},
                {KIND_STORE, "sync_full", &sums->synced}};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (uint32_t id = component_next(world, 0, rows[i].kind); id != 0;
             id = component_next(world, id, rows[i].kind)) {
            struct value value;
            int metric = metric_find(component_kind(world, id), rows[i].metric);
            if (metric_read(world, id, (unsigned)metric, &value))
                *rows[i].to += value.number;
        }
}

static void every_random_world_adds_up_and_repeats(void **unused)
{
    (void)unused;
    static struct script script;
    struct sums sums = {0};
    for (uint64_t seed = first_seed; seed < first_seed + seed_count; seed++) {
        if (seed_count != SEEDS)
            print_message("seed %llu\n", (unsigned long long)seed);
        write_script(&script, seed);
        struct world *world = plain_open(), *again = plain_open(), *copy = plain_open();
        unsigned middle = script.actions / 2;
        build(world, &script);
        play(world, &script, 0, middle);
        world_copy(copy, world);
        play(world, &script, middle, script.actions);
        play(copy, &script, middle, script.actions);
        assert_same(world, copy, seed);
        build(again, &script);
        play(again, &script, 0, script.actions);
        assert_same(world, again, seed);
        add_sums(world, &sums);
        plain_close(world);
        plain_close(again);
        plain_close(copy);
    }
    print_message("acked %lld refused %lld timed out %lld retries %lld lost %lld\n",
                  (long long)sums.acked, (long long)sums.refused, (long long)sums.timed_out,
                  (long long)sums.retries, (long long)sums.lost);
    print_message("failovers %lld full syncs %lld answers %lld balanced %lld\n",
                  (long long)sums.failovers, (long long)sums.synced, (long long)sums.responses,
                  (long long)sums.balanced);
    if (seed_count < SEEDS_SUMMED)
        return;
    assert_true(sums.acked > 10000 && sums.refused > 1000 && sums.timed_out > 1000);
    assert_true(sums.retries > 1000 && sums.lost > 100);
    assert_true(sums.balanced > 1000);
    assert_true(sums.failovers > 2 && sums.synced > 5);
    assert_true(sums.responses > 2000 && sums.errors > 100 && sums.accepted > 1000);
    assert_true(sums.deliveries > 200 && sums.missed > 200 && sums.seen > 5);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        seed_count = strtoull(argv[1], NULL, 10);
    if (argc > 2)
        first_seed = strtoull(argv[2], NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_random_world_adds_up_and_repeats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
