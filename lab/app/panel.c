/* The panel's rows: what can be done to the selected part, or what the lesson's step offers. */
#include "lab/app/panel.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/twins.h"

static void add(const struct model *model, struct panel_row *rows, unsigned *count,
                const char *verb, const char *name)
{
    if (*count == PANEL_MAX || !verb_find(verb))
        return;
    struct panel_row *row = &rows[(*count)++];
    const char *words = word_verb(model->language, verb);
    snprintf(row->words, sizeof row->words, "%s", words ? words : verb);
    snprintf(row->line, sizeof row->line, "%s %s", verb, name);
}

static unsigned of_part(const struct model *model, struct panel_row *rows)
{
    unsigned count = 0;
    const struct part *part = look_part(&model->look, model->selected);
    if (!part)
        return 0;
    if (catalog[part->kind]->process && part->up) {
        add(model, rows, &count, "kill", part->name);
        add(model, rows, &count, "stop", part->name);
        add(model, rows, &count, part->paused ? "resume" : "pause", part->name);
    } else if (catalog[part->kind]->process) {
        add(model, rows, &count, "start", part->name);
    }
    const struct part *machine = look_part_id(&model->look, part->machine);
    if (!machine || part->kind == KIND_LINK)
        return count;
    add(model, rows, &count, machine->up ? "power-cut" : "power-on", machine->name);
    if (machine->up) {
        add(model, rows, &count, "isolate", machine->name);
        add(model, rows, &count, "fill-disk", machine->name);
    }
    add(model, rows, &count, "heal", "all");
    return count;
}

static unsigned of_step(const struct model *model, struct panel_row *rows)
{
    const struct lesson_text *text = flow_text(model);
    unsigned count = 0;
    enum lesson_step step = model->flow.step;
    for (uint32_t i = 0; i < text->block_count[step] && count < PANEL_MAX; i++) {
        const struct block *block = &text->blocks[step][i];
        struct command command;
        struct error error;
        if (block->kind != BLOCK_COMMAND || !flow_shows(model, step, block) ||
            !language_split(&command, block->words, 0, &error))
            continue;
        struct text line = TEXT(rows[count].line);
        language_join(&line, &command);
        const char *remark = strstr(block->words, "# ");
        const char *words =
            remark ? remark + 2 : word_verb(model->language, command_word(&command, 0));
        snprintf(rows[count].words, sizeof rows[count].words, "%s", words ? words : "");
        count++;
    }
    return count;
}

/* Of twins, what is done while one is looked at alone is done to that one. */
static void for_one(const struct model *model, struct panel_row *row)
{
    char prefix[40], line[sizeof row->line];
    const char *colon = strchr(row->line, ':');
    if (!*twins_prefix(model, prefix) || (colon && colon < row->line + strcspn(row->line, " ")))
        return;
    snprintf(line, sizeof line, "%s%.*s", prefix, (int)(sizeof line - sizeof prefix), row->line);
    memcpy(row->line, line, sizeof line);
}

unsigned panel_rows(const struct model *model, struct panel_row rows[PANEL_MAX])
{
    bool step = flow_active(model) && (model->screen == PLACE_TRY || model->screen == PLACE_WATCH ||
                                       model->screen == PLACE_VARY);
    unsigned count = step ? of_step(model, rows) : 0;
    count = count ? count : of_part(model, rows);
    for (unsigned i = 0; i < count; i++)
        for_one(model, &rows[i]);
    return count;
}
