/* Progress in a folder of its own, for tests: random records, the file as text, a child that may be
 * killed. */
#ifndef TESTS_UNIT_PROGRESS_FIXTURE_H
#define TESTS_UNIT_PROGRESS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/progress/store.h"
#include "tests/unit/shell.h"

#define DAY     UINT64_C(86400000)
#define NOW     UINT64_C(1770120000000) /* 2026-02-03T12:00:00.000Z */
#define LESSON  "01-plug"
#define PATH_OF 256

struct where {
    char folder[PATH_OF], file[PATH_OF + 32];
};

static inline struct where place_make(void)
{
    struct where place;
    bool memory =
        access("/dev/shm", W_OK) == 0; /* each write is synced: a disk would take its time */
    snprintf(place.folder, sizeof place.folder, "%s/outage-progress-XXXXXX",
             memory ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(place.folder));
    snprintf(place.file, sizeof place.file, "%s/progress.db", place.folder);
    return place;
}

/* How many files begin with a name; with `delete` they are deleted. */
static inline unsigned place_files(const struct where *place, const char *begin, bool delete)
{
    DIR *folder = opendir(place->folder);
    unsigned count = 0;
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strncmp(entry->d_name, begin, strlen(begin)) != 0 || entry->d_name[0] == '.')
            continue;
        count++;
        if (delete)
            assert_int_equal(unlinkat(dirfd(folder), entry->d_name, 0), 0);
    }
    closedir(folder);
    return count;
}

static inline void place_remove(struct where *place)
{
    place_files(place, "", true);
    assert_int_equal(rmdir(place->folder), 0);
}

/* Runs the program there with its progress; its exit status, and what it says on both streams. */
static inline int place_outage(const struct where *place, const char *words, char *said,
                               size_t bytes)
{
    char line[2048];
    snprintf(line, sizeof line,
             "cd '%s' && exec 2>&1 && export OUTAGE_PROGRESS='%s' TZ=UTC; '%s' %s", place->folder,
             place->file, getenv("OUTAGE_PROGRAM"), words);
    return shell_run(line, said, bytes);
}

static inline struct progress *open_good(const struct where *place)
{
    char words[9000];
    struct text text = TEXT(words);
    struct progress *progress = progress_open(place->file, NOW);
    assert_non_null(progress);
    if (progress_words(progress, LANGUAGE_EN, &text))
        fail_msg("%s", words);
    assert_true(progress_takes(progress));
    return progress;
}

/* What the file says of itself, "" when it has nothing to say. */
static inline const char *words_of(struct progress *progress, enum language language)
{
    static char words[9000];
    struct text text = TEXT(words);
    if (!progress_words(progress, language, &text))
        words[0] = 0;
    return words;
}

static inline bool text_sink(void *user, const char *line)
{
    return fprintf(user, "%s\n", line) > 0;
}

/* The whole as text; the caller's to free. */
static inline char *text_of(struct progress *progress)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *file = open_memstream(&text, &bytes);
    assert_non_null(file);
    assert_true(progress_export(progress, text_sink, file));
    fclose(file);
    return text;
}

static inline struct kept_guess guess_of(uint32_t person, int64_t number)
{
    struct kept_guess guess = {.started_ms = NOW, .round = 1, .person = person, .number = number};
    snprintf(guess.lesson, sizeof guess.lesson, "%s", LESSON);
    snprintf(guess.question, sizeof guess.question, "kept");
    snprintf(guess.words, sizeof guess.words, "%lld", (long long)number);
    guess.seed = 7;
    guess.locked_ms = NOW + person;
    return guess;
}

static inline struct kept_attempt attempt_of(const char *lesson, uint64_t started_ms)
{
    struct kept_attempt attempt = {.started_ms = started_ms, .step = 3, .seed = 7};
    snprintf(attempt.lesson, sizeof attempt.lesson, "%s", lesson);
    return attempt;
}

/* --- a random stream that a seed gives again -------------------------------------------------- */

static inline uint64_t draw(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static inline const char *draw_text(uint64_t *state, char *to, size_t most)
{
    static const char *const parts[] = {"a",  "가",  "\"", "\\", "\n", "\t",   " ", "=", "\x1b",
                                        "힣", "\\n", "#",  "-",  "x1", "\xff", "1", "\r"};
    size_t used = 0, parts_count = draw(state) % 8;
    to[0] = 0;
    for (size_t i = 0; i < parts_count; i++) {
        const char *part = parts[draw(state) % (sizeof parts / sizeof *parts)];
        if (used + strlen(part) + 1 > most)
            break;
        strcpy(to + used, part);
        used += strlen(part);
    }
    return to;
}

/* A record of any kind; few keys, so that records meet. */
static inline bool put_one(struct progress *progress, uint64_t *state, enum put put)
{
    enum record_id id = (enum record_id)(draw(state) % RECORD_COUNT);
    const struct record_kind *kind = &record_kinds[id];
    struct column_value cells[COLUMNS_MAX];
    char texts[COLUMNS_MAX][64];
    for (unsigned i = 0; i < kind->count; i++) {
        bool narrow = kind->columns[i].key || draw(state) % 4 == 0;
        switch (kind->columns[i].type) {
        case COLUMN_TEXT:
            cells[i].text = draw_text(state, texts[i], narrow ? 3 : sizeof texts[i]);
            cells[i].bytes = strlen(texts[i]);
            break;
        case COLUMN_NUMBER:
            cells[i].number = narrow ? (int64_t)(draw(state) % 3) : (int64_t)draw(state);
            break;
        default:
            cells[i].number = (int64_t)(narrow ? draw(state) % 3 : draw(state) % (TIME_MAX_MS + 1));
        }
    }
    return store_put(progress, id, cells, put);
}

static inline void put_random(struct progress *progress, uint64_t *state, int count, enum put put)
{
    assert_true(store_begin(progress));
    for (int i = 0; i < count; i++)
        assert_true(put_one(progress, state, put));
    assert_true(store_end(progress, true));
}

#endif
