/*
 * A grid of cells between drawing and the terminal: drawing fills it, tests read it, screen.c shows
 * it.
 */
#ifndef LAB_CANVAS_CANVAS_H
#define LAB_CANVAS_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a cell means; the terminal decides how it looks.  Nothing is said by colour alone. */
enum style {
    STYLE_PLAIN,
    STYLE_DIM, /* rules, help lines */
    STYLE_TITLE,
    STYLE_STRONG,
    STYLE_SELECTED, /* reverse */
    STYLE_SAFE,     /* on disk, running: green */
    STYLE_RISK,     /* at risk: yellow */
    STYLE_GONE,     /* lost, off: red */
    STYLE_ACTION,   /* what can be pressed: cyan */
    STYLE_A,        /* twins */
    STYLE_B,
    STYLE_COUNT
};

struct cell {
    char bytes[24]; /* one grapheme in UTF-8, NUL-ended; "" is the second half of a wide one */
    uint8_t width;  /* 1, 2; 0 second half */
    uint8_t style;
};

struct canvas {
    int rows, columns;
    struct cell *cells; /* rows * columns */
    bool ascii;         /* signs that are not one cell wide here: frames and digits in ASCII */
    int cursor_row, cursor_column; /* -1: hidden */
};

bool canvas_init(struct canvas *canvas, int rows, int columns); /* false: no memory */
void canvas_release(struct canvas *canvas);
bool canvas_resize(struct canvas *canvas, int rows, int columns);
void canvas_clear(struct canvas *canvas);

/* Writes text from a cell on, cut at whole graphemes at the right end `limit` (a column; 0: the
 * canvas's end).  Returns the column after it.  A wide sign that would be split is left out.  Row
 * or column outside: nothing. */
int canvas_write(struct canvas *canvas, int row, int column, int limit, enum style style,
                 const char *text);
int canvas_print(struct canvas *canvas, int row, int column, int limit, enum style style,
                 const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Cells that a text takes; the same rules as drawing. */
int canvas_width(const char *text);

/* Wraps text at blanks (Korean: never inside a word) to lines of `width` cells: calls back for each
 * line. */
typedef void canvas_line(void *user, const char *line);
int canvas_wrap(const char *text, int width, canvas_line *line, void *user); /* how many lines */

/* Frames, rules, bars and three-row digits: by box signs or ASCII. */
void canvas_rule(struct canvas *canvas, int row);
void canvas_box(struct canvas *canvas, int row, int column, int rows, int columns, enum style style,
                const char *title);
/* `parts` thousandths: filled █ (#), at risk ░ (.), gone x; the rest blank. */
void canvas_bar(struct canvas *canvas, int row, int column, int columns,
                const uint32_t thousandths[3]);
/* Digits three rows high (five in ASCII) from the top left; returns the column after.  Text may
 * hold 0-9 , . % - */
int canvas_digits(struct canvas *canvas, int row, int column, enum style style, const char *number);
int canvas_digits_rows(const struct canvas *canvas);

/* A row as text (tests, --plain): trailing blanks cut. */
void canvas_row(const struct canvas *canvas, int row, char *to, size_t bytes);

#endif
