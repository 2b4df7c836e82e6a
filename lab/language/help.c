/*
 * Help on a topic, from the tables: commands, kinds, parameters, metrics.
 */
#include "lab/language/help.h"

#include <string.h>

#include "lab/language/parts.h"
#include "sim/engine/need.h"

static const char *in(enum language language, const char *en, const char *ko)
{
    return language == LANGUAGE_KO ? ko : en;
}

static void row_add(struct text *text, const char *usage, const char *sentence, size_t cells)
{
    size_t at = text->used;
    text_add(text, "  ");
    text_add(text, usage);
    do
        text_add_char(text, ' ');
    while (text->used - at < cells);
    text_add(text, sentence);
    text_add_char(text, '\n');
}

static void usage_add(struct text *text, const char *usage, const char *sentence)
{
    text_add(text, usage);
    text_add(text, "\n  ");
    text_add(text, sentence);
    text_add_char(text, '\n');
}

static void parameter_row_add(struct text *text, const struct kind *kind,
                              const struct parameter *row, enum language language)
{
    char words[512];
    struct text usage = TEXT(words);
    text_clear(&usage);
    text_add(&usage, kind->name);
    text_add_char(&usage, ' ');
    text_add(&usage, row->name);
    text_add_char(&usage, '=');
    text_add(&usage, row->initial && row->initial[0] ? row->initial : "\"\"");
    if (row->unit == UNIT_CHOICE && row->named) {
        text_add(&usage, " (");
        text_add(&usage, row->named);
        text_add_char(&usage, ')');
    } else if (row->unit != UNIT_BOOLEAN && row->unit != UNIT_TEXT && row->unit != UNIT_CHOICE) {
        text_add(&usage, " (");
        value_add_exact(&usage, row->minimum, row->unit, NULL);
        text_add(&usage, " .. ");
        value_add_exact(&usage, row->maximum, row->unit, row->named);
        text_add_char(&usage, ')');
    }
    if (!row->running)
        text_add(&usage, in(language, ", only when adding", ", 만들 때만"));
    usage_add(text, words, in(language, row->en, row->ko));
}

static void metric_row_add(struct text *text, const struct kind *kind, const struct metric *row,
                           enum language language)
{
    char words[128];
    struct text usage = TEXT(words);
    text_clear(&usage);
    text_add(&usage, kind->name);
    text_add_char(&usage, '.');
    text_add(&usage, row->name);
    text_add(&usage, " (");
    text_add(&usage, unit_name(row->unit));
    text_add_char(&usage, ')');
    usage_add(text, words, in(language, row->en, row->ko));
}

void help_kind_add(struct text *text, const struct kind *kind, enum language language)
{
    text_add(text, kind->name);
    text_add(text, ": ");
    text_add(text, in(language, kind->en, kind->ko));
    text_add_char(text, '\n');
    for (unsigned i = 0; i < kind->parameter_count; i++)
        row_add(text, kind->parameters[i].name,
                in(language, kind->parameters[i].en, kind->parameters[i].ko), 34);
    if (kind->metric_count)
        text_add(text, in(language, " metrics\n", " 지표\n"));
    for (unsigned i = 0; i < kind->metric_count; i++)
        row_add(text, kind->metrics[i].name, in(language, kind->metrics[i].en, kind->metrics[i].ko),
                34);
}

static void list_add(struct text *text, enum language language)
{
    text_add(text, in(language, "the world\n", "세계\n"));
    for (const struct verb *verb = verbs; verb->name; verb++)
        row_add(text, verb->usage, in(language, verb->en, verb->ko), 50);
    text_add(text, in(language, "the lab\n", "실험실\n"));
    for (const struct lab_command *row = lab_commands; row->name; row++)
        if (!(row->flags & COMMAND_LESSON))
            row_add(text, row->usage, in(language, row->en, row->ko), 50);
    text_add(text, in(language, "kinds\n", "종류\n"));
    for (unsigned i = 1; i < KIND_COUNT; i++)
        row_add(text, catalog[i]->name, in(language, catalog[i]->en, catalog[i]->ko), 50);
}

/* What a topic is compared with: each name of the tables, once. */
typedef void name_visitor(void *user, const char *name);

static void names_visit(name_visitor *visit, void *user)
{
    for (const struct verb *verb = verbs; verb->name; verb++)
        visit(user, verb->name);
    for (const struct lab_command *row = lab_commands; row->name; row++)
        visit(user, row->name);
    for (unsigned k = 1; k < KIND_COUNT; k++) {
        visit(user, catalog[k]->name);
        for (unsigned i = 0; i < catalog[k]->parameter_count; i++)
            visit(user, catalog[k]->parameters[i].name);
        for (unsigned i = 0; i < catalog[k]->metric_count; i++)
            visit(user, catalog[k]->metrics[i].name);
    }
}

struct guess {
    const char *topic, *best;
    unsigned distance;
};

static void guess_try(void *user, const char *name)
{
    struct guess *guess = user;
    nearest_try(guess->topic, name, &guess->best, &guess->distance);
}

static void kind_topic_add(struct text *text, const struct kind *kind, const char *topic,
                           enum language language)
{
    if (text_same_key(topic, kind->name))
        help_kind_add(text, kind, language);
    for (unsigned i = 0; i < kind->parameter_count; i++)
        if (text_same_key(topic, kind->parameters[i].name))
            parameter_row_add(text, kind, &kind->parameters[i], language);
    for (unsigned i = 0; i < kind->metric_count; i++)
        if (text_same_key(topic, kind->metrics[i].name))
            metric_row_add(text, kind, &kind->metrics[i], language);
}

bool help_add(struct text *text, const char *topic, enum language language, struct error *error)
{
    size_t before = text->used;
    if (!topic) {
        list_add(text, language);
        return true;
    }
    for (const struct verb *verb = verbs; verb->name; verb++)
        if (text_same_key(topic, verb->name))
            usage_add(text, verb->usage, in(language, verb->en, verb->ko));
    for (const struct lab_command *row = lab_commands; row->name; row++)
        if (text_same_key(topic, row->name))
            usage_add(text, row->usage, in(language, row->en, row->ko));
    for (unsigned k = 1; k < KIND_COUNT; k++)
        kind_topic_add(text, catalog[k], topic, language);
    if (text->used > before)
        return true;
    struct guess guess = {topic, "kinds", 99};
    names_visit(guess_try, &guess);
    return error_set(error, ERROR_NO_TOPIC, 1, topic, guess.best, NULL, NULL);
}

/* help [TOPIC] */
bool act_help(struct session *session, struct call *call)
{
    struct text text = {session->answer, sizeof session->answer, 0, false};
    const char *topic = call->command->count > 1 ? command_word(call->command, 1) : NULL;
    if (!need_count(call->command, 1, 2, "help [TOPIC]", call->error))
        return false;
    text_clear(&text);
    if (!help_add(&text, topic, session->options.language, call->error))
        return false;
    session_say(session, -1, session->answer);
    return true;
}
