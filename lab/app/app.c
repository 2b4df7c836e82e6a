/* The glue of model, loop and screen. */
#include "lab/app/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/kept.h"
#include "lab/app/meeting.h"
#include "lab/app/plain.h"
#include "lab/app/reload.h"
#include "lab/app/update.h"
#include "lab/term/loop.h"
#include "lab/term/screen.h"
#include "lab/view/view.h"

#define FRAME_WORK_NS (20 * MS_NS) /* of a frame's 33 ms: keys never wait longer */

struct app {
    struct model model;
    struct canvas canvas;
    struct loop *loop;
};

static uint64_t wall_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

static uint64_t wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / MS_NS;
}

static void after(struct app *app)
{
    if (app->model.quit)
        loop_stop(app->loop, 0);
    loop_want_frames(app->loop, drive_moving(&app->model.drive));
    loop_want_ticks(app->loop, meeting_ticks(&app->model));
}

static void on_key(void *user, const struct key *key)
{
    struct app *app = user;
    update_key(&app->model, key);
    after(app);
}

static void on_frame(void *user, uint64_t elapsed_ns)
{
    struct app *app = user;
    uint64_t end_ns = wall_ns() + FRAME_WORK_NS;
    meeting_tick(&app->model);
    drive_time(&app->model, elapsed_ns);
    while (drive_work(&app->model) && wall_ns() < end_ns)
        ;
    after(app);
}

static void on_tick(void *user)
{
    struct app *app = user;
    meeting_tick(&app->model);
}

static void on_file(void *user, const char *path)
{
    struct app *app = user;
    reload_file(&app->model, path);
    after(app);
}

/* A lesson that is saved in an editor beside the lab shows itself anew. */
static void watch_lessons(struct app *app)
{
    char path[4096];
    for (uint32_t i = 0; reload_watched(&app->model, i, path, sizeof path); i++)
        loop_watch_file(app->loop, path);
}

static void on_resized(void *user, int rows, int columns)
{
    struct app *app = user;
    if (canvas_resize(&app->canvas, rows, columns))
        update_size(&app->model, rows, columns);
}

static void on_draw(void *user)
{
    struct app *app = user;
    if (!app->model.redraw)
        return;
    app->model.redraw = false;
    view_render(&app->model, &app->canvas);
    if (app->model.clear)
        screen_redraw();
    app->model.clear = false;
    screen_show(&app->canvas);
}

/* A lesson's folder opens that lesson; everything else is a world. */
static bool open_what(struct model *model, const char *file)
{
    size_t length = strlen(file);
    while (length && file[length - 1] == '/')
        length--;
    for (uint32_t i = 0; i < model->home.lesson_count; i++) {
        const char *id = model->home.lessons[i]->id;
        size_t bytes = strlen(id);
        if (length >= bytes && memcmp(file + length - bytes, id, bytes) == 0) {
            model->home.cursor = i;
            flow_open(model, i);
            return model->session != NULL;
        }
    }
    return model_open_file(model, file);
}

static int run_screen(struct app *app, const struct lab_options *told)
{
    struct loop_callbacks callbacks = {.user = app,
                                       .key = on_key,
                                       .frame = on_frame,
                                       .tick = on_tick,
                                       .resized = on_resized,
                                       .file_changed = on_file,
                                       .draw = on_draw};
    struct screen_options options = {.ascii = told->ascii};
    char why[300];
    app->loop = loop_open(&callbacks);
    if (!app->loop)
        return 2;
    enum screen_error error = screen_open(&options);
    if (error != SCREEN_OPENED) {
        screen_error_text(error, told->language, why, sizeof why);
        fprintf(stderr, "outage: %s\n", why);
        loop_close(app->loop);
        return 2;
    }
    int rows, columns;
    screen_size(&rows, &columns);
    int status = 2;
    if (canvas_init(&app->canvas, rows, columns)) {
        app->canvas.ascii = screen_is_ascii();
        update_size(&app->model, rows, columns);
        after(app);
        watch_lessons(app);
        status = loop_run(app->loop);
        canvas_release(&app->canvas);
    }
    screen_close();
    loop_close(app->loop);
    return status;
}

int lab_main(const struct lab_options *options)
{
    struct app *app = calloc(1, sizeof *app);
    if (!app)
        return 2;
    model_init(&app->model, options->language);
    app->model.wall_ns = wall_ns;
    struct progress *progress = progress_open(NULL, wall_ms());
    enum language chosen;
    bool told = options->language_told;
    if (!told && progress_language(progress, &chosen)) {
        app->model.language = chosen;
        told = true;
    }
    kept_open(&app->model, progress, wall_ms);
    int status = 2;
    if (options->file && !open_what(&app->model, options->file)) {
        fprintf(stderr, "outage: %s\n", app->model.message);
    } else if (options->plain) {
        status = plain_run(&app->model);
    } else {
        if (!options->file && !told)
            app->model.screen = PLACE_LANGUAGE;
        status = run_screen(app, options);
    }
    model_release(&app->model);
    progress_close(progress);
    free(app);
    return status;
}
