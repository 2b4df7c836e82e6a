/* A server: the walls that could be hit, what its threads do now, its heap, what goes through it.
 */
#include "lab/view/view.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/trails.h"
#include "lab/view/draw.h"
#include "lab/view/server_draw.h"
#include "sim/server/server.h"

#define USED_COLUMN 13 /* "4,400 / 8,192" */
#define BAR_COLUMN  32
#define BAR_COLUMNS 34
#define FULL        1000 /* thousandths */
#define NEAR        800  /* from here on a wall is shown in any case */
#define WALLS_FIRST 5
#define ROOMY_ROWS  30
#define CHART_ROWS  8
#define RATE_ROWS   5 /* with the heading of the lanes */

/* --- the walls -------------------------------------------------------------------------------- */

/* What a heap is filled with; the rest is free. */
enum { HEAP_BASE, HEAP_CONNECTIONS, HEAP_REQUESTS, HEAP_GARBAGE, HEAP_PARTS };
static const struct {
    char letter[2];
    enum word words;
    enum style style;
} heap_of[HEAP_PARTS] = {[HEAP_BASE] = {"b", WORD_HEAP_BASE, STYLE_PLAIN},
                         [HEAP_CONNECTIONS] = {"c", WORD_HEAP_CONNECTIONS, STYLE_SAFE},
                         [HEAP_REQUESTS] = {"r", WORD_HEAP_REQUESTS, STYLE_ACTION},
                         [HEAP_GARBAGE] = {"g", WORD_HEAP_GARBAGE, STYLE_DIM}};

/* One that could be hit: what is used of what there is. */
struct wall {
    enum word label;
    const char *limit_name; /* the setting that moves it, as the real program calls it; NULL none */
    char used[64];          /* "4,400 / 8,192" */
    bool hidden, unlimited;
    uint32_t thousandths;
    uint32_t parts[HEAP_PARTS]; /* of the heap: what fills it, thousandths of the bar */
};

static int64_t parameter_of(const struct model *model, const struct part *part, const char *name,
                            bool *known)
{
    int row = parameter_find(catalog[part->kind], name);
    *known = row >= 0;
    return row < 0 ? 0 : (int64_t)parameter_get(model_world(model), part->id, (unsigned)row);
}

static void set_share(struct wall *wall, int64_t used, int64_t limit)
{
    if (limit <= 0 || used < 0)
        return;
    uint64_t share = (uint64_t)used * FULL / (uint64_t)limit;
    wall->thousandths = share > FULL ? FULL : (uint32_t)share;
}

/* As the setting is written, but that counts are grouped. */
static void add_limit(struct text *text, const struct model *model, const struct part *part,
                      const char *name, bool unlimited)
{
    unsigned row = (unsigned)parameter_find(catalog[part->kind], name);
    const struct parameter *parameter = &catalog[part->kind]->parameters[row];
    uint64_t limit = parameter_get(model_world(model), part->id, row);
    if (unlimited)
        text_add(text, model_say(model, WORD_UNLIMITED));
    else if (parameter->unit == UNIT_COUNT)
        text_add_grouped(text, limit);
    else
        parameter_add(text, model_world(model), parameter, limit);
}

/* A metric of a part against one of its parameters. */
static bool of_parameter(const struct model *model, const struct part *part, const char *metric,
                         const char *parameter, struct wall *wall)
{
    const struct figure *figure = look_figure_of(&model->look, part, metric);
    bool known;
    int64_t limit = parameter_of(model, part, parameter, &known);
    struct text text = TEXT(wall->used);
    if (!figure || !known)
        return false;
    wall->hidden = figure->hidden;
    wall->unlimited = limit < 0 || limit > INT64_MAX / 2;
    wall->limit_name = parameter;
    draw_value(&text, model, &figure->value);
    text_add(&text, " / ");
    add_limit(&text, model, part, parameter, wall->unlimited);
    if (!wall->unlimited)
        set_share(wall, figure->value.number, limit);
    return true;
}

/* A metric that is a share by itself; the words beside it say of what. */
static bool of_share(const struct model *model, const struct part *part, const char *metric,
                     const char *words, struct wall *wall)
{
    const struct figure *figure = look_figure_of(&model->look, part, metric);
    if (!figure)
        return false;
    wall->hidden = figure->hidden;
    snprintf(wall->used, sizeof wall->used, "%s", words);
    /* Percents are thousandths of one: value.h. */
    set_share(wall, figure->value.number, 100 * PERCENT_ONE);
    return true;
}

static uint32_t share_of(int64_t bytes, int64_t all)
{
    return bytes > 0 && all > 0 ? (uint32_t)((uint64_t)bytes * FULL / (uint64_t)all) : 0;
}

/* What is live beyond base and connections is of the requests under way; the rest is garbage. */
static bool of_heap(const struct model *model, const struct part *part, struct wall *wall)
{
    bool known;
    const struct look *look = &model->look;
    wall->label = WORD_WALL_HEAP;
    if (!of_parameter(model, part, "heap_used", "heap", wall) || wall->unlimited)
        return wall->limit_name != NULL;
    int64_t all = parameter_of(model, part, "heap", &known);
    int64_t base = parameter_of(model, part, "base_heap", &known);
    int64_t connections =
        parameter_of(model, part, "conn_memory", &known) * look_number(look, part, "connections");
    int64_t live = look_number(look, part, "heap_live");
    int64_t used = look_number(look, part, "heap_used");
    wall->parts[HEAP_BASE] = share_of(base, all);
    wall->parts[HEAP_CONNECTIONS] = share_of(connections, all);
    wall->parts[HEAP_REQUESTS] = share_of(live - base - connections, all);
    wall->parts[HEAP_GARBAGE] = share_of(used - live, all);
    return true;
}

bool server_is_loops(const struct model *model, const struct part *part)
{
    return parameter_get(model_world(model), part->id, SERVER_MODEL) == SERVER_EVENTLOOP;
}

/* A thread for each connection has no limit of its own. */
static bool of_threads(const struct model *model, const struct part *part, struct wall *wall)
{
    bool loops = server_is_loops(model, part), known;
    wall->label = loops ? WORD_WALL_LOOPS : WORD_WALL_THREADS;
    if (loops)
        return of_parameter(model, part, "threads_busy", "loops", wall);
    if (parameter_of(model, part, "connection_threads", &known) != 0)
        return of_parameter(model, part, "connections", "nofile", wall);
    return of_parameter(model, part, "threads_busy", "maxThreads", wall);
}

static bool wall_at(const struct model *model, const struct part *part, unsigned i,
                    struct wall *wall)
{
    const struct part *machine = look_part_id(&model->look, part->machine);
    bool known;
    char words[64];
    *wall = (struct wall){.label = WORD_WALL_CONNECTIONS};
    switch (i) {
    case 0:
        return of_parameter(model, part, "connections", "maxConnections", wall);
    case 1:
        return of_heap(model, part, wall);
    case 2:
        wall->label = WORD_WALL_GC;
        return of_share(model, part, "gc_share", model_say(model, WORD_WALL_GC_TIME), wall);
    case 3:
        wall->label = WORD_WALL_CPU;
        snprintf(words, sizeof words, model_say(model, WORD_WALL_CORES),
                 (unsigned)parameter_of(model, machine, "cores", &known));
        return of_share(model, machine, "cpu", words, wall);
    case 4:
        return of_threads(model, part, wall);
    case 5:
        wall->label = WORD_WALL_QUEUE;
        return of_parameter(model, part, "queued", "queue", wall);
    case 6:
        wall->label = WORD_WALL_RAM;
        return of_parameter(model, machine, "ram_used", "ram", wall);
    case 7:
        wall->label = WORD_WALL_FILES;
        return of_parameter(model, part, "connections", "nofile", wall);
    default:
        return false;
    }
}
#define WALLS 8

/* A letter a cell: what is there at all has one. */
static void draw_heap(struct canvas *canvas, int row, const uint32_t parts[HEAP_PARTS])
{
    int at = 0;
    for (unsigned part = 0; part < HEAP_PARTS; part++) {
        int cells = (int)((parts[part] * BAR_COLUMNS + FULL / 2) / FULL);
        if (cells == 0 && parts[part] > 0)
            cells = 1;
        for (; cells > 0 && at < BAR_COLUMNS; cells--)
            canvas_write(canvas, row, BAR_COLUMN + at++, 0, heap_of[part].style,
                         heap_of[part].letter);
    }
    while (at < BAR_COLUMNS)
        canvas_write(canvas, row, BAR_COLUMN + at++, 0, STYLE_DIM, "░");
}

/* The heap that was live when it first stood still for most of a step, or for good; false: it never
 * did. */
static bool find_cliff(const struct model *model, const struct part *part, int64_t *live)
{
    const struct trail *trail = trails_of(model, part->id);
    const struct chart *paused = trail ? &trail->rows[TRAIL_PAUSED] : NULL;
    for (uint32_t i = 1; paused && i < paused->count; i++) {
        if ((i + 1) * paused->step_ns > model->look.now_ns)
            break;
        *live = trail->rows[TRAIL_LIVE].samples[i];
        if ((paused->samples[i] - paused->samples[i - 1]) * 2 > (int64_t)paused->step_ns)
            return true;
    }
    *live = look_number(&model->look, part, "heap_live");
    return look_number(&model->look, part, "oom") > 0;
}

static void draw_heap_legend(const struct model *model, struct canvas *canvas,
                             const struct part *part, int row, const struct wall *wall)
{
    int column = USED_COLUMN - 2;
    int64_t live;
    bool known;
    for (unsigned i = 0; i < HEAP_PARTS; i++) {
        column = canvas_write(canvas, row, column + 2, 0, heap_of[i].style, heap_of[i].letter);
        column =
            canvas_write(canvas, row, column + 1, 0, STYLE_DIM, model_say(model, heap_of[i].words));
    }
    if (wall->hidden || !find_cliff(model, part, &live))
        return;
    uint32_t at = share_of(live, parameter_of(model, part, "heap", &known));
    const char *words = model_say(model, WORD_HEAP_CLIFF);
    int end = BAR_COLUMN + (int)(at * BAR_COLUMNS / FULL) + 1;
    canvas_write(canvas, row, end - canvas_width(words), 0, STYLE_GONE, words);
}

static void draw_wall(const struct model *model, struct canvas *canvas, int row,
                      const struct wall *wall)
{
    char words[80];
    canvas_write(canvas, row, MARGIN, USED_COLUMN - 1, STYLE_PLAIN, model_say(model, wall->label));
    if (wall->hidden) {
        canvas_write(canvas, row, USED_COLUMN, 0, STYLE_DIM, model_say(model, WORD_AFTER_GUESS));
        return;
    }
    canvas_write(canvas, row, USED_COLUMN, wall->unlimited ? 0 : BAR_COLUMN - 1, STYLE_PLAIN,
                 wall->used);
    if (wall->unlimited)
        return;
    bool full = wall->thousandths >= FULL;
    bool lettered = wall->parts[HEAP_BASE] + wall->parts[HEAP_CONNECTIONS] > 0;
    if (lettered)
        draw_heap(canvas, row, wall->parts);
    for (int i = 0; i < BAR_COLUMNS && !lettered; i++) {
        bool filled = (uint32_t)i * FULL < wall->thousandths * BAR_COLUMNS;
        canvas_write(canvas, row, BAR_COLUMN + i, 0,
                     !filled ? STYLE_DIM
                     : full  ? STYLE_GONE
                             : STYLE_SAFE,
                     filled ? "█" : "░");
    }
    snprintf(words, sizeof words, "%3u %%", (wall->thousandths + 5) / 10);
    int after = canvas_write(canvas, row, BAR_COLUMN + BAR_COLUMNS + 1, 0,
                             full ? STYLE_GONE : STYLE_PLAIN, words);
    if (full)
        canvas_write(canvas, row, after + 1, 0, STYLE_GONE, model_say(model, WORD_WALL_HERE));
}

/* The first five always; the others where there is room, or when they are near. */
static int draw_walls(const struct model *model, struct canvas *canvas, const struct part *part,
                      int row)
{
    bool roomy = canvas->rows >= ROOMY_ROWS;
    int shown = 0;
    struct wall wall;
    for (unsigned i = 0; i < WALLS; i++) {
        if (!wall_at(model, part, i, &wall))
            continue;
        if (shown >= WALLS_FIRST && !roomy && (wall.hidden || wall.thousandths < NEAR))
            continue;
        draw_wall(model, canvas, row++, &wall);
        if (wall.label == WORD_WALL_HEAP && !wall.hidden && !wall.unlimited)
            draw_heap_legend(model, canvas, part, row++, &wall);
        shown++;
    }
    return row;
}

/* --- the whole screen ------------------------------------------------------------------------- */

/* Who feels it: a client that asks it, by itself or through a balancer; NULL none. */
static const struct part *client_of(const struct model *model, const struct part *server)
{
    const struct part *found = NULL;
    for (uint32_t i = 0; i < model->look.part_count; i++) {
        const struct part *client = &model->look.parts[i];
        const struct part *to = look_part_id(&model->look, client->to);
        if (client->kind != KIND_CLIENT || !to)
            continue;
        if (to == server)
            return client;
        if (to->kind == KIND_BALANCER && !found)
            found = client;
    }
    return found;
}

/* How long the last second's requests took, three rows high. */
static void draw_felt(const struct model *model, struct canvas *canvas, const struct part *part,
                      int row)
{
    const struct part *client = client_of(model, part);
    const struct figure *figure = look_figure_of(&model->look, client, "last_latency_p50");
    char words[200], value[60];
    struct text text = TEXT(value);
    if (!figure || figure->hidden || !figure->known)
        return;
    snprintf(words, sizeof words, model_say(model, WORD_FELT_BY), client->name);
    canvas_write(canvas, row, MARGIN, RIGHT_COLUMN - 1, STYLE_PLAIN, words);
    text_clear(&text);
    draw_value(&text, model, &figure->value);
    char *unit = strchr(value, ' ');
    if (unit)
        *unit++ = 0;
    int after = canvas_digits(canvas, row + 1, MARGIN, STYLE_STRONG, value);
    canvas_write(canvas, row + canvas_digits_rows(canvas), after + 2, 0, STYLE_PLAIN,
                 unit ? unit : "");
}

static void draw_head(const struct model *model, struct canvas *canvas, const struct part *part,
                      int row)
{
    const struct part *machine = look_part_id(&model->look, part->machine);
    const char *const names[] = {"stack", "model", "gc"};
    int column = canvas_write(canvas, row, MARGIN, 0, STYLE_TITLE, part->name) + 2;
    if (!part->up || part->paused)
        column = canvas_write(canvas, row, column, 0, STYLE_GONE,
                              model_say(model, part->up ? WORD_BELIEF_PAUSED : WORD_BELIEF_OFF)) +
                 2;
    if (machine)
        column = canvas_write(canvas, row, column, 0, STYLE_PLAIN, machine->name) + 2;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        char words[80];
        struct text text = TEXT(words);
        int at = parameter_find(catalog[part->kind], names[i]);
        if (at < 0)
            continue;
        text_clear(&text);
        text_add(&text, names[i]);
        text_add(&text, "=");
        parameter_add(&text, model_world(model), &catalog[part->kind]->parameters[at],
                      parameter_get(model_world(model), part->id, (unsigned)at));
        column = canvas_write(canvas, row, column, 0, STYLE_DIM, words) + 2;
    }
}

/* The server that is selected, or the first one. */
static const struct part *server_meant(const struct model *model)
{
    const struct part *part = look_part(&model->look, model->selected);
    for (uint32_t i = 0; (!part || part->kind != KIND_SERVER) && i < model->look.part_count; i++)
        part = &model->look.parts[i];
    return part && part->kind == KIND_SERVER ? part : NULL;
}

void draw_server(const struct model *model, struct canvas *canvas, int row, int end)
{
    const struct part *part = server_meant(model);
    if (!part)
        return;
    row = draw_walls(model, canvas, part, row) + 1;
    int after = row + 1 + RATE_ROWS;
    if (!part->hides && end - row > 1)
        draw_lanes(model, canvas, part, row, end - row - 1 < RATE_ROWS ? end - row - 1 : RATE_ROWS);
    if (after <= end)
        draw_rates(model, canvas, part, row + 1);
    if (after + 1 < end)
        draw_panel(model, canvas, after + 1, RIGHT_COLUMN, end - after - 1);
}

void view_server(const struct model *model, struct canvas *canvas)
{
    const struct part *part = look_part(&model->look, model->selected);
    int row = BODY_TOP, end = draw_body_end(canvas), digits = 1 + canvas_digits_rows(canvas);
    bool wide = canvas->columns >= WIDE_COLUMNS, roomy = canvas->rows >= ROOMY_ROWS;
    draw_world_frame(model, canvas);
    if (!part || part->kind != KIND_SERVER)
        return;
    draw_head(model, canvas, part, row);
    row = draw_walls(model, canvas, part, row + 2) + 1;
    int below = digits + 1 + (roomy && !wide ? CHART_ROWS + 1 : 0);
    int lanes = end - row - below - 1, after = row + 1;
    if (part->hides)
        canvas_write(canvas, row, MARGIN, 0, STYLE_DIM, model_say(model, WORD_SHOWN_AFTER_GUESS));
    else if (lanes > 0)
        after = draw_lanes(model, canvas, part, row, lanes);
    draw_rates(model, canvas, part, row + 1);
    after = after > row + RATE_ROWS ? after : row + RATE_ROWS;
    row = roomy ? after + 2 : end - below + 1;
    draw_felt(model, canvas, part, row);
    draw_panel(model, canvas, row, RIGHT_COLUMN, digits);
    if (wide)
        draw_traffic(model, canvas, part, BODY_TOP, WIDE_COLUMN, 2 * CHART_ROWS,
                     canvas->columns - WIDE_COLUMN - 1);
    else if (roomy)
        draw_traffic(model, canvas, part, row + digits + 1, MARGIN, CHART_ROWS, 80 - 2 * MARGIN);
}
