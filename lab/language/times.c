/*
 * The commands about time: run, at, after, every, ramp, stop-every, scheduled, mark, rewind.
 */
#include "lab/language/course.h"

#include <string.h>

#include "sim/engine/need.h"

#define LONGEST_NS (3650ull * 86400 * SECOND_NS) /* ten years: the clock never wraps */

static bool is(const struct command *command, unsigned word, const char *name)
{
    return strcmp(command_word(command, word), name) == 0;
}

/* A duration between `least` and ten years. */
static bool duration_word(const struct command *command, unsigned word, uint64_t least,
                          uint64_t *duration_ns, struct error *error)
{
    char low[32];
    struct text text = TEXT(low);
    if (!need_value(command, word, UNIT_DURATION, NULL, duration_ns, error))
        return false;
    if (*duration_ns >= least && *duration_ns <= LONGEST_NS)
        return true;
    text_clear(&text);
    value_add_exact(&text, least, UNIT_DURATION, NULL);
    return error_set(error, ERROR_OUT_OF_RANGE, (uint16_t)word, command_word(command, word), low,
                     "3650d", NULL);
}

static bool time_past(const struct command *command, unsigned word, uint64_t now_ns,
                      struct error *error)
{
    char now[32];
    struct text text = TEXT(now);
    text_clear(&text);
    clock_add(&text, now_ns, 3);
    return error_set(error, ERROR_TIME_PAST, (uint16_t)word, command_word(command, word), now, NULL,
                     NULL);
}

/* run D | run until METRIC OP VALUE [within W] [max D] */
bool act_run(struct session *session, struct call *call)
{
    const struct command *command = call->command;
    struct running running = {.active = true, .start_ns = session_now(session)};
    struct condition condition;
    const char *usage = lab_command_find("run")->usage;
    uint64_t duration_ns = MAX_DEFAULT_NS;
    running.command = *command;
    running.until = is(command, 1, "until");
    if (!need_count(command, 2, running.until ? COMMAND_WORDS : 2, usage, call->error))
        return false;
    if (running.until) {
        unsigned end;
        running.word = 2;
        for (uint32_t i = 0; i < session->variant_count; i++)
            if (!condition_read(session, i, command, 2, &condition, &end, call->error))
                return false;
        if (end < command->count && !is(command, end, "max"))
            return error_set(call->error, ERROR_EXTRA_WORD, (uint16_t)end,
                             command_word(command, end), usage, NULL, NULL);
        if (end < command->count && !need_count(command, end + 2, end + 2, usage, call->error))
            return false;
        if (end < command->count && !duration_word(command, end + 1, 0, &duration_ns, call->error))
            return false;
    } else if (!duration_word(command, 1, 0, &duration_ns, call->error)) {
        return false;
    }
    running.end_ns = running.start_ns + duration_ns;
    if (call->source == SOURCE_FILE) {
        session->file_run = running;
        return true;
    }
    session->typed_run = running;
    if (!session->options.later)
        while (session->typed_run.active && clock_advance(session, TIME_NEVER, 0))
            ;
    return true;
}

/* --- scheduling ------------------------------------------------------------------------------- */

static bool stop_every(struct world *world, const struct command *command, struct error *error)
{
    uint64_t number = 0;
    if (!need_count(command, 1, 2, "stop-every [NUMBER]", error) ||
        (command->count == 2 && !need_value(command, 1, UNIT_COUNT, NULL, &number, error)))
        return false;
    bool none = command->count == 2 && (number == 0 || number > UINT32_MAX);
    if (!none && world_stop_every(world, (uint32_t)number))
        return true;
    return error_set(error, ERROR_NO_EVERY, 1, command_word(command, 1), NULL, NULL, NULL);
}

/* In one world: `at`, `after`, `every`, `ramp`, `stop-every`. */
bool schedule_in(struct world *world, const struct command *command, struct error *error)
{
    struct command later;
    uint64_t time_ns, every_ns = 0;
    if (is(command, 0, "ramp"))
        return world_ramp(world, command, error);
    if (is(command, 0, "stop-every"))
        return stop_every(world, command, error);
    bool every = is(command, 0, "every");
    if (!need_count(command, 3, COMMAND_WORDS, lab_command_find(command_word(command, 0))->usage,
                    error) ||
        !duration_word(command, 1, every ? MS_NS : 0, &time_ns, error) ||
        !command_check(command, 2, true, error))
        return false;
    if (is(command, 0, "at") && time_ns < world->now_ns)
        return time_past(command, 1, world->now_ns, error);
    if (every)
        every_ns = time_ns;
    if (!is(command, 0, "at"))
        time_ns += world->now_ns;
    command_tail(&later, command, 2);
    if (world_schedule(world, time_ns, every_ns, &later))
        return true;
    return error_set(error, ERROR_NO_MEMORY, 0, NULL, NULL, NULL, NULL);
}

static void schedule_again(struct world *world, const struct command *command)
{
    struct error error;
    schedule_in(world, command, &error);
}

bool act_schedule(struct session *session, struct call *call)
{
    if (!session_try(session, call, schedule_in))
        return false;
    for (uint32_t i = 0; i < session->variant_count; i++) {
        struct variant *variant = &session->variants[i];
        if (!(call->mask & 1u << i))
            continue;
        if (!schedule_in(variant->world, call->command, call->error))
            return false;
        if (variant->history && call->source != SOURCE_DUE)
            history_log(variant->history, variant->world, call->command, schedule_again);
    }
    return true;
}

bool act_scheduled(struct session *session, struct call *call)
{
    struct text text = {session->answer, sizeof session->answer, 0, false};
    if (!need_count(call->command, 1, 1, "scheduled", call->error))
        return false;
    for (uint32_t i = 0; i < session->variant_count; i++) {
        if (!(call->mask & 1u << i))
            continue;
        text_clear(&text);
        world_scheduled(session->variants[i].world, &text);
        session_say(session, (int32_t)i, text.used ? session->answer : "-\n");
    }
    return true;
}

/* --- marks and going back --------------------------------------------------------------------- */

static void mark_again(struct world *world, const struct command *command)
{
    (void)command;
    world_reset_peaks(world);
}

static struct mark_place *mark_place(struct session *session, const char *name)
{
    for (uint32_t i = 0; i < session->mark_count; i++)
        if (strcmp(session->marks[i].name, name) == 0)
            return &session->marks[i];
    return NULL;
}

static void mark_remember(struct session *session, const char *name)
{
    struct mark_place *mark = mark_place(session, name);
    if (!mark) {
        session->marks = session_grow(session->marks, session->mark_count, &session->mark_limit,
                                      sizeof *session->marks);
        mark = &session->marks[session->mark_count++];
    }
    *mark = (struct mark_place){.cursor = session->cursor,
                                .batches = session->batch_count,
                                .expectations = session->expectation_count,
                                .time_ns = session_now(session),
                                .running = session->file_run,
                                .typed = session->typed_count};
    while (mark->deeds < session->deed_count && session->deeds[mark->deeds].done)
        mark->deeds++;
    strcpy(mark->name, name);
}

bool act_mark(struct session *session, struct call *call)
{
    const char *name = command_word(call->command, 1);
    if (!need_count(call->command, 2, 2, "mark NAME", call->error))
        return false;
    if (!name_is_right(name))
        return error_set(call->error, ERROR_BAD_NAME, 1, name, NULL, NULL, NULL);
    if (!session_set_floor(session)) {
        *call->error = session->error;
        return false;
    }
    /* In what was run already it is only a name: peaks are counted as they were. */
    bool named = session->ahead != NULL;
    course_here(session);
    for (uint32_t i = 0; i < session->variant_count; i++) {
        struct variant *variant = &session->variants[i];
        if (!named)
            world_reset_peaks(variant->world);
        if (!named && call->source != SOURCE_DUE)
            history_log(variant->history, variant->world, call->command, mark_again);
        history_mark(variant->history, variant->world, name);
    }
    mark_remember(session, name);
    return true;
}

static bool no_mark(struct session *session, const char *name, struct error *error)
{
    const char *best = NULL;
    unsigned distance = 99;
    for (uint32_t i = 0; i < session->mark_count; i++)
        nearest_try(name, session->marks[i].name, &best, &distance);
    return error_set(error, best ? ERROR_UNKNOWN_MARK : ERROR_NO_MARK, 1, name, best, NULL, NULL);
}

/* A time that cannot be gone back to: it has not come, or lies before the start or the fork. */
static bool rewind_range(struct session *session, const struct command *command, uint64_t time_ns,
                         struct error *error)
{
    char limit[32];
    struct text text = TEXT(limit);
    uint64_t start_ns = history_start(session->variants[0].history);
    uint64_t now_ns = session_tip(session);
    if (time_ns >= start_ns && time_ns <= now_ns)
        return true;
    text_clear(&text);
    clock_add(&text, time_ns < start_ns ? start_ns : now_ns, 3);
    enum error_id id = time_ns >= start_ns ? ERROR_REWIND_AHEAD
                       : session->base     ? ERROR_REWIND_FORK
                                           : ERROR_REWIND_BEFORE;
    return error_set(error, id, 1, command_word(command, 1), limit, NULL, NULL);
}

/* As the screen's clock says it: 01:41.1 or 1:01:41.125. */
static bool clock_word(const char *word, uint64_t *time_ns)
{
    uint64_t parts[3] = {0}, nanoseconds = 0, scale = SECOND_NS;
    unsigned count = 0;
    for (const char *at = word;; at++) {
        if (*at < '0' || *at > '9' || at - word > 12)
            return false;
        while (*at >= '0' && *at <= '9')
            parts[count] = parts[count] * 10 + (uint64_t)(*at++ - '0');
        count++;
        if (*at == '.') {
            for (at++; *at >= '0' && *at <= '9' && scale > 1; at++)
                nanoseconds += (uint64_t)(*at - '0') * (scale /= 10);
            if (*at || count < 2)
                return false;
        }
        if (*at == 0)
            break;
        if (*at != ':' || count == 3)
            return false;
    }
    uint64_t seconds = parts[count - 1], minutes = count > 1 ? parts[count - 2] : 0;
    *time_ns =
        ((count > 2 ? parts[0] : 0) * 3600 + minutes * 60 + seconds) * SECOND_NS + nanoseconds;
    return count > 1 && seconds < 60 && (count < 3 || minutes < 60);
}

/* rewind NAME | rewind TIME | rewind -D */
bool act_rewind(struct session *session, struct call *call)
{
    const struct command *command = call->command;
    const char *where = command_word(command, 1);
    uint64_t time_ns;
    if (!need_count(command, 2, 2, lab_command_find("rewind")->usage, call->error))
        return false;
    if (!session_set_floor(session)) {
        *call->error = session->error;
        return false;
    }
    if (where[0] >= 'a' && where[0] <= 'z') {
        if (!mark_place(session, where))
            return no_mark(session, where, call->error);
        return session_rewind_mark(session, where, call->source);
    }
    if (where[0] == '-') {
        uint64_t now_ns = session_now(session);
        if (!value_parse(where + 1, UNIT_DURATION, NULL, &time_ns, call->error)) {
            call->error->word = call->error->byte = 1;
            return false;
        }
        uint64_t start_ns = history_start(session->variants[0].history);
        time_ns = time_ns < now_ns ? now_ns - time_ns : 0;
        if (!session->forked && time_ns < start_ns)
            time_ns = start_ns;
    } else if (!clock_word(where, &time_ns) &&
               !need_value(command, 1, UNIT_DURATION, NULL, &time_ns, call->error)) {
        return false;
    }
    bool anew = where[0] != '-' && time_ns == history_start(session->variants[0].history);
    return rewind_range(session, command, time_ns, call->error) &&
           session_rewind_from(session, time_ns, call->source) && (!anew || session_part(session));
}
