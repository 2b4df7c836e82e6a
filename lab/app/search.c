/* Search over the lessons' texts, the tables of kinds and the list of errors. */
#include "lab/app/search.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lab/app/flow.h"
#include "lab/app/home.h"
#include "lab/language/help.h"

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

/* What people say for it (GLOSSARY's words in brackets): understood here, not written elsewhere. */
static const struct {
    const char *said, *ours;
} synonyms[] = {
    {"손실", "유실"},     {"슬레이브", "레플리카"},  {"slave", "replica"},
    {"커넥션", "연결"},   {"장애 조치", "페일오버"}, {"장애조치", "페일오버"},
    {"정족수", "쿼럼"},   {"단일 장애", "SPOF"},     {"단일 실패", "SPOF"},
    {"레이턴시", "지연"}, {"쓰레드", "스레드"},      {"알람", "경보"},
    {"알림", "경보"},     {"시간 초과", "타임아웃"}, {"거부", "거절"},
    {"임곗값", "임계치"}, {"정전", "전원"},          {"강제 종료", "kill"},
    {"스냅샷", "RDB"},    {"이어쓰기", "AOF"},       {"라운드 트립", "왕복"},
    {"왕복 시간", "RTT"}, {"백업 주기", "save"},     {"single point", "SPOF"},
    {"full gc", "GC"},    {"stop-the-world", "GC"},  {"thundering herd", "reconnect"},
};

/* The word as it was typed, and as it is written here. */
struct wanted {
    const char *typed, *ours; /* ours: NULL when nobody says it otherwise */
};

static bool speaks(const char *words, const struct wanted *wanted)
{
    return has(words, wanted->typed) || (wanted->ours && has(words, wanted->ours));
}

/* --- rows ------------------------------------------------------------------------------------- */

static struct found_row *add_row(struct found *found, enum found_kind kind, const char *words)
{
    if (found->count == FOUND_MAX) {
        found->more = true;
        return NULL;
    }
    struct found_row *row = &found->rows[found->count++];
    struct text text = TEXT(row->words);
    memset(row, 0, sizeof *row);
    row->kind = kind;
    text_clear(&text);
    text_add(&text, words);
    return row;
}

static void add_help(struct found *found, const char *kind, const char *name, const char *help)
{
    char words[FOUND_BYTES];
    struct text text = TEXT(words);
    text_clear(&text);
    text_add(&text, kind);
    text_add(&text, " ");
    text_add(&text, name);
    text_add(&text, ": ");
    text_add(&text, help);
    struct found_row *row = add_row(found, FOUND_HELP, words);
    if (row)
        snprintf(row->name, sizeof row->name, "%s", name);
}

static void search_kinds(struct model *model, const struct wanted *wanted)
{
    bool korean = model->language == LANGUAGE_KO;
    for (unsigned k = 0; k < KIND_COUNT; k++) {
        const struct kind *kind = catalog[k];
        if (!kind)
            continue;
        for (unsigned i = 0; i < kind->parameter_count; i++) {
            const struct parameter *row = &kind->parameters[i];
            const char *help = korean ? row->ko : row->en;
            if (speaks(row->name, wanted) || speaks(help, wanted))
                add_help(&model->found, kind->name, row->name, help);
        }
        for (unsigned i = 0; i < kind->metric_count; i++) {
            const struct metric *row = &kind->metrics[i];
            const char *help = korean ? row->ko : row->en;
            if (speaks(row->name, wanted) || speaks(help, wanted))
                add_help(&model->found, kind->name, row->name, help);
        }
    }
}

static void search_errors(struct model *model, const struct wanted *wanted)
{
    for (unsigned i = ERROR_NONE + 1; i < ERROR_COUNT; i++) {
        char words[400], whole[FOUND_BYTES];
        struct text sentence = TEXT(words), text = TEXT(whole);
        struct error error;
        error_set(&error, (enum error_id)i, 0, "A", "B", "C", "D");
        text_clear(&sentence);
        error_add(&sentence, &error, model->language);
        if (!speaks(words, wanted))
            continue;
        text_clear(&text);
        text_add(&text, word_in(model->language, WORD_ERROR_TEXT));
        text_add(&text, ": ");
        text_add(&text, words);
        add_row(&model->found, FOUND_ERROR, whole);
    }
}

/* The first step that speaks of it, STEP_COUNT none. */
static unsigned step_of(const struct lesson_text *text, const struct wanted *wanted)
{
    for (unsigned step = 0; step < STEP_REVIEW; step++)
        for (uint32_t i = 0; i < text->block_count[step]; i++)
            if (text->blocks[step][i].words && speaks(text->blocks[step][i].words, wanted))
                return step;
    return speaks(text->title, wanted) || speaks(text->asks, wanted) ? 0 : STEP_COUNT;
}

static void search_lessons(struct model *model, const struct wanted *wanted)
{
    for (uint32_t i = 0; i < model->home.lesson_count; i++) {
        const struct lesson *lesson = home_open(model, i);
        if (!lesson)
            continue;
        const struct lesson_text *text = &lesson->text[model->language];
        unsigned step = step_of(text, wanted);
        char words[FOUND_BYTES];
        if (step == STEP_COUNT)
            continue;
        snprintf(words, sizeof words, "%s %u %s (%s)", model_say(model, WORD_LESSON),
                 lesson->number, text->title, model_say(model, WORD_STEP_BRIEF + step));
        struct found_row *row = add_row(&model->found, FOUND_LESSON, words);
        if (row)
            row->lesson = i;
    }
}

void search_run(struct model *model)
{
    struct found *found = &model->found;
    char typed[FIELD_BYTES];
    struct wanted wanted = {.typed = typed};
    snprintf(typed, sizeof typed, "%s", model->field.text + strspn(model->field.text, " "));
    if (!*typed)
        return;
    for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++)
        if (has(typed, synonyms[i].said))
            wanted.ours = synonyms[i].ours;
    struct found before = *found; /* stays when nothing is found */
    memset(found, 0, sizeof *found);
    struct text text = TEXT(found->wanted);
    text_add(&text, typed);
    search_lessons(model, &wanted);
    search_kinds(model, &wanted);
    search_errors(model, &wanted);
    if (!found->count) {
        *found = before;
        model_tell(model, "%s", model_say(model, WORD_NOT_FOUND));
        return;
    }
    model->message[0] = 0;
    model->asking = FIELD_NONE;
    if (model->screen != PLACE_FOUND)
        model_show(model, PLACE_FOUND);
}

/* The help of a name, or the whole sentence of an error, lies over the screen. */
static void show_help(struct model *model, const struct found_row *row)
{
    struct text to = TEXT(model->answer);
    struct error error;
    text_clear(&to);
    text_add(&to, row->words);
    text_add(&to, "\n\n");
    size_t before = to.used;
    if (row->kind == FOUND_HELP && !help_add(&to, row->name, model->language, &error))
        to.at[to.used = before] = 0;
    snprintf(model->last_command, sizeof model->last_command, "%s %.40s",
             row->kind == FOUND_HELP ? "help" : "/",
             row->kind == FOUND_HELP ? row->name : model->found.wanted);
    model->overlay = OVERLAY_ANSWER;
    model->scroll = 0;
}

void search_follow(struct model *model)
{
    const struct found *found = &model->found;
    if (found->cursor >= found->count)
        return;
    const struct found_row *row = &found->rows[found->cursor];
    if (row->kind == FOUND_LESSON)
        flow_open(model, row->lesson);
    else
        show_help(model, row);
}
