/*
 * Single points of failure, found by trying: a run goes on once for each part, and that part is
 * taken away for good.
 *
 * Each try is the same run from its beginning, in a session and a thread of its own, so that
 * nothing but the part differs.
 */
#ifndef LAB_LANGUAGE_SPOF_H
#define LAB_LANGUAGE_SPOF_H

#include "lab/language/session.h"

#define SPOF_PARTS_MAX    256
#define SPOF_SETTLE_NS    (30 * SECOND_NS) /* failover has its time */
#define SPOF_GOES_ON_NS   (30 * SECOND_NS) /* then it is counted */
#define SPOF_AVAILABILITY (50 * PERCENT_ONE)

/* Why all depends on it, as far as the world's own settings say so. */
enum spof_reason {
    SPOF_ASKED_ALONE,  /* a client's to= is this one */
    SPOF_NO_SUCCESSOR, /* it has a copy, and nobody promotes it */
    SPOF_STANDS_ON,    /* a machine: `residents` parts stand on it */
    SPOF_ONLY_WAY,     /* a link */
    SPOF_WAITED_FOR    /* others call it */
};

struct spof_part {
    char name[NAME_BYTES];
    const char *kind;             /* "store", "machine", "link", ... */
    char command[NAME_BYTES * 2]; /* what took it away, as a line */
    enum spof_reason reason;
    char other[NAME_BYTES];    /* the copy, the client */
    char balancer[NAME_BYTES]; /* that sends requests to it, too; "" none */
    uint32_t residents;
    bool spof;
    uint64_t availability; /* of requests that finished after the settling; PERCENT_ONE is 1 % */
    int64_t acked_lost;    /* acked writes that are gone or cannot be reached at the end */
    uint64_t refused, timed_out; /* since it was taken away */
    uint64_t recovered_after_ns; /* until requests were answered again; TIME_NEVER: they were not */
    uint64_t out_after_ns; /* until its balancer took it out, to a tenth of a second; TIME_NEVER: it
                              did not, or there is none */
};

struct spof {
    struct spof_part parts[SPOF_PARTS_MAX]; /* the worst first */
    uint32_t count, spofs;
    uint64_t taken_ns; /* when each part was taken away */
    uint64_t settle_ns;
    uint64_t untouched; /* availability of the run that nobody touched, from the same time on */
    uint64_t worst_availability; /* of all parts; 100 % when there are none */
    uint64_t seed;
};

struct spof_options {
    enum language language;
    uint64_t seed; /* 0: what the script says */
    const char *const *sets;
    const char *file;
    uint64_t settle_ns;
    uint64_t taken_ns; /* TIME_NEVER: half way of the untouched run */
    uint32_t variant;
    unsigned jobs;                     /* threads; 0: one a core */
    const struct world_limits *limits; /* of each world; NULL and 0: the defaults */
    uint64_t arena_bytes;
    /* Asked between two tries, from several threads one at a time: false ends it.  May be NULL. */
    bool (*goes_on)(void *user, uint32_t done, uint32_t of);
    void *user;
};

/* False with the error when the script cannot be run to where parts are taken away, or it was
 * ended. */
bool spof_find(struct spof *spof, const char *script, size_t bytes,
               const struct spof_options *options, struct error *error);

/* The parts of a world that can be taken away: spof_parts.c.  Fills names, kinds, commands. */
uint32_t spof_parts(const struct world *world, struct spof_part *parts, uint32_t room);

/* Would this command bring the part back? */
bool spof_revives(const struct world *world, const struct spof_part *part,
                  const struct command *command);

/* Of a session as it is now; NULL when its run cannot be told.  Kept by it until the world
 * moves. */
const struct spof *session_spof(struct session *session, uint32_t variant);

/* Why all depends on a part, or how it was got over. */
void spof_why(struct text *text, const struct spof_part *part, enum language language);

/* A table for people: what was taken away, what the clients heard, which are single points and why.
 */
void spof_report(const struct spof *spof, struct text *text, enum language language);

#endif
