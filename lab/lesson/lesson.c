/* A lesson's folder: reading it, giving it back, and where lessons are. */
#include "lab/lesson/lesson.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lab/lesson/reading.h"

static const char *const step_names[STEP_COUNT] = {"brief",   "try",  "predict", "watch",
                                                   "explain", "vary", "work",    "review"};

const char *lesson_step_name(enum lesson_step step)
{
    return step_names[step];
}

uint32_t lesson_part_of(const struct lesson_text *text, enum lesson_step step, const char *name)
{
    for (uint32_t i = 0; name[0] && i < text->part_count[step]; i++)
        if (strcmp(text->parts[step][i].name, name) == 0)
            return i;
    return 0;
}

enum lesson_step reading_step(const char *name)
{
    unsigned i = 0;
    while (i < STEP_COUNT && strcmp(step_names[i], name) != 0)
        i++;
    return (enum lesson_step)i;
}

bool reading_fail(struct reading *reading, uint32_t line, uint32_t column, enum error_id id,
                  const char *a, const char *b)
{
    struct error error;
    if (reading->failed)
        return false;
    reading->failed = true;
    error_set(&error, id, 0, a, b, NULL, NULL);
    text_add(reading->why, reading->path);
    text_add_char(reading->why, ':');
    text_add_u64(reading->why, line);
    text_add_char(reading->why, ':');
    text_add_u64(reading->why, column);
    text_add(reading->why, ": ");
    error_add(reading->why, &error, reading->language);
    return false;
}

struct block *reading_block(struct reading *reading, enum lesson_step step, enum block_kind kind,
                            const char *words, uint32_t line)
{
    struct lesson_text *to = reading->to;
    struct block *more =
        realloc(to->blocks[step], (to->block_count[step] + 1) * sizeof *to->blocks[step]);
    char *copy = strdup(words);
    if (more)
        to->blocks[step] = more;
    if (!more || !copy) {
        free(copy);
        reading_fail(reading, line, 1, ERROR_NO_MEMORY, NULL, NULL);
        return NULL;
    }
    struct block *block = &more[to->block_count[step]++];
    *block = (struct block){.kind = kind, .line = line, .part = reading->part, .words = copy};
    return block;
}

bool reading_part(struct reading *reading, enum lesson_step step, const char *name, uint32_t line)
{
    struct lesson_text *to = reading->to;
    uint32_t *count = &to->part_count[step];
    char most[24];
    struct text words = TEXT(most);
    for (uint32_t i = 0; i < *count; i++)
        if (strcmp(to->parts[step][i].name, name) == 0)
            return reading_fail(reading, line, 5, ERROR_LESSON_TWICE, name, NULL);
    bool first = to->block_count[step] == 0; /* nothing stands before it */
    text_clear(&words);
    text_add_u64(&words, LESSON_PARTS);
    if (*count == LESSON_PARTS)
        return reading_fail(reading, line, 5, ERROR_LESSON_MOST, "###", most);
    if (strlen(name) >= sizeof to->parts[step][0].name)
        return reading_fail(reading, line, 5, ERROR_LESSON_LONG, name, NULL);
    reading->part = first ? 0 : (*count)++;
    struct lesson_part *part = &to->parts[step][reading->part];
    strcpy(part->name, name);
    part->line = line;
    return true;
}

char *reading_file(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    char *source = NULL;
    size_t used = 0, room = 0, n;
    struct stat about;
    if (!file || fstat(fileno(file), &about) != 0 || !S_ISREG(about.st_mode)) {
        if (file)
            fclose(file);
        return NULL;
    }
    do {
        if (used + 65537 > room) {
            room = room * 2 + 65537;
            char *more = realloc(source, room);
            if (!more)
                break;
            source = more;
        }
        n = fread(source + used, 1, 65536, file);
        used += n;
    } while (n > 0);
    bool bad = ferror(file) != 0 || !source;
    fclose(file);
    if (bad) {
        free(source);
        return NULL;
    }
    source[used] = 0;
    if (bytes)
        *bytes = used;
    return source;
}

/* --- one language ----------------------------------------------------------------------------- */

/* As an editor on another system may save it: no byte order mark, no \r before \n. */
static void plain_lines(char *source)
{
    const char *from = source;
    char *to = source;
    if (strncmp(from, "\xEF\xBB\xBF", 3) == 0)
        from += 3;
    for (; *from; from++)
        if (from[0] != '\r' || from[1] != '\n')
            *to++ = *from;
    *to = 0;
}

static bool text_read(struct lesson *lesson, const char *folder, enum language which,
                      enum language language, struct text *why)
{
    char path[4096];
    struct lesson_text *to = &lesson->text[which];
    snprintf(path, sizeof path, "%s/%s.md", folder, which == LANGUAGE_KO ? "ko" : "en");
    to->path = strdup(path);
    char *source = to->source = to->path ? reading_file(path, NULL) : NULL;
    for (unsigned step = 0; step < STEP_COUNT; step++)
        to->part_count[step] = 1;
    if (source)
        plain_lines(source);
    struct reading reading = {.path = path,
                              .source = source,
                              .language = language,
                              .lesson = lesson,
                              .to = to,
                              .why = why};
    if (!source)
        return reading_fail(&reading, 1, 1, ERROR_LESSON_FILE, path, NULL);
    const char *body = reading_front(&reading);
    if (!body || lesson->whole)
        return body && reading_markdown(&reading, body);
    free(source);
    to->source = NULL;
    return true;
}

/* --- the whole -------------------------------------------------------------------------------- */

/* The folder's own name, also where it was called `.` */
static void id_take(struct lesson *lesson, const char *folder, size_t end)
{
    struct text id = TEXT(lesson->id);
    char *real = NULL;
    size_t start = end;
    while (start && folder[start - 1] != '/')
        start--;
    bool dots = end > start && strspn(folder + start, ".") >= end - start;
    if (dots && (real = realpath(folder, NULL)))
        text_add(&id, strrchr(real, '/') + 1);
    else
        text_add_bytes(&id, folder + start, end - start);
    free(real);
}

static size_t without_slashes(const char *folder)
{
    size_t end = strlen(folder);
    while (end > 1 && folder[end - 1] == '/')
        end--;
    return end;
}

static struct lesson *open_some(const char *folder, enum language language, bool whole,
                                struct text *why)
{
    struct lesson *lesson = calloc(1, sizeof *lesson);
    char path[4096];
    if (!lesson)
        return NULL;
    size_t end = without_slashes(folder);
    id_take(lesson, folder, end);
    lesson->number = (uint32_t)strtoul(lesson->id, NULL, 10);
    lesson->whole = whole;
    snprintf(path, sizeof path, "%.*s/world.lab", (int)end, folder);
    lesson->world_path = strdup(path);
    lesson->world = whole ? reading_file(path, NULL) : NULL;
    struct reading reading = {.path = path, .language = language, .why = why};
    if (!lesson->world_path || (whole && !lesson->world))
        reading_fail(&reading, 1, 1, ERROR_LESSON_FILE, path, NULL);
    path[end] = 0;
    if (reading.failed || !text_read(lesson, path, LANGUAGE_EN, language, why) ||
        !text_read(lesson, path, LANGUAGE_KO, language, why)) {
        lesson_close(lesson);
        return NULL;
    }
    return lesson;
}

struct lesson *lesson_open(const char *folder, enum language language, struct text *why)
{
    return open_some(folder, language, true, why);
}

struct lesson *lesson_look(const char *folder, enum language language, struct text *why)
{
    return open_some(folder, language, false, why);
}

bool lesson_read(struct lesson *lesson, enum language language, struct text *why)
{
    char folder[4096];
    size_t bytes = strlen(lesson->world_path) - strlen("/world.lab");
    if (lesson->whole)
        return true;
    snprintf(folder, sizeof folder, "%.*s", (int)bytes, lesson->world_path);
    struct lesson *read = lesson_open(folder, language, why);
    if (!read)
        return false;
    struct lesson looked = *lesson; /* others know it by its place: that stays */
    *lesson = *read;
    *read = looked;
    lesson_close(read);
    return true;
}

static void question_release(struct question *question)
{
    free(question->words);
    for (unsigned i = 0; i < LESSON_CHOICES; i++)
        free(question->choices[i]);
    for (unsigned i = 0; i < LESSON_HIDES; i++)
        free(question->hides[i]);
    for (unsigned i = 0; i < LESSON_MARKS; i++)
        free(question->marks[i]);
    for (uint32_t i = 0; i < question->belief_count; i++) {
        free(question->beliefs[i].words);
        free(question->beliefs[i].mark);
    }
    free(question->beliefs);
}

static void text_release(struct lesson_text *text)
{
    for (unsigned key = 0; key < FRONT_KEYS; key++)
        free(text->front[key].words);
    for (uint32_t i = 0; i < text->link_count; i++)
        free(text->links[i].to);
    free(text->links);
    free(text->source);
    free(text->path);
    for (unsigned step = 0; step < STEP_COUNT; step++) {
        for (uint32_t i = 0; i < text->block_count[step]; i++)
            free(text->blocks[step][i].words);
        free(text->blocks[step]);
    }
    for (uint32_t i = 0; i < text->question_count; i++)
        question_release(&text->questions[i]);
    free(text->questions);
    for (uint32_t i = 0; i < text->review_count; i++)
        question_release(&text->reviews[i]);
    free(text->reviews);
    for (uint32_t i = 0; i < text->goal_count; i++) {
        free(text->goals[i].words);
        free(text->goals[i].condition);
    }
    free(text->goals);
}

void lesson_close(struct lesson *lesson)
{
    if (!lesson)
        return;
    text_release(&lesson->text[LANGUAGE_EN]);
    text_release(&lesson->text[LANGUAGE_KO]);
    free(lesson->world_path);
    free(lesson->world);
    free(lesson);
}

/* --- where lessons are ------------------------------------------------------------------------ */

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

const char *lesson_root(void)
{
    const char *told = getenv("OUTAGE_LESSONS");
    if (told && *told)
        return told;
    if (is_folder(OUTAGE_SOURCE_DIR "/lessons"))
        return OUTAGE_SOURCE_DIR "/lessons";
    return OUTAGE_DATA_DIR "/lessons";
}

static int lessons_only(const struct dirent *entry)
{
    return entry->d_name[0] >= '0' && entry->d_name[0] <= '9' && strchr(entry->d_name, '-');
}

static int by_number(const struct dirent **a, const struct dirent **b)
{
    long x = strtol((*a)->d_name, NULL, 10), y = strtol((*b)->d_name, NULL, 10);
    return x < y ? -1 : x > y ? 1 : strcmp((*a)->d_name, (*b)->d_name);
}

char **lesson_list(const char *root, uint32_t *count)
{
    struct dirent **entries = NULL;
    int found = scandir(root, &entries, lessons_only, by_number);
    char **list = calloc(found > 0 ? (size_t)found : 1, sizeof *list);
    *count = 0;
    for (int i = 0; i < found; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", root, entries[i]->d_name);
        if (list && is_folder(path) && (list[*count] = strdup(path)))
            ++*count;
        free(entries[i]);
    }
    free(entries);
    return list;
}

void lesson_list_free(char **list, uint32_t count)
{
    for (uint32_t i = 0; list && i < count; i++)
        free(list[i]);
    free(list);
}
