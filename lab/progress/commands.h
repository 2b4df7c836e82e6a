/*
 * outage progress, outage retro: what main's table calls.
 */
#ifndef LAB_PROGRESS_COMMANDS_H
#define LAB_PROGRESS_COMMANDS_H

#include "lab/batch/batch.h"

#define PROGRESS_USAGE "outage progress export [FILE] | import FILE"
#define RETRO_USAGE    "outage retro [FILE] [--session N] [--lang ko|en]"

/* Each gets its own words (argv[0] is the subcommand's name) and returns the exit status; retro's
 * is STATUS_FAILED when there is no such meeting. */
int progress_command(int argc, char **argv, enum language language);
/* `told`: the page is in this language; else in that of its meeting. */
int retro_command(int argc, char **argv, enum language language, bool told);

#endif
