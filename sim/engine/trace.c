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
    [REFUSED_CONNECT] = "not connected",
    [REFUSED_BROKEN] = "connection broken",
    [REFUSED_ERROR] = "an error",
    [REFUSED_MISCONF] = "MISCONF",
    [REFUSED_OOM] = "OOM",
    [REFUSED_READONLY] = "READONLY",
    [REFUSED_LOADING] = "LOADING",
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

static void place_add(struct text *text, const struct world *world, const struct record *record,
                      const char *place, size_t bytes)
{
    uint64_t number = place[0] == 'a' ? record->a : record->b;
    const char *form = bytes > 2 ? place + 2 : "";
    if (strncmp(form, "name", 4) == 0) {
        text_add(text, number ? component_at(world, (uint32_t)number)->name : "-");
    } else if (strncmp(form, "ns", 2) == 0) {
        value_add_exact(text, number, UNIT_DURATION, NULL);
    } else if (strncmp(form, "bytes", 5) == 0) {
        value_add_exact(text, number, UNIT_SIZE, NULL);
    } else if (strncmp(form, "parameter", 9) == 0) {
        parameter_words(text, world, record);
    } else if (strncmp(form, "percent", 7) == 0) {
        value_add_exact(text, number, UNIT_PERCENT, NULL);
    } else if (strncmp(form, "refusal", 7) == 0) {
        bool known = number < sizeof refusals / sizeof refusals[0] && refusals[number];
        text_add(text, known ? refusals[number] : "an error");
    } else {
        text_add_u64(text, number);
    }
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
