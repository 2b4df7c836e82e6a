/*
 * What the benchmarks share: the clock, memory, medians of alternating rounds and the table.
 */
#ifndef TESTS_BENCH_COMMON_H
#define TESTS_BENCH_COMMON_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#define ROUNDS 9

/* A line of the table at the end of `bench` (tests/bench/all): OUTAGE_BENCH names its file; without
 * it none is kept. */
enum bound { AT_LEAST, AT_MOST };
static inline void keep_goal(const char *work, double reached, const char *unit, enum bound bound,
                             double goal)
{
    const char *path = getenv("OUTAGE_BENCH");
    FILE *table = path != NULL ? fopen(path, "a") : NULL;
    int met = bound == AT_LEAST ? reached >= goal : reached <= goal;
    if (table == NULL) {
        return;
    }
    fprintf(table, "%s\t%.3g\t%s %.3g\t%s\t%s\n", work, reached,
            bound == AT_LEAST ? "at least" : "at most", goal, unit, met ? "yes" : "NO");
    fclose(table);
}

static inline double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Zeroed memory as the program maps a world's: reserved, touched page by page as it is used. */
static inline void *map_memory(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    return memory;
}

static inline int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline double median(double values[ROUNDS])
{
    qsort(values, ROUNDS, sizeof values[0], compare_doubles);
    return values[ROUNDS / 2];
}

/* A side of a comparison: does `operations` operations on its state. */
typedef void run_side(void *state, long operations);

struct side {
    run_side *run;
    void *state;
};

static inline double rate_of(const struct side *side, long operations)
{
    double start = clock_seconds();
    side->run(side->state, operations);
    return (double)operations / (clock_seconds() - start);
}

static inline void print_head(void)
{
    printf("%-34s %12s %12s %-10s %6s %6s  %s\n", "work", "ours/s", "reference/s", "reference",
           "ratio", "goal", "reached");
}

/* One row: both sides in turn, the medians of their rates and of the rounds' ratios. */
static inline void compare_sides(const char *work, const char *reference_name, double goal,
                                 const struct side *ours, const struct side *reference,
                                 long operations)
{
    double ours_rate[ROUNDS], reference_rate[ROUNDS], ratio[ROUNDS];
    rate_of(ours, operations); /* both warm */
    rate_of(reference, operations);
    for (int i = 0; i < ROUNDS; i++) {
        ours_rate[i] = rate_of(ours, operations);
        reference_rate[i] = rate_of(reference, operations);
        ratio[i] = ours_rate[i] / reference_rate[i];
    }
    double middle = median(ratio);
    char unit[64];
    snprintf(unit, sizeof unit, "of the %s", reference_name);
    keep_goal(work, middle, unit, AT_LEAST, goal);
    printf("%-34s %12.4g %12.4g %-10s %6.2f %6.2f  %s\n", work, median(ours_rate),
           median(reference_rate), reference_name, middle, goal, middle >= goal ? "yes" : "NO");
    fflush(stdout);
}

#endif
