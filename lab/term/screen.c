/* The terminal through ncurses, the only file that knows it: an own grid, and only what changed is
 * added. */
#include "lab/term/screen.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <unistr.h>

#include "lab/term/crash.h"
#include "lab/term/probe.h"

static struct {
    SCREEN *curses; /* NULL: closed */
    FILE *input, *output;
    struct termios before;
    struct canvas shown; /* what the terminal shows */
    bool send_all, ascii, suspended;
    char typed[4096]; /* while the terminal was asked; from typed_from on not read yet */
    size_t typed_count, typed_from;
    attr_t attributes[STYLE_COUNT];
} screen;

/* How a style looks.  Of 256 colours those that read on black and on white; without colour by
 * attributes. */
static const struct look {
    attr_t attributes, without_color;
    short of_256, of_16, of_8; /* 0: the terminal's own */
} looks[STYLE_COUNT] = {
    [STYLE_DIM] = {A_DIM, A_DIM, 0, 0, 0},
    [STYLE_TITLE] = {A_BOLD, A_BOLD, 0, 0, 0},
    [STYLE_STRONG] = {A_BOLD, A_BOLD, 0, 0, 0},
    [STYLE_SELECTED] = {A_REVERSE, A_REVERSE, 0, 0, 0},
    [STYLE_SAFE] = {A_NORMAL, A_NORMAL, 64, COLOR_GREEN, COLOR_GREEN},
    [STYLE_RISK] = {A_NORMAL, A_BOLD, 136, COLOR_YELLOW, COLOR_YELLOW},
    [STYLE_GONE] = {A_BOLD, A_UNDERLINE, 160, COLOR_RED, COLOR_RED},
    [STYLE_ACTION] = {A_NORMAL, A_BOLD, 31, COLOR_CYAN, COLOR_CYAN},
    [STYLE_A] = {A_BOLD, A_BOLD, 68, COLOR_BLUE + 8, COLOR_BLUE},
    [STYLE_B] = {A_BOLD, A_BOLD, 133, COLOR_MAGENTA + 8, COLOR_MAGENTA},
};

bool screen_set_locale(void)
{
    if (setlocale(LC_CTYPE, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
        return true;
    setlocale(LC_CTYPE, "C.UTF-8");
    return false;
}

static void set_styles(bool no_color)
{
    const char *wish = getenv("NO_COLOR");
    bool colors = !no_color && !(wish && *wish) && has_colors() && start_color() == OK;
    short background = COLOR_BLACK;
    if (colors && use_default_colors() == OK)
        background = -1;
    for (short style = 0; style < STYLE_COUNT; style++) {
        const struct look *look = &looks[style];
        short color = COLORS == 256 ? look->of_256 : COLORS == 16 ? look->of_16 : look->of_8;
        screen.attributes[style] = colors ? look->attributes : look->without_color;
        if (colors && color > 0 && init_pair((short)(style + 1), color, background) == OK)
            screen.attributes[style] |= (attr_t)COLOR_PAIR(style + 1);
    }
}

static const char *capability(const char *name)
{
    const char *value = tigetstr(name);
    return value && value != (const char *)-1 ? value : "";
}

/* The bytes that leave the screen, for the day on which curses cannot be asked. */
static void guard_against_crashes(void)
{
    static const char *const names[] = {"sgr0", "rmkx", "cnorm", "rmcup"};
    char bytes[256];
    size_t length = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = capability(names[i]);
        while (*value && length < sizeof bytes) {
            if (strncmp(value, "$<", 2) == 0 && strchr(value, '>'))
                value = strchr(value, '>') + 1; /* a delay for terminals of metal */
            else
                bytes[length++] = *value++;
        }
    }
    crash_guard(fileno(screen.input), &screen.before, bytes, length);
}

/* Two own opens of the terminal: non-blocking is a property of the open file, which fd 1 shares
 * with the shell. */
static bool open_terminal(void)
{
    const char *name = ttyname(STDOUT_FILENO);
    /* After `su` the device is another user's; the controlling terminal opens all the same. */
    if (!name || access(name, R_OK | W_OK) != 0)
        name = "/dev/tty";
    int input = open(name, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int output = open(name, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    screen.input = input < 0 ? NULL : fdopen(input, "r");
    screen.output = output < 0 ? NULL : fdopen(output, "w");
    return screen.input && screen.output && tcgetattr(input, &screen.before) == 0;
}

static void close_terminal(void)
{
    if (screen.input)
        fclose(screen.input);
    if (screen.output)
        fclose(screen.output);
    screen.input = NULL;
    screen.output = NULL;
}

/* Keys one by one, unseen; Ctrl-C and Ctrl-Z stay signals; Ctrl-S does not freeze the lab, Ctrl-V
 * is a key. */
static void set_modes(void)
{
    struct termios modes;
    cbreak();
    noecho();
    nonl();
    if (tcgetattr(fileno(screen.input), &modes) == 0) {
        modes.c_iflag &= ~(tcflag_t)IXON;
        modes.c_lflag &= ~(tcflag_t)IEXTEN;
        tcsetattr(fileno(screen.input), TCSADRAIN, &modes);
    }
    def_prog_mode();
    typeahead(-1); /* or refresh() stops half way while keys wait */
    curs_set(0);
}

static void choose_signs(const struct screen_options *options, bool locale_is_utf8)
{
    screen.ascii = options->ascii;
    screen.typed_from = 0;
    screen.typed_count = 0;
    if (options->ascii)
        return;
    enum probe_answer answer = probe_signs(fileno(screen.input), fileno(screen.output),
                                           screen.typed, sizeof screen.typed, &screen.typed_count);
    screen.ascii = answer == PROBE_OTHER || (answer == PROBE_SILENT && !locale_is_utf8);
}

static enum screen_error start_curses(void)
{
    if (!open_terminal())
        return SCREEN_CANNOT_OPEN;
    screen.curses = newterm(NULL, screen.output, screen.input);
    if (!screen.curses)
        return SCREEN_UNKNOWN_TERM;
    if (!*capability("cup"))
        return SCREEN_DUMB_TERM;
    return canvas_init(&screen.shown, LINES, COLS) ? SCREEN_OPENED : SCREEN_CANNOT_OPEN;
}

enum screen_error screen_open(const struct screen_options *options)
{
    static bool at_exit;
    if (!isatty(STDOUT_FILENO))
        return SCREEN_NO_TERMINAL;
    bool locale_is_utf8 = screen_set_locale();
    enum screen_error error = start_curses();
    if (error != SCREEN_OPENED) {
        screen_close();
        return error;
    }
    if (!at_exit)
        atexit(screen_close);
    at_exit = true;
    guard_against_crashes();
    set_modes();
    set_styles(options->no_color);
    screen_fit();
    refresh();
    choose_signs(options, locale_is_utf8);
    return SCREEN_OPENED;
}

void screen_error_text(enum screen_error error, enum language language, char *to, size_t bytes)
{
    static const char *const sentences[][2] = {
        [SCREEN_OPENED] = {"", ""},
        [SCREEN_NO_TERMINAL] =
            {"stdout is not a terminal; `outage run` works without one",
             "표준 출력이 터미널이 아닙니다. 터미널 없이는 `outage run`을 쓰세요"},
        [SCREEN_UNKNOWN_TERM] = {"nothing is known here about the terminal '%s'; try "
                                 "TERM=xterm-256color",
                                 "터미널 '%s'의 정보가 없습니다. TERM=xterm-256color로 해 보세요"},
        [SCREEN_DUMB_TERM] = {"the terminal '%s' cannot place the cursor; try "
                              "TERM=xterm-256color, or `outage run` without a screen",
                              "터미널 '%s'은(는) 커서를 옮기지 못합니다. TERM=xterm-256color로 "
                              "하거나, 화면 없이 `outage run`을 쓰세요"},
        [SCREEN_CANNOT_OPEN] = {"the terminal's device cannot be opened; try `outage run`, which "
                                "needs none",
                                "터미널 장치를 열지 못합니다. 터미널 없이는 `outage run`을 쓰세요"},
    };
    const char *sentence = sentences[error][language == LANGUAGE_KO];
    const char *place = strstr(sentence, "%s");
    const char *term = getenv("TERM");
    if (place)
        snprintf(to, bytes, "%.*s%.64s%s", (int)(place - sentence), sentence, term ? term : "",
                 place + 2);
    else
        snprintf(to, bytes, "%s", sentence);
}

void screen_close(void)
{
    if (screen.curses) {
        if (!isendwin())
            endwin();
        delscreen(screen.curses);
        tcsetattr(fileno(screen.input), TCSADRAIN, &screen.before);
    }
    screen.curses = NULL;
    screen.suspended = false;
    crash_release();
    close_terminal();
    canvas_release(&screen.shown);
}

bool screen_is_ascii(void)
{
    return screen.ascii;
}

void screen_size(int *rows, int *columns)
{
    *rows = LINES;
    *columns = COLS;
}

static void add_cell(int row, int column, const struct cell *cell)
{
    wchar_t text[CCHARW_MAX + 1];
    size_t length = 0;
    const uint8_t *next = (const uint8_t *)cell->bytes;
    while (*next && length < CCHARW_MAX) {
        ucs4_t code_point;
        next += u8_strmbtouc(&code_point, next);
        text[length++] = (wchar_t)code_point;
    }
    text[length] = L'\0';
    cchar_t sign;
    attr_t attributes = screen.attributes[cell->style];
    setcchar(&sign, text, attributes, (short)PAIR_NUMBER(attributes), NULL);
    mvadd_wch(row, column, &sign);
}

/* What belongs at a place of the terminal: the canvas, and blanks beyond it or where a wide sign is
 * cut. */
static const struct cell *cell_for(const struct canvas *canvas, int row, int column)
{
    static const struct cell blank = {.bytes = " ", .width = 1, .style = STYLE_PLAIN};
    if (row >= canvas->rows || column >= canvas->columns)
        return &blank;
    const struct cell *cell = canvas->cells + (size_t)row * (size_t)canvas->columns + column;
    return column + cell->width > screen.shown.columns ? &blank : cell;
}

static bool show_row(const struct canvas *canvas, int row)
{
    bool changed = false;
    struct cell *shown = screen.shown.cells + (size_t)row * (size_t)screen.shown.columns;
    for (int column = 0; column < screen.shown.columns; column++) {
        const struct cell *cell = cell_for(canvas, row, column);
        if (memcmp(&shown[column], cell, sizeof *cell) == 0)
            continue;
        shown[column] = *cell;
        changed = true;
        if (cell->width > 0)
            add_cell(row, column, cell);
    }
    return changed;
}

static bool row_is_shown(const struct canvas *canvas, int row)
{
    size_t columns = (size_t)canvas->columns;
    return canvas->columns == screen.shown.columns && row < canvas->rows &&
           memcmp(screen.shown.cells + (size_t)row * columns, canvas->cells + (size_t)row * columns,
                  columns * sizeof(struct cell)) == 0;
}

static bool show_cursor(const struct canvas *canvas)
{
    bool same = screen.shown.cursor_row == canvas->cursor_row &&
                screen.shown.cursor_column == canvas->cursor_column;
    screen.shown.cursor_row = canvas->cursor_row;
    screen.shown.cursor_column = canvas->cursor_column;
    bool visible = canvas->cursor_row >= 0 && canvas->cursor_column >= 0;
    if (!same)
        curs_set(visible ? 1 : 0);
    if (visible)
        move(canvas->cursor_row, canvas->cursor_column);
    return !same;
}

void screen_show(const struct canvas *canvas)
{
    if (!screen.curses || screen.suspended)
        return;
    if (screen.shown.rows != LINES || screen.shown.columns != COLS) {
        if (!canvas_resize(&screen.shown, LINES, COLS))
            return;
        screen.send_all = true;
    }
    bool changed = screen.send_all;
    if (screen.send_all) {
        canvas_clear(&screen.shown);
        clear(); /* and the next refresh sends everything */
    }
    screen.send_all = false;
    for (int row = 0; row < screen.shown.rows; row++)
        if (!row_is_shown(canvas, row))
            changed = show_row(canvas, row) || changed;
    if (show_cursor(canvas) || changed)
        refresh();
}

void screen_redraw(void)
{
    screen.send_all = true;
}

int screen_descriptor(void)
{
    return screen.input ? fileno(screen.input) : -1;
}

int screen_read(char *to, size_t bytes)
{
    size_t waiting = screen.typed_count - screen.typed_from;
    if (waiting > 0) {
        size_t count = waiting < bytes ? waiting : bytes;
        memcpy(to, screen.typed + screen.typed_from, count);
        screen.typed_from += count;
        return (int)count;
    }
    ssize_t count = read(fileno(screen.input), to, bytes);
    if (count > 0)
        return (int)count;
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

bool screen_fit(void)
{
    struct winsize size;
    if (ioctl(fileno(screen.output), TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
        size.ws_col == 0 || (size.ws_row == LINES && size.ws_col == COLS))
        return false;
    resizeterm(size.ws_row, size.ws_col);
    return true;
}

void screen_suspend(void)
{
    if (!screen.curses || screen.suspended)
        return;
    endwin();
    screen.suspended = true;
}

void screen_resume(void)
{
    if (!screen.curses)
        return;
    reset_prog_mode(); /* the shell may have changed the modes even when this was not asked to
                          suspend */
    screen.suspended = false;
    screen_fit();
    screen_redraw();
}
