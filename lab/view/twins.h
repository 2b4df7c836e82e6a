/*
 * Inside of the twins' screen: its sides, and in what they differ.
 */
#ifndef LAB_VIEW_TWINS_H
#define LAB_VIEW_TWINS_H

#include "lab/app/twins.h"
#include "lab/view/draw.h"

/* The figures of a side. */
const struct look *twins_look_of(const struct model *model, unsigned side);

/* The number that both sides show three rows high: what becomes of writes, or a metric that the
 * lesson or the watch names. */
struct twins_number {
    bool writes;
    char metric[2 * NAME_BYTES];
};
struct twins_number twins_number(const struct model *model);

/* Of writes: what both sides count.  As soon as one has lost some, lost is what is compared; what
 * is at risk now is another thing. */
enum twins_count { COUNT_RISK, COUNT_NOT_ON_DISK, COUNT_LOST };
enum twins_count twins_count(const struct model *model, unsigned side);

/* What it says on a side, as words: "39,443"; its label; false: hidden. */
bool twins_number_words(const struct model *model, unsigned side, struct text *number,
                        struct text *label);

/* A side takes so many rows at least; draws at most `rows`. */
int twins_side_rows(const struct canvas *canvas);
void draw_twin(const struct model *model, struct canvas *canvas, int row, int rows, unsigned side);

/* "B differs from A in one thing: ...", wrapped; rows used. */
int draw_twins_change(const struct model *model, struct canvas *canvas, int row, int rows);
/* The number, the price beside it, on one line. */
void draw_twins_numbers(const struct model *model, struct canvas *canvas, int row);
/* Other metrics that differ, one a row; rows used. */
int draw_twins_metrics(const struct model *model, struct canvas *canvas, int row, int rows);

#endif
