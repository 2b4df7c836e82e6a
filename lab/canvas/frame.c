/* Rules, boxes and bars, by box signs or, on an ASCII canvas, by what stands for them. */
#include "lab/canvas/canvas.h"

void canvas_rule(struct canvas *canvas, int row)
{
    for (int column = 0; column < canvas->columns; column++)
        canvas_write(canvas, row, column, 0, STYLE_DIM, "─");
}

/* A row of a box: its ends, and the same sign (NULL: what is there) between them. */
static void box_row(struct canvas *canvas, int row, int column, int columns, enum style style,
                    const char *const signs[3])
{
    int last = column + columns - 1;
    canvas_write(canvas, row, column, 0, style, signs[0]);
    for (int at = column + 1; signs[1] && at < last; at++)
        canvas_write(canvas, row, at, 0, style, signs[1]);
    canvas_write(canvas, row, last, 0, style, signs[2]);
}

void canvas_box(struct canvas *canvas, int row, int column, int rows, int columns, enum style style,
                const char *title)
{
    static const char *const top[3] = {"┌", "─", "┐"};
    static const char *const side[3] = {"│", NULL, "│"};
    static const char *const bottom[3] = {"└", "─", "┘"};
    if (rows < 2 || columns < 2)
        return;
    box_row(canvas, row, column, columns, style, top);
    for (int at = row + 1; at < row + rows - 1; at++)
        box_row(canvas, at, column, columns, style, side);
    box_row(canvas, row + rows - 1, column, columns, style, bottom);
    int first = column + 2, limit = column + columns - 2;
    if (title && *title && limit > first + 2) {
        canvas_write(canvas, row, first, limit, style, " ");
        int after = canvas_write(canvas, row, first + 1, limit - 1, style, title);
        canvas_write(canvas, row, after, limit, style, " ");
    }
}

/* Whole cells for each part: what is there at all has one; what is too much is taken from the
 * longest. */
static void bar_cells(const uint32_t thousandths[3], int columns, int cells[3])
{
    int used = 0;
    for (int part = 0; part < 3; part++) {
        uint32_t share = thousandths[part] > 1000 ? 1000 : thousandths[part];
        cells[part] = (int)((share * (uint32_t)columns + 500) / 1000);
        if (share > 0 && cells[part] == 0)
            cells[part] = 1;
        used += cells[part];
    }
    for (; used > columns; used--) {
        int longest = cells[1] > cells[0] ? 1 : 0;
        longest = cells[2] > cells[longest] ? 2 : longest;
        cells[longest]--;
    }
}

void canvas_bar(struct canvas *canvas, int row, int column, int columns,
                const uint32_t thousandths[3])
{
    static const struct {
        const char *sign;
        enum style style;
    } parts[3] = {{"█", STYLE_SAFE}, {"░", STYLE_RISK}, {"x", STYLE_GONE}};
    int cells[3];
    if (columns < 1)
        return;
    bar_cells(thousandths, columns, cells);
    int at = column;
    for (int part = 0; part < 3; part++)
        for (int count = cells[part]; count > 0; count--)
            canvas_write(canvas, row, at++, 0, parts[part].style, parts[part].sign);
    while (at < column + columns)
        canvas_write(canvas, row, at++, 0, STYLE_PLAIN, " ");
}
