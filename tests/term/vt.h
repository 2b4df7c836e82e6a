/*
 * A program on a terminal that is a library: started, typed at, looked at cell by cell.  Whatever
 * does not come within a deadline fails the cmocka test with the screen as it was.  Nothing here
 * sleeps.
 */
#ifndef TESTS_TERM_VT_H
#define TESTS_TERM_VT_H

#include <stdbool.h>
#include <stddef.h>

struct vt;

/* How the terminal answers "where is your cursor?" (CPR). */
enum vt_answers {
    VT_ANSWERS_RIGHT,
    VT_ANSWERS_WIDE, /* as one that draws signs of ambiguous width two cells wide */
    VT_SILENT
};

/* What is 0 or NULL: 24x80, xterm-256color, C.UTF-8, no more arguments or variables. */
struct vt_options {
    int rows, columns;
    const char *term, *locale;
    const char *const *arguments;   /* after the program's name, NULL-ended */
    const char *const *environment; /* NAME=VALUE, or NAME to take it out; NULL-ended */
    enum vt_answers answers;
};

struct vt_cell {
    char text[32]; /* UTF-8; "" for the second half of a wide sign; " " when blank */
    int width;
    bool bold, underline, reverse;
    int color; /* of 256; -1: the terminal's own */
};

struct vt *vt_start(const char *program, const struct vt_options *options);

/* Waits for the program's end and gives back everything; 128 + n when it ended by a signal. */
int vt_stop(struct vt *vt);

void vt_send(struct vt *vt, const char *keys);
void vt_resize(struct vt *vt, int rows, int columns);
void vt_signal(struct vt *vt, int signal_number);
void vt_hang_up(struct vt *vt); /* the terminal is closed; only vt_stop may follow */

void vt_wait_for(struct vt *vt, const char *text); /* on one row */
void vt_wait_for_none(struct vt *vt, const char *text);
void vt_wait_for_screen(struct vt *vt, bool alternate);
void vt_wait_for_cursor(struct vt *vt, int row,
                        int column); /* visible there: a frame's last step */

/* As the screen is now: wait for something before. */
bool vt_has(struct vt *vt, const char *text);
void vt_row(struct vt *vt, int row, char *to, size_t bytes); /* trailing blanks cut */
struct vt_cell vt_cell(struct vt *vt, int row, int column);
bool vt_cursor_is_visible(struct vt *vt);
long vt_resident_kb(struct vt *vt); /* of the program */
long vt_wakeups(struct vt *vt);     /* how often the program has waited for something until now */
size_t vt_bytes(struct vt *vt);     /* that the program wrote */

/* Until the program writes nothing for a while: where nothing that could be waited for will be
 * seen. */
void vt_rest(struct vt *vt);

/* The screen becomes what tests/golden/NAME.txt says, row by row; with OUTAGE_GOLDEN=update the
 * file is written from the screen once the program rests. */
void vt_golden(struct vt *vt, const char *name);

#endif
