/* The scripts of a lesson's parts: world.lab, or what a `lab world` fence makes of it. */
#include "lab/lesson/lesson.h"

#include <stdlib.h>
#include <string.h>

const struct block *lesson_script_fence(const struct lesson_text *text, enum lesson_step step,
                                        uint32_t part)
{
    for (uint32_t i = 0; i < text->block_count[step]; i++)
        if (text->blocks[step][i].kind == BLOCK_WORLD && text->blocks[step][i].part == part)
            return &text->blocks[step][i];
    return NULL;
}

/* Both languages have the same fences: `outage check` holds that. */
static const struct block *fence_of(const struct lesson *lesson, enum lesson_step step,
                                    uint32_t part)
{
    return lesson_script_fence(&lesson->text[LANGUAGE_EN], step, part);
}

/* The line's first word is one of these, or a variant's name and a colon. */
static bool begins_with(const char *line, const char *const *words)
{
    line += strspn(line, " \t");
    size_t bytes = strcspn(line, " \t\n");
    if (bytes && line[bytes - 1] == ':')
        return true;
    for (; *words; words++)
        if (strlen(*words) == bytes && memcmp(line, *words, bytes) == 0)
            return true;
    return false;
}

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return line + (*line == '\n');
}

/* How much of world.lab only builds. */
static size_t built_bytes(const char *world)
{
    static const char *const moving[] = {"run",  "at",      "after",  "every",  "ramp",
                                         "mark", "variant", "expect", "report", NULL};
    const char *line = world;
    while (*line && !begins_with(line, moving))
        line = next_line(line);
    return (size_t)(line - world);
}

static bool is_whole(const char *fence)
{
    static const char *const machine[] = {"machine", NULL};
    for (; *fence; fence = next_line(fence)) {
        size_t first = strspn(fence, " \t") + strcspn(fence + strspn(fence, " \t"), " \t\n");
        bool variant = first && fence[first - 1] == ':';
        if (!variant && begins_with(fence, machine))
            return true;
    }
    return false;
}

uint32_t lesson_script_before(const struct lesson *lesson, enum lesson_step step, uint32_t part)
{
    const struct block *fence = fence_of(lesson, step, part);
    size_t bytes = fence && !is_whole(fence->words) ? built_bytes(lesson->world) : 0;
    uint32_t lines = 0;
    for (size_t i = 0; i < bytes; i++)
        lines += lesson->world[i] == '\n';
    return lines;
}

/* A word of several: a|b|c, no part of it empty, outside of quotes. */
static size_t alternatives(const char *word, size_t bytes, uint32_t *count)
{
    size_t key = 0;
    *count = 1;
    for (size_t i = 0; i < bytes; i++) {
        if (word[i] == '=' && *count == 1)
            key = i + 1;
        *count += word[i] == '|' && i > key && i + 1 < bytes;
    }
    return key;
}

uint32_t lesson_script_picks(const struct lesson *lesson, enum lesson_step step, uint32_t part)
{
    const struct block *fence = fence_of(lesson, step, part);
    uint32_t most = 1;
    for (const char *at = fence ? fence->words : ""; *at;) {
        size_t bytes = strcspn(at, " \t\n");
        uint32_t count;
        alternatives(at, bytes, &count);
        most = count > most ? count : most;
        at += bytes + (at[bytes] != 0);
    }
    return most;
}

static void add_picked(struct text *to, const char *word, size_t bytes, uint32_t pick)
{
    uint32_t count;
    size_t key = alternatives(word, bytes, &count);
    const char *at = word + key;
    text_add_bytes(to, word, count > 1 ? key : bytes);
    if (count < 2)
        return;
    for (uint32_t i = pick % count; i; i--)
        at = strchr(at, '|') + 1;
    size_t left = bytes - (size_t)(at - word);
    const char *end = memchr(at, '|', left);
    text_add_bytes(to, at, end ? (size_t)(end - at) : left);
}

char *lesson_script(const struct lesson *lesson, enum lesson_step step, uint32_t part,
                    uint32_t pick)
{
    const struct block *fence = fence_of(lesson, step, part);
    if (!fence)
        return strdup(lesson->world);
    size_t built = is_whole(fence->words) ? 0 : built_bytes(lesson->world);
    size_t room = built + strlen(fence->words) + 2;
    char *script = malloc(room);
    struct text to = {script, room, 0, false};
    if (!script)
        return NULL;
    text_clear(&to);
    text_add_bytes(&to, lesson->world, built);
    for (const char *at = fence->words; *at;) {
        size_t bytes = strcspn(at, " \t\n");
        add_picked(&to, at, bytes, pick);
        at += bytes;
        if (*at)
            text_add_char(&to, *at++);
    }
    return script;
}
