/*
 * In what two worlds differ: nothing between a world and itself, each thing that was changed and
 * what came of it, and nothing that a prediction hides.
 */
#include "lab/language/differ.h"
#include "tests/unit/session_fixture.h"

#define FOUND_MAX 400

struct found {
    struct difference rows[FOUND_MAX];
    uint32_t count;
};

static void keep(void *user, const struct difference *difference)
{
    struct found *found = user;
    assert_true(found->count < FOUND_MAX);
    found->rows[found->count++] = *difference;
}

static const struct difference *row(const struct found *found, const char *name)
{
    for (uint32_t i = 0; i < found->count; i++)
        if (strcmp(found->rows[i].name, name) == 0)
            return &found->rows[i];
    return NULL;
}

static struct world *world_of(struct session *session, uint32_t i)
{
    return session_variant(session, i)->world;
}

static void what_was_changed_differs(void **unused)
{
    (void)unused;
    static struct found metrics, settings;
    struct session *session = opened(WORLD);
    session_build(session);
    line(session, "variant a");
    line(session, "variant b set cache appendonly=yes");
    assert_int_equal(
        differ_metrics(session, world_of(session, 0), world_of(session, 0), NULL, NULL), 0);
    line(session, "run 3s");
    metrics.count = settings.count = 0;
    uint32_t count =
        differ_metrics(session, world_of(session, 0), world_of(session, 1), keep, &metrics);
    assert_int_equal(count, metrics.count);
    const struct difference *risk = row(&metrics, "cache.at_risk_kill");
    assert_non_null(risk);
    assert_true(risk->known[0] && risk->known[1]);
    assert_int_equal(risk->value[0].number, 300);
    assert_int_equal(risk->value[1].number, 0);
    assert_null(row(&metrics, "orders.acked"));
    assert_null(row(&metrics, "world.events"));
    assert_int_equal(differ_settings(world_of(session, 0), world_of(session, 1), keep, &settings),
                     1);
    assert_string_equal(settings.rows[0].name, "cache.appendonly");
    assert_string_equal(settings.rows[0].setting[0], "no");
    assert_string_equal(settings.rows[0].setting[1], "yes");
    session_close(session);
}

static void a_part_that_is_only_in_one_has_no_value_in_the_other(void **unused)
{
    (void)unused;
    static struct found found;
    struct session *session = opened(WORLD);
    session_build(session);
    line(session, "variant a");
    line(session, "variant b add client more on app-1 to=cache rate=10/s");
    line(session, "run 2s");
    found.count = 0;
    differ_metrics(session, world_of(session, 0), world_of(session, 1), keep, &found);
    const struct difference *acked = row(&found, "more.acked");
    assert_non_null(acked);
    assert_false(acked->known[0]);
    assert_true(acked->known[1]);
    assert_true(strncmp(found.rows[0].name, "orders.", 7) == 0 ||
                strncmp(found.rows[0].name, "more.", 5) == 0);
    session_close(session);
}

static void what_is_hidden_is_not_told(void **unused)
{
    (void)unused;
    static struct found found;
    static const char *const hidden[] = {"cache.at_risk_kill", NULL};
    struct session *session = opened(WORLD);
    session_build(session);
    line(session, "variant a");
    line(session, "variant b set cache appendonly=yes");
    line(session, "run 3s");
    session_hide(session, hidden);
    found.count = 0;
    differ_metrics(session, world_of(session, 0), world_of(session, 1), keep, &found);
    assert_true(found.count > 0);
    assert_null(row(&found, "cache.at_risk_kill"));
    session_close(session);
}

static void the_table_has_both_names_and_a_line_for_each(void **unused)
{
    (void)unused;
    char words[16384];
    struct text text = TEXT(words);
    struct session *session = opened(WORLD);
    session_build(session);
    line(session, "variant a");
    line(session, "variant b set cache appendonly=yes");
    line(session, "run 3s");
    struct world *const worlds[2] = {world_of(session, 0), world_of(session, 1)};
    text_clear(&text);
    differ_table(session, &text, (const char *const[2]){"a", "b"}, worlds);
    assert_non_null(strstr(words, "cache.at_risk_kill              300                       0\n"));
    uint32_t lines = 0;
    for (const char *at = words; (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, 1 + differ_metrics(session, worlds[0], worlds[1], NULL, NULL));
    text_clear(&text);
    differ_table(session, &text, (const char *const[2]){"a", "a"},
                 (struct world *const[2]){worlds[0], worlds[0]});
    assert_non_null(strstr(words, "no metric differs"));
    session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_changed_differs),
        cmocka_unit_test(a_part_that_is_only_in_one_has_no_value_in_the_other),
        cmocka_unit_test(what_is_hidden_is_not_told),
        cmocka_unit_test(the_table_has_both_names_and_a_line_for_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
