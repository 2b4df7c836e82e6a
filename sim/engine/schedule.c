/* Scheduled commands: `at`, `after`, `every`, `ramp`. */
#include "sim/engine/schedule.h"

#include <string.h>

#include "sim/engine/need.h"

__extension__ typedef unsigned __int128 u128;

/* One row of the schedule.  The command stands in the arena; it is kept until it can not act again.
 */
struct scheduled {
    uint64_t time_ns;          /* of its next act */
    uint64_t every_ns;         /* 0: once */
    uint64_t start_ns, end_ns; /* of a ramp; end 0: none */
    uint64_t from, to;         /* of a ramp, in the parameter's own counting */
    event_id event;
    ref command;
    uint32_t number; /* among the `every`s; 0 others */
    uint32_t active;
    uint32_t unit; /* of a ramp */
};

static struct scheduled *row_at(const struct world *world, uint32_t i)
{
    return vector_at(&world->region, &world->schedule, i);
}

static void arm(struct world *world, uint32_t i)
{
    struct payload payload = {.u64 = {i, 0, 0, 0}};
    struct scheduled *row = row_at(world, i);
    row->event = world_at(world, row->time_ns, world->self, WORLD_EVENT_DUE, &payload);
}

static struct scheduled *row_new(struct world *world, const struct command *command, uint32_t *at)
{
    for (*at = 0; *at < world->schedule.count; ++*at)
        if (!row_at(world, *at)->active && !row_at(world, *at)->command)
            break;
    if (*at == world->schedule.count &&
        !vector_push(&world->region, &world->schedule, sizeof(struct scheduled)))
        return NULL;
    struct scheduled *row = row_at(world, *at);
    memset(row, 0, sizeof *row);
    ref copy = arena_take(&world->region, sizeof *command);
    if (!copy)
        return NULL;
    memcpy(arena_at(&world->region, copy), command, sizeof *command);
    row->command = copy;
    row->active = 1;
    return row;
}

static void row_end(struct world *world, struct scheduled *row)
{
    arena_give(&world->region, row->command, sizeof(struct command));
    memset(row, 0, sizeof *row);
}

uint32_t world_schedule(struct world *world, uint64_t time_ns, uint64_t every_ns,
                        const struct command *command)
{
    uint32_t i, number = 0;
    struct scheduled *row = row_new(world, command, &i);
    if (!row)
        return 0;
    row->time_ns = time_ns;
    row->every_ns = every_ns;
    if (every_ns) {
        for (uint32_t j = 0; j < world->schedule.count; j++)
            if (row_at(world, j)->number > number)
                number = row_at(world, j)->number;
        row->number = number + 1;
    }
    arm(world, i);
    return i + 1;
}

void schedule_event(struct world *world, uint32_t id, const struct event *event)
{
    (void)id;
    world->due = event->payload.u64[0] + 1;
}

/* The `set` of this step of a ramp. */
static void ramp_command(const struct world *world, const struct scheduled *row,
                         struct command *command)
{
    const struct command *written = arena_at(&world->region, row->command);
    char pair[256];
    struct text text = TEXT(pair);
    uint64_t passed = row->time_ns - row->start_ns, all = row->end_ns - row->start_ns;
    uint64_t low = row->from < row->to ? row->from : row->to;
    uint64_t span = row->from < row->to ? row->to - row->from : row->from - row->to;
    uint64_t moved = (uint64_t)((u128)span * passed / all);
    text_clear(&text);
    text_add(&text, command_word(written, 1));
    text_add_char(&text, '=');
    value_add_exact(&text, row->from < row->to ? low + moved : row->from - moved,
                    (enum unit)row->unit, NULL);
    command_of(command, "set", pair, (const char *)NULL);
    command->line = written->line;
}

bool world_due(struct world *world, struct command *command)
{
    if (!world->due)
        return false;
    uint32_t i = (uint32_t)world->due - 1;
    struct scheduled *row = row_at(world, i);
    world->due = 0;
    if (row->end_ns) {
        ramp_command(world, row, command);
        if (row->time_ns == row->end_ns) {
            row_end(world, row);
        } else {
            row->time_ns += SECOND_NS;
            if (row->time_ns > row->end_ns)
                row->time_ns = row->end_ns;
            arm(world, i);
        }
        return true;
    }
    memcpy(command, arena_at(&world->region, row->command), sizeof *command);
    if (row->every_ns) {
        row->time_ns += row->every_ns;
        arm(world, i);
    } else {
        row_end(world, row);
    }
    return true;
}

/* The NAME.KEY of a ramp: a number that may be set while it runs; NULL with the error filled in. */
static const struct parameter *need_ramped(struct world *world, const char *words,
                                           struct error *error)
{
    const char *dot = strchr(words, '.');
    struct command name;
    char owner[NAME_BYTES];
    struct text text = TEXT(owner);
    text_clear(&text);
    text_add_bytes(&text, words, (size_t)(dot - words));
    command_of(&name, owner, (const char *)NULL);
    uint32_t id = need_component(world, &name, 0, error);
    if (!id) {
        error->word = 1;
        return NULL;
    }
    const struct kind *kind = component_kind(world, id);
    int row = parameter_find(kind, dot + 1);
    const struct parameter *parameter = row < 0 ? NULL : &kind->parameters[row];
    if (parameter == NULL)
        error_set(error, ERROR_UNKNOWN_PARAMETER, 1, dot + 1, kind->name,
                  kind->parameter_count ? kind->parameters[0].name : "", NULL);
    else if (parameter->unit == UNIT_TEXT || parameter->unit == UNIT_CHOICE ||
             parameter->unit == UNIT_BOOLEAN)
        error_set(error, ERROR_NO_NUMBER, 1, parameter->name, NULL, NULL, NULL);
    else if (!parameter->running)
        error_set(error, ERROR_NOT_WHILE_RUNNING, 1, parameter->name, NULL, NULL, NULL);
    else
        return parameter;
    return NULL;
}

/* FROM TO over D: both ends are values that the parameter may have. */
static bool need_ramp(struct world *world, const struct command *command,
                      const struct parameter *parameter, struct scheduled *row, struct error *error)
{
    uint64_t duration;
    if (!need_value(command, 2, parameter->unit, parameter->named, &row->from, error) ||
        !need_value(command, 3, parameter->unit, parameter->named, &row->to, error) ||
        !need_value(command, 5, UNIT_DURATION, NULL, &duration, error))
        return false;
    if (duration < MS_NS)
        return error_set(error, ERROR_OUT_OF_RANGE, 5, command_word(command, 5), "1ms", "1000d",
                         NULL);
    for (uint16_t side = 2; side < 4; side++) {
        uint64_t value;
        if (!parameter_parse(world, parameter, command_word(command, side), &value, error)) {
            error->word = side;
            return false;
        }
    }
    row->unit = parameter->unit;
    row->time_ns = row->start_ns = world->now_ns;
    row->end_ns = world->now_ns + duration;
    return true;
}

/* ramp NAME.KEY FROM TO over D */
bool world_ramp(struct world *world, const struct command *command, struct error *error)
{
    static const char usage[] = "ramp NAME.KEY FROM TO over D";
    if (!need_count(command, 6, 6, usage, error))
        return false;
    const char *words = command_word(command, 1);
    bool dot = strchr(words, '.') != NULL;
    if (!dot || strcmp(command_word(command, 4), "over") != 0)
        return error_set(error, ERROR_MISSING_WORD, dot ? 4 : 1, command_word(command, dot ? 4 : 1),
                         usage, NULL, NULL);
    const struct parameter *parameter = need_ramped(world, words, error);
    struct scheduled ramp = {.active = 1};
    if (parameter == NULL || !need_ramp(world, command, parameter, &ramp, error))
        return false;
    uint32_t i;
    struct scheduled *row = row_new(world, command, &i);
    if (!row)
        return error_set(error, ERROR_NO_MEMORY, 0, NULL, NULL, NULL, NULL);
    ramp.command = row->command;
    *row = ramp;
    arm(world, i);
    return true;
}

bool world_stop_every(struct world *world, uint32_t number)
{
    bool found = false;
    for (uint32_t i = 0; i < world->schedule.count; i++) {
        struct scheduled *row = row_at(world, i);
        if (!row->every_ns || (number && row->number != number))
            continue;
        world_cancel(world, row->event);
        row_end(world, row);
        found = true;
    }
    return found || !number;
}

void world_scheduled(const struct world *world, struct text *text)
{
    for (uint32_t i = 0; i < world->schedule.count; i++) {
        const struct scheduled *row = row_at(world, i);
        if (!row->active)
            continue;
        const struct command *command = arena_at(&world->region, row->command);
        clock_add(text, row->time_ns, 3);
        if (row->every_ns) {
            text_add(text, "  every ");
            value_add_exact(text, row->every_ns, UNIT_DURATION, NULL);
            text_add(text, " (");
            text_add_u64(text, row->number);
            text_add(text, ")");
        }
        for (unsigned w = 0; w < command->count; w++) {
            text_add(text, w ? " " : "  ");
            text_add(text, command_word(command, w));
        }
        text_add(text, "\n");
    }
}

static bool is_command(const struct command *command, const struct command *like)
{
    bool same = command->count == like->count;
    for (unsigned w = 0; same && w < like->count; w++)
        same = strcmp(command_word(command, w), command_word(like, w)) == 0;
    return same;
}

void world_unschedule(struct world *world, const struct command *like)
{
    for (uint32_t i = 0; i < world->schedule.count; i++) {
        struct scheduled *row = row_at(world, i);
        if (!row->active || row->every_ns ||
            !is_command(arena_at(&world->region, row->command), like))
            continue;
        world_cancel(world, row->event);
        row_end(world, row);
    }
}

/* Time at which the last of what a command schedules acts, when it acts itself at `time_ns`:
 * at 3s after 100s ..., pause NAME for 5s. */
static uint64_t last_of(const struct command *command, uint64_t time_ns)
{
    uint64_t duration;
    struct error error;
    for (unsigned word = 0; word + 1 < command->count; word += 2) {
        bool at = strcmp(command_word(command, word), "at") == 0;
        bool after = strcmp(command_word(command, word), "after") == 0;
        if ((!at && !after) ||
            !value_parse(command_word(command, word + 1), UNIT_DURATION, NULL, &duration, &error))
            break;
        if (after)
            time_ns += duration;
        else if (duration > time_ns)
            time_ns = duration;
    }
    const char *key = command->count > 2 ? command_word(command, command->count - 2u) : "";
    bool ends = strcmp(key, "for") == 0 || strcmp(key, "after") == 0;
    if (ends && value_parse(command_word(command, command->count - 1u), UNIT_DURATION, NULL,
                            &duration, &error))
        time_ns += duration;
    return time_ns;
}

uint64_t world_last_scheduled(const struct world *world)
{
    uint64_t last = 0;
    for (uint32_t i = 0; i < world->schedule.count; i++) {
        const struct scheduled *row = row_at(world, i);
        if (!row->active || row->every_ns)
            continue;
        const struct command *command = arena_at(&world->region, row->command);
        uint64_t time = row->end_ns ? row->end_ns : last_of(command, row->time_ns);
        if (time > last)
            last = time;
    }
    return last;
}

uint64_t world_first_scheduled(const struct world *world, const struct command *like)
{
    uint64_t first = TIME_NEVER;
    for (uint32_t i = 0; i < world->schedule.count; i++) {
        const struct scheduled *row = row_at(world, i);
        if (!row->active || row->time_ns >= first)
            continue;
        const struct command *command = arena_at(&world->region, row->command);
        bool same = command->count >= like->count;
        for (unsigned w = 0; same && w < like->count; w++)
            same = strcmp(command_word(command, w), command_word(like, w)) == 0;
        if (same)
            first = row->time_ns;
    }
    return first;
}
