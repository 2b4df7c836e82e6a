/*
 * What a session knows of its run at one place: kept at the end of what was run while the worlds go
 * back and forward over it.
 */
#include "lab/language/course.h"

#include <stdlib.h>
#include <string.h>

struct course {
    uint32_t cursor;
    struct running file_run;
    uint64_t next_sample_ns;
    struct batch *batches;
    uint32_t batch_count;
    struct expectation *expectations;
    uint64_t *expectation_times;
    uint32_t expectation_count;
    struct deed *typed;
    uint32_t typed_count;
    struct digest *counted;
    uint32_t counted_count;
    bool *done; /* of the session's deeds */
    bool own_way;
};

static void *copied(const void *array, uint32_t count, size_t item_bytes)
{
    void *copy = malloc(count * item_bytes + 1);
    if (!copy)
        abort();
    if (count)
        memcpy(copy, array, count * item_bytes);
    return copy;
}

struct course *course_keep(const struct session *session)
{
    struct course *course = calloc(1, sizeof *course);
    if (!course || !(course->done = calloc(session->deed_count + 1, sizeof(bool))))
        abort();
    course->cursor = session->cursor;
    course->file_run = session->file_run;
    course->next_sample_ns = session->next_sample_ns;
    course->own_way = session->own_way;
    course->batch_count = session->batch_count;
    course->batches = copied(session->batches, session->batch_count, sizeof *course->batches);
    course->expectation_count = session->expectation_count;
    course->expectations =
        copied(session->expectations, session->expectation_count, sizeof *course->expectations);
    course->expectation_times = copied(session->expectation_times, session->expectation_count,
                                       sizeof *course->expectation_times);
    course->typed_count = session->typed_count;
    course->typed = copied(session->typed, session->typed_count, sizeof *course->typed);
    course->counted_count = session->counted_count;
    course->counted = copied(session->counted, session->counted_count, sizeof *course->counted);
    for (uint32_t i = 0; i < session->deed_count; i++)
        course->done[i] = session->deeds[i].done;
    return course;
}

/* Room for as many items, and the items. */
static void *put(void *array, uint32_t *limit, const void *from, uint32_t count, size_t item_bytes)
{
    if (count > *limit) {
        array = realloc(array, count * item_bytes);
        if (!array)
            abort();
        *limit = count;
    }
    if (count)
        memcpy(array, from, count * item_bytes);
    return array;
}

void course_put(struct session *session, const struct course *course)
{
    session->cursor = course->cursor;
    session->file_run = course->file_run;
    session->next_sample_ns = course->next_sample_ns;
    session->own_way = course->own_way;
    session->batch_count = course->batch_count;
    session->batches = put(session->batches, &session->batch_limit, course->batches,
                           course->batch_count, sizeof *course->batches);
    session->expectation_count = course->expectation_count;
    session->expectations =
        put(session->expectations, &session->expectation_limit, course->expectations,
            course->expectation_count, sizeof *course->expectations);
    session->expectation_times =
        put(session->expectation_times, &session->expectation_time_limit, course->expectation_times,
            course->expectation_count, sizeof(uint64_t));
    session->typed_count = course->typed_count;
    session->typed = put(session->typed, &session->typed_limit, course->typed, course->typed_count,
                         sizeof *course->typed);
    session->counted_count = course->counted_count;
    session->counted = put(session->counted, &session->counted_limit, course->counted,
                           course->counted_count, sizeof *course->counted);
    for (uint32_t i = 0; i < session->deed_count; i++)
        session->deeds[i].done = course->done[i];
}

void course_free(struct course *course)
{
    if (!course)
        return;
    free(course->batches);
    free(course->expectations);
    free(course->expectation_times);
    free(course->typed);
    free(course->counted);
    free(course->done);
    free(course);
}

/* --- going ------------------------------------------------------------------------------------ */

static bool is_behind(const struct session *session)
{
    bool behind = false;
    for (uint32_t i = 0; i < session->variant_count; i++)
        behind = behind || history_behind(session->variants[i].history);
    return behind;
}

void course_begin(struct session *session, enum source source)
{
    if (!session->options.branches || source == SOURCE_FILE)
        return;
    if (session->ahead)
        course_put(session, session->ahead);
    else
        session->ahead = course_keep(session);
}

void course_end(struct session *session)
{
    if (!session->ahead || is_behind(session))
        return;
    course_put(session, session->ahead);
    course_free(session->ahead);
    session->ahead = NULL;
}

/* Where the file's lines stand: at the first of its runs that was not over yet. */
static void lines_here(struct session *session)
{
    const struct course *ahead = session->ahead;
    uint64_t now_ns = session_now(session);
    uint32_t batch = 0;
    while (batch < ahead->batch_count && ahead->batches[batch].time_ns <= now_ns)
        batch++;
    bool last = batch == ahead->batch_count;
    session->cursor = last ? ahead->cursor : ahead->batches[batch].cursor;
    session->file_run = last ? ahead->file_run : ahead->batches[batch].running;
}

bool course_follow(struct session *session, uint32_t variant, uint64_t until_ns, uint64_t budget)
{
    struct variant *one = &session->variants[variant];
    bool there =
        history_follow(one->history, one->world, until_ns, budget == UINT64_MAX ? 0 : budget);
    lines_here(session);
    return there;
}

/* Is this deed behind the place at which its world stands? */
static bool is_done(const struct session *session, const struct deed *deed)
{
    for (uint32_t i = 0; i < session->variant_count; i++)
        if (strcmp(deed->name, variant_label(session, (int32_t)i)) == 0 &&
            history_is_ahead(session->variants[i].history, deed->time_ns, deed->events,
                             &deed->command))
            return false;
    return true;
}

void course_here(struct session *session)
{
    uint64_t now_ns = session_now(session);
    uint32_t kept = session->floor_typed;
    if (!session->ahead)
        return;
    course_put(session, session->ahead);
    for (uint32_t i = kept; i < session->typed_count; i++)
        if (is_done(session, &session->typed[i]))
            session->typed[kept++] = session->typed[i];
    session->typed_count = kept;
    shared_counted_back(session);
    while (session->batch_count && session->batches[session->batch_count - 1].time_ns > now_ns)
        session->batch_count--;
    while (session->expectation_count > session->floor_expectations &&
           session->expectation_times[session->expectation_count - 1] > now_ns)
        session->expectation_count--;
    for (uint32_t i = 0; i < session->deed_count; i++)
        if (session->deeds[i].time_ns > now_ns)
            session->deeds[i].done = false;
    if (session->options.sample_ns)
        session->next_sample_ns =
            (now_ns / session->options.sample_ns + 1) * session->options.sample_ns;
    lines_here(session);
}
