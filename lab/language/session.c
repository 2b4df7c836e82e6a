/*
 * A session: opened from a script, closed, asked, driven by lines.
 */
#include "lab/language/session.h"

#include <stdlib.h>
#include <string.h>

#include "lab/language/parts.h"

#define END_DEFAULT_NS (60 * SECOND_NS) /* of a headless run of a file without `run` */
#define END_AFTER_NS   (10 * SECOND_NS) /* after its last scheduled command */

struct session *session_open(const char *script, size_t bytes,
                             const struct session_options *options, struct error *error)
{
    struct session *session = calloc(1, sizeof *session);
    memset(error, 0, sizeof *error);
    if (!session || !(session->script = malloc(bytes + 1))) {
        free(session);
        error_set(error, ERROR_WORLD_MEMORY, 0, NULL, NULL, NULL, NULL);
        return NULL;
    }
    memcpy(session->script, script, bytes);
    session->script[bytes] = 0;
    session->options = *options;
    session->next_sample_ns = options->sample_ns;
    if (!lines_read(session, session->script, bytes, error) ||
        !session_open_world(session, error)) {
        if (!error->column && session->failed_command.count)
            error->column = language_column(&session->failed_command, error);
        session_close(session);
        return NULL;
    }
    return session;
}

void session_close(struct session *session)
{
    if (!session)
        return;
    for (uint32_t i = 0; i < session->variant_count; i++) {
        history_close(session->variants[i].history);
        room_close(session, session->variants[i].world);
    }
    branches_close(session);
    history_close(session->base_history);
    history_pool_close(session->pool);
    room_close(session, session->base);
    session_hide(session, NULL);
    free(session->script);
    free(session->lines);
    free(session->batches);
    free(session->marks);
    free(session->fork.marks);
    free(session->expectations);
    free(session->expectation_times);
    free(session->deeds);
    free(session->typed);
    free(session->wanted);
    free(session->counted);
    free(session->peaks);
    free(session->spof);
    free(session);
}

/* --- driving ---------------------------------------------------------------------------------- */

static uint64_t end_without_run(const struct session *session)
{
    uint64_t last_ns = 0;
    for (uint32_t i = 0; i < session->variant_count; i++) {
        uint64_t scheduled_ns = world_last_scheduled(session->variants[i].world);
        if (scheduled_ns > last_ns)
            last_ns = scheduled_ns;
    }
    return last_ns ? last_ns + END_AFTER_NS : END_DEFAULT_NS;
}

static bool stopped(const struct session *session)
{
    return session->failed || session->over;
}

enum session_state session_finish(struct session *session, uint64_t until_ns)
{
    if (session_build(session) == SESSION_FAILED)
        return SESSION_FAILED;
    if (until_ns != TIME_NEVER) {
        clock_advance(session, until_ns, 0);
    } else {
        session->finishing = session->has_run;
        clock_advance(session, session->has_run ? TIME_NEVER : end_without_run(session), 0);
        session->finishing = false;
        uint64_t end_ns = shared_end(session);
        if (!stopped(session) && (end_ns > session_now(session) || end_ns == TIME_NEVER))
            clock_advance(session, end_ns, 0);
    }
    if (!stopped(session) && clock_settle(session))
        shared_check(session);
    return session_state(session);
}

uint32_t session_expects_left(const struct session *session)
{
    uint32_t left = 0;
    for (uint32_t i = session->cursor; i < session->line_count; i++) {
        const char *name = command_word(&session->lines[i], 0);
        left += strcmp(name, "expect") == 0 || strcmp(name, "goal") == 0;
    }
    return left;
}

bool session_advance(struct session *session, uint64_t until_ns, uint64_t budget)
{
    if (!session->floor && session_build(session) == SESSION_FAILED)
        return false;
    return clock_advance(session, until_ns, budget);
}

bool session_command(struct session *session, const struct command *command, struct error *error)
{
    memset(error, 0, sizeof *error);
    if (command->count == 0)
        return true;
    if (!session->floor && !session->fork_open && session_build(session) == SESSION_FAILED) {
        *error = session->error;
        return false;
    }
    session->failed = session->over = false;
    if (!command_check(command, 0, false, error) ||
        !session_carry(session, command, UINT32_MAX, SOURCE_TYPED, error))
        return false;
    if (!stopped(session))
        return true;
    *error = session->error;
    return false;
}

bool session_line(struct session *session, const char *line, struct error *error)
{
    struct command command;
    memset(error, 0, sizeof *error);
    if (!language_split(&command, line, 0, error))
        return false;
    if (session_command(session, &command, error))
        return true;
    if (!error->column)
        error->column = language_column(&command, error);
    return false;
}

/* --- asking ----------------------------------------------------------------------------------- */

enum session_state session_state(const struct session *session)
{
    if (session->over)
        return SESSION_OVER;
    if (session->failed)
        return SESSION_FAILED;
    if (session->typed_run.active)
        return SESSION_RUNNING;
    if (!session->moved)
        return SESSION_BUILT;
    return session->file_run.active || session->cursor < session->line_count ? SESSION_RUNNING
                                                                             : SESSION_WAITING;
}

const struct error *session_error(const struct session *session)
{
    return &session->error;
}

const struct command *session_failed_command(const struct session *session)
{
    return &session->failed_command;
}

uint64_t session_run_end(const struct session *session)
{
    return session->typed_run.active ? session->typed_run.end_ns : TIME_NEVER;
}

uint64_t session_file_run_end(const struct session *session)
{
    return session->file_run.active ? session->file_run.end_ns : TIME_NEVER;
}

uint32_t session_variants(const struct session *session)
{
    return session->variant_count;
}

struct variant *session_variant(struct session *session, uint32_t i)
{
    return i < session->variant_count ? &session->variants[i] : NULL;
}

uint64_t session_history_bytes(const struct session *session, uint64_t *peak_bytes)
{
    *peak_bytes = session->pool ? history_pool_peak(session->pool) : 0;
    return session->pool ? history_pool_bytes(session->pool) : 0;
}

const char *session_file(const struct session *session)
{
    return session->options.file;
}

const char *session_script(const struct session *session)
{
    return session->script;
}

void session_language(struct session *session, enum language language)
{
    session->options.language = language;
}

uint32_t session_watched(const struct session *session)
{
    return session->watched_count;
}

const char *session_watched_name(const struct session *session, uint32_t i)
{
    return i < session->watched_count ? session->watched[i] : NULL;
}

uint64_t session_events(const struct session *session)
{
    return session_total_events(session);
}

uint64_t session_digest(const struct session *session)
{
    uint64_t digest = trace_digest(session->variants[0].world);
    for (uint32_t i = 1; i < session->variant_count; i++)
        digest = (digest << 7 | digest >> 57) * 0x9E3779B97F4A7C15ull ^
                 trace_digest(session->variants[i].world);
    return digest;
}

uint64_t session_touched(const struct session *session)
{
    uint64_t first = TIME_NEVER;
    for (uint32_t i = session->floor_typed; i < session->typed_count; i++)
        if (session->typed[i].time_ns < first)
            first = session->typed[i].time_ns;
    return first;
}

/* The time at which a line of the file, or one that it schedules, begins like this. */
uint64_t session_first(struct session *session, const struct command *like)
{
    uint64_t first = TIME_NEVER;
    for (uint32_t i = 0; i < session->variant_count; i++) {
        uint64_t time_ns = world_first_scheduled(session->variants[i].world, like);
        if (time_ns < first)
            first = time_ns;
    }
    return first;
}
