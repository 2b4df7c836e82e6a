/* The prompt: any command of the language, with the lines before it and completion from the tables.
 */
#include "lab/app/prompt.h"

#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/twins.h"

void prompt_open(struct model *model, const char *text)
{
    model->asking = FIELD_COMMAND;
    model->twins.forking = false;
    model->message[0] = 0;
    model->prompt.at = model->prompt.count;
    field_set(&model->field, text);
    model->redraw = true;
}

static void keep(struct prompt *prompt, const char *line)
{
    if (prompt->count && strcmp(prompt->lines[prompt->count - 1], line) == 0)
        return;
    if (prompt->count == HISTORY_LINES) {
        memmove(prompt->lines[0], prompt->lines[1], sizeof prompt->lines - LINE_BYTES);
        prompt->count--;
    }
    snprintf(prompt->lines[prompt->count++], LINE_BYTES, "%s", line);
}

void prompt_commit(struct model *model)
{
    char line[LINE_BYTES];
    snprintf(line, sizeof line, "%s", model->field.text);
    size_t start = strspn(line, " :");
    if (line[start] == 0) {
        model->asking = FIELD_NONE;
        model->message[0] = 0;
        return;
    }
    keep(&model->prompt, line);
    model->prompt.at = model->prompt.count;
    if (twins_fork(model, line + start)) {
        flow_changed(model, line + start);
        if (model->asking == FIELD_COMMAND)
            model->asking = FIELD_NONE;
    } else if (model->wrong) {
        model->wrong += (uint32_t)start;
    }
}

void prompt_older(struct model *model, int by)
{
    struct prompt *prompt = &model->prompt;
    if (by > 0 ? prompt->at == 0 : prompt->at == prompt->count)
        return;
    prompt->at = by > 0 ? prompt->at - 1 : prompt->at + 1;
    field_set(&model->field, prompt->at == prompt->count ? "" : prompt->lines[prompt->at]);
}

struct completion {
    char common[128];
    unsigned count;
    struct text list;
};

static void candidate(void *user, const char *word, const char *help)
{
    struct completion *completion = user;
    (void)help;
    if (completion->count++ == 0) {
        snprintf(completion->common, sizeof completion->common, "%s", word);
    } else {
        size_t same = 0;
        while (completion->common[same] && completion->common[same] == word[same])
            same++;
        completion->common[same] = 0;
        text_add(&completion->list, "  ");
    }
    text_add(&completion->list, word);
}

void prompt_complete(struct model *model)
{
    struct field *field = &model->field;
    char before[FIELD_BYTES];
    struct completion completion = {.list = TEXT(model->message)};
    memcpy(before, field->text, field->cursor);
    before[field->cursor] = 0;
    const char *line = before + strspn(before, ":");
    text_clear(&completion.list);
    model->wrong = 0;
    session_complete(model->session, line, candidate, &completion);
    if (completion.count == 0)
        return;
    if (completion.list.cut) /* there are more than have room */
        memcpy(model->message + completion.list.used - 3, "...", 3);
    /* The words replace the last one typed: only what is beyond it is put in. */
    size_t typed = 0, start = strlen(line);
    while (start && line[start - 1] != ' ')
        start--;
    const char *last = line + start;
    while (*last && strncmp(completion.common, last, strlen(last)) != 0)
        last++;
    typed = strlen(last);
    field_insert(field, completion.common + typed);
    if (completion.count == 1) {
        model->message[0] = 0;
        if (completion.common[strlen(completion.common) - 1] != '=')
            field_insert(field, " ");
    }
}

void prompt_touched(struct model *model)
{
    if (model->asking != FIELD_NOTE) /* what will be noted stands there */
        model->message[0] = 0;
}
