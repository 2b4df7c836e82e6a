/* Each part is taken away in a run of its own: what is a part, what counts, what brings nothing
 * back. */
#include "lab/language/spof.h"
#include "tests/unit/session_fixture.h"

#define TWO                                                                                        \
    "seed 7\nmachine redis-1\nmachine redis-2\nmachine both\nmachine app-1\n"                      \
    "link app-1 redis-2 latency=2ms\n"                                                             \
    "add store cache on redis-1\nadd store other on redis-2\n"                                     \
    "add store idle on both\nadd store idle-2 on both\n"                                           \
    "add client orders on app-1 to=cache op=set rate=100/s arrival=constant\n"                     \
    "add client more on app-1 to=other op=set rate=10/s arrival=constant\n"

static const struct world_limits limits = {64, 2048, 65536, 16384};

static struct spof *found(const char *script, unsigned jobs)
{
    struct spof *spof = calloc(1, sizeof *spof);
    struct spof_options options = {.settle_ns = SPOF_SETTLE_NS,
                                   .taken_ns = TIME_NEVER,
                                   .jobs = jobs,
                                   .limits = &limits,
                                   .arena_bytes = 256 << 20};
    struct error error = {0};
    assert_non_null(spof);
    assert_true(spof_find(spof, script, strlen(script), &options, &error));
    return spof;
}

static const struct spof_part *part(const struct spof *spof, const char *name)
{
    for (uint32_t i = 0; i < spof->count; i++)
        if (strcmp(spof->parts[i].name, name) == 0)
            return &spof->parts[i];
    return NULL;
}

static void parts_are_components_shared_machines_and_written_links(void **state)
{
    (void)state;
    struct spof *spof = found(TWO "run 20s\n", 1);
    static const char *const there[] = {"cache",  "other", "idle",
                                        "idle-2", "both",  "app-1~redis-2"};
    assert_int_equal(spof->count, sizeof there / sizeof *there);
    for (size_t i = 0; i < sizeof there / sizeof *there; i++)
        assert_non_null(part(spof, there[i]));
    assert_string_equal(part(spof, "both")->command, "power-cut both");
    assert_string_equal(part(spof, "app-1~redis-2")->command, "cut app-1~redis-2");
    assert_int_equal(spof->taken_ns, 10 * SECOND_NS);
    free(spof);
}

static void what_most_depend_on_is_a_single_point(void **state)
{
    (void)state;
    struct spof *spof = found(TWO "run 20s\n", 2);
    const struct spof_part *cache = part(spof, "cache"), *other = part(spof, "other"),
                           *link = part(spof, "app-1~redis-2"), *idle = part(spof, "idle");
    assert_int_equal(spof->spofs, 1);
    assert_ptr_equal(cache, &spof->parts[0]);
    assert_true(cache->spof && cache->refused > 5000 && cache->timed_out == 0);
    assert_int_equal(cache->recovered_after_ns, TIME_NEVER);
    assert_int_equal(cache->acked_lost, 1000); /* nothing had saved them, and nobody can ask */
    assert_in_range(cache->availability, 8 * PERCENT_ONE, 10 * PERCENT_ONE);
    assert_in_range(other->availability, 90 * PERCENT_ONE, 92 * PERCENT_ONE);
    assert_true(other->refused > 500 && link->timed_out > 500 && link->refused == 0);
    assert_false(other->spof || link->spof || idle->spof);
    assert_int_equal(idle->availability, 100 * PERCENT_ONE);
    assert_int_equal(idle->recovered_after_ns, 0);
    assert_int_equal(spof->worst_availability, cache->availability);
    assert_int_equal(spof->untouched, 100 * PERCENT_ONE);
    free(spof);
}

static void one_thread_and_many_find_the_same(void **state)
{
    (void)state;
    struct spof *one = found(TWO "run 20s\n", 1), *many = found(TWO "run 20s\n", 8);
    assert_int_equal(one->count, many->count);
    for (uint32_t i = 0; i < one->count; i++)
        assert_memory_equal(&one->parts[i], &many->parts[i], sizeof one->parts[i]);
    free(one);
    free(many);
}

/* Neither what the file schedules nor its later lines bring a part back that is gone for good. */
static void for_good_is_for_good(void **state)
{
    (void)state;
    struct spof *spof = found(WORLD "at 20s kill cache\nat 22s start cache\nrun 30s\n", 1);
    assert_int_equal(spof->taken_ns, 15 * SECOND_NS);
    assert_int_equal(spof->count, 1);
    assert_int_equal(spof->parts[0].availability, 0);
    free(spof);
    spof = found(WORLD "at 11s power-cut redis-1\nat 14s power-on redis-1\nrun 20s\n", 1);
    assert_true(spof->parts[0].spof);
    free(spof);
}

/* What recovers by itself within the settling is no single point. */
static void the_time_to_recover_is_counted(void **state)
{
    (void)state;
    struct spof *spof = found(
        WORLD "machine redis-2\nadd store spare on redis-2\nat 14s set orders to=spare\nrun 20s\n",
        1);
    const struct spof_part *cache = part(spof, "cache");
    assert_false(cache->spof);
    assert_in_range(cache->recovered_after_ns, 3900 * MS_NS, 4200 * MS_NS);
    assert_int_equal(cache->availability, 100 * PERCENT_ONE);
    free(spof);
}

static void a_script_asks_for_it_like_for_any_metric(void **state)
{
    (void)state;
    struct session *session = opened(TWO);
    line(session, "run 3s");
    assert_true(holds(session, "spof.count == 1"));
    assert_true(holds(session, "spof.parts == cache"));
    assert_true(holds(session, "spof.worst_availability < 10%"));
    assert_true(holds(session, "world.time == 3s"));
    line(session, "report spof");
    assert_non_null(strstr(said, "cache           SPOF"));
    assert_non_null(strstr(said, "orders asks nobody else"));
    line(session, "set more rate=400/s");
    assert_true(holds(session, "spof.parts == other,app-1~redis-2"));
    refused(session, "expect spof.counts == 1", ERROR_UNKNOWN_METRIC, 13);
    session_close(session);
}

/* A file that asks for it runs once more for each part, not for ever. */
static void a_run_of_it_asks_for_none(void **state)
{
    (void)state;
    struct session *session =
        opened(WORLD "run 2s\nexpect spof.count == 1\nexpect spof.worst_availability == 0%\n");
    assert_int_equal(session_finish(session, TIME_NEVER), SESSION_WAITING);
    assert_int_equal(session_expectations(session), 2);
    assert_true(session_expectation(session, 0)->held);
    assert_true(session_expectation(session, 1)->held);
    session_close(session);
}

static void each_variant_has_its_own(void **state)
{
    (void)state;
    struct session *session = opened(TWO);
    line(session, "variant a");
    line(session, "variant b set more rate=400/s");
    line(session, "run 2s");
    assert_true(holds(session, "a:spof.parts == cache"));
    assert_true(holds(session, "b:spof.parts == other,app-1~redis-2"));
    session_close(session);
}

static void what_a_lesson_hides_no_report_tells(void **state)
{
    static const char *const hidden[] = {"spof.parts", "spof.count", NULL};
    (void)state;
    struct session *session = opened(TWO);
    session_hide(session, hidden);
    refused(session, "report spof", ERROR_HIDDEN, 8);
    refused(session, "print spof.parts", ERROR_HIDDEN, 7);
    session_hide(session, NULL);
    line(session, "print spof.parts");
    assert_string_equal(said, "spof.parts cache\n");
    session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_components_shared_machines_and_written_links),
        cmocka_unit_test(what_most_depend_on_is_a_single_point),
        cmocka_unit_test(one_thread_and_many_find_the_same),
        cmocka_unit_test(for_good_is_for_good),
        cmocka_unit_test(the_time_to_recover_is_counted),
        cmocka_unit_test(a_script_asks_for_it_like_for_any_metric),
        cmocka_unit_test(a_run_of_it_asks_for_none),
        cmocka_unit_test(each_variant_has_its_own),
        cmocka_unit_test(what_a_lesson_hides_no_report_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
