/* The Markdown of a lesson becomes blocks: paragraphs, items, code, and the lines of `lab` fences.
 */
#include "lab/lesson/reading.h"

#include <md4c.h>
#include <stdlib.h>
#include <string.h>

enum fence { FENCE_NONE, FENCE_CODE, FENCE_LAB, FENCE_WORLD };

struct walk {
    struct reading *reading;
    enum lesson_step step; /* STEP_COUNT before the first heading */
    enum fence fence;
    bool heading, part, item; /* what is being read: a heading of the second or third level */
    uint32_t line;            /* of the block's first text, 0 not seen yet */
    char *words;              /* of the present block */
    size_t used, room;
};

/* Text that md4c makes itself stands nowhere in the source: 0. */
static uint32_t line_of(const struct walk *walk, const char *at)
{
    uint32_t line = 1;
    const char *source = walk->reading->source;
    if (at < source || at > source + strlen(source))
        return 0;
    for (const char *c = source; c < at; c++)
        line += *c == '\n';
    return line;
}

static bool words_add(struct walk *walk, const char *at, size_t bytes)
{
    if (walk->used + bytes + 1 > walk->room) {
        size_t room = (walk->used + bytes + 1) * 2;
        char *more = realloc(walk->words, room);
        if (!more)
            return false;
        walk->words = more;
        walk->room = room;
    }
    memcpy(walk->words + walk->used, at, bytes);
    walk->used += bytes;
    walk->words[walk->used] = 0;
    return true;
}

static void words_clear(struct walk *walk)
{
    walk->used = 0;
    walk->line = 0;
    if (walk->words)
        walk->words[0] = 0;
}

static bool block_end(struct walk *walk, enum block_kind kind)
{
    bool ok = true;
    if (walk->used && walk->step == STEP_COUNT)
        ok = reading_fail(walk->reading, walk->line, 1, ERROR_LESSON_BEFORE_STEP, NULL, NULL);
    else if (walk->used)
        ok = reading_block(walk->reading, walk->step, kind, walk->words, walk->line) != NULL;
    words_clear(walk);
    return ok;
}

static bool has_parts(enum lesson_step step)
{
    return step == STEP_PREDICT || step == STEP_WATCH || step == STEP_EXPLAIN ||
           step == STEP_REVIEW;
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *user)
{
    struct walk *walk = user;
    bool ok = true;
    if (type != MD_BLOCK_P &&
        walk->item) /* what stands in an item before a list or a fence in it */
        ok = block_end(walk, BLOCK_ITEM);
    switch (type) {
    case MD_BLOCK_H:
        walk->heading = ((MD_BLOCK_H_DETAIL *)detail)->level == 2;
        walk->part = ((MD_BLOCK_H_DETAIL *)detail)->level == 3 && has_parts(walk->step);
        words_clear(walk);
        break;
    case MD_BLOCK_CODE: {
        const MD_ATTRIBUTE *info = &((MD_BLOCK_CODE_DETAIL *)detail)->info;
        bool lab = info->size >= 3 && memcmp(info->text, "lab", 3) == 0 &&
                   (info->size == 3 || info->text[3] == ' ');
        bool world = lab && info->size == strlen("lab world") &&
                     memcmp(info->text, "lab world", info->size) == 0;
        walk->fence = world ? FENCE_WORLD : lab ? FENCE_LAB : FENCE_CODE;
        words_clear(walk);
        break;
    }
    case MD_BLOCK_LI:
        walk->item = true;
        words_clear(walk);
        break;
    case MD_BLOCK_P:
        if (!walk->item)
            words_clear(walk);
        else if (walk->used)
            ok = words_add(walk, " ", 1);
        break;
    default:
        break;
    }
    return ok ? 0 : 1;
}

/* The lines of a `lab` fence, each a command. */
static bool fence_lines(struct walk *walk)
{
    char *line = walk->words;
    uint32_t number = walk->line;
    while (line && *line) {
        char *end = strchr(line, '\n');
        if (end)
            *end = 0;
        if (!reading_command(walk->reading, walk->step, line, number))
            return false;
        line = end ? end + 1 : NULL;
        number++;
    }
    return true;
}

/* A heading of the second level is a step, one of the third a part of it; there are no others. */
static bool heading_end(struct walk *walk)
{
    const char *name = walk->words ? walk->words : "";
    if (walk->part && walk->used) {
        bool ok = reading_part(walk->reading, walk->step, name, walk->line);
        words_clear(walk);
        return ok;
    }
    enum lesson_step step = walk->heading ? reading_step(name) : STEP_COUNT;
    if (step == STEP_COUNT)
        return reading_fail(walk->reading, walk->line ? walk->line : 1, walk->heading ? 4 : 1,
                            ERROR_LESSON_STEP, name, NULL);
    if (walk->reading->to->step_line[step])
        return reading_fail(walk->reading, walk->line, 4, ERROR_LESSON_TWICE, name, NULL);
    walk->reading->to->step_line[step] = walk->line;
    walk->step = step;
    walk->reading->part = 0;
    words_clear(walk);
    return true;
}

/* A comment is the author's own; other HTML is shown as it is written. */
static bool html_end(struct walk *walk)
{
    const char *end =
        walk->words && strncmp(walk->words, "<!--", 4) == 0 ? strstr(walk->words, "-->") : NULL;
    if (!end || end[3 + strspn(end + 3, " \n")])
        return block_end(walk, BLOCK_PARAGRAPH);
    words_clear(walk);
    return true;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *user)
{
    struct walk *walk = user;
    bool ok = true;
    (void)detail;
    switch (type) {
    case MD_BLOCK_H:
        ok = heading_end(walk);
        walk->heading = walk->part = false;
        break;
    case MD_BLOCK_HTML:
        ok = html_end(walk);
        break;
    case MD_BLOCK_CODE:
        if (walk->fence == FENCE_LAB && walk->used)
            ok = fence_lines(walk);
        else if (walk->fence == FENCE_WORLD)
            ok = block_end(walk, BLOCK_WORLD);
        else
            ok = block_end(walk, BLOCK_CODE);
        walk->fence = FENCE_NONE;
        words_clear(walk);
        break;
    case MD_BLOCK_LI:
        ok = block_end(walk, BLOCK_ITEM);
        walk->item = false;
        break;
    case MD_BLOCK_P:
        if (!walk->item)
            ok = block_end(walk, BLOCK_PARAGRAPH);
        break;
    default:
        break;
    }
    return ok ? 0 : 1;
}

static int span(MD_SPANTYPE type, void *user, bool enter)
{
    struct walk *walk = user;
    const char *mark = type == MD_SPAN_STRONG ? (enter ? "\x01" : "\x02")
                       : type == MD_SPAN_CODE ? (enter ? "\x03" : "\x04")
                                              : "";
    return words_add(walk, mark, strlen(mark)) ? 0 : 1;
}

/* Where a link leads, for `outage check`. */
static bool link_add(struct walk *walk, const MD_ATTRIBUTE *to)
{
    struct lesson_text *text = walk->reading->to;
    struct lesson_link *more = realloc(text->links, (text->link_count + 1) * sizeof *more);
    if (!more)
        return false;
    text->links = more;
    uint32_t line = to->text ? line_of(walk, to->text) : 0;
    more[text->link_count] =
        (struct lesson_link){strndup(to->text ? to->text : "", to->size), line ? line : walk->line};
    return more[text->link_count++].to != NULL;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *user)
{
    struct walk *walk = user;
    if (type == MD_SPAN_A && !link_add(walk, &((MD_SPAN_A_DETAIL *)detail)->href))
        return 1;
    return span(type, walk, true);
}

static int leave_span(MD_SPANTYPE type, void *detail, void *user)
{
    (void)detail;
    return span(type, user, false);
}

static int text(MD_TEXTTYPE type, const MD_CHAR *at, MD_SIZE bytes, void *user)
{
    struct walk *walk = user;
    uint32_t line = walk->line ? 0 : line_of(walk, at);
    if (line) { /* a fence may begin with empty lines */
        for (size_t i = 0; i < walk->used; i++)
            line -= walk->words[i] == '\n';
        walk->line = line;
    }
    switch (type) {
    case MD_TEXT_SOFTBR:
        return words_add(walk, " ", 1) ? 0 : 1;
    case MD_TEXT_BR:
        return words_add(walk, "\n", 1) ? 0 : 1;
    case MD_TEXT_NULLCHAR:
        return 0;
    default:
        return words_add(walk, at, bytes) ? 0 : 1;
    }
}

bool reading_markdown(struct reading *reading, const char *body)
{
    struct walk walk = {.reading = reading, .step = STEP_COUNT};
    MD_PARSER parser = {.flags = MD_FLAG_NOHTMLSPANS | MD_FLAG_NOINDENTEDCODEBLOCKS,
                        .enter_block = enter_block,
                        .leave_block = leave_block,
                        .enter_span = enter_span,
                        .leave_span = leave_span,
                        .text = text};
    int failed = md_parse(body, (MD_SIZE)strlen(body), &parser, &walk);
    free(walk.words);
    if (failed && !reading->failed)
        reading_fail(reading, 1, 1, ERROR_NO_MEMORY, NULL, NULL);
    return !failed && !reading->failed;
}
