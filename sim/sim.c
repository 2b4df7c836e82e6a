/* The public face: opening a world, moving its clock, asking its metrics. */
#include "sim/sim.h"

#include <string.h>

#include "sim/engine/need.h"
#include "sim/net/link.h"
#include "sim/net/quic.h"
#include "sim/net/tcp.h"
#include "sim/parts.h"
#include "sim/store/ledger.h"

/* --- opening and copying --- */

static void specs_of(const struct world_limits *limits, struct slab_spec specs[SLAB_COUNT])
{
    uint32_t components = limits && limits->components ? limits->components : 16384;
    uint32_t connections = limits && limits->connections ? limits->connections : 262144;
    uint32_t events = limits && limits->events ? limits->events : 2097152;
    uint32_t requests = limits && limits->requests ? limits->requests : 1048576;
    memcpy(specs, slab_specs, sizeof(struct slab_spec) * SLAB_COUNT);
    specs[SLAB_EVENT].limit = events;
    specs[SLAB_CONNECTION].limit = connections;
    specs[SLAB_MESSAGE].limit = connections * 2 + requests;
    specs[SLAB_REQUEST].limit = requests;
    specs[SLAB_WORK].limit = components * 4 + requests;
    specs[SLAB_FILE].limit = components * 4;
    specs[SLAB_COMPONENT].limit = components;
}

uint64_t world_bytes(const struct world_limits *limits)
{
    struct slab_spec specs[SLAB_COUNT];
    uint64_t bytes = sizeof(struct world) + (64ull << 20);
    specs_of(limits, specs);
    for (unsigned i = 0; i < SLAB_COUNT; i++)
        bytes += (uint64_t)specs[i].limit * (specs[i].item_bytes + 8) + 64;
    return bytes;
}

struct world *world_open(void *memory, size_t bytes, const struct world_limits *limits,
                         struct outside *outside, struct error *error)
{
    struct world *world = memory;
    struct slab_spec specs[SLAB_COUNT];
    specs_of(limits, specs);
    if (bytes < sizeof *world || !region_init(&world->region, bytes, sizeof *world, specs)) {
        error_set(error, ERROR_NO_MEMORY, 0, NULL, NULL, NULL, NULL);
        return NULL;
    }
    world->outside = outside;
    world->seed = 1;
    world->self = component_new(world, KIND_WORLD, "world", 0);
    world->network = component_new(world, KIND_NETWORK, "network", 0);
    for (uint32_t id = world->self; id && id <= world->network; id++)
        if (component_kind(world, id)->init)
            component_kind(world, id)->init(world, id);
    if (world->region.full) {
        error_set(error, ERROR_NO_MEMORY, 0, NULL, NULL, NULL, NULL);
        return NULL;
    }
    return world;
}

void world_copy(struct world *to, const struct world *from)
{
    struct outside *outside = to->outside;
    region_copy(&to->region, &from->region);
    to->outside = outside;
}

/* --- commands --- */

const struct verb *verb_find(const char *name)
{
    for (const struct verb *verb = verbs; verb->name; verb++)
        if (strcmp(verb->name, name) == 0)
            return verb;
    return NULL;
}

bool world_command(struct world *world, const struct command *command, struct text *answer,
                   struct error *error)
{
    const char *name = command_word(command, 0);
    const struct verb *verb = verb_find(name);
    if (!verb) {
        const char *best = NULL;
        unsigned distance = 99;
        for (verb = verbs; verb->name; verb++)
            nearest_try(name, verb->name, &best, &distance);
        return error_set(error, ERROR_UNKNOWN_COMMAND, 0, name, best ? best : "help", NULL, NULL);
    }
    if (!verb->act(world, command, answer, error))
        return false;
    if (world->region.full)
        return error_set(error, ERROR_NO_MEMORY, 0, NULL, NULL, NULL, NULL);
    return true;
}

/* --- the clock --- */

static void peaks_note(struct world *world)
{
    for (uint32_t i = 0; i < world->peaks.count; i++) {
        struct peak *peak = vector_at(&world->region, &world->peaks, i);
        struct value value;
        if (component_at(world, peak->component)->kind == KIND_NONE ||
            !metric_read(world, peak->component, peak->metric, &value))
            continue;
        if (!peak->known || value.number > peak->most) {
            peak->most = value.number;
            peak->known = 1;
        }
    }
}

static void event_fire(struct world *world, const struct event *event)
{
    unsigned kind = event->kind >> 8;
    world->now_ns = event->time_ns;
    world->events++;
    if (kind == KIND_NETWORK && event_what(event) < QUIC_EVENT_FIRST)
        tcp_event(world, event);
    else if (component_at(world, event->who)->kind == kind && catalog[kind]->event)
        catalog[kind]->event(world, event->who, event);
    if (world->peaks.count)
        peaks_note(world);
}

enum world_stop world_run(struct world *world, uint64_t until_ns, uint64_t budget)
{
    struct event event;
    for (;;) {
        if (world->due)
            return WORLD_DUE;
        uint64_t next_ns = queue_next(&world->region, &world->queue); /* may take memory */
        if (world->region.full)
            return WORLD_FULL;
        if (next_ns > until_ns)
            break;
        queue_pop(&world->region, &world->queue, &event);
        event_fire(world, &event);
        if (budget && --budget == 0)
            return world->due ? WORLD_DUE : world->region.full ? WORLD_FULL : WORLD_EVENTS;
    }
    if (until_ns != TIME_NEVER && until_ns > world->now_ns)
        world->now_ns = until_ns;
    return WORLD_TIME;
}

uint64_t world_next(struct world *world)
{
    return queue_next(&world->region, &world->queue);
}

/* --- looking --- */

static bool no_metric(const struct kind *kind, const char *name, struct error *error)
{
    const char *best = NULL;
    unsigned distance = 99;
    for (unsigned i = 0; i < kind->metric_count; i++)
        nearest_try(name, kind->metrics[i].name, &best, &distance);
    if (!best && kind->metric_count)
        best = kind->metrics[0].name;
    return error_set(error, ERROR_UNKNOWN_METRIC, 0, name, kind->name, best, NULL);
}

/* Two machines that no link joins: `A~B`, where a component stands for its machine. */
static bool machines_of(const struct world *world, const char *owner, struct metric_ref *to)
{
    const char *between = strchr(owner, '~');
    char left[NAME_BYTES];
    struct text text = TEXT(left);
    if (!between)
        return false;
    text_clear(&text);
    text_add_bytes(&text, owner, (size_t)(between - owner));
    uint32_t a = component_find(world, left), b = component_find(world, between + 1);
    to->component = a ? component_at(world, a)->machine : 0;
    to->other = b ? component_at(world, b)->machine : 0;
    uint32_t link = to->component && to->other ? link_find(world, to->component, to->other) : 0;
    if (link) {
        to->component = link;
        to->other = 0;
        return true;
    }
    return to->component && to->other && to->component != to->other;
}

/* What stands before the first dot; the rest of the name after it. */
static bool metric_owner(const struct world *world, const char *name, const char **rest,
                         struct metric_ref *to, struct error *error)
{
    char owner[NAME_BYTES];
    struct text text = TEXT(owner);
    const char *dot = strchr(name, '.');
    text_clear(&text);
    text_add_bytes(&text, name, dot ? (size_t)(dot - name) : strlen(name));
    *rest = dot ? dot + 1 : "";
    uint32_t id = to->component = component_find(world, owner);
    if (id || machines_of(world, owner, to))
        return true;
    const char *best = NULL;
    unsigned distance = 99;
    for (id = component_next(world, 0, KIND_NONE); id; id = component_next(world, id, KIND_NONE))
        nearest_try(owner, component_at(world, id)->name, &best, &distance);
    return error_set(error, best ? ERROR_UNKNOWN_NAME : ERROR_NOTHING_NAMED, 0, owner, best, NULL,
                     NULL);
}

/* The kind whose rows a reference goes by. */
static const struct kind *metric_kind(const struct world *world, struct metric_ref metric)
{
    return metric.other ? catalog[KIND_LINK] : component_kind(world, metric.component);
}

const struct metric *world_metric_row(const struct world *world, struct metric_ref metric)
{
    return &metric_kind(world, metric)->metrics[metric.metric];
}

bool world_metric(const struct world *world, const char *name, struct metric_ref *to,
                  struct error *error)
{
    const char *rest;
    char metric[64];
    struct text text = TEXT(metric);
    memset(to, 0, sizeof *to);
    if (!metric_owner(world, name, &rest, to, error))
        return false;
    const struct kind *kind = metric_kind(world, *to);
    size_t bytes = strcspn(rest, ".");
    text_clear(&text);
    text_add_bytes(&text, rest, bytes);
    int row = metric_find(kind, metric);
    if (row < 0 || (rest[bytes] && strcmp(rest + bytes, ".peak") != 0)) {
        no_metric(kind, row < 0 ? metric : rest, error);
        error->byte = (uint16_t)(rest - name);
        return false;
    }
    to->metric = (uint16_t)row;
    to->peak = rest[bytes] != 0;
    if (to->peak && kind->metrics[row].type != METRIC_GAUGE) {
        error_set(error, ERROR_NO_PEAK, 0, metric, NULL, NULL, NULL);
        error->byte = (uint16_t)(rest - name);
        return false;
    }
    return true;
}

static struct peak *peak_find(const struct world *world, struct metric_ref metric)
{
    for (uint32_t i = 0; i < world->peaks.count; i++) {
        struct peak *peak = vector_at(&world->region, &world->peaks, i);
        if (peak->component == metric.component && peak->metric == metric.metric)
            return peak;
    }
    return NULL;
}

bool world_read(struct world *world, struct metric_ref metric, struct value *value)
{
    if (component_at(world, metric.component)->kind == KIND_NONE)
        return false;
    if (metric.other) {
        memset(value, 0, sizeof *value);
        return link_read(world, metric.component, metric.other, metric.metric, value);
    }
    bool known = metric_read(world, metric.component, metric.metric, value);
    if (!metric.peak)
        return known;
    const struct peak *peak = peak_find(world, metric);
    if (peak && peak->known && (!known || peak->most > value->number)) {
        value->number = peak->most;
        known = true;
    }
    return known;
}

bool world_watch_peak(struct world *world, struct metric_ref metric)
{
    if (peak_find(world, metric))
        return true;
    struct peak *peak = vector_push(&world->region, &world->peaks, sizeof *peak);
    if (!peak)
        return false;
    peak->component = metric.component;
    peak->metric = metric.metric;
    peaks_note(world);
    return true;
}

void world_reset_peaks(struct world *world)
{
    for (uint32_t i = 0; i < world->peaks.count; i++)
        ((struct peak *)vector_at(&world->region, &world->peaks, i))->known = 0;
    peaks_note(world);
}

bool world_check(struct world *world, struct text *why)
{
    if (queue_next(&world->region, &world->queue) < world->now_ns) {
        text_add(why, "an event waits in the past");
        return false;
    }
    return ledger_check(world, why) && parts_check(world, why) && tcp_memory_check(world, why);
}
