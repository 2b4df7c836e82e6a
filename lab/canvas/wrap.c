/* Widths of texts, and lines broken at blanks: Unicode's own rule would break inside Korean words.
 */
#include <string.h>

#include "lab/canvas/canvas.h"
#include "lab/canvas/grapheme.h"

int canvas_width(const char *text)
{
    int width = 0;
    while (*text) {
        struct grapheme grapheme;
        text = grapheme_next(text, &grapheme);
        width += grapheme.width;
    }
    return width;
}

/* A line as it grows. */
struct wrapping {
    char text[4096];
    size_t length;
    int width, most;
    canvas_line *line;
    void *user;
    int lines;
};

static void end_line(struct wrapping *wrapping)
{
    wrapping->text[wrapping->length] = '\0';
    if (wrapping->line)
        wrapping->line(wrapping->user, wrapping->text);
    wrapping->length = 0;
    wrapping->width = 0;
    wrapping->lines++;
}

/* Adds graphemes up to `end`; where not even an empty line has room, within the word. */
static void add(struct wrapping *wrapping, const char *from, const char *end)
{
    while (from < end) {
        struct grapheme grapheme;
        from = grapheme_next(from, &grapheme);
        size_t size = strlen(grapheme.bytes);
        bool full = wrapping->width + grapheme.width > wrapping->most ||
                    wrapping->length + size >= sizeof wrapping->text;
        if (full && wrapping->width > 0)
            end_line(wrapping);
        memcpy(wrapping->text + wrapping->length, grapheme.bytes, size);
        wrapping->length += size;
        wrapping->width += grapheme.width;
    }
}

static int width_until(const char *from, const char *end)
{
    int width = 0;
    while (from < end) {
        struct grapheme grapheme;
        from = grapheme_next(from, &grapheme);
        width += grapheme.width;
    }
    return width;
}

int canvas_wrap(const char *text, int width, canvas_line *line, void *user)
{
    struct wrapping wrapping = {.most = width < 2 ? 2 : width, .line = line, .user = user};
    bool line_is_open = false;
    while (*text) {
        if (*text == '\n') {
            end_line(&wrapping);
            line_is_open = false;
            text++;
            continue;
        }
        const char *word = text + strspn(text, " ");
        const char *end = word + strcspn(word, " \n");
        if (line_is_open &&
            wrapping.width + (int)(word - text) + width_until(word, end) > wrapping.most) {
            end_line(&wrapping); /* the blanks between the lines go */
            add(&wrapping, word, end);
        } else if (end > word) {
            add(&wrapping, text, end); /* with the blanks that indent or part */
        }
        line_is_open = line_is_open || end > word;
        text = end;
    }
    if (line_is_open)
        end_line(&wrapping);
    return wrapping.lines;
}
