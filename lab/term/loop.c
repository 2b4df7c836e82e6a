/* The loop on libuv, the only file that knows it. */
#include "lab/term/loop.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "lab/term/screen.h"

enum {
    FRAME_MS = 33,
    TICK_MS = 500,
    SETTLE_MS = 50,     /* a saved file is written in several steps */
    BYTES_A_TURN = 256, /* so that a long paste is seen while it goes in */
    ESCAPE_MS = 25,
    HANG_UP_STATUS = 128 + SIGHUP,
};
#define FRAME_MOST_NS UINT64_C(100000000) /* a process that was stopped does not jump */

static const int watched_signals[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGINT, SIGTERM, SIGHUP};
enum { WATCHED_SIGNALS = sizeof watched_signals / sizeof *watched_signals };

/* A file by its folder: whoever saves by renaming makes a new file of that name. */
struct watch {
    uv_fs_event_t folder;
    uv_timer_t settling;
    struct loop *loop;
    struct watch *next;
    char *path;
    const char *name; /* within path */
    int open_handles;
};

struct loop {
    uv_loop_t uv;
    uv_poll_t input;
    uv_prepare_t before_waiting;
    uv_timer_t frame, tick, escape;
    uv_signal_t signals[WATCHED_SIGNALS];
    struct loop_callbacks callbacks;
    struct keys keys;
    struct watch *watches;
    uint64_t last_frame_ns;
    unsigned escape_ms;
    bool frames_wanted, ticks_wanted, draw_wanted, stopped;
    int status;
};

void loop_stop(struct loop *loop, int status)
{
    if (!loop->stopped)
        loop->status = status;
    loop->stopped = true;
    uv_stop(&loop->uv);
}

static void on_key(void *user, const struct key *key)
{
    struct loop *loop = user;
    if (loop->stopped)
        return;
    loop->draw_wanted = true;
    loop->callbacks.key(loop->callbacks.user, key);
}

static void on_escape_waited(uv_timer_t *timer);

/* Reads once; what is left wakes the loop again, after other things had their turn.  Returns how
 * many bytes. */
static int read_keys(struct loop *loop)
{
    char bytes[BYTES_A_TURN];
    int count = screen_read(bytes, sizeof bytes);
    if (count < 0)
        loop_stop(loop, HANG_UP_STATUS);
    if (count <= 0)
        return count;
    keys_feed(&loop->keys, bytes, (size_t)count, on_key, loop);
    uv_update_time(&loop->uv);
    if (keys_waiting(&loop->keys))
        uv_timer_start(&loop->escape, on_escape_waited, loop->escape_ms, 0);
    else
        uv_timer_stop(&loop->escape);
    return count;
}

/* Timers run before reading: the rest of an arrow may be there already, behind a slow picture. */
static void on_escape_waited(uv_timer_t *timer)
{
    struct loop *loop = timer->data;
    if (read_keys(loop) == 0)
        keys_flush(&loop->keys, on_key, loop);
}

static void on_readable(uv_poll_t *input, int status, int events)
{
    struct loop *loop = input->data;
    if (status < 0 || (events & UV_DISCONNECT))
        loop_stop(loop, HANG_UP_STATUS);
    else
        read_keys(loop);
}

static void on_frame(uv_timer_t *timer)
{
    struct loop *loop = timer->data;
    uint64_t now_ns = uv_hrtime(), elapsed_ns = now_ns - loop->last_frame_ns;
    loop->last_frame_ns = now_ns;
    if (!loop->callbacks.frame)
        return;
    loop->draw_wanted = true;
    loop->callbacks.frame(loop->callbacks.user,
                          elapsed_ns < FRAME_MOST_NS ? elapsed_ns : FRAME_MOST_NS);
}

static void on_before_waiting(uv_prepare_t *prepare)
{
    struct loop *loop = prepare->data;
    if (!loop->draw_wanted || loop->stopped)
        return;
    loop->draw_wanted = false;
    if (loop->callbacks.draw)
        loop->callbacks.draw(loop->callbacks.user);
}

static void tell_size(struct loop *loop)
{
    int rows, columns;
    screen_size(&rows, &columns);
    loop->draw_wanted = true;
    if (loop->callbacks.resized)
        loop->callbacks.resized(loop->callbacks.user, rows, columns);
}

static void resume(struct loop *loop)
{
    screen_resume();
    loop->last_frame_ns = uv_hrtime();
    tell_size(loop);
}

static void on_signal(uv_signal_t *handle, int number);

/* Stops by the signal's own action, which the kernel leaves out where nobody could ever continue
 * the process. */
static void suspend(struct loop *loop, uv_signal_t *handle)
{
    screen_suspend();
    uv_signal_stop(handle);
    raise(SIGTSTP);
    uv_signal_start(handle, on_signal, SIGTSTP);
    resume(loop);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct loop *loop = handle->data;
    if (number == SIGWINCH) {
        if (screen_fit())
            tell_size(loop);
    } else if (number == SIGTSTP) {
        suspend(loop, handle);
    } else if (number == SIGCONT) {
        resume(loop); /* also after a SIGSTOP, which nobody is told of */
    } else if (number == SIGINT && loop->callbacks.interrupted) {
        loop->draw_wanted = true;
        loop->callbacks.interrupted(loop->callbacks.user);
    } else {
        loop_stop(loop, 128 + number);
    }
}

struct loop *loop_open(const struct loop_callbacks *callbacks)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return NULL;
    if (uv_loop_init(&loop->uv) != 0) {
        free(loop);
        return NULL;
    }
    loop->callbacks = *callbacks;
    loop->escape_ms = ESCAPE_MS;
    loop->draw_wanted = true;
    uv_prepare_init(&loop->uv, &loop->before_waiting);
    uv_timer_init(&loop->uv, &loop->frame);
    uv_timer_init(&loop->uv, &loop->tick);
    uv_timer_init(&loop->uv, &loop->escape);
    loop->before_waiting.data = loop;
    loop->frame.data = loop;
    loop->tick.data = loop;
    loop->escape.data = loop;
    uv_prepare_start(&loop->before_waiting, on_before_waiting);
    for (int i = 0; i < WATCHED_SIGNALS; i++) {
        uv_signal_init(&loop->uv, &loop->signals[i]);
        loop->signals[i].data = loop;
        uv_signal_start(&loop->signals[i], on_signal, watched_signals[i]);
    }
    return loop;
}

int loop_run(struct loop *loop)
{
    loop->input.data = loop;
    if (uv_poll_init(&loop->uv, &loop->input, screen_descriptor()) != 0)
        return HANG_UP_STATUS;
    uv_poll_start(&loop->input, UV_READABLE | UV_DISCONNECT, on_readable);
    while (!loop->stopped && read_keys(loop) > 0)
        continue; /* what was typed while the terminal was asked is in no descriptor any more */
    if (!loop->stopped)
        uv_run(&loop->uv, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&loop->input, NULL);
    return loop->status;
}

void loop_want_frames(struct loop *loop, bool wanted)
{
    if (wanted == loop->frames_wanted)
        return;
    loop->frames_wanted = wanted;
    loop->last_frame_ns = uv_hrtime();
    uv_update_time(&loop->uv);
    if (wanted)
        uv_timer_start(&loop->frame, on_frame, FRAME_MS, FRAME_MS);
    else
        uv_timer_stop(&loop->frame);
}

static void on_tick(uv_timer_t *timer)
{
    struct loop *loop = timer->data;
    loop->draw_wanted = true;
    if (loop->callbacks.tick)
        loop->callbacks.tick(loop->callbacks.user);
}

void loop_want_ticks(struct loop *loop, bool wanted)
{
    if (wanted == loop->ticks_wanted)
        return;
    loop->ticks_wanted = wanted;
    uv_update_time(&loop->uv);
    if (wanted)
        uv_timer_start(&loop->tick, on_tick, TICK_MS, TICK_MS);
    else
        uv_timer_stop(&loop->tick);
}

void loop_set_escape_ms(struct loop *loop, unsigned escape_ms)
{
    loop->escape_ms = escape_ms < 10 ? 10 : escape_ms > 1000 ? 1000 : escape_ms;
}

static void on_settled(uv_timer_t *timer)
{
    struct watch *watch = timer->data;
    struct loop *loop = watch->loop;
    if (access(watch->path, R_OK) != 0 || !loop->callbacks.file_changed)
        return; /* between an editor's two renames; the second one is told as well */
    loop->draw_wanted = true;
    loop->callbacks.file_changed(loop->callbacks.user, watch->path);
}

static void on_folder(uv_fs_event_t *folder, const char *name, int events, int status)
{
    struct watch *watch = folder->data;
    (void)events;
    if (status == 0 && (!name || strcmp(name, watch->name) == 0) &&
        !uv_is_active((uv_handle_t *)&watch->settling))
        uv_timer_start(&watch->settling, on_settled, SETTLE_MS, 0);
}

static void on_watch_closed(uv_handle_t *handle)
{
    struct watch *watch = handle->data;
    if (--watch->open_handles > 0)
        return;
    free(watch->path);
    free(watch);
}

static void close_watch(struct watch *watch)
{
    uv_close((uv_handle_t *)&watch->folder, on_watch_closed);
    uv_close((uv_handle_t *)&watch->settling, on_watch_closed);
}

/* The link that points at a path's watch, or the list's end. */
static struct watch **find_watch(struct loop *loop, const char *path)
{
    struct watch **link = &loop->watches;
    while (*link && strcmp((*link)->path, path) != 0)
        link = &(*link)->next;
    return link;
}

static struct watch *new_watch(struct loop *loop, const char *path)
{
    struct watch *watch = calloc(1, sizeof *watch);
    char *copy = strdup(path);
    if (!watch || !copy) {
        free(watch);
        free(copy);
        return NULL;
    }
    const char *slash = strrchr(copy, '/');
    watch->path = copy;
    watch->name = slash ? slash + 1 : copy;
    watch->loop = loop;
    watch->open_handles = 2;
    uv_fs_event_init(&loop->uv, &watch->folder);
    uv_timer_init(&loop->uv, &watch->settling);
    watch->folder.data = watch;
    watch->settling.data = watch;
    return watch;
}

bool loop_watch_file(struct loop *loop, const char *path)
{
    struct watch **link = find_watch(loop, path);
    if (*link)
        return true;
    struct watch *watch = new_watch(loop, path);
    if (!watch)
        return false;
    size_t folder_length = (size_t)(watch->name - watch->path);
    char *folder = folder_length > 0 ? strndup(path, folder_length) : strdup(".");
    int status = folder ? uv_fs_event_start(&watch->folder, on_folder, folder, 0) : UV_ENOMEM;
    free(folder);
    if (status != 0) {
        close_watch(watch);
        return false;
    }
    *link = watch;
    return true;
}

void loop_unwatch_file(struct loop *loop, const char *path)
{
    struct watch **link = find_watch(loop, path);
    struct watch *watch = *link;
    if (!watch)
        return;
    *link = watch->next;
    close_watch(watch);
}

static void close_handle(uv_handle_t *handle, void *user)
{
    (void)user;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void loop_close(struct loop *loop)
{
    while (loop->watches)
        loop_unwatch_file(loop, loop->watches->path);
    uv_walk(&loop->uv, close_handle, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    uv_loop_close(&loop->uv);
    free(loop);
}
