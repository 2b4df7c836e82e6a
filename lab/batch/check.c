/*
 * outage check [FILE...]: lessons by their rules, worlds by running them.
 */
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lab/batch/batch.h"
#include "lab/lesson/lesson.h"

#define SEEDS 20 /* LESSONS.md: an answer holds for so many */

struct tally {
    enum language language;
    unsigned passed, failed;
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
    note(tally, folder, lesson_check(folder, SEEDS, tally->language, report_line, NULL) == 0);
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
    struct tally tally = {.language = language};
    for (int i = 1; i < argc; i++)
        if (argv[i][0] == '-' && argv[i][1])
            return batch_usage(argv[i], "outage check [FILE...]", language);
    for (int i = 1; i < argc; i++)
        path_check(&tally, argv[i]);
    if (argc == 1)
        all_check(&tally);
    printf(language == LANGUAGE_KO ? "%u개 통과, %u개 통과하지 못함\n" : "%u passed, %u failed\n",
           tally.passed, tally.failed);
    return batch_flush(tally.failed ? STATUS_FAILED : STATUS_HELD, language);
}
