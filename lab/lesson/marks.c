/* Marks on the map: which parts may be marked, and marks as words and as bits. */
#include "lab/lesson/run.h"

#include <stdlib.h>
#include <string.h>

/* Without parts=: what serves others.  A client is not there to be relied on. */
static bool may_be_marked(const struct world *world, uint32_t id)
{
    return component_kind(world, id)->process && component_at(world, id)->kind != KIND_CLIENT;
}

unsigned lesson_marks(const struct question *question, const struct world *world,
                      const char *names[LESSON_MARKS])
{
    unsigned count = 0;
    while (count < LESSON_MARKS && question->marks[count]) {
        names[count] = question->marks[count];
        count++;
    }
    if (count)
        return count;
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        for (uint32_t id = component_next(world, 0, (enum kind_id)kind); id && count < LESSON_MARKS;
             id = component_next(world, id, (enum kind_id)kind))
            if (may_be_marked(world, id))
                names[count++] = component_at(world, id)->name;
    return count;
}

/* Which of them a word is, by its name or by its number from 1; -1 none. */
static int mark_of(const char *word, size_t bytes, const char *const *names, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (strlen(names[i]) == bytes && memcmp(names[i], word, bytes) == 0)
            return (int)i;
    unsigned long number =
        bytes && bytes < 3 && strspn(word, "0123456789") >= bytes ? strtoul(word, NULL, 10) : 0;
    return number >= 1 && number <= count ? (int)number - 1 : -1;
}

/* Bits of the words that are among them; `all`: every one is. */
static int64_t bits_of(const char *words, const char *const *names, unsigned count, bool *all)
{
    int64_t bits = 0;
    *all = true;
    while (*(words += strspn(words, ", ")) != 0) {
        size_t bytes = strcspn(words, ", ");
        int mark = mark_of(words, bytes, names, count);
        *all = *all && mark >= 0;
        bits |= mark >= 0 ? INT64_C(1) << mark : 0;
        words += bytes;
    }
    return bits;
}

bool lesson_marks_read(const char *words, const char *const *names, unsigned count, int64_t *bits)
{
    bool all;
    *bits = bits_of(words, names, count, &all);
    return all;
}

int64_t lesson_marks_among(const char *words, const char *const *names, unsigned count)
{
    bool all;
    return bits_of(words, names, count, &all);
}

void lesson_marks_add(struct text *to, const char *const *names, unsigned count, int64_t bits)
{
    const char *between = "";
    for (unsigned i = 0; i < count; i++) {
        if (!(bits >> i & 1))
            continue;
        text_add(to, between);
        text_add(to, names[i]);
        between = ",";
    }
}
