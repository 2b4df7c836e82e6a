/* Numbers that are seen in three seconds: dots, two to a cell in height, or one to a cell in ASCII.
 */
#include <stddef.h>

#include "lab/canvas/canvas.h"

enum { DOT_ROWS = 5 };

struct glyph {
    char sign;
    signed char width;
    const char *dots[DOT_ROWS];
};

static const struct glyph glyphs[] = {
    {'0', 3, {"###", "# #", "# #", "# #", "###"}}, {'1', 3, {" # ", "## ", " # ", " # ", "###"}},
    {'2', 3, {"###", "  #", "###", "#  ", "###"}}, {'3', 3, {"###", "  #", "###", "  #", "###"}},
    {'4', 3, {"# #", "# #", "###", "  #", "  #"}}, {'5', 3, {"###", "#  ", "###", "  #", "###"}},
    {'6', 3, {"###", "#  ", "###", "# #", "###"}}, {'7', 3, {"###", "  #", "  #", "  #", "  #"}},
    {'8', 3, {"###", "# #", "###", "# #", "###"}}, {'9', 3, {"###", "# #", "###", "  #", "###"}},
    {',', 2, {"  ", "  ", "  ", " #", "# "}},      {'.', 1, {" ", " ", " ", " ", "#"}},
    {'%', 3, {"# #", "  #", " # ", "#  ", "# #"}}, {'-', 3, {"   ", "   ", "###", "   ", "   "}},
};

static const struct glyph *glyph_of(char sign)
{
    for (size_t i = 0; i < sizeof glyphs / sizeof *glyphs; i++)
        if (glyphs[i].sign == sign)
            return &glyphs[i];
    return NULL;
}

int canvas_digits_rows(const struct canvas *canvas)
{
    return canvas->ascii ? DOT_ROWS : (DOT_ROWS + 1) / 2;
}

static const char *glyph_cell(const struct canvas *canvas, const struct glyph *glyph, int row,
                              int column)
{
    static const char *const halves[2][2] = {{" ", "▄"}, {"▀", "█"}};
    if (canvas->ascii)
        return glyph->dots[row][column] == '#' ? "#" : " ";
    bool upper = glyph->dots[2 * row][column] == '#';
    bool lower = 2 * row + 1 < DOT_ROWS && glyph->dots[2 * row + 1][column] == '#';
    return halves[upper][lower];
}

int canvas_digits(struct canvas *canvas, int row, int column, enum style style, const char *number)
{
    int after = column;
    for (; *number; number++) {
        const struct glyph *glyph = glyph_of(*number);
        if (!glyph)
            continue;
        if (after > column)
            after++; /* one blank between */
        for (int y = 0; y < canvas_digits_rows(canvas); y++)
            for (int x = 0; x < glyph->width; x++)
                canvas_write(canvas, row + y, after + x, 0, style, glyph_cell(canvas, glyph, y, x));
        after += glyph->width;
    }
    return after;
}
