/*
 * A histogram of durations: log-linear buckets, percentiles true to 1 %, integers only, in the
 * arena.
 */
#ifndef SIM_ENGINE_HISTOGRAM_H
#define SIM_ENGINE_HISTOGRAM_H

#include "sim/engine/region.h"

/* Values are nanoseconds, 0 to 2^63-1.  Zero is an empty histogram; its buckets are taken at the
 * first record (nothing is recorded when the arena is full). */
struct histogram {
    ref buckets;    /* u64 each */
    uint32_t limit; /* of buckets; grows to the largest value */
    uint64_t count, minimum, maximum;
    uint64_t sum_high, sum_low; /* 128-bit sum */
};

void histogram_record(struct region *region, struct histogram *histogram, uint64_t value);

/* The value below or at which permille/1000 of the records lie (nearest rank), within 1 %, never
 * above the maximum; 0 when empty. */
uint64_t histogram_percentile(const struct region *region, const struct histogram *histogram,
                              uint32_t permille);
uint64_t histogram_mean(const struct histogram *histogram);
void histogram_clear(struct region *region,
                     struct histogram *histogram); /* empties, keeps the buckets */
void histogram_release(struct region *region, struct histogram *histogram);

#endif
