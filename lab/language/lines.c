/*
 * The lines of a file: read once, carried out as the clock reaches them, set back by a rewind.
 */
#include "lab/language/course.h"

#include <stdlib.h>
#include <string.h>

static bool is(const struct command *command, const char *name)
{
    return strcmp(command_word(command, 0), name) == 0;
}

/* One line of the script: `bytes` of it, without its end. */
static bool line_read(struct session *session, const char *at, size_t bytes, uint32_t number,
                      uint32_t *limit, struct error *error)
{
    struct command command;
    bool taken = false;
    char *line = strndup(at, bytes);
    if (!line)
        abort();
    bool whole = strlen(line) == bytes; /* a NUL byte is no text */
    bool split = language_split(&command, line, number, error);
    if (split && !whole) {
        error_set(error, ERROR_BAD_UTF8, 0, NULL, NULL, NULL, NULL);
        error->line = number;
        error->column = 1;
        for (const char *c = line; *c; c++)
            error->column += ((unsigned char)*c & 0xC0) != 0x80;
    }
    free(line);
    if (!split || !whole)
        return false;
    if (command.count == 0)
        return true;
    if (!command_check(&command, 0, false, error) ||
        !shared_read(session, &command, &taken, error)) {
        session->failed_command = command;
        error->line = number;
        return false;
    }
    peaks_scan(session, &command);
    if (is(&command, "run"))
        session->has_run = true;
    if (taken)
        return true;
    session->lines = session_grow(session->lines, session->line_count, limit, sizeof command);
    session->lines[session->line_count++] = command;
    return true;
}

bool lines_read(struct session *session, const char *script, size_t bytes, struct error *error)
{
    uint32_t number = 1, limit = 0;
    if (bytes >= 3 && memcmp(script, "\xEF\xBB\xBF", 3) == 0) {
        script += 3; /* a byte order mark */
        bytes -= 3;
    }
    for (; bytes > 0; number++) {
        const char *end = memchr(script, '\n', bytes);
        size_t line = end ? (size_t)(end - script) : bytes;
        if (!line_read(session, script, line, number, &limit, error))
            return false;
        bytes -= line + (end != NULL);
        script += line + (end != NULL);
    }
    return true;
}

/* The --set of the command line: when building is done, before the world is forked or moves. */
static bool sets_act(struct session *session)
{
    struct error error;
    struct command command;
    if (session->set)
        return true;
    session->set = true;
    if (session->cursor < session->line_count)
        session->set_line = session->lines[session->cursor].line;
    for (const char *const *set = session->options.sets; set && *set; set++) {
        command_of(&command, "set", *set, (const char *)NULL);
        if (!session_carry(session, &command, UINT32_MAX, SOURCE_FILE, &error)) {
            session_fail(session, &command, &error);
            return false;
        }
    }
    return true;
}

/* Carries out lines; while building it stands before the first `run`. */
static void lines_carry(struct session *session, bool building)
{
    struct error error;
    while (session->cursor < session->line_count && !session->file_run.active) {
        const struct command *command = &session->lines[session->cursor];
        if ((is(command, "run") || is(command, "variant")) && !sets_act(session))
            return;
        if (building && is(command, "run"))
            return;
        session->cursor++;
        if (!session_carry(session, command, UINT32_MAX, SOURCE_FILE, &error) &&
            !session_goes_on(session, command, &error))
            return;
    }
    if (session->cursor == session->line_count)
        sets_act(session);
}

void lines_act(struct session *session, const struct running *before)
{
    session->batches = session_grow(session->batches, session->batch_count, &session->batch_limit,
                                    sizeof *session->batches);
    session->batches[session->batch_count++] = (struct batch){
        .time_ns = session_now(session), .cursor = session->cursor, .running = *before};
    lines_carry(session, false);
}

enum session_state session_build(struct session *session)
{
    struct error error;
    struct command command;
    char number[24];
    struct text text = TEXT(number);
    if (session->floor || session->failed)
        return session_state(session);
    if (session->options.seed && !session->seeded) {
        session->seeded = true;
        text_clear(&text);
        text_add_u64(&text, session->options.seed);
        command_of(&command, "seed", number, (const char *)NULL);
        if (!session_carry(session, &command, UINT32_MAX, SOURCE_DUE, &error))
            session_fail(session, &command, &error);
    }
    if (!session->failed)
        lines_carry(session, true);
    if (!session->failed && !session_set_floor(session)) {
        error = session->error;
        session_fail(session, &(struct command){0}, &error);
    }
    return session_state(session);
}

/* --- going back ------------------------------------------------------------------------------- */

static void forget_expectations(struct session *session, uint64_t time_ns)
{
    while (session->expectation_count > session->floor_expectations &&
           session->expectation_times[session->expectation_count - 1] >= time_ns)
        session->expectation_count--;
}

void session_went_back(struct session *session, uint64_t time_ns)
{
    const struct session_output *output = &session->options.output;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < session->variant_count; i++)
        session->held[i].waits = false;
    for (uint32_t i = 0; i < session->mark_count; i++)
        if (history_mark_time(session->variants[0].history, session->marks[i].name) != TIME_NEVER)
            session->marks[kept++] = session->marks[i];
    session->mark_count = kept;
    session->typed_run.active = false;
    if (session->options.sample_ns)
        session->next_sample_ns =
            (time_ns / session->options.sample_ns + 1) * session->options.sample_ns;
    for (uint32_t i = 0; output->rewound && i < session->variant_count; i++)
        output->rewound(output->user, session->forked ? (int)i : -1, session->variants[i].world);
}

static void rewound(struct session *session, uint64_t time_ns, bool again,
                    const struct mark_place *mark)
{
    shared_rewound(session, time_ns, again, mark);
    session_went_back(session, time_ns);
}

bool session_rewind_from(struct session *session, uint64_t time_ns, enum source source)
{
    course_begin(session, source);
    for (uint32_t i = 0; i < session->variant_count; i++)
        if (!history_rewind(session->variants[i].history, session->variants[i].world, time_ns))
            return false;
    rewound(session, time_ns, source == SOURCE_TYPED, NULL);
    if (source == SOURCE_FILE)
        return true; /* the file goes on behind its rewind */
    uint32_t batch = 0;
    while (batch < session->batch_count && session->batches[batch].time_ns < time_ns)
        batch++;
    if (batch < session->batch_count) {
        session->cursor = session->batches[batch].cursor;
        session->file_run = session->batches[batch].running;
        session->batch_count = batch;
    }
    forget_expectations(session, time_ns);
    course_end(session);
    return true;
}

bool session_rewind_mark(struct session *session, const char *name, enum source source)
{
    struct mark_place mark = {0};
    for (uint32_t i = 0; i < session->mark_count; i++)
        if (strcmp(session->marks[i].name, name) == 0)
            mark = session->marks[i];
    course_begin(session, source);
    for (uint32_t i = 0; i < session->variant_count; i++)
        if (!history_rewind_mark(session->variants[i].history, session->variants[i].world, name))
            return false;
    rewound(session, mark.time_ns, source == SOURCE_TYPED, &mark);
    if (source == SOURCE_FILE)
        return true;
    session->cursor = mark.cursor;
    session->file_run = mark.running;
    session->batch_count = mark.batches;
    if (mark.expectations < session->expectation_count)
        session->expectation_count = mark.expectations;
    course_end(session);
    return true;
}

bool session_rewind(struct session *session, uint64_t time_ns)
{
    if (!session_set_floor(session) || time_ns > session_tip(session) ||
        time_ns < history_start(session->variants[0].history))
        return false;
    return session_rewind_from(session, time_ns, SOURCE_TYPED);
}
