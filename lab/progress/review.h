/*
 * When a lesson comes back: 1, 3, 7 and 21 days, each after the one before was remembered.
 */
#ifndef LAB_PROGRESS_REVIEW_H
#define LAB_PROGRESS_REVIEW_H

#include <stdbool.h>
#include <stdint.h>

#define REVIEW_COUNT 4

struct review {
    uint64_t due_ms;     /* 0: never again, or not yet learnt */
    uint32_t remembered; /* in a row: 0..REVIEW_COUNT */
};

struct review review_begin(uint64_t done_ms); /* 0: never done */

/* One who remembers before it is due is asked at the same time as before; one who does not begins
 * again, a day later. */
void review_answer(struct review *review, uint64_t answered_ms, bool remembered);

#endif
