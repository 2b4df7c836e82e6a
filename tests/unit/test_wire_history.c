/*
 * The world does not know who listens to its wire: the run is the same, a rewind is silent, the
 * past is heard again by who asks for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab/language/session.h"
#include "sim/net/wire.h"

static uint64_t hash_of(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * 0x100000001b3ull;
}

struct ear {
    uint64_t count, hash;
};

static void listen_to_all(void *user, struct world *w, const struct wire_segment *segment)
{
    struct ear *ear = user;
    (void)w;
    ear->count++;
    ear->hash = hash_of(ear->hash, segment->time_ns);
    ear->hash = hash_of(ear->hash, segment->connection << 8 | segment->fate);
    ear->hash = hash_of(ear->hash, (uint64_t)segment->seq << 32 | segment->length);
}

static const struct world_limits small = {64, 2048, 65536, 16384};

static struct session *open_rough(void)
{
    static const char script[] = "seed 7\n"
                                 "machine redis-1\n"
                                 "machine app-1\n"
                                 "link app-1 redis-1 latency=2ms jitter=1ms loss=1%\n"
                                 "add store cache on redis-1 appendonly=yes\n"
                                 "add client orders on app-1 to=cache rate=150/s\n"
                                 "at 2s cut app-1 redis-1\n"
                                 "at 3s heal all\n"
                                 "at 4s kill cache\n"
                                 "at 5s start cache\n"
                                 "at 6s power-cut redis-1\n";
    struct session_options options = {.history_bytes = 64 << 20,
                                      .history_every = 700,
                                      .limits = &small,
                                      .arena_bytes = 256 << 20};
    struct error error;
    struct session *session = session_open(script, sizeof script - 1, &options, &error);
    assert_non_null(session);
    assert_int_not_equal(session_build(session), SESSION_FAILED);
    return session;
}

/* Heard or not, the run is the same; what is made again by a rewind is not heard twice, and the
 * past is heard again by who asks for it. */
static void the_world_does_not_know_who_listens(void **state)
{
    (void)state;
    struct ear ear = {0}, late = {0}, again = {0};
    struct session *session = open_rough(), *deaf = open_rough();
    struct variant *variant = session_variant(session, 0);
    wire_listen(variant->world, listen_to_all, &ear);
    session_advance(session, 7 * SECOND_NS, 0);
    session_advance(deaf, 7 * SECOND_NS, 0);
    assert_int_equal(session_digest(session), session_digest(deaf));
    assert_int_equal(session_events(session), session_events(deaf));
    assert_true(ear.count > 1000);

    uint64_t count = ear.count;
    assert_true(session_rewind(session, 3 * SECOND_NS));
    assert_int_equal(ear.count, count);
    wire_listen(variant->world, listen_to_all, &late);
    session_advance(session, 7 * SECOND_NS, 0);
    assert_true(late.count > 0 && late.count < count);

    struct outside who = {.wire = listen_to_all, .wire_user = &again};
    assert_true(history_replay_heard(variant->history, variant->world, 0, &who));
    assert_int_equal(again.count, count);
    assert_int_equal(again.hash, ear.hash);
    assert_int_equal(session_digest(session), session_digest(deaf));
    session_close(session);
    session_close(deaf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_world_does_not_know_who_listens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
