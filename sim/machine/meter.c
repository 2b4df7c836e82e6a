/*
 * A meter: how much of something was in use over the last second, without an event of its own.
 *
 * It keeps the area under the level and what the area was at the end of each step of 50 ms.  The
 * last second is the difference of two areas; within a step the area counts as a straight line.
 */
#include "sim/machine/inside.h"

#define STEP_NS (50 * MS_NS)
#define STEP_US (STEP_NS / US_NS)

_Static_assert((METER_STEPS & (METER_STEPS - 1)) == 0, "steps are found by a mask");
_Static_assert((METER_STEPS - 2) * STEP_NS > SECOND_NS, "the ring reaches back over a second");

void meter_start(struct meter *meter, uint64_t now_ns)
{
    *meter = (struct meter){.start_ns = now_ns, .since_ns = now_ns};
}

void meter_set(struct meter *meter, uint64_t now_ns, uint64_t level)
{
    uint64_t step = meter->since_ns / STEP_NS + 1;
    const uint64_t last = now_ns / STEP_NS;

    if (last >= METER_STEPS && step < last - METER_STEPS + 1)
        step = last - METER_STEPS + 1;
    for (; step <= last; step++)
        meter->ring[step & (METER_STEPS - 1)] =
            meter->area + meter->level * (step * STEP_NS - meter->since_ns);
    meter->area += meter->level * (now_ns - meter->since_ns);
    meter->since_ns = now_ns;
    meter->level = level;
}

/* Area at the end of a step that lies at most METER_STEPS - 1 steps before since_ns, or after it.
 */
static uint64_t area_at_step(const struct meter *meter, uint64_t step)
{
    const uint64_t end_ns = step * STEP_NS;

    if (end_ns >= meter->since_ns)
        return meter->area + meter->level * (end_ns - meter->since_ns);
    return end_ns <= meter->start_ns ? 0 : meter->ring[step & (METER_STEPS - 1)];
}

uint64_t meter_last_second(const struct meter *meter, uint64_t now_ns)
{
    const uint64_t age_ns = now_ns - meter->start_ns;
    const uint64_t window_ns = age_ns < SECOND_NS ? age_ns : SECOND_NS;
    const uint64_t from_ns = now_ns - window_ns;
    const uint64_t area = meter->area + meter->level * (now_ns - meter->since_ns);
    uint64_t before, within;

    if (window_ns == 0)
        return meter->level;
    if (from_ns >= meter->since_ns)
        return meter->level;
    if (window_ns < SECOND_NS)
        return area / window_ns;
    before = area_at_step(meter, from_ns / STEP_NS);
    within = area_at_step(meter, from_ns / STEP_NS + 1) - before;
    return (area - before - within / US_NS * (from_ns % STEP_NS) / STEP_US) / window_ns;
}
