/*
 * Two hours of random faults on a master, a replica, three sentinels and two clients.
 *
 * Whatever happened: the ledger adds up at every moment that is looked at, a copy made on the way
 * goes the same way, and when all is healed and quiet the sentinels agree, the stores hold the
 * same, and what the clients lost is what the keys say.
 *
 * test_referees COUNT [FIRST]: so many seeds, from the first on.
 */
#include "tests/unit/plain_world.h"

#define SEEDS       3
#define HOURS_NS    (7200 * SECOND_NS)
#define ACTION_S    40u /* on average between two faults */
#define CHECK_S     60u
#define ACTIONS_MAX 512u
#define LINE_BYTES  120

static uint64_t first_seed = 1, seed_count = SEEDS;

static const char *const machines[] = {"redis-1", "redis-2", "admin-1", "app-1"};
static const char *const processes[] = {"red", "blue", "s1", "s2", "s3"};

static const char *const parts[] = {"network latency=0.5ms", "machine redis-1", "machine redis-2",
                                    "machine admin-1", "machine app-1"};

static uint64_t draw(uint64_t *draws, uint64_t bound)
{
    uint64_t z = *draws += 0x9E3779B97F4A7C15ull;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return (z ^ z >> 31) % bound;
}

#define ONE_OF(draws, words) (words)[draw(draws, sizeof(words) / sizeof((words)[0]))]

static struct world *build(uint64_t seed, uint64_t *draws)
{
    static const char *const kept[] = {"save=\"\" appendonly=yes", "save=\"\"", "save=\"60 10\"",
                                       "appendonly=yes appendfsync=always"};
    static const char *const guards[] = {"", "min-replicas-to-write=1 min-replicas-max-lag=3"};
    static const char *const downs[] = {"1000", "2000", "5000"};
    struct world *world = plain_open();
    const char *store = ONE_OF(draws, kept), *guard = ONE_OF(draws, guards);
    const char *down = ONE_OF(draws, downs);
    char line[300];
    snprintf(line, sizeof line, "seed %llu", (unsigned long long)seed);
    plain_say(world, line);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        plain_say(world, parts[i]);
    for (unsigned i = 0; i < 2; i++) {
        snprintf(line, sizeof line, "add store %s on redis-%u %s %s repl-diskless-sync=%s %s %s",
                 i ? "blue" : "red", i + 1, store, guard, draw(draws, 2) ? "yes" : "no",
                 draw(draws, 2) ? "repl-backlog-size=16kb" : "", i ? "replicaof=red" : "");
        plain_say(world, line);
    }
    for (unsigned i = 0; i < 3; i++) {
        static const char *const seats[] = {"redis-1", "admin-1", "redis-2"};
        snprintf(line, sizeof line,
                 "add sentinel s%u on %s watch=red down-after-milliseconds=%s "
                 "failover-timeout=10000",
                 i + 1, seats[i], down);
        plain_say(world, line);
    }
    plain_say(world, "add client orders on app-1 via=s3,s2,s1 op=set rate=4/s connections=5 "
                     "retry=1");
    plain_say(world, "add client batch on app-1 to=red op=set rate=2/s connections=5");
    return world;
}

/* A fault that ends by itself, or is ended by one that comes later. */
static void write_fault(char *line, uint64_t *draws)
{
    const char *process = ONE_OF(draws, processes), *machine = ONE_OF(draws, machines);
    const char *other = ONE_OF(draws, machines);
    unsigned long long s = 1 + draw(draws, 30);
    switch (draw(draws, 14)) {
    case 0:
    case 1:
        snprintf(line, LINE_BYTES, "restart %s after %llus", process, s);
        break;
    case 2:
    case 3:
        snprintf(line, LINE_BYTES, "pause %s for %llus", process, s);
        break;
    case 4:
        snprintf(line, LINE_BYTES, "power-cut %s", machine);
        break;
    case 5:
    case 6:
        snprintf(line, LINE_BYTES, "power-on %s", machine);
        break;
    case 7:
        snprintf(line, LINE_BYTES, "cut %s %s", machine, other);
        break;
    case 8:
        snprintf(line, LINE_BYTES, "cut %s -> %s", machine, other);
        break;
    case 9:
    case 10:
        snprintf(line, LINE_BYTES, "heal all");
        break;
    case 11:
        snprintf(line, LINE_BYTES, "stop %s", process);
        break;
    case 12:
        snprintf(line, LINE_BYTES, "start %s", process);
        break;
    default:
        snprintf(line, LINE_BYTES, "set redis-1~redis-2 latency=%llums loss=%llu%%", s,
                 (unsigned long long)draw(draws, 5));
        break;
    }
}

static void run_to(struct world *world, uint64_t until_ns)
{
    for (;;) {
        struct command command;
        struct error error;
        struct text none = {.at = (char[8]){0}, .bytes = 8};
        enum world_stop stop = world_run(world, until_ns, UINT64_MAX);
        if (stop == WORLD_TIME)
            return;
        assert_int_not_equal(stop, WORLD_FULL);
        if (stop == WORLD_DUE && world_due(world, &command))
            world_command(world, &command, &none, &error);
    }
}

static void run_faults(struct world *world, uint64_t draws, uint64_t until_ns)
{
    uint64_t check_ns = world->now_ns;
    while (world->now_ns < until_ns) {
        char line[LINE_BYTES];
        uint64_t next_ns = world->now_ns + (1 + draw(&draws, 2 * ACTION_S)) * SECOND_NS;
        run_to(world, next_ns < until_ns ? next_ns : until_ns);
        write_fault(line, &draws);
        plain_try(world, line);
        if (world->now_ns >= check_ns) {
            plain_check(world);
            check_ns = world->now_ns + CHECK_S * SECOND_NS;
        }
    }
}

static void heal(struct world *world)
{
    char line[LINE_BYTES];
    plain_try(world, "heal all");
    plain_try(world, "set redis-1~redis-2 latency=0.5ms loss=0%");
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++) {
        snprintf(line, sizeof line, "power-on %s", machines[i]);
        plain_try(world, line);
    }
    for (size_t i = 0; i < sizeof processes / sizeof processes[0]; i++) {
        snprintf(line, sizeof line, "resume %s", processes[i]);
        plain_try(world, line);
        snprintf(line, sizeof line, "start %s", processes[i]);
        plain_try(world, line);
    }
    run_to(world, world->now_ns + 60 * SECOND_NS);
    for (size_t i = 0; i < sizeof processes / sizeof processes[0]; i++) {
        snprintf(line, sizeof line, "start %s", processes[i]); /* what was on its way out */
        plain_try(world, line);
    }
    run_to(world, world->now_ns + 180 * SECOND_NS);
    plain_say(world, "set orders rate=0/s");
    plain_say(world, "set batch rate=0/s");
    run_to(world, world->now_ns + 90 * SECOND_NS);
}

static int64_t metric(struct world *world, const char *part, const char *name, char *words)
{
    struct value value = {0};
    uint32_t id = component_find(world, part);
    int row = metric_find(component_kind(world, id), name);
    assert_true(id != 0 && row >= 0);
    metric_read(world, id, (unsigned)row, &value);
    if (words != NULL)
        snprintf(words, 64, "%s", value.words);
    return value.number;
}

static void assert_settled(struct world *world, uint64_t seed)
{
    char first[64], other[64], role[64], link[64];
    metric(world, "s1", "master", first);
    for (unsigned i = 2; i <= 3; i++) {
        metric(world, i == 2 ? "s2" : "s3", "master", other);
        if (strcmp(first, other) != 0)
            fail_msg("seed %llu: s1 follows %s, s%u %s", (unsigned long long)seed, first, i, other);
    }
    const char *replica = strcmp(first, "red") == 0 ? "blue" : "red";
    metric(world, first, "role", role);
    metric(world, replica, "master_link_status", link);
    if (strcmp(role, "master") != 0 || strcmp(link, "up") != 0)
        fail_msg("seed %llu: %s is a %s, the link of %s is %s", (unsigned long long)seed, first,
                 role, replica, link);
    int64_t keys = metric(world, first, "keys", NULL), counted = 0;
    static const char *const clients[] = {"orders", "batch"};
    for (unsigned i = 0; i < 2; i++)
        counted += metric(world, clients[i], "acked", NULL) -
                   metric(world, clients[i], "acked_lost", NULL) +
                   metric(world, clients[i], "unacked_kept", NULL);
    if (keys != metric(world, replica, "keys", NULL) || keys != counted)
        fail_msg("seed %llu: %s has %lld keys, its replica %lld, the ledger says %lld",
                 (unsigned long long)seed, first, (long long)keys,
                 (long long)metric(world, replica, "keys", NULL), (long long)counted);
}

static void two_hours_of_faults_add_up(void **unused)
{
    (void)unused;
    int64_t failovers = 0, lost = 0;
    for (uint64_t seed = first_seed; seed < first_seed + seed_count; seed++) {
        uint64_t draws = seed * 0x2545F4914F6CDD1Dull;
        struct world *world = build(seed, &draws), *copy = plain_open();
        run_faults(world, draws, HOURS_NS - 600 * SECOND_NS);
        world_copy(copy, world);
        run_faults(world, draws + 1, HOURS_NS);
        run_faults(copy, draws + 1, HOURS_NS);
        if (trace_digest(world) != trace_digest(copy))
            fail_msg("seed %llu: another run", (unsigned long long)seed);
        heal(world);
        plain_check(world);
        failovers += metric(world, "s1", "failovers", NULL);
        lost += metric(world, "orders", "acked_lost", NULL);
        assert_settled(world, seed);
        plain_close(world);
        plain_close(copy);
    }
    if (seed_count >= SEEDS)
        assert_true(failovers > 0 && lost > 0);
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_hours_of_faults_add_up)};
    if (count > 1)
        seed_count = strtoull(words[1], NULL, 10);
    if (count > 2)
        first_seed = strtoull(words[2], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
