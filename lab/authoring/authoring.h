/*
 * outage new: a lesson to begin with.
 */
#ifndef LAB_AUTHORING_AUTHORING_H
#define LAB_AUTHORING_AUTHORING_H

#include "lab/batch/batch.h"

#define AUTHORING_USAGE "outage new lesson NAME [--in FOLDER]"

/* Its own words (argv[0] is the subcommand's name); the exit status.  Writes FOLDER/NN-NAME with
 * the next number (FOLDER: where lessons are), never over anything that is there. */
int authoring_new(int argc, char **argv, enum language language);

#endif
