/* A packet between the two bars of a ladder: as far as it came, and how it ended. */
#include "lab/view/ladder_draw.h"

#include <stdio.h>

#define RULE "─"

static int rules(struct canvas *canvas, int row, int column, int end, enum style style)
{
    while (column < end)
        column = canvas_write(canvas, row, column, end, style, RULE);
    return column;
}

/* Cells of the lane that it has gone: all when it came, half when it was lost. */
static int cells_gone(const struct ladder_segment *segment, int cells, int least, uint64_t now_ns)
{
    const struct wire_segment *wire = &segment->wire;
    uint64_t whole_ns = wire->arrival_ns - wire->time_ns, gone_ns = now_ns - wire->time_ns;
    int gone = cells;
    if (segment->fate == WIRE_LEFT)
        gone = whole_ns ? (int)((uint64_t)cells * gone_ns / whole_ns) : cells;
    else if (segment->fate != WIRE_ARRIVED)
        gone = cells / 2;
    gone = gone < least ? least : gone;
    return gone < cells ? gone : cells;
}

static const char *head_of(const struct ladder_segment *segment, bool right)
{
    if (segment->fate == WIRE_ARRIVED)
        return right ? ">" : "<";
    return segment->fate == WIRE_LEFT ? (right ? ">" : "<") : "x";
}

/* Beside a lost packet: when the same was sent again, or why it is gone. */
static void draw_again(const struct model *model, struct canvas *canvas, int row, int column,
                       int end, const struct ladder_scene *scene, const struct ladder_row *shown)
{
    char words[80], ms[32];
    struct text time = TEXT(ms);
    if (!shown->again_ns)
        return;
    text_clear(&time);
    ladder_ms(&time, scene, shown->again_ns - scene->start_ns);
    snprintf(words, sizeof words, model_say(model, WORD_LADDER_AGAIN), ms);
    if (canvas_width(words) <= end - column)
        canvas_write(canvas, row, column, end, STYLE_STRONG, words);
}

void draw_lane(const struct model *model, struct canvas *canvas, int row, int column, int cells,
               const struct ladder_side *side, const struct ladder_row *shown, enum style style)
{
    const struct ladder_segment *segment = ladder_at(&side->record, shown->segment);
    bool right = segment->wire.opener != 0,
         lost = segment->fate != WIRE_LEFT && segment->fate != WIRE_ARRIVED;
    char words[LADDER_WORDS + 16];
    snprintf(words, sizeof words, " %u %s ", (unsigned)shown->number, shown->words);
    int lead = lost ? 1 : 2, least = lead + canvas_width(words) + 1;
    int gone = cells_gone(segment, cells, least, side->world->now_ns), end = column + cells;
    if (right) {
        int at = rules(canvas, row, column, column + lead, style);
        at = canvas_write(canvas, row, at, column + gone - 1, style, words);
        at = rules(canvas, row, at, column + gone - 1, style);
        canvas_write(canvas, row, at, end, style, head_of(segment, true));
        draw_again(model, canvas, row, at + 2, end, &side->scene, shown);
    } else {
        int from = end - gone,
            at = canvas_write(canvas, row, from, end, style, head_of(segment, false));
        int name = end - lead - canvas_width(words);
        at = rules(canvas, row, at, name, style);
        at = canvas_write(canvas, row, at, end - lead, style, words);
        rules(canvas, row, at, end, style);
        draw_again(model, canvas, row, column + 1, from - 1, &side->scene, shown);
    }
}
