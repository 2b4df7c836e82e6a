/* The frame of every screen: title, clock, rules. */
#include "lab/view/draw.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/drive.h"
#include "lab/app/flow.h"
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
        text_add_fixed(to, (int64_t)thousandths / 10, 2);
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
    clock_add(to, model->look.now_ns, speed < 1000 || model->screen == PLACE_LADDER ? 3 : 1);
    text_add(to, "  ");
    add_speed(to, speed);
    if (drive_behind(drive)) {
        text_add(to, " (");
        add_speed(to, drive_behind(drive));
        text_add(to, ")");
    }
    text_add(to, "  seed ");
    text_add_u64(to, model->look.seed);
}

void draw_world_frame(const struct model *model, struct canvas *canvas)
{
    char title[300], right[120];
    struct text clock = TEXT(right);
    if (flow_active(model)) {
        enum lesson_step step = model->flow.step;
        snprintf(title, sizeof title, "%u %s   %d/7 %s", model->flow.lesson->number,
                 flow_text(model)->title, (int)step + 1, model_say(model, WORD_STEP_BRIEF + step));
    } else {
        const char *name = strrchr(model->file, '/');
        name = name ? name + 1 : model->file;
        snprintf(title, sizeof title, "%.120s   %.120s",
                 model->look.title[0] ? model->look.title : name, model->look.title[0] ? name : "");
    }
    size_t used = strlen(title);
    if (twins_exist(model) && model->twins.large)
        snprintf(title + used, sizeof title - used, "   %s",
                 model_say(model, model->twins.large == 2 ? WORD_ONLY_B : WORD_ONLY_A));
    add_clock(&clock, model);
    draw_frame(model, canvas, title, right);
    draw_meeting_clock(model, canvas);
}
