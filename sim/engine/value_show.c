/* Values as a screen shows them, short, and as a text says them, whole. */
#include "sim/engine/value.h"

struct step {
    const char *words;
    uint64_t scale;
};

static const struct step durations[] = {
    {"ns", 1}, {"us", US_NS}, {"ms", MS_NS}, {"s", SECOND_NS}, {NULL, 0}};
static const struct step sizes[] = {{"B", 1},           {"KB", 1000},          {"MB", 1000000},
                                    {"GB", 1000000000}, {"TB", 1000000000000}, {NULL, 0}};

/* Three digits that mean something: 1.1 ms, 12.3 GB, 850 us. */
static void scaled_screen(struct text *text, uint64_t number, const struct step *steps)
{
    const struct step *best = &steps[0];
    for (const struct step *s = steps; s->words; s++)
        if (number >= s->scale && s->scale > best->scale)
            best = s;
    uint64_t tenths = best->scale < 10
                          ? number * 10
                          : number / best->scale * 10 + number % best->scale / (best->scale / 10);
    if (best->scale < 10 || tenths >= 1000 || tenths % 10 == 0)
        text_add_grouped(text, tenths / 10);
    else
        text_add_fixed(text, (int64_t)tenths, 1);
    text_add(text, " ");
    text_add(text, best->words);
}

/* Its sign goes to the text. */
static uint64_t sign_take(struct text *text, int64_t number)
{
    if (number < 0)
        text_add_char(text, '-');
    return number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;
}

void value_add_screen(struct text *text, const struct value *value)
{
    uint64_t number = sign_take(text, value->number);
    switch ((enum unit)value->unit) {
    case UNIT_DURATION:
        scaled_screen(text, number, durations);
        break;
    case UNIT_SIZE:
    case UNIT_REDIS:
    case UNIT_JVM:
        scaled_screen(text, number, sizes);
        break;
    case UNIT_RATE:
        value_add_exact(text, number, UNIT_RATE, NULL);
        break;
    case UNIT_BANDWIDTH:
        value_add_exact(text, number, UNIT_BANDWIDTH, NULL);
        break;
    case UNIT_PERCENT:
        text_add_decimal(text, (int64_t)number, 3);
        text_add(text, " %");
        break;
    case UNIT_FACTOR:
        text_add_decimal(text, (int64_t)number, 3);
        break;
    case UNIT_BOOLEAN:
        text_add(text, number ? "yes" : "no");
        break;
    case UNIT_TEXT:
    case UNIT_CHOICE:
        text_add(text, value->words);
        break;
    case UNIT_UNIXTIME:
        text_add_u64(text, number);
        break;
    case UNIT_PER_SECOND:
        text_add_grouped(text, number);
        text_add(text, "/s");
        break;
    default:
        text_add_grouped(text, number);
        break;
    }
}

/* Three decimals, and more when there are more: 1.013 ms, 127.000 s, 1.012931 ms. */
static void duration_whole(struct text *text, uint64_t ns)
{
    const struct step *best = durations;
    unsigned decimals = 0;
    for (const struct step *s = best + 1; s->words && ns >= s->scale; s++) {
        best = s;
        decimals += 3;
    }
    for (; decimals > 3 && ns % 10 == 0; decimals--)
        ns /= 10;
    text_add_fixed(text, (int64_t)ns, decimals);
    text_add_char(text, ' ');
    text_add(text, best->words);
}

static void size_whole(struct text *text, uint64_t bytes)
{
    text_add_grouped(text, bytes);
    text_add(text, " B");
    if (bytes < 1000)
        return;
    text_add(text, " (");
    scaled_screen(text, bytes, sizes);
    text_add_char(text, ')');
}

void value_add_whole(struct text *text, const struct value *value)
{
    switch ((enum unit)value->unit) {
    case UNIT_DURATION:
        duration_whole(text, sign_take(text, value->number));
        break;
    case UNIT_SIZE:
    case UNIT_REDIS:
    case UNIT_JVM:
        size_whole(text, sign_take(text, value->number));
        break;
    default:
        value_add_screen(text, value);
    }
}

void clock_add(struct text *text, uint64_t time_ns, unsigned decimals)
{
    uint64_t seconds = time_ns / SECOND_NS, fraction = time_ns % SECOND_NS;
    if (seconds >= 3600) {
        text_add_u64(text, seconds / 3600);
        text_add_char(text, ':');
    }
    text_add_padded(text, seconds / 60 % 60, 2);
    text_add_char(text, ':');
    text_add_padded(text, seconds % 60, 2);
    if (!decimals)
        return;
    for (unsigned i = decimals; i < 9; i++)
        fraction /= 10;
    text_add_char(text, '.');
    text_add_padded(text, fraction, decimals);
}
