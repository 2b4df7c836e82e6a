/*
 * How wide a terminal draws the signs of frames and bars: asked, not guessed.
 */
#ifndef LAB_TERM_PROBE_H
#define LAB_TERM_PROBE_H

#include <stddef.h>

enum probe_answer {
    PROBE_NARROW, /* one cell each */
    PROBE_OTHER,  /* some sign is not */
    PROBE_SILENT  /* the terminal does not say where its cursor is */
};

/* Prints each sign on the cursor's row, asks for the cursor (CPR), and wipes the row; waits until
 * the terminal has been silent for 100 ms.  The terminal reads key by key without echo; `input` is
 * non-blocking.  What was typed meanwhile is kept: *count bytes of at most `bytes` in `typed`. */
enum probe_answer probe_signs(int input, int output, char *typed, size_t bytes, size_t *count);

#endif
