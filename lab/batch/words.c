/*
 * What the subcommands have in common: reading a file, saying an error, closing the output.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/batch/batch.h"
#include "lab/language/language.h"

#define LINE_BYTES 1024

void batch_error(const char *file, const struct command *command, const struct error *error,
                 enum language language)
{
    char line[LINE_BYTES];
    struct text text = TEXT(line);
    text_clear(&text);
    language_error(&text, file, command, error, language);
    fprintf(stderr, "%s\n", line);
}

static void plain_error(enum error_id id, const char *a, const char *b, enum language language)
{
    char line[LINE_BYTES];
    struct text text = TEXT(line);
    struct error error;
    error_set(&error, id, 0, a, b, NULL, NULL);
    text_clear(&text);
    error_add(&text, &error, language);
    fprintf(stderr, "outage: %s\n", line);
}

int batch_misuse(enum error_id id, const char *a, const char *b, const char *usage,
                 enum language language)
{
    plain_error(id, a, b, language);
    if (usage[0])
        fprintf(stderr, "%s\n", usage);
    return STATUS_WRONG;
}

int batch_usage(const char *word, const char *usage, enum language language)
{
    if (word[0])
        return batch_misuse(ERROR_UNKNOWN_OPTION, word, NULL, usage, language);
    fprintf(stderr, "%s\n", usage);
    return STATUS_WRONG;
}

bool batch_writable(const char *path, enum language language)
{
    struct error error;
    bool there = access(path, F_OK) == 0, named = strcmp(path, "-") != 0;
    errno = EINVAL;
    FILE *file = named ? fopen(path, "a") : NULL;
    if (file) {
        fclose(file);
        if (!there)
            unlink(path);
        return true;
    }
    error_set(&error, ERROR_NO_OUTPUT_FILE, 0, path, strerror(errno), NULL, NULL);
    batch_error(path, NULL, &error, language);
    return false;
}

#ifndef __SANITIZE_ADDRESS__ /* a sanitizer's own report says more */
static void on_defect(int number)
{
    static const char words[] = "outage: a defect of the program ended this run\n";
    (void)number;
    (void)!write(STDERR_FILENO, words, sizeof words - 1);
    _exit(STATUS_DEFECT);
}
#endif

void batch_guard(void)
{
#ifndef __SANITIZE_ADDRESS__
    static const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        signal(signals[i], on_defect);
#endif
}

static char *stream_read(FILE *file, size_t *bytes)
{
    size_t room = 1 << 16, got;
    char *at = malloc(room);
    *bytes = 0;
    while (at && (got = fread(at + *bytes, 1, room - *bytes, file)) > 0) {
        *bytes += got;
        if (*bytes == room) {
            char *larger = realloc(at, room *= 2);
            if (!larger)
                free(at);
            at = larger;
        }
    }
    if (at && ferror(file)) {
        free(at);
        at = NULL;
    }
    return at;
}

char *batch_read(const char *path, size_t *bytes, enum language language)
{
    bool input = strcmp(path, "-") == 0;
    struct error error;
    FILE *file = input ? stdin : fopen(path, "r");
    char *script = file ? stream_read(file, bytes) : NULL;
    int reason = errno;
    if (file && !input)
        fclose(file);
    if (script)
        return script;
    error_set(&error, ERROR_NO_FILE, 0, path, strerror(reason), NULL, NULL);
    batch_error(path, NULL, &error, language);
    return NULL;
}

int batch_flush(int status, enum language language)
{
    bool failed = ferror(stdout) != 0;
    if (fflush(stdout) == 0 && !failed)
        return status;
    plain_error(ERROR_NOT_WRITTEN, strerror(errno ? errno : EIO), NULL, language);
    return STATUS_WRONG;
}
