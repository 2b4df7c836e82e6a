/* A small program on canvas, screen and loop alone, so that the terminal's layer is tested before
 * and beside the lab. Options: --ascii, --watch FILE.  Keys: q ends, ! aborts, f turns frames on
 * and off, t opens a field. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/term/loop.h"
#include "lab/term/screen.h"

struct demo {
    struct loop *loop;
    struct canvas canvas;
    char field[64];
    struct key last;
    unsigned keys, frames, changes, resizes, interrupts, draws;
    uint64_t longest_ns;
    bool moving, field_open;
};

static void draw_parts(struct demo *demo)
{
    struct canvas *canvas = &demo->canvas;
    canvas_rule(canvas, 3);
    canvas_box(canvas, 4, 1, 3, 20, STYLE_PLAIN, "redis-1");
    canvas_write(canvas, 5, 3, 0, STYLE_SAFE, "켜짐");
    canvas_write(canvas, 5, 8, 0, STYLE_GONE, "꺼짐");
    canvas_digits(canvas, 4, 24, STYLE_STRONG, "42,298");
    canvas_bar(canvas, 10, 1, 30, (const uint32_t[]){500, 300, 200});
    int after = canvas_print(canvas, 11, 1, 0, STYLE_ACTION, "> %s", demo->field);
    if (demo->field_open) {
        canvas->cursor_row = 11;
        canvas->cursor_column = after;
    }
}

static void on_draw(void *user)
{
    struct demo *demo = user;
    struct canvas *canvas = &demo->canvas;
    canvas_clear(canvas);
    demo->draws++;
    if (canvas->rows < 6 || canvas->columns < 40) {
        canvas_write(canvas, 0, 0, 0, STYLE_STRONG, "화면이 작습니다");
        canvas_print(canvas, 1, 0, 0, STYLE_PLAIN, "%dx%d, 40x6", canvas->columns, canvas->rows);
    } else {
        canvas_write(canvas, 0, 0, 0, STYLE_TITLE, "장애 연습실");
        canvas_print(canvas, 1, 1, 0, STYLE_PLAIN, "keys=%u last=U+%04X code=%d %s%s", demo->keys,
                     demo->last.letter, demo->last.code, demo->last.shift ? "shift" : "",
                     demo->last.syllable ? "syllable" : "");
        canvas_print(canvas, 2, 1, 0, STYLE_DIM, "changes=%u interrupts=%u longest=%u",
                     demo->changes, demo->interrupts, (unsigned)(demo->longest_ns / 1000000));
        draw_parts(demo);
        canvas_print(canvas, 12, 1, 0, STYLE_PLAIN, "frames=%u draws=%u", demo->frames,
                     demo->draws);
        canvas_print(canvas, 0, 20, 0, STYLE_PLAIN, "%dx%d", canvas->columns, canvas->rows);
    }
    screen_show(canvas);
}

static void edit_field(struct demo *demo, const struct key *key)
{
    if (key->code == KEY_CODE_ENTER)
        demo->field_open = false;
    else if (strlen(demo->field) + strlen(key->utf8) < sizeof demo->field)
        strcat(demo->field, key->utf8);
}

static void on_key(void *user, const struct key *key)
{
    struct demo *demo = user;
    demo->keys++;
    demo->last = *key;
    if (demo->field_open) {
        edit_field(demo, key);
        return;
    }
    if (key->code == KEY_CODE_CONTROL && key->letter == 'l')
        screen_redraw();
    if (key->code != KEY_CODE_TEXT || key->syllable)
        return;
    if (key->letter == 'q')
        loop_stop(demo->loop, 0);
    else if (key->letter == '!')
        abort();
    else if (key->letter == 't')
        demo->field_open = true;
    else if (key->letter == 'f')
        loop_want_frames(demo->loop, demo->moving = !demo->moving);
}

static void on_frame(void *user, uint64_t elapsed_ns)
{
    struct demo *demo = user;
    demo->frames++;
    if (elapsed_ns > demo->longest_ns)
        demo->longest_ns = elapsed_ns;
}

static void on_resized(void *user, int rows, int columns)
{
    struct demo *demo = user;
    demo->resizes++;
    if (!canvas_resize(&demo->canvas, rows, columns))
        loop_stop(demo->loop, 1);
}

static void on_file_changed(void *user, const char *path)
{
    struct demo *demo = user;
    (void)path;
    demo->changes++;
}

static void on_interrupted(void *user)
{
    struct demo *demo = user;
    demo->interrupts++;
}

static int run(struct demo *demo, const struct screen_options *options, const char *watched)
{
    int rows, columns, status = 2;
    enum screen_error error = screen_open(options);
    if (error != SCREEN_OPENED) {
        char text[256];
        screen_error_text(error, LANGUAGE_EN, text, sizeof text);
        fprintf(stderr, "demo: %s\n", text);
        return 2;
    }
    screen_size(&rows, &columns);
    if (canvas_init(&demo->canvas, rows, columns) &&
        (!watched || loop_watch_file(demo->loop, watched))) {
        demo->canvas.ascii = screen_is_ascii();
        status = loop_run(demo->loop);
    }
    canvas_release(&demo->canvas);
    screen_close();
    return status;
}

int main(int count, char **arguments)
{
    struct demo demo = {.keys = 0};
    struct screen_options options = {.ascii = false};
    const char *watched = NULL;
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--ascii") == 0)
            options.ascii = true;
        else if (strcmp(arguments[i], "--watch") == 0 && i + 1 < count)
            watched = arguments[++i];
    }
    demo.loop = loop_open(&(struct loop_callbacks){.user = &demo,
                                                   .key = on_key,
                                                   .frame = on_frame,
                                                   .resized = on_resized,
                                                   .file_changed = on_file_changed,
                                                   .interrupted = on_interrupted,
                                                   .draw = on_draw});
    if (!demo.loop)
        return 2;
    int status = run(&demo, &options, watched);
    loop_close(demo.loop);
    return status;
}
