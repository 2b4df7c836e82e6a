/*
 * Going back is exact: after any rewinds, running forward gives what a straight run gives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/language/session.h"
#include "tests/unit/dice.h"
#include "tests/unit/shared_run.h"

#define ACTIONS_MAX 64
#define END_NS      (12 * SECOND_NS)

static const char world_script[] = "seed 7\n"
                                   "machine redis-1\n"
                                   "machine app-1\n"
                                   "link app-1 redis-1 latency=2ms jitter=1ms loss=1%\n"
                                   "add store cache on redis-1 save=\"2 50\" appendonly=yes\n"
                                   "add client orders on app-1 to=cache rate=150/s keys=500\n"
                                   "at 3s kill cache\n"
                                   "at 4s every 700ms set orders rate=120/s\n"
                                   "at 5s start cache\n";

static const char *const commands[] = {"power-cut redis-1",
                                       "power-on redis-1",
                                       "kill cache",
                                       "start cache",
                                       "pause cache for 300ms",
                                       "set orders rate=400/s",
                                       "set cache appendfsync=always",
                                       "tell cache BGSAVE",
                                       "cut app-1 redis-1",
                                       "heal all",
                                       "after 400ms kill cache",
                                       "every 900ms tell cache BGSAVE",
                                       "stop-every",
                                       "ramp orders.rate 100/s 300/s over 2s",
                                       "set redis-1 fsync=80ms",
                                       "print cache.used_memory.peak",
                                       "restart cache after 200ms"};

static struct session *open_script(const char *script, size_t bytes, uint64_t history_bytes)
{
    static const struct world_limits limits = {64, 2048, 65536, 16384};
    struct session_options options = {.history_bytes = history_bytes,
                                      .history_every = 700,
                                      .limits = &limits,
                                      .arena_bytes = 256 << 20};
    struct error error;
    struct session *session = session_open(script, bytes, &options, &error);
    assert_non_null(session);
    assert_int_not_equal(session_build(session), SESSION_FAILED);
    return session;
}

static struct session *open_world(uint64_t history_bytes)
{
    return open_script(world_script, sizeof world_script - 1, history_bytes);
}

struct deed {
    uint64_t time_ns;
    const char *line;
};

/* What stands after random rewinds is done again straight on, in a world of its own. */
static void assert_same_straight(struct session *session, const struct deed *deeds, unsigned count)
{
    struct session *straight = open_world(0);
    struct error error;
    for (unsigned i = 0; i < count; i++) {
        advance(straight, deeds[i].time_ns);
        session_line(straight, deeds[i].line, &error);
    }
    advance(straight, END_NS);
    assert_int_equal(session_events(session), session_events(straight));
    assert_int_equal(session_digest(session), session_digest(straight));
    session_close(straight);
}

static void rewinds_leave_no_trace(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= 25; seed++) {
        struct dice dice = {seed};
        struct deed deeds[ACTIONS_MAX];
        struct error error;
        unsigned count = 0;
        struct session *session = open_world(seed % 3 ? 8 << 20 : 0);
        for (unsigned step = 0; step < 40; step++) {
            uint64_t now_ns = session_now(session);
            uint32_t choice = draw(&dice, 10);
            if (choice < 4 && count < ACTIONS_MAX) {
                const char *line = commands[draw(&dice, sizeof commands / sizeof commands[0])];
                if (session_line(session, line, &error))
                    deeds[count++] = (struct deed){now_ns, line};
            } else if (choice < 8) {
                advance(session, now_ns + draw(&dice, 1500) * MS_NS);
            } else {
                uint64_t to_ns = now_ns / 1000 * draw(&dice, 1001);
                assert_true(session_rewind(session, to_ns));
                assert_int_equal(session_now(session), to_ns);
                while (count > 0 && deeds[count - 1].time_ns >= to_ns)
                    count--;
            }
            if (session_now(session) > END_NS) {
                assert_true(session_rewind(session, END_NS / 2));
                while (count > 0 && deeds[count - 1].time_ns >= END_NS / 2)
                    count--;
            }
        }
        advance(session, END_NS);
        assert_same_straight(session, deeds, count);
        session_close(session);
    }
}

static void a_mark_is_an_exact_place(void **unused)
{
    (void)unused;
    struct session *session = open_world(8 << 20);
    struct error error;
    advance(session, 2 * SECOND_NS);
    for (int i = 0; i < 37; i++)
        assert_true(session_step(session));
    assert_true(session_line(session, "mark here", &error));
    uint64_t digest = session_digest(session), events = session_events(session);
    assert_true(session_line(session, "kill cache", &error));
    advance(session, 8 * SECOND_NS);
    uint64_t killed = session_digest(session);
    assert_int_not_equal(killed, digest);
    assert_true(session_line(session, "rewind here", &error));
    assert_int_equal(session_digest(session), digest);
    assert_int_equal(session_events(session), events);
    assert_true(session_line(session, "kill cache", &error));
    advance(session, 8 * SECOND_NS);
    assert_int_equal(session_digest(session), killed);
    session_close(session);
}

static void checkpoints_keep_their_budget(void **unused)
{
    (void)unused;
    uint64_t budget = 3 << 20;
    struct session *session = open_world(budget);
    advance(session, 60 * SECOND_NS);
    uint64_t peak;
    assert_true(session_history_bytes(session, &peak) > budget / 2);
    assert_true(peak <= budget);
    uint64_t digest = session_digest(session);
    assert_true(session_rewind(session, 31 * SECOND_NS));
    advance(session, 60 * SECOND_NS);
    assert_int_equal(session_digest(session), digest);
    session_close(session);
}

/* --- shared runs ------------------------------------------------------------------------------ */

static void random_play(struct session *session, struct dice *dice)
{
    struct error error;
    for (unsigned step = 0; step < 30; step++) {
        uint64_t now_ns = session_now(session);
        uint32_t choice = draw(dice, 12);
        if (choice < 4)
            session_line(session, commands[draw(dice, sizeof commands / sizeof commands[0])],
                         &error);
        else if (choice < 9)
            advance(session, now_ns + draw(dice, 1200) * MS_NS);
        else if (choice < 11)
            for (uint32_t i = draw(dice, 50); i > 0; i--)
                session_step(session);
        else
            session_rewind(session, now_ns / 1000 * draw(dice, 1001));
    }
}

static void a_shared_run_runs_again(void **unused)
{
    (void)unused;
    static struct shared shared;
    for (uint64_t seed = 1; seed <= 15; seed++) {
        struct dice dice = {seed * 77};
        struct error error;
        struct session *session = open_world(8 << 20);
        if (seed % 3 == 0) {
            session_line(session, "variant a", &error);
            session_line(session, "variant b set orders rate=90/s", &error);
        }
        random_play(session, &dice);
        shared.used = 0;
        assert_true(session_share(session, line_keep, &shared));
        struct session *again = open_script(shared.words, shared.used, 0);
        enum session_state state = session_finish(again, TIME_NEVER);
        if (state == SESSION_OVER || state == SESSION_FAILED)
            print_message("seed %d: %s %s\n%s\n", (int)seed, session_error(again)->arguments[0],
                          session_error(again)->arguments[1], shared.words);
        assert_int_equal(state, SESSION_WAITING);
        assert_int_equal(session_variants(again), session_variants(session));
        session_close(again);
        session_close(session);
    }
}

static void a_changed_shared_run_says_where(void **unused)
{
    (void)unused;
    static struct shared shared;
    struct error error;
    struct session *session = open_world(0);
    advance(session, 2 * SECOND_NS);
    assert_true(session_line(session, "set orders rate=151/s", &error));
    advance(session, 9 * SECOND_NS);
    shared.used = 0;
    assert_true(session_share(session, line_keep, &shared));
    char *rate = strstr(shared.words, "rate=151/s");
    assert_non_null(rate);
    rate[7] = '2';
    struct session *again = open_script(shared.words, shared.used, 0);
    assert_int_equal(session_finish(again, TIME_NEVER), SESSION_OVER);
    assert_int_equal(session_error(again)->id, ERROR_OTHER_WAY);
    session_close(again);
    session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rewinds_leave_no_trace),
        cmocka_unit_test(a_mark_is_an_exact_place),
        cmocka_unit_test(checkpoints_keep_their_budget),
        cmocka_unit_test(a_shared_run_runs_again),
        cmocka_unit_test(a_changed_shared_run_says_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
