/* A room: a row for each of it, a tick for each message that it sent or got. */
#include "lab/view/view.h"

#include <stdio.h>

#include "lab/app/drive.h"
#include "lab/app/rooms.h"
#include "lab/view/draw.h"

#define LABEL_CELLS  8
#define COLUMNS_MOST 140
#define WINDOW_NS    (2 * SECOND_NS) /* at x1; in slow motion less */
#define WINDOW_LEAST (20 * MS_NS)
#define FOOT_ROWS    3

/* So much of the past is shown. */
static uint64_t window_of(const struct model *model)
{
    uint64_t speed = drive_speed(&model->drive);
    uint64_t window_ns = speed < 1000 ? WINDOW_NS / 1000 * speed : WINDOW_NS;
    return window_ns < WINDOW_LEAST ? WINDOW_LEAST : window_ns;
}

static int columns_of(const struct canvas *canvas)
{
    int columns = canvas->columns - 2 * MARGIN - LABEL_CELLS;
    return columns < COLUMNS_MOST ? columns : COLUMNS_MOST;
}

/* S: it sent one; a digit: the last one of the number of what it got; + more than one of them. */
static void draw_ticks(const struct model *model, struct canvas *canvas, int row, int rows)
{
    const struct room *room = &model->room;
    uint64_t window_ns = window_of(model), now_ns = model->look.now_ns;
    uint64_t from_ns = now_ns > window_ns ? now_ns - window_ns : 0;
    int columns = columns_of(canvas);
    for (uint32_t i = 0; i < room->count; i++) {
        const struct room_tick *tick = room_tick_at(room, i);
        if (tick->time_ns < from_ns || tick->time_ns > now_ns || (int)tick->member >= rows)
            continue;
        int column = (int)((tick->time_ns - from_ns) * (uint64_t)columns / (window_ns + 1));
        int at = MARGIN + LABEL_CELLS + column, line = row + (int)tick->member;
        const struct cell *cell = &canvas->cells[line * canvas->columns + at];
        char sign[2] = {(char)('0' + tick->message % 10), 0};
        if (tick->sent)
            sign[0] = 'S';
        else if (cell->bytes[0] == 'S')
            continue;
        else if (cell->bytes[0] != '.' && cell->bytes[0] != sign[0])
            sign[0] = '+';
        canvas_write(canvas, line, at, 0, tick->sent ? STYLE_ACTION : STYLE_SAFE, sign);
    }
}

static void draw_rows(const struct model *model, struct canvas *canvas, int row, int rows)
{
    const struct room *room = &model->room;
    int columns = columns_of(canvas);
    for (int i = 0; i < rows; i++) {
        canvas_print(canvas, row + i, MARGIN, MARGIN + LABEL_CELLS - 1, STYLE_PLAIN, "%llu",
                     (unsigned long long)room->number * room->size + (unsigned)i + 1);
        for (int column = 0; column < columns; column++)
            canvas_write(canvas, row + i, MARGIN + LABEL_CELLS + column, 0, STYLE_DIM, ".");
    }
}

/* How the newest message that somebody of the room sent came to the others. */
static void draw_last(const struct model *model, struct canvas *canvas, int row)
{
    const struct room *room = &model->room;
    const struct room_tick *last = NULL;
    uint64_t first_ns = 0, end_ns = 0;
    uint32_t got = 0;
    for (uint32_t i = room->count; i-- > 0 && !last;)
        if (room_tick_at(room, i)->sent && room_tick_at(room, i)->time_ns <= model->look.now_ns)
            last = room_tick_at(room, i);
    for (uint32_t i = 0; last && i < room->count; i++) {
        const struct room_tick *tick = room_tick_at(room, i);
        if (tick->sent || tick->message != last->message || tick->time_ns > model->look.now_ns)
            continue;
        first_ns = got++ ? first_ns : tick->time_ns;
        end_ns = tick->time_ns;
    }
    if (!last)
        return;
    char words[200], first[40] = "-", end[40] = "-";
    struct text begins = TEXT(first), ends = TEXT(end);
    if (got) {
        value_add_screen(&begins, &(struct value){.unit = UNIT_DURATION,
                                                  .number = (int64_t)(first_ns - last->time_ns)});
        value_add_screen(&ends, &(struct value){.unit = UNIT_DURATION,
                                                .number = (int64_t)(end_ns - last->time_ns)});
    }
    snprintf(words, sizeof words, model_say(model, WORD_ROOM_LAST),
             (unsigned long long)last->message,
             (unsigned long long)room->number * room->size + last->member + 1, got,
             room_members(room), first, end);
    canvas_write(canvas, row, MARGIN, 0, STYLE_STRONG, words);
}

void view_room(const struct model *model, struct canvas *canvas)
{
    const struct room *room = &model->room;
    int row = BODY_TOP, end = draw_body_end(canvas), rows = end - row - 2 - FOOT_ROWS;
    char words[200], window[40];
    struct text text = TEXT(window);
    draw_world_frame(model, canvas);
    if (!room->ticks)
        return;
    if (rows > (int)room_members(room))
        rows = (int)room_members(room);
    snprintf(words, sizeof words, model_say(model, WORD_ROOM_HEADING), model->selected,
             room->number + 1, room->rooms, room->size);
    canvas_write(canvas, row++, MARGIN, 0, STYLE_STRONG, words);
    text_clear(&text);
    text_add(&text, "-");
    value_add_screen(&text,
                     &(struct value){.unit = UNIT_DURATION, .number = (int64_t)window_of(model)});
    canvas_write(canvas, row, MARGIN + LABEL_CELLS, 0, STYLE_DIM, window);
    const char *now = model_say(model, WORD_BELIEF_NOW);
    canvas_write(canvas, row++, MARGIN + LABEL_CELLS + columns_of(canvas) - canvas_width(now), 0,
                 STYLE_DIM, now);
    const struct part *part = look_part(&model->look, model->selected);
    if (part && part->hides) {
        canvas_write(canvas, row, MARGIN, 0, STYLE_DIM, model_say(model, WORD_SHOWN_AFTER_GUESS));
        return;
    }
    draw_rows(model, canvas, row, rows);
    draw_ticks(model, canvas, row, rows);
    draw_last(model, canvas, row + rows + 1);
    canvas_write(canvas, row + rows + 2, MARGIN, 0, STYLE_DIM, model_say(model, WORD_ROOM_SIGNS));
}
