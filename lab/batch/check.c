/*
 * outage check [FILE...]: lessons by their rules, worlds by running them.
 */
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/batch/batch.h"
#include "lab/lesson/lesson.h"

#define SEEDS 20 /* an answer that holds for so many is no luck; --seeds N asks for others */

struct tally {
    enum language language;
    unsigned passed, failed;
    unsigned missing; /* files that are not there */
    unsigned seeds;
};

static void report_line(void *user, const char *line)
{
    (void)user;
    puts(line);
}

static void note(struct tally *tally, const char *path, bool passed)
{
    bool ko = tally->language == LANGUAGE_KO;
    printf("%s: %s\n", path, passed ? (ko ? "통과" : "passed") : (ko ? "통과하지 못함" : "failed"));
    fflush(stdout);
    tally->passed += passed;
    tally->failed += !passed;
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static void lesson_checked(struct tally *tally, const char *folder)
{
    note(tally, folder,
         lesson_check(folder, tally->seeds, tally->language, report_line, NULL) == 0);
}

/* A folder is a lesson; a lesson's text stands for its folder; anything else is a world. */
static void path_check(struct tally *tally, const char *path)
{
    size_t bytes = strlen(path);
    bool text = bytes > 3 && strcmp(path + bytes - 3, ".md") == 0;
    if (is_folder(path)) {
        lesson_checked(tally, path);
    } else if (text) {
        const char *slash = strrchr(path, '/');
        char *folder = slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
        if (!folder)
            abort();
        lesson_checked(tally, folder);
        free(folder);
    } else {
        note(tally, path, batch_run_file(path, tally->language) == STATUS_HELD);
    }
}

static void all_check(struct tally *tally)
{
    uint32_t count = 0;
    char pattern[4096];
    glob_t worlds;
    char **lessons = lesson_list(lesson_root(), &count);
    for (uint32_t i = 0; i < count; i++)
        lesson_checked(tally, lessons[i]);
    lesson_list_free(lessons, count);
    snprintf(pattern, sizeof pattern, "%s/../worlds/*.lab", lesson_root());
    if (glob(pattern, 0, NULL, &worlds) != 0)
        return;
    for (size_t i = 0; i < worlds.gl_pathc; i++)
        path_check(tally, worlds.gl_pathv[i]);
    globfree(&worlds);
}

int batch_check(int argc, char **argv, enum language language)
{
    static const char usage[] = "outage check [--seeds N] [FILE...]";
    struct tally tally = {.language = language, .seeds = SEEDS};
    int first = 1;
    if (argc > 1 && strcmp(argv[1], "--seeds") == 0) {
        uint64_t seeds;
        struct error error;
        if (argc < 3 || !value_parse(argv[2], UNIT_COUNT, NULL, &seeds, &error) || seeds > 10000)
            return batch_usage(argc < 3 ? argv[1] : argv[2], usage, language);
        tally.seeds = (unsigned)seeds;
        first = 3;
    }
    for (int i = first; i < argc; i++)
        if (argv[i][0] == '-' && argv[i][1])
            return batch_usage(argv[i], usage, language);
    for (int i = first; i < argc; i++) {
        tally.missing += strcmp(argv[i], "-") != 0 && access(argv[i], R_OK) != 0;
        path_check(&tally, argv[i]);
    }
    if (argc == first)
        all_check(&tally);
    printf("%u passed, %u failed\n", tally.passed, tally.failed);
    int status = tally.missing ? STATUS_WRONG : tally.failed ? STATUS_FAILED : STATUS_HELD;
    return batch_flush(status, language);
}
