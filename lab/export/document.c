/*
 * What a headless run is written as: the JSON document of LANGUAGE.md, rows of CSV.
 */
#include "lab/export/document.h"

#include <string.h>

#include "lab/export/json.h"

#define FULL_BYTES (NAME_BYTES + 64)

/* --- JSON ------------------------------------------------------------------------------------- */

static void part_metrics(struct json *json, struct world *world, uint32_t id)
{
    const struct kind *kind = component_kind(world, id);
    char name[FULL_BYTES];
    struct text full = TEXT(name);
    struct value value;
    for (unsigned i = 0; i < kind->metric_count; i++) {
        if (!metric_read(world, id, i, &value))
            continue;
        text_clear(&full);
        text_add(&full, component_at(world, id)->name);
        text_add_char(&full, '.');
        text_add(&full, kind->metrics[i].name);
        json_value(json, name, &value);
    }
}

static void peak_metrics(struct json *json, struct session *session, struct world *world)
{
    struct metric_ref metric;
    struct error error;
    struct value value;
    const char *name;
    for (uint32_t i = 0; (name = session_peak_name(session, i)); i++)
        if (world_metric(world, name, &metric, &error) && world_read(world, metric, &value))
            json_value(json, name, &value);
}

static void expects(struct json *json, const struct session *session, uint32_t variant)
{
    json_open(json, "expects", '[');
    for (uint32_t i = 0; i < session_expectations(session); i++) {
        const struct expectation *expectation = session_expectation(session, i);
        if ((uint32_t)expectation->variant != variant)
            continue;
        json_open(json, NULL, '{');
        json_u64(json, "line", expectation->line);
        json_string(json, "text", expectation->words);
        json_bool(json, "held", expectation->held);
        if (expectation->known)
            json_value(json, "found", &expectation->value);
        if (expectation->reason[0])
            json_string(json, "reason", expectation->reason);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void variant_put(struct json *json, struct session *session, uint32_t i)
{
    const struct variant *variant = session_variant(session, i);
    struct world *world = variant->world;
    json_open(json, NULL, '{');
    json_string(json, "name", variant->name);
    if (variant->change[0])
        json_string(json, "change", variant->change);
    json_open(json, "metrics", '{');
    for (uint32_t id = component_next(world, 0, KIND_NONE); id;
         id = component_next(world, id, KIND_NONE))
        part_metrics(json, world, id);
    peak_metrics(json, session, world);
    json_close(json, '}');
    expects(json, session, i);
    json_close(json, '}');
}

void document_json(FILE *file, struct session *session, const char *name)
{
    struct json json = {.file = file};
    char digest[17];
    struct text hex = TEXT(digest);
    text_clear(&hex);
    text_add_hex(&hex, session_digest(session), 16);
    json_open(&json, NULL, '{');
    json_string(&json, "schema", "outage.run/1");
    json_string(&json, "file", name);
    json_u64(&json, "seed", session_variant(session, 0)->world->seed);
    json_u64(&json, "time_ns", session_now(session));
    json_u64(&json, "events", session_events(session));
    json_string(&json, "digest", digest);
    json_open(&json, "variants", '[');
    for (uint32_t i = 0; i < session_variants(session); i++)
        variant_put(&json, session, i);
    json_close(&json, ']');
    json_close(&json, '}');
    putc('\n', file);
}

/* --- CSV -------------------------------------------------------------------------------------- */

void document_csv_head(FILE *file)
{
    fputs("time_s,variant,metric,value\n", file);
}

static bool words_need_quotes(const char *words)
{
    return words[strcspn(words, ",\"\r\n")] != 0;
}

static void words_put(FILE *file, const char *words)
{
    if (!words_need_quotes(words)) {
        fputs(words, file);
        return;
    }
    putc('"', file);
    for (; *words; words++) {
        if (*words == '"')
            putc('"', file);
        putc(*words, file);
    }
    putc('"', file);
}

static void row_put(FILE *file, struct session *session, uint32_t i, const char *watched)
{
    const struct variant *variant = session_variant(session, i);
    size_t label = strcspn(watched, ":.");
    bool labelled = watched[label] == ':';
    struct metric_ref metric;
    struct error error;
    struct value value;
    char words[FULL_BYTES];
    struct text text = TEXT(words);
    if (labelled && (strlen(variant->name) != label || memcmp(variant->name, watched, label) != 0))
        return;
    const char *name = labelled ? watched + label + 1 : watched;
    if (!world_metric(variant->world, name, &metric, &error) ||
        !world_read(variant->world, metric, &value))
        return;
    text_clear(&text);
    text_add_decimal(&text, (int64_t)session_now(session), 9);
    fprintf(file, "%s,%s,%s,", words, variant->name, name);
    text_clear(&text);
    json_number_add(&text, &value);
    words_put(file, words);
    putc('\n', file);
}

void document_csv_rows(FILE *file, struct session *session)
{
    for (uint32_t w = 0; w < session_watched(session); w++)
        for (uint32_t i = 0; i < session_variants(session); i++)
            row_put(file, session, i, session_watched_name(session, w));
}
