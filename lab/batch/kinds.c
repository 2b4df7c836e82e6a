/*
 * outage kinds: every kind with its parameters and metrics, from the tables.
 */
#include <string.h>

#include "lab/batch/batch.h"
#include "lab/export/json.h"
#include "lab/version.h"
#include "lab/language/help.h"

#define TEXT_BYTES 262144
#define USAGE      "outage kinds [--json]"

static void number_put(struct json *json, const char *name, uint64_t number, enum unit unit)
{
    struct value value = {.unit = unit, .number = (int64_t)number};
    if (number <= INT64_MAX)
        json_value(json, name, &value);
}

static void parameter_row_put(struct json *json, const struct parameter *row)
{
    bool number = row->unit != UNIT_BOOLEAN && row->unit != UNIT_CHOICE && row->unit != UNIT_TEXT;
    json_open(json, NULL, '{');
    json_string(json, "name", row->name);
    json_string(json, "unit", unit_name(row->unit));
    if (number) {
        number_put(json, "minimum", row->minimum, row->unit);
        number_put(json, "maximum", row->maximum, row->unit);
    }
    if (row->named)
        json_string(json, "words", row->named);
    json_string(json, "default", row->initial ? row->initial : "");
    json_bool(json, "running", row->running);
    json_string(json, "en", row->en);
    json_string(json, "ko", row->ko);
    json_close(json, '}');
}

static void metric_row_put(struct json *json, const struct kind *kind, unsigned metric)
{
    const struct metric *row = &kind->metrics[metric];
    const char *named = kind->metric_named ? kind->metric_named(metric) : NULL;
    json_open(json, NULL, '{');
    json_string(json, "name", row->name);
    json_string(json, "unit", unit_name(row->unit));
    json_string(json, "type", row->type == METRIC_COUNTER ? "counter" : "gauge");
    if (named)
        json_string(json, "words", named);
    json_string(json, "en", row->en);
    json_string(json, "ko", row->ko);
    json_close(json, '}');
}

static void kind_put(struct json *json, const struct kind *kind)
{
    json_open(json, NULL, '{');
    json_string(json, "name", kind->name);
    json_string(json, "en", kind->en);
    json_string(json, "ko", kind->ko);
    json_bool(json, "process", kind->process);
    json_bool(json, "buildable", kind->buildable);
    json_open(json, "parameters", '[');
    for (unsigned i = 0; i < kind->parameter_count; i++)
        parameter_row_put(json, &kind->parameters[i]);
    json_close(json, ']');
    json_open(json, "metrics", '[');
    for (unsigned i = 0; i < kind->metric_count; i++)
        metric_row_put(json, kind, i);
    json_close(json, ']');
    json_close(json, '}');
}

static void kinds_json(void)
{
    struct json json = {.file = stdout};
    json_open(&json, NULL, '{');
    json_string(&json, "schema", "outage.kinds/1");
    json_string(&json, "version", OUTAGE_VERSION);
    json_open(&json, "kinds", '[');
    for (unsigned i = 1; i < KIND_COUNT; i++)
        kind_put(&json, catalog[i]);
    json_close(&json, ']');
    json_close(&json, '}');
    putchar('\n');
}

int batch_kinds(int argc, char **argv, enum language language)
{
    static char words[TEXT_BYTES];
    struct text text = TEXT(words);
    if (argc == 2 && strcmp(argv[1], "--json") == 0) {
        kinds_json();
        return batch_flush(STATUS_HELD, language);
    }
    if (argc > 1)
        return batch_usage(argv[1], USAGE, language);
    text_clear(&text);
    for (unsigned i = 1; i < KIND_COUNT; i++) {
        help_kind_add(&text, catalog[i], language);
        text_add_char(&text, '\n');
    }
    fputs(words, stdout);
    return batch_flush(STATUS_HELD, language);
}
