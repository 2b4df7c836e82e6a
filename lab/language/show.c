/*
 * What a part is and how it stands: show, and the reports.
 */
#include <string.h>

#include "lab/language/parts.h"
#include "sim/engine/need.h"
#include "sim/net/deliveries.h"
#include "sim/net/link.h"
#include "sim/net/pair.h"
#include "sim/server/server.h"
#include "sim/store/ledger.h"
#include "sim/store/sentinel.h"
#include "sim/store/store.h"

#define LOG_LINES         8
#define COLUMN_CELLS      30
#define REPORT_LEDGER     "ledger"
#define REPORT_VARIANTS   "variants"
#define REPORT_NAME_CELLS 15
#define REPORT_CELLS      9

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
                        const struct kind *kind, const char *part)
{
    char name[NAME_BYTES + 64];
    struct text full = TEXT(name);
    struct metric_ref metric;
    struct error error;
    struct value value;
    for (unsigned i = 0; i < kind->metric_count; i++) {
        size_t at = text->used;
        full_name(&full, part, kind->metrics[i].name);
        if (session_hidden(session, name))
            continue;
        text_add(text, "  ");
        text_add(text, kind->metrics[i].name);
        pad_to(text, at, COLUMN_CELLS);
        bool known =
            world_metric(world, name, &metric, &error) && world_read(world, metric, &value);
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
    const struct kind *kind = component_kind(world, id);
    text_clear(&text);
    head_say(session, &text, world, id);
    if (kind->parameter_count)
        text_add(&text, korean(session) ? " 설정\n" : " parameters\n");
    parameters_say(&text, world, id);
    if (kind->metric_count)
        text_add(&text, korean(session) ? " 지표\n" : " metrics\n");
    metrics_say(session, &text, world, kind, component_at(world, id)->name);
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

/* The way between two machines: their link, or the network's defaults when they have none. */
static void way_say(struct session *session, uint32_t variant, uint32_t a, uint32_t b)
{
    struct world *world = session->variants[variant].world;
    struct text text = {session->answer, sizeof session->answer, 0, false};
    char name[NAME_BYTES];
    struct text way = TEXT(name);
    uint32_t link = link_find(world, a, b);
    if (link) {
        part_say(session, variant, link);
        return;
    }
    text_clear(&way);
    text_add(&way, component_at(world, a)->name);
    text_add_char(&way, '~');
    text_add(&way, component_at(world, b)->name);
    text_clear(&text);
    text_add(&text, name);
    text_add(&text, korean(session) ? "  link\n 설정 (network의 기본값)\n"
                                    : "  link\n parameters (the network's defaults)\n");
    parameters_say(&text, world, world->network);
    text_add(&text, korean(session) ? " 지표\n" : " metrics\n");
    metrics_say(session, &text, world, catalog[KIND_LINK], name);
    session_say(session, (int32_t)variant, session->answer);
}

/* show NAME, show A~B, show A B, show A -> B */
static bool show_in(struct session *session, uint32_t variant, struct call *call)
{
    struct world *world = session->variants[variant].world;
    const struct command *command = call->command;
    const char *usage = lab_command_find("show")->usage;
    uint32_t a, b, id = command->count == 2 ? component_find(world, command_word(command, 1)) : 0;
    bool both;
    if (id) {
        part_say(session, variant, id);
        return true;
    }
    if (command->count == 2 && !strchr(command_word(command, 1), '~'))
        return need_component(world, command, 1, call->error) != 0;
    int taken = pair_of_machines(world, command, 1, &a, &b, &both, call->error);
    if (taken == 0)
        return need_count(command, 2, 2, usage, call->error);
    if (taken < 0 || !need_count(command, 2, 1 + (unsigned)taken, usage, call->error))
        return false;
    way_say(session, variant, a, b);
    return true;
}

bool act_show(struct session *session, struct call *call)
{
    if (!need_count(call->command, 2, 4, lab_command_find("show")->usage, call->error))
        return false;
    for (uint32_t i = 0; i < session->variant_count; i++)
        if ((call->mask & 1u << i) && !show_in(session, i, call))
            return false;
    return true;
}

/* --- reports ---------------------------------------------------------------------------------- */

static void ledger_say(struct session *session, uint32_t variant)
{
    struct text text = {session->answer, sizeof session->answer, 0, false};
    text_clear(&text);
    ledger_report(session->variants[variant].world, &text, session->options.language);
    session_say(session, (int32_t)variant, session->answer);
}

static void deliveries_say(struct session *session, uint32_t variant)
{
    bool ko = session->options.language == LANGUAGE_KO;
    struct text text = {session->answer, sizeof session->answer, 0, false};
    text_clear(&text);
    deliveries_report(session->variants[variant].world, &text, session->options.language);
    if (text.used == 0)
        text_add(&text, ko ? "아직 보낸 메시지가 없습니다.\n" : "No messages yet.\n");
    session_say(session, (int32_t)variant, session->answer);
}

static const char *const machine_columns[] = {
    "up", "cpu", "ram_used", "page_cache_dirty", "disk_used", "disk_busy", NULL};

/* A row of the table, short as on a screen; of no machine (0) the names of its columns. */
static void machine_say(struct session *session, struct text *text, struct world *world,
                        uint32_t id)
{
    char name[NAME_BYTES + 64];
    struct text full = TEXT(name);
    struct value value;
    size_t at = text->used;
    const char *machine = id ? component_at(world, id)->name : "machine";
    text_add(text, machine);
    for (const char *const *column = machine_columns; *column; column++) {
        size_t cells = strlen(*column) > REPORT_CELLS ? strlen(*column) : REPORT_CELLS;
        int row = metric_find(catalog[KIND_MACHINE], *column);
        pad_to(text, at, column == machine_columns ? REPORT_NAME_CELLS : 0);
        text_add_char(text, ' ');
        at = text->used;
        full_name(&full, machine, *column);
        if (!id)
            text_add(text, *column);
        else if (row >= 0 && !session_hidden(session, name) &&
                 metric_read(world, id, (unsigned)row, &value))
            value_add_screen(text, &value);
        if (column[1])
            while (text->used - at < cells)
                text_add_char(text, ' ');
    }
    text_add_char(text, '\n');
}

static void machines_say(struct session *session, uint32_t variant)
{
    struct world *world = session->variants[variant].world;
    struct text text = {session->answer, sizeof session->answer, 0, false};
    text_clear(&text);
    machine_say(session, &text, world, 0);
    for (uint32_t id = component_next(world, 0, KIND_MACHINE); id;
         id = component_next(world, id, KIND_MACHINE))
        machine_say(session, &text, world, id);
    session_say(session, (int32_t)variant, session->answer);
}

static void sentinels_say(struct session *session, uint32_t variant)
{
    struct text text = {session->answer, sizeof session->answer, 0, false};
    text_clear(&text);
    sentinel_report(session->variants[variant].world, &text, session->options.language);
    session_say(session, (int32_t)variant, session->answer);
}

static void replication_say(struct session *session, uint32_t variant)
{
    struct text text = {session->answer, sizeof session->answer, 0, false};
    text_clear(&text);
    store_replication_report(session->variants[variant].world, &text, session->options.language);
    session_say(session, (int32_t)variant, session->answer);
}

/* What one of a kind tells by these metrics is asked for. */
static bool kind_hidden(const struct session *session, unsigned kind, const char *const metrics[])
{
    const struct world *world = session->variants[0].world;
    for (uint32_t id = 0; (id = component_next(world, id, kind)) != 0;)
        for (size_t i = 0; metrics[i]; i++) {
            char name[NAME_BYTES + 64];
            struct text full = TEXT(name);
            full_name(&full, component_at(world, id)->name, metrics[i]);
            if (session_hidden(session, name))
                return true;
        }
    return false;
}

static bool sentinels_hidden(const struct session *session)
{
    static const char *const metrics[] = {"master", "odown", "sdown", "failovers", NULL};
    return kind_hidden(session, KIND_SENTINEL, metrics);
}

static bool replication_hidden(const struct session *session)
{
    static const char *const metrics[] = {
        "role", "master_repl_offset", "replica_lag", "slave_repl_offset", "master_link_status",
        NULL};
    return kind_hidden(session, KIND_STORE, metrics);
}

static bool availability_hidden(const struct session *session)
{
    static const char *const metrics[] = {"acked",      "refused", "timed_out", "availability",
                                          "deliveries", "missed",  NULL};
    return kind_hidden(session, KIND_CLIENT, metrics);
}

static bool walls_hidden(const struct session *session)
{
    static const char *const metrics[] = {"connections", "accepted",  "threads_busy", "queued",
                                          "heap_live",   "heap_used", "gc_count",     NULL};
    return kind_hidden(session, KIND_SERVER, metrics);
}

static bool spof_hidden(const struct session *session)
{
    return session_hidden(session, "spof.parts");
}

/* They tell of each write and message: any prediction may hang on them. */
static bool always_hidden(const struct session *session)
{
    (void)session;
    return true;
}

static void walls_say(struct session *session, uint32_t variant)
{
    struct text text = {session->answer, sizeof session->answer, 0, false};
    text_clear(&text);
    server_walls_report(session->variants[variant].world, &text, session->options.language);
    session_say(session, (int32_t)variant, session->answer);
}

bool act_report(struct session *session, struct call *call)
{
    static const struct report {
        const char *name;
        void (*say)(struct session *session, uint32_t variant);
        bool (*hidden)(const struct session *session); /* asked while a prediction is open */
    } reports[] = {{REPORT_LEDGER, ledger_say, always_hidden},
                   {"deliveries", deliveries_say, always_hidden},
                   {"machines", machines_say, NULL},
                   {"spof", spof_say, spof_hidden},
                   {"sentinels", sentinels_say, sentinels_hidden},
                   {"replication", replication_say, replication_hidden},
                   {"availability", availability_say, availability_hidden},
                   {"walls", walls_say, walls_hidden},
                   {NULL, NULL, NULL}};
    const char *name = command_word(call->command, 1);
    const struct report *report = reports;
    if (strcmp(name, "ladder") == 0)
        return act_report_ladder(session, call);
    if (!need_count(call->command, 2, 2, lab_command_find("report")->usage, call->error))
        return false;
    if (strcmp(name, REPORT_VARIANTS) == 0)
        return report_variants(session, call);
    while (report->name && strcmp(report->name, name) != 0)
        report++;
    if (!report->name)
        return error_set(call->error, ERROR_NO_REPORT, 1, name,
                         "ledger, deliveries, machines, spof, availability, sentinels",
                         "replication, walls, variants, ladder", NULL);
    if (session->hidden && report->hidden && report->hidden(session))
        return error_set(call->error, ERROR_HIDDEN, 1, name, NULL, NULL, NULL);
    for (uint32_t i = 0; i < session->variant_count; i++)
        if (call->mask & 1u << i)
            report->say(session, i);
    return true;
}
