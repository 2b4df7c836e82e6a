/* Inside of checking a lesson: what the files check_*.c share. */
#ifndef LAB_LESSON_CHECK_H
#define LAB_LESSON_CHECK_H

#include "lab/lesson/lesson.h"
#include "lab/language/session.h"

struct check {
    const struct lesson *lesson;
    enum language language;
    void (*report)(void *user, const char *line);
    void *user;
    uint32_t failed;
};

/* Reports a failure at a place of a file; counts it. */
void check_fail(struct check *check, const char *path, uint32_t line, enum error_id id,
                const char *a, const char *b, const char *c);

/* The same keys, steps, questions and goals in both languages (check_text.c). */
void check_parity(struct check *check);
/* Prose: no literal **, NFC, no number from nowhere, no place that leads nowhere (check_text.c). */
void check_prose(struct check *check, struct session *run);

/* What a {place} of prose or a price stands for: a metric, or a parameter, of the run. */
bool lesson_place(struct session *session, const char *name, struct value *value);

#endif
