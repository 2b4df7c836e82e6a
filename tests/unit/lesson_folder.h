/* A folder of lessons of its own for a test: copies of the skeleton that may be changed. */
#ifndef TESTS_UNIT_LESSON_FOLDER_H
#define TESTS_UNIT_LESSON_FOLDER_H

#include <sys/stat.h>
#include <unistd.h>

#include "lab/lesson/reading.h"
#include "tests/unit/lab_fixture.h"

struct folder {
    char root[64], lesson[80];
};

static const char *const folder_files[] = {"en.md", "ko.md", "world.lab"};

static inline void folder_write(const struct folder *folder, const char *name, const char *words)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder->lesson, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(words, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static inline void folder_path(const struct folder *folder, const char *name, char path[200])
{
    snprintf(path, 200, "%s/%s", folder->lesson, name);
}

static inline struct folder folder_open(void)
{
    struct folder folder = {.root = "/tmp/outage-folder-XXXXXX"};
    char path[4096];
    assert_non_null(mkdtemp(folder.root));
    snprintf(folder.lesson, sizeof folder.lesson, "%s/01-skeleton", folder.root);
    assert_int_equal(mkdir(folder.lesson, 0777), 0);
    for (unsigned i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/lessons/skeleton/%s", OUTAGE_SOURCE_DIR, folder_files[i]);
        char *words = reading_file(path, NULL);
        assert_non_null(words);
        folder_write(&folder, folder_files[i], words);
        free(words);
    }
    assert_int_equal(setenv("OUTAGE_LESSONS", folder.root, 1), 0);
    return folder;
}

static inline void folder_close(struct folder *folder)
{
    char path[200];
    for (unsigned i = 0; i < 3; i++) {
        folder_path(folder, folder_files[i], path);
        unlink(path);
    }
    assert_int_equal(rmdir(folder->lesson), 0);
    assert_int_equal(rmdir(folder->root), 0);
    unsetenv("OUTAGE_LESSONS");
}

/* In a file the first `from` becomes `to`; what is not there is a mistake of the test. */
static inline void folder_change(const struct folder *folder, const char *name, const char *from,
                                 const char *to)
{
    char path[200], words[30000] = "";
    struct text text = TEXT(words);
    folder_path(folder, name, path);
    char *was = reading_file(path, NULL);
    assert_non_null(was);
    char *at = strstr(was, from);
    if (!at)
        fail_msg("%s: no `%s`", name, from);
    text_add_bytes(&text, was, (size_t)(at - was));
    text_add(&text, to);
    text_add(&text, at + strlen(from));
    assert_false(text.cut);
    free(was);
    folder_write(folder, name, words);
}

static inline void folder_change_both(const struct folder *folder, const char *from, const char *to)
{
    folder_change(folder, "en.md", from, to);
    folder_change(folder, "ko.md", from, to);
}

#endif
