/*
 * Burdens: something else eats the CPU (burn), a process leaks memory (leak), connections are not
 * read (stall).
 */
#include "sim/fault/fault.h"

#include <string.h>

#include "sim/machine/machine.h"
#include "sim/traffic/client.h"

#define LEAK_STEP_NS (100 * MS_NS)
#define STALL_MOST   1000000
#define LEAK_MOST    (1ull << 40) /* bytes a second */

bool fault_burn(struct world *world, const struct command *command, struct text *answer,
                struct error *error)
{
    uint64_t share, for_ns;
    struct command end;
    (void)answer;
    if (fault_if_needed(command) && component_find(world, command_word(command, 1)) == 0)
        return true; /* the machine was removed meanwhile */
    if (!need_count(command, 3, 5, fault_usage(command), error))
        return false;
    uint32_t machine = need_machine(world, command, 1, error);
    if (machine == 0 || !need_value(command, 2, UNIT_PERCENT, NULL, &share, error))
        return false;
    if (share > 100 * PERCENT_ONE)
        return error_set(error, ERROR_OUT_OF_RANGE, 2, command_word(command, 2), "0%", "100%",
                         NULL);
    if (!fault_if_needed(command)) {
        const char *name = component_at(world, machine)->name;
        if (!fault_duration(command, 3, "for", &for_ns, error))
            return false;
        if (!component_at(world, machine)->up)
            return error_set(error, ERROR_MACHINE_OFF, 1, name, NULL, NULL, NULL);
        command_of(&end, "burn", name, "0%", "if-needed", (const char *)NULL);
        if (!fault_end_after(world, for_ns, &end, error))
            return false;
    }
    cpu_burn(world, machine, share);
    trace(world, machine, TRACE_BURN, share, 0);
    return true;
}

/* SIZE/s, e.g. 10MB/s: bytes a second. */
static bool leak_rate(const struct command *command, unsigned word, uint64_t *rate,
                      struct error *error)
{
    const char *words = command_word(command, word);
    size_t bytes = strlen(words);
    char size[32];
    struct text text = TEXT(size);
    text_clear(&text);
    if (bytes > 2 && strcmp(words + bytes - 2, "/s") == 0)
        text_add_bytes(&text, words, bytes - 2);
    if (size[0] == 0 || text.cut || !value_parse(size, UNIT_SIZE, NULL, rate, error))
        return error_set(error, ERROR_NO_LEAK_RATE, (uint16_t)word, words, NULL, NULL, NULL);
    if (*rate != 0 && *rate <= LEAK_MOST)
        return true;
    return error_set(error, ERROR_OUT_OF_RANGE, (uint16_t)word, words, "1B/s", "1TiB/s", NULL);
}

/* What an event of a leak carries. */
struct leak {
    uint32_t component, life; /* this life of the process; with it the leak ends */
    uint64_t rate;            /* bytes a second */
    uint64_t since_ns;        /* up to here it has leaked */
    uint64_t rest;            /* of the division by a second */
};
_Static_assert(sizeof(struct leak) == sizeof(struct payload), "a leak is what its event carries");

static void leak_on(struct world *world, const struct leak *leak)
{
    struct payload payload;
    memcpy(&payload, leak, sizeof payload);
    world_after(world, LEAK_STEP_NS, world->self, FAULT_EVENT_LEAK, &payload);
}

bool fault_leak(struct world *world, const struct command *command, struct text *answer,
                struct error *error)
{
    struct leak leak = {.since_ns = world->now_ns};
    (void)answer;
    if (!need_count(command, 3, 3, fault_usage(command), error))
        return false;
    uint32_t id = need_process(world, command, 1, error);
    if (id == 0)
        return false;
    if (!component_at(world, id)->up)
        return error_set(error, ERROR_NOT_UP, 1, component_at(world, id)->name, NULL, NULL, NULL);
    if (!leak_rate(command, 2, &leak.rate, error))
        return false;
    leak.component = id;
    leak.life = component_at(world, id)->life;
    trace(world, id, TRACE_LEAK, leak.rate, 0);
    leak_on(world, &leak);
    return true;
}

/* A paused process takes no memory; what it leaks goes on where it stopped. */
void fault_leak_due(struct world *world, const struct event *event)
{
    struct leak leak;
    memcpy(&leak, &event->payload, sizeof leak);
    const struct component *component = component_at(world, leak.component);
    if (component->kind == KIND_NONE || !component->up || component->life != leak.life)
        return;
    uint64_t step_ns = component->paused ? 0 : world->now_ns - leak.since_ns;
    uint64_t bytes = leak.rate * (step_ns / US_NS) + leak.rest; /* in millionths of a byte */
    leak.rest = bytes % 1000000;
    leak.since_ns = world->now_ns;
    if (memory_take(world, leak.component, bytes / 1000000))
        leak_on(world, &leak);
}

bool fault_stall(struct world *world, const struct command *command, struct text *answer,
                 struct error *error)
{
    uint64_t count, for_ns;
    struct command end;
    (void)answer;
    if (fault_if_needed(command) && component_find(world, command_word(command, 1)) == 0)
        return true; /* the client was removed meanwhile */
    if (!need_count(command, 3, 5, fault_usage(command), error))
        return false;
    uint32_t id = need_process(world, command, 1, error);
    if (id == 0 || !need_value(command, 2, UNIT_COUNT, NULL, &count, error))
        return false;
    const struct component *client = component_at(world, id);
    if (client->kind != KIND_CLIENT)
        return error_set(error, ERROR_NO_CLIENT, 1, client->name, component_kind(world, id)->name,
                         NULL, NULL);
    if (count > STALL_MOST)
        return error_set(error, ERROR_OUT_OF_RANGE, 2, command_word(command, 2), "0", "1000000",
                         NULL);
    if (!client->up)
        return fault_if_needed(command) ||
               error_set(error, ERROR_NOT_UP, 1, client->name, NULL, NULL, NULL);
    if (!fault_if_needed(command)) {
        if (!fault_duration(command, 3, "for", &for_ns, error))
            return false;
        command_of(&end, "stall", client->name, "0", "if-needed", (const char *)NULL);
        if (!fault_end_after(world, for_ns, &end, error))
            return false;
    }
    client_stall(world, id, (uint32_t)count);
    return true;
}
