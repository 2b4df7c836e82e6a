/* forkpty and libvterm: the terminal's two ends. */
#include "tests/term/vt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

enum { PATIENCE_MS = 20000, REST_MS = 100, LIFE_S = 55, MOST_COLUMNS = 300 };

struct vt {
    VTerm *term;
    VTermScreen *screen;
    int descriptor; /* of the terminal's own end; -1: hung up */
    pid_t child;
    int rows, columns;
    enum vt_answers answers;
    bool alternate, cursor_visible, ended;
    char *sending; /* what the program has not taken yet */
    size_t sending_count;
    size_t bytes;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void queue(struct vt *vt, const char *bytes, size_t count)
{
    char *grown = realloc(vt->sending, vt->sending_count + count);
    assert_non_null(grown);
    vt->sending = grown;
    memcpy(vt->sending + vt->sending_count, bytes, count);
    vt->sending_count += count;
}

/* libvterm's answers, bent to what another terminal would say. */
static void on_output(const char *bytes, size_t count, void *user)
{
    struct vt *vt = user;
    char answer[64];
    unsigned row, column;
    if (count >= sizeof answer)
        return;
    memcpy(answer, bytes, count);
    answer[count] = '\0';
    if (vt->answers != VT_ANSWERS_RIGHT && sscanf(answer, "\033[%u;%uR", &row, &column) == 2) {
        if (vt->answers == VT_SILENT)
            return;
        count = (size_t)snprintf(answer, sizeof answer, "\033[%u;%uR", row, 2 * (column - 1) + 1);
    }
    queue(vt, answer, count);
}

static int on_property(VTermProp property, VTermValue *value, void *user)
{
    struct vt *vt = user;
    if (property == VTERM_PROP_ALTSCREEN)
        vt->alternate = value->boolean;
    if (property == VTERM_PROP_CURSORVISIBLE)
        vt->cursor_visible = value->boolean;
    return 1;
}

static void start_terminal(struct vt *vt)
{
    static VTermScreenCallbacks callbacks = {.settermprop = on_property};
    vt->term = vterm_new(vt->rows, vt->columns);
    assert_non_null(vt->term);
    vterm_set_utf8(vt->term, 1);
    vterm_output_set_callback(vt->term, on_output, vt);
    vt->screen = vterm_obtain_screen(vt->term);
    vterm_screen_enable_altscreen(vt->screen, 1);
    vterm_screen_set_callbacks(vt->screen, &callbacks, vt);
    vterm_screen_reset(vt->screen, 1);
}

static _Noreturn void become(const char *program, const struct vt_options *options)
{
    const char *arguments[16] = {program};
    setenv("TERM", options->term ? options->term : "xterm-256color", 1);
    setenv("LC_ALL", options->locale ? options->locale : "C.UTF-8", 1);
    unsetenv("LINES");
    unsetenv("COLUMNS");
    unsetenv("NO_COLOR");
    for (size_t i = 0; options->environment && options->environment[i]; i++) {
        char *variable = strdup(options->environment[i]);
        if (strchr(variable, '='))
            putenv(variable);
        else
            unsetenv(variable);
    }
    for (size_t i = 0; options->arguments && options->arguments[i] && i + 2 < 16; i++)
        arguments[i + 1] = options->arguments[i];
    alarm(LIFE_S); /* whatever happens to the test */
    execv(program, (char *const *)arguments);
    _exit(127);
}

struct vt *vt_start(const char *program, const struct vt_options *options)
{
    static const struct vt_options plain = {.rows = 0};
    options = options ? options : &plain;
    struct vt *vt = calloc(1, sizeof *vt);
    assert_non_null(vt);
    vt->rows = options->rows ? options->rows : 24;
    vt->columns = options->columns ? options->columns : 80;
    vt->answers = options->answers;
    struct winsize size = {.ws_row = (unsigned short)vt->rows,
                           .ws_col = (unsigned short)vt->columns};
    start_terminal(vt);
    vt->child = forkpty(&vt->descriptor, NULL, NULL, &size);
    assert_true(vt->child >= 0);
    if (vt->child == 0)
        become(program, options);
    fcntl(vt->descriptor, F_SETFL, O_NONBLOCK);
    return vt;
}

static void send_some(struct vt *vt)
{
    ssize_t count = write(vt->descriptor, vt->sending, vt->sending_count);
    if (count <= 0)
        return;
    vt->sending_count -= (size_t)count;
    memmove(vt->sending, vt->sending + count, vt->sending_count);
}

/* Moves bytes both ways for at most that long; false when nothing came or the program is gone. */
static bool pump(struct vt *vt, int patience_ms)
{
    struct pollfd end = {.fd = vt->descriptor, .events = POLLIN};
    if (vt->sending_count > 0)
        end.events |= POLLOUT;
    if (vt->ended || vt->descriptor < 0 || poll(&end, 1, patience_ms) <= 0)
        return false;
    if (end.revents & POLLOUT)
        send_some(vt);
    if (!(end.revents & (POLLIN | POLLHUP | POLLERR)))
        return true;
    char bytes[4096];
    ssize_t count = read(vt->descriptor, bytes, sizeof bytes);
    if (count < 0 && errno == EAGAIN)
        return true;
    vt->ended = count <= 0; /* EIO on Linux when the last program has closed its side */
    if (count > 0) {
        vterm_input_write(vt->term, bytes, (size_t)count);
        vterm_screen_flush_damage(vt->screen);
        vt->bytes += (size_t)count;
    }
    return !vt->ended;
}

static size_t encode(char *to, uint32_t point)
{
    if (point < 0x80) {
        to[0] = (char)point;
        return 1;
    }
    size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char first[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = size - 1; i > 0; i--, point >>= 6)
        to[i] = (char)(0x80 | (point & 0x3f));
    to[0] = (char)(first[size] | point);
    return size;
}

struct vt_cell vt_cell(struct vt *vt, int row, int column)
{
    struct vt_cell cell = {.color = -1};
    VTermScreenCell seen;
    assert_true(vterm_screen_get_cell(vt->screen, (VTermPos){.row = row, .col = column}, &seen));
    cell.bold = seen.attrs.bold;
    cell.underline = seen.attrs.underline != 0;
    cell.reverse = seen.attrs.reverse;
    if (VTERM_COLOR_IS_INDEXED(&seen.fg) && !VTERM_COLOR_IS_DEFAULT_FG(&seen.fg))
        cell.color = seen.fg.indexed.idx;
    if (seen.chars[0] == (uint32_t)-1)
        return cell;
    cell.width = seen.width;
    size_t length = 0;
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && seen.chars[i]; i++)
        length += encode(cell.text + length, seen.chars[i]);
    if (length == 0)
        cell.text[0] = ' ';
    return cell;
}

void vt_row(struct vt *vt, int row, char *to, size_t bytes)
{
    size_t length = 0, kept = 0;
    for (int column = 0; column < vt->columns; column++) {
        struct vt_cell cell = vt_cell(vt, row, column);
        size_t size = strlen(cell.text);
        if (length + size + 1 > bytes)
            break;
        memcpy(to + length, cell.text, size);
        length += size;
        if (size > 0 && strcmp(cell.text, " ") != 0)
            kept = length;
    }
    to[kept] = '\0';
}

bool vt_has(struct vt *vt, const char *text)
{
    char row[4 * MOST_COLUMNS];
    for (int i = 0; i < vt->rows; i++) {
        vt_row(vt, i, row, sizeof row);
        if (strstr(row, text))
            return true;
    }
    return false;
}

static void print_screen(struct vt *vt, FILE *to)
{
    char row[4 * MOST_COLUMNS];
    for (int i = 0; i < vt->rows; i++) {
        vt_row(vt, i, row, sizeof row);
        fprintf(to, "%s\n", row);
    }
}

static void wait_until(struct vt *vt, bool (*reached)(struct vt *vt, const void *what),
                       const void *what, const char *said)
{
    int64_t deadline_ms = now_ms() + PATIENCE_MS;
    while (!reached(vt, what)) {
        if (!pump(vt, 50) && (vt->ended || now_ms() > deadline_ms)) {
            print_screen(vt, stderr);
            fail_msg("%s while waiting for: %s", vt->ended ? "the program ended" : "nothing came",
                     said);
        }
    }
}

static bool is_there(struct vt *vt, const void *text)
{
    return vt_has(vt, text);
}

static bool is_gone(struct vt *vt, const void *text)
{
    return !vt_has(vt, text);
}

static bool is_on_screen(struct vt *vt, const void *alternate)
{
    return vt->alternate == *(const bool *)alternate;
}

void vt_wait_for(struct vt *vt, const char *text)
{
    wait_until(vt, is_there, text, text);
}

void vt_wait_for_none(struct vt *vt, const char *text)
{
    wait_until(vt, is_gone, text, text);
}

void vt_wait_for_screen(struct vt *vt, bool alternate)
{
    wait_until(vt, is_on_screen, &alternate, alternate ? "the other screen" : "the first screen");
}

static bool is_cursor_at(struct vt *vt, const void *place)
{
    const VTermPos *wanted = place;
    VTermPos position;
    vterm_state_get_cursorpos(vterm_obtain_state(vt->term), &position);
    return vt->cursor_visible && vterm_pos_cmp(position, *wanted) == 0;
}

void vt_wait_for_cursor(struct vt *vt, int row, int column)
{
    char said[64];
    snprintf(said, sizeof said, "the cursor at row %d, column %d", row, column);
    wait_until(vt, is_cursor_at, &(VTermPos){.row = row, .col = column}, said);
}

bool vt_cursor_is_visible(struct vt *vt)
{
    return vt->cursor_visible;
}

void vt_send(struct vt *vt, const char *keys)
{
    queue(vt, keys, strlen(keys));
    send_some(vt);
}

void vt_resize(struct vt *vt, int rows, int columns)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    vt->rows = rows;
    vt->columns = columns;
    vterm_set_size(vt->term, rows, columns); /* before the program can draw in the new size */
    assert_int_equal(ioctl(vt->descriptor, TIOCSWINSZ, &size), 0);
}

void vt_signal(struct vt *vt, int signal_number)
{
    assert_int_equal(kill(vt->child, signal_number), 0);
}

void vt_hang_up(struct vt *vt)
{
    close(vt->descriptor);
    vt->descriptor = -1;
}

/* A number after a word in a file of /proc. */
static long process_number(struct vt *vt, const char *word)
{
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%d/status", (int)vt->child);
    FILE *from = fopen(path, "r");
    assert_non_null(from);
    text[fread(text, 1, sizeof text - 1, from)] = '\0';
    fclose(from);
    const char *at = strstr(text, word);
    assert_non_null(at);
    return strtol(at + strlen(word), NULL, 10);
}

long vt_resident_kb(struct vt *vt)
{
    return process_number(vt, "VmRSS:");
}

long vt_wakeups(struct vt *vt)
{
    return process_number(vt, "\nvoluntary_ctxt_switches:");
}

void vt_rest(struct vt *vt)
{
    while (pump(vt, REST_MS))
        continue;
}

size_t vt_bytes(struct vt *vt)
{
    return vt->bytes;
}

int vt_stop(struct vt *vt)
{
    int status = 0;
    int64_t deadline_ms = now_ms() + PATIENCE_MS;
    while (vt->descriptor >= 0 && !vt->ended && now_ms() < deadline_ms)
        pump(vt, 50);
    bool alive = vt->descriptor >= 0 && !vt->ended;
    if (alive) {
        print_screen(vt, stderr);
        kill(vt->child, SIGKILL);
    }
    waitpid(vt->child, &status, 0); /* after a hang-up bounded by the alarm */
    if (vt->descriptor >= 0)
        close(vt->descriptor);
    vterm_free(vt->term);
    free(vt->sending);
    free(vt);
    if (alive)
        fail_msg("the program did not end");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool equals_golden(struct vt *vt, const void *golden)
{
    const char *expected = golden;
    char row[4 * MOST_COLUMNS];
    for (int i = 0; i < vt->rows; i++) {
        vt_row(vt, i, row, sizeof row);
        size_t length = strcspn(expected, "\n");
        if (strlen(row) != length || strncmp(row, expected, length) != 0)
            return false;
        expected += length + (expected[length] == '\n');
    }
    return *expected == '\0';
}

static void update_golden(struct vt *vt, const char *path)
{
    vt_rest(vt);
    FILE *to = fopen(path, "w");
    assert_non_null(to);
    print_screen(vt, to);
    fclose(to);
}

void vt_golden(struct vt *vt, const char *name)
{
    char path[1024];
    static char golden[64 * 1024];
    const char *mode = getenv("OUTAGE_GOLDEN");
    snprintf(path, sizeof path, "%s/tests/golden/%s.txt", OUTAGE_SOURCE_DIR, name);
    if (mode && strcmp(mode, "update") == 0) {
        update_golden(vt, path);
        return;
    }
    FILE *from = fopen(path, "r");
    if (!from)
        fail_msg("%s is missing; write it with OUTAGE_GOLDEN=update", path);
    golden[fread(golden, 1, sizeof golden - 1, from)] = '\0';
    fclose(from);
    wait_until(vt, equals_golden, golden, path);
}
