/* The model's life: opening and closing worlds, screens above each other, languages. */
#include "lab/app/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/meeting.h"
#include "lab/app/past.h"
#include "lab/app/singles.h"
#include "lab/app/twins.h"

#define HISTORY_BYTES (256ull << 20)
#define SCRIPT_MAX    (16u << 20)

const char *model_say(const struct model *model, enum word word)
{
    return word_in(model->language, word);
}

void model_tell(struct model *model, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(model->message, sizeof model->message, format, arguments);
    va_end(arguments);
    model->redraw = true;
}

static void read_lessons(struct model *model)
{
    struct home *home = &model->home;
    uint32_t count = 0;
    char **list = lesson_list(lesson_root(), &count);
    home->lessons = calloc(count ? count : 1, sizeof *home->lessons);
    for (uint32_t i = 0; home->lessons && i < count; i++) {
        struct text why = TEXT(home->trouble);
        struct lesson *lesson = lesson_look(list[i], model->language, &why);
        if (lesson)
            home->lessons[home->lesson_count++] = lesson;
    }
    lesson_list_free(list, count);
}

void model_init(struct model *model, enum language language)
{
    memset(model, 0, sizeof *model);
    model->language = language;
    model->rows = 24;
    model->columns = 80;
    model->screen = PLACE_HOME;
    model->asking = FIELD_NONE;
    model->redraw = true;
    drive_reset(&model->drive);
    read_lessons(model);
    snprintf(model->message, sizeof model->message, "%s", model->home.trouble);
}

void model_close_session(struct model *model)
{
    ladders_close(model);
    if (model->session)
        session_close(model->session);
    model->session = NULL;
    free(model->script);
    model->script = NULL;
    model->news_count = 0;
    past_release(model);
    trails_release(model);
    rooms_close(model);
    model->look.chart_count = 0;
    look_release(&model->look);
    for (uint32_t i = 0; i < VARIANTS_MAX; i++)
        look_release(&model->twins.looks[i]);
    memset(&model->twins, 0, sizeof model->twins);
    look_release(&model->ended.look);
    model->ended.told_count = 0;
    model->life_write = 0;
    model->life[0] = 0;
    singles_forget(model);
}

void model_release(struct model *model)
{
    model_close_session(model);
    for (uint32_t i = 0; i < model->home.lesson_count; i++)
        lesson_close(model->home.lessons[i]);
    free(model->home.lessons);
}

struct world *model_world(const struct model *model)
{
    return model->session ? session_variant(model->session, twins_focus(model))->world : NULL;
}

static void answer_text(void *user, int variant, const char *words)
{
    struct model *model = user;
    struct text to = {model->answer, sizeof model->answer, strlen(model->answer), false};
    if (variant >= 0 && session_variants(model->session) > 1) {
        text_add(&to, session_variant(model->session, (uint32_t)variant)->name);
        text_add(&to, ": ");
    }
    text_add(&to, words);
    if (to.used && to.at[to.used - 1] != '\n')
        text_add(&to, "\n");
}

static void answer_closed(void *user, int variant)
{
    twins_closed(user, (uint32_t)variant);
}

static void answer_expect(void *user, const struct expectation *expectation)
{
    struct model *model = user;
    if (flow_active(model)) /* a lesson's world checks itself; that is no news for a learner */
        return;
    model_tell(model, "expect %s: %s, %s", expectation->words,
               model_say(model, expectation->held ? WORD_HELD : WORD_NOT_HELD), expectation->found);
}

static void answer_error(void *user, const struct command *command, const struct error *error)
{
    struct model *model = user;
    struct text to = TEXT(model->message);
    language_error(&to, command && command->line ? model->file : NULL, command, error,
                   model->language);
    model->redraw = true;
}

bool model_open_script(struct model *model, const char *path, const char *script, size_t bytes)
{
    char *own = malloc(bytes + 1);
    if (!own)
        return false;
    memcpy(own, script, bytes);
    own[bytes] = 0;
    struct session_options options = {
        .language = model->language, .history_bytes = HISTORY_BYTES, .file = path};
    options.later = options.branches = true;
    options.sample_ns = LOOK_SAMPLE_NS;
    options.output = (struct session_output){.user = model,
                                             .text = answer_text,
                                             .expect = answer_expect,
                                             .error = answer_error,
                                             .record = drive_heard,
                                             .closed = answer_closed,
                                             .sample = drive_sample};
    struct error error = {0};
    struct session *session = session_open(own, bytes, &options, &error);
    if (!session) {
        struct text to = TEXT(model->message);
        language_error(&to, path, NULL, &error, model->language);
        free(own);
        return false;
    }
    model_close_session(model);
    model->session = session;
    model->script = own;
    snprintf(model->file, sizeof model->file, "%s", path);
    model->answer[0] = model->last_command[0] = model->message[0] = model->selected[0] = 0;
    drive_reset(&model->drive);
    if (session_build(session) == SESSION_FAILED)
        answer_error(model, session_failed_command(session), session_error(session));
    model_look(model);
    return true;
}

static char *read_file(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    size_t room = 1u << 16;
    char *text = malloc(room);
    *bytes = 0;
    while (text && *bytes < SCRIPT_MAX) {
        size_t got = fread(text + *bytes, 1, room - *bytes, file);
        *bytes += got;
        if (got == 0)
            break;
        if (*bytes == room) {
            char *more = realloc(text, room *= 2);
            if (!more)
                free(text);
            text = more;
        }
    }
    fclose(file);
    return text;
}

bool model_open_file(struct model *model, const char *path)
{
    size_t bytes = 0;
    char *text = read_file(path, &bytes);
    if (!text) {
        model_tell(model, "%s: %s", path, model_say(model, WORD_NO_FILE));
        return false;
    }
    bool opened = model_open_script(model, path, text, bytes);
    free(text);
    if (opened) {
        memset(&model->flow, 0, sizeof model->flow);
        model->depth = 0;
        model->screen = PLACE_HOME;
        model_show(model, PLACE_WORLD);
    }
    return opened;
}

void model_home(struct model *model)
{
    meeting_leave(model);
    flow_leave(model);
    model->review.lesson = NULL;
    model_close_session(model);
    model->depth = 0;
    model->screen = PLACE_HOME;
    model->asking = FIELD_NONE;
    model->overlay = OVERLAY_NONE;
    model->message[0] = 0;
    model->redraw = true;
}

void model_set_language(struct model *model, enum language language)
{
    model->language = language;
    if (model->session)
        session_language(model->session, language);
    model->message[0] = 0;
    flow_language(model);
    model->redraw = true;
}

void model_show(struct model *model, enum place screen)
{
    if (model->depth < sizeof model->below / sizeof *model->below)
        model->below[model->depth++] = model->screen;
    model->screen = screen;
    model->scroll = 0;
    model->redraw = true;
}

void model_back(struct model *model)
{
    if (model->depth)
        model->screen = model->below[--model->depth];
    if (model->screen == PLACE_HOME)
        model_home(model);
    ladders_look(model);
    rooms_look(model);
    model->scroll = 0;
    model->redraw = true;
}

enum place model_place(const struct model *model)
{
    if (model->asking == FIELD_GUESS && flow_on_map(model))
        return FIELD_MARKS;
    return model->asking == FIELD_NONE ? model->screen : model->asking;
}

bool model_asks_line(const struct model *model)
{
    return model->asking == FIELD_COMMAND || model->asking == FIELD_WRITE ||
           model->asking == FIELD_FILE || model->asking == FIELD_SEARCH ||
           model->asking == FIELD_NOTE;
}

static bool is_hidden(void *user, const char *metric)
{
    return session_hidden(user, metric);
}

void model_look(struct model *model)
{
    if (!model->session)
        return;
    past_follow(model);
    twins_follow(model);
    look_take(&model->look, model_world(model), is_hidden, model->session);
    for (uint32_t i = 0; i < session_watched(model->session); i++) {
        const char *name = session_watched_name(model->session, i);
        struct metric_ref metric;
        struct error error;
        struct value value = {0};
        if (world_metric(model_world(model), name, &metric, &error)) {
            world_read(model_world(model), metric, &value);
            look_chart(&model->look, name, value.unit, session_hidden(model->session, name));
        }
    }
    twins_look(model);
    if (!look_part(&model->look, model->selected))
        snprintf(model->selected, sizeof model->selected, "%s",
                 model->look.part_count ? model->look.parts[0].name : "");
    ladders_look(model);
    rooms_look(model);
    model->drive.since_look_ns = 0;
    model->redraw = true;
}

bool model_command(struct model *model, const char *line)
{
    struct error error = {0};
    struct command command;
    uint64_t before_ns = session_now(model->session);
    model->message[0] = model->answer[0] = 0;
    model->wrong = 0;
    if (twins_guards(model, line) || flow_guards(model, line))
        return false;
    if (singles_asked(model, line)) {
        snprintf(model->last_command, sizeof model->last_command, "%s", line);
        return true;
    }
    model->drive.typing = true;
    bool done = session_line(model->session, line, &error);
    model->drive.typing = false;
    if (done)
        snprintf(model->last_command, sizeof model->last_command, "%s", line);
    if (!done && error.id) {
        struct text to = TEXT(model->message);
        bool split = language_split(&command, line, 0, &(struct error){0});
        model->wrong = language_column(split ? &command : NULL, &error);
        error_add(&to, &error, model->language);
    }
    if (done && strchr(model->answer, '\n') && strchr(model->answer, '\n')[1])
        model->overlay = OVERLAY_ANSWER;
    else if (done && model->answer[0])
        model_tell(model, "%.*s", (int)strcspn(model->answer, "\n"), model->answer);
    model->scroll = 0;
    twins_follow(model);
    drive_moved(model, before_ns);
    if (done && session_forked(model->session) && session_variants(model->session) == 1)
        model_tell(model, "%s", model_say(model, WORD_ONE_VARIANT));
    if (done && session_run_end(model->session) != TIME_NEVER)
        drive_rush(model, TIME_NEVER);
    model_look(model);
    return done;
}
