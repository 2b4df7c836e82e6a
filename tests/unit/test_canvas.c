/* The grid of cells: whole graphemes, wide signs, wrapping, frames, bars, big digits, ASCII. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "lab/canvas/canvas.h"

static void assert_row(const struct canvas *canvas, int row, const char *expected)
{
    char text[1024];
    canvas_row(canvas, row, text, sizeof text);
    assert_string_equal(text, expected);
}

static int open_canvas(void **state)
{
    static struct canvas canvas;
    *state = &canvas;
    return canvas_init(&canvas, 8, 40) ? 0 : -1;
}

static int close_canvas(void **state)
{
    canvas_release(*state);
    return 0;
}

static void hangul_takes_two_cells(void **state)
{
    struct canvas *canvas = *state;
    assert_int_equal(canvas_write(canvas, 0, 1, 0, STYLE_STRONG, "장애 x"), 7);
    assert_row(canvas, 0, " 장애 x");
    assert_int_equal(canvas->cells[1].width, 2);
    assert_string_equal(canvas->cells[1].bytes, "장");
    assert_string_equal(canvas->cells[2].bytes, "");
    assert_int_equal(canvas->cells[2].width, 0);
    assert_int_equal(canvas->cells[2].style, STYLE_STRONG);
    assert_int_equal(canvas_width("장애 x"), 6);
}

static void a_wide_sign_is_never_split(void **state)
{
    struct canvas *canvas = *state;
    assert_int_equal(canvas_write(canvas, 0, 0, 5, STYLE_PLAIN, "가나다라"), 4);
    assert_row(canvas, 0, "가나");
    assert_int_equal(canvas_write(canvas, 1, 37, 0, STYLE_PLAIN, "가나"), 39);
    assert_int_equal(canvas_write(canvas, 2, 0, 99, STYLE_PLAIN, "끝"), 2);
}

static void writing_over_half_of_a_wide_sign_blanks_the_other(void **state)
{
    struct canvas *canvas = *state;
    canvas_write(canvas, 0, 0, 0, STYLE_PLAIN, "가나다");
    canvas_write(canvas, 0, 3, 0, STYLE_PLAIN, "x");
    assert_row(canvas, 0, "가 x다");
    canvas_write(canvas, 0, 4, 0, STYLE_PLAIN, "y");
    assert_row(canvas, 0, "가 xy");
    canvas_write(canvas, 1, 0, 0, STYLE_PLAIN, "가나다");
    canvas_write(canvas, 1, 1, 0, STYLE_PLAIN, "마");
    assert_row(canvas, 1, " 마 다");
}

static void outside_nothing_is_written(void **state)
{
    struct canvas *canvas = *state;
    assert_int_equal(canvas_write(canvas, -1, 0, 0, STYLE_PLAIN, "x"), 0);
    assert_int_equal(canvas_write(canvas, 8, 0, 0, STYLE_PLAIN, "x"), 0);
    assert_int_equal(canvas_write(canvas, 0, 40, 0, STYLE_PLAIN, "x"), 40);
    assert_int_equal(canvas_write(canvas, 0, -3, 0, STYLE_PLAIN, "x"), -3);
    canvas_box(canvas, 6, 36, 9, 9, STYLE_PLAIN, "끝에서 잘림");
    canvas_digits(canvas, 7, 39, STYLE_PLAIN, "8");
    for (int row = 0; row < 6; row++)
        assert_row(canvas, row, "");
}

static void what_terminals_obey_never_gets_in(void **state)
{
    struct canvas *canvas = *state;
    canvas_write(canvas, 0, 0, 0, STYLE_PLAIN,
                 "a\033[31mb\177\xc2\x9b"
                 "c");
    assert_row(canvas, 0, "a?[31mb??c");
    canvas_write(canvas, 1, 0, 0, STYLE_PLAIN, "x\tx\nx");
    assert_row(canvas, 1, "x x x");
    canvas_write(canvas, 2, 0, 0, STYLE_PLAIN,
                 "a\xff\xed\x95"
                 "b\xf0\x9f");
    char text[64];
    canvas_row(canvas, 2, text, sizeof text);
    assert_true(text[0] == 'a' && strchr(text, 'b') && strchr(text, '?'));
    for (const char *byte = text; *byte; byte++)
        assert_in_range((unsigned char)*byte, 0x20, 0x7e);
    /* direction marks and joiners are not seen, so they are not there */
    canvas_write(canvas, 3, 0, 0, STYLE_PLAIN, "a\u202eb\u200dc\ufe0f");
    assert_row(canvas, 3, "abc");
}

static void every_text_of_bytes_is_safe(void **state)
{
    struct canvas *canvas = *state;
    uint64_t random = 88172645463325252u;
    for (int round = 0; round < 20000; round++) {
        char text[48];
        size_t length = 0;
        for (; length < sizeof text - 1; length++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            static const unsigned char often[] = {0xea, 0xb0, 0x80, 0xe1, 0x85, 0xcc, 0xf0, 0x9f};
            unsigned char byte = (unsigned char)(random >> 32);
            text[length] = (char)(random & 1 ? often[byte % sizeof often] : byte);
            if (text[length] == '\0')
                break;
        }
        text[length] = '\0';
        int width = canvas_width(text);
        int after = canvas_write(canvas, 0, 0, 0, STYLE_PLAIN, text);
        assert_int_equal(after, width < 40 ? width : after);
        assert_in_range(after, 0, 40);
        for (int column = 0; column < 40; column++) {
            const struct cell *cell = &canvas->cells[column];
            assert_in_range(cell->width, 0, 2);
            assert_int_equal(cell->width == 0, cell->bytes[0] == '\0');
            assert_true(cell->width != 2 || cell[1].width == 0);
            assert_true(cell->width != 0 || cell[-1].width == 2);
            assert_false((unsigned char)cell->bytes[0] > 0 && (unsigned char)cell->bytes[0] < 0x20);
        }
    }
}

static void marks_and_letters_are_composed(void **state)
{
    struct canvas *canvas = *state;
    canvas_write(canvas, 0, 0, 0, STYLE_PLAIN,
                 "\u1100\u1161\u11a8"
                 "X"); /* 각 in three letters */
    assert_row(canvas, 0, "각X");
    canvas_write(canvas, 1, 0, 0, STYLE_PLAIN, "e\u0301x");
    assert_row(canvas, 1, "éx");
    assert_int_equal(canvas->cells[40].width, 1);
    /* joined emoji are counted differently by every terminal: they come apart */
    canvas_write(canvas, 2, 0, 0, STYLE_PLAIN, "\U0001F468\u200D\U0001F469\u200D\U0001F467.");
    assert_row(canvas, 2, "👨👩👧.");
    /* a hundred marks on one letter */
    char text[256] = "a";
    for (int i = 0; i < 100; i++)
        strcat(text, "\u0316");
    canvas_write(canvas, 3, 0, 0, STYLE_PLAIN, strcat(text, "b"));
    assert_string_equal(canvas->cells[3 * 40 + 1].bytes, "b");
}

static void print_formats(void **state)
{
    struct canvas *canvas = *state;
    assert_int_equal(canvas_print(canvas, 0, 0, 0, STYLE_PLAIN, "%s %d건", "남은", 42), 9);
    assert_row(canvas, 0, "남은 42건");
}

struct lines {
    char text[16][64];
    int count;
};

static void keep_line(void *user, const char *line)
{
    struct lines *lines = user;
    assert_true(lines->count < 16);
    snprintf(lines->text[lines->count++], sizeof lines->text[0], "%s", line);
}

static void assert_wrapped(const char *text, int width, const char *const *expected, int count)
{
    struct lines lines = {.count = 0};
    assert_int_equal(canvas_wrap(text, width, keep_line, &lines), count);
    assert_int_equal(lines.count, count);
    for (int i = 0; i < count; i++)
        assert_string_equal(lines.text[i], expected[i]);
}

static void korean_is_wrapped_only_at_blanks(void **state)
{
    (void)state;
    const char *expected[] = {"스냅샷을 뜨기", "시작됩니다. 이", "주문은"};
    assert_wrapped("스냅샷을 뜨기 시작됩니다. 이 주문은", 20, expected, 3);
}

static void wrapping_keeps_indents_line_ends_and_long_words(void **state)
{
    (void)state;
    const char *expected[] = {"  a b", "", "cc  dd", "abcdef", "gh", "가나다", "라마"};
    assert_wrapped("  a b\n\ncc  dd\nabcdefgh 가나다라마", 6, expected, 7);
    struct lines lines;
    assert_int_equal(canvas_wrap("", 10, NULL, NULL), 0);
    assert_int_equal(canvas_wrap("   ", 10, NULL, NULL), 0);
    for (int width = 1; width < 30; width++) {
        lines.count = 0;
        canvas_wrap("OK를 받은 주문 가운데 몇 건이", width, keep_line, &lines);
        for (int i = 0; i < lines.count; i++)
            assert_true(canvas_width(lines.text[i]) <= (width < 2 ? 2 : width));
    }
}

static void digits_are_three_rows(void **state)
{
    struct canvas *canvas = *state;
    assert_int_equal(canvas_digits_rows(canvas), 3);
    assert_int_equal(canvas_digits(canvas, 0, 1, STYLE_STRONG, "42,298"), 23);
    assert_row(canvas, 0, " █ █ ▀▀█    ▀▀█ █▀█ █▀█");
    assert_row(canvas, 1, " ▀▀█ █▀▀  ▄ █▀▀ ▀▀█ █▀█");
    assert_row(canvas, 2, "   ▀ ▀▀▀ ▀  ▀▀▀ ▀▀▀ ▀▀▀");
    canvas_clear(canvas);
    canvas_digits(canvas, 0, 1, STYLE_PLAIN, "201");
    assert_row(canvas, 0, " ▀▀█ █▀█ ▄█");
    assert_row(canvas, 1, " █▀▀ █ █  █");
    assert_row(canvas, 2, " ▀▀▀ ▀▀▀ ▀▀▀");
    canvas_clear(canvas);
    canvas_digits(canvas, 0, 0, STYLE_PLAIN, "35.67%-");
    assert_row(canvas, 0, "▀▀█ █▀▀   █▀▀ ▀▀█ ▀ █");
    assert_row(canvas, 1, "▀▀█ ▀▀█   █▀█   █ ▄▀  ▀▀▀");
    assert_row(canvas, 2, "▀▀▀ ▀▀▀ ▀ ▀▀▀   ▀ ▀ ▀");
}

static void digits_in_ascii_are_five_rows(void **state)
{
    struct canvas *canvas = *state;
    canvas->ascii = true;
    assert_int_equal(canvas_digits_rows(canvas), 5);
    canvas_digits(canvas, 0, 1, STYLE_STRONG, "400");
    assert_row(canvas, 0, " # # ### ###");
    assert_row(canvas, 1, " # # # # # #");
    assert_row(canvas, 2, " ### # # # #");
    assert_row(canvas, 3, "   # # # # #");
    assert_row(canvas, 4, "   # ### ###");
}

static void boxes_and_rules(void **state)
{
    struct canvas *canvas = *state;
    canvas_box(canvas, 0, 1, 3, 16, STYLE_PLAIN, "앱 app-1");
    assert_row(canvas, 0, " ┌─ 앱 app-1 ───┐");
    assert_row(canvas, 1, " │              │");
    assert_row(canvas, 2, " └──────────────┘");
    canvas_box(canvas, 3, 0, 2, 10, STYLE_PLAIN, "가나다라마바사");
    assert_row(canvas, 3, "┌─ 가나 ─┐");
    canvas_box(canvas, 5, 0, 2, 4, STYLE_PLAIN, "가");
    assert_row(canvas, 5, "┌──┐");
    canvas_rule(canvas, 7);
    assert_string_equal(canvas->cells[7 * 40 + 39].bytes, "─");
    assert_int_equal(canvas->cells[7 * 40].style, STYLE_DIM);
}

static void bars_show_every_part_that_is_there(void **state)
{
    struct canvas *canvas = *state;
    canvas_bar(canvas, 0, 1, 10, (const uint32_t[]){500, 300, 200});
    assert_row(canvas, 0, " █████░░░xx");
    canvas_bar(canvas, 1, 0, 10, (const uint32_t[]){999, 0, 1}); /* 487 of 100,481: one cell */
    assert_row(canvas, 1, "█████████x");
    canvas_bar(canvas, 2, 0, 10, (const uint32_t[]){250, 0, 0});
    assert_row(canvas, 2, "███");
    canvas_bar(canvas, 3, 0, 10, (const uint32_t[]){0, 0, 0});
    assert_row(canvas, 3, "");
    canvas_bar(canvas, 4, 0, 2, (const uint32_t[]){998, 1, 1});
    canvas_bar(canvas, 5, 0, 10, (const uint32_t[]){4000, 4000, 4000});
    assert_string_equal(canvas->cells[5 * 40 + 10].bytes, " ");
    assert_int_equal(canvas->cells[0 * 40 + 1].style, STYLE_SAFE);
    assert_int_equal(canvas->cells[0 * 40 + 6].style, STYLE_RISK);
    assert_int_equal(canvas->cells[0 * 40 + 9].style, STYLE_GONE);
}

static void an_ascii_canvas_has_no_sign_of_doubtful_width(void **state)
{
    struct canvas *canvas = *state;
    canvas->ascii = true;
    canvas_write(canvas, 0, 0, 0, STYLE_PLAIN, "─│┌┐└┘├┬┼▀▄█▓░ 가é●→");
    assert_row(canvas, 0, "-|+++++++###=. 가???");
    canvas_box(canvas, 1, 0, 2, 8, STYLE_PLAIN, "a");
    assert_row(canvas, 1, "+- a --+");
    canvas_bar(canvas, 3, 0, 10, (const uint32_t[]){500, 300, 200});
    assert_row(canvas, 3, "#####...xx");
    canvas_rule(canvas, 4);
    assert_string_equal(canvas->cells[4 * 40].bytes, "-");
}

static void resizing_clears(void **state)
{
    struct canvas *canvas = *state;
    canvas_write(canvas, 0, 0, 0, STYLE_PLAIN, "x");
    canvas->cursor_row = 3;
    assert_true(canvas_resize(canvas, 2, 3));
    assert_row(canvas, 0, "");
    assert_int_equal(canvas->cursor_row, -1);
    assert_true(canvas_resize(canvas, 0, -4)); /* a terminal that says nothing */
    assert_int_equal(canvas->rows * canvas->columns, 1);
}

static void a_row_fits_what_it_is_copied_to(void **state)
{
    struct canvas *canvas = *state;
    char text[6];
    canvas_write(canvas, 0, 0, 0, STYLE_PLAIN, "가나다");
    canvas_row(canvas, 0, text, sizeof text);
    assert_string_equal(text, "가");
    canvas_row(canvas, 99, text, sizeof text);
    assert_string_equal(text, "");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_canvas, close_canvas)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(hangul_takes_two_cells),
        CASE(a_wide_sign_is_never_split),
        CASE(writing_over_half_of_a_wide_sign_blanks_the_other),
        CASE(outside_nothing_is_written),
        CASE(what_terminals_obey_never_gets_in),
        CASE(every_text_of_bytes_is_safe),
        CASE(marks_and_letters_are_composed),
        CASE(print_formats),
        CASE(korean_is_wrapped_only_at_blanks),
        CASE(wrapping_keeps_indents_line_ends_and_long_words),
        CASE(digits_are_three_rows),
        CASE(digits_in_ascii_are_five_rows),
        CASE(boxes_and_rules),
        CASE(bars_show_every_part_that_is_there),
        CASE(an_ascii_canvas_has_no_sign_of_doubtful_width),
        CASE(resizing_clears),
        CASE(a_row_fits_what_it_is_copied_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
