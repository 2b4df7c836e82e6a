/* Search over the tables of kinds, the list of errors and the lessons' texts. */
#include "lab/app/search.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ASCII letters in either case; `-` and `_` are one. */
static bool has(const char *words, const char *wanted)
{
    size_t length = strlen(wanted);
    for (; *words; words++) {
        size_t i = 0;
        while (i < length && words[i]) {
            char a = (char)tolower((unsigned char)words[i]),
                 b = (char)tolower((unsigned char)wanted[i]);
            if ((a == '_' ? '-' : a) != (b == '_' ? '-' : b))
                break;
            i++;
        }
        if (i == length)
            return true;
    }
    return false;
}

static void add_row(struct text *to, const char *kind, const char *name, const char *help)
{
    text_add(to, kind);
    text_add(to, " ");
    text_add(to, name);
    text_add(to, ": ");
    text_add(to, help);
    text_add(to, "\n");
}

static void search_kinds(const struct model *model, const char *wanted, struct text *to)
{
    bool korean = model->language == LANGUAGE_KO;
    for (unsigned k = 0; k < KIND_COUNT; k++) {
        const struct kind *kind = catalog[k];
        if (!kind)
            continue;
        for (unsigned i = 0; i < kind->parameter_count; i++) {
            const struct parameter *row = &kind->parameters[i];
            const char *help = korean ? row->ko : row->en;
            if (has(row->name, wanted) || has(help, wanted))
                add_row(to, kind->name, row->name, help);
        }
        for (unsigned i = 0; i < kind->metric_count; i++) {
            const struct metric *row = &kind->metrics[i];
            const char *help = korean ? row->ko : row->en;
            if (has(row->name, wanted) || has(help, wanted))
                add_row(to, kind->name, row->name, help);
        }
    }
}

static void search_errors(const struct model *model, const char *wanted, struct text *to)
{
    for (unsigned i = ERROR_NONE + 1; i < ERROR_COUNT; i++) {
        char words[400];
        struct text sentence = TEXT(words);
        struct error error;
        error_set(&error, (enum error_id)i, 0, "A", "B", "C", "D");
        text_clear(&sentence);
        error_add(&sentence, &error, model->language);
        if (!has(words, wanted))
            continue;
        text_add(to, word_in(model->language, WORD_ERROR_TEXT));
        text_add(to, ": ");
        text_add(to, words);
        text_add(to, "\n");
    }
}

static bool lesson_speaks(const struct lesson_text *text, const char *wanted)
{
    for (unsigned step = 0; step < STEP_COUNT; step++)
        for (uint32_t i = 0; i < text->block_count[step]; i++)
            if (text->blocks[step][i].words && has(text->blocks[step][i].words, wanted))
                return true;
    return false;
}

void search_run(struct model *model)
{
    char wanted[FIELD_BYTES];
    struct text to = TEXT(model->answer);
    snprintf(wanted, sizeof wanted, "%s", model->field.text + strspn(model->field.text, " "));
    text_clear(&to);
    if (!*wanted)
        return;
    for (uint32_t i = 0; i < model->home.lesson_count; i++) {
        const struct lesson *lesson = model->home.lessons[i];
        char number[24];
        snprintf(number, sizeof number, "%u", lesson->number);
        if (lesson_speaks(&lesson->text[model->language], wanted))
            add_row(&to, model_say(model, WORD_LESSON), number,
                    lesson->text[model->language].title);
    }
    search_kinds(model, wanted, &to);
    search_errors(model, wanted, &to);
    if (!to.used) {
        model_tell(model, "%s", model_say(model, WORD_NOT_FOUND));
        return;
    }
    snprintf(model->last_command, sizeof model->last_command, "/ %.300s", wanted);
    model->asking = FIELD_NONE;
    model->overlay = OVERLAY_ANSWER;
    model->scroll = 0;
}
