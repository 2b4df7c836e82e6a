/*
 * Properties over random worlds and instants: going back and on again is a run that never went
 * back, a fork disturbs nobody, a branch is returned to as it was left.
 *
 * OUTAGE_SEEDS=FROM-TO runs other seeds than the first fifty, by hand, and each for 24 s instead
 * of 2.4.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lab/language/differ.h"
#include "tests/unit/random_script.h"

#define SEEDS        50
#define SEEDS_SLOWER 6 /* of the properties that run each world several times */

static uint64_t first_seed = 1, last_seed = SEEDS, last_slower = SEEDS_SLOWER;

/* --- playing a script ------------------------------------------------------------------------- */

static struct session *built(const struct script *s, bool branches)
{
    static const struct world_limits limits = {64, 65536, 131072, 65536};
    struct session_options options = {.history_bytes = 16 << 20,
                                      .history_every = 20000,
                                      .limits = &limits,
                                      .arena_bytes = 512 << 20,
                                      .branches = branches};
    char words[32 * LINE_BYTES] = "";
    struct error error;
    for (unsigned i = 0; i < s->built; i++) {
        strcat(words, s->build[i]);
        strcat(words, "\n");
    }
    struct session *session = session_open(words, strlen(words), &options, &error);
    assert_non_null(session);
    assert_int_not_equal(session_build(session), SESSION_FAILED);
    return session;
}

/* A scheduled command that fails stops the clock once; the lab goes on. */
static void advance(struct session *session, uint64_t until_ns)
{
    while (!session_advance(session, until_ns, 0)) {
        assert_int_equal(session_state(session), SESSION_FAILED);
        assert_int_not_equal(session_error(session)->id,
                             ERROR_NO_MEMORY); /* it would stand for ever */
    }
    assert_int_equal(session_now(session), until_ns);
}

/* What the script does from one time on, before another. */
static void play(struct session *session, const struct script *s, uint64_t from_ns,
                 uint64_t until_ns)
{
    struct error error;
    for (unsigned i = 0; i < s->actions; i++) {
        uint64_t time_ns = s->action[i].time_ns;
        if (time_ns < from_ns || time_ns >= until_ns)
            continue;
        advance(session, time_ns);
        session_line(session, s->action[i].line, &error);
    }
    advance(session, until_ns);
}

static void told(void *user, const struct difference *difference)
{
    (void)user;
    print_message("%s: %lld, %lld\n", difference->name, (long long)difference->value[0].number,
                  (long long)difference->value[1].number);
}

static void assert_same(struct session *a, struct session *b, uint32_t variant, uint64_t seed)
{
    struct world *one = session_variant(a, variant)->world, *other = session_variant(b, 0)->world;
    if (trace_digest(one) != trace_digest(other) || one->records != other->records ||
        one->events != other->events || differ_metrics(NULL, one, other, told, NULL) != 0)
        fail_msg("seed %llu: another run", (unsigned long long)seed);
}

/* --- the properties --------------------------------------------------------------------------- */

static uint64_t unit_ns = SECOND_NS / 10;
#define FAR_NS  (20 * unit_ns)
#define BACK_NS (12 * unit_ns)
#define END_NS  (24 * unit_ns)

/* Few requests each: the instants matter here, not the load. */
static void slowed(char *line)
{
    static const char *const fast[] = {"=max", "=600/s", "=300/s", "=100/s", "=500/s", "=200/s"};
    static const char *const slow[] = {"=9/s", "=060/s", "=030/s", "=010/s", "=050/s", "=020/s"};
    for (size_t i = 0; i < sizeof fast / sizeof *fast; i++)
        for (char *at; (at = strstr(line, fast[i]));)
            memcpy(at, slow[i], strlen(slow[i]));
}

static void drawn(struct script *s, uint64_t seed)
{
    write_script(s, seed);
    for (unsigned i = 0; i < s->built; i++)
        slowed(s->build[i]);
    for (unsigned i = 0; i < s->actions; i++)
        slowed(s->action[i].line);
    for (unsigned i = 0; i < s->actions; i++) /* all of it within the run */
        s->action[i].time_ns =
            s->action[i].time_ns * 22 / (s->end_ns / SECOND_NS) / (SECOND_NS / unit_ns);
    s->end_ns = END_NS;
}

/* run 20 s, rewind 8 s, run 12 s: headless, what came after is forgotten and done anew; in the lab
 * it is ahead and followed. */
static void going_back_is_not_seen(void **unused)
{
    (void)unused;
    static struct script s;
    for (uint64_t seed = first_seed; seed <= last_seed; seed++) {
        struct error error;
        drawn(&s, seed);
        struct session *straight = built(&s, false), *back = built(&s, seed % 2);
        play(straight, &s, 0, END_NS);
        play(back, &s, 0, FAR_NS);
        assert_true(
            session_line(back, unit_ns == SECOND_NS ? "rewind -8s" : "rewind -800ms", &error));
        assert_int_equal(session_now(back), BACK_NS);
        play(back, &s, session_behind(back) ? FAR_NS : BACK_NS, END_NS);
        assert_same(back, straight, 0, seed);
        session_close(straight);
        session_close(back);
    }
}

/* Any instants, there and back again, with something else done in between on another branch. */
static void branches_are_returned_to(void **unused)
{
    (void)unused;
    static struct script s, other;
    for (uint64_t seed = first_seed; seed <= last_slower; seed++) {
        struct error error;
        drawn(&s, seed);
        drawn(&other, seed + 1000000);
        struct session *straight = built(&s, false), *session = built(&s, true);
        uint64_t middle_ns = (3 + draw(&s, 15)) * unit_ns + draw(&s, unit_ns);
        play(session, &s, 0, FAR_NS);
        uint64_t far = session_digest(session);
        for (uint64_t i = draw(&s, 4); i > 0; i--)
            assert_true(session_rewind(session, draw(&s, FAR_NS)));
        assert_true(session_rewind(session, middle_ns));
        uint64_t middle = session_digest(session);
        assert_true(session_line(session, "at 3600s kill s0", &error)); /* something is done */
        play(session, &other, middle_ns, FAR_NS);
        uint64_t elsewhere = session_digest(session);
        assert_true(session_line(session, "branch-go b1", &error));
        if (session_digest(session) != far)
            fail_msg("seed %llu: another end", (unsigned long long)seed);
        assert_true(session_rewind(session, middle_ns));
        if (session_digest(session) != middle)
            fail_msg("seed %llu: another middle", (unsigned long long)seed);
        assert_true(session_line(session, "branch-go b2", &error));
        if (session_digest(session) != elsewhere)
            fail_msg("seed %llu: another branch", (unsigned long long)seed);
        assert_true(session_line(session, "branch-go b1", &error));
        assert_int_equal(session_now(session), middle_ns);
        play(session, &s, FAR_NS, END_NS);
        play(straight, &s, 0, END_NS);
        assert_same(session, straight, 0, seed);
        session_close(straight);
        session_close(session);
    }
}

/* What is done to one variant is nothing to the other, and the other is the world without a fork.
 */
static void a_fork_disturbs_nobody(void **unused)
{
    (void)unused;
    static struct script s, other;
    for (uint64_t seed = first_seed; seed <= last_slower; seed++) {
        struct error error;
        drawn(&s, seed);
        drawn(&other, seed + 2000000);
        struct session *straight = built(&s, false), *forked = built(&s, seed % 2);
        uint64_t fork_ns = (1 + draw(&s, 15)) * unit_ns;
        play(forked, &s, 0, fork_ns);
        assert_true(session_line(forked, "variant a", &error));
        assert_true(session_line(forked, "variant b", &error));
        for (unsigned i = 0; i < s.actions; i++) {
            char line[LINE_BYTES + 8];
            if (s.action[i].time_ns < fork_ns)
                continue;
            advance(forked, s.action[i].time_ns);
            snprintf(line, sizeof line, "a: %s", s.action[i].line);
            session_line(forked, line, &error);
            snprintf(line, sizeof line, "b: %s", other.action[i % other.actions].line);
            session_line(forked, line, &error);
        }
        advance(forked, END_NS);
        if (seed % 3 == 0) {
            assert_true(session_rewind(forked, fork_ns + draw(&s, END_NS - fork_ns)));
            if (seed % 2)
                advance(forked, END_NS);
        }
        if (session_now(forked) == END_NS) {
            play(straight, &s, 0, END_NS);
            assert_same(forked, straight, 0, seed);
        }
        session_close(straight);
        session_close(forked);
    }
}

int main(void)
{
    const char *seeds = getenv("OUTAGE_SEEDS");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(going_back_is_not_seen),
        cmocka_unit_test(branches_are_returned_to),
        cmocka_unit_test(a_fork_disturbs_nobody),
    };
    if (seeds) {
        first_seed = strtoull(seeds, NULL, 10);
        last_seed = strchr(seeds, '-') ? strtoull(strchr(seeds, '-') + 1, NULL, 10) : first_seed;
        last_slower = last_seed;
        unit_ns = SECOND_NS;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
