/* A shared run as text, for tests: written line by line, opened again, and a clock that goes on. */
#ifndef TESTS_UNIT_SHARED_RUN_H
#define TESTS_UNIT_SHARED_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lab/language/session.h"

struct shared {
    char words[262144];
    size_t used;
};

/* What session_share calls with each line. */
static inline void line_keep(void *user, const char *words)
{
    struct shared *shared = user;
    size_t bytes = strlen(words);
    assert_true(shared->used + bytes + 2 < sizeof shared->words);
    memcpy(shared->words + shared->used, words, bytes);
    shared->used += bytes;
    shared->words[shared->used++] = '\n';
    shared->words[shared->used] = 0;
}

/* A scheduled command that fails stops the clock once; the lab goes on. */
static inline void advance(struct session *session, uint64_t until_ns)
{
    while (!session_advance(session, until_ns, 0))
        assert_int_equal(session_state(session), SESSION_FAILED);
}

#endif
