/*
 * A bare hashed wheel to measure re-armed timers against: 65536 slots, lists by index, it never
 * fires.
 */
#ifndef TESTS_BENCH_REFERENCE_WHEEL_H
#define TESTS_BENCH_REFERENCE_WHEEL_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BARE_WHEEL_SLOTS 65536u
#define BARE_WHEEL_TICK  18 /* bits: 2^18 ns = 0.26 ms */
#define BARE_WHEEL_NONE  UINT32_MAX

struct reference_wheel {
    uint32_t heads[BARE_WHEEL_SLOTS];
    uint32_t *next, *previous, *slot;
    uint64_t *deadline_ns;
};

static inline void bare_wheel_link(struct reference_wheel *wheel, uint32_t timer, uint64_t time_ns)
{
    uint32_t slot = (uint32_t)(time_ns >> BARE_WHEEL_TICK) % BARE_WHEEL_SLOTS;
    uint32_t head = wheel->heads[slot];
    wheel->deadline_ns[timer] = time_ns;
    wheel->slot[timer] = slot;
    wheel->next[timer] = head;
    wheel->previous[timer] = BARE_WHEEL_NONE;
    if (head != BARE_WHEEL_NONE) {
        wheel->previous[head] = timer;
    }
    wheel->heads[slot] = timer;
}

static inline void bare_wheel_unlink(struct reference_wheel *wheel, uint32_t timer)
{
    uint32_t next = wheel->next[timer];
    uint32_t previous = wheel->previous[timer];
    if (previous != BARE_WHEEL_NONE) {
        wheel->next[previous] = next;
    } else {
        wheel->heads[wheel->slot[timer]] = next;
    }
    if (next != BARE_WHEEL_NONE) {
        wheel->previous[next] = previous;
    }
}

static inline void bare_wheel_init(struct reference_wheel *wheel, uint32_t timers)
{
    memset(wheel->heads, 0xff, sizeof wheel->heads);
    wheel->next = malloc(timers * sizeof *wheel->next);
    wheel->previous = malloc(timers * sizeof *wheel->previous);
    wheel->slot = malloc(timers * sizeof *wheel->slot);
    wheel->deadline_ns = malloc(timers * sizeof *wheel->deadline_ns);
}

static inline void bare_wheel_release(struct reference_wheel *wheel)
{
    free(wheel->next);
    free(wheel->previous);
    free(wheel->slot);
    free(wheel->deadline_ns);
}

#endif
