/* The acts on the world's clock, its parts and the prompt. */
#include "lab/app/acts.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/meeting.h"
#include "lab/app/panel.h"
#include "lab/app/past.h"
#include "lab/app/prompt.h"
#include "lab/app/search.h"
#include "lab/app/slow.h"
#include "lab/app/twins.h"
#include "sim/store/ledger.h"

bool press_play(struct model *model, const struct key *key)
{
    (void)key;
    bool runs_anew = model->screen == PLACE_VARY && model->flow.tried && !model->flow.looking;
    if (runs_anew && !drive_moving(&model->drive))
        flow_again(model, true);
    drive_play(model, !drive_moving(&model->drive));
    return true;
}

bool press_back(struct model *model, const struct key *key)
{
    (void)key;
    uint64_t now_ns = session_now(model->session), by_ns = drive_back_ns(model);
    drive_rewind(model, now_ns > by_ns ? now_ns - by_ns : 0);
    snprintf(model->last_command, sizeof model->last_command, "rewind -%us",
             (unsigned)(by_ns / SECOND_NS));
    return true;
}

bool press_seek(struct model *model, const struct key *key)
{
    (void)key;
    drive_seek(model);
    return true;
}

static bool to_mark(struct model *model, bool after)
{
    const struct history *history = session_variant(model->session, 0)->history;
    uint64_t now_ns = session_now(model->session), time_ns = 0, best_ns = 0;
    const char *best = NULL, *name;
    for (uint32_t i = 0; (name = history_mark_name(history, i, &time_ns)) != NULL; i++) {
        bool wanted = after ? time_ns > now_ns && (!best || time_ns < best_ns)
                            : time_ns < now_ns && (!best || time_ns >= best_ns);
        if (wanted) {
            best = name;
            best_ns = time_ns;
        }
    }
    char line[LINE_BYTES];
    snprintf(line, sizeof line, "rewind %s", best ? best : "");
    if (best)
        model_command(model, line);
    else
        model_tell(model, "%s", model_say(model, WORD_NO_MARK));
    return true;
}

bool press_mark_before(struct model *model, const struct key *key)
{
    (void)key;
    return to_mark(model, false);
}

bool press_mark_after(struct model *model, const struct key *key)
{
    (void)key;
    return to_mark(model, true);
}

bool press_cursor(struct model *model, const struct key *key)
{
    (void)key;
    scrub_begin(model);
    return true;
}

bool press_cursor_before(struct model *model, const struct key *key)
{
    (void)key;
    scrub_by(model, -1);
    return true;
}

bool press_cursor_after(struct model *model, const struct key *key)
{
    (void)key;
    scrub_by(model, 1);
    return true;
}

bool press_cursor_far_before(struct model *model, const struct key *key)
{
    (void)key;
    scrub_by(model, -10);
    return true;
}

bool press_cursor_far_after(struct model *model, const struct key *key)
{
    (void)key;
    scrub_by(model, 10);
    return true;
}

/* Enter stands there; Space runs on from there. */
bool press_cursor_here(struct model *model, const struct key *key)
{
    scrub_end(model, false);
    if (key->code == KEY_CODE_TEXT)
        drive_play(model, true);
    return true;
}

bool press_cursor_leave(struct model *model, const struct key *key)
{
    (void)key;
    scrub_end(model, true);
    return true;
}

bool press_event(struct model *model, const struct key *key)
{
    (void)key;
    drive_play(model, false);
    if (session_now(model->session) < model->drive.halt_ns) {
        session_step(model->session);
        flow_script_turn(model);
    }
    model_look(model);
    return true;
}

bool press_faster(struct model *model, const struct key *key)
{
    (void)key;
    drive_faster(model, 1);
    return true;
}

bool press_slower(struct model *model, const struct key *key)
{
    (void)key;
    drive_faster(model, -1);
    return true;
}

bool press_slow(struct model *model, const struct key *key)
{
    (void)key;
    if (!slow_begin(model))
        model_tell(model, "%s", model_say(model, WORD_NO_FAULT));
    return true;
}

bool press_begin(struct model *model, const struct key *key)
{
    (void)key;
    drive_play(model, false);
    model->message[0] = 0;
    if (model->screen == PLACE_VARY) {
        flow_again(model, true);
    } else if (model->screen == PLACE_WATCH) {
        flow_step(model, STEP_WATCH);
    } else {
        drive_rewind(model, 0);
        session_part(model->session); /* what was done after is another branch */
        model_look(model);
        snprintf(model->last_command, sizeof model->last_command, "rewind 0s");
    }
    return true;
}

bool press_undo(struct model *model, const struct key *key)
{
    (void)key;
    flow_again(model, false);
    return true;
}

static bool select_by(struct model *model, uint32_t by)
{
    const struct look *look = &model->look;
    for (uint32_t i = 0; i < look->part_count; i++) {
        if (strcmp(look->parts[i].name, model->selected) != 0)
            continue;
        const struct part *next = &look->parts[(i + by) % look->part_count];
        snprintf(model->selected, sizeof model->selected, "%s", next->name);
        model->row = model->scroll = 0;
        model->redraw = true;
        return true;
    }
    return true;
}

bool press_select(struct model *model, const struct key *key)
{
    (void)key;
    return select_by(model, 1);
}

bool press_select_before(struct model *model, const struct key *key)
{
    (void)key;
    return model->look.part_count ? select_by(model, model->look.part_count - 1) : true;
}

bool press_digit(struct model *model, const struct key *key)
{
    struct panel_row rows[PANEL_MAX];
    unsigned count = panel_rows(model, rows), row = key->letter - '1';
    if (row < count && model_command(model, rows[row].line))
        flow_changed(model, rows[row].line);
    return true;
}

bool press_prompt(struct model *model, const struct key *key)
{
    (void)key;
    drive_play(model, model->drive.playing);
    prompt_open(model, "");
    return true;
}

bool press_fork(struct model *model, const struct key *key)
{
    (void)key;
    drive_play(model, model->drive.playing);
    twins_open(model);
    return true;
}

bool press_large(struct model *model, const struct key *key)
{
    (void)key;
    twins_enlarge(model, model->twins.large == 2 ? 2 : model->twins.large + 1);
    return true;
}

bool press_large_a(struct model *model, const struct key *key)
{
    (void)key;
    twins_enlarge(model, 1);
    return true;
}

bool press_large_b(struct model *model, const struct key *key)
{
    (void)key;
    twins_enlarge(model, 2);
    return true;
}

bool press_complete(struct model *model, const struct key *key)
{
    (void)key;
    prompt_complete(model);
    return true;
}

bool press_older(struct model *model, const struct key *key)
{
    (void)key;
    prompt_older(model, 1);
    return true;
}

bool press_newer(struct model *model, const struct key *key)
{
    (void)key;
    prompt_older(model, -1);
    return true;
}

/* The last write that a client was told OK for is what one wants to follow first. */
static uint64_t last_acked(const struct world *world)
{
    struct ledger_life life;
    for (uint64_t write = world->writes; write > 0; write--)
        if (ledger_of(world, write, &life) && life.outcome == LEDGER_ACKED)
            return write;
    return world->writes;
}

static void open_life(struct model *model)
{
    struct text to = TEXT(model->life);
    struct error error = {0};
    int64_t write = 0;
    model->asking = FIELD_NONE;
    if (!lesson_guess_number(model->field.text, &write) || write <= 0) {
        model_tell(model, "%s", model_say(model, WORD_NO_SUCH_WRITE));
        return;
    }
    if (!session_life(model->session, twins_focus(model), (uint64_t)write, &to, &error)) {
        struct text why = TEXT(model->message);
        error_add(&why, &error, model->language);
        return;
    }
    model->life_write = (uint64_t)write;
    if (model->screen != PLACE_LIFE)
        model_show(model, PLACE_LIFE);
}

bool press_life(struct model *model, const struct key *key)
{
    (void)key;
    drive_play(model, false);
    if (flow_open_question(model)) { /* it says that it is hidden; no number is asked for first */
        field_set(&model->field, "1");
        open_life(model);
        return true;
    }
    const struct world *world = model_world(model);
    char number[24] = "";
    uint64_t write = model->life_write ? model->life_write : last_acked(world);
    if (write)
        snprintf(number, sizeof number, "%llu", (unsigned long long)write);
    model->asking = FIELD_WRITE;
    field_set(&model->field, number);
    return true;
}

bool press_commit(struct model *model, const struct key *key)
{
    (void)key;
    if (model->asking == FIELD_COMMAND)
        prompt_commit(model);
    else if (model->asking == FIELD_WRITE)
        open_life(model);
    else if (model->asking == FIELD_SEARCH)
        search_run(model);
    else if (model->asking == FIELD_NOTE)
        notes_take(model);
    else if (model->field.used && model_open_file(model, model->field.text))
        model->asking = FIELD_NONE;
    return true;
}

bool press_leave_field(struct model *model, const struct key *key)
{
    (void)key;
    if (model->asking == FIELD_NOTE) {
        notes_leave(model);
        return true;
    }
    model->asking = FIELD_NONE;
    model->message[0] = 0;
    return true;
}
