/* A lesson's script run without a screen, and what is read from it. */
#include "lab/lesson/run.h"

#include <string.h>

struct session *lesson_run_built(const struct lesson_run *run, struct error *error)
{
    struct session_options options = {.language = run->language,
                                      .seed = run->seed,
                                      .events_max = run->events_max,
                                      .file = run->file};
    struct session *session = session_open(run->script, strlen(run->script), &options, error);
    if (!session)
        return NULL;
    session_build(session);
    for (const char *const *change = run->changes; change && *change; change++)
        if (!session_line(session, *change, error)) {
            session_close(session);
            return NULL;
        }
    return session;
}

struct session *lesson_run_ended(const struct lesson_run *run)
{
    struct error error;
    struct session *session = lesson_run_built(run, &error);
    if (!session)
        return NULL;
    enum session_state state = session_state(session) == SESSION_FAILED
                                   ? SESSION_FAILED
                                   : session_finish(session, TIME_NEVER);
    if (state != SESSION_FAILED && state != SESSION_OVER)
        return session;
    session_close(session);
    return NULL;
}

/* --- what is read from it --------------------------------------------------------------------- */

struct world *lesson_world_of(struct session *session, const char **name)
{
    size_t before = strcspn(*name, ":.");
    if ((*name)[before] != ':')
        return session_variant(session, 0)->world;
    for (uint32_t i = 0; i < session_variants(session); i++) {
        struct variant *variant = session_variant(session, i);
        if (strlen(variant->name) == before && memcmp(variant->name, *name, before) == 0) {
            *name += before + 1;
            return variant->world;
        }
    }
    return NULL;
}

static bool parameter_place(const struct world *world, const char *name, struct value *value)
{
    const char *dot = strrchr(name, '.');
    char owner[NAME_BYTES];
    struct text text = TEXT(owner), words = TEXT(value->words);
    text_clear(&text);
    text_add_bytes(&text, name, dot ? (size_t)(dot - name) : 0);
    uint32_t id = component_find(world, owner);
    int row = id ? parameter_find(component_kind(world, id), dot + 1) : -1;
    if (row < 0)
        return false;
    const struct parameter *parameter = &component_kind(world, id)->parameters[row];
    value->unit = parameter->unit;
    value->number = (int64_t)parameter_get(world, id, (unsigned)row);
    parameter_add(&words, world, parameter, (uint64_t)value->number);
    return true;
}

enum told_place lesson_place(struct session *session, const char *name, struct value *value)
{
    struct world *world = lesson_world_of(session, &name);
    struct metric_ref metric;
    struct error error;
    memset(value, 0, sizeof *value);
    if (!world)
        return TOLD_NONE;
    if (world_metric(world, name, &metric, &error))
        return world_read(world, metric, value) ? TOLD_KNOWN : TOLD_SILENT;
    if (strncmp(name, "spof.", 5) == 0 && session_figure(session, name, value))
        return TOLD_KNOWN;
    return parameter_place(world, name, value) ? TOLD_KNOWN : TOLD_NONE;
}

/* A question may be asked in ms of a metric that is kept in ns: how many of its own make one. */
static int64_t scale_of(const struct question *question, uint32_t unit)
{
    static const struct {
        const char *unit;
        enum unit kept;
        int64_t scale;
    } rows[] = {{"us", UNIT_DURATION, US_NS},
                {"ms", UNIT_DURATION, MS_NS},
                {"s", UNIT_DURATION, SECOND_NS},
                {"seconds", UNIT_DURATION, SECOND_NS},
                {"minutes", UNIT_DURATION, 60 * SECOND_NS},
                {"KB", UNIT_SIZE, 1000},
                {"MB", UNIT_SIZE, 1000000},
                {"GB", UNIT_SIZE, 1000000000},
                {"KiB", UNIT_SIZE, 1 << 10},
                {"MiB", UNIT_SIZE, 1 << 20},
                {"GiB", UNIT_SIZE, 1 << 30},
                {"%", UNIT_PERCENT, PERCENT_ONE}};
    if (unit == UNIT_RATE)
        return (int64_t)RATE_ONE;
    if (unit == UNIT_REDIS || unit == UNIT_JVM)
        unit = UNIT_SIZE;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].kept == unit && strcmp(rows[i].unit, question->unit) == 0)
            return rows[i].scale;
    return 1;
}

bool lesson_within(const struct question *question, const struct value *answer, int64_t *within)
{
    uint64_t read = 0, size = (uint64_t)(answer->number < 0 ? -answer->number : answer->number);
    struct error error;
    size_t length = strlen(question->within);
    bool percent = length && question->within[length - 1] == '%';
    *within = 0;
    if (!length)
        return true;
    if (percent) {
        if (!value_parse(question->within, UNIT_PERCENT, NULL, &read, &error))
            return false;
        *within = (int64_t)(size / (100 * PERCENT_ONE) * read +
                            size % (100 * PERCENT_ONE) * read / (100 * PERCENT_ONE));
        return true;
    }
    bool plain = value_parse(question->within, UNIT_COUNT, NULL, &read, &error);
    if (!plain && !value_parse(question->within, (enum unit)answer->unit, NULL, &read, &error))
        return false;
    *within = (int64_t)read / (plain ? 1 : scale_of(question, answer->unit));
    return true;
}

/* Parts of a map: as the answer lists them, or as a metric's words do; what cannot be marked (a
 * link) is left out. */
static bool count_map(struct session *session, const struct question *question,
                      struct value *counted)
{
    const char *names[LESSON_MARKS], *list = question->answer;
    unsigned count = lesson_marks(question, session_variant(session, 0)->world, names);
    char condition[120];
    struct text text = TEXT(condition);
    struct value told;
    struct error error;
    bool held;
    if (strchr(list, '.')) { /* read as conditions are: the lab's own metrics, too */
        text_clear(&text);
        text_add(&text, list);
        text_add(&text, " == none");
        if (!session_holds(session, condition, &held, &told, &error))
            return false;
        list = told.words;
    }
    *counted = (struct value){.unit = UNIT_COUNT};
    counted->number = lesson_marks_among(list, names, count);
    return true;
}

bool lesson_count(struct session *session, const struct question *question, struct value *counted)
{
    if (question->answer_choice) {
        *counted = (struct value){.unit = UNIT_COUNT, .number = question->answer_choice - 'a'};
        return true;
    }
    if (question->form == QUESTION_MAP)
        return count_map(session, question, counted);
    if (!question->answer[0] || lesson_place(session, question->answer, counted) != TOLD_KNOWN)
        return false;
    int64_t scale = scale_of(question, counted->unit);
    counted->number = (counted->number + (counted->number < 0 ? -scale : scale) / 2) / scale;
    return true;
}

bool lesson_right(const struct question *question, const struct value *counted, int64_t guess)
{
    int64_t within = 0, apart = guess - counted->number;
    if (question->form == QUESTION_NUMBER && !lesson_within(question, counted, &within))
        return false;
    return (apart < 0 ? -apart : apart) <= within;
}
