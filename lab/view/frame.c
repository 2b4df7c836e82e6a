/* The frame of every screen: title, clock, rules. */
#include "lab/view/draw.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/flow.h"
#include "lab/app/past.h"
#include "lab/app/slow.h"
#include "lab/app/twins.h"

int draw_width(const struct canvas *canvas)
{
    int width = canvas->columns - 2 * MARGIN;
    return width < 100 ? width : 100;
}

int draw_body_end(const struct canvas *canvas)
{
    return canvas->rows - 3;
}

void draw_frame(const struct model *model, struct canvas *canvas, const char *title,
                const char *right)
{
    int width = canvas_width(right);
    canvas_write(canvas, 0, MARGIN, canvas->columns - width - 2, STYLE_TITLE, title);
    canvas_write(canvas, 0, canvas->columns - width - 1, 0, STYLE_PLAIN, right);
    canvas_rule(canvas, 1);
    canvas_rule(canvas, draw_body_end(canvas));
    draw_last_command(model, canvas);
}

static void add_speed(struct text *to, uint64_t thousandths)
{
    text_add(to, "x");
    if (thousandths >= 1000)
        text_add_u64(to, thousandths / 1000);
    else
        text_add_fixed(to, (int64_t)thousandths / (thousandths % 100 ? 10 : 100),
                       thousandths % 100 ? 2 : 1);
}

/* A lesson leads by itself: there the line of time is shown while the cursor is on it. */
static bool past_shown(const struct model *model)
{
    return !flow_active(model) || model->past.scrubbing;
}

/* How far it was run, when the world stands before that. */
static void add_end(struct text *to, const struct model *model, unsigned decimals)
{
    if (!past_shown(model) || model->look.now_ns >= model->past.end_ns)
        return;
    text_add(to, " / ");
    clock_add(to, model->past.end_ns, decimals);
}

/* Before the title: on which branch one is, and since when. */
static size_t add_branch(char *title, size_t bytes, const struct model *model)
{
    char when[32];
    struct text since = TEXT(when);
    title[0] = 0;
    if (!past_shown(model) || !model->past.branching)
        return 0;
    clock_add(&since, model->past.since_ns, 1);
    snprintf(title, bytes, model_say(model, WORD_BRANCH_SINCE), model->past.name, when);
    snprintf(title + strlen(title), bytes - strlen(title), "   ");
    return strlen(title);
}

/* Everything that was run as one line, in the place of the rule above the last rows. */
static void draw_timeline(const struct model *model, struct canvas *canvas)
{
    static const char *const signs[] = {[PAST_FAULT] = "x", [PAST_MARK] = "m", [PAST_BRANCH] = "b"};
    const struct past *past = &model->past;
    uint64_t end_ns = past->end_ns ? past->end_ns : 1, time_ns;
    uint64_t now_ns = past->scrubbing ? past->cursor_ns : model->look.now_ns;
    int row = draw_body_end(canvas), last = canvas->columns - 1;
    enum past_sign sign;
    if (!model->session || !past_shown(model) || (!past->scrubbing && now_ns >= end_ns))
        return;
    for (uint32_t i = 0; past_sign(model, i, &sign, &time_ns); i++)
        if (time_ns <= end_ns)
            canvas_write(canvas, row, (int)((uint64_t)last * time_ns / end_ns), 0, STYLE_STRONG,
                         signs[sign]);
    if (now_ns <= end_ns)
        canvas_write(canvas, row, (int)((uint64_t)last * now_ns / end_ns), 0, STYLE_ACTION,
                     canvas->ascii ? "|" : "│");
}

/* What the signs on it mean, and what going there takes where one waits for it. */
static void draw_time_words(const struct model *model, struct canvas *canvas)
{
    char words[120], took[32] = "";
    uint64_t cost_ns = past_cost_ns(model);
    struct value cost = {.unit = UNIT_DURATION, .number = (int64_t)cost_ns};
    struct text text = TEXT(took);
    if (!model->past.scrubbing)
        return;
    if (cost_ns)
        value_add_screen(&text, &cost);
    snprintf(words, sizeof words, model_say(model, cost_ns ? WORD_WAY_TAKES : WORD_TIME_SIGNS),
             took);
    canvas_write(canvas, canvas->rows - 2, canvas->columns - canvas_width(words) - MARGIN, 0,
                 STYLE_DIM, words);
}

/* How far from the fault the clock stands, while it goes through it slowly. */
static void add_from_fault(struct text *to, const struct model *model)
{
    uint64_t now_ns = model->look.now_ns, fault_ns = model->drive.slow_at_ns;
    uint64_t away_ms = (now_ns < fault_ns ? fault_ns - now_ns : now_ns - fault_ns) / MS_NS;
    char words[60];
    snprintf(words, sizeof words, model_say(model, WORD_FROM_FAULT), now_ns < fault_ns ? '-' : '+',
             (unsigned)(away_ms / 1000), (unsigned)(away_ms % 1000));
    text_add(to, words);
}

static void add_clock(struct text *to, const struct model *model)
{
    const struct drive *drive = &model->drive;
    enum word state = drive->seeking        ? WORD_SEEKING
                      : drive_moving(drive) ? WORD_RUNNING
                                            : WORD_PAUSED;
    uint64_t speed = drive_speed(drive);
    text_add(to, model_say(model, state));
    text_add(to, "  ");
    unsigned decimals = speed < 1000 || model->screen == PLACE_LADDER ? 3 : 1;
    clock_add(to, model->look.now_ns, decimals);
    add_end(to, model, decimals);
    text_add(to, "  ");
    add_speed(to, speed);
    if (drive_behind(drive)) {
        text_add(to, " (");
        add_speed(to, drive_behind(drive));
        text_add(to, ")");
    }
    if (slow_is_on(drive, model->look.now_ns)) {
        add_from_fault(to, model);
        return;
    }
    text_add(to, "  seed ");
    text_add_u64(to, model->look.seed);
}

void draw_world_frame(const struct model *model, struct canvas *canvas)
{
    char title[300], right[120];
    struct text clock = TEXT(right);
    size_t used = add_branch(title, sizeof title, model);
    if (flow_active(model)) {
        enum lesson_step step = model->flow.step;
        snprintf(title + used, sizeof title - used, "%u %s   %d/7 %s", model->flow.lesson->number,
                 flow_text(model)->title, (int)step + 1, model_say(model, WORD_STEP_BRIEF + step));
    } else {
        const char *name = strrchr(model->file, '/');
        name = name ? name + 1 : model->file;
        snprintf(title + used, sizeof title - used, "%.100s   %.100s",
                 model->look.title[0] ? model->look.title : name, model->look.title[0] ? name : "");
    }
    used = strlen(title);
    if (twins_exist(model) && model->twins.large)
        snprintf(title + used, sizeof title - used, "   %s",
                 model_say(model, model->twins.large == 2 ? WORD_ONLY_B : WORD_ONLY_A));
    add_clock(&clock, model);
    draw_frame(model, canvas, title, right);
    draw_meeting_clock(model, canvas);
    draw_timeline(model, canvas);
    draw_time_words(model, canvas);
}
