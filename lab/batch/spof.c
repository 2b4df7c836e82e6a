/*
 * outage spof FILE: each part taken away in turn, ranked by what the clients lost.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/batch/batch.h"
#include "lab/export/json.h"
#include "lab/language/spof.h"

#define REPORT_BYTES 65536
#define SETTLE_MOST  (3600 * SECOND_NS)
#define USAGE                                                                                      \
    "outage spof FILE [--seed N] [--settle D] [--set NAME.PARAM=VALUE]... [--jobs N] [--json]"

struct search {
    struct spof_options options;
    const char *sets[65];
    unsigned set_count;
    bool json;
};

static bool value_take(const char *name, enum unit unit, uint64_t most, uint64_t *number,
                       enum language language)
{
    struct error error;
    if (value_parse(optarg, unit, NULL, number, &error)) {
        if (*number <= most)
            return true;
        error_set(&error, ERROR_OUT_OF_RANGE, 0, optarg, "0", unit == UNIT_COUNT ? "64" : "1h",
                  NULL);
    }
    batch_error(name, NULL, &error, language);
    return false;
}

static bool option_take(struct search *search, int option)
{
    struct spof_options *options = &search->options;
    uint64_t number;
    switch (option) {
    case 's':
        return value_take("--seed", UNIT_COUNT, UINT64_MAX, &options->seed, options->language);
    case 't':
        return value_take("--settle", UNIT_DURATION, SETTLE_MOST, &options->settle_ns,
                          options->language);
    case 'n':
        if (!value_take("--jobs", UNIT_COUNT, 64, &number, options->language))
            return false;
        options->jobs = (unsigned)number;
        return true;
    case 'p':
        if (search->set_count == sizeof search->sets / sizeof *search->sets - 1)
            return batch_usage(optarg, USAGE, options->language) == STATUS_HELD;
        search->sets[search->set_count++] = optarg;
        return true;
    case 'j':
        return search->json = true;
    default:
        return false;
    }
}

static bool options_read(struct search *search, int argc, char **argv)
{
    static const struct option options[] = {
        {"seed", required_argument, NULL, 's'}, {"settle", required_argument, NULL, 't'},
        {"jobs", required_argument, NULL, 'n'}, {"set", required_argument, NULL, 'p'},
        {"json", no_argument, NULL, 'j'},       {NULL, 0, NULL, 0}};
    enum language language = search->options.language;
    int option;
    opterr = 0;
    optind = 0;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (option == '?' || option == ':')
            return batch_usage(argv[optind - 1], USAGE, language) == STATUS_HELD;
        if (!option_take(search, option))
            return false;
    }
    if (argc - optind != 1)
        return batch_usage(argc - optind > 1 ? argv[optind + 1] : "", USAGE, language) ==
               STATUS_HELD;
    search->options.file = argv[optind];
    return true;
}

static void percent_put(struct json *json, const char *name, uint64_t percent)
{
    struct value value = {.unit = UNIT_PERCENT, .number = (int64_t)percent};
    json_value(json, name, &value);
}

static void part_put(struct json *json, const struct spof_part *part)
{
    json_open(json, NULL, '{');
    json_string(json, "part", part->name);
    json_string(json, "kind", part->kind);
    json_bool(json, "spof", part->spof);
    percent_put(json, "availability", part->availability);
    json_u64(json, "acked_lost", (uint64_t)part->acked_lost);
    if (part->recovered_after_ns == TIME_NEVER)
        json_null(json, "recovered_after_ns");
    else
        json_u64(json, "recovered_after_ns", part->recovered_after_ns);
    json_string(json, "command", part->command);
    json_u64(json, "refused", part->refused);
    json_u64(json, "timed_out", part->timed_out);
    json_close(json, '}');
}

static void document_put(const struct spof *spof, const char *file)
{
    struct json json = {.file = stdout};
    json_open(&json, NULL, '{');
    json_string(&json, "schema", "outage.spof/1");
    json_string(&json, "file", file);
    json_u64(&json, "seed", spof->seed);
    json_u64(&json, "taken_ns", spof->taken_ns);
    json_u64(&json, "settle_ns", spof->settle_ns);
    percent_put(&json, "untouched_availability", spof->untouched);
    json_open(&json, "parts", '[');
    for (uint32_t i = 0; i < spof->count; i++)
        part_put(&json, &spof->parts[i]);
    json_close(&json, ']');
    json_close(&json, '}');
    putchar('\n');
}

/* On a terminal: how far it is, on one line that is taken back. */
static bool say_how_far(void *user, uint32_t done, uint32_t of)
{
    (void)user;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%u/%u \r", done, of);
    return true;
}

static int find(struct search *search, const char *script, size_t bytes)
{
    static char words[REPORT_BYTES];
    struct text text = TEXT(words);
    struct error error = {0};
    struct spof *spof = calloc(1, sizeof *spof);
    int status = STATUS_HELD;
    if (!spof || !spof_find(spof, script, bytes, &search->options, &error)) {
        batch_error(search->options.file, NULL, &error, search->options.language);
        status = STATUS_WRONG;
    } else if (search->json) {
        document_put(spof, search->options.file);
    } else {
        text_clear(&text);
        spof_report(spof, &text, search->options.language);
        fputs(words, stdout);
    }
    free(spof);
    return batch_flush(status, search->options.language);
}

int batch_spof(int argc, char **argv, enum language language)
{
    struct search search = {.options = {.language = language,
                                        .settle_ns = SPOF_SETTLE_NS,
                                        .taken_ns = TIME_NEVER,
                                        .goes_on = say_how_far}};
    size_t bytes;
    batch_guard();
    search.options.sets = search.sets;
    if (!options_read(&search, argc, argv))
        return STATUS_WRONG;
    char *script = batch_read(search.options.file, &bytes, language);
    int status = script ? find(&search, script, bytes) : STATUS_WRONG;
    free(script);
    return status;
}
