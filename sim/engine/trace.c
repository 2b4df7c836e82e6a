/* The trace: records, the digest of them, and their words. */
#include "sim/engine/world.h"

#include <string.h>

__extension__ typedef unsigned __int128 u128;

static const char *const words_of[TRACE_COUNT] = {
    [TRACE_NONE] = "",
#define TRACE(id, words) [TRACE_##id] = words,
#include "sim/engine/traces.def"
#undef TRACE
};

/* A 128-bit product folded to 64: fast, and every bit of both goes in. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    u128 product = (u128)(a ^ 0x9E3779B97F4A7C15ull) * (b ^ 0xD1B54A32D192ED03ull);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

void trace(struct world *world, uint32_t who, enum trace_id what, uint64_t a, uint64_t b)
{
    struct record record = {world->now_ns, who, (uint16_t)what, 0, a, b};
    uint64_t digest = fold(world->digest ^ record.time_ns, (uint64_t)who << 16 | (uint64_t)what);
    world->digest = fold(digest ^ a, b + ++world->records);
    if (world->outside && world->outside->listener)
        world->outside->listener(world->outside->user, world, &record);
}

void trace_listen(struct world *world, trace_listener *listener, void *user)
{
    if (world->outside) {
        world->outside->listener = listener;
        world->outside->user = user;
    }
}

uint64_t trace_digest(const struct world *world)
{
    return world->digest;
}

static const char *const refusals[] = {
    [REFUSED_TIMED_OUT] = "timed out",      [REFUSED_CONNECT] = "not connected",
    [REFUSED_BROKEN] = "connection broken", [REFUSED_ERROR] = "an error",
    [REFUSED_MISCONF] = "MISCONF",          [REFUSED_OOM] = "OOM",
    [REFUSED_READONLY] = "READONLY",        [REFUSED_LOADING] = "LOADING",
    [REFUSED_STATUS] = "an error status",   [REFUSED_NOREPLICAS] = "NOREPLICAS",
    [REFUSED_MASTERDOWN] = "MASTERDOWN",
};

static const char *const causes[TRACE_CAUSES] = {
    "killed",
    "no power",
    "the disk is gone",
    "a file was damaged",
    "ended without saving",
    "a command or other files",
    "evicted",
    "the old master was demoted",
    "not on the copy yet",
    "its master did not have it",
};

/* "latency 80ms" of a record whose a is a parameter's row; a text is read where it stands now. */
static void parameter_words(struct text *text, const struct world *world,
                            const struct record *record)
{
    const struct component *component = component_at(world, record->who);
    const struct kind *kind = catalog[component->kind];
    if (!kind || record->a >= kind->parameter_count)
        return;
    const struct parameter *row = &kind->parameters[record->a];
    text_add(text, row->name);
    text_add_char(text, ' ');
    if (row->unit == UNIT_TEXT) {
        const uint64_t *file = arena_at(&world->region, component->file);
        text_add_char(text, '"');
        parameter_add(text, world, row, file[record->a]);
        text_add_char(text, '"');
    } else {
        parameter_add(text, world, row, record->b);
    }
}

static void refusal_add(struct text *text, uint64_t why)
{
    bool known = why < sizeof refusals / sizeof refusals[0] && refusals[why];
    text_add(text, known ? refusals[why] : "an error");
}

/* "3 packets", "1 syn packet", "2 data packets after 4". */
static void packets_add(struct text *text, uint64_t number)
{
    static const char *const kinds[] = {"", "syn ", "synack ", "data ", "fin "};
    uint64_t count = number & UINT32_MAX, kind = number >> 32 & 255;
    text_add_u64(text, count);
    text_add_char(text, ' ');
    text_add(text, kind < sizeof kinds / sizeof kinds[0] ? kinds[kind] : "");
    text_add(text, count == 1 ? "packet" : "packets");
    if (number >> 40) {
        text_add(text, " after ");
        text_add_u64(text, number >> 40);
    }
}

static void damage_add(struct text *text, uint64_t zeroed)
{
    if (zeroed == 0) {
        text_add(text, "a byte flipped");
        return;
    }
    text_add_u64(text, zeroed);
    text_add(text, " bytes zeroed");
}

static void fill_add(struct text *text, uint64_t bytes)
{
    if (bytes == UINT64_MAX)
        text_add(text, "to the last byte");
    else
        value_add_exact(text, bytes, UNIT_SIZE, NULL);
}

static void attempt_add(struct text *text, uint64_t number)
{
    text_add_u64(text, trace_attempt_number(number));
}

static void why_add(struct text *text, uint64_t number)
{
    refusal_add(text, trace_attempt_why(number));
}

static void ns_add(struct text *text, uint64_t ns)
{
    value_add_exact(text, ns, UNIT_DURATION, NULL);
}

static void bytes_add(struct text *text, uint64_t bytes)
{
    value_add_exact(text, bytes, UNIT_SIZE, NULL);
}

static void percent_add(struct text *text, uint64_t share)
{
    value_add_exact(text, share, UNIT_PERCENT, NULL);
}

static void cause_add(struct text *text, uint64_t number)
{
    text_add(text, causes[(number >> 32 & 255) < TRACE_CAUSES ? number >> 32 & 255 : 0]);
}

static void to_add(struct text *text, uint64_t number)
{
    text_add_u64(text, trace_lost_to(number));
}

/* As `set server state` of HAProxy's runtime API says it. */
static void admin_add(struct text *text, uint64_t admin)
{
    static const char *const states[] = {"ready", "drain", "maint"};
    text_add(text, states[admin < sizeof states / sizeof states[0] ? admin : 0]);
}

/* The forms of a number: {a:ns} and its like. */
static const struct form {
    const char *name;
    void (*add)(struct text *text, uint64_t number);
} forms[] = {{"ns", ns_add},           {"bytes", bytes_add},     {"percent", percent_add},
             {"refusal", refusal_add}, {"packets", packets_add}, {"damage", damage_add},
             {"fill", fill_add},       {"attempt", attempt_add}, {"why", why_add},
             {"cause", cause_add},     {"to", to_add},           {"admin", admin_add}};

static void place_add(struct text *text, const struct world *world, const struct record *record,
                      const char *place, size_t bytes)
{
    uint64_t number = place[0] == 'a' ? record->a : record->b;
    const char *form = bytes > 2 ? place + 2 : "";
    size_t form_bytes = bytes > 2 ? bytes - 2 : 0;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (strlen(forms[i].name) == form_bytes && memcmp(forms[i].name, form, form_bytes) == 0) {
            forms[i].add(text, number);
            return;
        }
    if (strncmp(form, "name", 4) == 0)
        text_add(text, number ? component_at(world, (uint32_t)number)->name : "-");
    else if (strncmp(form, "parameter", 9) == 0)
        parameter_words(text, world, record);
    else
        text_add_u64(text, number);
}

void trace_add(struct text *text, const struct world *world, const struct record *record)
{
    clock_add(text, record->time_ns, 9);
    text_add_char(text, ' ');
    text_add(text, record->who ? component_at(world, record->who)->name : "world");
    text_add_char(text, ' ');
    const char *words = words_of[record->what < TRACE_COUNT ? record->what : TRACE_NONE];
    while (*words) {
        size_t n = strcspn(words, "{");
        text_add_bytes(text, words, n);
        words += n;
        if (*words == '{') {
            n = strcspn(words, "}");
            place_add(text, world, record, words + 1, n - 1);
            words += n + 1;
        }
    }
}
