/*
 * The lab as a program: the model in a terminal, or as lines.
 */
#ifndef LAB_APP_APP_H
#define LAB_APP_APP_H

#include "sim/engine/error.h"

/* Runs the lab: home, or what the file is (a world, or a lesson's folder); `plain`: a lesson as
 * lines on standard input and output.  Returns the exit status. */
int lab_main(const char *file, enum language language, bool plain);

#endif
