/* The clock of the lab: slices of simulated time by wall time and speed. */
#include "lab/app/drive.h"

#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/past.h"
#include "lab/app/slow.h"
#include "lab/app/trails.h"
#include "lab/app/twins.h"

#define BUDGET_EVENTS 2000
#define SCRIPT_EVENTS 500

static const uint64_t speeds[] = {10,   20,    50,    100,   200,    500,    1000,   2000,
                                  5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000};
#define SPEEDS ((int)(sizeof speeds / sizeof *speeds))

void drive_reset(struct drive *drive)
{
    memset(drive, 0, sizeof *drive);
    drive->speed = SPEED_ONE;
    drive->halt_ns = TIME_NEVER;
}

bool drive_moving(const struct drive *drive)
{
    return drive->playing || drive->rushing || drive->seeking || drive->scrubbing;
}

uint64_t drive_speed(const struct drive *drive)
{
    return speeds[drive->speed];
}

uint64_t drive_behind(const struct drive *drive)
{
    bool behind = drive->playing && drive->reached && drive->reached < speeds[drive->speed] / 2;
    return behind ? drive->reached : 0;
}

static void stand(struct model *model)
{
    model->drive.playing = model->drive.rushing = model->drive.seeking = false;
    model->drive.scrubbing = false;
    model->drive.looked_ns = model->drive.reached = 0;
    model_look(model);
}

void drive_play(struct model *model, bool playing)
{
    if (!model->session)
        return;
    stand(model);
    model->drive.playing = playing;
    model->drive.goal_ns = session_now(model->session);
}

void drive_rush(struct model *model, uint64_t until_ns)
{
    stand(model);
    model->drive.rushing = true;
    model->drive.goal_ns = until_ns;
}

void drive_seek(struct model *model)
{
    stand(model);
    model->drive.seeking = true;
    model->drive.found = false;
}

void drive_faster(struct model *model, int by)
{
    slow_end_fault(&model->drive);
    int speed = model->drive.speed + by;
    model->drive.speed = speed < 0 ? 0 : speed >= SPEEDS ? SPEEDS - 1 : speed;
    model->redraw = true;
}

void drive_heard(void *user, int variant, struct world *world, const struct record *record)
{
    struct model *model = user;
    if (variant < 0 || (uint32_t)variant == twins_focus(model))
        rooms_heard(model, record);
    bool beginning =
        record->time_ns == 0 && (record->what == TRACE_STARTED || record->what == TRACE_READY);
    if (beginning || !word_news(LANGUAGE_EN, record->what))
        return;
    model->drive.found = true;
    slow_heard(&model->drive, record->time_ns);
    if (model->session && session_behind(model->session))
        return; /* it was told when it was run first */
    if (model->news_count == NEWS_KEPT) {
        memmove(model->news, model->news + 1, (NEWS_KEPT - 1) * sizeof *model->news);
        model->news_count--;
    }
    struct news *news = &model->news[model->news_count++];
    news->time_ns = record->time_ns;
    news->what = record->what;
    news->variant = variant;
    news->typed = model->drive.typing;
    memcpy(news->who, component_at(world, record->who)->name, sizeof news->who);
}

uint64_t drive_back_ns(const struct model *model)
{
    return model->screen == PLACE_WATCH ? SECOND_NS : 5 * SECOND_NS;
}

/* What a line did at the very instant that is begun at was not undone with what came after it. */
static void forget_typed(struct model *model)
{
    uint32_t kept = 0;
    uint64_t now_ns = session_now(model->session);
    for (uint32_t i = 0; i < model->news_count; i++)
        if (!model->news[i].typed || model->news[i].time_ns < now_ns)
            model->news[kept++] = model->news[i];
    model->news_count = kept;
}

void drive_begin(struct model *model, uint64_t time_ns)
{
    drive_rewind(model, time_ns);
    session_forget(model->session);
    past_follow(model);
    forget_typed(model);
}

bool drive_rewind(struct model *model, uint64_t time_ns)
{
    uint64_t before_ns = session_now(model->session);
    bool playing = model->drive.playing;
    uint64_t fork_ns = session_fork_time(model->session);
    if (fork_ns != TIME_NEVER && time_ns < fork_ns)
        twins_undo(model);
    bool went = past_go(model, time_ns);
    drive_moved(model, before_ns);
    stand(model);
    model->drive.playing = playing && went;
    return went;
}

void drive_moved(struct model *model, uint64_t before_ns)
{
    uint64_t now_ns = session_now(model->session);
    past_follow(model);
    if (now_ns >= before_ns)
        return;
    ladders_went_back(model);
    rooms_went_back(model);
    flow_went_back(model);
}

static uint64_t goal_after(struct drive *drive, uint64_t now_ns, uint64_t elapsed_ns)
{
    if (drive->slow != SLOW_NOTHING)
        return slow_goal(drive, now_ns, elapsed_ns);
    return now_ns + elapsed_ns * speeds[drive->speed] / 1000;
}

void drive_time(struct model *model, uint64_t elapsed_ns)
{
    struct drive *drive = &model->drive;
    if (!model->session || !drive_moving(drive))
        return;
    if (drive->playing)
        drive->goal_ns = goal_after(drive, session_now(model->session), elapsed_ns);
    drive->since_look_ns += elapsed_ns;
    if (drive->since_look_ns < SECOND_NS / DRAWS_PER_SECOND)
        return;
    uint64_t now_ns = session_now(model->session);
    uint64_t went_ns = now_ns > drive->looked_ns ? now_ns - drive->looked_ns : 0;
    drive->reached = drive->looked_ns ? went_ns / (drive->since_look_ns / 1000) : 0;
    drive->looked_ns = now_ns;
    model_look(model);
}

void drive_sample(void *user, struct session *session)
{
    struct model *model = user;
    twins_sample(model);
    trails_sample(model);
    struct world *world = session_variant(session, twins_focus(model))->world;
    for (uint32_t i = 0; i < model->look.chart_count; i++) {
        struct metric_ref metric;
        struct error error;
        struct value value = {0};
        bool known = world_metric(world, model->look.charts[i].name, &metric, &error) &&
                     world_read(world, metric, &value);
        look_sample(&model->look, i, session_now(session), known ? value.number : 0);
    }
    if (flow_script_runs(model) && model->flow.step == STEP_VARY)
        flow_goals(model);
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Moves the world.  What fails is told; a lesson's run goes on after a condition that never held,
 * but it counts as broken. */
static bool advance(struct model *model, uint64_t until_ns, uint64_t budget)
{
    bool there = session_advance(model->session, until_ns, budget);
    enum session_state state = session_state(model->session);
    if (state != SESSION_FAILED && state != SESSION_OVER)
        return there;
    struct text to = TEXT(model->message);
    language_error(&to, model->file, session_failed_command(model->session),
                   session_error(model->session), model->language);
    model->redraw = true;
    model->drive.failed = state == SESSION_FAILED || !flow_script_runs(model);
    model->flow.script.broken = true;
    return there;
}

/* The next event of any world. */
static uint64_t earliest(const struct model *model)
{
    uint64_t next_ns = TIME_NEVER;
    for (uint32_t i = 0; i < session_variants(model->session); i++)
        next_ns = least(next_ns, world_next(session_variant(model->session, i)->world));
    return next_ns;
}

static bool seek_slice(struct model *model, uint64_t limit_ns)
{
    for (unsigned i = 0; i < BUDGET_EVENTS && !model->drive.found; i++) {
        if (earliest(model) <= limit_ns && session_step(model->session)) {
            model->drive.found = model->drive.found || ladders_news(model);
            continue;
        }
        if (limit_ns != TIME_NEVER)
            return advance(model, limit_ns, BUDGET_EVENTS);
        model->drive.found = true; /* nothing will ever happen again */
    }
    return model->drive.found;
}

/* Where a lesson's run ends is counted: from the fault on it goes event by event, and the file's
 * lines act before the next one.  True when it ended or carried something out. */
static bool careful_slice(struct model *model, uint64_t until_ns, bool *there)
{
    *there = false;
    for (unsigned i = 0; i < SCRIPT_EVENTS && !*there; i++) {
        uint64_t run_ns =
            session_file_run_end(model->session); /* it ends there, not an event later */
        *there = advance(model, least(until_ns, run_ns), 1) && run_ns > until_ns;
        advance(model, session_now(model->session), 0);
        if (flow_script_turn(model))
            return true;
    }
    return false;
}

bool drive_work(struct model *model)
{
    struct drive *drive = &model->drive;
    if (!model->session || !drive_moving(drive))
        return false;
    if (drive->scrubbing) {
        drive->scrubbing = false;
        scrub_work(model);
        return false;
    }
    uint64_t limit_ns = least(flow_script_time(model), drive->halt_ns);
    uint64_t until_ns = least(drive->goal_ns, limit_ns);
    bool there = false, turned = false;
    if (drive->seeking)
        there = seek_slice(model, limit_ns);
    else if (flow_script_runs(model) && model->flow.script.begun)
        turned = careful_slice(model, until_ns, &there);
    else
        there = advance(model, until_ns, BUDGET_EVENTS);
    uint64_t now_ns = session_now(model->session);
    slow_follow(drive, now_ns);
    if (drive->failed) {
        drive->failed = false;
        stand(model);
        return false;
    }
    if (drive->rushing && until_ns == TIME_NEVER && session_idle(model->session)) {
        there = true; /* what the script waits for will never come */
        flow_script_end_here(model);
    }
    if (turned || flow_script_turn(model))
        return drive_moving(drive);
    if (now_ns >= drive->halt_ns) {
        stand(model);
        flow_halted(model);
        return false;
    }
    bool run_over = drive->rushing && there && !flow_script_runs(model) &&
                    session_run_end(model->session) == TIME_NEVER;
    if ((drive->seeking && drive->found) || run_over ||
        (drive->rushing && now_ns >= drive->goal_ns))
        stand(model);
    return drive_moving(drive) && !(drive->playing && there && now_ns >= drive->goal_ns);
}
