/*
 * Whole worlds: a busy store against the bare handling of as many events, and the way back in a
 * lesson's world.
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
}

static void way_back(uint64_t minutes, double goal)
{
    enum { TRIES = 15 };
    double seconds[TRIES];
    uint64_t end_ns = minutes * 60 * SECOND_NS, seed = 1;
    struct session *session = session_of(lesson, 256u << 20);
    double start = clock_seconds();
    session_advance(session, end_ns, 0);
    double forward = clock_seconds() - start;
    for (int i = 0; i < TRIES; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        uint64_t back_ns = (seed >> 33) * (end_ns >> 31);
        start = clock_seconds();
        session_rewind(session, back_ns);
        seconds[i] = clock_seconds() - start;
        session_advance(session, end_ns, 0);
    }
    qsort(seconds, TRIES, sizeof seconds[0], compare_doubles);
    printf("lesson, any instant of %2u min         median %.3f s, worst %.3f s (goal %.1f), "
           "history %.0f MB; "
           "forward %.2f s\n",
           (unsigned)minutes, seconds[TRIES / 2], seconds[TRIES - 1], goal,
           (double)history_bytes(session_variant(session, 0)->history) / 1e6, forward);
    session_close(session);
}

int main(void)
{
    busy_store();
    way_back(10, 0.1);
    return 0;
}
