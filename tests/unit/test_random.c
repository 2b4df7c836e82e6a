/*
 * Random streams: pinned values, bounds, and the exponential draw against a logarithm by series.
 */
#include "tests/unit/region_fixture.h"

#define MEAN UINT64_C(1000000000000000)

static void streams_have_the_pinned_values(void **state)
{
    (void)state;
    struct stream a = stream_of(1, "redis", "arrival");
    struct stream b = stream_of(0, "", "");
    static const uint64_t of_a[] = {UINT64_C(15148805068017493797), UINT64_C(12220600198568525262),
                                    UINT64_C(18249848169167912716)};
    static const uint64_t of_b[] = {UINT64_C(9953462277406763287), UINT64_C(11263641284436190416),
                                    UINT64_C(14084510316566797444)};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(stream_next(&a), of_a[i]);
        assert_int_equal(stream_next(&b), of_b[i]);
    }
    static const uint64_t delays_ns[] = {343328031, 225599041, 1608020842};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(stream_exponential(&a, 1000000000), delays_ns[i]);
    }
}

/* The reference sequence of xoshiro256** from the state 1, 2, 3, 4 (worked out by hand from its
 * definition: rotl(2 * 5, 7) * 9 = 11520, then rotl(0, 7) * 9 = 0). */
static void the_generator_is_xoshiro256_star_star(void **state)
{
    (void)state;
    struct stream stream = {{1, 2, 3, 4}};
    assert_int_equal(stream_next(&stream), 11520);
    assert_int_equal(stream_next(&stream), 0);
    assert_int_equal(stream_next(&stream), 1509978240);
    assert_int_equal(stream_next(&stream), UINT64_C(1215971899390074240));
}

static void names_and_seeds_make_other_streams(void **state)
{
    (void)state;
    struct stream streams[] = {stream_of(1, "a", "b"), stream_of(2, "a", "b"),
                               stream_of(1, "b", "a"), stream_of(1, "ab", ""),
                               stream_of(1, "", "ab"), stream_of(1, "a", "c")};
    uint64_t first[6];
    for (int i = 0; i < 6; i++) {
        first[i] = stream_next(&streams[i]);
        for (int j = 0; j < i; j++) {
            assert_true(first[i] != first[j]);
        }
    }
}

static void bounded_draws_are_even_and_inside(void **state)
{
    (void)state;
    struct stream stream = stream_of(7, "bounds", "test");
    int counts[10] = {0};
    for (int i = 0; i < 100000; i++) {
        uint64_t value = stream_below(&stream, 10);
        assert_in_range(value, 0, 9);
        counts[value]++;
    }
    for (int i = 0; i < 10; i++) {
        assert_in_range(counts[i], 9600, 10400);
    }
    assert_int_equal(stream_below(&stream, 0), 0);
    assert_int_equal(stream_below(&stream, 1), 0);
    int hits = 0;
    for (int i = 0; i < 100000; i++) {
        assert_true(stream_chance(&stream, 5, 5));
        assert_false(stream_chance(&stream, 0, 5));
        hits += stream_chance(&stream, 3, 1000);
    }
    assert_in_range(hits, 240, 360);
}

/* A stream whose next output is `value`: the output function, backwards. */
static struct stream stream_that_gives(uint64_t value)
{
    uint64_t product = value * UINT64_C(0x8e38e38e38e38e39); /* 1/9 */
    product = product >> 7 | product << 57;                  /* rotl 7, backwards */
    return (struct stream){{1, product * UINT64_C(0xcccccccccccccccd), 2, 3}}; /* 1/5 */
}

static uint64_t exponential_of(uint64_t draw, uint64_t mean)
{
    struct stream stream = stream_that_gives(draw);
    return stream_exponential(&stream, mean);
}

/* -ln(x / 2^64) by 2 atanh((1-m)/(1+m)), m = x / 2^(64-k) in [1/2, 1]. */
static long double minus_log(uint64_t x)
{
    int octave = __builtin_clzll(x);
    long double m = (long double)(x << octave) / 18446744073709551616.0L;
    long double z = (1 - m) / (1 + m);
    long double term = z;
    long double sum = 0;
    for (int i = 1; i < 90; i += 2) {
        sum += term / i;
        term *= z * z;
    }
    return octave * 0.693147180559945309417232121458L + 2 * sum;
}

static void assert_true_to_the_logarithm(uint64_t x)
{
    long double exact = minus_log(x) * (long double)MEAN;
    long double drawn = (long double)exponential_of(x - 1, MEAN);
    long double error = drawn > exact ? drawn - exact : exact - drawn;
    assert_true(error <= exact * 1e-9L + 1);
}

static void the_exponential_is_true_to_the_logarithm(void **state)
{
    (void)state;
    struct stream stream = stream_of(9, "log", "test");
    for (int i = 0; i < 100000; i++) {
        uint64_t x = stream_next(&stream) >> stream_below(&stream, 64);
        assert_true_to_the_logarithm(x == 0 ? 1 : x);
        assert_true_to_the_logarithm(x == 0 ? UINT64_MAX : ~x == 0 ? x : ~x);
    }
    assert_int_equal(exponential_of(UINT64_MAX, MEAN), 0);
    assert_int_equal(exponential_of(0, 1000), 44361); /* 64 ln 2 */
}

static void the_exponential_is_monotone_at_every_border(void **state)
{
    (void)state;
    for (unsigned octave = 0; octave < 54; octave++) {
        for (uint64_t half = 512; half < 1024; half++) {
            uint64_t border = (half << 54) >> octave;
            uint64_t last = UINT64_MAX;
            for (uint64_t draw = border - 6; draw != border + 6; draw++) {
                uint64_t value = exponential_of(draw, UINT64_C(1) << 57);
                assert_true(value <= last);
                last = value;
            }
        }
    }
}

static void the_exponential_has_its_mean_and_deviation(void **state)
{
    (void)state;
    struct stream stream = stream_of(5, "moments", "test");
    const int draws = 1000000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < draws; i++) {
        double value = (double)stream_exponential(&stream, 1000000) / 1e6;
        sum += value;
        squares += value * value;
    }
    double mean = sum / draws;
    double variance = squares / draws - mean * mean;
    assert_true(mean > 0.997 && mean < 1.003);         /* 3 standard errors: 0.001 each */
    assert_true(variance > 0.991 && variance < 1.009); /* standard error 0.0028 */
}

static void a_draw_takes_one_step_of_the_stream(void **state)
{
    (void)state;
    struct stream a = stream_of(5, "step", "test");
    for (uint64_t mean = 0; mean < 1000; mean++) {
        struct stream b = a;
        struct stream c = a;
        stream_next(&a);
        stream_exponential(&b, mean);
        stream_chance(&c, mean, 1000);
        assert_memory_equal(&a, &b, sizeof a);
        assert_memory_equal(&a, &c, sizeof a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_have_the_pinned_values),
        cmocka_unit_test(the_generator_is_xoshiro256_star_star),
        cmocka_unit_test(names_and_seeds_make_other_streams),
        cmocka_unit_test(bounded_draws_are_even_and_inside),
        cmocka_unit_test(the_exponential_is_true_to_the_logarithm),
        cmocka_unit_test(the_exponential_is_monotone_at_every_border),
        cmocka_unit_test(the_exponential_has_its_mean_and_deviation),
        cmocka_unit_test(a_draw_takes_one_step_of_the_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
