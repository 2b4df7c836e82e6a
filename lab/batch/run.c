/*
 * outage run FILE: a world without a screen, its words, documents and exit status.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "lab/batch/batch.h"
#include "lab/export/document.h"
#include "lab/export/pcap_file.h"
#include "lab/export/rows_file.h"
#include "lab/export/trace_file.h"
#include "lab/language/session.h"
#include "sim/net/deliveries.h"
#include "sim/store/ledger.h"

#define SETS_MAX      64
#define HISTORY_BYTES (256ull << 20) /* of a script that goes back */
#define REPORT_BYTES  65536

#define USAGE                                                                                      \
    "outage run FILE [--seed N] [--until T] [--set NAME.PARAM=VALUE]... [--json|--csv|--quiet]\n"  \
    "               [--every D] [--trace FILE] [--pcap FILE] [--share FILE]\n"                     \
    "               [--lang ko|en]"

enum form { FORM_TEXT, FORM_JSON, FORM_CSV, FORM_QUIET };

struct run {
    const char *file;
    enum form form;
    enum language language;
    uint64_t seed, until_ns, every_ns;
    const char *sets[SETS_MAX + 1];
    unsigned set_count;
    const char *trace_path, *pcap_path, *share_path;
    struct trace_file trace;
    struct pcap_file pcap;
    struct rows_file rows; /* of --csv */
    struct session *session;
};

/* --- what is said while it runs --------------------------------------------------------------- */

static const char *name_of(const struct run *run, int variant)
{
    if (variant < 0 || !run->session)
        return "";
    const struct variant *of = session_variant(run->session, (uint32_t)variant);
    return of ? of->name : "";
}

static void on_text(void *user, int variant, const char *words)
{
    const struct run *run = user;
    size_t bytes = strlen(words);
    const char *name = name_of(run, variant);
    if (run->form != FORM_TEXT)
        return;
    if (name[0])
        printf("[%s]\n", name);
    fputs(words, stdout);
    if (bytes == 0 || words[bytes - 1] != '\n')
        putchar('\n');
}

/* A failed one is never silent: it goes where it disturbs no document. */
static void on_expect(void *user, const struct expectation *expectation)
{
    const struct run *run = user;
    bool ko = run->language == LANGUAGE_KO;
    const char *name = name_of(run, expectation->variant);
    FILE *file = run->form == FORM_TEXT ? stdout : stderr;
    if (expectation->held)
        return;
    fprintf(file, "%s:%u:1: ", run->file, expectation->line);
    if (name[0])
        fprintf(file, "[%s] ", name);
    fprintf(file, ko ? "기대: %s; 실제: %s" : "expected %s; found %s", expectation->words,
            expectation->found);
    if (expectation->reason[0])
        fprintf(file, " (%s)", expectation->reason);
    putc('\n', file);
}

static void on_error(void *user, const struct command *command, const struct error *error)
{
    const struct run *run = user;
    fflush(stdout);
    batch_error(command->line ? run->file : "--set", command, error, run->language);
}

static void on_record(void *user, int variant, struct world *world, const struct record *record)
{
    struct run *run = user;
    trace_file_record(&run->trace, variant, world, record);
}

static void on_segment(void *user, int variant, struct world *world,
                       const struct wire_segment *segment)
{
    struct run *run = user;
    pcap_file_segment(&run->pcap, variant, world, segment);
}

static void on_rewound(void *user, int variant, const struct world *world)
{
    struct run *run = user;
    if (run->trace.base)
        trace_file_rewound(&run->trace, variant, world);
    if (run->pcap.base)
        pcap_file_rewound(&run->pcap, variant, world);
    rows_file_rewound(&run->rows, world->now_ns);
}

static void on_closed(void *user, int variant)
{
    struct run *run = user;
    if (run->trace.base)
        trace_file_closed(&run->trace, variant);
}

static void on_sample(void *user, struct session *session)
{
    struct run *run = user;
    rows_file_sample(&run->rows, session);
}

/* --- options ---------------------------------------------------------------------------------- */

static bool option_value(const char *name, const char *words, enum unit unit, uint64_t *number,
                         const struct run *run)
{
    struct error error;
    if (value_parse(words, unit, NULL, number, &error))
        return true;
    batch_error(name, NULL, &error, run->language);
    return false;
}

/* One form of output; false when another one was asked for. */
static bool form_take(struct run *run, enum form form)
{
    static const char *const names[] = {"", "--json", "--csv", "--quiet"};
    if (run->form != FORM_TEXT && run->form != form) {
        batch_misuse(ERROR_OPTION_BOTH, names[run->form], names[form], USAGE, run->language);
        return false;
    }
    run->form = form;
    return true;
}

/* False with the reason on standard error. */
static bool option_take(struct run *run, int option)
{
    switch (option) {
    case 's':
        return option_value("--seed", optarg, UNIT_COUNT, &run->seed, run);
    case 'u':
        return option_value("--until", optarg, UNIT_DURATION, &run->until_ns, run);
    case 'e':
        return option_value("--every", optarg, UNIT_DURATION, &run->every_ns, run);
    case 'p':
        if (run->set_count == SETS_MAX) {
            batch_usage(optarg, USAGE, run->language);
            return false;
        }
        run->sets[run->set_count++] = optarg;
        return true;
    case 'j':
        return form_take(run, FORM_JSON);
    case 'c':
        return form_take(run, FORM_CSV);
    case 'q':
        return form_take(run, FORM_QUIET);
    case 't':
        run->trace_path = optarg;
        return true;
    case 'w':
        run->pcap_path = optarg;
        return true;
    case 'h':
        run->share_path = optarg;
        return true;
    default:
        return false;
    }
}

/* The word that getopt stopped at: what it names is in optopt, or it stands before optind. */
static void option_wrong(const struct run *run, int option, int argc, char **argv)
{
    const char *word = optind > 0 && optind <= argc ? argv[optind - 1] : "";
    if (option == ':')
        batch_misuse(ERROR_OPTION_VALUE, word, NULL, USAGE, run->language);
    else
        batch_usage(word, USAGE, run->language);
}

/* False with the reason on standard error. */
static bool options_read(struct run *run, int argc, char **argv)
{
    static const struct option options[] = {{"seed", required_argument, NULL, 's'},
                                            {"until", required_argument, NULL, 'u'},
                                            {"set", required_argument, NULL, 'p'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"csv", no_argument, NULL, 'c'},
                                            {"quiet", no_argument, NULL, 'q'},
                                            {"every", required_argument, NULL, 'e'},
                                            {"trace", required_argument, NULL, 't'},
                                            {"pcap", required_argument, NULL, 'w'},
                                            {"share", required_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int option;
    opterr = 0;
    optind = 0;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (option == '?' || option == ':') {
            option_wrong(run, option, argc, argv);
            return false;
        }
        if (!option_take(run, option))
            return false;
    }
    if (argc - optind != 1) {
        batch_usage(argc - optind > 1 ? argv[optind + 1] : "", USAGE, run->language);
        return false;
    }
    run->file = argv[optind];
    return true;
}

/* --- the run ---------------------------------------------------------------------------------- */

static bool goes_back(const char *script)
{
    return strstr(script, "rewind") || strstr(script, "unfork") || strstr(script, "trace-write") ||
           strstr(script, "report ladder");
}

static struct session *open_session(struct run *run, const char *script, size_t bytes)
{
    struct error error;
    struct session_options options = {
        .language = run->language,
        .seed = run->seed,
        .history_bytes = goes_back(script) ? HISTORY_BYTES : 0,
        .sets = run->sets,
        .sample_ns = run->form == FORM_CSV ? run->every_ns : 0,
        .file = run->file,
        .output = {.user = run,
                   .text = on_text,
                   .expect = on_expect,
                   .error = on_error,
                   .record = run->trace_path ? on_record : NULL,
                   .segment = run->pcap_path ? on_segment : NULL,
                   .rewound = on_rewound,
                   .closed = on_closed,
                   .sample = on_sample},
    };
    struct session *session = session_open(script, bytes, &options, &error);
    if (!session)
        batch_error(run->file, NULL, &error, run->language);
    return session;
}

static int expects_failed(struct run *run)
{
    unsigned failed = 0;
    for (uint32_t i = 0; i < session_expectations(run->session); i++)
        failed += !session_expectation(run->session, i)->held;
    return failed ? STATUS_FAILED : STATUS_HELD;
}

/* What a person wants to know at the end. */
static void summary(struct run *run)
{
    static char report[REPORT_BYTES];
    struct text text = TEXT(report);
    bool ko = run->language == LANGUAGE_KO;
    unsigned held = 0, count = session_expectations(run->session);
    bool told = strstr(session_script(run->session), "report ledger") != NULL;
    for (uint32_t i = 0; i < session_variants(run->session) && !told; i++) {
        struct world *world = session_variant(run->session, i)->world;
        text_clear(&text);
        deliveries_report(world, &text, run->language);
        if (text.used == 0 || world->writes != 0)
            ledger_report(world, &text, run->language);
        on_text(run, (int)i, report);
    }
    struct error error;
    bool table = strstr(session_script(run->session), "report variants") != NULL;
    if (session_variants(run->session) > 1 && !table)
        session_line(run->session, "report variants", &error);
    for (uint32_t i = 0; i < count; i++)
        held += session_expectation(run->session, i)->held;
    if (count)
        printf(ko ? "expect %u개 성립, %u개 불성립\n" : "expects: %u held, %u failed\n", held,
               count - held);
}

/* An expect that nobody looked at is no expect that held: it goes where it disturbs no document. */
static void say_what_is_left(const struct run *run)
{
    uint32_t left = session_expects_left(run->session);
    if (left)
        fprintf(stderr,
                run->language == LANGUAGE_KO ? "%s: --until 뒤라서 보지 않은 expect: %u개\n"
                                             : "%s: expects after --until, not looked at: %u\n",
                run->file, left);
}

static bool invariants_hold(struct run *run)
{
    char why[256];
    struct text text = TEXT(why);
    for (uint32_t i = 0; i < session_variants(run->session); i++) {
        text_clear(&text);
        if (world_check(session_variant(run->session, i)->world, &text))
            continue;
        fprintf(stderr, "outage: %s: defect: %s\n", run->file, why);
        return false;
    }
    return true;
}

static int finish(struct run *run)
{
    if (run->form == FORM_CSV)
        rows_file_open(&run->rows, stdout, goes_back(session_script(run->session)));
    enum session_state state = session_finish(run->session, run->until_ns);
    if (state == SESSION_FAILED)
        return STATUS_WRONG;
    int status = state == SESSION_OVER ? STATUS_FAILED : expects_failed(run);
    if (!invariants_hold(run))
        status = STATUS_DEFECT;
    if (run->form == FORM_JSON)
        document_json(stdout, run->session, run->file);
    if (run->form == FORM_TEXT)
        summary(run);
    if (state != SESSION_OVER)
        say_what_is_left(run);
    return status;
}

static int not_written(const struct run *run, const char *path)
{
    struct error error;
    error_set(&error, ERROR_NO_OUTPUT_FILE, 0, path, strerror(errno), NULL, NULL);
    batch_error(path, NULL, &error, run->language);
    return STATUS_WRONG;
}

static int run_script(struct run *run, const char *script, size_t bytes)
{
    struct error error;
    if ((run->share_path && !batch_writable(run->share_path, run->language)) ||
        (run->trace_path && !batch_writable(run->trace_path, run->language)) ||
        (run->pcap_path && !batch_writable(run->pcap_path, run->language)))
        return STATUS_WRONG;
    if (run->trace_path && !trace_file_open(&run->trace, run->trace_path))
        return not_written(run, run->trace_path);
    if (run->pcap_path && !pcap_file_open(&run->pcap, run->pcap_path))
        return not_written(run, run->pcap_path);
    run->session = open_session(run, script, bytes);
    int status = run->session ? finish(run) : STATUS_WRONG;
    if (!rows_file_close(&run->rows))
        status = not_written(run, "--csv");
    if (run->trace.base && !trace_file_close(&run->trace, run->session))
        status = not_written(run, run->trace_path);
    if (run->pcap.base && !pcap_file_close(&run->pcap, run->session))
        status = not_written(run, run->pcap_path);
    if (run->session && run->share_path && status <= STATUS_FAILED &&
        !session_share_file(run->session, run->share_path, &error)) {
        batch_error(run->share_path, NULL, &error, run->language);
        status = STATUS_WRONG;
    }
    session_close(run->session);
    return batch_flush(status, run->language);
}

static int run_file(struct run *run)
{
    size_t bytes;
    char *script = batch_read(run->file, &bytes, run->language);
    if (!script)
        return STATUS_WRONG;
    int status = run_script(run, script, bytes);
    free(script);
    return status;
}

int batch_run(int argc, char **argv, enum language language)
{
    struct run run = {.language = language, .until_ns = TIME_NEVER, .every_ns = SECOND_NS};
    batch_guard();
    return options_read(&run, argc, argv) ? run_file(&run) : STATUS_WRONG;
}

int batch_run_file(const char *path, enum language language)
{
    struct run run = {.file = path,
                      .form = FORM_QUIET,
                      .language = language,
                      .until_ns = TIME_NEVER,
                      .every_ns = SECOND_NS};
    return run_file(&run);
}
