/*
 * One thread waits for keys, frames, files and signals, and calls back.  At rest nothing wakes it.
 */
#ifndef LAB_TERM_LOOP_H
#define LAB_TERM_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "lab/term/keys.h"

struct loop;

/* Callbacks return soon; any of them but `key` may be NULL. */
struct loop_callbacks {
    void *user;
    void (*key)(void *user, const struct key *key);
    void (*frame)(void *user,
                  uint64_t elapsed_ns); /* 30 a second while wanted; never more than 100 ms */
    void (*tick)(void *user); /* twice a second while wanted: a clock of the wall is shown */
    void (*resized)(void *user, int rows, int columns);
    void (*file_changed)(void *user, const char *path); /* the path as given to loop_watch_file */
    void (*interrupted)(void *user);                    /* Ctrl-C; NULL: the loop stops with 130 */
    void (*draw)(void *user); /* once after other callbacks ran, before the loop waits: many keys,
                                 one picture */
};

/* Order: loop_open, screen_open, loop_run, screen_close, loop_close.  NULL: no memory. */
struct loop *loop_open(const struct loop_callbacks *callbacks);
void loop_close(struct loop *loop);

/* Draws once, then runs until loop_stop; returns its status.  SIGTERM, SIGHUP and a closed terminal
 * stop it with 128 + n.  The screen is open. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop, int status);

/* Frames come only while something moves; the first one after a pause counts from the wish. */
void loop_want_frames(struct loop *loop, bool wanted);

void loop_want_ticks(struct loop *loop, bool wanted);

/* How long an escape may wait for the rest of an arrow key: 10 to 1000 ms, 25 at first. */
void loop_set_escape_ms(struct loop *loop, unsigned escape_ms);

/* Calls back a moment after a file was written, also by editors that rename a new file over it.
 * False: its directory cannot be watched.  A path already watched is watched once. */
bool loop_watch_file(struct loop *loop, const char *path);
void loop_unwatch_file(struct loop *loop, const char *path);

#endif
