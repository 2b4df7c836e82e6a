/* The intervals after which a lesson comes back. */
#include "lab/progress/review.h"

#define DAY_MS   UINT64_C(86400000)
#define EARLY_MS (4 * DAY_MS / 24) /* the next evening may be an earlier hour */

static const uint32_t days[REVIEW_COUNT] = {1, 3, 7, 21};

static uint64_t after(uint64_t time_ms, uint32_t remembered)
{
    return remembered < REVIEW_COUNT ? time_ms + days[remembered] * DAY_MS - EARLY_MS : 0;
}

struct review review_begin(uint64_t done_ms)
{
    return (struct review){done_ms ? after(done_ms, 0) : 0, 0};
}

void review_answer(struct review *review, uint64_t answered_ms, bool remembered)
{
    bool due = review->due_ms && answered_ms >= review->due_ms;
    bool learnt = review->due_ms || review->remembered;
    if (!learnt || (remembered && !due))
        return;
    review->remembered = remembered ? review->remembered + 1 : 0;
    review->due_ms = after(answered_ms, review->remembered);
}
