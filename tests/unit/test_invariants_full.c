/*
 * A world that is too small says so: at opening, by the error of a command, or by the end of a run.
 */
#include "tests/unit/plain_world.h"

/* Keys pile up in one store; the other answers nothing, so requests and connections do. */
static const char *const lines[] = {
    "seed 7",
    "network latency=2ms jitter=1ms loss=1%",
    "machine redis-1",
    "machine app-1",
    "add store cache on redis-1 save=\"2 1\" appendonly=yes",
    "add client orders on app-1 to=cache op=set rate=200/s keys=100 retry=3 backoff=exponential "
    "jitter=full timeout=400ms connections=5",
    "pause cache",
    "add store hoard on redis-1",
    "add client hoarder on app-1 to=hoard op=set rate=500/s keys=unique",
    NULL};

/* What made it full: an error of a command, the run, or nothing. */
enum full_by { FULL_NEVER, FULL_AT_OPENING, FULL_BY_COMMAND, FULL_BY_RUN };

static enum full_by fill(struct world *world, uint64_t until_ns)
{
    for (const char *const *line = lines; *line; line++) {
        struct error error = plain_try(world, *line);
        if (error.id == ERROR_NONE)
            continue;
        assert_int_equal(error.id, ERROR_NO_MEMORY);
        return FULL_BY_COMMAND;
    }
    enum world_stop stop = world_run(world, until_ns, 0);
    assert_true(stop == WORLD_TIME || stop == WORLD_FULL);
    assert_int_equal(world->region.full, stop == WORLD_FULL);
    if (stop == WORLD_TIME)
        return FULL_NEVER;
    assert_int_equal(world_run(world, until_ns, 0), WORLD_FULL);
    assert_int_equal(plain_try(world, "machine more").id, ERROR_NO_MEMORY);
    return FULL_BY_RUN;
}

static enum full_by fill_within(const struct world_limits *limits, uint64_t less, uint64_t until_ns)
{
    size_t bytes = (size_t)(world_bytes(limits) - less);
    void *memory = calloc(1, bytes);
    struct outside outside = {0};
    struct error error = {.id = ERROR_NONE};
    assert_non_null(memory);
    struct world *world = world_open(memory, bytes, limits, &outside, &error);
    enum full_by by = FULL_AT_OPENING;
    if (world)
        by = fill(world, until_ns);
    else
        assert_int_equal(error.id, ERROR_NO_MEMORY);
    free(memory);
    return by;
}

/* Each limit from almost nothing on: a clear error, never a crash, and enough is enough. */
static void a_full_world_says_so(void **unused)
{
    (void)unused;
    static const uint32_t sizes[] = {1, 2, 3, 5, 8, 13, 40, 100};
    for (unsigned which = 0; which < 4; which++) {
        unsigned full = 0;
        for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            struct world_limits limits = plain_limits;
            uint32_t *const fields[] = {&limits.components, &limits.connections, &limits.events,
                                        &limits.requests};
            *fields[which] = sizes[i];
            full += fill_within(&limits, 0, 5 * SECOND_NS) != FULL_NEVER;
        }
        assert_true(full >= 2);
        assert_int_equal(fill_within(&plain_limits, 0, 5 * SECOND_NS), FULL_NEVER);
    }
}

/* The arena is what is left of the bytes: too small to open, then from a little on. */
static void a_full_arena_says_so(void **unused)
{
    (void)unused;
    static const struct world_limits limits = {
        .components = 64, .connections = 65536, .events = 65536, .requests = 32768};
    const uint64_t all = 64ull << 20;
    const uint64_t less[] = {all + 300000, all, all - 200000, all - 400000, all - 800000};
    for (unsigned i = 0; i < sizeof less / sizeof less[0]; i++) {
        enum full_by by = fill_within(&limits, less[i], 100 * SECOND_NS);
        assert_int_equal(by, i == 0 ? FULL_AT_OPENING : FULL_BY_RUN);
    }
    assert_int_equal(fill_within(&limits, all / 2, 100 * SECOND_NS), FULL_NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_world_says_so),
        cmocka_unit_test(a_full_arena_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
