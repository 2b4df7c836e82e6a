/* The terminal's layer, by a small program of its own: what it shows, takes, survives and puts
 * back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/term/vt.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SANITIZER true
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define HAS_SANITIZER true
#endif
#ifndef HAS_SANITIZER
#define HAS_SANITIZER false
#endif

static struct vt *start(const struct vt_options *options)
{
    struct vt *vt = vt_start(DEMO_PROGRAM, options);
    vt_wait_for(vt, "draws=");
    return vt;
}

static void quit(struct vt *vt)
{
    vt_send(vt, "q");
    vt_wait_for_screen(vt, false);
    assert_int_equal(vt_stop(vt), 0);
}

static void cells_styles_and_the_cursor(void **state)
{
    (void)state;
    struct vt *vt = start(NULL);
    vt_wait_for_screen(vt, true);
    assert_string_equal(vt_cell(vt, 0, 0).text, "장");
    assert_int_equal(vt_cell(vt, 0, 0).width, 2);
    assert_string_equal(vt_cell(vt, 0, 1).text, "");
    assert_string_equal(vt_cell(vt, 0, 2).text, "애");
    assert_true(vt_cell(vt, 0, 0).bold);
    assert_int_equal(vt_cell(vt, 0, 0).color, -1);
    assert_int_equal(vt_cell(vt, 5, 3).color, 64);  /* on: green of 256 */
    assert_int_equal(vt_cell(vt, 5, 8).color, 160); /* off: red */
    assert_false(vt_cursor_is_visible(vt));
    vt_golden(vt, "terminal-demo");
    vt_send(vt, "tab가");
    vt_wait_for(vt, "> ab가");
    vt_wait_for_cursor(vt, 11, 7); /* behind the text, where composition shows */
    vt_send(vt, "\r");
    vt_wait_for(vt, "keys=5");
    quit(vt);
}

static void keys_however_they_arrive(void **state)
{
    (void)state;
    struct vt *vt = start(NULL);
    const char *syllable = "한";
    for (int i = 0; i < 3; i++) {
        vt_send(vt, (char[2]){syllable[i], '\0'});
        vt_rest(vt);
    }
    vt_wait_for(vt, "keys=1 last=U+D55C code=0 syllable");
    vt_send(vt, "ㅏ");
    vt_wait_for(vt, "keys=2 last=U+006B");
    vt_send(vt, "\033");
    vt_wait_for(vt, "keys=3 last=U+0000 code=6"); /* an escape by itself, by time */
    vt_send(vt, "\033[1;2C");
    vt_wait_for(vt, "keys=4 last=U+0000 code=10 shift");
    vt_send(vt, "\014");
    vt_wait_for(vt, "keys=5 last=U+006C code=1");
    quit(vt);
}

static void ten_thousand_keys_are_all_taken(void **state)
{
    (void)state;
    struct vt *vt = start(NULL);
    char keys[10001];
    memset(keys, 'x', sizeof keys - 1);
    keys[sizeof keys - 1] = '\0';
    vt_send(vt, keys);
    vt_wait_for(vt, "keys=10000 ");
    vt_send(vt, "y");
    vt_wait_for(vt, "keys=10001 last=U+0079");
    quit(vt);
}

static void keys_typed_while_it_starts_are_not_lost(void **state)
{
    (void)state;
    static const enum vt_answers answers[] = {VT_ANSWERS_RIGHT, VT_SILENT};
    for (size_t i = 0; i < 2; i++) {
        struct vt *vt = vt_start(DEMO_PROGRAM, &(struct vt_options){.answers = answers[i]});
        vt_send(vt, "ab\033[A한z");
        vt_wait_for(vt, "keys=5 last=U+007A");
        quit(vt);
    }
}

static void thirty_resizes(void **state)
{
    (void)state;
    struct vt *vt = start(NULL);
    for (int i = 0; i < 30; i++) {
        char size[32];
        int rows = 14 + i % 7, columns = 60 + 5 * (i % 11);
        vt_resize(vt, rows, columns);
        vt_send(vt, "xㅏ");
        snprintf(size, sizeof size, "%dx%d", columns, rows);
        vt_wait_for(vt, size);
        vt_wait_for(vt, "장애 연습실");
        vt_wait_for(vt, "draws=");
    }
    vt_wait_for(vt, "keys=60");
    assert_string_equal(vt_cell(vt, 3, 0).text, "─");
    quit(vt);
}

static void a_small_terminal_says_so_and_goes_on(void **state)
{
    (void)state;
    struct vt *vt = vt_start(DEMO_PROGRAM, &(struct vt_options){.rows = 4, .columns = 30});
    vt_wait_for(vt, "화면이 작습니다");
    vt_resize(vt, 24, 80);
    vt_wait_for(vt, "80x24");
    vt_resize(vt, 1, 3);
    vt_send(vt, "x");
    vt_wait_for(vt, "화");
    vt_resize(vt, 24, 80);
    vt_wait_for(vt, "keys=1");
    quit(vt);
}

static void signals_end_it_and_the_terminal_is_put_back(void **state)
{
    (void)state;
    static const int signals[] = {SIGTERM, SIGHUP};
    for (size_t i = 0; i < 2; i++) {
        struct vt *vt = start(NULL);
        vt_signal(vt, signals[i]);
        vt_wait_for_screen(vt, false);
        assert_int_equal(vt_stop(vt), 128 + signals[i]);
    }
    struct vt *vt = start(NULL);
    vt_send(vt, "\003");
    vt_wait_for(vt, "interrupts=1");
    quit(vt);
}

static void a_crash_puts_the_terminal_back(void **state)
{
    (void)state;
    static const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGQUIT};
    if (HAS_SANITIZER)
        skip(); /* the sanitizer's own handlers stand */
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct vt *vt = start(NULL);
        vt_wait_for_screen(vt, true);
        vt_signal(vt, signals[i]);
        vt_wait_for_screen(vt, false);
        assert_int_equal(vt_stop(vt), 128 + signals[i]);
    }
    struct vt *vt = start(NULL);
    vt_send(vt, "!");
    vt_wait_for_screen(vt, false);
    assert_int_equal(vt_stop(vt), 128 + SIGABRT);
}

static void a_closed_terminal_ends_it(void **state)
{
    (void)state;
    struct vt *vt = start(NULL);
    vt_send(vt, "f");
    vt_wait_for(vt, "frames=3");
    vt_hang_up(vt);
    assert_int_equal(vt_stop(vt), 128 + SIGHUP);
}

/* A shell runs the program and says what it saw afterwards. */
static struct vt *start_shell(const char *script)
{
    static const char program[] = "PROGRAM=" DEMO_PROGRAM;
    const char *arguments[] = {"-c", script, NULL};
    const char *environment[] = {program, NULL};
    return vt_start("/bin/sh",
                    &(struct vt_options){.arguments = arguments, .environment = environment});
}

static void it_stops_and_goes_on_like_any_job(void **state)
{
    (void)state;
    struct vt *vt = start_shell("set -m; $PROGRAM; echo now stopped; read line; fg >/dev/null; "
                                "echo status $?");
    vt_wait_for(vt, "draws=");
    vt_send(vt, "xf");
    vt_wait_for(vt, "frames=2");
    vt_send(vt, "\032");
    vt_wait_for_screen(vt, false);
    vt_wait_for(vt, "now stopped");
    vt_rest(vt);
    vt_resize(vt, 20, 70);
    vt_send(vt, "\n");
    vt_wait_for_screen(vt, true);
    vt_wait_for(vt, "70x20");
    vt_wait_for(vt, "keys=2");
    vt_send(vt, "y");
    vt_wait_for(vt, "keys=3");
    vt_send(vt, "q");
    vt_wait_for(vt, "status 0");
    assert_int_equal(vt_stop(vt), 0);
}

static void a_stop_that_nobody_announced(void **state)
{
    (void)state;
    struct vt *vt = start(NULL);
    vt_send(vt, "f");
    vt_wait_for(vt, "frames=2");
    vt_signal(vt, SIGSTOP);
    vt_rest(vt);
    vt_rest(vt);
    vt_signal(vt, SIGCONT);
    vt_send(vt, "xf");
    vt_wait_for(vt, "keys=3");
    vt_wait_for(vt, "draws="); /* below: all of the frame that was drawn anew is there */
    char row[256];
    unsigned longest = 1000;
    vt_row(vt, 2, row, sizeof row);
    assert_int_equal(sscanf(row, " changes=0 interrupts=0 longest=%u", &longest), 1);
    assert_true(longest <= 100); /* the world does not jump */
    quit(vt);
}

static void the_shell_finds_its_terminal_as_it_was(void **state)
{
    (void)state;
    struct vt *vt = start_shell("a=$(stty -g); $PROGRAM; b=$(stty -g); "
                                "[ \"$a\" = \"$b\" ] && echo same modes; read line; "
                                "echo read $line");
    vt_wait_for(vt, "draws=");
    vt_send(vt, "q");
    vt_wait_for(vt, "same modes");
    vt_rest(vt); /* a descriptor left non-blocking would end `read` now */
    vt_send(vt, "it\n");
    vt_wait_for(vt, "read it");
    assert_int_equal(vt_stop(vt), 0);
}

static void assert_refused(const char *term, const char *variable, const char *said)
{
    const char *environment[] = {variable, NULL};
    struct vt *vt =
        vt_start(DEMO_PROGRAM, &(struct vt_options){.term = term, .environment = environment});
    vt_wait_for(vt, said);
    assert_int_equal(vt_stop(vt), 2);
}

static void terminals_that_cannot_are_told_so(void **state)
{
    (void)state;
    assert_refused("dumb", NULL, "demo: the terminal 'dumb' cannot place the cursor");
    assert_refused("no-such", NULL, "demo: nothing is known here about the terminal 'no-such'");
    assert_refused("", NULL, "nothing is known here about the terminal ''");
    assert_refused(NULL, "TERM", "nothing is known here about the terminal ''");
    struct vt *vt = start_shell("$PROGRAM | cat; $PROGRAM >/dev/null; echo status $?");
    vt_wait_for(vt, "status 2");
    assert_true(vt_has(vt, "stdout is not a terminal"));
    assert_int_equal(vt_stop(vt), 0);
}

static void assert_signs(const char *locale, enum vt_answers answers, const char *option,
                         const char *rule)
{
    const char *arguments[] = {option, NULL};
    struct vt *vt =
        start(&(struct vt_options){.locale = locale, .answers = answers, .arguments = arguments});
    vt_wait_for(vt, "장애 연습실"); /* whatever the locale says */
    assert_string_equal(vt_cell(vt, 3, 79).text, rule);
    assert_string_equal(vt_cell(vt, 4, 1).text, strcmp(rule, "─") == 0 ? "┌" : "+");
    quit(vt);
}

static void signs_by_what_the_terminal_answers(void **state)
{
    (void)state;
    assert_signs("C.UTF-8", VT_ANSWERS_RIGHT, NULL, "─");
    assert_signs("C.UTF-8", VT_ANSWERS_WIDE, NULL, "-");
    assert_signs("C.UTF-8", VT_SILENT, NULL, "─");
    assert_signs("C", VT_ANSWERS_RIGHT, NULL, "─");
    assert_signs("C", VT_SILENT, NULL, "-");
    assert_signs("ko_KR.UTF-8", VT_ANSWERS_RIGHT, NULL, "─"); /* not installed everywhere */
    assert_signs("xx_YY", VT_ANSWERS_WIDE, NULL, "-");
    assert_signs("C.UTF-8", VT_ANSWERS_RIGHT, "--ascii", "-");
}

static int color_of_on(const char *term, const char *variable)
{
    const char *environment[] = {variable, NULL};
    struct vt *vt = start(&(struct vt_options){.term = term, .environment = environment});
    int color = vt_cell(vt, 5, 3).color;
    assert_true(vt_cell(vt, 0, 0).bold);
    assert_true(color >= 0 || vt_cell(vt, 5, 8).underline); /* off is told from on */
    quit(vt);
    return color;
}

static void colors_as_many_as_there_are_and_wanted(void **state)
{
    (void)state;
    assert_int_equal(color_of_on("xterm-256color", NULL), 64);
    assert_int_equal(color_of_on("xterm", NULL), 2);
    assert_int_equal(color_of_on("linux", NULL), 2);
    assert_int_equal(color_of_on("xterm-256color", "NO_COLOR=1"), -1);
    assert_int_equal(color_of_on("xterm-256color", "NO_COLOR="), 64);
    assert_int_equal(color_of_on("vt100", NULL), -1);
}

static void at_rest_nothing_wakes_it(void **state)
{
    (void)state;
    struct vt *vt = start(NULL);
    vt_send(vt, "f");
    vt_wait_for(vt, "frames=3");
    vt_send(vt, "f");
    vt_wait_for(vt, "keys=2");
    vt_rest(vt);
    long wakeups = vt_wakeups(vt);
    size_t bytes = vt_bytes(vt);
    for (int i = 0; i < 4; i++)
        vt_rest(vt);
    assert_int_equal(vt_wakeups(vt), wakeups);
    assert_int_equal(vt_bytes(vt), bytes);
    if (!HAS_SANITIZER)
        assert_true(vt_resident_kb(vt) < 8 * 1024);
    quit(vt);
}

static void only_what_changed_is_sent(void **state)
{
    (void)state;
    struct vt *vt = start(&(struct vt_options){.rows = 60, .columns = 200});
    vt_rest(vt);
    size_t bytes = vt_bytes(vt);
    vt_send(vt, "x");
    vt_wait_for(vt, "keys=1");
    vt_rest(vt);
    assert_in_range(vt_bytes(vt) - bytes, 3, 100); /* keys=1, the letter, draws=2 */
    bytes = vt_bytes(vt);
    vt_send(vt, "\014"); /* Ctrl-L: all of it */
    vt_wait_for(vt, "keys=2");
    vt_rest(vt);
    assert_in_range(vt_bytes(vt) - bytes, 600, 20000);
    quit(vt);
}

static void write_file(const char *path, const char *text)
{
    FILE *to = fopen(path, "w");
    assert_non_null(to);
    fputs(text, to);
    fclose(to);
}

static void a_watched_file_is_told_of_however_it_is_saved(void **state)
{
    (void)state;
    char folder[] = "/tmp/outage-watch-XXXXXX", path[64], other[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/world", folder);
    snprintf(other, sizeof other, "%s/world.new", folder);
    const char *arguments[] = {"--watch", path, NULL};
    struct vt *vt = start(&(struct vt_options){.arguments = arguments}); /* not there yet */
    write_file(path, "one");
    vt_wait_for(vt, "changes=1");
    write_file(path, "two");
    vt_wait_for(vt, "changes=2");
    for (char wanted[] = "changes=3"; wanted[8] <= '5'; wanted[8]++) {
        write_file(other, "by renaming");
        assert_int_equal(rename(other, path), 0);
        vt_wait_for(vt, wanted);
    }
    write_file(other, "another file");
    vt_rest(vt);
    assert_true(vt_has(vt, "changes=5"));
    quit(vt);
    unlink(path);
    unlink(other);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_styles_and_the_cursor),
        cmocka_unit_test(keys_however_they_arrive),
        cmocka_unit_test(ten_thousand_keys_are_all_taken),
        cmocka_unit_test(keys_typed_while_it_starts_are_not_lost),
        cmocka_unit_test(thirty_resizes),
        cmocka_unit_test(a_small_terminal_says_so_and_goes_on),
        cmocka_unit_test(signals_end_it_and_the_terminal_is_put_back),
        cmocka_unit_test(a_crash_puts_the_terminal_back),
        cmocka_unit_test(a_closed_terminal_ends_it),
        cmocka_unit_test(it_stops_and_goes_on_like_any_job),
        cmocka_unit_test(a_stop_that_nobody_announced),
        cmocka_unit_test(the_shell_finds_its_terminal_as_it_was),
        cmocka_unit_test(terminals_that_cannot_are_told_so),
        cmocka_unit_test(signs_by_what_the_terminal_answers),
        cmocka_unit_test(colors_as_many_as_there_are_and_wanted),
        cmocka_unit_test(at_rest_nothing_wakes_it),
        cmocka_unit_test(only_what_changed_is_sent),
        cmocka_unit_test(a_watched_file_is_told_of_however_it_is_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
