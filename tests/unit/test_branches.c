/*
 * Going back without losing what is ahead: it is gone through again to the same bytes, and when
 * something else is done there it becomes a branch that is returned to as it was left.
 */
#include "tests/unit/session_fixture.h"

static struct session *branching(const char *script)
{
    struct session *session = opened_with(script, true);
    assert_int_not_equal(session_build(session), SESSION_FAILED);
    return session;
}

static void to(struct session *session, uint64_t time_ns)
{
    assert_true(session_advance(session, time_ns, 0));
    assert_int_equal(session_now(session), time_ns);
}

static uint32_t branches(struct session *session)
{
    struct session_branch branch;
    uint32_t count = 0;
    while (session_branch(session, count, &branch))
        count++;
    return count;
}

static void what_is_ahead_is_gone_through_again(void **unused)
{
    (void)unused;
    struct session *session = branching(WORLD "at 3s pause cache for 200ms\n");
    to(session, 2 * SECOND_NS);
    line(session, "set orders rate=300/s");
    to(session, 4 * SECOND_NS);
    line(session, "kill cache");
    to(session, 5 * SECOND_NS);
    uint64_t digest = session_digest(session), events = session_events(session);
    assert_true(session_rewind(session, SECOND_NS));
    assert_true(session_behind(session));
    assert_int_equal(session_tip(session), 5 * SECOND_NS);
    assert_true(holds(session, "orders.acked ~= 100 within 2"));
    to(session, 3 * SECOND_NS);
    assert_true(session_behind(session));
    assert_true(holds(session, "orders.acked ~= 500 within 5"));
    to(session, 5 * SECOND_NS);
    assert_int_equal(session_digest(session), digest);
    assert_int_equal(session_events(session), events);
    to(session, 6 * SECOND_NS);
    assert_false(session_behind(session));
    assert_int_equal(branches(session), 1);
    session_close(session);
}

static void any_instant_ahead_can_be_gone_to(void **unused)
{
    (void)unused;
    struct session *session = branching(WORLD);
    uint64_t digests[8];
    for (uint64_t s = 0; s < 8; s++) {
        to(session, s * SECOND_NS);
        digests[s] = session_digest(session);
        if (s == 3)
            line(session, "mark middle");
        if (s == 5)
            line(session, "set orders rate=50/s");
    }
    static const uint64_t walk[] = {2, 6, 1, 7, 4, 0, 5, 3, 7};
    for (size_t i = 0; i < sizeof walk / sizeof *walk; i++) {
        assert_true(session_rewind(session, walk[i] * SECOND_NS));
        assert_int_equal(session_digest(session), digests[walk[i]]);
    }
    line(session, "rewind 2s");
    line(session, "rewind middle");
    assert_int_equal(session_now(session), 3 * SECOND_NS);
    refused(session, "rewind 8s", ERROR_REWIND_AHEAD, 8);
    assert_int_equal(branches(session), 1);
    session_close(session);
}

static void something_else_done_makes_a_branch_that_is_returned_to(void **unused)
{
    (void)unused;
    struct session *session = branching(WORLD);
    to(session, 2 * SECOND_NS);
    line(session, "kill cache");
    to(session, 4 * SECOND_NS);
    uint64_t killed = session_digest(session);
    line(session, "rewind 1s");
    refused(session, "kill nobody", ERROR_NOTHING_NAMED, 6);
    assert_int_equal(branches(session), 1);
    assert_true(session_behind(session));
    line(session, "set orders rate=200/s");
    assert_int_equal(branches(session), 2);
    assert_false(session_behind(session));
    to(session, 3 * SECOND_NS);
    assert_true(holds(session, "cache.up == 1"));
    uint64_t faster = session_digest(session);
    line(session, "branch fast");
    line(session, "branch-go b1");
    assert_int_equal(session_now(session), 4 * SECOND_NS);
    assert_int_equal(session_digest(session), killed);
    to(session, 6 * SECOND_NS);
    line(session, "branch-go fast");
    assert_int_equal(session_digest(session), faster);
    said_used = 0;
    line(session, "branch-compare b1");
    assert_non_null(strstr(said, "00:03.000"));
    assert_non_null(strstr(said, "cache.up"));
    said_used = 0;
    line(session, "branches");
    assert_non_null(strstr(said, "  b1           from the beginning, to 00:06.000\n"));
    assert_non_null(strstr(said, "> fast         since 00:01.000 from b1, to 00:03.000"));
    assert_non_null(strstr(said, "set orders rate=200/s"));
    refused(session, "branch-close fast", ERROR_BRANCH_HERE, 14);
    line(session, "branch-close b1");
    refused(session, "branch-go b1", ERROR_NO_BRANCH, 11);
    assert_int_equal(branches(session), 1);
    assert_int_equal(session_digest(session), faster);
    session_close(session);
}

/* A branch that is left in the middle is entered in the middle, with its end still ahead. */
static void a_branch_is_entered_where_it_was_left(void **unused)
{
    (void)unused;
    struct session *session = branching(WORLD);
    to(session, 4 * SECOND_NS);
    uint64_t end = session_digest(session);
    line(session, "rewind 1s");
    line(session, "kill cache");
    to(session, 3 * SECOND_NS);
    line(session, "branch-go b1");
    line(session, "rewind 2s");
    uint64_t middle = session_digest(session);
    line(session, "branch-go b2");
    line(session, "branch-go b1");
    assert_int_equal(session_digest(session), middle);
    assert_true(session_behind(session));
    to(session, 4 * SECOND_NS);
    assert_int_equal(session_digest(session), end);
    session_close(session);
}

/* The file's lines act once each, whatever way the clock took over them. */
static void lines_of_the_file_act_once(void **unused)
{
    (void)unused;
    static const char script[] = WORLD "run 2s\nprint orders.acked\nkill cache\nrun 2s\n"
                                       "expect orders.acked == 0\nstart cache\nrun 2s\n";
    struct session *session = branching(script), *straight = branching(script);
    to(straight, 7 * SECOND_NS);
    to(session, 5 * SECOND_NS);
    size_t told = said_used;
    line(session, "rewind 1s");
    to(session, 3 * SECOND_NS);
    line(session, "rewind 4500ms");
    to(session, 5 * SECOND_NS);
    assert_int_equal(said_used, told);
    to(session, 7 * SECOND_NS);
    assert_int_equal(session_digest(session), session_digest(straight));
    assert_int_equal(session_expectations(session), session_expectations(straight));
    assert_int_equal(session_state(session), SESSION_WAITING);
    session_close(session);
    session_close(straight);
}

/* In a branch they act anew. */
static void lines_ahead_act_in_the_new_branch(void **unused)
{
    (void)unused;
    struct session *session = branching(WORLD "run 2s\nkill cache\nrun 2s\nstart cache\nrun 2s\n");
    to(session, 5 * SECOND_NS);
    line(session, "rewind 1s");
    line(session, "set orders rate=10/s");
    to(session, 3 * SECOND_NS);
    assert_true(holds(session, "cache.up == 0"));
    to(session, 5 * SECOND_NS);
    assert_true(holds(session, "cache.up == 1"));
    session_close(session);
}

static void a_mark_in_what_was_run_is_only_a_name(void **unused)
{
    (void)unused;
    struct session *session = branching(WORLD);
    to(session, 4 * SECOND_NS);
    uint64_t end = session_digest(session);
    line(session, "rewind 2s");
    line(session, "mark here");
    assert_int_equal(branches(session), 1);
    to(session, 4 * SECOND_NS);
    assert_int_equal(session_digest(session), end);
    line(session, "rewind here");
    assert_int_equal(session_now(session), 2 * SECOND_NS);
    session_close(session);
}

static void the_beginning_is_begun_anew(void **unused)
{
    (void)unused;
    struct session *session = branching(WORLD);
    to(session, SECOND_NS);
    line(session, "kill cache");
    to(session, 2 * SECOND_NS);
    line(session, "rewind 0s");
    assert_false(session_behind(session));
    assert_int_equal(branches(session), 2);
    to(session, 2 * SECOND_NS);
    assert_true(holds(session, "cache.up == 1"));
    session_close(session);
}

static void the_oldest_without_a_name_makes_room(void **unused)
{
    (void)unused;
    struct session *session = branching(WORLD);
    struct error error;
    to(session, SECOND_NS);
    line(session, "branch first");
    for (int i = 0; i < 40; i++) {
        line(session, "rewind 500ms");
        line(session, "set orders rate=10/s");
        to(session, SECOND_NS);
    }
    assert_int_equal(branches(session), 33);
    line(session, "branch-go first");
    assert_true(holds(session, "orders.acked ~= 100 within 2"));
    for (int i = 0; i < 33; i++) {
        char name[32];
        snprintf(name, sizeof name, "branch n%d", i);
        line(session, name);
        line(session, "rewind 500ms");
        if (!session_line(session, "set orders rate=20/s", &error))
            break;
        to(session, SECOND_NS);
    }
    assert_int_equal(error.id, ERROR_TOO_MANY_BRANCHES);
    assert_true(session_behind(session));
    session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_ahead_is_gone_through_again),
        cmocka_unit_test(any_instant_ahead_can_be_gone_to),
        cmocka_unit_test(something_else_done_makes_a_branch_that_is_returned_to),
        cmocka_unit_test(a_branch_is_entered_where_it_was_left),
        cmocka_unit_test(lines_of_the_file_act_once),
        cmocka_unit_test(lines_ahead_act_in_the_new_branch),
        cmocka_unit_test(a_mark_in_what_was_run_is_only_a_name),
        cmocka_unit_test(the_beginning_is_begun_anew),
        cmocka_unit_test(the_oldest_without_a_name_makes_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
