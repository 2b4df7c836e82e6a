/* The grid of cells: writing text into it, reading rows out of it. */
#include "lab/canvas/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/canvas/grapheme.h"

_Static_assert(sizeof((struct cell *)0)->bytes == GRAPHEME_BYTES, "a cell holds a grapheme");

static struct cell *cell_at(const struct canvas *canvas, int row, int column)
{
    return canvas->cells + (size_t)row * (size_t)canvas->columns + column;
}

static void set_blank(struct cell *cell)
{
    memset(cell, 0, sizeof *cell);
    cell->bytes[0] = ' ';
    cell->width = 1;
    cell->style = STYLE_PLAIN;
}

bool canvas_init(struct canvas *canvas, int rows, int columns)
{
    memset(canvas, 0, sizeof *canvas);
    return canvas_resize(canvas, rows, columns);
}

void canvas_release(struct canvas *canvas)
{
    free(canvas->cells);
    memset(canvas, 0, sizeof *canvas);
}

bool canvas_resize(struct canvas *canvas, int rows, int columns)
{
    rows = rows < 1 ? 1 : rows;
    columns = columns < 1 ? 1 : columns;
    struct cell *cells = calloc((size_t)rows * (size_t)columns, sizeof *cells);
    if (!cells)
        return false;
    free(canvas->cells);
    canvas->cells = cells;
    canvas->rows = rows;
    canvas->columns = columns;
    canvas_clear(canvas);
    return true;
}

void canvas_clear(struct canvas *canvas)
{
    struct cell *end = canvas->cells + (size_t)canvas->rows * (size_t)canvas->columns;
    for (struct cell *cell = canvas->cells; cell < end; cell++)
        set_blank(cell);
    canvas->cursor_row = -1;
    canvas->cursor_column = -1;
}

/* A wide sign of which one half is written over loses the other half too. */
static void put(struct canvas *canvas, int row, int column, enum style style,
                const struct grapheme *grapheme)
{
    struct cell *cell = cell_at(canvas, row, column);
    int after = column + grapheme->width;
    if (cell->width == 0 && column > 0)
        set_blank(cell - 1);
    if (after < canvas->columns && cell[grapheme->width].width == 0)
        set_blank(cell + grapheme->width);
    memcpy(cell->bytes, grapheme->bytes, sizeof cell->bytes);
    cell->width = grapheme->width;
    cell->style = (uint8_t)style;
    if (grapheme->width == 2) {
        memset(cell + 1, 0, sizeof *cell);
        cell[1].style = (uint8_t)style;
    }
}

int canvas_write(struct canvas *canvas, int row, int column, int limit, enum style style,
                 const char *text)
{
    int end = limit > 0 && limit < canvas->columns ? limit : canvas->columns;
    if (row < 0 || row >= canvas->rows || column < 0)
        return column;
    while (*text && column < end) {
        struct grapheme grapheme;
        text = grapheme_next(text, &grapheme);
        if (canvas->ascii)
            grapheme_to_ascii(&grapheme);
        if (grapheme.width == 0)
            continue;
        if (column + grapheme.width > end)
            break;
        put(canvas, row, column, style, &grapheme);
        column += grapheme.width;
    }
    return column;
}

int canvas_print(struct canvas *canvas, int row, int column, int limit, enum style style,
                 const char *format, ...)
{
    char text[2048]; /* more than the widest row of wide signs takes */
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return length < 0 ? column : canvas_write(canvas, row, column, limit, style, text);
}

void canvas_row(const struct canvas *canvas, int row, char *to, size_t bytes)
{
    size_t length = 0, kept = 0;
    if (bytes == 0)
        return;
    for (int column = 0; row >= 0 && row < canvas->rows && column < canvas->columns; column++) {
        const struct cell *cell = cell_at(canvas, row, column);
        size_t size = strlen(cell->bytes);
        if (length + size >= bytes)
            break;
        memcpy(to + length, cell->bytes, size);
        length += size;
        if (size > 0 && strcmp(cell->bytes, " ") != 0)
            kept = length;
    }
    to[kept] = '\0';
}
