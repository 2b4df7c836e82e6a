/*
 * A store under test: what `tell` answers, how large its files are, what its log says.
 */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include "tests/unit/plain_world.h"

#include "sim/machine/machine.h"
#include "sim/store/ledger.h"

/* redis-1 with `cache`, app-1 half a millisecond away. */
static inline struct world *store_world(const char *parameters)
{
    char line[300];
    struct world *world = plain_open();
    plain_say(world, "machine redis-1");
    plain_say(world, "machine app-1");
    snprintf(line, sizeof line, "add store cache on redis-1 %s", parameters);
    plain_say(world, line);
    return world;
}

static inline const char *ask(struct world *world, const char *words)
{
    static char said[65536];
    char line[COMMAND_BYTES];
    struct text answer = TEXT(said);
    struct command command;
    struct error error;
    text_clear(&answer);
    snprintf(line, sizeof line, "tell cache %s", words);
    plain_command(&command, line);
    if (!world_command(world, &command, &answer, &error))
        fail_msg("%s failed", line);
    if (answer.used > 0 && said[answer.used - 1] == '\n')
        said[answer.used - 1] = 0;
    return said;
}

static inline void answers(struct world *world, const char *words, const char *expected)
{
    assert_string_equal(ask(world, words), expected);
}

static inline void run_more_ms(struct world *world, uint64_t ms)
{
    plain_run(world, world->now_ns + ms * MS_NS);
}

static inline int64_t file_length(struct world *world, const char *name)
{
    uint32_t file = file_find(world, component_find(world, "cache"), name);
    return file == 0 ? -1 : (int64_t)file_at(world, file)->length;
}

static inline bool logged(struct world *world, const char *words)
{
    static char lines[65536];
    struct text text = TEXT(lines);
    text_clear(&text);
    component_log_add(world, component_find(world, "cache"), &text, 64);
    return strstr(lines, words) != NULL;
}

static inline struct ledger_life life_of(struct world *world, uint64_t write)
{
    struct ledger_life life;
    assert_true(ledger_of(world, write, &life));
    return life;
}

/* `cache` starts again and is up. */
static inline void back_again(struct world *world)
{
    plain_say(world, "start cache");
    run_more_ms(world, 200);
    same(world, "cache.up", 1);
    plain_check(world);
}

/* `count` writes of a client to the keys k:0 .. k:keys-1. */
static inline void write_some(struct world *world, const char *name, const char *keys, int count,
                              const char *more)
{
    char line[200];
    snprintf(line, sizeof line, "add client %s on app-1 to=cache rate=1000/s keys=%s count=%d %s",
             name, keys, count, more);
    plain_say(world, line);
    run_more_ms(world, (uint64_t)count + 400);
}

#endif
