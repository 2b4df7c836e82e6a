/* Prose with {metric} places, filled in by whoever knows the run. */
#include <string.h>

#include "lab/lesson/lesson.h"

void lesson_prose(struct text *to, const char *words, lesson_fill *fill, void *user)
{
    while (*words) {
        size_t n = strcspn(words, "{");
        text_add_bytes(to, words, n);
        words += n;
        if (!*words)
            return;
        size_t end = strcspn(words, "}");
        char metric[96] = "";
        struct text name = TEXT(metric);
        text_add_bytes(&name, words + 1, end - 1);
        if (words[end] != '}' || name.cut || !fill(user, metric, to)) {
            text_add_bytes(to, words, words[end] ? end + 1 : end);
        }
        words += words[end] ? end + 1 : end;
    }
}
