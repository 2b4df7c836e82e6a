/*
 * spof.count, spof.parts, spof.worst_availability: found by trying when they are asked for, kept
 * until the world moves.
 */
#include "lab/language/parts.h"

#include <stdlib.h>
#include <string.h>

#include "lab/language/spof.h"
#include "sim/engine/need.h"

#define PREFIX "spof."

enum { SPOF_COUNT, SPOF_PARTS, SPOF_WORST, SPOF_METRICS };

static const struct metric rows[SPOF_METRICS] = {
    {"count", UNIT_COUNT, METRIC_GAUGE, 0, NULL,
     "single points of failure, found by taking each part away", "하나씩 빼 보고 찾은 SPOF 수"},
    {"parts", UNIT_TEXT, METRIC_GAUGE, 0, NULL, "their names", "그 이름들"},
    {"worst_availability", UNIT_PERCENT, METRIC_GAUGE, 0, NULL,
     "availability with the part gone that hurts the most",
     "가장 아픈 부품 하나가 빠졌을 때의 가용성"},
};

/* What was found, and of which instant. */
struct spof_kept {
    uint64_t events, digest, time_ns;
    uint32_t variant, typed;
    struct spof spof;
};

bool spof_names(const struct world *world, const char *name)
{
    return strncmp(name, PREFIX, strlen(PREFIX)) == 0 && component_find(world, "spof") == 0;
}

bool spof_metric(const char *name, struct metric_ref *metric, struct error *error)
{
    const char *best = NULL;
    unsigned distance = 99;
    name += strlen(PREFIX);
    for (uint16_t i = 0; i < SPOF_METRICS; i++) {
        nearest_try(name, rows[i].name, &best, &distance);
        if (strcmp(name, rows[i].name) != 0)
            continue;
        *metric = (struct metric_ref){.component = SPOF_COMPONENT, .metric = i};
        return true;
    }
    error_set(error, ERROR_UNKNOWN_METRIC, 0, name, "spof", best ? best : rows[0].name, NULL);
    error->byte = strlen(PREFIX);
    return false;
}

const struct metric *session_metric_row(struct session *session, uint32_t variant,
                                        struct metric_ref metric)
{
    if (metric.component == SPOF_COMPONENT)
        return &rows[metric.metric];
    return world_metric_row(session->variants[variant].world, metric);
}

/* --- trying ----------------------------------------------------------------------------------- */

struct script {
    char *at;
    size_t used, room;
};

static void line_take(void *user, const char *words)
{
    struct script *script = user;
    size_t bytes = strlen(words) + 1;
    while (script->used + bytes > script->room) {
        script->room = script->room ? script->room * 2 : 4096;
        script->at = realloc(script->at, script->room);
        if (!script->at)
            abort();
    }
    memcpy(script->at + script->used, words, bytes - 1);
    script->at[script->used + bytes - 1] = '\n';
    script->used += bytes;
}

static bool still_there(const struct session *session, uint32_t variant)
{
    const struct spof_kept *kept = session->spof;
    const struct world *world = session->variants[variant].world;
    return kept && kept->variant == variant && kept->events == world->events &&
           kept->time_ns == world->now_ns && kept->digest == trace_digest(world) &&
           kept->typed == session->typed_count;
}

/* What is run is this very run, as it would be shared. */
const struct spof *session_spof(struct session *session, uint32_t variant)
{
    const struct world *world = session->variants[variant].world;
    struct script script = {0};
    struct error error;
    struct spof_options options = {.language = session->options.language,
                                   .file = session->options.file,
                                   .limits = session->options.limits,
                                   .arena_bytes = session->options.arena_bytes,
                                   .settle_ns = SPOF_SETTLE_NS,
                                   .taken_ns = world->now_ns,
                                   .variant = variant};
    if (session->options.alone)
        return NULL;
    if (still_there(session, variant))
        return &session->spof->spof;
    if (!session->spof)
        session->spof = calloc(1, sizeof *session->spof);
    if (!session->spof || !session_share(session, line_take, &script))
        return NULL;
    *session->spof = (struct spof_kept){.events = world->events,
                                        .digest = trace_digest(world),
                                        .time_ns = world->now_ns,
                                        .variant = variant,
                                        .typed = session->typed_count};
    bool done = spof_find(&session->spof->spof, script.at, script.used, &options, &error);
    free(script.at);
    if (done)
        return &session->spof->spof;
    free(session->spof);
    session->spof = NULL;
    return NULL;
}

static void names_add(const struct spof *spof, struct text *text)
{
    for (uint32_t i = 0; i < spof->count; i++) {
        if (!spof->parts[i].spof)
            continue;
        if (text->used)
            text_add_char(text, ',');
        text_add(text, spof->parts[i].name);
    }
}

bool session_read(struct session *session, uint32_t variant, struct metric_ref metric,
                  struct value *value)
{
    if (metric.component != SPOF_COMPONENT)
        return world_read(session->variants[variant].world, metric, value);
    const struct spof *spof = session_spof(session, variant);
    struct text names = TEXT(value->words);
    memset(value, 0, sizeof *value);
    value->unit = rows[metric.metric].unit;
    if (!spof)
        return false;
    if (metric.metric == SPOF_COUNT)
        value->number = spof->spofs;
    else if (metric.metric == SPOF_WORST)
        value->number = (int64_t)spof->worst_availability;
    else
        names_add(spof, &names);
    return true;
}

void spof_say(struct session *session, uint32_t variant)
{
    const struct spof *spof = session_spof(session, variant);
    struct text text = {session->answer, sizeof session->answer, 0, false};
    text_clear(&text);
    if (spof)
        spof_report(spof, &text, session->options.language);
    else
        text_add(&text, "-\n");
    session_say(session, (int32_t)variant, session->answer);
}
