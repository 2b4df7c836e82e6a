/* The files of the ladder's screen, among themselves. */
#ifndef LAB_VIEW_LADDER_DRAW_H
#define LAB_VIEW_LADDER_DRAW_H

#include "lab/app/ladders.h"
#include "lab/view/draw.h"

/* One packet between the bars, `cells` wide. */
void draw_lane(const struct model *model, struct canvas *canvas, int row, int column, int cells,
               const struct ladder_side *side, const struct ladder_row *shown, enum style style);

/* All ladders of the model, side by side, from a row to before another. */
void draw_ladders(const struct model *model, struct canvas *canvas, int row, int end);

#endif
