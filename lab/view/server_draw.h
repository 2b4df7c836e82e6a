/* What the screen of a server is made of. */
#ifndef LAB_VIEW_SERVER_DRAW_H
#define LAB_VIEW_SERVER_DRAW_H

#include "lab/app/model.h"
#include "lab/canvas/canvas.h"

/* The walls of the server that is selected, or of the first; what its threads do and
 * what can be done, where there is room. */
void draw_server(const struct model *model, struct canvas *canvas, int row, int end);
bool server_is_loops(const struct model *model, const struct part *server);
/* A letter a thread, below a heading at most `rows` rows of them; the row after. */
int draw_lanes(const struct model *model, struct canvas *canvas, const struct part *server, int row,
               int rows);
/* In, out, and the line, four rows right of the letters. */
void draw_rates(const struct model *model, struct canvas *canvas, const struct part *server,
                int row);
/* What left it over time, with the pauses of its collector as gaps. */
void draw_traffic(const struct model *model, struct canvas *canvas, const struct part *server,
                  int row, int column, int rows, int columns);

#endif
