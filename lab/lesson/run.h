/*
 * A lesson's script run without a screen, and what is read from it: `outage check`, reviews and
 * offers count with it.
 */
#ifndef LAB_LESSON_RUN_H
#define LAB_LESSON_RUN_H

#include "lab/language/session.h"
#include "lab/lesson/lesson.h"

struct lesson_run {
    const char *script, *file; /* as errors name it */
    enum language language;
    uint64_t seed;              /* 0: what the script says */
    uint64_t events_max;        /* 0: any number */
    const char *const *changes; /* lines that act when the building is done; NULL-ended, or NULL */
};

/* The world as its script builds it, with the changes; the caller closes it.  NULL with the error
 * when the script cannot be read or a change is refused; a line of the script that fails is in the
 * session's own state. */
struct session *lesson_run_built(const struct lesson_run *run, struct error *error);
/* Run to its end; NULL also when it does not come to one. */
struct session *lesson_run_ended(const struct lesson_run *run);

/* The world that "variant:" of a name means, and the name behind it; NULL: no such variant. */
struct world *lesson_world_of(struct session *session, const char **name);

/* What a {place} of prose, an answer or a price stands for: a metric of a variant, or a
 * parameter. */
enum told_place { TOLD_NONE, TOLD_SILENT, TOLD_KNOWN };
enum told_place lesson_place(struct session *session, const char *name, struct value *value);

/* `within` in the question's unit; a share of the counted answer when it is in percent.  False when
 * it cannot be read. */
bool lesson_within(const struct question *question, const struct value *answer, int64_t *within);

/* The counted answer of a question when its run has ended, in the question's unit; of a choice its
 * place, of a map a bit for each part.  False when it has none. */
bool lesson_count(struct session *session, const struct question *question, struct value *counted);
/* A guess is what was counted, within the tolerance. */
bool lesson_right(const struct question *question, const struct value *counted, int64_t guess);

/* What may be marked on the map: parts=, or every process that serves.  How many. */
unsigned lesson_marks(const struct question *question, const struct world *world,
                      const char *names[LESSON_MARKS]);
/* "lb, cache" or "1,3" as bits of these; false when a word is none of them. */
bool lesson_marks_read(const char *words, const char *const *names, unsigned count, int64_t *bits);
/* The same, but what is none of them is left out. */
int64_t lesson_marks_among(const char *words, const char *const *names, unsigned count);
void lesson_marks_add(struct text *to, const char *const *names, unsigned count, int64_t bits);

#endif
