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

/* "appendfsync=everysec  always|everysec|no": its default, what it takes, and when. */
static void parameter_add_about(struct text *text, const struct parameter *row,
                                enum language language)
{
    const char *initial = row->initial ? row->initial : "";
    enum unit unit = row->unit == UNIT_REDIS ? UNIT_SIZE : row->unit; /* bytes with their unit */
    bool quoted = !initial[0] || strchr(initial, ' ');
    text_add(text, row->name);
    text_add(text, quoted ? "=\"" : "=");
    text_add(text, initial);
    text_add(text, quoted ? "\"  " : "  ");
    if (row->unit == UNIT_BOOLEAN) {
        text_add(text, "yes|no");
    } else if (row->unit == UNIT_TEXT || row->unit == UNIT_CHOICE) {
        text_add(text, row->named ? row->named : in(language, "words", "글자"));
    } else {
        value_add_exact(text, row->minimum, unit, NULL);
        text_add(text, "..");
        value_add_exact(text, row->maximum, unit, NULL);
        for (const char *named = row->named; named; named = strchr(named, '|')) {
            named += *named == '|';
            text_add_char(text, '|');
            text_add_bytes(text, named, strcspn(named, "=|"));
        }
    }
    if (!row->running)
        text_add(text, in(language, "; only when adding", "; 만들 때만"));
}

static void metric_add_about(struct text *text, const struct kind *kind, const struct metric *row,
                             enum language language)
{
    unsigned place = (unsigned)(row - kind->metrics);
    const char *named = kind->metric_named ? kind->metric_named(place) : NULL;
    bool counter = row->type == METRIC_COUNTER;
    text_add(text, row->name);
    text_add(text, "  ");
    text_add(text, named ? named : unit_name(row->unit));
    text_add(text,
             counter ? in(language, ", counter", ", 카운터") : in(language, ", gauge", ", 게이지"));
}

/* As an answer to `help NAME`: of which kind it is comes first. */
static void parameter_row_add(struct text *text, const struct kind *kind,
                              const struct parameter *row, enum language language)
{
    text_add(text, kind->name);
    text_add_char(text, ' ');
    parameter_add_about(text, row, language);
    usage_add(text, "", in(language, row->en, row->ko));
}

static void metric_row_add(struct text *text, const struct kind *kind, const struct metric *row,
                           enum language language)
{
    text_add(text, kind->name);
    text_add_char(text, '.');
    metric_add_about(text, kind, row, language);
    usage_add(text, "", in(language, row->en, row->ko));
}

/* A row under its kind: what it is, and under that its sentence. */
static void sentence_add(struct text *text, const char *sentence)
{
    text_add(text, "\n      ");
    text_add(text, sentence);
    text_add_char(text, '\n');
}

void help_kind_add(struct text *text, const struct kind *kind, enum language language)
{
    text_add(text, kind->name);
    text_add(text, ": ");
    text_add(text, in(language, kind->en, kind->ko));
    text_add(text, kind->parameter_count ? in(language, "\n parameters\n", "\n 설정\n") : "\n");
    for (unsigned i = 0; i < kind->parameter_count; i++) {
        const struct parameter *row = &kind->parameters[i];
        text_add(text, "  ");
        parameter_add_about(text, row, language);
        sentence_add(text, in(language, row->en, row->ko));
    }
    if (kind->metric_count)
        text_add(text, in(language, " metrics\n", " 지표\n"));
    for (unsigned i = 0; i < kind->metric_count; i++) {
        const struct metric *row = &kind->metrics[i];
        text_add(text, "  ");
        metric_add_about(text, kind, row, language);
        sentence_add(text, in(language, row->en, row->ko));
    }
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
