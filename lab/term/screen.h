/*
 * The one terminal: opened, shown canvases, put back.  There is one at a time, since crash handlers
 * must find it.
 */
#ifndef LAB_TERM_SCREEN_H
#define LAB_TERM_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "lab/canvas/canvas.h"
#include "sim/engine/error.h"

struct screen_options {
    bool ascii;    /* --ascii: do not ask the terminal */
    bool no_color; /* --no-color; a NO_COLOR that is not empty says the same */
};

enum screen_error {
    SCREEN_OPENED,
    SCREEN_NO_TERMINAL,  /* stdout is not a terminal */
    SCREEN_UNKNOWN_TERM, /* no description of TERM here */
    SCREEN_DUMB_TERM,    /* cannot place the cursor */
    SCREEN_CANNOT_OPEN,  /* the terminal's device, or no memory */
};

/* A UTF-8 LC_CTYPE, whatever the environment says (C, a locale that is not installed).  Returns
 * whether the environment's own locale was UTF-8.  screen_open calls it; programs without a screen
 * may. */
bool screen_set_locale(void);

/* Call after loop_open: signal handlers must stand before curses starts.  On an error nothing was
 * changed and the program says screen_error_text and leaves with status 2. */
enum screen_error screen_open(const struct screen_options *options);
void screen_error_text(enum screen_error error, enum language language, char *to, size_t bytes);

/* Puts the terminal back as it was; may be called twice; also runs at exit and, without curses, on
 * a crash. */
void screen_close(void);

/* Whether canvases must be drawn in ASCII (asked for, or a sign is not one cell wide here). */
bool screen_is_ascii(void);
void screen_size(int *rows, int *columns);

/* Shows what differs from the last canvas; a canvas of another size is cut or padded with blanks.
 */
void screen_show(const struct canvas *canvas);
void screen_redraw(void); /* Ctrl-L: the next screen_show sends everything */

/* For the loop. */
int screen_descriptor(
    void); /* of an own open of the terminal: non-blocking reads do not reach the shell */
int screen_read(char *to, size_t bytes); /* bytes typed, first those that came while the terminal
                                            was asked; 0: none now, -1: the terminal is gone */
bool screen_fit(void);                   /* takes over the terminal's size; whether it changed */
void screen_suspend(void);               /* before the process stops */
void screen_resume(void);                /* and after it; takes over the size */

#endif
