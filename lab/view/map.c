/* The map: machines are boxes, their parts are lines, clients stand left of what they talk to. */
#include "lab/view/draw.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sim/server/server.h"

#define LEFT_WIDTH 24
#define GAP        14

static bool is_left(const struct look *look, const struct part *machine)
{
    bool any = false;
    for (uint32_t i = 0; i < look->part_count; i++) {
        const struct part *part = &look->parts[i];
        if (part->machine != machine->id || part == machine)
            continue;
        if (part->kind != KIND_CLIENT)
            return false;
        any = true;
    }
    return any;
}

static void state_of(const struct model *model, const struct part *machine, const struct part *part,
                     char *to, size_t bytes)
{
    struct text text = {to, bytes, 0, false};
    text_clear(&text);
    if (!machine->up)
        text_add(&text, model_say(model, WORD_OFF));
    else if (!part->up)
        text_add(&text, model_say(model, WORD_NOT_RUNNING));
    else if (part->paused)
        text_add(&text, model_say(model, WORD_STOPPED));
}

/* 1,000/s; words such as max stay words. */
static void add_rate(struct text *text, const struct world *world, const struct parameter *row,
                     uint64_t rate)
{
    char words[60];
    struct text exact = TEXT(words);
    text_clear(&exact);
    parameter_add(&exact, world, row, rate);
    if (words[0] < '0' || words[0] > '9' || rate % RATE_ONE != 0) {
        text_add(text, words);
        return;
    }
    text_add_grouped(text, rate / RATE_ONE);
    text_add(text, "/s");
}

/* "17 connections"; hidden, or not known yet: what a figure says then. */
static void connections_line(const struct model *model, const struct part *part, char line[120])
{
    const struct figure *figure = look_figure_of(&model->look, part, "connections");
    char number[60];
    struct text text = TEXT(number);
    text_clear(&text);
    draw_figure(&text, model, figure);
    bool bare = !figure || figure->hidden || !figure->known;
    bool one = strcmp(number, "1") == 0;
    snprintf(line, 120,
             bare ? "%s" : model_say(model, one ? WORD_CONNECTION_OF : WORD_CONNECTIONS_OF),
             number);
}

/* People whose connections stay: how many there are, and whom it did not take in. */
static void crowd_lines(const struct model *model, const struct part *part, char lines[2][120])
{
    struct text errors = {lines[1], 120, 0, false};
    connections_line(model, part, lines[0]);
    text_clear(&errors);
    draw_figure(&errors, model, look_figure_of(&model->look, part, "connect_failures"));
}

static void client_lines(const struct model *model, const struct part *part, char lines[2][120])
{
    struct text text = {lines[0], 120, 0, false};
    int rate = parameter_find(catalog[KIND_CLIENT], "rate");
    const struct world *world = model_world(model);
    if (part->stays) {
        crowd_lines(model, part, lines);
        return;
    }
    if (rate >= 0 && component_at(world, part->id)->kind == KIND_CLIENT)
        add_rate(&text, world, &catalog[KIND_CLIENT]->parameters[rate],
                 parameter_get(world, part->id, (unsigned)rate));
    struct text errors = {lines[1], 120, 0, false};
    text_clear(&errors);
    draw_count(&errors, model,
               look_number(&model->look, part, "refused") +
                   look_number(&model->look, part, "timed_out"));
}

/* A replica that runs: how far it is behind says more than what a fault would take. */
static bool is_behind(const struct model *model, const struct part *part)
{
    const struct figure *lag = look_figure_of(&model->look, part, "replica_lag");
    return part->kind == KIND_STORE && part->up && lag && lag->known;
}

/* The master of a sentinel, and whether it calls it down. */
static void sentinel_lines(const struct model *model, const struct part *part, char lines[2][120])
{
    struct text first = {lines[0], 120, 0, false}, second = {lines[1], 120, 0, false};
    const struct figure *odown = look_figure_of(&model->look, part, "odown");
    text_clear(&first);
    text_clear(&second);
    draw_figure(&first, model, look_figure_of(&model->look, part, "master"));
    if (!odown || odown->hidden)
        draw_figure(&second, model, odown);
    else if (look_number(&model->look, part, "odown"))
        text_add(&second, "odown");
    else
        text_add(&second, look_number(&model->look, part, "sdown") ? "sdown" : "up");
}

static void store_lines(const struct model *model, const struct part *part, char lines[2][120])
{
    const struct figure *keys = look_figure_of(&model->look, part, "keys");
    const struct figure *risk = look_figure_of(&model->look, part, "at_risk_power");
    char number[60];
    struct text text = TEXT(number);
    draw_figure(&text, model, keys);
    bool bare = !keys || keys->hidden || !keys->known;
    snprintf(lines[0], 120, bare ? "%s" : model_say(model, WORD_KEYS_OF), number);
    struct text second = {lines[1], 120, 0, false};
    text_clear(&second);
    if (is_behind(model, part))
        risk = look_figure_of(&model->look, part, "replica_lag");
    draw_figure(&second, model, risk);
}

/* How many threads or loops a server has; 0: it was removed since the map's figures were taken. */
static uint64_t threads_of(const struct model *model, const struct part *part, bool *loops)
{
    const struct world *world = model_world(model);
    *loops = false;
    if (component_at(world, part->id)->kind != KIND_SERVER)
        return 0;
    *loops = parameter_get(world, part->id, SERVER_MODEL) == SERVER_EVENTLOOP;
    return parameter_get(world, part->id, *loops ? SERVER_LOOPS : SERVER_MAX_THREADS);
}

/* "17 connections", "4/200", in the row of the busy threads or loops those that wait, too. */
static void server_lines(const struct model *model, const struct part *part, char lines[2][120])
{
    bool loops;
    connections_line(model, part, lines[0]);
    struct text second = {lines[1], 120, 0, false};
    text_clear(&second);
    draw_figure(&second, model, look_figure_of(&model->look, part, "threads_busy"));
    text_add(&second, "/");
    text_add_grouped(&second, threads_of(model, part, &loops));
    text_add(&second, "  ");
    text_add(&second, model_say(model, WORD_QUEUED));
    text_add(&second, " ");
    draw_figure(&second, model, look_figure_of(&model->look, part, "queued"));
}

/* "17 connections"; servers that get requests, of how many. */
static void balancer_lines(const struct model *model, const struct part *part, char lines[2][120])
{
    connections_line(model, part, lines[0]);
    struct text second = {lines[1], 120, 0, false};
    text_clear(&second);
    draw_figure(&second, model, look_figure_of(&model->look, part, "backends_up"));
    text_add(&second, "/");
    draw_figure(&second, model, look_figure_of(&model->look, part, "backends"));
}

/* What the number in a part's second row is. */
static enum word second_word(const struct model *model, const struct part *part)
{
    if (part->kind == KIND_CLIENT)
        return WORD_ERRORS;
    if (part->kind == KIND_SERVER) {
        bool loops;
        threads_of(model, part, &loops);
        return loops ? WORD_LOOPS : WORD_THREADS;
    }
    if (part->kind == KIND_BALANCER)
        return WORD_BACKENDS;
    if (part->kind == KIND_SENTINEL)
        return WORD_BELIEVES;
    if (is_behind(model, part))
        return WORD_LAG;
    return part->up ? WORD_AT_RISK : WORD_NOT_ON_DISK;
}

/* Half a number would be another number: all of it or nothing. */
static void write_whole(struct canvas *canvas, int row, int column, int limit, enum style style,
                        const char *words)
{
    if (column + canvas_width(words) <= limit)
        canvas_write(canvas, row, column, 0, style, words);
}

static int draw_part(const struct model *model, struct canvas *canvas, int row, int column,
                     int width, int rows, const struct part *machine, const struct part *part)
{
    char lines[2][120] = {"", ""}, state[120];
    bool client = part->kind == KIND_CLIENT;
    bool selected = strcmp(part->name, model->selected) == 0;
    int limit = column + width - 1, value = column + 11;
    state_of(model, machine, part, state, sizeof state);
    if (client)
        client_lines(model, part, lines);
    else if (part->kind == KIND_STORE)
        store_lines(model, part, lines);
    else if (part->kind == KIND_SERVER)
        server_lines(model, part, lines);
    else if (part->kind == KIND_BALANCER)
        balancer_lines(model, part, lines);
    else if (part->kind == KIND_SENTINEL)
        sentinel_lines(model, part, lines);
    if (selected)
        canvas_write(canvas, row, column + 1, 0, STYLE_ACTION, ">");
    int after = canvas_write(canvas, row, column + 2, limit,
                             selected ? STYLE_SELECTED : STYLE_PLAIN, part->name);
    const char *words = state[0] ? state : lines[0];
    write_whole(canvas, row, after + 1 > value ? after + 1 : value, limit,
                state[0] ? STYLE_GONE : STYLE_PLAIN, words);
    if (rows < 2)
        return 1;
    after = canvas_write(canvas, row + 1, column + 2, limit, STYLE_DIM,
                         model_say(model, second_word(model, part)));
    write_whole(canvas, row + 1, after + 1 > value ? after + 1 : value, limit, STYLE_PLAIN,
                lines[1]);
    return 2;
}

struct map {
    int rows_each;          /* of a part: 2, or 1 where there is little room */
    int skip[2];            /* machines left out at the top, left and right */
    int row_of[LOOK_PARTS]; /* where a part is drawn, 0 nowhere */
    uint32_t left_out;
    int left_boxes, right_boxes;
};

static uint32_t parts_on(const struct look *look, const struct part *machine)
{
    uint32_t parts = 0;
    for (uint32_t i = 0; i < look->part_count; i++)
        parts += look->parts[i].machine == machine->id && &look->parts[i] != machine;
    return parts;
}

static uint32_t left_out_with(const struct look *look, const struct part *machine)
{
    uint32_t parts = parts_on(look, machine);
    return parts ? parts : 1;
}

static int rows_of(const struct look *look, const struct part *machine, int rows_each)
{
    int inside = rows_each * (int)parts_on(look, machine);
    return 2 + (inside ? inside : 1);
}

/* A machine with its parts; the row after it, or the same when there is no room. */
static int draw_machine(const struct model *model, struct canvas *canvas, struct map *map, int row,
                        int column, int width, int end, const struct part *machine)
{
    const struct look *look = &model->look;
    int rows = rows_of(look, machine, map->rows_each);
    char title[200];
    if (row + rows > end) {
        map->left_out += left_out_with(look, machine);
        return row;
    }
    const char *power = model_say(model, machine->up ? WORD_ON : WORD_OFF);
    int room = width - 6 - 2 - canvas_width(power); /* a long name is cut, not the state */
    snprintf(title, sizeof title, "%.*s, %s", room, machine->name, power);
    canvas_box(canvas, row, column, rows, width, machine->up ? STYLE_PLAIN : STYLE_GONE, title);
    if (strcmp(machine->name, model->selected) == 0) {
        canvas_write(canvas, row, column + 1, 0, STYLE_ACTION, ">");
        canvas_write(canvas, row, column + 3, column + 3 + room, STYLE_SELECTED, machine->name);
    }
    int at = row + 1;
    for (uint32_t i = 0; i < look->part_count; i++) {
        const struct part *part = &look->parts[i];
        if (part->machine != machine->id || part == machine)
            continue;
        map->row_of[i] = at;
        at += draw_part(model, canvas, at, column, width, map->rows_each, machine, part);
    }
    return row + rows;
}

static void draw_link(const struct model *model, struct canvas *canvas, const struct map *map,
                      uint32_t client)
{
    const struct part *part = &model->look.parts[client];
    const struct part *to = look_part_id(&model->look, part->to);
    const struct part *machine = to ? look_part_id(&model->look, to->machine) : NULL;
    int row = map->row_of[client], column = MARGIN + LEFT_WIDTH + 1,
        end = MARGIN + LEFT_WIDTH + GAP - 1;
    if (!to || !row)
        return;
    char op[40] = "", label[120];
    int at = parameter_find(catalog[KIND_CLIENT], "op");
    struct text text = TEXT(op);
    if (at >= 0)
        parameter_add(&text, model_world(model), &catalog[KIND_CLIENT]->parameters[at],
                      parameter_get(model_world(model), part->id, (unsigned)at));
    for (char *c = op; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    bool dead = !machine || !machine->up || !to->up || part->cut_to;
    snprintf(label, sizeof label, map->right_boxes > 1 ? " %s %s " : " %s ", op, to->name);
    const char *line = canvas->ascii ? "-" : "─";
    for (int i = column; i < end - 1; i++)
        canvas_write(canvas, row, i, 0, STYLE_DIM, line);
    canvas_write(canvas, row, column + 1, end - 1, STYLE_PLAIN, label);
    canvas_write(canvas, row, end - 1, 0, dead ? STYLE_GONE : STYLE_PLAIN, dead ? "x" : ">");
    if (dead || map->rows_each < 2)
        return;
    for (int i = column + 1; i < end; i++)
        canvas_write(canvas, row + 1, i, 0, STYLE_DIM, line);
    canvas_write(canvas, row + 1, column, 0, part->cut_back ? STYLE_GONE : STYLE_PLAIN,
                 part->cut_back ? "x" : "<");
    canvas_write(canvas, row + 1, end - 5, 0, STYLE_PLAIN, " OK ");
}

static int rows_wanted(const struct look *look, bool left, int rows_each)
{
    int rows = 0;
    for (uint32_t i = 0; i < look->part_count; i++) {
        const struct part *machine = &look->parts[i];
        if (machine->kind != KIND_MACHINE || is_left(look, machine) != left)
            continue;
        rows += rows_of(look, machine, rows_each);
    }
    return rows;
}

/* So many machines of a side are left out at the top that the one with this part is seen. */
static int skipped(const struct look *look, bool left, int rows_each, int rows,
                   const struct part *part)
{
    int used = 0, skip = 0, last = -1;
    const struct part *machines[LOOK_PARTS];
    int count = 0;
    for (uint32_t i = 0; i < look->part_count; i++) {
        const struct part *machine = &look->parts[i];
        if (machine->kind != KIND_MACHINE || is_left(look, machine) != left)
            continue;
        if (part && (machine == part || part->machine == machine->id))
            last = count;
        machines[count++] = machine;
    }
    for (int i = 0; i <= last; i++) {
        used += rows_of(look, machines[i], rows_each);
        while (used > rows && skip < i)
            used -= rows_of(look, machines[skip++], rows_each);
    }
    return skip;
}

/* The selected part is seen, and what it talks to. */
static void choose_first(const struct model *model, struct map *map, int rows)
{
    const struct look *look = &model->look;
    const struct part *selected = look_part(look, model->selected), *other = NULL;
    if (!selected)
        return;
    if (selected->to)
        other = look_part_id(look, selected->to);
    for (uint32_t i = 0; i < look->part_count && !other; i++) {
        const struct part *to = look_part_id(look, look->parts[i].to);
        if (to && (to == selected || to->machine == selected->id))
            other = &look->parts[i];
        if (look->parts[i].machine == selected->id && to)
            other = to;
    }
    for (int left = 0; left < 2; left++) {
        int skip = skipped(look, left, map->rows_each, rows, selected);
        map->skip[left] = skip ? skip : skipped(look, left, map->rows_each, rows, other);
    }
}

int draw_map(const struct model *model, struct canvas *canvas, int row, int rows)
{
    const struct look *look = &model->look;
    struct map map = {.rows_each = 2};
    int bottom[2] = {row, row}, end = row + rows;
    if (rows_wanted(look, true, 2) > rows || rows_wanted(look, false, 2) > rows)
        map.rows_each = 1;
    if (rows_wanted(look, true, map.rows_each) > rows ||
        rows_wanted(look, false, map.rows_each) > rows) { /* the last row says what is left out */
        rows--;
        end--;
    }
    choose_first(model, &map, rows);
    for (uint32_t i = 0; i < look->part_count; i++) {
        const struct part *machine = &look->parts[i];
        if (machine->kind != KIND_MACHINE)
            continue;
        bool left = is_left(look, machine);
        if (map.skip[left]-- > 0) {
            map.left_out += left_out_with(look, machine);
            continue;
        }
        int column = left ? MARGIN : MARGIN + LEFT_WIDTH + GAP;
        int width = left ? LEFT_WIDTH : 39;
        bottom[!left] =
            draw_machine(model, canvas, &map, bottom[!left], column, width, end, machine);
        map.right_boxes += !left;
    }
    for (uint32_t i = 0; i < look->part_count; i++)
        if (look->parts[i].kind == KIND_CLIENT)
            draw_link(model, canvas, &map, i);
    int after = bottom[0] > bottom[1] ? bottom[0] : bottom[1];
    if (!map.left_out)
        return after - row;
    canvas_print(canvas, after, MARGIN, 0, STYLE_DIM, model_say(model, WORD_MORE_PARTS),
                 map.left_out);
    return after + 1 - row;
}
