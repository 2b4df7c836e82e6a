/* Graphemes by libunistring, their widths by the C library's table, which curses uses too. */
#include "lab/canvas/grapheme.h"

#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unigbrk.h>
#include <uninorm.h>
#include <unistr.h>
#include <uniwidth.h>
#include <wchar.h>

enum {
    CLUSTER_BYTES = 64, /* more marks on one sign than this are cut off */
    MARKS = 4,          /* that curses takes on one sign (CCHARW_MAX - 1) */
};

/* Widths must not depend on the environment's locale: without UTF-8 wcwidth knows no Hangul. */
static int code_point_width(ucs4_t code_point)
{
    static locale_t utf8;
    static bool tried;
    if (!tried) {
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
        tried = true;
    }
    if (!utf8)
        return wcwidth((wchar_t)code_point);
    locale_t before = uselocale(utf8);
    int width = wcwidth((wchar_t)code_point);
    uselocale(before);
    return width;
}

static void set_one(struct grapheme *grapheme, char sign)
{
    memset(grapheme, 0, sizeof *grapheme);
    grapheme->bytes[0] = sign;
    grapheme->width = 1;
}

static void set_ascii(struct grapheme *grapheme, unsigned char byte)
{
    if (byte == '\n' || byte == '\t' || byte == '\r')
        set_one(grapheme, ' ');
    else
        set_one(grapheme, byte < 0x20 || byte == 0x7f ? '?' : (char)byte);
}

/* Signs without a picture of their own: terminals count them differently, or obey them (direction).
 */
static bool is_unseen(ucs4_t code_point)
{
    return uc_is_general_category(code_point, UC_FORMAT) ||
           uc_is_property_variation_selector(code_point);
}

/* Adds one code point; false when the terminal could not show the whole as one sign. */
static bool add_code_point(struct grapheme *grapheme, size_t *length, unsigned *marks,
                           const uint8_t *bytes, size_t size, ucs4_t code_point)
{
    int width = code_point_width(code_point);
    if (width < 0 || (width > 0 && grapheme->width > 0))
        return false;
    if (width == 0) {
        if (grapheme->width == 0 || *marks == MARKS || *length + size >= GRAPHEME_BYTES)
            return true; /* nothing to stand on, or no room: the mark is left out */
        *marks += 1;
    }
    memcpy(grapheme->bytes + *length, bytes, size);
    *length += size;
    if (width > 0)
        grapheme->width = (uint8_t)width;
    return true;
}

static void set_cluster(struct grapheme *grapheme, const uint8_t *cluster, size_t size)
{
    size_t length = 0;
    unsigned marks = 0;
    memset(grapheme, 0, sizeof *grapheme);
    for (size_t at = 0; at < size;) {
        ucs4_t code_point;
        int bytes = u8_mbtoucr(&code_point, cluster + at, size - at);
        if (bytes <= 0 ||
            (!is_unseen(code_point) &&
             !add_code_point(grapheme, &length, &marks, cluster + at, (size_t)bytes, code_point))) {
            set_one(grapheme, '?');
            return;
        }
        at += (size_t)bytes;
    }
}

/* How many bytes from the start are whole code points of valid UTF-8. */
static size_t valid_bytes(const uint8_t *start, size_t size)
{
    const uint8_t *invalid = u8_check(start, size);
    return invalid ? (size_t)(invalid - start) : size;
}

const char *grapheme_next(const char *text, struct grapheme *grapheme)
{
    const uint8_t *start = (const uint8_t *)text;
    if (start[0] < 0x80 && start[1] < 0x80) {
        set_ascii(grapheme, start[0]);
        return text + 1;
    }
    size_t valid = valid_bytes(start, strnlen(text, CLUSTER_BYTES));
    if (valid == 0) {
        set_one(grapheme, '?');
        return text + 1;
    }
    size_t size = (size_t)(u8_grapheme_next(start, start + valid) - start);
    if (size == 1) {
        set_ascii(grapheme, start[0]);
        return text + 1;
    }
    if (size == (size_t)u8_mblen(start, size)) { /* one code point: composed already */
        set_cluster(grapheme, start, size);
        return text + size;
    }
    uint8_t room[4 * CLUSTER_BYTES];
    size_t composed_size = sizeof room;
    uint8_t *composed = u8_normalize(UNINORM_NFC, start, size, room, &composed_size);
    if (composed)
        set_cluster(grapheme, composed, composed_size);
    else
        set_one(grapheme, '?'); /* no memory */
    if (composed != room)
        free(composed);
    return text + size;
}

void grapheme_to_ascii(struct grapheme *grapheme)
{
    static const struct {
        char sign[4];
        char ascii;
    } table[] = {
        {"─", '-'}, {"│", '|'}, {"┌", '+'}, {"┐", '+'}, {"└", '+'}, {"┘", '+'}, {"├", '+'},
        {"┬", '+'}, {"┼", '+'}, {"▀", '#'}, {"▄", '#'}, {"█", '#'}, {"▓", '='}, {"░", '.'},
    };
    if ((unsigned char)grapheme->bytes[0] < 0x80 || grapheme->width != 1)
        return;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(grapheme->bytes, table[i].sign) == 0) {
            set_one(grapheme, table[i].ascii);
            return;
        }
    ucs4_t code_point;
    u8_mbtouc(&code_point, (const uint8_t *)grapheme->bytes, strlen(grapheme->bytes));
    if (uc_width(code_point, "EUC-KR") != 1) /* wide where those signs are wide */
        set_one(grapheme, '?');
}
