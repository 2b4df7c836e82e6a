/*
 * Variants in the middle of a run: a fork disturbs nobody, is taken back, is chosen from; and what
 * stands then is what a run without the fork would be.
 */
#include "tests/unit/dice.h"
#include "tests/unit/session_fixture.h"
#include "tests/unit/shared_run.h"

#define END_NS (9 * SECOND_NS)

static const char *const commands[] = {"power-cut redis-1",
                                       "power-on redis-1",
                                       "kill cache",
                                       "start cache",
                                       "pause cache for 300ms",
                                       "set orders rate=400/s",
                                       "tell cache BGSAVE",
                                       "set cache appendonly=yes",
                                       "cut app-1 redis-1",
                                       "heal all",
                                       "after 400ms kill cache",
                                       "every 900ms tell cache BGSAVE",
                                       "stop-every",
                                       "ramp orders.rate 100/s 300/s over 2s",
                                       "set redis-1 fsync=80ms",
                                       "print cache.used_memory.peak",
                                       "mark here",
                                       "restart cache after 200ms"};

static const char *any(struct dice *dice)
{
    return commands[draw(dice, sizeof commands / sizeof *commands)];
}

static void play(struct session *session, struct dice *dice, unsigned steps)
{
    struct error error;
    while (steps-- > 0) {
        advance(session, session_now(session) + draw(dice, 700) * MS_NS);
        session_line(session, any(dice), &error);
    }
}

static uint64_t digest_of(struct session *session, const char *name)
{
    for (uint32_t i = 0; i < session_variants(session); i++)
        if (strcmp(session_variant(session, i)->name, name) == 0)
            return trace_digest(session_variant(session, i)->world);
    fail_msg("no variant %s", name);
    return 0;
}

/* --- forking ---------------------------------------------------------------------------------- */

/* What is said to the other one: the parent's twin. */
static void play_other(struct session *session, struct dice *dice, unsigned steps)
{
    char words[200];
    struct error error;
    while (steps-- > 0) {
        snprintf(words, sizeof words, "b: %s", any(dice));
        session_line(session, words, &error);
    }
}

static void a_fork_never_disturbs_its_parent(void **unused)
{
    (void)unused;
    for (unsigned seed = 1; seed <= 40; seed++) {
        struct dice dice = {seed * 31}, again = dice, other = {seed};
        char fork[200];
        struct error error;
        struct session *forked = opened(WORLD), *straight = opened(WORLD);
        play(forked, &dice, seed % 5);
        play(straight, &again, seed % 5);
        line(forked, "variant a");
        snprintf(fork, sizeof fork, "variant b %s", any(&other));
        if (!session_line(forked, fork, &error))
            line(forked, "variant b kill orders");
        for (unsigned step = 0; step < 6; step++) {
            play_other(forked, &other, step);
            uint64_t next_ns = session_now(straight) + draw(&dice, 900) * MS_NS;
            advance(forked, next_ns);
            advance(straight, next_ns);
            assert_int_equal(digest_of(forked, "a"), session_digest(straight));
        }
        session_close(forked);
        session_close(straight);
    }
}

static void ten_forks_leave_nothing_behind(void **unused)
{
    (void)unused;
    struct session *session = opened(WORLD), *straight = opened(WORLD);
    for (unsigned i = 0; i < 10; i++) {
        line(session, "run 300ms");
        line(session, "variant a");
        line(session, "variant b power-cut redis-1");
        line(session, "run 1s");
        line(session, i % 3 ? "unfork" : "keep a");
        if (i % 3 == 0)
            line(session, "rewind -1s");
        line(straight, "run 300ms");
        assert_int_equal(session_now(session), session_now(straight));
        assert_int_equal(session_digest(session), session_digest(straight));
    }
    session_close(session);
    session_close(straight);
}

/* --- taking it back --------------------------------------------------------------------------- */

static void unfork_is_the_world_before(void **unused)
{
    (void)unused;
    struct session *session = opened(WORLD), *straight = opened(WORLD);
    refused(session, "unfork", ERROR_NOT_FORKED, 1);
    line(session, "run 2s");
    line(session, "mark before");
    line(session, "set orders rate=150/s");
    line(session, "variant a");
    line(session, "variant b kill cache");
    line(session, "run 2s");
    line(session, "mark after");
    line(session, "expect b:cache.up == 0");
    refused(session, "rewind 1s", ERROR_REWIND_FORK, 8);
    refused(session, "rewind before", ERROR_NO_MARK, 8);
    line(session, "unfork");
    assert_int_equal(session_now(session), 2 * SECOND_NS);
    assert_int_equal(session_variants(session), 1);
    assert_int_equal(session_expectations(session), 0);
    refused(session, "rewind after", ERROR_NO_MARK, 8);
    line(session, "run 1s");
    line(straight, "run 2s");
    line(straight, "mark before");
    line(straight, "set orders rate=150/s");
    line(straight, "run 1s");
    assert_int_equal(session_digest(session), session_digest(straight));
    line(session, "rewind before");
    assert_int_equal(session_now(session), 2 * SECOND_NS);
    line(session, "rewind 1s");
    line(straight, "rewind 1s");
    assert_int_equal(session_digest(session), session_digest(straight));
    session_close(session);
    session_close(straight);
}

static void variants_that_begin_the_run_stay(void **unused)
{
    (void)unused;
    struct session *session = opened(WORLD "variant a\nvariant b kill cache\nrun 1s\n");
    assert_int_equal(session_finish(session, TIME_NEVER), SESSION_WAITING);
    refused(session, "unfork", ERROR_FORK_STAYS, 1);
    assert_true(session_fork_time(session) == TIME_NEVER);
    line(session, "keep b");
    assert_int_equal(session_variants(session), 1);
    assert_true(holds(session, "b:cache.up == 0"));
    session_close(session);
}

static void a_fork_of_the_file_comes_again(void **unused)
{
    (void)unused;
    struct session *session =
        opened(WORLD "run 2s\nvariant a\nvariant b kill cache\nrun 2s\nb: start cache\nrun 1s\n");
    assert_int_equal(session_finish(session, TIME_NEVER), SESSION_WAITING);
    uint64_t digest = session_digest(session);
    line(session, "unfork");
    line(session, "rewind 1s");
    assert_int_equal(session_variants(session), 1);
    assert_true(holds(session, "world.time == 1s"));
    advance(session, 5 * SECOND_NS);
    assert_int_equal(session_variants(session), 2);
    assert_int_equal(session_digest(session), digest);
    session_close(session);
}

/* --- choosing --------------------------------------------------------------------------------- */

static void the_kept_one_is_the_world_as_if_it_were_typed(void **unused)
{
    (void)unused;
    struct session *session = opened(WORLD), *straight = opened(WORLD);
    line(session, "run 2s");
    line(session, "mark first");
    line(session, "variant a");
    line(session, "variant b set cache appendonly=yes");
    line(session, "at 5s b: kill cache");
    line(session, "at 6s a: power-cut redis-1");
    line(session, "run 1s");
    line(session, "b: set orders rate=200/s");
    line(session, "a: set orders rate=50/s");
    line(session, "expect b:orders.sent > 0");
    line(session, "mark second");
    line(session, "run 500ms");
    line(session, "keep b");
    assert_int_equal(session_variants(session), 1);
    assert_string_equal(session_variant(session, 0)->name, "");
    line(straight, "run 2s");
    line(straight, "mark first");
    line(straight, "set cache appendonly=yes");
    line(straight, "at 5s kill cache");
    line(straight, "run 1s");
    line(straight, "set orders rate=200/s");
    line(straight, "mark second");
    line(straight, "run 4s");
    advance(session, 7 * SECOND_NS);
    assert_int_equal(session_digest(session), session_digest(straight));
    assert_true(holds(session, "cache.up == 0"));
    static const char *const back[] = {"rewind second", "rewind 2500ms", "rewind first",
                                       "rewind 2s", "rewind 1s"};
    for (unsigned i = 0; i < sizeof back / sizeof *back; i++) {
        line(session, back[i]);
        line(straight, back[i]);
        assert_int_equal(session_now(session), session_now(straight));
        assert_int_equal(session_digest(session), session_digest(straight));
        struct session *copies[] = {session, straight};
        for (unsigned k = 0; k < 2; k++) {
            line(copies[k], "run 700ms");
            line(copies[k], "rewind -700ms");
        }
        assert_int_equal(session_digest(session), session_digest(straight));
    }
    session_close(session);
    session_close(straight);
}

static void one_of_three_ends(void **unused)
{
    (void)unused;
    struct session *session = opened(WORLD), *two = opened(WORLD);
    uint32_t pair[2];
    line(session, "run 1s");
    line(session, "variant a");
    line(session, "variant b kill cache");
    line(session, "variant c set orders rate=20/s");
    line(two, "run 1s");
    line(two, "variant a");
    line(two, "variant c set orders rate=20/s");
    line(session, "run 1s");
    line(two, "run 1s");
    line(session, "twins c b");
    assert_true(session_pair(session, pair));
    assert_int_equal(pair[0], 2);
    refused(session, "twins a a", ERROR_NAME_TAKEN, 9);
    refused(session, "end a b c", ERROR_LAST_VARIANT, 1);
    refused(session, "end d", ERROR_UNKNOWN_VARIANT, 5);
    refused(session, "b: end a", ERROR_NOT_FOR_ONE, 4);
    refused(session, "at 5s keep a", ERROR_NOT_SCHEDULABLE, 7);
    line(session, "end b");
    assert_true(session_pair(session, pair));
    assert_int_equal(pair[0], 1);
    assert_int_equal(pair[1], 0);
    line(session, "c: set orders rate=30/s");
    line(two, "c: set orders rate=30/s");
    line(session, "run 1s");
    line(two, "run 1s");
    assert_int_equal(session_digest(session), session_digest(two));
    line(session, "rewind 1500ms");
    line(two, "rewind 1500ms");
    assert_int_equal(session_digest(session), session_digest(two));
    line(session, "end a");
    assert_int_equal(session_variants(session), 1);
    line(two, "keep c");
    assert_int_equal(session_digest(session), session_digest(two));
    session_close(session);
    session_close(two);
}

/* --- shared runs ------------------------------------------------------------------------------ */

/* Branches are left, named, returned to and closed between the forks. */
static void random_branches(struct session *session, struct dice *dice)
{
    static const char *const lines[] = {
        "branches",      "branch one",         "branch two",       "branch-go one",
        "branch-go two", "branch-compare one", "branch-close one", "branch-go branch-1"};
    struct error error;
    session_line(session, lines[draw(dice, 8)], &error);
}

static void random_forks(struct session *session, struct dice *dice)
{
    struct error error;
    char words[200];
    for (unsigned step = 0; step < 24; step++) {
        static const char *const of_forks[] = {"variant a", "keep a", "keep b",
                                               "unfork",    "end c",  "end b",
                                               "twins b a", "end a",  "report variants"};
        play(session, dice, 1);
        session_line(session, of_forks[draw(dice, 9)], &error);
        if (draw(dice, 2)) {
            snprintf(words, sizeof words, "variant b %s", any(dice));
            session_line(session, words, &error);
            session_line(session, "variant c", &error);
        }
        if (draw(dice, 3) == 0) {
            snprintf(words, sizeof words, "b: %s", any(dice));
            session_line(session, words, &error);
        }
        if (draw(dice, 4) == 0)
            session_rewind(session, session_now(session) / 1000 * draw(dice, 1001));
        random_branches(session, dice);
    }
}

/* However it was forked, kept and taken back: what is shared is the run that stands. */
static void what_is_shared_runs_again(void **unused)
{
    (void)unused;
    static struct shared shared;
    for (unsigned seed = 1; seed <= 40; seed++) {
        struct dice dice = {seed * 177};
        struct session *session = opened_with(WORLD, seed % 2 == 0);
        random_forks(session, &dice);
        advance(session, session_now(session) + SECOND_NS);
        shared.used = 0;
        assert_true(session_share(session, line_keep, &shared));
        shared.words[shared.used] = 0;
        struct session *again = opened(shared.words);
        enum session_state state = session_finish(again, session_now(session));
        if (state == SESSION_FAILED || state == SESSION_OVER)
            fail_msg("seed %d: %s %s\n%s", (int)seed, session_error(again)->arguments[0],
                     session_error(again)->arguments[1], shared.words);
        assert_int_equal(session_variants(again), session_variants(session));
        if (session_digest(again) != session_digest(session))
            fail_msg("seed %d\n%s", (int)seed, shared.words);
        session_close(again);
        session_close(session);
    }
}

/* --- as a table ------------------------------------------------------------------------------- */

static void a_row_a_metric_that_differs(void **unused)
{
    (void)unused;
    struct session *session = opened(WORLD "variant a\nvariant fast set orders rate=200/s\n"
                                           "variant log set cache appendonly=yes\nrun 5s\n");
    assert_int_equal(session_finish(session, TIME_NEVER), SESSION_WAITING);
    line(session, "report variants");
    assert_non_null(strstr(said, "fast: set orders rate=200/s\n"));
    assert_non_null(strstr(said, "orders.rate       100/s  200/s  100/s\n"));
    assert_non_null(strstr(said, "cache.appendonly  no     no     yes\n"));
    assert_non_null(strstr(said, "orders.sent "));
    assert_null(strstr(said, "orders.refused"));
    static const char *const hides[] = {"orders.sent", NULL};
    session_hide(session, hides);
    said[said_used = 0] = 0;
    line(session, "report variants");
    assert_null(strstr(said, "orders.sent "));
    assert_non_null(strstr(said, "orders.acked "));
    session_close(session);
    session = opened(WORLD);
    refused(session, "report variants", ERROR_NOT_FORKED, 8);
    session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fork_never_disturbs_its_parent),
        cmocka_unit_test(ten_forks_leave_nothing_behind),
        cmocka_unit_test(unfork_is_the_world_before),
        cmocka_unit_test(variants_that_begin_the_run_stay),
        cmocka_unit_test(a_fork_of_the_file_comes_again),
        cmocka_unit_test(the_kept_one_is_the_world_as_if_it_were_typed),
        cmocka_unit_test(one_of_three_ends),
        cmocka_unit_test(what_is_shared_runs_again),
        cmocka_unit_test(a_row_a_metric_that_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
