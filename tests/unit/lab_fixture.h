/* The lab without a terminal, for tests: keys go into the model, cells come out of it. */
#ifndef TESTS_UNIT_LAB_FIXTURE_H
#define TESTS_UNIT_LAB_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lab/app/actions.h"
#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/update.h"
#include "lab/view/view.h"

#define FRAME_NS (33 * MS_NS)

struct lab {
    struct model model;
    struct canvas canvas;
};

static inline struct lab *open_lab(enum language language)
{
    struct lab *lab = calloc(1, sizeof *lab);
    assert_non_null(lab);
    model_init(&lab->model, language);
    assert_true(canvas_init(&lab->canvas, 24, 80));
    return lab;
}

static inline void close_lab(struct lab *lab)
{
    canvas_release(&lab->canvas);
    model_release(&lab->model);
    free(lab);
}

static inline void press(struct lab *lab, enum key_code code)
{
    update_key(&lab->model, &(struct key){.code = code});
}

/* Latin letters, digits and signs, one key each. */
static inline void type(struct lab *lab, const char *text)
{
    for (; *text; text++) {
        struct key key = {.code = KEY_CODE_TEXT, .letter = (unsigned char)*text};
        key.utf8[0] = *text;
        update_key(&lab->model, &key);
    }
}

static inline void type_hangul(struct lab *lab, const char *utf8, char letter)
{
    struct key key = {
        .code = KEY_CODE_TEXT, .letter = (unsigned char)letter, .hangul_letter = letter != 0};
    key.syllable = letter == 0;
    snprintf(key.utf8, sizeof key.utf8, "%s", utf8);
    update_key(&lab->model, &key);
}

/* So much of the wall's time, in frames. */
static inline void pass(struct lab *lab, uint64_t wall_ns)
{
    for (uint64_t at = 0; at < wall_ns && drive_moving(&lab->model.drive); at += FRAME_NS) {
        drive_time(&lab->model, FRAME_NS);
        while (drive_work(&lab->model))
            ;
    }
}

static inline void pass_all(struct lab *lab)
{
    pass(lab, TIME_NEVER / 2);
}

static inline bool shows(struct lab *lab, const char *words)
{
    char row[1024];
    view_render(&lab->model, &lab->canvas);
    for (int i = 0; i < lab->canvas.rows; i++) {
        canvas_row(&lab->canvas, i, row, sizeof row);
        if (strstr(row, words))
            return true;
    }
    return false;
}

static inline void assert_shows(struct lab *lab, const char *words)
{
    char row[1024];
    if (shows(lab, words))
        return;
    for (int i = 0; i < lab->canvas.rows; i++) {
        canvas_row(&lab->canvas, i, row, sizeof row);
        print_message("|%s\n", row);
    }
    fail_msg("not on the screen: %s", words);
}

static inline void assert_hides(struct lab *lab, const char *words)
{
    if (shows(lab, words))
        fail_msg("on the screen: %s", words);
}

static inline void open_sandbox(struct lab *lab)
{
    type(lab, "s");
    assert_int_equal(lab->model.screen, PLACE_SANDBOX);
    press(lab, KEY_CODE_ENTER);
    assert_int_equal(lab->model.screen, PLACE_WORLD);
}

static inline void select_part(struct lab *lab, const char *name)
{
    while (strcmp(lab->model.selected, name) != 0)
        press(lab, KEY_CODE_TAB);
}

static inline uint64_t now_ns(const struct lab *lab)
{
    return session_now(lab->model.session);
}

#endif
