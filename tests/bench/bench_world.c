/*
 * Whole worlds: a busy store against the bare handling of as many events, and the way back in a
 * lesson's and in a busy world against a plain copy of the same state.
 */
#include <string.h>

#include "bench_common.h"
#include "lab/language/session.h"

static const char busy[] = "seed 3\n"
                           "machine redis-1 cores=4\n"
                           "machine app-1\n"
                           "add store cache on redis-1 save=\"\" appendonly=yes\n"
                           "add client orders on app-1 to=cache op=set rate=20000/s value=100B\n"
                           "run 60s\n";

static const char lesson[] = "seed 7\n"
                             "machine redis-1\n"
                             "machine app-1\n"
                             "add store cache on redis-1 save=\"60 1000\" appendonly=yes\n"
                             "add client orders on app-1 to=cache op=set rate=1000/s value=100B\n"
                             "run 1s\n";

static struct session *session_of(const char *script, uint64_t history_bytes)
{
    struct session_options options = {.history_bytes = history_bytes};
    struct error error;
    struct session *session = session_open(script, strlen(script), &options, &error);
    if (!session || session_build(session) == SESSION_FAILED) {
        fputs("a world could not be built\n", stderr);
        exit(1);
    }
    return session;
}

/* The same number of events through the queue alone: what nothing but scheduling would take. */
static double bare_seconds(uint64_t events)
{
    enum { CONNECTIONS = 50 };
    struct world_limits limits = {.events = 4096, .connections = 64, .requests = 64};
    size_t bytes = world_bytes(&limits);
    struct outside outside = {0};
    struct error error;
    struct world *world = world_open(map_memory(bytes), bytes, &limits, &outside, &error);
    struct payload payload = {.u64 = {0}};
    struct event event;
    for (uint64_t i = 0; i < CONNECTIONS; i++)
        queue_push(&world->region, &world->queue, i * 1000, KIND_WORLD << 8, 1, &payload);
    double start = clock_seconds();
    for (uint64_t i = 0; i < events; i++) {
        queue_next(&world->region, &world->queue);
        queue_pop(&world->region, &world->queue, &event);
        queue_push(&world->region, &world->queue, event.time_ns + 500000 + i % 1000,
                   KIND_WORLD << 8, 1, &payload);
    }
    double seconds = clock_seconds() - start;
    munmap(world, bytes);
    return seconds;
}

static void busy_store(void)
{
    double ours[3], bare = 0;
    uint64_t events = 0;
    for (int round = 0; round < 3; round++) {
        struct session *session = session_of(busy, 0);
        double start = clock_seconds();
        session_finish(session, TIME_NEVER);
        ours[round] = clock_seconds() - start;
        events = session_variant(session, 0)->world->events;
        session_close(session);
        bare += bare_seconds(events) / 3;
    }
    qsort(ours, 3, sizeof ours[0], compare_doubles);
    printf("60 simulated s of 20,000 writes/s   %.2f s (goal 3), %.1f M events/s, %.1f times the "
           "bare queue\n",
           ours[1], (double)events / ours[1] / 1e6, ours[1] / bare);
    keep_goal("60 simulated s of 20,000 writes/s", ours[1], "s", AT_MOST, 3);
}

enum { TRIES = 15 };

struct way {
    double rewinds[TRIES], copies[TRIES]; /* seconds, in turns */
    double forward, bare;                 /* to the end with checkpoints, and without */
    uint64_t used, taken, peak, events;   /* bytes of state and of checkpoints; in all */
};

static double forward_seconds(const char *script, uint64_t end_ns, uint64_t budget,
                              struct session **kept)
{
    struct session *session = session_of(script, budget);
    double start = clock_seconds();
    session_advance(session, end_ns, 0);
    double seconds = clock_seconds() - start;
    *kept = session;
    return seconds;
}

/* Random instants of the last `back_ns`, each beside one plain copy of the same state. */
static void way_measure(struct way *way, const char *script, uint64_t end_ns, uint64_t back_ns)
{
    uint64_t seed = 1;
    struct session *session;
    way->bare = forward_seconds(script, end_ns, 0, &session);
    session_close(session);
    way->forward = forward_seconds(script, end_ns, 256u << 20, &session);
    struct world *world = session_variant(session, 0)->world;
    way->used = region_used(&world->region);
    way->events = world->events;
    char *from = map_memory(way->used), *to = map_memory(way->used);
    region_pack(from, &world->region);
    memcpy(to, from, way->used);
    for (int i = 0; i < TRIES; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        uint64_t at_ns = end_ns - (seed >> 33) * (back_ns >> 31);
        double start = clock_seconds();
        session_rewind(session, at_ns);
        way->rewinds[i] = clock_seconds() - start;
        start = clock_seconds();
        memcpy(to, from, way->used);
        __asm__ volatile("" : : "r"(to) : "memory");
        way->copies[i] = clock_seconds() - start;
        session_advance(session, end_ns, 0);
    }
    way->taken = session_history_bytes(session, &way->peak);
    qsort(way->rewinds, TRIES, sizeof *way->rewinds, compare_doubles);
    qsort(way->copies, TRIES, sizeof *way->copies, compare_doubles);
    munmap(from, way->used);
    munmap(to, way->used);
    session_close(session);
}

static void way_back(const char *name, const char *script, unsigned minutes, unsigned back,
                     double goal_ms)
{
    struct way way;
    char work[80];
    way_measure(&way, script, minutes * 60 * SECOND_NS, back * 60 * SECOND_NS);
    printf("%-7s %2u min, back into the last %2u   %6.1f / %6.1f ms   copy %5.1f / %5.1f ms of "
           "%6.1f MB   checkpoints %3.0f MB, peak %3.0f   forward %.2f s, bare %.2f s, %.1f M "
           "events\n",
           name, minutes, back, way.rewinds[TRIES / 2] * 1e3, way.rewinds[TRIES - 1] * 1e3,
           way.copies[TRIES / 2] * 1e3, way.copies[TRIES - 1] * 1e3, (double)way.used / 1e6,
           (double)way.taken / 1e6, (double)way.peak / 1e6, way.forward, way.bare,
           (double)way.events / 1e6);
    snprintf(work, sizeof work, "%s world, %u min: back into the last %u, worst", name, minutes,
             back);
    keep_goal(work, way.rewinds[TRIES - 1] * 1e3, "ms", AT_MOST, goal_ms);
    snprintf(work, sizeof work, "%s world, %u min: checkpoints", name, minutes);
    keep_goal(work, (double)way.taken / (1 << 20), "MiB", AT_MOST, 256);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    busy_store();
    puts("going back, median / worst (goals: 100 ms in the last 10 min, 500 ms in an hour, 256 "
         "MiB)");
    way_back("lesson", lesson, 10, 10, 100);
    way_back("lesson", lesson, 60, 10, 100);
    way_back("lesson", lesson, 60, 60, 500);
    way_back("busy", busy, 1, 1, 500);
    return 0;
}
