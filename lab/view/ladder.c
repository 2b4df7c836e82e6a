/*
 * The ladder: every packet of a conversation a row, with its number and the time at which it was
 * sent; two variants side by side.
 */
#include "lab/view/view.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/twins.h"
#include "lab/view/ladder_draw.h"

#define TIME_CELLS   6
#define STATE_CELLS  10
#define LANE_MOST    50
#define STATES_FROM  66  /* so wide a ladder shows the states of both ends */
#define CLOSING_FROM 17  /* so many rows have room for a sentence */
#define PACKET_FROM  130 /* so wide a terminal shows what is in the packet beside it */

/* Where a ladder stands. */
struct place_on {
    int row, end, column, width;
    bool states;
    int left, right;   /* columns of the bars */
    unsigned state[2]; /* of the left end and the right, as the row before said */
};

static const char *part_name(const struct ladder_side *side, uint32_t id)
{
    return component_at(side->world, id)->name;
}

static const char *end_name(const struct ladder_side *side, bool right)
{
    const struct ladder_scene *scene = &side->scene;
    if (scene->left == scene->right)
        return part_name(side, right ? scene->acceptor : scene->opener);
    return part_name(side, right ? scene->right : scene->left);
}

static struct place_on place_of(int row, int end, int column, int width)
{
    struct place_on place = {.row = row, .end = end, .column = column, .width = width};
    place.states = width >= STATES_FROM;
    int states = place.states ? STATE_CELLS + 1 : 0;
    int lane = width - TIME_CELLS - 1 - 2 - 2 * states;
    lane = lane < LANE_MOST ? lane : LANE_MOST;
    place.left = column + TIME_CELLS + 1 + states;
    place.right = place.left + 1 + lane;
    return place;
}

/* --- head and rows ---------------------------------------------------------------------------- */

/* "connection 3/17" where there are several. */
static void which_add(struct text *text, const struct model *model, enum word word, uint32_t at,
                      uint32_t count)
{
    if (count < 2)
        return;
    text_add(text, model_say(model, word));
    text_add_char(text, ' ');
    text_add_u64(text, at);
    text_add_char(text, '/');
    text_add_u64(text, count);
    text_add(text, "  ");
}

static void draw_head(const struct model *model, struct canvas *canvas,
                      const struct ladder_side *side, uint32_t at, struct place_on *place)
{
    const struct ladder_scene *scene = &side->scene;
    char words[200] = "";
    int column = place->column;
    bool twins = model->ladders.count > 1;
    if (twins) {
        const struct variant *variant = session_variant(model->session, twins_variant(model, at));
        enum style style = at == ladders_side(model) ? STYLE_SELECTED : STYLE_TITLE;
        column = canvas_write(canvas, place->row, column, 0, style, at ? "B" : "A") + 2;
        column = canvas_write(canvas, place->row, column, place->column + place->width,
                              STYLE_STRONG, variant->name) +
                 2;
    }
    column = canvas_write(canvas, place->row, column, place->column + place->width, STYLE_TITLE,
                          model_say(model, scene->opens ? WORD_LADDER_NEW : WORD_LADDER_USED)) +
             2;
    struct text which = TEXT(words);
    text_clear(&which);
    which_add(&which, model, WORD_LADDER_CONNECTION, scene->connection_at, scene->connections);
    which_add(&which, model, WORD_LADDER_REQUEST, scene->exchange_at, scene->exchanges);
    canvas_write(canvas, place->row++, column, place->column + place->width, STYLE_DIM, words);
    canvas_write(canvas, place->row, place->column + TIME_CELLS - 2, 0, STYLE_DIM, "ms");
    const char *right = end_name(side, true);
    canvas_write(canvas, place->row, place->left, place->right, STYLE_STRONG,
                 end_name(side, false));
    canvas_write(canvas, place->row++, place->right + 1 - canvas_width(right), 0, STYLE_STRONG,
                 right);
}

static void draw_time(struct canvas *canvas, const struct place_on *place, int row,
                      const struct ladder_scene *scene, uint64_t ns, enum style style)
{
    char ms[32];
    struct text time = TEXT(ms);
    text_clear(&time);
    ladder_ms(&time, scene, ns - scene->start_ns);
    canvas_write(canvas, row, place->column + TIME_CELLS - canvas_width(ms), place->left, style,
                 ms);
}

static void draw_bars_of(struct canvas *canvas, const struct place_on *place, int row)
{
    canvas_write(canvas, row, place->left, 0, STYLE_PLAIN, "│");
    canvas_write(canvas, row, place->right, 0, STYLE_PLAIN, "│");
}

static void draw_state(struct canvas *canvas, const struct place_on *place, int row, bool right,
                       unsigned state)
{
    const char *words = wire_state_name(state);
    int column = right ? place->right + 2 : place->left - 1 - canvas_width(words);
    canvas_write(canvas, row, column, 0, STYLE_DIM, words);
}

/* Beside the sender its state when it sent, beside the receiver its state when that had come: where
 * they are not what they were in the row before. */
static void draw_states(struct canvas *canvas, const struct ladder_side *side,
                        struct place_on *place, int row, uint32_t at)
{
    const struct ladder_scene *scene = &side->scene;
    const struct ladder_segment *segment = ladder_at(&side->record, scene->rows[at].segment);
    unsigned arrival = ladder_arrival_state(scene, &side->record, at);
    bool opener = segment->wire.opener != 0, came = segment->fate == WIRE_ARRIVED;
    unsigned *from = &place->state[!opener], *to = &place->state[opener];
    if (!place->states)
        return;
    if (*from != segment->wire.from_state)
        draw_state(canvas, place, row, !opener, segment->wire.from_state);
    if (came && *to != arrival)
        draw_state(canvas, place, row, opener, arrival);
    *from = segment->wire.from_state;
    *to = came ? arrival : *to;
}

static void draw_row(const struct model *model, struct canvas *canvas,
                     const struct ladder_side *side, struct place_on *place, int row, uint32_t at,
                     bool chosen)
{
    const struct ladder_row *shown = &side->scene.rows[at];
    const struct ladder_segment *segment = ladder_at(&side->record, shown->segment);
    bool lost = segment->fate != WIRE_LEFT && segment->fate != WIRE_ARRIVED;
    enum style style = chosen ? STYLE_SELECTED : lost ? STYLE_GONE : STYLE_PLAIN;
    draw_bars_of(canvas, place, row);
    if (shown->number == 0) {
        char words[120];
        snprintf(words, sizeof words, model_say(model, WORD_LADDER_ANSWER), shown->trips / 2);
        draw_time(canvas, place, row, &side->scene, shown->time_ns, STYLE_STRONG);
        canvas_write(canvas, row, place->left, 0, STYLE_STRONG, "*");
        canvas_write(canvas, row, place->left + 2, place->right, STYLE_STRONG, words);
        return;
    }
    draw_time(canvas, place, row, &side->scene, shown->time_ns, STYLE_PLAIN);
    draw_states(canvas, side, place, row, at);
    if (chosen)
        canvas_write(canvas, row, place->column, 0, STYLE_ACTION, ">");
    draw_lane(model, canvas, row, place->left + 1, place->right - place->left - 1, side, shown,
              style);
}

/* The rows around the chosen one; the row after them. */
static int draw_rows(const struct model *model, struct canvas *canvas,
                     const struct ladder_side *side, struct place_on *place, bool active)
{
    const struct ladder_scene *scene = &side->scene;
    int rows = place->end - place->row, row = place->row;
    uint32_t chosen = ladders_row(side), room = rows > 0 ? (uint32_t)rows : 0, first = 0;
    uint32_t look_at = side->row == LADDER_LAST ? scene->count - 1 : chosen;
    if (scene->count > room)
        first = look_at + 2 > room ? look_at + 2 - room : 0;
    if (first + room > scene->count)
        first = scene->count > room ? scene->count - room : 0;
    for (uint32_t i = first; i < scene->count && i - first < room; i++)
        draw_row(model, canvas, side, place, row++, i,
                 active && i == chosen && !drive_moving(&model->drive));
    return row;
}

/* --- what it comes to ------------------------------------------------------------------------- */

static bool is_waiting(const struct ladder_side *side, bool right)
{
    const struct ladder_scene *scene = &side->scene;
    return (right ? scene->right_waits : scene->left_waits) &&
           side->world->now_ns - scene->closed_ns < LADDER_TIME_WAIT_NS;
}

static bool is_open(const struct ladder_scene *scene)
{
    const char *open = "ESTAB";
    return strcmp(wire_state_name(scene->states[0]), open) == 0 &&
           strcmp(wire_state_name(scene->states[1]), open) == 0;
}

/* What is below the last row: who waits, or that nothing was closed. */
static void draw_waits(const struct model *model, struct canvas *canvas,
                       const struct ladder_side *side, const struct place_on *place, int row)
{
    char words[160];
    int column = place->column;
    if (is_open(&side->scene) && side->scene.exchange_at == side->scene.exchanges) {
        draw_bars_of(canvas, place, row);
        canvas_write(canvas, row, place->left + 2, place->right, STYLE_DIM,
                     model_say(model, WORD_LADDER_OPEN));
    }
    for (int right = 0; right < 2; right++) {
        if (!is_waiting(side, right != 0))
            continue;
        snprintf(words, sizeof words, model_say(model, WORD_LADDER_WAITS),
                 end_name(side, right != 0));
        column =
            canvas_write(canvas, row, column, place->column + place->width, STYLE_RISK, words) + 2;
    }
}

/* The one number: how long the answer took. */
static void draw_answer_time(const struct model *model, struct canvas *canvas,
                             const struct ladder_side *side, const struct place_on *place, int row)
{
    const struct ladder_scene *scene = &side->scene;
    char ms[32] = "", words[120];
    struct text time = TEXT(ms);
    if (scene->answer_ns) {
        text_clear(&time);
        ladder_ms(&time, scene, scene->answer_ns);
    }
    int after = canvas_digits(canvas, row, place->column + 1, STYLE_STRONG, ms[0] ? ms : "-");
    snprintf(words, sizeof words, model_say(model, WORD_LADDER_PACKETS), scene->packets);
    canvas_write(canvas, row + canvas_digits_rows(canvas) - 1, after + 2,
                 place->column + place->width, STYLE_PLAIN, words);
}

static void draw_totals(const struct model *model, struct canvas *canvas,
                        const struct ladder_side *side, const struct place_on *place, int row)
{
    const struct ladder_totals *totals = &side->totals;
    char words[200], amount[48], packets[32], time[32];
    struct text to = TEXT(amount);
    if (!totals->known)
        return;
    text_clear(&to);
    draw_amount_of(&to, model, totals->acked, "requests");
    to = TEXT(packets);
    text_clear(&to);
    text_add_grouped(&to, (uint64_t)totals->packets);
    to = TEXT(time);
    text_clear(&to);
    text_add_fixed(&to, (int64_t)(totals->time_ns / (100 * MS_NS)), 1);
    text_add(&to, " s  ");
    snprintf(words, sizeof words, model_say(model, WORD_LADDER_TOTALS), amount,
             totals->time_ns ? time : "", packets, (unsigned)totals->connects);
    canvas_write(canvas, row, place->column, place->column + place->width, STYLE_PLAIN, words);
}

/* Waits, the number, the totals: rows below a ladder. */
static int foot_rows(const struct canvas *canvas, int room)
{
    int rows = 2 + canvas_digits_rows(canvas);
    return room - rows >= 6 ? rows : 1;
}

static void draw_ladder(const struct model *model, struct canvas *canvas, uint32_t at, int row,
                        int end, int column, int width)
{
    const struct ladder_side *side = &model->ladders.sides[at];
    struct place_on place = place_of(row, end, column, width);
    bool active = at == ladders_side(model);
    if (!side->known) {
        canvas_write(canvas, row, column, column + width, STYLE_DIM,
                     model_say(model, WORD_NO_PACKETS));
        return;
    }
    int foot = foot_rows(canvas, end - row - 2);
    draw_head(model, canvas, side, at, &place);
    place.end -= foot;
    int after = draw_rows(model, canvas, side, &place, active);
    draw_waits(model, canvas, side, &place, after);
    if (foot == 1)
        return;
    draw_answer_time(model, canvas, side, &place, after + 1);
    draw_totals(model, canvas, side, &place, after + foot - 1);
}

/* The rows that close come after the answer: nobody waits for them, but a port does. */
static bool draw_closing(const struct model *model, struct canvas *canvas, int row)
{
    const struct ladders *ladders = &model->ladders;
    uint32_t at = model->twins.large ? ladders_side(model) : 0;
    const struct ladder_side *side = &ladders->sides[at];
    char words[200];
    if (!side->known || !side->scene.closing || !is_waiting(side, false))
        return false;
    snprintf(words, sizeof words, model_say(model, WORD_LADDER_CLOSING),
             side->scene.packets - side->scene.closing + 1, side->scene.closing,
             side->scene.packets);
    canvas_write(canvas, row, MARGIN, 0, STYLE_PLAIN, words);
    return true;
}

/* On a wide terminal, beside the ladder: what is in the chosen packet. */
static void draw_packet(const struct model *model, struct canvas *canvas, int row, int end)
{
    const struct ladder_side *side = &model->ladders.sides[ladders_side(model)];
    char all[2048];
    struct text text = TEXT(all);
    if (!side->known)
        return;
    const struct ladder_row *shown = &side->scene.rows[ladders_row(side)];
    text_clear(&text);
    text_add_u64(&text, shown->number);
    text_add(&text, "  ");
    text_add(&text, shown->words);
    text_add(&text, "\n\n");
    ladder_packet(&text, side->world, ladder_at(&side->record, shown->segment), model->language);
    for (char *line = all; *line && row < end; row++) {
        size_t length = strcspn(line, "\n");
        bool more = line[length] != 0;
        line[length] = 0;
        canvas_write(canvas, row, WIDE_COLUMN + 2, 0, STYLE_PLAIN, line);
        line += length + more;
    }
}

void draw_ladders(const struct model *model, struct canvas *canvas, int row, int end)
{
    const struct ladders *ladders = &model->ladders;
    bool both = ladders->count > 1 && !model->twins.large;
    int width = canvas->columns - 2 * MARGIN, half = width / 2 - 1;
    if (!ladders->sides) {
        canvas_write(canvas, row, MARGIN, 0, STYLE_DIM, model_say(model, WORD_NO_PACKETS));
        return;
    }
    if (end - row > CLOSING_FROM && draw_closing(model, canvas, end - 1))
        end--;
    if (!both) {
        int most = canvas->columns >= PACKET_FROM ? WIDE_COLUMN - 2 : width;
        if (most < width)
            draw_packet(model, canvas, row, end);
        draw_ladder(model, canvas, ladders_side(model), row, end, MARGIN, most);
        return;
    }
    for (uint32_t i = 0; i < ladders->count; i++)
        draw_ladder(model, canvas, i, row, end, MARGIN + (int)i * (half + 2), half);
}

/* What stands in the row of the last command: how the times are meant. */
static void draw_hint(const struct model *model, struct canvas *canvas)
{
    const struct ladder_side *side = &model->ladders.sides[ladders_side(model)];
    const struct ladder_scene *scene = &side->scene;
    char words[200];
    if (model->last_command[0] && strstr(model->last_command, "drop-next"))
        return;
    for (uint32_t i = 0; side->known && i < scene->count; i++) {
        const struct ladder_segment *segment = ladder_at(&side->record, scene->rows[i].segment);
        if (segment->fate != WIRE_ARRIVED)
            continue;
        char way[32];
        struct text ms = TEXT(way);
        text_clear(&ms);
        ladder_ms(&ms, scene, segment->settled_ns - segment->wire.time_ns);
        snprintf(words, sizeof words, model_say(model, WORD_LADDER_TIMES), way);
        draw_status(model, canvas, STYLE_DIM, words);
        return;
    }
}

void view_ladder(const struct model *model, struct canvas *canvas)
{
    draw_world_frame(model, canvas);
    draw_ladders(model, canvas, BODY_TOP, draw_body_end(canvas));
    if (model->ladders.sides)
        draw_hint(model, canvas);
}
