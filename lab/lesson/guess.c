/* A guess as it is spoken or written: 4만, 3만9천, 40,000, 40k, 1.5M. */
#include <string.h>

#include "lab/lesson/lesson.h"

static const struct {
    const char *words;
    int64_t scale;
} scales[] = {
    {"백", 100}, {"천", 1000},   {"만", 10000},  {"억", 100000000}, {"k", 1000},
    {"K", 1000}, {"m", 1000000}, {"M", 1000000}, {"g", 1000000000}, {"G", 1000000000},
};

/* Digits with commas and a fraction: thousandths of the number; how many bytes it took. */
static size_t digits_read(const char *words, int64_t *thousandths)
{
    size_t n = 0;
    int64_t whole = 0, fraction = 0, scale = 1000;
    bool any = false, point = false;
    for (; (words[n] >= '0' && words[n] <= '9') || words[n] == ',' || words[n] == '.'; n++) {
        if (words[n] == ',')
            continue;
        if (words[n] == '.') {
            if (point)
                return 0;
            point = true;
            continue;
        }
        any = true;
        if (!point && whole < INT64_MAX / 100000)
            whole = whole * 10 + (words[n] - '0');
        else if (point && scale > 1)
            fraction += (words[n] - '0') * (scale /= 10);
    }
    if (!any)
        return 0;
    *thousandths = whole * 1000 + fraction;
    return n;
}

bool lesson_guess_number(const char *words, int64_t *number)
{
    int64_t sum = 0, part = 0, last_scale = INT64_MAX;
    bool any = false;
    words += strspn(words, " ");
    while (*words) {
        int64_t thousandths = 1000; /* 천 alone is a thousand */
        size_t n = digits_read(words, &thousandths);
        int64_t scale = 1;
        words += n;
        words += strspn(words, " ");
        for (unsigned i = 0; i < sizeof scales / sizeof scales[0]; i++)
            if ((n || (unsigned char)scales[i].words[0] >= 0x80) &&
                strncmp(words, scales[i].words, strlen(scales[i].words)) == 0) {
                scale = scales[i].scale;
                words += strlen(scales[i].words);
                break;
            }
        if (!n && scale == 1)
            break;
        if (thousandths > INT64_MAX / scale)
            return false;
        any = true;
        if (scale >= 10000 && scale < 1000000000 && part && scale > last_scale) {
            sum += (part + (n ? thousandths / 1000 : 0)) * scale; /* 3천5백만 */
            part = 0;
        } else if (scale >= 10000) {
            sum += thousandths * scale / 1000;
        } else {
            part += thousandths * scale / 1000;
        }
        last_scale = scale;
        words += strspn(words, " ");
        if (scale == 1)
            break;
    }
    /* A counter may follow: 40,000건, 3 orders. */
    *number = sum + part;
    return any && (!*words || (unsigned char)*words >= 0x80 || *words == ' ' ||
                   (*words >= 'a' && *words <= 'z'));
}
