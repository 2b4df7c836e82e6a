/*
 * Random streams: one for each component and purpose, so that adding a component or changing one
 * parameter leaves every other component's draws as they were.
 *
 * xoshiro256** seeded by splitmix64 over (seed, component name, purpose).  Integers only: the same
 * bits on every machine, compiler and optimisation.
 */
#ifndef SIM_ENGINE_RANDOM_H
#define SIM_ENGINE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct stream {
    uint64_t s[4];
};

struct stream stream_of(uint64_t seed, const char *component, const char *purpose);
uint64_t stream_next(struct stream *stream);

/* Uniform in 0..bound-1 (multiply-high); bound 0 gives 0. */
uint64_t stream_below(struct stream *stream, uint64_t bound);

/* True once in `per` draws of `chance` (chance/per). */
bool stream_chance(struct stream *stream, uint64_t chance, uint64_t per);

/* Exponential with this mean (below 2^58), by an integer logarithm (relative error below 1e-8); one
 * draw each, monotone, so that variants stay in step. */
uint64_t stream_exponential(struct stream *stream, uint64_t mean);

#endif
