/*
 * A world for tests of the simulation alone: lines are split at blanks, nothing else is read in
 * them.
 */
#ifndef TESTS_UNIT_PLAIN_WORLD_H
#define TESTS_UNIT_PLAIN_WORLD_H

/* cmocka wants these before its own header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

static const struct world_limits plain_limits = {
    .components = 64, .connections = 131072, .events = 262144, .requests = 65536};

static inline struct world *plain_open(void)
{
    uint64_t bytes = world_bytes(&plain_limits);
    struct outside *outside = calloc(1, sizeof *outside);
    void *memory = calloc(1, (size_t)bytes); /* not test_calloc: that would touch all of it */
    struct error error;
    assert_true(outside != NULL && memory != NULL);
    struct world *world = world_open(memory, (size_t)bytes, &plain_limits, outside, &error);
    assert_non_null(world);
    return world;
}

static inline void plain_close(struct world *world)
{
    free(world->outside);
    free(world);
}

static inline void plain_command(struct command *command, const char *line)
{
    memset(command, 0, sizeof *command);
    while (*(line += strspn(line, " ")) != 0) {
        bool quoted = false;
        assert_true(command->count < COMMAND_WORDS && command->used + strlen(line) < COMMAND_BYTES);
        command->words[command->count++] =
            (struct command_word){.start = command->used, .column = 1};
        for (; *line != 0 && (quoted || *line != ' '); line++) {
            if (*line == '"')
                quoted = !quoted;
            else
                command->bytes[command->used++] = *line;
        }
        command->used++;
    }
}

/* Tries a command; the error's id, ERROR_NONE when it went well. */
static inline struct error plain_try(struct world *world, const char *line)
{
    static char said[65536];
    struct text answer = TEXT(said);
    struct command command;
    struct error error = {.id = ERROR_NONE};
    plain_command(&command, line);
    if (world_command(world, &command, &answer, &error))
        error.id = ERROR_NONE;
    return error;
}

static inline void plain_say(struct world *world, const char *line)
{
    struct error error = plain_try(world, line);
    if (error.id == ERROR_NONE)
        return;
    char words[512];
    struct text text = TEXT(words);
    error_add(&text, &error, LANGUAGE_EN);
    fail_msg("%s: %s", line, words);
}

/* Runs to a time; what was scheduled is carried out and must go well. */
static inline void plain_run(struct world *world, uint64_t until_ns)
{
    enum world_stop stop;
    while ((stop = world_run(world, until_ns, 0)) == WORLD_DUE) {
        struct command command;
        struct error error;
        struct text none = {.at = (char[8]){0}, .bytes = 8};
        if (world_due(world, &command) && !world_command(world, &command, &none, &error))
            fail_msg("scheduled `%s %s` failed", command_word(&command, 0),
                     command_word(&command, 1));
    }
    assert_int_equal(stop, WORLD_TIME);
}

static inline void plain_run_ms(struct world *world, uint64_t ms)
{
    plain_run(world, ms * MS_NS);
}

/* A metric that may have no value yet. */
static inline bool plain_has(struct world *world, const char *name, int64_t *number)
{
    struct metric_ref metric;
    struct error error;
    struct value value = {.number = 0};
    if (!world_metric(world, name, &metric, &error))
        fail_msg("no metric %s", name);
    bool known = world_read(world, metric, &value);
    *number = value.number;
    return known;
}

static inline int64_t plain_metric(struct world *world, const char *name)
{
    int64_t number;
    if (!plain_has(world, name, &number))
        fail_msg("%s has no value", name);
    return number;
}

static inline void same(struct world *world, const char *metric, int64_t expected)
{
    int64_t found = plain_metric(world, metric);
    if (found != expected)
        fail_msg("%s is %lld, not %lld", metric, (long long)found, (long long)expected);
}

static inline void between(struct world *world, const char *metric, int64_t low, int64_t high)
{
    int64_t found = plain_metric(world, metric);
    if (found < low || found > high)
        fail_msg("%s is %lld, not from %lld to %lld", metric, (long long)found, (long long)low,
                 (long long)high);
}

static inline void plain_check(struct world *world)
{
    char words[512];
    struct text why = TEXT(words);
    text_clear(&why);
    if (!world_check(world, &why))
        fail_msg("at %llu ns: %s", (unsigned long long)world->now_ns, words);
}

#endif
