/*
 * The lab as a program: the model in a terminal, or as lines.
 */
#ifndef LAB_APP_APP_H
#define LAB_APP_APP_H

#include <stdbool.h>

#include "sim/engine/error.h"

struct lab_options {
    const char *file; /* a world, or a lesson's folder; NULL: home */
    enum language language;
    bool language_told; /* by --lang or the locale: nobody needs to be asked */
    bool plain;         /* a lesson as lines on standard input and output */
    bool ascii;         /* no signs beyond ASCII */
};

/* Runs the lab until it is left.  Returns the exit status. */
int lab_main(const struct lab_options *options);

#endif
