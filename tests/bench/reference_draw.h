/*
 * The references' draws: xoshiro256** and the Marsaglia-Tsang ziggurat for Exp(1), in doubles.
 *
 * It is faster than the engine's integer logarithm; its tables come from here and not from libm.
 */
#ifndef TESTS_BENCH_REFERENCE_DRAW_H
#define TESTS_BENCH_REFERENCE_DRAW_H

#include <stdint.h>

#define LAYERS     256
#define TAIL_START 7.69711747013104972
#define LAYER_AREA 0.0039496598225815571993

struct draw {
    uint64_t s[4];
    double x[LAYERS + 1], f[LAYERS + 1];
};

static inline double slow_exp(double x)
{
    double small = x / 1048576.0;
    double result = 1.0 + small * (1.0 + small * (0.5 + small / 6.0));
    for (int i = 0; i < 20; i++) {
        result *= result;
    }
    return result;
}

static inline double slow_log(double x)
{
    double result = 0.0;
    for (int i = 0; i < 60; i++) {
        double e = slow_exp(result);
        result += 2.0 * (x - e) / (x + e); /* Halley's step for exp(y) = x */
    }
    return result;
}

static inline uint64_t draw_next(struct draw *draw)
{
    uint64_t *s = draw->s;
    uint64_t product = s[1] * 5;
    uint64_t result = (product << 7 | product >> 57) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = s[3] << 45 | s[3] >> 19;
    return result;
}

static inline void draw_init(struct draw *draw, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        draw->s[i] = seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    }
    draw->x[0] = LAYER_AREA * slow_exp(TAIL_START);
    draw->x[1] = TAIL_START;
    draw->f[0] = 0.0;
    draw->f[1] = slow_exp(-TAIL_START);
    for (int i = 2; i < LAYERS; i++) {
        draw->x[i] = -slow_log(LAYER_AREA / draw->x[i - 1] + draw->f[i - 1]);
        draw->f[i] = slow_exp(-draw->x[i]);
    }
    draw->x[LAYERS] = 0.0;
    draw->f[LAYERS] = 1.0;
}

static inline double draw_unit(struct draw *draw)
{
    return (double)(draw_next(draw) >> 11) * 0x1p-53;
}

static inline double draw_exponential(struct draw *draw)
{
    for (;;) {
        uint64_t bits = draw_next(draw);
        unsigned layer = (unsigned)(bits % LAYERS);
        double x = (double)(bits >> 11) * 0x1p-53 * draw->x[layer];
        if (__builtin_expect(x < draw->x[layer + 1], 1)) {
            return x;
        }
        if (layer == 0) {
            return TAIL_START - slow_log(1.0 - draw_unit(draw));
        }
        double height = draw->f[layer] + (draw->f[layer + 1] - draw->f[layer]) * draw_unit(draw);
        if (height < slow_exp(-x)) {
            return x;
        }
    }
}

static inline uint64_t draw_delay_ns(struct draw *draw, double mean_ns)
{
    return (uint64_t)(draw_exponential(draw) * mean_ns);
}

#endif
