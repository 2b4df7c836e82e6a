/* outage progress and outage retro: reading the words, opening the file, writing the output. */
#include "lab/progress/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lab/language/language.h"
#include "lab/progress/progress.h"
#include "lab/progress/retro.h"

#define WORDS_BYTES 10000

static uint64_t wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Whatever is wrong with the file is said; true when something was. */
static bool complain(struct progress *progress, enum language language)
{
    char line[WORDS_BYTES];
    struct text words = TEXT(line);
    if (!progress_words(progress, language, &words))
        return false;
    fprintf(stderr, "outage: %s\n", line);
    return true;
}

/* Standard output, or a file that is not there yet: a page that was edited is not written over. */
static FILE *output_open(const char *path, enum language language)
{
    struct error error;
    if (!path || strcmp(path, "-") == 0)
        return stdout;
    int number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *file = number >= 0 ? fdopen(number, "w") : NULL;
    if (file)
        return file;
    error_set(&error, ERROR_NO_OUTPUT_FILE, 0, path, strerror(errno), NULL, NULL);
    batch_error("outage", NULL, &error, language);
    return NULL;
}

static int output_close(FILE *file, const char *path, int status, enum language language)
{
    struct error error;
    if (file == stdout)
        return batch_flush(status, language);
    bool written = !ferror(file) && fflush(file) == 0;
    int reason = errno;
    if (fclose(file) == 0 && written)
        return status;
    unlink(path);
    error_set(&error, ERROR_NO_OUTPUT_FILE, 0, path, strerror(reason ? reason : EIO), NULL, NULL);
    batch_error("outage", NULL, &error, language);
    return STATUS_WRONG;
}

/* --- progress --------------------------------------------------------------------------------- */

static bool line_put(void *user, const char *line)
{
    return fputs(line, user) >= 0 && putc('\n', user) != EOF;
}

/* Opened to be looked at: that nothing new would be kept is no matter here.  False when it cannot
 * be. */
static bool look(struct progress *progress, enum language language)
{
    if (progress_takes(progress) || !progress_reads(progress))
        complain(progress, language);
    return progress_reads(progress);
}

static int export_to(const char *path, enum language language)
{
    struct progress *progress = progress_open_existing(NULL, wall_ms());
    FILE *file = look(progress, language) ? output_open(path, language) : NULL;
    int status = STATUS_WRONG;
    if (file) {
        bool whole = progress_export(progress, line_put, file);
        if (!whole)
            complain(progress, language);
        status = output_close(file, path, whole ? STATUS_HELD : STATUS_WRONG, language);
    }
    progress_close(progress);
    return status;
}

static int import_from(const char *path, enum language language)
{
    char line[WORDS_BYTES];
    struct text why = TEXT(line);
    uint32_t added = 0;
    size_t bytes = 0;
    char *text = batch_read(path, &bytes, language);
    struct progress *progress = text ? progress_open(NULL, wall_ms()) : NULL;
    bool told = complain(progress, language);
    bool taken = progress && progress_import(progress, text, bytes, &added, language, &why);
    if (taken) {
        printf(retro_say(language, RETRO_ADDED), added);
        putchar('\n');
    } else if (progress && why.used) {
        bool place = line[0] >= '0' && line[0] <= '9';
        fprintf(stderr, "%s:%s%s\n", place ? path : "outage", place ? "" : " ", line);
    } else if (progress && !told) {
        batch_usage("import", PROGRESS_USAGE, language);
    }
    progress_close(progress);
    free(text);
    return taken ? batch_flush(STATUS_HELD, language) : STATUS_WRONG;
}

int progress_command(int argc, char **argv, enum language language)
{
    bool out = argc >= 2 && strcmp(argv[1], "export") == 0;
    bool in = argc >= 2 && strcmp(argv[1], "import") == 0;
    if (out && argc <= 3 && !(argc == 3 && argv[2][0] == '-' && argv[2][1]))
        return export_to(argc == 3 ? argv[2] : NULL, language);
    if (in && argc == 3 && !(argv[2][0] == '-' && argv[2][1]))
        return import_from(argv[2], language);
    const char *wrong = argc < 2      ? ""
                        : !in && !out ? argv[1]
                        : out         ? argv[argc > 3 ? 3 : 2]
                        : argc > 3    ? argv[3]
                        : argc == 3   ? argv[2]
                                      : "";
    return batch_usage(wrong, PROGRESS_USAGE, language);
}

/* --- retro ------------------------------------------------------------------------------------ */

static struct lesson **lessons_read(uint32_t *count)
{
    uint32_t listed = 0;
    char why[1024];
    char **list = lesson_list(lesson_root(), &listed);
    struct lesson **lessons = calloc(listed ? listed : 1, sizeof *lessons);
    *count = 0;
    for (uint32_t i = 0; lessons && i < listed; i++) {
        struct text text = TEXT(why);
        lessons[*count] = lesson_open(list[i], LANGUAGE_EN, &text);
        *count += lessons[*count] != NULL;
    }
    lesson_list_free(list, listed);
    return lessons;
}

/* The page and, beside it, the runs to replay: all of them or nothing. */
static int page_to(struct progress *progress, const struct kept_meeting *meeting, const char *path,
                   enum language language, bool told)
{
    struct kept_agenda agenda;
    struct error error;
    char run[4096 + 64];
    struct retro retro = {.language = language, .progress = progress};
    retro.path = path && strcmp(path, "-") != 0 ? path : NULL;
    if (!told && progress_agenda_find(progress, meeting->started_ms, &agenda))
        retro.language = agenda.language;
    retro.file = output_open(path, language);
    if (!retro.file)
        return STATUS_WRONG;
    if (retro.path && !retro_runs_write(&retro, meeting, run, sizeof run)) {
        error_set(&error, ERROR_NO_OUTPUT_FILE, 0, run, strerror(errno), NULL, NULL);
        batch_error("outage", NULL, &error, language);
        fclose(retro.file);
        unlink(path);
        return STATUS_WRONG;
    }
    retro.lessons = lessons_read(&retro.lesson_count);
    if (!retro.lessons)
        retro.lesson_count = 0;
    retro_write(&retro, meeting);
    for (uint32_t i = 0; i < retro.lesson_count; i++)
        lesson_close(retro.lessons[i]);
    free(retro.lessons);
    return output_close(retro.file, path, STATUS_HELD, language);
}

static int retro_of(const char *path, uint32_t number, enum language language, bool told)
{
    struct kept_meeting meeting;
    struct progress *progress = progress_open_existing(NULL, wall_ms());
    int status = look(progress, language) ? STATUS_FAILED : STATUS_WRONG;
    uint32_t count = progress_meetings(progress);
    if (progress_meeting_find(progress, number, &meeting)) {
        status = page_to(progress, &meeting, path, language, told);
    } else if (status == STATUS_FAILED) {
        fputs("outage: ", stderr);
        if (count)
            fprintf(stderr, retro_say(language, RETRO_NO_SUCH_MEETING), number, count);
        else
            fputs(retro_say(language, RETRO_NO_MEETING), stderr);
        putc('\n', stderr);
    }
    progress_close(progress);
    return status;
}

/* A whole number from 1; 0 when it is none. */
static uint32_t read_session(const char *words)
{
    char *end;
    unsigned long number = words[0] >= '1' && words[0] <= '9' ? strtoul(words, &end, 10) : 0;
    return number && !*end && number <= INT32_MAX ? (uint32_t)number : 0;
}

int retro_command(int argc, char **argv, enum language language, bool told)
{
    const char *path = NULL;
    uint32_t number = 0;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i], *session = NULL;
        if (strncmp(word, "--session=", 10) == 0)
            session = word + 10;
        else if (strcmp(word, "--session") == 0)
            session = i + 1 < argc ? argv[++i] : "";
        if (session)
            number = read_session(session);
        if ((session && !number) || (!session && (path || (word[0] == '-' && word[1]))))
            return batch_usage(session && *session ? session : word, RETRO_USAGE, language);
        if (!session)
            path = word;
    }
    return retro_of(path, number, language, told);
}
