/*
 * outage import: a redis.conf becomes a world.
 */
#ifndef LAB_IMPORT_IMPORT_H
#define LAB_IMPORT_IMPORT_H

#include "lab/batch/batch.h"

/* Its own words (argv[0] is the subcommand's name); the exit status. */
int import_conf(int argc, char **argv, enum language language);

#endif
