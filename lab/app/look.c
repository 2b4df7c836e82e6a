/* The copy of a world's parts and figures that the screens draw from. */
#include "lab/app/look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/server/server.h"
#include "sim/net/way.h"

void look_release(struct look *look)
{
    free(look->figures);
    look->figures = NULL;
    look->figure_count = look->figure_room = look->part_count = 0;
}

static struct figure *figure_add(struct look *look)
{
    if (look->figure_count == look->figure_room) {
        uint32_t room = look->figure_room ? 2 * look->figure_room : 256;
        struct figure *more = realloc(look->figures, room * sizeof *more);
        if (!more)
            return NULL;
        look->figures = more;
        look->figure_room = room;
    }
    struct figure *figure = &look->figures[look->figure_count++];
    memset(figure, 0, sizeof *figure);
    return figure;
}

static void take_figures(struct look *look, struct world *world, struct part *part,
                         look_hidden *hidden, void *user)
{
    const struct kind *kind = component_kind(world, part->id);
    part->first_figure = look->figure_count;
    part->hides = false;
    for (unsigned i = 0; i < kind->metric_count; i++) {
        struct figure *figure = figure_add(look);
        if (!figure)
            return;
        char name[2 * NAME_BYTES];
        snprintf(name, sizeof name, "%s.%s", part->name, kind->metrics[i].name);
        figure->hidden = hidden && hidden(user, name);
        figure->value.unit = kind->metrics[i].unit;
        figure->known = metric_read(world, part->id, i, &figure->value);
        part->hides = part->hides || figure->hidden;
    }
}

static uint32_t leads_to(struct world *world, uint32_t id)
{
    const struct kind *kind = component_kind(world, id);
    int to = parameter_find(kind, "to");
    const char *name = to < 0 ? NULL : parameter_text(world, id, (unsigned)to);
    return name && *name ? component_find(world, name) : 0;
}

static bool is_cut(const struct world *world, uint32_t from, uint32_t to)
{
    uint32_t way = way_find(world, from, to);
    return way != 0 && way_at(world, way)->cut != 0;
}

/* Where a client's requests go, whether they are writes and whether they can arrive. */
static void take_client(struct world *world, struct part *part)
{
    char op[40];
    struct text text = TEXT(op);
    const struct kind *kind = component_kind(world, part->id);
    int row = parameter_find(kind, "op");
    text_clear(&text);
    if (row >= 0)
        parameter_add(&text, world, &kind->parameters[row],
                      parameter_get(world, part->id, (unsigned)row));
    part->writes = strcmp(op, "set") == 0 || strcmp(op, "incr") == 0;
    part->stays = strcmp(op, "ws") == 0 || strcmp(op, "location") == 0;
    part->to = leads_to(world, part->id);
    if (!part->to)
        return;
    uint32_t there = component_at(world, part->to)->machine;
    part->cut_to = is_cut(world, part->machine, there);
    part->cut_back = is_cut(world, there, part->machine);
}

/* Whom a server calls, and whether it writes there. */
static void take_server(struct world *world, struct part *part)
{
    const struct kind *kind = component_kind(world, part->id);
    part->to = kind->leads_to ? kind->leads_to(world, part->id) : 0;
    part->writes = part->to && component_at(world, part->to)->kind == KIND_STORE &&
                   parameter_get(world, part->id, SERVER_CALLS_OP) != SERVER_CALL_GET;
}

static bool is_shown(unsigned kind)
{
    return kind != KIND_NONE && kind != KIND_WORLD && kind != KIND_NETWORK;
}

void look_take(struct look *look, struct world *world, look_hidden *hidden, void *user)
{
    look->now_ns = world->now_ns;
    look->seed = world->seed;
    snprintf(look->title, sizeof look->title, "%s", world->title);
    look->part_count = look->figure_count = 0;
    for (uint32_t id = component_next(world, 0, KIND_NONE); id;
         id = component_next(world, id, KIND_NONE)) {
        const struct component *component = component_at(world, id);
        if (!is_shown(component->kind) || look->part_count == LOOK_PARTS)
            continue;
        struct part *part = &look->parts[look->part_count++];
        memset(part, 0, sizeof *part);
        memcpy(part->name, component->name, sizeof part->name);
        part->kind = component->kind;
        part->up = component->up;
        part->paused = component->paused;
        part->id = id;
        part->machine = component->machine;
        if (part->kind == KIND_CLIENT)
            take_client(world, part);
        else if (part->kind == KIND_SERVER)
            take_server(world, part);
        take_figures(look, world, part, hidden, user);
    }
}

void look_chart(struct look *look, const char *name, uint32_t unit, bool hidden)
{
    for (uint32_t i = 0; i < look->chart_count; i++) {
        if (strcmp(look->charts[i].name, name) == 0) {
            look->charts[i].hidden = hidden;
            return;
        }
    }
    if (look->chart_count == LOOK_CHARTS)
        return;
    struct chart *chart = &look->charts[look->chart_count++];
    snprintf(chart->name, sizeof chart->name, "%s", name);
    chart->unit = unit;
    chart->hidden = hidden;
    chart->step_ns = LOOK_SAMPLE_NS;
    chart->first = chart->count = 0;
}

uint32_t look_sample_at(const struct chart *chart, uint64_t time_ns)
{
    uint64_t at = time_ns ? (time_ns - 1) / chart->step_ns : 0;
    return at < UINT32_MAX ? (uint32_t)at : UINT32_MAX;
}

/* Half as many, of twice the time each. */
static void samples_join(struct chart *chart)
{
    for (uint32_t i = 0; i < chart->count; i += 2) {
        int64_t a = chart->samples[i], b = i + 1 < chart->count ? chart->samples[i + 1] : a;
        chart->samples[i / 2] = a > b ? a : b;
    }
    chart->first /= 2;
    chart->count = (chart->count + 1) / 2;
    chart->step_ns *= 2;
}

void chart_sample(struct chart *to, uint64_t time_ns, int64_t value)
{
    while (look_sample_at(to, time_ns) >= LOOK_SAMPLES)
        samples_join(to);
    uint32_t at = look_sample_at(to, time_ns);
    if (to->count == 0)
        to->first = to->count = at;
    bool again = at < to->count && to->step_ns > LOOK_SAMPLE_NS && to->samples[at] > value;
    while (to->count <= at)
        to->samples[to->count++] = value;
    if (!again)
        to->samples[at] = value;
}

void chart_back(struct chart *chart, uint64_t now_ns)
{
    uint32_t kept = (uint32_t)(now_ns / chart->step_ns);
    if (kept < chart->count)
        chart->count = kept > chart->first ? kept : 0;
}

void look_sample(struct look *look, uint32_t chart, uint64_t time_ns, int64_t value)
{
    chart_sample(&look->charts[chart], time_ns, value);
}

void look_samples_back(struct look *look, uint64_t now_ns)
{
    for (uint32_t i = 0; i < look->chart_count; i++)
        chart_back(&look->charts[i], now_ns);
}

const struct part *look_part(const struct look *look, const char *name)
{
    for (uint32_t i = 0; i < look->part_count; i++)
        if (strcmp(look->parts[i].name, name) == 0)
            return &look->parts[i];
    return NULL;
}

const struct part *look_part_id(const struct look *look, uint32_t id)
{
    for (uint32_t i = 0; i < look->part_count; i++)
        if (look->parts[i].id == id)
            return &look->parts[i];
    return NULL;
}

const struct figure *look_figure_of(const struct look *look, const struct part *part,
                                    const char *metric)
{
    int row = part ? metric_find(catalog[part->kind], metric) : -1;
    uint32_t at = row < 0 ? 0 : part->first_figure + (uint32_t)row;
    return row < 0 || at >= look->figure_count ? NULL : &look->figures[at];
}

const struct figure *look_figure(const struct look *look, const char *name)
{
    const char *point = strchr(name, '.');
    char owner[NAME_BYTES];
    if (!point || (size_t)(point - name) >= sizeof owner)
        return NULL;
    memcpy(owner, name, (size_t)(point - name));
    owner[point - name] = 0;
    return look_figure_of(look, look_part(look, owner), point + 1);
}

int64_t look_number(const struct look *look, const struct part *part, const char *metric)
{
    const struct figure *figure = look_figure_of(look, part, metric);
    return figure && figure->known && !figure->hidden ? figure->value.number : 0;
}
