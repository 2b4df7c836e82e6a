/* Components by name, their parameters, metrics and logs. */
#include "sim/engine/world.h"

#include <string.h>

/* --- names ------------------------------------------------------------------------------------ */

/* Where a name stands among the sorted ones, or would. */
static uint32_t name_place(const struct world *world, const char *name, bool *found)
{
    uint32_t low = 0, high = world->by_name.count;
    *found = false;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        const uint32_t *id = vector_at(&world->region, &world->by_name, middle);
        int order = strcmp(component_at(world, *id)->name, name);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t find_exactly(const struct world *world, const char *name)
{
    bool found;
    uint32_t place = name_place(world, name, &found);
    return found ? *(const uint32_t *)vector_at(&world->region, &world->by_name, place) : 0;
}

uint32_t component_find(const struct world *world, const char *name)
{
    uint32_t id = find_exactly(world, name);
    const char *between = strchr(name, '~');
    if (id || !between || strlen(name) >= NAME_BYTES)
        return id;
    char swapped[NAME_BYTES];
    struct text text = TEXT(swapped);
    text_clear(&text);
    text_add(&text, between + 1);
    text_add_char(&text, '~');
    text_add_bytes(&text, name, (size_t)(between - name));
    return find_exactly(world, swapped);
}

static bool name_insert(struct world *world, uint32_t id)
{
    bool found;
    uint32_t place = name_place(world, component_at(world, id)->name, &found);
    if (!vector_push(&world->region, &world->by_name, sizeof id))
        return false;
    for (uint32_t i = world->by_name.count - 1; i > place; i--)
        memcpy(vector_at(&world->region, &world->by_name, i),
               vector_at(&world->region, &world->by_name, i - 1), sizeof id);
    memcpy(vector_at(&world->region, &world->by_name, place), &id, sizeof id);
    return true;
}

uint32_t component_new(struct world *world, enum kind_id kind, const char *name, uint32_t machine)
{
    const struct kind *row = catalog[kind];
    uint32_t id = slab_take(&world->region, SLAB_COMPONENT);
    uint64_t values = row->parameter_count * sizeof(uint64_t);
    if (!id)
        return 0;
    struct component *component = component_at(world, id);
    struct text text = TEXT(component->name);
    text_clear(&text);
    text_add(&text, name);
    component->kind = (uint16_t)kind;
    component->machine = machine ? machine : kind == KIND_MACHINE ? id : 0;
    component->order = ++world->components;
    component->state = arena_take(&world->region, row->state_bytes ? row->state_bytes : 16);
    component->running = arena_take(&world->region, values ? values : 16);
    component->file = arena_take(&world->region, values ? values : 16);
    if (world->region.full || !name_insert(world, id))
        return 0;
    for (unsigned i = 0; i < row->parameter_count; i++) {
        struct error error;
        for (unsigned which = 0; which < 2; which++) {
            uint64_t *at = arena_at(&world->region, which ? component->file : component->running);
            parameter_parse(world, &row->parameters[i], row->parameters[i].initial, &at[i], &error);
        }
    }
    return id;
}

static void values_give(struct world *world, const struct kind *kind, ref values)
{
    const uint64_t *at = arena_at(&world->region, values);
    for (unsigned i = 0; i < kind->parameter_count; i++)
        if (kind->parameters[i].unit == UNIT_TEXT)
            string_give(world, (ref)at[i]);
    arena_give(&world->region, values,
               kind->parameter_count ? kind->parameter_count * sizeof(uint64_t) : 16);
}

void component_remove(struct world *world, uint32_t id)
{
    struct component *component = component_at(world, id);
    const struct kind *kind = component_kind(world, id);
    bool found;
    if (kind->removed)
        kind->removed(world, id);
    uint32_t place = name_place(world, component->name, &found);
    for (uint32_t i = place; i + 1 < world->by_name.count; i++)
        memcpy(vector_at(&world->region, &world->by_name, i),
               vector_at(&world->region, &world->by_name, i + 1), sizeof id);
    world->by_name.count--;
    values_give(world, kind, component->running);
    values_give(world, kind, component->file);
    arena_give(&world->region, component->state, kind->state_bytes ? kind->state_bytes : 16);
    component->running = component->file = component->state = 0;
    component->up = 0;
    /* The slot is never used again: an event that still waits for it finds no kind, and its name
     * stays for the trace. */
    component->kind = KIND_NONE;
}

uint32_t component_next(const struct world *world, uint32_t id, enum kind_id kind)
{
    uint32_t used = world->region.slabs[SLAB_COMPONENT].used;
    for (id++; id < used; id++) {
        uint16_t its = component_at(world, id)->kind;
        if (its != KIND_NONE && (kind == KIND_NONE || its == kind))
            return id;
    }
    return 0;
}

/* --- strings of the arena: a length before the bytes ------------------------------------------ */

ref string_take(struct world *world, const char *words)
{
    uint32_t bytes = (uint32_t)strlen(words) + 1;
    ref at = arena_take(&world->region, bytes + sizeof bytes);
    if (at) {
        char *place = arena_at(&world->region, at);
        memcpy(place, &bytes, sizeof bytes);
        memcpy(place + sizeof bytes, words, bytes);
    }
    return at;
}

void string_give(struct world *world, ref string)
{
    uint32_t bytes;
    if (!string)
        return;
    memcpy(&bytes, arena_at(&world->region, string), sizeof bytes);
    arena_give(&world->region, string, bytes + sizeof bytes);
}

const char *string_at(const struct world *world, ref string)
{
    return string ? (const char *)arena_at(&world->region, string) + sizeof(uint32_t) : "";
}

/* --- parameters ------------------------------------------------------------------------------- */

const char *parameter_text(const struct world *world, uint32_t id, unsigned parameter)
{
    return string_at(world, (ref)parameter_get(world, id, parameter));
}

void parameter_put(struct world *world, uint32_t id, unsigned parameter, uint64_t value)
{
    uint64_t *values = arena_at(&world->region, component_at(world, id)->running);
    if (component_kind(world, id)->parameters[parameter].unit == UNIT_TEXT &&
        values[parameter] != value)
        string_give(world, (ref)values[parameter]);
    values[parameter] = value;
}

int parameter_find(const struct kind *kind, const char *name)
{
    for (int i = 0; i < kind->parameter_count; i++)
        if (text_same_key(kind->parameters[i].name, name))
            return i;
    return -1;
}

bool parameter_parse(struct world *world, const struct parameter *row, const char *words,
                     uint64_t *number, struct error *error)
{
    if (row->unit == UNIT_TEXT) {
        *number = string_take(world, words);
        return *number != 0 || error_set(error, ERROR_NO_MEMORY, 0, NULL, NULL, NULL, NULL);
    }
    bool read = value_parse(words, row->unit, row->named, number, error);
    if (!read && error->id != ERROR_OUT_OF_RANGE)
        return false;
    uint64_t as_named;
    struct error ignored;
    bool is_named = row->named && row->unit != UNIT_CHOICE &&
                    value_parse(words, UNIT_CHOICE, row->named, &as_named, &ignored);
    if (row->unit == UNIT_BOOLEAN || row->unit == UNIT_CHOICE || is_named ||
        (read && *number >= row->minimum && *number <= row->maximum))
        return true;
    char least[40], most[40];
    struct text low = TEXT(least), high = TEXT(most);
    text_clear(&low);
    text_clear(&high);
    value_add_exact(&low, row->minimum, row->unit, NULL);
    value_add_exact(&high, row->maximum, row->unit, NULL);
    return error_set(error, ERROR_OUT_OF_RANGE, 0, words, least, most, NULL);
}

void parameter_add(struct text *text, const struct world *world, const struct parameter *row,
                   uint64_t value)
{
    if (row->unit == UNIT_TEXT)
        text_add(text, string_at(world, (ref)value));
    else
        value_add_exact(text, value, row->unit, row->named);
}

void parameter_load_file(struct world *world, uint32_t id)
{
    const struct kind *kind = component_kind(world, id);
    const struct component *component = component_at(world, id);
    for (unsigned i = 0; i < kind->parameter_count; i++) {
        const uint64_t *file = arena_at(&world->region, component->file);
        uint64_t value = file[i];
        if (kind->parameters[i].unit == UNIT_TEXT)
            value = string_take(world, string_at(world, (ref)value));
        parameter_put(world, id, i, value);
    }
}

/* --- metrics ---------------------------------------------------------------------------------- */

bool metric_read(struct world *world, uint32_t id, unsigned metric, struct value *value)
{
    const struct metric *row = &component_kind(world, id)->metrics[metric];
    memset(value, 0, sizeof *value);
    value->unit = row->unit;
    if (row->read)
        return row->read(world, id, value);
    uint64_t number;
    memcpy(&number, (const char *)component_state(world, id) + row->offset, sizeof number);
    value->number = (int64_t)number;
    return true;
}

int metric_find(const struct kind *kind, const char *name)
{
    for (int i = 0; i < kind->metric_count; i++)
        if (text_same_key(kind->metrics[i].name, name))
            return i;
    return -1;
}

/* --- logs: a ring of lines -------------------------------------------------------------------- */

enum { LOG_LINES = 64, LOG_BYTES = 152 };

struct log_ring {
    uint64_t count;
    struct {
        uint64_t time_ns;
        char words[LOG_BYTES];
    } lines[LOG_LINES];
};

void component_log(struct world *world, uint32_t id, const char *line)
{
    struct component *component = component_at(world, id);
    if (!component->log)
        component->log = arena_take(&world->region, sizeof(struct log_ring));
    if (!component->log)
        return;
    struct log_ring *ring = arena_at(&world->region, component->log);
    unsigned place = (unsigned)(ring->count++ % LOG_LINES);
    struct text text = TEXT(ring->lines[place].words);
    memset(ring->lines[place].words, 0, LOG_BYTES);
    text_add(&text, line);
    ring->lines[place].time_ns = world->now_ns;
}

void component_log_add(const struct world *world, uint32_t id, struct text *text, unsigned last)
{
    const struct component *component = component_at(world, id);
    if (!component->log)
        return;
    const struct log_ring *ring = arena_at(&world->region, component->log);
    uint64_t n = ring->count < LOG_LINES ? ring->count : LOG_LINES;
    if (n > last)
        n = last;
    for (uint64_t i = ring->count - n; i < ring->count; i++) {
        clock_add(text, ring->lines[i % LOG_LINES].time_ns, 3);
        text_add(text, "  ");
        text_add(text, ring->lines[i % LOG_LINES].words);
        text_add(text, "\n");
    }
}

/* --- signals ---------------------------------------------------------------------------------- */

static void stops(const struct world *world, struct component *component)
{
    if (component->up && !component->paused)
        component->stopped_ns = world->now_ns;
}

static void runs(const struct world *world, struct component *component, bool again)
{
    if (again)
        component->out_ns += world->now_ns - component->stopped_ns;
}

uint64_t component_out_ns(const struct world *world, uint32_t id)
{
    const struct component *component = component_at(world, id);
    bool out = component->life != 0 && (!component->up || component->paused);
    return component->out_ns + (out ? world->now_ns - component->stopped_ns : 0);
}

void component_exit(struct world *world, uint32_t id, uint64_t status)
{
    stops(world, component_at(world, id));
    component_at(world, id)->up = 0;
    trace(world, id, TRACE_EXITED, status, 0);
}

static void signal_tell(struct world *world, uint32_t id, enum signal signal)
{
    const struct kind *kind = component_kind(world, id);
    if (kind->signal)
        kind->signal(world, id, signal);
}

/* A SIGTERM that waited for it is delivered next. */
static void signal_cont(struct world *world, uint32_t id)
{
    struct component *component = component_at(world, id);
    bool waits = component->paused == 2;
    runs(world, component, component->up && component->paused);
    component->paused = 0;
    trace(world, id, TRACE_RESUMED, 0, 0);
    signal_tell(world, id, SIGNAL_CONT);
    if (waits && component->up)
        signal_tell(world, id, SIGNAL_TERM);
}

void component_signal(struct world *world, uint32_t id, enum signal signal)
{
    struct component *component = component_at(world, id);
    switch (signal) {
    case SIGNAL_START:
        parameter_load_file(world, id);
        component->began_ns = component->life == 0 ? world->now_ns : component->began_ns;
        component->up = 1;
        component->paused = 0;
        runs(world, component, component->life != 0);
        component->life++;
        trace(world, id, TRACE_STARTED, component->life, 0);
        break;
    case SIGNAL_KILL:
        if (!component->up)
            return;
        trace(world, id, TRACE_KILLED, 0, 0);
        stops(world, component);
        component->up = component->paused = 0;
        break;
    case SIGNAL_TERM:
        trace(world, id, TRACE_TERMINATED, 0, 0);
        if (component->paused) {
            component->paused = 2; /* a stopped process gets it when it goes on */
            return;
        }
        break;
    case SIGNAL_STOP:
        stops(world, component);
        component->paused = 1;
        trace(world, id, TRACE_PAUSED, 0, 0);
        break;
    case SIGNAL_CONT:
        signal_cont(world, id);
        return;
    case SIGNAL_POWER:
        stops(world, component);
        component->up = component->paused = 0;
        break;
    }
    signal_tell(world, id, signal);
}
