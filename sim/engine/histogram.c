/*
 * A histogram of durations: 64 buckets an octave, so that a bucket's middle is within 0.8 % of all
 * in it.
 */
#include "sim/engine/histogram.h"

#include <string.h>

#define OCTAVE_BITS    6
#define OCTAVE_BUCKETS 64u
#define BUCKETS_MIN    1024u /* 8 KiB: up to 2 ms */

__extension__ typedef unsigned __int128 wide;

/* Below 128 a bucket is one value; each octave from there on has 64 buckets of equal width. */
static unsigned octave_of(uint64_t value)
{
    return value < OCTAVE_BUCKETS ? 0 : 63u - OCTAVE_BITS - (unsigned)__builtin_clzll(value);
}

static uint32_t bucket_of(uint64_t value)
{
    unsigned octave = octave_of(value);
    return octave * OCTAVE_BUCKETS + (uint32_t)(value >> octave);
}

static uint64_t bucket_middle(uint32_t bucket)
{
    unsigned octave = bucket < 2 * OCTAVE_BUCKETS ? 0 : bucket / OCTAVE_BUCKETS - 1;
    uint64_t first = (uint64_t)(bucket - octave * OCTAVE_BUCKETS) << octave;
    return first + (((uint64_t)1 << octave) - 1) / 2;
}

static bool hold_bucket(struct region *region, struct histogram *histogram, uint32_t bucket)
{
    uint32_t limit = histogram->limit == 0 ? BUCKETS_MIN : histogram->limit;
    while (limit <= bucket) {
        limit *= 2;
    }
    ref buckets =
        arena_grow(region, histogram->buckets, (uint64_t)histogram->limit * sizeof(uint64_t),
                   (uint64_t)limit * sizeof(uint64_t));
    if (buckets == 0) {
        return false;
    }
    histogram->buckets = buckets;
    histogram->limit = limit;
    return true;
}

void histogram_record(struct region *region, struct histogram *histogram, uint64_t value)
{
    uint32_t bucket = bucket_of(value);
    if (bucket >= histogram->limit && !hold_bucket(region, histogram, bucket)) {
        return;
    }
    uint64_t *counts = arena_at(region, histogram->buckets);
    counts[bucket]++;
    if (histogram->count == 0 || value < histogram->minimum) {
        histogram->minimum = value;
    }
    if (value > histogram->maximum) {
        histogram->maximum = value;
    }
    histogram->count++;
    histogram->sum_low += value;
    histogram->sum_high += histogram->sum_low < value;
}

uint64_t histogram_percentile(const struct region *region, const struct histogram *histogram,
                              uint32_t permille)
{
    if (histogram->count == 0 || permille >= 1000) {
        return histogram->maximum;
    }
    uint64_t rank = (uint64_t)(((wide)histogram->count * permille + 999) / 1000);
    if (rank <= 1) {
        return histogram->minimum;
    }
    const uint64_t *counts = arena_at(region, histogram->buckets);
    uint32_t bucket = 0;
    for (uint64_t below = counts[0]; below < rank; below += counts[bucket]) {
        bucket++;
    }
    uint64_t value = bucket_middle(bucket);
    if (value > histogram->maximum) {
        return histogram->maximum;
    }
    return value < histogram->minimum ? histogram->minimum : value;
}

uint64_t histogram_mean(const struct histogram *histogram)
{
    if (histogram->count == 0) {
        return 0;
    }
    wide sum = (wide)histogram->sum_high << 64 | histogram->sum_low;
    return (uint64_t)(sum / histogram->count);
}

void histogram_clear(struct region *region, struct histogram *histogram)
{
    if (histogram->buckets != 0) {
        memset(arena_at(region, histogram->buckets), 0,
               (uint64_t)histogram->limit * sizeof(uint64_t));
    }
    *histogram = (struct histogram){.buckets = histogram->buckets, .limit = histogram->limit};
}

void histogram_release(struct region *region, struct histogram *histogram)
{
    arena_give(region, histogram->buckets, (uint64_t)histogram->limit * sizeof(uint64_t));
    *histogram = (struct histogram){0};
}
