/* The runs of a meeting as files beside its page, so that whoever reads it can replay them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/progress/retro.h"

void retro_run_name(const struct retro *retro, const char *lesson, bool folder, char *to,
                    size_t bytes)
{
    const char *slash = strrchr(retro->path, '/');
    const char *name = folder || !slash ? retro->path : slash + 1;
    size_t length = strlen(name);
    if (length > 3 && strcmp(name + length - 3, ".md") == 0)
        length -= 3;
    snprintf(to, bytes, "%.*s-%s.lab", (int)length, name, lesson);
}

static bool write_new(const char *path, const char *words)
{
    int number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *file = number >= 0 ? fdopen(number, "w") : NULL;
    if (!file)
        return false;
    bool written = fputs(words, file) >= 0 && fflush(file) == 0;
    int reason = errno;
    written = fclose(file) == 0 && written;
    if (!written) {
        unlink(path);
        errno = reason ? reason : EIO;
    }
    return written;
}

bool retro_runs_write(const struct retro *retro, const struct kept_meeting *meeting, char *path,
                      size_t bytes)
{
    struct kept_attempt *attempts = calloc(PAGE_ATTEMPTS, sizeof *attempts);
    bool written = true;
    uint32_t i = 0, count = 0;
    if (attempts)
        count = progress_meeting_attempts(retro->progress, meeting->started_ms, attempts,
                                          PAGE_ATTEMPTS);
    for (; written && i < count && i < PAGE_ATTEMPTS; i++) {
        char *words = progress_run_find(retro->progress, &attempts[i]);
        retro_run_name(retro, attempts[i].lesson, true, path, bytes);
        written = !words || write_new(path, words);
        free(words);
    }
    int reason = errno;
    for (uint32_t k = 0; !written && k + 1 < i; k++) {
        char earlier[4096];
        retro_run_name(retro, attempts[k].lesson, true, earlier, sizeof earlier);
        unlink(earlier);
    }
    errno = reason;
    free(attempts);
    return written;
}
