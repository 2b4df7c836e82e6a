/* A lesson that is read again while it is open. */
#include "lab/app/reload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/review.h"
#include "lab/lesson/run.h"

static const char *const files[] = {"world.lab", "en.md", "ko.md"};
#define FILES (sizeof files / sizeof files[0])

/* The folder of a lesson, without a slash at its end. */
static void folder_of(const struct lesson *lesson, char *to, size_t bytes)
{
    size_t length = strlen(lesson->world_path) - strlen("/world.lab");
    snprintf(to, bytes, "%.*s", (int)length, lesson->world_path);
}

bool reload_watched(const struct model *model, uint32_t i, char *path, size_t bytes)
{
    uint32_t lesson = i / FILES;
    char folder[4096];
    if (lesson >= model->home.lesson_count)
        return false;
    folder_of(model->home.lessons[lesson], folder, sizeof folder);
    snprintf(path, bytes, "%s/%s", folder, files[i % FILES]);
    return true;
}

/* --- what became of the open lesson ----------------------------------------------------------- */

/* The same questions in the same acts: guesses keep their places. */
static bool asks_the_same(const struct lesson *a, const struct lesson *b)
{
    const struct lesson_text *x = &a->text[LANGUAGE_EN], *y = &b->text[LANGUAGE_EN];
    if (x->question_count != y->question_count)
        return false;
    for (uint32_t i = 0; i < x->question_count; i++) {
        const struct question *p = &x->questions[i], *q = &y->questions[i];
        if (strcmp(p->name, q->name) != 0 || p->form != q->form || p->part != q->part)
            return false;
        for (unsigned c = 0; c < LESSON_CHOICES; c++)
            if (!p->choices[c] != !q->choices[c])
                return false;
    }
    return true;
}

static bool same_script(const struct model *model, const struct lesson *a, const struct lesson *b)
{
    const struct flow *flow = &model->flow;
    char *before = lesson_script(a, flow->scene, flow->scene_part, 0);
    char *now = lesson_script(b, flow->scene, flow->scene_part, 0);
    bool same = before && now && strcmp(before, now) == 0;
    free(before);
    free(now);
    return same;
}

/* Another script: its world is opened at the step where one was.  What was guessed stays. */
static void open_anew(struct model *model)
{
    struct flow *flow = &model->flow;
    enum lesson_step step = flow->step;
    char *script = lesson_script(flow->lesson, flow->scene, flow->scene_part, 0);
    bool opened =
        script && model_open_script(model, flow->lesson->world_path, script, strlen(script));
    free(script);
    flow->ended = flow->tried = flow->passed = false;
    flow->fault_ns = TIME_NEVER;
    flow->fault[0] = 0;
    flow_hide(model);
    if (opened)
        flow_resume(model, step == STEP_EXPLAIN ? STEP_WATCH : step);
}

static void show_anew(struct model *model, struct lesson *was, struct lesson *now)
{
    struct flow *flow = &model->flow;
    uint32_t scroll = model->scroll;
    bool same = same_script(model, was, now);
    flow->lesson = now;
    if (!asks_the_same(was, now)) {
        for (uint32_t i = 0; i < model->home.lesson_count; i++)
            if (model->home.lessons[i] == now)
                flow_open(model, i);
        return;
    }
    flow_hide(model); /* its names were the old lesson's */
    if (!same) {
        open_anew(model);
        return;
    }
    flow_goals(model);
    if (flow->ended && flow->step == STEP_EXPLAIN && flow->scene != STEP_VARY)
        flow_take_end(model);
    else
        flow->ended = flow->ended && flow->step < STEP_EXPLAIN;
    model->scroll = scroll;
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool is_of(const struct lesson *lesson, const char *path)
{
    char folder[4096];
    folder_of(lesson, folder, sizeof folder);
    size_t bytes = strlen(folder);
    return strncmp(folder, path, bytes) == 0 && path[bytes] == '/' &&
           !strchr(path + bytes + 1, '/');
}

/* Its world can be built; else why not, with its place. */
static bool can_be_built(const struct model *model, const struct lesson *lesson, struct text *why)
{
    struct lesson_run run = {
        .script = lesson->world, .file = lesson->world_path, .language = model->language};
    struct error error;
    struct session *session = lesson_run_built(&run, &error);
    bool built = session && session_state(session) != SESSION_FAILED;
    if (!session)
        language_error(why, run.file, NULL, &error, model->language);
    else if (!built)
        language_error(why, run.file, session_failed_command(session), session_error(session),
                       model->language);
    session_close(session);
    return built;
}

/* The old version stays; the place is said from the lesson's folder on. */
static void say_stale(struct model *model, const char *folder, const char *why)
{
    const char *name = strrchr(folder, '/');
    size_t bytes = name ? (size_t)(name + 1 - folder) : 0;
    snprintf(model->stale, sizeof model->stale, "%s",
             strncmp(why, folder, bytes) == 0 ? why + bytes : why);
    model->redraw = true;
}

static void read_again(struct model *model, uint32_t at, const char *path)
{
    struct lesson *was = model->home.lessons[at];
    char folder[4096], why[sizeof model->stale];
    struct text words = TEXT(why);
    folder_of(was, folder, sizeof folder);
    text_clear(&words);
    struct lesson *now = lesson_open(folder, model->language, &words);
    if (!now || !can_be_built(model, now, &words)) {
        lesson_close(now);
        say_stale(model, folder, why);
        return;
    }
    model->stale[0] = 0;
    model->home.lessons[at] = now;
    if (flow_active(model) && model->flow.lesson == was)
        show_anew(model, was, now);
    if (model->review.lesson == was)
        review_anew(model, now);
    lesson_close(was);
    if (!model->message[0])
        model_tell(model, "%s: %s", strrchr(path, '/') + 1, model_say(model, WORD_READ_ANEW));
}

void reload_file(struct model *model, const char *path)
{
    for (uint32_t i = 0; i < model->home.lesson_count; i++)
        if (is_of(model->home.lessons[i], path)) {
            model->message[0] = 0;
            read_again(model, i, path);
            return;
        }
}
