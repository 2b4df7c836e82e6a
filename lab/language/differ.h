/*
 * In what two worlds differ: metrics with other values, settings with other values.
 *
 * What the comparison of branches, the twins' screen and tables of variants are made from.  Nothing
 * here changes a world.
 */
#ifndef LAB_LANGUAGE_DIFFER_H
#define LAB_LANGUAGE_DIFFER_H

#include "lab/language/session.h"

/* One thing that is not the same; [0] is of the first world, [1] of the second. */
struct difference {
    char name[2 * NAME_BYTES];   /* "cache.at_risk_power", "cache.appendonly" */
    const struct kind *kind;     /* of the part */
    const struct metric *metric; /* its row; NULL: it is a setting */
    bool known[2];               /* false: no value yet, or the part is not there */
    struct value value[2];       /* of a metric */
    char setting[2][80];         /* of a setting, as a person would type it; "" no such part */
};

typedef void differ_found(void *user, const struct difference *difference);

/* Metrics, in this order: clients' (what is felt), other parts' with a process, the rest; then as
 * they were added.  What an open prediction of the session hides is left out (session NULL:
 * nothing). Both worlds at one time, or the comparison says little.  How many there are; `found`
 * may be NULL. */
uint32_t differ_metrics(const struct session *session, struct world *a, struct world *b,
                        differ_found *found, void *user);

/* Settings of parts that are in both, by what the processes go by. */
uint32_t differ_settings(const struct world *a, const struct world *b, differ_found *found,
                         void *user);

/* A table for people: a line for each metric that differs, under the two names. */
void differ_table(const struct session *session, struct text *text, const char *const names[2],
                  struct world *const worlds[2]);

#endif
