/* One of the twins: its name and what differs, who talks to whom, the number, the bar of its
 * writes. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/view/twins.h"
#include "lab/view/writes.h"

#define NUMBER_COLUMN 28 /* where the words beside a number of five digits stand */
#define BAR_COLUMN    18
#define BAR_END       63

const struct look *twins_look_of(const struct model *model, unsigned side)
{
    return &model->twins.looks[twins_variant(model, side)];
}

static struct world *world_of(const struct model *model, unsigned side)
{
    return session_variant(model->session, twins_variant(model, side))->world;
}

/* --- which number ----------------------------------------------------------------------------- */

static const char *without_variant(const char *name)
{
    const char *colon = name ? strchr(name, ':') : NULL;
    return colon ? colon + 1 : name;
}

/* What is asked first; the world's own, its time above all, is no number of a side. */
static const char *named_metric(const struct model *model)
{
    const struct lesson_text *text = flow_active(model) ? flow_text(model) : NULL;
    for (uint32_t i = 0; text && i < text->question_count; i++) {
        const char *name = without_variant(text->questions[i].answer);
        if (name[0] && flow_asks(model, i) && strncmp(name, "world.", 6) != 0)
            return name;
    }
    return without_variant(session_watched_name(model->session, 0));
}

/* Of a store, or of what a client was told: then it is the writes that one looks at. */
static bool is_of_writes(const struct look *look, const char *name)
{
    static const char *const of_clients[] = {"acked", "acked_lost", "unreachable", "sent"};
    char owner[NAME_BYTES];
    const char *point = strchr(name, '.');
    snprintf(owner, sizeof owner, "%.*s", point ? (int)(point - name) : 0, name);
    const struct part *part = look_part(look, owner);
    if (!part || part->kind == KIND_STORE)
        return true;
    for (size_t i = 0; i < sizeof of_clients / sizeof *of_clients; i++)
        if (part->kind == KIND_CLIENT && strcmp(point + 1, of_clients[i]) == 0)
            return true;
    return false;
}

struct twins_number twins_number(const struct model *model)
{
    struct twins_number number = {0};
    const char *name = named_metric(model);
    const struct look *look = twins_look_of(model, 0);
    bool store = writes_of_all(look).any;
    snprintf(number.metric, sizeof number.metric, "%s", name ? name : "");
    number.writes = store && (!name || is_of_writes(look, name));
    for (uint32_t i = 0; !store && !name && i < look->part_count; i++)
        if (look->parts[i].kind == KIND_CLIENT && look->parts[i].to) /* what is felt */
            snprintf(number.metric, sizeof number.metric, "%s.latency_p99", look->parts[i].name);
    return number;
}

static enum twins_count count_of(const struct writes *writes)
{
    return writes->gone == 0 ? COUNT_RISK : writes->judged ? COUNT_LOST : COUNT_NOT_ON_DISK;
}

enum twins_count twins_count(const struct model *model, unsigned side)
{
    struct writes own = writes_of_all(twins_look_of(model, side));
    struct writes other = writes_of_all(twins_look_of(model, 1 - side));
    return count_of(own.gone ? &own : &other);
}

static int64_t counted(const struct writes *writes, enum twins_count count)
{
    return count == COUNT_RISK ? writes->risk : writes->gone;
}

static const enum word long_words[] = {WORD_AT_RISK_NOW, WORD_OK_NOT_ON_DISK, WORD_OK_THEN_LOST};
static const enum word short_words[] = {WORD_AT_RISK, WORD_NOT_ON_DISK, WORD_GONE};

bool twins_number_words(const struct model *model, unsigned side, struct text *number,
                        struct text *label)
{
    const struct look *look = twins_look_of(model, side);
    struct twins_number which = twins_number(model);
    text_clear(number);
    text_clear(label);
    if (which.writes) {
        struct writes writes = writes_of_all(look);
        if (writes.hidden)
            return false;
        enum twins_count count = twins_count(model, side);
        draw_count(number, model, counted(&writes, count));
        text_add(label, model_say(model, long_words[count]));
        return true;
    }
    const struct figure *figure = look_figure(look, which.metric);
    if (figure && figure->hidden)
        return false;
    draw_figure(number, model, figure);
    text_add(label, which.metric);
    return true;
}

/* --- its rows --------------------------------------------------------------------------------- */

struct settings {
    struct text *text;
    unsigned side;
};

/* appendonly yes, as redis.conf says it; of two parts with their names. */
static void setting_add(void *user, const struct difference *difference)
{
    struct settings *settings = user;
    const char *value = difference->setting[settings->side];
    text_add(settings->text, settings->text->used ? "   " : "");
    text_add(settings->text, strchr(difference->name, '.') + 1);
    text_add_char(settings->text, ' ');
    text_add(settings->text, *value ? value : "\"\"");
}

/* Where the last of several begins, with the blanks before it; NULL: there is one. */
static char *last_setting(char *words)
{
    char *last = NULL;
    for (char *at = words; (at = strstr(at, "   ")) != NULL; at += 3)
        last = at;
    return last;
}

static void draw_head(const struct model *model, struct canvas *canvas, int row, unsigned side)
{
    const struct variant *variant = session_variant(model->session, twins_variant(model, side));
    enum style style = side ? STYLE_B : STYLE_A;
    char words[400];
    struct text text = TEXT(words);
    struct settings settings = {&text, side};
    text_clear(&text);
    differ_settings(world_of(model, 0), world_of(model, 1), setting_add, &settings);
    int column = canvas_write(canvas, row, MARGIN + 1, 0, style, side ? "B" : "A") + 2;
    bool plain = variant->name[0] == (side ? 'b' : 'a') && !variant->name[1];
    if (!plain)
        column = canvas_write(canvas, row, column, 0, style, variant->name) + 3;
    while (column + canvas_width(words) > canvas->columns - MARGIN && last_setting(words))
        *last_setting(words) = 0; /* half a value would be another one */
    canvas_write(canvas, row, column, 0, STYLE_STRONG, words);
}

static void add_op(const struct world *world, const struct part *client, struct text *text)
{
    int row = parameter_find(catalog[client->kind], "op");
    text_clear(text);
    if (row >= 0)
        parameter_add(text, world, &catalog[client->kind]->parameters[row],
                      parameter_get(world, client->id, (unsigned)row));
    for (char *c = text->at; *c; c++)
        *c = (char)toupper((unsigned char)*c);
}

static enum word state_of(const struct part *machine, const struct part *part)
{
    return !machine || !machine->up ? WORD_OFF
           : !part->up              ? WORD_NOT_RUNNING
           : part->paused           ? WORD_STOPPED
                                    : WORD_ON;
}

/* app-1 orders  -- SET --x  redis-1  no power      requests without an answer 600 */
static void draw_way(const struct model *model, struct canvas *canvas, int row, unsigned side)
{
    const struct look *look = twins_look_of(model, side);
    const struct part *client = NULL;
    char op[40], count[40], right[120];
    struct text word = TEXT(op), number = TEXT(count);
    for (uint32_t i = 0; i < look->part_count && !client; i++)
        if (look->parts[i].kind == KIND_CLIENT && look->parts[i].to)
            client = &look->parts[i];
    if (!client)
        return;
    const struct part *to = look_part_id(look, client->to);
    const struct part *machine = look_part_id(look, to->machine);
    const struct part *home = look_part_id(look, client->machine);
    bool dead = !machine || !machine->up || !to->up || client->cut_to || client->cut_back;
    add_op(world_of(model, side), client, &word);
    int column = canvas_print(canvas, row, MARGIN + 1, 34, STYLE_PLAIN, "%s %s",
                              home ? home->name : "", client->name);
    column = canvas_print(canvas, row, column + 2, 0, STYLE_DIM, "── %s ──", op);
    column =
        canvas_write(canvas, row, column, 0, dead ? STYLE_GONE : STYLE_PLAIN, dead ? "x" : ">");
    column = canvas_write(canvas, row, column + 2, 62, STYLE_PLAIN, to->name);
    enum word state = state_of(machine, to);
    canvas_write(canvas, row, column + 2, 0, state == WORD_ON ? STYLE_DIM : STYLE_GONE,
                 model_say(model, state));
    if (strcmp(op, "WS") == 0 || strcmp(op, "LOCATION") == 0)
        return; /* what they send has no answer */
    int64_t left = look_number(look, client, "sent") - look_number(look, client, "acked") -
                   look_number(look, client, "refused");
    text_clear(&number);
    draw_count(&number, model, left < 0 ? 0 : left);
    snprintf(right, sizeof right, "%s %s", model_say(model, WORD_UNANSWERED), count);
    canvas_write(canvas, row, 80 - MARGIN - canvas_width(right), 0, STYLE_PLAIN, right);
}

/* When a store without power is on again, as far as it is scheduled. */
static uint64_t back_at(const struct model *model, unsigned side)
{
    const struct look *look = twins_look_of(model, side);
    struct world *world = world_of(model, side);
    uint64_t first = TIME_NEVER;
    for (uint32_t i = 0; i < look->part_count; i++) {
        const struct part *store = &look->parts[i];
        const struct part *machine = look_part_id(look, store->machine);
        struct command like[2];
        if (store->kind != KIND_STORE || !machine || (machine->up && store->up))
            continue;
        command_of(&like[0], "power-on", machine->name, (const char *)NULL);
        command_of(&like[1], "start", store->name, (const char *)NULL);
        for (int k = 0; k < 2; k++) {
            uint64_t time_ns = world_first_scheduled(world, &like[k]);
            first = time_ns < first ? time_ns : first;
        }
    }
    return first;
}

static void draw_settled(const struct model *model, struct canvas *canvas, int row, int column,
                         unsigned side)
{
    char when[32], words[120];
    struct text clock = TEXT(when);
    struct writes writes = writes_of_all(twins_look_of(model, side));
    if (writes.gone == 0 || writes.judged)
        return;
    uint64_t time_ns = back_at(model, side);
    text_clear(&clock);
    clock_add(&clock, time_ns, 1);
    snprintf(words, sizeof words, model_say(model, WORD_SETTLED_AT), when);
    canvas_write(canvas, row, column, 0, STYLE_DIM,
                 time_ns == TIME_NEVER ? model_say(model, WORD_SETTLED_LATER) : words);
}

/* Three rows of digits; beside them what they count. */
static void draw_number(const struct model *model, struct canvas *canvas, int row, unsigned side)
{
    char number[80], label[160], digits[80];
    struct text words = TEXT(number), of = TEXT(label);
    struct twins_number which = twins_number(model);
    int last = row + canvas_digits_rows(canvas) - 1;
    if (!twins_number_words(model, side, &words, &of)) {
        canvas_write(canvas, row + 1, MARGIN + 1, 0, STYLE_DIM,
                     model_say(model, WORD_SHOWN_AFTER_GUESS));
        return;
    }
    struct writes writes = writes_of_all(twins_look_of(model, side));
    enum style style = !which.writes                                ? STYLE_STRONG
                       : writes.gone                                ? STYLE_GONE
                       : counted(&writes, twins_count(model, side)) ? STYLE_RISK
                                                                    : STYLE_SAFE;
    size_t length = strcspn(number, " "); /* "1.1 ms": the unit stands beside it */
    snprintf(digits, sizeof digits, "%.*s", (int)length, number);
    int after = canvas_digits(canvas, row, MARGIN + 1, style, digits) + 2;
    int column = after < NUMBER_COLUMN ? NUMBER_COLUMN : after;
    canvas_write(canvas, last - 1, column, 0, STYLE_PLAIN, label);
    if (which.writes) {
        canvas_write(canvas, last, after, 0, STYLE_PLAIN,
                     word_unit(model->language, draw_unit(model)));
        draw_settled(model, canvas, last - 2, column, side);
    } else {
        canvas_write(canvas, last, after, 0, STYLE_PLAIN, number + length + (number[length] != 0));
    }
}

/* "on disk 39,891" and "lost 506", which stand at the ends of the bar. */
static void ends_of(const struct model *model, unsigned side, char left[80], char right[80])
{
    char number[40];
    struct text text = TEXT(number);
    struct writes writes = writes_of_all(twins_look_of(model, side));
    enum twins_count count = twins_count(model, side);
    text_clear(&text);
    draw_count(&text, model, writes.safe);
    snprintf(left, 80, "%s %s", model_say(model, WORD_ON_DISK), number);
    text_clear(&text);
    draw_count(&text, model, counted(&writes, count));
    snprintf(right, 80, "%s %s", model_say(model, short_words[count]), number);
}

/* Both bars have one length. */
static void draw_side_bar(const struct model *model, struct canvas *canvas, int row, unsigned side)
{
    char left[80], right[80];
    uint32_t parts[3];
    int widest[2] = {BAR_COLUMN, 80 - BAR_END};
    struct writes writes;
    for (unsigned i = 0; i < 2; i++) {
        unsigned at = i ? side : 1 - side;
        writes = writes_of_all(twins_look_of(model, at));
        ends_of(model, at, left, right);
        int ends[2] = {MARGIN + 3 + canvas_width(left), MARGIN + 2 + canvas_width(right)};
        for (int k = 0; k < 2; k++)
            widest[k] = ends[k] > widest[k] ? ends[k] : widest[k];
    }
    if (writes.hidden || !writes.any)
        return;
    writes_bar(&writes, parts);
    canvas_write(canvas, row, MARGIN + 1, 0, STYLE_SAFE, left);
    canvas_bar(canvas, row, widest[0], 80 - widest[1] - widest[0], parts);
    canvas_write(canvas, row, 80 - MARGIN - canvas_width(right), 0,
                 writes.gone ? STYLE_GONE : STYLE_RISK, right);
}

/* Where the number is none of writes, and a balancer has several servers: to how many of them it
 * sends.  False: there is none. */
static bool draw_backends(const struct model *model, struct canvas *canvas, int row, unsigned side)
{
    const struct look *look = twins_look_of(model, side);
    const struct part *balancer = NULL;
    char left[120], right[40];
    for (uint32_t i = 0; i < look->part_count && !balancer; i++)
        if (look->parts[i].kind == KIND_BALANCER)
            balancer = &look->parts[i];
    const struct figure *up = balancer ? look_figure_of(look, balancer, "backends_up") : NULL;
    if (!up || twins_number(model).writes)
        return false;
    int64_t of = look_number(look, balancer, "backends"), in = up->value.number;
    if (up->hidden || of <= 0 || in < 0 || in > of)
        return true;
    uint32_t parts[3] = {(uint32_t)(1000 * in / of), 0, 0};
    parts[2] = 1000 - parts[0];
    snprintf(left, sizeof left, model_say(model, WORD_SENDS_TO), balancer->name);
    snprintf(right, sizeof right, "%d / %d", (int)in, (int)of);
    canvas_write(canvas, row, MARGIN + 1, 0, STYLE_PLAIN, left);
    int column = MARGIN + 3 + canvas_width(left);
    canvas_bar(canvas, row, column, 80 - MARGIN - 2 - canvas_width(right) - column, parts);
    canvas_write(canvas, row, 80 - MARGIN - canvas_width(right), 0,
                 in < of ? STYLE_GONE : STYLE_PLAIN, right);
    return true;
}

/* --- the whole -------------------------------------------------------------------------------- */

int twins_side_rows(const struct canvas *canvas)
{
    return 3 + canvas_digits_rows(canvas);
}

/* Where a side has a row more, or a larger terminal some more: what happened there. */
static void draw_side_news(const struct model *model, struct canvas *canvas, int row, int rows,
                           unsigned side)
{
    const struct look *look = twins_look_of(model, side);
    bool hides = false;
    int shown = 0, variant = (int)twins_variant(model, side);
    for (uint32_t i = 0; i < look->part_count; i++)
        hides = hides || look->parts[i].hides;
    for (uint32_t i = model->news_count; i-- > 0 && shown < rows;) {
        const struct news *news = &model->news[i];
        char when[32];
        struct text clock = TEXT(when);
        if ((news->variant >= 0 && news->variant != variant) || (news->what == TRACE_LOST && hides))
            continue;
        text_clear(&clock);
        clock_add(&clock, news->time_ns, 2);
        int at = row + rows - 1 - shown++;
        int after = canvas_write(canvas, at, MARGIN + 1, 0, STYLE_DIM, when);
        after = canvas_write(canvas, at, after + 2, 0, STYLE_PLAIN, news->who);
        canvas_write(canvas, at, after + 2, 0, STYLE_STRONG,
                     word_news(model->language, news->what));
    }
}

/* The first of what is watched, both on one scale. */
static void draw_side_chart(const struct model *model, struct canvas *canvas, int row, int rows,
                            unsigned side)
{
    const struct look *looks[2] = {twins_look_of(model, 0), twins_look_of(model, 1)};
    int64_t most = 0;
    if (!looks[0]->chart_count || !looks[1]->chart_count)
        return;
    for (int i = 0; i < 2; i++) {
        int64_t greatest = draw_chart_most(&looks[i]->charts[0]);
        most = greatest > most ? greatest : most;
    }
    draw_chart_to(model, canvas, row, WIDE_COLUMN, rows, canvas->columns - WIDE_COLUMN - 1,
                  &looks[side]->charts[0], most);
}

void draw_twin(const struct model *model, struct canvas *canvas, int row, int rows, unsigned side)
{
    bool way = rows >= twins_side_rows(canvas);
    int top = row;
    draw_head(model, canvas, row++, side);
    if (way)
        draw_way(model, canvas, row++, side);
    draw_number(model, canvas, row, side);
    row += canvas_digits_rows(canvas);
    if (!draw_backends(model, canvas, row, side))
        draw_side_bar(model, canvas, row, side);
    row++;
    int more = rows - twins_side_rows(canvas);
    if (more > 0)
        draw_side_news(model, canvas, row, more, side);
    if (canvas->columns >= WIDE_COLUMNS)
        draw_side_chart(model, canvas, top, rows, side);
}
