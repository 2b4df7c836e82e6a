/*
 * Two worlds side by side: which metrics and settings are not the same.
 */
#include "lab/language/differ.h"

#include <stdio.h>
#include <string.h>

#include "lab/language/parts.h"

#define NAME_CELLS  32
#define VALUE_CELLS 26

/* Who is told, and how many it were. */
struct telling {
    const struct session *session;
    differ_found *found;
    void *user;
    uint32_t count;
};

static void tell(struct telling *telling, const struct difference *difference)
{
    telling->count++;
    if (telling->found)
        telling->found(telling->user, difference);
}

/* --- metrics --------------------------------------------------------------------------------- */

/* 0 clients, 1 other processes, 2 what they stand on. */
static unsigned rank_of(const struct kind *kind)
{
    return kind == catalog[KIND_CLIENT] ? 0 : kind->process ? 1 : 2;
}

static bool same(const struct difference *difference)
{
    const struct value *a = &difference->value[0], *b = &difference->value[1];
    if (difference->known[0] != difference->known[1])
        return false;
    return !difference->known[0] || (a->number == b->number && strcmp(a->words, b->words) == 0);
}

/* The metrics of one part, by its name in both worlds; id 0: it is not there. */
static void part_metrics(struct telling *telling, struct world *const worlds[2],
                         const uint32_t ids[2])
{
    uint32_t there = ids[0] ? 0 : 1;
    const struct kind *kind = component_kind(worlds[there], ids[there]);
    const char *name = component_at(worlds[there], ids[there])->name;
    for (unsigned i = 0; i < kind->metric_count; i++) {
        struct difference difference = {.kind = kind, .metric = &kind->metrics[i]};
        snprintf(difference.name, sizeof difference.name, "%s.%s", name, kind->metrics[i].name);
        if (telling->session && session_hidden(telling->session, difference.name))
            continue;
        for (int w = 0; w < 2; w++)
            difference.known[w] = ids[w] && metric_read(worlds[w], ids[w], i, &difference.value[w]);
        if (!same(&difference))
            tell(telling, &difference);
    }
}

/* The part of the same name and kind in another world, 0 when there is none. */
static uint32_t counterpart(const struct world *world, const struct world *other, uint32_t id)
{
    uint32_t there = component_find(other, component_at(world, id)->name);
    return there && component_at(other, there)->kind == component_at(world, id)->kind ? there : 0;
}

static bool is_shown(const struct world *world, uint32_t id, unsigned rank)
{
    const struct kind *kind = component_kind(world, id);
    return kind != catalog[KIND_WORLD] && kind != catalog[KIND_NETWORK] && rank_of(kind) == rank;
}

uint32_t differ_metrics(const struct session *session, struct world *a, struct world *b,
                        differ_found *found, void *user)
{
    struct telling telling = {session, found, user, 0};
    struct world *const worlds[2] = {a, b};
    for (unsigned rank = 0; rank < 3; rank++) {
        for (uint32_t id = component_next(a, 0, KIND_NONE); id;
             id = component_next(a, id, KIND_NONE))
            if (is_shown(a, id, rank))
                part_metrics(&telling, worlds, (uint32_t[2]){id, counterpart(a, b, id)});
        for (uint32_t id = component_next(b, 0, KIND_NONE); id;
             id = component_next(b, id, KIND_NONE))
            if (is_shown(b, id, rank) && !counterpart(b, a, id))
                part_metrics(&telling, worlds, (uint32_t[2]){0, id});
    }
    return telling.count;
}

/* --- settings -------------------------------------------------------------------------------- */

static void part_settings(struct telling *telling, const struct world *const worlds[2],
                          const uint32_t ids[2])
{
    const struct kind *kind = component_kind(worlds[0], ids[0]);
    for (unsigned i = 0; i < kind->parameter_count; i++) {
        struct difference difference = {.kind = kind, .known = {true, true}};
        for (int w = 0; w < 2; w++) {
            struct text text = TEXT(difference.setting[w]);
            text_clear(&text);
            parameter_add(&text, worlds[w], &kind->parameters[i],
                          parameter_get(worlds[w], ids[w], i));
        }
        snprintf(difference.name, sizeof difference.name, "%s.%s",
                 component_at(worlds[0], ids[0])->name, kind->parameters[i].name);
        if (strcmp(difference.setting[0], difference.setting[1]) != 0)
            tell(telling, &difference);
    }
}

uint32_t differ_settings(const struct world *a, const struct world *b, differ_found *found,
                         void *user)
{
    struct telling telling = {NULL, found, user, 0};
    const struct world *const worlds[2] = {a, b};
    for (uint32_t id = component_next(a, 0, KIND_NONE); id; id = component_next(a, id, KIND_NONE)) {
        uint32_t there = counterpart(a, b, id);
        if (there)
            part_settings(&telling, worlds, (uint32_t[2]){id, there});
    }
    return telling.count;
}

/* --- as a table ------------------------------------------------------------------------------ */

/* Letters of an East Asian word take two cells each, and three bytes. */
static size_t cells_of(const char *words, size_t bytes)
{
    size_t cells = 0;
    for (size_t i = 0; i < bytes; i++) {
        unsigned char byte = (unsigned char)words[i];
        cells += byte < 0x80 ? 1 : byte >= 0xE0 ? 2 : 0;
    }
    return cells;
}

static void pad(struct text *text, size_t from, size_t cells)
{
    size_t used = cells_of(text->at + from, text->used - from);
    do
        text_add_char(text, ' ');
    while (++used < cells);
}

struct table {
    struct text *text;
    enum language language;
};

static void row_add(void *user, const struct difference *difference)
{
    const struct table *table = user;
    size_t at = table->text->used;
    text_add(table->text, difference->name);
    pad(table->text, at, NAME_CELLS);
    at = table->text->used;
    found_add(table->text, &difference->value[0], difference->known[0], table->language);
    pad(table->text, at, VALUE_CELLS);
    found_add(table->text, &difference->value[1], difference->known[1], table->language);
    text_add_char(table->text, '\n');
}

void differ_table(const struct session *session, struct text *text, const char *const names[2],
                  struct world *const worlds[2])
{
    struct table table = {text, session->options.language};
    size_t at = text->used;
    pad(text, at, NAME_CELLS);
    at = text->used;
    text_add(text, names[0]);
    pad(text, at, VALUE_CELLS);
    text_add(text, names[1]);
    text_add_char(text, '\n');
    if (differ_metrics(session, worlds[0], worlds[1], row_add, &table) == 0)
        text_add(text,
                 table.language == LANGUAGE_KO ? "다른 지표가 없습니다\n" : "no metric differs\n");
}
