/*
 * The program's version: in --version and in shared runs.
 */
#ifndef LAB_VERSION_H
#define LAB_VERSION_H

#ifndef OUTAGE_VERSION
#define OUTAGE_VERSION "0.1.0"
#endif

#endif
