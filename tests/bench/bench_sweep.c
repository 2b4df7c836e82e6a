/*
 * Many runs of one world, as `outage spof` makes them: on two threads beside one.
 */
#include <string.h>

#include "bench_common.h"
#include "lab/language/spof.h"

static const char world[] = "seed 4\n"
                            "machine lb-1\nmachine web-1\nmachine web-2\nmachine app-1\n"
                            "add server web-a on web-1 service=2ms\n"
                            "add server web-b on web-2 service=2ms\n"
                            "add balancer lb on lb-1 to=web-a,web-b\n"
                            "add client visitors on app-1 to=lb op=http rate=300/s timeout=1s\n"
                            "run 60s\n";

static double parts_a_second(unsigned jobs)
{
    static struct spof spof;
    struct spof_options options = {.jobs = jobs, .taken_ns = TIME_NEVER};
    struct error error;
    double start = clock_seconds();
    if (!spof_find(&spof, world, strlen(world), &options, &error)) {
        fputs("the world could not be run\n", stderr);
        exit(1);
    }
    return spof.count / (clock_seconds() - start);
}

int main(void)
{
    double one[ROUNDS], two[ROUNDS], ratio[ROUNDS];
    parts_a_second(1);
    for (int i = 0; i < ROUNDS; i++) {
        one[i] = parts_a_second(1);
        two[i] = parts_a_second(2);
        ratio[i] = two[i] / one[i];
    }
    double middle = median(ratio);
    printf("a run for each part: %.1f runs/s on one thread, %.1f on two, ratio %.2f (goal 1.8)\n",
           median(one), median(two), middle);
    keep_goal("runs on two threads beside one", middle, "times", AT_LEAST, 1.8);
    return 0;
}
