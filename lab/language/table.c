/*
 * Variants side by side: a table with a row for each metric that differs, a column for each
 * variant.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/language/differ.h"
#include "lab/language/parts.h"

#define GAP 2

struct row {
    char name[2 * NAME_BYTES];
    uint64_t place; /* where it stands in the tables: client, process, the rest; part; metric */
};

struct table {
    struct session *session;
    struct row *rows;
    uint32_t count, limit;
    bool settings; /* of parameters */
};

/* --- its rows --------------------------------------------------------------------------------- */

static uint64_t place_of(const struct table *table, const struct difference *difference)
{
    const struct world *first = table->session->variants[0].world;
    char part[NAME_BYTES];
    struct text text = TEXT(part);
    text_clear(&text);
    text_add_bytes(&text, difference->name, strcspn(difference->name, "."));
    uint64_t id = component_find(first, part);
    if (id == 0) /* not in the first one: behind the others */
        id = UINT32_MAX >> 8;
    if (table->settings)
        return id << 16;
    uint64_t rank = difference->kind == catalog[KIND_CLIENT] ? 0
                    : difference->kind->process              ? 1
                                                             : 2;
    return rank << 48 | id << 16 | (uint64_t)(difference->metric - difference->kind->metrics);
}

/* In order, each once; equal places keep the order in which they came. */
static void row_found(void *user, const struct difference *difference)
{
    struct table *table = user;
    uint64_t place = place_of(table, difference);
    uint32_t at = table->count;
    for (uint32_t i = 0; i < table->count; i++)
        if (strcmp(table->rows[i].name, difference->name) == 0)
            return;
    table->rows = session_grow(table->rows, table->count, &table->limit, sizeof *table->rows);
    while (at > 0 && table->rows[at - 1].place > place)
        at--;
    memmove(table->rows + at + 1, table->rows + at, (table->count - at) * sizeof *table->rows);
    strcpy(table->rows[at].name, difference->name);
    table->rows[at].place = place;
    table->count++;
}

static void rows_take(struct table *table)
{
    struct session *session = table->session;
    struct world *first = session->variants[0].world;
    table->count = 0;
    for (uint32_t i = 1; i < session->variant_count; i++) {
        struct world *other = session->variants[i].world;
        if (table->settings)
            differ_settings(first, other, row_found, table);
        else
            differ_metrics(session, first, other, row_found, table);
    }
}

/* --- as text ---------------------------------------------------------------------------------- */

static bool setting_add(struct text *text, const struct world *world, const char *name)
{
    char part[NAME_BYTES];
    struct text of = TEXT(part);
    const char *point = strchr(name, '.');
    text_clear(&of);
    text_add_bytes(&of, name, (size_t)(point - name));
    uint32_t id = component_find(world, part);
    int row = id ? parameter_find(component_kind(world, id), point + 1) : -1;
    if (row < 0)
        return false;
    const struct parameter *parameter = &component_kind(world, id)->parameters[row];
    size_t at = text->used;
    parameter_add(text, world, parameter, parameter_get(world, id, (unsigned)row));
    if (text->used == at)
        text_add(text, "\"\"");
    return true;
}

static void cell_add(const struct table *table, const struct row *row, uint32_t i,
                     struct text *text)
{
    struct world *world = table->session->variants[i].world;
    struct metric_ref metric;
    struct value value;
    struct error error;
    if (table->settings ? setting_add(text, world, row->name)
                        : world_metric(world, row->name, &metric, &error) &&
                              world_read(world, metric, &value)) {
        if (!table->settings)
            value_add_screen(text, &value);
        return;
    }
    text_add_char(text, '-'); /* no such part, or no value yet */
}

/* What stands in a column fits it: names and values have no wide letters. */
static size_t width_of(const struct table *table, uint32_t i)
{
    size_t width = strlen(table->session->variants[i].name);
    char cell[256];
    for (uint32_t r = 0; r < table->count; r++) {
        struct text text = TEXT(cell);
        text_clear(&text);
        cell_add(table, &table->rows[r], i, &text);
        width = text.used > width ? text.used : width;
    }
    return width + GAP;
}

static size_t names_width(const struct table *table)
{
    size_t width = 0;
    for (uint32_t r = 0; r < table->count; r++)
        width = strlen(table->rows[r].name) > width ? strlen(table->rows[r].name) : width;
    return width + GAP;
}

static void pad(struct text *text, size_t from, size_t cells)
{
    while (text->used - from < cells)
        text_add_char(text, ' ');
}

static void line_end(struct text *text)
{
    while (text->used && text->at[text->used - 1] == ' ')
        text->used--;
    text_add_char(text, '\n');
}

static void table_add(const struct table *table, uint32_t mask, struct text *text)
{
    const struct session *session = table->session;
    size_t names = names_width(table), widths[VARIANTS_MAX];
    for (uint32_t i = 0; i < session->variant_count; i++)
        widths[i] = width_of(table, i);
    for (uint32_t r = 0; r <= table->count; r++) { /* the first line names the columns */
        size_t at = text->used;
        text_add(text, r ? table->rows[r - 1].name : "");
        pad(text, at, names);
        for (uint32_t i = 0; i < session->variant_count; i++) {
            if (!(mask & 1u << i))
                continue;
            at = text->used;
            if (r)
                cell_add(table, &table->rows[r - 1], i, text);
            else
                text_add(text, session->variants[i].name);
            pad(text, at, widths[i]);
        }
        line_end(text);
    }
}

static void changes_add(const struct session *session, struct text *text)
{
    for (uint32_t i = 0; i < session->variant_count; i++) {
        text_add(text, session->variants[i].name);
        text_add(text, session->variants[i].change[0] ? ": " : "");
        text_add(text, session->variants[i].change);
        text_add_char(text, '\n');
    }
}

bool report_variants(struct session *session, struct call *call)
{
    struct text text = {session->answer, sizeof session->answer, 0, false};
    struct table table = {.session = session};
    bool ko = session->options.language == LANGUAGE_KO;
    if (!session->forked)
        return error_set(call->error, ERROR_NOT_FORKED, 1, NULL, NULL, NULL, NULL);
    text_clear(&text);
    changes_add(session, &text);
    text_add(&text, ko ? "다른 설정\n" : "settings that differ\n");
    table.settings = true;
    rows_take(&table);
    if (table.count)
        table_add(&table, call->mask, &text);
    else
        text_add(&text, ko ? "없음\n" : "none\n");
    text_add(&text, ko ? "다른 지표\n" : "metrics that differ\n");
    table.settings = false;
    rows_take(&table);
    if (table.count)
        table_add(&table, call->mask, &text);
    else
        text_add(&text, ko ? "없음\n" : "none\n");
    free(table.rows);
    session_say(session, -1, session->answer);
    return true;
}
