/*
 * client-output-buffer-limit for replicas: who does not take the stream is dropped before it fills
 * the master's memory (checkClientOutputBufferLimits of Redis 7.0, networking.c; TRUTH
 * redis.repl-outbuf.1: what the kernel's buffers hold does not count).
 */
#include <string.h>

#include "sim/store/store_state.h"

/* 256mb, 64k, 1000: as redis.conf means them; false when it is no number. */
static bool memory_read(const char **words, uint64_t *bytes)
{
    static const struct {
        const char *name;
        uint64_t unit;
    } units[] = {{"gb", 1ull << 30}, {"mb", 1 << 20}, {"kb", 1 << 10}, {"g", 1000000000},
                 {"m", 1000000},     {"k", 1000},     {"b", 1}};
    while (**words == ' ')
        ++*words;
    if (**words < '0' || **words > '9')
        return false;
    for (*bytes = 0; **words >= '0' && **words <= '9'; ++*words) {
        if (*bytes > UINT32_MAX)
            return false;
        *bytes = *bytes * 10 + (uint64_t)(**words - '0');
    }
    for (unsigned i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t length = strlen(units[i].name);
        if (strncmp(*words, units[i].name, length) != 0)
            continue;
        *words += length;
        *bytes *= units[i].unit;
        break;
    }
    return **words == ' ' || **words == '\0';
}

bool repl_limit_read(const char *words, struct repl_limit *limit)
{
    static const char *const classes[] = {"replica ", "slave "};
    for (unsigned i = 0; i < 2; i++)
        if (strncmp(words, classes[i], strlen(classes[i])) == 0)
            words += strlen(classes[i]);
    if (!memory_read(&words, &limit->hard) || !memory_read(&words, &limit->soft) ||
        !memory_read(&words, &limit->soft_s))
        return false;
    while (*words == ' ')
        words++;
    return *words == '\0';
}

static bool over_limit(const struct world *world, struct replica *replica,
                       const struct repl_limit *limit)
{
    if (limit->soft == 0 || replica->pending <= limit->soft)
        replica->soft_s = 0;
    else if (replica->soft_s == 0)
        replica->soft_s = clock_s(world) + 1;
    bool hard = limit->hard != 0 && replica->pending > limit->hard;
    return hard || (replica->soft_s != 0 && clock_s(world) + 1 - replica->soft_s > limit->soft_s);
}

void repl_limit_check(struct world *world, uint32_t id)
{
    struct repl *repl = &store_at(world, id)->repl;
    struct repl_limit limit;
    if (!repl_limit_read(parameter_text(world, id, STORE_OUTPUT_BUFFER_LIMIT), &limit))
        return;
    for (uint32_t i = 0; i < repl->replicas.count; i++) {
        struct replica *replica = replica_at(world, repl, i);
        if (replica->state == REPLICA_WAIT_START || !over_limit(world, replica, &limit))
            continue;
        component_log(world, id,
                      "Client of a replica scheduled to be closed ASAP for overcoming of output "
                      "buffer limits.");
        repl_replica_drop(world, id, replica->connection);
        i--;
    }
}
