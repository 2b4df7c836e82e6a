/* outage new lesson NAME: a copy of the lesson skeleton under the next number. */
#include "lab/authoring/authoring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/lesson/lesson.h"

#define PATH_BYTES  4096
#define NAME_LENGTH 31

static const char *const files[] = {"world.lab", "ko.md", "en.md"};
#define FILES (sizeof files / sizeof files[0])

struct making {
    enum language language;
    const char *name;
    const char *parent;      /* the folder of lessons */
    char folder[PATH_BYTES]; /* of the new one */
    unsigned made;           /* files so far: taken away again when one fails */
};

static bool fail(const struct making *making, const char *path, enum error_id id, const char *a,
                 const char *b)
{
    char words[512];
    struct text text = TEXT(words);
    struct error error;
    error_set(&error, id, 0, a, b, NULL, NULL);
    text_clear(&text);
    error_add(&text, &error, making->language);
    if (path)
        fprintf(stderr, "outage: %s: %s\n", path, words);
    else
        fprintf(stderr, "outage: %s\n", words);
    return false;
}

/* What the system refused, and the way out. */
static bool fail_system(const struct making *making, const char *path, int reason)
{
    bool full = reason == ENOSPC || reason == EDQUOT;
    bool closed = reason == EACCES || reason == EPERM || reason == EROFS;
    return fail(making, path,
                full     ? ERROR_NEW_FULL
                : closed ? ERROR_NEW_CLOSED
                         : ERROR_NEW_FAILED,
                strerror(reason), NULL);
}

/* --- the skeleton ----------------------------------------------------------------------------- */

/* Beside the program's source, or installed: not where $OUTAGE_LESSONS says. */
static const char *skeleton_folder(void)
{
    static const char source[] = OUTAGE_SOURCE_DIR "/lessons/skeleton";
    struct stat about;
    return stat(source, &about) == 0 ? source : OUTAGE_DATA_DIR "/lessons/skeleton";
}

static char *skeleton_read(const char *path)
{
    size_t room = 1 << 16, used = 0, got;
    char *words = malloc(room);
    FILE *file = fopen(path, "r");
    while (file && words && (got = fread(words + used, 1, room - used - 1, file)) > 0) {
        used += got;
        if (used + 1 == room) {
            char *more = realloc(words, room *= 2);
            if (!more)
                free(words);
            words = more;
        }
    }
    bool whole = file && words && !ferror(file) && used > 0;
    if (file)
        fclose(file);
    if (whole) {
        words[used] = 0;
        return words;
    }
    free(words);
    return NULL;
}

/* Its id becomes the new name; all else is as it was. */
static bool skeleton_write(FILE *file, const char *words, const char *name)
{
    static const char id[] = "\nid: skeleton\n";
    const char *at = strstr(words, id);
    if (at) {
        fwrite(words, 1, (size_t)(at - words), file);
        fprintf(file, "\nid: %s\n", name);
        words = at + strlen(id);
    }
    fputs(words, file);
    return fflush(file) == 0 && !ferror(file);
}

/* --- writing ---------------------------------------------------------------------------------- */

static bool file_make(struct making *making, const char *name)
{
    char from[PATH_BYTES], to[PATH_BYTES + 16];
    snprintf(from, sizeof from, "%s/%s", skeleton_folder(), name);
    snprintf(to, sizeof to, "%s/%s", making->folder, name);
    char *words = skeleton_read(from);
    if (!words)
        return fail(making, from, ERROR_NEW_SKELETON, NULL, NULL);
    int descriptor = open(to, O_WRONLY | O_CREAT | O_EXCL, 0666);
    int reason = errno;
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (file) {
        making->made++;
        errno = 0;
        bool written = skeleton_write(file, words, making->name);
        reason = errno;
        if (fclose(file) == 0 && written)
            reason = 0;
        else if (!reason)
            reason = errno ? errno : EIO;
    } else if (descriptor >= 0) {
        reason = errno;
        close(descriptor);
    }
    free(words);
    return (file && !reason) || fail_system(making, to, reason);
}

/* Half a lesson is none: what was made goes away again. */
static void folder_unmake(const struct making *making)
{
    char path[PATH_BYTES + 16];
    for (unsigned i = 0; i < making->made; i++) {
        snprintf(path, sizeof path, "%s/%s", making->folder, files[i]);
        unlink(path);
    }
    rmdir(making->folder);
}

static bool folder_make(struct making *making)
{
    if (mkdir(making->folder, 0777) != 0)
        return fail_system(making, making->folder, errno);
    for (unsigned i = 0; i < FILES; i++) {
        if (!file_make(making, files[i])) {
            folder_unmake(making);
            return false;
        }
    }
    return true;
}

/* --- which folder ----------------------------------------------------------------------------- */

static bool is_name(const char *words)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    return words[0] >= 'a' && words[0] <= 'z' && !words[strspn(words, letters)] &&
           strlen(words) <= NAME_LENGTH;
}

/* The next number; false when there is a lesson of this name. */
static bool folder_choose(struct making *making)
{
    uint32_t count;
    long last = 0;
    char *there = NULL;
    char **list = lesson_list(making->parent, &count);
    for (uint32_t i = 0; list && i < count; i++) {
        const char *folder = strrchr(list[i], '/') + 1;
        long number = strtol(folder, NULL, 10);
        if (strcmp(strchr(folder, '-') + 1, making->name) == 0 && !there)
            there = strdup(folder);
        last = number > last ? number : last;
    }
    lesson_list_free(list, count);
    if (there) {
        fail(making, making->parent, ERROR_NEW_TAKEN, making->name, there);
        free(there);
        return false;
    }
    int length = snprintf(making->folder, sizeof making->folder, "%s/%02ld-%s", making->parent,
                          last + 1, making->name);
    return length < (int)sizeof making->folder || fail_system(making, making->parent, ENAMETOOLONG);
}

static bool parent_check(struct making *making)
{
    struct stat about;
    if (stat(making->parent, &about) != 0 || !S_ISDIR(about.st_mode))
        return fail(making, making->parent, ERROR_NEW_FOLDER, NULL, NULL);
    return true;
}

/* What was made, and what to type next. */
static void report(const struct making *making, bool elsewhere)
{
    bool ko = making->language == LANGUAGE_KO;
    for (unsigned i = 0; i < FILES; i++)
        printf("%s/%s\n", making->folder, files[i]);
    printf("%s\n", ko ? "다음에 칠 줄:" : "Next:");
    printf("    outage check %s\n", making->folder);
    if (elsewhere)
        printf("    OUTAGE_LESSONS=%s outage %s\n", making->parent, making->folder);
    else
        printf("    outage %s\n", making->folder);
}

int authoring_new(int argc, char **argv, enum language language)
{
    struct making making = {.language = language, .parent = lesson_root()};
    bool elsewhere = false;
    char parent[PATH_BYTES];
    if (argc < 2 || strcmp(argv[1], "lesson") != 0)
        return batch_usage(argc < 2 ? "" : argv[1], AUTHORING_USAGE, language);
    for (int i = 2; i < argc; i++) {
        bool in = strcmp(argv[i], "--in") == 0;
        if (in ? i + 1 == argc || elsewhere : argv[i][0] == '-' || making.name)
            return batch_usage(argv[i], AUTHORING_USAGE, language);
        if (!in) {
            making.name = argv[i];
            continue;
        }
        elsewhere = true;
        size_t bytes = strlen(argv[++i]);
        while (bytes > 1 && argv[i][bytes - 1] == '/')
            bytes--;
        snprintf(parent, sizeof parent, "%.*s", (int)bytes, argv[i]);
        making.parent = parent;
    }
    if (!making.name)
        return batch_usage("", AUTHORING_USAGE, language);
    if (!is_name(making.name)) {
        fail(&making, NULL, ERROR_BAD_NAME, making.name, NULL);
        return STATUS_WRONG;
    }
    if (!parent_check(&making) || !folder_choose(&making) || !folder_make(&making))
        return STATUS_WRONG;
    report(&making, elsewhere);
    return batch_flush(STATUS_HELD, language);
}
