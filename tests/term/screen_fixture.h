/*
 * The lab on a terminal: opened in a language, told commands, left again.
 */
#ifndef TESTS_TERM_SCREEN_FIXTURE_H
#define TESTS_TERM_SCREEN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/term/vt.h"

#define TERM_WORLD(name) OUTAGE_SOURCE_DIR "/tests/term/" name ".lab"

/* The lab with a world or a lesson (NULL: at home).  The environment says nothing of a language
 * but LANG; `size`, which may be NULL, may say more of it. */
static inline struct vt *lab_open(const char *language, const char *what,
                                  const struct vt_options *size)
{
    const char *arguments[] = {"--lang", language, what, NULL};
    const char *environment[8] = {"LANG=ko_KR.UTF-8", "LC_ALL"};
    struct vt_options options = size ? *size : (struct vt_options){0};
    for (size_t i = 0; options.environment && options.environment[i]; i++)
        environment[2 + i] = options.environment[i];
    options.arguments = arguments;
    options.environment = environment;
    return vt_start(OUTAGE_PROGRAM, &options);
}

/* A world under its title, given keys until they show what they should. */
static inline struct vt *lab_open_at(const char *language, const char *world, const char *title,
                                     const char *keys, const char *shown,
                                     const struct vt_options *size)
{
    struct vt *vt = lab_open(language, world, size);
    vt_wait_for(vt, title);
    vt_send(vt, keys);
    vt_wait_for(vt, shown);
    return vt;
}

/* A command at the prompt; a `run` goes as fast as it can and stands still after it. */
static inline void command(struct vt *vt, const char *line)
{
    vt_send(vt, ":");
    vt_send(vt, line);
    vt_send(vt, "\r");
}

/* By the last of these keys the lab ends. */
static inline void quit_by(struct vt *vt, const char *keys)
{
    vt_send(vt, keys);
    vt_wait_for_screen(vt, false);
    assert_int_equal(vt_stop(vt), 0);
}

/* From a screen over the world, which is gone when this is not shown any more. */
static inline void quit_from(struct vt *vt, const char *shown)
{
    vt_send(vt, "q");
    vt_wait_for_none(vt, shown);
    quit_by(vt, "qq");
}

#endif
