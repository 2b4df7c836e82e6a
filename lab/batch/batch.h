/*
 * The headless subcommands: what main's table calls.
 */
#ifndef LAB_BATCH_BATCH_H
#define LAB_BATCH_BATCH_H

#include <stdio.h>

#include "sim/sim.h"

/* What the program's status says. */
enum status {
    STATUS_HELD,   /* every expect held */
    STATUS_FAILED, /* one failed, or a run until went past its max */
    STATUS_WRONG,  /* usage, a wrong script, an output that could not be written */
    STATUS_DEFECT  /* the program is wrong */
};

/* Each gets its own words (argv[0] is the subcommand's name) and returns the exit status. */
int batch_run(int argc, char **argv, enum language language);
int batch_kinds(int argc, char **argv, enum language language);
int batch_spof(int argc, char **argv, enum language language);
int batch_check(int argc, char **argv, enum language language);

/* From here on a crash is a sentence and STATUS_DEFECT. */
void batch_guard(void);

/* A world file's bytes; `-` is standard input.  NULL with the reason on standard error. */
char *batch_read(const char *path, size_t *bytes, enum language language);

/* One file, quietly, with what fails on standard error: for `check`. */
int batch_run_file(const char *path, enum language language);

/* Errors as one line on standard error. */
void batch_error(const char *file, const struct command *command, const struct error *error,
                 enum language language);
int batch_usage(const char *word, const char *usage, enum language language); /* STATUS_WRONG */
/* The same for another error than a word that is not understood. */
int batch_misuse(enum error_id id, const char *a, const char *b, const char *usage,
                 enum language language);

/* Can a file be made there?  Asked before a long run; `-` is no file to write to.  False with the
 * reason on standard error. */
bool batch_writable(const char *path, enum language language);

/* Flushes standard output: the status, or STATUS_WRONG with a word when it could not be written. */
int batch_flush(int status, enum language language);

#endif
