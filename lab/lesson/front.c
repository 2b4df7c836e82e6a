/* The front matter of a lesson: its keys between two lines of ---. */
#include "lab/lesson/reading.h"

#include <stdlib.h>
#include <string.h>

const char *const lesson_front_keys[FRONT_KEYS] = {"id",    "title", "minutes",
                                                   "needs", "asks",  "view"};

static bool line_read(struct reading *reading, const char *line, size_t bytes, uint32_t number)
{
    const char *colon = memchr(line, ':', bytes);
    char name[32];
    struct text key = TEXT(name);
    unsigned i = 0;
    text_clear(&key);
    text_add_bytes(&key, line, colon ? (size_t)(colon - line) : bytes);
    if (strspn(name, " \t") == strlen(name) || name[0] == '#')
        return true;
    while (i < FRONT_KEYS && strcmp(lesson_front_keys[i], name) != 0)
        i++;
    if (!colon || i == FRONT_KEYS)
        return reading_fail(reading, number, 1, ERROR_LESSON_KEY, name, NULL);
    struct front_line *to = &reading->to->front[i];
    if (to->words)
        return reading_fail(reading, number, 1, ERROR_LESSON_TWICE, name, NULL);
    const char *value = colon + 1, *end = line + bytes;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    to->line = number;
    to->words = strndup(value, (size_t)(end - value));
    return to->words || reading_fail(reading, number, 1, ERROR_NO_MEMORY, NULL, NULL);
}

/* Without a title and a question a lesson cannot be shown; the other keys are asked for by `outage
 * check`. */
static bool complete(struct reading *reading, uint32_t line)
{
    for (unsigned i = 0; i < FRONT_KEYS; i++) {
        struct front_line *key = &reading->to->front[i];
        if (!key->words)
            key->line = line;
        if ((i == FRONT_TITLE || i == FRONT_ASKS) && (!key->words || !key->words[0]))
            return reading_fail(reading, key->line, 1, ERROR_LESSON_FRONT, lesson_front_keys[i],
                                NULL);
    }
    return true;
}

const char *reading_front(struct reading *reading)
{
    const char *c = reading->source;
    struct lesson_text *to = reading->to;
    uint32_t line = 2;
    if (strncmp(c, "---\n", 4) != 0) {
        reading_fail(reading, 1, 1, ERROR_LESSON_FRONT, "---", NULL);
        return NULL;
    }
    for (c += 4; *c && strncmp(c, "---", 3) != 0; line++) {
        size_t bytes = strcspn(c, "\n");
        if (!line_read(reading, c, bytes, line))
            return NULL;
        c += bytes + (c[bytes] == '\n');
    }
    if (!*c) {
        reading_fail(reading, 1, 1, ERROR_LESSON_FRONT, "---", NULL);
        return NULL;
    }
    if (!complete(reading, line))
        return NULL;
    to->title = to->front[FRONT_TITLE].words;
    to->asks = to->front[FRONT_ASKS].words;
    if (to->front[FRONT_MINUTES].words)
        reading->lesson->minutes = (uint32_t)strtoul(to->front[FRONT_MINUTES].words, NULL, 10);
    return c + strcspn(c, "\n");
}
