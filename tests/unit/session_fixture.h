/*
 * A session in the tests: a small world, what it says, lines that act or are refused.
 */
#ifndef TESTS_UNIT_SESSION_FIXTURE_H
#define TESTS_UNIT_SESSION_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/language/session.h"

#define WORLD                                                                                      \
    "seed 7\nmachine redis-1\nmachine app-1\n"                                                     \
    "add store cache on redis-1 save=\"\"\n"                                                       \
    "add client orders on app-1 to=cache op=set rate=100/s arrival=constant\n"

static char said[65536];
static size_t said_used;

static inline void on_text(void *user, int variant, const char *words)
{
    (void)user;
    if (variant >= 0)
        said_used += (size_t)snprintf(said + said_used, sizeof said - said_used, "%d|", variant);
    said_used += (size_t)snprintf(said + said_used, sizeof said - said_used, "%s", words);
}

static inline struct session *opened_with(const char *script, bool branches)
{
    static const struct world_limits limits = {64, 2048, 65536, 16384};
    struct session_options options = {.history_bytes = 4 << 20,
                                      .history_every = 1000,
                                      .limits = &limits,
                                      .arena_bytes = 256 << 20,
                                      .branches = branches,
                                      .output = {.text = on_text}};
    struct error error;
    said_used = 0;
    said[0] = 0;
    struct session *session = session_open(script, strlen(script), &options, &error);
    assert_non_null(session);
    return session;
}

static inline struct session *opened(const char *script)
{
    return opened_with(script, false);
}

static inline void line(struct session *session, const char *words)
{
    struct error error;
    if (!session_line(session, words, &error)) {
        char message[1024];
        struct text text = TEXT(message);
        text_clear(&text);
        language_error(&text, NULL, NULL, &error, LANGUAGE_EN);
        fail_msg("%s: %s", words, message);
    }
}

static inline void refused(struct session *session, const char *words, enum error_id id,
                           uint32_t column)
{
    struct error error;
    assert_false(session_line(session, words, &error));
    assert_int_equal(error.id, id);
    assert_int_equal(error.column, column);
}

static inline bool holds(struct session *session, const char *condition)
{
    bool held = false;
    struct value found;
    struct error error;
    if (!session_holds(session, condition, &held, &found, &error))
        fail_msg("%s: error %d", condition, error.id);
    return held;
}

static inline void finished(const char *script, enum session_state state, uint64_t now_ns)
{
    struct session *session = opened(script);
    assert_int_equal(session_finish(session, TIME_NEVER), state);
    assert_int_equal(session_now(session), now_ns);
    session_close(session);
}

#endif
