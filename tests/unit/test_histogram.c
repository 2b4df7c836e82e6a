/*
 * Histograms: percentiles against a sorted array, exact mean and ends, clearing, a full arena.
 */
#include "tests/unit/region_fixture.h"

#include "sim/engine/histogram.h"

#define RECORDS 5000

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static uint64_t draw_value(struct stream *stream, uint64_t seed)
{
    switch (seed % 5) {
    case 0:
        return stream_below(stream, 100); /* small ones are exact */
    case 1:
        return stream_exponential(stream, 1000000);
    case 2:
        return stream_next(stream) >> (1 + stream_below(stream, 63));
    case 3:
        return stream_below(stream, 50) ? 200000 + stream_below(stream, 1000) : 3000000000;
    default:
        return 77777777;
    }
}

static void percentiles_are_those_of_a_sorted_array(void **state)
{
    (void)state;
    static uint64_t values[RECORDS];
    struct fixture *fixture = fixture_open(1, 1);
    for (uint64_t seed = 0; seed < 25; seed++) {
        struct stream stream = stream_of(seed, "histogram", "test");
        struct histogram histogram = {0};
        uint32_t count = 1 + (uint32_t)stream_below(&stream, RECORDS);
        for (uint32_t i = 0; i < count; i++) {
            values[i] = draw_value(&stream, seed);
            histogram_record(&fixture->region, &histogram, values[i]);
        }
        qsort(values, count, sizeof values[0], compare_u64);
        assert_int_equal(histogram.count, count);
        assert_int_equal(histogram.minimum, values[0]);
        assert_int_equal(histogram.maximum, values[count - 1]);
        for (uint32_t permille = 0; permille <= 1000; permille++) {
            uint64_t rank = ((uint64_t)count * permille + 999) / 1000;
            uint64_t exact = values[rank == 0 ? 0 : rank - 1];
            uint64_t said = histogram_percentile(&fixture->region, &histogram, permille);
            uint64_t error = said > exact ? said - exact : exact - said;
            assert_true(error <= exact / 100);
            assert_true(said <= histogram.maximum && said >= histogram.minimum);
        }
        histogram_release(&fixture->region, &histogram);
        assert_int_equal(fixture->region.arena_live, 0);
    }
    free(fixture);
}

static void the_mean_is_exact_past_64_bits(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_open(1, 1);
    struct histogram histogram = {0};
    for (int i = 0; i < 10; i++) {
        histogram_record(&fixture->region, &histogram, INT64_MAX - (uint64_t)i);
    }
    assert_true(histogram.sum_high > 0);
    assert_int_equal(histogram_mean(&histogram), INT64_MAX - 5);
    free(fixture);
}

static void an_empty_one_says_zero_and_clearing_empties(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_open(1, 1);
    struct histogram histogram = {0};
    assert_int_equal(histogram_mean(&histogram), 0);
    assert_int_equal(histogram_percentile(&fixture->region, &histogram, 990), 0);
    histogram_record(&fixture->region, &histogram, 1000);
    histogram_record(&fixture->region, &histogram, 5000000000);
    ref buckets = histogram.buckets;
    histogram_clear(&fixture->region, &histogram);
    assert_int_equal(histogram.count, 0);
    assert_int_equal(histogram.maximum, 0);
    assert_int_equal(histogram.buckets, buckets);
    assert_int_equal(histogram_percentile(&fixture->region, &histogram, 500), 0);
    histogram_record(&fixture->region, &histogram, 100);
    assert_int_equal(histogram_percentile(&fixture->region, &histogram, 500), 100);
    assert_int_equal(histogram.minimum, 100);
    free(fixture);
}

static void a_full_arena_records_nothing_and_says_so(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_open(1, 1);
    struct histogram histogram = {0};
    histogram_record(&fixture->region, &histogram, 1000);
    for (uint64_t bytes = 1 << 20; bytes > 0; bytes /= 2) {
        while (arena_take(&fixture->region, bytes) != 0) {
        }
    }
    fixture->region.full = 0;
    histogram_record(&fixture->region, &histogram, 5000000000);
    assert_int_equal(fixture->region.full, 1);
    assert_int_equal(histogram.count, 1);
    assert_int_equal(histogram_percentile(&fixture->region, &histogram, 1000), 1000);
    free(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_those_of_a_sorted_array),
        cmocka_unit_test(the_mean_is_exact_past_64_bits),
        cmocka_unit_test(an_empty_one_says_zero_and_clearing_empties),
        cmocka_unit_test(a_full_arena_records_nothing_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
