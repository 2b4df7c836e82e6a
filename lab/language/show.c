/*
 * What a part is and how it stands: show, and the reports.
 */
#include <string.h>

#include "lab/language/parts.h"
#include "sim/engine/need.h"
#include "sim/store/ledger.h"

#define LOG_LINES     8
#define COLUMN_CELLS  30
#define REPORT_LEDGER "ledger"

static bool korean(const struct session *session)
{
    return session->options.language == LANGUAGE_KO;
}

static void pad_to(struct text *text, size_t line_at, size_t cells)
{
    while (text->used - line_at < cells)
        text_add_char(text, ' ');
    text_add_char(text, ' ');
}

static void parameters_say(struct text *text, const struct world *world, uint32_t id)
{
    const struct kind *kind = component_kind(world, id);
    for (unsigned i = 0; i < kind->parameter_count; i++) {
        const struct parameter *row = &kind->parameters[i];
        size_t at = text->used;
        text_add(text, "  ");
        text_add(text, row->name);
        pad_to(text, at, COLUMN_CELLS);
        parameter_add(text, world, row, parameter_get(world, id, i));
        text_add_char(text, '\n');
    }
}

static void full_name(struct text *text, const char *part, const char *metric)
{
    text_clear(text);
    text_add(text, part);
    text_add_char(text, '.');
    text_add(text, metric);
}

static void metrics_say(struct session *session, struct text *text, struct world *world,
                        uint32_t id)
{
    const struct kind *kind = component_kind(world, id);
    const char *part = component_at(world, id)->name;
    char name[NAME_BYTES + 64];
    struct text full = TEXT(name);
    struct value value;
    for (unsigned i = 0; i < kind->metric_count; i++) {
        size_t at = text->used;
        full_name(&full, part, kind->metrics[i].name);
        if (session_hidden(session, name))
            continue;
        text_add(text, "  ");
        text_add(text, kind->metrics[i].name);
        pad_to(text, at, COLUMN_CELLS);
        bool known = metric_read(world, id, i, &value);
        found_add(text, &value, known, session->options.language);
        text_add_char(text, '\n');
    }
}

static void head_say(const struct session *session, struct text *text, const struct world *world,
                     uint32_t id)
{
    const struct component *part = component_at(world, id);
    const struct kind *kind = component_kind(world, id);
    bool ko = korean(session);
    text_add(text, part->name);
    text_add(text, "  ");
    text_add(text, kind->name);
    if (part->machine && part->machine != id) {
        text_add(text, "  on ");
        text_add(text, component_at(world, part->machine)->name);
    }
    if (kind->process || part->machine == id) {
        text_add(text, "  ");
        text_add(text, part->paused ? (ko ? "멈춰 세움" : "paused")
                       : part->up   ? (ko ? "켜짐" : "up")
                                    : (ko ? "꺼짐" : "down"));
    }
    text_add_char(text, '\n');
}

static void part_say(struct session *session, uint32_t variant, uint32_t id)
{
    struct world *world = session->variants[variant].world;
    struct text text = {session->answer, sizeof session->answer, 0, false};
    text_clear(&text);
    head_say(session, &text, world, id);
    text_add(&text, korean(session) ? " 설정\n" : " parameters\n");
    parameters_say(&text, world, id);
    text_add(&text, korean(session) ? " 지표\n" : " metrics\n");
    metrics_say(session, &text, world, id);
    if (!hidden_part(session, component_at(world, id)->name)) {
        size_t before = text.used;
        text_add(&text, korean(session) ? " 로그\n" : " log\n");
        size_t at = text.used;
        component_log_add(world, id, &text, LOG_LINES);
        if (text.used == at) {
            text.used = before;
            text.at[before] = 0;
        } else if (text.at[text.used - 1] != '\n') {
            text_add_char(&text, '\n');
        }
    }
    session_say(session, (int32_t)variant, session->answer);
}

bool act_show(struct session *session, struct call *call)
{
    if (!need_count(call->command, 2, 2, "show NAME", call->error))
        return false;
    for (uint32_t i = 0; i < session->variant_count; i++) {
        if (!(call->mask & 1u << i))
            continue;
        uint32_t id = need_component(session->variants[i].world, call->command, 1, call->error);
        if (!id)
            return false;
        part_say(session, i, id);
    }
    return true;
}

/* --- reports
 * -------------------------------------------------------------------------------------- */

static void ledger_say(struct session *session, uint32_t variant)
{
    struct text text = {session->answer, sizeof session->answer, 0, false};
    text_clear(&text);
    ledger_report(session->variants[variant].world, &text, session->options.language);
    session_say(session, (int32_t)variant, session->answer);
}

static void machine_say(struct session *session, struct text *text, struct world *world,
                        uint32_t id)
{
    static const char *const columns[] = {"up",        "cpu",       "ram_used", "page_cache_dirty",
                                          "disk_used", "disk_busy", NULL};
    char name[NAME_BYTES + 64];
    struct text full = TEXT(name);
    struct value value;
    const char *machine = component_at(world, id)->name;
    text_add(text, machine);
    for (const char *const *column = columns; *column; column++) {
        int row = metric_find(component_kind(world, id), *column);
        full_name(&full, machine, *column);
        if (row < 0 || session_hidden(session, name))
            continue;
        text_add(text, "  ");
        text_add(text, *column);
        text_add_char(text, ' ');
        bool known = metric_read(world, id, (unsigned)row, &value);
        found_add(text, &value, known, session->options.language);
    }
    text_add_char(text, '\n');
}

static void machines_say(struct session *session, uint32_t variant)
{
    struct world *world = session->variants[variant].world;
    struct text text = {session->answer, sizeof session->answer, 0, false};
    text_clear(&text);
    for (uint32_t id = component_next(world, 0, KIND_MACHINE); id;
         id = component_next(world, id, KIND_MACHINE))
        machine_say(session, &text, world, id);
    session_say(session, (int32_t)variant, text.used ? session->answer : "-\n");
}

bool act_report(struct session *session, struct call *call)
{
    static const struct report {
        const char *name;
        void (*say)(struct session *session, uint32_t variant);
    } reports[] = {{REPORT_LEDGER, ledger_say}, {"machines", machines_say}, {NULL, NULL}};
    const char *name = command_word(call->command, 1);
    const struct report *report = reports;
    if (!need_count(call->command, 2, 2, lab_command_find("report")->usage, call->error))
        return false;
    while (report->name && strcmp(report->name, name) != 0)
        report++;
    if (!report->name)
        return error_set(call->error, ERROR_NO_REPORT, 1, name, "ledger, machines", NULL, NULL);
    if (session->hidden && report == reports)
        return error_set(call->error, ERROR_HIDDEN, 1, name, NULL, NULL, NULL);
    for (uint32_t i = 0; i < session->variant_count; i++)
        if (call->mask & 1u << i)
            report->say(session, i);
    return true;
}
