/*
 * What became of the writes that got their OK: on disk, at risk, gone.
 */
#ifndef LAB_VIEW_WRITES_H
#define LAB_VIEW_WRITES_H

#include "lab/app/look.h"

struct writes {
    int64_t acked, safe, risk, gone;
    bool hidden; /* a prediction is open */
    bool any;    /* there is a store */
    bool judged; /* the service came back and said what is lost */
};

struct writes writes_of(const struct look *look, const struct part *store);
struct writes writes_of_all(const struct look *look); /* of every store together */

/* On disk, at risk, gone, in thousandths of all of them: what a bar takes. */
void writes_bar(const struct writes *writes, uint32_t thousandths[3]);

#endif
